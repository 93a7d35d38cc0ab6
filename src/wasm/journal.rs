//! The journal, for people who look for a fault: asked so seldom that serde may make its objects.

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use wasm_bindgen::JsValue;

use crate::session::{JournalLine, Session};

/// `JournalEntry[]`, oldest first.
pub fn entries(session: &Session) -> Result<JsValue, JsValue> {
    // As maps, not structs: names of fields would come through a hash map of the crate's.
    let to = serde_wasm_bindgen::Serializer::new().serialize_maps_as_objects(true);
    Ok(Entries(session).serialize(&to)?)
}

struct Entries<'a>(&'a Session);

impl Serialize for Entries<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut list = to.serialize_seq(None)?;
        for line in self.0.journal() {
            list.serialize_element(&Entry(line))?;
        }
        list.end()
    }
}

struct Entry<'a>(&'a JournalLine);

impl Serialize for Entry<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let JournalLine { at, code, uid, envelope, transport, detail } = self.0;
        let mut entry = to.serialize_map(None)?;
        #[allow(clippy::cast_precision_loss)]
        entry.serialize_entry("at", &(*at as f64))?;
        // Of a message, of an envelope, of a transport; or of none.
        for (name, text) in [("code", *code), ("uid", &**uid), ("transport", &**transport), ("detail", &**detail)] {
            if !text.is_empty() {
                entry.serialize_entry(name, text)?;
            }
        }
        if *envelope != 0 {
            entry.serialize_entry("envelope", envelope)?;
        }
        entry.end()
    }
}
