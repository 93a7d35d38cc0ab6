//! An ordered set.

use super::index::Index;
use super::order::Numbers;
use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::RangeFrom;

/// Keys in order. Each has a number as long as it is in the set.
#[derive(Clone)]
pub struct Set<K> {
    index: Index,
    keys: Vec<Option<K>>,
}

fn compare<K: Borrow<Q>, Q: Ord + ?Sized>(keys: &[Option<K>], number: u32, key: &Q) -> Ordering {
    match keys.get(number as usize) {
        Some(Some(other)) => other.borrow().cmp(key),
        _ => Ordering::Greater,
    }
}

impl<K> Set<K> {
    /// Of nothing.
    pub const fn new() -> Self {
        Self { index: Index::new(), keys: Vec::new() }
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// True if there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn key(&self, number: u32) -> Option<&K> {
        self.keys.get(number as usize)?.as_ref()
    }

    /// All keys in order.
    pub fn iter(&self) -> Iter<'_, K> {
        Iter { set: self, numbers: self.index.order.all() }
    }

    /// All keys in order, with their numbers.
    pub(super) fn numbered(&self) -> Numbered<'_, K> {
        Numbered(self.iter())
    }

    /// The least.
    pub fn first(&self) -> Option<&K> {
        self.iter().next()
    }

    /// Takes the least out.
    pub fn pop_first(&mut self) -> Option<K> {
        self.pop_first_number().map(|(_, key)| key)
    }

    pub(super) fn pop_first_number(&mut self) -> Option<(usize, K)> {
        let number = self.index.pop_first()? as usize;
        Some((number, self.keys.get_mut(number)?.take()?))
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        *self = Self::new();
    }
}

impl<K: Ord> Set<K> {
    pub(super) fn number<Q: Ord + ?Sized>(&self, key: &Q) -> Option<usize>
    where
        K: Borrow<Q>,
    {
        self.index.find(&|number| compare(&self.keys, number, key)).map(|number| number as usize)
    }

    /// True if it is there.
    pub fn contains<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.number(key).is_some()
    }

    /// Keys from this one on, in order.
    pub fn range(&self, from: RangeFrom<K>) -> Iter<'_, K> {
        let place = self.index.seek(&|number| compare(&self.keys, number, &from.start));
        Iter { set: self, numbers: self.index.order.from(place) }
    }

    /// Its number, old or new, and whether it is new.
    pub(super) fn enter(&mut self, key: K) -> (usize, bool) {
        let (number, new) = self.index.enter(&|number| compare(&self.keys, number, &key));
        let number = number as usize;
        if new {
            match self.keys.get_mut(number) {
                Some(free) => *free = Some(key),
                None => self.keys.push(Some(key)),
            }
        }
        (number, new)
    }

    /// True if it was not there.
    pub fn insert(&mut self, key: K) -> bool {
        self.enter(key).1
    }

    pub(super) fn leave<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<usize>
    where
        K: Borrow<Q>,
    {
        let number = self.index.leave(&|number| compare(&self.keys, number, key))? as usize;
        *self.keys.get_mut(number)? = None;
        Some(number)
    }

    /// True if it was there.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.leave(key).is_some()
    }
}

/// Keys in order.
pub struct Iter<'a, K> {
    set: &'a Set<K>,
    numbers: Numbers<'a>,
}

impl<'a, K> Iterator for Iter<'a, K> {
    type Item = &'a K;

    fn next(&mut self) -> Option<&'a K> {
        self.set.key(self.numbers.next()?)
    }
}

/// Keys in order, with their numbers.
pub(super) struct Numbered<'a, K>(Iter<'a, K>);

impl<'a, K> Iterator for Numbered<'a, K> {
    type Item = (usize, &'a K);

    fn next(&mut self) -> Option<(usize, &'a K)> {
        let number = self.0.numbers.next()?;
        Some((number as usize, self.0.set.key(number)?))
    }
}

/// Keys in order, owned.
pub struct IntoIter<K>(Set<K>);

impl<K> Iterator for IntoIter<K> {
    type Item = K;

    fn next(&mut self) -> Option<K> {
        self.0.pop_first()
    }
}

impl<'a, K> IntoIterator for &'a Set<K> {
    type Item = &'a K;
    type IntoIter = Iter<'a, K>;
    fn into_iter(self) -> Iter<'a, K> {
        self.iter()
    }
}

impl<K> IntoIterator for Set<K> {
    type Item = K;
    type IntoIter = IntoIter<K>;
    fn into_iter(self) -> IntoIter<K> {
        IntoIter(self)
    }
}

impl<K> Default for Set<K> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: Ord> Extend<K> for Set<K> {
    fn extend<I: IntoIterator<Item = K>>(&mut self, keys: I) {
        for key in keys {
            self.insert(key);
        }
    }
}

impl<K: Ord> FromIterator<K> for Set<K> {
    fn from_iter<I: IntoIterator<Item = K>>(keys: I) -> Self {
        let mut set = Self::new();
        set.extend(keys);
        set
    }
}

impl<K: PartialEq> PartialEq for Set<K> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl<K: Eq> Eq for Set<K> {}

impl<K: Hash> Hash for Set<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.len().hash(state);
        self.iter().for_each(|key| key.hash(state));
    }
}

impl<K: fmt::Debug> fmt::Debug for Set<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
