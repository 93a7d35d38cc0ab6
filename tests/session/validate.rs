//! What header work does to the row (C-049…C-052).

use super::viewer::*;
use super::world::*;
use mailspooler::mapi::*;
use mailspooler::session::io::*;

fn offline(w: &World) -> bool {
    w.code().contains(StatusCode::OFFLINE)
}

fn validates(w: &World) -> bool {
    w.row(PR_REMOTE_VALIDATE_OK) == PropValue::Boolean(true)
}

#[test]
fn c_047_disconnect_leaves_it_offline() {
    let mut w = World::driving(vec![remote()]);
    let req = w.validate(DISCONNECT);
    assert_eq!(w.replies.get(&req), Some(&Ok(Reply::Unit)));
    assert!(offline(&w));
}

#[test]
fn c_049_abort_leaves_it_offline_and_ready_to_be_asked() {
    let mut w = World::driving(vec![remote()]);
    w.validate(REFRESH);
    assert!(!validates(&w));
    let req = w.validate(ABORT);
    assert_eq!(w.replies.get(&req), Some(&Ok(Reply::Unit)));
    assert!(offline(&w) && validates(&w));
}

#[test]
fn c_051_refresh_goes_online_and_is_not_asked_again_until_it_is_done() {
    let mut w = World::driving(vec![remote()]);
    w.validate(DISCONNECT);
    let req = w.validate(REFRESH);
    assert_eq!(w.replies.get(&req), Some(&Ok(Reply::Unit)));
    assert!(!offline(&w) && !validates(&w));
    w.list(vec![]);
    assert!(!offline(&w) && validates(&w));
}

#[test]
fn c_052_process_does_the_marks_and_then_refreshes() {
    let mut w = World::driving(vec![remote()]);
    w.refresh(vec![header("a", 1.0)]);
    w.mark("a", DELETE);
    w.validate(PROCESS);
    assert!(!validates(&w));
    let remove = w.take(Verb::Remove);
    w.answer(&remove, Answer::Done, false);
    w.list(vec![]);
    assert!(validates(&w) && w.marks().is_empty());
}
