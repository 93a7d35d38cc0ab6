//! What a message is known by in this life: a number. Texts are met only at the store and at the host.

use crate::mapi::Gather;
use crate::mapi::visits::visit;

/// A message of this life; never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(u32);

impl Key {
    /// The key after this many others.
    pub fn after(others: usize) -> Self {
        Self(u32::try_from(others).unwrap_or(u32::MAX))
    }

    /// How many others there were before.
    pub fn place(self) -> usize {
        self.0 as usize
    }
}

/// Values by key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ByKey<V>(Vec<Option<V>>);

impl<V> Default for ByKey<V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<V> ByKey<V> {
    /// The value.
    pub fn get(&self, key: Key) -> Option<&V> {
        self.0.get(key.place())?.as_ref()
    }

    /// The value, to change it.
    pub fn get_mut(&mut self, key: Key) -> Option<&mut V> {
        self.0.get_mut(key.place())?.as_mut()
    }

    /// True if there is one.
    pub fn has(&self, key: Key) -> bool {
        self.get(key).is_some()
    }

    /// Sets the value; answers the one before.
    pub fn insert(&mut self, key: Key, value: V) -> Option<V> {
        if key.place() >= self.0.len() {
            self.0.resize_with(key.place().saturating_add(1), || None);
        }
        self.0.get_mut(key.place())?.replace(value)
    }

    /// Takes the value out.
    pub fn remove(&mut self, key: Key) -> Option<V> {
        self.0.get_mut(key.place())?.take()
    }

    fn places(&self) -> impl Iterator<Item = &Option<V>> {
        self.0.iter().inspect(|_| visit())
    }

    /// All pairs, the oldest key first.
    pub fn iter(&self) -> impl Iterator<Item = (Key, &V)> {
        self.places().enumerate().filter_map(|(place, value)| Some((Key::after(place), value.as_ref()?)))
    }

    /// All keys, the oldest first.
    pub fn keys(&self) -> Vec<Key> {
        self.iter().map(|(key, _)| key).gather()
    }

    /// All values, the oldest first, owned.
    pub fn into_values(self) -> impl Iterator<Item = V> {
        self.0.into_iter().flatten()
    }

    /// The same, to change them.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.0.iter_mut().inspect(|_| visit()).flatten()
    }
}

/// Messages by a text of theirs. The texts are not kept: whoever looks one up compares it with what he finds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Names {
    /// Hash and key; a power of two of places, most of them free.
    places: Vec<Option<(u32, Key)>>,
    taken: usize,
}

/// Four bytes at a time, the high bits of a product being its better ones.
fn hash(text: &str) -> u32 {
    let mix = |hash: u32, word: u32| (hash ^ word).wrapping_mul(0x9e37_79b1).rotate_left(15);
    let (mut hash, mut rest) = (0, text.as_bytes());
    while let Some((word, more)) = rest.split_first_chunk() {
        (hash, rest) = (mix(hash, u32::from_le_bytes(*word)), more);
    }
    for byte in rest {
        hash = mix(hash, u32::from(*byte));
    }
    hash ^ (hash >> 16)
}

impl Names {
    fn home(&self, hash: u32) -> usize {
        hash as usize & self.places.len().wrapping_sub(1)
    }

    fn next(&self, place: usize) -> usize {
        place.wrapping_add(1) & self.places.len().wrapping_sub(1)
    }

    fn at(&self, place: usize) -> Option<(u32, Key)> {
        self.places.get(place).copied().flatten()
    }

    /// Messages that may have this text.
    pub fn find(&self, text: &str) -> impl Iterator<Item = Key> {
        self.hashed(hash(text))
    }

    fn hashed(&self, hash: u32) -> impl Iterator<Item = Key> {
        let mut place = self.home(hash);
        std::iter::from_fn(move || {
            let found = self.at(place)?;
            place = self.next(place);
            Some(found)
        })
        .filter(move |(other, _)| *other == hash)
        .map(|(_, key)| key)
    }

    /// This message has this text; twice is once.
    pub fn enter(&mut self, text: &str, key: Key) {
        let hash = hash(text);
        if self.hashed(hash).any(|other| other == key) {
            return;
        }
        if self.taken.saturating_mul(4) >= self.places.len().saturating_mul(3) {
            let more = vec![None; self.places.len().saturating_mul(2).max(16)];
            for (hash, key) in std::mem::replace(&mut self.places, more).into_iter().flatten() {
                self.put(hash, key);
            }
        }
        self.put(hash, key);
        self.taken = self.taken.saturating_add(1);
    }

    fn put(&mut self, hash: u32, key: Key) {
        let mut place = self.home(hash);
        while self.at(place).is_some() {
            place = self.next(place);
        }
        if let Some(free) = self.places.get_mut(place) {
            *free = Some((hash, key));
        }
    }

    /// It has it no more.
    pub fn leave(&mut self, text: &str, key: Key) {
        let mut place = self.home(hash(text));
        while let Some((_, other)) = self.at(place)
            && other != key
        {
            place = self.next(place);
        }
        if self.at(place).is_none() {
            return;
        }
        self.taken = self.taken.saturating_sub(1);
        // Those behind it are found from their home up to the first free place: they move up.
        let mut rest = Vec::new();
        while let Some(found) = self.places.get_mut(place).and_then(Option::take) {
            rest.push(found);
            place = self.next(place);
        }
        for (hash, other) in rest.into_iter().skip(1) {
            self.put(hash, other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_until_they_leave() {
        let mut names = Names::default();
        let text = |i: usize| format!("<{i}@x.test>");
        let found = |names: &Names, i: usize| names.find(&text(i)).gather().contains(&Key::after(i));
        for i in 0..1_000 {
            names.enter(&text(i), Key::after(i));
            names.enter(&text(i), Key::after(i));
        }
        assert!((0..1_000).all(|i| found(&names, i)));
        for i in (0..1_000).step_by(3) {
            names.leave(&text(i), Key::after(i));
        }
        assert!((0..1_000).all(|i| found(&names, i) == (i % 3 != 0)));
        assert_eq!(names.taken, 666);
    }

    #[test]
    fn two_messages_may_have_one_text() {
        let mut names = Names::default();
        let [a, b] = [0, 1].map(Key::after);
        names.enter("<x@y>", a);
        names.enter("<x@y>", b);
        assert_eq!(names.find("<x@y>").gather(), [a, b]);
        names.leave("<x@y>", a);
        assert_eq!(names.find("<x@y>").gather(), [b]);
        assert_eq!(names.find("").next(), None);
    }
}
