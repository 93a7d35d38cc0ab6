//! A transport of this session: its line, its slot, its circuit, its gate (O-34, O-50…O-52).
#![allow(missing_docs, reason = "the line of a variant speaks for its fields")]

use std::collections::VecDeque;

use super::io::{CallId, Guarantees, TransportConfig, Verb};
use super::keys::Key;
use super::telling::Telling;
use crate::address::split_at_last;
use crate::mapi::ordered::Set;
use crate::mapi::{AddressTypes, Text};
use crate::provider::{Function, Off, Provider, Sending, Setup};
use crate::spooler::doubt;
use crate::spooler::message::Envelope;

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

    /// What it shares with others that use the same credentials.
    pub fn credential(&self) -> &Text {
        self.credential.as_ref().unwrap_or(&self.account)
    }
}

/// What occupies the slot: one attempt at a time per transport.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Slot {
    /// Nothing.
    Free,
    /// `prepareMessage` runs for an attempt that is not decided yet.
    Preparing { key: Key, n: Option<u32>, call: CallId, configuration: u32 },
    /// The intent is being written.
    Intending { key: Key },
    /// The host was called.
    Calling { key: Key, n: u32, call: CallId },
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

/// What `startMessage` returned and `deliver` has not taken yet.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Incoming {
    /// The call that returned it; the host side keeps the content by it.
    pub call: CallId,
    /// Stable over redeliveries.
    pub id: String,
    pub folder: Option<String>,
    pub class: String,
    pub flags: u32,
}

/// One transport.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Transport {
    /// Names this registration, once per session (C-007).
    pub serial: u32,
    /// As the host gave it, with what logon changed.
    pub config: TransportConfig,
    /// What it takes now.
    pub types: AddressTypes,
    /// Its life, traffic and circuit.
    pub provider: Provider,
    /// The attempt.
    pub slot: Slot,
    /// The probe.
    pub probe: Option<CallId>,
    /// The gate.
    pub gate: Gate,
    /// Messages whose preparation met the network's end: their own fault, or everybody's.
    pub cut: Set<Key>,
    /// The message being delivered.
    pub incoming: Option<Incoming>,
    /// What `transportNotify` has still to be told.
    pub telling: VecDeque<Telling>,
    declared: Declared,
}

/// As it was added: what settings and logon may change.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Declared {
    deadline_ms: Option<u32>,
    poll_ms: Option<u32>,
    identities: Vec<String>,
    guarantees: Guarantees,
}

impl Transport {
    /// Not logged on yet.
    pub fn new(mut config: TransportConfig, serial: u32) -> Self {
        can_probe(&mut config);
        let types = AddressTypes::from_answer(config.address_types.clone());
        let provider = Provider::new(setup(&config, &types));
        Self {
            serial,
            declared: Declared {
                deadline_ms: config.deadline_ms,
                poll_ms: config.poll_ms,
                identities: config.identities.clone(),
                guarantees: config.guarantees.clone(),
            },
            config,
            types,
            provider,
            slot: Slot::Free,
            probe: None,
            gate: Gate::Open,
            cut: Set::new(),
            incoming: None,
            telling: VecDeque::new(),
        }
    }

    /// Deadline and poll interval, should its settings have them.
    pub fn go_by(&mut self, deadline_ms: Option<u32>, poll_ms: Option<u32>) {
        self.config.deadline_ms = deadline_ms.or(self.declared.deadline_ms);
        self.config.poll_ms = poll_ms.or(self.declared.poll_ms);
        self.provider.poll_every(interval(&self.config));
    }

    /// What logon says; what it says nothing of is as declared.
    pub fn learn(&mut self, identities: Option<&Vec<String>>, guarantees: Option<&Guarantees>) {
        self.config.identities.clone_from(identities.unwrap_or(&self.declared.identities));
        self.config.guarantees.clone_from(guarantees.unwrap_or(&self.declared.guarantees));
        can_probe(&mut self.config);
    }

    /// Other settings may be another service: what logon promised with those before is not believed of it.
    pub fn unlearn(&mut self) {
        self.config.guarantees.clone_from(&self.declared.guarantees);
        can_probe(&mut self.config);
    }

    /// What it promises of an envelope. Logon speaks of the configuration in force; what is declared holds for every one.
    pub fn guarantees(&self, e: Option<&Envelope>, configuration: u32) -> &Guarantees {
        let elsewhere = e.is_some_and(|e| e.configuration != configuration);
        if elsewhere { &self.declared.guarantees } else { &self.config.guarantees }
    }

    /// As if it had just been added: the calls of a generation that is over count no more.
    pub fn reset(&mut self) {
        self.provider.renew(setup(&self.config, &self.types));
        self.slot = Slot::Free;
        self.probe = None;
        self.gate = Gate::Open;
        self.cut.clear();
        self.incoming = None;
        self.telling.clear();
    }

    /// It sends for this sender (O-10).
    pub fn sends_for(&self, from: &str, owner: &str) -> bool {
        if self.config.any_sender {
            return true;
        }
        let same = |x: &str| same_address(x, from);
        if self.config.identities.is_empty() { same(owner) } else { self.config.identities.iter().any(|x| same(x)) }
    }

    /// An attempt may begin, but for the gate.
    pub fn can_send(&self) -> bool {
        self.slot == Slot::Free && self.provider.may_send()
    }

    /// Questions that send nothing may be asked.
    pub fn can_be_asked(&self) -> bool {
        matches!(self.provider.sending(), Sending::Open | Sending::Busy)
    }

    /// It takes no recipient for the rest of the session.
    pub fn has_failed(&self) -> bool {
        let sending = self.provider.sending();
        matches!(sending, Sending::Never | Sending::Leaving | Sending::Off(Off::Provider | Off::Service))
    }

    /// A network fault was seen: a harmless call comes first.
    pub fn shut(&mut self, now: i64, jitter: u32) {
        let tries = match self.gate {
            // Who asks while it waits does not make it wait longer.
            Gate::Shut { at, .. } if at > now => return,
            Gate::Open => 0,
            Gate::Shut { tries, .. } | Gate::Asking { tries, .. } => tries.saturating_add(1),
        };
        self.gate = Gate::Shut { tries, at: now.saturating_add(doubt::back_off(tries, jitter)) };
    }

    /// A preparation met a network fault; true if it is its message's own: nobody else's met one since the network was
    /// shown to be there, and it did before.
    pub fn is_cut(&mut self, key: Key) -> bool {
        let first = self.cut.insert(key);
        !first && matches!(self.gate, Gate::Open | Gate::Shut { tries: 0, .. })
    }

    /// A person does not want to wait for the gate.
    pub fn ask_now(&mut self) {
        if let Gate::Shut { at, .. } = &mut self.gate {
            *at = 0;
        }
    }

    /// When the gate may be asked again, wall clock.
    pub fn next(&self, now: i64) -> Option<i64> {
        match self.gate {
            Gate::Shut { at, .. } => Some(at).filter(|at| *at > now),
            Gate::Open | Gate::Asking { .. } => None,
        }
    }
}

/// What the provider machine must know.
fn setup(config: &TransportConfig, types: &AddressTypes) -> Setup {
    let functions = [
        (Verb::Logon, Function::TransportLogon),
        (Verb::Configure, Function::Configure),
        (Verb::AddressTypes, Function::AddressTypes),
        (Verb::Notify, Function::TransportNotify),
        (Verb::Idle, Function::Idle),
        (Verb::Poll, Function::Poll),
        (Verb::StartMessage, Function::StartMessage),
        (Verb::FlushQueues, Function::FlushQueues),
        (Verb::ValidateState, Function::ValidateState),
        (Verb::ChangePassword, Function::ChangePassword),
        (Verb::SettingsDialog, Function::SettingsDialog),
        (Verb::Logoff, Function::TransportLogoff),
        (Verb::Refresh, Function::Headers),
    ];
    let functions = functions.into_iter().filter(|(verb, _)| config.has(*verb)).map(|(_, f)| f).collect();
    Setup { functions, types: types.clone(), poll_ms: interval(config), remote: config.guarantees.remote }
}

/// A probe that nobody can call promises nothing.
fn can_probe(config: &mut TransportConfig) {
    if !config.has(Verb::Probe) {
        config.guarantees.probe = None;
    }
}

fn interval(config: &TransportConfig) -> i64 {
    config.poll_ms.map_or(60_000, i64::from)
}

/// Local parts are compared exactly, domains without case.
pub fn same_address(a: &str, b: &str) -> bool {
    match (split_at_last(a, b'@'), split_at_last(b, b'@')) {
        (Some((la, da)), Some((lb, db))) => la == lb && da.eq_ignore_ascii_case(db),
        _ => a == b,
    }
}
