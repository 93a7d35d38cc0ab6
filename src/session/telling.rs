//! `transportNotify`: one call at a time for a transport: its provider first, then notes in order; before a logoff all at once.

use super::Session;
use super::dispatch::SHORT;
use super::io::{Effect, Verb};
use super::keys::Key;
use super::ledger::About;
use crate::mapi::{Gather, Text, TransportNotify};
use crate::provider::Life;

/// What has still to be told.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Telling {
    flags: u32,
    /// Of the provider's own: wall clock.
    deadline: Option<i64>,
    /// A message, and the name the transport knows it by.
    about: Option<(About, Text)>,
}

impl Session {
    /// Of the transport itself, before everything else; its provider waits for the answer.
    pub(super) fn notify(&mut self, transport: &Text, flags: u32, deadline: Option<i64>) {
        if let Some(t) = self.transport_mut(transport) {
            t.telling.push_front(Telling { flags, deadline, about: None });
        }
        self.tell_next(transport);
    }

    /// About one message. Nobody waits for the answer.
    pub(super) fn tell_transport(&mut self, transport: &Text, flags: TransportNotify, entry: &str, key: Key, n: u32) {
        if self.transport(transport).is_some_and(|t| t.config.has(Verb::Notify) && t.provider.logon().is_some()) {
            let about = Some((About { key, n, attempt: 0 }, entry.into()));
            if let Some(t) = self.transport_mut(transport) {
                t.telling.push_back(Telling { flags: flags.bits(), deadline: None, about });
            }
            self.tell_next(transport);
        }
    }

    /// Before it is logged off: what waits is told at once, or never.
    pub(super) fn tell_all(&mut self, transport: &Text) {
        let waiting = self.transport_mut(transport).map(|t| std::mem::take(&mut t.telling));
        for telling in waiting.unwrap_or_default() {
            self.tell_now(transport, telling);
        }
    }

    /// The provider no longer waits for its own.
    pub(super) fn untell(&mut self, transport: &Text) {
        if let Some(t) = self.transport_mut(transport) {
            t.telling.retain(|telling| telling.about.is_some());
        }
    }

    /// Whoever waits for his turn has it once the call before has ended.
    pub(super) fn tell_on(&mut self) {
        let waiting = self.providers().filter(|t| !t.telling.is_empty()).map(|t| t.config.uid.clone());
        for uid in waiting.gather() {
            self.tell_next(&uid);
        }
    }

    fn tell_next(&mut self, transport: &Text) {
        if self.ledger.open().any(|(_, c)| c.verb == Verb::Notify && c.transport == *transport) {
            return;
        }
        let Some(t) = self.transport_mut(transport) else { return };
        // Nothing is told after the end (C-156).
        if !matches!(t.provider.life(), Life::Ready(_) | Life::LoggingOff { .. }) {
            return t.telling.clear();
        }
        if let Some(telling) = t.telling.pop_front() {
            self.tell_now(transport, telling);
        }
    }

    fn tell_now(&mut self, transport: &Text, Telling { flags, deadline, about }: Telling) {
        let wall = self.now.wall;
        let short = about.is_some().then(|| wall.saturating_add(SHORT));
        let id = self.call(transport, Verb::Notify, short, None, flags);
        if let Some(Effect::Call { entry: named, deadline: told, .. }) = self.out.last_mut() {
            // The provider keeps the time of its own.
            *told = short.or(deadline);
            *named = about.as_ref().map(|(_, entry)| entry.as_str().to_owned());
        }
        if let Some((about, _)) = about {
            self.ledger.name(id, about);
        }
    }
}
