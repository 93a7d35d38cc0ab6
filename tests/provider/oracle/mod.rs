//! The regions of a provider against a table written by hand from the documents, both ways.

mod headers;
mod life;
mod render;
mod table;
mod traffic;
mod trouble;

use crate::kit::*;
use std::collections::BTreeMap;
use table::{Cell, Line, expected};

/// Reads a region's state off a provider; everything else about the provider stands still.
pub struct Region {
    pub name: &'static str,
    pub roots: fn() -> Vec<Provider>,
    pub state: fn(&Provider) -> String,
    pub inputs: fn() -> Vec<(&'static str, ProviderInput)>,
    /// How many there are.
    pub states: usize,
}

const REGIONS: [&Region; 9] = [
    &life::REGION,
    &traffic::OUTBOUND,
    &traffic::INBOUND,
    &traffic::FLUSH,
    &traffic::FLUSH_TOLD,
    &trouble::CRITICAL,
    &trouble::CIRCUIT,
    &trouble::ACCOUNT,
    &headers::REGION,
];

/// One provider in every state the inputs lead to; the first one found stands for the state.
fn states(region: &Region) -> BTreeMap<String, Provider> {
    let mut found = BTreeMap::new();
    let mut queue = (region.roots)();
    while let Some(provider) = queue.pop() {
        let state = (region.state)(&provider);
        if found.contains_key(&state) {
            continue;
        }
        found.insert(state, provider.clone());
        for (_, input) in (region.inputs)() {
            queue.insert(0, played(&provider, input).0);
        }
    }
    found
}

fn played(provider: &Provider, input: ProviderInput) -> (Provider, String) {
    let mut rig = Rig { provider: provider.clone(), mono: 0 };
    if input == ProviderInput::Tick {
        rig.mono = provider.wake().map_or(0, |(at, _)| at);
    }
    let effects = rig.say(input);
    (rig.provider, effects)
}

/// What the code does: every pair of state and input that changes or calls anything.
fn actual(region: &Region) -> BTreeMap<Cell, Line> {
    let states = states(region);
    assert_eq!(states.len(), region.states, "{}: {:?}", region.name, states.keys());
    let mut actual = BTreeMap::new();
    for (state, provider) in &states {
        for (input, value) in (region.inputs)() {
            let (after, effects) = played(provider, value);
            let next = (region.state)(&after);
            if next != *state || !effects.is_empty() {
                actual.insert((state.clone(), input.to_owned()), (next, effects));
            }
        }
    }
    actual
}

fn show(rows: &[(&Cell, &Line)]) -> String {
    rows.iter().map(|((state, input), (next, effects))| format!("{state}\t{input}\t{next}\t{effects}\n")).collect()
}

#[test]
fn every_region_does_what_the_documents_say_and_nothing_else() {
    let mut wrong = String::new();
    for region in REGIONS {
        let (actual, expected) = (actual(region), expected(region.name));
        let code: Vec<_> = actual.iter().filter(|(cell, line)| expected.get(*cell) != Some(*line)).collect();
        let table: Vec<_> = expected.iter().filter(|(cell, line)| actual.get(*cell) != Some(*line)).collect();
        if !code.is_empty() || !table.is_empty() {
            wrong += &format!("{}: the code does\n{}the table says\n{}", region.name, show(&code), show(&table));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_row_belongs_to_a_region_and_every_region_has_rows() {
    let known = |name: &str| REGIONS.iter().any(|region| region.name == name);
    let strange: Vec<_> = table::rows().filter(|row| !known(row.region)).map(|row| row.region).collect();
    assert!(strange.is_empty(), "{strange:?}");
    for region in REGIONS {
        assert!(table::rows().any(|row| row.region == region.name), "{}", region.name);
    }
}
