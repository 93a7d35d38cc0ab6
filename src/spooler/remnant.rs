//! What is known of a message whose row cannot be read: its index.

use super::message::{Content, Message, Wall};
use crate::mapi::Text;

/// What a row that cannot be read says in clear.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Index {
    /// The row's key.
    pub uid: Text,
    /// The row's.
    pub version: u32,
    /// As of a message.
    pub seq: u64,
    /// The host's id.
    pub id: Option<Text>,
    /// With angle brackets.
    pub message_id: Option<Text>,
    /// When it was submitted.
    pub at: Option<Wall>,
}

impl Message {
    /// What is left of one whose row cannot be read: nobody knows who has it (O-72).
    pub fn remnant(index: Index) -> Self {
        let Index { uid, version, seq, id, message_id, at } = index;
        Self {
            uid,
            seq,
            order: 0,
            version,
            id,
            message_id: message_id.unwrap_or_default(),
            hash: None,
            from: Text::default(),
            from_name: Text::default(),
            subject: Text::default(),
            size: 0,
            content: Content::Mime,
            submitted: at.unwrap_or(0),
            hold: None,
            pin: None,
            conversation: None,
            strict: false,
            passable: false,
            recipients: Vec::new(),
            envelopes: Vec::new(),
            revision: 0,
            closed: false,
            settled_at: None,
        }
    }

    /// Submissions have recipients.
    pub fn is_remnant(&self) -> bool {
        self.recipients.is_empty()
    }
}
