//! Walks by chance through everything that can happen, against services that really execute. A seed that failed stays here.

use crate::walk::{FOUND, walk};

/// Of the default run: about half a minute in a debug build on a slow machine.
const WALKS: u64 = 300;

/// `MAILSPOOLER_WALKS=from..to` walks others.
fn seeds() -> std::ops::Range<u64> {
    let said = std::env::var("MAILSPOOLER_WALKS").ok();
    let range = said.as_deref().and_then(|s| s.split_once("..")).map(|(a, b)| (a.parse(), b.parse()));
    if let Some((Ok(from), Ok(to))) = range { from..to } else { 0..WALKS }
}

#[test]
fn g4_g5_g6_g7_g12_no_walk_sends_twice_loses_or_lies() {
    let failed: Vec<(u64, String)> = seeds().filter_map(|seed| Some((seed, walk(seed).err()?))).collect();
    let (seeds, first) = (failed.iter().map(|f| f.0).collect::<Vec<_>>(), failed.first().map(|f| f.1.as_str()));
    assert!(failed.is_empty(), "seeds {seeds:?}\n{}", first.unwrap_or_default());
}

#[test]
fn seeds_that_once_failed_stay_well() {
    for seed in FOUND {
        if let Err(what) = walk(*seed) {
            panic!("seed {seed}\n{what}");
        }
    }
}
