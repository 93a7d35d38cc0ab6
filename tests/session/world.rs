//! One context against a store: time, store and host are in the test's hands.

use super::store::{Answer as Committed, Store};
use mailspooler::mapi::MapiError;
use mailspooler::session::io::*;
use mailspooler::session::{Config, Session};
use mailspooler::spooler::outcome::Outcome;
use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

pub type Shared = Rc<RefCell<Store>>;

#[derive(Debug, Clone)]
pub struct Open {
    pub call: CallId,
    pub transport: String,
    pub verb: Verb,
    pub deadline: Option<i64>,
    pub flags: u32,
    pub req: Option<Req>,
    pub job: Option<Job>,
}

/// What the store does to the next commits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fault {
    /// Nothing is written.
    Fails,
    /// It is written, but the answer is lost.
    Hangs,
}

pub struct World {
    pub session: Session,
    pub store: Shared,
    pub now: Now,
    pub wake: Option<i64>,
    /// Calls that have not been answered, oldest first.
    pub calls: Vec<Open>,
    /// Every call ever made.
    pub made: Vec<Open>,
    pub aborted: Vec<CallId>,
    pub replies: BTreeMap<Req, Result<Reply, (MapiError, Option<String>, Option<String>)>>,
    pub events: Vec<Effect>,
    pub faults: VecDeque<Fault>,
    /// Commits are held back until `release`.
    pub hold: bool,
    held: VecDeque<Effect>,
    next_req: Req,
}

pub const T0: i64 = 1_700_000_000_000;

impl World {
    pub fn on(store: Shared, seed: u8) -> Self {
        let config = Config { seed: [seed; 32], owner: "me@example.test".into(), keep_sent: false, durable: true };
        let now = Now { wall: T0, mono: 1_000 };
        let mut w = Self {
            session: Session::new(config),
            store,
            now,
            wake: None,
            calls: vec![],
            made: vec![],
            aborted: vec![],
            replies: BTreeMap::new(),
            events: vec![],
            faults: VecDeque::new(),
            hold: false,
            held: VecDeque::new(),
            next_req: 0,
        };
        w.step(Input::Tick);
        w
    }

    /// A world that drives, with these transports.
    pub fn driving(transports: Vec<TransportConfig>) -> Self {
        let mut w = Self::on(Shared::default(), 7);
        w.add(transports);
        w.grant();
        w
    }

    /// The next life on the same store, at the same instant; the monotonic clock begins anew.
    pub fn next_life(&self, seed: u8, transports: Vec<TransportConfig>) -> Self {
        let mut w = Self::on(self.store.clone(), seed);
        w.now = Now { wall: self.now.wall, mono: 500 };
        w.add(transports);
        w.grant();
        w
    }

    pub fn add(&mut self, transports: Vec<TransportConfig>) {
        for config in transports {
            self.step(Input::AddTransport { config: Box::new(config) });
        }
    }

    pub fn grant(&mut self) {
        self.step(Input::Granted { driver: "d".into(), sole: true });
    }

    pub fn step(&mut self, input: Input) {
        let mut queue = VecDeque::from([input]);
        while let Some(input) = queue.pop_front() {
            let step = self.session.step(input, self.now);
            self.wake = step.wake.map(|w| w.at);
            for effect in step.effects {
                queue.extend(self.run(effect));
            }
        }
    }

    fn run(&mut self, effect: Effect) -> Option<Input> {
        match effect {
            Effect::Resolve { req, reply } => {
                assert!(self.replies.insert(req, Ok(reply)).is_none(), "{req} settled twice");
                None
            }
            Effect::Reject { req, error, id, state } => {
                assert!(self.replies.insert(req, Err((error, id, state))).is_none(), "{req} settled twice");
                None
            }
            Effect::Commit { .. } | Effect::PutBody { .. } if self.hold => {
                self.held.push_back(effect);
                None
            }
            Effect::Commit { op, ops, .. } => Some(match self.faults.pop_front() {
                Some(Fault::Fails) => Input::Failed { op, in_doubt: false, full: false },
                Some(Fault::Hangs) => {
                    self.store.borrow_mut().commit(&ops);
                    Input::Failed { op, in_doubt: true, full: false }
                }
                None => match self.store.borrow_mut().commit(&ops) {
                    Committed::Ok(seqs) => Input::Committed { op, seqs },
                    Committed::Refused { fenced, current } => Input::Refused { op, fenced, at: 0, current },
                },
            }),
            Effect::PutBody { op, uid, head, .. } => {
                self.store.borrow_mut().bodies.insert(uid, head);
                Some(Input::Committed { op, seqs: vec![] })
            }
            Effect::Read { op, keys } => {
                let store = self.store.borrow();
                let (records, gone) = keys.map_or_else(|| (store.all(), vec![]), |k| store.read(&k));
                Some(Input::Reread { op, snapshot: Snapshot { records, gone } })
            }
            Effect::Call { call, transport, verb, deadline, flags, req, job, .. } => {
                let open = Open { call, transport, verb, deadline, flags, req, job: job.map(|j| *j) };
                self.calls.push(open.clone());
                self.made.push(open);
                None
            }
            Effect::AbortCall { call } => {
                self.aborted.push(call);
                None
            }
            other => {
                self.events.push(other);
                None
            }
        }
    }

    /// Lets held commits through.
    pub fn release(&mut self) {
        self.hold = false;
        while let Some(effect) = self.held.pop_front() {
            if let Some(input) = self.run(effect) {
                self.step(input);
            }
        }
    }

    /// Time passes; every wake instant on the way is stepped at.
    pub fn pass(&mut self, ms: i64) {
        let until = self.now.wall + ms;
        let mut steps = 0;
        while let Some(at) = self.wake.filter(|at| *at <= until) {
            let at = at.max(self.now.wall);
            self.now.mono += at - self.now.wall;
            self.now.wall = at;
            self.step(Input::Tick);
            steps += 1;
            assert!(steps < 10_000, "the machine never rests");
        }
        self.now.mono += until - self.now.wall;
        self.now.wall = until;
        self.step(Input::Tick);
    }

    pub fn req(&mut self) -> Req {
        self.next_req += 1;
        self.next_req
    }

    pub fn submit(&mut self, draft: Draft) -> Req {
        let req = self.req();
        self.step(Input::Submit { req, draft: Box::new(draft) });
        req
    }

    /// Submits and gives the uid.
    pub fn send(&mut self, draft: Draft) -> String {
        let req = self.submit(draft);
        self.uid(req)
    }

    pub fn uid(&self, req: Req) -> String {
        match self.replies.get(&req) {
            Some(Ok(Reply::Accepted { uid, .. })) => uid.clone(),
            other => panic!("not accepted: {other:?}"),
        }
    }

    pub fn act(&mut self, id: &str, verb: MessageVerb) -> Req {
        let req = self.req();
        self.step(Input::Act { req, id: id.into(), verb });
        req
    }

    pub fn refused(&self, req: Req) -> &'static str {
        match self.replies.get(&req) {
            Some(Err((e, _, _))) => e.code.name(),
            other => panic!("not refused: {other:?}"),
        }
    }

    /// Takes the oldest open call with this verb.
    pub fn take(&mut self, verb: Verb) -> Open {
        let Some(i) = self.calls.iter().position(|c| c.verb == verb) else {
            panic!("no {verb:?} among {:?}", self.calls)
        };
        self.calls.remove(i)
    }

    pub fn has(&self, verb: Verb) -> bool {
        self.calls.iter().any(|c| c.verb == verb)
    }

    pub fn count(&self, verb: Verb) -> usize {
        self.made.iter().filter(|c| c.verb == verb).count()
    }

    pub fn answer(&mut self, open: &Open, answer: Answer, wire: bool) {
        self.step(Input::Answer { call: open.call, answer: Box::new(answer), wire, network: false });
    }

    /// Answers the oldest submission, after a wire call.
    pub fn outcome(&mut self, outcome: Outcome) -> Open {
        let open = self.take(Verb::Submit);
        self.answer(&open, Answer::Outcome { outcome }, true);
        open
    }

    pub fn state(&self, id: &str) -> String {
        self.session.report(id).map_or_else(|| "gone".into(), |r| r.state.to_owned())
    }
}

pub fn to(address: &str) -> DraftAddress {
    DraftAddress { kind: 1, address: address.into(), parse: true, ..DraftAddress::default() }
}

/// A payload to one recipient.
pub fn draft(address: &str) -> Draft {
    Draft { recipients: vec![to(address)], size: 10, ..Draft::default() }
}

/// A transport of one function.
pub fn transport(uid: &str) -> TransportConfig {
    TransportConfig {
        uid: uid.into(),
        display_name: uid.into(),
        service: uid.into(),
        account: uid.into(),
        address_types: Some(vec!["SMTP".into()]),
        any_sender: true,
        wire_fetch: true,
        functions: Verb::Submit.bit(),
        ..TransportConfig::default()
    }
}

pub fn with(mut t: TransportConfig, verbs: &[Verb]) -> TransportConfig {
    t.functions |= verbs.iter().fold(0, |b, v| b | v.bit());
    t
}

/// X: deduplicates for a day.
pub fn dedupes(uid: &str) -> TransportConfig {
    let mut t = transport(uid);
    t.guarantees.dedupe_window = Some(86_400_000);
    t
}

/// V: an authoritative probe that settles within a minute.
pub fn probes(uid: &str) -> TransportConfig {
    let mut t = with(transport(uid), &[Verb::Probe]);
    t.guarantees.probe = Some(mailspooler::spooler::doubt::Probe { authoritative: true, settles: 60_000 });
    t
}

pub fn accepted() -> Outcome {
    Outcome::Accepted { remote_id: None, recipients: None }
}

pub fn unknown() -> Outcome {
    Outcome::Unknown { code: "lost".into() }
}
