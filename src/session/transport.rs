//! A transport of this session: its line, its slot, its circuit, its gate (O-34, O-50…O-52).
#![allow(missing_docs, reason = "the line of a variant speaks for its fields")]

use super::io::{CallId, TransportConfig, Verb};
use crate::mapi::AddressTypes;
use crate::spooler::doubt;
use crate::spooler::outcome::NotAttempted;
use crate::spooler::settle::Trouble;

impl Verb {
    /// Its bit in [`TransportConfig::functions`].
    pub fn bit(self) -> u32 {
        1 << (self as u32)
    }
}

impl TransportConfig {
    /// The host gave this callback.
    pub fn has(&self, verb: Verb) -> bool {
        self.functions & verb.bit() != 0
    }
}

/// What occupies the slot: one attempt at a time per transport.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Slot {
    /// Nothing.
    Free,
    /// `prepareMessage` runs for an attempt that is not decided yet.
    Preparing { uid: String, n: Option<u32>, call: CallId },
    /// The intent is being written.
    Intending { uid: String },
    /// The host was called.
    Calling { uid: String, n: u32, call: CallId },
}

/// After a network fault a harmless call comes first (O-51). In memory only.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Gate {
    /// Attempts may be made.
    Open,
    /// Not before this instant, and then a harmless call.
    Shut { tries: u32, at: i64 },
    /// The harmless call.
    Asking { tries: u32, call: CallId },
}

/// Why nothing goes out until somebody acts (O-52).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Parked {
    /// Credentials.
    Auth,
    /// Settings.
    Config,
}

/// One transport.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Transport {
    /// As the host gave it, with what logon changed.
    pub config: TransportConfig,
    /// What it takes now.
    pub types: AddressTypes,
    /// MAPIUIDs.
    pub uids: Vec<[u8; 16]>,
    /// The attempt.
    pub slot: Slot,
    /// The probe.
    pub probe: Option<CallId>,
    /// The circuit is open until then.
    pub until: i64,
    /// Faults in a row.
    pub faults: u32,
    /// The gate.
    pub gate: Gate,
    /// Until somebody acts.
    pub parked: Option<Parked>,
}

impl Transport {
    /// Not logged on yet.
    pub fn new(config: TransportConfig) -> Self {
        let types = AddressTypes::from_answer(config.address_types.clone());
        let uids = config.uids.iter().filter_map(|u| hex16(u)).collect();
        Self { config, types, uids, slot: Slot::Free, probe: None, until: 0, faults: 0, gate: Gate::Open, parked: None }
    }

    /// It sends for this sender (O-10).
    pub fn sends_for(&self, from: &str, owner: &str) -> bool {
        if self.config.any_sender {
            return true;
        }
        let same = |x: &str| same_address(x, from);
        if self.config.identities.is_empty() { same(owner) } else { self.config.identities.iter().any(|x| same(x)) }
    }

    /// Nothing of its own keeps it from an attempt, but perhaps the gate.
    pub fn is_idle(&self, now: i64) -> bool {
        self.slot == Slot::Free && self.parked.is_none() && self.until <= now
    }

    /// The service, the account or the network is in trouble.
    pub fn suffer(&mut self, trouble: Trouble, now: i64, jitter: u32) {
        match trouble.reason {
            NotAttempted::Auth => self.parked = Some(Parked::Auth),
            NotAttempted::Config => self.parked = Some(Parked::Config),
            NotAttempted::Network | NotAttempted::Transport | NotAttempted::Account => {
                self.until = now.saturating_add(doubt::retry_after(trouble.retry_after, self.faults, jitter));
                self.faults = self.faults.saturating_add(1);
                if trouble.reason == NotAttempted::Network {
                    self.shut(now, jitter);
                }
            }
            NotAttempted::NotMe | NotAttempted::Busy | NotAttempted::Wait => {}
        }
    }

    /// A network fault was seen: a harmless call comes first.
    pub fn shut(&mut self, now: i64, jitter: u32) {
        let tries = match self.gate {
            Gate::Open => 0,
            Gate::Shut { tries, .. } | Gate::Asking { tries, .. } => tries.saturating_add(1),
        };
        self.gate = Gate::Shut { tries, at: now.saturating_add(doubt::back_off(tries, jitter)) };
    }

    /// The service answered.
    pub fn well(&mut self) {
        self.faults = 0;
        self.until = 0;
        self.gate = Gate::Open;
    }

    /// When it may be looked at again, if it waits by the clock.
    pub fn next(&self, now: i64) -> Option<i64> {
        let gate = match self.gate {
            Gate::Shut { at, .. } => Some(at),
            Gate::Open | Gate::Asking { .. } => None,
        };
        [Some(self.until), gate].into_iter().flatten().filter(|at| *at > now).max()
    }
}

/// Local parts are compared exactly, domains without case.
pub fn same_address(a: &str, b: &str) -> bool {
    match (a.rsplit_once('@'), b.rsplit_once('@')) {
        (Some((la, da)), Some((lb, db))) => la == lb && da.eq_ignore_ascii_case(db),
        _ => a == b,
    }
}

fn hex16(text: &str) -> Option<[u8; 16]> {
    let mut out = [0; 16];
    if text.len() != 32 {
        return None;
    }
    for (i, byte) in out.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(i * 2..i * 2 + 2)?, 16).ok()?;
    }
    Some(out)
}
