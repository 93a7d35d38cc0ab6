//! Tables are projections (design, invariant 5): what is kept input by input is what is made anew from the same state, in rows, order
//! and columns; and whoever looks changes nothing.

use crate::h_replica::posted;
use crate::viewer::hex;
use crate::walk::chance::Chance;
use crate::walk::sim::Sim;
use crate::walk::turn;
use crate::world::*;
use mailspooler::mapi::*;
use mailspooler::session::io::*;
use mailspooler::session::{Session, Which};
use mailspooler::status::StatusEntry;
use mailspooler::table::Bookmark;

/// Of the default run; `MAILSPOOLER_WALKS=from..to` walks others.
const WALKS: u64 = 16;
const STEPS: usize = 120;
const TABLES: [Which; 2] = [Which::Queue, Which::Status];

type Rows = Vec<Vec<PropValue>>;

/// The same session twice: nobody looks at the one, the other has open views.
struct Twin {
    blind: Session,
    watched: Session,
    views: Vec<u32>,
}

fn open(session: &mut Session, which: Which) -> u32 {
    let handle = session.open_view(which).unwrap();
    let mut view = session.view(handle).unwrap();
    // Rows are numbered by their table.
    let own = [PR_INSTANCE_KEY, PR_ROWID];
    let all = view.query_columns(true).into_iter().filter(|tag| !own.contains(tag));
    view.set_columns(all.collect()).unwrap();
    handle
}

fn read(session: &mut Session, handle: u32) -> (Vec<PropTag>, Rows) {
    let mut view = session.view(handle).unwrap();
    view.seek_row(Bookmark::BEGINNING, 0).unwrap();
    (view.query_columns(false), view.query_rows(10_000, true).unwrap().rows)
}

fn range(session: &mut Session, handle: u32, offset: usize, count: usize) -> Rows {
    let mut view = session.view_range(handle, offset, count).unwrap();
    view.seek_row(Bookmark::BEGINNING, offset as i64).unwrap();
    view.query_rows(count as i64, true).unwrap().rows
}

impl Twin {
    fn of(w: &World) -> Self {
        let mut watched = w.session.clone();
        let views = TABLES.map(|which| open(&mut watched, which)).to_vec();
        Self { blind: w.session.clone(), watched, views }
    }

    fn step(&mut self, input: Input, now: Now) -> Result<(), String> {
        let unseen = |mut step: mailspooler::session::Step| {
            step.effects.retain(|e| !matches!(e, Effect::Views { .. }));
            step
        };
        let name = format!("{input:?}");
        let blind = unseen(self.blind.step(input.clone(), now));
        let watched = unseen(self.watched.step(input, now));
        let at = |step: &mailspooler::session::Step| step.wake.as_ref().map_or(i64::MAX, |w| w.at);
        if blind.effects == watched.effects && at(&watched) <= at(&blind) {
            Ok(())
        } else {
            Err(format!("looking changed what {name} does: {blind:?}\n{watched:?}"))
        }
    }

    /// Reads a part, or everything.
    fn compare(&mut self, sim: &mut Sim) -> Result<(), String> {
        for (which, handle) in TABLES.into_iter().zip(self.views.clone()) {
            let mut fresh = self.blind.clone();
            let anew = open(&mut fresh, which);
            let made = read(&mut fresh, anew);
            let (offset, count) = (sim.c.below(made.1.len() + 1), 1 + sim.c.below(4));
            let part = made.1.iter().skip(offset).take(count).cloned().collect::<Rows>();
            let seen = range(&mut self.watched, handle, offset, count);
            if seen != part {
                return Err(told(&format!("{which:?} from {offset}"), &made.0, &seen, &part));
            }
            if sim.c.percent(30) {
                let kept = read(&mut self.watched, handle);
                if kept.0 != made.0 || kept.1 != made.1 {
                    return Err(told(&format!("{which:?}"), &made.0, &kept.1, &made.1));
                }
            }
        }
        Ok(())
    }
}

fn told(what: &str, columns: &[PropTag], kept: &Rows, made: &Rows) -> String {
    let mut text = format!("{what}: {} rows kept, {} made anew", kept.len(), made.len());
    for (i, (kept, made)) in kept.iter().zip(made).enumerate() {
        for ((tag, kept), made) in columns.iter().zip(kept).zip(made).filter(|((_, kept), made)| kept != made) {
            text += &format!("\nrow {i}, {}: {kept:?} kept, {made:?} made", tag.name().unwrap_or("?"));
        }
    }
    text
}

/// What a walk of messages alone does not meet.
fn extra(sim: &mut Sim, tab: usize, versions: &mut u32) {
    let other = sim.tabs[1 - tab].as_mut().map(|w| posted(&mut w.session));
    let c = &mut sim.c;
    let uids: Vec<_> = sim.transports.iter().map(|t| t.config.uid.clone()).collect();
    let uid = c.pick(&uids).clone();
    let entry =
        hex(&if c.percent(50) { StatusEntry::Spooler } else { StatusEntry::Transport(uid.to_string()) }.to_entry_id());
    let order = if c.percent(50) { uids.iter().rev().cloned().collect() } else { uids.clone() };
    let Some(w) = sim.tabs[tab].as_mut() else { return };
    let req = w.req();
    let text = |name: &str, value: &str| (name.to_owned(), RowValue::Text { value: value.into() });
    let input = match c.below(9) {
        0 => Input::Flush { req, entry, flags: *c.pick(&[0x02, 0x04, 0x0a, 0x06]), target: None },
        1 => Input::Validate { req, entry, flags: *c.pick(&[0, 0x4_0000, 0x8_0000, 0x10_0000]) },
        2 => Input::ModifyRow {
            transport: uid,
            columns: vec![
                text("statusString", if c.percent(50) { "Busy" } else { "Here" }),
                ("statusCode".into(), RowValue::Number { value: 4.0 }),
            ],
            update: c.percent(50),
        },
        3 => {
            Input::Notify { transport: uid, flags: *c.pick(&[0x02, 0x1000, 0x2000, 0x4000, 0x1000_0000]), entry: None }
        }
        4 => Input::OwnerSilent { since: c.percent(50).then_some(w.now.wall) },
        5 | 6 => match other {
            Some((epoch, rows)) => {
                *versions += 1;
                Input::Replica { epoch, version: *versions, rows }
            }
            None => return,
        },
        7 => Input::SetTransportOrder { req, uids: order, now: true },
        _ => Input::RemoveTransport { req, uid },
    };
    sim.trace.push(format!("tab {tab}: {input:?}"));
    let w = sim.tabs[tab].as_mut().unwrap();
    w.step(input);
    for t in &sim.transports {
        if has_row(w, &t.config.uid) {
            continue;
        }
        w.add(vec![t.config.clone()]);
    }
}

fn has_row(w: &World, uid: &str) -> bool {
    w.session.status_props(&hex(&StatusEntry::Transport(uid.to_owned()).to_entry_id())).is_ok()
}

/// What another context makes of the same store: of a row that is being written it knows the stored half only.
fn compare_stored(sim: &mut Sim, tab: usize) -> Result<(), String> {
    let transports: Vec<_> = sim.transports.iter().map(|t| t.config.clone()).collect();
    let drives = sim.holder == Some(tab);
    let Some(w) = sim.tabs[tab].as_mut().filter(|w| w.deaf == 0 && w.faults.is_empty()) else { return Ok(()) };
    w.look();
    let mut other = World::on(w.store.clone(), 200);
    other.now = w.now;
    other.add(transports);
    let stored = [
        PR_CLIENT_SUBMIT_TIME,
        PR_ENTRYID,
        PR_DISPLAY_TO,
        PR_SUBJECT,
        PR_OUTBOX_ID,
        PR_MESSAGE_ID,
        PR_MESSAGE_SIZE,
        PR_SENDER_NAME,
        PR_OUTBOX_STATE,
        PR_WHY,
        PR_ENVELOPES,
    ];
    let columns = if drives { &stored[..8] } else { &stored[..] };
    let [here, there] = [&mut w.session.clone(), &mut other.session].map(|session| {
        let handle = session.open_view(Which::Queue).unwrap();
        session.view(handle).unwrap().set_columns(columns.to_vec()).unwrap();
        read(session, handle)
    });
    if here.1 == there.1 {
        Ok(())
    } else {
        Err(told(&format!("stored; it drives: {drives}"), columns, &here.1, &there.1))
    }
}

/// Both of a tab hear what it heard since the last time.
fn follow(sim: &mut Sim, tab: usize, twin: &mut Option<Twin>) -> Result<(), String> {
    let Some(w) = sim.tabs[tab].as_mut() else {
        *twin = None;
        return Ok(());
    };
    let (heard, twin) = match (w.heard.replace(Vec::new()), twin) {
        (Some(heard), Some(twin)) => (heard, twin),
        (_, twin) => {
            *twin = Some(Twin::of(w));
            return Ok(());
        }
    };
    for (input, now) in heard {
        let name = format!("{input:?}").chars().take(200).collect::<String>();
        twin.step(input, now)?;
        if sim.c.percent(40) {
            twin.compare(sim).map_err(|what| format!("{what}\nafter {name}"))?;
        }
    }
    Ok(())
}

fn walk(seed: u64) -> Result<(), String> {
    let mut sim = Sim::new(seed);
    let mut versions = 0;
    let mut twins = [None, None];
    for _ in 0..STEPS {
        turn(&mut sim);
        let tab = sim.c.below(2);
        if sim.c.percent(30) {
            extra(&mut sim, tab, &mut versions);
            sim.housekeeping();
        }
        let mut went = (0..2).try_for_each(|tab| follow(&mut sim, tab, &mut twins[tab]));
        if sim.c.percent(20) {
            went = went.and_then(|()| compare_stored(&mut sim, tab));
        }
        went.map_err(|what| {
            format!("tab {tab}: {what}\n{}", sim.trace[sim.trace.len().saturating_sub(15)..].join("\n"))
        })?;
    }
    Ok(())
}

fn seeds() -> std::ops::Range<u64> {
    let said = std::env::var("MAILSPOOLER_WALKS").ok();
    let range = said.as_deref().and_then(|s| s.split_once("..")).map(|(a, b)| (a.parse(), b.parse()));
    if let Some((Ok(from), Ok(to))) = range { from..to } else { 0..WALKS }
}

#[test]
fn g10_tables_of_a_session_are_what_is_made_anew_from_its_state() {
    let failed: Vec<(u64, String)> = seeds().filter_map(|seed| Some((seed, walk(seed).err()?))).collect();
    let (seeds, first) = (failed.iter().map(|f| f.0).collect::<Vec<_>>(), failed.first().map(|f| f.1.as_str()));
    assert!(failed.is_empty(), "seeds {seeds:?}\n{}", first.unwrap_or_default());
}

#[test]
fn c_077_the_provider_table_is_what_the_next_session_makes_of_the_stored_order() {
    for seed in 0..40 {
        let mut c = Chance::new(seed);
        let mut w = World::driving(vec![]);
        let mut added: Vec<&str> = Vec::new();
        for step in 0..40 {
            let uid = *c.pick(&["a", "b", "c", "d"]);
            let req = w.req();
            match c.below(3) {
                0 if added.contains(&uid) => {
                    added.retain(|known| *known != uid);
                    w.step(Input::RemoveTransport { req, uid: uid.into() });
                    w.pass(60_000);
                }
                0 => {
                    added.push(uid);
                    w.add(vec![transport(uid)]);
                }
                _ => {
                    let mut uids: Vec<_> = added.iter().map(|uid| (*uid).into()).collect();
                    for i in 1..uids.len() {
                        uids.swap(i, c.below(i + 1));
                    }
                    w.step(Input::SetTransportOrder { req, uids, now: true });
                }
            }
            let mut next = World::on(w.store.clone(), 9);
            next.add(added.iter().map(|uid| transport(uid)).collect());
            assert_eq!(w.session.provider_table(), next.session.provider_table(), "seed {seed}, step {step}");
        }
    }
}
