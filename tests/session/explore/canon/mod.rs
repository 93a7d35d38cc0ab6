//! A fingerprint under which states converge. Made from the `Debug` form, so that nothing of a state can be forgotten, and
//! from its pieces as they are written, which is cheap. Instants count by their order and age, places in line by their order,
//! counters of tries by whether there were any. Ids count by what is said about them: so messages that stand alike are interchangeable, and
//! so are lives. Fields, sets and maps have no order.

mod reading;

use reading::{KEYS, Reading, Token, end, hash, mix};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{Debug, Result, Write};

/// Neither what a machine is nor what it will do: caches, indices, counters of ids, the clock itself.
const LEFT_OUT: [&str; 32] = [
    "config",
    "rng",
    "now",
    "out",
    "next_op",
    "uids",
    "met",
    "lowest",
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
    "queue_rows",
    "put_off",
    "unshown",
    "unshown_order",
    "views",
    "next_view",
    "journal",
    "said",
    "next_ticket",
    "next_serial",
    "asked_epoch",
    "granted_at",
    "agenda",
];
/// Nor these, wherever they stand: they stay as they are, or whose answer may still come is known beside the machine.
const LEFT_OUT_BELOW: [&str; 18] = [
    "late",
    "config",
    "setup",
    "from",
    "from_name",
    "subject",
    "size",
    "content",
    "hash",
    "address_type",
    "address",
    "name",
    "message_id",
    "pin",
    "conversation",
    "account",
    "display_name",
    "types",
];
/// Where the monotonic clock of an explored life begins.
pub const MONO_0: i64 = 3_000_000_000_000;
const WALL: std::ops::Range<i64> = 1_600_000_000_000..2_500_000_000_000;
const MONO: std::ops::Range<i64> = 2_900_000_000_000..3_900_000_000_000;

/// What the numbers of a field are.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Plain,
    /// One context writes, so a row's version says nothing, nor do instants nobody reads again.
    Ignored,
    /// They only name something.
    Id(u64),
    /// They only grow.
    Tries,
    /// A place in line.
    Place,
}

fn kind(field: &str) -> Kind {
    match field {
        "version" | "expect" | "submitted" | "high_water" | "settled_at" | "revision" | "foreign" | "dropped" => {
            Kind::Ignored
        }
        "op" | "ops" | "busy" => Kind::Id(2),
        "counter" | "call" => Kind::Id(3),
        "epoch" => Kind::Id(4),
        "generation" => Kind::Id(5),
        "req" | "reqs" | "aborting" | "watchers" => Kind::Id(6),
        "attempt" | "by_timeout" => Kind::Id(7),
        "attempts" | "failures" | "probes" | "resubmits" | "tries" | "storage_faults" => Kind::Tries,
        "seq" | "order" => Kind::Place,
        _ => Kind::Plain,
    }
}

/// The piece before.
#[derive(Clone, Copy, Default, PartialEq)]
enum Before {
    /// It may name a field.
    Name,
    Key,
    /// `ByKey`, and then its bracket.
    ByKey,
    ByKeys,
    #[default]
    Other,
}

/// What is done with a field.
#[derive(Clone, Copy)]
struct Field {
    name: u64,
    kind: Kind,
    left_out: bool,
    left_out_above: bool,
    watched: Option<&'static str>,
}

/// A state's text, taken apart as it is written.
#[derive(Default)]
pub struct Canon {
    tokens: Vec<Token>,
    /// Of each open bracket: what its numbers are.
    kinds: Vec<Kind>,
    kind: Option<Kind>,
    ids: BTreeMap<(u64, u64), usize>,
    now: (i64, i64),
    before: Before,
    quoted: bool,
    escaped: bool,
    text: String,
    /// The depth of the field that is left out.
    skipped: Option<usize>,
    /// The depth of what is over: its numbers say nothing.
    over: Option<usize>,
    /// The field whose word is looked for, and the last that was a name.
    watched: Option<&'static str>,
    last: String,
    fields: Vec<Option<Field>>,
    met: BTreeSet<u64>,
    /// Words that were seen of the fields of `WATCHED`.
    pub seen: BTreeSet<String>,
}

/// Regions whose states are collected.
const WATCHED: [&str; 12] =
    ["life", "circuit", "park", "outbound", "gate", "pull", "flush", "headers", "state", "stage", "critical", "slot"];

impl Write for Canon {
    fn write_str(&mut self, piece: &str) -> Result {
        if self.quoted {
            if piece == "\"" && !self.escaped {
                self.quoted = false;
                let text = std::mem::take(&mut self.text);
                self.string(&text);
            } else {
                self.escaped = piece == "\\" && !self.escaped;
                self.text.push_str(piece);
            }
            return Ok(());
        }
        match piece {
            "\"" => self.quoted = true,
            " { " | "{" => self.open(Token::Open(true)),
            "(" | "[" => self.open(Token::Open(false)),
            " }" | "}" | ")" | "]" => self.close(),
            ", " => self.next(),
            ": " => self.colon(),
            "" | "()" => {}
            // Of a tag: `entryId(0x…)`.
            word if word.starts_with('(') => self.open(Token::Open(false)),
            word => self.word(word),
        }
        Ok(())
    }
}

impl Canon {
    fn push(&mut self, token: Token) {
        if self.skipped.is_none() {
            self.tokens.push(token);
        }
    }

    fn kind(&self) -> Kind {
        self.kind.unwrap_or(Kind::Plain)
    }

    fn open(&mut self, token: Token) {
        self.kinds.push(self.kind());
        self.before = match self.before {
            Before::ByKey => Before::ByKeys,
            Before::ByKeys => {
                self.push(Token::Places);
                self.before = Before::Other;
                return;
            }
            Before::Key => Before::Key,
            Before::Name | Before::Other => Before::Other,
        };
        self.push(token);
    }

    fn close(&mut self) {
        self.kind = self.kinds.pop();
        self.resume(self.kinds.len());
        self.push(Token::Close);
        self.before = Before::Other;
    }

    fn next(&mut self) {
        self.resume(self.kinds.len().saturating_sub(1));
        self.kind = self.kinds.last().copied();
        self.push(Token::Next);
        self.before = Before::Other;
    }

    /// The field ends that was left out.
    fn resume(&mut self, depth: usize) {
        self.skipped = self.skipped.filter(|at| depth >= *at);
        self.over = self.over.filter(|at| depth >= *at);
    }

    fn colon(&mut self) {
        if self.before != Before::Name || self.skipped.is_some() {
            return;
        }
        let (depth, field) = (self.kinds.len(), self.field());
        if field.left_out || depth == 1 && field.left_out_above {
            self.skipped = Some(depth);
        }
        if depth == 1 && self.last == "ended" {
            self.over = Some(depth);
        }
        self.kind = Some(field.kind);
        self.watched = field.watched;
    }

    /// Looked up once: there are few names.
    fn field(&mut self) -> Field {
        let name = hash(&self.last);
        let at = (end(name) % 1_021) as usize;
        self.fields.resize(1_021, None);
        if let Some(field) = self.fields[at].filter(|field| field.name == name) {
            return field;
        }
        let field = Field {
            name,
            kind: kind(&self.last),
            left_out: LEFT_OUT_BELOW.contains(&self.last.as_str()),
            left_out_above: LEFT_OUT.contains(&self.last.as_str()),
            watched: WATCHED.into_iter().find(|f| *f == self.last),
        };
        self.fields[at] = Some(field);
        field
    }

    fn word(&mut self, word: &str) {
        let first = word.as_bytes()[0];
        if first.is_ascii_digit() || first == b'-' {
            self.number(word);
            self.before = Before::Other;
            return;
        }
        let hashed = hash(word);
        if let Some(field) = self.watched
            && word != "Some"
        {
            self.watched = None;
            if self.met.insert(mix(hash(field), hashed)) {
                self.seen.insert(format!("{field}: {word}"));
            }
        }
        self.before = match word {
            "Key" => Before::Key,
            "ByKey" => Before::ByKey,
            _ if first.is_ascii_lowercase() => Before::Name,
            _ => Before::Other,
        };
        if self.before == Before::Name {
            self.last.clear();
            self.last.push_str(word);
        }
        self.push(Token::Word(hashed));
    }

    fn id(&mut self, space: u64, name: u64) -> usize {
        let next = self.ids.len();
        *self.ids.entry((space, name)).or_insert(next)
    }

    fn number(&mut self, word: &str) {
        if self.skipped.is_some() {
            return;
        }
        let value: i64 = word.parse().unwrap_or(i64::MAX);
        let token = if self.before == Before::Key {
            Token::Id(self.id(KEYS, value as u64), 0)
        } else if self.over.is_some() {
            return;
        } else if WALL.contains(&value) && self.kind() != Kind::Ignored {
            Token::Instant(value - self.now.0)
        } else if MONO.contains(&value) && self.kind() != Kind::Ignored {
            Token::Instant(value - self.now.1)
        } else {
            match self.kind() {
                Kind::Plain => Token::Word(hash(word)),
                Kind::Ignored => return,
                Kind::Id(space) => Token::Id(self.id(space, value as u64), 0),
                Kind::Tries => Token::Word(value.min(1) as u64),
                Kind::Place => Token::Place(value),
            }
        };
        self.push(token);
    }

    fn string(&mut self, text: &str) {
        self.before = Before::Other;
        if self.skipped.is_some() || text.starts_with('<') {
            // A Message-ID is made of the uid.
            return;
        }
        let uid = text.len() >= 32 && text.as_bytes()[..32].iter().all(u8::is_ascii_hexdigit);
        let token =
            if uid { Token::Id(self.id(0, hash(&text[..32])), hash(&text[32..])) } else { Token::Word(hash(text)) };
        self.push(token);
    }

    /// Of a machine and its surroundings at an instant (wall, monotonic).
    pub fn print(&mut self, machine: &impl Debug, around: &impl Debug, now: (i64, i64)) -> u64 {
        self.tokens.clear();
        self.kinds.clear();
        self.ids.clear();
        (self.kind, self.now, self.before, self.skipped, self.over) = (None, now, Before::Other, None, None);
        write!(self, "{machine:?}").unwrap();
        write!(self, "{around:?}").unwrap();
        self.settle_numbers();
        // What is said of each id tells it from others; then what is said with them told apart.
        let said = Reading::new(&self.tokens, &self.ids, Vec::new()).read().1;
        Reading::new(&self.tokens, &self.ids, said).read().0
    }

    /// Instants become ranks or ages, places in line ranks.
    fn settle_numbers(&mut self) {
        let (mut later, mut places) = (Vec::new(), Vec::new());
        for token in &self.tokens {
            match token {
                Token::Instant(ms) if *ms > 0 => later.push(*ms),
                Token::Place(place) => places.push(*place),
                _ => {}
            }
        }
        for all in [&mut later, &mut places] {
            all.sort_unstable();
            all.dedup();
        }
        let rank = |all: &[i64], value| all.binary_search(&value).unwrap_or(0) as u64;
        for token in &mut self.tokens {
            match *token {
                Token::Instant(ms) if ms > 0 => *token = Token::Word(10 + rank(&later, ms)),
                Token::Instant(ms) => *token = Token::Word(age(-ms)),
                Token::Place(place) => *token = Token::Word(100 + rank(&places, place)),
                _ => {}
            }
        }
    }
}

/// How long something is past, as far as it matters: nine tenths of a day (O-43), five days (O-50).
fn age(ms: i64) -> u64 {
    [77_760_000, 432_000_000].iter().take_while(|limit| ms > **limit).count() as u64
}
