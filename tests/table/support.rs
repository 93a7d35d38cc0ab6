//! A small table to try things on.

use mailspooler::mapi::*;
use mailspooler::table::*;

pub type Row = Vec<(PropTag, PropValue)>;

/// A name and a number.
pub fn row(name: &str, code: i32) -> Row {
    vec![(PR_DISPLAY_NAME, name.into()), (PR_STATUS_CODE, code.into())]
}

/// Rows keyed 1, 2, … with the names given; their numbers are their keys.
pub fn table(names: &[&str]) -> (Table, ViewId) {
    let mut table = Table::new(vec![PR_DISPLAY_NAME], vec![]).unwrap();
    for (key, name) in (1..).zip(names) {
        table.put(RowKey(key), row(name, i32::try_from(key).unwrap())).unwrap();
    }
    let view = table.open_view().unwrap();
    (table, view)
}

/// The first column of every row of the view, from the beginning, without moving anything.
pub fn names(table: &Table, view: ViewId) -> Vec<String> {
    let mut copy = table.clone();
    let all = copy.view(view).unwrap().query_all_rows(Some(vec![PR_DISPLAY_NAME]), None, None, 0).unwrap();
    firsts(&all)
}

/// The first column of the rows as text.
pub fn firsts(set: &RowSet) -> Vec<String> {
    let text = |row: &Vec<PropValue>| match &row[0] {
        PropValue::Str(text) => text.clone(),
        other => format!("{other:?}"),
    };
    set.rows.iter().map(text).collect()
}

/// The next `count` names.
pub fn read(table: &mut Table, view: ViewId, count: i64) -> Vec<String> {
    firsts(&table.view(view).unwrap().query_rows(count, false).unwrap())
}

/// The index the cursor is at.
pub fn at(table: &mut Table, view: ViewId) -> usize {
    table.view(view).unwrap().query_position().row
}

/// The instance key of a row.
pub fn instance(table: &Table, key: u64) -> InstanceKey {
    match table.value(RowKey(key), PR_INSTANCE_KEY) {
        Some(PropValue::Binary(bytes)) => InstanceKey(bytes.try_into().unwrap()),
        other => panic!("row {key} has {other:?}"),
    }
}

/// The notifications of one view, and no others.
pub fn heard(table: &mut Table, view: ViewId) -> Vec<Notification> {
    table.view(view).unwrap().take_events().into_iter().map(|event| event.notification).collect()
}

/// The code of a refusal.
pub fn code<T: std::fmt::Debug>(result: MapiResult<T>) -> Scode {
    result.unwrap_err().code
}
