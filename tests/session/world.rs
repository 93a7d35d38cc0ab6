//! One context against a store: time, store and host are in the test's hands.

pub use super::kinds::*;
use super::store::{Answer as Committed, Store};
use mailspooler::mapi::MapiError;
use mailspooler::session::io::*;
use mailspooler::session::stored::StoreOp;
use mailspooler::session::{Config, Session};
use mailspooler::spooler::outcome::Outcome;
use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

pub type Shared = Rc<RefCell<Store>>;

#[derive(Debug, Clone)]
#[allow(dead_code, reason = "a call is kept whole, whoever looks")]
pub struct Open {
    pub call: CallId,
    pub transport: String,
    pub verb: Verb,
    pub deadline: Option<i64>,
    pub flags: u32,
    pub entry: Option<String>,
    pub req: Option<Req>,
    pub job: Option<Job>,
}

/// What the store does to the next commits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fault {
    /// Nothing is written.
    Fails,
    /// There is no room; nothing is written.
    Full,
    /// It is written, but the answer is lost.
    Hangs,
    /// It is not written, and the answer is lost.
    Lost,
    /// It is written, and the answer comes with `late`.
    Late,
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
    /// What happens to the next commits of rows.
    pub faults: VecDeque<Fault>,
    /// What happens to the next bodies.
    pub body_faults: VecDeque<Fault>,
    /// So many reads fail.
    pub deaf: usize,
    /// Every commit asked for, in order.
    pub log: Vec<Vec<StoreOp>>,
    /// Commits are held back until `release`.
    pub hold: bool,
    /// Every input, for whoever plays it again.
    pub heard: Option<Vec<(Input, Now)>>,
    held: VecDeque<Effect>,
    unanswered: VecDeque<Input>,
    next_req: Req,
}

pub const T0: i64 = 1_700_000_000_000;

impl World {
    pub fn on(store: Shared, seed: u8) -> Self {
        Self::deaf(store, seed, 0)
    }

    /// Its first reads fail.
    pub fn deaf(store: Shared, seed: u8, deaf: usize) -> Self {
        let owner = "me@example.test".into();
        let config = Config { seed: [seed; 32], owner, keep_sent: false, canary: true, lockless: false };
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
            body_faults: VecDeque::new(),
            deaf,
            log: vec![],
            hold: false,
            heard: None,
            held: VecDeque::new(),
            unanswered: VecDeque::new(),
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
        self.step(Input::Granted { driver: "d".into(), sole: false });
    }

    pub fn step(&mut self, input: Input) {
        let mut queue = VecDeque::from([input]);
        while let Some(input) = queue.pop_front() {
            self.heard.iter_mut().for_each(|heard| heard.push((input.clone(), self.now)));
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
            Effect::Commit { op, ops, .. } => {
                self.log.push(ops.clone());
                let fault = self.faults.pop_front();
                let input = self.commit(op, &ops, fault.filter(|f| *f != Fault::Late));
                if fault == Some(Fault::Late) {
                    self.unanswered.push_back(input);
                    return None;
                }
                Some(input)
            }
            Effect::PutBody { op, uid, head, .. } => {
                let fault = self.body_faults.pop_front();
                if matches!(fault, None | Some(Fault::Hangs)) {
                    self.store.borrow_mut().bodies.insert(uid.into(), head);
                }
                Some(fault.map_or(Input::Committed { op, seqs: vec![] }, |fault| failed(op, fault)))
            }
            Effect::Read { op, .. } if self.deaf > 0 => {
                self.deaf -= 1;
                Some(failed(op, Fault::Fails))
            }
            Effect::Read { op, keys } => {
                let store = self.store.borrow();
                let (records, gone) = keys.map_or_else(|| (store.all(), vec![]), |k| store.read(&k));
                let records = records.into_iter().filter_map(mailspooler::wire::rows::Record::read).collect();
                Some(Input::Reread { op, snapshot: Snapshot { records, gone } })
            }
            Effect::Call { call, transport, verb, deadline, flags, entry, req, job, .. } => {
                let job = job.map(|j| *j);
                let open = Open { call, transport: transport.into(), verb, deadline, flags, entry, req, job };
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

    fn commit(&mut self, op: OpId, ops: &[StoreOp], fault: Option<Fault>) -> Input {
        if let Some(fault @ (Fault::Fails | Fault::Full | Fault::Lost)) = fault {
            return failed(op, fault);
        }
        let answer = self.store.borrow_mut().commit(ops);
        match (answer, fault) {
            (_, Some(fault)) => failed(op, fault),
            (Committed::Ok(seqs), None) => Input::Committed { op, seqs },
            (Committed::Refused { fenced, current }, None) => {
                let current = current.and_then(mailspooler::wire::rows::Record::read);
                Input::Refused { op, fenced, at: 0, current }
            }
        }
    }

    /// The store's answers that were late.
    pub fn late(&mut self) {
        while let Some(input) = self.unanswered.pop_front() {
            self.step(input);
        }
    }

    /// Lets one held commit through; what it leads to is held again.
    pub fn release_one(&mut self) {
        let Some(effect) = self.held.pop_front() else { return };
        self.hold = false;
        let input = self.run(effect);
        self.hold = true;
        if let Some(input) = input {
            self.step(input);
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

    /// Time passes until this callback is called, at most two days.
    pub fn until(&mut self, verb: Verb) {
        let mut passed = 0;
        while !self.has(verb) {
            let ms = self.wake.map_or(60_000, |at| (at - self.now.wall).clamp(1, 3_600_000));
            self.pass(ms);
            passed += ms;
            assert!(passed < 172_800_000, "{verb:?} was never called");
        }
    }

    /// Probes answer "absent" until the message goes again.
    pub fn settle_absent(&mut self) {
        while !self.has(Verb::Submit) {
            self.pass(1_000);
            while self.has(Verb::Probe) {
                let probe = self.take(Verb::Probe);
                self.answer(&probe, Answer::Probed { found: 0, recipients: None }, false);
            }
        }
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
            Some(Ok(Reply::Accepted { uid, .. })) => uid.to_string(),
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

    /// The id and state that a collision names.
    pub fn collision(&self, req: Req) -> (String, String) {
        assert_eq!(self.refused(req), "MAPI_E_COLLISION");
        match self.replies.get(&req) {
            Some(Err((_, Some(id), Some(state)))) => (id.clone(), state.clone()),
            other => panic!("no id and state: {other:?}"),
        }
    }

    /// Other contexts changed something.
    pub fn look(&mut self) {
        self.step(Input::Look { keys: None });
    }

    /// Takes the oldest open call with this verb.
    pub fn take(&mut self, verb: Verb) -> Open {
        let Some(i) = self.calls.iter().position(|c| c.verb == verb) else {
            panic!("no {verb:?} among {:?}", self.calls)
        };
        self.calls.remove(i)
    }

    /// Takes the oldest open submission of this transport.
    pub fn take_of(&mut self, transport: &str) -> Open {
        let Some(i) = self.calls.iter().position(|c| c.verb == Verb::Submit && c.transport == transport) else {
            panic!("no submission of {transport} among {:?}", self.calls)
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

    /// NOTIFY_SENTDEFERRED.
    pub fn sent_deferred(&mut self, transport: &str, entry: Option<&str>) {
        let flags = mailspooler::mapi::SpoolerNotify::SENTDEFERRED.bits();
        self.step(Input::Notify { transport: transport.into(), flags, entry: entry.map(Into::into) });
    }

    /// The code of `why()`.
    pub fn why(&self, id: &str) -> String {
        self.session.why(id).map_or_else(|| "gone".into(), |e| e.code)
    }

    /// Answers the oldest submission, no wire call having begun.
    pub fn untried(&mut self, outcome: Outcome) -> Open {
        let open = self.take(Verb::Submit);
        self.answer(&open, Answer::Outcome { outcome }, false);
        open
    }

    pub fn state(&self, id: &str) -> String {
        self.session.report(id).map_or_else(|| "gone".into(), |r| r.state.to_owned())
    }
}
