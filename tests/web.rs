//! The core in a browser: `tests/all.mjs wasm` runs this in every engine.
#![cfg(target_arch = "wasm32")]

use mailspooler::wasm::Core;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

fn core(seed: &str) -> Result<Core, JsValue> {
    Core::new(&seed.into(), &"a@example.test".into(), &JsValue::FALSE, &JsValue::FALSE, &JsValue::FALSE)
}

#[wasm_bindgen_test]
fn an_empty_tape_is_no_step() -> Result<(), JsValue> {
    let wake = core(&"07".repeat(32))?.step(0.0, 0.0, 0.0, 0.0)?;
    assert!(wake.is_nan());
    Ok(())
}

#[wasm_bindgen_test]
fn a_short_seed_is_refused_with_an_error() {
    assert!(core(&"07".repeat(31)).is_err_and(|thrown| thrown.is_instance_of::<js_sys::Error>()));
}

#[wasm_bindgen_test]
fn no_clock_value_harms() -> Result<(), JsValue> {
    let mut core = core(&"07".repeat(32))?;
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1e300, 1e300] {
        core.step(0.0, 0.0, bad, bad)?;
    }
    Ok(())
}
