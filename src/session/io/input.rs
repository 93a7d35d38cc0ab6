//! What can happen.
#![allow(missing_docs, reason = "the line of a variant speaks for its fields")]

use super::super::stored::Stored;
use super::{Answer, CallId, Draft, HeaderRow, MessageVerb, OpId, Req, TransportConfig, Verb};
use crate::mapi::Text;
use crate::settings::Values;

/// What a re-read found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Snapshot {
    /// Everything, or only the rows named.
    pub records: Vec<Stored>,
    /// Rows named but not there.
    pub gone: Vec<Text>,
}

/// What can happen.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// The host has a transport.
    AddTransport { config: Box<TransportConfig> },
    /// The host takes it away.
    RemoveTransport { req: Req, uid: Text },
    /// MsgServiceTransportOrder.
    SetTransportOrder { req: Req, uids: Vec<Text>, now: bool },
    /// submitMessage.
    Submit { req: Req, draft: Box<Draft> },
    /// A verb on a message, by id or uid.
    Act { req: Req, id: String, verb: MessageVerb },
    /// settled(id).
    Watch { req: Req, id: String },
    /// The host no longer waits.
    Forget { req: Req },
    /// flushQueues on a row's object: IMAPIStatus flags, and FLUSH_ASYNC_OK.
    Flush { req: Req, entry: String, flags: u32, target: Option<String> },
    /// validateState on a row's object.
    Validate { req: Req, entry: String, flags: u32 },
    /// changePassword or settingsDialog on a row's object; arguments stay outside.
    Dialog { req: Req, entry: String, verb: Verb, read_only: bool },
    /// The commit `op` is durable; one seq per added row.
    Committed { op: OpId, seqs: Vec<u64> },
    /// The commit `op` was refused by its own checks; nothing of it is written. `at` is the index of the op that refused.
    Refused { op: OpId, fenced: bool, at: u32, current: Option<Stored> },
    /// The storage failed; `in_doubt`: it may be written all the same.
    Failed { op: OpId, in_doubt: bool, full: bool },
    /// What `Read { op }` found.
    Reread { op: OpId, snapshot: Snapshot },
    /// Other contexts changed these rows; `None`: anything.
    Look { keys: Option<Vec<Text>> },
    /// This context holds the lock: it may drive once the epoch is raised.
    Granted { driver: String, sole: bool },
    /// The lock is gone, or the page is leaving: nothing of this generation may act any more.
    Lost,
    /// The driver is silent since this instant; `None`: heard again.
    OwnerSilent { since: Option<i64> },
    /// The driver's status rows, by entry id; the `version`th time in its epoch. Shown, never acted upon.
    Replica { epoch: u32, version: u32, rows: Vec<HeaderRow> },
    /// A callback ended. `wire`: a wire call began in it; `network`: its last fetch failed.
    Answer { call: CallId, answer: Box<Answer>, wire: bool, network: bool },
    /// SpoolerNotify from a transport.
    Notify { transport: Text, flags: u32, entry: Option<Text> },
    /// ModifyStatusRow from a transport: property names and values.
    ModifyRow { transport: Text, columns: Vec<(String, RowValue)>, update: bool },
    /// Progress of a call.
    Progress { call: CallId, done: u64, total: u64 },
    /// The host preprocesses outbound messages: each begins with `prepareMessage` from now on.
    Preprocess { on: bool },
    /// navigator.onLine.
    Online { online: bool },
    /// The wake instant came, or the host wants due work done.
    Tick,
    /// The host closes the session.
    Close { req: Req },
    /// configure(uid, values): of secrets only their length.
    Configure { req: Req, uid: Text, values: Values },
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
