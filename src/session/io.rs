//! Everything that can happen to a session, and everything it can ask for. Both are closed: there is no other way in or out.

use super::stored::{Record, StoreOp};
use crate::mapi::MapiError;
use crate::spooler::message::Reason;
use crate::spooler::outcome::Outcome;

/// The request of a host's promise, chosen by the host.
pub type Req = u32;
/// A store operation; never reused within a life.
pub type OpId = u32;

/// Both clocks, in ms. `wall` may jump; `mono` never goes back within a life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Now {
    /// Since 1970, UTC.
    pub wall: i64,
    /// Since an unknown instant of this life.
    pub mono: i64,
}

/// One call of one callback. Ids differ over crashes: the epoch does, or the generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CallId {
    /// Of the driver; 0 for calls that need no driver.
    pub epoch: u32,
    /// Inside a life.
    pub generation: u32,
    /// Inside a generation.
    pub counter: u32,
}

/// What a transport says of itself (design, section 4).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct TransportConfig {
    /// Stable for ever.
    pub uid: String,
    /// PR_DISPLAY_NAME.
    pub display_name: String,
    /// PR_PROVIDER_DISPLAY.
    pub provider_display: String,
    /// PR_PROVIDER_DLL_NAME.
    pub module_name: String,
    /// Message service.
    pub service: String,
    /// The account behind it.
    pub account: String,
    /// `None` takes any type.
    pub address_types: Option<Vec<String>>,
    /// MAPIUIDs, lower-case hex.
    pub uids: Vec<String>,
    /// Senders it may send for; empty with `any_sender` false means `[owner]`.
    pub identities: Vec<String>,
    /// `sendsFor: "any"`.
    pub any_sender: bool,
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
    /// Which callbacks exist: bits of [`Verb::bit`].
    pub functions: u32,
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

pub use crate::spooler::doubt::Guarantees;

/// A message as the host hands it in: already one plain snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Draft {
    /// Host id.
    pub id: Option<String>,
    /// `again: true`.
    pub again: bool,
    /// `None`: the owner.
    pub from: Option<DraftAddress>,
    /// In the order to, cc, bcc, recipients.
    pub recipients: Vec<DraftAddress>,
    /// For display.
    pub subject: Option<String>,
    /// The header block up to and with the blank line, one char per byte; `None` for a payload.
    pub head: Option<String>,
    /// Bytes of the whole content or the payload's estimate.
    pub size: u64,
    /// SHA-256, hex; given when `id` is (O-02).
    pub hash: Option<String>,
    /// Wall clock.
    pub hold_until: Option<i64>,
    /// Only this transport.
    pub transport: Option<String>,
    /// Conversation.
    pub conversation: Option<String>,
    /// `order: "strict"`.
    pub strict: bool,
    /// Given by the host.
    pub message_id: Option<String>,
}

/// An address of a draft; `kind` is `None` when the text says it all.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct DraftAddress {
    /// 1 to, 2 cc, 3 bcc (MAPI's recipient types); 0 for a sender.
    pub kind: u8,
    /// Default SMTP.
    pub address_type: Option<String>,
    /// `a@b`, or with `parse`, `Name <a@b>`.
    pub address: String,
    /// Display name.
    pub name: Option<String>,
    /// The address came as one string.
    pub parse: bool,
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
}

/// What a message callback is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Job {
    /// Names the stored body.
    pub uid: String,
    /// Of the message.
    pub envelope: u32,
    /// `uid.n`.
    pub key: String,
    /// From 1.
    pub attempt: u32,
    /// Why now.
    pub reason: Reason,
    /// JSON of `prepareMessage`.
    pub token: Option<String>,
    /// BEGIN_DEFERRED with this entry id.
    pub deferred: Option<String>,
    /// Message-ID with angle brackets.
    pub message_id: String,
    /// Envelope sender.
    pub from: String,
    /// For display.
    pub subject: String,
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
    pub address_type: String,
    /// The address.
    pub address: String,
    /// Display name.
    pub name: String,
}

/// How a callback ended. What it began on the wire is told beside it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
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
    Message {
        id: String,
        folder: Option<String>,
        class: String,
        flags: u32,
    },
    /// Of startMessage: nothing more (C-139).
    Nothing,
    /// Of submitMessage and endMessage.
    Outcome { outcome: Outcome },
    /// Of endMessage: its flags.
    Ended { flags: u32 },
    /// Of prepareMessage: JSON.
    Token { token: Option<String> },
    /// Of probeMessage: 0 absent, 1 present, 2 unknown.
    Probed {
        found: u8,
        recipients: Option<Vec<crate::spooler::outcome::RecipientResult>>,
    },
    /// Of cancelMessage: 0 cancelled, 1 too late, 2 unknown.
    Cancelled { result: u8 },
    /// It threw or rejected: a MAPI code where it named one, its class name, and whether fetch itself failed.
    Threw {
        scode: Option<u32>,
        class: String,
        network: bool,
        retry_after: Option<i64>,
    },
    /// It returned something else.
    Garbage { expected: String, got: String },
}

/// What a re-read found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Snapshot {
    /// Everything, or only the rows named.
    pub records: Vec<Record>,
    /// Rows named but not there.
    pub gone: Vec<String>,
}

/// What can happen.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// The host has a transport.
    AddTransport { config: Box<TransportConfig> },
    /// The host takes it away.
    RemoveTransport { req: Req, uid: String },
    /// MsgServiceTransportOrder.
    SetTransportOrder {
        req: Req,
        uids: Vec<String>,
        now: bool,
    },
    /// submitMessage.
    Submit { req: Req, draft: Box<Draft> },
    /// A verb on a message, by id or uid.
    Act {
        req: Req,
        id: String,
        verb: MessageVerb,
    },
    /// settled(id).
    Watch { req: Req, id: String },
    /// The host no longer waits.
    Forget { req: Req },
    /// flushQueues on a row's object: IMAPIStatus flags, and FLUSH_ASYNC_OK.
    Flush {
        req: Req,
        entry: String,
        flags: u32,
        target: Option<String>,
    },
    /// validateState on a row's object.
    Validate { req: Req, entry: String, flags: u32 },
    /// changePassword or settingsDialog on a row's object; arguments stay outside.
    Dialog {
        req: Req,
        entry: String,
        verb: Verb,
        read_only: bool,
    },
    /// The commit `op` is durable; one seq per added row.
    Committed { op: OpId, seqs: Vec<u64> },
    /// The commit `op` was refused by its own checks; nothing of it is written. `at` is the index of the op that refused.
    Refused {
        op: OpId,
        fenced: bool,
        at: u32,
        current: Option<Record>,
    },
    /// The storage failed; `in_doubt`: it may be written all the same.
    Failed {
        op: OpId,
        in_doubt: bool,
        full: bool,
    },
    /// What `Read { op }` found.
    Reread { op: OpId, snapshot: Snapshot },
    /// Other contexts changed these rows; `None`: anything.
    Look { keys: Option<Vec<String>> },
    /// This context holds the lock: it may drive once the epoch is raised.
    Granted { driver: String, sole: bool },
    /// The lock is gone, or the page is leaving: nothing of this generation may act any more.
    Lost,
    /// The driver is silent since this instant; `None`: heard again.
    OwnerSilent { since: Option<i64> },
    /// A callback ended. `wire`: a wire call began in it; `network`: its last fetch failed.
    Answer {
        call: CallId,
        answer: Box<Answer>,
        wire: bool,
        network: bool,
    },
    /// SpoolerNotify from a transport.
    Notify {
        transport: String,
        flags: u32,
        entry: Option<String>,
    },
    /// ModifyStatusRow from a transport: property names and values.
    ModifyRow {
        transport: String,
        columns: Vec<(String, RowValue)>,
        update: bool,
    },
    /// Progress of a call.
    Progress { call: CallId, done: u64, total: u64 },
    /// navigator.onLine.
    Online { online: bool },
    /// The wake instant came, or the host wants due work done.
    Tick,
    /// The host closes the session.
    Close { req: Req },
}

/// A cell a provider writes into its row.
#[derive(Debug, Clone, PartialEq)]
pub enum RowValue {
    /// Removes the cell.
    Null,
    /// A number.
    Number { value: f64 },
    /// A boolean.
    Bool { value: bool },
    /// A text, or hex for a binary column.
    Text { value: String },
}

/// What a promise resolves with.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    /// `undefined`.
    Unit,
    /// Of submitMessage.
    Accepted {
        id: String,
        uid: String,
        message_id: String,
    },
    /// Of settled: read the report of this uid.
    Settled { uid: String },
    /// Of abortSubmit: 0 cancelled, 1 too late, 2 unknown; recipients by the report of this uid.
    Aborted { result: u8, uid: String },
}

/// What the session asks for. The driver runs effects after the step has returned, first in first out.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// A promise resolves.
    Resolve { req: Req, reply: Reply },
    /// A promise rejects. `id` and `state` are O-02's.
    Reject {
        req: Req,
        error: MapiError,
        id: Option<String>,
        state: Option<String>,
    },
    /// Write, all or nothing. Commits of one step go into one transaction.
    Commit {
        op: OpId,
        ballast: bool,
        ops: Vec<StoreOp>,
    },
    /// Store the body of submission `req` under `uid`, with `head` instead of its own header block; answered like a commit.
    PutBody {
        op: OpId,
        req: Req,
        uid: String,
        head: Option<String>,
    },
    /// Read rows; `None`: everything.
    Read { op: OpId, keys: Option<Vec<String>> },
    /// Call a callback. `deadline` is wall clock.
    Call {
        call: CallId,
        transport: String,
        verb: Verb,
        deadline: Option<i64>,
        flags: u32,
        entry: Option<String>,
        of: Option<CallId>,
        req: Option<Req>,
        job: Option<Box<Job>>,
    },
    /// Abort the call's signal and forget `mayStillSend`.
    AbortCall { call: CallId },
    /// Event `newMail`.
    NewMail {
        transport: String,
        id: String,
        folder: Option<String>,
        class: String,
        flags: u32,
    },
    /// Event `lateEvidence`.
    LateEvidence { id: String, uid: String },
    /// Event `outboxLost`.
    OutboxLost { messages: u32 },
    /// Unfinished messages, for the canary.
    Canary { messages: u32, epoch: u32 },
    /// Progress of a flush: phase 0 prepare, 1 transmit, 2 confirm, 3 file, 4 receive, 5 done.
    FlushProgress {
        req: Req,
        phase: u8,
        messages: u32,
        total_messages: u32,
        bytes: u64,
        total_bytes: u64,
    },
    /// Ask for the lock (again), or give it back: a follower's or a yielding driver's.
    Lock { want: bool },
    /// Take the lock from its holder: a person's word.
    /// Said once on the console: `code` and the transport at fault.
    Log {
        level: u8,
        code: String,
        transport: Option<String>,
    },
    /// Views whose rows or events changed.
    Views { ids: Vec<u32> },
    /// Everything is settled and logged off: the host side may go.
    Closed,
}

/// When to step again, and why.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Wake {
    /// Wall clock.
    pub at: i64,
    /// A word for the journal.
    pub reason: &'static str,
}
