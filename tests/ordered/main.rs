//! The ordered map and set do what the standard library's do.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};

use mailspooler::mapi::ordered::{Map, Set};
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Op {
    Insert(u16, u8),
    Remove(u16),
    Add(u16, u8),
    Change(u16, u8),
    PopFirst,
    RetainBelow(u16),
    Clear,
}

fn op() -> impl Strategy<Value = Op> {
    let key = 0..2000u16;
    prop_oneof![
        20 => (key.clone(), any::<u8>()).prop_map(|(k, v)| Op::Insert(k, v)),
        8 => key.clone().prop_map(Op::Remove),
        8 => (key.clone(), any::<u8>()).prop_map(|(k, v)| Op::Add(k, v)),
        4 => (key.clone(), any::<u8>()).prop_map(|(k, v)| Op::Change(k, v)),
        2 => Just(Op::PopFirst),
        1 => (1000..2000u16).prop_map(Op::RetainBelow),
        1 => Just(Op::Clear),
    ]
}

fn hash_of(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

fn same(ours: &Map<u16, u8>, theirs: &BTreeMap<u16, u8>) -> Result<(), TestCaseError> {
    prop_assert_eq!(ours.len(), theirs.len());
    prop_assert_eq!(ours.is_empty(), theirs.is_empty());
    prop_assert!(ours.iter().eq(theirs.iter()));
    prop_assert!(ours.iter().rev().eq(theirs.iter().rev()));
    prop_assert_eq!(ours.first_key_value(), theirs.first_key_value());
    prop_assert_eq!(ours.last_key_value(), theirs.last_key_value());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_map_answers_as_btreemap_does(seed in 0..1500u16, ops in prop::collection::vec(op(), 1..400)) {
        let mut ours: Map<u16, u8> = (0..seed).map(|k| (k, 0)).collect();
        let mut theirs: BTreeMap<u16, u8> = (0..seed).map(|k| (k, 0)).collect();
        for op in ops {
            match op {
                Op::Insert(k, v) => prop_assert_eq!(ours.insert(k, v), theirs.insert(k, v)),
                Op::Remove(k) => prop_assert_eq!(ours.remove(&k), theirs.remove(&k)),
                Op::Add(k, v) => {
                    let (a, b) = (ours.entry(k).or_insert(v), theirs.entry(k).or_insert(v));
                    prop_assert_eq!(&*a, &*b);
                    *a = a.wrapping_add(v);
                    *b = b.wrapping_add(v);
                }
                Op::Change(k, v) => {
                    prop_assert_eq!(ours.get(&k), theirs.get(&k));
                    prop_assert_eq!(ours.contains_key(&k), theirs.contains_key(&k));
                    ours.get_mut(&k).into_iter().chain(theirs.get_mut(&k)).for_each(|value| *value = v);
                }
                Op::PopFirst => prop_assert_eq!(ours.pop_first(), theirs.pop_first()),
                Op::RetainBelow(limit) => {
                    ours.retain(|k, _| *k < limit);
                    theirs.retain(|k, _| *k < limit);
                }
                Op::Clear => {
                    ours.clear();
                    theirs.clear();
                }
            }
            same(&ours, &theirs)?;
        }
        prop_assert!(ours.clone().into_iter().eq(theirs.clone()));
        prop_assert!(ours.into_values().eq(theirs.into_values()));
    }

    #[test]
    fn a_set_ranges_as_btreeset_does(items in prop::collection::vec(0..3000u16, 0..2000), from in 0..3000u16) {
        let ours: Set<u16> = items.iter().copied().collect();
        let theirs: BTreeSet<u16> = items.into_iter().collect();
        prop_assert!(ours.range(from..).eq(theirs.range(from..)));
        prop_assert_eq!((ours.first(), ours.last()), (theirs.first(), theirs.last()));
        prop_assert!(ours.into_iter().eq(theirs));
    }
}

#[test]
fn equality_and_hash_look_at_the_entries_only() {
    let forwards: Map<u32, u32> = (0..5000).map(|k| (k, k)).collect();
    let backwards: Map<u32, u32> = (0..5000).rev().map(|k| (k, k)).collect();
    assert_eq!(forwards, backwards);
    assert_eq!(hash_of(&forwards), hash_of(&backwards));
    let mut other = backwards;
    other.remove(&17);
    assert_ne!(forwards, other);
    assert_ne!(hash_of(&forwards), hash_of(&other));
}
