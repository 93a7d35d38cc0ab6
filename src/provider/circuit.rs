//! Back-off after faults of transport or network (O-50).

use super::Moment;
use super::state::Exit;

const BASE_MS: i64 = 5_000;
const CAP_MS: i64 = 15 * 60_000;
const RETRY_AFTER_MAX_MS: i64 = 24 * 3_600_000;

/// Whose fault it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FaultReason {
    /// The network.
    Network,
    /// The transport or its service.
    Transport,
}

/// 5 s, doubled with every failure after the first, plus or minus 20 %, at most 15 min; not before `Retry-After`, which
/// counts up to 24 h.
pub fn back_off(failures: u32, retry_after_ms: Option<i64>, now: Moment) -> i64 {
    let doublings = failures.saturating_sub(1).min(8);
    let per_mille = 800 + i64::from(now.jitter % 401);
    let wait = ((BASE_MS << doublings).min(CAP_MS) * per_mille / 1000).min(CAP_MS);
    let asked = retry_after_ms.unwrap_or_default().clamp(0, RETRY_AFTER_MAX_MS);
    now.mono.saturating_add(wait.max(asked))
}

/// Whether a transport may be tried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Circuit {
    /// It may.
    #[default]
    Closed,
    /// Not before this instant.
    Open {
        /// Monotonic, ms.
        until: i64,
        /// Whose fault.
        reason: FaultReason,
        /// In a row.
        failures: u32,
    },
    /// The instant came: the next attempt decides.
    Trial {
        /// Whose fault it was.
        reason: FaultReason,
        /// In a row.
        failures: u32,
    },
}

impl Circuit {
    /// True unless it waits.
    pub const fn sends(self) -> bool {
        match self {
            Self::Closed | Self::Trial { .. } => true,
            Self::Open { .. } => false,
        }
    }

    /// What leads out of the state.
    pub const fn exits(self) -> &'static [Exit] {
        match self {
            Self::Closed | Self::Trial { .. } => &[Exit::Attempt],
            Self::Open { .. } => &[Exit::Time, Exit::Transport, Exit::Person],
        }
    }

    pub(super) fn fail(&mut self, reason: FaultReason, retry_after_ms: Option<i64>, now: Moment) {
        let before = match *self {
            Self::Closed => 0,
            Self::Open { failures, .. } | Self::Trial { failures, .. } => failures,
        };
        let failures = before.saturating_add(1);
        *self = Self::Open { until: back_off(failures, retry_after_ms, now), reason, failures };
    }

    pub(super) fn tick(&mut self, now: Moment) {
        match *self {
            Self::Open { until, reason, failures } if until <= now.mono => *self = Self::Trial { reason, failures },
            Self::Open { .. } | Self::Closed | Self::Trial { .. } => {}
        }
    }
}
