//! The verbs of status objects, and who waits for them. What a verb comes to is decided in `crate::status`.

use super::Session;
use super::flushing::Flushing;
use super::giving::{ORDER, RELEASE, YIELD};
use super::io::{Effect, Reply, Req, Verb};
use super::stored::StoreOp;
use super::work::Pending;
use crate::mapi::ordered::Set;
use crate::mapi::{
    Gather, LogonFlags, MapiError, MapiResult, Scode, SettingsFlags, SpoolerNotify, Text, ValidateFlags,
};
use crate::provider::{Ask, HEADER_FLAGS, Provider, ProviderInput, Ticket};
use crate::status::{Dialog, FlushFacts, FlushPlan, StatusEntry, ValidatePlan, dialog, flush_queues, validate_state};

/// What a follower asked the driver for, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Command {
    pub key: Text,
    /// A status object's entry id.
    pub entry: String,
    pub flags: u32,
    pub target: Option<String>,
}

/// Commands in the store.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Commands {
    /// Their rows are on the way out.
    taken: Set<Text>,
    /// Read with the grant: taken once the epoch is raised.
    pub(super) ordered: Vec<Command>,
}

/// Who waits for a provider's reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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

impl Session {
    pub(super) fn ticket(&mut self, waiting: Waiting) -> Ticket {
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
                if !self.tickets.values().any(|w| *w == Waiting::Among(req)) {
                    self.answer_req(req, Scode::S_OK);
                }
            }
            Some(Waiting::Flush) => self.flush_next(),
            Some(Waiting::Nobody) | None => {}
        }
    }

    pub(super) fn answer_req(&mut self, req: Req, code: Scode) {
        if code.is_failure() {
            self.reject(req, code, "the transport to do it", "its refusal");
        } else {
            self.out.push(Effect::Resolve { req, reply: Reply::Unit });
        }
    }

    fn refuse(&mut self, req: Option<Req>, error: MapiError) {
        if let Some(req) = req {
            self.out.push(Effect::Reject { req, error, id: None, state: None });
        }
    }

    /// `flushQueues`; a follower asks the driver, through the store.
    pub(super) fn flush(&mut self, req: Req, entry: &str, flags: u32, target: Option<&str>) {
        let planned = self.plan_flush(entry, flags, target);
        match planned {
            Err(error) => self.refuse(Some(req), error),
            Ok(_) if self.driver.is_none() => self.command(req, entry, flags, target),
            Ok((object, plan)) => self.run_flush(Some(req), &object, plan),
        }
    }

    fn plan_flush(&self, entry: &str, flags: u32, target: Option<&str>) -> MapiResult<(StatusEntry, FlushPlan)> {
        let object = entry_of(entry)?;
        if let StatusEntry::Transport(uid) = &object
            && self.others.iter().any(|t| t.config.uid == *uid)
        {
            return Err(MapiError::new(
                Scode::MAPI_E_NO_SUPPORT,
                "a provider with queues",
                "a store or an address book",
            ));
        }
        let target = target.map(bytes_of).transpose()?;
        let facts: Vec<FlushFacts<'_>> = self
            .transports
            .iter()
            .map(|t| FlushFacts {
                uid: &t.config.uid,
                asynchronous: t.config.guarantees.asynchronous,
                provider: &t.provider,
            })
            .gather();
        let plan = flush_queues(&object, flags, target.as_deref(), &facts, self.flushing.is_some())?;
        Ok((object, plan))
    }

    fn run_flush(&mut self, req: Option<Req>, object: &StatusEntry, plan: FlushPlan) {
        let uid = |place: &usize| self.transports.get(*place).map(|t| t.config.uid.clone());
        let mut targets: Vec<Text> = plan.places.iter().rev().filter_map(uid).gather();
        if !plan.wait
            && let Some(req) = req
        {
            self.answer_req(req, Scode::S_OK);
        }
        if matches!(object, StatusEntry::Transport(_))
            && let Some(uid) = targets.pop()
        {
            // Accepted at once; the spooler works it off afterwards (C-058).
            let ticket = self.ticket(Waiting::Nobody);
            self.hurry(&uid, plan.flags);
            return self.provide(&uid, ProviderInput::Ask(ticket, Ask::FlushQueues(plan.flags)));
        }
        let total = self.backlog(|t| targets.contains(t));
        let req = req.filter(|_| plan.wait);
        self.flushing = Some(Flushing::new(req, plan.flags, targets, total));
        self.flush_next();
    }

    /// This context drives no more: what the driver was asked for ends here; dialogs go on.
    pub(super) fn abandon_asks(&mut self) {
        let goes_on = |ticket: u32| self.transports.iter().any(|t| t.provider.is_asked(Ticket(ticket)));
        let over: Vec<u32> = self.tickets.keys().copied().filter(|ticket| !goes_on(*ticket)).gather();
        let mut reqs = Set::new();
        for ticket in over {
            reqs.extend(self.tickets.remove(&ticket).and_then(Waiting::req));
        }
        reqs.extend(self.flushing.take().and_then(|f| f.req));
        for req in reqs {
            self.reject(req, Scode::MAPI_E_CANCEL, "the tab that sends", "one that sends no more");
        }
    }

    /// `validateState`.
    pub(super) fn validate(&mut self, req: Req, entry: &str, flags: u32) {
        let planned =
            entry_of(entry).and_then(|e| validate_state(&e, flags, self.provider_of(&e)).map(|plan| (e, plan)));
        match planned {
            Err(error) => self.refuse(Some(req), error),
            Ok((_, ValidatePlan::Own)) => self.answer_req(req, Scode::S_OK),
            // Headers and their marks are in the memory of the tab that sends.
            Ok(_) if self.driver.is_none() && flags & HEADER_FLAGS.bits() != 0 => {
                self.reject(req, Scode::MAPI_E_BUSY, "the tab that sends: it has the headers", "another one");
            }
            Ok(_) if self.driver.is_none() => self.command(req, entry, VALIDATE | flags, None),
            Ok((object, plan)) => self.run_validate(Some(req), &object, plan),
        }
    }

    fn run_validate(&mut self, req: Option<Req>, object: &StatusEntry, plan: ValidatePlan) {
        let all: Vec<Text> = self.transports.iter().map(|t| t.config.uid.clone()).gather();
        let asks: Vec<(Text, Ask)> = match (plan, object) {
            (ValidatePlan::One(flags), StatusEntry::Transport(uid)) => {
                let ticket = self.ticket(req.map_or(Waiting::Nobody, Waiting::Host));
                return self.provide(&uid.as_str().into(), ProviderInput::Ask(ticket, Ask::ValidateState(flags)));
            }
            (ValidatePlan::Everyone { logon, flags }, _) => {
                let dialog = LogonFlags::EMPTY.set(LogonFlags::NO_DIALOG, flags.contains(ValidateFlags::SUPPRESS_UI));
                let both = [logon.then_some(Ask::Logon(dialog)), Some(Ask::ValidateState(flags))];
                all.iter().flat_map(|uid| both.into_iter().flatten().map(|ask| (uid.clone(), ask))).gather()
            }
            (ValidatePlan::Types, _) => {
                for uid in &all {
                    let flags = SpoolerNotify::CONFIG_CHANGE;
                    self.provide(uid, ProviderInput::SpoolerNotify { flags, entry: None });
                }
                Vec::new()
            }
            (ValidatePlan::Own | ValidatePlan::One(_), _) => Vec::new(),
        };
        let waiting = req.map_or(Waiting::Nobody, Waiting::Among);
        let asks: Vec<(Text, Ask, Ticket)> =
            asks.into_iter().map(|(uid, ask)| (uid, ask, self.ticket(waiting))).gather();
        if let (true, Some(req)) = (asks.is_empty(), req) {
            return self.answer_req(req, Scode::S_OK);
        }
        for (uid, ask, ticket) in asks {
            self.provide(&uid, ProviderInput::Ask(ticket, ask));
        }
    }

    /// `changePassword` and `settingsDialog` run in the calling tab; their arguments never come here.
    pub(super) fn dialog(&mut self, req: Req, entry: &str, verb: Verb, read_only: bool) {
        let (which, ask) = if verb == Verb::ChangePassword {
            (Dialog::Password, Ask::ChangePassword)
        } else {
            let flags = SettingsFlags::EMPTY.set(SettingsFlags::UI_READONLY, read_only);
            (Dialog::Settings, Ask::SettingsDialog(flags))
        };
        let object = entry_of(entry);
        match object.and_then(|e| dialog(&e, which, self.provider_of(&e)).map(|()| e)) {
            Ok(StatusEntry::Transport(uid)) => {
                let ticket = self.ticket(Waiting::Host(req));
                self.provide(&uid.into(), ProviderInput::Ask(ticket, ask));
            }
            Ok(StatusEntry::Subsystem | StatusEntry::Spooler | StatusEntry::AddressBook) => {
                self.answer_req(req, Scode::MAPI_E_NO_SUPPORT)
            }
            Err(error) => self.refuse(Some(req), error),
        }
    }

    fn provider_of(&self, entry: &StatusEntry) -> Option<&Provider> {
        match entry {
            StatusEntry::Transport(uid) => self.transport(uid).map(|t| &t.provider),
            StatusEntry::Subsystem | StatusEntry::Spooler | StatusEntry::AddressBook => None,
        }
    }

    /// A follower asks the driver, through the store; accepted when it is durable.
    fn command(&mut self, req: Req, entry: &str, flags: u32, target: Option<&str>) {
        let op = self.op(Pending::Order { req, order: None, now: false });
        let command = StoreOp::AppendCommand { entry: entry.to_owned(), flags, target: target.map(str::to_owned) };
        self.out.push(Effect::Commit { op, ballast: false, ops: vec![command] });
    }

    /// The driver takes a follower's command; nobody waits for its end.
    pub(super) fn take_command(&mut self, command: Command) {
        if self.driver.is_none() {
            if self.wants_epoch {
                self.commands.ordered.push(command);
            }
            return;
        }
        let Command { key, entry, flags, target } = command;
        let (entry, target) = (entry.as_str(), target.as_deref());
        if !self.commands.taken.insert(key.clone()) {
            return;
        }
        let op = self.op(Pending::Loose);
        self.out.push(Effect::Commit { op, ballast: false, ops: vec![StoreOp::DeleteCommand { key }] });
        if flags & YIELD != 0 {
            return self.asked_to_yield(target);
        }
        if flags & ORDER != 0 {
            return self.reordered();
        }
        if flags & RELEASE != 0 {
            return self.changed_elsewhere(target);
        }
        if flags & VALIDATE == 0 {
            if let Ok((object, plan)) = self.plan_flush(entry, flags, target) {
                self.run_flush(None, &object, plan);
            }
            return;
        }
        let planned = entry_of(entry)
            .and_then(|e| validate_state(&e, flags & !VALIDATE, self.provider_of(&e)).map(|plan| (e, plan)));
        if let Ok((object, plan)) = planned {
            self.run_validate(None, &object, plan);
        }
    }
}

/// Marks a command that is a ValidateState; no flag of it has this bit.
const VALIDATE: u32 = 0x8000_0000;

/// An entry id as JavaScript has it: hex.
pub fn entry_of(id: &str) -> MapiResult<StatusEntry> {
    StatusEntry::from_entry_id(&bytes_of(id)?)
}

pub(super) fn bytes_of(hex: &str) -> MapiResult<Vec<u8>> {
    let wrong = || MapiError::new(Scode::MAPI_E_UNKNOWN_ENTRYID, "an entry id in hex", "something else");
    let digits = hex.as_bytes();
    if digits.len() % 2 != 0 || digits.len() > 8_192 {
        return Err(wrong());
    }
    let pair = |p: &[u8]| u8::from_str_radix(std::str::from_utf8(p).ok()?, 16).ok();
    digits.chunks_exact(2).map(|p| pair(p).ok_or_else(wrong)).collect()
}
