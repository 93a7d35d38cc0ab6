//! A breadth-first walk over small worlds: two transports, three messages, every answer, late ones too, a crash at every point, a
//! row that is damaged meanwhile. What must always hold is checked in every state; what must be possible is collected. Worlds
//! begin where it gets interesting, so that depth counts from there. Time goes from one wake to the next. Storage answers at
//! once, or as a step of its own; the walk by chance in `random.rs` has a failing one.

mod canon;
mod check;
mod moves;
mod node;

use crate::world::*;
use canon::Canon;
use mailspooler::session::io::{TransportConfig, Verb};
use moves::{Service, moves};
use node::Node;
use std::collections::{BTreeSet, VecDeque};

/// A walk: where it begins and how far it goes.
struct World {
    name: &'static str,
    services: [Service; 2],
    messages: usize,
    /// Storage answers as a step of its own.
    slow: bool,
    /// States looked at by default; `MAILSPOOLER_STATES` says otherwise.
    budget: usize,
    /// What happened before each beginning: words the moves begin with.
    begins: &'static [&'static [&'static str]],
}

struct Walk {
    reached: usize,
    depth: usize,
    /// States not looked at, for want of budget.
    cut: usize,
    seen: BTreeSet<String>,
}

impl World {
    fn begin(&self, what: &[&str]) -> Node {
        let configs: Vec<_> = self.services.iter().map(|s| s.config.clone()).collect();
        what.iter().fold(Node::new(&configs, self.slow), |node, word| {
            let all = moves(&node, &self.services, self.messages);
            let words: Vec<String> = all.iter().map(|(what, _)| what.clone()).collect();
            let chosen = all.into_iter().find(|(what, _)| what.starts_with(word));
            chosen.unwrap_or_else(|| panic!("{}: no {word} among {words:#?}", self.name)).1
        })
    }

    fn explore(&self) -> Walk {
        let budget = std::env::var("MAILSPOOLER_STATES").ok().and_then(|n| n.parse().ok()).unwrap_or(self.budget);
        let mut canon = Canon::default();
        let mut known = BTreeSet::new();
        let mut queue = VecDeque::new();
        // How a state came about, for those that fail.
        let mut ways: Vec<(usize, String)> = Vec::new();
        let mut walk = Walk { reached: 0, depth: 0, cut: 0, seen: BTreeSet::new() };
        let mut looked = 0;
        let mut reach = |next: Node, depth: usize, way: usize, what: String, looked: usize, queue: &mut VecDeque<_>| {
            if !known.insert(canon.print(&next.session, &(&next.truth, &next.asked), (next.now.wall, next.now.mono))) {
                return;
            }
            walk.reached += 1;
            ways.push((way, what));
            if let Err(wrong) = check::always(&next) {
                panic!("{}: {wrong}\n{}", self.name, told(&ways, ways.len() - 1));
            }
            check::sometimes(&next, &mut walk.seen);
            // Those that nobody will look at are counted only.
            if looked + queue.len() < budget {
                walk.depth = walk.depth.max(depth);
                queue.push_back((next, depth, ways.len() - 1));
            } else {
                walk.cut += 1;
            }
        };
        for begin in self.begins {
            reach(self.begin(begin), 0, usize::MAX, begin.join("\n"), 0, &mut queue);
        }
        while let Some((node, depth, way)) = queue.pop_front() {
            looked += 1;
            if let Err(wrong) = check::offers(&node) {
                panic!("{}: {wrong}\n{}", self.name, told(&ways, way));
            }
            for (what, next) in moves(&node, &self.services, self.messages) {
                reach(next, depth + 1, way, what, looked, &mut queue);
            }
        }
        println!(
            "{}: {} states reached, {looked} looked at, depth {}, {} cut",
            self.name, walk.reached, walk.depth, walk.cut
        );
        walk.seen.extend(canon.seen);
        println!("{:?}", walk.seen);
        walk
    }
}

fn told(ways: &[(usize, String)], mut at: usize) -> String {
    let mut lines = Vec::new();
    while at != usize::MAX {
        lines.push(ways[at].1.clone());
        at = ways[at].0;
    }
    lines.reverse();
    lines.join("\n")
}

fn service(config: TransportConfig) -> Service {
    Service { deduplicates: config.guarantees.dedupe_window.is_some(), config }
}

fn sees(walk: &Walk, states: &[&str]) {
    for state in states {
        assert!(walk.seen.contains(*state), "never {state}: {:?}", walk.seen);
    }
}

const UNKNOWN: &str = "Submit of a: Outcome { outcome: Unknown";

#[test]
fn three_messages_one_that_deduplicates_and_one_that_does_not() {
    let walk = World {
        name: "three messages, dedupe and none",
        services: [service(with(dedupes("a"), &[Verb::File])), service(with(transport("b"), &[Verb::Cancel]))],
        messages: 3,
        slow: false,
        budget: 600,
        begins: &[
            &[],
            &["submit", "submit", "submit"],
            &["submit", "submit", UNKNOWN],
            &["submit", "submit", "Submit of a: Outcome { outcome: NotAttempted { reason: Busy"],
            &["submit", "submit", "Submit of a: Outcome { outcome: Deferred"],
            &["submit", "submit", "Submit of a: Outcome { outcome: NotAttempted { reason: NotMe", "crash, but"],
        ],
    }
    .explore();
    sees(
        &walk,
        &[
            "held",
            "queued",
            "sending",
            "deferred",
            "waiting",
            "parked",
            "checking",
            "rejected",
            "sent",
            "cancelled",
            "corrupt",
        ],
    );
}

#[test]
fn three_messages_a_probe_and_a_logon() {
    let walk = World {
        name: "three messages, probe and logon",
        services: [service(probes("a")), service(with(transport("b"), &[Verb::Logon, Verb::Configure]))],
        messages: 3,
        slow: false,
        budget: 600,
        begins: &[
            &[],
            &["Logon of b: Done", "submit", "submit", "submit"],
            &["Logon of b: Done", "submit", "submit", UNKNOWN],
            &["submit", "crash", "Logon of b: Done"],
        ],
    }
    .explore();
    sees(&walk, &["queued", "sending", "checking", "unconfirmed", "sent"]);
    sees(&walk, &["life: LoggingOn", "life: Configuring", "life: Retrying", "life: Ready", "life: Off"]);
}

#[test]
fn one_message_to_the_end() {
    let walk = World {
        name: "one message, dedupe and none",
        services: [service(with(dedupes("a"), &[Verb::File])), service(with(transport("b"), &[Verb::Cancel]))],
        messages: 1,
        slow: false,
        budget: 1_500,
        begins: &[&[], &["submit", UNKNOWN]],
    }
    .explore();
    sees(
        &walk,
        &["sending", "deferred", "waiting", "parked", "checking", "unconfirmed", "rejected", "sent", "filed", "draft"],
    );
}

#[test]
fn every_write_is_a_step() {
    let walk = World {
        name: "two messages, every write a step",
        services: [service(with(dedupes("a"), &[Verb::File])), service(with(transport("b"), &[Verb::Cancel]))],
        messages: 2,
        slow: true,
        budget: 600,
        begins: &[&[], &["the store", "the store", "submit", "the store", "the store"]],
    }
    .explore();
    sees(&walk, &["accepting", "intending", "sending", "queued"]);
}

#[test]
fn a_session_is_a_value() {
    fn value<T: Clone + Eq + std::hash::Hash + std::fmt::Debug>(_: &T) {}
    let one = Node::new(&[transport("a")], false);
    let other = Node::new(&[transport("a")], false);
    value(&one.session);
    assert_eq!(one.session, other.session, "the same inputs, the same machine");
    let mut later = one.clone();
    later.now = mailspooler::session::io::Now { wall: later.now.wall + 5, mono: later.now.mono + 5 };
    later.step(mailspooler::session::io::Input::Tick, &mut Vec::new());
    let mut canon = Canon::default();
    let mut print = |n: &Node| canon.print(&n.session, &n.truth, (n.now.wall, n.now.mono));
    assert_eq!(print(&one), print(&later), "time that changes nothing is no other state");
}
