//! The table as people read it: in `src/ARCHITECTURE.md`, between two marks.

use super::REGIONS;
use super::table::{expected, rows};
use std::collections::BTreeMap;
use std::fs;

const BEGIN: &str =
    "<!-- transitions: written by tests/provider/oracle/render.rs from tests/fixtures/mapi/transitions.tsv -->\n";
const END: &str = "<!-- /transitions -->\n";

/// What of a state a diagram shows: a region of two parts is drawn by the one that moves.
fn coarse<'a>(region: &str, state: &'a str) -> &'a str {
    let state = state.trim_start_matches("own:");
    let (first, second) = state.split_once('.').unwrap_or((state, state));
    match region {
        "outbound" | "flush" | "flushTold" => first,
        "inbound" => second,
        "headers" => first,
        _ => state,
    }
}

fn diagram(region: &str) -> String {
    let mut edges: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for ((state, input), (next, _)) in expected(region) {
        let (from, to) = (coarse(region, &state).replace('.', "_"), coarse(region, &next).replace('.', "_"));
        let inputs = edges.entry((from.clone(), to.clone())).or_default();
        // What ends every state is said once, below the drawing.
        if from != to && to != "ended" && input != "criticalError" && !inputs.contains(&input) {
            inputs.push(input);
        }
    }
    let mut text = "```mermaid\nstateDiagram-v2\n".to_owned();
    for ((from, to), inputs) in edges.iter().filter(|(_, inputs)| !inputs.is_empty()) {
        text += &format!("  {from} --> {to}: {}\n", inputs.join(", "));
    }
    text + "```\n"
}

fn table(region: &str) -> String {
    let mut text = "| state | input | next | effects | page |\n| --- | --- | --- | --- | --- |\n".to_owned();
    for row in rows().filter(|row| row.region == region) {
        let cell = |text: &str| text.replace('|', "\\|");
        let line = [row.states, row.inputs, row.next, row.effects, row.page].map(cell);
        text += &format!("| {} |\n", line.map(|part| part.replace(',', ", ")).join(" | "));
    }
    text
}

fn rendered() -> String {
    let names = REGIONS.iter().map(|region| region.name);
    names
        .map(|name| {
            let (diagram, table) = (diagram(name), table(name));
            format!("\n### {name}\n\n{diagram}\n<details><summary>Every transition</summary>\n\n{table}\n</details>\n")
        })
        .collect()
}

/// `MAILSPOOLER_BLESS=1` writes the chapter anew. The table itself is never written by a program.
#[test]
fn the_architecture_shows_the_table_as_it_is() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/ARCHITECTURE.md");
    let text = fs::read_to_string(path).unwrap();
    let (before, rest) = text.split_once(BEGIN).expect("the first mark");
    let (shown, after) = rest.split_once(END).expect("the second mark");
    let rendered = rendered() + "\n";
    if std::env::var_os("MAILSPOOLER_BLESS").is_some() {
        fs::write(path, format!("{before}{BEGIN}{rendered}{END}{after}")).unwrap();
    } else {
        assert!(shown == rendered, "MAILSPOOLER_BLESS=1 cargo test --test provider architecture");
    }
}
