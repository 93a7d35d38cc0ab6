//! Two flat tapes, numbers and text, carry every value that crosses: one typed array and one text each way.

use std::sync::Arc;

use crate::mapi::Text;

/// Why a tape could not be read: a fault of this library, never of its user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TapeError {
    /// The tape ended early.
    End,
    /// A number that is no valid value here.
    Number,
    /// A tag that names no variant.
    Tag(&'static str),
}

/// Ends every string; none holds one.
const NUL: char = '\0';

/// How long a text is in JavaScript.
#[allow(clippy::cast_precision_loss)]
pub fn units(text: &str) -> f64 {
    if is_ascii(text) { text.len() as f64 } else { text.encode_utf16().count() as f64 }
}

/// Eight bytes at a time: the library's own, made small, is slow.
pub fn is_ascii(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (mut at, mut bits) = (0_usize, 0_u64);
    while let Some(eight) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        bits |= u64::from_le_bytes(*eight);
        at = at.wrapping_add(8);
    }
    // The last eight once more, or what there is.
    match bytes.last_chunk::<8>() {
        Some(eight) => bits |= u64::from_le_bytes(*eight),
        None => bytes.iter().for_each(|byte| bits |= u64::from(*byte)),
    }
    bits & 0x8080_8080_8080_8080 == 0
}

/// Writes values in order.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Writer {
    /// The numbers, in order.
    pub nums: Vec<f64>,
    /// The strings, in order, each with a NUL behind it.
    pub text: String,
    strs: u32,
}

impl Writer {
    /// One string.
    pub fn text(&mut self, text: &str) {
        if !text.is_empty() {
            self.text.push_str(text);
        }
        self.text.push(NUL);
        self.strs = self.strs.saturating_add(1);
    }

    /// What `write` writes, behind how many numbers, strings and UTF-16 units that is.
    #[allow(clippy::cast_precision_loss)]
    pub fn counted(&mut self, write: impl FnOnce(&mut Self)) {
        let (head, strs, from) = (self.nums.len(), self.strs, self.text.len());
        self.nums.extend([0.0; 3]);
        let body = self.nums.len();
        write(self);
        let text = self.text.get(from..).unwrap_or_default();
        let counts = [(self.nums.len() - body) as f64, f64::from(self.strs - strs), units(text)];
        if let Some(place) = self.nums.get_mut(head..body) {
            place.copy_from_slice(&counts);
        }
    }

    /// Empty again, with the room it has.
    pub fn clear(&mut self) {
        self.nums.clear();
        self.text.clear();
        self.strs = 0;
    }

    /// Reads what was written.
    pub fn reader(&self) -> Reader<'_> {
        Reader::new(&self.nums, &self.text)
    }
}

/// Reads values in the order they were written. What cannot be read becomes zero and empty, and is remembered: one
/// question at the end costs far less code than one behind every value.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    nums: &'a [f64],
    text: &'a str,
    fault: Option<TapeError>,
}

impl<'a> Reader<'a> {
    /// A reader over both tapes.
    pub fn new(nums: &'a [f64], text: &'a str) -> Self {
        Self { nums, text, fault: None }
    }

    /// True when both tapes are used up.
    pub fn is_empty(&self) -> bool {
        self.nums.is_empty() && self.text.is_empty()
    }

    /// The next value, if it and all before it could be read.
    pub fn read<T: Tape>(&mut self) -> Result<T, TapeError> {
        let value = T::take(self);
        self.finish().map(|()| value)
    }

    /// Whether all could be read so far.
    pub fn finish(&self) -> Result<(), TapeError> {
        self.fault.map_or(Ok(()), Err)
    }

    /// Remembers the first fault.
    pub fn fail(&mut self, fault: TapeError) {
        self.fault.get_or_insert(fault);
    }

    /// Whether something could not be read.
    pub fn failed(&self) -> bool {
        self.fault.is_some()
    }

    /// The next number.
    pub fn num(&mut self) -> f64 {
        let Some((first, rest)) = self.nums.split_first() else {
            self.fail(TapeError::End);
            return 0.0;
        };
        self.nums = rest;
        *first
    }

    /// The next string.
    pub fn text(&mut self) -> &'a str {
        let Some((first, rest)) = self.text.split_once(NUL) else {
            self.fail(TapeError::End);
            return "";
        };
        self.text = rest;
        first
    }

    /// The next number as a tag or a count.
    pub fn count(&mut self) -> u32 {
        u32::take(self)
    }

    /// Passes the next number if it is zero.
    pub fn zero(&mut self) -> bool {
        let Some((0.0, rest)) = self.nums.split_first() else {
            return false;
        };
        self.nums = rest;
        true
    }

    /// The next number, whole and between these.
    fn whole(&mut self, least: f64, most: f64) -> f64 {
        let n = self.num();
        if n.fract() == 0.0 && (least..=most).contains(&n) {
            return n;
        }
        self.fail(TapeError::Number);
        0.0
    }

    /// Exactly that many of either, as a tape of their own.
    pub fn split(&mut self, nums: u32, strs: u32) -> Writer {
        let mut taken = Writer::default();
        for _ in 0..nums {
            if self.failed() {
                break;
            }
            taken.nums.push(self.num());
        }
        for _ in 0..strs {
            if self.failed() {
                break;
            }
            taken.text(self.text());
        }
        taken
    }
}

/// A value that crosses.
pub trait Tape: Sized {
    /// Appends it.
    fn put(&self, w: &mut Writer);
    /// Reads it back; see [`Reader`].
    fn take(r: &mut Reader<'_>) -> Self;
    /// Appends all of a list, behind their number.
    fn put_all(all: &[Self], w: &mut Writer) {
        put_count(all, w);
        for item in all {
            item.put(w);
        }
    }
}

/// How many there are.
#[allow(clippy::cast_possible_truncation)]
pub fn put_count<T>(all: &[T], w: &mut Writer) {
    (all.len() as u32).put(w);
}

const SAFE: f64 = 9_007_199_254_740_991.0;

macro_rules! integers {
    ($($t:ty),*) => {$(
        impl Tape for $t {
            #[inline(always)]
            #[allow(clippy::cast_precision_loss, clippy::cast_lossless, clippy::inline_always)]
            fn put(&self, w: &mut Writer) {
                w.nums.push(*self as f64);
            }
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, clippy::cast_lossless)]
            fn take(r: &mut Reader<'_>) -> Self {
                r.whole((<$t>::MIN as f64).max(-SAFE), (<$t>::MAX as f64).min(SAFE)) as $t
            }
        }
    )*};
}
integers!(u8, u16, u32, u64, i32, i64);

impl Tape for bool {
    fn put(&self, w: &mut Writer) {
        w.nums.push(f64::from(u8::from(*self)));
    }
    fn take(r: &mut Reader<'_>) -> Self {
        r.whole(0.0, 1.0) != 0.0
    }
}

impl Tape for String {
    fn put(&self, w: &mut Writer) {
        w.text(self);
    }
    fn take(r: &mut Reader<'_>) -> Self {
        r.text().to_owned()
    }
}

impl Tape for Text {
    fn put(&self, w: &mut Writer) {
        w.text(self);
    }
    fn take(r: &mut Reader<'_>) -> Self {
        r.text().into()
    }
}

impl<T: Tape> Tape for Option<T> {
    fn put(&self, w: &mut Writer) {
        self.is_some().put(w);
        if let Some(value) = self {
            value.put(w);
        }
    }
    fn take(r: &mut Reader<'_>) -> Self {
        bool::take(r).then(|| T::take(r))
    }
}

impl<T: Tape> Tape for Box<T> {
    fn put(&self, w: &mut Writer) {
        self.as_ref().put(w);
    }
    fn take(r: &mut Reader<'_>) -> Self {
        Self::new(T::take(r))
    }
}

impl<T: Tape> Tape for Arc<T> {
    fn put(&self, w: &mut Writer) {
        self.as_ref().put(w);
    }
    fn take(r: &mut Reader<'_>) -> Self {
        Self::new(T::take(r))
    }
}

impl<T: Tape> Tape for Vec<T> {
    fn put(&self, w: &mut Writer) {
        T::put_all(self, w);
    }
    fn take(r: &mut Reader<'_>) -> Self {
        let count = r.count();
        // What is claimed is not believed.
        let mut all = Self::with_capacity(count.min(16) as usize);
        for _ in 0..count {
            if r.failed() {
                break;
            }
            all.push(T::take(r));
        }
        all
    }
}

impl<A: Tape, B: Tape> Tape for (A, B) {
    fn put(&self, w: &mut Writer) {
        self.0.put(w);
        self.1.put(w);
    }
    fn take(r: &mut Reader<'_>) -> Self {
        (A::take(r), B::take(r))
    }
}

/// Implements [`Tape`]: a struct is its fields in order, an enum its tag and then the fields of that variant.
#[macro_export]
macro_rules! tape {
    (struct $name:ident { $($field:ident),* $(,)? }) => {
        impl $crate::wire::tape::Tape for $name {
            fn put(&self, w: &mut $crate::wire::tape::Writer) {
                $( $crate::wire::tape::Tape::put(&self.$field, w); )*
            }
            fn take(r: &mut $crate::wire::tape::Reader<'_>) -> Self {
                Self { $( $field: $crate::wire::tape::Tape::take(r) ),* }
            }
        }
    };
    (enum $name:ident {
        $first_tag:literal $first:ident $( { $($first_field:ident),* $(,)? } )?,
        $( $tag:literal $variant:ident $( { $($field:ident),* $(,)? } )? ),* $(,)?
    }) => {
        impl $crate::wire::tape::Tape for $name {
            fn put(&self, w: &mut $crate::wire::tape::Writer) {
                match self {
                    Self::$first $( { $($first_field),* } )? => {
                        w.nums.push(f64::from($first_tag as u32));
                        $( $( $crate::wire::tape::Tape::put($first_field, w); )* )?
                    }
                    $( Self::$variant $( { $($field),* } )? => {
                        w.nums.push(f64::from($tag as u32));
                        $( $( $crate::wire::tape::Tape::put($field, w); )* )?
                    } ),*
                }
            }
            fn take(r: &mut $crate::wire::tape::Reader<'_>) -> Self {
                match r.count() {
                    $( $tag => return Self::$variant $( { $($field: $crate::wire::tape::Tape::take(r)),* } )?, )*
                    $first_tag => {}
                    _ => r.fail($crate::wire::tape::TapeError::Tag(stringify!($name))),
                }
                Self::$first $( { $($first_field: $crate::wire::tape::Tape::take(r)),* } )?
            }
        }
    };
}
