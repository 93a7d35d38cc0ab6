//! Rows from JSON bytes straight into columns: an array of objects, piece by piece. A row goes in once it is complete,
//! so what is cut off is read again with the next piece, and nothing is ever half there.

mod cells;
mod scan;
mod seen;

use super::bulk::room;
use super::column::{Column, Data};
use super::grid::Grid;
use crate::mapi::{MapiError, MapiResult, PropTag, PropType, Scode, told};
use cells::{Fresh, told};
use scan::{Fault, Piece, Scan, What};
use seen::Seen;

/// As many as a table of the host's takes.
const MOST_ROWS: u32 = 1 << 24;
/// How many rows there will be is guessed from this part of all bytes on, how much text from that.
const ROWS_SAMPLE: u64 = 256;
const TEXT_SAMPLE: u64 = 8;

/// A field that becomes a column.
#[derive(Clone, Debug)]
pub struct Field {
    /// As rows call it.
    pub name: String,
    /// Its column and type.
    pub tag: PropTag,
}

/// What is known of a column while rows come in.
struct Filled {
    name: String,
    kind: PropType,
    at: usize,
    seen: Option<Seen>,
}

/// Between rows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Where {
    /// Before the array.
    Start,
    /// Behind its bracket.
    First,
    /// Behind a row.
    Rest,
    /// Behind the array.
    Behind,
}

/// Rows on their way into an empty table.
pub struct Import {
    columns: Vec<Filled>,
    /// The fields of the row before, in its order: the next one mostly has the same.
    guess: Vec<(String, Option<usize>)>,
    place: Where,
    rows: u32,
    room: usize,
    /// Bytes read, and all there are.
    read: u64,
    total: u64,
    /// Bytes read of this text, and which one it is.
    inside: u64,
    part: Option<u32>,
}

impl Import {
    /// Into new columns of a table without rows: of so many bytes in all, in so many texts.
    ///
    /// # Errors
    /// `MAPI_E_INVALID_PARAMETER` for a type that no column can have.
    pub fn new(grid: &mut Grid, fields: Vec<Field>, total: u64, parts: u32) -> MapiResult<Self> {
        let mut columns = Vec::with_capacity(fields.len());
        for Field { name, tag } in fields {
            let kind = tag.prop_type();
            let (Some(at), Some(kind)) = (grid.open_column(tag, 0, 0), kind) else {
                let expected = "a type that a column may have";
                return Err(MapiError::new(Scode::MAPI_E_INVALID_PARAMETER, expected, "another"));
            };
            let seen = (kind == PropType::Unicode).then(Seen::new);
            columns.push(Filled { name, kind, at, seen });
        }
        let part = (parts > 1).then_some(1);
        let (place, guess) = (Where::Start, Vec::new());
        Ok(Self { columns, guess, place, rows: 0, room: 0, read: 0, total, inside: 0, part })
    }

    /// Reads on; how many of the bytes are done with. The others come again with more behind them, unless these were
    /// the `last` of a text: then another may follow.
    ///
    /// # Errors
    /// `MAPI_E_INVALID_PARAMETER` with the row and the byte, `MAPI_E_TABLE_TOO_BIG` for too many rows, `MAPI_E_TOO_COMPLEX`
    /// for too many items or levels. The table is of no use then.
    pub fn feed(&mut self, grid: &mut Grid, bytes: &[u8], last: bool) -> MapiResult<usize> {
        let (text, broken) = match std::str::from_utf8(bytes) {
            Ok(text) => (text, false),
            Err(error) => {
                let whole = bytes.get(..error.valid_up_to()).unwrap_or_default();
                (std::str::from_utf8(whole).unwrap_or_default(), last || error.error_len().is_some())
            }
        };
        let mut scan = Scan::new(text);
        let mut staged: Vec<Fresh<'_>> = Vec::new();
        let mut room = String::new();
        let done = loop {
            let start = scan.at;
            match self.next(grid, &mut scan, &mut staged, &mut room) {
                Ok(true) => {}
                Ok(false) => break scan.at,
                Err(Fault { what: What::End, .. }) if !last && !broken => break start,
                Err(fault) => return Err(self.error(fault, &scan, broken)),
            }
            self.read = self.read.saturating_add(scan.at.saturating_sub(start) as u64);
        };
        if last && done < bytes.len() {
            return Err(self.error(Fault { at: done, what: What::End }, &scan, broken));
        }
        self.inside = self.inside.saturating_add(done as u64);
        if last {
            self.place = Where::Start;
            self.inside = 0;
            self.part = self.part.map(|part| part.saturating_add(1));
        }
        Ok(done)
    }

    /// The table has its rows now; how many.
    pub fn finish(self, grid: &mut Grid) -> u32 {
        grid.fill(self.rows);
        self.rows
    }

    /// One row, or what stands around the rows. False: this text is at its end, as it should be.
    fn next<'a>(
        &mut self,
        grid: &mut Grid,
        scan: &mut Scan<'a>,
        staged: &mut Vec<Fresh<'a>>,
        room: &mut String,
    ) -> Result<bool, Fault> {
        match self.place {
            Where::Start => {
                scan.mark(self.inside == 0);
                scan.expect(b'[', "an array of rows")?;
                self.place = Where::First;
                return Ok(true);
            }
            Where::First if scan.token()? == b']' => {
                scan.step();
                self.place = Where::Behind;
                return Ok(true);
            }
            Where::First => {}
            Where::Rest => {
                if !scan.more(b']', "a comma, or the end of the array")? {
                    self.place = Where::Behind;
                    return Ok(true);
                }
            }
            Where::Behind => {
                return match scan.token() {
                    Err(_) => Ok(false),
                    Ok(_) => Err(scan.fault(What::Syntax("nothing behind the array"))),
                };
            }
        }
        self.row(scan, staged, room)?;
        if self.rows == MOST_ROWS {
            return Err(scan.fault(What::Rows));
        }
        self.commit(grid, staged, room);
        self.place = Where::Rest;
        Ok(true)
    }

    fn row<'a>(&mut self, scan: &mut Scan<'a>, staged: &mut Vec<Fresh<'a>>, room: &mut String) -> Result<(), Fault> {
        staged.clear();
        staged.extend(self.columns.iter().map(|_| Fresh::Missing));
        room.clear();
        scan.expect(b'{', "a row: an object")?;
        if scan.token()? == b'}' {
            scan.step();
            return Ok(());
        }
        let mut index = 0;
        loop {
            scan.token()?;
            let start = scan.at;
            let (name, odd) = scan.string(room)?;
            // Without what makes it odd, it might be the name of a column.
            let column = if odd.is_none() { self.column(index, name, room) } else { None };
            index = index.saturating_add(1);
            scan.expect(b':', "a colon")?;
            match column.and_then(|at| Some((at, staged.get_mut(at)?, self.columns.get(at)?.kind))) {
                None => scan.skip(room, 0)?,
                Some((at, cell, kind)) => {
                    if !matches!(cell, Fresh::Missing) {
                        return Err(Fault { at: start, what: What::Twice(at) });
                    }
                    *cell = cells::value(scan, at, kind, room)?;
                }
            }
            if !scan.more(b'}', "a comma, or the end of a row")? {
                return Ok(());
            }
        }
    }

    /// The column of a row's `index`-th field.
    fn column(&mut self, index: usize, name: Piece<'_>, room: &str) -> Option<usize> {
        let name = told(name, room);
        if let Some((known, column)) = self.guess.get(index)
            && known == name
        {
            return *column;
        }
        let found = self.columns.iter().position(|column| column.name == name);
        // Names of fields that are passed over may be of any length, and as many.
        if name.len() <= 64 && index <= self.guess.len() && index < 256 {
            self.guess.truncate(index);
            self.guess.push((name.to_owned(), found));
        }
        found
    }

    fn commit(&mut self, grid: &mut Grid, staged: &mut Vec<Fresh<'_>>, room: &str) {
        if self.rows as usize == self.room {
            self.make_room(grid);
        }
        let slot = self.rows;
        for (filled, fresh) in self.columns.iter_mut().zip(staged.drain(..)) {
            let Some(column) = grid.store.column_mut(filled.at) else { continue };
            match fresh {
                Fresh::Missing | Fresh::Null => {}
                Fresh::Whole(n) => column.append_whole(slot, n),
                Fresh::Real(n) => column.append_real(slot, n),
                Fresh::Boolean(v) => column.append_boolean(slot, v),
                Fresh::Other(value) => column.set(slot, value),
                Fresh::Text(piece) => {
                    let text = told(piece, room);
                    if let Data::Str(texts) = &mut column.data {
                        let (held, most) = texts.room();
                        if most.saturating_sub(held) < text.len() {
                            let wanted =
                                guess(held, self.read, self.total, TEXT_SAMPLE).max(held.saturating_add(text.len()));
                            texts.reserve_to(0, wanted);
                        }
                        let place = filled.seen.as_ref().and_then(|seen| seen.place(text));
                        let known = place.and_then(|place| filled.seen.as_ref().and_then(|seen| seen.known(place)));
                        let at = texts.append(slot as usize, text, known);
                        if let (Some(place), Some(seen)) = (place, &mut filled.seen) {
                            seen.learn(place, known, at);
                        }
                    }
                    column.mark(slot);
                }
            }
        }
        self.rows = slot.saturating_add(1);
    }

    /// For as many rows as there will be, as far as that can be told.
    fn make_room(&mut self, grid: &mut Grid) {
        let held = self.rows as usize;
        // And for some that come by changes: were there none, the first would move every column.
        self.room = room(guess(held, self.read, self.total, ROWS_SAMPLE)).max(held.saturating_add(64));
        for filled in &self.columns {
            if let Some(column) = grid.store.column_mut(filled.at) {
                column.reserve_to(self.room);
            }
        }
    }

    fn error(&self, fault: Fault, scan: &Scan<'_>, broken: bool) -> MapiError {
        let column = |at: usize| self.columns.get(at).map_or("", |column| column.name.as_str());
        let kind = |at: usize| self.columns.get(at).map_or("", |column| type_name(column.kind));
        let (code, expected, got) = match fault.what {
            What::End if broken => (Scode::MAPI_E_INVALID_PARAMETER, told!["json: UTF-8"], "other bytes"),
            What::End => (Scode::MAPI_E_INVALID_PARAMETER, told!["json: an array of rows, whole"], "its end"),
            What::Syntax(expected) => (Scode::MAPI_E_INVALID_PARAMETER, told!["json: ", expected], scan.kind(fault.at)),
            What::Value(at) => {
                let expected = told!["json: ", kind(at), " in column ", column(at)];
                (Scode::MAPI_E_INVALID_PARAMETER, expected, scan.kind(fault.at))
            }
            What::Twice(at) => {
                (Scode::MAPI_E_INVALID_PARAMETER, told!["json: one value in column ", column(at)], "two")
            }
            What::Character(at, odd) => (
                Scode::MAPI_E_INVALID_PARAMETER,
                told!["json: well-formed text without NUL in column ", column(at)],
                odd,
            ),
            What::Items(at) => {
                (Scode::MAPI_E_TOO_COMPLEX, told!["json: at most 65536 items in column ", column(at)], "more")
            }
            What::Depth => (Scode::MAPI_E_TOO_COMPLEX, told!["json: values at most 64 levels deep"], "more"),
            What::Rows => (Scode::MAPI_E_TABLE_TOO_BIG, told!["json: at most ", MOST_ROWS, " rows"], "more"),
        };
        let mut got = told![got, ", row ", self.rows, ", byte ", self.inside.saturating_add(fault.at as u64)];
        if let Some(part) = self.part {
            got.push_str(&told![" of part ", part]);
        }
        MapiError::new(code, expected, got)
    }
}

/// What `held` will come to when all is read; twice as much where too little was, to say.
fn guess(held: usize, read: u64, total: u64, sample: u64) -> usize {
    if read < total / sample || read == 0 {
        return held.saturating_mul(2);
    }
    let more = u128::from(total.saturating_sub(read)) * held as u128 / u128::from(read);
    let more = usize::try_from(more).unwrap_or(0);
    // What a sample may be wrong by.
    held.saturating_add(more).saturating_add(more / 64).saturating_add(64)
}

fn type_name(kind: PropType) -> &'static str {
    match kind {
        PropType::Long => "long, -2147483648 to 2147483647,",
        PropType::I8 => "i8",
        PropType::Double => "double",
        PropType::Boolean => "boolean",
        PropType::SysTime => "systime",
        PropType::Binary => "binary, bytes in hex,",
        PropType::MvLong => "mvLong",
        PropType::MvUnicode => "mvString",
        PropType::MvBinary => "mvBinary",
        _ => "string",
    }
}

impl Column {
    fn append_whole(&mut self, slot: u32, n: i64) {
        match &mut self.data {
            Data::Long(v) => super::column::put(v, slot, i32::try_from(n).unwrap_or(0)),
            Data::I8(v) | Data::SysTime(v) => super::column::put(v, slot, n),
            _ => return,
        }
        self.mark(slot);
    }

    fn append_real(&mut self, slot: u32, n: f64) {
        let Data::Double(v) = &mut self.data else { return };
        super::column::put(v, slot, n);
        self.mark(slot);
    }

    fn append_boolean(&mut self, slot: u32, value: bool) {
        let Data::Boolean(v) = &mut self.data else { return };
        super::column::put(v, slot, value);
        self.mark(slot);
    }
}
