//! FindRow.

use crate::support::*;
use mailspooler::mapi::*;
use mailspooler::table::*;

fn named(name: &str) -> Restriction {
    Restriction::equals(PR_DISPLAY_NAME, name)
}

fn find(table: &mut Table, view: ViewId, name: &str, origin: Bookmark, backward: bool) -> MapiResult<usize> {
    let mut view = table.view(view).unwrap();
    view.find_row(&named(name), origin, backward)?;
    Ok(view.query_position().row)
}

#[test]
fn c_203_forward_starts_at_the_origin_and_backward_before_it() {
    let (mut table, view) = table(&["x", "a", "x", "b", "x"]);
    let mut go = |origin, backward| find(&mut table, view, "x", origin, backward);
    assert_eq!(go(Bookmark::BEGINNING, false), Ok(0));
    assert_eq!(go(Bookmark::CURRENT, false), Ok(0), "the row at the origin counts");
    assert_eq!(code(go(Bookmark::CURRENT, true)), Scode::MAPI_E_NOT_FOUND, "and backward it does not");
    assert_eq!(go(Bookmark::END, true), Ok(4));
    assert_eq!(go(Bookmark::CURRENT, true), Ok(2));
    assert_eq!(go(Bookmark::CURRENT, true), Ok(0));
    assert_eq!(code(go(Bookmark::END, false)), Scode::MAPI_E_NOT_FOUND);
}

#[test]
fn c_204_no_match_is_not_found_and_moves_nothing() {
    let (mut table, view) = table(&["a", "b"]);
    read(&mut table, view, 1);
    assert_eq!(code(find(&mut table, view, "z", Bookmark::BEGINNING, false)), Scode::MAPI_E_NOT_FOUND);
    assert_eq!(at(&mut table, view), 1);
}

#[test]
fn c_205_the_current_origin_is_always_valid() {
    let (mut table, view) = table(&["a", "b"]);
    read(&mut table, view, 1);
    table.remove(RowKey(2));
    assert_eq!(code(find(&mut table, view, "a", Bookmark::CURRENT, false)), Scode::MAPI_E_NOT_FOUND);
    assert_eq!(find(&mut table, view, "a", Bookmark::CURRENT, true), Ok(0));
    assert_eq!(code(find(&mut table, view, "a", Bookmark(99), true)), Scode::MAPI_E_INVALID_BOOKMARK);
}

#[test]
fn c_206_an_instance_key_can_be_found() {
    let (mut table, view) = table(&["a", "b", "c"]);
    let wanted = Restriction::equals(PR_INSTANCE_KEY, instance(&table, 2).0.to_vec());
    let mut handle = table.view(view).unwrap();
    handle.find_row(&wanted, Bookmark::BEGINNING, false).unwrap();
    assert_eq!(read(&mut table, view, 1), ["b"]);
}

#[test]
fn c_207_a_search_leaves_the_restriction_as_it_is() {
    let (mut table, view) = table(&["a", "b", "c"]);
    let no_b = Restriction::Not(Box::new(named("b")));
    table.view(view).unwrap().restrict(Some(&no_b)).unwrap();
    assert_eq!(find(&mut table, view, "c", Bookmark::BEGINNING, false), Ok(1));
    assert_eq!(code(find(&mut table, view, "b", Bookmark::BEGINNING, false)), Scode::MAPI_E_NOT_FOUND);
    assert_eq!(names(&table, view), ["a", "c"]);
}
