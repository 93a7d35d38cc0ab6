//! Attempts around a reconfiguration: each goes to the service that was asked before, or may have it (O-41, O-47).

use super::settings::*;
use super::world::*;
use mailspooler::session::io::*;
use mailspooler::spooler::outcome::{NotAttempted, Outcome};

/// The configurations the calls about messages were made with.
fn made_with(w: &World, verb: Verb) -> Vec<u32> {
    w.made.iter().filter(|c| c.verb == verb).filter_map(|c| c.job.as_ref().map(|j| j.configuration)).collect()
}

#[test]
fn what_may_have_been_executed_stays_with_the_service_that_may_have_it() {
    let probing = || TransportConfig { guarantees: probes("a").guarantees, ..with(configurable("a"), &[Verb::Probe]) };
    let mut w = World::driving(vec![probing()]);
    w.send(draft("you@example.test"));
    w.outcome(unknown());
    reconfigure(&mut w, "/two");
    w.until(Verb::Probe);
    assert_eq!(made_with(&w, Verb::Probe), [0], "the new one would say absent");
    let mut w = w.next_life(9, vec![probing()]);
    assert_eq!(in_force(&w), [(1, url("/two"))]);
    w.until(Verb::Probe);
    assert_eq!(made_with(&w, Verb::Probe), [0]);
    w.settle_absent();
    assert_eq!(made_with(&w, Verb::Submit), [1], "absence was established: it may go anywhere");
}

#[test]
fn a_deduplicating_service_gets_its_repeat_itself() {
    let mut w = World::driving(vec![TransportConfig { guarantees: dedupes("a").guarantees, ..configurable("a") }]);
    let id = w.send(draft("you@example.test"));
    w.outcome(unknown());
    reconfigure(&mut w, "/two");
    w.until(Verb::Submit);
    assert_eq!(made_with(&w, Verb::Submit), [0, 0]);
    w.outcome(unknown());
    w.pass(90_000_000);
    w.act(&id, MessageVerb::Resolve { how: 1, envelope: None });
    w.until(Verb::Submit);
    assert_eq!(made_with(&w, Verb::Submit).last(), Some(&1), "a person's word");
}

#[test]
fn o_50_a_fault_of_the_service_before_holds_up_no_other_message() {
    let mut w = World::driving(vec![TransportConfig { guarantees: dedupes("a").guarantees, ..configurable("a") }]);
    w.send(draft("one@example.test"));
    let first = w.take(Verb::Submit);
    w.send(draft("two@example.test"));
    reconfigure(&mut w, "/two");
    w.answer(&first, Answer::Outcome { outcome: http(503) }, true);
    assert_eq!(made_with(&w, Verb::Submit), [0, 1]);
    w.outcome(accepted());
    assert!(!w.has(Verb::Submit), "it waits by itself");
    w.until(Verb::Submit);
    assert_eq!(made_with(&w, Verb::Submit), [0, 1, 0]);
}

#[test]
fn what_was_refused_or_not_attempted_goes_with_the_new_ones_and_a_new_token() {
    let mut w = World::driving(vec![with(configurable("a"), &[Verb::Prepare])]);
    w.send(draft("you@example.test"));
    for (outcome, wire) in [(not_attempted(NotAttempted::Auth), false), (http(401), true)] {
        let prepare = w.take(Verb::Prepare);
        w.answer(&prepare, Answer::Token { token: Some("{}".into()) }, false);
        let submit = w.take(Verb::Submit);
        w.answer(&submit, Answer::Outcome { outcome }, wire);
        reconfigure(&mut w, "/two");
    }
    assert_eq!(made_with(&w, Verb::Prepare), [0, 1, 2]);
    assert_eq!(made_with(&w, Verb::Submit), [0, 1]);
}

fn preparing() -> World {
    World::driving(vec![with(configurable("a"), &[Verb::Prepare])])
}

fn prepared(w: &mut World, token: Option<&str>) {
    let call = w.take(Verb::Prepare);
    w.answer(&call, Answer::Token { token: token.map(Into::into) }, false);
}

/// Number and token of the submission that is out.
fn submission(w: &mut World) -> (u32, Option<String>) {
    let job = w.take(Verb::Submit).job.unwrap();
    (job.configuration, job.token.map(|t| t.to_string()))
}

#[test]
fn o_47_what_an_earlier_configuration_prepared_is_not_submitted_with_a_later_one() {
    for elsewhere in [false, true] {
        let mut w = preparing();
        w.send(draft("you@example.test"));
        if elsewhere {
            let mut follower = World::on(w.store.clone(), 8);
            follower.add(vec![configurable("a")]);
            reconfigure(&mut follower, "/two");
            w.look();
        } else {
            reconfigure(&mut w, "/two");
        }
        prepared(&mut w, Some("one"));
        assert!(!w.has(Verb::Submit), "{elsewhere}");
        prepared(&mut w, Some("two"));
        assert_eq!(submission(&mut w), (1, Some("two".into())), "{elsewhere}");
        assert_eq!(made_with(&w, Verb::Prepare), [0, 1]);
    }
}

#[test]
fn o_47_nor_when_the_intent_had_to_wait_for_another_write() {
    let mut w = preparing();
    let id = w.send(draft("you@example.test"));
    configure(&mut w, "a", "/two");
    w.hold = true;
    test(&mut w, Answer::Done);
    w.act(&id, MessageVerb::SendFirst);
    prepared(&mut w, Some("one"));
    w.release();
    assert!(!w.has(Verb::Submit));
    prepared(&mut w, Some("two"));
    assert_eq!(submission(&mut w), (1, Some("two".into())));
}

#[test]
fn o_47_a_prepare_that_failed_with_the_earlier_one_says_nothing_of_the_later() {
    let mut w = preparing();
    let id = w.send(draft("you@example.test"));
    let old = w.take(Verb::Prepare);
    reconfigure(&mut w, "/two");
    w.answer(&old, Answer::Outcome { outcome: not_attempted(NotAttempted::Auth) }, false);
    assert_eq!(w.state(&id), "queued");
    prepared(&mut w, None);
    assert_eq!(submission(&mut w), (1, None));
}

#[test]
fn o_47_a_token_does_not_outlive_its_configuration() {
    let mut w = preparing();
    w.send(draft("you@example.test"));
    prepared(&mut w, Some("one"));
    w.outcome(http(401));
    reconfigure(&mut w, "/two");
    prepared(&mut w, None);
    assert_eq!(submission(&mut w), (1, None));
}

#[test]
fn what_a_provider_keeps_is_prepared_for_the_service_that_has_it() {
    let mut w = preparing();
    w.send(draft("you@example.test"));
    prepared(&mut w, Some("one"));
    w.untried(Outcome::Deferred { entry: None });
    reconfigure(&mut w, "/two");
    w.sent_deferred("a", None);
    while w.has(Verb::Prepare) {
        prepared(&mut w, Some("again"));
    }
    assert_eq!(made_with(&w, Verb::Submit), [0, 0]);
    assert!(made_with(&w, Verb::Prepare).iter().all(|n| *n == 0));
}

#[test]
fn an_intent_that_came_to_nothing_behind_another_write_leaves_the_slot_to_the_next() {
    let mut w = preparing();
    let id = w.send(draft("one@example.test"));
    w.send(draft("two@example.test"));
    w.hold = true;
    w.act(&id, MessageVerb::SetHold { until: Some(w.now.wall + 86_400_000) });
    prepared(&mut w, None);
    w.release();
    assert!(!w.has(Verb::Submit));
    prepared(&mut w, None);
    assert_eq!(w.take(Verb::Submit).job.unwrap().recipients[0].address, "two@example.test");
}
