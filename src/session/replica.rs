//! What a follower shows of the driver's rows. A copy of words: nothing but rows is ever computed from it.

use super::Session;
use super::columns::cell;
use super::io::HeaderRow;
use super::status::entry_of;
use crate::mapi::{Gather, PropTag, PropValue};
use crate::status::{self, FIRST_TRANSPORT, StatusEntry, StatusRow, Theirs};

/// What followers see of it, among the views: theirs begin at 1.
pub(super) const PUBLISHED: u32 = 0;

/// Rows as the driver last posted them.
#[derive(Debug, Clone, Default)]
pub struct Replica {
    /// The epoch, and which of its messages.
    from: (u32, u32),
    rows: Vec<Theirs>,
    /// The last one of that epoch that was too old.
    refused: u32,
    /// Of this context: it was told that its rows changed, and has not read them since.
    told: bool,
}

impl Replica {
    /// This context drives: what it knows is its own.
    pub fn clear(&mut self) {
        self.rows.clear();
    }
}

impl Session {
    /// What followers are to be told: the epoch and rows; epoch 0 where this context does not drive. What changes after
    /// this is said once, by view 0.
    pub fn published(&mut self) -> (u32, Vec<Vec<(PropTag, PropValue)>>) {
        self.show_status();
        self.replica.told = false;
        let Some(driver) = self.driver else { return (0, Vec::new()) };
        (driver.epoch, status::told(self.status_rows(), self.storage_faults > 0))
    }

    /// The host side is to read again.
    pub(super) fn publishes(&mut self) -> bool {
        let tells = self.status_changed && self.driver.is_some() && !self.replica.told;
        self.replica.told |= tells;
        tells
    }

    /// A driver posted its rows, all of them. What is older than what is known changes nothing; but two that count on, as a
    /// driver does, show that what they seem older than was not the driver's.
    pub(super) fn replicate(&mut self, epoch: u32, version: u32, rows: Vec<HeaderRow>) {
        let stored = (self.meta.epoch, 0);
        // One that nobody stored, or of an outbox that was erased, outranks nothing.
        let known = if self.replica.from.0 > self.meta.epoch { stored } else { self.replica.from.max(stored) };
        let refused = std::mem::take(&mut self.replica.refused);
        let counts_on = epoch == known.0 && refused > 0 && refused < version && version < known.1;
        if self.driver.is_some() || (epoch, version) <= known && !counts_on {
            self.replica.refused = if epoch == known.0 { version } else { 0 };
            return;
        }
        let rows = rows.into_iter().filter_map(|row| self.theirs(row)).gather();
        (self.replica.from, self.replica.rows) = ((epoch, version), rows);
        self.status_changed = true;
    }

    fn theirs(&mut self, row: HeaderRow) -> Option<Theirs> {
        let entry = match entry_of(&row.id).ok()? {
            entry @ (StatusEntry::Spooler | StatusEntry::Transport(_)) => entry.to_entry_id(),
            StatusEntry::Subsystem | StatusEntry::AddressBook => return None,
        };
        let mut columns = Vec::new();
        for (name, value) in row.columns {
            let tag = PropTag::from_name(&name).filter(|tag| status::is_theirs(*tag));
            if let Some(tag) = tag
                && let Some(value) = cell(tag, value)
            {
                columns.push((tag, value));
            }
        }
        // A row is the same one from message to message (C-007).
        let known = self.replica.rows.iter().find(|known| known.entry == entry).map(|known| known.key);
        let key = known.unwrap_or_else(|| self.new_key());
        Some(Theirs { key, entry, columns })
    }

    fn new_key(&mut self) -> u64 {
        self.next_serial = self.next_serial.saturating_add(1);
        u64::from(self.next_serial).saturating_add(FIRST_TRANSPORT)
    }

    /// The row here is gone; the driver's, which was not seen beside it, is another one (C-007).
    pub(super) fn show_theirs(&mut self, uid: &str) {
        let (key, entry) = (self.new_key(), StatusEntry::Transport(uid.to_owned()).to_entry_id());
        if let Some(row) = self.replica.rows.iter_mut().find(|row| row.entry == entry) {
            row.key = key;
        }
    }

    /// A follower's rows, as the driver says they are.
    pub(super) fn follow_driver(&self, rows: &mut Vec<StatusRow>) {
        status::follow(rows, &self.replica.rows, self.silent_since.is_some());
    }
}
