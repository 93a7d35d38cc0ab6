//! Callbacks: what they are about, how they end.
#![allow(missing_docs, reason = "the line of a variant speaks for its fields")]

use super::{Guarantees, Identity, RowValue};
use crate::mapi::Text;
use crate::spooler::message::Reason;
use crate::spooler::outcome::{Outcome, RecipientResult};

/// The callbacks of a transport.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verb {
    /// transportLogon
    Logon,
    /// transportLogoff
    Logoff,
    /// configure (MSG_SERVICE_CONFIGURE)
    Configure,
    /// addressTypes, when it is a function
    AddressTypes,
    /// transportNotify(flags)
    Notify,
    /// idle
    Idle,
    /// poll
    Poll,
    /// startMessage
    StartMessage,
    /// The session's `deliver` with what startMessage returned
    Deliver,
    /// acknowledge(id)
    Acknowledge,
    /// flushQueues(flags)
    FlushQueues,
    /// validateState(flags)
    ValidateState,
    /// changePassword; the secrets stay with the host side, by request
    ChangePassword,
    /// settingsDialog
    SettingsDialog,
    /// prepareMessage
    Prepare,
    /// submitMessage
    Submit,
    /// endMessage
    End,
    /// probeMessage
    Probe,
    /// cancelMessage
    Cancel,
    /// fileMessage
    File,
    /// A harmless call of the host side: HEAD to the origin last used (O-51)
    Gate,
    /// test(settings), on values that are not in force yet
    Test,
    /// headers.refresh
    Refresh,
    /// headers.download, and the session's `deliver` with what it returned
    Download,
    /// headers.remove
    Remove,
}

impl Verb {
    /// For people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Logon => "Logon",
            Self::Logoff => "Logoff",
            Self::Configure => "Configure",
            Self::AddressTypes => "AddressTypes",
            Self::Notify => "Notify",
            Self::Idle => "Idle",
            Self::Poll => "Poll",
            Self::StartMessage => "StartMessage",
            Self::Deliver => "Deliver",
            Self::Acknowledge => "Acknowledge",
            Self::FlushQueues => "FlushQueues",
            Self::ValidateState => "ValidateState",
            Self::ChangePassword => "ChangePassword",
            Self::SettingsDialog => "SettingsDialog",
            Self::Prepare => "Prepare",
            Self::Submit => "Submit",
            Self::End => "End",
            Self::Probe => "Probe",
            Self::Cancel => "Cancel",
            Self::File => "File",
            Self::Gate => "Gate",
            Self::Test => "Test",
            Self::Refresh => "Refresh",
            Self::Download => "Download",
            Self::Remove => "Remove",
        }
    }
}

/// What a message callback is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Job {
    /// Names the stored body.
    pub uid: Text,
    /// Of the message.
    pub envelope: u32,
    /// `uid.n`.
    pub key: String,
    /// From 1.
    pub attempt: u32,
    /// Why now.
    pub reason: Reason,
    /// JSON of `prepareMessage`.
    pub token: Option<Text>,
    /// BEGIN_DEFERRED with this entry id.
    pub deferred: Option<Text>,
    /// The configuration to be used.
    pub configuration: u32,
    /// Message-ID with angle brackets.
    pub message_id: Text,
    /// Envelope sender.
    pub from: Text,
    /// For display.
    pub subject: Text,
    /// Bytes.
    pub size: u64,
    /// The envelope's.
    pub recipients: Vec<JobRecipient>,
}

/// A recipient as a transport sees it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct JobRecipient {
    /// 1 to, 2 cc, 3 bcc.
    pub kind: u8,
    /// Upper case.
    pub address_type: Text,
    /// The address.
    pub address: Text,
    /// Display name.
    pub name: Text,
    /// Hex; empty: none.
    pub entry_id: Text,
}

/// One line of a list of headers, or of the driver's status table.
#[derive(Debug, Clone, PartialEq)]
pub struct HeaderRow {
    /// The transport's, stable; or an entry id.
    pub id: Text,
    /// Property names and values.
    pub columns: Vec<(String, RowValue)>,
}

/// How a callback ended. What it began on the wire is told beside it.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// It returned nothing that matters.
    Done,
    /// Of transportLogon.
    LoggedOn {
        idle: bool,
        poll: bool,
        identities: Option<Vec<String>>,
        identity: Option<Identity>,
        guarantees: Option<Box<Guarantees>>,
    },
    /// Of addressTypes; `None` is any.
    AddressTypes { types: Option<Vec<String>> },
    /// Of poll.
    Polled { more: bool },
    /// Of startMessage: the host side keeps the message by the call's id.
    Message { id: String, folder: Option<String>, class: String, flags: u32 },
    /// Of startMessage: nothing more (C-139).
    Nothing,
    /// Of submitMessage and endMessage.
    Outcome { outcome: Outcome },
    /// Of endMessage: its flags.
    Ended { flags: u32 },
    /// Of prepareMessage: JSON.
    Token { token: Option<Text> },
    /// Of probeMessage: 0 absent, 1 present, 2 unknown.
    Probed { found: u8, recipients: Option<Vec<RecipientResult>> },
    /// Of cancelMessage: 0 cancelled, 1 too late, 2 unknown.
    Cancelled { result: u8 },
    /// It threw or rejected: a MAPI code where it named one, its class name, and whether fetch itself failed.
    Threw { scode: Option<u32>, class: String, network: bool, retry_after: Option<i64> },
    /// Of headers.refresh.
    Headers { rows: Vec<HeaderRow> },
    /// It returned something else.
    Garbage { expected: String, got: String },
}
