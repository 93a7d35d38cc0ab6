//! What is stored: rows with their index fields in clear, and the operations on them.
#![allow(missing_docs, reason = "the line of a variant speaks for its fields")]

use std::sync::Arc;

use crate::mapi::Text;
use crate::settings::Configuration;
use crate::spooler::message::{Message, Wall};

/// An object store (design, section 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StoreName {
    /// Schema, driver, clock.
    Meta,
    /// Submissions.
    Messages,
    /// Their contents, which never come here.
    Bodies,
    /// What followers ask of the driver.
    Commands,
    /// What old generations learned.
    Evidence,
    /// What is left of the finished.
    Tombstones,
    /// Order, configuration numbers; no secrets.
    Config,
}

/// An index that must not hold a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Index {
    /// The row's key.
    Key,
    /// The submission's uid.
    Uid,
    /// The host id it holds.
    IdKey,
    /// The Message-ID it holds.
    MidKey,
}

/// One stored row, as read.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Stored {
    /// A submission.
    Message(Box<Message>),
    /// What is left of one.
    Tombstone(Tombstone),
    /// The driver's row.
    Meta(Meta),
    /// What an old generation learned.
    Evidence(Evidence),
    /// What a follower asks of the driver.
    Command { key: Text, entry: String, flags: u32, target: Option<String> },
    /// How a provider was configured.
    Config(Configuration),
    /// A row that cannot be read, as far as its index says; `newer`: from a newer version (O-70). Settled unless of `messages`.
    Unreadable { message: Arc<Message>, newer: bool },
}

/// The driver and the clock, one row of `meta` (O-44, O-71).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Meta {
    /// The row's version.
    pub version: u32,
    /// Raised by every new driver.
    pub epoch: u32,
    /// Who it is.
    pub driver: String,
    /// The highest wall clock a driver saw.
    pub high_water: Wall,
    /// Raised when the wall clock went back.
    pub clock_epoch: u32,
    /// Transport order for the next session.
    pub order: Vec<Text>,
}

/// What an old generation, or a trap, left for the driver to merge (O-72).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Evidence {
    /// The row's key; empty until it is stored.
    pub key: Text,
    /// The message.
    pub uid: Text,
    /// The envelope.
    pub envelope: u32,
    /// The attempt that said so.
    pub attempt: u32,
    /// When.
    pub at: Wall,
    /// What it said.
    pub outcome: crate::spooler::outcome::Outcome,
}

/// What is left of a finished submission (O-76).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Tombstone {
    /// The submission as it ended; its body is gone.
    pub message: Arc<Message>,
    /// When it may be forgotten.
    pub until: Wall,
}

/// One operation of a commit.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum StoreOp {
    /// The driver's epoch must be this.
    Fence { epoch: u32 },
    /// The body must be there (O-07).
    BodyExists { uid: Text },
    /// No row of the store may have this value.
    Absent { store: StoreName, index: Index, value: Text },
    /// A new message; its seq is given by the store.
    AddMessage { message: Arc<Message> },
    /// Compare and set; the message carries its new version.
    PutMessage { expect: u32, message: Arc<Message> },
    /// The row must be at this version.
    DeleteMessage { uid: Text, expect: u32 },
    /// Raises the message's version in the same transaction.
    AppendEvidence { evidence: Box<Evidence> },
    /// It was merged.
    DeleteEvidence { key: Text },
    /// Keeps what is left; with `expect`, instead of the tombstone of that version.
    PutTombstone { expect: Option<u32>, tombstone: Tombstone },
    /// Its time is over, or it was accepted anew.
    DeleteTombstone { uid: Text },
    /// `None`: must not be there yet.
    PutMeta { expect: Option<u32>, meta: Meta },
    /// The content may go.
    DeleteBody { uid: Text },
    /// A follower asks the driver.
    AppendCommand { entry: String, flags: u32, target: Option<String> },
    /// `None`: must not be there yet.
    PutConfig { expect: Option<u32>, config: Box<Configuration> },
    /// The driver took it.
    DeleteCommand { key: Text },
}
