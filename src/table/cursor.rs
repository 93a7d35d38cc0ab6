//! Reading and moving: cursor, bookmarks and searches of `IMAPITable`.

use super::filter::Filter;
use super::restriction::Restriction;
use super::state::Mark;
use super::tree::Line;
use super::view::{Bookmark, MAX_BOOKMARKS, Position, RowSet, Sought, View};
use crate::mapi::{MapiError, MapiResult, Scode, told};

/// Lines looked at in one go.
const CHUNK: usize = 512;

/// Where an origin is, and whether its bookmark had to move there.
struct Origin {
    index: usize,
    moved: bool,
}

impl View<'_> {
    /// `QueryRows`: up to `count` rows from the cursor on, or for a negative count the rows before it; in view order
    /// both times. The cursor goes after the last row returned, with `no_advance` onto the first (C-184 to C-187).
    ///
    /// # Errors
    /// `MAPI_E_INVALID_PARAMETER` for 0 (C-183).
    pub fn query_rows(&mut self, count: i64, no_advance: bool) -> MapiResult<RowSet> {
        let (start, count) = self.range(count)?;
        let after = if no_advance { start } else { start.saturating_add(count) };
        Ok(self.read(start, count, after))
    }

    /// As [`View::query_rows`], lines instead of values.
    ///
    /// # Errors
    /// As [`View::query_rows`].
    pub fn query_lines(&mut self, count: i64, no_advance: bool) -> MapiResult<Vec<Line>> {
        let (start, count) = self.range(count)?;
        self.state.cursor = if no_advance { start } else { start.saturating_add(count) };
        Ok(self.state.tree.lines(start, count))
    }

    /// Up to `count` lines from `index` on; the cursor stays.
    pub fn lines(&self, index: usize, count: usize) -> Vec<Line> {
        self.state.tree.lines(index, count)
    }

    /// First row and number of rows that a count means at the cursor.
    fn range(&self, count: i64) -> MapiResult<(usize, usize)> {
        let wanted = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX);
        let cursor = self.state.cursor;
        match count {
            0 => Err(MapiError::new(Scode::MAPI_E_INVALID_PARAMETER, "a count other than 0", "0")),
            1.. => Ok((cursor, wanted.min(self.row_count().saturating_sub(cursor)))),
            _ => Ok((cursor.saturating_sub(wanted), wanted.min(cursor))),
        }
    }

    /// `SeekRow`: moves the cursor `count` rows from `origin`, as far as there are rows.
    ///
    /// # Errors
    /// `MAPI_E_INVALID_BOOKMARK`.
    pub fn seek_row(&mut self, origin: Bookmark, count: i64) -> MapiResult<Sought> {
        let from = self.origin(origin)?;
        self.used(origin);
        let distance = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX);
        let (to, moved) = if count < 0 {
            (from.index.saturating_sub(distance), distance.min(from.index))
        } else {
            let rest = self.row_count().saturating_sub(from.index);
            (from.index.saturating_add(distance.min(rest)), distance.min(rest))
        };
        self.state.cursor = to;
        let moved = i64::try_from(moved).unwrap_or(i64::MAX);
        let rows = if count < 0 { moved.saturating_neg() } else { moved };
        Ok(Sought { rows, position_changed: from.moved })
    }

    /// `SeekRowApprox`: moves the cursor to a fraction of the view; one or more is the end (C-201).
    ///
    /// # Errors
    /// `MAPI_E_INVALID_PARAMETER` for a zero denominator.
    pub fn seek_row_approx(&mut self, numerator: u32, denominator: u32) -> MapiResult<()> {
        let rows = self.row_count();
        let part = (rows as u64)
            .saturating_mul(u64::from(numerator))
            .checked_div(u64::from(denominator))
            .ok_or_else(|| MapiError::new(Scode::MAPI_E_INVALID_PARAMETER, "a denominator other than 0", "0"))?;
        self.state.cursor = usize::try_from(part).unwrap_or(rows).min(rows);
        Ok(())
    }

    /// `QueryPosition`: the row that is read next.
    pub fn query_position(&self) -> Position {
        let row = self.state.cursor;
        Position { row, numerator: row, denominator: self.row_count().max(1) }
    }

    /// `FindRow`: moves the cursor to the first row that matches, from the origin on or, `backward`, from the row
    /// before it. True is `MAPI_W_POSITION_CHANGED`. The view's own restriction stays as it is (C-207).
    ///
    /// # Errors
    /// `MAPI_E_NOT_FOUND`, and the cursor stays; `MAPI_E_INVALID_BOOKMARK`; `MAPI_E_TOO_COMPLEX`.
    pub fn find_row(&mut self, restriction: &Restriction, origin: Bookmark, backward: bool) -> MapiResult<bool> {
        let mut filter = Filter::new(restriction)?;
        let of = self.state.instances.as_ref().map(|instances| instances.tag);
        if filter.instances().is_some_and(|tag| Some(tag) != of) {
            return Err(MapiError::new(Scode::MAPI_E_TOO_COMPLEX, "values that are rows of this view", "others"));
        }
        filter.bind(self.store);
        let from = self.origin(origin)?;
        let found = if backward { self.search_back(&filter, from.index) } else { self.search(&filter, from.index) };
        let missing = || MapiError::new(Scode::MAPI_E_NOT_FOUND, "a row that matches", "none");
        self.state.cursor = found.ok_or_else(missing)?;
        self.used(origin);
        Ok(from.moved)
    }

    /// `CreateBookmark`: remembers the row that is read next, or the end.
    ///
    /// # Errors
    /// `MAPI_E_UNABLE_TO_COMPLETE` beyond [`MAX_BOOKMARKS`].
    pub fn create_bookmark(&mut self) -> MapiResult<Bookmark> {
        let full = || {
            let expected = told![MAX_BOOKMARKS, " bookmarks at most"];
            MapiError::new(Scode::MAPI_E_UNABLE_TO_COMPLETE, expected, "one more")
        };
        if self.state.marks.len() >= MAX_BOOKMARKS {
            return Err(full());
        }
        let id = self.state.marks_issued.checked_add(1).ok_or_else(full)?;
        self.state.marks_issued = id;
        let line = self.state.tree.line(self.state.cursor);
        self.state.marks.insert(id, line.map_or(Mark::End, |line| Mark::Line { line, moved: false }));
        Ok(Bookmark(id))
    }

    /// `FreeBookmark`; the predefined ones stay (C-199).
    ///
    /// # Errors
    /// `MAPI_E_INVALID_BOOKMARK` for one that is not there.
    pub fn free_bookmark(&mut self, bookmark: Bookmark) -> MapiResult<()> {
        match bookmark {
            Bookmark::BEGINNING | Bookmark::CURRENT | Bookmark::END => Ok(()),
            Bookmark(id) => match self.state.marks.remove(&id) {
                Some(_) => Ok(()),
                None => Err(invalid(bookmark)),
            },
        }
    }

    fn matches(&self, filter: &Filter, line: Line) -> bool {
        match line {
            Line::Leaf(leaf) => filter.accepts(leaf, &self.state.rows(self.store)),
            Line::Heading(id) => filter.accepts_values(|tag| self.state.heading_value(id, tag)),
        }
    }

    fn search(&self, filter: &Filter, start: usize) -> Option<usize> {
        let mut at = start;
        loop {
            let lines = self.state.tree.lines(at, CHUNK);
            if let Some(found) = lines.iter().position(|line| self.matches(filter, *line)) {
                return Some(at.saturating_add(found));
            }
            if lines.len() < CHUNK {
                return None;
            }
            at = at.saturating_add(CHUNK);
        }
    }

    fn search_back(&self, filter: &Filter, end: usize) -> Option<usize> {
        let mut end = end;
        while end > 0 {
            let start = end.saturating_sub(CHUNK);
            let lines = self.state.tree.lines(start, end.saturating_sub(start));
            if let Some(found) = lines.iter().rposition(|line| self.matches(filter, *line)) {
                return Some(start.saturating_add(found));
            }
            end = start;
        }
        None
    }

    fn origin(&self, bookmark: Bookmark) -> MapiResult<Origin> {
        let at = |index, moved| Ok(Origin { index, moved });
        match bookmark {
            Bookmark::BEGINNING => at(0, false),
            Bookmark::CURRENT => at(self.state.cursor, false),
            Bookmark::END => at(self.row_count(), false),
            Bookmark(id) => match self.state.marks.get(&id) {
                Some(Mark::Line { line, moved }) => {
                    let index = self.state.index(*line, self.store).ok_or_else(|| invalid(bookmark))?;
                    at(index, *moved)
                }
                Some(Mark::End) => at(self.row_count(), false),
                Some(Mark::Lost) | None => Err(invalid(bookmark)),
            },
        }
    }

    /// A move is told once (C-198).
    fn used(&mut self, bookmark: Bookmark) {
        if let Some(Mark::Line { moved, .. }) = self.state.marks.get_mut(&bookmark.0) {
            *moved = false;
        }
    }
}

fn invalid(bookmark: Bookmark) -> MapiError {
    MapiError::new(Scode::MAPI_E_INVALID_BOOKMARK, "a bookmark of this view", told![bookmark.0])
}
