//! What an attempt came to, as transports say it, and what that means (O-30, O-31).
#![allow(missing_docs, reason = "the line of a variant speaks for its fields")]

use crate::mapi::Text;

/// How widely an error applies (O-50).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// One recipient.
    Recipient,
    /// This message.
    Message,
    /// The account.
    Account,
    /// The transport.
    Transport,
    /// The network.
    Network,
}

/// Why nothing was attempted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NotAttempted {
    /// MAPI_E_NOT_ME: somebody else's.
    NotMe,
    /// MAPI_E_BUSY.
    Busy,
    /// MAPI_E_WAIT.
    Wait,
    /// MAPI_E_NETWORK_ERROR.
    Network,
    /// Credentials.
    Auth,
    /// Settings.
    Config,
    /// The transport is in trouble.
    Transport,
    /// The account is.
    Account,
    /// A preprocessor of the host's failed.
    Preprocess,
}

/// What became of one recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RecipientStatus {
    /// The service has it.
    Accepted,
    /// Refused for good.
    Rejected,
    /// Not handled: another transport may.
    Open,
    /// Not known.
    Doubtful,
}

/// One line of a per-recipient answer.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RecipientResult {
    /// As it was handed over.
    pub address: String,
    /// What became of it.
    pub status: RecipientStatus,
    /// SMTP or enhanced status code.
    pub code: String,
    /// The service's words.
    pub text: String,
}

/// One attempt's outcome as the transport gave it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The service has it.
    Accepted { remote_id: Option<Text>, recipients: Option<Vec<RecipientResult>> },
    /// The service refused.
    Rejected { scope: Scope, code: String, text: String, definite: bool, recipients: Option<Vec<RecipientResult>> },
    /// The provider keeps it and will tell.
    Deferred { entry: Option<Text> },
    /// Nothing was executed.
    NotAttempted { reason: NotAttempted, retry_after: Option<i64>, definite: bool },
    /// Nobody knows.
    Unknown { code: String },
    /// An HTTP answer, uninterpreted.
    Http { status: u32, retry_after: Option<i64> },
    /// SubmitMessage's own return code.
    Mapi { scode: u32, retry_after: Option<i64> },
}
