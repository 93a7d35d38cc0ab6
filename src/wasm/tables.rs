//! The door to a table of the host's own rows: its rows stay in JavaScript, numbered by slots; here are the columns
//! that order, restriction and categories read. The layouts are the contract with `pkg/src/tables/core.ts`.

use super::view::rows::{put_cells, put_value, tag, value};
use super::view::{act, key, restriction};
use super::{length, put_size, reader, refusal, size, thrown, unreadable};
use crate::mapi::{MapiError, MapiResult, PropTag, PropValue, Scode};
use crate::table::{Field, Grid, Import, Line, Notification, ViewId};
use crate::wire::tape::{Reader, Tape, TapeError, Writer};
use wasm_bindgen::prelude::*;

/// One table. Every instance of the module holds exactly one.
#[wasm_bindgen]
pub struct HostTable {
    grid: Grid,
    /// The tags of the columns, in their order.
    tags: Vec<PropTag>,
    /// Rows on their way in.
    import: Option<Import>,
    nums: Vec<f64>,
    text: Vec<u8>,
    out: Writer,
}

tapes!(HostTable);

#[wasm_bindgen]
impl HostTable {
    /// Without rows and columns.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Result<HostTable, JsValue> {
        let columns = vec![crate::mapi::PR_INSTANCE_KEY];
        let grid = Grid::new(columns, Vec::new()).map_err(|_| thrown("an empty table"))?;
        let (nums, text) = (Vec::new(), Vec::new());
        Ok(HostTable { grid, tags: Vec::new(), import: None, nums, text, out: Writer::default() })
    }

    /// The next rows of a column of numbers, as they lie on the tape; NaN is none. False: not such a column.
    pub fn numbers(&mut self, column: f64, start: u32, count: f64) -> bool {
        let numbers = self.nums.get(..size(count)).unwrap_or_default();
        self.grid.extend_numbers(size(column), start, numbers)
    }

    /// The next rows of a column of texts, each with a NUL behind it; on the other tape which rows have none. False:
    /// not so many texts.
    pub fn texts(&mut self, column: f64, start: u32, count: f64, bytes: f64, absent: f64) -> Result<bool, JsValue> {
        let absent = self.nums.get(..size(absent)).unwrap_or_default();
        let text = self.text.get(..size(bytes)).unwrap_or_default();
        let text = std::str::from_utf8(text).map_err(|_| thrown("texts: not UTF-8"))?;
        Ok(self.grid.extend_texts(size(column), start, size(count), text, absent))
    }

    /// Memory for so many bytes, at once: each time it grows, V8 may look through all of the host's rows for garbage.
    pub fn reserve(&mut self, bytes: f64) {
        let mut room: Vec<u8> = Vec::new();
        let _ = room.try_reserve_exact(size(bytes));
        std::hint::black_box(&room);
    }

    /// Reads JSON on the text tape; how many bytes of it are done with, -1 for a refusal: then its HRESULT, what was
    /// expected and what came are the answer.
    #[allow(clippy::cast_precision_loss)]
    pub fn json(&mut self, bytes: f64, last: bool) -> f64 {
        self.out.clear();
        let Some(import) = &mut self.import else { return 0.0 };
        let bytes = self.text.get(..size(bytes)).unwrap_or_default();
        match import.feed(&mut self.grid, bytes, last) {
            Ok(done) => done as f64,
            Err(error) => {
                self.import = None;
                let code = refusal(Err(error), &mut self.out);
                self.out.nums.push(code);
                -1.0
            }
        }
    }

    /// Writes the lines of a view from `offset` on, up to `count`; how many those are.
    pub fn lines(&mut self, view: u32, offset: f64, count: f64) -> usize {
        self.out.clear();
        let Ok(view) = self.grid.view(ViewId(view)) else { return 0 };
        let nums = &mut self.out.nums;
        if !view.slots(size(offset), size(count), |slot| nums.push(f64::from(slot))) {
            for line in view.lines(size(offset), size(count)) {
                nums.push(number(line, view.slot(line)));
            }
        }
        nums.len()
    }

    /// Answers the question on the tapes. Returns 0, or the HRESULT of a refusal: then what was expected and what came
    /// is the answer. Where the answer's numbers are in memory, how many, and the bytes of its text are then on the input
    /// tape: asking for them costs a call each.
    pub fn read(&mut self, nums: f64, bytes: f64) -> Result<f64, JsValue> {
        let mut reader = reader(&self.nums, nums, &self.text, bytes)?;
        self.out.clear();
        let answered = answer(&mut self.grid, &mut self.tags, &mut self.import, &mut reader, &mut self.out);
        reader.finish().map_err(unreadable)?;
        Ok(self.answered(answered))
    }

    /// Batches of changes, each of another row; answers as `read` what views heard of each batch, and which of their
    /// lines may differ. NaN: they cannot be read.
    pub fn apply(&mut self, nums: f64, bytes: f64) -> f64 {
        let Ok(mut reader) = reader(&self.nums, nums, &self.text, bytes) else { return f64::NAN };
        self.out.clear();
        let mut answered = Ok(());
        for _ in 0..reader.count() {
            if answered.is_err() || reader.failed() {
                break;
            }
            answered = apply(&mut self.grid, &self.tags, &mut reader, &mut self.out);
        }
        if reader.finish().is_err() { f64::NAN } else { self.answered(answered) }
    }
}

impl HostTable {
    #[allow(clippy::cast_precision_loss)]
    fn answered(&mut self, answered: MapiResult<()>) -> f64 {
        let refusal = refusal(answered, &mut self.out);
        if let Some([place, count, bytes, ..]) = self.nums.get_mut(..) {
            *place = self.out.nums.as_ptr().addr() as f64;
            *count = self.out.nums.len() as f64;
            *bytes = self.out.text.len() as f64;
        }
        refusal
    }
}

const ORDINAL: f64 = 4_294_967_296.0;

/// A slot, with the ordinal of its value above 32 bits; or -1 and below for a heading.
#[allow(clippy::cast_precision_loss)]
fn number(line: Line, slot: Option<(u32, usize)>) -> f64 {
    match (line, slot) {
        (Line::Heading(id), _) => -1.0 - f64::from(id),
        (Line::Leaf(_), Some((slot, ordinal))) => f64::from(slot) + ordinal as f64 * ORDINAL,
        (Line::Leaf(slot), None) => f64::from(slot),
    }
}

fn put_lines(grid: &mut Grid, id: ViewId, lines: &[Line], out: &mut Writer) -> MapiResult<()> {
    let view = grid.view(id)?;
    length(lines.len(), out);
    for line in lines {
        out.nums.push(number(*line, view.slot(*line)));
    }
    Ok(())
}

fn answer(
    grid: &mut Grid,
    tags: &mut Vec<PropTag>,
    import: &mut Option<Import>,
    r: &mut Reader<'_>,
    out: &mut Writer,
) -> MapiResult<()> {
    match r.count() {
        1 => grid.open_lines()?.0.put(out),
        2 => grid.close_view(ViewId(r.count())).put(out),
        3 => {
            let (id, what) = (ViewId(r.count()), r.count());
            return on_view(grid, id, what, r, out);
        }
        // The rows there are, without columns.
        4 => grid.fill(r.count()).put(out),
        // A column: its number.
        5 => {
            let (tag, rows, bytes) = (tag(r.text())?, r.count(), r.count());
            let at = grid.open_column(tag, rows as usize, bytes as usize).ok_or_else(|| {
                MapiError::new(Scode::MAPI_E_INVALID_PARAMETER, "a type that a column may have", "another")
            })?;
            if tags.len() <= at {
                tags.resize(at.saturating_add(1), tag);
            }
            put_size(at, out);
        }
        // Values of a new column: slot and value each.
        6 => {
            let column = r.count() as usize;
            let tag = tags.get(column).copied().unwrap_or(PropTag(0));
            for _ in 0..r.count() {
                let slot = r.count();
                let value = value(tag, r)?;
                if r.failed() {
                    break;
                }
                grid.set(column, slot, value);
            }
        }
        8 => {
            let unread = if bool::take(r) { Some(restriction(r)?) } else { None };
            grid.set_unread(unread.as_ref())?;
        }
        // Columns that come as JSON, of so many bytes in so many texts: their numbers count from 0.
        9 => {
            let (total, parts) = (u64::take(r), r.count());
            let mut fields = Vec::new();
            for _ in 0..r.count() {
                let field = Field { name: r.text().to_owned(), tag: tag(r.text())? };
                if r.failed() {
                    break;
                }
                tags.push(field.tag);
                fields.push(field);
            }
            *import = Some(Import::new(grid, fields, total, parts)?);
        }
        // How many rows came.
        10 => import.take().map_or(0, |import| import.finish(grid)).put(out),
        // The cells of rows, of the first so many columns.
        11 => {
            let columns = r.count() as usize;
            for _ in 0..r.count() {
                let slot = r.count();
                if r.failed() {
                    break;
                }
                for column in 0..columns {
                    put_cell(grid.value(slot, column), out);
                }
            }
        }
        // The values of a column in so many slots.
        12 => {
            let (column, start, count) = (r.count() as usize, r.count(), r.count());
            for slot in start..start.saturating_add(count) {
                put_cell(grid.value(slot, column), out);
            }
        }
        _ => r.fail(TapeError::Tag("question to a table")),
    }
    Ok(())
}

/// What is not there is null in rows that are made here.
fn put_cell(value: PropValue, out: &mut Writer) {
    put_value(if matches!(value, PropValue::Error(_)) { &PropValue::Null } else { &value }, out);
}

fn on_view(grid: &mut Grid, id: ViewId, what: u32, r: &mut Reader<'_>, out: &mut Writer) -> MapiResult<()> {
    let mut view = grid.view(id)?;
    match what {
        5 => {
            let lines = view.query_lines(Tape::take(r), Tape::take(r))?;
            put_lines(grid, id, &lines, out)
        }
        19 => {
            let (lines, more) = view.expand_lines(key(r)?, r.count() as usize)?;
            put_size(more, out);
            put_lines(grid, id, &lines, out)
        }
        // What headings hold.
        24 => {
            for _ in 0..r.count() {
                put_cells(view.heading(r.count()), out);
                if r.failed() {
                    break;
                }
            }
            Ok(())
        }
        // The instance keys of lines.
        25 => {
            let (from, count) = (r.count() as usize, r.count() as usize);
            let lines = view.lines(from, count);
            length(lines.len(), out);
            for line in lines {
                put_key(view.key(line).map(crate::table::InstanceKey::number), out);
            }
            Ok(())
        }
        // The slot of the row with that key, -1 for a heading; and the key of a row in a slot: what saved states name it by.
        26 => {
            let place = view.place(key(r)?);
            out.nums.push(place.map_or(-1.0, |place| number(Line::Leaf(0), Some(place))));
            Ok(())
        }
        27 => {
            put_key(Some(view.key_at(r.count(), r.count()).number()), out);
            Ok(())
        }
        28 => {
            put_size(view.depth(), out);
            Ok(())
        }
        _ => act(&mut view, what, r, out),
    }
}

#[allow(clippy::cast_precision_loss)]
fn put_key(key: Option<u64>, out: &mut Writer) {
    out.nums.push(key.map_or(-1.0, |key| key as f64));
}

fn cells(tags: &[PropTag], r: &mut Reader<'_>) -> MapiResult<Vec<(usize, PropValue)>> {
    let count = r.count() as usize;
    let mut cells = Vec::with_capacity(count.min(tags.len()));
    for _ in 0..count {
        let at = r.count() as usize;
        let tag = tags.get(at).copied().unwrap_or(PropTag(0));
        cells.push((at, value(tag, r)?));
        if r.failed() {
            break;
        }
    }
    Ok(cells)
}

/// Changes of rows, each of another row; then what views heard, and which of their lines may differ.
fn apply(grid: &mut Grid, tags: &[PropTag], r: &mut Reader<'_>, out: &mut Writer) -> MapiResult<()> {
    // What the caller did to views himself he knows.
    grid.take_dirty();
    for _ in 0..r.count() {
        let (kind, slot) = (r.count(), r.count());
        if r.failed() {
            break;
        }
        match kind {
            0 => {
                r.count();
                grid.remove(slot);
            }
            1 => grid.insert(slot, cells(tags, r)?)?,
            _ => {
                grid.update(slot, cells(tags, r)?, kind == 2);
            }
        }
    }
    let heard = grid.take_events();
    length(heard.len(), out);
    for (id, deliveries) in heard {
        let view = grid.view(id)?;
        id.0.put(out);
        length(deliveries.len(), out);
        for delivery in deliveries {
            length(delivery.to.len(), out);
            for connection in delivery.to {
                connection.0.put(out);
            }
            put_notification(&delivery.notification, &view, out);
        }
    }
    let dirty = grid.take_dirty();
    length(dirty.len(), out);
    for (id, from, to) in dirty {
        id.0.put(out);
        put_size(from, out);
        put_size(to, out);
    }
    Ok(())
}

/// Event, key, prior, line, old index, new index; then a heading's cells.
fn put_notification(told: &Notification, view: &crate::table::View<'_>, out: &mut Writer) {
    told.event().code().put(out);
    let (key, prior, line, old, new, row) = match told {
        Notification::Added { key, prior, row, new_index, line } => {
            (Some(*key), *prior, Some(*line), None, Some(*new_index), Some(row))
        }
        Notification::Modified { key, prior, row, old_index, new_index, line } => {
            (Some(*key), *prior, Some(*line), Some(*old_index), Some(*new_index), Some(row))
        }
        Notification::Deleted { key, old_index } => (Some(*key), None, None, Some(*old_index), None, None),
        Notification::Changed | Notification::Reload => (None, None, None, None, None, None),
    };
    put_key(key.map(crate::table::InstanceKey::number), out);
    put_key(prior.map(crate::table::InstanceKey::number), out);
    out.nums.push(line.map_or(0.0, |line| number(line, view.slot(line))));
    for index in [old, new] {
        match index {
            Some(index) => put_size(index, out),
            None => out.nums.push(-1.0),
        }
    }
    if let (Some(Line::Heading(_)), Some(row)) = (line, row) {
        put_cells(row.clone(), out);
    }
}
