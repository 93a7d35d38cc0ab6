//! One state of a small world: a session, its store, the services behind two transports, and what happened so far.

use super::canon::MONO_0;
use crate::store::{Answer as Committed, Store};
use crate::world::*;
use mailspooler::session::io::*;
use mailspooler::session::{Config, Session};
use mailspooler::wire::rows::Record;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// What is true beside the session: fingerprinted with it.
#[derive(Debug, Clone, Default)]
pub struct Truth {
    pub calls: Vec<Open>,
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
    /// The place of the last first attempt of each transport among the accepted.
    pub last_first: BTreeMap<String, usize>,
    pub submitted: usize,
    pub lives: u8,
    /// Said of a message by a person: nobody else knows better.
    pub said: BTreeSet<String>,
}

#[derive(Clone)]
pub struct Node {
    pub session: Session,
    pub store: Store,
    pub now: Now,
    pub wake: Option<i64>,
    pub truth: Truth,
    pub wrong: Option<String>,
    aborts: BTreeMap<Req, String>,
    next_req: Req,
}

/// Where a life may end: the store as it is then, what was true, and when.
pub type Point = (Store, Truth, Now);

impl Node {
    pub fn new(transports: &[TransportConfig]) -> Self {
        let mut node = Self {
            session: session(1),
            store: Store::default(),
            now: Now { wall: T0, mono: MONO_0 },
            wake: None,
            truth: Truth { lives: 1, ..Truth::default() },
            wrong: None,
            aborts: BTreeMap::new(),
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
        truth.lives += 1;
        let mut node = Self { session: session(truth.lives), store, truth, aborts: BTreeMap::new(), ..self.clone() };
        node.now = Now { wall: now.wall, mono: MONO_0 };
        node.begin(transports);
        node
    }

    /// One input and everything the store makes of it; every point on the way at which a crash is another world.
    pub fn step(&mut self, input: Input, points: &mut Vec<Point>) {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let step = self.session.step(input, self.now);
            self.wake = step.wake.map(|w| w.at);
            for effect in step.effects {
                if let Some(next) = self.run(effect) {
                    points.push((self.store.clone(), self.truth.clone(), self.now));
                    inputs.push_back(next);
                }
            }
        }
    }

    fn run(&mut self, effect: Effect) -> Option<Input> {
        match effect {
            Effect::Commit { op, ops, .. } => Some(match self.store.commit(&ops) {
                Committed::Ok(seqs) => Input::Committed { op, seqs },
                Committed::Refused { fenced, current } => {
                    Input::Refused { op, fenced, at: 0, current: current.and_then(Record::read) }
                }
            }),
            Effect::PutBody { op, uid, head, .. } => {
                self.store.bodies.insert(uid.into(), head);
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
                self.truth.calls.push(open);
                None
            }
            Effect::AbortCall { call } => {
                // A transport that hears of it answers no more; its request goes on or not.
                self.truth.calls.retain(|open| open.call != call);
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
            _ => None,
        }
    }

    /// O-34: first attempts of a transport begin in the order of acceptance.
    fn called(&mut self, open: &Open) {
        let Some(job) = open.job.as_ref().filter(|j| open.verb == Verb::Submit && j.envelope == 1 && j.attempt == 1)
        else {
            return;
        };
        let Some(place) = self.truth.accepted.iter().position(|uid| job.uid == uid.as_str()) else { return };
        let last = self.truth.last_first.insert(open.transport.clone(), place);
        if last.is_some_and(|last| last > place) {
            self.wrong = Some(format!("o_34: {place} after {last:?} on {}", open.transport));
        }
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

    /// A service gets a request and does it: once per key where it deduplicates.
    pub fn executes(&mut self, job: &Job, deduplicates: bool) {
        execute(&mut self.truth, job, deduplicates);
    }
}

pub fn execute(truth: &mut Truth, job: &Job, deduplicates: bool) {
    if deduplicates && !truth.done.insert(job.key.clone()) {
        return;
    }
    for r in &job.recipients {
        *truth.got.entry((job.uid.to_string(), r.address.to_string())).or_default() += 1;
    }
}

fn session(life: u8) -> Session {
    Session::new(Config { seed: [life; 32], owner: "me@example.test".into(), keep_sent: false, durable: true })
}
