//! Everything that can happen to a session, and everything it can ask for. Both are closed: there is no other way in or out.

mod call;
mod config;
mod draft;
mod effect;
mod input;

pub use crate::spooler::doubt::Guarantees;
pub use call::{Answer, HeaderRow, Job, JobRecipient, Verb};
pub use config::{Identity, TransportConfig};
pub use draft::{Draft, DraftAddress, MessageVerb};
pub use effect::{Effect, Reply, Wake};
pub use input::{Input, RowValue, Snapshot};

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
