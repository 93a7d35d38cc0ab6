//! The model's reading side: cursor, searches and bookmarks.

use crate::model::{Model, ModelView, Target};
use crate::naive::{Cells, admits};
use crate::ops::Op;
use crate::support::*;
use mailspooler::mapi::*;
use mailspooler::table::*;

impl Model {
    pub fn read(&mut self, op: Op) {
        let (Op::Seek(at, ..)
        | Op::Query(at, ..)
        | Op::Find(at, ..)
        | Op::Mark(at)
        | Op::UseMark(at, _)
        | Op::Window(at, ..)) = op
        else {
            unreachable!()
        };
        let shown: Vec<_> = self.shown(&self.views[at]).into_iter().map(|(key, cells)| (key, cells.clone())).collect();
        let view = &mut self.views[at];
        let mut handle = self.table.view(view.id).unwrap();
        let start = |origin: u32| [0, view.cursor, shown.len()][origin as usize];
        match op {
            Op::Seek(_, origin, count) => {
                let from = start(origin);
                let to = from.saturating_add_signed(isize::try_from(count).unwrap()).min(shown.len());
                let rows = i64::try_from(to).unwrap() - i64::try_from(from).unwrap();
                let sought = handle.seek_row(Bookmark(origin), count).unwrap();
                assert_eq!(sought, Sought { rows, position_changed: false });
                view.cursor = to;
            }
            Op::Query(_, 0, stay) => assert_eq!(code(handle.query_rows(0, stay)), Scode::MAPI_E_INVALID_PARAMETER),
            Op::Query(_, count, stay) => {
                let moved = view.cursor.saturating_add_signed(isize::try_from(count).unwrap()).min(shown.len());
                let (from, to) = (view.cursor.min(moved), view.cursor.max(moved));
                let rows: Vec<_> =
                    shown[from..to].iter().map(|(_, cells)| Self::project(&view.columns, cells)).collect();
                assert_eq!(handle.query_rows(count, stay).unwrap().rows, rows);
                view.cursor = if stay { from } else { to };
            }
            Op::Find(_, restriction, origin, backward) => {
                let matching = |at: &usize| admits(&restriction, &shown[*at].1);
                let found = if backward {
                    (0..start(origin)).rev().find(matching)
                } else {
                    (start(origin)..shown.len()).find(matching)
                };
                let answer = handle.find_row(&restriction, Bookmark(origin), backward);
                match found {
                    Some(row) => view.cursor = row,
                    None => assert_eq!(code(answer), Scode::MAPI_E_NOT_FOUND),
                }
            }
            Op::Mark(_) => {
                let target = shown.get(view.cursor).map_or(Target::End, |(key, _)| Target::Row(*key));
                view.marks.push((handle.create_bookmark().unwrap(), target, false));
            }
            Op::UseMark(_, mark) => use_mark(view, &mut handle, &shown, mark),
            Op::Window(_, offset, count) => {
                view.range = (offset, count);
            }
            _ => unreachable!(),
        }
    }
}

fn use_mark(view: &mut ModelView, handle: &mut View<'_>, shown: &[(InstanceKey, Cells)], mark: usize) {
    let Some((bookmark, target, moved)) = view.marks.get_mut(mark) else {
        return;
    };
    let index = match target {
        Target::Row(key) => shown.iter().position(|row| row.0 == *key),
        Target::End => Some(shown.len()),
        Target::Lost => None,
    };
    let answer = handle.seek_row(*bookmark, 0);
    match index {
        Some(index) => {
            assert_eq!(answer, Ok(Sought { rows: 0, position_changed: *moved }));
            *moved = false;
            view.cursor = index;
        }
        None => assert_eq!(code(answer), Scode::MAPI_E_INVALID_BOOKMARK),
    }
}
