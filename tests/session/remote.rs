//! Remote transports: headers, marks, and work on them (catalogue 8, C-168 to C-177).

use super::viewer::*;
use super::world::*;
use mailspooler::mapi::*;
use mailspooler::session::io::*;
use mailspooler::session::{Phase, Which};
use mailspooler::status::StatusEntry;
use mailspooler::table::Notification;

/// With three headers.
fn viewer() -> World {
    let mut w = World::driving(vec![remote()]);
    w.refresh(vec![header("a", 1_000.0), header("b", 3_000.0), header("c", 500.0)]);
    w
}

#[test]
fn c_168_only_a_remote_transport_has_a_header_folder() {
    let mut w = World::driving(vec![transport("t")]);
    assert_eq!(w.session.open_headers(&entry()).unwrap_err().code, Scode::MAPI_E_NO_SUPPORT);
    let spooler = hex(&StatusEntry::Spooler.to_entry_id());
    assert_eq!(w.session.open_headers(&spooler).unwrap_err().code, Scode::MAPI_E_NO_SUPPORT);
    assert_eq!(w.row(PR_REMOTE_VALIDATE_OK), PropValue::NOT_FOUND);
    assert!(!w.code().contains(StatusCode::REMOTE_ACCESS));
    let req = w.validate(REFRESH);
    assert_eq!(w.refused(req), "MAPI_E_NO_SUPPORT");
    let mut w = World::driving(vec![remote()]);
    w.session.open_headers(&entry()).unwrap();
    assert!(w.code().contains(StatusCode::REMOTE_ACCESS));
    assert_eq!(w.row(PR_REMOTE_PROGRESS), PropValue::Long(-1));
    assert_eq!(w.row(PR_REMOTE_VALIDATE_OK), PropValue::Boolean(true));
}

#[test]
fn c_170_the_header_table_has_eighteen_columns_and_sizes_before_any_download() {
    let mut w = viewer();
    let view = w.session.open_headers(&entry()).unwrap();
    let columns = w.session.view(view).unwrap().query_columns(false);
    assert_eq!(columns.len(), 18);
    assert!(columns.contains(&PR_MESSAGE_DOWNLOAD_TIME) && columns.contains(&PR_NORMALIZED_SUBJECT));
    assert_eq!(w.cell("b", PR_MESSAGE_SIZE), PropValue::Long(3_000));
    assert_eq!(w.cell("b", PR_OBJECT_TYPE), PropValue::Long(5));
    assert_eq!(w.cell("b", PR_ENTRYID), PropValue::Binary(b"b".to_vec()));
    assert_eq!(w.count(Verb::Download), 0);
}

#[test]
fn c_171_download_time_is_seconds_or_no_support() {
    let mut w = World::driving(vec![remote()]);
    let mut timed = header("a", 9.0);
    timed.columns.push(("messageDownloadTime".into(), RowValue::Number { value: 12.0 }));
    w.refresh(vec![timed, header("b", 9.0)]);
    assert_eq!(w.cell("a", PR_MESSAGE_DOWNLOAD_TIME), PropValue::Long(12));
    assert_eq!(w.cell("b", PR_MESSAGE_DOWNLOAD_TIME), PropValue::Error(Scode::MAPI_E_NO_SUPPORT));
}

#[test]
fn c_172_set_message_status_changes_masked_bits_and_answers_the_status_before() {
    let mut w = viewer();
    let set = |w: &mut World, new, mask| w.session.set_message_status(&entry(), &hex(b"a"), new, mask);
    assert_eq!(set(&mut w, DOWNLOAD | DELETE, DOWNLOAD), Ok(0));
    assert_eq!(set(&mut w, 0x2, 0x2), Ok(DOWNLOAD));
    assert_eq!(set(&mut w, 0, DOWNLOAD), Ok(DOWNLOAD | 0x2));
    assert_eq!(set(&mut w, 0, 0), Ok(0x2));
    assert_eq!(set(&mut w, 0x10, 0x10).unwrap_err().code, Scode::MAPI_E_INVALID_PARAMETER);
    let gone = w.session.set_message_status(&entry(), &hex(b"nobody"), DOWNLOAD, DOWNLOAD);
    assert_eq!(gone.unwrap_err().code, Scode::MAPI_E_NOT_FOUND);
    assert_eq!(w.marks()[0], ("a".into(), 0x2));
}

#[test]
fn c_172_a_mark_is_told_to_every_view_and_an_equal_one_to_none() {
    let mut w = viewer();
    let view = w.session.open_headers(&entry()).unwrap();
    w.session.view(view).unwrap().advise().unwrap();
    w.mark("b", DOWNLOAD);
    w.step(Input::Tick);
    let told = w.session.take_notifications(view);
    assert!(matches!(&told[..], [one] if matches!(one.notification, Notification::Modified { .. })), "{told:?}");
    w.mark("b", DOWNLOAD);
    w.step(Input::Tick);
    assert!(w.session.take_notifications(view).is_empty());
}

#[test]
fn c_174_download_fetches_and_keeps_delete_deletes_unread_both_move() {
    let mut w = viewer();
    w.mark("a", DOWNLOAD);
    w.mark("b", DELETE);
    w.mark("c", DOWNLOAD | DELETE);
    let req = w.validate(PROCESS);
    assert_eq!(w.replies.get(&req), Some(&Ok(Reply::Unit)), "accepted before anything is done");
    w.delivers("a");
    let remove = w.take(Verb::Remove);
    assert_eq!(remove.entry.as_deref(), Some("b"));
    w.answer(&remove, Answer::Done, false);
    w.delivers("c");
    let remove = w.take(Verb::Remove);
    assert_eq!(remove.entry.as_deref(), Some("c"), "a move deletes what was delivered");
    w.answer(&remove, Answer::Done, false);
    assert_eq!(w.marks(), [("a".to_owned(), 0)]);
    assert_eq!(w.cell("a", PR_MESSAGE_FLAGS), PropValue::Long(1), "MSGFLAG_READ");
    w.list(vec![header("a", 1_000.0)]);
    assert_eq!(w.last(), Some(Scode::S_OK));
    let news: Vec<_> = w.events.iter().filter(|e| matches!(e, Effect::NewMail { .. })).collect();
    assert_eq!(news.len(), 2, "{news:?}");
}

#[test]
fn c_174_a_message_that_fails_keeps_its_mark_and_the_others_go_on() {
    let mut w = viewer();
    w.mark("a", DOWNLOAD | DELETE);
    w.mark("b", DOWNLOAD);
    w.mark("c", DELETE);
    w.validate(PROCESS);
    let call = w.take(Verb::Download);
    w.answer(&call, threw(None, false), false);
    w.delivers("b");
    let call = w.take(Verb::Remove);
    w.answer(&call, threw(Some(Scode::MAPI_E_NO_ACCESS), false), false);
    w.list(vec![header("a", 1_000.0), header("b", 3_000.0), header("c", 500.0)]);
    assert_eq!(w.last(), Some(Scode::MAPI_W_ERRORS_RETURNED));
    assert_eq!(w.marks(), [("a".into(), DOWNLOAD | DELETE), ("b".into(), 0), ("c".into(), DELETE)]);
}

#[test]
fn c_174_a_move_whose_delete_fails_is_not_fetched_again() {
    let mut w = viewer();
    w.mark("a", DOWNLOAD | DELETE);
    w.validate(PROCESS);
    w.delivers("a");
    let call = w.take(Verb::Remove);
    w.answer(&call, threw(None, false), false);
    w.list(vec![header("a", 1_000.0)]);
    assert_eq!(w.marks(), [("a".into(), DELETE)]);
}

#[test]
fn c_174_what_every_message_would_meet_ends_the_work_with_all_marks() {
    for (scode, network) in [(None, true), (Some(Scode::MAPI_E_LOGON_FAILED), false)] {
        let mut w = viewer();
        w.mark("a", DOWNLOAD);
        w.mark("b", DOWNLOAD);
        w.validate(PROCESS);
        let call = w.take(Verb::Download);
        w.answer(&call, threw(scode, network), false);
        assert_eq!(w.count(Verb::Download), 1);
        assert_eq!(w.last(), Some(scode.unwrap_or(Scode::MAPI_E_NETWORK_ERROR)));
        assert_eq!(w.marks()[..2], [("a".into(), DOWNLOAD), ("b".into(), DOWNLOAD)]);
        assert_eq!(w.row(PR_REMOTE_VALIDATE_OK), PropValue::Boolean(true));
    }
}

#[test]
fn c_174_a_call_that_never_settles_is_a_message_that_failed() {
    let mut w = viewer();
    w.mark("a", DOWNLOAD);
    w.mark("b", DELETE);
    w.validate(PROCESS);
    let stuck = w.take(Verb::Download);
    w.until(Verb::Remove);
    assert!(w.aborted.contains(&stuck.call));
    assert_eq!(w.marks()[0], ("a".into(), DOWNLOAD));
}

#[test]
fn c_175_refresh_replaces_the_list_and_clears_every_mark() {
    let mut w = viewer();
    let view = w.session.open_headers(&entry()).unwrap();
    w.session.view(view).unwrap().advise().unwrap();
    w.mark("a", DOWNLOAD);
    w.refresh(vec![header("b", 1.0), header("a", 1.0), header("d", 1.0)]);
    assert_eq!(w.marks(), [("b".into(), 0), ("a".into(), 0), ("d".into(), 0)]);
    let told = w.session.take_notifications(view);
    assert!(told.iter().any(|d| d.notification == Notification::Reload), "{told:?}");
}

#[test]
fn c_175_a_refresh_that_fails_keeps_the_list_and_the_marks() {
    let mut w = viewer();
    w.mark("a", DOWNLOAD);
    w.validate(REFRESH);
    let call = w.take(Verb::Refresh);
    w.answer(&call, threw(None, true), false);
    assert_eq!(w.last(), Some(Scode::MAPI_E_NETWORK_ERROR));
    assert_eq!(w.marks()[0], ("a".into(), DOWNLOAD));
    w.validate(REFRESH);
    let mut wrong = header("x", 1.0);
    wrong.columns.push(("messageSize".into(), RowValue::Text { value: "big".into() }));
    w.list(vec![wrong]);
    assert_eq!(w.last(), Some(Scode::MAPI_E_CORRUPT_DATA));
    assert_eq!(w.marks().len(), 3);
}

#[test]
fn c_176_while_work_runs_the_row_says_no_and_only_abort_is_taken() {
    let mut w = World::driving(vec![with(remote(), &[Verb::StartMessage])]);
    w.refresh(vec![header("a", 1_000.0)]);
    w.mark("a", DOWNLOAD);
    w.validate(PROCESS);
    assert_eq!(w.row(PR_REMOTE_VALIDATE_OK), PropValue::Boolean(false));
    let busy = StatusCode::INBOUND_FLUSH | StatusCode::INBOUND_ACTIVE;
    assert!(w.code().contains(busy), "{:?}", w.code());
    for flags in [PROCESS, REFRESH, 0] {
        let req = w.validate(flags);
        assert_eq!(w.refused(req), "MAPI_E_BUSY");
    }
    let call = w.take(Verb::Download);
    let req = w.validate(ABORT);
    assert_eq!(w.replies.get(&req), Some(&Ok(Reply::Unit)));
    assert!(w.aborted.contains(&call.call));
    assert_eq!(w.last(), Some(Scode::MAPI_E_USER_CANCEL));
    assert_eq!(w.row(PR_REMOTE_VALIDATE_OK), PropValue::Boolean(true));
    assert_eq!(w.row(PR_REMOTE_PROGRESS), PropValue::Long(-1));
    assert!(!w.code().intersects(busy));
    assert!(w.code().contains(StatusCode::OFFLINE | StatusCode::INBOUND_ENABLED), "{:?}", w.code());
    assert_eq!(w.marks()[0], ("a".into(), DOWNLOAD), "what was not done stays marked");
    let late = Answer::Message { id: "a".into(), folder: None, class: "IPM.Note".into(), flags: 0 };
    w.answer(&call, late, false);
    assert_eq!(w.marks()[0], ("a".into(), DOWNLOAD), "a late answer changes nothing");
    w.refresh(vec![header("a", 1.0)]);
    assert!(!w.code().contains(StatusCode::OFFLINE));
}

#[test]
fn c_176_the_row_says_no_until_its_own_flush_is_over() {
    let mut w = World::driving(vec![remote()]);
    w.send(draft("you@example.test"));
    w.validate(ValidateFlags::FORCE_XP_CONNECT.bits());
    assert_eq!(w.row(PR_REMOTE_VALIDATE_OK), PropValue::Boolean(false));
    let req = w.validate(REFRESH);
    assert_eq!(w.refused(req), "MAPI_E_BUSY");
    w.outcome(accepted());
    assert_eq!(w.row(PR_REMOTE_VALIDATE_OK), PropValue::Boolean(true));
    w.send(draft("you@example.test"));
    w.validate(ValidateFlags::FORCE_XP_CONNECT.bits());
    w.validate(ABORT);
    assert_eq!(w.row(PR_REMOTE_VALIDATE_OK), PropValue::Boolean(true), "c_049");
}

#[test]
fn c_176_a_refresh_is_aborted_too() {
    let mut w = viewer();
    w.validate(REFRESH);
    let call = w.take(Verb::Refresh);
    w.validate(ABORT);
    assert!(w.aborted.contains(&call.call));
    assert_eq!((w.last(), w.marks().len()), (Some(Scode::MAPI_E_USER_CANCEL), 3));
    let idle = w.validate(ABORT);
    assert_eq!(w.replies.get(&idle), Some(&Ok(Reply::Unit)), "abort with nothing to abort");
}

#[test]
fn c_177_progress_is_0_to_100_and_never_goes_back() {
    let mut w = viewer();
    w.mark("a", DOWNLOAD);
    w.mark("b", DOWNLOAD);
    w.mark("c", DELETE);
    w.validate(PROCESS);
    let mut seen = vec![];
    let look = |w: &mut World, seen: &mut Vec<i32>| {
        let PropValue::Long(percent) = w.row(PR_REMOTE_PROGRESS) else { panic!() };
        seen.push(percent);
        w.session.header_progress(&entry()).unwrap().0
    };
    let p = look(&mut w, &mut seen);
    assert_eq!((p.phase, p.messages, p.total_messages, p.bytes, p.total_bytes), (Phase::Download, 0, 3, 0, 4_000));
    let call = w.calls[0].call;
    for done in [400, 300, 999_999] {
        w.step(Input::Progress { call, done, total: 1_000 });
        look(&mut w, &mut seen);
    }
    w.delivers("a");
    let p = look(&mut w, &mut seen);
    assert_eq!((p.messages, p.bytes), (1, 1_000));
    let call = w.take(Verb::Download);
    w.answer(&call, threw(None, false), false);
    let p = look(&mut w, &mut seen);
    assert_eq!((p.phase, p.messages, p.bytes, p.failed), (Phase::Delete, 2, 4_000, 1));
    assert_eq!(w.row(PR_REMOTE_PROGRESS_TEXT), PropValue::from("Deleting"));
    let call = w.take(Verb::Remove);
    w.answer(&call, Answer::Done, false);
    assert_eq!(look(&mut w, &mut seen).phase, Phase::Refresh);
    assert!(seen.is_sorted() && seen.iter().all(|p| (0..=100).contains(p)) && seen[1] > 0, "{seen:?}");
    w.list(vec![]);
    assert_eq!(w.row(PR_REMOTE_PROGRESS), PropValue::Long(-1));
    assert_eq!(w.session.header_progress(&entry()).unwrap().0.messages, 3, "the last count stays to be read");
}

#[test]
fn process_uploads_deferred_mail_after_the_marks() {
    let mut w = viewer();
    let uid = w.send(draft("you@example.test"));
    w.outcome(mailspooler::spooler::outcome::Outcome::Deferred { entry: None });
    w.mark("a", DELETE);
    w.validate(PROCESS);
    assert!(!w.has(Verb::Submit), "{}", w.state(&uid));
    let call = w.take(Verb::Remove);
    w.answer(&call, Answer::Done, false);
    assert!(w.has(Verb::Submit) && w.has(Verb::Refresh));
}

#[test]
fn disconnect_shows_offline_until_the_service_is_reached() {
    let mut w = viewer();
    w.validate(DISCONNECT);
    assert!(w.code().contains(StatusCode::OFFLINE));
    w.refresh(vec![]);
    assert!(!w.code().contains(StatusCode::OFFLINE));
    w.validate(REFRESH | DISCONNECT);
    assert!(!w.code().contains(StatusCode::OFFLINE));
    w.list(vec![]);
    assert!(w.code().contains(StatusCode::OFFLINE), "when it is done");
    w.send(draft("you@example.test"));
    w.outcome(accepted());
    assert!(!w.code().contains(StatusCode::OFFLINE));
}

#[test]
fn work_ends_with_its_logon_and_its_tab() {
    let mut w = viewer();
    w.mark("a", DOWNLOAD);
    w.validate(PROCESS);
    let call = w.take(Verb::Download);
    w.step(Input::Lost);
    assert!(w.aborted.contains(&call.call));
    assert_eq!(w.row(PR_REMOTE_VALIDATE_OK), PropValue::Boolean(false), "not logged on");
    let req = w.validate(REFRESH);
    assert_eq!(w.refused(req), "MAPI_E_BUSY");
    w.grant();
    assert_eq!(w.row(PR_REMOTE_VALIDATE_OK), PropValue::Boolean(true));
    assert_eq!(w.marks()[0], ("a".into(), DOWNLOAD));
    w.validate(PROCESS);
    let req = w.req();
    w.step(Input::RemoveTransport { req, uid: "t".into() });
    assert_eq!(w.session.open_headers(&entry()).unwrap_err().code, Scode::MAPI_E_NO_SUPPORT);
    assert!(w.session.open_view(Which::Headers(0)).is_err());
}

#[test]
fn c_175_a_header_that_is_listed_twice_is_one_row_and_goes_as_one() {
    let mut w = World::driving(vec![remote()]);
    w.refresh(vec![header("a", 9.0), header("b", 9.0), header("a", 7.0)]);
    assert_eq!(w.marks(), [("a".to_owned(), 0), ("b".to_owned(), 0)]);
    assert_eq!(w.cell("a", PR_MESSAGE_SIZE), PropValue::Long(9), "the first counts");
    w.mark("a", DELETE);
    w.validate(PROCESS);
    let remove = w.take(Verb::Remove);
    w.answer(&remove, Answer::Done, false);
    assert_eq!(w.marks(), [("b".to_owned(), 0)]);
    let gone = w.session.set_message_status(&entry(), &hex(b"a"), DELETE, DELETE);
    assert_eq!(gone.unwrap_err().code, Scode::MAPI_E_NOT_FOUND);
}
