//! Two flat tapes, numbers and strings, carry every value that crosses: one typed array and one text each way.

use std::collections::VecDeque;

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

/// Writes values in order.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Writer {
    /// The numbers, in order.
    pub nums: Vec<f64>,
    /// The strings, in order.
    pub strs: Vec<String>,
}

/// Reads values in the order they were written.
#[derive(Debug, Clone)]
pub struct Reader {
    nums: VecDeque<f64>,
    strs: VecDeque<String>,
}

impl Reader {
    /// A reader over both tapes.
    pub fn new(nums: Vec<f64>, strs: Vec<String>) -> Self {
        Self { nums: nums.into(), strs: strs.into() }
    }

    /// True when both tapes are used up.
    pub fn is_empty(&self) -> bool {
        self.nums.is_empty() && self.strs.is_empty()
    }

    /// The next number.
    pub fn num(&mut self) -> Result<f64, TapeError> {
        self.nums.pop_front().ok_or(TapeError::End)
    }

    /// The next string.
    pub fn text(&mut self) -> Result<String, TapeError> {
        self.strs.pop_front().ok_or(TapeError::End)
    }

    /// The next number as a tag or a count.
    pub fn count(&mut self) -> Result<u32, TapeError> {
        u32::take(self)
    }

    /// Exactly that many of either, as a tape of their own.
    pub fn split(&mut self, nums: u32, strs: u32) -> Result<Writer, TapeError> {
        let (nums, strs) = (nums as usize, strs as usize);
        if nums > self.nums.len() || strs > self.strs.len() {
            return Err(TapeError::End);
        }
        Ok(Writer { nums: self.nums.drain(..nums).collect(), strs: self.strs.drain(..strs).collect() })
    }
}

/// A value that crosses.
pub trait Tape: Sized {
    /// Appends it.
    fn put(&self, w: &mut Writer);
    /// Reads it back.
    fn take(r: &mut Reader) -> Result<Self, TapeError>;
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
            fn take(r: &mut Reader) -> Result<Self, TapeError> {
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
    fn take(r: &mut Reader) -> Result<Self, TapeError> {
        match u8::take(r)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(TapeError::Number("bool")),
        }
    }
}

impl Tape for String {
    fn put(&self, w: &mut Writer) {
        w.strs.push(self.clone());
    }
    fn take(r: &mut Reader) -> Result<Self, TapeError> {
        r.text()
    }
}

impl<T: Tape> Tape for Option<T> {
    fn put(&self, w: &mut Writer) {
        self.is_some().put(w);
        if let Some(value) = self {
            value.put(w);
        }
    }
    fn take(r: &mut Reader) -> Result<Self, TapeError> {
        Ok(if bool::take(r)? { Some(T::take(r)?) } else { None })
    }
}

impl<T: Tape> Tape for Box<T> {
    fn put(&self, w: &mut Writer) {
        self.as_ref().put(w);
    }
    fn take(r: &mut Reader) -> Result<Self, TapeError> {
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
    fn take(r: &mut Reader) -> Result<Self, TapeError> {
        let count = r.count()?;
        (0..count).map(|_| T::take(r)).collect()
    }
}

impl<A: Tape, B: Tape> Tape for (A, B) {
    fn put(&self, w: &mut Writer) {
        self.0.put(w);
        self.1.put(w);
    }
    fn take(r: &mut Reader) -> Result<Self, TapeError> {
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
            fn take(r: &mut $crate::wire::tape::Reader) -> Result<Self, $crate::wire::tape::TapeError> {
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
            fn take(r: &mut $crate::wire::tape::Reader) -> Result<Self, $crate::wire::tape::TapeError> {
                match r.count()? {
                    $( $tag => Ok(Self::$variant $( { $($field: $crate::wire::tape::Tape::take(r)?),* } )? ), )*
                    other => Err($crate::wire::tape::TapeError::Tag(stringify!($name), other)),
                }
            }
        }
    };
}
