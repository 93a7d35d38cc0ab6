//! Preprocessors of the host: before the first prepare, and a failure holds the message (C-135, O-47).

use super::world::*;
use mailspooler::session::io::*;
use mailspooler::session::stored::StoreOp;
use mailspooler::spooler::outcome::*;

fn on(w: &mut World) {
    w.step(Input::Preprocess { on: true });
}

fn failed(w: &mut World) {
    let call = w.take(Verb::Prepare);
    let outcome = Outcome::NotAttempted { reason: NotAttempted::Preprocess, retry_after: None, definite: true };
    w.answer(&call, Answer::Outcome { outcome }, false);
}

#[test]
fn c_135_a_message_is_preprocessed_before_its_intent_even_if_nobody_else_prepares() {
    let mut w = World::driving(vec![dedupes("t")]);
    on(&mut w);
    let uid = w.send(draft("you@example.test"));
    let call = w.take(Verb::Prepare);
    assert_eq!(call.job.as_ref().map(|j| j.uid.to_string()), Some(uid.clone()));
    let intents = |w: &World| w.log.iter().flatten().filter(|op| matches!(op, StoreOp::PutMessage { .. })).count();
    assert_eq!(intents(&w), 0, "nothing is written before the preprocessors are through");
    w.answer(&call, Answer::Done, false);
    assert!(intents(&w) > 0 && w.has(Verb::Submit));
    w.outcome(accepted());
    assert_eq!(w.state(&uid), "sent");
}

#[test]
fn c_135_a_preprocessor_that_fails_holds_its_message_with_the_reason_and_no_other() {
    let mut w = World::driving(vec![dedupes("t")]);
    on(&mut w);
    let one = w.send(draft("one@example.test"));
    let two = w.send(draft("two@example.test"));
    failed(&mut w);
    assert_eq!((w.state(&one).as_str(), w.why(&one).as_str()), ("waiting", "waiting.preprocessor"));
    let call = w.take(Verb::Prepare);
    w.answer(&call, Answer::Done, false);
    w.outcome(accepted());
    assert_eq!(w.state(&two), "sent");
    assert_eq!(w.count(Verb::Submit), 1);
    // It is tried again, by time and by a person, in this life and in the next.
    w.until(Verb::Prepare);
    failed(&mut w);
    assert_eq!(w.state(&one), "waiting");
    let retry = w.act(&one, MessageVerb::Retry);
    assert_eq!(w.replies.get(&retry), Some(&Ok(Reply::Unit)));
    failed(&mut w);
    let mut next = World::on(w.store.clone(), 9);
    next.now = Now { wall: w.now.wall, mono: 500 };
    on(&mut next);
    next.add(vec![dedupes("t")]);
    next.grant();
    assert_eq!(next.why(&one), "waiting.preprocessor");
    next.until(Verb::Prepare);
    let call = next.take(Verb::Prepare);
    next.answer(&call, Answer::Done, false);
    next.outcome(accepted());
    assert_eq!(next.state(&one), "sent");
}

#[test]
fn o_40_a_preprocessor_that_fails_is_never_doubt_not_even_after_a_wire_call() {
    let mut w = World::driving(vec![dedupes("t")]);
    on(&mut w);
    let uid = w.send(draft("you@example.test"));
    let call = w.take(Verb::Prepare);
    w.answer(&call, Answer::Done, false);
    w.outcome(unknown());
    // The same key again (O-43): bound, so it is not prepared anew, and fails before the wire.
    w.until(Verb::Submit);
    assert!(!w.has(Verb::Prepare));
    w.untried(Outcome::NotAttempted { reason: NotAttempted::Preprocess, retry_after: None, definite: true });
    assert!(["checking", "unconfirmed"].contains(&w.state(&uid).as_str()), "the first doubt stays: {}", w.state(&uid));
}

#[test]
fn o_51_a_preprocessor_alone_does_not_open_the_gate() {
    let mut w = World::driving(vec![dedupes("t")]);
    on(&mut w);
    w.send(draft("you@example.test"));
    let call = w.take(Verb::Prepare);
    w.answer(&call, Answer::Done, false);
    let submit = w.take(Verb::Submit);
    let threw = Answer::Threw { scode: None, class: "TypeError".into(), network: true, retry_after: None };
    w.step(Input::Answer { call: submit.call, answer: Box::new(threw), wire: false, network: true });
    w.until(Verb::Gate);
    assert!(!w.has(Verb::Prepare), "the harmless call comes first");
}
