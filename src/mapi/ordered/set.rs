//! An ordered set.

use super::order::{Numbers, Order, Place};
use std::borrow::Borrow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::RangeFrom;

/// Keys in order. Each has a number as long as it is in the set.
#[derive(Clone)]
pub struct Set<K> {
    order: Order,
    keys: Vec<Option<K>>,
    free: Vec<u32>,
}

impl<K> Set<K> {
    /// Of nothing.
    pub const fn new() -> Self {
        Self { order: Order::new(), keys: Vec::new(), free: Vec::new() }
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.keys.len().saturating_sub(self.free.len())
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
        Iter { set: self, numbers: self.order.all() }
    }

    /// All keys in order, with their numbers.
    pub(super) fn numbered(&self) -> Numbered<'_, K> {
        Numbered(self.iter())
    }

    /// The least.
    pub fn first(&self) -> Option<&K> {
        self.key(self.order.at(Place::default())?)
    }

    /// The number of the least.
    pub(super) fn first_number(&self) -> Option<usize> {
        self.order.at(Place::default()).map(|number| number as usize)
    }

    fn remove_at(&mut self, place: Place) -> Option<(usize, K)> {
        let number = self.order.at(place)?;
        self.order.remove(place);
        self.free.push(number);
        Some((number as usize, self.keys.get_mut(number as usize)?.take()?))
    }

    /// Takes the least out.
    pub fn pop_first(&mut self) -> Option<K> {
        self.pop_first_number().map(|(_, key)| key)
    }

    pub(super) fn pop_first_number(&mut self) -> Option<(usize, K)> {
        self.remove_at(Place::default())
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        *self = Self::new();
    }
}

impl<K: Ord> Set<K> {
    fn seek<Q: Ord + ?Sized>(&self, key: &Q) -> Place
    where
        K: Borrow<Q>,
    {
        self.order.seek(&|number| self.key(number).is_some_and(|other| other.borrow() < key))
    }

    fn find<Q: Ord + ?Sized>(&self, key: &Q) -> Option<Place>
    where
        K: Borrow<Q>,
    {
        let place = self.seek(key);
        let found = self.key(self.order.at(place)?)?;
        (found.borrow() == key).then_some(place)
    }

    pub(super) fn number<Q: Ord + ?Sized>(&self, key: &Q) -> Option<usize>
    where
        K: Borrow<Q>,
    {
        self.order.at(self.find(key)?).map(|number| number as usize)
    }

    /// True if it is there.
    pub fn contains<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.find(key).is_some()
    }

    /// Keys from this one on, in order.
    pub fn range(&self, from: RangeFrom<K>) -> Iter<'_, K> {
        Iter { set: self, numbers: self.order.from(self.seek(&from.start)) }
    }

    /// Its number, old or new.
    pub(super) fn enter(&mut self, key: K) -> usize {
        let place = self.seek(&key);
        let there = self.order.at(place);
        if let Some(number) = there.filter(|number| self.key(*number) == Some(&key)) {
            return number as usize;
        }
        let number = self.free.pop().unwrap_or_else(|| {
            self.keys.push(None);
            u32::try_from(self.keys.len().saturating_sub(1)).unwrap_or(u32::MAX)
        });
        self.order.insert(place, number);
        if let Some(free) = self.keys.get_mut(number as usize) {
            *free = Some(key);
        }
        number as usize
    }

    /// True if it was not there.
    pub fn insert(&mut self, key: K) -> bool {
        let before = self.len();
        self.enter(key);
        self.len() > before
    }

    pub(super) fn leave<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<usize>
    where
        K: Borrow<Q>,
    {
        let place = self.find(key)?;
        self.remove_at(place).map(|(number, _)| number)
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
