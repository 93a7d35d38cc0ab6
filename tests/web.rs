//! The core in a browser: `tests/all.mjs wasm` runs this in every engine.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used)]

use mailspooler::wasm::Core;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
fn a_core_steps() {
    let mut core = Core::new(JsValue::UNDEFINED, JsValue::UNDEFINED);
    let answer = core.step(JsValue::UNDEFINED, 0.0, 0.0).unwrap();
    assert_eq!(answer.as_f64(), Some(1.0));
}
