//! Inbound: what `startMessage` returned is delivered, then acknowledged, then announced (C-139, C-141).

use super::Session;
use super::calls::With;
use super::io::{Answer, CallId, Effect, Verb};
use super::transport::Incoming;
use crate::mapi::Text;
use crate::provider::{Answer as Said, Failure};

/// Of `acknowledge`, ms; a source that cannot be told delivers again, which is allowed.
const ACKNOWLEDGE: i64 = 30_000;

impl Session {
    /// startMessage ended: true if there is a message to deliver.
    pub(super) fn started(
        &mut self,
        transport: &Text,
        id: CallId,
        answer: Answer,
        failure: Option<Failure>,
    ) -> Result<bool, Failure> {
        if let Some(failure) = failure {
            return Err(failure);
        }
        let Answer::Message { id: stable, folder, class, flags } = answer else { return Ok(false) };
        if let Some(t) = self.transport_mut(transport) {
            t.incoming = Some(Incoming { call: id, id: stable, folder, class, flags });
        }
        Ok(true)
    }

    /// The call that returned the message being delivered.
    pub(super) fn incoming_call(&self, transport: &Text) -> Option<CallId> {
        self.transport(transport).and_then(|t| t.incoming.as_ref()).map(|i| i.call)
    }

    /// `deliver` or `acknowledge` ended; `None` while there is still one to come.
    pub(super) fn delivered(&mut self, transport: &Text, verb: Verb, failure: Option<Failure>) -> Option<Said> {
        let acknowledges = self.transport(transport).is_some_and(|t| t.config.has(Verb::Acknowledge));
        let incoming = self.transport(transport).and_then(|t| t.incoming.clone());
        if let (Verb::Deliver, Some(failure)) = (verb, failure) {
            self.forget_incoming(transport);
            return Some(Said::Delivered(Err(failure)));
        }
        if let (Verb::Deliver, Some(i)) = (verb, incoming) {
            let Incoming { call, id, folder, class, flags } = i;
            let transport = transport.to_owned();
            if acknowledges {
                let deadline = Some(self.now.wall.saturating_add(ACKNOWLEDGE));
                let entered = self.entry(&transport, Verb::Acknowledge, deadline);
                let with = With { entry: Some(id.clone()), of: Some(call), ..With::default() };
                self.make(entered, deadline, with);
            }
            self.out.push(Effect::NewMail { transport, id, folder, class, flags });
            if acknowledges {
                return None;
            }
        }
        self.forget_incoming(transport);
        Some(Said::Delivered(Ok(())))
    }

    fn forget_incoming(&mut self, transport: &Text) {
        if let Some(t) = self.transport_mut(transport) {
            t.incoming = None;
        }
    }
}
