//! B. When a refusal is one (O-13), and lists of recipients (O-14).

use super::world::*;
use mailspooler::session::io::*;
use mailspooler::spooler::outcome::RecipientStatus as Status;
use mailspooler::spooler::outcome::{NotAttempted, Outcome, RecipientResult};

/// What X, V and N make of one first answer.
fn after(outcome: &Outcome, wire: bool) -> [String; 3] {
    [dedupes("a"), probes("a"), transport("a")].map(|t| {
        let mut w = World::driving(vec![t]);
        let uid = w.send(draft("you@example.test"));
        let call = w.take(Verb::Submit);
        w.answer(&call, Answer::Outcome { outcome: outcome.clone() }, wire);
        w.state(&uid)
    })
}

#[test]
fn o_13_a_before_any_wire_call_a_refusal_is_one() {
    for definite in [true, false] {
        assert_eq!(after(&rejected(definite), false), ["rejected", "rejected", "rejected"]);
    }
    assert_eq!(after(&http(422), false), ["rejected", "rejected", "rejected"]);
}

#[test]
fn o_13_b_only_the_deduplicating_services_own_definite_answer_is_one_after_it() {
    assert_eq!(after(&rejected(true), true), ["rejected", "checking", "rejected"]);
    assert_eq!(after(&rejected(false), true), ["checking", "checking", "rejected"]);
    for status in [400, 413, 422] {
        assert_eq!(after(&http(status), true), ["rejected", "checking", "rejected"], "{status}");
    }
}

#[test]
fn o_13_b_some_codes_are_never_definite() {
    for code in ["401", "403", "404", "408", "409", "412", "425", "429"] {
        assert_eq!(after(&rejects(code, true, None), true), ["checking", "checking", "rejected"], "{code}");
    }
}

#[test]
fn o_13_b_no_5xx_of_http_is_definite_smtps_refusals_are() {
    // Gateways answer 520 to 530, 598 and 599 for servers that may have acted.
    for code in
        ["500", "501", "502", "503", "504", "505", "507", "508", "510", "511", "520", "524", "530", "561", "599"]
    {
        assert_eq!(after(&rejects(code, true, None), true), ["checking", "checking", "rejected"], "{code}");
    }
    for code in ["550", "552", "554", "571", "5.1.1", "5", "50", "5000", "forbiddenToSend"] {
        assert_eq!(after(&rejects(code, true, None), true), ["rejected", "checking", "rejected"], "{code}");
    }
}

#[test]
fn o_13_what_may_be_the_answer_to_a_second_copy_means_look_for_everyone() {
    for status in [404, 408, 409, 412, 500, 502, 504] {
        assert_eq!(after(&http(status), true), ["checking", "checking", "unconfirmed"], "{status}");
    }
}

#[test]
fn o_13_a_refusal_for_other_reasons_than_the_message_means_look_too() {
    assert_eq!(after(&http(401), true), ["checking", "checking", "parked"]);
    assert_eq!(after(&http(403), true), ["checking", "checking", "parked"]);
    assert_eq!(after(&http(429), true), ["checking", "checking", "waiting"]);
    assert_eq!(after(&http(503), true), ["checking", "checking", "unconfirmed"]);
}

#[test]
fn o_13_where_nobody_can_look_doubt_outlives_a_refusal() {
    for definite in [true, false] {
        let mut w = World::driving(vec![transport("a"), transport("b")]);
        let uid = w.send(draft("you@example.test"));
        w.outcome(unknown());
        w.act(&uid, MessageVerb::Resolve { how: 1, envelope: None });
        w.outcome(rejected(definite));
        assert_eq!(w.state(&uid), "unconfirmed");
        assert!(w.made.iter().all(|c| c.transport == "a"));
    }
}

#[test]
fn o_13_with_deduplication_the_same_key_is_asked_again_until_it_answers() {
    let mut w = World::driving(vec![dedupes("a"), transport("b")]);
    let uid = w.send(draft("you@example.test"));
    for _ in 0..3 {
        let key = w.outcome(rejected(false)).job.unwrap().key;
        assert_eq!((key, w.state(&uid)), (format!("{uid}.1"), "checking".into()));
        w.until(Verb::Submit);
    }
    w.outcome(rejected(true));
    assert_eq!(w.state(&uid), "rejected");
}

#[test]
fn o_13_b_it_is_the_service_that_must_answer() {
    let mut w = World::driving(vec![dedupes("a")]);
    let uid = w.send(draft("you@example.test"));
    w.outcome(unknown());
    w.until(Verb::Submit);
    w.untried(rejected(true));
    assert_eq!(w.state(&uid), "checking", "without a wire call nobody was asked");
    w.until(Verb::Submit);
    w.outcome(rejected(true));
    assert_eq!(w.state(&uid), "rejected");
}

#[test]
fn o_13_b_outside_the_window_a_definite_answer_proves_nothing() {
    let mut t = dedupes("a");
    t.guarantees.dedupe_window = Some(1_000_000);
    for (late, state) in [(800_000, "rejected"), (1_000_000, "unconfirmed")] {
        t.deadline_ms = Some(10_000_000);
        let mut w = World::driving(vec![t.clone()]);
        let uid = w.send(draft("you@example.test"));
        let call = w.take(Verb::Submit);
        w.pass(late);
        w.answer(&call, Answer::Outcome { outcome: rejected(true) }, true);
        assert_eq!(w.state(&uid), state);
    }
}

#[test]
fn o_13_c_after_absence_was_established_the_message_goes_again() {
    let mut w = World::driving(vec![probes("a")]);
    let uid = w.send(draft("you@example.test"));
    w.outcome(rejected(true));
    w.settle_absent();
    assert_eq!(w.count(Verb::Submit), 2);
    assert_eq!(w.state(&uid), "sending");
}

#[test]
fn o_13_one_earlier_wire_call_is_enough_to_look() {
    let believed = Outcome::NotAttempted { reason: NotAttempted::Busy, retry_after: Some(0), definite: true };
    let mut w = World::driving(vec![probes("a")]);
    let uid = w.send(draft("you@example.test"));
    w.outcome(believed);
    w.until(Verb::Submit);
    w.untried(rejected(true));
    assert_eq!(w.state(&uid), "checking", "(a) is about every attempt of the envelope");
}

#[test]
fn o_13_not_me_after_a_wire_call_moves_nobody_to_another_transport() {
    for t in [dedupes("a"), probes("a"), transport("a")] {
        let mut w = World::driving(vec![t, transport("b")]);
        w.send(draft("you@example.test"));
        w.outcome(not_attempted(NotAttempted::NotMe));
        w.pass(100);
        assert!(w.made.iter().all(|c| c.transport == "a"));
    }
}

fn both(first: Option<Status>, second: Option<Status>) -> Option<Vec<RecipientResult>> {
    let lines = [("r1@x.test", first), ("r2@x.test", second)];
    Some(lines.into_iter().filter_map(|(a, s)| Some(line(a, s?))).collect())
}

fn listed(t: TransportConfig, outcome: Outcome) -> (World, Vec<&'static str>, String) {
    let mut w = World::driving(vec![t]);
    let uid = w.send(draft_to(&["r1@x.test", "R2@x.test"]));
    w.outcome(outcome);
    let report = w.session.report(&uid).unwrap();
    let statuses = report.recipients.iter().map(|r| r.status).collect();
    let state = w.state(&uid);
    (w, statuses, state)
}

fn misbehaving(w: &World) -> bool {
    w.events.iter().any(|e| matches!(e, Effect::Log { code, transport: Some(t), .. } if code.contains("left a recipient out") && t == "a"))
}

#[test]
fn o_14_a_recipient_left_out_is_doubtful_and_the_transport_is_named() {
    for t in [dedupes("a"), probes("a"), transport("a")] {
        let outcome = Outcome::Accepted { remote_id: None, recipients: both(Some(Status::Accepted), None) };
        let (w, statuses, state) = listed(t, outcome);
        assert_eq!(statuses, ["accepted", "doubtful"]);
        assert!(state == "checking" || state == "unconfirmed");
        assert!(misbehaving(&w));
    }
}

#[test]
fn o_14_no_list_means_all() {
    let (w, statuses, state) = listed(transport("a"), accepted());
    assert_eq!((statuses, state.as_str(), misbehaving(&w)), (vec!["accepted", "accepted"], "sent", false));
    let (w, statuses, state) = listed(dedupes("a"), rejected(true));
    assert_eq!((statuses, state.as_str(), misbehaving(&w)), (vec!["rejected", "rejected"], "rejected", false));
}

#[test]
fn o_14_a_list_settles_each_recipient_as_far_as_o_13_allows() {
    let outcome =
        || Outcome::Accepted { remote_id: None, recipients: both(Some(Status::Accepted), Some(Status::Rejected)) };
    for (t, second, state) in [
        (dedupes("a"), "rejected", "rejected"),
        (probes("a"), "doubtful", "checking"),
        (transport("a"), "rejected", "rejected"),
    ] {
        let (w, statuses, now) = listed(t, outcome());
        assert_eq!((statuses, now.as_str(), misbehaving(&w)), (vec!["accepted", second], state, false));
    }
}

#[test]
fn o_14_a_refusal_with_a_list_refuses_those_it_names() {
    let outcome = rejects("550", true, both(Some(Status::Rejected), Some(Status::Doubtful)));
    let (_, statuses, state) = listed(dedupes("a"), outcome);
    assert_eq!((statuses, state.as_str()), (vec!["rejected", "doubtful"], "checking"));
}

#[test]
fn o_14_what_is_settled_stays_settled_while_the_rest_is_looked_into() {
    let outcome =
        Outcome::Accepted { remote_id: None, recipients: both(Some(Status::Accepted), Some(Status::Doubtful)) };
    let (mut w, _, _) = listed(dedupes("a"), outcome);
    w.until(Verb::Submit);
    let list = both(Some(Status::Rejected), Some(Status::Accepted));
    let uid = w.outcome(Outcome::Accepted { remote_id: None, recipients: list }).job.unwrap().uid;
    assert_eq!(w.state(&uid), "sent", "g12: accepted never reverts");
}

/// What X, V and N make of a list that refuses the second recipient or gives it back after a wire call.
fn of_two(status: Status, code: &str) -> [(String, usize); 3] {
    let second = RecipientResult { code: code.into(), ..line("b@example.test", status) };
    let list = vec![line("a@example.test", Status::Accepted), second];
    [dedupes("a"), probes("a"), transport("a")].map(|t| {
        let mut w = World::driving(vec![t, transport("b")]);
        let uid = w.send(draft_to(&["a@example.test", "b@example.test"]));
        w.outcome(Outcome::Accepted { remote_id: None, recipients: Some(list.clone()) });
        let elsewhere = w.made.iter().filter(|c| c.verb == Verb::Submit && c.transport == "b").count();
        (w.state(&uid), elsewhere)
    })
}

#[test]
fn o_13_whom_a_list_gives_back_goes_elsewhere_only_by_the_word_of_a_deduplicating_service() {
    let elsewhere = of_two(Status::Open, "451").map(|(_, calls)| calls);
    assert_eq!(elsewhere, [1, 0, 0]);
    assert_eq!(of_two(Status::Open, "")[2].0, "unconfirmed", "nobody can look");
}

#[test]
fn o_13_b_codes_that_are_never_definite_are_not_so_in_lists() {
    let state = |code| of_two(Status::Rejected, code).map(|(state, _)| state);
    for code in ["550", "501", "503"] {
        assert_eq!(state(code), ["rejected", "checking", "rejected"], "{code}: SMTP's reply to this recipient");
    }
    for code in ["401", "403", "408", "429"] {
        assert_eq!(state(code), ["checking", "checking", "rejected"], "{code}");
        assert_eq!(of_two(Status::Open, code)[0], ("checking".to_owned(), 0), "{code}");
    }
}

/// What becomes of r1 by such a list, and how often another transport was asked.
fn contradicted(t: TransportConfig, said: &[Status]) -> (&'static str, usize, bool) {
    let mut w = World::driving(vec![t, transport("b")]);
    let uid = w.send(draft_to(&["r1@x.test"]));
    let list = said.iter().map(|s| line("r1@x.test", *s)).collect();
    w.outcome(Outcome::Accepted { remote_id: None, recipients: Some(list) });
    let elsewhere = w.made.iter().filter(|c| c.verb == Verb::Submit && c.transport == "b").count();
    (w.session.report(&uid).unwrap().recipients[0].status, elsewhere, misbehaving(&w))
}

#[test]
fn o_14_lines_that_differ_are_doubt_and_the_transport_is_named() {
    for t in [dedupes, probes, transport] {
        for said in
            [[Status::Open, Status::Rejected], [Status::Rejected, Status::Open], [Status::Rejected, Status::Doubtful]]
        {
            assert_eq!(contradicted(t("a"), &said), ("doubtful", 0, true), "{said:?}");
        }
        assert_eq!(contradicted(t("a"), &[Status::Doubtful; 2]).0, "doubtful");
    }
    assert_eq!(
        contradicted(dedupes("a"), &[Status::Rejected; 2]),
        ("rejected", 0, false),
        "twice the same is no contradiction"
    );
}

#[test]
fn o_46_a_line_that_says_accepted_is_evidence_whatever_stands_beside_it() {
    for t in [dedupes, probes, transport] {
        for other in [Status::Open, Status::Rejected, Status::Doubtful] {
            for said in [[Status::Accepted, other], [other, Status::Accepted]] {
                assert_eq!(contradicted(t("a"), &said), ("accepted", 0, false), "{said:?}");
            }
        }
    }
}

/// The statuses of `to` after a list of these lines; whether somebody was left out.
fn cased(to: &[&str], said: &[(&str, Status)]) -> (Vec<&'static str>, bool) {
    let mut w = World::driving(vec![dedupes("a")]);
    let uid = w.send(draft_to(to));
    let list = said.iter().map(|(a, s)| line(a, *s)).collect();
    w.outcome(Outcome::Accepted { remote_id: None, recipients: Some(list) });
    (w.session.report(&uid).unwrap().recipients.iter().map(|r| r.status).collect(), misbehaving(&w))
}

#[test]
fn o_14_addresses_that_differ_in_case_only_have_an_answer_each() {
    let two = ["Bob@x.test", "bob@x.test"];
    let both = [("Bob@x.test", Status::Accepted), ("bob@x.test", Status::Rejected)];
    assert_eq!(cased(&two, &both), (vec!["accepted", "rejected"], false));
    assert_eq!(cased(&two, &[both[1], both[0]]), (vec!["accepted", "rejected"], false), "in any order");
    assert_eq!(cased(&two, &both[..1]), (vec!["accepted", "doubtful"], true), "one is no answer for the other");
    assert_eq!(
        cased(&two, &[("BOB@x.test", Status::Accepted)]),
        (vec!["doubtful"; 2], true),
        "nobody knows whom it means"
    );
}

#[test]
fn o_14_a_service_that_changes_case_is_understood_where_one_alone_can_be_meant() {
    let said = [("BOB@X.TEST", Status::Accepted), ("r2@x.test", Status::Rejected)];
    assert_eq!(cased(&["bob@x.test", "R2@x.test"], &said), (vec!["accepted", "rejected"], false));
    let twice = [("BOB@x.test", Status::Rejected), ("bob@x.test", Status::Rejected)];
    assert_eq!(cased(&["bob@x.test"], &twice), (vec!["rejected"], false));
}

#[test]
fn o_46_late_evidence_is_about_whom_it_names_exactly() {
    let mut w = World::driving(vec![transport("a")]);
    let uid = w.send(draft_to(&["Bob@x.test", "bob@x.test"]));
    let call = w.take(Verb::Submit);
    w.pass(100_000);
    let list = Some(vec![line("bob@x.test", Status::Accepted)]);
    w.answer(&call, Answer::Outcome { outcome: Outcome::Accepted { remote_id: None, recipients: list } }, true);
    let statuses: Vec<_> = w.session.report(&uid).unwrap().recipients.iter().map(|r| r.status).collect();
    assert_eq!(statuses, ["doubtful", "accepted"]);
}
