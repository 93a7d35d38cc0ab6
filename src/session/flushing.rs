//! The flush of all transports, and how far it has come.
#![allow(missing_docs, reason = "the line of a variant speaks for its fields")]

use super::Session;
use super::io::{Effect, Req, Verb};
use super::status::Waiting;
use super::work::Work;
use crate::mapi::{FlushFlags, Gather, Scode, Text};
use crate::provider::{Ask, ProviderInput, Ticket};

/// The spooler's flush: transports one after the other, in order (C-145).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Flushing {
    pub req: Option<Req>,
    flags: FlushFlags,
    /// Still to come, the next one last.
    rest: Vec<Text>,
    /// Messages and bytes at the beginning.
    total: (u32, u64),
    /// Done so far.
    done: (u32, u64),
    /// Bytes as they were told last: they never go back.
    bytes: u64,
    /// What was told last: the least advanced of what is left, so it never goes back.
    phase: Option<u8>,
}

impl Flushing {
    pub fn new(req: Option<Req>, flags: FlushFlags, rest: Vec<Text>, total: (u32, u64)) -> Self {
        Self { req, flags, rest, total, done: (0, 0), bytes: 0, phase: None }
    }
}

/// Phases of progress: prepare, transmit, confirm, file, receive, done.
const PHASE_TRANSMIT: u8 = 1;
const PHASE_FILE: u8 = 3;
const PHASE_RECEIVE: u8 = 4;
const PHASE_DONE: u8 = 5;

fn phase(verb: Verb) -> Option<u8> {
    Some(match verb {
        Verb::Prepare => 0,
        Verb::Submit => 1,
        Verb::End | Verb::Probe => 2,
        Verb::File => 3,
        Verb::StartMessage | Verb::Deliver => 4,
        _ => return None,
    })
}

impl Session {
    /// A forced upload does not wait for back-offs.
    pub(super) fn hurry(&mut self, transport: &Text, flags: FlushFlags) {
        if flags.contains(FlushFlags::FORCE | FlushFlags::UPLOAD) {
            if let Some(t) = self.transport_mut(transport) {
                t.ask_now();
            }
            for key in self.holding(transport) {
                self.work(key, Work::Hurry { transport: transport.to_owned() });
            }
        }
    }

    pub(super) fn flush_next(&mut self) {
        let Some(flushing) = self.flushing.as_mut() else { return };
        let flags = flushing.flags;
        if let Some(transport) = flushing.rest.pop() {
            self.hurry(&transport, flags);
            let ticket = self.ticket(Waiting::Flush);
            return self.provide(&transport, ProviderInput::Ask(ticket, Ask::FlushQueues(flags)));
        }
        let Some(done) = self.flushing.take() else { return };
        if let Some(req) = done.req {
            self.tell_progress(&done, PHASE_DONE);
            self.answer_req(req, Scode::S_OK);
        }
    }

    /// The host gave it up: what is under way goes on, no further transport is asked.
    pub(super) fn forget_flush(&mut self, req: Req) {
        if self.flushing.as_ref().is_none_or(|f| f.req != Some(req)) {
            return;
        }
        self.flushing = None;
        let asked = self.tickets.iter().find(|(_, waiting)| **waiting == Waiting::Flush).map(|(ticket, _)| *ticket);
        let Some(ticket) = asked else { return };
        self.tickets.remove(&ticket);
        for uid in self.transports.iter().map(|t| t.config.uid.clone()).gather() {
            self.provide(&uid, ProviderInput::StopFlush(Ticket(ticket)));
        }
    }

    /// Messages and bytes that are due for these transports.
    pub(super) fn backlog(&self, mine: impl Fn(&Text) -> bool) -> (u32, u64) {
        let mut count = (0_u32, 0_u64);
        for key in self.agenda.waiting(mine) {
            count.0 = count.0.saturating_add(1);
            count.1 = count.1.saturating_add(self.slots.get(key).map_or(0, |s| s.message.size));
        }
        count
    }

    /// One more message is done while a flush runs.
    pub(super) fn flush_progress(&mut self, size: u64) {
        let Some(f) = self.flushing.as_mut() else { return };
        f.done = (f.done.0.saturating_add(1).min(f.total.0), f.done.1.saturating_add(size).min(f.total.1));
        f.bytes = f.bytes.max(f.done.1);
        let (now, phase) = (f.clone(), f.phase.unwrap_or_default());
        self.tell_progress(&now, phase);
    }

    /// A call begins while a flush runs.
    pub(super) fn flush_enters(&mut self, verb: Verb) {
        let (Some(f), Some(entered)) = (self.flushing.as_mut(), phase(verb)) else { return };
        let left = f.total.0.saturating_sub(f.done.0);
        let others = match entered {
            PHASE_RECEIVE => left > 0 && !f.rest.is_empty(),
            // What is filed is done.
            PHASE_FILE => left > 0,
            _ => left > 1,
        };
        let phase = match f.phase {
            Some(told) if others => told,
            Some(told) => told.max(entered),
            None if others => entered.min(PHASE_TRANSMIT),
            None => entered,
        };
        if f.phase != Some(phase) {
            f.phase = Some(phase);
            let now = f.clone();
            self.tell_progress(&now, phase);
        }
    }

    /// An attempt says how far it is, while a flush runs.
    pub(super) fn flush_moves(&mut self, size: u64, (done, total): (u64, u64)) {
        let Some(f) = self.flushing.as_mut() else { return };
        // Without u128, whose division is a kilobyte: by mebibytes where bytes would overflow.
        let (done, total) = if total >> 32 == 0 { (done, total.max(1)) } else { (done >> 20, total >> 20) };
        let whole = (size / total).saturating_mul(done);
        let part = whole.saturating_add((size % total).saturating_mul(done) / total).min(size);
        let bytes = f.done.1.saturating_add(part).min(f.total.1);
        if bytes > f.bytes {
            f.bytes = bytes;
            let (now, phase) = (f.clone(), f.phase.unwrap_or_default());
            self.tell_progress(&now, phase);
        }
    }

    fn tell_progress(&mut self, f: &Flushing, phase: u8) {
        let Some(req) = f.req else { return };
        let (messages, bytes) = if phase == PHASE_DONE { f.total } else { (f.done.0, f.bytes) };
        self.out.push(Effect::FlushProgress {
            req,
            phase,
            messages,
            total_messages: f.total.0,
            bytes,
            total_bytes: f.total.1,
        });
    }
}
