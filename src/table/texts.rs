//! A column of texts: those that came packed lie in one block, those set one by one have their own memory.

/// Texts by slot; empty where none was set.
#[derive(Clone, Debug, Default)]
pub(super) struct Texts {
    #[cfg(any(feature = "tables", not(target_arch = "wasm32")))]
    block: String,
    cells: Vec<Text>,
}

#[derive(Clone, Debug, Default)]
enum Text {
    #[default]
    Empty,
    #[cfg(any(feature = "tables", not(target_arch = "wasm32")))]
    Packed {
        start: u32,
        length: u32,
    },
    Own(Box<str>),
}

impl Texts {
    pub(super) fn get(&self, slot: usize) -> &str {
        match self.cells.get(slot) {
            None | Some(Text::Empty) => "",
            #[cfg(any(feature = "tables", not(target_arch = "wasm32")))]
            Some(Text::Packed { start, length }) => {
                let start = *start as usize;
                self.block.get(start..start.saturating_add(*length as usize)).unwrap_or("")
            }
            Some(Text::Own(text)) => text,
        }
    }

    pub(super) fn set(&mut self, slot: usize, text: String) {
        if self.cells.len() <= slot {
            self.cells.resize(slot.saturating_add(1), Text::Empty);
        }
        if let Some(cell) = self.cells.get_mut(slot) {
            *cell = Text::Own(text.into_boxed_str());
        }
    }

    /// Gives the memory of a cell back, but not its place in the block.
    pub(super) fn wipe(&mut self, slot: usize) {
        if let Some(cell) = self.cells.get_mut(slot) {
            *cell = Text::Empty;
        }
    }
}

#[cfg(any(feature = "tables", not(target_arch = "wasm32")))]
impl Texts {
    /// Makes room for so many more texts of so many bytes in all, and no more than that; where there is so much.
    pub(super) fn reserve(&mut self, count: usize, bytes: usize) {
        let _ = self.cells.try_reserve_exact(count);
        let _ = self.block.try_reserve_exact(bytes);
    }

    /// Puts texts, each with a NUL behind it, behind those there are; how many those were.
    pub(super) fn extend(&mut self, texts: &str) -> usize {
        let before = self.cells.len();
        for text in texts.split_terminator('\0') {
            let packed = u32::try_from(self.block.len()).ok().zip(u32::try_from(text.len()).ok());
            self.cells.push(match packed {
                Some((start, length)) => {
                    self.block.push_str(text);
                    Text::Packed { start, length }
                }
                None => Text::Own(text.into()),
            });
        }
        self.cells.len().saturating_sub(before)
    }
}
