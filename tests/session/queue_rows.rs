//! Rows of the queue are made when they are read (C-122, C-123).

use super::kinds::*;
use super::world::*;
use mailspooler::mapi::*;
use mailspooler::session::Which;
use mailspooler::session::io::*;
use mailspooler::table::{Bookmark, SortKey, SortOrderSet};

fn subjects(view: &mut mailspooler::table::View<'_>, offset: usize, count: usize) -> Vec<String> {
    view.seek_row(Bookmark::BEGINNING, offset as i64).unwrap();
    let rows = view.query_rows(count as i64, true).unwrap().rows.into_iter().flatten();
    rows.map(|v| if let PropValue::Str(text) = v { text } else { format!("{v:?}") }).collect()
}

/// What the range shows, when nothing else was asked for.
fn range(w: &mut World, view: u32, offset: usize, count: usize) -> Vec<String> {
    subjects(&mut w.session.view_range(view, offset, count).unwrap(), offset, count)
}

fn world(n: usize) -> (World, u32, Vec<String>) {
    let mut w = World::driving(vec![]);
    let view = w.session.open_view(Which::Queue).unwrap();
    w.session.view(view).unwrap().set_columns(vec![PR_SUBJECT]).unwrap();
    let send = |i| Draft { subject: Some(format!("m{i}").into()), ..draft("you@example.test") };
    let uids = (0..n).map(|i| w.send(send(i))).collect();
    (w, view, uids)
}

#[test]
fn c_122_a_row_is_whole_when_its_range_is_read() {
    let (mut w, view, uids) = world(6);
    assert_eq!(range(&mut w, view, 0, 2), ["m0", "m1"]);
    assert_eq!(w.session.view_range(view, 0, 0).unwrap().row_count(), 6);
    assert_eq!(range(&mut w, view, 4, 9), ["m4", "m5"]);
    w.act(&uids[3], MessageVerb::Abort { envelope: None });
    w.act(&uids[3], MessageVerb::Discard);
    w.act(&uids[0], MessageVerb::SetHold { until: Some(T0 + 60_000) });
    assert_eq!(range(&mut w, view, 2, 2), ["m2", "m4"]);
    w.session.view(view).unwrap().set_columns(vec![PR_OUTBOX_STATE]).unwrap();
    assert_eq!(range(&mut w, view, 0, 2), ["held", "queued"]);
}

#[test]
fn c_123_a_view_with_another_order_has_every_row_whole() {
    let (mut w, view, _) = world(4);
    assert_eq!(range(&mut w, view, 0, 1), ["m0"]);
    let other = w.session.open_view(Which::Queue).unwrap();
    let mut sorted = w.session.view(other).unwrap();
    sorted.set_columns(vec![PR_SUBJECT]).unwrap();
    let keys = vec![SortKey::new(PR_SUBJECT, SortOrder::Descend)];
    sorted.sort_table(SortOrderSet { keys, categories: 0, expanded: 0 }).unwrap();
    assert_eq!(subjects(&mut sorted, 0, 9), ["m3", "m2", "m1", "m0"]);
    w.send(Draft { subject: Some("m25".into()), ..draft("you@example.test") });
    assert_eq!(range(&mut w, other, 0, 3), ["m3", "m25", "m2"]);
    assert_eq!(range(&mut w, view, 3, 2), ["m3", "m25"]);
}
