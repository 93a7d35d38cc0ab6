//! An ordered map: a set of keys, and the values by the keys' numbers.

use super::set::{Numbered, Set};
use crate::mapi::visits::visit;
use std::borrow::Borrow;
use std::fmt;
use std::hash::{Hash, Hasher};

/// Values by key, in the order of the keys.
#[derive(Clone)]
pub struct Map<K, V> {
    keys: Set<K>,
    values: Vec<Option<V>>,
}

impl<K, V> Map<K, V> {
    /// Of nothing.
    pub const fn new() -> Self {
        Self { keys: Set::new(), values: Vec::new() }
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// True if there is none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    fn value(&self, number: usize) -> Option<&V> {
        self.values.get(number)?.as_ref()
    }

    /// All pairs in order.
    pub fn iter(&self) -> Iter<'_, K, V> {
        Iter { map: self, keys: self.keys.numbered() }
    }

    /// All keys in order.
    pub fn keys(&self) -> impl Iterator<Item = &K> {
        self.keys.iter()
    }

    /// All values in order of their keys.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.iter().map(|(_, value)| value)
    }

    /// The keys in order, owned.
    pub fn into_keys(self) -> impl Iterator<Item = K> {
        self.keys.into_iter()
    }

    /// The values in order of their keys, owned.
    pub fn into_values(self) -> impl Iterator<Item = V> {
        self.into_iter().map(|(_, value)| value)
    }

    /// All values in no order: for what does the same to each.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.values.iter_mut().inspect(|_| visit()).flatten()
    }

    /// Does something to each pair in order.
    pub fn each(&mut self, mut act: impl FnMut(&K, &mut V)) {
        for (number, key) in self.keys.numbered() {
            if let Some(value) = self.values.get_mut(number).and_then(Option::as_mut) {
                act(key, value);
            }
        }
    }

    /// The pair with the least key.
    pub fn first_key_value(&self) -> Option<(&K, &V)> {
        self.iter().next()
    }

    fn take(&mut self, number: usize) -> Option<V> {
        self.values.get_mut(number)?.take()
    }

    /// Takes the pair with the least key out.
    pub fn pop_first(&mut self) -> Option<(K, V)> {
        let (number, key) = self.keys.pop_first_number()?;
        Some((key, self.take(number)?))
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        *self = Self::new();
    }
}

impl<K: Ord, V> Map<K, V> {
    /// The value.
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.value(self.keys.number(key)?)
    }

    /// The value, to change it.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        self.values.get_mut(self.keys.number(key)?)?.as_mut()
    }

    /// True if it is there.
    pub fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.keys.contains(key)
    }

    /// The place of a key, with or without a value.
    pub fn entry(&mut self, key: K) -> Entry<'_, V> {
        let (number, _) = self.keys.enter(key);
        if number >= self.values.len() {
            self.values.push(None);
        }
        Entry { values: &mut self.values, number }
    }

    /// Sets the value; answers the one before.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        self.entry(key).place().replace(value)
    }

    /// Takes the value out.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let number = self.keys.leave(key)?;
        self.take(number)
    }
}

impl<K: Ord + Clone, V> Map<K, V> {
    /// Keeps those of which `keep` is true.
    pub fn retain(&mut self, mut keep: impl FnMut(&K, &mut V) -> bool) {
        let mut gone = Vec::new();
        self.each(|key, value| {
            if !keep(key, value) {
                gone.push(key.clone());
            }
        });
        for key in gone {
            self.remove(&key);
        }
    }
}

/// A key's place in a map.
pub struct Entry<'a, V> {
    values: &'a mut Vec<Option<V>>,
    number: usize,
}

impl<'a, V> Entry<'a, V> {
    #[expect(clippy::indexing_slicing, reason = "made to fit just now")]
    fn place(self) -> &'a mut Option<V> {
        &mut self.values[self.number]
    }

    /// The value; `make`'s when there is none yet.
    pub fn or_insert_with(self, make: impl FnOnce() -> V) -> &'a mut V {
        self.place().get_or_insert_with(make)
    }

    /// The value; this one when there is none yet.
    pub fn or_insert(self, value: V) -> &'a mut V {
        self.place().get_or_insert(value)
    }

    /// The value; its type's default when there is none yet.
    pub fn or_default(self) -> &'a mut V
    where
        V: Default,
    {
        self.or_insert_with(V::default)
    }
}

/// Pairs in order.
pub struct Iter<'a, K, V> {
    map: &'a Map<K, V>,
    keys: Numbered<'a, K>,
}

impl<'a, K, V> Iterator for Iter<'a, K, V> {
    type Item = (&'a K, &'a V);

    fn next(&mut self) -> Option<Self::Item> {
        let (number, key) = self.keys.next()?;
        Some((key, self.map.value(number)?))
    }
}

/// Pairs in order, owned.
pub struct IntoIter<K, V>(Map<K, V>);

impl<K, V> Iterator for IntoIter<K, V> {
    type Item = (K, V);

    fn next(&mut self) -> Option<(K, V)> {
        self.0.pop_first()
    }
}

impl<'a, K, V> IntoIterator for &'a Map<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = Iter<'a, K, V>;
    fn into_iter(self) -> Iter<'a, K, V> {
        self.iter()
    }
}

impl<K, V> IntoIterator for Map<K, V> {
    type Item = (K, V);
    type IntoIter = IntoIter<K, V>;
    fn into_iter(self) -> IntoIter<K, V> {
        IntoIter(self)
    }
}

impl<K, V> Default for Map<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: Ord, V> Extend<(K, V)> for Map<K, V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, pairs: I) {
        for (key, value) in pairs {
            self.insert(key, value);
        }
    }
}

impl<K: Ord, V> FromIterator<(K, V)> for Map<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let mut map = Self::new();
        map.extend(pairs);
        map
    }
}

impl<K: PartialEq, V: PartialEq> PartialEq for Map<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl<K: Eq, V: Eq> Eq for Map<K, V> {}

impl<K: Hash, V: Hash> Hash for Map<K, V> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.len().hash(state);
        self.iter().for_each(|pair| pair.hash(state));
    }
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for Map<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}
