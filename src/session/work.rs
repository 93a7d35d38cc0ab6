//! Changes of one message: each is a pure decision, written by compare and set, decided anew when the row changed.
#![allow(missing_docs, reason = "the line of a variant speaks for its fields")]

use std::sync::Arc;

use super::io::{MessageVerb, Reply, Req};
use super::keys::Key;
use super::stored::{Evidence, Tombstone};
use crate::mapi::MapiError;
use crate::mapi::Text;
use crate::settings::Configuration;
use crate::spooler::meaning::Meaning;
use crate::spooler::message::{Message, ParkCause, Stamp, Wall};
use crate::spooler::outcome::RecipientResult;
use crate::spooler::settle::Attempt;

/// Something to do to a message.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Work {
    /// A person's verb (G).
    Verb { req: Req, verb: MessageVerb },
    /// An attempt begins, prepared with this configuration; `n` is `None` for a new envelope of what is open for this transport.
    Intend { transport: Text, n: Option<u32>, token: Option<Text>, configuration: u32 },
    /// prepareMessage failed for this message: it waits, no attempt having been made.
    Unprepared { transport: Text, n: Option<u32>, meaning: Meaning },
    /// An attempt ended in time.
    Ended { n: u32, attempt: u32, made: Attempt, meaning: Meaning },
    /// An attempt ended after it was given up (O-32, O-46).
    Late { n: u32, attempt: u32, made: Attempt, meaning: Meaning },
    /// A life ended while envelope `n` was sending (O-71).
    Orphaned { n: u32 },
    /// A probe was answered.
    Probed { n: u32, found: u8, recipients: Option<Vec<RecipientResult>>, asked: Asked },
    /// cancelMessage answered: 0 cancelled, 1 too late, 2 unknown.
    Cancelled { n: u32, result: u8, asked: Asked },
    /// A timer of envelope `n` ran out; 0 is the message's own.
    Due { n: u32 },
    /// Nobody takes the open recipients.
    Homeless,
    /// The transport is there again, or its account was let in.
    Resume { transport: Text },
    /// Its account refuses credentials or settings: what would be tried waits for somebody (O-52).
    Park { transport: Text, cause: ParkCause },
    /// The transport is gone (O-15).
    Gone { transport: Text },
    /// What waits goes now: NOTIFY_READYTOSEND, or a forced flush.
    Hurry { transport: Text },
    /// The clock went back by so much.
    SetBack { by: i64 },
    /// NOTIFY_SENTDEFERRED for this entry id; `None` is all of the transport's.
    SentDeferred { transport: Text, entry: Option<Text> },
    /// fileMessage resolved.
    Filed { n: u32 },
    /// Evidence is there to be merged, nothing else.
    Merge,
    /// It is done and filed: its row becomes a tombstone.
    Bury,
    /// It was re-read after a failed write: make it durable (O-75).
    Harden { then: Vec<Then> },
}

impl Work {
    /// It is written even if it changes nothing.
    pub fn insists(&self) -> bool {
        matches!(self, Self::Harden { .. } | Self::Bury)
    }

    /// Only the driver may do it: the epoch is checked in its transaction.
    pub fn is_fenced(&self) -> bool {
        !matches!(self, Self::Verb { .. } | Self::Harden { .. })
    }
}

/// When a question was asked, by both clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Asked {
    /// Wall and its epoch.
    pub stamp: Stamp,
    /// Monotonic.
    pub mono: i64,
}

/// What follows once it is durable.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Then {
    /// A promise resolves.
    Reply { req: Req, reply: ReplyKind },
    /// A submission is durable after all.
    Accepted { req: Req },
    /// The attempt may be made.
    Begin { n: u32, attempt: u32 },
    /// A list left somebody out (O-14).
    Misbehaved { transport: Text },
    /// The aborting person waits for an answer.
    AwaitAbort { req: Req, envelope: Option<u32> },
}

/// Replies a message's change can lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReplyKind {
    /// `undefined`.
    Unit,
    /// Of `abortSubmit`.
    Aborted(u8),
}

impl ReplyKind {
    /// With the message it is about.
    pub fn about(self, uid: &Text) -> Reply {
        match self {
            Self::Unit => Reply::Unit,
            Self::Aborted(result) => Reply::Aborted { result, uid: uid.to_owned() },
        }
    }
}

/// A message's change that is decided anew.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Retry {
    /// Whose.
    pub key: Key,
    /// Why.
    pub work: Work,
    /// What may have been written all the same.
    pub wrote: Option<Written>,
    /// What follows.
    pub then: Vec<Then>,
    /// Times the row had changed.
    pub tries: u32,
}

/// What the storage failed, until it works again.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Stalled {
    /// A message's change: read again, decided anew.
    Row(Box<Retry>),
    /// Evidence of an old generation.
    Testimony { evidence: Box<Evidence> },
    /// Evidence about a finished message.
    Learn { uid: Text },
    /// Tombstones to be removed.
    Sweep { gone: Vec<(Wall, Key)> },
    /// Whether an acceptance was written.
    Acceptance { key: Key },
    /// Reading everything.
    Load,
}

/// What a write leaves of a message.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Written {
    /// Its row.
    Row(Arc<Message>),
    /// A tombstone.
    Tomb(Arc<Message>),
}

impl Written {
    /// The message as written.
    pub fn message(&self) -> &Arc<Message> {
        match self {
            Self::Row(m) | Self::Tomb(m) => m,
        }
    }

    /// The same, to change it.
    pub fn message_mut(&mut self) -> &mut Message {
        match self {
            Self::Row(m) | Self::Tomb(m) => Arc::make_mut(m),
        }
    }
}

/// What a decision comes to.
#[derive(Debug, Clone, PartialEq)]
pub enum Decision {
    /// Write this, then that.
    Write { message: Arc<Message>, then: Vec<Then> },
    /// Nothing changes.
    Keep { then: Vec<Then> },
    /// The message goes for good.
    Delete { then: Vec<Then> },
    /// The state does not allow it.
    Refuse { error: MapiError },
}

/// A store operation that has not been answered.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Pending {
    /// The body of a submission.
    Body { key: Key },
    /// The row of a submission.
    Accept { key: Key },
    /// A message's change.
    Row(Box<super::writes::Row>),
    /// A re-read before the work is decided anew.
    Again(Box<Retry>),
    /// A damaged row, and what is left of it.
    Discard { req: Req, left: Tombstone },
    /// A damaged row, read again.
    Retry { req: Req, key: Key },
    /// Evidence into a tombstone.
    Learnt { uid: Text, left: Option<Tombstone>, evidence: Vec<Evidence> },
    /// Tombstones whose time is over.
    Sweep { gone: Vec<(Wall, Key)> },
    /// Everything, at the start.
    Load,
    /// Everything, before driving.
    Grant,
    /// The epoch and what it means for every row.
    Epoch { meta: Box<super::stored::Meta>, messages: Vec<Arc<Message>>, generation: u32 },
    /// Rows other contexts changed.
    Look,
    /// Whether an acceptance was written.
    Accepted { key: Key },
    /// What an acceptance ran into.
    Anew { key: Key },
    /// Evidence of an old generation.
    Testimony { evidence: Box<Evidence> },
    /// The clock went back.
    Clock,
    /// A command: nothing waits for it.
    Loose,
    /// The transport order, and the version that has it; `None` is a command.
    Order { req: Req, order: Option<(u32, Vec<Text>)>, now: bool },
    /// A configuration that passed its test.
    Config { req: Req, config: Box<Configuration> },
}
