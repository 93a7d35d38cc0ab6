//! E. Doubt: how it begins and ends (O-40), absence (O-41), presence (O-42).

use super::world::*;
use mailspooler::session::io::*;
use mailspooler::spooler::outcome::NotAttempted as Why;
use mailspooler::spooler::outcome::{Outcome, RecipientStatus as Status};

fn doubtful(t: TransportConfig) -> (World, String) {
    let mut w = World::driving(vec![t]);
    let uid = w.send(draft("you@example.test"));
    w.outcome(unknown());
    (w, uid)
}

fn probed(w: &mut World, found: u8) {
    let probe = w.take(Verb::Probe);
    w.answer(&probe, Answer::Probed { found, recipients: None }, false);
}

#[test]
fn o_40_it_begins_at_the_first_unknown_and_at_the_end_of_a_generation() {
    for t in [dedupes("a"), probes("a"), transport("a")] {
        let (w, uid) = doubtful(t.clone());
        assert_ne!(w.state(&uid), "sending");
        assert_eq!(w.session.report(&uid).unwrap().recipients[0].status, "doubtful");
        let mut w = World::driving(vec![t]);
        let uid = w.send(draft("you@example.test"));
        w.step(Input::Lost);
        w.grant();
        assert_eq!(
            w.session.report(&uid).unwrap().recipients[0].status,
            "doubtful",
            "the same context, a new generation"
        );
    }
}

#[test]
fn o_40_no_later_answer_of_the_transport_ends_it() {
    for reason in [Why::Busy, Why::Wait, Why::Network, Why::Transport, Why::Account, Why::Auth, Why::Config, Why::NotMe]
    {
        for wire in [true, false] {
            let mut w = World::driving(vec![dedupes("a"), transport("b")]);
            let uid = w.send(draft("you@example.test"));
            w.outcome(unknown());
            w.until(Verb::Submit);
            let call = w.take(Verb::Submit);
            let outcome = Outcome::NotAttempted { reason, retry_after: None, definite: true };
            w.answer(&call, Answer::Outcome { outcome }, wire);
            assert_eq!(w.state(&uid), "checking", "{reason:?}");
            assert_eq!(w.session.report(&uid).unwrap().recipients[0].status, "doubtful");
            w.pass(100_000);
            assert!(w.made.iter().all(|c| c.transport == "a"));
        }
    }
}

#[test]
fn o_40_it_ends_by_an_answer_of_the_same_key() {
    for (outcome, state) in [(accepted(), "sent"), (rejected(true), "rejected"), (rejected(false), "checking")] {
        let (mut w, uid) = doubtful(dedupes("a"));
        w.until(Verb::Submit);
        w.outcome(outcome);
        assert_eq!(w.state(&uid), state);
    }
}

#[test]
fn o_40_accepted_ends_it_for_those_it_accepts() {
    let mut w = World::driving(vec![dedupes("a")]);
    let uid = w.send(draft_to(&["r1@x.test", "r2@x.test"]));
    w.outcome(unknown());
    w.until(Verb::Submit);
    let list = vec![line("r1@x.test", Status::Accepted), line("r2@x.test", Status::Doubtful)];
    w.outcome(Outcome::Accepted { remote_id: None, recipients: Some(list) });
    let report = w.session.report(&uid).unwrap();
    let statuses: Vec<&str> = report.recipients.iter().map(|r| r.status).collect();
    assert_eq!((statuses, report.state), (vec!["accepted", "doubtful"], "checking"));
}

/// Passes until a probe asked at `settled` + `ms` has been answered "absent"; the instant is by the wall clock.
fn absent_at(w: &mut World, ms: i64) {
    let settled = T0 + 60_000 + 60_000;
    while w.now.wall < settled + ms - 1 {
        let step = (settled + ms - 1 - w.now.wall).min(1_000);
        w.pass(step);
        while w.has(Verb::Probe) {
            probed(w, 2);
        }
    }
    w.pass(1);
    let uid = w.made[0].job.as_ref().unwrap().uid.clone();
    if !w.has(Verb::Probe) {
        w.act(&uid, MessageVerb::CheckAgain);
    }
    probed(w, 0);
}

#[test]
fn o_41_absence_is_asked_later_than_the_deadline_and_the_settling() {
    for (ms, calls) in [(-1, 1), (0, 1), (1, 2), (1_000, 2)] {
        let (mut w, _) = doubtful(probes("a"));
        absent_at(&mut w, ms);
        assert_eq!(w.count(Verb::Submit), calls, "{ms}");
    }
}

#[test]
fn o_41_it_is_the_asking_that_counts_not_the_answer() {
    let (mut w, uid) = doubtful(probes("a"));
    w.pass(119_000);
    while w.has(Verb::Probe) {
        probed(&mut w, 2);
    }
    w.act(&uid, MessageVerb::CheckAgain);
    let early = w.take(Verb::Probe);
    w.pass(20_000);
    w.answer(&early, Answer::Probed { found: 0, recipients: None }, false);
    assert_eq!((w.count(Verb::Submit), w.state(&uid).as_str()), (1, "checking"));
}

#[test]
fn o_41_an_early_absent_proves_nothing_and_an_early_present_everything() {
    let (mut w, uid) = doubtful(probes("a"));
    w.pass(0);
    probed(&mut w, 0);
    assert_eq!(w.state(&uid), "checking");
    w.pass(5_000);
    probed(&mut w, 1);
    assert_eq!(w.state(&uid), "sent");
}

#[test]
fn o_41_only_an_authoritative_probe_proves_absence() {
    let mut t = probes("a");
    t.guarantees.probe.as_mut().unwrap().authoritative = false;
    let (mut w, uid) = doubtful(t);
    absent_at(&mut w, 10_000);
    assert_eq!((w.count(Verb::Submit), w.state(&uid).as_str()), (1, "checking"));
}

#[test]
fn o_41_the_monotonic_clock_must_agree() {
    let (mut w, uid) = doubtful(probes("a"));
    w.now.wall += 10_000_000;
    w.pass(0);
    probed(&mut w, 0);
    assert_eq!(w.state(&uid), "checking", "the wall clock jumped");
    w.pass(119_000);
    w.act(&uid, MessageVerb::CheckAgain);
    while w.has(Verb::Probe) {
        probed(&mut w, 0);
    }
    assert_eq!(w.count(Verb::Submit), 1);
    w.pass(1_100);
    w.act(&uid, MessageVerb::CheckAgain);
    probed(&mut w, 0);
    assert_eq!(w.count(Verb::Submit), 2);
}

#[test]
fn o_41_in_another_life_the_whole_deadline_counts_from_the_grant() {
    let mut w = World::driving(vec![probes("a")]);
    let uid = w.send(draft("you@example.test"));
    w.pass(59_000);
    let mut next = w.next_life(2, vec![probes("a")]);
    next.now.wall += 10_000_000;
    for passed in [0, 60_000, 119_000] {
        next.pass(passed - (next.now.mono - 500));
        next.act(&uid, MessageVerb::CheckAgain);
        while next.has(Verb::Probe) {
            probed(&mut next, 0);
        }
        assert_eq!(next.count(Verb::Submit), 0, "{passed} ms after the grant");
    }
    next.pass(1_100);
    next.act(&uid, MessageVerb::CheckAgain);
    probed(&mut next, 0);
    assert_eq!(next.count(Verb::Submit), 1);
}

#[test]
fn o_41_a_second_attempt_in_doubt_moves_the_instant() {
    let mut t = probes("a");
    t.guarantees.dedupe_window = Some(86_400_000);
    let (mut w, uid) = doubtful(t);
    w.until(Verb::Submit);
    let second = w.take(Verb::Submit);
    let settled = second.deadline.unwrap() + 60_000;
    w.answer(&second, Answer::Outcome { outcome: unknown() }, true);
    while w.now.wall < settled {
        let step = (settled - w.now.wall).min(1_000);
        w.pass(step);
        while w.has(Verb::Probe) {
            probed(&mut w, 0);
        }
    }
    assert_eq!(w.count(Verb::Submit), 2, "the largest of the deadlines in doubt");
    w.pass(1);
    w.act(&uid, MessageVerb::CheckAgain);
    while w.has(Verb::Probe) {
        probed(&mut w, 0);
    }
    assert_eq!(w.count(Verb::Submit), 3);
}

#[test]
fn o_41_it_ends_the_doubt_from_unconfirmed_too() {
    let (mut w, uid) = doubtful(probes("a"));
    w.pass(0);
    let asked_late = w.take(Verb::Probe);
    w.answer(&asked_late, Answer::Probed { found: 2, recipients: None }, false);
    while w.state(&uid) != "unconfirmed" {
        w.pass(600_000);
        while w.has(Verb::Probe) && w.state(&uid) == "checking" {
            let last = w.take(Verb::Probe);
            w.pass(29_000);
            if w.now.wall - T0 < 86_000_000 {
                w.answer(&last, Answer::Probed { found: 2, recipients: None }, false);
            } else {
                w.pass(86_400_000);
                w.answer(&last, Answer::Probed { found: 0, recipients: None }, false);
            }
        }
    }
    assert_eq!(w.count(Verb::Submit), 1, "an answer after its own deadline is none");
    w.act(&uid, MessageVerb::CheckAgain);
    probed(&mut w, 0);
    assert_eq!(w.take(Verb::Submit).job.unwrap().key, format!("{uid}.1"));
}

fn present(per_recipient: bool, list: Option<&[(&str, Status)]>, quiet: bool) -> (World, String, Vec<&'static str>) {
    let mut t = probes("a");
    t.guarantees.per_recipient = per_recipient;
    let mut w = World::driving(vec![t]);
    let uid = w.send(draft_to(&["r1@x.test", "r2@x.test"]));
    w.outcome(unknown());
    if quiet {
        w.pass(119_000);
        while w.has(Verb::Probe) {
            probed(&mut w, 2);
        }
        w.pass(2_000);
        w.act(&uid, MessageVerb::CheckAgain);
    }
    w.pass(0);
    let recipients = list.map(|l| l.iter().map(|(a, s)| line(a, *s)).collect());
    let probe = w.take(Verb::Probe);
    w.answer(&probe, Answer::Probed { found: 1, recipients }, false);
    let statuses = w.session.report(&uid).unwrap().recipients.iter().map(|r| r.status).collect();
    (w, uid, statuses)
}

#[test]
fn o_42_without_a_list_it_settles_all_or_nothing_transports_only() {
    let (w, uid, _) = present(false, None, false);
    assert_eq!(w.state(&uid), "sent");
    let (w, uid, statuses) = present(true, None, false);
    assert_eq!((w.state(&uid).as_str(), statuses), ("unconfirmed", vec!["doubtful", "doubtful"]));
}

#[test]
fn o_42_a_list_settles_each_and_refuses_nobody_before_the_last_word() {
    let list = [("r1@x.test", Status::Accepted), ("r2@x.test", Status::Rejected)];
    let (w, uid, statuses) = present(true, Some(&list), false);
    assert_eq!((w.state(&uid).as_str(), statuses), ("checking", vec!["accepted", "doubtful"]), "o_13");
    let (w, uid, statuses) = present(true, Some(&list), true);
    assert_eq!((w.state(&uid).as_str(), statuses), ("rejected", vec!["accepted", "rejected"]));
    let (w, uid, _) = present(true, Some(&list[..1]), true);
    assert_eq!(w.state(&uid), "unconfirmed", "o_14: it left one out");
    assert!(w.events.iter().any(|e| matches!(e, Effect::Log { code, .. } if code.contains("left a recipient out"))));
    let all = [("r1@x.test", Status::Accepted), ("r2@x.test", Status::Accepted)];
    assert_eq!(present(false, Some(&all), false).0.state(&uid), "sent");
}
