//! Restrict: what it does to the view, and its limits.

use crate::restrictions::{is, named, rows, sample};
use crate::support::*;
use mailspooler::mapi::*;
use mailspooler::table::*;

#[test]
fn c_188_restrict_discards_bookmarks_and_rewinds() {
    let (mut table, view) = sample();
    read(&mut table, view, 2);
    let mut view = table.view(view).unwrap();
    let bookmark = view.create_bookmark().unwrap();
    view.restrict(None).unwrap();
    assert_eq!(view.query_position().row, 0);
    assert_eq!(code(view.seek_row(bookmark, 0)), Scode::MAPI_E_INVALID_BOOKMARK);
}

#[test]
fn c_188_a_refused_restriction_changes_nothing() {
    let (mut table, view) = sample();
    table.view(view).unwrap().restrict(Some(&named("b"))).unwrap();
    read(&mut table, view, 1);
    let bookmark = table.view(view).unwrap().create_bookmark().unwrap();
    let re = is(PR_DISPLAY_NAME, Relop::Re, "x");
    assert_eq!(code(table.view(view).unwrap().restrict(Some(&re))), Scode::MAPI_E_TOO_COMPLEX);
    assert_eq!((names(&table, view), at(&mut table, view)), (vec!["b".to_owned()], 1));
    assert!(table.view(view).unwrap().seek_row(bookmark, 0).is_ok());
}

#[test]
fn c_189_no_restriction_shows_all() {
    let (mut table, view) = sample();
    table.view(view).unwrap().restrict(Some(&named("b"))).unwrap();
    table.view(view).unwrap().restrict(None).unwrap();
    assert_eq!(names(&table, view), ["a", "b", "c", "d"]);
}

#[test]
fn c_190_a_second_restriction_replaces_the_first() {
    let (mut table, view) = sample();
    table.view(view).unwrap().restrict(Some(&named("b"))).unwrap();
    table.view(view).unwrap().restrict(Some(&named("c"))).unwrap();
    assert_eq!(names(&table, view), ["c"]);
}

#[test]
fn depth_and_count_are_limited() {
    let nested = |depth: usize| (1..depth).fold(named("b"), |inner, _| Restriction::And(vec![inner]));
    assert_eq!(rows(&nested(MAX_DEPTH)).unwrap(), "b");
    assert_eq!(code(rows(&nested(MAX_DEPTH + 1))), Scode::MAPI_E_TOO_COMPLEX);
    let wide = |count: usize| Restriction::Or((1..count).map(|_| named("b")).collect());
    assert_eq!(rows(&wide(MAX_NODES)).unwrap(), "b");
    assert_eq!(code(rows(&wide(MAX_NODES + 1))), Scode::MAPI_E_TOO_COMPLEX);
}
