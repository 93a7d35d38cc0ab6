//! Many rows: blocks split and merge, and positions stay right.

use crate::support::*;
use mailspooler::mapi::*;
use mailspooler::table::*;

/// A small generator, so that a failure repeats.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

fn number(dice: &mut Dice) -> Row {
    vec![(PR_STATUS_CODE, PropValue::Long(i32::try_from(dice.roll(2000)).unwrap()))]
}

/// The view's rows, and the same sorted from scratch by a second view.
fn check(table: &mut Table, view: ViewId, order: &SortOrderSet) {
    let rows = |table: &mut Table, view| table.view(view).unwrap().query_all_rows(None, None, None, 0).unwrap();
    let fresh = table.open_view().unwrap();
    table.view(fresh).unwrap().sort_table(order.clone()).unwrap();
    let expected = rows(table, fresh);
    table.close_view(fresh);
    assert_eq!(rows(table, view), expected);
    assert_eq!(expected.rows.len(), table.len());
    let mut handle = table.view(view).unwrap();
    for (index, row) in expected.rows.iter().enumerate().step_by(97) {
        handle.seek_row(Bookmark::BEGINNING, i64::try_from(index).unwrap()).unwrap();
        assert_eq!(&handle.query_rows(1, false).unwrap().rows[0], row);
    }
}

#[test]
fn a_view_of_thousands_stays_in_order_while_it_grows_and_shrinks() {
    let order = SortOrderSet::by(&[(PR_STATUS_CODE, SortOrder::Descend)]);
    let mut table = Table::new(vec![PR_STATUS_CODE, PR_INSTANCE_KEY], vec![]).unwrap();
    let view = table.open_view().unwrap();
    table.view(view).unwrap().sort_table(order.clone()).unwrap();
    let mut dice = Dice(7);
    for key in 0..6000 {
        table.put(RowKey(key), number(&mut dice)).unwrap();
    }
    check(&mut table, view, &order);
    for _ in 0..4000 {
        let key = RowKey(dice.roll(6000));
        match dice.roll(3) {
            0 => drop(table.remove(key)),
            _ => drop(table.put(key, number(&mut dice)).unwrap()),
        }
    }
    check(&mut table, view, &order);
    for key in 0..5950 {
        table.remove(RowKey((key * 7) % 6000));
    }
    check(&mut table, view, &order);
    for key in 0..6000 {
        table.remove(RowKey(key));
    }
    check(&mut table, view, &order);
}

#[test]
fn searches_cross_blocks_both_ways() {
    let mut table = Table::new(vec![PR_STATUS_CODE], vec![]).unwrap();
    for key in 0..3000 {
        table.put(RowKey(key), vec![(PR_STATUS_CODE, PropValue::Long(i32::try_from(key % 1000).unwrap()))]).unwrap();
    }
    let view = table.open_view().unwrap();
    let wanted = Restriction::equals(PR_STATUS_CODE, 999);
    let mut handle = table.view(view).unwrap();
    let mut find = |origin, backward| {
        handle.find_row(&wanted, origin, backward).unwrap();
        handle.query_position().row
    };
    assert_eq!(find(Bookmark::BEGINNING, false), 999);
    assert_eq!(find(Bookmark::END, true), 2999);
    assert_eq!(find(Bookmark::CURRENT, true), 1999);
    assert_eq!(find(Bookmark::CURRENT, true), 999);
    handle.seek_row(Bookmark::CURRENT, 1).unwrap();
    handle.find_row(&wanted, Bookmark::CURRENT, false).unwrap();
    assert_eq!(handle.query_position().row, 1999);
    assert_eq!(names(&table, view).len(), 3000);
}

/// Rows numbered from 0 on, in order.
fn numbered(count: u64) -> (Table, ViewId) {
    let mut table = Table::new(vec![PR_ROWID], vec![]).unwrap();
    for key in 0..count {
        table.put(RowKey(key), row("", 0)).unwrap();
    }
    let view = table.open_view().unwrap();
    (table, view)
}

#[test]
fn every_row_is_found_by_index_and_index_by_row() {
    let (mut table, view) = numbered(3000);
    table.view(view).unwrap().advise().unwrap();
    for key in 1..3000 {
        table.put(RowKey(key), row("x", 0)).unwrap();
        let prior = instance(&table, key - 1);
        match heard(&mut table, view).as_slice() {
            [Notification::Modified { prior: told, new_index, .. }] => {
                assert_eq!((*told, *new_index as u64), (Some(prior), key));
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_block_that_empties_beside_a_full_one_goes() {
    let code = |code| vec![(PR_STATUS_CODE, PropValue::Long(code))];
    let (mut table, view) = numbered(2304);
    for key in 0..2304 {
        table.merge(RowKey(key), code(i32::try_from(key / 768).unwrap() * 10)).unwrap();
    }
    let order = SortOrderSet::by(&[(PR_STATUS_CODE, SortOrder::Ascend)]);
    table.view(view).unwrap().sort_table(order.clone()).unwrap();
    for key in 2304..2504 {
        table.put(RowKey(key), code(15)).unwrap();
    }
    for key in 768..1536 {
        table.remove(RowKey(key));
    }
    table.put(RowKey(0), code(30)).unwrap();
    check(&mut table, view, &order);
}

#[test]
fn a_sort_of_thousands_is_that_of_a_plain_vector() {
    let mut dice = Dice(11);
    let mut rows: Vec<(u64, Option<String>, Option<i32>)> = Vec::new();
    for key in 0..6000 {
        let start = ["Re: ", "RE: north", "", "re: Größe ", "the same long beginning of "]
            [usize::try_from(dice.roll(5)).unwrap()];
        let name = (dice.roll(9) > 0).then(|| format!("{start}{}", dice.roll(40)));
        let code = [None, Some(i32::MIN), Some(i32::MAX), Some(i32::try_from(dice.roll(30)).unwrap())];
        rows.push((key, name, code[usize::try_from(dice.roll(4)).unwrap()]));
    }
    let mut table = Table::new(vec![PR_ROWID], vec![]).unwrap();
    for (key, name, code) in &rows {
        let name = name.clone().map(|name| (PR_DISPLAY_NAME, PropValue::Str(name)));
        let code = code.map(|code| (PR_STATUS_CODE, PropValue::Long(code)));
        table.put(RowKey(*key), name.into_iter().chain(code).collect()).unwrap();
    }
    let view = table.open_view().unwrap();
    let turn = |order: std::cmp::Ordering, down: bool| if down { order.reverse() } else { order };
    for (text_first, down) in [(true, false), (true, true), (false, false), (false, true)] {
        let way = if down { SortOrder::Descend } else { SortOrder::Ascend };
        let mut keys = vec![(PR_DISPLAY_NAME, way), (PR_STATUS_CODE, way)];
        if !text_first {
            keys.reverse();
        }
        table.view(view).unwrap().sort_table(SortOrderSet::by(&keys)).unwrap();
        let shown = table.view(view).unwrap().query_all_rows(None, None, None, 0).unwrap();
        let mut expected: Vec<_> = rows.iter().collect();
        expected.sort_by(|a, b| {
            let by_text = match (&a.1, &b.1) {
                (Some(x), Some(y)) => turn((x.to_lowercase(), x).cmp(&(y.to_lowercase(), y)), down),
                (x, y) => x.is_none().cmp(&y.is_none()),
            };
            let by_code = match (a.2, b.2) {
                (Some(x), Some(y)) => turn(x.cmp(&y), down),
                (x, y) => x.is_none().cmp(&y.is_none()),
            };
            let both = if text_first { by_text.then(by_code) } else { by_code.then(by_text) };
            both.then(a.0.cmp(&b.0))
        });
        let numbers: Vec<_> = shown.rows.iter().map(|row| row[0].clone()).collect();
        let expected: Vec<_> = expected.iter().map(|row| PropValue::Long(i32::try_from(row.0).unwrap() + 1)).collect();
        assert_eq!(numbers, expected);
    }
}

#[test]
fn rows_that_start_alike_are_found_over_many_blocks() {
    let order = SortOrderSet::by(&[
        (PR_STATUS_CODE, SortOrder::Descend),
        (PR_CLIENT_SUBMIT_TIME, SortOrder::Ascend),
        (PR_INSTANCE_KEY, SortOrder::Descend),
    ]);
    let mut dice = Dice(11);
    // Three values and none; of times the last one, whose word is that of none.
    let some = |dice: &mut Dice| {
        let mut row = Vec::new();
        if let Ok(code @ 0..3) = i32::try_from(dice.roll(4)) {
            row.push((PR_STATUS_CODE, PropValue::Long(code)));
        }
        if let time @ 0..2 = dice.roll(3) {
            row.push((PR_CLIENT_SUBMIT_TIME, PropValue::SysTime([0, i64::MAX][usize::try_from(time).unwrap()])));
        }
        row
    };
    for order in [order.clone(), SortOrderSet::by(&[(PR_CLIENT_SUBMIT_TIME, SortOrder::Ascend)])] {
        let mut table = Table::new(vec![PR_INSTANCE_KEY, PR_STATUS_CODE, PR_CLIENT_SUBMIT_TIME], vec![]).unwrap();
        let view = table.open_view().unwrap();
        table.view(view).unwrap().sort_table(order.clone()).unwrap();
        table.view(view).unwrap().advise().unwrap();
        let mut copy: Vec<InstanceKey> = Vec::new();
        for turn in 0..9000 {
            let key = RowKey(if turn < 4000 { turn } else { dice.roll(4000) });
            match dice.roll(4) {
                0 => drop(table.remove(key)),
                _ => drop(table.put(key, some(&mut dice)).unwrap()),
            }
            for one in heard(&mut table, view) {
                match one {
                    Notification::Added { key, new_index, .. } => copy.insert(new_index, key),
                    Notification::Modified { key, old_index, new_index, .. } => {
                        assert_eq!(copy.remove(old_index), key);
                        copy.insert(new_index, key);
                    }
                    Notification::Deleted { key, old_index } => assert_eq!(copy.remove(old_index), key),
                    other => panic!("{other:?}"),
                }
            }
        }
        check(&mut table, view, &order);
        let shown = table.view(view).unwrap().query_all_rows(None, None, None, 0).unwrap();
        let keys: Vec<PropValue> = copy.into_iter().map(PropValue::from).collect();
        assert_eq!(shown.rows.iter().map(|row| row[0].clone()).collect::<Vec<_>>(), keys);
    }
}
