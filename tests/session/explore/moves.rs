//! Everything that can happen next to a small world.

use super::node::{Node, Point, Truth, execute};
use crate::world::*;
use mailspooler::session::io::*;
use mailspooler::session::stored::StoreName;
use mailspooler::spooler::outcome::{NotAttempted as Why, Outcome};
use std::rc::Rc;

/// How often a person sends one message again.
const AGAIN: usize = 2;
/// How long after its deadline a request that was given up may still arrive.
const SETTLES: i64 = 60_000;

/// A transport and what its service does.
#[derive(Clone)]
pub struct Service {
    pub config: TransportConfig,
    pub deduplicates: bool,
}

fn said(outcome: Outcome) -> Answer {
    Answer::Outcome { outcome }
}

/// Of submitMessage: the answer, whether the wire was used, whether the service does it.
fn submissions() -> Vec<(Answer, bool, bool)> {
    let threw = Answer::Threw { scode: None, class: "TypeError".into(), network: true, retry_after: None };
    vec![
        (said(accepted()), true, true),
        (said(unknown()), true, true),
        (said(unknown()), true, false),
        (said(rejected(true)), true, false),
        (said(not_attempted(Why::Busy)), false, false),
        (said(not_attempted(Why::NotMe)), false, false),
        (said(not_attempted(Why::Auth)), false, false),
        (said(Outcome::Deferred { entry: Some("e".into()) }), false, false),
        (threw, false, false),
    ]
}

fn logons() -> Vec<Answer> {
    let threw = |scode: mailspooler::mapi::Scode| Answer::Threw {
        scode: Some(scode.hresult()),
        class: "MapiError".into(),
        network: false,
        retry_after: None,
    };
    use mailspooler::mapi::Scode as S;
    vec![
        Answer::Done,
        threw(S::MAPI_E_LOGON_FAILED),
        threw(S::MAPI_E_NETWORK_ERROR),
        threw(S::MAPI_E_UNCONFIGURED),
        threw(S::MAPI_E_FAILONEPROVIDER),
        threw(S::MAPI_E_CALL_FAILED),
    ]
}

fn answers(node: &Node, open: &Open, deduplicates: bool) -> Vec<(Answer, bool, bool)> {
    // A service that has done it and remembers the key does not refuse it.
    let honest = |answer: &Answer| {
        let done = deduplicates && open.job.as_ref().is_some_and(|job| node.truth.done.contains(&job.key));
        !(done && matches!(answer, Answer::Outcome { outcome: Outcome::Rejected { .. } }))
    };
    let quiet = |answers: Vec<Answer>| answers.into_iter().map(|a| (a, false, false)).collect();
    match open.verb {
        Verb::Submit => submissions().into_iter().filter(|(answer, ..)| honest(answer)).collect(),
        Verb::Logon => quiet(logons()),
        Verb::Probe => {
            let uid = open.job.as_ref().map(|j| j.uid.to_string()).unwrap_or_default();
            let found = u8::from(node.truth.got.iter().any(|((u, _), n)| *u == uid && *n > 0));
            quiet(vec![Answer::Probed { found, recipients: None }, Answer::Probed { found: 2, recipients: None }])
        }
        Verb::Cancel => quiet(vec![Answer::Cancelled { result: 1 }, Answer::Cancelled { result: 2 }]),
        _ => {
            let threw = Answer::Threw { scode: None, class: "Error".into(), network: false, retry_after: None };
            quiet(vec![Answer::Done, threw])
        }
    }
}

/// What follows a state, and where a life may end on the way.
struct Next<'a> {
    node: &'a Node,
    found: Vec<(String, Node)>,
    points: Vec<Point>,
}

impl Next<'_> {
    fn go(&mut self, what: String, play: impl FnOnce(&mut Node, &mut Vec<Point>)) {
        let (mut next, mut points) = (self.node.clone(), Vec::new());
        play(&mut next, &mut points);
        // The last is what a crash finds later.
        points.retain(|point| !next.would_find(point));
        self.points.extend(points);
        self.found.push((what, next));
    }
}

/// Every successor: what happened, and the world after it.
pub fn moves(node: &Node, services: &[Service], messages: usize) -> Vec<(String, Node)> {
    let mut next = Next { node, found: Vec::new(), points: Vec::new() };
    if !node.asked.is_empty() {
        next.go("the store".into(), Node::store_answers);
    }
    if node.truth.submitted < messages {
        next.go("submit".into(), |n, points| {
            n.truth.submitted += 1;
            let hold_until = (n.truth.submitted == 3).then_some(n.now.wall + 60_000);
            let draft = Draft { hold_until, ..draft_to(&["you@example.test"]) };
            let req = n.req();
            n.step(Input::Submit { req, draft: Box::new(draft) }, points);
        });
    }
    for (i, open) in node.truth.calls.iter().enumerate() {
        let dedupes = services.iter().any(|s| s.config.uid == open.transport && s.deduplicates);
        for (answer, wire, does) in answers(node, open, dedupes) {
            next.go(format!("{:?} of {}: {answer:?}", open.verb, open.transport), |n, points| {
                let open = n.truth.calls.remove(i);
                if let Some(job) = open.job.as_ref().filter(|_| does) {
                    execute(&mut n.truth, job, dedupes);
                }
                let network = matches!(answer, Answer::Threw { network: true, .. });
                n.step(Input::Answer { call: open.call, answer: Box::new(answer.clone()), wire, network }, points);
            });
        }
    }
    late(&mut next, services);
    if let Some(at) = node.wake {
        next.go("time".into(), |n, points| {
            let ms = (at - n.now.wall).max(0);
            n.now = Now { wall: n.now.wall + ms, mono: n.now.mono + ms };
            n.step(Input::Tick, points);
        });
    }
    for uid in &node.truth.accepted {
        persons(&mut next, uid);
    }
    let flying_now = !flying(&node.truth, services).is_empty();
    for arrives in [false, true].into_iter().filter(|arrives| flying_now || !arrives) {
        next.go(format!("the lock is lost and granted again, arrives: {arrives}"), |n, points| {
            for (job, dedupes) in flying(&n.truth, services).into_iter().filter(|_| arrives) {
                execute(&mut n.truth, &job, dedupes);
            }
            n.step(Input::Lost, points);
            n.step(Input::Granted { driver: "d".into(), sole: true }, points);
            n.truth.late = None;
        });
    }
    for point in node.points() {
        next.found.extend(crashes("", node, point, services));
    }
    for point in std::mem::take(&mut next.points) {
        next.found.extend(crashes(" on the way", node, point, services));
    }
    next.found.extend(damages(node, services));
    next.found
}

/// A call that was given up is answered all the same.
fn late(next: &mut Next<'_>, services: &[Service]) {
    let Some((open, job)) = next.node.truth.late.as_ref().and_then(|open| Some((open, open.job.as_ref()?))) else {
        return;
    };
    let dedupes = services.iter().any(|s| s.config.uid == open.transport && s.deduplicates);
    let in_time = open.deadline.is_some_and(|at| next.node.now.wall <= at + SETTLES);
    let done = next.node.truth.done.contains(&job.key);
    for (answer, does) in [(accepted(), true), (rejected(true), false)] {
        if !in_time && !done || done && !does {
            continue;
        }
        next.go(format!("late, of {}: {answer:?}", open.transport), |n, points| {
            n.truth.late = None;
            if does {
                execute(&mut n.truth, job, dedupes);
            }
            n.step(
                Input::Answer { call: open.call, answer: Box::new(said(answer)), wire: true, network: false },
                points,
            );
        });
    }
}

/// The page dies, and a row cannot be read afterwards.
fn damages(node: &Node, services: &[Service]) -> Vec<(String, Node)> {
    let configs: Vec<TransportConfig> = services.iter().map(|s| s.config.clone()).collect();
    let stored = |uid: &&String| node.store.rows.contains_key(&(StoreName::Messages, (*uid).clone()));
    let damaged = |uid: &String| {
        let (mut store, mut truth, now) = node.point();
        Rc::make_mut(&mut store).damage(uid);
        truth.damaged = true;
        ("crash, and a row is damaged".to_owned(), node.next_life((store, truth, now), &configs))
    };
    if node.truth.damaged {
        Vec::new()
    } else {
        node.truth.accepted.iter().find(stored).map(damaged).into_iter().collect()
    }
}

/// What a person may do to a message as it is shown.
fn persons(next: &mut Next<'_>, uid: &str) {
    let state = next.node.state(uid);
    let resolve = |how| MessageVerb::Resolve { how, envelope: None };
    let mut verbs = match &*state {
        "queued" | "held" | "waiting" | "intending" | "sending" | "deferred" => {
            vec![MessageVerb::Abort { envelope: None }]
        }
        "parked" | "rejected" => vec![MessageVerb::Retry],
        "unconfirmed" => vec![resolve(0), resolve(1), resolve(2)],
        "corrupt" => vec![MessageVerb::Discard],
        _ => vec![],
    };
    let sends = |verb: &MessageVerb| matches!(verb, MessageVerb::Retry | MessageVerb::Resolve { how: 1, .. });
    if next.node.truth.again.get(uid).is_some_and(|n| *n >= AGAIN) {
        verbs.retain(|verb| !sends(verb));
    }
    for verb in verbs {
        next.go(format!("{verb:?}"), |n, points| {
            if sends(&verb) {
                *n.truth.again.entry(uid.to_owned()).or_default() += 1;
            }
            if let MessageVerb::Resolve { how: 0, .. } = verb {
                n.truth.by_hand.insert(uid.to_owned());
            }
            if verb == MessageVerb::Discard {
                n.truth.discarded.insert(uid.to_owned());
            }
            n.act(uid, verb.clone(), points);
        });
    }
    if state == "deferred" {
        next.go("sentDeferred".into(), |n, points| {
            let flags = mailspooler::mapi::SpoolerNotify::SENTDEFERRED.bits();
            for transport in ["a", "b"] {
                n.step(Input::Notify { transport: transport.into(), flags, entry: None }, points);
            }
        });
    }
}

/// Requests that are with a service, or on their way; true where a key is executed once.
fn flying(truth: &Truth, services: &[Service]) -> Vec<(Job, bool)> {
    let mut all = Vec::new();
    for open in truth.calls.iter().filter(|open| open.verb == Verb::Submit) {
        let dedupes = services.iter().any(|s| s.config.uid == open.transport && s.deduplicates);
        all.extend(open.job.clone().map(|job| (job, dedupes)));
    }
    all
}

/// The page dies here; what was on its way arrives, or does not.
fn crashes(when: &str, node: &Node, point: Point, services: &[Service]) -> Vec<(String, Node)> {
    let configs: Vec<TransportConfig> = services.iter().map(|s| s.config.clone()).collect();
    let flying = flying(&point.1, services);
    let mut found = vec![(format!("crash{when}"), node.next_life(point.clone(), &configs))];
    if !flying.is_empty() {
        let (store, mut truth, now) = point;
        for (job, dedupes) in &flying {
            execute(&mut truth, job, *dedupes);
        }
        found.push((format!("crash{when}, but it arrived"), node.next_life((store, truth, now), &configs)));
    }
    found
}
