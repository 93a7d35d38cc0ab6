//! MAPI's words: flags, codes, property tags and values. No behaviour.

mod address_types;
mod bits;
mod error;
mod flags;
mod gather;
mod message;
pub mod ordered;
mod props;
mod scode;
mod tables;
mod tag;
mod text;
pub(crate) mod told;
mod value;
pub(crate) mod visits;

pub use address_types::AddressTypes;
pub use error::{MapiError, MapiResult};
pub use flags::*;
pub use gather::Gather;
pub use message::*;
pub use props::*;
pub use scode::Scode;
pub use tables::*;
pub use tag::{PropTag, PropType};
pub use text::Text;
pub(crate) use told::told;
pub use told::{Digits, Tell, hex_word};
pub use value::PropValue;
