//! A message and its envelopes, as they are stored.
#![allow(missing_docs, reason = "the line of a variant speaks for its fields")]

use crate::mapi::{Tell, Text};

/// Wall clock, ms since 1970.
pub type Wall = i64;

/// An instant that another life can check: the clock's epoch beside the clock (O-44).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Stamp {
    /// Raised whenever the wall clock was seen to go back.
    pub clock_epoch: u32,
    /// The wall clock.
    pub wall: Wall,
}

/// PR_RECIPIENT_TYPE.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Kind {
    /// MAPI_TO
    #[default]
    To,
    /// MAPI_CC
    Cc,
    /// MAPI_BCC
    Bcc,
}

/// Where a recipient stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub enum RecipientState {
    /// Nobody has it (PR_RESPONSIBILITY FALSE).
    #[default]
    Open,
    /// In this envelope.
    Assigned { envelope: u32 },
    /// Its service has it.
    Accepted { envelope: u32 },
    /// Refused for good; `envelope` is `None` when no transport takes it.
    Rejected { envelope: Option<u32>, code: String, text: String },
    /// In this envelope, which was executed or not.
    Doubtful { envelope: u32 },
    /// Nobody had it when a person ended the message.
    GivenUp { how: GivenUp },
}

/// A recipient of a message.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Recipient {
    /// To, Cc or Bcc.
    pub kind: Kind,
    /// PR_ADDRTYPE.
    pub address_type: Text,
    /// PR_EMAIL_ADDRESS.
    pub address: Text,
    /// PR_DISPLAY_NAME.
    pub name: Text,
    /// PR_ENTRYID, lower-case hex; empty: none.
    pub entry_id: Text,
    /// Where it stands.
    pub state: RecipientState,
    /// Transports that gave it back.
    pub tried: Vec<Text>,
    /// The one that gave it back for now only: it is asked again when nobody else takes it.
    pub later: Option<Text>,
}

/// Why an attempt is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The first of its envelope.
    First,
    /// Again, nothing having been executed, or with deduplication.
    Retry,
    /// Absence was established.
    Absent,
    /// A person said so.
    Person,
}

/// What an envelope waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WaitCause {
    /// The transport was busy, or asked to wait.
    Busy,
    /// A network fault before any wire call.
    Network,
    /// The transport is in trouble.
    Transport,
    /// The account is.
    Account,
    /// It was proved that nothing had been executed.
    Absent,
    /// A preprocessor failed.
    Preprocess,
}

/// Why an envelope is parked: who must act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ParkCause {
    /// Credentials were refused.
    Auth,
    /// Settings are missing or wrong.
    Config,
    /// Its transport is not in this session.
    TransportAbsent,
    /// It waited five days, or its transport said MAPI_E_CANCEL.
    Ask,
}

/// The states of an envelope (outbox, C), without `accepting` and `intending`, which are writes in flight.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum EnvelopeState {
    /// Ready for its next attempt.
    Queued { reason: Reason },
    /// An attempt is with the host, or was when a life ended.
    Sending { attempt: u32, epoch: u32, generation: u32, intent: Stamp, deadline: Wall, reason: Reason },
    /// Kept by the provider, END_DONT_RESEND.
    Deferred { entry: Text, since: Wall },
    /// Until an instant.
    Waiting { until: Wall, cause: WaitCause },
    /// Until somebody acts.
    Parked { cause: ParkCause },
    /// The doubt is looked into; the next look is due at `next`.
    Checking { next: Wall },
    /// Nobody can know; a person decides.
    Unconfirmed { absent: bool },
    /// Closed; its open recipients belong to a later envelope.
    Passed,
    /// All its recipients were accepted.
    Sent,
    /// And the Sent copy is where it belongs.
    Filed,
    /// At least one of its recipients was refused for good.
    Rejected,
    /// By a person, nothing having been executed.
    Cancelled,
    /// Taken back by a person.
    Draft,
}

/// It may have been executed and we do not know (E).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Doubt {
    /// When it began.
    pub since: Wall,
    /// The largest stored deadline of the attempts in doubt.
    pub last_deadline: Wall,
    /// The longest of those attempts, ms: what the monotonic clock must count (O-41).
    pub span: i64,
    /// When the budget for looking began (O-45).
    pub budget_since: Wall,
    /// Looks so far in this budget.
    pub probes: u32,
    /// Times the same key was submitted again.
    pub resubmits: u32,
    /// This attempt's own time-out began it (O-32).
    pub by_timeout: Option<u32>,
    /// What the last attempt in doubt came to, in a word; empty: nobody said.
    pub code: Text,
}

/// One transport, one set of recipients, one key (O-11).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Envelope {
    /// Its number in the message; its key is `uid.n`.
    pub n: u32,
    /// The transport's uid.
    pub transport: Text,
    /// The account behind it.
    pub account: Text,
    /// Indices into the message's recipients.
    pub recipients: Vec<u32>,
    /// Where it stands.
    pub state: EnvelopeState,
    /// Set while an outcome is unknown, in every state that is not final.
    pub doubt: Option<Doubt>,
    /// Attempts made.
    pub attempts: u32,
    /// Attempts since the budget was last reset; the back-off grows with it.
    pub failures: u32,
    /// When the present trouble began; after five days a person is asked (O-50).
    pub troubled: Option<Wall>,
    /// JSON of `prepareMessage`.
    pub token: Option<Text>,
    /// A new token may be made (O-47).
    pub token_stale: bool,
    /// The first intent whose wire call may have begun (O-43).
    pub first_wire: Option<Stamp>,
    /// The provider's name of a deferral, for BEGIN_DEFERRED.
    pub entry: Option<Text>,
    /// A person wants it stopped (O-61).
    pub stop: Stop,
    /// Settled by a person while in doubt (O-21).
    pub doubted: bool,
    /// What the service calls it.
    pub remote_id: Option<Text>,
    /// The transport's configuration its attempts are made with; what may have been executed stays with it.
    pub configuration: u32,
}

/// `cancelRequested` (O-61). While it stands no further intent is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stop {
    /// Nobody asked.
    No,
    /// A person did.
    Wanted,
    /// And the service was asked too, and could not say.
    Asked,
}

/// What the content is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Content {
    /// RFC 5322 bytes.
    Mime,
    /// The host's own, opaque.
    Payload,
}

/// One submission.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Message {
    /// 128 bits, hex (O-01).
    pub uid: Text,
    /// The autoIncrement of its acceptance (O-08); 0 while accepting.
    pub seq: u64,
    /// First attempts go by this; `seq` unless a person said "first".
    pub order: i64,
    /// The stored row's.
    pub version: u32,
    /// The host's id.
    pub id: Option<Text>,
    /// With angle brackets (O-04).
    pub message_id: Text,
    /// Of the content alone, hex (O-02). Rows older than that have one over the addresses as they were said too: it equals none.
    pub hash: Option<Text>,
    /// Envelope sender.
    pub from: Text,
    /// Display name of the sender.
    pub from_name: Text,
    /// For display.
    pub subject: Text,
    /// Bytes.
    pub size: u64,
    /// MIME or payload.
    pub content: Content,
    /// PR_CLIENT_SUBMIT_TIME.
    pub submitted: Wall,
    /// Not before.
    pub hold: Option<Wall>,
    /// Only this transport.
    pub pin: Option<Text>,
    /// Conversation.
    pub conversation: Option<Text>,
    /// One after the other in its conversation (O-34).
    pub strict: bool,
    /// A person let later ones pass.
    pub passable: bool,
    /// Everybody it goes to.
    pub recipients: Vec<Recipient>,
    /// In the order of their numbers.
    pub envelopes: Vec<Envelope>,
    /// Raised by late evidence (O-46).
    pub revision: u32,
    /// Its id was accepted anew: no more retry or resolveDoubt (O-03).
    pub closed: bool,
    /// When it became final.
    pub settled_at: Option<Wall>,
}

/// How a person ended what no envelope had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GivenUp {
    /// abortSubmit.
    Cancelled,
    /// resolveDoubt(…, "draft").
    Draft,
}

impl Message {
    /// The envelope with this number.
    pub fn envelope(&self, n: u32) -> Option<&Envelope> {
        self.envelopes.iter().find(|e| e.n == n)
    }

    /// The same, to change it.
    pub fn envelope_mut(&mut self, n: u32) -> Option<&mut Envelope> {
        self.envelopes.iter_mut().find(|e| e.n == n)
    }

    /// A recipient by its index, to change it.
    pub fn recipient_mut(&mut self, i: u32) -> Option<&mut Recipient> {
        usize::try_from(i).ok().and_then(|i| self.recipients.get_mut(i))
    }

    /// The number of the next envelope.
    pub fn next_envelope(&self) -> u32 {
        self.envelopes.iter().map(|e| e.n).max().map_or(1, |n| n.saturating_add(1))
    }

    /// Idempotency key of an envelope: `uid.n` (O-01).
    pub fn key(&self, n: u32) -> String {
        let mut key = String::with_capacity(self.uid.len().saturating_add(4));
        key.push_str(&self.uid);
        key.push('.');
        n.tell(&mut key);
        key
    }

    /// Indices of recipients nobody has.
    pub fn open(&self) -> Vec<u32> {
        let mut open = Vec::with_capacity(self.recipients.len());
        for (i, r) in (0_u32..).zip(&self.recipients) {
            if r.state == RecipientState::Open {
                open.push(i);
            }
        }
        open
    }

    /// Nobody has some recipient.
    pub fn is_open(&self) -> bool {
        self.recipients.iter().any(|r| r.state == RecipientState::Open)
    }

    /// Some recipient was accepted.
    pub fn any_accepted(&self) -> bool {
        self.recipients.iter().any(|r| matches!(r.state, RecipientState::Accepted { .. }))
    }
}

impl RecipientState {
    /// The envelope that has it, or had it last.
    pub fn holder(&self) -> Option<u32> {
        match self {
            Self::Open | Self::GivenUp { .. } => None,
            Self::Rejected { envelope, .. } => *envelope,
            Self::Assigned { envelope } | Self::Accepted { envelope } | Self::Doubtful { envelope } => Some(*envelope),
        }
    }
}

impl EnvelopeState {
    /// No exit leads out of it but evidence (O-46) or a new submission.
    pub fn is_final(&self) -> bool {
        match self {
            Self::Queued { .. }
            | Self::Sending { .. }
            | Self::Deferred { .. }
            | Self::Waiting { .. }
            | Self::Parked { .. }
            | Self::Checking { .. }
            | Self::Unconfirmed { .. } => false,
            Self::Passed | Self::Sent | Self::Filed | Self::Rejected | Self::Cancelled | Self::Draft => true,
        }
    }
}
