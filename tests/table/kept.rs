//! Ranges: a row is sent once, and again when it is another.

use crate::keeper::Keeper;
use crate::support::*;
use mailspooler::mapi::*;
use mailspooler::table::*;

struct Range {
    table: Table,
    view: ViewId,
    keeper: Keeper,
}

impl Range {
    fn new(names: &[&str]) -> Self {
        let (table, view) = table(names);
        Self { table, view, keeper: Keeper::default() }
    }

    /// A table of so many rows, named by their numbers.
    fn of(count: usize) -> Self {
        let names: Vec<String> = (0..count).map(|n| n.to_string()).collect();
        Self::new(&names.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn view(&mut self) -> View<'_> {
        self.table.view(self.view).unwrap()
    }

    /// The texts of a range, and how many rows were sent for it.
    fn look(&mut self, offset: usize, count: usize, keep: bool) -> (String, usize) {
        let mut view = self.table.view(self.view).unwrap();
        let rows = self.keeper.look(&mut view, offset, count, keep);
        let text = |row: &PropValue| match row {
            PropValue::Str(text) => text.clone(),
            PropValue::Long(number) => number.to_string(),
            other => format!("{other:?}"),
        };
        let texts: Vec<String> = rows.iter().flat_map(|row| row.1.iter().map(text)).collect();
        (texts.join(" "), self.keeper.sent.len())
    }
}

fn five() -> Range {
    Range::new(&["a", "b", "c", "d", "e"])
}

#[test]
fn a_row_is_sent_once() {
    let mut range = five();
    assert_eq!(range.look(1, 2, true), ("b c".to_owned(), 2));
    assert_eq!(range.look(1, 2, true), ("b c".to_owned(), 0));
    assert_eq!(range.look(0, 4, true), ("a b c d".to_owned(), 2));
    assert_eq!(range.look(4, usize::MAX, true), ("e".to_owned(), 1));
    assert_eq!(range.look(usize::MAX, usize::MAX, true), (String::new(), 0));
}

#[test]
fn p16_a_window_of_100_that_moves_by_25_is_sent_25() {
    let mut range = Range::of(1_000);
    range.look(0, 100, false);
    for step in 1..36 {
        assert_eq!(range.look(step * 25, 100, false).1, 25);
    }
    assert_eq!(range.keeper.len(), 256);
}

#[test]
fn what_changed_is_sent_again_and_nothing_else() {
    let mut range = five();
    range.look(0, 5, true);
    range.table.put(RowKey(2), row("B", 2)).unwrap();
    assert_eq!(range.look(0, 5, true), ("a B c d e".to_owned(), 1));
    range.table.remove(RowKey(1));
    assert_eq!(range.look(0, 5, true), ("B c d e".to_owned(), 0));
    range.table.put(RowKey(9), row("z", 9)).unwrap();
    assert_eq!(range.look(0, 5, true), ("B c d e z".to_owned(), 1), "in the slot of the one that went");
    range.table.put(RowKey(9), row("z", 9)).unwrap();
    assert_eq!(range.look(0, 5, true).1, 0, "nothing differs");
}

#[test]
fn other_columns_are_named_once_and_all_is_sent() {
    let mut range = five();
    assert_eq!(range.view().new_columns(), Some([PR_DISPLAY_NAME].as_slice()));
    assert_eq!(range.view().new_columns(), None);
    range.keeper.columns = vec![PR_DISPLAY_NAME];
    range.look(0, 2, true);
    range.view().set_columns(vec![PR_STATUS_CODE, PR_NULL, PR_SUBJECT]).unwrap();
    assert_eq!(range.look(0, 2, true), ("1 Null Error(MAPI_E_NOT_FOUND) 2 Null Error(MAPI_E_NOT_FOUND)".to_owned(), 2));
    assert_eq!(range.keeper.columns, [PR_STATUS_CODE, PR_NULL, PR_SUBJECT]);
    assert_eq!(range.view().new_columns(), None);
}

#[test]
fn the_version_moves_with_whatever_may_show() {
    let mut range = five();
    let mut before = 0;
    let mut moved = |range: &mut Range| {
        let version = range.view().version();
        std::mem::replace(&mut before, version) != version
    };
    assert!(moved(&mut range), "it is never 0");
    range.look(0, 5, true);
    range.view().query_rows(2, false).unwrap();
    assert!(!moved(&mut range), "reading moves nothing");
    range.table.put(RowKey(3), row("c", 3)).unwrap();
    assert!(!moved(&mut range), "nothing differs");
    range.table.put(RowKey(3), row("C", 3)).unwrap();
    assert!(moved(&mut range));
    range.table.put(RowKey(6), row("f", 6)).unwrap();
    assert!(moved(&mut range));
    range.table.remove(RowKey(6));
    assert!(moved(&mut range));
    range.view().set_columns(vec![PR_STATUS_CODE]).unwrap();
    assert!(moved(&mut range));
    range.view().restrict(Some(&Restriction::equals(PR_STATUS_CODE, 4))).unwrap();
    assert!(moved(&mut range));
    range.view().sort_table(SortOrderSet::by(&[(PR_DISPLAY_NAME, SortOrder::Descend)])).unwrap();
    assert!(moved(&mut range));
    range.table.reload();
    assert!(moved(&mut range));
}

#[test]
fn a_long_range_makes_room_if_it_is_kept() {
    let mut range = Range::of(1_000);
    assert_eq!(range.look(0, 1_000, false).1, 1_000);
    assert_eq!((range.look(0, 1_000, false).1, range.keeper.len()), (1_000, 0), "read in passing");
    assert_eq!(range.look(0, 1_000, true).1, 1_000);
    assert_eq!((range.look(0, 1_000, true).1, range.keeper.len()), (0, 1_000));
    range.table.put(RowKey(500), row("other", 500)).unwrap();
    assert_eq!(range.look(0, 1_000, false).1, 1);
}

#[test]
fn places_are_given_anew_the_oldest_first() {
    let mut range = Range::of(600);
    for offset in (0..500).step_by(100) {
        assert_eq!(range.look(offset, 100, false).1, 100);
    }
    assert_eq!(range.look(400, 100, false).1, 0);
    assert_eq!(range.look(0, 100, false).1, 100, "its places were given away");
    assert_eq!(range.look(400, 100, false).1, 0);
}

#[test]
fn headings_are_always_sent() {
    let mut range = five();
    let keys = vec![SortKey::new(PR_DISPLAY_NAME, SortOrder::Ascend)];
    range.view().sort_table(SortOrderSet { keys, categories: 1, expanded: 1 }).unwrap();
    assert_eq!(range.look(0, 4, true), ("a a b b".to_owned(), 4));
    assert_eq!(range.look(0, 4, true), ("a a b b".to_owned(), 2));
    range.view().set_columns(vec![PR_ROW_TYPE, PR_DEPTH, PR_NULL, PR_CONTENT_COUNT]).unwrap();
    assert_eq!(range.look(0, 2, true).0, "3 0 Null 1 1 1 Null Error(MAPI_E_NOT_FOUND)");
}
