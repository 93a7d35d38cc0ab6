//! Giving the lock up: a context without transports keeps it only as long as it takes to write down what a dead life left;
//! an idle driver makes room for one that has a transport it lacks (O-73).

use super::Session;
use super::io::Effect;
use super::keys::Key;
use super::stored::StoreOp;
use super::transport::Slot;
use super::work::Pending;
use crate::mapi::Text;
use crate::spooler::message::{EnvelopeState, ParkCause};

/// Marks a command that asks the driver for the lock; no flag of a flush or a validation has this bit.
pub const YIELD: u32 = 0x4000_0000;

/// Marks a command that says a person changed a transport's credentials or settings.
pub const RELEASE: u32 = 0x2000_0000;

/// Marks a command that says the stored order of transports counts at once.
pub const ORDER: u32 = 0x1000_0000;

impl Session {
    /// After the epoch was raised: nothing can be sent from here.
    pub(super) fn give_back(&mut self) {
        if self.transports.is_empty() && self.driver.is_some() {
            self.lost();
            self.gave_back = true;
            self.out.push(Effect::Lock { want: false });
        }
    }

    /// A transport came: now the lock is worth having.
    pub(super) fn want_again(&mut self) {
        if std::mem::take(&mut self.gave_back) {
            self.out.push(Effect::Lock { want: true });
        }
    }

    /// Which transports, not there where the driver is, a message waits for.
    pub(super) fn note_missed(&mut self, key: Key) {
        let envelopes = self.slots.get(key).map(|s| s.message.envelopes.as_slice()).unwrap_or_default();
        let waits = |uid: &Text| envelopes.iter().any(|e| e.transport == *uid && waits_for(&e.state));
        if !self.missed.is_empty() {
            self.missed.retain(|uid, keys| {
                if !waits(uid) {
                    keys.remove(&key);
                }
                !keys.is_empty()
            });
        }
        for e in envelopes.iter().filter(|e| waits_for(&e.state)) {
            self.missed.entry(e.transport.clone()).or_default().insert(key);
        }
    }

    /// A follower with a transport that waiting mail needs and the driver lacks asks for the lock, once an epoch.
    pub(super) fn ask_for_lock(&mut self) {
        if self.driver.is_some() || !self.loaded || self.meta.epoch == 0 || self.asked_epoch == self.meta.epoch {
            return;
        }
        let mine = self.transports.iter().map(|t| &t.config.uid).find(|uid| self.missed.contains_key(*uid));
        if let Some(uid) = mine.cloned() {
            self.asked_epoch = self.meta.epoch;
            let op = self.op(Pending::Loose);
            let ask = StoreOp::AppendCommand { entry: String::new(), flags: YIELD, target: Some(uid.into()) };
            self.out.push(Effect::Commit { op, ballast: false, ops: vec![ask] });
        }
    }

    /// The driver was asked.
    pub(super) fn asked_to_yield(&mut self, transport: Option<&str>) {
        self.yielding |= transport.is_some_and(|uid| self.transport(uid).is_none());
    }

    /// As soon as nothing is in flight and nothing is due.
    pub(super) fn maybe_yield(&mut self) {
        if !self.yielding || self.driver.is_none() {
            return;
        }
        let busy = self.transports.iter().any(|t| t.slot != Slot::Free || t.probe.is_some());
        let due = self.transports.iter().any(|t| self.has_due(&t.config.uid));
        if busy || due || !self.ops.is_empty() {
            return;
        }
        self.yielding = false;
        self.lost();
        self.out.push(Effect::Lock { want: false });
        self.out.push(Effect::Lock { want: true });
    }
}

/// Its transport is not where the driver is.
fn waits_for(state: &EnvelopeState) -> bool {
    matches!(
        state,
        EnvelopeState::Parked { cause: ParkCause::TransportAbsent } | EnvelopeState::Unconfirmed { absent: true }
    )
}
