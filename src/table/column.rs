//! One column: values of one type, packed by slot. Columns fill from the left and are only as long as needed.

use super::cell::{Cell, ascending};
use super::texts::Texts;
use crate::mapi::ordered::Map;
use crate::mapi::{PropTag, PropType, PropValue, Scode};

/// The values of one property in all rows.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) tag: PropTag,
    pub(super) present: Vec<u64>,
    errors: Map<u32, Scode>,
    pub(super) data: Data,
}

#[derive(Clone, Debug)]
pub(super) enum Data {
    Long(Vec<i32>),
    I8(Vec<i64>),
    Boolean(Vec<bool>),
    Double(Vec<f64>),
    Str(Texts),
    SysTime(Vec<i64>),
    Binary(Vec<Box<[u8]>>),
    MvLong(Vec<Box<[i32]>>),
    MvStr(Vec<Box<[String]>>),
    MvBinary(Vec<Box<[Vec<u8>]>>),
}

impl Column {
    /// `None` if no column can be of that type.
    pub(super) fn new(tag: PropTag) -> Option<Self> {
        Some(Self { tag, present: Vec::new(), errors: Map::new(), data: data_for(tag)? })
    }

    /// True if a column can be of that type.
    pub(super) fn can_hold(tag: PropTag) -> bool {
        data_for(tag).is_some()
    }

    pub(super) fn cell(&self, slot: u32) -> Cell<'_> {
        if !self.has(slot) {
            return self.errors.get(&slot).map_or(Cell::Absent, |code| Cell::Error(*code));
        }
        let at = slot as usize;
        let found = match &self.data {
            Data::Long(v) => v.get(at).map(|v| Cell::Long(*v)),
            Data::I8(v) => v.get(at).map(|v| Cell::I8(*v)),
            Data::Boolean(v) => v.get(at).map(|v| Cell::Boolean(*v)),
            Data::Double(v) => v.get(at).map(|v| Cell::Double(*v)),
            Data::Str(v) => Some(Cell::Str(v.get(at))),
            Data::SysTime(v) => v.get(at).map(|v| Cell::SysTime(*v)),
            Data::Binary(v) => v.get(at).map(|v| Cell::Binary(v)),
            Data::MvLong(v) => v.get(at).map(|v| Cell::MvLong(v)),
            Data::MvStr(v) => v.get(at).map(|v| Cell::MvStr(v)),
            Data::MvBinary(v) => v.get(at).map(|v| Cell::MvBinary(v)),
        };
        found.unwrap_or(Cell::Absent)
    }

    /// There is a value.
    pub(super) fn has(&self, slot: u32) -> bool {
        let (word, bit) = bit_of(slot);
        self.present.get(word).is_some_and(|bits| bits & bit != 0)
    }

    /// As [`Cell::sort_word`] of the cell.
    pub(super) fn sort_word(&self, slot: u32, down: bool, index: usize) -> u64 {
        let (word, bit) = bit_of(slot);
        let at = slot as usize;
        let up = match &self.data {
            _ if self.present.get(word).is_none_or(|bits| bits & bit == 0) => return u64::MAX,
            Data::Str(v) => v.word(at, index),
            Data::Long(v) => v.get(at).map_or(0, |v| ascending(i64::from(*v))),
            Data::I8(v) | Data::SysTime(v) => v.get(at).map_or(0, |v| ascending(*v)),
            _ => return self.cell(slot).sort_word(down, index),
        };
        if down { !up } else { up }
    }

    /// Sets the cell; a missing or an error value clears it, and so does one of another type.
    pub(super) fn set(&mut self, slot: u32, value: PropValue) {
        self.clear(slot);
        match (&mut self.data, value) {
            (Data::Long(to), PropValue::Long(v)) => put(to, slot, v),
            (Data::I8(to), PropValue::I8(v)) | (Data::SysTime(to), PropValue::SysTime(v)) => {
                put(to, slot, v);
            }
            (Data::Boolean(to), PropValue::Boolean(v)) => put(to, slot, v),
            (Data::Double(to), PropValue::Double(v)) => put(to, slot, v),
            (Data::Str(to), PropValue::Str(v)) => to.set(slot as usize, v),
            (Data::Binary(to), PropValue::Binary(v)) => put(to, slot, v.into_boxed_slice()),
            (Data::MvLong(to), PropValue::MvLong(v)) => put(to, slot, v.into_boxed_slice()),
            (Data::MvStr(to), PropValue::MvStr(v)) => put(to, slot, v.into_boxed_slice()),
            (Data::MvBinary(to), PropValue::MvBinary(v)) => put(to, slot, v.into_boxed_slice()),
            (_, PropValue::Error(code)) if code != Scode::MAPI_E_NOT_FOUND => {
                self.errors.insert(slot, code);
                return;
            }
            _ => return,
        }
        self.mark(slot);
    }

    pub(super) fn mark(&mut self, slot: u32) {
        let (word, bit) = bit_of(slot);
        if self.present.len() <= word {
            self.present.resize(word.saturating_add(1), 0);
        }
        if let Some(bits) = self.present.get_mut(word) {
            *bits |= bit;
        }
    }

    /// Makes the cell absent and gives its memory back.
    fn clear(&mut self, slot: u32) {
        if !self.errors.is_empty() {
            self.errors.remove(&slot);
        }
        let (word, bit) = bit_of(slot);
        let Some(bits) = self.present.get_mut(word).filter(|bits| **bits & bit != 0) else {
            return;
        };
        *bits &= !bit;
        match &mut self.data {
            Data::Long(v) => wipe(v, slot),
            Data::I8(v) | Data::SysTime(v) => wipe(v, slot),
            Data::Boolean(v) => wipe(v, slot),
            Data::Double(v) => wipe(v, slot),
            Data::Str(v) => v.wipe(slot as usize),
            Data::Binary(v) => wipe(v, slot),
            Data::MvLong(v) => wipe(v, slot),
            Data::MvStr(v) => wipe(v, slot),
            Data::MvBinary(v) => wipe(v, slot),
        }
    }
}

fn data_for(tag: PropTag) -> Option<Data> {
    Some(match tag.prop_type()? {
        PropType::Long => Data::Long(Vec::new()),
        PropType::I8 => Data::I8(Vec::new()),
        PropType::Boolean => Data::Boolean(Vec::new()),
        PropType::Double => Data::Double(Vec::new()),
        PropType::Unicode => Data::Str(Texts::default()),
        PropType::SysTime => Data::SysTime(Vec::new()),
        PropType::Binary => Data::Binary(Vec::new()),
        PropType::MvLong => Data::MvLong(Vec::new()),
        PropType::MvUnicode => Data::MvStr(Vec::new()),
        PropType::MvBinary => Data::MvBinary(Vec::new()),
        PropType::Unspecified
        | PropType::Null
        | PropType::Error
        | PropType::Object
        | PropType::String8
        | PropType::MvString8
        | PropType::Clsid => return None,
    })
}

fn bit_of(slot: u32) -> (usize, u64) {
    ((slot >> 6) as usize, 1 << (slot & 63))
}

pub(super) fn put<T: Default + Clone>(values: &mut Vec<T>, slot: u32, value: T) {
    let at = slot as usize;
    if values.len() <= at {
        values.resize(at.saturating_add(1), T::default());
    }
    if let Some(place) = values.get_mut(at) {
        *place = value;
    }
}

fn wipe<T: Default>(values: &mut [T], slot: u32) {
    if let Some(place) = values.get_mut(slot as usize) {
        *place = T::default();
    }
}
