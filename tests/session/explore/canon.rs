//! A fingerprint under which states converge: instants count by their order and age, ids by their first appearance, counters
//! of tries up to three. Made from the `Debug` form, so that nothing of a state can be forgotten.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{Debug, Write};
use std::hash::{DefaultHasher, Hasher};

/// Neither what a machine is nor what it will do: caches, counters of ids, the clock itself.
const LEFT_OUT: [&str; 24] = [
    "config",
    "rng",
    "now",
    "out",
    "next_op",
    "uids",
    "met",
    "by_uid",
    "by_id",
    "by_mid",
    "seen",
    "marked",
    "told_canary",
    "status_changed",
    "status",
    "queue",
    "queue_watched",
    "queue_changed",
    "queue_keys",
    "views",
    "next_view",
    "journal",
    "said",
    "next_ticket",
];
/// Nor these, wherever they stand: one context writes, so a row's version says nothing, nor do instants nobody reads again.
const LEFT_OUT_BELOW: [&str; 6] = ["version", "expect", "submitted", "high_water", "settled_at", "next_op"];
/// Numbers that only name something.
const IDS: [&str; 4] = ["counter", "busy", "op", "call"];
/// Numbers that only grow.
const TRIES: [&str; 8] = ["attempts", "attempt", "failures", "probes", "resubmits", "tries", "revision", "serial"];

const WALL: std::ops::Range<i64> = 1_600_000_000_000..2_500_000_000_000;
const MONO: std::ops::Range<i64> = 2_900_000_000_000..3_900_000_000_000;
/// Where the monotonic clock of an explored life begins.
pub const MONO_0: i64 = 3_000_000_000_000;

#[derive(Default)]
struct Ids(BTreeMap<String, usize>);

impl Ids {
    fn of(&mut self, name: String) -> usize {
        let next = self.0.len();
        *self.0.entry(name).or_insert(next)
    }
}

/// How long something is past, as far as it matters: nine tenths of a day (O-43), five days (O-50).
fn age(ms: i64) -> usize {
    [77_760_000, 432_000_000].iter().take_while(|limit| ms > **limit).count()
}

struct Tokens<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Tokens<'a> {
    fn run(&mut self, from: usize, fits: impl Fn(u8) -> bool) -> &'a str {
        let bytes = self.text.as_bytes();
        while self.at < bytes.len() && fits(bytes[self.at]) {
            self.at += 1;
        }
        &self.text[from..self.at]
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let bytes = self.text.as_bytes();
        self.run(self.at, |b| b == b' ');
        let from = self.at;
        let first = *bytes.get(from)?;
        self.at += 1;
        Some(match first {
            b'"' => {
                while self.at < bytes.len() && bytes[self.at] != b'"' {
                    self.at += 1 + usize::from(bytes[self.at] == b'\\');
                }
                self.at = (self.at + 1).min(bytes.len());
                &self.text[from..self.at]
            }
            b'-' | b'0'..=b'9' => self.run(from, |b| b.is_ascii_digit()),
            b if b.is_ascii_alphanumeric() || b == b'_' => self.run(from, |b| b.is_ascii_alphanumeric() || b == b'_'),
            _ => &self.text[from..self.at],
        })
    }
}

/// Ms from now, by whichever clock it belongs to.
fn instant(token: &str, now: (i64, i64)) -> Option<i64> {
    let value: i64 = token.parse().ok()?;
    if WALL.contains(&value) { Some(value - now.0) } else { MONO.contains(&value).then(|| value - now.1) }
}

/// Of a machine and its surroundings at an instant (wall, monotonic).
pub fn fingerprint(machine: &impl Debug, around: &impl Debug, now: (i64, i64), text: &mut String) -> u64 {
    text.clear();
    write!(text, "{machine:?} {around:?}").unwrap();
    let text: &str = text;
    let future: BTreeSet<i64> = Tokens { text, at: 0 }.filter_map(|t| instant(t, now)).filter(|ms| *ms > 0).collect();
    let ranks: BTreeMap<i64, usize> = future.into_iter().enumerate().map(|(rank, ms)| (ms, rank)).collect();
    let (mut ids, mut hash) = (Ids::default(), DefaultHasher::new());
    let (mut depth, mut field, mut skipping) = (0, "", false);
    let mut tokens = Tokens { text, at: 0 }.peekable();
    while let Some(token) = tokens.next() {
        match token {
            "{" | "[" | "(" => depth += 1,
            "}" | "]" | ")" => depth -= 1,
            "," if depth == 1 => skipping = false,
            _ => {}
        }
        let names = tokens.peek() == Some(&":");
        if names && token.starts_with(|c: char| c.is_ascii_lowercase()) {
            field = token;
            skipping = depth == 1 && LEFT_OUT.contains(&token) || skipping && depth > 1;
        }
        if skipping {
            continue;
        }
        if LEFT_OUT_BELOW.contains(&field) && !names {
            // Its value; what follows has a name of its own.
        } else if let Some(ms) = instant(token, now) {
            let place = if ms > 0 { 10 + ranks[&ms] } else { age(-ms) };
            hash.write_usize(place);
        } else if token.starts_with(|c: char| c.is_ascii_digit()) {
            if IDS.contains(&field) || names {
                hash.write_usize(ids.of(format!("{} {token}", if names { "key" } else { field })));
            } else if TRIES.contains(&field) {
                hash.write_u8(token.parse().unwrap_or(3).min(3));
            } else {
                hash.write(token.as_bytes());
            }
        } else if token.len() >= 34 && token.as_bytes()[1..33].iter().all(u8::is_ascii_hexdigit) {
            hash.write_usize(ids.of(token[1..33].to_owned()));
            hash.write(&token.as_bytes()[33..]);
        } else if token.starts_with("\"<") {
            // A Message-ID is made of the uid.
        } else {
            hash.write(token.as_bytes());
        }
    }
    hash.finish()
}
