//! Flush of one transport (catalogue 6.7).

use crate::kit::*;
use mailspooler::mapi::*;

const BOTH_WAYS: FlushFlags = FlushFlags::UPLOAD.with(FlushFlags::DOWNLOAD);
const FUNCTIONS: [F; 3] = [F::TransportNotify, F::StartMessage, F::FlushQueues];

fn flush(rig: &mut Rig, flags: FlushFlags) -> String {
    rig.ask(T1, Ask::FlushQueues(flags))
}

fn bits(rig: &Rig) -> StatusCode {
    rig.provider.logon().unwrap().flush.bits()
}

#[test]
fn c_144_c_147_c_148_one_call_then_outbound_then_inbound_each_ended() {
    let mut rig = Rig::running(&FUNCTIONS);
    assert_eq!(flush(&mut rig, BOTH_WAYS | FlushFlags::NO_UI), "flushQueues(UPLOAD | DOWNLOAD | NO_UI)", "C-060");
    assert_eq!(bits(&rig), StatusCode::OUTBOUND_FLUSH | StatusCode::INBOUND_FLUSH);
    assert_eq!(rig.answer(Answer::Flushed(Ok(()))), "drain");
    assert_eq!(rig.say(ProviderInput::Drained), "END_OUTBOUND_FLUSH");
    assert_eq!(bits(&rig), StatusCode::INBOUND_FLUSH);
    assert_eq!(rig.answer(Answer::Notified(Ok(()))), "startMessage");
    assert_eq!(rig.answer(Answer::Started(Ok(true))), "deliver");
    assert_eq!(rig.answer(Answer::Delivered(Ok(()))), "startMessage");
    assert_eq!(rig.answer(Answer::Started(Ok(false))), "END_INBOUND_FLUSH");
    assert_eq!(bits(&rig), StatusCode::EMPTY);
    assert_eq!(rig.answer(Answer::Notified(Ok(()))), "reply 1 S_OK");
}

#[test]
fn c_059_upload_is_outbound_and_download_inbound() {
    let mut rig = Rig::running(&[F::StartMessage]);
    assert_eq!(flush(&mut rig, FlushFlags::UPLOAD), "drain");
    assert_eq!(bits(&rig), StatusCode::OUTBOUND_FLUSH);
    assert_eq!(rig.say(ProviderInput::Drained), "reply 1 S_OK");
    assert_eq!(flush(&mut rig, FlushFlags::DOWNLOAD), "startMessage");
    assert_eq!(bits(&rig), StatusCode::INBOUND_FLUSH);
    assert_eq!(rig.answer(Answer::Started(Ok(false))), "reply 1 S_OK");
}

#[test]
fn c_061_a_second_flush_is_busy_and_one_without_direction_does_nothing() {
    let mut rig = Rig::running(&[]);
    assert_eq!(flush(&mut rig, FlushFlags::FORCE), "reply 1 S_OK");
    let _ = flush(&mut rig, FlushFlags::UPLOAD);
    assert_eq!(rig.ask(T2, Ask::FlushQueues(FlushFlags::UPLOAD)), "reply 2 MAPI_E_BUSY");
}

#[test]
fn c_062_without_the_function_a_flush_works_all_the_same() {
    let mut rig = Rig::running(&[]);
    assert_eq!(flush(&mut rig, BOTH_WAYS), "drain");
    assert_eq!(rig.say(ProviderInput::Drained), "reply 1 S_OK", "it only sends");
}

#[test]
fn a_refused_flush_ends_and_says_so() {
    let mut rig = Rig::running(&FUNCTIONS);
    let _ = flush(&mut rig, BOTH_WAYS);
    assert_eq!(rig.answer(Answer::Flushed(Err(failed(Scode::MAPI_E_NO_ACCESS)))), "reply 1 MAPI_E_NO_ACCESS");
    let _ = flush(&mut rig, BOTH_WAYS);
    assert_eq!(rig.wake().1, "drop flushQueues; reply 1 MAPI_E_TIMEOUT");
}

#[test]
fn o_50_a_flush_is_a_persons_word_and_ends_a_back_off() {
    let mut rig = Rig::running(&[]);
    let fault = AttemptEnd::Fault { reason: FaultReason::Network, retry_after_ms: None };
    let _ = rig.say(ProviderInput::AttemptEnded(fault));
    assert_eq!(flush(&mut rig, FlushFlags::UPLOAD), "drain; maySend");
    let _ = rig.say(ProviderInput::AttemptBegan);
    let said = rig.say(ProviderInput::AttemptEnded(fault));
    assert_eq!(said, "reply 1 MAPI_E_NETWORK_ERROR", "and a fault ends the flush");
}

#[test]
fn a_flush_of_a_parked_transport_says_why_and_still_receives() {
    let mut rig = Rig::running(&[F::StartMessage]);
    let _ = rig.say(ProviderInput::Park(Park::Auth));
    assert_eq!(flush(&mut rig, BOTH_WAYS), "startMessage");
    assert_eq!(rig.answer(Answer::Started(Ok(false))), "reply 1 MAPI_E_LOGON_FAILED");
}

#[test]
fn a_flush_waits_for_the_direction_to_open() {
    let mut rig = Rig::new(&[F::TransportNotify]);
    let _ = rig.say(ProviderInput::Want(BOTH));
    assert_eq!(rig.say(ProviderInput::Start), "BEGIN_OUTBOUND; typesChanged");
    assert_eq!(flush(&mut rig, FlushFlags::UPLOAD), "");
    assert_eq!(rig.answer(Answer::Notified(Ok(()))), "BEGIN_OUTBOUND_FLUSH; maySend");
    assert_eq!(rig.answer(Answer::Notified(Ok(()))), "drain");
}

#[test]
fn c_062_without_flush_queues_the_transport_is_told_that_a_flush_begins() {
    let mut rig = Rig::running(&[F::TransportNotify, F::StartMessage]);
    assert_eq!(flush(&mut rig, BOTH_WAYS), "BEGIN_INBOUND_FLUSH | BEGIN_OUTBOUND_FLUSH");
    assert_eq!(bits(&rig), StatusCode::OUTBOUND_FLUSH | StatusCode::INBOUND_FLUSH, "set before it returns");
    assert_eq!(rig.code(StatusCode::AVAILABLE), "", "what it writes meanwhile is part of the answer");
    assert_eq!(rig.answer(Answer::Notified(Err(THREW))), "drain", "it cannot refuse");
}

#[test]
fn a_flush_of_a_closed_direction_is_passed_over() {
    let mut rig = Rig::running(&[F::StartMessage]);
    let _ = rig.say(ProviderInput::Want(Directions::default()));
    assert_eq!(flush(&mut rig, BOTH_WAYS), "reply 1 S_OK");
}

#[test]
fn c_149_clearing_both_bits_in_the_row_stops_the_flush() {
    let mut rig = Rig::running(&FUNCTIONS);
    let _ = flush(&mut rig, BOTH_WAYS);
    let _ = rig.answer(Answer::Flushed(Ok(())));
    assert_eq!(rig.code(StatusCode::AVAILABLE), "END_OUTBOUND_FLUSH");
    assert_eq!(rig.answer(Answer::Notified(Ok(()))), "reply 1 S_OK");
    let _ = flush(&mut rig, FlushFlags::DOWNLOAD);
    assert_eq!(rig.answer(Answer::Flushed(Ok(()))), "startMessage");
    assert_eq!(rig.code(StatusCode::AVAILABLE), "END_INBOUND_FLUSH");
}

#[test]
fn c_151_a_bit_the_transport_sets_starts_a_flush() {
    let mut rig = Rig::running(&FUNCTIONS);
    assert_eq!(rig.code(StatusCode::OUTBOUND_FLUSH), "drain");
    assert_eq!(rig.say(ProviderInput::Drained), "END_OUTBOUND_FLUSH");
    assert_eq!(rig.code(StatusCode::INBOUND_FLUSH), "", "as the documented transport does at this point");
    assert_eq!(rig.answer(Answer::Notified(Ok(()))), "startMessage");
    assert_eq!(rig.answer(Answer::Started(Ok(false))), "END_INBOUND_FLUSH");
    assert_eq!(rig.answer(Answer::Notified(Ok(()))), "", "nobody waits");
    assert_eq!(rig.say(ProviderInput::Tick), "", "bits it never cleared start nothing again");
}

#[test]
fn c_146_bits_set_inside_flush_queues_are_part_of_the_answer() {
    let mut rig = Rig::running(&FUNCTIONS);
    let _ = flush(&mut rig, BOTH_WAYS);
    assert_eq!(rig.code(StatusCode::AVAILABLE | StatusCode::OUTBOUND_FLUSH), "");
    assert_eq!(rig.answer(Answer::Flushed(Ok(()))), "drain");
    assert_eq!(bits(&rig), StatusCode::OUTBOUND_FLUSH | StatusCode::INBOUND_FLUSH);
}

#[test]
fn a_failing_start_message_ends_the_inbound_flush() {
    let mut rig = Rig::running(&[F::StartMessage]);
    let _ = flush(&mut rig, FlushFlags::DOWNLOAD);
    assert_eq!(rig.answer(Answer::Started(Err(THREW))), "reply 1 MAPI_E_CALL_FAILED");
}

#[test]
fn an_inbound_flush_does_not_wait_for_a_back_off() {
    let mut rig = Rig::running(&[F::StartMessage]);
    let _ = rig.notify(SpoolerNotify::NEWMAIL);
    let _ = rig.answer(Answer::Started(Err(THREW)));
    assert_eq!(flush(&mut rig, FlushFlags::DOWNLOAD), "startMessage");
}

#[test]
fn c_060_no_ui_reaches_the_transport_as_it_is() {
    for flags in [FlushFlags::UPLOAD, FlushFlags::DOWNLOAD, BOTH_WAYS | FlushFlags::FORCE] {
        let mut rig = Rig::running(&FUNCTIONS);
        let call = |flags| HostCall::FlushQueues(flags);
        let effects = rig.step(ProviderInput::Ask(T1, Ask::FlushQueues(flags | FlushFlags::NO_UI)));
        let wanted = call(flags | FlushFlags::NO_UI);
        assert!(matches!(&effects[..], [ProviderEffect::Call { call, .. }] if *call == wanted), "{effects:?}");
    }
}
