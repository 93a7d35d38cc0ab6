//! What hosts submit, and what people want of it.
#![allow(missing_docs, reason = "the line of a variant speaks for its fields")]

use crate::mapi::Text;

/// A message as the host hands it in: already one plain snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Draft {
    /// Host id.
    pub id: Option<Text>,
    /// `again: true`.
    pub again: bool,
    /// `None`: the owner.
    pub from: Option<DraftAddress>,
    /// In the order to, cc, bcc, recipients.
    pub recipients: Vec<DraftAddress>,
    /// For display.
    pub subject: Option<Text>,
    /// The header block up to and with the blank line, one char per byte; `None` for a payload.
    pub head: Option<String>,
    /// Bytes of the whole content or the payload's estimate.
    pub size: u64,
    /// SHA-256 of the content, hex; given when `id` is (O-02).
    pub hash: Option<Text>,
    /// Wall clock.
    pub hold_until: Option<i64>,
    /// Only this transport.
    pub transport: Option<Text>,
    /// Conversation.
    pub conversation: Option<Text>,
    /// `order: "strict"`.
    pub strict: bool,
    /// Given by the host.
    pub message_id: Option<Text>,
}

/// An address of a draft; `kind` is `None` when the text says it all.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct DraftAddress {
    /// 1 to, 2 cc, 3 bcc (MAPI's recipient types); 0 for a sender.
    pub kind: u8,
    /// Default SMTP.
    pub address_type: Option<String>,
    /// `a@b`, or with `parse`, `Name <a@b>`.
    pub address: Text,
    /// Display name.
    pub name: Option<String>,
    /// The address came as one string.
    pub parse: bool,
    /// Of a recipient, lower-case hex: four bytes of flags, the MAPIUID of its provider, what that keeps there. Empty: none.
    pub entry_id: Text,
}

/// What a person or the host wants of a message.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum MessageVerb {
    /// O-61.
    Abort { envelope: Option<u32> },
    /// O-62.
    Retry,
    /// `None` releases.
    SetHold { until: Option<i64> },
    /// O-62.
    SendFirst,
    /// O-62.
    CheckAgain,
    /// O-62: 0 sent, 1 sendAgain, 2 draft.
    Resolve { how: u8, envelope: Option<u32> },
    /// O-34.
    LetPass,
    /// Of a final message.
    Discard,
}
