//! Two tabs, their lock, a clock, services and people, all by chance.

use super::chance::Chance;
use super::host;
use super::service::{Kind, Request, Services, WINDOW};
use crate::world::*;
use mailspooler::session::io::*;
use mailspooler::spooler::doubt::Probe;
use std::collections::BTreeMap;

pub const SETTLES: i64 = 60_000;

/// What is known of a submission beside the outbox.
#[derive(Debug, Clone)]
pub struct Info {
    pub uid: String,
    pub to: Vec<String>,
    /// A person said "send again" so often.
    pub again: usize,
    /// A person said it was sent.
    pub said_sent: bool,
    /// abortSubmit said "cancelled".
    pub said_cancelled: bool,
}

pub struct Service {
    pub uid: String,
    pub kind: Kind,
    pub config: TransportConfig,
}

pub struct Sim {
    pub c: Chance,
    pub store: Shared,
    pub tabs: [Option<World>; 2],
    pub holder: Option<usize>,
    pub services: Services,
    pub transports: Vec<Service>,
    pub infos: Vec<Info>,
    /// By key and attempt.
    pub began: BTreeMap<(String, u32), usize>,
    aborts: Vec<(usize, Req, usize)>,
    /// True time, and how far the wall clock is off.
    pub time: i64,
    pub offset: i64,
    lives: u8,
    pub trace: Vec<String>,
}

impl Sim {
    pub fn new(seed: u64) -> Self {
        let mut c = Chance::new(seed);
        let count = 1 + c.below(3);
        let transports = (0..count).map(|i| Self::transport(i, &mut c)).collect();
        let mut sim = Self {
            c,
            store: Shared::default(),
            tabs: [None, None],
            holder: None,
            services: Services::default(),
            transports,
            infos: Vec::new(),
            began: BTreeMap::new(),
            aborts: Vec::new(),
            time: 0,
            offset: 0,
            lives: 0,
            trace: Vec::new(),
        };
        sim.open(0);
        sim.lock(0);
        sim
    }

    fn transport(i: usize, c: &mut Chance) -> Service {
        let uid = ["a", "b", "c"][i];
        let kind = *c.pick(&[Kind::X, Kind::V, Kind::N]);
        let mut config = transport(uid);
        let mut verbs = Vec::new();
        for verb in [Verb::Prepare, Verb::Cancel, Verb::File, Verb::ValidateState] {
            if c.percent(30) {
                verbs.push(verb);
            }
        }
        if kind == Kind::X {
            config.guarantees.dedupe_window = Some(WINDOW);
        }
        if kind == Kind::V || kind == Kind::X && c.percent(30) {
            verbs.push(Verb::Probe);
            config.guarantees.probe = Some(Probe { authoritative: true, settles: SETTLES });
        }
        config.guarantees.per_recipient = c.percent(40);
        config.deadline_ms = c.percent(30).then_some(20_000);
        Service { uid: uid.into(), kind, config: with(config, &verbs) }
    }

    fn wall(&self) -> i64 {
        T0 + self.time + self.offset
    }

    pub fn open(&mut self, tab: usize) {
        self.lives += 1;
        let mut w = World::on(self.store.clone(), self.lives);
        w.now = Now { wall: self.wall(), mono: 500 };
        w.add(self.transports.iter().map(|t| t.config.clone()).collect());
        self.tabs[tab] = Some(w);
    }

    /// The lock is granted, if this tab is open.
    pub fn lock(&mut self, tab: usize) {
        if let Some(w) = self.tabs[tab].as_mut() {
            w.grant();
            self.holder = Some(tab);
        }
    }

    fn say(&mut self, what: String) {
        self.trace.push(format!("{:>9} {what}", self.time));
    }

    pub fn pass(&mut self, ms: i64) {
        let mut left = ms;
        while left > 0 {
            let slice = left.min(if self.c.percent(50) { 1_000 } else { 60_000 });
            left -= slice;
            self.time += slice;
            for w in self.tabs.iter_mut().flatten() {
                w.pass(slice);
            }
            if self.c.percent(30) {
                self.arrive();
            }
            self.services.expire(self.time);
        }
    }

    /// Time passes, and nothing arrives.
    pub fn skip(&mut self, ms: i64) {
        self.time += ms;
        for w in self.tabs.iter_mut().flatten() {
            w.pass(ms);
        }
        self.services.expire(self.time);
    }

    fn kind(&self, transport: &str) -> &Service {
        self.transports.iter().find(|t| t.uid == transport).unwrap()
    }

    /// Some request that is on its way arrives.
    fn arrive(&mut self) {
        let pending: Vec<usize> = (0..self.services.requests.len())
            .filter(|i| self.services.requests[*i].fate == super::service::Fate::Pending)
            .collect();
        if pending.is_empty() {
            return;
        }
        let i = *self.c.pick(&pending);
        let (kind, per) = {
            let t = self.kind(&self.services.requests[i].transport);
            (t.kind, t.config.guarantees.per_recipient)
        };
        let refuse = self.c.percent(20);
        let now = self.time;
        self.services.arrive(i, kind, per, refuse, now, &mut self.c);
        let what = format!("request {i} of {}: {:?}", self.services.requests[i].key, self.services.requests[i].fate);
        self.say(what);
    }

    /// Some open callback goes on: its wire call begins, or it ends.
    pub fn call(&mut self, tab: usize) {
        let Some(w) = self.tabs[tab].as_ref() else { return };
        if w.calls.is_empty() {
            return;
        }
        let at = self.c.below(w.calls.len());
        let open = w.calls[at].clone();
        let live = !w.aborted.contains(&open.call) && open.deadline.is_none_or(|d| w.now.wall < d);
        let job = open.job.clone();
        let to: Vec<String> = job.iter().flat_map(|j| j.recipients.iter().map(|r| r.address.to_string())).collect();
        let name = job.as_ref().map(|j| (j.key.clone(), j.attempt));
        let (kind, per) = (self.kind(&open.transport).kind, self.kind(&open.transport).config.guarantees.per_recipient);
        let begun = name.as_ref().and_then(|n| self.began.get(n)).copied();
        if let (Verb::Submit, Some(job), None, true) = (open.verb, &job, begun, live)
            && self.c.percent(70)
        {
            // Its bytes arrive by the deadline and what the service takes, or never.
            let until = self.time + (open.deadline.unwrap() - self.wall()).max(0) + SETTLES - 1;
            let transport = open.transport.to_string();
            let request = Request {
                uid: job.uid.to_string(),
                key: job.key.clone(),
                transport,
                to,
                until,
                fate: super::service::Fate::Pending,
            };
            let i = self.services.begin(request);
            self.began.insert((job.key.clone(), job.attempt), i);
            return self.say(format!("tab {tab}: wire call of {} #{}: request {i}", job.key, job.attempt));
        }
        if begun.is_some() && self.c.percent(40) {
            return self.arrive();
        }
        let fate = begun.map(|i| self.services.requests[i].fate.clone());
        let (answer, wire, network) = match (open.verb, &job) {
            (Verb::Submit, _) => host::submission(fate.as_ref(), kind, &to, &mut self.c),
            (Verb::Probe, Some(job)) => {
                host::probe(self.services.found(&job.uid, &open.transport), per, &to, &mut self.c)
            }
            (Verb::Cancel, Some(job)) => {
                let gone = self.c.percent(80) && self.services.cancel(kind, &job.key, self.time);
                (Answer::Cancelled { result: if gone { 0 } else { 2 } }, false, false)
            }
            (verb, _) => host::harmless(verb, &mut self.c),
        };
        self.say(format!("tab {tab}: {:?} of {name:?} answers {answer:?} wire {wire}", open.verb));
        let w = self.tabs[tab].as_mut().unwrap();
        w.calls.remove(at);
        w.step(Input::Answer { call: open.call, answer: Box::new(answer), wire, network });
    }

    pub fn submit(&mut self, tab: usize) {
        let Some(w) = self.tabs[tab].as_mut() else { return };
        let number = self.infos.len();
        let to: Vec<String> = (0..1 + self.c.below(3)).map(|i| format!("r{number}.{i}@x.test")).collect();
        let addresses: Vec<&str> = to.iter().map(String::as_str).collect();
        let mut d = draft_to(&addresses);
        if self.c.percent(20) {
            d.hold_until = Some(w.now.wall + 30_000);
        }
        if self.c.percent(20) {
            d.conversation = Some("c".into());
            d.strict = true;
        }
        let req = w.submit(d);
        if let Some(Ok(Reply::Accepted { uid, .. })) = w.replies.get(&req).cloned() {
            self.say(format!("tab {tab}: submitted {uid} to {to:?}"));
            self.infos.push(Info { uid: uid.to_string(), to, again: 0, said_sent: false, said_cancelled: false });
        }
    }

    /// A person's verb on some message.
    pub fn verb(&mut self, tab: usize) {
        if self.infos.is_empty() || self.tabs[tab].is_none() {
            return;
        }
        let i = self.c.below(self.infos.len());
        let resolve = |how| MessageVerb::Resolve { how, envelope: None };
        let hold = MessageVerb::SetHold { until: self.c.percent(50).then(|| self.wall() + 20_000) };
        let verbs = [
            MessageVerb::Abort { envelope: None },
            MessageVerb::Retry,
            hold,
            MessageVerb::SendFirst,
            MessageVerb::CheckAgain,
            resolve(1),
            resolve(2),
            MessageVerb::LetPass,
            resolve(0),
            MessageVerb::Discard,
        ];
        let verb = self.c.pick(&verbs).clone();
        let uid = self.infos[i].uid.clone();
        let w = self.tabs[tab].as_mut().unwrap();
        let req = w.act(&uid, verb.clone());
        let done = format!("{:?}", w.replies.get(&req));
        // One that waits for the storage counts as said.
        let ok = !matches!(w.replies.get(&req), Some(Err(_)));
        // What was stopped or refused may be sent after all.
        self.infos[i].said_cancelled &= !(ok && (verb == MessageVerb::Retry || verb == resolve(1)));
        self.infos[i].again += usize::from(ok && verb == resolve(1));
        self.infos[i].said_sent |= ok && verb == resolve(0);
        if matches!(verb, MessageVerb::Abort { .. }) {
            self.aborts.push((tab, req, i));
        }
        self.say(format!("tab {tab}: {verb:?} {uid}: {done}"));
    }

    /// What a tab may suffer.
    pub fn mishap(&mut self, tab: usize) {
        let what = self.c.below(12);
        self.say(format!("tab {tab}: mishap {what}"));
        if what < 2 {
            // The tab dies; its lock is free.
            self.tabs[tab] = None;
            self.aborts.retain(|(t, ..)| *t != tab);
            self.holder = self.holder.filter(|h| *h != tab);
            return;
        }
        if what == 2 {
            // A person takes over; the other one does not know.
            return self.lock(tab);
        }
        let driving = self.holder.is_some_and(|h| self.tabs[h].is_some());
        let jump = *self.c.pick(&[-3_000, -60_000, 60_000, 3_600_000]);
        let fault = *self.c.pick(&[Fault::Fails, Fault::Lost, Fault::Hangs, Fault::Full]);
        let transport = self.c.pick(&self.transports).config.clone();
        let Some(w) = self.tabs[tab].as_mut() else { return };
        match what {
            3 | 4 => {
                w.step(Input::Lost);
                self.holder = self.holder.filter(|h| *h != tab);
            }
            5 | 6 => w.faults.push_back(fault),
            7 => w.deaf += 1,
            8 => w.step(Input::Online { online: false }),
            9 => w.step(Input::Online { online: true }),
            10 => {
                let req = w.req();
                w.step(Input::RemoveTransport { req, uid: transport.uid.clone() });
                w.pass(0);
                w.add(vec![transport]);
            }
            _ if driving => {
                // Somebody is there to see it (A9).
                self.offset += jump;
                for w in self.tabs.iter_mut().flatten() {
                    w.now.wall += jump;
                    w.step(Input::Tick);
                }
            }
            _ => {}
        }
    }

    /// Locks that were given back, answers that came, rows that others changed.
    pub fn housekeeping(&mut self) {
        for tab in 0..2 {
            let Some(w) = self.tabs[tab].as_mut() else { continue };
            if std::mem::take(&mut w.events).iter().any(|e| matches!(e, Effect::Lock { want: false })) {
                self.holder = self.holder.filter(|h| *h != tab);
            }
            if self.c.percent(80) {
                w.look();
            }
        }
        let open: Vec<usize> = (0..2).filter(|t| self.tabs[*t].is_some()).collect();
        if self.holder.is_none() && !open.is_empty() && self.c.percent(60) {
            let tab = *self.c.pick(&open);
            self.lock(tab);
        }
        let tabs = &self.tabs;
        let infos = &mut self.infos;
        self.aborts.retain(|(tab, req, i)| match tabs[*tab].as_ref().and_then(|w| w.replies.get(req)) {
            Some(Ok(Reply::Aborted { result, .. })) => {
                infos[*i].said_cancelled |= *result == 0;
                false
            }
            Some(_) => false,
            None => true,
        });
    }
}
