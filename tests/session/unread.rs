//! Rows that cannot be read: shown, counted, looked at again, discarded (O-20, O-62, O-63, O-70).

use super::world::*;
use mailspooler::mapi::*;
use mailspooler::session::Which;
use mailspooler::session::io::*;

fn queue(w: &mut World, column: PropTag) -> Vec<String> {
    let view = w.session.open_view(Which::Queue).unwrap();
    let mut rows = w.session.view_range(view, 0, 9).unwrap();
    rows.set_columns(vec![column]).unwrap();
    let cells = rows.query_rows(9, true).unwrap().rows.into_iter().flatten();
    cells.map(|v| if let PropValue::Str(text) = v { text } else { format!("{v:?}") }).collect()
}

fn canary(w: &World) -> u32 {
    let told = |e: &Effect| if let Effect::Canary { messages, .. } = e { Some(*messages) } else { None };
    w.events.iter().rev().find_map(told).unwrap()
}

fn named(id: &str, to: &str) -> Draft {
    Draft { id: Some(id.into()), hash: Some("1".into()), ..draft(to) }
}

#[test]
fn o_20_rows_that_cannot_be_read_are_rows_of_the_queue_and_count_for_the_canary() {
    let mut w = World::driving(vec![]);
    let (bad, newer) = (w.send(named("first", "a@x.test")), w.send(draft("b@x.test")));
    w.store.borrow_mut().damage(&bad);
    w.store.borrow_mut().from_the_future(&newer);
    let mut next = w.next_life(3, vec![transport("a")]);
    assert_eq!(queue(&mut next, PR_OUTBOX_STATE), ["corrupt", "newer"]);
    assert_eq!(queue(&mut next, PR_WHY), ["corrupt", "newer"]);
    assert_eq!(queue(&mut next, PR_OUTBOX_ID), ["first", newer.as_str()]);
    assert_eq!(canary(&next), 2);
    let known = next.session.message("first").unwrap();
    assert_eq!((known.uid.as_str(), known.submitted), (bad.as_str(), T0));
    assert_eq!((next.state("first").as_str(), next.state(&newer).as_str()), ("corrupt", "newer"));
    assert_eq!((next.why("first").as_str(), next.why(&newer).as_str()), ("corrupt", "newer"));
    let discard = next.act("first", MessageVerb::Discard);
    assert_eq!(next.replies[&discard], Ok(Reply::Unit));
    assert_eq!((queue(&mut next, PR_OUTBOX_STATE), canary(&next)), (vec!["newer".to_owned()], 1));
}

#[test]
fn o_70_a_row_that_can_be_read_again_leaves_none_behind() {
    let mut w = World::driving(vec![]);
    let uid = w.send(draft("a@x.test"));
    let whole = w.store.borrow().rows.clone();
    w.store.borrow_mut().from_the_future(&uid);
    w.look();
    assert_eq!((queue(&mut w, PR_OUTBOX_STATE), canary(&w)), (vec!["newer".to_owned()], 1));
    w.store.borrow_mut().rows = whole;
    w.look();
    assert_eq!((queue(&mut w, PR_OUTBOX_STATE), canary(&w)), (vec!["queued".to_owned()], 1));
}

#[test]
fn o_62_retry_reads_a_damaged_row_again() {
    let mut w = World::driving(vec![]);
    let uid = w.send(draft("a@x.test"));
    let whole = w.store.borrow().rows.clone();
    w.store.borrow_mut().damage(&uid);
    let mut next = w.next_life(3, vec![]);
    let retry = next.act(&uid, MessageVerb::Retry);
    assert_eq!(next.refused(retry), "MAPI_E_CORRUPT_DATA");
    next.store.borrow_mut().rows = whole;
    let retry = next.act(&uid, MessageVerb::Retry);
    assert_eq!((&next.replies[&retry], next.state(&uid).as_str()), (&Ok(Reply::Unit), "queued"));
}

#[test]
fn o_63_the_id_of_a_damaged_message_that_was_discarded_is_taken_but_for_who_knows() {
    let mut w = World::driving(vec![]);
    let bad = w.send(named("first", "a@x.test"));
    w.store.borrow_mut().damage(&bad);
    let mut next = w.next_life(3, vec![]);
    let settled = next.req();
    next.step(Input::Watch { req: settled, id: "first".into() });
    let there = next.submit(named("first", "a@x.test"));
    assert_eq!(next.refused(there), "MAPI_E_COLLISION");
    next.act("first", MessageVerb::Discard);
    assert!(matches!(&next.replies[&settled], Ok(Reply::Settled { report }) if report.state == "corrupt"));
    let mut last = next.next_life(4, vec![]);
    let gone = last.submit(named("first", "a@x.test"));
    assert_eq!(last.refused(gone), "MAPI_E_COLLISION");
    let again = last.submit(Draft { again: true, ..named("first", "a@x.test") });
    assert!(matches!(last.replies[&again], Ok(Reply::Accepted { .. })));
}
