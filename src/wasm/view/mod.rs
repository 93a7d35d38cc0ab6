//! `IMAPITable` on one view. The answers' layout is the contract with `pkg/src/methods.ts`.

#[cfg(not(feature = "tables"))]
mod lines;
mod restriction;
pub mod rows;

use super::{length, put_size};
use crate::mapi::{MapiError, MapiResult, Scode};
use crate::table::{Bookmark, Connection, InstanceKey, KeyRole, SortKey, SortOrderSet, View};
use crate::wire::tape::{Reader, Tape, TapeError, Writer};
#[cfg(not(feature = "tables"))]
pub use lines::put_range;
pub use restriction::restriction;
use restriction::sort_keys;
use rows::{name, put_columns, put_value, tags};

fn size(r: &mut Reader<'_>) -> usize {
    r.count() as usize
}

/// Does it, and answers on the tape.
pub fn act(view: &mut View<'_>, act: u32, r: &mut Reader<'_>, out: &mut Writer) -> MapiResult<()> {
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
        #[cfg(not(feature = "tables"))]
        5 => {
            let lines = view.query_lines(Tape::take(r), Tape::take(r))?;
            lines::put_lines(view, &lines, false, out);
        }
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
        #[cfg(not(feature = "tables"))]
        19 => {
            let (lines, more) = view.expand_lines(key(r)?, size(r))?;
            put_size(more, out);
            lines::put_lines(view, &lines, false, out);
        }
        20 => put_size(view.collapse_row(key(r)?)?, out),
        21 => put_value(&view.collapse_state(key(r)?)?.into(), out),
        22 => {
            let state = rows::bytes(r.text())
                .ok_or_else(|| MapiError::new(Scode::MAPI_E_INVALID_PARAMETER, "a collapse state", "other text"))?;
            view.set_collapse_state(&state)?.0.put(out);
        }
        23 => {
            let SortOrderSet { keys, categories, expanded } = view.query_sort_order();
            length(keys.len(), out);
            for key in keys {
                put_sort_key(key, out);
            }
            put_size(*categories, out);
            put_size(*expanded, out);
        }
        _ => r.fail(TapeError::Tag("act on a view")),
    }
    Ok(())
}

/// An instance key in hex.
pub fn key(r: &mut Reader<'_>) -> MapiResult<InstanceKey> {
    let bytes = rows::bytes(r.text()).and_then(|bytes| bytes.try_into().ok());
    bytes.map(InstanceKey).ok_or_else(|| {
        MapiError::new(Scode::MAPI_E_INVALID_PARAMETER, "an instance key: 16 hexadecimal digits", "other text")
    })
}

fn put_sort_key(key: &SortKey, out: &mut Writer) {
    name(key.tag).put(out);
    key.order.code().put(out);
    let role = match key.role {
        KeyRole::Own => 0_u32,
        KeyRole::Combine => 1,
        KeyRole::Min => 2,
        KeyRole::Max => 3,
    };
    role.put(out);
}
