//! Where MAPI's pages contradict each other: what holds here.

use crate::restrictions::{is, named, rows, sample};
use crate::support::*;
use mailspooler::mapi::*;
use mailspooler::table::*;

/// Two rows "a", three rows "b", one closed category each.
fn grouped() -> (Table, ViewId) {
    let (mut table, view) = table(&["a", "a", "b", "b", "b"]);
    let by_name = SortOrderSet::by(&[(PR_DISPLAY_NAME, SortOrder::Ascend)]);
    table.view(view).unwrap().sort_table(SortOrderSet { categories: 1, ..by_name }).unwrap();
    (table, view)
}

fn heading(table: &mut Table, view: ViewId, index: i64) -> InstanceKey {
    let mut copy = table.clone();
    let mut handle = copy.view(view).unwrap();
    handle.set_columns(vec![PR_INSTANCE_KEY]).unwrap();
    handle.seek_row(Bookmark::BEGINNING, index).unwrap();
    match &handle.query_rows(1, false).unwrap().rows[0][0] {
        PropValue::Binary(key) => InstanceKey(key.clone().try_into().unwrap()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn x_26_of_a_comment_the_inner_restriction_is_evaluated_and_the_properties_are_not() {
    let comment = |inner, props| Restriction::Comment(inner, props);
    let inner = || Some(Box::new(named("b")));
    assert_eq!(rows(&comment(inner(), vec![(PR_DISPLAY_NAME, "c".into())])).unwrap(), "b");
    assert_eq!(rows(&comment(inner(), vec![])).unwrap(), "b");
    assert_eq!(rows(&comment(None, vec![(PR_DISPLAY_NAME, "c".into())])).unwrap(), "abcd");
    let too_complex = Some(Box::new(is(PR_STATUS_CODE, Relop::Re, 2)));
    assert_eq!(code(rows(&comment(too_complex, vec![]))), Scode::MAPI_E_TOO_COMPLEX, "what is inside is checked");
}

#[test]
fn x_27_a_full_string_is_equality_and_the_flags_are_for_unicode_too() {
    let hit = |how, flags, pattern: &str| {
        let (mut table, view) = table(&["Grüße aus Köln"]);
        let wanted = Restriction::content(PR_DISPLAY_NAME, how, flags, pattern);
        table.view(view).unwrap().restrict(Some(&wanted)).unwrap();
        names(&table, view).len() == 1
    };
    let (full, sub) = (ContentMatch::Full, ContentMatch::Substring);
    assert!(hit(sub, FuzzyFlags::EMPTY, "aus"));
    assert!(!hit(full, FuzzyFlags::EMPTY, "aus"), "no substring");
    assert!(hit(full, FuzzyFlags::EMPTY, "Grüße aus Köln"));
    assert!(!hit(full, FuzzyFlags::EMPTY, "GRÜßE AUS KÖLN"));
    assert!(hit(full, FuzzyFlags::IGNORECASE, "GRÜßE AUS KÖLN"));
    assert!(!hit(full, FuzzyFlags::IGNORECASE, "Grüße aus Koln"));
    assert!(hit(full, FuzzyFlags::IGNORENONSPACE, "Gruße aus Koln"));
}

#[test]
fn x_28_what_a_row_lacks_keeps_its_column_and_reads_as_not_found() {
    let (mut table, view) = sample();
    let columns = vec![PR_SUBJECT, PR_STATUS_CODE, PR_DISPLAY_NAME];
    let mut handle = table.view(view).unwrap();
    handle.set_columns(columns.clone()).unwrap();
    let set = handle.query_rows(2, false).unwrap();
    assert_eq!(set.columns, columns, "the property, also where no row has it");
    let lacking = PropValue::Error(Scode::MAPI_E_NOT_FOUND);
    assert_eq!(set.rows[0], [lacking.clone(), lacking.clone(), "a".into()]);
    assert_eq!(set.rows[1], [lacking, 2.into(), "b".into()]);
}

#[test]
fn x_29_the_end_is_after_the_last_row() {
    let (mut table, view) = table(&["a", "b"]);
    let mut handle = table.view(view).unwrap();
    handle.seek_row(Bookmark::END, 0).unwrap();
    assert_eq!(handle.query_position().row, 2);
    assert!(handle.query_rows(1, false).unwrap().rows.is_empty());
    handle.find_row(&named("b"), Bookmark::END, true).unwrap();
    assert_eq!(handle.query_position().row, 1, "the last row too is found backward");
}

#[test]
fn x_30_after_expand_row_the_cursor_is_after_the_last_row_returned() {
    let (mut table, view) = grouped();
    let b = heading(&mut table, view, 1);
    let mut handle = table.view(view).unwrap();
    let (shown, more) = handle.expand_row(b, 2).unwrap();
    assert_eq!((firsts(&shown), more), (vec!["b".to_owned(), "b".to_owned()], 3));
    assert_eq!(handle.query_position().row, 4, "headings a and b, then the two");
    assert_eq!(read(&mut table, view, 9), ["b"], "the third is read next");
}

#[test]
fn x_31_a_table_event_is_one_of_nine_numbers() {
    let numbers = [
        TableEvent::Changed,
        TableEvent::Error,
        TableEvent::RowAdded,
        TableEvent::RowDeleted,
        TableEvent::RowModified,
        TableEvent::SortDone,
        TableEvent::RestrictDone,
        TableEvent::SetColDone,
        TableEvent::Reload,
    ];
    assert_eq!(numbers.map(TableEvent::code), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
}

#[test]
fn x_31_of_a_first_row_and_of_a_deleted_one_there_is_none_before() {
    let (mut table, view) = table(&[]);
    table.view(view).unwrap().advise().unwrap();
    table.put(RowKey(1), row("a", 1)).unwrap();
    let key = instance(&table, 1);
    table.remove(RowKey(1));
    match heard(&mut table, view).as_slice() {
        [Notification::Added { key: added, prior: None, .. }, Notification::Deleted { key: deleted, .. }] => {
            assert_eq!((*added, *deleted), (key, key));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn x_50_find_row_moves_and_retrieves_nothing() {
    let (mut table, view) = table(&["a", "b", "c"]);
    let found = table.view(view).unwrap().find_row(&named("b"), Bookmark::BEGINNING, false);
    assert_eq!(found, Ok(false), "no more than whether the origin has moved");
    assert_eq!(at(&mut table, view), 1);
    assert_eq!(read(&mut table, view, 1), ["b"], "the row itself is still to be read");
}
