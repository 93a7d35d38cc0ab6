//! Categories: headings, what they hide and count, and how they are told of.

use crate::support::*;
use mailspooler::mapi::*;
use mailspooler::table::*;

const UP: SortOrder = SortOrder::Ascend;
const DOWN: SortOrder = SortOrder::Descend;

/// By name, then by number.
fn by_name(expanded: usize) -> SortOrderSet {
    SortOrderSet { categories: 1, expanded, ..SortOrderSet::by(&[(PR_DISPLAY_NAME, UP), (PR_STATUS_CODE, UP)]) }
}

/// Two rows "a", three rows "b", numbered 1 to 5.
fn grouped(expanded: usize) -> (Table, ViewId) {
    let (mut table, view) = table(&["a", "a", "b", "b", "b"]);
    let mut handle = table.view(view).unwrap();
    handle.sort_table(by_name(expanded)).unwrap();
    handle.set_columns(vec![PR_DISPLAY_NAME, PR_STATUS_CODE, PR_ROW_TYPE, PR_DEPTH, PR_CONTENT_COUNT]).unwrap();
    (table, view)
}

/// Headings as "a:2+" (open) or "a:2-", rows as their numbers.
fn lines(table: &mut Table, view: ViewId) -> String {
    let mut copy = table.clone();
    let columns = vec![PR_DISPLAY_NAME, PR_STATUS_CODE, PR_ROW_TYPE, PR_CONTENT_COUNT];
    let all = copy.view(view).unwrap().query_all_rows(Some(columns), None, None, 0).unwrap();
    let line = |row: &Vec<PropValue>| match (&row[0], &row[1], &row[2], &row[3]) {
        (_, PropValue::Long(number), PropValue::Long(1), _) => number.to_string(),
        (PropValue::Str(name), _, PropValue::Long(kind), PropValue::Long(count)) => {
            format!("{name}:{count}{}", if *kind == 3 { '+' } else { '-' })
        }
        other => format!("{other:?}"),
    };
    all.rows.iter().map(line).collect::<Vec<_>>().join(" ")
}

/// The key of the line at an index.
fn key_at(table: &mut Table, view: ViewId, index: i64) -> InstanceKey {
    let mut copy = table.clone();
    let mut handle = copy.view(view).unwrap();
    handle.set_columns(vec![PR_INSTANCE_KEY]).unwrap();
    handle.seek_row(Bookmark::BEGINNING, index).unwrap();
    match handle.query_rows(1, false).unwrap().rows[0][0].clone() {
        PropValue::Binary(key) => InstanceKey(key.try_into().unwrap()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn collapsed_categories_show_their_headings_only() {
    let (mut table, view) = grouped(0);
    assert_eq!(lines(&mut table, view), "a:2- b:3-");
    assert_eq!(table.view(view).unwrap().row_count(), 2);
    let (mut table, view) = grouped(1);
    assert_eq!(lines(&mut table, view), "a:2+ 1 2 b:3+ 3 4 5");
}

#[test]
fn headings_carry_keys_counts_depth_and_type() {
    let (mut table, view) = grouped(0);
    let mut handle = table.view(view).unwrap();
    let rows = handle.query_rows(1, false).unwrap().rows;
    let long = PropValue::Long;
    assert_eq!(rows, [[PropValue::from("a"), PropValue::NOT_FOUND, long(4), long(0), long(2)]]);
}

#[test]
fn expanded_levels_open_from_the_top() {
    let (mut table, view) = grouped(0);
    let two = SortOrderSet { categories: 2, ..by_name(0) };
    let shown = |table: &mut Table, expanded| {
        table.view(view).unwrap().sort_table(SortOrderSet { expanded, ..two.clone() }).unwrap();
        table.view(view).unwrap().row_count()
    };
    assert_eq!(shown(&mut table, 0), 2, "top headings only");
    assert_eq!(shown(&mut table, 1), 7, "all headings");
    assert_eq!(shown(&mut table, 2), 12, "fully open");
}

#[test]
fn expand_row_says_how_many_came_and_leaves_the_cursor_behind_what_it_returned() {
    let (mut table, view) = grouped(0);
    let b = key_at(&mut table, view, 1);
    let (rows, more) = table.view(view).unwrap().expand_row(b, 2).unwrap();
    assert_eq!((rows.rows.len(), more), (2, 3));
    assert_eq!(at(&mut table, view), 4);
    let a = key_at(&mut table, view, 0);
    assert_eq!(table.view(view).unwrap().expand_row(a, 0).unwrap().1, 2);
    assert_eq!(at(&mut table, view), 1, "none returned: after the heading");
    assert_eq!(table.view(view).unwrap().expand_row(a, 0).unwrap().1, 0, "it was open");
    let leaf = key_at(&mut table, view, 1);
    assert_eq!(code(table.view(view).unwrap().expand_row(leaf, 0)), Scode::MAPI_E_NOT_FOUND);
    assert_eq!(code(table.view(view).unwrap().collapse_row(leaf)), Scode::MAPI_E_NOT_FOUND);
}

#[test]
fn c_197_a_bookmark_on_a_collapsed_row_goes_to_the_next_visible_one() {
    let (mut table, view) = grouped(1);
    let a = key_at(&mut table, view, 0);
    let mut handle = table.view(view).unwrap();
    handle.seek_row(Bookmark::BEGINNING, 2).unwrap();
    let mark = handle.create_bookmark().unwrap();
    assert_eq!(handle.collapse_row(a).unwrap(), 2);
    assert_eq!(handle.query_position().row, 1, "the cursor too");
    assert_eq!(handle.seek_row(mark, 0).unwrap(), Sought { rows: 0, position_changed: true });
    assert_eq!(handle.query_position().row, 1);
    assert!(!handle.seek_row(mark, 0).unwrap().position_changed);
}

#[test]
fn c_206_a_heading_is_found_by_its_key() {
    let (mut table, view) = grouped(1);
    let b = key_at(&mut table, view, 3);
    let mut handle = table.view(view).unwrap();
    handle.find_row(&Restriction::equals(PR_INSTANCE_KEY, b), Bookmark::BEGINNING, false).unwrap();
    assert_eq!(handle.query_position().row, 3);
}

#[test]
fn c_216_rows_hidden_by_collapse_tell_of_their_heading_only() {
    let (mut table, view) = grouped(0);
    table.view(view).unwrap().advise().unwrap();
    table.put(RowKey(1), row("a", 9)).unwrap();
    assert_eq!(heard(&mut table, view), [], "neither counts nor headings changed");
    table.put(RowKey(6), row("a", 6)).unwrap();
    match heard(&mut table, view).as_slice() {
        [Notification::Modified { old_index: 0, new_index: 0, row, .. }] => {
            assert_eq!(row[4], (PR_CONTENT_COUNT, PropValue::Long(3)));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn c_221_expanding_and_collapsing_tells_nothing() {
    let (mut table, view) = grouped(0);
    table.view(view).unwrap().advise().unwrap();
    let a = key_at(&mut table, view, 0);
    table.view(view).unwrap().expand_row(a, 9).unwrap();
    table.view(view).unwrap().collapse_row(a).unwrap();
    assert_eq!(heard(&mut table, view), []);
}

#[test]
fn a_heading_comes_with_its_first_row_and_goes_with_its_last() {
    let (mut table, view) = grouped(1);
    table.view(view).unwrap().advise().unwrap();
    table.put(RowKey(9), row("aa", 9)).unwrap();
    assert_eq!(lines(&mut table, view), "a:2+ 1 2 aa:1+ 9 b:3+ 3 4 5");
    let told = heard(&mut table, view);
    assert!(
        matches!(told[..], [Notification::Added { new_index: 3, .. }, Notification::Added { new_index: 4, .. }]),
        "{told:?}"
    );
    table.remove(RowKey(9));
    let told = heard(&mut table, view);
    let [Notification::Deleted { old_index: row, .. }, Notification::Deleted { old_index: heading, .. }] = told[..]
    else {
        panic!("{told:?}");
    };
    assert_eq!((row, heading), (4, 3));
}

#[test]
fn a_row_that_changes_category_is_modified_once() {
    let (mut table, view) = grouped(1);
    table.view(view).unwrap().advise().unwrap();
    table.put(RowKey(1), row("b", 1)).unwrap();
    assert_eq!(lines(&mut table, view), "a:1+ 2 b:4+ 1 3 4 5");
    let told = heard(&mut table, view);
    let of_rows = told.iter().filter(|one| matches!(one, Notification::Modified { line: Line::Leaf(_), .. })).count();
    assert_eq!((of_rows, told.len()), (1, 3), "the row, and two headings with other counts");
}

#[test]
fn combined_keys_make_one_category() {
    let (mut table, view) = table(&["a", "a", "b"]);
    let combined = SortKey { role: KeyRole::Combine, ..SortKey::new(PR_STATUS_CODE, UP) };
    let keys = vec![SortKey::new(PR_DISPLAY_NAME, UP), combined];
    let order = SortOrderSet { keys, categories: 2, expanded: 1 };
    table.view(view).unwrap().sort_table(order).unwrap();
    assert_eq!(table.view(view).unwrap().row_count(), 6, "three headings of one level, open");
    let mut refused = |keys: Vec<SortKey>, categories| {
        code(table.view(view).unwrap().sort_table(SortOrderSet { keys, categories, expanded: 0 }))
    };
    assert_eq!(refused(vec![combined], 1), Scode::MAPI_E_INVALID_PARAMETER, "illegal first");
    let own = SortKey::new(PR_DISPLAY_NAME, UP);
    assert_eq!(refused(vec![own, combined], 1), Scode::MAPI_E_INVALID_PARAMETER, "no category to combine with");
    let least = SortKey { role: KeyRole::Min, ..own };
    assert_eq!(refused(vec![least], 1), Scode::MAPI_E_INVALID_PARAMETER, "nothing to order");
}

#[test]
fn an_extreme_value_orders_categories_and_moves_them() {
    let (mut table, view) = grouped(0);
    let newest = SortKey { role: KeyRole::Max, ..SortKey::new(PR_STATUS_CODE, DOWN) };
    let keys = vec![SortKey::new(PR_DISPLAY_NAME, UP), newest, SortKey::new(PR_STATUS_CODE, UP)];
    table.view(view).unwrap().sort_table(SortOrderSet { keys, categories: 1, expanded: 0 }).unwrap();
    table.view(view).unwrap().advise().unwrap();
    let names = |table: &mut Table| {
        let mut copy = table.clone();
        firsts(&copy.view(view).unwrap().query_all_rows(Some(vec![PR_DISPLAY_NAME]), None, None, 0).unwrap()).concat()
    };
    assert_eq!(names(&mut table), "ba", "5 before 2");
    table.put(RowKey(1), row("a", 7)).unwrap();
    assert_eq!(names(&mut table), "ab");
    match heard(&mut table, view).as_slice() {
        [Notification::Modified { old_index: 1, new_index: 0, line: Line::Heading(_), .. }] => {}
        other => panic!("{other:?}"),
    }
    let a = key_at(&mut table, view, 0);
    table.view(view).unwrap().expand_row(a, 0).unwrap();
    table.put(RowKey(1), row("a", 1)).unwrap();
    assert_eq!(names(&mut table), "baaa");
    let moves = |table: &mut Table| {
        let told = heard(table, view).into_iter();
        let one = |told| match told {
            Notification::Modified { line, old_index, new_index, .. } => (line, old_index, new_index),
            other => panic!("{other:?}"),
        };
        told.map(one).collect::<Vec<_>>()
    };
    let heading = |line| matches!(line, Line::Heading(_));
    let down = moves(&mut table);
    assert_eq!(down.iter().map(|told| (told.1, told.2)).collect::<Vec<_>>(), [(2, 1), (0, 3), (0, 3), (0, 3)]);
    assert!(heading(down[1].0) && !heading(down[2].0), "the row in its category, then that line by line");
    table.put(RowKey(1), row("a", 7)).unwrap();
    let up = moves(&mut table);
    assert_eq!(up.iter().map(|told| (told.1, told.2)).collect::<Vec<_>>(), [(2, 3), (1, 0), (2, 1), (3, 2)]);
    for key in 100..163 {
        table.put(RowKey(key), row("a", 3)).unwrap();
    }
    heard(&mut table, view);
    table.put(RowKey(1), row("a", 1)).unwrap();
    assert_eq!(heard(&mut table, view), [Notification::Changed], "more than 64 lines: read again");
}

#[test]
fn a_collapse_state_fits_its_order_and_restriction_only() {
    let (mut table, view) = grouped(0);
    let b = key_at(&mut table, view, 1);
    let mut handle = table.view(view).unwrap();
    handle.expand_row(b, 0).unwrap();
    let state = handle.collapse_state(b).unwrap();
    handle.sort_table(by_name(0)).unwrap();
    let mark = handle.set_collapse_state(&state).unwrap();
    assert_eq!(handle.row_count(), 5);
    handle.seek_row(mark, 0).unwrap();
    assert_eq!(handle.query_position().row, 1);
    assert_eq!(code(handle.set_collapse_state(&state[1..])), Scode::MAPI_E_INVALID_PARAMETER);
    assert_eq!(code(handle.set_collapse_state(b"nothing")), Scode::MAPI_E_INVALID_PARAMETER);
    handle.restrict(Some(&Restriction::Exist(PR_STATUS_CODE))).unwrap();
    assert_eq!(code(handle.set_collapse_state(&state)), Scode::MAPI_E_UNABLE_TO_COMPLETE);
    handle.restrict(None).unwrap();
    handle.sort_table(SortOrderSet { categories: 2, ..by_name(0) }).unwrap();
    assert_eq!(code(handle.set_collapse_state(&state)), Scode::MAPI_E_UNABLE_TO_COMPLETE);
}

#[test]
fn values_that_are_rows_discard_bookmarks_and_have_keys_of_their_own() {
    let mv = PropTag::new(0x6900, PropType::MvLong);
    let each = PropTag(0x6900_3003);
    let (mut table, view) = table(&["a", "b"]);
    table.merge(RowKey(1), vec![(mv, PropValue::MvLong(vec![3, 1]))]).unwrap();
    let mut handle = table.view(view).unwrap();
    let mark = handle.create_bookmark().unwrap();
    handle.set_columns(vec![each, PR_DISPLAY_NAME, PR_INSTANCE_KEY]).unwrap();
    assert_eq!(code(handle.seek_row(mark, 0)), Scode::MAPI_E_INVALID_BOOKMARK);
    handle.sort_table(SortOrderSet::by(&[(each, UP)])).unwrap();
    let rows = handle.query_rows(9, false).unwrap().rows;
    let values: Vec<_> = rows.iter().map(|row| row[0].clone()).collect();
    assert_eq!(values, [PropValue::Long(1), PropValue::Long(3), PropValue::NOT_FOUND]);
    assert_ne!(rows[0][2], rows[1][2]);
    assert_eq!(code(handle.set_columns(vec![each, PropTag(0x6901_3003)])), Scode::MAPI_E_TOO_COMPLEX);
    handle.advise().unwrap();
    table.merge(RowKey(1), vec![(mv, PropValue::MvLong(vec![2]))]).unwrap();
    let told = heard(&mut table, view);
    assert_eq!(told.len(), 2, "one value changed, one went: {told:?}");
    assert_eq!(table.view(view).unwrap().row_count(), 2);
}
