//! The outgoing queue as a table: C-122's columns, and where each message is. Built when somebody first looks, row by row as they are read.

use super::Session;
use super::keys::{ByKey, Key};
use crate::mapi::ordered::Set;
use crate::mapi::{
    Gather, MsgFlags, PR_CLIENT_SUBMIT_TIME, PR_DISPLAY_BCC, PR_DISPLAY_CC, PR_DISPLAY_TO, PR_ENTRYID, PR_ENVELOPES,
    PR_INSTANCE_KEY, PR_MESSAGE_FLAGS, PR_MESSAGE_ID, PR_MESSAGE_SIZE, PR_OUTBOX_ID, PR_OUTBOX_STATE, PR_PRIORITY,
    PR_SENDER_NAME, PR_SUBJECT, PR_SUBMIT_FLAGS, PR_WHY, PropTag, PropValue, QueueFlags, SortOrder, told,
};
use crate::spooler::message::{EnvelopeState, Kind, Message};
use crate::spooler::shown::{self, Shown};
use crate::table::{RowKey, SortKey, Table, ViewId};

/// C-122's eleven, and ours.
const COLUMNS: [PropTag; 17] = [
    PR_CLIENT_SUBMIT_TIME,
    PR_DISPLAY_BCC,
    PR_DISPLAY_CC,
    PR_DISPLAY_TO,
    PR_ENTRYID,
    PR_MESSAGE_FLAGS,
    PR_MESSAGE_SIZE,
    PR_PRIORITY,
    PR_SENDER_NAME,
    PR_SUBJECT,
    PR_SUBMIT_FLAGS,
    PR_INSTANCE_KEY,
    PR_OUTBOX_ID,
    PR_OUTBOX_STATE,
    PR_WHY,
    PR_ENVELOPES,
    PR_MESSAGE_ID,
];

/// Messages that have a row.
#[derive(Debug, Clone, Default)]
pub struct Rows {
    there: ByKey<()>,
    /// Their rows are no more than their place.
    put_off: Set<Key>,
    /// When time alone changes what they say.
    until: Set<(i64, Key)>,
    /// Of each of those.
    wakes: ByKey<i64>,
    /// The wall clock they were last looked over at.
    at: i64,
    /// The highest place in the order of acceptance.
    newest: u64,
}

impl Rows {
    /// When some row says something else though nothing happened.
    pub fn next(&self) -> Option<i64> {
        self.until.first().map(|(at, _)| *at)
    }

    /// When this one does, if it does.
    fn wake(&mut self, message: Key, at: Option<i64>) {
        if let Some(old) = self.wakes.remove(message) {
            self.until.remove(&(old, message));
        }
        if let Some(at) = at {
            self.until.insert((at, message));
            self.wakes.insert(message, at);
        }
    }
}

fn row_key(message: Key) -> RowKey {
    RowKey(u64::try_from(message.place()).unwrap_or(u64::MAX))
}

/// Ascending by submission (C-121).
pub fn table() -> Option<Table> {
    let key = SortKey::new(PR_CLIENT_SUBMIT_TIME, SortOrder::Ascend);
    Table::new(COLUMNS.to_vec(), vec![key]).ok()
}

impl Session {
    /// The queue's row of a message follows the message (C-123), when somebody looks.
    pub(super) fn project(&mut self, message: Key) {
        if self.queue_watched {
            self.queue_changed = true;
            if self.unshown.insert(message, ()).is_none() {
                self.unshown_order.push(message);
            }
        }
    }

    /// Rows that say something else by now, or all that were read: something around them changed. The others are made when they are read.
    pub(super) fn look_over(&mut self, all: bool) {
        let now = self.now.wall;
        let back = now < std::mem::replace(&mut self.queue_rows.at, now);
        while self.queue_rows.next().is_some_and(|at| at <= now) {
            if let Some((_, key)) = self.queue_rows.until.pop_first() {
                self.project(key);
            }
        }
        if all || back {
            for key in self.queue_rows.there.keys() {
                if !self.queue_rows.put_off.contains(&key) {
                    self.project(key);
                }
            }
        }
    }

    /// Makes the rows of messages that changed since the last time, and those that were put off.
    pub(super) fn show_queue(&mut self) {
        self.show_changes(false);
        while let Some(message) = self.queue_rows.put_off.first().copied() {
            self.put_row(message);
        }
    }

    /// The same, but what nobody reads and no view sorts or chooses by is put off: a row is its place until it is read.
    pub(super) fn show_places(&mut self) {
        let plain = self.queue.as_ref().is_some_and(Table::is_plain);
        if plain { self.show_changes(true) } else { self.show_queue() }
    }

    fn show_changes(&mut self, may_wait: bool) {
        let changed = std::mem::take(&mut self.unshown_order);
        for message in self.in_order(changed) {
            self.unshown.remove(message);
            let Some(m) = self.queued_message(message) else {
                self.drop_row(message);
                continue;
            };
            let submitted = m.submitted;
            let rows = &mut self.queue_rows;
            if !may_wait || rows.there.has(message) && !rows.put_off.contains(&message) {
                self.put_row(message);
            } else if rows.put_off.insert(message) {
                let place = vec![(PR_CLIENT_SUBMIT_TIME, PropValue::SysTime(submitted))];
                self.put_cells(message, place);
            }
        }
    }

    /// By acceptance: so the table, which knows submission and birth, shows those submitted in one ms. What another
    /// context submitted may be heard of late: then the rows after it are born again.
    fn in_order(&mut self, changed: Vec<Key>) -> Vec<Key> {
        let mut order: Set<(u64, Key)> = changed.into_iter().map(|key| (self.seq(key), key)).collect();
        let mut late: Option<(u64, i64, i64)> = None;
        for (seq, key) in &order {
            let newest = self.queue_rows.newest;
            if *seq >= newest {
                self.queue_rows.newest = *seq;
            } else if let Some(m) = self.queued_message(*key).filter(|_| !self.queue_rows.there.has(*key)) {
                let (first, from, to) = late.unwrap_or((*seq, m.submitted, m.submitted));
                late = Some((first, from.min(m.submitted), to.max(m.submitted)));
            }
        }
        if let Some((first, from, to)) = late {
            for key in self.queue_rows.there.keys() {
                let Some(m) = self.queued_message(key) else { continue };
                let seq = m.seq;
                if seq > first && (from..=to).contains(&m.submitted) {
                    self.drop_row(key);
                    order.insert((seq, key));
                }
            }
        }
        order.iter().map(|(_, key)| *key).gather()
    }

    fn seq(&self, message: Key) -> u64 {
        self.queued_message(message).map_or(0, |m| m.seq)
    }

    /// What a range of a view shows has its rows.
    pub(super) fn fill_range(&mut self, view: ViewId, offset: usize, count: usize) {
        let Some(queue) = self.queue.as_mut() else { return };
        let lines = queue.view(view).map(|v| v.lines(offset, count)).unwrap_or_default();
        for RowKey(key) in lines.into_iter().filter_map(|line| queue.row_of(line)).gather() {
            let message = Key::after(usize::try_from(key).unwrap_or(usize::MAX));
            if self.queue_rows.put_off.contains(&message) {
                self.put_row(message);
            }
        }
    }

    fn put_row(&mut self, message: Key) {
        self.queue_rows.put_off.remove(&message);
        let Some(m) = self.queued_message(message) else { return };
        let now = self.now.wall;
        let mut until = m.hold.filter(|at| *at > now && m.is_open());
        for e in &m.envelopes {
            if let EnvelopeState::Waiting { until: at, .. } = e.state
                && at > now
            {
                until = Some(until.map_or(at, |other| other.min(at)));
            }
        }
        let row = self.row(message, m);
        self.queue_rows.wake(message, until);
        self.put_cells(message, row);
    }

    fn put_cells(&mut self, message: Key, cells: Vec<(PropTag, PropValue)>) {
        self.queue_rows.there.insert(message, ());
        if let Some(queue) = self.queue.as_mut() {
            // Types are ours: a refusal cannot come of data.
            let _ = queue.put(row_key(message), cells);
        }
    }

    fn drop_row(&mut self, message: Key) {
        self.queue_rows.put_off.remove(&message);
        self.queue_rows.wake(message, None);
        if self.queue_rows.there.remove(message).is_some()
            && let Some(queue) = self.queue.as_mut()
        {
            queue.remove(row_key(message));
        }
    }

    /// From now on the queue is kept as a table.
    pub(super) fn watch_queue(&mut self) {
        if self.queue_watched {
            return;
        }
        self.queue_watched = true;
        for key in self.slots.keys().into_iter().chain(self.unread.keys()) {
            self.project(key);
        }
    }

    /// What the queue shows of it.
    fn queued_message(&self, key: Key) -> Option<&Message> {
        self.slots.get(key).map(|s| s.shown()).or_else(|| self.lies_unread(key))
    }

    fn row(&self, key: Key, m: &Message) -> Vec<(PropTag, PropValue)> {
        let shown = shown::message(m, self.now.wall);
        let locked = matches!(shown, Shown::Sending | Shown::Checking | Shown::Deferred);
        let flags = MsgFlags::SUBMIT | MsgFlags::UNSENT | MsgFlags::FROMME;
        vec![
            (PR_CLIENT_SUBMIT_TIME, PropValue::SysTime(m.submitted)),
            (PR_DISPLAY_BCC, PropValue::Str(names(m, Kind::Bcc))),
            (PR_DISPLAY_CC, PropValue::Str(names(m, Kind::Cc))),
            (PR_DISPLAY_TO, PropValue::Str(names(m, Kind::To))),
            (PR_ENTRYID, PropValue::Binary(m.uid.as_bytes().to_vec())),
            (PR_MESSAGE_FLAGS, PropValue::flags(flags.bits())),
            (PR_MESSAGE_SIZE, PropValue::Long(i32::try_from(m.size).unwrap_or(i32::MAX))),
            (PR_PRIORITY, PropValue::Long(0)),
            (PR_SENDER_NAME, text(if m.from_name.is_empty() { &m.from } else { &m.from_name })),
            (PR_SUBJECT, text(&m.subject)),
            (PR_SUBMIT_FLAGS, PropValue::flags(QueueFlags::EMPTY.set(QueueFlags::LOCKED, locked).bits())),
            (PR_OUTBOX_ID, text(m.id.as_ref().unwrap_or(&m.uid))),
            (PR_OUTBOX_STATE, PropValue::Str(self.state_of(key, m).to_owned())),
            (PR_WHY, PropValue::Str(self.why_code(key, m))),
            (PR_ENVELOPES, PropValue::Str(envelopes(m))),
            (PR_MESSAGE_ID, text(&m.message_id)),
        ]
    }
}

fn text(text: &str) -> PropValue {
    PropValue::Str(text.to_owned())
}

/// As mail clients show them.
fn names(m: &Message, kind: Kind) -> String {
    let mut text = String::new();
    for r in m.recipients.iter().filter(|r| r.kind == kind) {
        if !text.is_empty() {
            text.push_str("; ");
        }
        text.push_str(if r.name.is_empty() { &r.address } else { &r.name });
    }
    text
}

/// `1 transport state` for each, semicolons between; `why()` has the details.
fn envelopes(m: &Message) -> String {
    let mut text = String::new();
    for e in &m.envelopes {
        if !text.is_empty() {
            text.push_str("; ");
        }
        for part in [told![e.n].as_str(), " ", &e.transport, " ", shown::envelope(e).map_or("passed", Shown::name)] {
            text.push_str(part);
        }
    }
    text
}
