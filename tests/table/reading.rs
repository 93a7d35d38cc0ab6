//! QueryRows, SeekRow, SeekRowApprox, QueryPosition, and the cursor while rows change.

use crate::support::*;
use mailspooler::mapi::*;
use mailspooler::table::*;

const FIVE: [&str; 5] = ["a", "b", "c", "d", "e"];

#[test]
fn c_183_zero_rows_is_an_invalid_parameter() {
    let (mut table, view) = table(&FIVE);
    assert_eq!(code(table.view(view).unwrap().query_rows(0, false)), Scode::MAPI_E_INVALID_PARAMETER);
}

#[test]
fn c_184_rows_forward_leave_the_cursor_after_the_last() {
    let (mut table, view) = table(&FIVE);
    assert_eq!(read(&mut table, view, 2), ["a", "b"]);
    assert_eq!(at(&mut table, view), 2);
    assert_eq!(read(&mut table, view, i64::MAX), ["c", "d", "e"]);
    assert_eq!(at(&mut table, view), 5);
}

#[test]
fn c_185_rows_backward_come_in_forward_order() {
    let (mut table, view) = table(&FIVE);
    table.view(view).unwrap().seek_row(Bookmark::BEGINNING, 3).unwrap();
    assert_eq!(read(&mut table, view, -2), ["b", "c"]);
    assert_eq!(at(&mut table, view), 3, "after the last one returned");
    assert_eq!(read(&mut table, view, i64::MIN), ["a", "b", "c"]);
}

#[test]
fn c_186_no_advance_leaves_the_cursor_on_the_first_row() {
    let (mut table, view) = table(&FIVE);
    let mut view = table.view(view).unwrap();
    view.seek_row(Bookmark::BEGINNING, 3).unwrap();
    assert_eq!(firsts(&view.query_rows(9, true).unwrap()), ["d", "e"]);
    assert_eq!(view.query_position().row, 3);
    assert_eq!(firsts(&view.query_rows(-2, true).unwrap()), ["b", "c"]);
    assert_eq!(view.query_position().row, 1);
}

#[test]
fn c_187_the_end_is_success_without_rows() {
    let (mut table, view) = table(&["a"]);
    assert_eq!(read(&mut table, view, -1), [""; 0]);
    assert_eq!(read(&mut table, view, 1), ["a"]);
    assert_eq!(read(&mut table, view, 1), [""; 0]);
}

#[test]
fn c_195_seek_row_stops_at_the_ends_and_says_how_far_it_went() {
    let (mut table, view) = table(&FIVE);
    let mut view = table.view(view).unwrap();
    let mut seek = |from, count| {
        let sought = view.seek_row(from, count).unwrap();
        assert!(!sought.position_changed);
        (sought.rows, view.query_position().row)
    };
    assert_eq!(seek(Bookmark::BEGINNING, 2), (2, 2));
    assert_eq!(seek(Bookmark::CURRENT, 1), (1, 3));
    assert_eq!(seek(Bookmark::CURRENT, -1), (-1, 2));
    assert_eq!(seek(Bookmark::CURRENT, -7), (-2, 0));
    assert_eq!(seek(Bookmark::BEGINNING, -1), (0, 0));
    assert_eq!(seek(Bookmark::END, -1), (-1, 4));
    assert_eq!(seek(Bookmark::CURRENT, 7), (1, 5));
    assert_eq!(seek(Bookmark::END, i64::MIN), (-5, 0));
    assert_eq!(seek(Bookmark::BEGINNING, i64::MAX), (5, 5));
}

#[test]
fn c_201_seek_row_approx_finds_fractions() {
    let (mut table, view) = table(&FIVE);
    let mut view = table.view(view).unwrap();
    let mut seek = |numerator, denominator| {
        view.seek_row_approx(numerator, denominator).unwrap();
        view.query_position().row
    };
    assert_eq!(seek(0, 7), 0);
    assert_eq!(seek(7, 7), 5);
    assert_eq!(seek(1, 2), 2);
    assert_eq!(seek(u32::MAX, 1), 5);
    assert_eq!(code(view.seek_row_approx(0, 0)), Scode::MAPI_E_INVALID_PARAMETER);
}

#[test]
fn c_202_the_denominator_is_never_zero() {
    let (mut empty, view) = table(&[]);
    let position = empty.view(view).unwrap().query_position();
    assert_eq!(position, Position { row: 0, numerator: 0, denominator: 1 });
    let (mut five, view) = table(&FIVE);
    read(&mut five, view, 3);
    assert_eq!(five.view(view).unwrap().query_position(), Position { row: 3, numerator: 3, denominator: 5 });
}

#[test]
fn c_222_there_is_nothing_to_abort() {
    let (mut table, view) = table(&[]);
    let view = table.view(view).unwrap();
    assert_eq!(code(view.abort()), Scode::MAPI_E_UNABLE_TO_ABORT);
    assert_eq!(view.status(), (TableStatus::Complete, TableType::Dynamic));
}

#[test]
fn c_224_all_rows_respect_the_limit() {
    let (mut table, view) = table(&FIVE);
    let mut view = table.view(view).unwrap();
    assert_eq!(code(view.query_all_rows(None, None, None, 4)), Scode::MAPI_E_TABLE_TOO_BIG);
    assert_eq!(view.query_all_rows(None, None, None, 5).unwrap().rows.len(), 5);
    let some = Restriction::equals(PR_DISPLAY_NAME, "d");
    let down = SortOrderSet::by(&[(PR_DISPLAY_NAME, SortOrder::Descend)]);
    let columns = Some(vec![PR_STATUS_CODE]);
    let set = view.query_all_rows(columns.clone(), Some(&some), Some(down.clone()), 1).unwrap();
    assert_eq!(set.rows, [[PropValue::Long(4)]]);
    let re = Restriction::Property { tag: PR_DISPLAY_NAME, op: Relop::Re, value: "d".into() };
    let before = view.query_all_rows(None, None, None, 0);
    assert_eq!(code(view.query_all_rows(columns, Some(&re), Some(down), 0)), Scode::MAPI_E_TOO_COMPLEX);
    assert_eq!(view.query_all_rows(None, None, None, 0), before);
}

#[test]
fn a_reader_meets_every_row_once_while_others_come_and_go() {
    let (mut table, view) = table(&["b", "d", "f", "h"]);
    let up = SortOrderSet::by(&[(PR_DISPLAY_NAME, SortOrder::Ascend)]);
    table.view(view).unwrap().sort_table(up).unwrap();
    assert_eq!(read(&mut table, view, 2), ["b", "d"]);
    table.put(RowKey(5), row("a", 0)).unwrap();
    assert_eq!(at(&mut table, view), 3, "a row before the cursor");
    table.put(RowKey(6), row("e", 0)).unwrap();
    assert_eq!(at(&mut table, view), 3, "a row at the cursor is read next");
    table.remove(RowKey(1));
    table.remove(RowKey(3));
    assert_eq!(read(&mut table, view, 1), ["e"]);
    table.put(RowKey(6), row("ee", 0)).unwrap();
    assert_eq!(read(&mut table, view, 9), ["h"], "a row that was read and stays in its place is not read again");
    table.put(RowKey(7), row("z", 0)).unwrap();
    assert_eq!(read(&mut table, view, 9), ["z"]);
}

#[test]
fn a_row_removed_under_the_cursor_leaves_it_on_the_next() {
    let (mut table, view) = table(&FIVE);
    read(&mut table, view, 2);
    table.remove(RowKey(3));
    assert_eq!(read(&mut table, view, 1), ["d"]);
}
