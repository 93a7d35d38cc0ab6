//! Questions that change nothing durable: tables, `why`, reports.

use wasm_bindgen::prelude::*;

use crate::session::Session;
use crate::session::io::Now;
use crate::wire::tape::Writer;

/// Answers one question on the tape.
pub fn answer(_session: &mut Session, _query: JsValue, _now: Now, _out: &mut Writer) -> Result<(), JsValue> {
    Ok(())
}
