//! The door to JavaScript: one class, two tapes each way. There are two modules of this crate: with sessions behind the
//! class, and with tables of the host's own rows.
//!
//! The host writes numbers and NUL-separated text where `room` made room, asks, and reads the answer in place.

use crate::wire::tape::{Reader, Tape, TapeError, Writer};
use wasm_bindgen::JsValue;

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
