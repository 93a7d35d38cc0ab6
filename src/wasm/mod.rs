//! The door to JavaScript: one class, two tapes each way.
//!
//! The host writes numbers and NUL-separated text where `room` made room, calls `step`, and reads the answer in place.

use wasm_bindgen::prelude::*;

use crate::mapi::MapiError;
use crate::session::io::{Input, Now};
use crate::session::{Config, Session};
use crate::wire::tape::{Reader, Tape, TapeError, Writer};

mod config;
mod query;

/// One session's core. Every instance of the module holds exactly one.
#[wasm_bindgen]
pub struct Core {
    session: Session,
    nums: Vec<f64>,
    text: Vec<u8>,
    out: Writer,
}

#[wasm_bindgen]
impl Core {
    /// `seed`: 32 random bytes. Every id of this life derives from them.
    #[wasm_bindgen(constructor)]
    pub fn new(seed: &JsValue, config: JsValue) -> Result<Core, JsValue> {
        let config: Config = config::decode(seed, config)?;
        Ok(Core { session: Session::new(config), nums: Vec::new(), text: Vec::new(), out: Writer::default() })
    }

    /// Makes room for the input tapes.
    pub fn room(&mut self, nums: f64, bytes: f64) {
        self.nums.resize(size(nums), 0.0);
        self.text.resize(size(bytes), 0);
    }

    /// This instance's memory.
    pub fn memory(&self) -> JsValue {
        wasm_bindgen::memory()
    }

    /// Where to write numbers, in bytes.
    #[wasm_bindgen(js_name = inNums)]
    pub fn in_nums(&self) -> *const f64 {
        self.nums.as_ptr()
    }

    /// Where to write text.
    #[wasm_bindgen(js_name = inText)]
    pub fn in_text(&self) -> *const u8 {
        self.text.as_ptr()
    }

    /// Where the answer's numbers are.
    #[wasm_bindgen(js_name = outNums)]
    pub fn out_nums(&self) -> *const f64 {
        self.out.nums.as_ptr()
    }

    /// How many.
    #[wasm_bindgen(js_name = outNumsLength)]
    pub fn out_nums_length(&self) -> usize {
        self.out.nums.len()
    }

    /// Where the answer's text is.
    #[wasm_bindgen(js_name = outText)]
    pub fn out_text(&self) -> *const u8 {
        self.out.text.as_ptr()
    }

    /// Its bytes.
    #[wasm_bindgen(js_name = outTextLength)]
    pub fn out_text_length(&self) -> usize {
        self.out.text.len()
    }

    /// Runs the inputs on the tapes, numbers and bytes of text; the answer holds the effects.
    /// Returns the next wake instant, wall clock, or NaN.
    pub fn step(&mut self, nums: f64, bytes: f64, wall: f64, mono: f64) -> Result<f64, JsValue> {
        let now = Now { wall: instant(wall), mono: instant(mono) };
        let nums = self.nums.get(..size(nums)).unwrap_or(&self.nums);
        let text = self.text.get(..size(bytes)).unwrap_or(&self.text);
        let text = std::str::from_utf8(text).map_err(|_| JsValue::from_str("input tape: not UTF-8"))?;
        let mut reader = Reader::new(nums, text);
        self.out.clear();
        let mut wake = None;
        while !reader.is_empty() {
            let input = reader.read::<Input>().map_err(unreadable)?;
            let step = self.session.step(input, now);
            wake = step.wake;
            for effect in step.effects {
                effect.put(&mut self.out);
            }
        }
        #[allow(clippy::cast_precision_loss)]
        Ok(wake.map_or(f64::NAN, |w| w.at as f64))
    }

    /// Answers a question on the out tapes; refuses with `{ code, hresult, expected, got }`.
    pub fn read(&mut self, query: JsValue) -> Result<(), JsValue> {
        self.out.clear();
        query::answer(&mut self.session, query, &mut self.out)
    }
}

/// `{ code, hresult, expected, got }` for the host side to make a `MapiError` of.
fn refusal(error: &MapiError) -> JsValue {
    let o = js_sys::Object::new();
    let set = |k: &str, v: JsValue| {
        // A plain object takes any property.
        let _ = js_sys::Reflect::set(&o, &JsValue::from_str(k), &v);
    };
    set("code", JsValue::from_str(error.code.name()));
    set("hresult", JsValue::from_f64(f64::from(error.code.hresult())));
    set("expected", JsValue::from_str(&error.expected));
    set("got", JsValue::from_str(&error.got));
    o.into()
}

fn unreadable(error: TapeError) -> JsValue {
    JsValue::from_str(match error {
        TapeError::End => "input tape: its end",
        TapeError::Number => "input tape: a number of another range",
        TapeError::Tag(name) => name,
    })
}

/// Numbers come from our own host side; whatever else comes is clamped, never trusted.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn size(n: f64) -> usize {
    if n.is_finite() && n > 0.0 { n.min(2_147_483_647.0) as usize } else { 0 }
}

#[allow(clippy::cast_possible_truncation)]
fn instant(ms: f64) -> i64 {
    if ms.is_finite() { ms.clamp(-9e15, 9e15) as i64 } else { 0 }
}
