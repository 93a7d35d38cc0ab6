//! The door to JavaScript.

use wasm_bindgen::prelude::*;

/// One session's core. Every instance of the module holds exactly one.
#[wasm_bindgen]
#[derive(Debug, Default)]
pub struct Core {
    steps: u32,
}

#[wasm_bindgen]
impl Core {
    /// A core with nothing in it.
    #[wasm_bindgen(constructor)]
    pub fn new(_seed: JsValue, _config: JsValue) -> Core {
        Core::default()
    }

    /// Counts its calls; the machine takes its place.
    pub fn step(&mut self, _input: JsValue, _wall: f64, _mono: f64) -> Result<JsValue, JsValue> {
        self.steps = self.steps.saturating_add(1);
        Ok(JsValue::from(self.steps))
    }

    /// The steps taken.
    pub fn read(&self, _query: JsValue) -> Result<JsValue, JsValue> {
        Ok(JsValue::from(self.steps))
    }
}
