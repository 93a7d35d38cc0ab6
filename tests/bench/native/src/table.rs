//! The engine behind `createTable`, loaded with the columns that T1 reads.

use crate::changes::{Change, Patch};
use crate::rows::Row;
use mailspooler::mapi::{BitmaskOp, ContentMatch, FuzzyFlags, PropTag, PropType, PropValue, Relop, SortOrder};
use mailspooler::table::{Connection, Grid, Restriction, SortOrderSet, ViewId};

const DATE: PropTag = PropTag::new(0x8000, PropType::SysTime);
const SUBJECT: PropTag = PropTag::new(0x8001, PropType::Unicode);
const SIZE: PropTag = PropTag::new(0x8002, PropType::Long);
const FLAGS: PropTag = PropTag::new(0x8003, PropType::Long);
const ID: PropTag = PropTag::new(0x8004, PropType::Long);

pub struct Loaded {
    pub grid: Grid,
    pub view: ViewId,
    columns: [usize; 5],
}

/// P6 without its JavaScript half.
#[allow(clippy::cast_precision_loss)]
pub fn load(rows: &[Row]) -> Loaded {
    let mut grid = Grid::new(vec![ID], Vec::new()).unwrap();
    grid.fill(u32::try_from(rows.len()).unwrap());
    let view = grid.open_lines().unwrap();
    let mut numbers = |tag, of: &dyn Fn(&Row) -> f64| {
        let at = grid.open_column(tag, rows.len(), 0).unwrap();
        let values: Vec<f64> = rows.iter().map(of).collect();
        assert!(grid.extend_numbers(at, 0, &values));
        at
    };
    let date = numbers(DATE, &|row| row.date as f64);
    let size = numbers(SIZE, &|row| f64::from(row.size));
    let flags = numbers(FLAGS, &|row| f64::from(row.flags));
    let id = numbers(ID, &|row| f64::from(row.id));
    let texts: String = rows.iter().flat_map(|row| [&row.subject, "\0"]).collect();
    let subject = grid.open_column(SUBJECT, rows.len(), texts.len()).unwrap();
    assert!(grid.extend_texts(subject, 0, rows.len(), &texts, &[]));
    Loaded { grid, view, columns: [date, subject, size, flags, id] }
}

pub fn newest_first() -> SortOrderSet {
    SortOrderSet::by(&[(DATE, SortOrder::Descend), (SUBJECT, SortOrder::Ascend), (ID, SortOrder::Ascend)])
}

pub fn by_subject() -> SortOrderSet {
    SortOrderSet::by(&[(SUBJECT, SortOrder::Ascend), (DATE, SortOrder::Descend), (ID, SortOrder::Ascend)])
}

/// Large, read, "re" in the subject in any case.
pub fn filter() -> Restriction {
    Restriction::And(vec![
        Restriction::Property { tag: SIZE, op: Relop::Gt, value: PropValue::Long(50_000) },
        Restriction::Bitmask { tag: FLAGS, op: BitmaskOp::Nez, mask: 1 },
        Restriction::content(SUBJECT, ContentMatch::Substring, FuzzyFlags::IGNORECASE, "re"),
    ])
}

fn long(value: u32) -> PropValue {
    PropValue::Long(i32::from_ne_bytes(value.to_ne_bytes()))
}

impl Loaded {
    pub fn restrict(&mut self, restriction: Option<&Restriction>) -> usize {
        let mut view = self.grid.view(self.view).unwrap();
        view.restrict(restriction).unwrap();
        view.row_count()
    }

    pub fn sort(&mut self, order: SortOrderSet) {
        self.grid.view(self.view).unwrap().sort_table(order).unwrap();
    }

    /// The slots of lines.
    pub fn window(&mut self, offset: usize, count: usize) -> Vec<u32> {
        let view = self.grid.view(self.view).unwrap();
        view.lines(offset, count).into_iter().filter_map(|line| view.slot(line)).map(|(slot, _)| slot).collect()
    }

    pub fn listen(&mut self) -> Connection {
        self.grid.view(self.view).unwrap().advise().unwrap()
    }

    /// How many notifications it came to.
    pub fn apply(&mut self, change: &Change) -> usize {
        let [date, subject, size, flags, id] = self.columns;
        match change {
            Change::Insert(row) => {
                let cells = vec![
                    (date, PropValue::SysTime(row.date)),
                    (subject, PropValue::Str(row.subject.clone())),
                    (size, long(row.size)),
                    (flags, long(row.flags)),
                    (id, long(row.id)),
                ];
                self.grid.insert(row.id, cells).unwrap();
            }
            Change::Remove(slot) => {
                self.grid.remove(*slot);
            }
            Change::Update(slot, patch) => {
                let cells = match patch {
                    Patch::Flags(value) => vec![(flags, long(*value))],
                    Patch::Status(_) => Vec::new(),
                    Patch::Date(value) => vec![(date, PropValue::SysTime(*value))],
                    Patch::Subject(text) => vec![(subject, PropValue::Str(text.clone()))],
                };
                self.grid.update(*slot, cells, false);
            }
        }
        self.grid.take_dirty();
        self.grid.take_events().iter().map(|(_, deliveries)| deliveries.len()).sum()
    }
}

/// FNV-1a over the slots of all lines.
pub fn order_hash(table: &mut Loaded) -> u32 {
    let count = table.grid.view(table.view).unwrap().row_count();
    table.window(0, count).into_iter().fold(0x811c_9dc5_u32, |hash, slot| (hash ^ slot).wrapping_mul(0x0100_0193))
}
