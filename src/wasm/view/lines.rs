//! Rows on their way out, column by column. What a column's kind does not hold is behind a NaN; texts have their length
//! on the tape of numbers, and no end on theirs. Those beyond ASCII are behind all others: engines decode no text fast
//! behind the first such character. Their lengths are below zero.

use super::super::length;
use super::rows::{BOOLEAN, NULL, NUMBER, SAFE, TEXT, put_cell, put_columns, put_hex};
use crate::mapi::{PropTag, PropType};
use crate::table::{Cell, Line, Sink, View};
use crate::wire::tape::{Reader, Tape, Writer, is_ascii, units};

/// Lines from `offset` on, unless the view is still the version on the tape; behind it `keep` as in [`View::give`].
pub fn put_range(view: &mut View<'_>, range: (usize, usize), r: &mut Reader<'_>, out: &mut Writer) {
    let (version, keep) = (u64::take(r), bool::take(r));
    let changed = view.version() != version;
    changed.put(out);
    if changed {
        view.version().put(out);
        let lines = view.lines(range.0, range.1);
        put_lines(view, &lines, keep, out);
    }
}

/// The columns, if they are others than last time; of each line its place, below zero if it is sent; of those that are,
/// the keys, how long the texts beyond ASCII are, then the columns.
pub fn put_lines(view: &mut View<'_>, lines: &[Line], keep: bool, out: &mut Writer) {
    let columns = view.new_columns();
    columns.is_some().put(out);
    if let Some(columns) = columns {
        put_columns(columns, out);
    }
    let mut fresh = Vec::with_capacity(lines.len());
    length(lines.len(), out);
    for given in view.give(lines, keep) {
        let place = f64::from(given.place);
        if given.fresh {
            fresh.push(given.line);
            out.nums.push(-1.0 - place);
        } else {
            out.nums.push(place);
        }
    }
    if fresh.is_empty() {
        return;
    }
    for line in &fresh {
        let key = view.key(*line).map_or(0, crate::table::InstanceKey::number);
        #[allow(clippy::cast_precision_loss)]
        out.nums.push(key as f64);
    }
    let (head, columns) = (out.nums.len(), view.query_columns(false));
    out.nums.push(0.0);
    let mut packed = Packed { kind: NUMBER, wide: String::new(), out };
    for (at, tag) in columns.into_iter().enumerate() {
        packed.kind = kind(tag);
        packed.kind.put(packed.out);
        view.send(at, &fresh, &mut packed);
    }
    let Packed { wide, out, .. } = packed;
    if let Some(place) = out.nums.get_mut(head) {
        *place = units(&wide);
    }
    out.text.push_str(&wide);
}

fn kind(tag: PropTag) -> u32 {
    match tag.value_type() {
        Some(PropType::Unicode | PropType::String8 | PropType::Binary) => TEXT,
        Some(PropType::Boolean) => BOOLEAN,
        _ => NUMBER,
    }
}

/// Cells of a column on their way out, and the texts beyond ASCII of all columns.
struct Packed<'a> {
    kind: u32,
    wide: String,
    out: &'a mut Writer,
}

#[allow(clippy::cast_precision_loss)]
impl Sink for Packed<'_> {
    fn text(&mut self, text: &str) {
        if is_ascii(text) {
            self.out.text.push_str(text);
            self.out.nums.push(text.len() as f64);
        } else {
            self.wide.push_str(text);
            self.out.nums.push(-units(text));
        }
    }

    fn long(&mut self, number: i32) {
        self.out.nums.push(f64::from(number));
    }

    fn cell(&mut self, cell: Option<Cell<'_>>) {
        let number = match (self.kind, cell) {
            (TEXT, Some(Cell::Str(text))) => return self.text(text),
            (TEXT, Some(Cell::Binary(bytes))) => put_hex(bytes, &mut self.out.text),
            (TEXT, Some(Cell::Key(bytes))) => put_hex(&bytes, &mut self.out.text),
            (NUMBER, Some(Cell::Long(v))) => f64::from(v),
            (NUMBER, Some(Cell::I8(v) | Cell::SysTime(v))) if (-SAFE..=SAFE).contains(&v) => v as f64,
            (NUMBER, Some(Cell::Double(v))) => v,
            (BOOLEAN, Some(Cell::Boolean(v))) => f64::from(u8::from(v)),
            _ => f64::NAN,
        };
        self.out.nums.push(number);
        if number.is_nan() {
            match cell {
                None => NULL.put(self.out),
                Some(cell) => put_cell(cell, self.out),
            }
        }
    }
}
