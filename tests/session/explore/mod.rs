//! A breadth-first walk over small worlds: two transports, three messages, every answer, a crash at every point. What must always
//! hold is checked in every state; what must be possible is collected. Storage answers at once and time goes from one wake to the
//! next; the walk by chance in `random.rs` has slow and failing storage.

mod canon;
mod check;
mod moves;
mod node;

use crate::world::*;
use canon::fingerprint;
use mailspooler::session::io::{TransportConfig, Verb};
use moves::{Service, moves};
use node::Node;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// States looked at by default, for three messages and for one; `MAILSPOOLER_STATES` says otherwise.
const WIDE: usize = 200;
const DEEP: usize = 500;

struct Walk {
    reached: usize,
    depth: usize,
    /// States not looked at, for want of budget.
    cut: usize,
    seen: BTreeSet<String>,
}

fn budget(messages: usize) -> usize {
    let own = if messages == 1 { DEEP } else { WIDE };
    std::env::var("MAILSPOOLER_STATES").ok().and_then(|n| n.parse().ok()).unwrap_or(own)
}

fn explore(name: &str, services: &[Service], messages: usize) -> Walk {
    let configs: Vec<_> = services.iter().map(|s| s.config.clone()).collect();
    let first = Node::new(&configs);
    let mut text = String::new();
    let mut print = |n: &Node| fingerprint(&n.session, &n.truth, (n.now.wall, n.now.mono), &mut text);
    let mut known = BTreeSet::from([print(&first)]);
    let mut queue = VecDeque::from([(first, 0, 0)]);
    // How a state came about, for those that fail.
    let mut ways: Vec<(usize, String)> = vec![(0, "begin".into())];
    let mut walk = Walk { reached: 1, depth: 0, cut: 0, seen: BTreeSet::new() };
    let (mut looked, budget) = (0, budget(messages));
    while let Some((node, depth, way)) = queue.pop_front() {
        looked += 1;
        walk.depth = walk.depth.max(depth);
        for (what, next) in moves(&node, services, messages) {
            if !known.insert(print(&next)) {
                continue;
            }
            walk.reached += 1;
            ways.push((way, what));
            if let Err(wrong) = check::always(&next) {
                panic!("{name}: {wrong}\n{}", told(&ways, ways.len() - 1));
            }
            check::sometimes(&next, &mut walk.seen);
            // Those that nobody will look at are counted only.
            if looked + queue.len() < budget {
                queue.push_back((next, depth + 1, ways.len() - 1));
            } else {
                walk.cut += 1;
            }
        }
    }
    println!(
        "{name}: {} states reached, {looked} looked at, depth {}, {} cut; seen {:?}",
        walk.reached, walk.depth, walk.cut, walk.seen
    );
    walk
}

fn told(ways: &[(usize, String)], mut at: usize) -> String {
    let mut lines = Vec::new();
    while at != 0 {
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

#[test]
fn three_messages_one_that_deduplicates_and_one_that_does_not() {
    let services = [service(with(dedupes("a"), &[Verb::File])), service(with(transport("b"), &[Verb::Cancel]))];
    let walk = explore("three messages, dedupe and none", &services, 3);
    sees(
        &walk,
        &["held", "queued", "sending", "deferred", "waiting", "parked", "checking", "rejected", "sent", "cancelled"],
    );
}

#[test]
fn three_messages_a_probe_and_a_logon() {
    let services = [service(probes("a")), service(with(transport("b"), &[Verb::Logon, Verb::Configure]))];
    let walk = explore("three messages, probe and logon", &services, 3);
    sees(&walk, &["queued", "sending", "checking", "unconfirmed", "sent"]);
    sees(&walk, &["LoggingOn", "Configuring", "Retrying", "Ready", "Off"]);
}

#[test]
fn one_message_to_the_end() {
    let services = [service(with(dedupes("a"), &[Verb::File])), service(with(transport("b"), &[Verb::Cancel]))];
    let walk = explore("one message, dedupe and none", &services, 1);
    sees(
        &walk,
        &["sending", "deferred", "waiting", "parked", "checking", "unconfirmed", "rejected", "sent", "filed", "draft"],
    );
}

#[test]
fn a_session_is_a_value() {
    fn value<T: Clone + Eq + std::hash::Hash + std::fmt::Debug>(_: &T) {}
    let one = Node::new(&[transport("a")]);
    let other = Node::new(&[transport("a")]);
    value(&one.session);
    assert_eq!(one.session, other.session, "the same inputs, the same machine");
    let mut counts = BTreeMap::new();
    *counts
        .entry(fingerprint(&one.session, &one.truth, (one.now.wall, one.now.mono), &mut String::new()))
        .or_insert(0) += 1;
    let mut later = one.clone();
    later.now = mailspooler::session::io::Now { wall: later.now.wall + 5, mono: later.now.mono + 5 };
    later.step(mailspooler::session::io::Input::Tick, &mut Vec::new());
    *counts
        .entry(fingerprint(&later.session, &later.truth, (later.now.wall, later.now.mono), &mut String::new()))
        .or_insert(0) += 1;
    assert_eq!(counts.len(), 1, "time that changes nothing is no other state");
}
