//! A column of texts: those that came packed lie in one block, those set one by one have their own memory.

#[cfg(any(feature = "tables", not(target_arch = "wasm32")))]
pub(super) use packed::Texts;
#[cfg(not(any(feature = "tables", not(target_arch = "wasm32"))))]
pub(super) use plain::Texts;

#[cfg(not(any(feature = "tables", not(target_arch = "wasm32"))))]
mod plain {
    /// Texts by slot; empty where none was set.
    #[derive(Clone, Debug, Default)]
    pub(in super::super) struct Texts(Vec<Box<str>>);

    impl Texts {
        pub(in super::super) fn get(&self, slot: usize) -> &str {
            self.0.get(slot).map_or("", |text| text)
        }

        pub(in super::super) fn bytes(&self, slot: usize) -> &[u8] {
            self.get(slot).as_bytes()
        }

        /// As [`super::super::text::word`].
        pub(in super::super) fn word(&self, slot: usize, index: usize) -> u64 {
            super::super::text::word(self.bytes(slot), index)
        }

        pub(in super::super) fn set(&mut self, slot: usize, text: String) {
            if self.0.len() <= slot {
                self.0.resize(slot.saturating_add(1), Box::default());
            }
            if let Some(cell) = self.0.get_mut(slot) {
                *cell = text.into_boxed_str();
            }
        }

        /// Gives the memory of a cell back.
        pub(in super::super) fn wipe(&mut self, slot: usize) {
            if let Some(cell) = self.0.get_mut(slot) {
                *cell = Box::default();
            }
        }
    }
}

#[cfg(any(feature = "tables", not(target_arch = "wasm32")))]
mod packed {
    use super::super::text::{lower_eight, nul, word};

    /// Texts by slot; empty where none was set.
    #[derive(Clone, Debug, Default)]
    pub(in super::super) struct Texts {
        block: String,
        own: Vec<Box<str>>,
        free: Vec<u32>,
        cells: Vec<Text>,
    }

    /// A text in the block, or the number of one of those set one by one: eight bytes a row.
    #[derive(Clone, Copy, Debug, Default)]
    struct Text {
        start: u32,
        length: u32,
    }

    /// In place of a length: the text has its own memory.
    const OWN: u32 = u32::MAX;
    /// Beside a length: not all is ASCII.
    const WIDE: u32 = 1 << 31;

    fn length_of(text: &[u8]) -> u32 {
        narrow(text.len()) | if text.is_ascii() { 0 } else { WIDE }
    }

    fn narrow(n: usize) -> u32 {
        u32::try_from(n).unwrap_or(OWN)
    }

    impl Texts {
        pub(in super::super) fn get(&self, slot: usize) -> &str {
            let Some(Text { start, length }) = self.cells.get(slot) else { return "" };
            let start = *start as usize;
            if *length == OWN {
                return self.own.get(start).map_or("", |text| text);
            }
            self.block.get(start..start.saturating_add((*length & !WIDE) as usize)).unwrap_or("")
        }

        /// As [`Texts::get`], without a look at the end of the text.
        pub(in super::super) fn bytes(&self, slot: usize) -> &[u8] {
            let Some(Text { start, length }) = self.cells.get(slot) else { return &[] };
            if *length == OWN {
                return self.get(slot).as_bytes();
            }
            let start = *start as usize;
            self.block.as_bytes().get(start..start.saturating_add((*length & !WIDE) as usize)).unwrap_or_default()
        }

        /// As [`word`]: of a text that is all ASCII without a look at what is before it.
        pub(in super::super) fn word(&self, slot: usize, index: usize) -> u64 {
            let Some(Text { start, length }) = self.cells.get(slot).copied() else { return 0 };
            let at = index.saturating_mul(8);
            let from = (start as usize).saturating_add(at);
            let whole = self.block.as_bytes().get(from..).and_then(<[u8]>::first_chunk::<8>);
            let (0, Some(eight)) = (length & WIDE, whole) else { return word(self.bytes(slot), index) };
            let rest = (length as usize).saturating_sub(at);
            // What is behind the text is none of it.
            let kept = if rest < 8 { (1_u64 << (rest << 3)).wrapping_sub(1) } else { u64::MAX };
            lower_eight(u64::from_le_bytes(*eight) & kept).swap_bytes()
        }

        pub(in super::super) fn set(&mut self, slot: usize, text: String) {
            self.wipe(slot);
            if self.cells.len() <= slot {
                self.cells.resize(slot.saturating_add(1), Text::default());
            }
            let at = self.free.pop().unwrap_or_else(|| narrow(self.own.len()));
            match self.own.get_mut(at as usize) {
                Some(place) => *place = text.into_boxed_str(),
                None => self.own.push(text.into_boxed_str()),
            }
            if let Some(cell) = self.cells.get_mut(slot) {
                *cell = Text { start: at, length: OWN };
            }
        }

        /// Gives the memory of a cell back, but not its place in the block.
        pub(in super::super) fn wipe(&mut self, slot: usize) {
            let Some(cell) = self.cells.get_mut(slot) else { return };
            let Text { start, length } = std::mem::take(cell);
            if let Some(text) = self.own.get_mut(start as usize).filter(|_| length == OWN) {
                *text = Box::default();
                self.free.push(start);
            }
        }

        /// Makes room for so many more texts of so many bytes in all, and no more than that; where there is so much.
        pub(in super::super) fn reserve(&mut self, count: usize, bytes: usize) {
            let _ = self.cells.try_reserve_exact(count);
            let _ = self.block.try_reserve_exact(bytes);
        }

        /// How much the block holds, and how much has room.
        pub(in super::super) fn room(&self) -> (usize, usize) {
            (self.block.len(), self.block.capacity())
        }

        /// Makes room for so many cells, and as many bytes in the block, in all.
        pub(in super::super) fn reserve_to(&mut self, count: usize, bytes: usize) {
            let _ = self.cells.try_reserve_exact(count.saturating_sub(self.cells.len()));
            let _ = self.block.try_reserve_exact(bytes.saturating_sub(self.block.len()));
        }

        /// A text for a slot behind all others. Where the same one lies in the block, at `known`, it is not put there again.
        /// Answers where it lies.
        pub(in super::super) fn append(&mut self, slot: usize, text: &str, known: Option<u32>) -> Option<u32> {
            let (base, length) = (self.block.len(), text.len());
            if base.saturating_add(length) >= OWN as usize {
                self.set(slot, text.to_owned());
                return None;
            }
            if self.cells.len() < slot {
                self.cells.resize(slot, Text::default());
            }
            let there = known.filter(|at| {
                let at = *at as usize;
                self.block.as_bytes().get(at..at.saturating_add(length)) == Some(text.as_bytes())
            });
            let start = there.unwrap_or_else(|| {
                self.block.push_str(text);
                narrow(base)
            });
            self.cells.push(Text { start, length: length_of(text.as_bytes()) });
            Some(start)
        }

        /// Puts texts, each with a NUL behind it, behind those there are; how many those were.
        pub(in super::super) fn extend(&mut self, texts: &str) -> usize {
            let before = self.cells.len();
            let base = self.block.len();
            if base.saturating_add(texts.len()) >= OWN as usize {
                for text in texts.split_terminator('\0') {
                    self.set(self.cells.len(), text.to_owned());
                }
                return self.cells.len().saturating_sub(before);
            }
            if self.block.capacity().saturating_sub(base) < texts.len() {
                // Not twice the room, which might be most of the memory there is.
                self.block.reserve_exact(texts.len().max(base >> 3));
            }
            self.block.push_str(texts);
            let mut start = 0;
            while let Some(end) = nul(texts.as_bytes(), start) {
                self.cells.push(Text {
                    start: narrow(base.saturating_add(start)),
                    length: length_of(texts.as_bytes().get(start..end).unwrap_or_default()),
                });
                start = end.saturating_add(1);
            }
            self.cells.len().saturating_sub(before)
        }
    }
}
