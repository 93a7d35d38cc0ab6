//! Reconfiguration as a transaction: values, checked, tested by the transport on exactly these values, stored, in force.
//! Until they are stored nothing has changed; what was stored elsewhere is in force here too.

use super::Session;
use super::io::{Answer, CallId, Effect, Reply, Req, Verb};
use super::ledger::Call;
use super::provider::failure;
use super::stored::StoreOp;
use super::work::Pending;
use crate::mapi::{MapiError, MapiResult, Scode, Text};
use crate::provider::ProviderInput;
use crate::settings::{Checked, Configuration, EARLIER, Value, Values, check};

const TEST_MS: i64 = 60_000;

/// Values with the transport, to be tested. Later ones take their place.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Draft {
    req: Req,
    call: CallId,
    values: Values,
}

impl Session {
    /// What these values would come to; the number of the configuration in force, 0 for the declared one.
    pub fn settings(&self, uid: &str, given: &[(String, Value)]) -> MapiResult<(u32, Checked)> {
        let Some(t) = self.transport(uid) else {
            return Err(MapiError::new(Scode::MAPI_E_NOT_FOUND, "the uid of a provider of this session", "another"));
        };
        if t.config.settings.is_empty() {
            return Err(MapiError::new(Scode::MAPI_E_NOT_INITIALIZED, "a provider with settings", "one without"));
        }
        let stored = self.configs.get(&t.config.uid);
        Ok((stored.map_or(0, |c| c.n), check(&t.config.settings, stored, given)))
    }

    /// The number of the configuration in force, 0 for the declared one.
    pub(super) fn configuration(&self, uid: &Text) -> u32 {
        self.configs.get(uid).map_or(0, |c| c.n)
    }

    /// `configure` (C-070).
    pub(super) fn configure(&mut self, req: Req, uid: Text, given: &[(String, Value)]) {
        let checked = match self.settings(&uid, given) {
            Ok((_, checked)) => checked,
            Err(error) => return self.out.push(Effect::Reject { req, error, id: None, state: None }),
        };
        if let Some(problem) = checked.problems.first() {
            let code = Scode::MAPI_E_INVALID_PARAMETER;
            return self.reject(req, code, "values the settings take", problem.fault.name());
        }
        self.drop_draft(&uid, "other values");
        let deadline = Some(self.now.wall.saturating_add(TEST_MS));
        let call = self.call(&uid, Verb::Test, deadline, Some(req), 0);
        self.drafts.insert(uid, Draft { req, call, values: checked.values });
    }

    /// A later edit undoes the test of an earlier one.
    fn drop_draft(&mut self, uid: &Text, got: &str) {
        if let Some(draft) = self.drafts.remove(uid) {
            self.ledger.give_up(draft.call);
            self.out.push(Effect::AbortCall { call: draft.call });
            self.reject(draft.req, Scode::MAPI_E_USER_CANCEL, "the values that were last given", got);
        }
    }

    /// The person closed the sheet: nothing changes (C-064).
    pub(super) fn forget_draft(&mut self, req: Req) {
        let found = self.drafts.iter().find(|(_, d)| d.req == req).map(|(uid, d)| (uid.clone(), d.call));
        if let Some((uid, call)) = found {
            self.drafts.remove(&uid);
            self.ledger.give_up(call);
            self.out.push(Effect::AbortCall { call });
        }
    }

    /// The transport went.
    pub(super) fn leave_draft(&mut self, uid: &Text) {
        self.drop_draft(uid, "a transport that was removed");
    }

    /// `test` ended.
    pub(super) fn tested(&mut self, id: CallId, call: &Call, answer: &Answer) {
        if self.drafts.get(&call.transport).is_none_or(|d| d.call != id) {
            return;
        }
        let Some(Draft { req, values, .. }) = self.drafts.remove(&call.transport) else { return };
        match failure(answer) {
            Some(failure) => self.reject(req, failure.scode(), "settings that work", "settings the transport refuses"),
            None => self.store_config(req, call.transport.clone(), values),
        }
    }

    fn store_config(&mut self, req: Req, uid: Text, values: Values) {
        let (mut stored, mut earlier) = (None, Vec::new());
        if let Some(before) = self.configs.get(&uid) {
            stored = Some(before.n);
            earlier.clone_from(&before.earlier);
            earlier.push((before.n, before.values.clone()));
            if earlier.len() > EARLIER {
                earlier.remove(0);
            }
        }
        let config = Configuration { uid, n: stored.unwrap_or(0).saturating_add(1), values, earlier };
        let op = self.op(Pending::Config { req, config: Box::new(config.clone()) });
        let ops = vec![StoreOp::PutConfig { expect: stored, config: Box::new(config) }];
        self.out.push(Effect::Commit { op, ballast: false, ops });
    }

    /// It is durable: from the next call on it is in force.
    pub(super) fn config_stored(&mut self, req: Req, config: Configuration) {
        self.take_config(config);
        self.out.push(Effect::Resolve { req, reply: Reply::Unit });
    }

    /// Another context stored a configuration first: sets are whole, the last one counts.
    pub(super) fn config_refused(&mut self, req: Req, config: Configuration, current: Option<Configuration>) {
        match current {
            Some(current) => {
                self.take_config(current);
                self.store_config(req, config.uid, config.values);
            }
            None => self.reject(req, Scode::MAPI_E_CORRUPT_DATA, "a configuration that can be read", "another"),
        }
    }

    /// The storage failed.
    pub(super) fn config_failed(&mut self, req: Req) {
        self.reject(req, Scode::MAPI_E_CALL_FAILED, "a working storage", "a storage that failed; look again");
        self.look(Some(Vec::new()));
    }

    /// As it is stored: here, or by another context.
    pub(super) fn take_config(&mut self, config: Configuration) {
        let known = self.configuration(&config.uid);
        if known >= config.n {
            return;
        }
        let uid = config.uid.clone();
        self.configs.insert(uid.clone(), config);
        self.put_in_force(&uid, known);
    }

    /// What is stored beyond what it knows goes to the transport, should it be here.
    pub(super) fn put_in_force(&mut self, uid: &Text, known: u32) {
        let (Some(t), Some(config)) = (self.transport(uid), self.configs.get(uid)) else { return };
        // What the transport no longer declares is left out, what is new is as declared.
        let now = (config.n, check(&t.config.settings, Some(config), &[]).values);
        for (n, values) in config.earlier.iter().chain([&now]).filter(|(n, _)| *n > known) {
            self.out.push(Effect::Configured { transport: uid.clone(), n: *n, values: values.clone() });
        }
        let (deadline, poll) = (seconds(&now.1, "deadlineSeconds"), seconds(&now.1, "pollIntervalSeconds"));
        if let Some(t) = self.transport_mut(uid) {
            t.go_by(deadline, poll);
            // What was met with the values before says nothing of these.
            t.gate = super::transport::Gate::Open;
            t.unlearn();
        }
        if self.driver.is_some() {
            self.provide(uid, ProviderInput::Configured);
            self.let_in(uid);
        }
    }
}

/// A number of seconds the session itself goes by, in ms.
fn seconds(values: &[(String, Value)], name: &str) -> Option<u32> {
    let (_, value) = values.iter().find(|(n, _)| n == name)?;
    let Value::Number { value } = value else { return None };
    u32::try_from((*value).clamp(1, 86_400).saturating_mul(1_000)).ok()
}
