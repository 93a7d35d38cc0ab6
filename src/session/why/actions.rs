//! What a person may do: every verb that would not be refused now (O-61, O-62).

use std::sync::Arc;

use super::super::Session;
use super::super::evidence::merge_all;
use super::super::io::{MessageVerb, Verb};
use super::super::keys::Key;
use super::super::transport::Transport;
use super::super::work::{Decision, Pending, Stalled, Work, Written};
use crate::spooler::message::Message;

static VERBS: [(&str, MessageVerb); 10] = [
    ("abortSubmit", MessageVerb::Abort { envelope: None }),
    ("retry", MessageVerb::Retry),
    ("setHold", MessageVerb::SetHold { until: None }),
    ("sendFirst", MessageVerb::SendFirst),
    ("checkAgain", MessageVerb::CheckAgain),
    ("markSent", MessageVerb::Resolve { how: 0, envelope: None }),
    ("sendAgain", MessageVerb::Resolve { how: 1, envelope: None }),
    ("takeBack", MessageVerb::Resolve { how: 2, envelope: None }),
    ("letPass", MessageVerb::LetPass),
    ("discard", MessageVerb::Discard),
];

impl Session {
    /// Of a message.
    pub(in crate::session) fn actions(&self, key: Key) -> Vec<&'static str> {
        let mut actions = Vec::new();
        let Some(m) = self.after_pending(key) else { return actions };
        for (name, verb) in &VERBS {
            let offered = match self.decided(key, &m, &Work::Verb { req: 0, verb: verb.clone() }, 0) {
                Decision::Refuse { .. } => false,
                // It is always answered: what matters is whether it stops anything.
                Decision::Keep { .. } => *name != "abortSubmit",
                Decision::Write { .. } | Decision::Delete { .. } => true,
            };
            if offered {
                actions.push(*name);
            }
        }
        actions
    }

    /// The row as a verb will find it, once the write that is under way is done, and what waits for it. What the storage failed
    /// is decided anew, of the row as it is known.
    fn after_pending(&self, key: Key) -> Option<Arc<Message>> {
        let slot = self.slots.get(key)?;
        let (mut m, mut again) = (slot.message.clone(), None);
        match slot.busy.and_then(|op| self.ops.get(&op)) {
            Some(Pending::Row(row)) => match &row.wrote {
                Written::Row(wrote) => m = wrote.clone(),
                Written::Tomb(_) => return None,
            },
            Some(Pending::Again(retry)) => again = Some(&retry.work),
            _ if slot.busy.is_some() => {
                for (_, what) in &self.stalled {
                    if let Stalled::Row(retry) = what
                        && retry.key == key
                    {
                        again = Some(&retry.work);
                    }
                }
            }
            _ => {}
        }
        merge_all(Arc::make_mut(&mut m), &slot.evidence, self.now.wall);
        let drives = self.driver.is_some();
        for work in again.into_iter().chain(&slot.queue).filter(|work| drives || !work.is_fenced()) {
            match self.decided(key, &m, work, 0) {
                Decision::Write { message, .. } => match self.written(key, message) {
                    Written::Row(after) => m = after,
                    Written::Tomb(_) => return None,
                },
                Decision::Delete { .. } => return None,
                Decision::Keep { .. } | Decision::Refuse { .. } => {}
            }
        }
        Some(m)
    }

    /// Of one that cannot be read: whether it can be now is known once somebody has looked.
    pub(in crate::session) fn actions_unread(&self, key: Key, newer: bool) -> Vec<&'static str> {
        match self.lies_unread(key) {
            _ if newer => Vec::new(),
            Some(_) => vec!["retry", "discard"],
            None => vec!["retry"],
        }
    }
}

/// Of a transport whose mail waits for somebody.
pub fn of_transport(t: &Transport, code: &str) -> Vec<&'static str> {
    let mut actions = Vec::new();
    let asks = code.starts_with("parked");
    if code == "parked.auth" && t.config.has(Verb::ChangePassword) {
        actions.push("changePassword");
    }
    if asks && !t.config.settings.is_empty() {
        actions.push("configure");
    }
    actions
}
