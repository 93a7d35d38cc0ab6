//! What clients ask through status objects.

use crate::kit::*;
use mailspooler::mapi::*;

const LOGON: LoggedOn = LoggedOn { flags: LogonAnswer::EMPTY, identity: None };

#[test]
fn c_037_a_client_may_log_on_again_and_a_failure_keeps_the_logon() {
    let mut rig = Rig::running(&[F::TransportLogon, F::AddressTypes]);
    assert_eq!(rig.ask(T1, Ask::Logon(LogonFlags::EMPTY)), "transportLogon");
    assert_eq!(rig.ask(T2, Ask::Logon(LogonFlags::EMPTY)), "reply 2 MAPI_E_BUSY");
    assert_eq!(rig.answer(Answer::LoggedOn(Err(THREW))), "reply 1 MAPI_E_CALL_FAILED");
    assert!(rig.provider.may_send());
    let _ = rig.ask(T1, Ask::Logon(LogonFlags::EMPTY));
    assert_eq!(
        rig.answer(Answer::LoggedOn(Err(failed(Scode::MAPI_E_NO_ACCESS)))),
        "reply 1 MAPI_E_NO_ACCESS; parked Auth"
    );
    assert!(!rig.provider.may_send());
    let _ = rig.ask(T1, Ask::Logon(LogonFlags::EMPTY));
    assert_eq!(rig.answer(Answer::LoggedOn(Ok(LOGON))), "addressTypes; reply 1 S_OK; released; maySend");
}

#[test]
fn c_037_checking_a_transport_that_is_off_logs_it_on() {
    let mut rig = Rig::logging_on(&[F::TransportLogon]);
    let _ = rig.answer(Answer::LoggedOn(Err(failed(Scode::MAPI_E_CALL_FAILED))));
    assert_eq!(rig.ask(T1, Ask::ValidateState(ValidateFlags::EMPTY)), "transportLogon");
    assert_eq!(rig.ask(T2, Ask::FlushQueues(FlushFlags::UPLOAD)), "reply 2 MAPI_E_BUSY");
    assert_eq!(rig.answer(Answer::LoggedOn(Err(OFFLINE))), "reply 1 MAPI_E_NETWORK_ERROR");
    assert_eq!(rig.ask(T1, Ask::Logon(LogonFlags::EMPTY)), "transportLogon");
    assert_eq!(rig.answer(Answer::LoggedOn(Ok(LOGON))), "reply 1 S_OK; typesChanged");
}

#[test]
fn c_106_after_logoff_asks_are_refused_and_waiting_ones_answered() {
    let mut rig = Rig::running(&ALL);
    let _ = rig.ask(T1, Ask::ValidateState(ValidateFlags::EMPTY));
    let _ = rig.ask(T2, Ask::FlushQueues(FlushFlags::UPLOAD));
    let _ = rig.ask(Ticket(3), Ask::Logon(LogonFlags::EMPTY));
    let said = rig.say(ProviderInput::Logoff);
    for reply in ["reply 1 MAPI_E_INVALID_OBJECT", "reply 2 MAPI_E_INVALID_OBJECT", "reply 3 MAPI_E_INVALID_OBJECT"] {
        assert!(said.contains(reply), "{said}");
    }
    assert_eq!(rig.ask(Ticket(4), Ask::ChangePassword), "reply 4 MAPI_E_INVALID_OBJECT");
}

#[test]
fn c_041_config_change_asks_for_address_types_again() {
    let mut rig = Rig::running(&[F::AddressTypes]);
    assert_eq!(rig.notify(SpoolerNotify::CONFIG_CHANGE), "addressTypes");
    assert_eq!(rig.notify(SpoolerNotify::CONFIG_CHANGE), "", "one at a time");
    assert_eq!(rig.answer(Answer::AddressTypes(Ok(AddressTypes::Any))), "addressTypes; typesChanged");
    assert_eq!(rig.answer(Answer::AddressTypes(Err(THREW))), "");
    assert_eq!(rig.provider.types(), Some(&AddressTypes::Any), "a failure keeps what is known");
}

#[test]
fn c_043_validate_state_in_a_critical_section_is_busy() {
    let mut rig = Rig::running(&[F::ValidateState]);
    let _ = rig.notify(SpoolerNotify::CRITSEC);
    assert_eq!(rig.ask(T1, Ask::ValidateState(ValidateFlags::EMPTY)), "reply 1 MAPI_E_BUSY");
    let _ = rig.notify(SpoolerNotify::NONCRIT);
    assert_eq!(rig.ask(T1, Ask::ValidateState(ValidateFlags::EMPTY)), "validateState 1 (0)");
    assert_eq!(rig.wake().1, "drop ask 1; reply 1 MAPI_E_TIMEOUT");
}

#[test]
fn a_validation_that_met_no_network_shows_in_the_row() {
    let mut rig = Rig::running(&[F::ValidateState]);
    let _ = rig.ask(T1, Ask::ValidateState(ValidateFlags::EMPTY));
    let lost = Failure { code: Some(Scode::MAPI_E_NETWORK_ERROR), network: true, retry_after_ms: None };
    assert_eq!(rig.answer(Answer::Asked(T1, Err(lost))), "reply 1 MAPI_E_NETWORK_ERROR");
    assert!(matches!(rig.provider.sending(), Sending::BackOff { reason: FaultReason::Network, .. }));
    let waits = rig.provider.sending();
    let _ = rig.ask(T1, Ask::ValidateState(ValidateFlags::EMPTY));
    let _ = rig.answer(Answer::Asked(T1, Err(lost)));
    assert_eq!(rig.provider.sending(), waits, "who asks again waits no longer for it");
    let _ = rig.ask(T2, Ask::ValidateState(ValidateFlags::EMPTY));
    let _ = rig.answer(Answer::Asked(T2, Ok(())));
    assert_eq!(rig.provider.sending(), Sending::Open);
    let _ = rig.ask(T1, Ask::ValidateState(ValidateFlags::EMPTY));
    let _ = rig.answer(Answer::Asked(T1, Err(failed(Scode::MAPI_E_BUSY))));
    assert_eq!(rig.provider.sending(), Sending::Open, "a busy service is there");
}

#[test]
fn c_040_without_the_function_config_changed_asks_for_types() {
    let mut rig = Rig::running(&[F::AddressTypes]);
    assert_eq!(rig.ask(T1, Ask::ValidateState(ValidateFlags::CONFIG_CHANGED)), "addressTypes; reply 1 S_OK");
    let refresh = Ask::ValidateState(ValidateFlags::REFRESH_XP_HEADER_CACHE);
    assert_eq!(rig.ask(T2, refresh), "reply 2 MAPI_E_NO_SUPPORT");
}

#[test]
fn c_063_a_wrong_old_password_is_told() {
    let mut rig = Rig::running(&[F::ChangePassword]);
    let _ = rig.ask(T1, Ask::ChangePassword);
    assert_eq!(rig.answer(Answer::Asked(T1, Err(failed(Scode::MAPI_E_NO_ACCESS)))), "reply 1 MAPI_E_NO_ACCESS");
    assert_eq!(rig.ask(T2, Ask::SettingsDialog(SettingsFlags::EMPTY)), "reply 2 MAPI_E_NO_SUPPORT");
}

#[test]
fn a_settings_dialog_has_all_the_time_it_wants() {
    let mut rig = Rig::running(&[F::SettingsDialog]);
    let effects = rig.step(ProviderInput::Ask(T1, Ask::SettingsDialog(SettingsFlags::EMPTY)));
    assert!(matches!(effects.as_slice(), [ProviderEffect::Call { deadline: None, .. }]), "{effects:?}");
    assert_eq!(rig.provider.wake(), None);
}
