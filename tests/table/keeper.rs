//! A reader that keeps rows where the view says, as `pkg/src/rows.ts` does.

use mailspooler::mapi::*;
use mailspooler::table::*;
use std::collections::BTreeMap;

pub type Line_ = (InstanceKey, Vec<PropValue>);

struct Values(Vec<PropValue>);

impl Sink for Values {
    fn text(&mut self, text: &str) {
        self.0.push(text.into());
    }

    fn long(&mut self, number: i32) {
        self.0.push(number.into());
    }

    fn cell(&mut self, cell: Option<Cell<'_>>) {
        self.0.push(cell.map_or(PropValue::Null, Cell::to_value));
    }
}

#[derive(Default)]
pub struct Keeper {
    pub columns: Vec<PropTag>,
    places: BTreeMap<u32, Line_>,
    /// The keys of the rows sent last.
    pub sent: Vec<u64>,
}

impl Keeper {
    /// The range, most of it from what is kept.
    pub fn look(&mut self, view: &mut View<'_>, offset: usize, count: usize, keep: bool) -> Vec<Line_> {
        if let Some(columns) = view.new_columns() {
            self.columns = columns.to_vec();
        }
        let lines = view.lines(offset, count);
        self.sent.clear();
        let mut rows = Vec::new();
        let given = view.give(&lines, keep);
        assert_eq!(given.iter().map(|one| one.line).collect::<Vec<_>>(), lines);
        for Given { line, place, fresh } in given {
            let key = view.key(line).unwrap();
            if !fresh {
                rows.push(self.places[&place].clone());
                assert_eq!(self.places[&place].0, key);
                continue;
            }
            let mut values = Values(Vec::new());
            for at in 0..self.columns.len() {
                view.send(at, &[line], &mut values);
            }
            self.sent.push(key.number());
            rows.push((key, values.0.clone()));
            if place != NOWHERE {
                self.places.insert(place, (key, values.0));
            }
        }
        rows
    }

    /// Rows that are kept, some of them perhaps in vain.
    pub fn len(&self) -> usize {
        self.places.len()
    }
}
