//! A long walk by chance over several views, with categories and rows of values, each step checked against the plainest
//! model. A failure prints its seed: `MAILSPOOLER_SEED=… cargo test --test table walk` walks it again;
//! `MAILSPOOLER_OPS` walks further.

use crate::dice::Dice;
use crate::naive::Cells;
use crate::outline::{Name, Open, Outline, Path, depth, leaves};
use crate::support::Row;
use mailspooler::mapi::*;
use mailspooler::table::*;
use std::collections::BTreeSet;

const MV: PropTag = PropTag::new(0x6900, PropType::MvLong);
const EACH: PropTag = PropTag(0x6900_3003);
const VIEWS: usize = 4;
/// A column of each type that numbers, texts and lists leave.
const OTHERS: [PropTag; 5] = [
    PropTag::new(0x6901, PropType::Double),
    PropTag::new(0x6902, PropType::I8),
    PropTag::new(0x6903, PropType::SysTime),
    PropTag::new(0x6904, PropType::Boolean),
    PropTag::new(0x6905, PropType::Binary),
];
const COLUMNS: [PropTag; 13] = [
    PR_DISPLAY_NAME,
    PR_STATUS_CODE,
    PR_MESSAGE_FLAGS,
    MV,
    PR_ROW_TYPE,
    PR_DEPTH,
    PR_CONTENT_COUNT,
    PR_CONTENT_UNREAD,
    OTHERS[0],
    OTHERS[1],
    OTHERS[2],
    OTHERS[3],
    OTHERS[4],
];

struct Watched {
    id: ViewId,
    filter: Option<Restriction>,
    order: SortOrderSet,
    open: Open,
    columns: Vec<PropTag>,
    /// What it shows: keys and values, and their names.
    shown: Copy,
    names: Vec<Name>,
    mark: Option<(Bookmark, Name)>,
    /// A reader's copy: taken at its advise and after its own calls, else kept by notifications alone.
    mirror: Copy,
    /// It reads again.
    reads: bool,
    connection: Option<Connection>,
}

struct Walk {
    dice: Dice,
    table: Table,
    rows: Vec<(u64, Cells)>,
    /// Rows did, in this step.
    changed: bool,
    views: Vec<Watched>,
}

/// One of few values, the ends of the type among them.
fn other(dice: &mut Dice, tag: PropTag) -> PropValue {
    match tag.prop_type() {
        Some(PropType::Double) => PropValue::Double(dice.pick(&[f64::NEG_INFINITY, -0.5, 0.0, 1e300])),
        Some(PropType::I8) => PropValue::I8(dice.pick(&[i64::MIN, -1, 0, 1 << 40])),
        Some(PropType::SysTime) => PropValue::SysTime(dice.pick(&[-1, 0, 1_700_000_000_000])),
        Some(PropType::Boolean) => PropValue::Boolean(dice.one_in(2)),
        _ => PropValue::Binary(dice.pick(&[&[][..], &[0], &[0, 0], &[255]]).to_vec()),
    }
}

fn order(dice: &mut Dice) -> SortOrderSet {
    let way = |dice: &mut Dice| dice.pick(SortOrder::ALL);
    let mut tags = vec![PR_DISPLAY_NAME, PR_STATUS_CODE, PR_MESSAGE_FLAGS, MV];
    if dice.one_in(3) {
        tags = vec![PR_DISPLAY_NAME, EACH, PR_STATUS_CODE];
    }
    tags.push(dice.pick(&OTHERS));
    let mut keys: Vec<SortKey> = Vec::new();
    let mut categories = 0;
    for _ in 0..dice.roll(3) {
        keys.push(SortKey::new(dice.pick(&tags), way(dice)));
        categories = keys.len();
        if dice.one_in(4) {
            keys.push(SortKey { role: KeyRole::Combine, ..SortKey::new(dice.pick(&tags), way(dice)) });
            categories = keys.len();
        }
        if dice.one_in(3) {
            let role = dice.pick(&[KeyRole::Min, KeyRole::Max]);
            keys.push(SortKey {
                role,
                ..SortKey::new(dice.pick(&[PR_STATUS_CODE, PR_DISPLAY_NAME, OTHERS[0], OTHERS[2]]), way(dice))
            });
            categories = keys.len();
        }
    }
    for _ in 0..dice.roll(3) {
        keys.push(SortKey::new(dice.pick(&tags), way(dice)));
    }
    let levels = depth(&SortOrderSet { keys: keys.clone(), categories, expanded: 0 });
    SortOrderSet { keys, categories, expanded: dice.roll(levels + 1) }
}

fn filter(dice: &mut Dice) -> Option<Restriction> {
    let value = PropValue::Long(i32::try_from(dice.roll(4)).unwrap());
    let leaf = Restriction::Property { tag: PR_STATUS_CODE, op: dice.pick(&Relop::ALL[..6]), value };
    match dice.roll(6) {
        0 => None,
        4 => {
            let tag = dice.pick(&OTHERS);
            Some(Restriction::Property { tag, op: dice.pick(&Relop::ALL[..6]), value: other(dice, tag) })
        }
        1 => Some(Restriction::Exist(PR_DISPLAY_NAME)),
        2 => Some(Restriction::Not(Box::new(leaf))),
        3 => Some(Restriction::Or(vec![leaf, Restriction::Exist(MV)])),
        _ => Some(leaf),
    }
}

fn row(dice: &mut Dice) -> Row {
    let mut row = Vec::new();
    let long = |n: usize| PropValue::Long(i32::try_from(n).unwrap());
    if !dice.one_in(5) {
        row.push((PR_DISPLAY_NAME, dice.pick(&["", "a", "A", "ab", "B", "same prefix 1", "same prefix 2"]).into()));
    }
    if !dice.one_in(4) {
        row.push((PR_STATUS_CODE, long(dice.roll(4))));
    }
    if !dice.one_in(3) {
        row.push((PR_MESSAGE_FLAGS, long(dice.roll(2))));
    }
    if dice.one_in(2) {
        let values = (0..dice.roll(4)).map(|_| i32::try_from(dice.roll(3)).unwrap()).collect();
        row.push((MV, PropValue::MvLong(values)));
    }
    for tag in OTHERS {
        if dice.one_in(3) {
            row.push((tag, other(dice, tag)));
        }
    }
    row
}

impl Watched {
    /// What is shown, with the model of it.
    fn compare(&mut self, rows: &[(u64, Cells)], truth: &Copy) {
        let instances = self.order.keys.iter().any(|key| key.tag == EACH).then_some(MV);
        let all = leaves(rows, self.filter.as_ref(), instances);
        let lines = Outline { order: &self.order, open: &self.open }.lines(all, &self.columns);
        let is = |name: &Name, path: &Path| matches!(name, Name::Heading(known) if known == path);
        self.open.retain(|(path, _)| lines.iter().any(|(name, _, _)| is(name, path)));
        let shown: Vec<_> = lines.into_iter().filter(|line| line.2).collect();
        let values: Vec<_> = truth.iter().map(|row| &row.1).collect();
        assert_eq!(values, shown.iter().map(|line| &line.1).collect::<Vec<_>>(), "{:?}", self.order);
        let keys: BTreeSet<_> = truth.iter().map(|row| row.0).collect();
        assert_eq!(keys.len(), truth.len(), "every line has a key of its own");
        self.names = shown.into_iter().map(|line| line.0).collect();
    }
}

impl Walk {
    fn new(seed: u64) -> Self {
        let mut table = Table::new(COLUMNS.to_vec(), vec![]).unwrap();
        let open = |_| Watched {
            id: table.open_view().unwrap(),
            filter: None,
            order: SortOrderSet::default(),
            open: vec![],
            columns: COLUMNS.to_vec(),
            shown: vec![],
            names: vec![],
            mark: None,
            mirror: vec![],
            reads: false,
            connection: None,
        };
        let views = (0..VIEWS).map(open).collect();
        Self { dice: Dice(seed), table, rows: vec![], changed: false, views }
    }

    fn step(&mut self) {
        let key = self.dice.roll(10) as u64;
        let known = self.rows.iter().position(|row| row.0 == key);
        match self.dice.roll(16) {
            0..5 => {
                let row = row(&mut self.dice);
                self.table.put(RowKey(key), row.clone()).unwrap();
                let cells = row.into_iter().collect();
                self.changed = true;
                match known {
                    Some(at) => self.rows[at].1 = cells,
                    None => self.rows.push((key, cells)),
                }
            }
            5..9 => {
                let row = row(&mut self.dice);
                assert_eq!(self.table.merge(RowKey(key), row.clone()).is_ok(), known.is_some());
                self.changed = known.is_some();
                if let Some(at) = known {
                    self.rows[at].1.extend(row);
                }
            }
            9..11 => {
                assert_eq!(self.table.remove(RowKey(key)), known.is_some());
                self.changed = known.is_some();
                if let Some(at) = known {
                    self.rows.remove(at);
                }
            }
            other => {
                let at = self.dice.roll(VIEWS);
                self.own(at, other);
            }
        }
    }

    /// Something a reader does with his view; he reads again after it.
    fn own(&mut self, at: usize, what: usize) {
        let view = &mut self.views[at];
        let mut handle = self.table.view(view.id).unwrap();
        let heading = view.names.iter().position(|name| matches!(name, Name::Heading(_)) && self.dice.one_in(2));
        match (what, heading) {
            (11, _) if self.dice.one_in(3) => {
                view.filter = filter(&mut self.dice);
                handle.restrict(view.filter.as_ref()).unwrap();
                (view.open, view.mark) = (vec![], None);
            }
            (12, _) if self.dice.one_in(3) => {
                view.order = order(&mut self.dice);
                handle.sort_table(view.order.clone()).unwrap();
                (view.open, view.mark) = (vec![], None);
                view.columns[3] = if view.order.keys.iter().any(|key| key.tag == EACH) { EACH } else { MV };
                handle.set_columns(view.columns.clone()).unwrap();
            }
            (13 | 14, Some(index)) => {
                let (key, before) = (view.shown[index].0, handle.row_count());
                let Name::Heading(path) = view.names[index].clone() else { unreachable!() };
                let open = Outline { order: &view.order, open: &view.open }.is_open(&path);
                let changed = if open {
                    handle.collapse_row(key).unwrap()
                } else {
                    let (rows, more) = handle.expand_row(key, 2).unwrap();
                    assert_eq!(rows.rows.len(), more.min(2));
                    assert_eq!(handle.query_position().row, index + 1 + rows.rows.len());
                    more
                };
                assert_eq!(handle.row_count().abs_diff(before), changed);
                view.open.retain(|(known, _)| *known != path);
                view.open.push((path, !open));
                view.mark = None;
            }
            (15, _) if !view.names.is_empty() => {
                let index = self.dice.roll(view.names.len());
                handle.seek_row(Bookmark::BEGINNING, i64::try_from(index).unwrap()).unwrap();
                if let Some((old, _)) = view.mark.take() {
                    handle.free_bookmark(old).unwrap();
                }
                view.mark = Some((handle.create_bookmark().unwrap(), view.names[index].clone()));
                let key = view.shown[index].0;
                handle.find_row(&Restriction::equals(PR_INSTANCE_KEY, key), Bookmark::BEGINNING, false).unwrap();
                assert_eq!(handle.query_position().row, index, "C-206");
                // What moves only the cursor leaves what is pending pending.
                if depth(&view.order) == 0 {
                    return;
                }
                let state = handle.collapse_state(key).unwrap();
                let same = handle.set_collapse_state(&state).unwrap();
                assert_eq!(handle.seek_row(same, 0).unwrap().rows, 0);
                assert_eq!(handle.query_position().row, index, "the saved row");
                handle.free_bookmark(same).unwrap();
            }
            (14, None) => match view.connection.take() {
                Some(connection) => handle.unadvise(connection),
                None => view.connection = Some(handle.advise().unwrap()),
            },
            _ => return,
        }
        view.reads = true;
    }

    fn check(&mut self) {
        // Who looks at a copy changes nothing of what is still to be told.
        let mut copy = self.table.clone();
        let changed = std::mem::take(&mut self.changed);
        for view in &mut self.views {
            let truth = read(&mut copy.view(view.id).unwrap(), &view.columns);
            if changed || view.reads {
                view.compare(&self.rows, &truth);
            } else {
                assert_eq!(truth, view.shown, "nothing happened: {:?}", view.order);
            }
            if std::mem::take(&mut view.reads) {
                view.mirror.clone_from(&truth);
            }
            view.shown = truth;
            let mut handle = self.table.view(view.id).unwrap();
            let cursor = handle.query_position().row;
            assert!(cursor <= view.shown.len(), "the cursor is in the view");
            if let Some((bookmark, name)) = &view.mark {
                let found = handle.seek_row(*bookmark, 0);
                match view.names.iter().position(|known| known == name) {
                    Some(at) if found.is_ok_and(|sought| !sought.position_changed) => {
                        assert_eq!(handle.query_position().row, at, "a bookmark follows its line");
                    }
                    _ => view.mark = None,
                }
                handle.seek_row(Bookmark::BEGINNING, i64::try_from(cursor).unwrap()).unwrap();
            }
        }
        if self.dice.one_in(3) {
            self.tell();
        }
    }

    /// Everybody hears what happened since the last time, however much that was.
    fn tell(&mut self) {
        for view in &mut self.views {
            for delivery in self.table.view(view.id).unwrap().take_events() {
                assert_eq!(Some(&delivery.to), view.connection.map(|one| vec![one]).as_ref());
                follow(&mut view.mirror, delivery.notification, &view.shown);
            }
            if view.connection.is_some() {
                assert_eq!(view.mirror, view.shown, "events lead to the view: {:?}", view.order);
            }
        }
    }
}

type Copy = Vec<(InstanceKey, Vec<PropValue>)>;

fn read(handle: &mut View<'_>, columns: &[PropTag]) -> Copy {
    handle.seek_row(Bookmark::BEGINNING, 0).unwrap();
    handle.set_columns([&[PR_INSTANCE_KEY], columns].concat()).unwrap();
    let mut truth = Vec::new();
    if handle.row_count() > 0 {
        for row in handle.query_rows(i64::MAX, false).unwrap().rows {
            let PropValue::Binary(key) = &row[0] else { panic!("{row:?}") };
            truth.push((InstanceKey(key.clone().try_into().unwrap()), row[1..].to_vec()));
        }
    }
    truth
}

fn follow(mirror: &mut Copy, notification: Notification, shown: &Copy) {
    let values = |row: Row| row.into_iter().map(|cell| cell.1).collect();
    match notification {
        Notification::Added { key, row, new_index, .. } => mirror.insert(new_index, (key, values(row))),
        Notification::Modified { key, row, old_index, new_index, .. } => {
            assert_eq!(mirror.remove(old_index).0, key);
            mirror.insert(new_index, (key, values(row)));
        }
        Notification::Deleted { key, old_index } => assert_eq!(mirror.remove(old_index).0, key),
        Notification::Changed => mirror.clone_from(shown),
        Notification::Reload => unreachable!(),
    }
}

fn from_env(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn a_long_walk_ends_where_the_model_ends() {
    let ops = from_env("MAILSPOOLER_OPS").unwrap_or(100_000);
    let (first, walks) = from_env("MAILSPOOLER_SEED").map_or((1, ops.div_ceil(1000)), |seed| (seed, 1));
    for seed in first..first + walks {
        let mut walk = Walk::new(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        for step in 0..1000 {
            let checked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                walk.step();
                walk.check();
            }));
            assert!(checked.is_ok(), "MAILSPOOLER_SEED={seed} fails at step {step}");
        }
    }
}
