//! Rows: keys, replacing and merging, computed columns.

use crate::support::*;
use mailspooler::mapi::*;
use mailspooler::table::*;
use std::collections::BTreeSet;

#[test]
fn c_005_computed_columns_are_ours() {
    let (mut table, _) = table(&["a"]);
    let own = instance(&table, 1);
    let given = vec![(PR_INSTANCE_KEY, vec![9].into()), (PR_ROWID, 77.into())];
    assert_eq!(table.merge(RowKey(1), given), Ok(Change::Unchanged));
    assert_eq!(instance(&table, 1), own);
    assert_eq!(table.value(RowKey(1), PR_ROWID), Some(PropValue::Long(1)));
}

#[test]
fn c_007_instance_keys_are_never_used_again() {
    let (mut table, _) = table(&["a", "b"]);
    let mut seen = BTreeSet::from([instance(&table, 1), instance(&table, 2)]);
    assert_eq!(seen.len(), 2);
    table.remove(RowKey(1));
    table.put(RowKey(1), row("a", 1)).unwrap();
    assert!(seen.insert(instance(&table, 1)));
    table.reload();
    table.put(RowKey(1), row("a", 1)).unwrap();
    assert!(seen.insert(instance(&table, 1)));
    table.put(RowKey(1), row("other", 1)).unwrap();
    assert!(!seen.insert(instance(&table, 1)), "the same row keeps its key");
}

#[test]
fn c_010_a_missing_column_reads_as_not_found_in_that_row_only() {
    let (mut table, view) = table(&["a"]);
    table.put(RowKey(2), vec![(PR_STATUS_CODE, 2.into())]).unwrap();
    let set = table.view(view).unwrap().query_rows(9, false).unwrap();
    assert_eq!(set.rows, [vec!["a".into()], vec![PropValue::NOT_FOUND]]);
}

#[test]
fn c_014_put_makes_the_row_exactly_what_is_given() {
    let (mut table, _) = table(&[]);
    assert_eq!(table.put(RowKey(1), row("a", 1)), Ok(Change::Added));
    assert_eq!(table.put(RowKey(1), vec![(PR_DISPLAY_NAME, "b".into())]), Ok(Change::Modified));
    assert_eq!(table.value(RowKey(1), PR_STATUS_CODE), Some(PropValue::NOT_FOUND));
    assert_eq!(table.put(RowKey(1), vec![(PR_DISPLAY_NAME, "b".into())]), Ok(Change::Unchanged));
}

#[test]
fn c_015_merge_changes_only_what_is_given() {
    let (mut table, _) = table(&["a"]);
    assert_eq!(table.merge(RowKey(1), vec![(PR_STATUS_CODE, 5.into())]), Ok(Change::Modified));
    assert_eq!(table.value(RowKey(1), PR_DISPLAY_NAME), Some("a".into()));
    assert_eq!(table.merge(RowKey(1), vec![(PR_DISPLAY_NAME, PropValue::Null)]), Ok(Change::Modified));
    assert_eq!(table.value(RowKey(1), PR_DISPLAY_NAME), Some(PropValue::NOT_FOUND));
    assert_eq!(code(table.merge(RowKey(2), vec![])), Scode::MAPI_E_NOT_FOUND);
}

#[test]
fn a_refused_row_changes_nothing() {
    let (mut table, view) = table(&["a"]);
    let before = (table.version(), table.view(view).unwrap().query_columns(true));
    let wrong = vec![(PR_SUBJECT, "new column".into()), (PR_STATUS_CODE, "five".into())];
    assert_eq!(code(table.put(RowKey(1), wrong.clone())), Scode::MAPI_E_INVALID_PARAMETER);
    assert_eq!(code(table.put(RowKey(2), wrong)), Scode::MAPI_E_INVALID_PARAMETER);
    let object = PropTag::new(0x6900, PropType::Object);
    assert_eq!(code(table.put(RowKey(2), vec![(object, PropValue::Null)])), Scode::MAPI_E_INVALID_PARAMETER);
    assert_eq!((table.version(), table.view(view).unwrap().query_columns(true)), before);
    assert_eq!((table.len(), table.value(RowKey(2), PR_SUBJECT)), (1, None));
}

#[test]
fn every_kind_of_value_comes_back() {
    let (mut table, _) = table(&[]);
    let tag = |at: u16, kind| PropTag::new(0x6900 + at, kind);
    let values: Row = vec![
        (tag(0, PropType::Long), PropValue::Long(-1)),
        (tag(1, PropType::I8), PropValue::I8(i64::MIN)),
        (tag(2, PropType::Boolean), PropValue::Boolean(false)),
        (tag(3, PropType::Double), PropValue::Double(-0.0)),
        (tag(4, PropType::Unicode), "".into()),
        (tag(5, PropType::SysTime), PropValue::SysTime(7)),
        (tag(6, PropType::Binary), PropValue::Binary(vec![])),
        (tag(7, PropType::MvLong), PropValue::MvLong(vec![1, 2])),
        (tag(8, PropType::MvUnicode), PropValue::MvStr(vec!["x".into()])),
        (tag(9, PropType::MvBinary), PropValue::MvBinary(vec![vec![1], vec![]])),
        (tag(10, PropType::Long), PropValue::Error(Scode::MAPI_E_NO_ACCESS)),
    ];
    table.put(RowKey(7), values.clone()).unwrap();
    for (tag, value) in &values {
        assert_eq!(table.value(RowKey(7), *tag).as_ref(), Some(value));
    }
    assert_eq!(table.put(RowKey(7), values), Ok(Change::Unchanged));
    let zero = vec![(tag(3, PropType::Double), PropValue::Double(0.0))];
    assert_eq!(table.merge(RowKey(7), zero), Ok(Change::Modified));
    table.put(RowKey(7), vec![]).unwrap();
    assert_eq!(table.value(RowKey(7), tag(10, PropType::Long)), Some(PropValue::NOT_FOUND));
}

#[test]
fn a_slot_used_again_keeps_nothing_of_the_row_before() {
    let (mut table, view) = table(&["a", "b"]);
    table.remove(RowKey(1));
    table.put(RowKey(3), vec![(PR_STATUS_CODE, 3.into())]).unwrap();
    assert_eq!(table.value(RowKey(3), PR_DISPLAY_NAME), Some(PropValue::NOT_FOUND));
    assert_eq!(names(&table, view), ["b", "Error(MAPI_E_NOT_FOUND)"], "in order of birth");
}

#[test]
fn sync_tells_only_what_differs() {
    let (mut table, view) = table(&["a", "b", "c"]);
    table.view(view).unwrap().advise().unwrap();
    let rows = [(1, row("a", 1)), (3, row("C", 3)), (4, row("d", 4))];
    table.sync(rows.into_iter().map(|(key, row)| (RowKey(key), row))).unwrap();
    assert_eq!(names(&table, view), ["a", "C", "d"]);
    let events: Vec<_> = heard(&mut table, view).iter().map(Notification::event).collect();
    assert_eq!(events, [TableEvent::RowModified, TableEvent::RowAdded, TableEvent::RowDeleted]);
    assert_eq!(table.keys().collect::<Vec<_>>(), [RowKey(1), RowKey(3), RowKey(4)]);
}

#[test]
fn a_closed_view_is_gone() {
    let (mut table, view) = table(&["a"]);
    assert!(table.close_view(view) && !table.close_view(view));
    assert_eq!(code(table.view(view).map(|_| ())), Scode::MAPI_E_INVALID_OBJECT);
    assert_ne!(table.open_view().unwrap(), view);
}
