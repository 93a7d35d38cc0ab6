//! Composition: the only public machine.

pub mod io;
pub mod stored;

use io::{Effect, Input, Now, Wake};

/// What a session is opened with.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Config {
    /// 32 random bytes: every id and all jitter of this life.
    pub seed: [u8; 32],
    /// Whose mail this is, normally the address.
    pub owner: String,
    /// Keep the body of sent messages.
    pub keep_sent: bool,
    /// The store outlives the page.
    pub durable: bool,
}

/// What one input led to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Step {
    /// To be run in order, after the step.
    pub effects: Vec<Effect>,
    /// When to step again.
    pub wake: Option<Wake>,
}

/// The machine.
#[derive(Debug, Clone)]
pub struct Session {
    config: Config,
}

impl Session {
    /// A session that knows nothing yet.
    pub fn new(config: Config) -> Self {
        Self { config }
    }

    /// One input, all of its consequences.
    pub fn step(&mut self, _input: Input, _now: Now) -> Step {
        let _ = &self.config;
        Step::default()
    }
}
