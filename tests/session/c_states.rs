//! C. States of envelopes, what a message shows of them (O-20), and doubt (O-21).

use super::world::*;
use mailspooler::session::io::*;
use mailspooler::spooler::outcome::{NotAttempted, Outcome};

/// From the mildest to the worst; `cancelled` and `draft` are equal in O-20.
const ORDER: [&str; 11] = [
    "filed",
    "sent",
    "cancelled",
    "draft",
    "deferred",
    "sending",
    "waiting",
    "rejected",
    "parked",
    "checking",
    "unconfirmed",
];

/// A transport of this address type that can be brought into `state`.
fn towards(uid: &str, address_type: &str, state: &str) -> TransportConfig {
    let t = match state {
        "checking" => probes(uid),
        "filed" => with(transport(uid), &[Verb::File]),
        _ => transport(uid),
    };
    takes(t, address_type)
}

fn bring(w: &mut World, id: &str, n: u32, state: &str) {
    let at = w.calls.iter().position(|c| c.job.as_ref().is_some_and(|j| j.envelope == n)).unwrap();
    if state == "sending" {
        return;
    }
    let call = w.calls.remove(at);
    let (outcome, wire) = match state {
        "sent" | "filed" => (accepted(), true),
        "rejected" => (rejected(true), false),
        "waiting" | "cancelled" => (not_attempted(NotAttempted::Busy), false),
        "parked" => (not_attempted(NotAttempted::Auth), false),
        "deferred" => (Outcome::Deferred { entry: None }, true),
        _ => (unknown(), true),
    };
    w.answer(&call, Answer::Outcome { outcome }, wire);
    let verb = match state {
        "cancelled" => MessageVerb::Abort { envelope: Some(n) },
        "draft" => MessageVerb::Resolve { how: 2, envelope: Some(n) },
        "filed" => {
            let file = w.take(Verb::File);
            return w.answer(&file, Answer::Done, false);
        }
        _ => return,
    };
    let req = w.act(id, verb);
    assert!(w.replies[&req].is_ok(), "{state}: {:?}", w.replies[&req]);
}

#[test]
fn o_20_a_message_shows_the_worst_of_its_envelopes() {
    for (i, one) in ORDER.iter().enumerate() {
        for (j, two) in ORDER.iter().enumerate() {
            let mut w = World::driving(vec![towards("a", "SMTP", one), towards("b", "FAX", two)]);
            let mut d = Draft { id: Some("x".into()), ..draft("you@example.test") };
            d.recipients.push(of_type("FAX", "123"));
            let uid = w.send(d);
            bring(&mut w, &uid, 1, one);
            bring(&mut w, &uid, 2, two);
            let worst = ORDER[i.max(j)];
            let somebody_has_it = i.min(j) < 2;
            // With an accepted recipient it is never shown as cancelled or draft.
            let expected = if somebody_has_it && (2..4).contains(&i.max(j)) { "sent" } else { worst };
            let shown = w.state(&uid);
            let equal = (2..4).contains(&i) && (2..4).contains(&j);
            assert!(shown == expected || equal && (shown == "cancelled" || shown == "draft"), "{one}, {two}: {shown}");
        }
    }
}

#[test]
fn o_20_what_nobody_has_yet_counts_too() {
    let mut w = World::driving(vec![takes(transport("a"), "SMTP"), takes(transport("b"), "FAX")]);
    let hold = Some(T0 + 1_000);
    let uid = w.send(Draft { hold_until: hold, ..draft("you@example.test") });
    assert_eq!(w.state(&uid), "held");
    w.pass(1_000);
    assert_eq!(w.state(&uid), "sending");
    let waiting = w.send(draft("they@example.test"));
    assert_eq!(w.state(&waiting), "queued");
}

#[test]
fn o_20_a_row_that_cannot_be_read_is_set_aside_and_the_others_go_on() {
    let mut w = World::driving(vec![]);
    let (bad, newer, good) = (w.send(draft("a@x.test")), w.send(draft("b@x.test")), w.send(draft("c@x.test")));
    w.store.borrow_mut().damage(&bad);
    w.store.borrow_mut().from_the_future(&newer);
    let mut next = w.next_life(3, vec![transport("a")]);
    assert_eq!(next.why(&bad), "corrupt");
    assert_eq!(next.why(&newer), "newer");
    assert_eq!(next.outcome(accepted()).job.unwrap().uid, good);
    next.pass(86_400_000);
    assert_eq!(next.count(Verb::Submit), 1, "o_70: never driven");
    assert_eq!(next.store.borrow().bodies.len(), 2, "their bodies stay");
}

#[test]
fn o_20_a_corrupt_row_goes_by_a_person_and_a_newer_one_stays() {
    let mut w = World::driving(vec![]);
    let (bad, newer) = (w.send(draft("a@x.test")), w.send(draft("b@x.test")));
    w.store.borrow_mut().damage(&bad);
    w.store.borrow_mut().from_the_future(&newer);
    let mut next = w.next_life(3, vec![]);
    let (discard, kept) = (next.act(&bad, MessageVerb::Discard), next.act(&newer, MessageVerb::Discard));
    assert_eq!(next.replies[&discard], Ok(Reply::Unit));
    assert_eq!(next.refused(kept), "MAPI_E_OBJECT_CHANGED");
    assert!(!next.store.borrow().bodies.contains_key(&bad) && next.store.borrow().bodies.contains_key(&newer));
    let again = next.act(&bad, MessageVerb::Discard);
    assert_eq!(next.refused(again), "MAPI_E_OBJECT_CHANGED");
}

#[test]
fn o_20_an_attempt_that_is_not_stored_yet_shows_as_intending() {
    let mut w = World::driving(vec![transport("a")]);
    w.step(Input::Online { online: false });
    let uid = w.send(draft("you@example.test"));
    w.hold = true;
    w.step(Input::Online { online: true });
    assert_eq!((w.state(&uid).as_str(), w.why(&uid).as_str(), w.has(Verb::Submit)), ("intending", "intending", false));
    w.release();
    assert_eq!((w.state(&uid).as_str(), w.why(&uid).as_str(), w.has(Verb::Submit)), ("sending", "sending", true));
    w.hold = true;
    w.outcome(accepted());
    assert_eq!(w.state(&uid), "sending", "an end shows once it is stored");
    w.release();
    assert_eq!(w.state(&uid), "sent");
}

#[test]
fn o_21_doubt_shows_whatever_else_holds_the_envelope() {
    // A person sends again: queued, in doubt.
    let mut w = World::driving(vec![transport("a")]);
    let uid = w.send(draft("you@example.test"));
    w.outcome(unknown());
    w.step(Input::Online { online: false });
    w.act(&uid, MessageVerb::Resolve { how: 1, envelope: None });
    assert_eq!((w.state(&uid), w.why(&uid)), ("checking".into(), "checking".into()));
    w.step(Input::Online { online: true });
    assert_eq!((w.state(&uid), w.why(&uid)), ("checking".into(), "checking".into()), "in flight, in doubt");
    // It waits for somebody, in doubt.
    w.untried(not_attempted(NotAttempted::Auth));
    assert_eq!(w.state(&uid), "unconfirmed");
    // It is kept by the provider, in doubt.
    let mut w = World::driving(vec![dedupes("a")]);
    let uid = w.send(draft("you@example.test"));
    w.outcome(unknown());
    w.until(Verb::Submit);
    w.outcome(Outcome::Deferred { entry: None });
    assert_eq!(w.state(&uid), "unconfirmed");
}

#[test]
fn o_21_an_absent_transport_makes_doubt_unconfirmed_and_its_return_checks_with_a_fresh_budget() {
    let mut w = World::driving(vec![probes("a")]);
    let uid = w.send(draft("you@example.test"));
    w.outcome(unknown());
    let mut away = w.next_life(2, vec![transport("b")]);
    assert_eq!(away.state(&uid), "unconfirmed");
    away.pass(3 * 86_400_000);
    assert_eq!(away.state(&uid), "unconfirmed");
    let mut back = away.next_life(3, vec![probes("a"), transport("b")]);
    assert_eq!(back.state(&uid), "checking");
    back.settle_absent();
    assert_eq!(back.take(Verb::Submit).job.unwrap().key, format!("{uid}.1"));
}

#[test]
fn o_21_what_a_person_settled_in_doubt_says_so() {
    for (how, state) in [(0, "sent"), (2, "draft")] {
        let mut w = World::driving(vec![transport("a")]);
        let uid = w.send(draft("you@example.test"));
        w.outcome(unknown());
        w.act(&uid, MessageVerb::Resolve { how, envelope: None });
        let report = w.session.report(&uid).unwrap();
        assert_eq!((report.state, report.doubted), (state, true));
        let next = w.next_life(2, vec![]);
        assert!(next.session.report(&uid).unwrap().doubted, "in the next life too");
    }
}

#[test]
fn g2_an_envelope_whose_transport_is_not_there_has_an_exit() {
    let mut w = World::driving(vec![transport("a")]);
    let uid = w.send(draft("you@example.test"));
    w.untried(not_attempted(NotAttempted::Busy));
    let away = w.next_life(2, vec![transport("b")]);
    assert_eq!(away.state(&uid), "parked");
    let mut back = away.next_life(3, vec![transport("a")]);
    assert_eq!(back.outcome(accepted()).transport, "a");
    assert_eq!(back.state(&uid), "sent");
}

#[test]
fn o_45_looking_again_without_the_transport_leaves_it_unconfirmed_until_it_is_back() {
    let mut w = World::driving(vec![probes("a")]);
    let uid = w.send(draft("you@example.test"));
    w.outcome(unknown());
    let mut away = w.next_life(2, vec![transport("b")]);
    away.act(&uid, MessageVerb::CheckAgain);
    assert_eq!(away.state(&uid), "unconfirmed");
    away.add(vec![probes("a")]);
    assert_eq!(away.state(&uid), "checking");
}

#[test]
fn o_20_a_message_taken_back_is_no_delivery_report_and_nobody_has_it_to_do() {
    let class = |w: &World, uid: &str| {
        let report = w.session.report(uid).unwrap();
        (report.non_delivery, report.recipients[0].status)
    };
    let mut w = World::driving(vec![transport("a")]);
    let uid = w.send(draft("you@example.test"));
    w.untried(not_attempted(NotAttempted::Busy));
    w.act(&uid, MessageVerb::Abort { envelope: None });
    assert_eq!(w.state(&uid), "cancelled");
    assert_eq!(class(&w, &uid), (None, "open"));
    let sent = w.send(draft("you@example.test"));
    w.outcome(accepted());
    assert_eq!(class(&w, &sent), (Some(false), "accepted"));
}

#[test]
fn g2_what_stands_before_a_retry_is_said_of_it_too() {
    let mut w = World::driving(vec![transport("a")]);
    let uid = w.send(draft("you@example.test"));
    w.untried(not_attempted(NotAttempted::Busy));
    assert_eq!(w.why(&uid), "waiting.busy");
    w.step(Input::Online { online: false });
    w.act(&uid, MessageVerb::Retry);
    assert_eq!(w.why(&uid), "queued.offline");
    w.step(Input::Online { online: true });
    w.untried(not_attempted(NotAttempted::Transport));
    w.act(&uid, MessageVerb::Retry);
    let why = w.session.why(&uid).unwrap();
    assert_eq!((why.code.as_str(), why.next_at > Some(w.now.wall)), ("backOff.transport", true), "{why:?}");
}
