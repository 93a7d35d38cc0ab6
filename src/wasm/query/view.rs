//! `IMAPITable` on one view.

use super::restriction::{restriction, sort_keys};
use super::rows::{put_cells, put_columns, put_rows, put_value, tags};
use crate::mapi::MapiResult;
use crate::session::Session;
use crate::table::{Bookmark, Connection, Delivery, InstanceKey, Notification, Snapshot, SortOrderSet, WindowId};
use crate::wire::tape::{Reader, Tape, TapeError, Writer};

const NOTIFICATIONS: u32 = 18;

#[allow(clippy::cast_precision_loss)]
fn put_size(n: usize, out: &mut Writer) {
    out.nums.push(n as f64);
}

fn size(r: &mut Reader<'_>) -> usize {
    r.count() as usize
}

/// Does it, and answers on the tape.
pub fn act(session: &mut Session, r: &mut Reader<'_>, out: &mut Writer) -> MapiResult<()> {
    let (handle, act) = (r.count(), r.count());
    if act == NOTIFICATIONS {
        let told = session.take_notifications(handle);
        super::length(told.len(), out);
        for delivery in told {
            put_delivery(delivery, out);
        }
        return Ok(());
    }
    let mut view = session.view(handle)?;
    match act {
        1 => view.set_columns(tags(r)?)?,
        2 => put_columns(&view.query_columns(bool::take(r)), out),
        3 => {
            let wanted = if bool::take(r) { Some(restriction(r)?) } else { None };
            view.restrict(wanted.as_ref())?;
        }
        4 => {
            let (keys, categories, expanded) = (sort_keys(r)?, size(r), size(r));
            view.sort_table(SortOrderSet { keys, categories, expanded })?;
        }
        5 => put_rows(view.query_rows(Tape::take(r), Tape::take(r))?, out),
        6 => {
            let sought = view.seek_row(Bookmark(r.count()), Tape::take(r))?;
            sought.rows.put(out);
            sought.position_changed.put(out);
        }
        7 => view.seek_row_approx(r.count(), r.count())?,
        8 => {
            let position = view.query_position();
            for number in [position.row, position.numerator, position.denominator] {
                put_size(number, out);
            }
        }
        9 => put_size(view.row_count(), out),
        10 => view.find_row(&restriction(r)?, Bookmark(r.count()), Tape::take(r))?.put(out),
        11 => view.create_bookmark()?.0.put(out),
        12 => view.free_bookmark(Bookmark(r.count()))?,
        13 => view.advise()?.0.put(out),
        14 => view.unadvise(Connection(r.count())),
        15 => view.open_window(size(r), size(r))?.0.put(out),
        16 => {
            view.close_window(WindowId(r.count()));
        }
        // What a window shows, unless it is still this version.
        17 => {
            let shown = view.snapshot(WindowId(r.count()))?;
            let changed = shown.version != u64::take(r);
            changed.put(out);
            if changed {
                put_snapshot(shown, out);
            }
        }
        _ => r.fail(TapeError::Tag("act on a view")),
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
    put_cells(row, out);
    for index in [old, new] {
        match index {
            Some(index) => put_size(index, out),
            None => out.nums.push(NONE),
        }
    }
}
