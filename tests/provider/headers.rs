//! The header region (catalogue 4.3, 8.2).

use crate::kit::*;
use mailspooler::mapi::*;

fn headers(rig: &Rig) -> Headers {
    rig.provider.logon().unwrap().headers
}

fn offline(rig: &Rig) -> bool {
    rig.provider.logon().unwrap().offline
}

fn result(rig: &Rig) -> Option<Scode> {
    match headers(rig) {
        Headers::Rest { result } => result,
        other => panic!("{other:?}"),
    }
}

fn remote() -> Rig {
    Rig::running(&[F::Headers, F::TransportNotify])
}

#[test]
fn c_174_refresh_is_accepted_at_once_and_its_result_is_kept() {
    let mut rig = remote();
    assert_eq!(rig.validate(REFRESH), "refresh; reply 1 S_OK");
    assert_eq!(rig.answer(Answer::Refreshed(Ok(()))), "");
    assert_eq!(result(&rig), Some(Scode::S_OK));
    assert_eq!(rig.validate(REFRESH | QUIET), "refresh; reply 1 S_OK");
    assert_eq!(rig.answer(Answer::Refreshed(Err(OFFLINE))), "");
    assert_eq!(result(&rig), Some(Scode::MAPI_E_NETWORK_ERROR));
}

#[test]
fn c_174_process_does_marks_then_deferred_mail_then_the_list() {
    let mut rig = remote();
    assert_eq!(rig.validate(PROCESS | REFRESH), "marks; reply 1 S_OK; drain");
    assert_eq!(rig.say(ProviderInput::Drained), "END_OUTBOUND_FLUSH");
    assert_eq!(rig.say(ProviderInput::MarksDone(Scode::MAPI_W_ERRORS_RETURNED)), "sentDeferred all; refresh");
    assert_eq!(rig.answer(Answer::Refreshed(Ok(()))), "");
    assert_eq!(result(&rig), Some(Scode::MAPI_W_ERRORS_RETURNED));
    assert_eq!(rig.validate(PROCESS), "marks; reply 1 S_OK");
    assert_eq!(rig.say(ProviderInput::MarksDone(Scode::MAPI_E_LOGON_FAILED)), "");
    assert_eq!(result(&rig), Some(Scode::MAPI_E_LOGON_FAILED));
}

#[test]
fn c_176_a_second_operation_is_busy_and_abort_is_not() {
    let aborts = [(REFRESH, "drop headers; reply 1 S_OK"), (PROCESS, "drop marks; reply 1 S_OK; END_OUTBOUND_FLUSH")];
    for (begin, said) in aborts {
        let mut rig = remote();
        let _ = rig.validate(begin);
        for flags in [REFRESH, PROCESS, CONNECT, ValidateFlags::EMPTY] {
            assert_eq!(rig.validate(flags), "reply 1 MAPI_E_BUSY");
        }
        assert_eq!(rig.validate(ABORT), said);
        assert_eq!((result(&rig), offline(&rig)), (Some(Scode::MAPI_E_USER_CANCEL), true));
        assert_eq!(rig.say(ProviderInput::MarksDone(Scode::S_OK)), "", "what was dropped says no more");
        assert_eq!(rig.answer(Answer::Refreshed(Ok(()))), "");
        assert_eq!((result(&rig), offline(&rig)), (Some(Scode::MAPI_E_USER_CANCEL), true));
    }
}

#[test]
fn c_176_its_own_flush_is_work_too() {
    for (begin, said) in [(CONNECT, "reply 1 S_OK; drain"), (PROCESS, "marks; reply 1 S_OK; drain")] {
        let mut rig = remote();
        assert_eq!(rig.validate(begin), said);
        let _ = rig.say(ProviderInput::MarksDone(Scode::S_OK));
        let _ = rig.answer(Answer::Refreshed(Ok(())));
        for flags in [REFRESH, PROCESS, CONNECT, ValidateFlags::EMPTY] {
            assert_eq!(rig.validate(flags), "reply 1 MAPI_E_BUSY", "{begin:?}, {flags:?}");
        }
        let mut stopped = Rig { provider: rig.provider.clone(), mono: rig.mono };
        assert_eq!(stopped.validate(DISCONNECT), "reply 1 S_OK; END_OUTBOUND_FLUSH");
        assert_eq!(rig.say(ProviderInput::Drained), "END_OUTBOUND_FLUSH");
        assert_eq!(rig.answer(Answer::Notified(Ok(()))), "");
        assert_eq!(rig.validate(REFRESH), "refresh; reply 1 S_OK");
    }
    let mut rig = remote();
    let _ = rig.ask(T2, Ask::FlushQueues(FlushFlags::UPLOAD));
    assert_eq!(rig.validate(REFRESH), "refresh; reply 1 S_OK", "one that somebody asked for is not its own");
}

#[test]
fn abort_with_refresh_begins_anew() {
    let mut rig = remote();
    let _ = rig.validate(REFRESH);
    assert_eq!(rig.validate(ABORT | REFRESH), "drop headers; refresh; reply 1 S_OK");
    assert!(!offline(&rig));
}

#[test]
fn a_list_that_never_comes_is_given_up() {
    let mut rig = remote();
    let _ = rig.validate(REFRESH);
    assert_eq!(rig.wake(), (300_000, "drop headers".to_owned()));
    assert_eq!(result(&rig), Some(Scode::MAPI_E_TIMEOUT));
}

#[test]
fn connect_flushes_both_ways_and_disconnect_stops_that() {
    let mut rig = Rig::running(&[F::Headers, F::StartMessage, F::TransportNotify]);
    let _ = rig.validate(DISCONNECT);
    assert!(offline(&rig));
    assert_eq!(rig.validate(CONNECT), "reply 1 S_OK; drain");
    assert!(!offline(&rig), "the flush has begun");
    assert_eq!(rig.validate(DISCONNECT), "reply 1 S_OK; END_OUTBOUND_FLUSH");
    assert!(offline(&rig));
}

#[test]
fn what_is_the_transports_own_goes_to_the_transport() {
    let mut rig = Rig::running(&[F::Headers, F::ValidateState]);
    assert_eq!(rig.validate(ValidateFlags::EMPTY), "validateState 1 (0)");
    let mut rig = Rig::running(&[F::Headers, F::ValidateState]);
    assert_eq!(rig.validate(SHOW | REFRESH), "refresh; validateState 1 (SHOW_XP_SESSION_UI)");
    let mut rig = remote();
    assert_eq!(rig.validate(SHOW), "reply 1 MAPI_E_NO_SUPPORT", "the client shows its own");
}

#[test]
fn c_043_header_work_does_not_begin_in_a_critical_section() {
    let mut rig = remote();
    let _ = rig.notify(SpoolerNotify::CRITSEC);
    assert_eq!(rig.validate(REFRESH), "reply 1 MAPI_E_BUSY");
    let _ = rig.notify(SpoolerNotify::NONCRIT);
    assert_eq!(rig.validate(REFRESH), "refresh; reply 1 S_OK");
}

#[test]
fn header_work_ends_with_the_logon() {
    let mut rig = remote();
    let _ = rig.validate(REFRESH);
    assert_eq!(rig.say(ProviderInput::Logoff), "drop headers; END_OUTBOUND");
    let mut rig = remote();
    let _ = rig.validate(PROCESS);
    assert_eq!(rig.say(ProviderInput::Logoff).split("; ").next(), Some("drop marks"));
}

#[test]
fn every_state_of_the_region_names_exits() {
    let order = Order { disconnect: false, result: Scode::S_OK };
    for state in [Headers::Rest { result: None }, Headers::Marks(order), Headers::Refreshing { deadline: 0, order }] {
        assert!(!state.exits().is_empty(), "{state:?}");
    }
}
