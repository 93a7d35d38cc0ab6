//! Calls that are given up: by their deadline, by the end of a generation, by a person (O-32, O-61, O-71).

use super::Session;
use super::io::{Answer, CallId, Effect, Verb};
use super::keys::Key;
use super::work::{Asked, Work};
use crate::mapi::{Gather, told};
use crate::mapi::{Text, TransportNotify};
use crate::spooler::meaning::Meaning;
use crate::spooler::message::{EnvelopeState, Message, Stop};

impl Session {
    /// Deadlines that have passed: the call is aborted and its slot is free (O-32).
    pub(super) fn time_out(&mut self) {
        for id in self.ledger.overdue(self.now) {
            self.out.push(Effect::AbortCall { call: id });
            let Some(call) = self.ledger.give_up(id) else {
                continue;
            };
            match (call.verb, call.about) {
                (Verb::Submit | Verb::End, Some(about)) => {
                    self.say(&call.transport, told![call.verb.name(), " did not answer before its deadline"]);
                    let code = "timeout".to_owned();
                    self.attempt_ended(&call, &about, Meaning::Unknown { code }, true, Some(about.attempt));
                }
                (Verb::Prepare, Some(about)) => {
                    let answer =
                        Answer::Threw { scode: None, class: "Timeout".into(), network: true, retry_after: None };
                    self.prepared(&call, &about, answer, true);
                }
                (Verb::Probe, Some(about)) => self.probed(&call, &about, Answer::Probed { found: 2, recipients: None }),
                (Verb::Cancel, Some(about)) => {
                    let asked = self.asked(&call);
                    self.work(about.key, Work::Cancelled { n: about.n, result: 2, asked });
                }
                (Verb::File, Some(about)) => self.filed(&call.transport, &about, false),
                (Verb::Gate, _) => self.gate_answered(id, &call, false),
                (Verb::ValidateState, _) if call.is_gate() => self.gate_answered(id, &call, false),
                _ => {
                    let answer =
                        Answer::Threw { scode: None, class: "Timeout".into(), network: false, retry_after: None };
                    if call.verb == Verb::Test {
                        self.tested(id, &call, &answer);
                    } else {
                        self.provider_answered(id, &call, answer);
                    }
                }
            }
        }
    }

    /// This generation is over: every call of the driver's is aborted; what it still says is evidence.
    pub(super) fn drop_calls(&mut self) {
        let ids: Vec<CallId> = self.ledger.open().filter(|(_, c)| c.req.is_none()).map(|(id, _)| *id).gather();
        for id in ids {
            self.out.push(Effect::AbortCall { call: id });
            self.ledger.give_up(id);
        }
        for t in self.transports.iter_mut().chain(&mut self.others) {
            t.reset();
        }
        self.abandon_asks();
        let leaving: Vec<Text> = self.removing.keys().cloned().gather();
        for uid in leaving {
            self.removed(&uid);
        }
        self.headers.values_mut().for_each(super::headers::Headers::rest);
        self.departed.clear();
        self.quiet.clear();
        self.filing.clear();
    }

    /// A person wants it stopped: the call in flight is aborted; once it has ended, the service is asked (O-61).
    pub(super) fn stop(&mut self, key: Key, m: &Message) {
        for e in m.envelopes.iter().filter(|e| e.stop == Stop::Wanted) {
            match &e.state {
                EnvelopeState::Sending { .. } => {
                    for verb in [Verb::Submit, Verb::End] {
                        if let Some(call) = self.ledger.find(key, e.n, verb)
                            && self.ledger.abort(call)
                        {
                            self.out.push(Effect::AbortCall { call });
                            // It may be heard before submitMessage returns (C-120).
                            self.tell_transport(&e.transport, TransportNotify::CANCEL_MESSAGE, &m.key(e.n), key, e.n);
                        }
                    }
                }
                EnvelopeState::Deferred { .. } | EnvelopeState::Checking { .. } | EnvelopeState::Unconfirmed { .. } => {
                    if self.ledger.find(key, e.n, Verb::Cancel).is_some() {
                        continue;
                    }
                    if let EnvelopeState::Deferred { entry, .. } = &e.state {
                        let flags = TransportNotify::ABORT_DEFERRED | TransportNotify::CANCEL_MESSAGE;
                        self.tell_transport(&e.transport, flags, entry, key, e.n);
                    }
                    if self.transport(&e.transport).is_some_and(|t| t.config.has(Verb::Cancel)) {
                        self.ask(&e.transport, key, e.n, Verb::Cancel);
                    } else {
                        let asked = Asked { stamp: self.stamp(), mono: self.now.mono };
                        self.work(key, Work::Cancelled { n: e.n, result: 2, asked });
                    }
                }
                EnvelopeState::Queued { .. }
                | EnvelopeState::Waiting { .. }
                | EnvelopeState::Parked { .. }
                | EnvelopeState::Passed
                | EnvelopeState::Sent
                | EnvelopeState::Filed
                | EnvelopeState::Rejected
                | EnvelopeState::Cancelled
                | EnvelopeState::Draft => {}
            }
        }
    }

    /// Before a transport is logged off for good: it may forget what it was to send later (C-161).
    pub(super) fn abort_deferred(&mut self, transport: &Text) {
        let mut kept = Vec::new();
        for (key, slot) in self.slots.iter() {
            for e in slot.message.envelopes.iter().filter(|e| e.transport == *transport) {
                if let EnvelopeState::Deferred { entry, .. } = &e.state {
                    kept.push((key, e.n, entry.clone()));
                }
            }
        }
        for (key, n, entry) in kept {
            self.tell_transport(transport, TransportNotify::ABORT_DEFERRED, &entry, key, n);
        }
    }
}
