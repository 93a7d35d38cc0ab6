//! The door to a session.

use wasm_bindgen::prelude::*;

use crate::session::io::{Input, Now};
use crate::session::{Config, Session};
use crate::wire::tape::{Tape, Writer};

use super::{query, reader, refusal, size, thrown, unreadable, view};

/// Numbers of a large batch.
const MANY: usize = 4_096;
/// What a large batch needs, taken from the engine at once: page by page costs as much as the batch.
const STRETCH: usize = 4 << 20;

/// One session's core. Every instance of the module holds exactly one.
#[wasm_bindgen]
pub struct Core {
    session: Session,
    nums: Vec<f64>,
    text: Vec<u8>,
    out: Writer,
}

tapes!(Core);

#[wasm_bindgen]
impl Core {
    /// `seed`: 32 random bytes in hex. Every id of this life derives from them.
    #[wasm_bindgen(constructor)]
    pub fn new(
        seed: &JsValue,
        owner: &JsValue,
        keep_sent: &JsValue,
        canary: &JsValue,
        lockless: &JsValue,
    ) -> Result<Core, JsValue> {
        let seed = seed.as_string().and_then(|hex| view::rows::bytes(&hex)?.try_into().ok());
        let (Some(seed), Some(owner)) = (seed, owner.as_string()) else {
            return Err(thrown("expected a seed of 32 bytes and an owner"));
        };
        let config = Config {
            seed,
            owner,
            keep_sent: keep_sent.is_truthy(),
            canary: canary.is_truthy(),
            lockless: lockless.is_truthy(),
        };
        Ok(Core { session: Session::new(config), nums: Vec::new(), text: Vec::new(), out: Writer::default() })
    }

    /// Runs the inputs on the tapes, numbers and bytes of text; the answer holds the effects.
    /// Returns the next wake instant, wall clock, or NaN.
    pub fn step(&mut self, nums: f64, bytes: f64, wall: f64, mono: f64) -> Result<f64, JsValue> {
        let now = Now { wall: instant(wall), mono: instant(mono) };
        let mut reader = reader(&self.nums, nums, &self.text, bytes)?;
        self.out.clear();
        if size(nums) >= MANY {
            std::hint::black_box(Vec::<u8>::with_capacity(STRETCH));
        }
        self.session.begin_turn(now);
        while !reader.is_empty() {
            self.session.take(reader.read::<Input>().map_err(unreadable)?);
        }
        let step = self.session.end_turn();
        for effect in &step.effects {
            effect.put(&mut self.out);
        }
        self.session.reuse(step.effects);
        #[allow(clippy::cast_precision_loss)]
        Ok(step.wake.map_or(f64::NAN, |w| w.at as f64))
    }

    /// The changes of state of this life, as objects.
    pub fn journal(&self) -> Result<JsValue, JsValue> {
        super::journal::entries(&self.session)
    }

    /// Answers the question on the tapes. Returns 0, or the HRESULT of a refusal: then what was expected and what came
    /// is the answer.
    pub fn read(&mut self, nums: f64, bytes: f64) -> Result<f64, JsValue> {
        let mut reader = reader(&self.nums, nums, &self.text, bytes)?;
        self.out.clear();
        let answered = query::answer(&mut self.session, &mut reader, &mut self.out);
        reader.finish().map_err(unreadable)?;
        Ok(refusal(answered, &mut self.out))
    }
}

#[allow(clippy::cast_possible_truncation)]
fn instant(ms: f64) -> i64 {
    if ms.is_finite() { ms.clamp(-9e15, 9e15) as i64 } else { 0 }
}
