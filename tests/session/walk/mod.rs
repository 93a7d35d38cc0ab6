//! One walk: chance, then health, then everybody must be somewhere.

pub mod chance;
mod check;
mod host;
mod service;
pub mod sim;

use check::{at_rest, heal, now};
use sim::Sim;

/// Seeds that once failed.
pub const FOUND: &[u64] = &[13, 97, 288, 650, 1303, 1497, 1863, 2308];

const STEPS: usize = 120;

/// Walks; what went wrong, with everything that led to it.
pub fn walk(seed: u64) -> Result<(), String> {
    let mut sim = Sim::new(seed);
    let told = |sim: &Sim, what: String| {
        let kinds: Vec<_> = sim.transports.iter().map(|t| (&t.uid, t.kind, t.config.functions)).collect();
        format!("{what}\n{kinds:?}\n{}", sim.trace.join("\n"))
    };
    for _ in 0..STEPS {
        turn(&mut sim);
        now(&sim).map_err(|what| told(&sim, what))?;
    }
    heal(&mut sim).map_err(|what| told(&sim, what))?;
    at_rest(&sim).map_err(|what| told(&sim, what))
}

/// One thing happens.
pub fn turn(sim: &mut Sim) {
    let tab = sim.c.below(2);
    match sim.c.below(20) {
        0 | 1 => sim.submit(tab),
        2 => sim.verb(tab),
        3 => sim.mishap(tab),
        4 if sim.tabs[tab].is_none() => sim.open(tab),
        5..=8 => {
            let ms = *sim.c.pick(&[100, 1_000, 10_000, 70_000, 300_000, 3_600_000]);
            sim.pass(ms);
        }
        _ => sim.call(tab),
    }
    sim.housekeeping();
}
