//! What a transport says of itself.

use super::Guarantees;
use crate::mapi::{ResourceType, Text};
use crate::settings::Setting;

/// What a transport says of itself (design, section 4).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct TransportConfig {
    /// Stable for ever.
    pub uid: Text,
    /// PR_DISPLAY_NAME.
    pub display_name: String,
    /// PR_PROVIDER_DISPLAY.
    pub provider_display: String,
    /// PR_PROVIDER_DLL_NAME.
    pub module_name: String,
    /// Message service.
    pub service: Text,
    /// The account behind it.
    pub account: Text,
    /// Whose credentials it uses; `None`: the account's.
    pub credential: Option<Text>,
    /// `None` takes any type.
    pub address_types: Option<Vec<String>>,
    /// MAPIUIDs, lower-case hex.
    pub uids: Vec<String>,
    /// Senders it may send for; empty with `any_sender` false means `[owner]`.
    pub identities: Vec<String>,
    /// `sendsFor: "any"`.
    pub any_sender: bool,
    /// PR_RESOURCE_TYPE: a transport, or another provider with a row and verbs.
    pub kind: ResourceType,
    /// PR_RESOURCE_FLAGS.
    pub resource_flags: u32,
    /// PR_IDENTITY_DISPLAY, _ENTRYID, _SEARCH_KEY.
    pub identity: Option<Identity>,
    /// What it promises.
    pub guarantees: Guarantees,
    /// `wire: "ctx.fetch"`.
    pub wire_fetch: bool,
    /// Of one attempt, in ms.
    pub deadline_ms: Option<u32>,
    /// Between polls, in ms.
    pub poll_ms: Option<u32>,
    /// Which callbacks exist: bits of `Verb::bit`.
    pub functions: u32,
    /// What it can be configured with.
    pub settings: Vec<Setting>,
}

/// The three identity columns: all or none (C-008).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Identity {
    /// PR_IDENTITY_DISPLAY.
    pub display: String,
    /// PR_IDENTITY_ENTRYID, hex or text.
    pub entry_id: String,
    /// PR_IDENTITY_SEARCH_KEY.
    pub search_key: String,
}
