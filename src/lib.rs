//! The MAPI transport subsystem for the browser. See `ARCHITECTURE.md` beside this file.

pub mod address;
pub mod mapi;
pub mod provider;
pub mod session;
pub mod settings;
pub mod spooler;
pub mod status;
pub mod table;
#[cfg(target_arch = "wasm32")]
pub mod wasm;
pub mod wire;
