//! Logon and logoff (catalogue 6.1 to 6.3).

use crate::kit::*;
use mailspooler::mapi::*;

const LOGON: LoggedOn = LoggedOn { flags: LogonAnswer::EMPTY, identity: None };

#[test]
fn a_transport_of_one_function_is_ready_at_once() {
    let mut rig = Rig::new(&[]);
    assert_eq!(rig.say(ProviderInput::Want(BOTH)), "");
    assert_eq!(rig.say(ProviderInput::Start), "typesChanged; maySend");
    assert_eq!(rig.provider.sending(), Sending::Open);
    assert_eq!(rig.provider.wake(), None, "nothing to do, no timer");
    assert_eq!(rig.say(ProviderInput::Logoff), "gone");
}

#[test]
fn c_093_address_types_is_called_directly_after_logon() {
    let mut rig = Rig::logging_on(&ALL);
    assert_eq!(rig.answer(Answer::LoggedOn(Ok(LOGON))), "addressTypes");
    assert_eq!(rig.provider.types(), None);
    let fax = AddressTypes::List(vec!["FAX".to_owned()]);
    assert_eq!(rig.answer(Answer::AddressTypes(Ok(fax.clone()))), "typesChanged");
    assert_eq!(rig.provider.types(), Some(&fax));
}

#[test]
fn c_094_c_095_nothing_is_sent_or_polled_before_begin_returned() {
    let mut rig = Rig::logging_on(&[F::TransportLogon, F::TransportNotify, F::Poll, F::StartMessage]);
    let polls = LoggedOn { flags: LogonAnswer::SP_POLL, identity: None };
    assert_eq!(rig.answer(Answer::LoggedOn(Ok(polls))), "typesChanged");
    assert!(!rig.provider.may_send());
    assert_eq!(rig.say(ProviderInput::Want(BOTH)), "BEGIN_INBOUND | BEGIN_OUTBOUND");
    assert!(!rig.provider.may_send());
    assert_eq!(rig.say(ProviderInput::Tick), "");
    assert_eq!(rig.answer(Answer::Notified(Ok(()))), "poll; maySend");
}

#[test]
fn c_096_c_097_poll_and_idle_only_if_wanted_at_logon() {
    for (flags, first, later) in [
        (LogonAnswer::EMPTY, "maySend", None),
        (LogonAnswer::SP_POLL, "poll; maySend", None),
        (LogonAnswer::SP_IDLE, "maySend", Some("idle")),
    ] {
        let mut rig = Rig::logging_on(&[F::TransportLogon, F::TransportNotify, F::Poll, F::StartMessage, F::Idle]);
        let _ = rig.answer(Answer::LoggedOn(Ok(LoggedOn { flags, identity: None })));
        let _ = rig.say(ProviderInput::Want(BOTH));
        assert_eq!(rig.answer(Answer::Notified(Ok(()))), first);
        if let Some(later) = later {
            assert_eq!(rig.wake(), (60_000, later.to_owned()));
            rig.mono += 1;
            assert_eq!(rig.answer(Answer::Idled(Ok(()))), "");
            assert_eq!(rig.wake(), (60_000, later.to_owned()));
        } else if flags.is_empty() {
            assert_eq!(rig.provider.wake(), None);
        }
    }
}

#[test]
fn c_098_unconfigured_configures_and_tries_once_more() {
    let mut rig = Rig::logging_on(&ALL);
    assert_eq!(rig.answer(Answer::LoggedOn(Err(failed(Scode::MAPI_E_UNCONFIGURED)))), "configure");
    assert_eq!(rig.answer(Answer::Configured(Ok(()))), "transportLogon");
    assert_eq!(rig.answer(Answer::LoggedOn(Err(failed(Scode::MAPI_E_UNCONFIGURED)))), "parked Config");
    assert_eq!(rig.provider.sending(), Sending::Off(Off::Parked(Park::Config)));
    assert_eq!(rig.say(ProviderInput::Configured), "transportLogon; released");
    assert_eq!(rig.answer(Answer::LoggedOn(Ok(LOGON))), "addressTypes");
}

#[test]
fn c_098_without_a_configure_function_it_tries_once_more_at_once() {
    let mut rig = Rig::logging_on(&[F::TransportLogon]);
    assert_eq!(rig.answer(Answer::LoggedOn(Err(failed(Scode::MAPI_E_UNCONFIGURED)))), "transportLogon");
    assert_eq!(rig.answer(Answer::LoggedOn(Ok(LOGON))), "typesChanged");
}

#[test]
fn c_098_a_configuration_that_fails_waits_for_another() {
    let mut rig = Rig::logging_on(&ALL);
    let _ = rig.answer(Answer::LoggedOn(Err(failed(Scode::MAPI_E_UNCONFIGURED))));
    assert_eq!(rig.answer(Answer::Configured(Err(failed(Scode::MAPI_E_USER_CANCEL)))), "parked Config");
}

#[test]
fn c_099_fail_one_provider_disables_this_one_only() {
    let mut rig = Rig::logging_on(&ALL);
    assert_eq!(rig.answer(Answer::LoggedOn(Err(failed(Scode::MAPI_E_FAILONEPROVIDER)))), "");
    assert_eq!(rig.provider.sending(), Sending::Off(Off::Provider));
    assert_eq!(rig.provider.wake(), None);
}

#[test]
fn c_100_another_error_disables_the_whole_service() {
    for code in [Scode::MAPI_E_USER_CANCEL, Scode::MAPI_E_UNKNOWN_CPID, Scode::MAPI_E_CALL_FAILED] {
        let mut rig = Rig::logging_on(&ALL);
        assert_eq!(rig.answer(Answer::LoggedOn(Err(failed(code)))), "disableService");
        assert_eq!(rig.provider.sending(), Sending::Off(Off::Service));
    }
    let mut sibling = Rig::running(&[F::TransportLogoff]);
    assert_eq!(sibling.say(ProviderInput::ServiceDisabled), "transportLogoff");
    assert_eq!(sibling.provider.sending(), Sending::Off(Off::Service));
    assert_eq!(sibling.answer(Answer::LoggedOff(Ok(()))), "");
    assert_eq!(sibling.provider.sending(), Sending::Off(Off::Service));
    assert_eq!(sibling.ask(T1, Ask::ValidateState(ValidateFlags::EMPTY)), "reply 1 S_OK; typesChanged; maySend");
}

#[test]
fn o_50_a_logon_without_a_network_is_tried_again_with_back_off() {
    let mut rig = Rig::logging_on(&[F::TransportLogon]);
    for seconds in [5, 10, 20, 40, 80, 160, 320, 640, 900, 900] {
        assert_eq!(rig.answer(Answer::LoggedOn(Err(OFFLINE))), "");
        let reason = FaultReason::Network;
        assert_eq!(rig.provider.sending(), Sending::Retrying { until: rig.mono + seconds * 1000, reason });
        assert_eq!(rig.wake(), (seconds * 1000, "transportLogon".to_owned()));
    }
    assert_eq!(rig.answer(Answer::LoggedOn(Ok(LOGON))), "typesChanged");
}

#[test]
fn o_50_a_logon_that_throws_or_never_settles_is_the_transports_fault() {
    let mut rig = Rig::logging_on(&[F::TransportLogon]);
    assert_eq!(rig.wake(), (60_000, "drop transportLogon".to_owned()));
    let Sending::Retrying { reason: FaultReason::Transport, .. } = rig.provider.sending() else { panic!() };
    let _ = rig.wake();
    assert_eq!(rig.answer(Answer::LoggedOn(Err(THREW))), "");
    let retry = Failure { retry_after_ms: Some(i64::MAX), ..OFFLINE };
    let _ = rig.wake();
    let _ = rig.answer(Answer::LoggedOn(Err(retry)));
    assert_eq!(rig.wake().0, 24 * 3_600_000, "Retry-After counts up to a day");
}

#[test]
fn o_52_refused_credentials_wait_for_new_ones() {
    for code in [Scode::MAPI_E_LOGON_FAILED, Scode::MAPI_E_NO_ACCESS] {
        let mut rig = Rig::logging_on(&[F::TransportLogon, F::ChangePassword]);
        assert_eq!(rig.answer(Answer::LoggedOn(Err(failed(code)))), "parked Auth");
        assert_eq!(rig.provider.wake(), None);
        assert_eq!(rig.ask(T1, Ask::ChangePassword), "changePassword 1");
        assert_eq!(rig.answer(Answer::Asked(T1, Ok(()))), "reply 1 S_OK; transportLogon; released");
        assert_eq!(rig.answer(Answer::LoggedOn(Ok(LOGON))), "typesChanged");
    }
}

#[test]
fn o_52_a_successful_logon_releases_the_account() {
    let mut rig = Rig::logging_on(&[F::TransportLogon]);
    let _ = rig.answer(Answer::LoggedOn(Err(failed(Scode::MAPI_E_LOGON_FAILED))));
    assert_eq!(rig.ask(T1, Ask::Logon(LogonFlags::EMPTY)), "transportLogon");
    assert_eq!(rig.provider.park(), Some(Park::Auth));
    assert_eq!(rig.answer(Answer::LoggedOn(Ok(LOGON))), "released; reply 1 S_OK; typesChanged");
}

#[test]
fn o_52_a_release_of_the_account_logs_on_whom_it_kept_out() {
    let mut rig = Rig::logging_on(&[F::TransportLogon]);
    let _ = rig.answer(Answer::LoggedOn(Err(failed(Scode::MAPI_E_LOGON_FAILED))));
    assert_eq!(rig.say(ProviderInput::Release), "transportLogon");
}

#[test]
fn c_103_logoff_counts_whatever_it_answers() {
    for answer in [Ok(()), Err(THREW), Err(failed(Scode::MAPI_E_BUSY))] {
        let mut rig = Rig::running(&[F::TransportLogoff]);
        assert_eq!(rig.say(ProviderInput::Logoff), "transportLogoff");
        assert_eq!(rig.provider.sending(), Sending::Leaving);
        assert_eq!(rig.answer(Answer::LoggedOff(answer)), "gone");
        assert_eq!(rig.provider.sending(), Sending::Leaving, "gone is not failed");
    }
    let mut silent = Rig::running(&[F::TransportLogoff]);
    let _ = silent.say(ProviderInput::Logoff);
    assert_eq!(silent.wake(), (10_000, "drop transportLogoff; gone".to_owned()));
}

#[test]
fn c_091_types_are_dropped_before_logoff_is_called() {
    let mut rig = Rig::running(&[F::TransportLogoff]);
    let _ = rig.say(ProviderInput::Logoff);
    assert_eq!(rig.provider.types(), None);
}

#[test]
fn c_150_logoff_during_a_flush_ends_both_flushes_in_one_call() {
    let mut rig = Rig::running(&[F::TransportNotify, F::TransportLogoff, F::StartMessage]);
    let _ = rig.ask(T1, Ask::FlushQueues(FlushFlags::UPLOAD));
    let _ = rig.answer(Answer::Notified(Ok(())));
    let said = rig.say(ProviderInput::Logoff);
    assert_eq!(
        said,
        "reply 1 MAPI_E_INVALID_OBJECT; END_INBOUND | END_OUTBOUND | END_INBOUND_FLUSH | END_OUTBOUND_FLUSH"
    );
    assert_eq!(rig.answer(Answer::Notified(Ok(()))), "transportLogoff");
    assert_eq!(rig.answer(Answer::LoggedOff(Ok(()))), "gone");
}

#[test]
fn c_156_after_a_critical_error_nothing_is_called() {
    let mut rig = Rig::running(&ALL);
    let _ = rig.ask(T1, Ask::ValidateState(ValidateFlags::EMPTY));
    let said = rig.notify(SpoolerNotify::CRITICAL_ERROR);
    assert_eq!(said, "drop poll; drop ask 1; reply 1 MAPI_E_INVALID_OBJECT");
    assert_eq!(rig.provider.sending(), Sending::Never);
    for input in [
        ProviderInput::Start,
        ProviderInput::Want(BOTH),
        ProviderInput::Tick,
        ProviderInput::Configured,
        ProviderInput::Release,
        ProviderInput::SpoolerNotify { flags: SpoolerNotify::READYTOSEND, entry: None },
        ProviderInput::Answer(Answer::Polled(Ok(true))),
    ] {
        assert_eq!(rig.say(input.clone()), "", "{input:?}");
    }
    assert_eq!(rig.provider.wake(), None);
    assert_eq!(rig.say(ProviderInput::Logoff), "gone");
}

#[test]
fn logoff_during_a_logon_drops_it_and_answers_who_asked() {
    let mut rig = Rig::new(&ALL);
    assert_eq!(rig.ask(T1, Ask::Logon(LogonFlags::EMPTY)), "transportLogon");
    assert_eq!(rig.say(ProviderInput::Logoff), "drop transportLogon; reply 1 MAPI_E_INVALID_OBJECT; gone");
    let mut rig = Rig::logging_on(&ALL);
    let _ = rig.answer(Answer::LoggedOn(Ok(LOGON)));
    assert_eq!(rig.say(ProviderInput::Logoff), "drop addressTypes; transportLogoff");
}

#[test]
fn c_157_exclusive_and_foreign_flags_are_refused() {
    let mut rig = Rig::running(&[]);
    let both = SpoolerNotify::SENTDEFERRED | SpoolerNotify::CRITICAL_ERROR;
    assert_eq!(rig.notify(both), "refused MAPI_E_INVALID_PARAMETER");
    assert_eq!(rig.notify(SpoolerNotify::CRITSEC | SpoolerNotify::NONCRIT), "refused MAPI_E_INVALID_PARAMETER");
    assert_eq!(rig.notify(SpoolerNotify::NEWMAIL_RECEIVED), "refused MAPI_E_NO_SUPPORT");
    assert!(rig.provider.may_send());
}

#[test]
fn c_107_what_is_a_stores_to_say_is_not_a_transports() {
    let mut rig = Rig::running(&ALL);
    let before = rig.provider.clone();
    assert_eq!(rig.notify(SpoolerNotify::NEWMAIL_RECEIVED), "refused MAPI_E_NO_SUPPORT");
    assert_eq!(rig.provider, before);
}

#[test]
fn c_152_a_direction_opens_by_the_flags_that_were_told() {
    let mut rig = Rig::new(&[F::TransportNotify, F::StartMessage]);
    let _ = rig.say(ProviderInput::Start);
    assert_eq!(rig.say(ProviderInput::Want(BOTH)), "BEGIN_INBOUND | BEGIN_OUTBOUND");
    let logon = |rig: &Rig| rig.provider.logon().unwrap().notifying;
    let Outstanding::Out { what, .. } = logon(&rig) else { panic!("nothing is out") };
    assert_eq!(
        what,
        TransportNotify::BEGIN_INBOUND | TransportNotify::BEGIN_OUTBOUND,
        "kept here, not by the transport"
    );
    let _ = rig.answer(Answer::Notified(Ok(())));
    let gates = rig.provider.logon().map(|logon| (logon.inbound.gate, logon.outbound));
    assert_eq!((logon(&rig), gates), (Outstanding::Rest, Some((Gate::On, Gate::On))));
}

#[test]
fn other_settings_are_logged_on_with_beside_the_standing_logon() {
    let mut rig = Rig::running(&[F::TransportLogon]);
    assert_eq!(rig.say(ProviderInput::Configured), "transportLogon");
    assert!(rig.provider.may_send(), "mail goes on");
    let identity = Identity { display: "New".into(), entry_id: vec![1], search_key: vec![2] };
    let answer = LoggedOn { identity: Some(identity.clone()), ..LOGON };
    assert_eq!(rig.answer(Answer::LoggedOn(Ok(answer))), "");
    assert_eq!(rig.provider.logon().unwrap().answer.identity, Some(identity));

    assert_eq!(rig.say(ProviderInput::Configured), "transportLogon");
    assert_eq!(rig.answer(Answer::LoggedOn(Err(failed(Scode::MAPI_E_LOGON_FAILED)))), "parked Auth");
    assert_eq!(rig.say(ProviderInput::Configured), "released; transportLogon; maySend");
    assert_eq!(rig.say(ProviderInput::Logoff), "drop transportLogon; gone");
}

#[test]
fn a_provider_without_a_logon_of_its_own_is_configured_in_silence() {
    assert_eq!(Rig::running(&[]).say(ProviderInput::Configured), "");
}

#[test]
fn settings_that_follow_at_once_are_the_ones_logged_on_with() {
    let mut rig = Rig::running(&[F::TransportLogon]);
    assert_eq!(rig.ask(T1, Ask::Logon(LogonFlags::EMPTY)), "transportLogon");
    assert_eq!(rig.say(ProviderInput::Configured), "drop transportLogon; transportLogon");
    assert_eq!(rig.ask(T2, Ask::Logon(LogonFlags::EMPTY)), "reply 2 MAPI_E_BUSY");
    assert_eq!(rig.answer(Answer::LoggedOn(Ok(LOGON))), "reply 1 S_OK", "who asked waits for the last one");

    assert_eq!(rig.say(ProviderInput::Configured), "transportLogon");
    assert_eq!(rig.ask(T2, Ask::Logon(LogonFlags::EMPTY)), "", "it is on its way");
    assert_eq!(rig.answer(Answer::LoggedOn(Ok(LOGON))), "reply 2 S_OK");
}

#[test]
fn settings_that_come_while_it_logs_on_are_the_ones_logged_on_with() {
    let mut rig = Rig::new(&[F::TransportLogon, F::AddressTypes]);
    assert_eq!(rig.ask(T1, Ask::Logon(LogonFlags::EMPTY)), "transportLogon");
    assert_eq!(rig.say(ProviderInput::Configured), "drop transportLogon; transportLogon");
    assert_eq!(rig.answer(Answer::LoggedOn(Ok(LOGON))), "addressTypes");
    assert_eq!(rig.say(ProviderInput::Configured), "drop addressTypes; transportLogon");
    assert_eq!(rig.answer(Answer::LoggedOn(Ok(LOGON))), "addressTypes");
    let said = rig.answer(Answer::AddressTypes(Ok(AddressTypes::default())));
    assert!(said.contains("reply 1 S_OK"), "{said}");
}
