//! Sending, by the statements of the pages (C-086…C-161).

use super::world::*;
use mailspooler::mapi::*;
use mailspooler::session::Which;
use mailspooler::session::io::*;
use mailspooler::session::stored::StoreName;
use mailspooler::spooler::message::{EnvelopeState, RecipientState};
use mailspooler::spooler::outcome::{NotAttempted as Why, Outcome, RecipientStatus as Status};

const RESEND_NOW: u32 = 0x1_0000;
const RESEND_LATER: u32 = 0x2_0000;
const DONT_RESEND: u32 = 0x4_0000;

fn mapi(code: Scode, retry_after: Option<i64>) -> Outcome {
    Outcome::Mapi { scode: code.hresult(), retry_after }
}

fn to_of(open: &Open) -> Vec<String> {
    open.job.as_ref().unwrap().recipients.iter().map(|r| r.address.to_string()).collect()
}

/// submitMessage returned; endMessage is out.
fn ending(t: TransportConfig) -> (World, String, Open) {
    let mut w = World::driving(vec![with(t, &[Verb::End])]);
    let uid = w.send(draft("you@example.test"));
    let submitted = w.take(Verb::Submit);
    w.answer(&submitted, Answer::Done, false);
    let end = w.take(Verb::End);
    (w, uid, end)
}

/// Kept by its provider under this name.
fn deferred(entry: &str) -> (World, String) {
    let mut w = World::driving(vec![with(transport("a"), &[Verb::Notify])]);
    notified(&mut w);
    let uid = w.send(draft("you@example.test"));
    w.untried(Outcome::Deferred { entry: Some(entry.into()) });
    (w, uid)
}

fn notified(w: &mut World) {
    let begin = w.take(Verb::Notify);
    w.answer(&begin, Answer::Done, false);
}

#[test]
fn c_086_a_transport_gets_its_own_recipients_and_nobody_elses() {
    let mut w = World::driving(vec![transport("a"), takes(transport("b"), "FAX")]);
    let recipients = vec![to("x@example.test"), of_type("FAX", "123"), to("y@example.test")];
    w.send(Draft { recipients, ..draft("x@example.test") });
    let (mail, fax) = (w.take_of("a"), w.take_of("b"));
    assert_eq!(to_of(&mail), ["x@example.test", "y@example.test"]);
    assert_eq!(to_of(&fax), ["123"]);
}

#[test]
fn c_087_whom_a_transport_leaves_open_goes_back_to_routing() {
    let mut w = World::driving(vec![dedupes("a"), transport("b")]);
    w.send(draft_to(&["x@example.test", "y@example.test"]));
    let recipients = Some(vec![line("x@example.test", Status::Accepted), line("y@example.test", Status::Open)]);
    w.outcome(Outcome::Accepted { remote_id: None, recipients });
    assert_eq!(to_of(&w.take_of("b")), ["y@example.test"]);
}

#[test]
fn c_088_whom_a_transport_tried_in_vain_and_reported_is_not_reported_again() {
    let mut w = World::driving(vec![dedupes("a"), transport("b")]);
    let uid = w.send(draft_to(&["x@example.test", "y@example.test"]));
    let recipients = Some(vec![line("x@example.test", Status::Accepted), line("y@example.test", Status::Rejected)]);
    w.outcome(Outcome::Accepted { remote_id: None, recipients });
    assert!(!w.has(Verb::Submit), "it is not offered on");
    let report = w.session.report(&uid).unwrap();
    let y = report.recipients.iter().find(|r| r.recipient.address == "y@example.test").unwrap();
    assert_eq!((y.status, y.code.as_str(), y.transport.as_deref()), ("rejected", "250", Some("a")), "in its own words");
    assert_eq!(report.recipients.iter().filter(|r| r.status == "rejected").count(), 1);
}

#[test]
fn c_089_mail_waits_for_the_only_transport_that_takes_it() {
    let mut w = World::driving(vec![with(transport("a"), &[Verb::Logon])]);
    let uid = w.send(draft("you@example.test"));
    for _ in 0..3 {
        let logon = w.take(Verb::Logon);
        let scode = Some(Scode::MAPI_E_NETWORK_ERROR.hresult());
        w.answer(&logon, Answer::Threw { scode, class: "MapiError".into(), network: true, retry_after: None }, false);
        assert_eq!(w.state(&uid), "queued", "no report: it may come back");
        w.until(Verb::Logon);
    }
    let logon = w.take(Verb::Logon);
    w.answer(&logon, Answer::Done, false);
    w.outcome(accepted());
    assert_eq!(w.state(&uid), "sent");
}

#[test]
fn c_109_s_ok_is_followed_by_end_message_of_the_same_attempt() {
    let mut w = World::driving(vec![with(transport("a"), &[Verb::End])]);
    w.send(draft("you@example.test"));
    w.send(draft("them@example.test"));
    let submitted = w.take(Verb::Submit);
    w.answer(&submitted, Answer::Outcome { outcome: mapi(Scode::S_OK, None) }, false);
    assert!(!w.has(Verb::Submit), "nothing comes between");
    let (end, job) = (w.take(Verb::End), submitted.job.unwrap());
    let ended = end.job.unwrap();
    assert_eq!((ended.key, ended.attempt, ended.uid), (job.key, job.attempt, job.uid));
}

#[test]
fn c_110_busy_is_tried_again_later_without_end_message() {
    let mut w = World::driving(vec![with(transport("a"), &[Verb::End])]);
    let uid = w.send(draft("you@example.test"));
    let first = w.untried(mapi(Scode::MAPI_E_BUSY, None));
    assert_eq!((w.state(&uid).as_str(), w.count(Verb::End), w.has(Verb::Submit)), ("waiting", 0, false));
    w.until(Verb::Submit);
    let again = w.take(Verb::Submit).job.unwrap();
    assert_eq!((again.key, again.attempt), (first.job.unwrap().key, 2));
}

#[test]
fn c_111_not_me_goes_to_the_next_transport_without_end_message() {
    let mut w = World::driving(vec![with(transport("a"), &[Verb::End]), transport("b"), transport("c")]);
    let uid = w.send(draft("you@example.test"));
    for uid in ["a", "b"] {
        let open = w.take_of(uid);
        w.answer(&open, Answer::Outcome { outcome: mapi(Scode::MAPI_E_NOT_ME, None) }, false);
    }
    let last = w.take_of("c");
    w.answer(&last, Answer::Outcome { outcome: mapi(Scode::MAPI_E_NOT_ME, None) }, false);
    assert_eq!((w.state(&uid).as_str(), w.count(Verb::End)), ("rejected", 0), "nobody takes it");
}

#[test]
fn c_112_wait_and_network_error_wait_as_long_as_they_say() {
    for code in [Scode::MAPI_E_WAIT, Scode::MAPI_E_NETWORK_ERROR] {
        let mut w = World::driving(vec![with(transport("a"), &[Verb::ValidateState])]);
        w.send(draft("you@example.test"));
        w.untried(mapi(code, Some(90_000)));
        w.pass(89_999);
        assert_eq!(w.count(Verb::Submit), 1, "{code:?}");
        w.pass(1);
        while w.has(Verb::ValidateState) {
            let gate = w.take(Verb::ValidateState);
            w.answer(&gate, Answer::Done, false);
        }
        assert_eq!(w.count(Verb::Submit), 2, "{code:?}");
    }
}

#[test]
fn c_113_cancel_stops_the_resend_and_other_work_goes_on() {
    let (mut w, uid) = deferred("e1");
    w.sent_deferred("a", Some("e1"));
    w.untried(mapi(Scode::MAPI_E_CANCEL, None));
    assert_eq!(w.state(&uid), "deferred");
    w.pass(86_400_000);
    assert_eq!(w.count(Verb::Submit), 2, "it is not tried again by itself");
    let other = w.send(draft("them@example.test"));
    w.outcome(accepted());
    assert_eq!(w.state(&other), "sent");
    w.sent_deferred("a", Some("e1"));
    assert_eq!(w.take(Verb::Submit).job.unwrap().deferred.as_deref(), Some("e1"), "its name is kept");
}

#[test]
fn c_114_what_a_transport_did_to_a_message_before_an_error_is_gone() {
    let mut w = World::driving(vec![transport("a")]);
    w.send(Draft { subject: Some("Hello".into()), ..draft_to(&["x@example.test", "y@example.test"]) });
    let first = w.untried(not_attempted(Why::Busy)).job.unwrap();
    w.until(Verb::Submit);
    let again = w.take(Verb::Submit).job.unwrap();
    assert_eq!((again.recipients, again.subject, again.size), (first.recipients, first.subject, first.size));
}

#[test]
fn c_115_end_message_without_flags_means_sent() {
    let (mut w, uid, end) = ending(transport("a"));
    w.answer(&end, Answer::Ended { flags: 0 }, true);
    assert_eq!(w.state(&uid), "sent");
}

#[test]
fn c_116_c_117_dont_resend_keeps_it_until_it_is_named_and_begins_deferred() {
    let (mut w, uid) = deferred("e1");
    assert_eq!(w.state(&uid), "deferred");
    w.pass(3_600_000);
    w.sent_deferred("a", Some("another"));
    assert!(!w.has(Verb::Submit));
    w.sent_deferred("a", Some("e1"));
    let again = w.take(Verb::Submit).job.unwrap();
    assert_eq!((again.deferred.as_deref(), again.attempt), (Some("e1"), 2));
    let (mut w, uid, end) = ending(transport("a"));
    w.answer(&end, Answer::Ended { flags: DONT_RESEND }, false);
    assert_eq!(w.state(&uid), "deferred");
    w.sent_deferred("a", None);
    assert!(w.has(Verb::Submit), "one without a name is meant by all");
}

#[test]
fn c_118_resend_later_waits_and_resend_now_does_not() {
    let (mut w, uid, end) = ending(transport("a"));
    w.answer(&end, Answer::Ended { flags: RESEND_LATER | DONT_RESEND }, false);
    assert_eq!((w.state(&uid).as_str(), w.has(Verb::Submit)), ("waiting", false), "later goes before keeping");
    let (mut w, _, end) = ending(transport("a"));
    w.answer(&end, Answer::Ended { flags: RESEND_NOW | RESEND_LATER }, false);
    w.pass(0);
    let again = w.take(Verb::Submit);
    assert_eq!(again.job.as_ref().unwrap().attempt, 2, "now goes before later");
    w.answer(&again, Answer::Done, false);
    let end = w.take(Verb::End);
    w.answer(&end, Answer::Ended { flags: RESEND_NOW }, false);
    w.pass(7_999);
    assert!(!w.has(Verb::Submit), "but not without end: one that never changes would leave the page no turn");
    w.pass(4_001);
    assert!(w.has(Verb::Submit));
}

#[test]
fn c_120_a_cancel_is_told_before_submit_message_returns_and_it_may_return_at_once() {
    let mut w = World::driving(vec![with(transport("a"), &[Verb::Notify])]);
    notified(&mut w);
    let uid = w.send(draft("you@example.test"));
    let open = w.take(Verb::Submit);
    let req = w.act(&uid, MessageVerb::Abort { envelope: None });
    assert_eq!(w.aborted, [open.call]);
    let told = w.take(Verb::Notify);
    assert_eq!(told.flags, TransportNotify::CANCEL_MESSAGE.bits());
    assert_eq!(told.entry, open.job.as_ref().map(|job| job.key.clone()), "by its key");
    assert!(!w.replies.contains_key(&req));
    w.answer(&open, Answer::Outcome { outcome: mapi(Scode::MAPI_E_USER_CANCEL, None) }, false);
    assert!(matches!(w.replies.get(&req), Some(Ok(Reply::Aborted { result: 0, .. }))));
    w.answer(&told, Answer::Done, false);
    assert_eq!(w.state(&uid), "cancelled");
}

#[test]
fn c_121_messages_are_handed_over_in_the_order_of_their_submission() {
    let mut w = World::driving(vec![transport("a")]);
    let sent: Vec<String> = (0..4).map(|_| w.send(draft("you@example.test"))).collect();
    let handed: Vec<String> = (0..4).map(|_| w.outcome(accepted()).job.unwrap().uid.to_string()).collect();
    assert_eq!(handed, sent);
}

#[test]
fn c_122_the_queue_has_its_eleven_columns_and_stands_by_submission() {
    let mut w = World::driving(vec![]);
    let uids: Vec<String> = (0..3).map(|_| w.send(draft("you@example.test"))).collect();
    let queue = w.session.open_view(Which::Queue).unwrap();
    let mut view = w.session.view(queue).unwrap();
    let eleven = [
        PR_CLIENT_SUBMIT_TIME,
        PR_DISPLAY_BCC,
        PR_DISPLAY_CC,
        PR_DISPLAY_TO,
        PR_ENTRYID,
        PR_MESSAGE_FLAGS,
        PR_MESSAGE_SIZE,
        PR_PRIORITY,
        PR_SENDER_NAME,
        PR_SUBJECT,
        PR_SUBMIT_FLAGS,
    ];
    let columns = view.query_columns(false);
    assert!(eleven.iter().all(|tag| columns.contains(tag)), "{columns:?}");
    view.set_columns(vec![PR_ENTRYID]).unwrap();
    let rows = view.query_rows(10, false).unwrap().rows;
    let ids: Vec<PropValue> = uids.iter().map(|uid| PropValue::Binary(uid.as_bytes().to_vec())).collect();
    assert_eq!(rows.into_iter().flatten().collect::<Vec<_>>(), ids);
}

#[test]
fn c_123_the_row_shows_an_end_when_the_report_does_once_it_is_stored() {
    for (outcome, ended) in [(rejected(true), Some("rejected")), (accepted(), None)] {
        let mut w = World::driving(vec![transport("a")]);
        let uid = w.send(draft("you@example.test"));
        let queue = w.session.open_view(Which::Queue).unwrap();
        let states = |w: &mut World| {
            let mut view = w.session.view(queue).unwrap();
            view.set_columns(vec![PR_OUTBOX_STATE]).unwrap();
            let rows = view.query_rows(10, true).unwrap().rows.into_iter().flatten();
            rows.map(|v| if let PropValue::Str(state) = v { state } else { String::new() }).collect::<Vec<_>>()
        };
        w.hold = true;
        w.outcome(outcome);
        assert_eq!(
            (states(&mut w), w.state(&uid).as_str(), w.why(&uid).as_str()),
            (vec!["sending".into()], "sending", "sending")
        );
        w.release();
        assert_eq!(states(&mut w), ended.into_iter().collect::<Vec<_>>());
        assert_eq!(w.state(&uid), ended.unwrap_or("sent"));
    }
}

#[test]
fn c_124_a_message_is_locked_in_the_store_before_it_is_given_to_a_transport() {
    let mut w = World::driving(vec![transport("a")]);
    w.hold = true;
    let req = w.submit(draft("you@example.test"));
    while !w.has(Verb::Submit) {
        w.release_one();
    }
    let uid = w.uid(req);
    let stored = w.store.borrow().record(StoreName::Messages, &uid).unwrap();
    let mut other = World::on(w.store.clone(), 9);
    other.look();
    assert_eq!((stored.index.version, other.state(&uid).as_str()), (2, "sending"), "the intent is durable");
    let queue = other.session.open_view(Which::Queue).unwrap();
    let mut view = other.session.view(queue).unwrap();
    view.set_columns(vec![PR_SUBMIT_FLAGS]).unwrap();
    let rows = view.query_rows(1, false).unwrap().rows;
    assert_eq!(rows[0], [PropValue::flags(QueueFlags::LOCKED.bits())]);
}

#[test]
fn c_125_a_later_message_passes_one_whose_transport_is_away() {
    let mut w = World::driving(vec![takes(with(transport("a"), &[Verb::Logon]), "FAX"), transport("b")]);
    let first = w.send(Draft { recipients: vec![of_type("FAX", "123")], ..draft("x@example.test") });
    let later = w.send(draft("you@example.test"));
    w.outcome(accepted());
    assert_eq!((w.state(&first).as_str(), w.state(&later).as_str()), ("queued", "sent"));
}

#[test]
fn c_132_a_message_to_nobody_is_refused() {
    let mut w = World::driving(vec![transport("a")]);
    let req = w.submit(Draft { recipients: vec![], ..draft("x@example.test") });
    assert_eq!(w.refused(req), "MAPI_E_NO_RECIPIENTS");
}

#[test]
fn c_133_submission_sets_flag_and_time_and_nobody_has_it_yet() {
    let mut w = World::driving(vec![]);
    let uid = w.send(draft_to(&["x@example.test", "y@example.test"]));
    let message = w.session.message(&uid).unwrap();
    assert_eq!(message.submitted, w.now.wall);
    assert!(message.recipients.iter().all(|r| r.state == RecipientState::Open));
    let queue = w.session.open_view(Which::Queue).unwrap();
    let mut view = w.session.view(queue).unwrap();
    view.set_columns(vec![PR_MESSAGE_FLAGS, PR_CLIENT_SUBMIT_TIME]).unwrap();
    let rows = view.query_rows(1, false).unwrap().rows;
    let [PropValue::Long(flags), PropValue::SysTime(at)] = rows[0][..] else { panic!("{rows:?}") };
    assert!(MsgFlags::from_bits(flags as u32).unwrap().contains(MsgFlags::SUBMIT));
    assert_eq!(at, w.now.wall);
}

#[test]
fn c_160_cancelling_a_deferred_message_tells_both_flags_with_its_entry_id() {
    let (mut w, uid) = deferred("e1");
    w.act(&uid, MessageVerb::Abort { envelope: None });
    let told = w.take(Verb::Notify);
    let both = TransportNotify::ABORT_DEFERRED | TransportNotify::CANCEL_MESSAGE;
    assert_eq!((told.flags, told.entry.as_deref()), (both.bits(), Some("e1")));
    assert!(!w.has(Verb::Notify), "once");
}

#[test]
fn c_161_a_transport_that_goes_is_told_to_forget_what_it_kept() {
    let (mut w, uid) = deferred("e1");
    let req = w.req();
    w.step(Input::RemoveTransport { req, uid: "a".into() });
    let told = w.take(Verb::Notify);
    assert_eq!((told.flags, told.entry.as_deref()), (TransportNotify::ABORT_DEFERRED.bits(), Some("e1")));
    assert!(!w.has(Verb::Notify), "one call at a time");
    w.answer(&told, Answer::Done, false);
    notified(&mut w);
    assert!(w.replies.contains_key(&req), "and logged off");
    let message = w.session.message(&uid).unwrap();
    assert!(matches!(message.envelopes[0].state, EnvelopeState::Unconfirmed { absent: true }), "{message:?}");
}

#[test]
fn c_123_the_queue_tells_every_change_of_its_content() {
    use mailspooler::table::Notification as N;
    let mut w = World::driving(vec![transport("a")]);
    let queue = w.session.open_view(Which::Queue).unwrap();
    w.session.view(queue).unwrap().advise().unwrap();
    let told = |w: &mut World| -> String {
        let word = |n: &N| match n {
            N::Added { .. } => 'a',
            N::Modified { .. } => 'm',
            N::Deleted { .. } => 'd',
            other => panic!("{other:?}"),
        };
        w.step(Input::Tick);
        w.session.take_notifications(queue).iter().map(|d| word(&d.notification)).collect()
    };
    let uid = w.send(Draft { hold_until: Some(T0 + 60_000), ..draft("you@example.test") });
    assert_eq!(told(&mut w), "a");
    w.act(&uid, MessageVerb::SetHold { until: None });
    assert!(told(&mut w).contains('m'), "it is being sent");
    w.outcome(accepted());
    assert!(told(&mut w).ends_with('d'), "sent, and out of the queue");
    assert_eq!(told(&mut w), "", "nothing changed");
}
