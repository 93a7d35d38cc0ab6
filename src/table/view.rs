//! The handle through which a view is worked with: columns, filter, order and sinks of `IMAPITable`.

use super::collapse::mark_of;
use super::events::{Connection, Delivery};
use super::filter::Filter;
use super::order::SortOrderSet;
use super::restriction::Restriction;
use super::state::ViewState;
use super::store::Store;
use crate::mapi::{MapiError, MapiResult, PR_NULL, PropTag, PropValue, Scode, TableStatus, TableType, told};

/// Most bookmarks a view keeps (C-200).
pub const MAX_BOOKMARKS: usize = 100;

/// A view of a table, for as long as the call takes.
#[derive(Debug)]
pub struct View<'t> {
    pub(super) store: &'t Store,
    pub(super) defaults: &'t [PropTag],
    pub(super) state: &'t mut ViewState,
}

/// A position to start from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bookmark(pub u32);

impl Bookmark {
    /// Before the first row.
    pub const BEGINNING: Self = Self(0);
    /// Before the row that is read next.
    pub const CURRENT: Self = Self(1);
    /// After the last row.
    pub const END: Self = Self(2);
}

/// What `SeekRow` did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sought {
    /// Rows moved over, with the sign of the request (C-195).
    pub rows: i64,
    /// `MAPI_W_POSITION_CHANGED`: the bookmark's row went since the bookmark's last use.
    pub position_changed: bool,
}

/// What `QueryPosition` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Position {
    /// Index of the row that is read next.
    pub row: usize,
    /// The same as a fraction.
    pub numerator: usize,
    /// Never zero (C-202).
    pub denominator: usize,
}

/// What `QueryRows` returns.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RowSet {
    /// The columns, in order.
    pub columns: Vec<PropTag>,
    /// Rows of one value a column; a missing one is `MAPI_E_NOT_FOUND` (C-010).
    pub rows: Vec<Vec<PropValue>>,
}

pub(super) fn check_columns(columns: &[PropTag]) -> MapiResult<()> {
    if columns.is_empty() {
        return Err(MapiError::new(Scode::MAPI_E_INVALID_PARAMETER, "one column or more", "none"));
    }
    Ok(())
}

impl View<'_> {
    /// `SetColumns`: which columns rows have, in order. Any tag may be asked for: one without values reads as not
    /// found, `PR_NULL` keeps a place empty. Cursor and bookmarks stay, unless values become rows or rows values again
    /// (`MVI_FLAG`).
    ///
    /// # Errors
    /// `MAPI_E_INVALID_PARAMETER` without any column (C-180), `MAPI_E_TOO_COMPLEX` for rows of a second property.
    pub fn set_columns(&mut self, columns: Vec<PropTag>) -> MapiResult<()> {
        check_columns(&columns)?;
        let before = std::mem::replace(&mut self.state.columns, columns);
        if let Err(error) = self.state.check_instances() {
            self.state.columns = before;
            return Err(error);
        }
        self.state.rebuild_for_instances(self.store);
        self.state.kept.rename();
        self.state.spoil(0);
        Ok(())
    }

    /// `QueryColumns`: the current columns, or with `all` every available one, the table's default first.
    pub fn query_columns(&self, all: bool) -> Vec<PropTag> {
        if !all {
            return self.state.columns.clone();
        }
        let mut columns: Vec<PropTag> = Vec::new();
        for tag in self.defaults.iter().copied().chain(self.store.available()) {
            if tag != PR_NULL && !columns.contains(&tag) {
                columns.push(tag);
            }
        }
        columns
    }

    /// `GetRowCount`: exact.
    pub fn row_count(&self) -> usize {
        self.state.tree.len()
    }

    /// `Restrict`: only rows that match; `None` shows all again. The cursor goes to the beginning, bookmarks go
    /// (C-188).
    ///
    /// # Errors
    /// `MAPI_E_TOO_COMPLEX`; the view is as before then.
    pub fn restrict(&mut self, restriction: Option<&Restriction>) -> MapiResult<()> {
        let filter = restriction.map(Filter::new).transpose()?;
        let before = std::mem::replace(&mut self.state.filter, filter);
        if let Err(error) = self.state.check_instances() {
            self.state.filter = before;
            return Err(error);
        }
        self.state.filter_mark = restriction.map_or(0, mark_of);
        self.state.rebuild(self.store);
        Ok(())
    }

    /// `SortTable`: a new order, or the default one without keys. The cursor goes to the beginning, bookmarks go
    /// (C-191).
    ///
    /// # Errors
    /// `MAPI_E_TOO_COMPLEX`, `MAPI_E_INVALID_PARAMETER`; the view is as before then (C-192).
    pub fn sort_table(&mut self, order: SortOrderSet) -> MapiResult<()> {
        self.state.sort(order, self.store)
    }

    /// `QuerySortOrder`: what was asked for; no keys when the order is the table's own.
    pub fn query_sort_order(&self) -> &SortOrderSet {
        &self.state.order
    }

    /// `HrQueryAllRows`: columns, filter and order if given, then all rows from the beginning. A limit of 0 is none.
    ///
    /// # Errors
    /// `MAPI_E_TABLE_TOO_BIG` beyond the limit (C-224), else as the calls it makes, of which none has then had an
    /// effect.
    pub fn query_all_rows(
        &mut self,
        columns: Option<Vec<PropTag>>,
        restriction: Option<&Restriction>,
        order: Option<SortOrderSet>,
        limit: usize,
    ) -> MapiResult<RowSet> {
        columns.as_deref().map_or(Ok(()), check_columns)?;
        order.as_ref().map_or(Ok(()), SortOrderSet::check)?;
        if restriction.is_some() {
            self.restrict(restriction)?;
        }
        if let Some(columns) = columns {
            self.set_columns(columns)?;
        }
        if let Some(order) = order {
            self.sort_table(order)?;
        }
        let rows = self.row_count();
        if limit != 0 && rows > limit {
            let expected = told![limit, " rows at most"];
            return Err(MapiError::new(Scode::MAPI_E_TABLE_TOO_BIG, expected, told![rows]));
        }
        Ok(self.read(0, rows, rows))
    }

    /// `GetStatus`: every call here is done when it returns, and views follow their data.
    pub fn status(&self) -> (TableStatus, TableType) {
        (TableStatus::Complete, TableType::Dynamic)
    }

    /// `Abort`.
    ///
    /// # Errors
    /// `MAPI_E_UNABLE_TO_ABORT`: nothing runs between calls (C-222).
    pub fn abort(&self) -> MapiResult<()> {
        Err(MapiError::new(Scode::MAPI_E_UNABLE_TO_ABORT, "a call under way", "none"))
    }

    /// `Advise` for `fnevTableModified`: what happens from now on comes with [`View::take_events`].
    ///
    /// # Errors
    /// `MAPI_E_UNABLE_TO_COMPLETE` after 2^32 sinks.
    pub fn advise(&mut self) -> MapiResult<Connection> {
        let full = || MapiError::new(Scode::MAPI_E_UNABLE_TO_COMPLETE, "fewer than 2^32 sinks", "one more");
        self.state.log.advise().ok_or_else(full)
    }

    /// `Unadvise`: the sink hears nothing more, not even what has happened already.
    pub fn unadvise(&mut self, connection: Connection) {
        self.state.log.unadvise(connection);
    }

    /// What this view's sinks have to be told, in order of happening. Call it after the change has been answered.
    pub fn take_events(&mut self) -> Vec<Delivery> {
        self.state.log.take()
    }

    /// Rows `start..start + count` in the view's columns; the cursor goes to `cursor`.
    pub(super) fn read(&mut self, start: usize, count: usize, cursor: usize) -> RowSet {
        let sources = self.state.sources(self.store);
        let lines = self.state.tree.lines(start, count);
        let rows = lines.into_iter().map(|line| self.state.values(line, &sources, self.store)).collect();
        self.state.cursor = cursor;
        RowSet { columns: self.state.columns.clone(), rows }
    }
}
