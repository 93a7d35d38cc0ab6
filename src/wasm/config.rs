//! The session's configuration, as it comes from JavaScript.

use serde::Deserialize;
use wasm_bindgen::prelude::*;

use crate::session::Config;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ConfigDto {
    owner: String,
    #[serde(default)]
    keep_sent: bool,
    #[serde(default)]
    durable: bool,
}

/// Decodes the seed and the configuration.
pub fn decode(seed: &JsValue, config: JsValue) -> Result<Config, JsValue> {
    let bytes = js_sys::Uint8Array::new(seed).to_vec();
    let seed: [u8; 32] = bytes.try_into().map_err(|_| JsValue::from_str("seed: expected 32 bytes"))?;
    let dto: ConfigDto = serde_wasm_bindgen::from_value(config).map_err(JsValue::from)?;
    Ok(Config { seed, owner: dto.owner, keep_sent: dto.keep_sent, durable: dto.durable })
}
