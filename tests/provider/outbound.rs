//! Sending: the gate, the slot, back-off and parks.

use crate::kit::*;
use mailspooler::mapi::*;

fn fault(reason: FaultReason, retry_after_ms: Option<i64>) -> ProviderInput {
    ProviderInput::AttemptEnded(AttemptEnd::Fault { reason, retry_after_ms })
}

fn ended(end: AttemptEnd) -> ProviderInput {
    ProviderInput::AttemptEnded(end)
}

#[test]
fn o_34_one_attempt_at_a_time() {
    let mut rig = Rig::running(&[]);
    assert_eq!(rig.say(ProviderInput::AttemptBegan), "");
    assert_eq!(rig.provider.sending(), Sending::Busy);
    assert_eq!(rig.say(ProviderInput::AttemptBegan), "refused MAPI_E_BUSY");
    assert_eq!(rig.say(ended(AttemptEnd::Neutral)), "maySend");
}

#[test]
fn o_50_faults_of_transport_and_network_open_the_circuit() {
    let mut rig = Rig::running(&[]);
    for (reason, seconds) in [(FaultReason::Network, 5), (FaultReason::Transport, 10), (FaultReason::Network, 20)] {
        let _ = rig.say(ProviderInput::AttemptBegan);
        assert_eq!(rig.say(fault(reason, None)), "");
        assert_eq!(rig.provider.sending(), Sending::BackOff { until: rig.mono + seconds * 1000, reason });
        assert_eq!(rig.wake(), (seconds * 1000, "maySend".to_owned()));
    }
    let _ = rig.say(ProviderInput::AttemptBegan);
    assert_eq!(rig.say(ended(AttemptEnd::Reached)), "maySend");
    let _ = rig.say(ProviderInput::AttemptBegan);
    let _ = rig.say(fault(FaultReason::Network, None));
    assert_eq!(rig.wake().0, 5_000, "a success resets the back-off");
}

#[test]
fn o_50_errors_of_a_message_open_nothing() {
    let mut rig = Rig::running(&[]);
    let _ = rig.say(ProviderInput::AttemptBegan);
    assert_eq!(rig.say(ended(AttemptEnd::Neutral)), "maySend");
    assert_eq!(rig.provider.circuit(), Circuit::Closed);
}

#[test]
fn o_50_retry_after_is_honoured_up_to_a_day() {
    let mut rig = Rig::running(&[]);
    for (asked, waited) in [(120_000, 120_000), (1, 10_000), (i64::MAX, 86_400_000), (i64::MIN, 40_000)] {
        let _ = rig.say(fault(FaultReason::Transport, Some(asked)));
        assert_eq!(rig.wake().0, waited);
    }
}

#[test]
fn o_50_jitter_spreads_by_a_fifth_and_the_cap_holds() {
    let at = |failures, jitter| back_off(failures, None, Moment { mono: 0, jitter });
    assert_eq!((at(1, 0), at(1, 200), at(1, 400)), (4_000, 5_000, 6_000));
    assert_eq!((at(9, 400), at(u32::MAX, u32::MAX)), (900_000, 900_000.min(at(u32::MAX, u32::MAX))));
    for jitter in 0..1000 {
        assert!((4_000..=6_000).contains(&at(1, jitter)) && at(40, jitter) <= 900_000);
    }
    assert_eq!(back_off(1, None, Moment { mono: i64::MAX, jitter: 0 }), i64::MAX);
}

#[test]
fn o_52_a_park_stops_attempts_until_it_is_released() {
    let mut rig = Rig::running(&[F::ChangePassword]);
    let _ = rig.say(ProviderInput::AttemptBegan);
    assert_eq!(rig.say(ended(AttemptEnd::Parked(Park::Auth))), "parked Auth");
    assert_eq!(rig.provider.sending(), Sending::Parked(Park::Auth));
    assert_eq!(rig.notify(SpoolerNotify::READYTOSEND), "readyToSend");
    assert!(!rig.provider.may_send(), "credentials are a person's business");
    let _ = rig.ask(T1, Ask::ChangePassword);
    assert_eq!(rig.answer(Answer::Asked(T1, Ok(()))), "reply 1 S_OK; released; maySend");
}

#[test]
fn o_52_the_account_is_parked_and_released_through_a_sibling() {
    let mut rig = Rig::running(&[]);
    assert_eq!(rig.say(ProviderInput::Park(Park::Auth)), "");
    assert!(!rig.provider.may_send());
    assert_eq!(rig.say(ProviderInput::Release), "maySend");
    let _ = rig.say(ProviderInput::Park(Park::Config));
    assert_eq!(rig.say(ProviderInput::Configured), "released; maySend");
}

#[test]
fn o_51_a_harmless_success_ends_the_back_off() {
    let mut rig = Rig::running(&[F::ValidateState]);
    let _ = rig.say(fault(FaultReason::Network, None));
    assert_eq!(rig.say(ProviderInput::Reached), "maySend");
    let _ = rig.say(fault(FaultReason::Network, None));
    let _ = rig.ask(T1, Ask::ValidateState(ValidateFlags::EMPTY));
    assert_eq!(rig.answer(Answer::Asked(T1, Ok(()))), "reply 1 S_OK; maySend");
}

#[test]
fn c_159_ready_to_send_ends_a_back_off_unless_outbound_has_ended() {
    let mut rig = Rig::running(&[]);
    let _ = rig.say(fault(FaultReason::Transport, None));
    assert_eq!(rig.notify(SpoolerNotify::READYTOSEND), "readyToSend; maySend");
    let _ = rig.say(fault(FaultReason::Transport, None));
    let _ = rig.say(ProviderInput::Want(Directions::default()));
    assert_eq!(rig.notify(SpoolerNotify::READYTOSEND), "");
    assert_ne!(rig.provider.circuit(), Circuit::Closed);
}

#[test]
fn c_116_sent_deferred_is_passed_up() {
    let mut rig = Rig::running(&[]);
    assert_eq!(rig.notify(SpoolerNotify::SENTDEFERRED), "sentDeferred all");
    let one = ProviderInput::SpoolerNotify { flags: SpoolerNotify::SENTDEFERRED, entry: Some("e1".to_owned()) };
    assert_eq!(rig.say(one), "sentDeferred e1");
}

#[test]
fn c_153_c_154_begin_and_end_go_alone_and_the_bit_changes_before_they_return() {
    let mut rig = Rig::new(&[F::TransportNotify]);
    let _ = rig.say(ProviderInput::Start);
    assert_eq!(rig.say(ProviderInput::Want(BOTH)), "BEGIN_OUTBOUND");
    let gate = |rig: &Rig| rig.provider.logon().unwrap().outbound;
    assert!(gate(&rig).enabled());
    assert_eq!(rig.say(ProviderInput::Want(Directions::default())), "", "not while BEGIN is out");
    assert_eq!(rig.answer(Answer::Notified(Ok(()))), "END_OUTBOUND");
    assert!(!gate(&rig).enabled());
    assert_eq!(rig.answer(Answer::Notified(Ok(()))), "");
    assert_eq!(gate(&rig), Gate::Off);
}

#[test]
fn c_155_end_outbound_does_not_stop_the_message_being_sent() {
    let mut rig = Rig::running(&[]);
    let _ = rig.say(ProviderInput::AttemptBegan);
    assert_eq!(rig.say(ProviderInput::Want(Directions::default())), "");
    assert_eq!(rig.provider.slot(), Slot::Busy);
    assert_eq!(rig.say(ended(AttemptEnd::Reached)), "");
    assert_eq!(rig.provider.sending(), Sending::Closed);
}

#[test]
fn a_notify_that_fails_or_never_settles_opens_the_direction_all_the_same() {
    for silent in [false, true] {
        let mut rig = Rig::new(&[F::TransportNotify]);
        let _ = rig.say(ProviderInput::Want(BOTH));
        let _ = rig.say(ProviderInput::Start);
        let said = if silent { rig.wake().1 } else { rig.answer(Answer::Notified(Err(THREW))) };
        assert_eq!(said, if silent { "drop transportNotify; maySend" } else { "maySend" });
    }
}
