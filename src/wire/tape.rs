//! Two flat tapes, numbers and text, carry every value that crosses: one typed array and one text each way.

/// Why a tape could not be read: a fault of this library, never of its user.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum TapeError {
    /// The tape ended early.
    End,
    /// A number that is no valid value here.
    Number(&'static str),
    /// A tag that names no variant.
    Tag(&'static str, u32),
}

/// Ends every string; none holds one.
const NUL: char = '\0';

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
        self.text.push_str(text);
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
        let units = if text.is_ascii() { text.len() } else { text.encode_utf16().count() };
        let counts = [(self.nums.len() - body) as f64, f64::from(self.strs - strs), units as f64];
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

/// Reads values in the order they were written.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    nums: &'a [f64],
    text: &'a str,
}

impl<'a> Reader<'a> {
    /// A reader over both tapes.
    pub fn new(nums: &'a [f64], text: &'a str) -> Self {
        Self { nums, text }
    }

    /// True when both tapes are used up.
    pub fn is_empty(&self) -> bool {
        self.nums.is_empty() && self.text.is_empty()
    }

    /// The next number.
    pub fn num(&mut self) -> Result<f64, TapeError> {
        let (first, rest) = self.nums.split_first().ok_or(TapeError::End)?;
        self.nums = rest;
        Ok(*first)
    }

    /// The next string.
    pub fn text(&mut self) -> Result<&'a str, TapeError> {
        let (first, rest) = self.text.split_once(NUL).ok_or(TapeError::End)?;
        self.text = rest;
        Ok(first)
    }

    /// The next number as a tag or a count.
    pub fn count(&mut self) -> Result<u32, TapeError> {
        u32::take(self)
    }

    /// Exactly that many of either, as a tape of their own.
    pub fn split(&mut self, nums: u32, strs: u32) -> Result<Writer, TapeError> {
        let mut taken = Writer::default();
        for _ in 0..nums {
            taken.nums.push(self.num()?);
        }
        for _ in 0..strs {
            taken.text(self.text()?);
        }
        Ok(taken)
    }
}

/// A value that crosses.
pub trait Tape: Sized {
    /// Appends it.
    fn put(&self, w: &mut Writer);
    /// Reads it back.
    fn take(r: &mut Reader<'_>) -> Result<Self, TapeError>;
}

const SAFE: f64 = 9_007_199_254_740_991.0;

macro_rules! integers {
    ($($t:ty),*) => {$(
        impl Tape for $t {
            #[allow(clippy::cast_precision_loss, clippy::cast_lossless)]
            fn put(&self, w: &mut Writer) {
                w.nums.push(*self as f64);
            }
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, clippy::cast_lossless)]
            fn take(r: &mut Reader<'_>) -> Result<Self, TapeError> {
                let n = r.num()?;
                if n.fract() != 0.0 || n.abs() > SAFE || n < <$t>::MIN as f64 || n > <$t>::MAX as f64 {
                    return Err(TapeError::Number(stringify!($t)));
                }
                Ok(n as $t)
            }
        }
    )*};
}
integers!(u8, u16, u32, u64, i32, i64);

impl Tape for bool {
    fn put(&self, w: &mut Writer) {
        w.nums.push(f64::from(u8::from(*self)));
    }
    fn take(r: &mut Reader<'_>) -> Result<Self, TapeError> {
        match u8::take(r)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(TapeError::Number("bool")),
        }
    }
}

impl Tape for String {
    fn put(&self, w: &mut Writer) {
        w.text(self);
    }
    fn take(r: &mut Reader<'_>) -> Result<Self, TapeError> {
        r.text().map(str::to_owned)
    }
}

impl<T: Tape> Tape for Option<T> {
    fn put(&self, w: &mut Writer) {
        self.is_some().put(w);
        if let Some(value) = self {
            value.put(w);
        }
    }
    fn take(r: &mut Reader<'_>) -> Result<Self, TapeError> {
        Ok(if bool::take(r)? { Some(T::take(r)?) } else { None })
    }
}

impl<T: Tape> Tape for Box<T> {
    fn put(&self, w: &mut Writer) {
        self.as_ref().put(w);
    }
    fn take(r: &mut Reader<'_>) -> Result<Self, TapeError> {
        T::take(r).map(Self::new)
    }
}

impl<T: Tape> Tape for Vec<T> {
    #[allow(clippy::cast_possible_truncation)]
    fn put(&self, w: &mut Writer) {
        (self.len() as u32).put(w);
        for item in self {
            item.put(w);
        }
    }
    fn take(r: &mut Reader<'_>) -> Result<Self, TapeError> {
        let count = r.count()?;
        (0..count).map(|_| T::take(r)).collect()
    }
}

impl<A: Tape, B: Tape> Tape for (A, B) {
    fn put(&self, w: &mut Writer) {
        self.0.put(w);
        self.1.put(w);
    }
    fn take(r: &mut Reader<'_>) -> Result<Self, TapeError> {
        Ok((A::take(r)?, B::take(r)?))
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
            fn take(r: &mut $crate::wire::tape::Reader<'_>) -> Result<Self, $crate::wire::tape::TapeError> {
                Ok(Self { $( $field: $crate::wire::tape::Tape::take(r)? ),* })
            }
        }
    };
    (enum $name:ident { $( $tag:literal $variant:ident $( { $($field:ident),* $(,)? } )? ),* $(,)? }) => {
        impl $crate::wire::tape::Tape for $name {
            fn put(&self, w: &mut $crate::wire::tape::Writer) {
                match self {
                    $( Self::$variant $( { $($field),* } )? => {
                        w.nums.push(f64::from($tag as u32));
                        $( $( $crate::wire::tape::Tape::put($field, w); )* )?
                    } ),*
                }
            }
            fn take(r: &mut $crate::wire::tape::Reader<'_>) -> Result<Self, $crate::wire::tape::TapeError> {
                match r.count()? {
                    $( $tag => Ok(Self::$variant $( { $($field: $crate::wire::tape::Tape::take(r)?),* } )? ), )*
                    other => Err($crate::wire::tape::TapeError::Tag(stringify!($name), other)),
                }
            }
        }
    };
}
