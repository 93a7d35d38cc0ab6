//! SortTable and QuerySortOrder.

use crate::support::*;
use mailspooler::mapi::*;
use mailspooler::table::*;

const UP: SortOrder = SortOrder::Ascend;
const DOWN: SortOrder = SortOrder::Descend;

/// The names of rows with the values given, sorted by them.
fn sorted(tag: PropTag, order: SortOrder, values: &[(&str, PropValue)]) -> String {
    let (mut table, view) = table(&[]);
    for (key, (name, value)) in (1..).zip(values) {
        let row = vec![(PR_DISPLAY_NAME, (*name).into()), (tag, value.clone())];
        table.put(RowKey(key), row).unwrap();
    }
    table.view(view).unwrap().sort_table(SortOrderSet::by(&[(tag, order)])).unwrap();
    names(&table, view).concat()
}

#[test]
fn c_191_sort_discards_bookmarks_and_rewinds() {
    let (mut table, view) = table(&["b", "a"]);
    read(&mut table, view, 1);
    let mut view = table.view(view).unwrap();
    let bookmark = view.create_bookmark().unwrap();
    view.sort_table(SortOrderSet::by(&[(PR_DISPLAY_NAME, UP)])).unwrap();
    assert_eq!(view.query_position().row, 0);
    assert_eq!(code(view.seek_row(bookmark, 0)), Scode::MAPI_E_INVALID_BOOKMARK);
}

#[test]
fn c_192_a_failing_sort_keeps_the_order() {
    let (mut table, view) = table(&["b", "a"]);
    let order = SortOrderSet::by(&[(PR_DISPLAY_NAME, UP)]);
    table.view(view).unwrap().sort_table(order.clone()).unwrap();
    read(&mut table, view, 1);
    let mut try_sort = |keys: &[(PropTag, SortOrder)], categories, expanded| {
        let set = SortOrderSet { categories, expanded, ..SortOrderSet::by(keys) };
        code(table.view(view).unwrap().sort_table(set))
    };
    let key = (PR_DISPLAY_NAME, UP);
    assert_eq!(try_sort(&[key], 2, 0), Scode::MAPI_E_INVALID_PARAMETER);
    assert_eq!(try_sort(&[key], 0, 1), Scode::MAPI_E_INVALID_PARAMETER);
    assert_eq!(try_sort(&[(PR_NULL, UP)], 0, 0), Scode::MAPI_E_TOO_COMPLEX);
    assert_eq!(try_sort(&[(PropTag(0x6900_3003), UP), (PropTag(0x6901_3003), UP)], 0, 0), Scode::MAPI_E_TOO_COMPLEX);
    assert_eq!(try_sort(&[key; 17], 0, 0), Scode::MAPI_E_TOO_COMPLEX);
    assert_eq!((names(&table, view), at(&mut table, view)), (vec!["a".into(), "b".into()], 1));
    assert_eq!(table.view(view).unwrap().query_sort_order(), &order);
}

#[test]
fn c_193_no_keys_restore_the_default_order() {
    let (mut table, view) = table(&["b", "a"]);
    let mut view = table.view(view).unwrap();
    view.sort_table(SortOrderSet::by(&[(PR_DISPLAY_NAME, UP)])).unwrap();
    view.sort_table(SortOrderSet::default()).unwrap();
    assert_eq!(firsts(&view.query_rows(9, false).unwrap()), ["b", "a"]);
    assert_eq!(view.query_sort_order(), &SortOrderSet::default());
    let by_code = vec![SortKey::new(PR_STATUS_CODE, DOWN)];
    let mut table = Table::new(vec![PR_DISPLAY_NAME], by_code).unwrap();
    let view = table.open_view().unwrap();
    table.put(RowKey(1), row("low", 1)).unwrap();
    table.put(RowKey(2), row("high", 2)).unwrap();
    assert_eq!(names(&table, view), ["high", "low"]);
    table.view(view).unwrap().sort_table(SortOrderSet::by(&[(PR_DISPLAY_NAME, DOWN)])).unwrap();
    assert_eq!(names(&table, view), ["low", "high"]);
    table.view(view).unwrap().sort_table(SortOrderSet::default()).unwrap();
    assert_eq!(names(&table, view), ["high", "low"]);
}

#[test]
fn c_194_missing_values_are_last_both_ways() {
    let values = [("n", PropValue::Null), ("b", 2.into()), ("a", 1.into())];
    assert_eq!(sorted(PR_STATUS_CODE, UP, &values), "abn");
    assert_eq!(sorted(PR_STATUS_CODE, DOWN, &values), "ban");
    let error = PropValue::Error(Scode::MAPI_E_NO_ACCESS);
    assert_eq!(sorted(PR_STATUS_CODE, DOWN, &[("e", error), ("a", 1.into())]), "ae");
}

#[test]
fn every_type_has_its_order() {
    let tag = |kind| PropTag::new(0x6900, kind);
    let longs = [("c", PropValue::Long(i32::MAX)), ("a", PropValue::Long(i32::MIN)), ("b", PropValue::Long(0))];
    assert_eq!(sorted(tag(PropType::Long), UP, &longs), "abc");
    let wide = [("c", PropValue::I8(1)), ("a", PropValue::I8(i64::MIN)), ("b", PropValue::I8(-1))];
    assert_eq!(sorted(tag(PropType::I8), UP, &wide), "abc");
    assert_eq!(sorted(tag(PropType::I8), DOWN, &wide), "cba");
    let times = [("b", PropValue::SysTime(1)), ("a", PropValue::SysTime(-1))];
    assert_eq!(sorted(tag(PropType::SysTime), UP, &times), "ab");
    let doubles = [
        ("d", PropValue::Double(f64::INFINITY)),
        ("b", PropValue::Double(-1.0)),
        ("c", PropValue::Double(0.5)),
        ("a", PropValue::Double(-2.0)),
    ];
    assert_eq!(sorted(tag(PropType::Double), UP, &doubles), "abcd");
    assert_eq!(sorted(tag(PropType::Double), DOWN, &doubles), "dcba");
    let truth = [("b", true.into()), ("a", PropValue::Boolean(false))];
    assert_eq!(sorted(tag(PropType::Boolean), UP, &truth), "ab");
    let bytes = [("c", vec![1, 0].into()), ("b", vec![1].into()), ("a", PropValue::Binary(vec![]))];
    assert_eq!(sorted(tag(PropType::Binary), UP, &bytes), "abc");
    assert_eq!(sorted(tag(PropType::Binary), DOWN, &bytes), "cba");
}

#[test]
fn text_sorts_caseless_first() {
    let texts = |values: [&str; 4]| values.map(|text| ("", text.into()));
    let order = |values, order| {
        let (mut table, view) = table(&[]);
        for (key, (_, value)) in (1..).zip(texts(values)) {
            table.put(RowKey(key), vec![(PR_DISPLAY_NAME, value)]).unwrap();
        }
        table.view(view).unwrap().sort_table(SortOrderSet::by(&[(PR_DISPLAY_NAME, order)])).unwrap();
        names(&table, view).join(" ")
    };
    assert_eq!(order(["b", "B", "a", "C"], UP), "a B b C");
    assert_eq!(order(["b", "B", "a", "C"], DOWN), "C b B a");
    assert_eq!(
        order(["same start 2", "same start 10", "Same start 1", "s"], UP),
        "s Same start 1 same start 10 same start 2"
    );
    assert_eq!(order(["Äpfel", "äh", "z", "Zoo"], UP), "z Zoo äh Äpfel");
    assert_eq!(order(["", "a", "a\0", "A"], UP), " A a a\0");
}

#[test]
fn tuples_sort_by_element_and_the_shorter_last() {
    let tag = PropTag::new(0x6900, PropType::MvLong);
    let value = |v: &[i32]| PropValue::MvLong(v.to_vec());
    let values = [("c", value(&[2])), ("b", value(&[1])), ("a", value(&[1, 2]))];
    assert_eq!(sorted(tag, UP, &values), "abc");
    assert_eq!(sorted(tag, DOWN, &values), "cab");
    let tag = PropTag::new(0x6900, PropType::MvUnicode);
    let value = |v: &str| PropValue::MvStr(vec![v.to_owned()]);
    assert_eq!(sorted(tag, UP, &[("b", value("B")), ("a", value("a"))]), "ab");
}

#[test]
fn keys_count_in_turn_and_birth_last() {
    let (mut table, view) = table(&[]);
    let rows = [("b", 2), ("a", 2), ("b", 1), ("a", 2)];
    for (key, (name, number)) in (1..).zip(rows) {
        let id = (PR_ACCESS, PropValue::Long(i32::try_from(key).unwrap()));
        table.put(RowKey(key), [row(name, number), vec![id]].concat()).unwrap();
    }
    let mut view = table.view(view).unwrap();
    view.set_columns(vec![PR_ACCESS]).unwrap();
    let mut order = |keys: &[(PropTag, SortOrder)]| {
        view.sort_table(SortOrderSet::by(keys)).unwrap();
        firsts(&view.query_rows(9, false).unwrap()).concat().replace("Long", "")
    };
    assert_eq!(order(&[(PR_DISPLAY_NAME, UP), (PR_STATUS_CODE, DOWN)]), "(2)(4)(1)(3)");
    assert_eq!(order(&[(PR_STATUS_CODE, DOWN), (PR_DISPLAY_NAME, DOWN)]), "(1)(2)(4)(3)");
    assert_eq!(order(&[(PR_INSTANCE_KEY, DOWN)]), "(4)(3)(2)(1)");
}

#[test]
fn c_193_restricted_rows_go_back_to_the_tables_own_order() {
    let by = |keys: &[(PropTag, SortOrder)], categories| {
        let sort = SortOrderSet::by(keys);
        SortOrderSet { categories, expanded: categories, ..sort }
    };
    for categories in 0..2 {
        let (mut table, view) = table(&["c", "x", "a", "d", "b"]);
        let mut at = table.view(view).unwrap();
        let filter = Restriction::Property { tag: PR_DISPLAY_NAME, op: Relop::Ne, value: "x".into() };
        at.restrict(Some(&filter)).unwrap();
        at.sort_table(by(&[(PR_DISPLAY_NAME, DOWN)], categories)).unwrap();
        at.sort_table(by(&[], 0)).unwrap();
        assert_eq!(names(&table, view).concat(), "cadb");
        for (key, left) in [(3, "cdb"), (1, "db"), (5, "d"), (4, "")] {
            assert!(table.remove(RowKey(key)));
            assert_eq!(names(&table, view).concat(), left);
        }
    }
}

#[test]
fn without_categories_no_row_is_a_heading() {
    let (mut table, view) = table(&["a"]);
    let key = instance(&table, 1);
    let mut view = table.view(view).unwrap();
    assert_eq!(code(view.expand_row(key, 1)), Scode::MAPI_E_NOT_FOUND);
    assert_eq!(code(view.collapse_row(key)), Scode::MAPI_E_NOT_FOUND);
    assert_eq!(code(view.collapse_state(key)), Scode::MAPI_E_NO_SUPPORT);
    assert_eq!(code(view.set_collapse_state(&[])), Scode::MAPI_E_NO_SUPPORT);
}
