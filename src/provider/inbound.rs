//! Receiving: poll, then `startMessage` until nothing more comes (catalogue 6.6).

use super::circuit::back_off;
use super::io::{CallKey, Failure, Function, HostCall};
use super::state::Exit;
use super::{Moment, Step};

const POLL_MS: i64 = 60_000;
const START_MS: i64 = 5 * 60_000;

/// Whether a direction is open. Its `*_ENABLED` bit changes as `transportNotify` is called, so before that returns (C-154).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Gate {
    /// Closed.
    #[default]
    Off,
    /// `NOTIFY_BEGIN_*` is out.
    Beginning,
    /// Open.
    On,
    /// `NOTIFY_END_*` is out.
    Ending,
}

impl Gate {
    /// Its `*_ENABLED` bit.
    pub const fn enabled(self) -> bool {
        match self {
            Self::Beginning | Self::On => true,
            Self::Off | Self::Ending => false,
        }
    }

    /// What leads out of the state.
    pub const fn exits(self) -> &'static [Exit] {
        match self {
            Self::Off | Self::On => &[Exit::Session],
            Self::Beginning | Self::Ending => &[Exit::Answer, Exit::Deadline],
        }
    }
}

/// What receiving is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pull {
    /// Nothing before `next`, unless news comes.
    Quiet {
        /// Monotonic, ms.
        next: i64,
    },
    /// `poll` is out.
    Polling {
        /// Monotonic, ms.
        deadline: i64,
    },
    /// `startMessage` is out.
    Starting {
        /// Monotonic, ms.
        deadline: i64,
    },
    /// Its message is being delivered.
    Delivering {
        /// Monotonic, ms.
        deadline: i64,
    },
}

impl Pull {
    /// What leads out of the state.
    pub const fn exits(self) -> &'static [Exit] {
        match self {
            Self::Quiet { .. } => &[Exit::Time, Exit::Transport],
            Self::Polling { .. } | Self::Starting { .. } | Self::Delivering { .. } => &[Exit::Answer, Exit::Deadline],
        }
    }
}

/// The inbound region of a logon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Inbound {
    /// Open or not.
    pub gate: Gate,
    /// Something is there to start.
    pub news: bool,
    /// Calls failed in a row.
    pub failures: u32,
    /// What it is doing.
    pub pull: Pull,
}

impl Inbound {
    pub(super) const fn new(now: Moment) -> Self {
        Self { gate: Gate::Off, news: false, failures: 0, pull: Pull::Quiet { next: now.mono } }
    }

    /// `STATUS_INBOUND_ACTIVE`.
    pub const fn active(&self) -> bool {
        matches!(self.pull, Pull::Starting { .. } | Pull::Delivering { .. })
    }

    /// When it acts by itself, if it does. `polls`: it may be polled now.
    pub(super) fn due(&self, polls: bool) -> Option<i64> {
        match (self.gate, self.pull) {
            (Gate::On, Pull::Quiet { next }) if self.news => Some(if self.failures == 0 { i64::MIN } else { next }),
            (Gate::On, Pull::Quiet { next }) => polls.then_some(next),
            (Gate::Off | Gate::Beginning | Gate::Ending, Pull::Quiet { .. }) => None,
            (_, Pull::Polling { deadline } | Pull::Starting { deadline } | Pull::Delivering { deadline }) => {
                Some(deadline)
            }
        }
    }

    /// Calls what is due.
    pub(super) fn settle(&mut self, polls: bool, step: &mut Step) {
        let Pull::Quiet { .. } = self.pull else {
            return;
        };
        if self.due(polls).is_none_or(|at| at > step.now.mono) {
            return;
        }
        if self.news {
            self.start(step);
        } else {
            let deadline = step.call_within(HostCall::Poll, POLL_MS);
            self.pull = Pull::Polling { deadline };
        }
    }

    fn start(&mut self, step: &mut Step) {
        self.news = false;
        let deadline = step.call_within(HostCall::StartMessage, START_MS);
        self.pull = Pull::Starting { deadline };
    }

    pub(super) fn polled(&mut self, result: Result<bool, Failure>, interval: i64, step: &mut Step) {
        match self.pull {
            Pull::Polling { .. } => {}
            Pull::Quiet { .. } | Pull::Starting { .. } | Pull::Delivering { .. } => return,
        }
        match result {
            Ok(more) => {
                self.news |= more;
                self.rest(interval, step);
            }
            Err(failure) => self.fail(failure, interval, step),
        }
    }

    /// `startMessage` answered: with a message, with nothing more, or not.
    pub(super) fn started(&mut self, result: Result<bool, Failure>, interval: i64, step: &mut Step) {
        match self.pull {
            Pull::Starting { .. } => {}
            Pull::Quiet { .. } | Pull::Polling { .. } | Pull::Delivering { .. } => return,
        }
        match result {
            Ok(true) => {
                let deadline = step.call_within(HostCall::Deliver, START_MS);
                self.pull = Pull::Delivering { deadline };
            }
            Ok(false) => self.rest(interval, step),
            Err(failure) => {
                self.news = true;
                self.fail(failure, interval, step);
            }
        }
    }

    pub(super) fn delivered(&mut self, result: Result<(), Failure>, interval: i64, step: &mut Step) {
        match self.pull {
            Pull::Delivering { .. } => {}
            Pull::Quiet { .. } | Pull::Polling { .. } | Pull::Starting { .. } => return,
        }
        // The source keeps what was not acknowledged, so there is news either way.
        self.news = true;
        match result {
            Ok(()) => self.rest(interval, step),
            Err(failure) => self.fail(failure, interval, step),
        }
    }

    fn rest(&mut self, interval: i64, step: &Step) {
        self.failures = 0;
        self.pull = Pull::Quiet { next: step.now.mono.saturating_add(interval) };
    }

    fn fail(&mut self, failure: Failure, interval: i64, step: &Step) {
        self.failures = self.failures.saturating_add(1);
        let next = back_off(self.failures, failure.retry_after_ms, step.now);
        let regular = step.now.mono.saturating_add(interval);
        self.pull = Pull::Quiet { next: if self.news { next } else { next.max(regular) } };
    }

    /// The outstanding call, by its name and deadline.
    pub(super) const fn outstanding(&self) -> Option<(CallKey, i64)> {
        match self.pull {
            Pull::Quiet { .. } => None,
            Pull::Polling { deadline } => Some((CallKey::Own(Function::Poll), deadline)),
            Pull::Starting { deadline } => Some((CallKey::Own(Function::StartMessage), deadline)),
            Pull::Delivering { deadline } => Some((CallKey::Deliver, deadline)),
        }
    }
}
