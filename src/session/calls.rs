//! Host calls are asked for here, and only here.

use super::Session;
use super::dispatch::SHORT;
use super::io::{CallId, Effect, Job, JobRecipient, Verb};
use super::keys::Key;
use super::ledger::{About, Call};
use super::transport::Gate;
use crate::mapi::{Gather, Text};
use crate::spooler::intent;
use crate::spooler::message::{Kind, Message, Reason};

/// What a call is asked for with, beside what is remembered of it.
#[derive(Default)]
pub struct With {
    /// Of the callback.
    pub flags: u32,
    /// What the transport knows a message by.
    pub entry: Option<String>,
    /// The call whose result it is about.
    pub of: Option<CallId>,
    /// A message.
    pub job: Option<Box<Job>>,
}

impl Session {
    /// What the effects of a step stood in, for the next ones.
    pub fn reuse(&mut self, mut effects: Vec<Effect>) {
        effects.clear();
        if self.out.is_empty() {
            *self.out = effects;
        }
    }

    /// probeMessage, cancelMessage, fileMessage: calls about an envelope that send nothing.
    pub(super) fn ask(&mut self, transport: &Text, key: Key, n: u32, verb: Verb) -> Option<CallId> {
        let m = self.slots.get(key).map(|s| s.message.clone())?;
        let e = m.envelope(n)?;
        let job = job(&m, n, &e.recipients, e.attempts, Reason::Retry, e.token.clone());
        Some(self.call_job(transport, key, verb, Some(self.now.wall.saturating_add(SHORT)), job))
    }

    pub(super) fn ask_gate(&mut self, transport: &Text, tries: u32) {
        let validates = self.transport(transport).is_some_and(|t| t.config.has(Verb::ValidateState));
        let verb = if validates { Verb::ValidateState } else { Verb::Gate };
        let deadline = Some(self.now.wall.saturating_add(SHORT));
        let call = self.call(transport, verb, deadline, None, 0);
        if let Some(t) = self.transport_mut(transport) {
            t.gate = Gate::Asking { tries, call };
        }
    }

    /// A call about the transport itself.
    pub(super) fn call(
        &mut self,
        transport: &Text,
        verb: Verb,
        deadline: Option<i64>,
        req: Option<u32>,
        flags: u32,
    ) -> CallId {
        let call = Call { req, ..self.entry(transport, verb, deadline) };
        self.make(call, deadline, With { flags, ..With::default() })
    }

    /// A call about a message that the transport knows by this name.
    pub(super) fn call_about(&mut self, transport: &Text, verb: Verb, deadline: Option<i64>, entry: &str) {
        let call = self.entry(transport, verb, deadline);
        self.make(call, deadline, With { entry: Some(entry.to_owned()), ..With::default() });
    }

    pub(super) fn call_job(
        &mut self,
        transport: &Text,
        key: Key,
        verb: Verb,
        deadline: Option<i64>,
        job: Job,
    ) -> CallId {
        self.flush_enters(verb);
        let about = Some(About { key, n: job.envelope, attempt: job.attempt });
        let call = Call { about, configuration: job.configuration, ..self.entry(transport, verb, deadline) };
        self.make(call, deadline, With { job: Some(Box::new(job)), ..With::default() })
    }

    /// What is remembered of a call that begins now.
    pub(super) fn entry(&self, transport: &Text, verb: Verb, deadline: Option<i64>) -> Call {
        Call {
            transport: transport.to_owned(),
            verb,
            about: None,
            req: None,
            configuration: self.configuration(transport),
            since: self.now,
            aborted: false,
            deadline,
            tag: 0,
            progress: (0, 0),
        }
    }

    /// Remembers a call and asks for it; `deadline`: what the host side is told of it.
    pub(super) fn make(&mut self, call: Call, deadline: Option<i64>, with: With) -> CallId {
        let (transport, verb, req) = (call.transport.clone(), call.verb, call.req);
        let id = self.ledger.enter(self.driver.map_or(0, |d| d.epoch), self.generation, call);
        let With { flags, entry, of, job } = with;
        self.out.push(Effect::Call { call: id, transport, verb, deadline, flags, entry, of, req, job });
        id
    }

    /// How long one attempt may take.
    pub(super) fn span(&self, transport: &Text, size: u64) -> i64 {
        let own = self.transport(transport).and_then(|t| t.config.deadline_ms).map(i64::from);
        own.unwrap_or_else(|| intent::default_span(size))
    }
}

/// What a transport gets of a message.
pub fn job(m: &Message, n: u32, recipients: &[u32], attempt: u32, reason: Reason, token: Option<Text>) -> Job {
    let picked = recipients.iter().filter_map(|i| m.recipients.get(usize::try_from(*i).ok()?));
    Job {
        uid: m.uid.clone(),
        envelope: n,
        key: m.key(n),
        attempt,
        reason,
        token,
        deferred: None,
        configuration: m.envelope(n).map_or(0, |e| e.configuration),
        message_id: m.message_id.clone(),
        from: m.from.clone(),
        subject: m.subject.clone(),
        size: m.size,
        recipients: picked
            .map(|r| JobRecipient {
                kind: match r.kind {
                    Kind::To => 1,
                    Kind::Cc => 2,
                    Kind::Bcc => 3,
                },
                address_type: r.address_type.clone(),
                address: r.address.clone(),
                name: r.name.clone(),
                entry_id: r.entry_id.clone(),
            })
            .gather(),
    }
}
