//! wasm-bindgen and its test runner at the version of Cargo.lock: `tools wasm-bindgen …` or `tools wasm-bindgen-test-runner …`.
fn main() {
    let mut args: Vec<_> = std::env::args_os().collect();
    let which = if args.len() > 1 { args.remove(1) } else { Default::default() };
    let result = match which.to_str() {
        Some("wasm-bindgen") => wasm_bindgen_cli::wasm_bindgen::run_cli_with_args(args),
        Some("wasm-bindgen-test-runner") => wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args(args),
        _ => {
            eprintln!("usage: tools wasm-bindgen|wasm-bindgen-test-runner ARGS");
            std::process::exit(2);
        }
    };
    if let Err(error) = result {
        eprintln!("error: {error:?}");
        std::process::exit(1);
    }
}
