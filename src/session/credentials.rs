//! Whom new credentials or settings let in.

use super::Session;
use super::giving::RELEASE;
use super::io::Effect;
use super::stored::StoreOp;
use super::work::Pending;
use crate::mapi::{Gather, Text};
use crate::provider::ProviderInput;

impl Session {
    /// Credentials or settings are right now, whoever found out: what waited for them goes on, for every transport that
    /// shares the credential (O-52).
    pub(super) fn let_in(&mut self, transport: &Text) {
        for other in self.siblings(transport, |t| t.config.credential().clone()) {
            self.provide(&other, ProviderInput::Release);
            self.resume_transport(&other);
        }
        self.resume_transport(transport);
    }

    /// A person changed them in this context: the driver must hear of it.
    pub(super) fn changed_by_hand(&mut self, transport: &Text) {
        if self.driver.is_some() {
            return self.let_in(transport);
        }
        let op = self.op(Pending::Loose);
        let command = StoreOp::AppendCommand {
            entry: String::new(),
            flags: RELEASE,
            target: Some(transport.as_str().to_owned()),
        };
        self.out.push(Effect::Commit { op, ballast: false, ops: vec![command] });
    }

    /// So it did, in another one.
    pub(super) fn changed_elsewhere(&mut self, transport: Option<&str>) {
        let Some(uid) = transport.and_then(|uid| self.transport(uid)).map(|t| t.config.uid.clone()) else { return };
        self.provide(&uid, ProviderInput::Release);
        self.let_in(&uid);
    }

    /// Other transports that share something with this one.
    pub(super) fn siblings(
        &self,
        transport: &Text,
        shared: impl Fn(&super::transport::Transport) -> Text,
    ) -> Vec<Text> {
        let Some(mine) = self.transport(transport).map(&shared) else { return Vec::new() };
        let others = self.providers().filter(|t| t.config.uid != *transport && shared(t) == mine);
        others.map(|t| t.config.uid.clone()).gather()
    }
}
