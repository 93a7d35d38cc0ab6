//! The house rules that a machine can check.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::panic, clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

/// What each module of `src/` may name beside itself.
const LAYERS: &[(&str, &[&str])] = &[
    ("mapi", &[]),
    ("table", &["mapi"]),
    ("provider", &["mapi"]),
    ("spooler", &["mapi"]),
    ("status", &["mapi", "provider", "spooler"]),
    ("settings", &["mapi"]),
    ("address", &["mapi"]),
    ("session", &["mapi", "table", "provider", "spooler", "status", "settings", "address"]),
    ("wire", &["mapi", "table", "provider", "spooler", "status", "settings", "address", "session"]),
    ("wasm", &["mapi", "table", "provider", "spooler", "status", "settings", "address", "session", "wire"]),
];

/// Below the door: no JavaScript, no clock, no chance, no order by hash, nothing of the process; `mapi::ordered` instead
/// of the trees, `table::sort` instead of std's sorts, and no case tables of Unicode: they cost too much code.
const FORBIDDEN_BELOW_WASM: &[&str] = &[
    "JsValue",
    "js_sys",
    "wasm_bindgen",
    "Promise",
    "HashMap",
    "HashSet",
    "RandomState",
    "std::time",
    "std::env",
    "std::thread",
    "std::fs",
    "std::net",
    "std::io",
    "std::process",
    "thread_local!",
    "static mut",
    "println!",
    "eprintln!",
    "extern \"C\"",
    "async fn",
    "BTreeMap<",
    "BTreeSet<",
    "BTreeMap::",
    "BTreeSet::",
    ".to_uppercase()",
    ".sort()",
    ".sort_by",
    ".sort_unstable",
];

const TOP_LEVEL: &[&str] = &[
    "Cargo.toml",
    "Cargo.lock",
    "src",
    "pkg",
    "www",
    "tests",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
    "SECURITY.md",
    "target",
];

const MOST_LINES: usize = 400;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file under `dir` with one of the extensions; generated and foreign directories are left out.
fn files(dir: &str, extensions: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![root().join(dir)];
    while let Some(path) = open.pop() {
        for entry in fs::read_dir(&path).into_iter().flatten().flatten() {
            let (path, name) = (entry.path(), entry.file_name());
            let name = name.to_string_lossy();
            if path.is_dir() {
                if !["node_modules", "target", "dist"].contains(&&*name) && !name.starts_with('.') {
                    open.push(path);
                }
            } else if path.extension().is_some_and(|ext| extensions.iter().any(|wanted| ext == *wanted)) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn all(extensions: &[&str]) -> Vec<PathBuf> {
    ["src", "pkg", "tests", "www"].iter().flat_map(|dir| files(dir, extensions)).collect()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

/// Runs `check` over the files and fails with everything it found.
fn none(paths: &[PathBuf], check: impl Fn(&Path, &str) -> Vec<String>) {
    assert!(!paths.is_empty(), "no file to check: has a directory moved?");
    let found: Vec<_> = paths
        .iter()
        .flat_map(|path| check(path, &read(path)).into_iter().map(move |what| format!("{}: {what}", shown(path))))
        .collect();
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

fn code(text: &str) -> String {
    text.lines().map(|line| line.split("//").next().unwrap_or("")).collect::<Vec<_>>().join("\n")
}

fn identifier(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    &text[..end]
}

/// The modules of the crate that the text names: `crate::a`, `crate::{a::b, c}`.
fn named_modules(text: &str) -> Vec<String> {
    let code = code(text);
    let mut named = Vec::new();
    for (at, found) in code.match_indices("crate::") {
        let rest = &code[at + found.len()..];
        let Some(group) = rest.strip_prefix('{') else {
            named.push(identifier(rest).to_owned());
            continue;
        };
        let mut depth = 0usize;
        let mut fresh = true;
        for (at, c) in group.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => fresh = true,
                c if fresh && depth == 0 && !c.is_whitespace() => {
                    fresh = false;
                    named.push(identifier(&group[at..]).to_owned());
                }
                _ => {}
            }
        }
    }
    named
}

fn module_of(path: &Path) -> Option<String> {
    let inside = path.strip_prefix(root().join("src")).ok()?;
    (inside.components().count() > 1).then(|| inside.iter().next().unwrap().to_string_lossy().into_owned())
}

#[test]
fn dependencies_point_down_only() {
    none(&files("src", &["rs"]), |path, text| {
        let Some(module) = module_of(path) else {
            return Vec::new();
        };
        let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == module) else {
            return vec![format!("no layer is known for {module}")];
        };
        named_modules(text)
            .into_iter()
            .filter(|name| LAYERS.iter().any(|(layer, _)| layer == name))
            .filter(|name| *name != module && !allowed.contains(&name.as_str()))
            .map(|name| format!("{module} may not name {name}"))
            .collect()
    });
}

#[test]
fn every_directory_of_src_has_a_layer() {
    for entry in fs::read_dir(root().join("src")).unwrap().flatten().filter(|entry| entry.path().is_dir()) {
        let name = entry.file_name().to_string_lossy().into_owned();
        assert!(LAYERS.iter().any(|(layer, _)| *layer == name), "src/{name} has no layer");
    }
}

#[test]
fn below_the_door_nothing_names_javascript_clock_or_chance() {
    none(&files("src", &["rs"]), |path, text| {
        if module_of(path).is_none_or(|module| module == "wasm") {
            return Vec::new();
        }
        // Unit tests run side by side: what they count is a thread's own.
        let code = code(text).replace("#[cfg(test)]\nthread_local!", "");
        FORBIDDEN_BELOW_WASM.iter().filter(|word| code.contains(**word)).map(|word| format!("names {word}")).collect()
    });
}

#[test]
fn files_are_short() {
    none(&all(&["rs", "ts", "mjs", "js", "css", "html"]), |_, text| {
        let lines = text.lines().count();
        if lines < MOST_LINES { Vec::new() } else { vec![format!("{lines} lines, expected fewer than {MOST_LINES}")] }
    });
}

#[test]
fn nothing_is_left_for_later() {
    let words = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("XX", "X"),
        concat!("HA", "CK"),
        concat!("to", "do!("),
        concat!("unimple", "mented!("),
        concat!("db", "g!("),
        concat!(".on", "ly("),
        concat!("test.sk", "ip("),
        concat!("it.sk", "ip("),
        concat!("#[ign", "ore"),
        concat!("@ts-ig", "nore"),
        concat!("@ts-no", "check"),
    ];
    none(&all(&["rs", "ts", "mjs", "js", "css", "html"]), |_, text| {
        words.iter().filter(|word| text.contains(**word)).map(|word| format!("holds {word}")).collect()
    });
}

#[test]
fn every_module_says_what_it_is() {
    none(&files("src", &["rs"]), |_, text| {
        if text.starts_with("//! ") { Vec::new() } else { vec!["expected a head line `//! ...`".to_owned()] }
    });
}

#[test]
fn typescript_is_ascii() {
    none(&files("pkg/src", &["ts"]), |_, text| {
        let line = text.lines().position(|line| !line.is_ascii());
        line.map(|line| format!("line {} is not ASCII", line + 1)).into_iter().collect()
    });
}

#[test]
fn typescript_imports_nothing_foreign() {
    none(&files("pkg/src", &["ts"]), |_, text| {
        text.match_indices(" from \"")
            .map(|(at, found)| text[at + found.len()..].split('"').next().unwrap_or("").to_owned())
            .filter(|name| !name.starts_with('.') && !name.starts_with("core:") && name != "react")
            .map(|name| format!("imports {name}"))
            .collect()
    });
}

#[test]
fn the_package_has_no_runtime_dependencies() {
    let manifest = read(&root().join("pkg/package.json"));
    assert!(!manifest.contains("\"dependencies\""), "{manifest}");
}

#[test]
fn lock_files_name_no_registry() {
    let locks: Vec<_> = all(&["json"]).into_iter().filter(|path| path.ends_with("package-lock.json")).collect();
    none(&locks, |_, text| {
        text.lines().filter(|line| line.contains("\"resolved\": \"http")).map(str::to_owned).collect()
    });
}

#[test]
fn the_top_level_stays_small() {
    for entry in fs::read_dir(root()).unwrap().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        assert!(name.starts_with('.') || TOP_LEVEL.contains(&name.as_str()), "{name} does not belong at the top");
    }
}

#[test]
fn modules_are_found_in_paths_and_groups() {
    let text =
        "use crate::mapi::Flags;\nuse crate::{spooler::{a, b}, status};\n// crate::wasm\nlet x = crate::table::new();";
    assert_eq!(named_modules(text), ["mapi", "spooler", "status", "table"]);
}
