//! `IMAPITable` on one view.

use serde::Deserialize;

use super::restriction::{Filter, Key, restriction, sort_key};
use super::rows::{put_cells, put_columns, put_rows, put_value, tags};
use crate::mapi::MapiResult;
use crate::session::Session;
use crate::table::{Bookmark, Connection, Delivery, InstanceKey, Notification, Snapshot, SortOrderSet, WindowId};
use crate::wire::tape::{Tape, Writer};

/// What can be done with a view.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum Act {
    SetColumns(Vec<String>),
    /// True: every available one.
    QueryColumns(bool),
    Restrict(Option<Filter>),
    SortTable {
        keys: Vec<Key>,
        categories: u32,
        expanded: u32,
    },
    #[serde(rename_all = "camelCase")]
    QueryRows {
        count: i64,
        no_advance: bool,
    },
    SeekRow {
        origin: u32,
        count: i64,
    },
    SeekRowApprox {
        numerator: u32,
        denominator: u32,
    },
    QueryPosition,
    RowCount,
    FindRow {
        restriction: Filter,
        origin: u32,
        backward: bool,
    },
    CreateBookmark,
    FreeBookmark(u32),
    Advise,
    Unadvise(u32),
    OpenWindow {
        offset: u32,
        count: u32,
    },
    CloseWindow(u32),
    /// What a window shows, unless it is still this version.
    Snapshot {
        window: u32,
        version: u64,
    },
    /// What sinks have to be told.
    Notifications,
}

#[allow(clippy::cast_precision_loss)]
fn put_size(n: usize, out: &mut Writer) {
    out.nums.push(n as f64);
}

/// Does it, and answers on the tape.
pub fn act(session: &mut Session, handle: u32, act: Act, out: &mut Writer) -> MapiResult<()> {
    if let Act::Notifications = act {
        let told = session.take_notifications(handle);
        super::length(told.len(), out);
        for delivery in told {
            put_delivery(delivery, out);
        }
        return Ok(());
    }
    let mut view = session.view(handle)?;
    match act {
        Act::SetColumns(names) => view.set_columns(tags(&names)?)?,
        Act::QueryColumns(all) => put_columns(&view.query_columns(all), out),
        Act::Restrict(filter) => view.restrict(filter.map(restriction).transpose()?.as_ref())?,
        Act::SortTable { keys, categories, expanded } => {
            let keys = keys.iter().map(sort_key).collect::<MapiResult<Vec<_>>>()?;
            view.sort_table(SortOrderSet { keys, categories: categories as usize, expanded: expanded as usize })?;
        }
        Act::QueryRows { count, no_advance } => put_rows(view.query_rows(count, no_advance)?, out),
        Act::SeekRow { origin, count } => {
            let sought = view.seek_row(Bookmark(origin), count)?;
            sought.rows.put(out);
            sought.position_changed.put(out);
        }
        Act::SeekRowApprox { numerator, denominator } => view.seek_row_approx(numerator, denominator)?,
        Act::QueryPosition => {
            let position = view.query_position();
            put_size(position.row, out);
            put_size(position.numerator, out);
            put_size(position.denominator, out);
        }
        Act::RowCount => put_size(view.row_count(), out),
        Act::FindRow { restriction: filter, origin, backward } => {
            view.find_row(&restriction(filter)?, Bookmark(origin), backward)?.put(out);
        }
        Act::CreateBookmark => view.create_bookmark()?.0.put(out),
        Act::FreeBookmark(bookmark) => view.free_bookmark(Bookmark(bookmark))?,
        Act::Advise => view.advise()?.0.put(out),
        Act::Unadvise(connection) => view.unadvise(Connection(connection)),
        Act::OpenWindow { offset, count } => view.open_window(offset as usize, count as usize)?.0.put(out),
        Act::CloseWindow(window) => {
            view.close_window(WindowId(window));
        }
        Act::Snapshot { window, version } => {
            let shown = view.snapshot(WindowId(window))?;
            let changed = shown.version != version;
            changed.put(out);
            if changed {
                put_snapshot(shown, out);
            }
        }
        Act::Notifications => {}
    }
    Ok(())
}

fn put_key(key: InstanceKey, out: &mut Writer) {
    put_value(key.into(), out);
}

fn put_snapshot(shown: &Snapshot, out: &mut Writer) {
    shown.version.put(out);
    put_size(shown.total, out);
    put_columns(&shown.columns, out);
    super::length(shown.rows.len(), out);
    for row in &shown.rows {
        put_key(row.instance, out);
        row.since.put(out);
        for value in &row.values {
            put_value(value.clone(), out);
        }
    }
}

const NONE: f64 = -1.0;

/// Sinks, event, key, prior, row, old index, new index.
fn put_delivery(Delivery { to, notification }: Delivery, out: &mut Writer) {
    super::length(to.len(), out);
    for connection in to {
        connection.0.put(out);
    }
    notification.event().code().put(out);
    let (key, prior, row, old, new) = match notification {
        Notification::Added { key, prior, row, new_index } => (Some(key), prior, row, None, Some(new_index)),
        Notification::Modified { key, prior, row, old_index, new_index } => {
            (Some(key), prior, row, Some(old_index), Some(new_index))
        }
        Notification::Deleted { key, old_index } => (Some(key), None, Vec::new(), Some(old_index), None),
        Notification::Changed | Notification::Reload => (None, None, Vec::new(), None, None),
    };
    for key in [key, prior] {
        key.is_some().put(out);
        if let Some(key) = key {
            put_key(key, out);
        }
    }
    put_cells(row.into_iter(), out);
    for index in [old, new] {
        match index {
            Some(index) => put_size(index, out),
            None => out.nums.push(NONE),
        }
    }
}
