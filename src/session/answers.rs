//! Callbacks end: in time, late, never. Every answer has its effect, and none can do harm (O-30…O-33).

use super::Session;
use super::calls::With;
use super::io::{Answer, CallId, Effect, Verb};
use super::ledger::{About, Call, Match};
use super::transport::{Gate, Slot};
use super::work::{Asked, Work};
use crate::mapi::{EndAnswer, Scode, Text, told};
use crate::provider::{AttemptEnd, FaultReason, Park};
use crate::spooler::meaning::{Meaning, Wire, meaning};
use crate::spooler::message::{EnvelopeState, Reason, Stamp};
use crate::spooler::outcome::{NotAttempted, Outcome};
use crate::spooler::settle::Attempt;

const WARN: u8 = 2;

impl Session {
    /// Answers that belonged to no call, and late ones that changed nothing (O-32).
    pub fn strays(&self) -> (u32, u32) {
        self.ledger.strays()
    }

    /// A callback ended.
    pub(super) fn answered(&mut self, id: CallId, answer: Answer, wire: bool, network: bool) {
        match self.ledger.answer(id) {
            Match::Open(call) => self.in_time(id, call, answer, wire, network),
            Match::Late(call) => self.too_late(&call, answer, wire, network),
            Match::Foreign => {}
        }
    }

    fn in_time(&mut self, id: CallId, call: Call, answer: Answer, wire: bool, network: bool) {
        if let Answer::Garbage { expected, got } = &answer {
            self.say(&call.transport, told![call.verb.name(), " returned ", got, ", expected ", expected]);
        }
        if let (Verb::Submit | Verb::End, Answer::Threw { scode: None, class, .. }) = (call.verb, &answer) {
            self.say(&call.transport, told![call.verb.name(), " threw ", class, ", expected an Outcome"]);
        }
        // A service that is not the one in force any more says nothing of the one that is.
        if network && !call.is_gate() && call.configuration == self.configuration(&call.transport) {
            let (now, jitter) = (self.now.wall, self.rng.word());
            if let Some(t) = self.transport_mut(&call.transport) {
                t.shut(now, jitter);
            }
        }
        let about = call.about;
        match (call.verb, about) {
            (Verb::Prepare, Some(about)) => self.prepared(&call, &about, answer, network),
            (Verb::Submit, Some(about)) => self.submitted(&call, &about, answer, wire, network),
            (Verb::End, Some(about)) => {
                let m = self.meaning(&call, answer, wire, network);
                self.attempt_ended(&call, &about, m, wire, None);
            }
            (Verb::Probe, Some(about)) => self.probed(&call, &about, answer),
            (Verb::Cancel, Some(about)) => {
                let result = if let Answer::Cancelled { result } = answer { result } else { 2 };
                let asked = self.asked(&call);
                self.work(about.key, Work::Cancelled { n: about.n, result, asked });
            }
            (Verb::File, Some(about)) => {
                self.filed(&call.transport, &about, matches!(answer, Answer::Done));
            }
            (Verb::Gate, _) => self.gate_answered(id, &call, !network || !matches!(answer, Answer::Threw { .. })),
            (Verb::ValidateState, _) if call.is_gate() => {
                self.gate_answered(id, &call, !matches!(answer, Answer::Threw { .. }));
            }
            (Verb::Test, _) => self.tested(id, &call, &answer),
            _ => self.provider_answered(id, &call, answer),
        }
    }

    pub(super) fn gate_answered(&mut self, id: CallId, call: &Call, open: bool) {
        let (now, jitter) = (self.now.wall, self.rng.word());
        let in_force = call.configuration == self.configuration(&call.transport);
        if let Some(t) = self.transport_mut(&call.transport) {
            match t.gate {
                Gate::Asking { call, .. } if call != id => {}
                Gate::Asking { .. } | Gate::Shut { .. } if open && in_force => t.gate = Gate::Open,
                Gate::Asking { .. } => t.shut(now, jitter),
                // What has opened or shut it since knows better.
                Gate::Open | Gate::Shut { .. } => {}
            }
        }
    }

    pub(super) fn asked(&self, call: &Call) -> Asked {
        Asked { stamp: Stamp { clock_epoch: self.meta.clock_epoch, wall: call.since.wall }, mono: call.since.mono }
    }

    /// prepareMessage: its token goes into the intent (O-47).
    pub(super) fn prepared(&mut self, call: &Call, about: &About, answer: Answer, network: bool) {
        let slot = self.transport(&call.transport).map(|t| t.slot.clone());
        let Some(Slot::Preparing { n, configuration, .. }) = slot else {
            return;
        };
        let reached = !network && !is_preprocess(&answer);
        if let Some(t) = self.transport_mut(&call.transport)
            && reached
            && t.config.has(Verb::Prepare)
        {
            // It reached its service, or failed for its own message: either way the network is there (O-51).
            t.gate = Gate::Open;
        }
        let current = self.find_key(about.key).map(|m| self.configuration_for(&call.transport, m, n));
        if current != Some(configuration) {
            // It says nothing of the configuration that is in force now.
            return self.vacate(&call.transport, AttemptEnd::Neutral);
        }
        let ready = matches!(answer, Answer::Token { .. } | Answer::Done);
        if ready && let Some(t) = self.transport_mut(&call.transport) {
            t.cut.remove(&about.key);
        }
        match answer {
            // Offline no intent starts (O-51).
            Answer::Token { .. } | Answer::Done if !self.online || self.yields(&call.transport, about.key) => {
                self.vacate(&call.transport, AttemptEnd::Neutral);
            }
            Answer::Token { token } => self.intend(&call.transport, about.key, n, token, configuration),
            Answer::Done => self.intend(&call.transport, about.key, n, None, configuration),
            other => self.unprepared(call, about, n, other, network),
        }
    }

    fn unprepared(&mut self, call: &Call, about: &About, n: Option<u32>, answer: Answer, network: bool) {
        let mut meaning = self.meaning(call, answer, false, network);
        let lesson = lesson(&meaning);
        let mut waits = true;
        let own = match lesson {
            // One that throws for its own message must not hold up the others.
            AttemptEnd::Neutral | AttemptEnd::Reached | AttemptEnd::Fault { reason: FaultReason::Transport, .. } => {
                true
            }
            AttemptEnd::Fault { reason: FaultReason::Network, .. } => {
                let own = self.transport_mut(&call.transport).is_some_and(|t| t.is_cut(about.key));
                if !own {
                    // The transport waits, not the message; that it is in trouble is stored once (O-50).
                    let e = n.and_then(|n| self.find_key(about.key)?.envelope(n));
                    waits = e.is_none_or(|e| e.troubled.is_none());
                    meaning = Meaning::NotDone { reason: NotAttempted::Network, retry_after: Some(0) };
                }
                own
            }
            AttemptEnd::Parked(_) => {
                waits = false;
                false
            }
        };
        self.vacate(&call.transport, if own { AttemptEnd::Neutral } else { lesson });
        if waits {
            // The envelope is made so that the wait is stored and shown; no attempt was.
            self.work(about.key, Work::Unprepared { transport: call.transport.clone(), n, meaning });
        }
    }

    /// submitMessage: S_OK goes on to endMessage where there is one (C-109).
    fn submitted(&mut self, call: &Call, about: &About, answer: Answer, wire: bool, network: bool) {
        let ends = self.transport(&call.transport).is_some_and(|t| t.config.has(Verb::End));
        let done = matches!(answer, Answer::Done);
        let meaning = self.meaning(call, answer, wire, network);
        if ends && (done || matches!(meaning, Meaning::Accepted { .. })) {
            let Some(m) = self.slots.get(about.key).map(|s| s.message.clone()) else {
                return self.vacate(&call.transport, AttemptEnd::Neutral);
            };
            let Some(e) = m.envelope(about.n) else {
                return self.vacate(&call.transport, AttemptEnd::Neutral);
            };
            let reason = if let EnvelopeState::Sending { reason, .. } = e.state { reason } else { Reason::Retry };
            let mut job = super::calls::job(&m, about.n, &e.recipients, about.attempt, reason, e.token.clone());
            job.deferred.clone_from(&e.entry);
            let call_id = self.call_end(call, job, wire);
            if let Some(t) = self.transport_mut(&call.transport) {
                t.slot = Slot::Calling { key: about.key, n: about.n, call: call_id };
            }
            return;
        }
        if done {
            self.say(&call.transport, "Submit returned undefined, expected an Outcome".to_owned());
        }
        self.attempt_ended(call, about, meaning, wire, None);
    }

    fn call_end(&mut self, submitted: &Call, job: super::io::Job, wire: bool) -> CallId {
        self.flush_enters(Verb::End);
        let call = Call { verb: Verb::End, since: self.now, tag: u32::from(wire), ..submitted.clone() };
        let deadline = call.deadline;
        self.make(call, deadline, With { job: Some(Box::new(job)), ..With::default() })
    }

    /// Said once on the console, with the transport's name (O-30).
    pub(super) fn say(&mut self, transport: &Text, code: String) {
        if self.said.insert((transport.to_owned(), code.clone())) {
            self.out.push(Effect::Log { level: WARN, code, transport: Some(transport.to_owned()) });
        }
    }

    /// What an answer of submitMessage, endMessage or prepareMessage means.
    fn meaning(&self, call: &Call, answer: Answer, wire: bool, network: bool) -> Meaning {
        let Some(t) = self.transport(&call.transport) else {
            // Removed meanwhile: what it promised is not known any more, what it accepted is accepted.
            return match answer {
                Answer::Outcome { outcome: Outcome::Accepted { remote_id, recipients } } => {
                    Meaning::Accepted { remote_id, recipients }
                }
                _ => Meaning::Unknown { code: "gone".into() },
            };
        };
        let sends = call.verb != Verb::Prepare;
        let wire = Wire { began: sends && (wire || call.tag == 1 || !t.config.wire_fetch) };
        if !wire.began && is_cancel(&answer) && self.is_resent(call) {
            return Meaning::Kept { entry: None };
        }
        match answer {
            Answer::Outcome { outcome } => meaning(outcome, wire, &t.config.guarantees),
            Answer::Ended { flags } => ended(flags, wire),
            Answer::Threw { scode: Some(scode), retry_after, .. } => {
                meaning(Outcome::Mapi { scode, retry_after }, wire, &t.config.guarantees)
            }
            Answer::Threw { scode: None, class, retry_after, .. } => {
                if wire.began {
                    Meaning::Unknown { code: class }
                } else {
                    let reason = if network { NotAttempted::Network } else { NotAttempted::Transport };
                    Meaning::NotDone { reason, retry_after }
                }
            }
            other => Meaning::Unknown { code: word(&other).into() },
        }
    }

    /// A deferred message that its provider asked for again.
    fn is_resent(&self, call: &Call) -> bool {
        let e = call.about.and_then(|about| self.find_key(about.key)?.envelope(about.n));
        e.is_some_and(|e| e.entry.is_some())
    }

    /// The slot is free; the outcome is written, and with it the next intent.
    pub(super) fn attempt_ended(
        &mut self,
        call: &Call,
        about: &About,
        meaning: Meaning,
        wire: bool,
        timed_out: Option<u32>,
    ) {
        let asked = self.find_key(about.key).and_then(|m| m.envelope(about.n)).map(|e| e.configuration);
        let lesson = lesson(&meaning);
        // A service that is not the one in force any more: its message waits, the others do not.
        let before = matches!(lesson, AttemptEnd::Fault { .. })
            && asked.is_some_and(|n| n != self.configuration(&call.transport));
        self.vacate(&call.transport, if before { AttemptEnd::Neutral } else { lesson });
        let Some(made) = self.made(about, wire || call.tag == 1, timed_out) else { return };
        self.work(about.key, Work::Ended { n: about.n, attempt: about.attempt, made, meaning });
    }

    /// What is known of an attempt when it ends.
    fn made(&self, about: &About, wire: bool, timed_out: Option<u32>) -> Option<Attempt> {
        let e = self.find_key(about.key)?.envelope(about.n)?;
        let (intent, deadline) = match e.state {
            EnvelopeState::Sending { intent, deadline, .. } => (intent, deadline),
            _ => (e.first_wire.unwrap_or(self.stamp()), e.doubt.as_ref().map_or(self.now.wall, |d| d.last_deadline)),
        };
        let fetches = self.transport(&e.transport).is_some_and(|t| t.config.wire_fetch);
        Some(Attempt { intent, deadline, wire: wire || !fetches, timed_out })
    }

    pub(super) fn probed(&mut self, call: &Call, about: &About, answer: Answer) {
        if let Some(t) = self.transport_mut(&call.transport) {
            t.probe = None;
        }
        let (found, recipients) = match answer {
            Answer::Probed { found, recipients } => (found, recipients),
            _ => (2, None),
        };
        let asked = self.asked(call);
        self.work(about.key, Work::Probed { n: about.n, found, recipients, asked });
    }

    /// An answer to a call that was given up.
    fn too_late(&mut self, call: &Call, answer: Answer, wire: bool, network: bool) {
        let (Verb::Submit | Verb::End, Some(about)) = (call.verb, call.about) else {
            return;
        };
        let meaning = self.meaning(call, answer, wire, network);
        let ends =
            call.verb == Verb::Submit && self.transport(&call.transport).is_some_and(|t| t.config.has(Verb::End));
        if ends && matches!(meaning, Meaning::Accepted { .. }) {
            return;
        }
        let Some(made) = self.made(&about, wire || call.tag == 1, None) else {
            return;
        };
        self.work(about.key, Work::Late { n: about.n, attempt: about.attempt, made, meaning });
    }
}

/// The host failed before the transport was asked.
fn is_preprocess(answer: &Answer) -> bool {
    let preprocess = NotAttempted::Preprocess;
    matches!(answer, Answer::Outcome { outcome: Outcome::NotAttempted { reason, .. } } if *reason == preprocess)
}

/// What an attempt taught about its transport: only faults of transport and network open its circuit (O-50).
fn lesson(meaning: &Meaning) -> AttemptEnd {
    let (reason, retry_after_ms) = match meaning {
        Meaning::Accepted { .. } | Meaning::Refused { .. } | Meaning::Kept { .. } => return AttemptEnd::Reached,
        Meaning::Stopped { .. } | Meaning::Unknown { .. } => return AttemptEnd::Neutral,
        Meaning::NotDone { reason, retry_after } | Meaning::Trouble { reason, retry_after, .. } => {
            (reason, *retry_after)
        }
    };
    match reason {
        NotAttempted::Network => AttemptEnd::Fault { reason: FaultReason::Network, retry_after_ms },
        NotAttempted::Transport => AttemptEnd::Fault { reason: FaultReason::Transport, retry_after_ms },
        NotAttempted::Auth => AttemptEnd::Parked(Park::Auth),
        NotAttempted::Config => AttemptEnd::Parked(Park::Config),
        NotAttempted::NotMe
        | NotAttempted::Busy
        | NotAttempted::Wait
        | NotAttempted::Account
        | NotAttempted::Preprocess => AttemptEnd::Neutral,
    }
}

/// EndMessage's flags (catalogue 6.5), NOW before LATER before DONT; after a wire call "again" is doubt (O-31, O-33).
fn ended(flags: u32, wire: Wire) -> Meaning {
    let has = |flag: EndAnswer| flags & flag as u32 != 0;
    let again = |retry_after| {
        if wire.began {
            Meaning::Unknown { code: "END_RESEND".into() }
        } else {
            Meaning::NotDone { reason: NotAttempted::Wait, retry_after }
        }
    };
    if has(EndAnswer::ResendNow) {
        again(Some(0))
    } else if has(EndAnswer::ResendLater) {
        again(None)
    } else if has(EndAnswer::DontResend) {
        Meaning::Kept { entry: None }
    } else if flags == 0 {
        Meaning::Accepted { remote_id: None, recipients: None }
    } else {
        Meaning::Unknown { code: "unknownEndFlags".into() }
    }
}

/// `MAPI_E_CANCEL`: the resend stops, the provider keeps it (C-113).
fn is_cancel(answer: &Answer) -> bool {
    let code = match answer {
        Answer::Outcome { outcome: Outcome::Mapi { scode, .. } } | Answer::Threw { scode: Some(scode), .. } => *scode,
        _ => return false,
    };
    code == Scode::MAPI_E_CANCEL.hresult()
}

fn word(answer: &Answer) -> &'static str {
    match answer {
        Answer::Done => "undefined",
        Answer::Garbage { .. } => "garbage",
        _ => "other",
    }
}
