//! The fault matrix (reliability, b): every cell that a store, a clock and a host in the test's hands can play.

use super::world::*;
use mailspooler::session::io::*;
use mailspooler::spooler::outcome::NotAttempted as Why;
use mailspooler::spooler::outcome::Outcome;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    X,
    V,
    N,
}

/// P0 before the acceptance is durable, P1 queued, P2 intent durable and not called, P3 and P4 called, P5 answered and not
/// durable, P6 durable, P7 being looked into.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
enum At {
    P0,
    P1,
    P2,
    P3,
    P5,
    P6,
    P7,
}

const ALL: [At; 7] = [At::P0, At::P1, At::P2, At::P3, At::P5, At::P6, At::P7];

fn of(kind: Kind) -> TransportConfig {
    match kind {
        Kind::X => dedupes("a"),
        Kind::V => probes("a"),
        Kind::N => transport("a"),
    }
}

struct Cell {
    w: World,
    req: Req,
    call: Option<Open>,
}

fn cell(kind: Kind, at: At) -> Cell {
    let mut w = World::driving(vec![of(kind)]);
    w.step(Input::Online { online: at > At::P1 });
    w.hold = at == At::P0;
    let hold = (at == At::P2).then_some(T0 + 1);
    let req = w.submit(Draft { hold_until: hold, ..draft("you@example.test") });
    if at == At::P2 {
        w.faults.push_back(Fault::Late);
        w.pass(1);
    }
    let call = (at > At::P2).then(|| w.take(Verb::Submit));
    match (at, &call) {
        (At::P5 | At::P6, Some(call)) => {
            w.hold = at == At::P5;
            w.answer(call, Answer::Outcome { outcome: accepted() }, true);
        }
        (At::P7, Some(call)) => {
            w.answer(call, Answer::Outcome { outcome: unknown() }, true);
            w.pass(6_000);
        }
        _ => {}
    }
    Cell { w, req, call }
}

/// What the message shows; whether it was accepted.
fn shows(w: &World, c: &Cell) -> String {
    match c.w.replies.get(&c.req) {
        Some(Ok(Reply::Accepted { uid, .. })) => w.state(uid),
        Some(Err((e, ..))) => e.code.name().into(),
        _ if w.store.borrow().rows.keys().any(|(s, _)| *s == mailspooler::session::stored::StoreName::Messages) => {
            "half".into()
        }
        _ => "never".into(),
    }
}

fn doubt(kind: Kind) -> &'static str {
    if kind == Kind::N { "unconfirmed" } else { "checking" }
}

/// One line: how the message shows at P0, P1, P2, P3/P4, P5, P6, P7; `D` is doubt, as this kind shows it.
fn row(name: &str, expected: [&str; 7], fault: impl Fn(&mut Cell, Kind) -> World) {
    for (at, expected) in ALL.into_iter().zip(expected) {
        for kind in [Kind::X, Kind::V, Kind::N] {
            let mut c = cell(kind, at);
            let w = fault(&mut c, kind);
            let expected = if expected == "D" { doubt(kind) } else { expected };
            assert_eq!(shows(&w, &c), expected, "{name}, {at:?}, {kind:?}");
            let calls = w.count(Verb::Submit) + c.w.count(Verb::Submit);
            assert!(calls <= 1 || kind == Kind::X, "{name}, {at:?}, {kind:?}: g4");
        }
    }
}

/// The same context goes on.
fn stays(c: &mut Cell) -> World {
    std::mem::replace(&mut c.w, World::on(Shared::default(), 99))
}

/// Its replies are still asked for.
fn going_on(name: &str, expected: [&str; 7], fault: impl Fn(&mut Cell, Kind)) {
    row(name, expected, |c, kind| {
        fault(c, kind);
        let w = stays(c);
        c.w.replies = w.replies.clone();
        w
    });
}

const DEAD: [&str; 7] = ["never", "sending", "D", "D", "D", "sent", "D"];

#[test]
fn tab_worker_or_browser_killed_power_cut_trap() {
    row("killed", DEAD, |c, kind| c.w.next_life(2, vec![of(kind)]));
}

#[test]
fn a_person_takes_over_from_one_that_was_stopped() {
    // At P0 the stopped one's acceptance comes through: any tab may accept.
    let expected = ["sending", "sending", "D", "D", "sent", "sent", "D"];
    row("taken over, the old one wakes", expected, |c, kind| {
        let mut w = c.w.next_life(2, vec![of(kind)]);
        c.w.late();
        c.w.release();
        if let Some(call) = c.call.take() {
            c.w.answer(&call, Answer::Outcome { outcome: unknown() }, true);
        }
        w.look();
        w
    });
}

#[test]
fn frozen_or_suspended_and_back() {
    let expected = ["sending", "sending", "D", "D", "sent", "sent", "D"];
    going_on("frozen", expected, |c, _| {
        c.w.step(Input::Lost);
        c.w.late();
        c.w.release();
        c.w.grant();
        c.w.step(Input::Online { online: true });
    });
}

#[test]
fn g12_a_late_sent_after_take_over_is_evidence_at_every_point() {
    for kind in [Kind::X, Kind::V, Kind::N] {
        for at in [At::P3, At::P7] {
            let mut c = cell(kind, at);
            let mut w = c.w.next_life(2, vec![of(kind)]);
            c.w.step(Input::Lost);
            let call = c.call.take().unwrap();
            c.w.answer(&call, Answer::Outcome { outcome: accepted() }, true);
            w.look();
            let expected = if at == At::P3 { "sent" } else { doubt(kind) };
            assert_eq!(shows(&w, &c), expected, "{at:?} {kind:?}: at P7 the call had been answered");
        }
    }
}

#[test]
fn callback_never_settles() {
    let expected = ["never", "queued", "sending", "D", "sent", "sent", "D"];
    going_on("never settles", expected, |c, _| {
        c.w.late();
        if c.w.hold && c.call.is_some() {
            c.w.release();
        }
        if c.call.is_some() {
            c.w.pass(60_000);
            while c.w.has(Verb::Probe) {
                let probe = c.w.take(Verb::Probe);
                c.w.answer(&probe, Answer::Probed { found: 2, recipients: None }, false);
            }
        }
    });
}

#[test]
fn the_network_flaps() {
    for (kind, wire, state) in [
        (Kind::X, true, "checking"),
        (Kind::V, true, "checking"),
        (Kind::N, true, "unconfirmed"),
        (Kind::X, false, "waiting"),
        (Kind::V, false, "waiting"),
        (Kind::N, false, "waiting"),
    ] {
        let mut c = cell(kind, At::P3);
        let call = c.call.take().unwrap().call;
        let answer = Answer::Threw { scode: None, class: "TypeError".into(), network: true, retry_after: None };
        c.w.step(Input::Answer { call, answer: Box::new(answer), wire, network: true });
        assert_eq!(shows(&c.w, &c), state, "{kind:?} {wire}");
    }
}

#[test]
fn the_browser_replays_the_request() {
    for kind in [Kind::X, Kind::V, Kind::N] {
        let mut c = cell(kind, At::P3);
        let call = c.call.take().unwrap();
        c.w.answer(&call, Answer::Outcome { outcome: accepted() }, true);
        assert_eq!(shows(&c.w, &c), "sent", "one clean answer is all there is to see: {kind:?}");
    }
}

/// What an answer at P3 leads to with X, V, N.
fn answered(answer: &Answer, wire: bool, expected: [&str; 3]) {
    for (kind, expected) in [Kind::X, Kind::V, Kind::N].into_iter().zip(expected) {
        let mut c = cell(kind, At::P3);
        let call = c.call.take().unwrap();
        c.w.answer(&call, answer.clone(), wire);
        assert_eq!(shows(&c.w, &c), expected, "{answer:?} {kind:?}");
        c.w.answer(&call, Answer::Outcome { outcome: accepted() }, true);
        assert_eq!(shows(&c.w, &c), expected, "settled twice: the first wins");
    }
}

#[test]
fn callbacks_throw_return_garbage_or_codes() {
    let threw = Answer::Threw { scode: None, class: "Error".into(), network: false, retry_after: None };
    let garbage = Answer::Garbage { expected: "an Outcome".into(), got: "[]".into() };
    let d = ["checking", "checking", "unconfirmed"];
    let said = |outcome| Answer::Outcome { outcome };
    answered(&threw, false, ["waiting"; 3]);
    answered(&threw, true, d);
    answered(&garbage, true, d);
    answered(&garbage, false, d);
    answered(&said(http(401)), true, ["checking", "checking", "parked"]);
    answered(&said(http(403)), true, ["checking", "checking", "parked"]);
    answered(&said(http(429)), true, ["checking", "checking", "waiting"]);
    answered(&said(http(503)), true, d);
    for status in [404, 409, 412] {
        answered(&said(http(status)), true, d);
    }
    for status in [400, 413, 422] {
        answered(&said(http(status)), true, ["rejected", "checking", "rejected"]);
    }
    let certain = Outcome::NotAttempted { reason: Why::Busy, retry_after: None, definite: true };
    answered(&said(certain), true, ["waiting"; 3]);
}

#[test]
fn the_storage_is_full_or_fails() {
    for fault in [Fault::Full, Fault::Fails, Fault::Lost] {
        let code = if fault == Fault::Full { "MAPI_E_NOT_ENOUGH_MEMORY" } else { "MAPI_E_CALL_FAILED" };
        let mut w = World::driving(vec![transport("a")]);
        w.faults.push_back(fault);
        let req = w.submit(draft("you@example.test"));
        assert_eq!(w.refused(req), code, "P0: a typed error");
        let uid = w.send(Draft { hold_until: Some(T0 + 1), ..draft("you@example.test") });
        w.faults.push_back(fault);
        w.pass(1);
        assert_eq!(w.count(Verb::Submit), 0, "P2: no intent, no call");
        w.until(Verb::Submit);
        w.faults.push_back(fault);
        w.outcome(accepted());
        w.pass(60_000);
        assert_eq!((w.state(&uid).as_str(), w.count(Verb::Submit)), ("sent", 1), "P5: the answer was kept");
    }
}

#[test]
fn a_transaction_never_settles() {
    for kind in [Kind::X, Kind::V, Kind::N] {
        for at in [At::P2, At::P5] {
            let mut c = cell(kind, at);
            c.w.hold = false;
            c.w.pass(3_600_000);
            // The store says nothing at all; nothing is sent or shown that was not.
            assert!(c.w.count(Verb::Submit) <= usize::from(at == At::P5));
            let next = c.w.next_life(2, vec![of(kind)]);
            assert_eq!(shows(&next, &c), doubt(kind), "{at:?} {kind:?}");
        }
    }
}

#[test]
fn g18_the_wall_clock_jumps() {
    for jump in [-3_600_000_i64, 3_600_000, 365 * 86_400_000] {
        for kind in [Kind::X, Kind::V, Kind::N] {
            for at in [At::P3, At::P7] {
                let mut c = cell(kind, at);
                let before = c.w.count(Verb::Submit);
                c.w.now.wall += jump;
                c.w.step(Input::Tick);
                let calls = c.w.count(Verb::Submit) - before;
                assert!(calls <= usize::from(kind == Kind::X), "{jump} {kind:?} {at:?}");
                while c.w.has(Verb::Probe) {
                    let probe = c.w.take(Verb::Probe);
                    c.w.answer(&probe, Answer::Probed { found: 0, recipients: None }, false);
                }
                assert!(
                    kind == Kind::X || c.w.count(Verb::Submit) == before,
                    "quiet is not shortened: {jump} {kind:?}"
                );
            }
            let mut c = cell(kind, At::P1);
            c.w.now.wall += jump;
            c.w.step(Input::Online { online: true });
            assert_eq!(shows(&c.w, &c), "sending", "{jump} {kind:?}");
        }
    }
}

#[test]
fn a_person_cancels() {
    let cancel = |kind, at| {
        let mut c = cell(kind, at);
        let Some(Ok(Reply::Accepted { uid, .. })) = c.w.replies.get(&c.req).cloned() else { panic!() };
        let req = c.w.act(&uid, MessageVerb::Abort { envelope: None });
        (c, uid, req)
    };
    for kind in [Kind::X, Kind::V, Kind::N] {
        let (c, _, _) = cancel(kind, At::P1);
        assert_eq!(shows(&c.w, &c), "cancelled");
        let (mut c, _, req) = cancel(kind, At::P3);
        let call = c.call.take().unwrap();
        c.w.answer(&call, Answer::Outcome { outcome: unknown() }, true);
        assert!(matches!(c.w.replies[&req], Ok(Reply::Aborted { result: 2, .. })));
        assert_ne!(shows(&c.w, &c), "cancelled");
        let (mut c, _, req) = cancel(kind, At::P5);
        c.w.release();
        assert!(matches!(c.w.replies[&req], Ok(Reply::Aborted { result: 1, .. })), "{:?}", c.w.replies[&req]);
        assert_eq!(shows(&c.w, &c), "sent");
        let (c, _, req) = cancel(kind, At::P7);
        assert!(matches!(c.w.replies[&req], Ok(Reply::Aborted { result: 2, .. })));
    }
}
