//! The verbs of status objects, and who waits for them (catalogue 4).

use super::Session;
use super::entry::Entry;
use super::io::{Effect, Reply, Req, Verb};
use super::stored::{Record, StoreOp};
use super::work::{Pending, Work};
use crate::mapi::{FlushFlags, Scode, SettingsFlags, ValidateFlags};
use crate::provider::{Ask, ProviderInput, Ticket};
use crate::wire::rows;

/// Who waits for a provider's reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waiting {
    /// A promise.
    Host(Req),
    /// The flush of all transports, which goes on with the next one.
    Flush,
    /// One of several that a promise waits for.
    Among(Req),
    /// Nobody.
    Nobody,
}

impl Waiting {
    /// The promise, if one waits.
    pub fn req(self) -> Option<Req> {
        match self {
            Self::Host(req) | Self::Among(req) => Some(req),
            Self::Flush | Self::Nobody => None,
        }
    }
}

/// The spooler's flush: transports one after the other, in order (C-145).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flushing {
    pub req: Option<Req>,
    pub flags: FlushFlags,
    /// Still to come, the next one last.
    pub rest: Vec<String>,
    /// At the beginning, and done so far: progress never goes back.
    pub total: (u32, u64),
    pub done: (u32, u64),
}

impl Session {
    fn ticket(&mut self, waiting: Waiting) -> Ticket {
        self.next_ticket = self.next_ticket.wrapping_add(1).max(1);
        self.tickets.insert(self.next_ticket, waiting);
        Ticket(self.next_ticket)
    }

    /// The promise behind a ticket.
    pub(super) fn ticket_req(&self, ticket: u32) -> Option<Req> {
        self.tickets.get(&ticket).and_then(|w| w.req())
    }

    /// A provider answered an ask.
    pub(super) fn replied(&mut self, ticket: Ticket, code: Scode) {
        match self.tickets.remove(&ticket.0) {
            Some(Waiting::Host(req)) => self.answer_req(req, code),
            Some(Waiting::Among(req)) => {
                let others = self.tickets.values().any(|w| *w == Waiting::Among(req));
                if !others {
                    self.answer_req(req, Scode::S_OK);
                }
            }
            Some(Waiting::Flush) => self.flush_next(),
            Some(Waiting::Nobody) | None => {}
        }
    }

    fn answer_req(&mut self, req: Req, code: Scode) {
        if code.is_failure() {
            self.reject(req, code, "the transport to do it", "its refusal");
        } else {
            self.out.push(Effect::Resolve { req, reply: Reply::Unit });
        }
    }

    /// `flushQueues` (catalogue 4.4).
    pub(super) fn flush(&mut self, req: Req, entry: &str, flags: u32, target: Option<&str>) {
        let Some(flags) = FlushFlags::from_bits(flags) else {
            return self.reject(req, Scode::MAPI_E_UNKNOWN_FLAGS, "FLUSH_* flags", "another bit");
        };
        let entry_id = entry;
        let Some(entry) = self.entry(entry) else { return self.unknown_entry(req) };
        let targets = match (&entry, target) {
            (Entry::Subsystem | Entry::AddressBook, _) => return self.no_support(req),
            (Entry::Transport(uid), None) => {
                let has = self.transport(uid).is_some_and(|t| t.config.has(Verb::FlushQueues));
                if !has {
                    return self.no_support(req);
                }
                vec![uid.clone()]
            }
            (Entry::Transport(_), Some(_)) => {
                return self.reject(req, Scode::MAPI_E_INVALID_PARAMETER, "a target only on the spooler's object", "one on a transport's");
            }
            (Entry::Spooler, None) => self.transports.iter().rev().map(|t| t.config.uid.clone()).collect(),
            (Entry::Spooler, Some(target)) => match self.entry(target) {
                Some(Entry::Transport(uid)) => vec![uid],
                _ => return self.reject(req, Scode::MAPI_E_NOT_FOUND, "the entry id of a transport", "another"),
            },
        };
        if !flags.intersects(FlushFlags::UPLOAD | FlushFlags::DOWNLOAD) {
            return self.answer_req(req, Scode::S_OK);
        }
        let asynchronous = target.is_some()
            && targets.iter().any(|uid| self.transport(uid).is_some_and(|t| t.config.guarantees.asynchronous));
        if asynchronous && !flags.contains(FlushFlags::FORCE) {
            return self.reject(req, Scode::MAPI_E_INVALID_PARAMETER, "FLUSH_FORCE for an asynchronous transport", "none");
        }
        if self.driver.is_none() {
            return self.command(req, entry_id, flags.bits(), target);
        }
        self.flush_here(Some(req), &entry, flags, targets);
    }

    fn flush_here(&mut self, req: Option<Req>, entry: &Entry, flags: FlushFlags, targets: Vec<String>) {
        let running = |uid: &String| {
            self.transport(uid).and_then(|t| t.provider.logon()).is_some_and(|l| l.flush.request().is_some())
        };
        if let (Entry::Transport(uid), true) = (entry, targets.iter().any(running)) {
            let _ = uid;
            return self.flush_busy(req);
        }
        if let Entry::Transport(uid) = entry {
            // Accepted at once; the spooler works it off afterwards (C-058).
            let ticket = self.ticket(Waiting::Nobody);
            self.hurry(&uid.clone(), flags);
            self.provide(uid, ProviderInput::Ask(ticket, Ask::FlushQueues(flags)));
            if let Some(req) = req {
                self.answer_req(req, Scode::S_OK);
            }
            return;
        }
        if self.flushing.is_some() {
            return self.flush_busy(req);
        }
        let total = self.backlog(&targets);
        let waits = !flags.contains(FlushFlags::ASYNC_OK);
        self.flushing = Some(Flushing { req: req.filter(|_| waits), flags, rest: targets, total, done: (0, 0) });
        if let (Some(req), false) = (req, waits) {
            self.answer_req(req, Scode::S_OK);
        }
        self.flush_next();
    }

    fn flush_busy(&mut self, req: Option<Req>) {
        if let Some(req) = req {
            self.reject(req, Scode::MAPI_E_BUSY, "no flush under way", "one that is");
        }
    }

    fn hurry(&mut self, transport: &str, flags: FlushFlags) {
        if flags.contains(FlushFlags::FORCE | FlushFlags::UPLOAD) {
            for uid in self.holding(transport) {
                self.work(&uid, Work::Hurry { transport: transport.to_owned() });
            }
        }
    }

    fn flush_next(&mut self) {
        let Some(flushing) = self.flushing.as_mut() else { return };
        let flags = flushing.flags;
        let Some(transport) = flushing.rest.pop() else {
            let done = self.flushing.take();
            if let Some(req) = done.as_ref().and_then(|f| f.req) {
                self.flush_progress_of(done.as_ref(), 5);
                self.answer_req(req, Scode::S_OK);
            }
            return;
        };
        self.hurry(&transport, flags);
        let ticket = self.ticket(Waiting::Flush);
        self.provide(&transport, ProviderInput::Ask(ticket, Ask::FlushQueues(flags)));
    }

    /// Messages and bytes that are due for these transports.
    fn backlog(&self, targets: &[String]) -> (u32, u64) {
        let mine = |t: &String| targets.contains(t);
        let mut count = (0_u32, 0_u64);
        for uid in self.agenda.waiting(mine) {
            count.0 = count.0.saturating_add(1);
            count.1 = count.1.saturating_add(self.slots.get(&uid).map_or(0, |s| s.message.size));
        }
        count
    }

    /// One more message of a flush is done.
    pub(super) fn flush_progress(&mut self, size: u64) {
        if let Some(f) = self.flushing.as_mut() {
            f.done = (f.done.0.saturating_add(1).min(f.total.0), f.done.1.saturating_add(size).min(f.total.1));
            let now = f.clone();
            self.flush_progress_of(Some(&now), 1);
        }
    }

    fn flush_progress_of(&mut self, flushing: Option<&Flushing>, phase: u8) {
        if let Some(Flushing { req: Some(req), total, done, .. }) = flushing {
            self.out.push(Effect::FlushProgress {
                req: *req,
                phase,
                messages: done.0,
                total_messages: total.0,
                bytes: done.1,
                total_bytes: total.1,
            });
        }
    }

    /// `validateState` (catalogue 4.2, 4.3).
    pub(super) fn validate(&mut self, req: Req, entry: &str, flags: u32) {
        let Some(flags) = ValidateFlags::from_bits(flags) else {
            return self.reject(req, Scode::MAPI_E_UNKNOWN_FLAGS, "ValidateState flags", "another bit");
        };
        match self.entry(entry) {
            None => self.unknown_entry(req),
            Some(Entry::Subsystem | Entry::AddressBook) => self.answer_req(req, Scode::S_OK),
            Some(_) if self.driver.is_none() => self.command(req, entry, VALIDATE | flags.bits(), None),
            Some(Entry::Transport(uid)) => {
                let ticket = self.ticket(Waiting::Host(req));
                self.provide(&uid, ProviderInput::Ask(ticket, Ask::ValidateState(flags)));
            }
            Some(Entry::Spooler) => self.validate_all(req, flags),
        }
    }

    /// The spooler's object: every transport is logged on and validated (C-037, C-038), or asked for its types (C-039).
    fn validate_all(&mut self, req: Req, flags: ValidateFlags) {
        let uids: Vec<String> = self.transports.iter().map(|t| t.config.uid.clone()).collect();
        if flags.contains(ValidateFlags::CONFIG_CHANGED) {
            for uid in &uids {
                let flags = crate::mapi::SpoolerNotify::CONFIG_CHANGE;
                self.provide(uid, ProviderInput::SpoolerNotify { flags, entry: None });
            }
            return self.answer_req(req, Scode::S_OK);
        }
        let asks = [Ask::Logon, Ask::ValidateState(flags)];
        let tickets: Vec<(String, Ticket, Ask)> = uids
            .iter()
            .flat_map(|uid| asks.map(|ask| (uid.clone(), ask)))
            .map(|(uid, ask)| (uid, self.ticket(Waiting::Among(req)), ask))
            .collect();
        if tickets.is_empty() {
            return self.answer_req(req, Scode::S_OK);
        }
        for (uid, ticket, ask) in tickets {
            self.provide(&uid, ProviderInput::Ask(ticket, ask));
        }
    }

    /// `changePassword` and `settingsDialog` run in the calling tab; their arguments never come here.
    pub(super) fn dialog(&mut self, req: Req, entry: &str, verb: Verb, read_only: bool) {
        match self.entry(entry) {
            None => self.unknown_entry(req),
            Some(Entry::Transport(uid)) => {
                let ask = match verb {
                    Verb::ChangePassword => Ask::ChangePassword,
                    _ => Ask::SettingsDialog(SettingsFlags::EMPTY.set(SettingsFlags::UI_READONLY, read_only)),
                };
                let ticket = self.ticket(Waiting::Host(req));
                self.provide(&uid, ProviderInput::Ask(ticket, ask));
            }
            Some(Entry::Subsystem | Entry::Spooler | Entry::AddressBook) => self.no_support(req),
        }
    }

    fn no_support(&mut self, req: Req) {
        self.reject(req, Scode::MAPI_E_NO_SUPPORT, "a verb of PR_RESOURCE_METHODS", "one whose bit is clear");
    }

    fn unknown_entry(&mut self, req: Req) {
        self.reject(req, Scode::MAPI_E_UNKNOWN_ENTRYID, "the entry id of a row of the status table", "another");
    }

    /// The row an entry id names, if its resource is there.
    pub(super) fn entry(&self, id: &str) -> Option<Entry> {
        let entry = Entry::from_id(id)?;
        match &entry {
            Entry::Transport(uid) if self.transport(uid).is_none() => None,
            Entry::Transport(_) | Entry::Subsystem | Entry::Spooler | Entry::AddressBook => Some(entry),
        }
    }

    /// A follower asks the driver, through the store; accepted when it is durable.
    fn command(&mut self, req: Req, entry: &str, flags: u32, target: Option<&str>) {
        let op = self.op(Pending::Order { req });
        let command = StoreOp::AppendCommand { entry: entry.to_owned(), flags, target: target.map(str::to_owned) };
        self.out.push(Effect::Commit { op, ballast: false, ops: vec![command] });
    }

    /// The driver takes a follower's command.
    pub(super) fn take_command(&mut self, record: &Record) {
        if self.driver.is_none() || !self.commands.insert(record.key.clone()) {
            return;
        }
        let op = self.op(Pending::Loose);
        self.out.push(Effect::Commit { op, ballast: false, ops: vec![StoreOp::DeleteCommand { key: record.key.clone() }] });
        let Ok((entry, (flags, target))) = rows::decode::<(String, (u32, Option<String>))>(record) else { return };
        let Some(entry) = self.entry(&entry) else { return };
        if flags & VALIDATE != 0 {
            let flags = ValidateFlags::from_bits(flags & !VALIDATE).unwrap_or_default();
            let uids: Vec<String> = match entry {
                Entry::Transport(uid) => vec![uid],
                Entry::Spooler => self.transports.iter().map(|t| t.config.uid.clone()).collect(),
                Entry::Subsystem | Entry::AddressBook => Vec::new(),
            };
            for uid in uids {
                let ticket = self.ticket(Waiting::Nobody);
                self.provide(&uid, ProviderInput::Ask(ticket, Ask::ValidateState(flags)));
            }
            return;
        }
        let target = target.as_deref().and_then(|t| self.entry(t));
        let targets = match (&entry, target) {
            (Entry::Transport(uid), _) => vec![uid.clone()],
            (_, Some(Entry::Transport(uid))) => vec![uid],
            _ => self.transports.iter().rev().map(|t| t.config.uid.clone()).collect(),
        };
        self.flush_here(None, &entry, FlushFlags::from_bits(flags).unwrap_or_default(), targets);
    }
}

/// Marks a command that is a ValidateState.
const VALIDATE: u32 = 0x8000_0000;
