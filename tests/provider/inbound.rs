//! Receiving (catalogue 6.6).

use crate::kit::*;
use mailspooler::mapi::*;

const RECEIVES: [F; 2] = [F::Poll, F::StartMessage];

fn polling() -> Rig {
    let mut rig = Rig::new(&RECEIVES);
    let _ = rig.say(ProviderInput::Want(BOTH));
    assert_eq!(rig.say(ProviderInput::Start), "poll; typesChanged; maySend");
    rig
}

#[test]
fn c_137_poll_that_says_yes_is_followed_by_start_message_until_nothing_comes() {
    let mut rig = polling();
    assert_eq!(rig.answer(Answer::Polled(Ok(true))), "startMessage");
    assert_eq!(rig.answer(Answer::Started(Ok(true))), "deliver");
    assert_eq!(rig.answer(Answer::Delivered(Ok(()))), "startMessage");
    assert_eq!(rig.answer(Answer::Started(Ok(false))), "");
    assert_eq!(rig.wake(), (60_000, "poll".to_owned()));
}

#[test]
fn c_137_poll_that_says_no_waits_for_its_interval() {
    let mut rig = polling();
    rig.mono += 5;
    assert_eq!(rig.answer(Answer::Polled(Ok(false))), "");
    assert_eq!(rig.wake(), (60_000, "poll".to_owned()));
}

#[test]
fn c_138_new_mail_counts_only_while_inbound_is_on() {
    let mut rig = Rig::new(&[F::StartMessage, F::TransportNotify]);
    let _ = rig.say(ProviderInput::Start);
    assert_eq!(rig.notify(SpoolerNotify::NEWMAIL), "");
    assert_eq!(rig.say(ProviderInput::Want(BOTH)), "BEGIN_INBOUND | BEGIN_OUTBOUND");
    assert_eq!(rig.notify(SpoolerNotify::NEWMAIL), "");
    assert_eq!(rig.answer(Answer::Notified(Ok(()))), "maySend", "what came before BEGIN returned does not count");
    assert_eq!(rig.notify(SpoolerNotify::NEWMAIL), "startMessage");
    assert_eq!(rig.answer(Answer::Started(Ok(false))), "");
    assert_eq!(rig.say(ProviderInput::Want(Directions { inbound: false, outbound: true })), "END_INBOUND");
    assert_eq!(rig.notify(SpoolerNotify::NEWMAIL), "");
    assert_eq!(rig.answer(Answer::Notified(Ok(()))), "");
    assert_eq!(rig.notify(SpoolerNotify::NEWMAIL), "");
}

#[test]
fn c_138_new_mail_during_the_loop_starts_it_again() {
    let mut rig = polling();
    let _ = rig.answer(Answer::Polled(Ok(true)));
    assert_eq!(rig.notify(SpoolerNotify::NEWMAIL), "");
    assert_eq!(rig.answer(Answer::Started(Ok(false))), "startMessage");
}

#[test]
fn c_138_new_mail_during_a_poll_outlives_its_no() {
    let mut rig = polling();
    let _ = rig.notify(SpoolerNotify::NEWMAIL);
    assert_eq!(rig.answer(Answer::Polled(Ok(false))), "startMessage");
}

#[test]
fn c_139_nothing_delivered_ends_the_loop_without_delivery() {
    let mut rig = polling();
    let _ = rig.answer(Answer::Polled(Ok(true)));
    assert_eq!(rig.answer(Answer::Started(Ok(false))), "");
    assert_eq!(rig.answer(Answer::Delivered(Ok(()))), "", "a late word about nothing");
}

#[test]
fn c_140_a_failing_start_message_is_tried_again_with_back_off() {
    let mut rig = polling();
    let _ = rig.answer(Answer::Polled(Ok(true)));
    assert_eq!(rig.answer(Answer::Started(Err(THREW))), "");
    assert_eq!(rig.notify(SpoolerNotify::NEWMAIL), "", "news does not shorten the back-off");
    assert_eq!(rig.wake(), (5_000, "startMessage".to_owned()));
    let _ = rig.answer(Answer::Started(Err(THREW)));
    assert_eq!(rig.wake(), (10_000, "startMessage".to_owned()));
    let _ = rig.answer(Answer::Started(Ok(false)));
    assert_eq!(rig.wake(), (60_000, "poll".to_owned()));
}

#[test]
fn c_143_a_message_nobody_took_is_started_again() {
    let mut rig = polling();
    let _ = rig.answer(Answer::Polled(Ok(true)));
    let _ = rig.answer(Answer::Started(Ok(true)));
    assert_eq!(rig.answer(Answer::Delivered(Err(THREW))), "");
    assert_eq!(rig.wake(), (5_000, "startMessage".to_owned()));
}

#[test]
fn a_failing_poll_waits_longer_than_its_interval_in_the_end() {
    let mut rig = polling();
    for seconds in [60, 60, 60, 60, 80, 160] {
        let _ = rig.answer(Answer::Polled(Err(OFFLINE)));
        assert_eq!(rig.wake(), (seconds * 1000, "poll".to_owned()));
    }
}

#[test]
fn calls_that_never_settle_are_given_up() {
    let mut rig = polling();
    assert_eq!(rig.wake(), (60_000, "drop poll".to_owned()));
    let _ = rig.wake();
    let _ = rig.answer(Answer::Polled(Ok(true)));
    assert_eq!(rig.wake(), (300_000, "drop startMessage".to_owned()));
    assert_eq!(rig.wake(), (5_000, "startMessage".to_owned()));
    let _ = rig.answer(Answer::Started(Ok(true)));
    assert_eq!(rig.wake(), (300_000, "drop deliver".to_owned()));
}

#[test]
fn c_158_a_critical_section_holds_poll_and_idle() {
    let mut rig = Rig::running(&[F::TransportLogon, F::Poll, F::StartMessage, F::Idle]);
    let _ = rig.answer(Answer::Polled(Ok(false)));
    let _ = rig.notify(SpoolerNotify::CRITSEC);
    assert_eq!(rig.provider.wake(), None);
    rig.mono = 1_000_000;
    assert_eq!(rig.say(ProviderInput::Tick), "");
    assert_eq!(rig.notify(SpoolerNotify::NONCRIT), "poll");
    assert_eq!(rig.answer(Answer::Polled(Ok(false))), "idle");
}

#[test]
fn end_inbound_finishes_the_message_in_progress_and_starts_no_other() {
    let mut rig = polling();
    let _ = rig.answer(Answer::Polled(Ok(true)));
    let _ = rig.say(ProviderInput::Want(Directions { inbound: false, outbound: true }));
    assert_eq!(rig.answer(Answer::Started(Ok(true))), "deliver");
    assert_eq!(rig.answer(Answer::Delivered(Ok(()))), "");
    assert_eq!(rig.provider.wake(), None);
}

#[test]
fn a_transport_without_start_message_only_sends() {
    let mut rig = Rig::new(&[F::Poll]);
    let _ = rig.say(ProviderInput::Want(BOTH));
    assert_eq!(rig.say(ProviderInput::Start), "typesChanged; maySend");
    assert!(!rig.provider.logon().unwrap().inbound.gate.enabled());
}
