//! B. Envelopes and routing (O-10…O-12, O-15).

use super::world::*;
use mailspooler::session::io::*;
use mailspooler::session::stored::StoreOp;
use mailspooler::spooler::outcome::RecipientStatus as Status;
use mailspooler::spooler::outcome::{NotAttempted, Outcome, RecipientResult};

/// Sends for these only.
fn sends_as(uid: &str, identities: &[&str]) -> TransportConfig {
    TransportConfig {
        any_sender: false,
        identities: identities.iter().map(|i| (*i).into()).collect(),
        ..transport(uid)
    }
}

fn by(from: &str) -> Draft {
    Draft { from: Some(DraftAddress { kind: 0, ..to(from) }), ..draft("you@example.test") }
}

fn takers(w: &World) -> Vec<&str> {
    w.made.iter().filter(|c| c.verb == Verb::Submit).map(|c| c.transport.as_str()).collect()
}

#[test]
fn o_10_only_a_transport_that_sends_for_the_sender_is_offered_it() {
    let mut w = World::driving(vec![sends_as("a", &["other@example.test"]), sends_as("b", &["me@Example.Test"])]);
    w.send(by("me@example.test"));
    assert_eq!(takers(&w), ["b"], "domains are compared without case");
    let uid = w.send(by("Me@example.test"));
    assert_eq!(w.state(&uid), "rejected", "local parts with it");
}

#[test]
fn o_10_identities_are_the_owners_unless_they_are_said() {
    let mut w = World::driving(vec![sends_as("a", &[])]);
    let (mine, other) = (w.send(draft("you@example.test")), w.send(by("other@example.test")));
    assert_eq!((w.state(&mine).as_str(), w.state(&other).as_str()), ("sending", "rejected"));
    let report = w.session.report(&other).unwrap();
    assert_eq!((report.non_delivery, report.recipients[0].code.as_str()), (Some(true), "noTransport"));
}

#[test]
fn o_10_failover_keeps_to_it() {
    let mut w = World::driving(vec![sends_as("a", &[]), sends_as("b", &["other@example.test"]), sends_as("c", &[])]);
    let uid = w.send(draft("you@example.test"));
    w.untried(not_attempted(NotAttempted::NotMe));
    assert_eq!(takers(&w), ["a", "c"]);
    w.untried(not_attempted(NotAttempted::NotMe));
    assert_eq!(w.state(&uid), "rejected", "no eligible transport is left");
    assert_eq!(w.session.report(&uid).unwrap().recipients[0].status, "rejected");
}

#[test]
fn o_10_a_transport_that_is_absent_does_not_hold_up_those_present() {
    let mut w = World::driving(vec![transport("b")]);
    w.send(draft("you@example.test"));
    assert_eq!(takers(&w), ["b"]);
}

#[test]
fn o_11_an_envelope_keeps_transport_recipients_and_key() {
    let mut w = World::driving(vec![dedupes("a")]);
    let uid = w.send(draft_to(&["r1@x.test", "r2@x.test"]));
    for attempt in 1..4 {
        let job = w.outcome(unknown()).job.unwrap();
        let to: Vec<&str> = job.recipients.iter().map(|r| r.address.as_str()).collect();
        assert_eq!((job.key, job.attempt, to), (format!("{uid}.1"), attempt, vec!["r1@x.test", "r2@x.test"]));
        if attempt == 1 {
            w.add(vec![transport("0")]);
            let req = w.req();
            w.step(Input::SetTransportOrder { req, uids: vec!["0".into(), "a".into()], now: true });
        }
        w.until(Verb::Submit);
    }
    assert!(takers(&w).iter().all(|t| *t == "a"));
}

/// r1 and r2 go to X, whose first answer is late; the second gives r2 back, which waits at `b`. The late call is open.
fn given_back(more: &[&str]) -> (World, String, Open) {
    let mut b = transport("b");
    b.guarantees.dedupe_window = Some(86_400_000);
    let mut w = World::driving(vec![dedupes("a"), b]);
    let to: Vec<&str> = ["r1@x.test", "r2@x.test"].iter().chain(more).copied().collect();
    let uid = w.send(draft_to(&to));
    let first = w.take(Verb::Submit);
    w.until(Verb::Submit);
    let list = to.iter().map(|a| line(a, if *a == "r1@x.test" { Status::Accepted } else { Status::Open })).collect();
    w.outcome(Outcome::Accepted { remote_id: None, recipients: Some(list) });
    (w, uid, first)
}

fn list(who: &[&str]) -> Answer {
    let lines = ["r1@x.test", "r2@x.test", "r3@x.test"]
        .iter()
        .map(|a| line(a, if who.contains(a) { Status::Accepted } else { Status::Open }));
    Answer::Outcome { outcome: Outcome::Accepted { remote_id: None, recipients: Some(lines.collect()) } }
}

#[test]
fn o_11_what_it_left_open_forms_a_later_envelope_with_the_next_number() {
    let (mut w, uid, _) = given_back(&[]);
    let job = w.take(Verb::Submit).job.unwrap();
    assert_eq!(
        (job.key, job.recipients.len(), job.recipients[0].address.as_str()),
        (format!("{uid}.2"), 1, "r2@x.test")
    );
    assert_eq!(takers(&w), ["a", "a", "b"]);
}

#[test]
fn o_11_evidence_makes_a_waiting_later_envelope_give_way_to_one_without_them() {
    let (mut w, uid, first) = given_back(&["r3@x.test"]);
    w.untried(not_attempted(NotAttempted::Busy));
    w.answer(&first, list(&["r1@x.test", "r2@x.test"]), true);
    w.until(Verb::Submit);
    let job = w.take(Verb::Submit).job.unwrap();
    assert_eq!(
        (job.key, job.recipients.len(), job.recipients[0].address.as_str()),
        (format!("{uid}.3"), 1, "r3@x.test")
    );
}

#[test]
fn o_11_with_nobody_left_there_is_no_further_envelope() {
    let (mut w, uid, first) = given_back(&[]);
    w.untried(not_attempted(NotAttempted::Busy));
    w.answer(&first, Answer::Outcome { outcome: accepted() }, true);
    assert_eq!(w.state(&uid), "sent");
    w.pass(86_400_000);
    assert_eq!(w.count(Verb::Submit), 3);
}

#[test]
fn o_11_one_in_flight_or_in_doubt_does_not_give_way() {
    for in_doubt in [false, true] {
        let (mut w, uid, first) = given_back(&["r3@x.test"]);
        if in_doubt {
            w.outcome(unknown());
        }
        w.answer(&first, list(&["r1@x.test", "r2@x.test"]), true);
        if in_doubt {
            w.until(Verb::Submit);
        }
        let job = w.outcome(accepted()).job.unwrap();
        assert_eq!((job.key, job.recipients.len()), (format!("{uid}.2"), 2));
        assert_eq!(w.state(&uid), "sent");
    }
}

#[test]
fn o_11_evidence_about_a_refused_recipient_ends_its_refusal() {
    let (mut w, uid, first) = given_back(&[]);
    w.outcome(rejected(true));
    assert_eq!(w.state(&uid), "rejected");
    w.answer(&first, Answer::Outcome { outcome: accepted() }, true);
    assert_eq!(w.state(&uid), "sent");
}

/// Two transports with one account; the first passes on, the second may have executed. Then a probe says "present".
fn present_at(second_account: &str, first_began: bool) -> (World, String) {
    let mut a = probes("a");
    a.account = "one".into();
    let mut b = probes("b");
    b.account = second_account.into();
    let mut w = World::driving(vec![a, b]);
    let uid = w.send(draft("you@example.test"));
    let Open { call, .. } = w.take(Verb::Submit);
    let outcome = Outcome::NotAttempted { reason: NotAttempted::NotMe, retry_after: None, definite: true };
    w.step(Input::Answer { call, answer: Box::new(Answer::Outcome { outcome }), wire: first_began, network: false });
    w.outcome(unknown());
    w.pass(0);
    let probe = w.take(Verb::Probe);
    w.answer(&probe, Answer::Probed { found: 1, recipients: None }, false);
    (w, uid)
}

#[test]
fn o_12_a_positive_probe_counts_only_for_the_one_envelope_that_went_to_the_account() {
    for (account, began, state) in
        [("one", true, "unconfirmed"), ("one", false, "sent"), ("two", true, "sent"), ("two", false, "sent")]
    {
        let (w, uid) = present_at(account, began);
        assert_eq!(w.state(&uid), state, "{account} {began}");
    }
}

#[test]
fn o_12_the_message_id_of_an_again_counts_too_even_of_a_finished_message() {
    let mid = |again| Draft { message_id: Some("<m@x.test>".into()), again, ..draft("you@example.test") };
    let mut w = World::driving(vec![probes("a")]);
    w.send(mid(false));
    w.outcome(accepted());
    let uid = w.send(mid(true));
    w.outcome(unknown());
    w.pass(0);
    let probe = w.take(Verb::Probe);
    w.answer(&probe, Answer::Probed { found: 1, recipients: None }, false);
    assert_eq!(w.state(&uid), "unconfirmed", "the first is what was found");
    let mut next = w.next_life(5, vec![probes("a")]);
    let req = next.act(&uid, MessageVerb::CheckAgain);
    assert!(next.replies[&req].is_ok());
    let probe = next.take(Verb::Probe);
    next.answer(&probe, Answer::Probed { found: 1, recipients: None }, false);
    assert_eq!(next.state(&uid), "unconfirmed", "its tombstone remembers");
}

fn remove(w: &mut World, uid: &str) {
    let req = w.req();
    w.step(Input::RemoveTransport { req, uid: uid.into() });
    assert!(w.replies[&req].is_ok());
}

#[test]
fn o_15_of_a_removed_transport_what_was_not_called_is_routed_again() {
    let mut w = World::driving(vec![transport("a"), transport("b")]);
    let waiting = w.send(draft("you@example.test"));
    w.untried(not_attempted(NotAttempted::Busy));
    assert_eq!(w.state(&waiting), "waiting");
    remove(&mut w, "a");
    let job = w.take(Verb::Submit).job.unwrap();
    assert_eq!((job.key, takers(&w)), (format!("{waiting}.2"), vec!["a", "b"]));
}

#[test]
fn o_15_the_same_transport_may_have_it_when_it_is_back() {
    let mut w = World::driving(vec![transport("a")]);
    let uid = w.send(draft("you@example.test"));
    w.untried(not_attempted(NotAttempted::Busy));
    remove(&mut w, "a");
    assert_eq!(w.state(&uid), "queued");
    w.add(vec![transport("a")]);
    w.outcome(accepted());
    assert_eq!(w.state(&uid), "sent");
}

#[test]
fn o_15_doubt_and_deferral_become_unconfirmed_and_go_on_when_it_is_back() {
    for deferred in [false, true] {
        let mut w = World::driving(vec![probes("a"), transport("b")]);
        let uid = w.send(draft("you@example.test"));
        w.outcome(if deferred { Outcome::Deferred { entry: Some("e".into()) } } else { unknown() });
        remove(&mut w, "a");
        assert_eq!(w.state(&uid), "unconfirmed");
        w.pass(3_600_000);
        assert_eq!(takers(&w), ["a"], "nobody else gets it");
        w.add(vec![probes("a")]);
        assert_eq!(w.state(&uid), "checking", "o_21: with a fresh budget");
    }
}

#[test]
fn o_15_an_attempt_in_flight_is_decided_by_its_answer() {
    for (outcome, wire, state) in [
        (accepted(), true, "sent"),
        (unknown(), true, "unconfirmed"),
        (rejected(true), true, "unconfirmed"),
        (Outcome::Deferred { entry: None }, true, "unconfirmed"),
    ] {
        let mut w = World::driving(vec![dedupes("a"), transport("b")]);
        let uid = w.send(draft("you@example.test"));
        remove(&mut w, "a");
        assert_eq!(w.state(&uid), "sending");
        let call = w.take(Verb::Submit);
        w.answer(&call, Answer::Outcome { outcome: outcome.clone() }, wire);
        assert_eq!(w.state(&uid), state, "{outcome:?}");
        assert_eq!(w.count(Verb::Submit), 1);
    }
}

#[test]
fn o_71_at_the_grant_absent_transports_are_marked_not_routed_around() {
    let mut w = World::driving(vec![transport("a")]);
    let (waiting, doubted) = (w.send(draft("w@x.test")), w.send(draft("d@x.test")));
    w.untried(not_attempted(NotAttempted::Wait));
    w.outcome(unknown());
    let mut next = w.next_life(9, vec![transport("b")]);
    assert_eq!(next.state(&waiting), "parked");
    assert_eq!(next.state(&doubted), "unconfirmed");
    assert_eq!(next.count(Verb::Submit), 0);
    let marks = next.log.iter().find(|ops| ops.iter().any(|o| matches!(o, StoreOp::PutMeta { .. }))).unwrap();
    assert!(marks.iter().any(|o| matches!(o, StoreOp::PutMessage { .. })), "in the transaction of the epoch");
    next.act(&waiting, MessageVerb::Retry);
    assert_eq!(next.take(Verb::Submit).transport, "b", "a person may send it another way");
}

/// A deduplicating service that takes a and gives b back with this code.
fn greylisted(w: &mut World, code: &str) {
    let second = RecipientResult { code: code.into(), ..line("b@example.test", Status::Open) };
    let list = vec![line("a@example.test", Status::Accepted), second];
    w.outcome(Outcome::Accepted { remote_id: None, recipients: Some(list) });
}

#[test]
fn o_10_who_was_given_back_for_now_goes_to_the_same_transport_again_if_nobody_else_takes_them() {
    let mut w = World::driving(vec![dedupes("a")]);
    let uid = w.send(draft_to(&["a@example.test", "b@example.test"]));
    greylisted(&mut w, "451");
    assert_eq!(w.state(&uid), "waiting");
    w.until(Verb::Submit);
    let job = w.outcome(accepted()).job.unwrap();
    assert_eq!((job.key, job.recipients.len()), (format!("{uid}.2"), 1), "an envelope of its own");
    assert_eq!(w.state(&uid), "sent");
}

#[test]
fn o_10_who_was_given_back_goes_elsewhere_first_and_for_good_nowhere() {
    let mut w = World::driving(vec![dedupes("a"), dedupes("b")]);
    w.send(draft_to(&["a@example.test", "b@example.test"]));
    greylisted(&mut w, "451");
    assert_eq!(w.take(Verb::Submit).transport, "b");
    let mut w = World::driving(vec![dedupes("a")]);
    let uid = w.send(draft_to(&["a@example.test", "b@example.test"]));
    greylisted(&mut w, "5.7.1");
    assert_eq!(w.state(&uid), "rejected");
}

#[test]
fn o_50_after_five_days_of_giving_back_a_person_is_asked() {
    let mut w = World::driving(vec![dedupes("a")]);
    let uid = w.send(draft_to(&["a@example.test", "b@example.test"]));
    greylisted(&mut w, "4.7.1");
    let began = w.now.wall;
    while w.state(&uid) != "parked" {
        w.pass(30_000);
        if w.has(Verb::Submit) {
            w.untried(not_attempted(NotAttempted::Busy));
        }
        assert!(w.now.wall - began < 6 * 86_400_000);
    }
    assert!(w.now.wall - began >= 5 * 86_400_000 - 900_000);
}

#[test]
fn o_10_who_goes_again_goes_in_envelopes_the_transport_takes() {
    let mut a = dedupes("a");
    a.guarantees.max_recipients = Some(1);
    let mut w = World::driving(vec![a]);
    let uid = w.send(draft_to(&["a@example.test", "b@example.test", "c@example.test"]));
    let all = ["a@example.test", "b@example.test", "c@example.test"];
    let mut seen = Vec::new();
    while w.state(&uid) != "sent" {
        w.until(Verb::Submit);
        let job = w.calls.iter().find(|c| c.verb == Verb::Submit).and_then(|c| c.job.clone()).unwrap();
        assert_eq!(job.recipients.len(), 1);
        let to = job.recipients[0].address.to_string();
        let status = if seen.contains(&to) { Status::Accepted } else { Status::Open };
        let said = RecipientResult { code: "450".into(), ..line(&to, status) };
        seen.push(to);
        w.outcome(Outcome::Accepted { remote_id: None, recipients: Some(vec![said]) });
    }
    assert_eq!(seen.len(), 2 * all.len());
}

#[test]
fn o_11_who_was_given_back_for_now_stays_so_when_the_envelope_makes_room() {
    let mut w = World::driving(vec![dedupes("a")]);
    let uid = w.send(draft_to(&["a@example.test", "b@example.test"]));
    let first = w.take(Verb::Submit);
    w.pass(70_000);
    w.until(Verb::Submit);
    let back =
        ["a@example.test", "b@example.test"].map(|to| RecipientResult { code: "451".into(), ..line(to, Status::Open) });
    w.outcome(Outcome::Accepted { remote_id: None, recipients: Some(back.to_vec()) });
    assert_eq!(w.state(&uid), "waiting");
    let late = vec![line("a@example.test", Status::Accepted), line("b@example.test", Status::Doubtful)];
    w.answer(&first, Answer::Outcome { outcome: Outcome::Accepted { remote_id: None, recipients: Some(late) } }, true);
    assert_ne!(w.state(&uid), "rejected", "one has it, the other is only asked later");
}

#[test]
fn o_15_who_waits_for_a_transport_that_is_gone_is_refused() {
    let mut w = World::driving(vec![dedupes("a"), transport("b")]);
    let uid = w.send(Draft { transport: Some("a".into()), ..draft_to(&["a@example.test", "b@example.test"]) });
    greylisted(&mut w, "451");
    assert_eq!(w.state(&uid), "waiting");
    let req = w.req();
    w.step(Input::RemoveTransport { req, uid: "a".into() });
    w.pass(3_600_000);
    assert!(["rejected", "parked"].contains(&w.state(&uid).as_str()), "{}", w.state(&uid));
}
