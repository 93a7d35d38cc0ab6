//! What is due, and when: an index over the messages, rebuilt from each of them when it changes.
#![allow(missing_docs, reason = "the line of a variant speaks for its fields")]

use crate::mapi::ordered::{Map, Set};
use crate::mapi::{Gather, Text};

use super::io::Now;
use super::keys::{ByKey, Key};

/// One reason to look at a message.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Entry {
    /// Open recipients are for this transport; first attempts go by `order`.
    Ready { transport: Text, order: i64 },
    /// Envelope `n` may try again at this instant.
    Due { transport: Text, at: i64, n: u32 },
    /// Envelope `n` should be probed at this instant.
    Probe { transport: Text, at: i64, n: u32 },
    /// Something else happens to envelope `n` (0: the message) at this instant.
    Timer { at: i64, n: u32 },
    /// Nobody takes some of its recipients.
    Homeless,
    /// It holds its place in a strict conversation.
    Strict { conversation: Text, seq: u64 },
    /// It waits for its turn there.
    Waits { conversation: Text, seq: u64 },
}

impl Entry {
    fn conversation(&self) -> Option<&Text> {
        match self {
            Self::Strict { conversation, .. } | Self::Waits { conversation, .. } => Some(conversation),
            Self::Ready { .. } | Self::Due { .. } | Self::Probe { .. } | Self::Timer { .. } | Self::Homeless => None,
        }
    }
}

/// By time, then by acceptance.
type Timed = Set<(i64, u64, u32, Key)>;

/// The index.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Agenda {
    entries: ByKey<(u64, Vec<Entry>)>,
    ready: Map<Text, Set<(i64, Key)>>,
    due: Map<Text, Timed>,
    probes: Map<Text, Timed>,
    timers: Timed,
    homeless: Set<Key>,
    strict: Map<Text, Set<(u64, Key)>>,
    waits: Map<Text, Set<(u64, Key)>>,
}

impl Agenda {
    /// Replaces what is known of a message; names those of its strict conversation whose turn has come.
    pub fn set(&mut self, key: Key, seq: u64, entries: Vec<Entry>) -> Vec<Key> {
        if self.entries.get(key).map(|(_, old)| old.as_slice()).unwrap_or_default() == entries {
            return Vec::new();
        }
        let (old_seq, old) = self.entries.remove(key).unwrap_or_default();
        let conversation = old.iter().chain(&entries).find_map(Entry::conversation).cloned();
        for entry in old {
            self.index(key, old_seq, entry, false);
        }
        for entry in &entries {
            self.index(key, seq, entry.clone(), true);
        }
        if !entries.is_empty() {
            self.entries.insert(key, (seq, entries));
        }
        conversation.map(|conversation| self.released(&conversation)).unwrap_or_default()
    }

    fn released(&self, conversation: &Text) -> Vec<Key> {
        let waiting = self.waits.get(conversation).into_iter().flat_map(Set::iter);
        let free = waiting.take_while(|(seq, _)| !self.held_back(conversation, *seq));
        free.map(|(_, key)| *key).gather()
    }

    fn index(&mut self, key: Key, seq: u64, entry: Entry, add: bool) {
        match entry {
            Entry::Ready { transport, order } => toggle(self.ready.entry(transport).or_default(), (order, key), add),
            Entry::Due { transport, at, n } => toggle(self.due.entry(transport).or_default(), (at, seq, n, key), add),
            Entry::Probe { transport, at, n } => {
                toggle(self.probes.entry(transport).or_default(), (at, seq, n, key), add)
            }
            Entry::Timer { at, n } => toggle(&mut self.timers, (at, seq, n, key), add),
            Entry::Homeless => toggle(&mut self.homeless, key, add),
            Entry::Strict { conversation, seq } => {
                toggle(self.strict.entry(conversation).or_default(), (seq, key), add)
            }
            Entry::Waits { conversation, seq } => toggle(self.waits.entry(conversation).or_default(), (seq, key), add),
        }
    }

    /// The next first attempt of this transport.
    pub fn ready(&self, transport: &Text) -> Option<Key> {
        self.ready.get(transport)?.first().map(|(_, key)| *key)
    }

    /// The first retry that is due.
    pub fn due(&self, transport: &Text, now: Now) -> Option<(Key, u32)> {
        first_due(self.due.get(transport)?, now)
    }

    /// Everything that may be tried now: retries that are due, then first attempts.
    pub fn all(&self, transport: &Text, now: Now) -> impl Iterator<Item = (Key, Option<u32>)> {
        let due = self.due.get(transport).into_iter().flat_map(Set::iter);
        let due = due.take_while(move |(at, ..)| *at <= now.wall).map(|(_, _, n, key)| (*key, Some(*n)));
        let ready = self.ready.get(transport).into_iter().flat_map(Set::iter);
        due.chain(ready.map(|(_, key)| (*key, None)))
    }

    /// The first probe that is due.
    pub fn probe(&self, transport: &Text, now: Now) -> Option<(Key, u32)> {
        first_due(self.probes.get(transport)?, now)
    }

    /// The timers that are due.
    pub fn timers(&self, now: Now) -> Vec<(Key, u32)> {
        let due = self.timers.iter().take_while(|(at, ..)| *at <= now.wall);
        due.map(|(_, _, n, key)| (*key, *n)).gather()
    }

    /// A message with recipients nobody takes.
    pub fn homeless(&self) -> Option<Key> {
        self.homeless.first().copied()
    }

    /// Messages that wait for one of these transports.
    pub fn waiting(&self, mine: impl Fn(&Text) -> bool) -> Set<Key> {
        let ready = self.ready.iter().filter(|(t, _)| mine(t)).flat_map(|(_, set)| set.iter().map(|(_, key)| *key));
        let due = self.due.iter().filter(|(t, _)| mine(t)).flat_map(|(_, set)| set.iter().map(|(.., key)| *key));
        ready.chain(due).collect()
    }

    /// An earlier message of the conversation holds it back (O-34).
    pub fn held_back(&self, conversation: &str, seq: u64) -> bool {
        self.strict.get(conversation).and_then(Set::first).is_some_and(|(first, _)| *first < seq)
    }

    /// The next instant anything is due, after `now`.
    pub fn next(&self, now: Now) -> Option<i64> {
        let after = |set: &Timed| set.range((now.wall.saturating_add(1), 0, 0, Key::after(0))..).next().map(|e| e.0);
        self.due.values().chain(self.probes.values()).chain([&self.timers]).filter_map(after).min()
    }

    /// Everything is forgotten: this context drives no more.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}

fn first_due(set: &Timed, now: Now) -> Option<(Key, u32)> {
    set.first().filter(|(at, ..)| *at <= now.wall).map(|(_, _, n, key)| (*key, *n))
}

fn toggle<T: Ord>(set: &mut Set<T>, value: T, add: bool) {
    if add {
        set.insert(value);
    } else {
        set.remove(&value);
    }
}
