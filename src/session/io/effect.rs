//! What a session asks for.
#![allow(missing_docs, reason = "the line of a variant speaks for its fields")]

use super::super::report::Report;
use super::super::stored::StoreOp;
use super::{CallId, Job, OpId, Req, Verb};
use crate::mapi::{MapiError, Text};
use crate::settings::Values;

/// What a promise resolves with.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    /// `undefined`.
    Unit,
    /// Of submitMessage.
    Accepted { id: Text, uid: Text, message_id: Text },
    /// Of settled.
    Settled { report: Box<Report> },
    /// Of abortSubmit: 0 cancelled, 1 too late, 2 unknown; recipients by the report of this uid.
    Aborted { result: u8, uid: Text },
}

/// What the session asks for. The driver runs effects after the step has returned, first in first out.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// A promise resolves.
    Resolve { req: Req, reply: Reply },
    /// A promise rejects. `id` and `state` are O-02's.
    Reject { req: Req, error: MapiError, id: Option<String>, state: Option<String> },
    /// Write, all or nothing. Commits of one step go into one transaction.
    Commit { op: OpId, ballast: bool, ops: Vec<StoreOp> },
    /// Store the body of submission `req` under `uid`, with `head` instead of its own header block; answered like a commit.
    PutBody { op: OpId, req: Req, uid: Text, head: Option<String> },
    /// Read rows; `None`: everything.
    Read { op: OpId, keys: Option<Vec<Text>> },
    /// Call a callback. `deadline` is wall clock.
    Call {
        call: CallId,
        transport: Text,
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
    NewMail { transport: Text, id: String, folder: Option<String>, class: String, flags: u32 },
    /// Event `lateEvidence`.
    LateEvidence { id: Text, uid: Text },
    /// Unfinished messages, for the canary.
    Canary { messages: u32, epoch: u32 },
    /// Progress of a flush: phase 0 prepare, 1 transmit, 2 confirm, 3 file, 4 receive, 5 done.
    FlushProgress { req: Req, phase: u8, messages: u32, total_messages: u32, bytes: u64, total_bytes: u64 },
    /// Ask for the lock (again), or give it back: a follower's or a yielding driver's.
    Lock { want: bool },
    /// Said once on the console: `code` and the transport at fault.
    Log { level: u8, code: String, transport: Option<Text> },
    /// Views whose rows or events changed; 0: what followers see of this driver.
    Views { ids: Vec<u32> },
    /// Everything is settled and logged off: the host side may go.
    Closed,
    /// Configuration `n`: calls that begin from now on get these values, until another follows.
    Configured { transport: Text, n: u32, values: Values },
}

/// When to step again, and why.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Wake {
    /// Wall clock.
    pub at: i64,
    /// A word for the journal.
    pub reason: &'static str,
}
