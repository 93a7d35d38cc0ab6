//! The map: sorted blocks.

use std::borrow::Borrow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::iter;
use std::slice;

/// Entries of one block: what an insertion moves at most.
const BLOCK: usize = 512;

/// A map in key order. Lookup is O(log n); insertion and removal move less than one block.
#[derive(Clone)]
pub struct Map<K, V> {
    /// No block is empty, none longer than `BLOCK`.
    pub(super) blocks: Vec<Vec<(K, V)>>,
    len: usize,
}

/// Where a key is, or where it belongs.
pub(super) struct Place {
    pub(super) block: usize,
    pub(super) at: Result<usize, usize>,
}

pub(super) type Pairs<'a, K, V> = iter::Flatten<slice::Iter<'a, Vec<(K, V)>>>;
/// Keys and values in key order.
pub type Iter<'a, K, V> = iter::Map<Pairs<'a, K, V>, fn(&'a (K, V)) -> (&'a K, &'a V)>;

impl<K: Ord, V> Map<K, V> {
    pub(super) fn find<Q: Ord + ?Sized>(&self, key: &Q) -> Place
    where
        K: Borrow<Q>,
    {
        let after = self.blocks.partition_point(|block| block.first().is_some_and(|(k, _)| k.borrow() <= key));
        let block = after.saturating_sub(1);
        let at =
            self.blocks.get(block).map_or(Err(0), |entries| entries.binary_search_by(|(k, _)| k.borrow().cmp(key)));
        Place { block, at }
    }

    /// The value of `key`.
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let Place { block, at } = self.find(key);
        self.blocks.get(block)?.get(at.ok()?).map(|(_, value)| value)
    }

    /// The value of `key`, to change.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let Place { block, at } = self.find(key);
        self.blocks.get_mut(block)?.get_mut(at.ok()?).map(|(_, value)| value)
    }

    /// Whether `key` has a value.
    pub fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.find(key).at.is_ok()
    }

    /// Gives `key` a value and answers the one it had.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        let place = self.find(&key);
        let Ok(at) = place.at else {
            self.put(&place, key, value);
            return None;
        };
        self.blocks.get_mut(place.block)?.get_mut(at).map(|(_, old)| std::mem::replace(old, value))
    }

    /// Puts a new key where it belongs and answers where that is now.
    fn put(&mut self, place: &Place, key: K, value: V) -> (usize, usize) {
        let (mut block, mut at) = (place.block, place.at.unwrap_or_else(|at| at));
        self.len = self.len.saturating_add(1);
        let Some(entries) = self.blocks.get_mut(block) else {
            self.blocks.push(vec![(key, value)]);
            return (self.blocks.len().saturating_sub(1), 0);
        };
        entries.insert(at, (key, value));
        if entries.len() > BLOCK {
            // Keys mostly come in order: the first half stays full then.
            let kept = if at == BLOCK { BLOCK } else { BLOCK / 2 };
            let rest = entries.split_off(kept);
            self.blocks.insert(block.saturating_add(1), rest);
            if at >= kept {
                (block, at) = (block.saturating_add(1), at.saturating_sub(kept));
            }
        }
        (block, at)
    }

    /// Takes `key` out.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let Place { block, at } = self.find(key);
        self.take(block, at.ok()?).map(|(_, value)| value)
    }

    fn take(&mut self, block: usize, at: usize) -> Option<(K, V)> {
        let entries = self.blocks.get_mut(block)?;
        let taken = (at < entries.len()).then(|| entries.remove(at))?;
        if entries.is_empty() {
            self.blocks.remove(block);
        }
        self.len = self.len.saturating_sub(1);
        Some(taken)
    }

    /// Takes the first out.
    pub fn pop_first(&mut self) -> Option<(K, V)> {
        self.take(0, 0)
    }

    /// The place of `key`, with or without a value.
    pub fn entry(&mut self, key: K) -> Entry<'_, K, V> {
        Entry { map: self, key }
    }

    /// Keeps those of which `keep` is true.
    pub fn retain(&mut self, mut keep: impl FnMut(&K, &mut V) -> bool) {
        self.blocks.retain_mut(|block| {
            block.retain_mut(|(key, value)| keep(key, value));
            !block.is_empty()
        });
        self.len = self.blocks.iter().map(Vec::len).sum();
    }
}

impl<K, V> Map<K, V> {
    /// Nothing in it.
    pub const fn new() -> Self {
        Map { blocks: Vec::new(), len: 0 }
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// Takes all out.
    pub fn clear(&mut self) {
        *self = Map::new();
    }

    /// Keys and values, in key order.
    pub fn iter(&self) -> Iter<'_, K, V> {
        self.blocks.iter().flatten().map(|(key, value)| (key, value))
    }

    /// The same, the values to change.
    pub fn iter_mut(&mut self) -> impl DoubleEndedIterator<Item = (&K, &mut V)> {
        self.blocks.iter_mut().flatten().map(|(key, value)| (&*key, value))
    }

    /// The keys in order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> + Clone {
        self.blocks.iter().flatten().map(|(key, _)| key)
    }

    /// The values in key order.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> + Clone {
        self.blocks.iter().flatten().map(|(_, value)| value)
    }

    /// The values in key order, to change.
    pub fn values_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut V> {
        self.blocks.iter_mut().flatten().map(|(_, value)| value)
    }

    /// The keys in order, owned.
    pub fn into_keys(self) -> impl Iterator<Item = K> {
        self.into_iter().map(|(key, _)| key)
    }

    /// The values in key order, owned.
    pub fn into_values(self) -> impl Iterator<Item = V> {
        self.into_iter().map(|(_, value)| value)
    }

    /// The first key and its value.
    pub fn first_key_value(&self) -> Option<(&K, &V)> {
        self.iter().next()
    }

    /// The last key and its value.
    pub fn last_key_value(&self) -> Option<(&K, &V)> {
        self.iter().next_back()
    }
}

/// A key's place in a map.
pub struct Entry<'a, K, V> {
    map: &'a mut Map<K, V>,
    key: K,
}

impl<'a, K: Ord, V> Entry<'a, K, V> {
    /// The value; `make`'s when there is none yet.
    #[expect(clippy::indexing_slicing, reason = "found, or put there just now")]
    pub fn or_insert_with(self, make: impl FnOnce() -> V) -> &'a mut V {
        let place = self.map.find(&self.key);
        let (block, at) = match place.at {
            Ok(at) => (place.block, at),
            Err(_) => self.map.put(&place, self.key, make()),
        };
        &mut self.map.blocks[block][at].1
    }

    /// The value; its type's default when there is none yet.
    pub fn or_default(self) -> &'a mut V
    where
        V: Default,
    {
        self.or_insert_with(V::default)
    }

    /// The value; this one when there is none yet.
    pub fn or_insert(self, value: V) -> &'a mut V {
        self.or_insert_with(|| value)
    }
}

impl<K, V> Default for Map<K, V> {
    fn default() -> Self {
        Map::new()
    }
}

impl<K: Ord, V> Extend<(K, V)> for Map<K, V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, pairs: I) {
        pairs.into_iter().for_each(|(key, value)| {
            self.insert(key, value);
        });
    }
}

impl<K: Ord, V> FromIterator<(K, V)> for Map<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let mut map = Map::new();
        map.extend(pairs);
        map
    }
}

impl<K: Ord, V, const N: usize> From<[(K, V); N]> for Map<K, V> {
    fn from(pairs: [(K, V); N]) -> Self {
        pairs.into_iter().collect()
    }
}

impl<K, V> IntoIterator for Map<K, V> {
    type Item = (K, V);
    type IntoIter = iter::Flatten<std::vec::IntoIter<Vec<(K, V)>>>;
    fn into_iter(self) -> Self::IntoIter {
        self.blocks.into_iter().flatten()
    }
}

impl<'a, K, V> IntoIterator for &'a Map<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = Iter<'a, K, V>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<K: PartialEq, V: PartialEq> PartialEq for Map<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && self.iter().eq(other.iter())
    }
}

impl<K: Eq, V: Eq> Eq for Map<K, V> {}

impl<K: Hash, V: Hash> Hash for Map<K, V> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(self.len);
        self.iter().for_each(|pair| pair.hash(state));
    }
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for Map<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self).finish()
    }
}
