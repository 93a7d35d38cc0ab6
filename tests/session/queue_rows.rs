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

fn column(w: &mut World, view: u32, tag: PropTag) -> Vec<String> {
    w.session.view(view).unwrap().set_columns(vec![tag]).unwrap();
    range(w, view, 0, 99)
}

#[test]
fn c_123_a_row_follows_what_holds_it_though_nothing_happens_to_its_message() {
    let mut w = World::driving(vec![transport("a")]);
    let view = w.session.open_view(Which::Queue).unwrap();
    w.send(draft("you@example.test"));
    w.send(draft("you@example.test"));
    assert_eq!(column(&mut w, view, PR_WHY), ["sending", "queued"]);
    w.events.clear();
    w.step(Input::Online { online: false });
    assert!(w.events.iter().any(|e| matches!(e, Effect::Views { ids } if ids.contains(&view))), "{:?}", w.events);
    assert_eq!(column(&mut w, view, PR_WHY), ["sending", "queued.offline"]);
}

#[test]
fn c_123_a_hold_that_ends_shows_in_every_tab_when_it_ends() {
    let mut driver = World::driving(vec![]);
    driver.send(Draft { hold_until: Some(T0 + 60_000), ..draft("you@example.test") });
    let mut other = World::on(driver.store.clone(), 8);
    let view = other.session.open_view(Which::Queue).unwrap();
    assert_eq!(column(&mut other, view, PR_OUTBOX_STATE), ["held"]);
    other.step(Input::Tick);
    assert_eq!(other.wake, Some(T0 + 60_000));
    other.pass(60_000);
    assert_eq!(column(&mut other, view, PR_OUTBOX_STATE), ["queued"]);
}

#[test]
fn c_121_what_was_submitted_in_one_ms_stands_in_the_order_of_acceptance_in_every_tab() {
    let mut driver = World::driving(vec![]);
    let mut other = World::on(driver.store.clone(), 8);
    let view = other.session.open_view(Which::Queue).unwrap();
    let named = |name: &str| Draft { subject: Some(name.into()), ..draft("you@example.test") };
    for i in 0..8 {
        driver.send(named(&format!("theirs {i}")));
    }
    other.send(named("ours"));
    let of_ours = column(&mut other, view, PR_SUBJECT);
    assert_eq!(of_ours, ["ours"], "the others are not heard of yet");
    other.look();
    let mut expected: Vec<String> = (0..8).map(|i| format!("theirs {i}")).collect();
    expected.push("ours".into());
    assert_eq!(column(&mut other, view, PR_SUBJECT), expected);
}

#[test]
fn g16_trouble_with_the_storage_is_told_to_whoever_looks_at_the_status() {
    let mut w = World::driving(vec![]);
    let view = w.session.open_view(Which::Status).unwrap();
    w.faults.extend([Fault::Fails; 3]);
    w.events.clear();
    w.submit(draft("you@example.test"));
    assert!(w.events.iter().any(|e| matches!(e, Effect::Views { ids } if ids.contains(&view))), "{:?}", w.events);
    w.session.view(view).unwrap().set_columns(vec![PR_STATUS_STRING]).unwrap();
    assert_eq!(subjects(&mut w.session.view(view).unwrap(), 1, 1), ["The storage does not answer"]);
}

/// By the first recipient, who is a category each; collapsed.
fn by_recipient(w: &mut World) -> u32 {
    let view = w.session.open_view(Which::Queue).unwrap();
    let mut rows = w.session.view(view).unwrap();
    rows.set_columns(vec![PR_SUBJECT, PR_INSTANCE_KEY, PR_DISPLAY_TO]).unwrap();
    let keys = [PR_DISPLAY_TO, PR_SUBJECT].map(|tag| SortKey::new(tag, SortOrder::Ascend)).to_vec();
    rows.sort_table(SortOrderSet { keys, categories: 1, expanded: 0 }).unwrap();
    view
}

#[test]
fn a_collapse_state_finds_its_row_in_a_later_session() {
    let mut w = World::driving(vec![]);
    let send = |to: &str, subject: &str| Draft { subject: Some(subject.into()), ..draft(to) };
    let first = w.send(send("a@example.test", "m0"));
    for i in 1..6 {
        w.send(send(if i % 2 == 0 { "a@example.test" } else { "b@example.test" }, &format!("m{i}")));
    }
    let view = by_recipient(&mut w);
    let mut rows = w.session.view(view).unwrap();
    let heading = rows.query_rows(1, true).unwrap().rows[0][1].clone();
    let PropValue::Binary(key) = heading else { panic!("{heading:?}") };
    let key = mailspooler::table::InstanceKey(key.try_into().unwrap());
    rows.expand_row(key, 0).unwrap();
    rows.seek_row(Bookmark::BEGINNING, 2).unwrap();
    let row = rows.query_rows(1, true).unwrap().rows[0].clone();
    assert_eq!(row[0], "m2".into());
    let PropValue::Binary(key) = row[1].clone() else { panic!("{row:?}") };
    let state = rows.collapse_state(mailspooler::table::InstanceKey(key.try_into().unwrap())).unwrap();

    w.act(&first, MessageVerb::Abort { envelope: None });
    w.act(&first, MessageVerb::Discard);
    let mut next = w.next_life(9, vec![]);
    let view = by_recipient(&mut next);
    let mut rows = next.session.view(view).unwrap();
    let saved = rows.set_collapse_state(&state).unwrap();
    assert_eq!(rows.row_count(), 4, "a's two rows are shown, b's are not");
    rows.seek_row(saved, 0).unwrap();
    assert_eq!(rows.query_rows(1, true).unwrap().rows[0][0], "m2".into());
}

#[test]
fn c_122_a_row_wakes_nobody_for_what_it_no_longer_says() {
    for discarded in [false, true] {
        let (mut w, view, uids) = world(1);
        for i in 1..20 {
            w.act(&uids[0], MessageVerb::SetHold { until: Some(T0 + 60_000 * i) });
            assert_eq!(range(&mut w, view, 0, 1), ["m0"]);
        }
        w.act(&uids[0], MessageVerb::Abort { envelope: None });
        if discarded {
            w.act(&uids[0], MessageVerb::Discard);
        }
        range(&mut w, view, 0, 1);
        w.step(Input::Tick);
        assert!(w.wake.is_none_or(|at| at > T0 + 60_000 * 20), "{:?}", w.wake);
    }
}

#[test]
fn c_122_a_row_says_when_its_hold_is_over_though_nothing_happened() {
    let (mut w, view, uids) = world(1);
    w.session.view(view).unwrap().set_columns(vec![PR_OUTBOX_STATE]).unwrap();
    for until in [90_000, 60_000] {
        w.act(&uids[0], MessageVerb::SetHold { until: Some(T0 + until) });
        assert_eq!(range(&mut w, view, 0, 1), ["held"]);
    }
    w.pass(60_000);
    assert_eq!(range(&mut w, view, 0, 1), ["queued"]);
}
