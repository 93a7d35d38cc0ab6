//! What a host may read without changing anything: tables, lists, the journal.

use super::Session;
use super::aside::Aside;
use super::io::{CallId, Effect, Verb};
use super::keys::Key;
use super::replica;
use crate::mapi::Text;
use crate::mapi::{Gather, MapiError, MapiResult, Scode};
use crate::mapi::{PropTag, PropValue, ResourceFlags};
use crate::provider::Identity;
use crate::spooler::message::{Message, Recipient, RecipientState};
use crate::spooler::shown;
use crate::status::{self, Role, SessionFacts, StatusEntry, Storage, TransportFacts};
use crate::table::{Delivery, RowKey, SortKey, Table, View, ViewId};

/// A table of the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Which {
    /// One row per resource.
    Status,
    /// One row per message.
    Queue,
    /// One row per header of the transport with this serial.
    Headers(u32),
}

/// Of the session, and what keeps each transport's messages.
pub type Climate = (SessionFacts, Vec<(&'static str, &'static str)>);

/// A view somebody holds.
#[derive(Debug, Clone)]
pub struct OpenView {
    which: Which,
    id: ViewId,
}

/// One line of the journal: states and codes, never text of a message.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct JournalLine {
    /// Wall clock.
    pub at: i64,
    /// A word.
    pub code: &'static str,
    /// The submission.
    pub uid: Text,
    /// Its envelope, 0 for the message.
    pub envelope: u32,
    /// The transport.
    pub transport: Text,
    /// The service's code, or the word of an outcome nobody knows.
    pub detail: Text,
}

/// A call the host has not answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outstanding {
    /// Names it.
    pub call: CallId,
    /// Of which transport.
    pub transport: Text,
    /// Which callback.
    pub verb: Verb,
    /// Wall clock.
    pub since: i64,
    /// Wall clock.
    pub deadline: Option<i64>,
    /// Done and total, as it said.
    pub progress: (u64, u64),
}

/// Computed, never stored; in the order of its keys.
pub fn status_table() -> Option<Table> {
    Table::new(status::COLUMNS.to_vec(), Vec::<SortKey>::new()).ok()
}

/// The ring's length.
const JOURNAL: usize = 1_000;

impl Session {
    /// Opens a view; its number is a handle of this life.
    pub fn open_view(&mut self, which: Which) -> MapiResult<u32> {
        match which {
            Which::Queue => self.watch_queue(),
            Which::Status => self.show_status(),
            Which::Headers(_) => {}
        }
        let id = self.table(which)?.open_view()?;
        self.next_view = self.next_view.wrapping_add(1);
        self.views.insert(self.next_view, OpenView { which, id });
        Ok(self.next_view)
    }

    /// Closes it; twice is once.
    pub fn close_view(&mut self, handle: u32) {
        if let Some(view) = self.views.remove(&handle)
            && let Ok(table) = self.table(view.which)
        {
            table.close_view(view.id);
        }
    }

    /// The view behind a handle, its table up to date.
    pub fn view(&mut self, handle: u32) -> MapiResult<View<'_>> {
        let Some((which, id)) = self.views.get(&handle).map(|v| (v.which, v.id)) else {
            return Err(MapiError::new(Scode::MAPI_E_INVALID_OBJECT, "an open table", "a closed one"));
        };
        self.update(which);
        self.table(which)?.view(id)
    }

    /// The same for whoever reads a range of it, and how many rows there are.
    pub fn view_range(&mut self, handle: u32, offset: usize, count: usize) -> MapiResult<View<'_>> {
        match self.views.get(&handle).map(|v| (v.which, v.id)) {
            Some((Which::Queue, id)) => {
                self.show_places();
                self.fill_range(id, offset, count);
                self.table(Which::Queue)?.view(id)
            }
            _ => self.view(handle),
        }
    }

    /// Notifications since the last time.
    pub fn take_notifications(&mut self, handle: u32) -> Vec<Delivery> {
        let Some((which, id)) = self.views.get(&handle).map(|v| (v.which, v.id)) else { return Vec::new() };
        self.table(which).and_then(|table| Ok(table.view(id)?.take_events())).unwrap_or_default()
    }

    fn table(&mut self, which: Which) -> MapiResult<&mut Table> {
        let table = match which {
            Which::Status => self.status.as_mut(),
            Which::Queue => self.queue.as_mut(),
            Which::Headers(serial) => self.headers.get_mut(&serial).map(|h| &mut h.table),
        };
        table.ok_or_else(|| {
            MapiError::new(Scode::MAPI_E_CALL_FAILED, "the session's tables", "none; please report this")
        })
    }

    /// The host side is told which views to look at. Rows are made when somebody reads them; only sinks hear of each.
    pub(super) fn show(&mut self) {
        self.feel();
        let mut changed = Vec::new();
        if self.publishes() {
            changed.push(replica::PUBLISHED);
        }
        self.show_views(Which::Status, &mut changed);
        self.show_views(Which::Queue, &mut changed);
        for serial in self.headers.keys().copied().gather() {
            self.show_views(Which::Headers(serial), &mut changed);
        }
        self.queue_changed = false;
        self.headers.values_mut().for_each(|h| h.changed = false);
        if !changed.is_empty() {
            self.out.push(Effect::Views { ids: changed });
        }
    }

    fn show_views(&mut self, which: Which, changed: &mut Vec<u32>) {
        if !self.has_changed(which) {
            return;
        }
        if self.table(which).is_ok_and(|table| table.has_sinks()) {
            self.update(which);
        }
        self.views.each(|handle, view| {
            if view.which == which {
                changed.push(*handle);
            }
        });
    }

    fn has_changed(&self, which: Which) -> bool {
        match which {
            Which::Status => self.status_changed,
            Which::Queue => self.queue_changed,
            Which::Headers(serial) => self.headers.get(&serial).is_some_and(|h| h.changed),
        }
    }

    /// Makes the rows that changed since the last time.
    fn update(&mut self, which: Which) {
        match which {
            Which::Status if self.status_changed => self.show_status(),
            Which::Status => {}
            Which::Queue => self.show_queue(),
            Which::Headers(_) => {}
        }
    }

    /// The status rows follow the machines: computed, never stored.
    pub(super) fn show_status(&mut self) {
        self.status_changed = false;
        let mut rows: Vec<(RowKey, Vec<(PropTag, PropValue)>)> = Vec::new();
        for row in self.status_rows() {
            // Transports stand in the order in which they send; here none is before another.
            let at = rows.iter().rposition(|(key, _)| key.0 < row.key).map_or(0, |last| last.saturating_add(1));
            rows.insert(at, (RowKey(row.key), row.columns));
        }
        if let Some(table) = self.status.as_mut() {
            // Types are ours: a refusal cannot come of data.
            let _ = table.sync(rows);
        }
    }

    fn session_facts(&self) -> SessionFacts {
        let role = match (self.driver.is_some(), self.silent_since.is_some(), self.meta.epoch) {
            (true, _, _) => Role::Driver,
            (false, true, _) => Role::Silent,
            (false, false, 0) => Role::Nobody,
            (false, false, _) => Role::Follower,
        };
        let storage = if self.storage_faults > 0 { Storage::Failing } else { Storage::Works };
        SessionFacts { role, storage, online: self.online }
    }

    /// Rows follow what happens to them; what they say of everything around them is compared.
    fn feel(&mut self) {
        let facts = self.session_facts();
        let kept: Vec<(&'static str, &'static str)> =
            self.transports.iter().map(|t| self.kept_from(&t.config.uid)).gather();
        let climate = Some((facts, kept));
        let changed = *self.climate != climate;
        if changed {
            self.status_changed |= self.climate.as_ref().is_none_or(|(known, _)| *known != facts);
            self.climate = Aside(climate);
        }
        self.look_over(changed);
    }

    pub(super) fn status_rows(&self) -> Vec<status::StatusRow> {
        let identities: Vec<Option<Identity>> =
            self.providers().map(|t| t.config.identity.as_ref().map(identity)).gather();
        let facts = self.providers().zip(&identities).map(|(t, identity)| TransportFacts {
            serial: t.serial,
            uid: &t.config.uid,
            kind: t.config.kind,
            display_name: &t.config.display_name,
            provider_display: &t.config.provider_display,
            module_name: &t.config.module_name,
            resource_flags: ResourceFlags::from_bits(t.config.resource_flags).unwrap_or_default(),
            identity: identity.as_ref(),
            progress: self.headers.get(&t.serial).map_or((-1, ""), super::headers::Headers::shown),
            provider: &t.provider,
        });
        let mut rows = status::rows(&self.session_facts(), facts);
        self.follow_driver(&mut rows);
        rows
    }

    /// All properties of a status object: its row's, except what the table computes (C-026).
    pub fn status_props(&self, entry: &str) -> MapiResult<Vec<(PropTag, PropValue)>> {
        let id = super::status::entry_of(entry)?.to_entry_id();
        let is = |row: &status::StatusRow| {
            row.columns.iter().any(|(tag, v)| *tag == crate::mapi::PR_ENTRYID && *v == PropValue::Binary(id.clone()))
        };
        let row = self.status_rows().into_iter().find(is);
        row.map(|r| r.columns).ok_or_else(|| {
            MapiError::new(Scode::MAPI_E_NOT_FOUND, "the entry id of a row of the status table", "one that is gone")
        })
    }

    /// The provider table: uid, ordinal, display name; a snapshot in transport order (C-077, C-078), the others last.
    pub fn provider_table(&self) -> Vec<Vec<(PropTag, PropValue)>> {
        use crate::mapi::{
            PR_DISPLAY_NAME, PR_PROVIDER_DISPLAY, PR_PROVIDER_DLL_NAME, PR_PROVIDER_ORDINAL, PR_PROVIDER_UID,
            PR_RESOURCE_FLAGS, PR_RESOURCE_TYPE, PR_SERVICE_NAME,
        };
        let row = |(ordinal, t): (i32, &super::transport::Transport)| {
            vec![
                (PR_PROVIDER_UID, PropValue::Binary(t.config.uid.as_bytes().to_vec())),
                (PR_PROVIDER_ORDINAL, PropValue::Long(ordinal)),
                (PR_DISPLAY_NAME, PropValue::Str(t.config.display_name.clone())),
                (PR_PROVIDER_DISPLAY, PropValue::Str(t.config.provider_display.clone())),
                (PR_PROVIDER_DLL_NAME, PropValue::Str(t.config.module_name.clone())),
                (PR_RESOURCE_FLAGS, PropValue::flags(t.config.resource_flags)),
                (PR_RESOURCE_TYPE, PropValue::flags(t.config.kind.code())),
                (PR_SERVICE_NAME, PropValue::Str(t.config.service.as_str().to_owned())),
            ]
        };
        (0_i32..).zip(self.providers()).map(row).gather()
    }

    /// Calls that wait for an answer.
    pub fn outstanding(&self) -> Vec<Outstanding> {
        let line = |(id, c): (&CallId, &super::ledger::Call)| Outstanding {
            call: *id,
            transport: c.transport.clone(),
            verb: c.verb,
            since: c.since.wall,
            deadline: c.deadline,
            progress: c.progress,
        };
        self.ledger.open().map(line).gather()
    }

    /// The last thousand changes of state.
    pub fn journal(&self) -> impl Iterator<Item = &JournalLine> {
        self.journal.iter()
    }

    /// Writes a line for every envelope whose state a write changed.
    pub(super) fn note_changes(&mut self, key: Key, new: &Message) {
        let Some(old) = self.slots.get(key).map(|s| s.message.clone()) else { return };
        for e in &new.envelopes {
            if old.envelope(e.n).map(|e| &e.state) != Some(&e.state) {
                let code = shown::envelope(e).map_or("passed", shown::Shown::name);
                let refused = |r: &Recipient| {
                    let RecipientState::Rejected { envelope: Some(n), code, .. } = &r.state else { return None };
                    (*n == e.n).then(|| code.as_str().into())
                };
                let detail = match &e.doubt {
                    Some(doubt) => doubt.code.clone(),
                    None => new.recipients.iter().find_map(refused).unwrap_or_default(),
                };
                self.note(code, &new.uid, e.n, &e.transport, shown::word(&detail).into());
            }
        }
    }

    /// Writes a line.
    pub(super) fn note(&mut self, code: &'static str, uid: &Text, envelope: u32, transport: &Text, detail: Text) {
        if self.journal.len() >= JOURNAL {
            self.journal.pop_front();
        }
        let (at, uid, transport) = (self.now.wall, uid.clone(), transport.clone());
        let line = JournalLine { at, code, uid, envelope, transport, detail };
        self.journal.push_back(line);
    }

    /// Messages and bytes that could leave now (`estimate`); `target`: a transport's entry id.
    pub fn estimate(&self, target: Option<&str>) -> MapiResult<(u32, u64)> {
        let only = match target.map(super::status::entry_of).transpose()? {
            None | Some(StatusEntry::Spooler) => None,
            Some(StatusEntry::Transport(uid)) if self.transport(&uid).is_some() => Some(uid),
            Some(StatusEntry::Transport(_) | StatusEntry::Subsystem | StatusEntry::AddressBook) => {
                return Err(MapiError::new(Scode::MAPI_E_NOT_FOUND, "the entry id of a transport", "another"));
            }
        };
        Ok(self.backlog(|t| only.as_ref().is_none_or(|o| o == t)))
    }

    /// Address types of transports that are logged on; first seen first, each once (C-079).
    pub fn address_types(&self) -> Vec<String> {
        let mut types: Vec<String> = Vec::new();
        for t in &self.transports {
            if t.provider.types().is_none() {
                continue;
            }
            if let crate::mapi::AddressTypes::List(list) = &t.types {
                for ty in list {
                    if !types.contains(ty) {
                        types.push(ty.clone());
                    }
                }
            }
        }
        types
    }
}

/// Its ids come in hex.
pub(super) fn identity(i: &super::io::Identity) -> Identity {
    let bytes = |hex: &str| super::status::bytes_of(hex).unwrap_or_default();
    Identity { display: i.display.clone(), entry_id: bytes(&i.entry_id), search_key: bytes(&i.search_key) }
}
