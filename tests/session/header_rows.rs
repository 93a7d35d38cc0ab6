//! The header table is a projection (design, invariant 5): of the last list, the marks set since, and what became of them.

use super::viewer::*;
use super::world::*;
use crate::walk::chance::Chance;
use mailspooler::mapi::*;
use mailspooler::session::io::*;
use mailspooler::table::{Bookmark, Restriction, SortKey, SortOrderSet, View};

const SEEDS: u64 = 60;
const STEPS: usize = 200;
const COLUMNS: [PropTag; 4] = [PR_SUBJECT, PR_MESSAGE_SIZE, PR_MSG_STATUS, PR_MESSAGE_FLAGS];

/// Id, size, status, flags.
type Row = (String, i32, u32, i32);

#[derive(Default)]
struct Facts {
    rows: Vec<Row>,
    /// What the work under way had to do when it began, and whether it goes on.
    marked: usize,
    works: bool,
}

impl Facts {
    fn list(&mut self, list: &[(String, i32)]) {
        let kept = |id: &String| {
            let old = self.rows.iter().find(|row| self.marked > 0 && row.0 == *id);
            old.map_or(0, |row| row.2 & (DOWNLOAD | DELETE))
        };
        let mut rows: Vec<Row> = Vec::new();
        for (id, size) in list {
            if !rows.iter().any(|row| row.0 == *id) {
                rows.push((id.clone(), *size, kept(id), 0));
            }
        }
        (self.rows, self.works) = (rows, false);
    }

    fn done(&mut self, id: &str, verb: Verb) {
        if verb == Verb::Remove {
            self.rows.retain(|row| row.0 != id);
        }
        for row in self.rows.iter_mut().filter(|row| row.0 == id) {
            row.2 &= !DOWNLOAD;
            row.3 |= 1;
        }
    }
}

fn rows(view: &mut View<'_>) -> Vec<Row> {
    view.set_columns(COLUMNS.to_vec()).unwrap();
    view.seek_row(Bookmark::BEGINNING, 0).unwrap();
    let long = |value: &PropValue| if let PropValue::Long(v) = value { *v } else { panic!("{value:?}") };
    let read = |row: Vec<PropValue>| match &row[0] {
        PropValue::Str(id) => (id.clone(), long(&row[1]), long(&row[2]) as u32, long(&row[3])),
        other => panic!("{other:?}"),
    };
    view.query_rows(1_000, true).unwrap().rows.into_iter().map(read).collect()
}

fn some_list(c: &mut Chance) -> Vec<(String, i32)> {
    (0..c.below(9)).map(|_| (format!("m{}", c.below(12)), 1_000 * c.below(5) as i32)).collect()
}

/// A call of header work ends, one way or another.
fn answer(w: &mut World, facts: &mut Facts, c: &mut Chance) {
    let work = [Verb::Refresh, Verb::Download, Verb::Remove];
    let Some(at) = w.calls.iter().position(|call| work.contains(&call.verb) && !w.aborted.contains(&call.call)) else {
        return;
    };
    let call = w.calls.remove(at);
    let id = call.entry.clone().unwrap_or_default();
    let fails = c.percent(30);
    if call.verb == Verb::Refresh && !fails {
        let list = some_list(c);
        facts.list(&list);
        let rows = list.iter().map(|(id, size)| header(id, f64::from(*size))).collect();
        return w.answer(&call, Answer::Headers { rows }, false);
    }
    match call.verb {
        Verb::Refresh => facts.works = false,
        verb if !fails => facts.done(&id, verb),
        _ => {}
    }
    let answer = match call.verb {
        _ if fails => threw(None, false),
        Verb::Download => Answer::Message { id, folder: None, class: "IPM.Note".into(), flags: 2 },
        _ => Answer::Done,
    };
    w.answer(&call, answer, false);
}

fn act(w: &mut World, facts: &mut Facts, c: &mut Chance) {
    match c.below(8) {
        0 if !facts.works => {
            w.validate(REFRESH);
            (facts.works, facts.marked) = (true, 0);
        }
        1 if !facts.works => {
            w.validate(PROCESS);
            (facts.works, facts.marked) = (true, facts.rows.iter().filter(|row| row.2 != 0).count());
        }
        2 if c.percent(20) => {
            w.validate(ABORT);
            facts.works = false;
        }
        3..=5 if !facts.rows.is_empty() => {
            let at = c.below(facts.rows.len());
            let status = *c.pick(&[0, DOWNLOAD, DELETE, DOWNLOAD | DELETE]);
            assert_eq!(w.mark(&facts.rows[at].0, status), facts.rows[at].2);
            facts.rows[at].2 = status;
        }
        _ => answer(w, facts, c),
    }
}

fn walk(seed: u64) {
    let mut c = Chance::new(seed);
    let mut w = World::driving(vec![remote()]);
    let mut facts = Facts::default();
    let [plain, marked] = [(); 2].map(|()| w.session.open_headers(&entry()).unwrap());
    let mut view = w.session.view(marked).unwrap();
    let mask = Restriction::Bitmask { tag: PR_MSG_STATUS, mask: DOWNLOAD | DELETE, op: BitmaskOp::Nez };
    view.restrict(Some(&mask)).unwrap();
    let keys = vec![SortKey::new(PR_MESSAGE_SIZE, SortOrder::Descend), SortKey::new(PR_SUBJECT, SortOrder::Ascend)];
    view.sort_table(SortOrderSet { keys, categories: 0, expanded: 0 }).unwrap();
    for step in 0..STEPS {
        act(&mut w, &mut facts, &mut c);
        assert_eq!(rows(&mut w.session.view(plain).unwrap()), facts.rows, "seed {seed}, step {step}");
        let mut some: Vec<Row> = facts.rows.iter().filter(|row| row.2 != 0).cloned().collect();
        some.sort_by(|a, b| (b.1, &a.0).cmp(&(a.1, &b.0)));
        assert_eq!(rows(&mut w.session.view(marked).unwrap()), some, "seed {seed}, step {step}");
    }
}

#[test]
fn c_175_the_header_table_is_the_last_list_its_marks_and_what_became_of_them() {
    (0..SEEDS).for_each(walk);
}

#[test]
fn c_177_a_list_that_is_given_up_shows_no_progress() {
    let mut w = World::driving(vec![remote()]);
    w.refresh(vec![header("a", 9.0)]);
    w.mark("a", DOWNLOAD);
    w.validate(PROCESS);
    w.delivers("a");
    assert_eq!(w.row(PR_REMOTE_PROGRESS_TEXT), "Fetching headers".into());
    w.validate(ABORT);
    assert_eq!((w.row(PR_REMOTE_PROGRESS), w.row(PR_REMOTE_PROGRESS_TEXT)), (PropValue::Long(-1), "".into()));
    w.mark("a", DELETE);
    w.validate(REFRESH);
    w.calls.remove(0);
    w.list(vec![header("a", 9.0)]);
    assert_eq!(w.marks(), [("a".into(), 0)], "the marks of a list asked for by itself are cleared (C-175)");
}
