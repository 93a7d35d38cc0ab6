//! Random operations on several views against a naive model: sorted vectors, filtered anew every time.

use crate::keeper::{Keeper, Line_};
use crate::naive::{Cells, admits, sort};
use crate::ops::{Op, some_ops};
use crate::support::*;
use mailspooler::mapi::*;
use mailspooler::table::*;
use proptest::prelude::*;
use std::cmp::Ordering;

#[derive(Clone, Copy, Debug)]
pub enum Target {
    Row(InstanceKey),
    End,
    Lost,
}

pub struct ModelView {
    pub id: ViewId,
    pub filter: Option<Restriction>,
    pub keys: Vec<(PropTag, SortOrder)>,
    pub columns: Vec<PropTag>,
    pub cursor: usize,
    pub marks: Vec<(Bookmark, Target, bool)>,
    pub mirror: Vec<(InstanceKey, Row)>,
    pub range: (usize, usize),
    pub keeper: Keeper,
    /// What the keeper saw last, and of which version.
    pub seen: (u64, Vec<Line_>),
}

/// The rows in order of birth, and the views over them.
pub struct Model {
    pub table: Table,
    pub rows: Vec<(u64, InstanceKey, Cells)>,
    pub views: Vec<ModelView>,
}

impl Model {
    fn new() -> Self {
        let mut table = Table::new(vec![PR_DISPLAY_NAME], vec![]).unwrap();
        let open = |_| {
            let id = table.open_view().unwrap();
            let mut view = table.view(id).unwrap();
            view.advise().unwrap();
            let columns = vec![PR_DISPLAY_NAME];
            let (marks, mirror) = (vec![], vec![]);
            ModelView {
                id,
                filter: None,
                keys: vec![],
                columns,
                cursor: 0,
                marks,
                mirror,
                range: (1, 2),
                keeper: Keeper::default(),
                seen: (0, vec![]),
            }
        };
        let views = (0..3).map(open).collect();
        Self { table, rows: vec![], views }
    }

    pub fn shown(&self, view: &ModelView) -> Vec<(InstanceKey, &Cells)> {
        let admitted = |cells: &Cells| view.filter.as_ref().is_none_or(|filter| admits(filter, cells));
        let mut rows: Vec<_> = self.rows.iter().filter(|row| admitted(&row.2)).map(|row| (row.1, &row.2)).collect();
        rows.sort_by(|a, b| {
            let by = view.keys.iter().map(|(tag, order)| sort(a.1.get(tag), b.1.get(tag), *order));
            by.fold(Ordering::Equal, Ordering::then)
        });
        rows
    }

    fn keys(&self, view: &ModelView) -> Vec<InstanceKey> {
        self.shown(view).into_iter().map(|(key, _)| key).collect()
    }

    pub fn project(columns: &[PropTag], cells: &Cells) -> Vec<PropValue> {
        let value = |tag: &PropTag| match *tag {
            PR_NULL => PropValue::Null,
            _ => cells.get(tag).cloned().unwrap_or(PropValue::NOT_FOUND),
        };
        columns.iter().map(value).collect()
    }

    /// Runs a change of one row on both sides and moves cursors and bookmarks as the rules say.
    fn change(&mut self, run: impl FnOnce(&mut Self) -> Option<InstanceKey>) {
        let before: Vec<_> = self.views.iter().map(|view| self.keys(view)).collect();
        let Some(row) = run(self) else { return };
        let after: Vec<_> = self.views.iter().map(|view| self.keys(view)).collect();
        for (view, (before, after)) in self.views.iter_mut().zip(before.iter().zip(&after)) {
            let old = before.iter().position(|key| *key == row);
            let new = after.iter().position(|key| *key == row);
            let read = old.is_some_and(|old| old < view.cursor);
            let others = before[..view.cursor].iter().filter(|key| **key != row).count();
            let counts = new.is_some_and(|new| new < others || (new == others && read));
            view.cursor = others + usize::from(counts);
            if let (Some(old), None) = (old, new) {
                for (_, target, moved) in &mut view.marks {
                    if matches!(target, Target::Row(key) if *key == row) {
                        *moved = true;
                        *target = after.get(old).map_or(Target::Lost, |key| Target::Row(*key));
                    }
                }
            }
        }
    }

    fn run(&mut self, op: Op) {
        match op {
            Op::Put(key, row) => self.change(|model| {
                model.table.put(RowKey(key), row.clone()).unwrap();
                let instance = instance(&model.table, key);
                let cells: Cells = row.into_iter().collect();
                match model.rows.iter_mut().find(|row| row.0 == key) {
                    Some(known) => {
                        assert_eq!(known.1, instance);
                        known.2 = cells;
                    }
                    None => model.rows.push((key, instance, cells)),
                }
                Some(instance)
            }),
            Op::Merge(key, row) => self.change(|model| {
                let answer = model.table.merge(RowKey(key), row.clone());
                let Some(known) = model.rows.iter_mut().find(|row| row.0 == key) else {
                    assert_eq!(code(answer), Scode::MAPI_E_NOT_FOUND);
                    return None;
                };
                known.2.extend(row);
                Some(known.1)
            }),
            Op::Remove(key) => self.change(|model| {
                let at = model.rows.iter().position(|row| row.0 == key);
                assert_eq!(model.table.remove(RowKey(key)), at.is_some());
                at.map(|at| model.rows.remove(at).1)
            }),
            Op::Reload => {
                self.table.reload();
                self.rows.clear();
                self.views.iter_mut().for_each(Self::rewind);
            }
            Op::Restrict(at, filter) => {
                self.table.view(self.views[at].id).unwrap().restrict(filter.as_ref()).unwrap();
                self.views[at].filter = filter;
                self.reset(at);
            }
            Op::Sort(at, keys) => {
                self.table.view(self.views[at].id).unwrap().sort_table(SortOrderSet::by(&keys)).unwrap();
                self.views[at].keys = keys;
                self.reset(at);
            }
            Op::Columns(at, columns) => {
                self.table.view(self.views[at].id).unwrap().set_columns(columns.clone()).unwrap();
                self.views[at].columns = columns;
                self.mirror(at);
            }
            Op::Hear => self.hear(),
            other => self.read(other),
        }
    }

    fn rewind(view: &mut ModelView) {
        view.cursor = 0;
        for (_, target, _) in &mut view.marks {
            *target = Target::Lost;
        }
    }

    fn reset(&mut self, at: usize) {
        Self::rewind(&mut self.views[at]);
        self.mirror(at);
    }

    /// What a reader does after its own call: it reads again.
    fn mirror(&mut self, at: usize) {
        self.views[at].mirror = self.truth(&self.views[at]);
    }

    fn truth(&self, view: &ModelView) -> Vec<(InstanceKey, Row)> {
        let row = |cells| view.columns.iter().copied().zip(Self::project(&view.columns, cells)).collect();
        self.shown(view).into_iter().map(|(key, cells)| (key, row(cells))).collect()
    }

    /// Whatever has happened since the last time.
    fn hear(&mut self) {
        for at in 0..self.views.len() {
            let truth = self.truth(&self.views[at]);
            let view = &mut self.views[at];
            for delivery in self.table.view(view.id).unwrap().take_events() {
                follow(&mut view.mirror, delivery.notification, &truth);
            }
            assert_eq!(view.mirror, truth, "events lead to the view");
        }
    }

    fn check(&mut self) {
        for at in 0..self.views.len() {
            let truth = self.truth(&self.views[at]);
            let view = &mut self.views[at];
            let mut handle = self.table.view(view.id).unwrap();
            assert_eq!((handle.row_count(), handle.query_position().row), (truth.len(), view.cursor));
            let rows = truth.iter().skip(view.range.0).take(view.range.1);
            let values = |row: &Row| row.iter().map(|cell| cell.1.clone()).collect();
            let expected: Vec<Line_> = rows.map(|(key, row)| (*key, values(row))).collect();
            let version = handle.version();
            let keep = version % 2 == 0;
            assert_eq!(
                view.keeper.look(&mut handle, view.range.0, view.range.1, keep),
                expected,
                "what is kept is the view"
            );
            assert_eq!(view.keeper.columns, view.columns);
            if version == view.seen.0 {
                assert_eq!(view.seen.1, truth_of(&truth), "another view has another version");
            }
            view.seen = (version, truth_of(&truth));
        }
    }
}

fn truth_of(rows: &[(InstanceKey, Row)]) -> Vec<Line_> {
    rows.iter().map(|(key, row)| (*key, row.iter().map(|cell| cell.1.clone()).collect())).collect()
}

/// Applies one notification to a mirror of the view.
fn follow(mirror: &mut Vec<(InstanceKey, Row)>, notification: Notification, truth: &Vec<(InstanceKey, Row)>) {
    let before = |mirror: &[(InstanceKey, Row)], at: usize| at.checked_sub(1).map(|prior| mirror[prior].0);
    match notification {
        Notification::Added { key, prior, row, new_index, .. } => {
            assert_eq!(before(mirror, new_index), prior);
            mirror.insert(new_index, (key, row));
        }
        Notification::Modified { key, prior, row, old_index, new_index, .. } => {
            assert_eq!(mirror.remove(old_index).0, key);
            assert_eq!(before(mirror, new_index), prior);
            mirror.insert(new_index, (key, row));
        }
        Notification::Deleted { key, old_index } => assert_eq!(mirror.remove(old_index).0, key),
        Notification::Changed | Notification::Reload => mirror.clone_from(truth),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]
    #[test]
    fn the_table_does_what_the_model_does(ops in some_ops()) {
        let mut model = Model::new();
        for op in ops {
            model.run(op);
            model.check();
        }
        model.hear();
    }
}
