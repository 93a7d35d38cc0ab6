//! Reading and moving: cursor, bookmarks and searches of `IMAPITable`.

use super::filter::Filter;
use super::restriction::Restriction;
use super::state::Mark;
use super::view::{Bookmark, MAX_BOOKMARKS, Position, RowSet, Sought, View};
use crate::mapi::{MapiError, MapiResult, Scode};

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
        let wanted = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX);
        let cursor = self.state.cursor;
        let (start, count) = match count {
            0 => {
                return Err(MapiError::new(Scode::MAPI_E_INVALID_PARAMETER, "a count other than 0", "0"));
            }
            1.. => (cursor, wanted.min(self.row_count().saturating_sub(cursor))),
            _ => (cursor.saturating_sub(wanted), wanted.min(cursor)),
        };
        let after = if no_advance { start } else { start.saturating_add(count) };
        Ok(self.read(start, count, after))
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
        let part = (rows as u128)
            .checked_mul(u128::from(numerator))
            .and_then(|product| product.checked_div(u128::from(denominator)))
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
        let filter = Filter::new(restriction)?;
        let filter = filter.bind(self.store);
        let from = self.origin(origin)?;
        let found = if backward {
            let distance = self.state.sequence.back_from(from.index).position(|slot| filter.accepts(slot));
            distance.map(|distance| from.index.saturating_sub(distance).saturating_sub(1))
        } else {
            let distance = self.state.sequence.from(from.index).position(|slot| filter.accepts(slot));
            distance.map(|distance| from.index.saturating_add(distance))
        };
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
            let expected = format!("{MAX_BOOKMARKS} bookmarks at most");
            MapiError::new(Scode::MAPI_E_UNABLE_TO_COMPLETE, expected, "one more")
        };
        if self.state.marks.len() >= MAX_BOOKMARKS {
            return Err(full());
        }
        let id = self.state.marks_issued.checked_add(1).ok_or_else(full)?;
        self.state.marks_issued = id;
        let row = self.state.sequence.slot(self.state.cursor);
        self.state.marks.insert(id, row.map_or(Mark::End, |slot| Mark::Row { slot, moved: false }));
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

    fn origin(&self, bookmark: Bookmark) -> MapiResult<Origin> {
        let at = |index, moved| Ok(Origin { index, moved });
        match bookmark {
            Bookmark::BEGINNING => at(0, false),
            Bookmark::CURRENT => at(self.state.cursor, false),
            Bookmark::END => at(self.row_count(), false),
            Bookmark(id) => match self.state.marks.get(&id) {
                Some(Mark::Row { slot, moved }) => {
                    let index = self.state.index(*slot, self.store).ok_or_else(|| invalid(bookmark))?;
                    at(index, *moved)
                }
                Some(Mark::End) => at(self.row_count(), false),
                Some(Mark::Lost) | None => Err(invalid(bookmark)),
            },
        }
    }

    /// A move is told once (C-198).
    fn used(&mut self, bookmark: Bookmark) {
        if let Some(Mark::Row { moved, .. }) = self.state.marks.get_mut(&bookmark.0) {
            *moved = false;
        }
    }
}

fn invalid(bookmark: Bookmark) -> MapiError {
    MapiError::new(Scode::MAPI_E_INVALID_BOOKMARK, "a bookmark of this view", format!("{}", bookmark.0))
}
