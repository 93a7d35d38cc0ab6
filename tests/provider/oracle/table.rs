//! The table: `transitions.tsv`, read and never written.

use std::collections::BTreeMap;

const TABLE: &str = include_str!("../../fixtures/mapi/transitions.tsv");

/// A state and an input.
pub type Cell = (String, String);
/// The next state and the effects.
pub type Line = (String, String);

/// A row as it is written.
pub struct Row {
    pub region: &'static str,
    pub states: &'static str,
    pub inputs: &'static str,
    pub next: &'static str,
    pub effects: &'static str,
    pub page: &'static str,
}

pub fn rows() -> impl Iterator<Item = Row> {
    TABLE.lines().filter(|line| !line.starts_with('#')).skip(1).map(|line| {
        let [region, states, inputs, next, effects, page] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        assert!(!page.is_empty(), "{line}");
        Row { region, states, inputs, next, effects, page }
    })
}

/// `{a,b}.x` is `a.x` and `b.x`; what the first braces stand for is `{}` in the next state.
fn varied(pattern: &str) -> Vec<(String, String)> {
    let Some((before, rest)) = pattern.split_once('{') else { return vec![(pattern.to_owned(), String::new())] };
    let (parts, after) = rest.split_once('}').unwrap();
    let one = |part: &str| {
        let rest = varied(&format!("{before}{part}{after}")).into_iter();
        rest.map(|(whole, _)| (whole, part.to_owned())).collect::<Vec<_>>()
    };
    parts.split(',').flat_map(one).collect()
}

/// Commas separate, but not inside braces.
fn listed(text: &str) -> Vec<&str> {
    let mut depth = 0;
    let split = |c: char| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        c == ',' && depth == 0
    };
    text.split(split).collect()
}

/// Every state and input of a region that changes or calls something.
pub fn expected(region: &str) -> BTreeMap<Cell, Line> {
    let mut table = BTreeMap::new();
    for row in rows().filter(|row| row.region == region) {
        for (state, part) in listed(row.states).into_iter().flat_map(varied) {
            for input in row.inputs.split(',') {
                let next = if row.next == "same" { state.clone() } else { row.next.replace("{}", &part) };
                let old = table.insert((state.clone(), input.to_owned()), (next, row.effects.to_owned()));
                assert_eq!(old, None, "{region}: {state} {input} twice");
            }
        }
    }
    table
}
