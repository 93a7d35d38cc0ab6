//! Columns that come whole: numbers as they lie in typed arrays, texts in one block.

use super::column::{Column, Data};

impl Column {
    /// Makes room for so many rows, texts of so many bytes in all, and no more than that.
    pub(super) fn reserve(&mut self, rows: usize, bytes: usize) {
        self.present.reserve_exact(rows.div_ceil(64));
        match &mut self.data {
            Data::Long(v) => v.reserve_exact(rows),
            Data::I8(v) | Data::SysTime(v) => v.reserve_exact(rows),
            Data::Boolean(v) => v.reserve_exact(rows),
            Data::Double(v) => v.reserve_exact(rows),
            Data::Str(v) => v.reserve(rows, bytes),
            Data::Binary(_) | Data::MvLong(_) | Data::MvStr(_) | Data::MvBinary(_) => {}
        }
    }

    /// Makes room for so many rows in all.
    pub(super) fn reserve_to(&mut self, rows: usize) {
        fn more<T>(values: &mut Vec<T>, rows: usize) {
            let _ = values.try_reserve_exact(rows.saturating_sub(values.len()));
        }
        more(&mut self.present, rows.div_ceil(64));
        match &mut self.data {
            Data::Long(v) => more(v, rows),
            Data::I8(v) | Data::SysTime(v) => more(v, rows),
            Data::Boolean(v) => more(v, rows),
            Data::Double(v) => more(v, rows),
            Data::Str(v) => v.reserve_to(rows, 0),
            Data::Binary(_) | Data::MvLong(_) | Data::MvStr(_) | Data::MvBinary(_) => {}
        }
    }

    /// The next rows of a column of numbers or booleans; NaN is a row without value. False for another column.
    #[allow(clippy::cast_possible_truncation)]
    pub(super) fn extend_numbers(&mut self, start: u32, numbers: &[f64]) -> bool {
        let first = start as usize;
        match &mut self.data {
            Data::Long(v) => fill(v, first, numbers, |n| long(*n)),
            Data::I8(v) | Data::SysTime(v) => fill(v, first, numbers, |n| *n as i64),
            Data::Boolean(v) => fill(v, first, numbers, |n| *n > 0.0),
            // -0 is 0.
            Data::Double(v) => fill(v, first, numbers, |n| *n + 0.0),
            Data::Str(_) | Data::Binary(_) | Data::MvLong(_) | Data::MvStr(_) | Data::MvBinary(_) => return false,
        }
        self.mark_all(start, numbers.len(), |at| numbers.get(at).is_some_and(|n| !n.is_nan()));
        true
    }

    /// The next rows of a column of texts, each with a NUL behind it; `absent`, ascending, have none. False if there
    /// are not `count`, or for another column.
    pub(super) fn extend_texts(&mut self, start: u32, count: usize, texts: &str, absent: &[f64]) -> bool {
        let Data::Str(v) = &mut self.data else { return false };
        if v.extend(texts) != count {
            return false;
        }
        let mut missing = absent.iter().peekable();
        #[allow(clippy::cast_precision_loss)]
        self.mark_all(start, count, |at| missing.next_if(|next| **next <= at as f64).is_none());
        true
    }

    fn mark_all(&mut self, start: u32, count: usize, mut present: impl FnMut(usize) -> bool) {
        let first = start as usize;
        let words = first.saturating_add(count).div_ceil(64);
        if self.present.len() < words {
            self.present.resize(words, 0);
        }
        for at in 0..count {
            let slot = first.saturating_add(at);
            if present(at)
                && let Some(bits) = self.present.get_mut(slot >> 6)
            {
                *bits |= 1 << (slot & 63);
            }
        }
    }
}

fn fill<T: Default + Clone>(values: &mut Vec<T>, first: usize, numbers: &[f64], read: impl Fn(&f64) -> T) {
    if values.len() != first {
        values.resize(first, T::default());
    }
    values.extend(numbers.iter().map(read));
}

/// Flag words are written unsigned in JavaScript.
#[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, clippy::cast_sign_loss)]
fn long(n: f64) -> i32 {
    n as i64 as u32 as i32
}
