//! A restriction over whole columns, sixty-four rows at a time, says of every row what it says of the row alone.

use crate::restrictions::is;
use crate::support::*;
use mailspooler::mapi::*;
use mailspooler::table::*;

const WHEN: PropTag = PropTag::new(0x6910, PropType::SysTime);
const SIZE: PropTag = PropTag::new(0x6911, PropType::I8);
const READ: PropTag = PropTag::new(0x6912, PropType::Boolean);

/// More than four lots, and part of a fifth.
const ROWS: u64 = 300;

/// The whole third lot, the ends of others, and every seventh row.
fn is_hole(key: u64) -> bool {
    (129..=192).contains(&key) || [1, 64, 65, 128, 193, 256, 257, ROWS].contains(&key) || key % 7 == 0
}

fn long(key: u64) -> Option<i32> {
    (key % 5 != 0).then_some(i32::try_from(key % 11).unwrap() - 5)
}
fn i8(key: u64) -> Option<i64> {
    (key % 3 != 0).then_some(i64::try_from(key).unwrap() << 33)
}
fn when(key: u64) -> Option<i64> {
    (key % 4 != 0).then_some(-i64::try_from(key).unwrap())
}
fn read(key: u64) -> Option<bool> {
    (key % 6 != 0).then_some(key % 2 == 0)
}
fn text(key: u64) -> Option<String> {
    (key % 9 != 0).then(|| format!("Row {key} of {}", if key % 2 == 0 { "mail" } else { "Ärger" }))
}

fn row(key: u64) -> Row {
    let cells = [
        (PR_STATUS_CODE, long(key).map(PropValue::Long)),
        (SIZE, i8(key).map(PropValue::I8)),
        (WHEN, when(key).map(PropValue::SysTime)),
        (READ, read(key).map(PropValue::Boolean)),
        (PR_DISPLAY_NAME, text(key).map(PropValue::Str)),
    ];
    cells.into_iter().filter_map(|(tag, value)| Some((tag, value?))).collect()
}

fn full() -> Table {
    let mut table = Table::new(vec![PR_DISPLAY_NAME], vec![]).unwrap();
    for key in 1..=ROWS {
        table.put(RowKey(key), row(key)).unwrap();
    }
    for key in (1..=ROWS).filter(|key| is_hole(*key)) {
        assert!(table.remove(RowKey(key)));
    }
    table
}

fn content(pattern: &str, how: ContentMatch) -> Restriction {
    Restriction::content(PR_DISPLAY_NAME, how, FuzzyFlags::IGNORECASE, pattern)
}

type Passes = fn(u64) -> bool;

fn cases() -> Vec<(Restriction, Passes)> {
    let mask = |op| Restriction::Bitmask { tag: PR_STATUS_CODE, op, mask: 1 };
    let both = || vec![is(PR_STATUS_CODE, Relop::Gt, 0), content("MAIL", ContentMatch::Substring)];
    vec![
        (is(PR_STATUS_CODE, Relop::Lt, 0), |k| long(k).is_some_and(|v| v < 0)),
        (is(PR_STATUS_CODE, Relop::Le, 0), |k| long(k).is_some_and(|v| v <= 0)),
        (is(PR_STATUS_CODE, Relop::Gt, 2), |k| long(k).is_some_and(|v| v > 2)),
        (is(PR_STATUS_CODE, Relop::Ge, 2), |k| long(k).is_some_and(|v| v >= 2)),
        (is(PR_STATUS_CODE, Relop::Eq, 3), |k| long(k) == Some(3)),
        (is(PR_STATUS_CODE, Relop::Ne, 3), |k| long(k).is_some_and(|v| v != 3)),
        (is(SIZE, Relop::Ge, PropValue::I8(100 << 33)), |k| i8(k).is_some_and(|v| v >= 100 << 33)),
        (is(WHEN, Relop::Lt, PropValue::SysTime(-250)), |k| when(k).is_some_and(|v| v < -250)),
        (is(READ, Relop::Eq, PropValue::Boolean(true)), |k| read(k) == Some(true)),
        (mask(BitmaskOp::Nez), |k| long(k).is_some_and(|v| v & 1 != 0)),
        (mask(BitmaskOp::Eqz), |k| long(k).is_some_and(|v| v & 1 == 0)),
        (Restriction::Exist(PR_DISPLAY_NAME), |k| text(k).is_some()),
        (content("ärger", ContentMatch::Substring), |k| text(k).is_some_and(|v| v.contains("Ärger"))),
        (content("row 2", ContentMatch::Prefix), |k| text(k).is_some_and(|v| v.starts_with("Row 2"))),
        (Restriction::Size { tag: READ, op: Relop::Eq, size: 2 }, |k| read(k).is_some()),
        (Restriction::Compare { op: Relop::Eq, left: PR_STATUS_CODE, right: PR_STATUS_CODE }, |k| long(k).is_some()),
        (Restriction::Not(Box::new(is(PR_STATUS_CODE, Relop::Eq, 3))), |k| long(k) != Some(3)),
        (Restriction::And(both()), |k| long(k) > Some(0) && text(k).is_some_and(|v| v.contains("mail"))),
        (Restriction::Or(both()), |k| long(k) > Some(0) || text(k).is_some_and(|v| v.contains("mail"))),
        (
            Restriction::Or(vec![
                Restriction::Not(Box::new(Restriction::And(both()))),
                is(WHEN, Relop::Lt, PropValue::SysTime(-299)),
            ]),
            |k| !(long(k) > Some(0) && text(k).is_some_and(|v| v.contains("mail"))),
        ),
        (Restriction::And(vec![]), |_| true),
        (Restriction::Or(vec![]), |_| false),
    ]
}

fn keys(table: &mut Table, view: ViewId) -> Vec<u64> {
    let all = table.view(view).unwrap().query_all_rows(Some(vec![PR_ROWID]), None, None, 0).unwrap();
    let key = |row: &Vec<PropValue>| match row[0] {
        PropValue::Long(key) => u64::try_from(key).unwrap(),
        _ => panic!("{row:?}"),
    };
    all.rows.iter().map(key).collect()
}

#[test]
fn rows_that_were_removed_never_match_and_no_other_is_passed_over() {
    let mut table = full();
    let view = table.open_view().unwrap();
    for (restriction, passes) in cases() {
        table.view(view).unwrap().restrict(Some(&restriction)).unwrap();
        let expected: Vec<u64> = (1..=ROWS).filter(|key| !is_hole(*key) && passes(*key)).collect();
        assert_eq!(keys(&mut table, view), expected, "{restriction:?}");
    }
}

#[test]
fn rows_one_by_one_pass_as_they_do_together() {
    for (restriction, _) in cases() {
        let mut table = Table::new(vec![PR_DISPLAY_NAME], vec![]).unwrap();
        let alone = table.open_view().unwrap();
        table.view(alone).unwrap().restrict(Some(&restriction)).unwrap();
        for key in 1..=ROWS {
            table.put(RowKey(key), row(key)).unwrap();
        }
        for key in (1..=ROWS).filter(|key| is_hole(*key)) {
            table.remove(RowKey(key));
        }
        let together = table.open_view().unwrap();
        table.view(together).unwrap().restrict(Some(&restriction)).unwrap();
        assert_eq!(keys(&mut table, alone), keys(&mut table, together), "{restriction:?}");
    }
}

#[test]
fn slots_that_are_used_again_are_those_of_the_new_rows() {
    let mut table = full();
    for key in ROWS + 1..=ROWS + 40 {
        table.put(RowKey(key), vec![(PR_STATUS_CODE, 99.into())]).unwrap();
    }
    let view = table.open_view().unwrap();
    for (restriction, count) in
        [(is(PR_STATUS_CODE, Relop::Eq, 99), 40), (is(READ, Relop::Ge, PropValue::Boolean(false)), 0)]
    {
        table.view(view).unwrap().restrict(Some(&restriction)).unwrap();
        assert_eq!(keys(&mut table, view).iter().filter(|key| **key > ROWS).count(), count, "{restriction:?}");
    }
}
