//! `transportNotify`: one call at a time for a transport, in order, whoever has something to tell.

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
    /// Of the transport itself; its provider waits for the answer.
    pub(super) fn notify(&mut self, transport: &Text, flags: u32, deadline: Option<i64>) {
        self.tell_later(transport, Telling { flags, deadline, about: None });
    }

    /// About one message. Nobody waits for the answer.
    pub(super) fn tell_transport(&mut self, transport: &Text, flags: TransportNotify, entry: &str, key: Key, n: u32) {
        if self.transport(transport).is_some_and(|t| t.config.has(Verb::Notify) && t.provider.logon().is_some()) {
            let about = Some((About { key, n, attempt: 0 }, entry.into()));
            self.tell_later(transport, Telling { flags: flags.bits(), deadline: None, about });
        }
    }

    fn tell_later(&mut self, transport: &Text, telling: Telling) {
        if let Some(t) = self.transport_mut(transport) {
            t.telling.push(telling);
        }
        self.tell_next(transport);
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
        let wall = self.now.wall;
        let Some(t) = self.transport_mut(transport) else { return };
        // Nothing is told after the end (C-156).
        if !matches!(t.provider.life(), Life::Ready(_) | Life::LoggingOff { .. }) {
            return t.telling.clear();
        }
        if t.telling.is_empty() {
            return;
        }
        let Telling { flags, deadline, about } = t.telling.remove(0);
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
