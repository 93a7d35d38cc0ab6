//! Notifications.

use crate::support::*;
use mailspooler::mapi::*;
use mailspooler::table::*;

fn advised(names: &[&str]) -> (Table, ViewId) {
    let (mut table, view) = table(names);
    table.view(view).unwrap().advise().unwrap();
    (table, view)
}

fn name(name: &str) -> Row {
    vec![(PR_DISPLAY_NAME, name.into())]
}

#[test]
fn c_016_a_change_reaches_every_sink_of_every_view_once() {
    let (mut table, first) = table(&["a"]);
    let second = table.open_view().unwrap();
    let one = table.view(first).unwrap().advise().unwrap();
    let two = table.view(first).unwrap().advise().unwrap();
    let three = table.view(second).unwrap().advise().unwrap();
    table.put(RowKey(1), row("b", 1)).unwrap();
    let mut told = |view| -> Vec<_> {
        let events = table.view(view).unwrap().take_events();
        events.into_iter().map(|event| (event.to, event.notification.event())).collect()
    };
    let modified = TableEvent::RowModified;
    assert_eq!((told(first), told(second)), (vec![(vec![one, two], modified)], vec![(vec![three], modified)]));
    assert_eq!((told(first), told(second)), (vec![], vec![]));
}

#[test]
fn an_update_that_changes_nothing_tells_nothing() {
    let (mut table, view) = advised(&["a"]);
    assert_eq!(table.put(RowKey(1), row("a", 1)), Ok(Change::Unchanged));
    assert_eq!(table.merge(RowKey(1), row("a", 1)), Ok(Change::Unchanged));
    assert!(!table.remove(RowKey(9)));
    assert_eq!(table.view(view).unwrap().take_events(), []);
}

#[test]
fn c_178_a_connection_is_not_zero() {
    let (mut table, view) = table(&[]);
    assert_ne!(table.view(view).unwrap().advise().unwrap(), Connection(0));
}

#[test]
fn c_178_a_sink_hears_from_its_advise_to_its_unadvise() {
    let (mut table, view) = table(&["a"]);
    let early = table.view(view).unwrap().advise().unwrap();
    table.put(RowKey(2), row("b", 2)).unwrap();
    let late = table.view(view).unwrap().advise().unwrap();
    table.put(RowKey(3), row("c", 3)).unwrap();
    let mut copy = table.clone();
    let to = |table: &mut Table| {
        let events = table.view(view).unwrap().take_events();
        events.into_iter().map(|event| event.to).collect::<Vec<_>>()
    };
    assert_eq!(to(&mut copy), [vec![early], vec![early, late]]);
    table.view(view).unwrap().unadvise(early);
    assert_eq!(to(&mut table), [vec![late]]);
}

#[test]
fn c_179_nothing_is_told_before_it_is_asked_for() {
    let (mut table, view) = advised(&[]);
    table.put(RowKey(1), row("a", 1)).unwrap();
    table.remove(RowKey(1));
    let events: Vec<_> = heard(&mut table, view).iter().map(Notification::event).collect();
    assert_eq!(events, [TableEvent::RowAdded, TableEvent::RowDeleted], "first to last");
}

#[test]
fn c_216_hidden_rows_tell_nothing() {
    let (mut table, view) = advised(&["a", "b"]);
    let low = Restriction::Property { tag: PR_STATUS_CODE, op: Relop::Lt, value: 10.into() };
    table.view(view).unwrap().restrict(Some(&low)).unwrap();
    table.put(RowKey(3), row("c", 99)).unwrap();
    table.put(RowKey(3), row("d", 98)).unwrap();
    table.remove(RowKey(3));
    assert_eq!(heard(&mut table, view), []);
    table.put(RowKey(1), row("a", 99)).unwrap();
    let key = instance(&table, 1);
    assert_eq!(heard(&mut table, view), [Notification::Deleted { key, old_index: 0 }], "it leaves the view");
    table.put(RowKey(1), row("a", 1)).unwrap();
    let added = Notification::Added { key, prior: None, row: name("a"), new_index: 0, line: Line::Leaf(0) };
    assert_eq!(heard(&mut table, view), [added], "and comes back, the same row");
}

#[test]
fn c_217_the_first_row_has_no_prior() {
    let (mut table, view) = advised(&["a", "b"]);
    let (a, b) = (instance(&table, 1), instance(&table, 2));
    table.put(RowKey(1), row("A", 1)).unwrap();
    table.put(RowKey(2), row("B", 2)).unwrap();
    table.put(RowKey(3), row("c", 3)).unwrap();
    let c = instance(&table, 3);
    assert_eq!(
        heard(&mut table, view),
        [
            Notification::Modified {
                key: a,
                prior: None,
                row: name("A"),
                old_index: 0,
                new_index: 0,
                line: Line::Leaf(0)
            },
            Notification::Modified {
                key: b,
                prior: Some(a),
                row: name("B"),
                old_index: 1,
                new_index: 1,
                line: Line::Leaf(1)
            },
            Notification::Added { key: c, prior: Some(b), row: name("c"), new_index: 2, line: Line::Leaf(2) },
        ]
    );
    let up = SortOrderSet::by(&[(PR_DISPLAY_NAME, SortOrder::Ascend)]);
    table.view(view).unwrap().sort_table(up).unwrap();
    table.put(RowKey(3), row("0", 3)).unwrap();
    let moved =
        Notification::Modified { key: c, prior: None, row: name("0"), old_index: 2, new_index: 0, line: Line::Leaf(2) };
    assert_eq!(heard(&mut table, view), [moved], "the prior row at its new place");
}

#[test]
fn c_218_a_deleted_row_is_a_key_without_data() {
    let (mut table, view) = advised(&["a", "b"]);
    let key = instance(&table, 2);
    table.remove(RowKey(2));
    assert_eq!(heard(&mut table, view), [Notification::Deleted { key, old_index: 1 }]);
}

#[test]
fn c_219_a_row_is_in_the_columns_of_its_time() {
    let (mut table, view) = advised(&["a"]);
    let mut rows = Vec::new();
    for (at, columns) in (3..).zip([vec![PR_DISPLAY_NAME], vec![PR_STATUS_CODE, PR_NULL]]) {
        table.view(view).unwrap().set_columns(columns).unwrap();
        table.put(RowKey(1), row("b", at)).unwrap();
        rows.extend(heard(&mut table, view).into_iter().map(|event| match event {
            Notification::Modified { row, .. } => row,
            other => panic!("{other:?}"),
        }));
    }
    assert_eq!(rows, [name("b"), vec![(PR_STATUS_CODE, 4.into()), (PR_NULL, PropValue::Null)]]);
}

#[test]
fn c_220_reload_voids_bookmarks_and_instance_keys() {
    let (mut table, view) = advised(&["a", "b"]);
    read(&mut table, view, 1);
    let bookmark = table.view(view).unwrap().create_bookmark().unwrap();
    let key = instance(&table, 1);
    table.put(RowKey(1), row("x", 1)).unwrap();
    table.reload();
    table.put(RowKey(9), row("y", 1)).unwrap();
    table.remove(RowKey(9));
    assert_eq!(
        heard(&mut table, view),
        [Notification::Reload],
        "what was pending is void too, and who reads has the rest"
    );
    assert_eq!(code(table.view(view).unwrap().seek_row(bookmark, 0)), Scode::MAPI_E_INVALID_BOOKMARK);
    assert_eq!((table.len(), at(&mut table, view)), (0, 0));
    table.put(RowKey(1), row("a", 1)).unwrap();
    assert_ne!(instance(&table, 1), key);
    assert_eq!(names(&table, view), ["a"]);
}

#[test]
fn c_220_too_many_events_become_one_changed_and_void_nothing() {
    let (mut table, view) = advised(&["a", "b"]);
    read(&mut table, view, 1);
    let bookmark = table.view(view).unwrap().create_bookmark().unwrap();
    let key = instance(&table, 2);
    for round in 0..5000 {
        table.put(RowKey(2), row("b", 10 + round)).unwrap();
    }
    let late = table.view(view).unwrap().advise().unwrap();
    table.put(RowKey(2), row("b", 2)).unwrap();
    let mut events = table.view(view).unwrap().take_events();
    assert_eq!(events.len(), 1);
    let only = events.remove(0);
    assert_eq!((only.notification, only.to), (Notification::Changed, vec![Connection(1), late]));
    assert!(table.view(view).unwrap().seek_row(bookmark, 0).is_ok());
    assert_eq!(instance(&table, 2), key);
    table.put(RowKey(2), row("c", 2)).unwrap();
    assert_eq!(heard(&mut table, view).len(), 1, "and then events go on");
}

#[test]
fn c_221_expand_and_collapse_tell_nothing() {
    let (mut table, view) = advised(&["a"]);
    let key = instance(&table, 1);
    let mut handle = table.view(view).unwrap();
    assert!(handle.expand_row(key, 1).is_err() && handle.collapse_row(key).is_err());
    assert_eq!(heard(&mut table, view), []);
}

#[test]
fn the_callers_own_calls_tell_nothing() {
    let (mut table, view) = advised(&["a", "b"]);
    let mut handle = table.view(view).unwrap();
    handle.restrict(Some(&Restriction::equals(PR_DISPLAY_NAME, "a"))).unwrap();
    handle.sort_table(SortOrderSet::by(&[(PR_DISPLAY_NAME, SortOrder::Descend)])).unwrap();
    handle.set_columns(vec![PR_STATUS_CODE]).unwrap();
    assert_eq!(heard(&mut table, view), []);
}

#[test]
fn what_happens_before_changed_is_told_is_not_told_as_well() {
    let (mut table, view) = advised(&["a"]);
    for round in 0..5000 {
        table.put(RowKey(1), row("a", 10 + round)).unwrap();
    }
    table.put(RowKey(2), row("b", 2)).unwrap();
    assert_eq!(heard(&mut table, view), [Notification::Changed]);
    let (b, row) = (instance(&table, 2), name("c"));
    table.put(RowKey(2), vec![(PR_DISPLAY_NAME, "c".into())]).unwrap();
    let told = Notification::Modified {
        key: b,
        prior: Some(instance(&table, 1)),
        row,
        old_index: 1,
        new_index: 1,
        line: Line::Leaf(1),
    };
    assert_eq!(heard(&mut table, view), [told], "and then events go on");
}

type Own<'a> = &'a dyn Fn(&mut View<'_>, InstanceKey);

#[test]
fn what_a_call_of_the_views_own_overtakes_is_told_as_changed() {
    let up = SortOrderSet { categories: 1, ..SortOrderSet::by(&[(PR_DISPLAY_NAME, SortOrder::Ascend)]) };
    let key = |table: &mut Table, view| {
        let mut handle = table.view(view).unwrap();
        handle.set_columns(vec![PR_INSTANCE_KEY]).unwrap();
        let PropValue::Binary(key) = handle.query_rows(1, true).unwrap().rows[0][0].clone() else { unreachable!() };
        InstanceKey(key.try_into().unwrap())
    };
    let calls: [Own; 6] = [
        &|view, _| view.restrict(None).unwrap(),
        &|view, _| view.sort_table(SortOrderSet::default()).unwrap(),
        &|view, _| view.set_columns(vec![PR_STATUS_CODE]).unwrap(),
        &|view, key| assert_eq!(view.expand_row(key, 0).unwrap().1, 1),
        &|view, key| assert_eq!(view.collapse_row(key).unwrap(), 0),
        &|view, key| {
            let state = view.collapse_state(key).unwrap();
            view.set_collapse_state(&state).unwrap();
        },
    ];
    for (at, call) in calls.into_iter().enumerate() {
        let (mut table, view) = advised(&["a", "b"]);
        table.view(view).unwrap().sort_table(up.clone()).unwrap();
        let key = key(&mut table, view);
        table.put(RowKey(3), row("c", 3)).unwrap();
        call(&mut table.view(view).unwrap(), key);
        assert_eq!(heard(&mut table, view), [Notification::Changed], "call {at}");
    }
}
