//! The door to JavaScript: one class, two tapes each way. There are two modules of this crate: with sessions behind the
//! class, and with tables of the host's own rows.
//!
//! The host writes numbers and NUL-separated text where `room` made room, asks, and reads the answer in place.

use crate::mapi::MapiResult;
use crate::wire::tape::{Reader, Tape, TapeError, Writer};
use wasm_bindgen::JsValue;

/// How the host reaches the tapes of a class with `nums`, `text` and `out`: wasm-bindgen exports no methods of traits.
macro_rules! tapes {
    ($class:ident) => {
        #[wasm_bindgen]
        impl $class {
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
        }
    };
}
#[cfg(not(feature = "tables"))]
mod core;
#[cfg(not(feature = "tables"))]
mod journal;
#[cfg(not(feature = "tables"))]
mod query;
#[cfg(feature = "tables")]
mod tables;
mod view;

#[cfg(not(feature = "tables"))]
pub use core::Core;
#[cfg(feature = "tables")]
pub use tables::HostTable;

fn reader<'a>(nums: &'a [f64], count: f64, text: &'a [u8], bytes: f64) -> Result<Reader<'a>, JsValue> {
    let nums = nums.get(..size(count)).unwrap_or(nums);
    let text = text.get(..size(bytes)).unwrap_or(text);
    let text = std::str::from_utf8(text).map_err(|_| thrown("input tape: not UTF-8"))?;
    Ok(Reader::new(nums, text))
}

/// What the door throws when our own host side wrote nonsense: an `Error`, for its stack.
fn thrown(message: &str) -> JsValue {
    js_sys::Error::new(message).into()
}

/// 0, or the HRESULT of a refusal: then what was expected and what came is the answer.
fn refusal(answered: MapiResult<()>, out: &mut Writer) -> f64 {
    let Err(error) = answered else { return 0.0 };
    out.clear();
    out.text(&error.expected);
    out.text(&error.got);
    f64::from(error.code.hresult())
}

fn unreadable(error: TapeError) -> JsValue {
    thrown(match error {
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
fn length(n: usize, out: &mut Writer) {
    (n as u32).put(out);
}

#[allow(clippy::cast_precision_loss)]
fn put_size(n: usize, out: &mut Writer) {
    out.nums.push(n as f64);
}

#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
