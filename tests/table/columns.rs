//! SetColumns and QueryColumns.

use crate::support::*;
use mailspooler::mapi::*;
use mailspooler::table::*;

#[test]
fn c_013_the_8_bit_form_of_a_string_reads_its_column() {
    let (mut table, view) = table(&["a"]);
    let narrow = PR_DISPLAY_NAME.with_type(PropType::String8);
    let mut view = table.view(view).unwrap();
    view.set_columns(vec![narrow]).unwrap();
    let set = view.query_rows(1, false).unwrap();
    assert_eq!((set.columns, set.rows), (vec![narrow], vec![vec!["a".into()]]));
}

#[test]
fn c_180_set_columns_refuses_an_empty_list() {
    let (mut table, view) = table(&["a"]);
    let mut view = table.view(view).unwrap();
    assert_eq!(code(view.set_columns(vec![])), Scode::MAPI_E_INVALID_PARAMETER);
    assert_eq!(view.query_columns(false), [PR_DISPLAY_NAME]);
    assert_eq!(code(Table::new(vec![], vec![])), Scode::MAPI_E_INVALID_PARAMETER);
}

#[test]
fn c_181_an_unsupported_tag_succeeds_and_its_error_is_in_the_rows() {
    let (mut table, view) = table(&["a"]);
    let mut view = table.view(view).unwrap();
    let odd = PropTag(0x6BFF_3003);
    view.set_columns(vec![odd, PR_DISPLAY_NAME]).unwrap();
    assert_eq!(view.query_rows(1, false).unwrap().rows, [[PropValue::NOT_FOUND, "a".into()]]);
    assert_eq!(view.query_columns(false), [odd, PR_DISPLAY_NAME]);
}

#[test]
fn c_182_null_columns_keep_their_place() {
    let (mut table, view) = table(&["a", "b"]);
    let mut view = table.view(view).unwrap();
    view.set_columns(vec![PR_NULL, PR_STATUS_CODE, PR_NULL]).unwrap();
    let set = view.query_rows(2, false).unwrap();
    assert_eq!(set.rows[0], [PropValue::Null, 1.into(), PropValue::Null]);
    assert_eq!(set.rows[1], [PropValue::Null, 2.into(), PropValue::Null]);
}

#[test]
fn set_columns_keeps_cursor_and_bookmarks() {
    let (mut table, view) = table(&["a", "b", "c"]);
    let mut view = table.view(view).unwrap();
    view.seek_row(Bookmark::BEGINNING, 2).unwrap();
    let bookmark = view.create_bookmark().unwrap();
    view.set_columns(vec![PR_STATUS_CODE]).unwrap();
    assert_eq!(view.query_position().row, 2);
    assert_eq!(view.seek_row(bookmark, 0).unwrap(), Sought { rows: 0, position_changed: false });
}

#[test]
fn query_columns_tells_every_available_column_once() {
    let (mut table, view) = table(&["a"]);
    let all = |table: &mut Table| table.view(view).unwrap().query_columns(true);
    let before = [PR_DISPLAY_NAME, PR_INSTANCE_KEY, PR_ROWID, PR_STATUS_CODE];
    assert_eq!(all(&mut table), before);
    table.put(RowKey(2), vec![(PR_SUBJECT, "s".into())]).unwrap();
    assert_eq!(table.view(view).unwrap().query_columns(false), [PR_DISPLAY_NAME], "new columns are not selected");
    table.remove(RowKey(2));
    assert_eq!(all(&mut table), [&before[..], &[PR_SUBJECT]].concat(), "columns stay available");
}

#[test]
fn a_row_is_shown_for_its_first_4096_values() {
    const MV: PropTag = PropTag::new(0x6900, PropType::MvLong);
    const EACH: PropTag = PropTag(0x6900_3003);
    let (mut table, view) = table(&["few"]);
    for (key, count) in [(2, 4_096), (3, 4_097)] {
        table.put(RowKey(key), vec![(MV, PropValue::MvLong((0..count).collect()))]).unwrap();
        table.view(view).unwrap().set_columns(vec![EACH]).unwrap();
    }
    assert_eq!(table.view(view).unwrap().row_count(), 1 + 4_096 + 4_096);
    let shown = table.view(view).unwrap().query_all_rows(None, None, None, 0).unwrap().rows;
    assert_eq!(shown.last(), Some(&vec![PropValue::Long(4_095)]));
    let whole = table.value(RowKey(3), MV);
    assert!(matches!(whole, Some(PropValue::MvLong(values)) if values.len() == 4_097), "the cell keeps all");
}
