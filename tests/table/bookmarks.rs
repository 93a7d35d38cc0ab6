//! Bookmarks.

use crate::support::*;
use mailspooler::mapi::*;
use mailspooler::table::*;

fn mark(table: &mut Table, view: ViewId, row: i64) -> Bookmark {
    let mut view = table.view(view).unwrap();
    view.seek_row(Bookmark::BEGINNING, row).unwrap();
    view.create_bookmark().unwrap()
}

fn seek(table: &mut Table, view: ViewId, bookmark: Bookmark) -> MapiResult<(usize, bool)> {
    let mut view = table.view(view).unwrap();
    let sought = view.seek_row(bookmark, 0)?;
    Ok((view.query_position().row, sought.position_changed))
}

#[test]
fn c_196_a_freed_bookmark_is_invalid() {
    let (mut table, view) = table(&["a", "b"]);
    let bookmark = mark(&mut table, view, 1);
    assert_eq!(table.view(view).unwrap().free_bookmark(bookmark), Ok(()));
    assert_eq!(code(seek(&mut table, view, bookmark)), Scode::MAPI_E_INVALID_BOOKMARK);
    assert_eq!(code(table.view(view).unwrap().free_bookmark(bookmark)), Scode::MAPI_E_INVALID_BOOKMARK);
    assert_ne!(mark(&mut table, view, 1), bookmark);
}

#[test]
fn c_197_a_bookmark_goes_to_the_next_visible_row() {
    let (mut table, view) = table(&["a", "b", "c", "d"]);
    let bookmark = mark(&mut table, view, 1);
    table.remove(RowKey(2));
    assert_eq!(seek(&mut table, view, bookmark), Ok((1, true)));
    assert_eq!(read(&mut table, view, 1), ["c"]);
    let last = mark(&mut table, view, 2);
    table.remove(RowKey(4));
    assert_eq!(code(seek(&mut table, view, last)), Scode::MAPI_E_INVALID_BOOKMARK, "no row comes after");
}

#[test]
fn c_197_a_bookmark_leaves_a_row_that_the_restriction_hides() {
    let (mut table, view) = table(&["a", "b", "c"]);
    let low = Restriction::Property { tag: PR_STATUS_CODE, op: Relop::Lt, value: 10.into() };
    table.view(view).unwrap().restrict(Some(&low)).unwrap();
    let bookmark = mark(&mut table, view, 1);
    table.put(RowKey(2), row("b", 99)).unwrap();
    table.put(RowKey(2), row("b", 2)).unwrap();
    assert_eq!(seek(&mut table, view, bookmark), Ok((2, true)));
}

#[test]
fn c_198_a_move_is_told_once() {
    let (mut table, view) = table(&["a", "b", "c", "d"]);
    let bookmark = mark(&mut table, view, 1);
    table.remove(RowKey(2));
    assert_eq!(seek(&mut table, view, bookmark), Ok((1, true)));
    assert_eq!(seek(&mut table, view, bookmark), Ok((1, false)));
    table.remove(RowKey(3));
    assert_eq!(seek(&mut table, view, bookmark), Ok((1, true)), "and again after another move");
}

#[test]
fn c_198_a_search_tells_it_too_and_a_failed_one_does_not() {
    let (mut table, view) = table(&["a", "b", "c", "d"]);
    let bookmark = mark(&mut table, view, 1);
    table.remove(RowKey(2));
    let mut find = |name: &str| {
        let wanted = Restriction::equals(PR_DISPLAY_NAME, name);
        table.view(view).unwrap().find_row(&wanted, bookmark, false)
    };
    assert_eq!(code(find("a")), Scode::MAPI_E_NOT_FOUND);
    assert_eq!(find("d"), Ok(true));
    assert_eq!(find("d"), Ok(false));
}

#[test]
fn c_199_predefined_bookmarks_cannot_be_freed() {
    let (mut table, view) = table(&["a", "b"]);
    for bookmark in [Bookmark::BEGINNING, Bookmark::CURRENT, Bookmark::END] {
        assert_eq!(table.view(view).unwrap().free_bookmark(bookmark), Ok(()));
        assert!(seek(&mut table, view, bookmark).is_ok());
    }
}

#[test]
fn c_200_bookmarks_are_limited() {
    let (mut table, view) = table(&["a"]);
    let all: Vec<_> = (0..MAX_BOOKMARKS).map(|_| mark(&mut table, view, 0)).collect();
    let mut view = table.view(view).unwrap();
    assert_eq!(code(view.create_bookmark()), Scode::MAPI_E_UNABLE_TO_COMPLETE);
    view.free_bookmark(all[3]).unwrap();
    assert!(view.create_bookmark().is_ok());
}

#[test]
fn a_bookmark_follows_its_row() {
    let (mut table, view) = table(&["a", "b", "c"]);
    let up = SortOrderSet::by(&[(PR_DISPLAY_NAME, SortOrder::Ascend)]);
    table.view(view).unwrap().sort_table(up).unwrap();
    let bookmark = mark(&mut table, view, 0);
    table.put(RowKey(1), row("z", 1)).unwrap();
    assert_eq!(seek(&mut table, view, bookmark), Ok((2, false)));
    table.remove(RowKey(2));
    assert_eq!(seek(&mut table, view, bookmark), Ok((1, false)));
}

#[test]
fn a_bookmark_at_the_end_stays_there() {
    let (mut table, view) = table(&["a"]);
    let bookmark = mark(&mut table, view, 9);
    table.put(RowKey(2), row("b", 2)).unwrap();
    assert_eq!(seek(&mut table, view, bookmark), Ok((2, false)));
}

#[test]
fn bookmarks_belong_to_one_view() {
    let (mut table, view) = table(&["a"]);
    let other = table.open_view().unwrap();
    let bookmark = mark(&mut table, view, 0);
    assert_eq!(code(seek(&mut table, other, bookmark)), Scode::MAPI_E_INVALID_BOOKMARK);
}
