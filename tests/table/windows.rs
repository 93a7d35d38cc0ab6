//! Windows: versions move only when what they show has changed.

use crate::support::*;
use mailspooler::mapi::*;
use mailspooler::table::*;

fn shown(table: &mut Table, view: ViewId, window: WindowId) -> Snapshot {
    table.view(view).unwrap().snapshot(window).unwrap().clone()
}

fn texts(snapshot: &Snapshot) -> Vec<String> {
    snapshot.rows.iter().map(|row| format!("{:?}", row.values)).collect()
}

fn opened() -> (Table, ViewId, WindowId) {
    let (mut table, view) = table(&["a", "b", "c", "d", "e"]);
    let window = table.view(view).unwrap().open_window(1, 2).unwrap();
    (table, view, window)
}

#[test]
fn a_window_shows_its_range() {
    let (mut table, view, window) = opened();
    let snapshot = shown(&mut table, view, window);
    assert_eq!((snapshot.version, snapshot.offset, snapshot.total), (1, 1, 5));
    assert_eq!(snapshot.columns, [PR_DISPLAY_NAME]);
    assert_eq!(texts(&snapshot), ["[Str(\"b\")]", "[Str(\"c\")]"]);
    assert_eq!(snapshot.rows[0].instance, instance(&table, 2));
    let past = table.view(view).unwrap().open_window(4, usize::MAX).unwrap();
    assert_eq!(texts(&shown(&mut table, view, past)), ["[Str(\"e\")]"]);
    let beyond = table.view(view).unwrap().open_window(usize::MAX, usize::MAX).unwrap();
    assert_eq!(shown(&mut table, view, beyond).rows, []);
}

#[test]
fn what_is_not_shown_moves_no_version() {
    let (mut table, view, window) = opened();
    table.put(RowKey(1), row("A", 1)).unwrap();
    table.put(RowKey(2), row("b", 99)).unwrap();
    table.put(RowKey(5), row("E", 5)).unwrap();
    table.put(RowKey(3), row("C", 3)).unwrap();
    table.put(RowKey(3), row("c", 3)).unwrap();
    assert_eq!(table.changed_windows(), []);
    table.view(view).unwrap().query_rows(2, false).unwrap();
    table.view(view).unwrap().move_window(window, 1, 2).unwrap();
    assert_eq!(shown(&mut table, view, window).version, 1);
}

#[test]
fn what_is_shown_moves_the_version_once() {
    let (mut table, view, window) = opened();
    table.put(RowKey(2), row("B", 2)).unwrap();
    table.put(RowKey(3), row("C", 3)).unwrap();
    assert_eq!(table.changed_windows(), [(view, window)]);
    assert_eq!(table.changed_windows(), []);
    assert_eq!(shown(&mut table, view, window).version, 2);
    assert_eq!(texts(&shown(&mut table, view, window)), ["[Str(\"B\")]", "[Str(\"C\")]"]);
}

#[test]
fn reading_a_window_does_not_hide_its_change() {
    let (mut table, view, window) = opened();
    table.put(RowKey(2), row("B", 2)).unwrap();
    assert_eq!(shown(&mut table, view, window).version, 2);
    assert_eq!(table.changed_windows(), [(view, window)]);
}

#[test]
fn rows_that_shift_in_and_out_move_it() {
    let (mut table, view, window) = opened();
    table.remove(RowKey(1));
    assert_eq!(texts(&shown(&mut table, view, window)), ["[Str(\"c\")]", "[Str(\"d\")]"]);
    table.put(RowKey(9), row("z", 9)).unwrap();
    let snapshot = shown(&mut table, view, window);
    assert_eq!((snapshot.version, snapshot.total), (3, 5), "the count is shown too");
    let up = SortOrderSet::by(&[(PR_DISPLAY_NAME, SortOrder::Ascend)]);
    table.view(view).unwrap().sort_table(up).unwrap();
    assert_eq!(table.changed_windows(), [(view, window)]);
    table.put(RowKey(9), row("0", 9)).unwrap();
    assert_eq!(texts(&shown(&mut table, view, window)), ["[Str(\"b\")]", "[Str(\"c\")]"]);
}

#[test]
fn the_callers_own_calls_move_it() {
    let (mut table, view, window) = opened();
    let mut version = 1;
    let mut moved = |table: &mut Table| {
        version += 1;
        assert_eq!(table.changed_windows(), [(view, window)]);
        assert_eq!(shown(table, view, window).version, version);
    };
    table.view(view).unwrap().set_columns(vec![PR_STATUS_CODE]).unwrap();
    moved(&mut table);
    table.view(view).unwrap().restrict(Some(&Restriction::equals(PR_STATUS_CODE, 4))).unwrap();
    moved(&mut table);
    table.view(view).unwrap().move_window(window, 0, 9).unwrap();
    moved(&mut table);
    table.reload();
    moved(&mut table);
    table.view(view).unwrap().sort_table(SortOrderSet::by(&[(PR_STATUS_CODE, SortOrder::Descend)])).unwrap();
    assert_eq!(table.changed_windows(), [], "no row, no difference");
}

#[test]
fn a_row_keeps_its_stamp_while_it_stays_the_same() {
    let (mut table, view, window) = opened();
    let stamps = |table: &mut Table| {
        let rows = shown(table, view, window).rows;
        rows.into_iter().map(|row| (row.instance.number(), row.since)).collect::<Vec<_>>()
    };
    assert_eq!(stamps(&mut table), [(2, 1), (3, 1)]);
    table.put(RowKey(2), row("B", 2)).unwrap();
    assert_eq!(stamps(&mut table), [(2, 2), (3, 1)]);
    table.view(view).unwrap().move_window(window, 2, 2).unwrap();
    assert_eq!(stamps(&mut table), [(3, 1), (4, 3)], "it moved and is the same");
    table.view(view).unwrap().set_columns(vec![PR_STATUS_CODE]).unwrap();
    assert_eq!(stamps(&mut table), [(3, 4), (4, 4)]);
    for (version, missing) in (5..).zip([PR_SUBJECT, PR_WHY]) {
        table.view(view).unwrap().set_columns(vec![missing]).unwrap();
        assert_eq!(stamps(&mut table), [(3, version), (4, version)], "equal values of other columns");
    }
}

#[test]
fn a_closed_window_is_gone() {
    let (mut table, view, window) = opened();
    assert!(table.view(view).unwrap().close_window(window));
    assert!(!table.view(view).unwrap().close_window(window));
    assert_eq!(code(table.view(view).unwrap().snapshot(window).cloned()), Scode::MAPI_E_INVALID_OBJECT);
    assert_eq!(code(table.view(view).unwrap().move_window(window, 0, 1)), Scode::MAPI_E_INVALID_OBJECT);
    table.put(RowKey(2), row("B", 2)).unwrap();
    assert_eq!(table.changed_windows(), []);
}
