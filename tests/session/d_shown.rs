//! What a service said of a message is shown where a person looks: its id, its code (O-30, O-46).

use super::world::*;
use mailspooler::session::RecipientLine;
use mailspooler::session::io::*;
use mailspooler::session::stored::{StoreName, StoreOp, Stored, Tombstone};
use mailspooler::spooler::outcome::{Outcome, RecipientResult, RecipientStatus as Status, Scope};
use std::sync::Arc;

fn first(w: &World, uid: &str) -> RecipientLine {
    w.session.report(uid).unwrap().recipients.remove(0)
}

fn remote(w: &World, uid: &str) -> Vec<Option<String>> {
    let lines = w.session.report(uid).unwrap().recipients;
    lines.into_iter().map(|r| r.remote_id.map(|id| id.to_string())).collect()
}

/// The code as `why` has it.
fn code(w: &World, uid: &str) -> Option<String> {
    let why = w.session.why(uid).unwrap();
    why.args.into_iter().find(|(name, _)| name == "code").map(|(_, code)| code)
}

fn known_as(id: &str) -> Outcome {
    Outcome::Accepted { remote_id: Some(id.into()), recipients: None }
}

#[test]
fn o_30_a_sent_message_is_shown_with_what_the_service_calls_it() {
    let mut w = World::driving(vec![transport("a")]);
    let uid = w.send(draft_to(&["r1@x.test", "r2@x.test"]));
    assert_eq!(remote(&w, &uid), [None, None]);
    w.outcome(known_as("M1"));
    assert_eq!(remote(&w, &uid), [Some("M1".to_owned()), Some("M1".to_owned())]);
    assert_eq!(remote(&w.next_life(2, vec![]), &uid), remote(&w, &uid), "as long as it is known at all");
}

#[test]
fn o_46_late_evidence_takes_no_id_from_whom_the_service_took_before() {
    let mut w = World::driving(vec![dedupes("a")]);
    let uid = w.send(draft_to(&["r1@x.test", "r2@x.test"]));
    let of = |id: &str, to: &str| Outcome::Accepted {
        remote_id: Some(id.into()),
        recipients: Some(vec![line(to, Status::Accepted)]),
    };
    let late = w.take(Verb::Submit);
    w.until(Verb::Submit);
    w.outcome(of("M2", "r1@x.test"));
    w.answer(&late, Answer::Outcome { outcome: of("M1", "r2@x.test") }, true);
    assert_eq!(w.state(&uid), "sent");
    assert_eq!(remote(&w, &uid), [Some("M2".to_owned()), Some("M2".to_owned())]);
}

#[test]
fn o_30_only_whom_the_service_took_has_its_id() {
    let mut w = World::driving(vec![transport("a")]);
    let uid = w.send(draft_to(&["r1@x.test", "r2@x.test"]));
    let list = vec![line("r1@x.test", Status::Accepted), line("r2@x.test", Status::Rejected)];
    w.outcome(Outcome::Accepted { remote_id: Some("M1".into()), recipients: Some(list) });
    assert_eq!(remote(&w, &uid), [Some("M1".to_owned()), None]);
}

#[test]
fn o_46_late_evidence_brings_the_id_too() {
    let mut w = World::driving(vec![transport("a")]);
    let uid = w.send(draft("you@example.test"));
    let call = w.take(Verb::Submit);
    w.pass(60_000);
    w.answer(&call, Answer::Outcome { outcome: known_as("M1") }, true);
    assert_eq!(remote(&w, &uid), [Some("M1".to_owned())]);
    let mut w = World::driving(vec![transport("a")]);
    let uid = w.send(draft("you@example.test"));
    w.take(Verb::Submit);
    w.store.borrow_mut().testify(&uid, 1, known_as("M2"));
    assert_eq!(remote(&w.next_life(2, vec![transport("a")]), &uid), [Some("M2".to_owned())]);
}

#[test]
fn o_30_an_unknown_outcome_is_shown_with_its_word() {
    for (outcome, word) in [(unknown(), "lost"), (http(502), "502"), (http(409), "409")] {
        let mut w = World::driving(vec![transport("a")]);
        let uid = w.send(draft("you@example.test"));
        w.outcome(outcome);
        let next = w.next_life(2, vec![transport("a")]);
        for w in [&w, &next] {
            let line = first(w, &uid);
            assert_eq!((line.status, line.code.as_str(), line.text.as_str()), ("doubtful", word, ""));
            assert_eq!(code(w, &uid).as_deref(), Some(word));
        }
        w.act(&uid, MessageVerb::Resolve { how: 0, envelope: None });
        assert_eq!((first(&w, &uid).code.as_str(), code(&w, &uid)), ("", None), "it is over");
    }
}

#[test]
fn o_70_a_doubt_of_the_version_before_has_no_word_and_is_driven_all_the_same() {
    let mut w = World::driving(vec![probes("a")]);
    let uid = w.send(draft("you@example.test"));
    w.outcome(unknown());
    let key = (StoreName::Messages, uid.clone());
    let tape = w.store.borrow().rows[&key].tape.clone();
    let text = tape.text.strip_suffix("lost\0").expect("the word is the last").to_owned();
    w.store.borrow_mut().rows.get_mut(&key).unwrap().tape.text = text;
    let mut next = w.next_life(2, vec![probes("a")]);
    assert_eq!((next.state(&uid).as_str(), code(&next, &uid)), ("checking", None));
    next.until(Verb::Probe);
}

#[test]
fn o_70_what_is_left_of_a_message_reads_as_it_was_written() {
    let mut w = World::driving(vec![transport("a")]);
    let uid = w.send(draft("you@example.test"));
    w.outcome(unknown());
    let message = Arc::new(w.session.message(&uid).unwrap().clone());
    let tombstone = Tombstone { message, until: T0 };
    w.store.borrow_mut().commit(&[StoreOp::PutTombstone { expect: None, tombstone: tombstone.clone() }]);
    let Some(Stored::Tombstone(read)) = w.store.borrow().record(StoreName::Tombstones, &uid).unwrap().read() else {
        panic!("no tombstone")
    };
    let words = |t: &Tombstone| t.message.envelopes[0].doubt.as_ref().unwrap().code.clone();
    assert_eq!((words(&read), read.until), (words(&tombstone), T0));
}

#[test]
fn o_13_a_refusal_that_is_looked_into_is_shown_with_its_code() {
    let mut w = World::driving(vec![probes("a")]);
    let uid = w.send(draft("you@example.test"));
    w.outcome(rejected(true));
    assert_eq!((w.state(&uid).as_str(), first(&w, &uid).code.as_str()), ("checking", "550"));
}

#[test]
fn o_30_trouble_after_a_wire_call_is_shown_with_its_code() {
    let account = Outcome::Rejected {
        scope: Scope::Account,
        code: "quota".into(),
        text: "no".into(),
        definite: false,
        recipients: None,
    };
    for (outcome, word) in [(http(401), "401"), (http(429), "429"), (http(503), "503"), (account, "quota")] {
        let mut w = World::driving(vec![dedupes("a")]);
        let uid = w.send(draft("you@example.test"));
        w.outcome(outcome);
        assert_eq!((w.state(&uid).as_str(), code(&w, &uid).as_deref()), ("checking", Some(word)));
    }
}

#[test]
fn o_14_a_doubtful_line_is_shown_with_its_code() {
    let doubtful = |code: &str| RecipientResult { code: code.into(), ..line("r2@x.test", Status::Doubtful) };
    let list = |code| Some(vec![line("r1@x.test", Status::Accepted), doubtful(code)]);
    let answers = [
        (Outcome::Accepted { remote_id: None, recipients: list("451") }, "451"),
        (rejects("550", true, list("451")), "451"),
        (rejects("550", true, list("")), "550"),
    ];
    for (outcome, word) in answers {
        let mut w = World::driving(vec![dedupes("a")]);
        let uid = w.send(draft_to(&["r1@x.test", "r2@x.test"]));
        w.outcome(outcome);
        assert_eq!((w.state(&uid).as_str(), code(&w, &uid).as_deref()), ("checking", Some(word)));
    }
}

#[test]
fn o_30_a_code_is_a_word_and_never_text() {
    let text = "no answer for you@example.test: subject is secret";
    let details = |w: &World| -> Vec<String> {
        w.session.journal().filter(|l| l.code != "sending").map(|l| l.detail.to_string()).collect()
    };
    for (outcome, state) in
        [(Outcome::Unknown { code: text.into() }, "unconfirmed"), (rejects(text, true, None), "rejected")]
    {
        let mut w = World::driving(vec![transport("a")]);
        let uid = w.send(draft("you@example.test"));
        w.outcome(outcome);
        assert_eq!((w.state(&uid).as_str(), details(&w)), (state, vec![String::new(); 2]));
        let why = w.session.why(&uid).unwrap();
        let arg = |name: &str| why.args.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
        let said = if state == "rejected" { "no" } else { text };
        assert_eq!((arg("code"), arg("text")), (Some(""), Some(said)), "a person may read it");
    }
}

#[test]
fn o_40_the_word_is_of_the_last_attempt_in_doubt() {
    let mut w = World::driving(vec![dedupes("a")]);
    let uid = w.send(draft("you@example.test"));
    w.outcome(unknown());
    w.until(Verb::Submit);
    assert_eq!(code(&w, &uid).as_deref(), Some("lost"));
    w.outcome(http(502));
    assert_eq!(code(&w, &uid).as_deref(), Some("502"));
    w.until(Verb::Submit);
    w.take(Verb::Submit);
    let next = w.next_life(2, vec![transport("a")]);
    assert_eq!(code(&next, &uid), None, "a life ended, and nobody said anything");
}

#[test]
fn o_32_a_time_out_is_a_word_too() {
    let mut w = World::driving(vec![transport("a")]);
    let uid = w.send(draft("you@example.test"));
    w.pass(60_000);
    assert_eq!((w.state(&uid).as_str(), code(&w, &uid).as_deref()), ("unconfirmed", Some("timeout")));
}

#[test]
fn o_30_the_journal_has_the_codes() {
    let mut w = World::driving(vec![transport("a"), takes(transport("b"), "FAX")]);
    let mut d = draft("you@example.test");
    d.recipients.push(of_type("FAX", "1"));
    w.send(d);
    let (a, b) = (w.take_of("a"), w.take_of("b"));
    w.answer(&a, Answer::Outcome { outcome: unknown() }, true);
    w.answer(&b, Answer::Outcome { outcome: rejects("551", true, None) }, true);
    let ends: Vec<_> =
        w.session.journal().filter(|l| l.code != "sending").map(|l| (l.code, &*l.transport, &*l.detail)).collect();
    assert_eq!(ends, [("driving", "", ""), ("unconfirmed", "a", "lost"), ("rejected", "b", "551")]);
}
