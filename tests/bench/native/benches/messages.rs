//! What a message costs the core from submit to settled, tapes and all: allocations, bytes, ns. One transport, a memory store.
//! `cargo bench -p native-bench --bench messages --profile release [-- n rounds]`

#![allow(clippy::disallowed_types, reason = "it takes the time")]

use mailspooler::session::io::{
    Answer, Draft, DraftAddress, Effect, Input, Now, Reply, Snapshot, TransportConfig, Verb,
};
use mailspooler::session::stored::StoreOp;
use mailspooler::session::{Config, Session, Which};
use mailspooler::spooler::outcome::Outcome;
use mailspooler::table::{Cell, Line, Sink};
use mailspooler::wire::tape::{Tape, Writer};
use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

struct Counting;

static ON: AtomicBool = AtomicBool::new(false);
static CALLS: AtomicUsize = AtomicUsize::new(0);
static BYTES: AtomicUsize = AtomicUsize::new(0);

#[allow(unsafe_code, reason = "an allocator that counts")]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if ON.load(Relaxed) {
            CALLS.fetch_add(1, Relaxed);
            BYTES.fetch_add(layout.size(), Relaxed);
        }
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if ON.load(Relaxed) {
            CALLS.fetch_add(1, Relaxed);
            BYTES.fetch_add(size, Relaxed);
        }
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Whoever reads the rows.
struct Seen;

impl Sink for Seen {
    fn text(&mut self, text: &str) {
        black_box(text);
    }

    fn long(&mut self, number: i32) {
        black_box(number);
    }

    fn cell(&mut self, cell: Option<Cell<'_>>) {
        black_box(cell);
    }
}

/// As `Core::step` does it.
struct Door {
    session: Session,
    out: Writer,
    spent: Duration,
    steps: u32,
}

impl Door {
    #[inline(never)]
    fn step(&mut self, inputs: &Writer, wall: i64) -> Vec<Effect> {
        let begun = Instant::now();
        ON.store(true, Relaxed);
        self.out.clear();
        let mut reader = inputs.reader();
        self.session.begin_turn(Now { wall, mono: wall });
        while !reader.is_empty() {
            self.session.take(reader.read::<Input>().unwrap());
        }
        let step = self.session.end_turn();
        for effect in &step.effects {
            effect.put(&mut self.out);
        }
        ON.store(false, Relaxed);
        self.spent += begun.elapsed();
        self.steps += 1;
        step.effects
    }
}

/// Rows that are looked at.
const WINDOW: usize = 50;
const WALL: i64 = 1_700_000_000_000;

fn submit(req: u32) -> Input {
    let text =
        |kind, address: String| DraftAddress { kind, address: address.into(), parse: true, ..DraftAddress::default() };
    let recipients =
        vec![text(1, format!("a{}@mail.example", req % 997)), text(1, format!("b{}@mail.example", req % 991))];
    let draft = Draft {
        from: Some(text(0, format!("user{}@mail.example", req % 100))),
        recipients,
        subject: Some(format!("Re: lorem ipsum {req}").into()),
        size: 100,
        ..Draft::default()
    };
    Input::Submit { req, draft: Box::new(draft) }
}

/// As the host writes it; snapshots only come in.
fn put(input: &Input, tape: &mut Writer) {
    input.put(tape);
    if let Input::Reread { .. } = input {
        tape.nums.extend([0.0, 0.0]);
    }
}

/// What a memory store, a transport that accepts and a host that asks for each end answer.
fn answers(effects: &[Effect], seq: &mut u64, settled: &mut u32) -> Vec<Input> {
    let mut inputs = Vec::new();
    for effect in effects {
        match effect {
            Effect::Commit { op, ops, .. } => {
                let mut seqs = Vec::new();
                for op in ops {
                    if let StoreOp::AddMessage { .. } = op {
                        *seq += 1;
                        seqs.push(*seq);
                    }
                }
                inputs.push(Input::Committed { op: *op, seqs });
            }
            Effect::PutBody { op, .. } => inputs.push(Input::Committed { op: *op, seqs: vec![] }),
            Effect::Read { op, .. } => inputs.push(Input::Reread { op: *op, snapshot: Snapshot::default() }),
            Effect::Call { call, verb: Verb::Submit, .. } => {
                let outcome = Outcome::Accepted { remote_id: None, recipients: None };
                inputs.push(Input::Answer {
                    call: *call,
                    answer: Box::new(Answer::Outcome { outcome }),
                    wire: false,
                    network: false,
                });
            }
            Effect::Resolve { req, reply: Reply::Accepted { id, .. } } => {
                inputs.push(Input::Watch { req: *req, id: id.as_str().into() });
            }
            Effect::Resolve { reply: Reply::Settled { .. }, .. } => *settled += 1,
            _ => {}
        }
    }
    inputs
}

fn round(n: u32, tell: bool) {
    let config =
        Config { seed: [7; 32], owner: "bench@mail.example".into(), keep_sent: false, canary: false, lockless: false };
    let mut door = Door { session: Session::new(config), out: Writer::default(), spent: Duration::ZERO, steps: 0 };
    let transport =
        TransportConfig { uid: "lane 0".into(), any_sender: true, functions: Verb::Submit.bit(), ..Default::default() };
    let (mut seq, mut settled, mut turns) = (0, 0, 0);
    let mut drain = |door: &mut Door, first: Vec<Input>, shown: Option<u32>, settled: &mut u32| {
        let mut inputs = first;
        while !inputs.is_empty() {
            let mut tape = Writer::default();
            inputs.iter().for_each(|input| put(input, &mut tape));
            turns += 1;
            let effects = door.step(&tape, WALL + turns / 20);
            if let Some(view) = shown
                && turns % 400 == 3
            {
                ON.store(true, Relaxed);
                let begun = Instant::now();
                let mut shown = door.session.view_range(view, 0, WINDOW).unwrap();
                let lines = shown.lines(0, WINDOW);
                let fresh: Vec<Line> =
                    shown.give(&lines, true).into_iter().filter(|given| given.fresh).map(|given| given.line).collect();
                (0..17).for_each(|column| shown.send(column, &fresh, &mut Seen));
                door.spent += begun.elapsed();
                ON.store(false, Relaxed);
            }
            inputs = answers(&effects, &mut seq, settled);
            door.session.reuse(effects);
        }
    };
    let config = Input::AddTransport { config: Box::new(transport) };
    drain(&mut door, vec![Input::Tick, config], None, &mut settled);
    drain(&mut door, vec![Input::Granted { driver: "d".into(), sole: true }], None, &mut settled);
    let view = door.session.open_view(Which::Queue).unwrap();
    let (calls, bytes) = (CALLS.load(Relaxed), BYTES.load(Relaxed));
    (door.spent, door.steps) = (Duration::ZERO, 0);
    drain(&mut door, (1..=n).map(submit).collect(), Some(view), &mut settled);
    assert_eq!(settled, n, "every message was sent");
    if tell {
        let each = |total: usize| total as f64 / f64::from(n);
        println!(
            "{n:7} messages: {:7.1} allocations, {:8.0} bytes, {:6.2} us, {:4.2} steps each",
            each(CALLS.load(Relaxed) - calls),
            each(BYTES.load(Relaxed) - bytes),
            door.spent.as_secs_f64() * 1e6 / f64::from(n),
            f64::from(door.steps) / f64::from(n),
        );
    }
}

fn main() {
    let numbers: Vec<u32> = std::env::args().skip(1).filter_map(|arg| arg.parse().ok()).collect();
    let (sizes, rounds) = match numbers[..] {
        [n, rounds] => (vec![n], rounds),
        _ => (vec![1_000, 10_000], 5),
    };
    for n in sizes {
        (1..=rounds).for_each(|i| round(n, i == rounds));
    }
}
