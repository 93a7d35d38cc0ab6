//! One state of a small world: a session, its store, the services behind two transports, and what happened so far.

use super::canon::MONO_0;
use crate::store::{Answer as Committed, Store};
use crate::world::*;
use mailspooler::session::io::*;
use mailspooler::session::{Config, Session};
use mailspooler::wire::rows::Record;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::rc::Rc;

/// What is true beside the session: fingerprinted with it.
#[derive(Clone, Default)]
pub struct Truth {
    pub calls: Vec<Rc<Open>>,
    /// Given up, and may be answered all the same.
    pub late: Option<Rc<Open>>,
    /// How often somebody got a message: by uid and address.
    pub got: BTreeMap<(String, String), usize>,
    /// Keys a deduplicating service has executed.
    pub done: BTreeSet<String>,
    /// What `submitMessage` resolved for, in order.
    pub accepted: Vec<String>,
    /// A person said "send again", or the like: by uid.
    pub again: BTreeMap<String, usize>,
    /// Told to be cancelled.
    pub cancelled: BTreeSet<String>,
    /// Discarded by a person.
    pub discarded: BTreeSet<String>,
    /// Had their first attempt, and who may not have it any more, by transport: a later one had (O-34).
    tried: BTreeSet<String>,
    overtaken: BTreeMap<String, BTreeSet<String>>,
    pub submitted: usize,
    pub lives: u8,
    /// Settled by a person: nobody else knows better.
    pub by_hand: BTreeSet<String>,
    /// A row was damaged.
    pub damaged: bool,
}

impl fmt::Debug for Truth {
    /// Neither lives nor the order of acceptance: what matters of it is in `overtaken`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let set = f.debug_struct("Truth");
        let accepted: BTreeSet<&String> = self.accepted.iter().collect();
        let mut set = set;
        set.field("calls", &self.calls).field("given_up", &self.late).field("got", &self.got);
        set.field("done", &self.done).field("accepted", &accepted).field("again", &self.again);
        set.field("cancelled", &self.cancelled).field("discarded", &self.discarded);
        set.field("overtaken", &self.overtaken).field("submitted", &self.submitted);
        set.field("by_hand", &self.by_hand).field("damaged", &self.damaged).finish()
    }
}

#[derive(Clone)]
pub struct Node {
    pub session: Session,
    pub store: Rc<Store>,
    pub now: Now,
    pub wake: Option<i64>,
    pub truth: Truth,
    pub wrong: Option<String>,
    /// The store answers when it is told to; else at once.
    pub slow: bool,
    /// What it was asked and has not done.
    pub asked: VecDeque<Effect>,
    aborts: BTreeMap<Req, String>,
    /// The last that was refused.
    refused: Req,
    next_req: Req,
}

/// Where a life may end: the store as it is then, what was true, and when.
pub type Point = (Rc<Store>, Truth, Now);

impl Node {
    pub fn new(transports: &[TransportConfig], slow: bool) -> Self {
        let mut node = Self {
            session: session(1),
            store: Rc::default(),
            now: Now { wall: T0, mono: MONO_0 },
            wake: None,
            truth: Truth { lives: 1, ..Truth::default() },
            wrong: None,
            slow,
            asked: VecDeque::new(),
            aborts: BTreeMap::new(),
            refused: 0,
            next_req: 0,
        };
        node.begin(transports);
        node
    }

    fn begin(&mut self, transports: &[TransportConfig]) {
        let mut points = Vec::new();
        self.step(Input::Tick, &mut points);
        for config in transports {
            self.step(Input::AddTransport { config: Box::new(config.clone()) }, &mut points);
        }
        self.step(Input::Granted { driver: "d".into(), sole: true }, &mut points);
    }

    /// The next life, on what the last one left.
    pub fn next_life(&self, point: Point, transports: &[TransportConfig]) -> Self {
        let (store, mut truth, now) = point;
        truth.calls.clear();
        truth.late = None;
        truth.lives = truth.lives.wrapping_add(1);
        let mut node = Self { session: session(truth.lives), store, truth, ..Self::empty(self) };
        node.now = Now { wall: now.wall, mono: MONO_0 };
        node.begin(transports);
        node
    }

    fn empty(of: &Self) -> Self {
        Self { aborts: BTreeMap::new(), asked: VecDeque::new(), ..of.clone() }
    }

    /// Where a life may end now: the store has done some of what it was asked, in order.
    pub fn points(&self) -> Vec<Point> {
        let mut left = Node { session: session(0), ..self.clone() };
        let mut points = vec![left.point()];
        while let Some(effect) = left.asked.pop_front() {
            if left.run(effect).is_some() {
                points.push(left.point());
            }
        }
        points
    }

    /// A crash now is a crash at the point.
    pub fn would_find(&self, (store, truth, now): &Point) -> bool {
        let (a, b) = (&self.truth, truth);
        let same = a.accepted == b.accepted && a.got == b.got && a.done == b.done && a.cancelled == b.cancelled;
        same && Rc::ptr_eq(&self.store, store) && self.now == *now
    }

    pub fn point(&self) -> Point {
        (self.store.clone(), self.truth.clone(), self.now)
    }

    /// One input and everything the store makes of it; every point on the way at which a crash is another world.
    pub fn step(&mut self, input: Input, points: &mut Vec<Point>) {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let step = self.session.step(input, self.now);
            self.wake = step.wake.map(|w| w.at);
            for effect in step.effects {
                let stores = matches!(effect, Effect::Commit { .. } | Effect::PutBody { .. } | Effect::Read { .. });
                if self.slow && stores {
                    self.asked.push_back(effect);
                } else if let Some(next) = self.run(effect) {
                    points.push(self.point());
                    inputs.push_back(next);
                }
            }
        }
    }

    /// The store does what it was asked first, and says so.
    pub fn store_answers(&mut self, points: &mut Vec<Point>) {
        if let Some(input) = self.asked.pop_front().and_then(|effect| self.run(effect)) {
            self.step(input, points);
        }
    }

    fn run(&mut self, effect: Effect) -> Option<Input> {
        match effect {
            Effect::Commit { op, ops, .. } => Some(match Rc::make_mut(&mut self.store).commit(&ops) {
                Committed::Ok(seqs) => Input::Committed { op, seqs },
                Committed::Refused { fenced, current } => {
                    Input::Refused { op, fenced, at: 0, current: current.and_then(Record::read) }
                }
            }),
            Effect::PutBody { op, uid, head, .. } => {
                Rc::make_mut(&mut self.store).bodies.insert(uid.into(), head);
                Some(Input::Committed { op, seqs: vec![] })
            }
            Effect::Read { op, keys } => {
                let (records, gone) = keys.map_or_else(|| (self.store.all(), vec![]), |k| self.store.read(&k));
                let records = records.into_iter().filter_map(Record::read).collect();
                Some(Input::Reread { op, snapshot: Snapshot { records, gone } })
            }
            Effect::Call { call, transport, verb, deadline, flags, entry, req, job, .. } => {
                let open =
                    Open { call, transport: transport.into(), verb, deadline, flags, entry, req, job: job.map(|j| *j) };
                self.called(&open);
                self.truth.calls.push(Rc::new(open));
                None
            }
            Effect::AbortCall { call } => {
                let gone = self.truth.calls.iter().position(|open| open.call == call);
                if let Some(open) = gone.map(|at| self.truth.calls.remove(at))
                    && open.verb == Verb::Submit
                {
                    self.truth.late.get_or_insert(open);
                }
                None
            }
            Effect::Resolve { req, reply: Reply::Accepted { uid, .. } } => {
                self.truth.accepted.push(uid.to_string());
                assert!(req > 0);
                None
            }
            Effect::Resolve { req, reply: Reply::Aborted { result: 0, .. } } => {
                self.truth.cancelled.extend(self.aborts.remove(&req));
                None
            }
            Effect::Reject { req, .. } => {
                self.refused = req;
                None
            }
            _ => None,
        }
    }

    /// It is refused, once the store has done what it was asked.
    pub fn refuses(&self, uid: &str, verb: MessageVerb) -> bool {
        let (mut next, mut points) = (self.clone(), Vec::new());
        next.act(uid, verb, &mut points);
        let req = next.next_req;
        while !next.asked.is_empty() && next.refused != req {
            next.store_answers(&mut points);
        }
        next.refused == req
    }

    /// O-34: first attempts of a transport begin in the order of acceptance.
    fn called(&mut self, open: &Open) {
        let Some(job) = open.job.as_ref().filter(|j| open.verb == Verb::Submit && j.envelope == 1 && j.attempt == 1)
        else {
            return;
        };
        let Some(place) = self.truth.accepted.iter().position(|uid| job.uid == uid.as_str()) else { return };
        let overtaken = self.truth.overtaken.entry(open.transport.clone()).or_default();
        if overtaken.contains(&*job.uid) {
            self.wrong = Some(format!("o_34: {place} after a later one on {}", open.transport));
        }
        self.truth.tried.insert(job.uid.to_string());
        overtaken.extend(self.truth.accepted[..place].iter().filter(|uid| !self.truth.tried.contains(*uid)).cloned());
    }

    pub fn req(&mut self) -> Req {
        self.next_req += 1;
        self.next_req
    }

    pub fn act(&mut self, uid: &str, verb: MessageVerb, points: &mut Vec<Point>) {
        let req = self.req();
        if let MessageVerb::Abort { .. } = verb {
            self.aborts.insert(req, uid.to_owned());
        }
        self.step(Input::Act { req, id: uid.into(), verb }, points);
    }

    /// As a person sees it.
    pub fn state(&self, uid: &str) -> String {
        match self.session.report(uid) {
            Some(report) => report.state.to_owned(),
            None => self.session.why(uid).map_or_else(String::new, |why| why.code),
        }
    }
}

/// A service gets a request and does it: once per key where it deduplicates.
pub fn execute(truth: &mut Truth, job: &Job, deduplicates: bool) {
    if deduplicates && !truth.done.insert(job.key.clone()) {
        return;
    }
    for r in &job.recipients {
        *truth.got.entry((job.uid.to_string(), r.address.to_string())).or_default() += 1;
    }
}

fn session(life: u8) -> Session {
    Session::new(Config {
        seed: [life; 32],
        owner: "me@example.test".into(),
        keep_sent: false,
        canary: true,
        lockless: false,
    })
}
