//! Gathering what an iterator yields.

/// `collect` into a `Vec`, by a loop.
pub trait Gather: Iterator + Sized {
    /// Everything it yields, in order. `collect` guesses sizes, which compiles to three functions for each iterator.
    fn gather(self) -> Vec<Self::Item> {
        let mut all = Vec::new();
        self.for_each(|item| all.push(item));
        all
    }
}

impl<I: Iterator> Gather for I {}
