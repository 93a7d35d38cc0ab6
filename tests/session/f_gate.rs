//! F. After a network fault a harmless call comes first (O-51).

use super::world::*;
use mailspooler::session::io::*;
use mailspooler::spooler::outcome::NotAttempted as Why;
use mailspooler::status::StatusEntry;

/// fetch itself failed.
fn fault() -> Answer {
    Answer::Threw { scode: None, class: "TypeError".into(), network: true, retry_after: None }
}

fn fails(w: &mut World, verb: Verb, wire: bool) {
    let call = w.take(verb).call;
    w.step(Input::Answer { call, answer: Box::new(fault()), wire, network: true });
}

fn calls(w: &World) -> Vec<Verb> {
    w.made.iter().map(|c| c.verb).collect()
}

/// Ten messages at N; the first fetch failed.
fn faulted(verbs: &[Verb]) -> World {
    let mut w = World::driving(vec![with(transport("a"), verbs)]);
    for i in 0..10 {
        w.send(draft(&format!("r{i}@x.test")));
    }
    if verbs.contains(&Verb::Prepare) {
        let prepare = w.take(Verb::Prepare);
        w.answer(&prepare, Answer::Token { token: None }, false);
    }
    fails(&mut w, Verb::Submit, true);
    w
}

#[test]
fn o_51_an_offline_outbox_does_not_turn_message_by_message_into_unconfirmed() {
    let mut w = faulted(&[]);
    for _ in 0..200 {
        w.pass(60_000);
        while w.has(Verb::Gate) {
            fails(&mut w, Verb::Gate, false);
        }
    }
    assert_eq!(w.count(Verb::Submit), 1);
    assert!(w.count(Verb::Gate) > 10);
    w.until(Verb::Gate);
    let gate = w.take(Verb::Gate);
    w.answer(&gate, Answer::Done, false);
    assert_eq!(w.count(Verb::Submit), 2, "any answer opens it");
}

#[test]
fn o_51_prepare_message_is_the_harmless_call_where_there_is_one() {
    let mut w = faulted(&[Verb::Prepare, Verb::ValidateState]);
    w.until(Verb::Prepare);
    for _ in 0..5 {
        fails(&mut w, Verb::Prepare, false);
        w.until(Verb::Prepare);
    }
    assert_eq!(w.count(Verb::Submit), 1);
    let prepare = w.take(Verb::Prepare);
    w.answer(&prepare, Answer::Token { token: None }, false);
    let first = w.take(Verb::Prepare);
    assert!(first.job.as_ref().unwrap().uid != prepare.job.unwrap().uid, "o_34: whom the network stopped goes first");
    w.answer(&first, Answer::Token { token: None }, false);
    assert_eq!(w.count(Verb::Submit), 2);
    assert_eq!((w.count(Verb::Gate), w.count(Verb::ValidateState)), (0, 0));
}

#[test]
fn o_51_one_that_throws_for_its_own_message_does_not_hold_the_gate() {
    let mut w = faulted(&[Verb::Prepare]);
    w.until(Verb::Prepare);
    let prepare = w.take(Verb::Prepare);
    let own = Answer::Threw { scode: None, class: "RangeError".into(), network: false, retry_after: None };
    w.answer(&prepare, own, false);
    let next = w.take(Verb::Prepare);
    assert_ne!(next.job.unwrap().uid, prepare.job.unwrap().uid, "the next message is tried at once");
}

#[test]
fn o_51_then_validate_state_then_a_head_to_the_last_origin() {
    let mut w = faulted(&[Verb::ValidateState]);
    w.until(Verb::ValidateState);
    assert_eq!(w.count(Verb::Gate), 0);
    fails(&mut w, Verb::ValidateState, false);
    w.until(Verb::ValidateState);
    let validate = w.take(Verb::ValidateState);
    w.answer(&validate, Answer::Done, false);
    assert_eq!(calls(&w), [Verb::Submit, Verb::ValidateState, Verb::ValidateState, Verb::Submit]);
    let mut w = faulted(&[]);
    w.until(Verb::Gate);
    assert_eq!(calls(&w), [Verb::Submit, Verb::Gate]);
}

#[test]
fn o_51_without_an_origin_it_is_ordinary_back_off() {
    let mut w = faulted(&[]);
    w.until(Verb::Gate);
    let gate = w.take(Verb::Gate);
    let nowhere = Answer::Threw { scode: None, class: "NoOrigin".into(), network: false, retry_after: None };
    w.answer(&gate, nowhere, false);
    assert_eq!(w.count(Verb::Submit), 2);
}

#[test]
fn o_51_it_is_asked_with_back_off_and_a_deadline() {
    let mut w = faulted(&[]);
    let mut waits = Vec::new();
    for _ in 0..4 {
        let began = w.now.wall;
        w.until(Verb::Gate);
        waits.push(w.now.wall - began);
        fails(&mut w, Verb::Gate, false);
    }
    for (n, ms) in waits.iter().enumerate() {
        let base = 5_000_i64 << n;
        assert!((base * 4 / 5..=base * 6 / 5).contains(ms), "{waits:?}");
    }
    w.until(Verb::Gate);
    let gate = w.take(Verb::Gate);
    w.pass(gate.deadline.unwrap() - w.now.wall);
    assert!(w.aborted.contains(&gate.call));
    w.until(Verb::Gate);
    assert_eq!(w.count(Verb::Submit), 1);
}

#[test]
fn o_51_an_attempt_with_a_token_is_not_prepared_anew_for_the_gate() {
    let mut t = with(dedupes("a"), &[Verb::Prepare]);
    t.deadline_ms = Some(10_000);
    let mut w = World::driving(vec![t]);
    w.send(draft("you@example.test"));
    let prepare = w.take(Verb::Prepare);
    w.answer(&prepare, Answer::Token { token: Some("t1".into()) }, false);
    fails(&mut w, Verb::Submit, true);
    w.until(Verb::Gate);
    assert_eq!(w.count(Verb::Prepare), 1, "o_47");
    let gate = w.take(Verb::Gate);
    w.answer(&gate, Answer::Done, false);
    w.until(Verb::Submit);
    assert_eq!(w.take(Verb::Submit).job.unwrap().token.as_deref(), Some("t1"));
}

#[test]
fn o_51_offline_starts_no_intent() {
    let mut w = World::driving(vec![with(transport("a"), &[Verb::Prepare])]);
    w.step(Input::Online { online: false });
    let uid = w.send(draft("you@example.test"));
    w.pass(86_400_000);
    assert!(w.made.is_empty());
    w.step(Input::Online { online: true });
    let prepare = w.take(Verb::Prepare);
    w.step(Input::Online { online: false });
    w.answer(&prepare, Answer::Token { token: None }, false);
    assert_eq!((w.state(&uid).as_str(), w.count(Verb::Submit)), ("queued", 0));
    w.step(Input::Online { online: true });
    let prepare = w.take(Verb::Prepare);
    w.answer(&prepare, Answer::Token { token: None }, false);
    assert_eq!(w.count(Verb::Submit), 1);
}

#[test]
fn o_51_offline_is_a_hint_and_answers_still_count() {
    let mut w = World::driving(vec![transport("a")]);
    let uid = w.send(draft("you@example.test"));
    w.step(Input::Online { online: false });
    w.outcome(accepted());
    assert_eq!(w.state(&uid), "sent");
}

#[test]
fn o_51_a_network_fault_before_any_wire_call_waits_and_shuts_it_too() {
    let mut w = World::driving(vec![transport("a")]);
    let uid = w.send(draft("you@example.test"));
    w.send(draft("they@example.test"));
    fails(&mut w, Verb::Submit, false);
    assert_eq!(w.state(&uid), "waiting");
    w.until(Verb::Gate);
    assert_eq!(w.count(Verb::Submit), 1);
    let mut w = World::driving(vec![transport("a")]);
    w.send(draft("you@example.test"));
    w.untried(not_attempted(Why::Network));
    w.until(Verb::Gate);
    assert_eq!(w.count(Verb::Submit), 1, "said by the transport");
}

#[test]
fn o_51_it_is_in_memory_only() {
    let w = faulted(&[]);
    let next = w.next_life(2, vec![transport("a")]);
    assert_eq!(calls(&next), [Verb::Submit], "another message of the ten");
}

#[test]
fn o_51_it_stops_one_transport_only() {
    let mut w = World::driving(vec![takes(transport("a"), "SMTP"), takes(transport("b"), "FAX")]);
    w.send(draft("r1@x.test"));
    fails(&mut w, Verb::Submit, true);
    let fax = w.send(Draft { recipients: vec![of_type("FAX", "1")], ..draft("") });
    assert_eq!(w.state(&fax), "sending");
}

#[test]
fn o_51_a_validation_that_somebody_asked_for_opens_the_gate_when_it_succeeds() {
    let mut w = World::driving(vec![with(transport("a"), &[Verb::Prepare, Verb::ValidateState])]);
    let uid = w.send(draft("you@example.test"));
    fails(&mut w, Verb::Prepare, true);
    assert_eq!(w.session.why(&uid).unwrap().code, "queued.gate");
    let validation = validate(&mut w);
    w.answer(&validation, Answer::Done, false);
    w.take(Verb::Prepare);
}

fn validate(w: &mut World) -> Open {
    let req = w.req();
    w.step(Input::Validate {
        req,
        entry: super::viewer::hex(&StatusEntry::Transport("a".into()).to_entry_id()),
        flags: 0,
    });
    w.calls.iter().position(|c| c.verb == Verb::ValidateState && c.req == Some(req)).map(|i| w.calls.remove(i)).unwrap()
}

#[test]
fn o_51_a_question_that_fails_after_a_validation_succeeded_shuts_nothing() {
    let mut w = faulted(&[Verb::ValidateState]);
    w.until(Verb::ValidateState);
    let asked = w.take(Verb::ValidateState);
    let validation = validate(&mut w);
    w.answer(&validation, Answer::Done, false);
    w.step(Input::Answer { call: asked.call, answer: Box::new(fault()), wire: false, network: true });
    w.outcome(unknown());
    assert!(w.has(Verb::Submit));
}

#[test]
fn o_51_asking_by_hand_makes_nobody_wait_longer() {
    let mut w = faulted(&[Verb::ValidateState]);
    let began = w.now.wall;
    for _ in 0..5 {
        let validation = validate(&mut w);
        w.step(Input::Answer { call: validation.call, answer: Box::new(fault()), wire: false, network: true });
    }
    w.until(Verb::ValidateState);
    assert!(w.now.wall - began <= 6_000);
}

#[test]
fn o_51_the_gate_is_that_of_the_configuration_in_force() {
    use super::settings::{configurable, reconfigure};
    let mut w = World::driving(vec![configurable("a")]);
    w.send(draft("you@example.test"));
    fails(&mut w, Verb::Submit, true);
    w.send(draft("they@example.test"));
    assert!(!w.has(Verb::Submit));
    reconfigure(&mut w, "/two");
    let second = w.take(Verb::Submit);
    reconfigure(&mut w, "/three");
    w.send(draft("others@example.test"));
    w.step(Input::Answer { call: second.call, answer: Box::new(fault()), wire: true, network: true });
    assert!(w.has(Verb::Submit), "the service before says nothing of this one");
}
