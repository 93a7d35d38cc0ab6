//! The ordered map and set against the standard ones.
#![cfg(not(target_arch = "wasm32"))]

use mailspooler::mapi::ordered::{Map, Order, Set};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

#[derive(Debug, Clone)]
enum Op {
    Insert(u32, u8),
    Remove(u32),
    Change(u32),
    PopFirst,
    Retain(u32),
}

fn op() -> impl Strategy<Value = Op> {
    let key = 0..3_000_u32;
    prop_oneof![
        12 => (key.clone(), any::<u8>()).prop_map(|(k, v)| Op::Insert(k, v)),
        6 => key.clone().prop_map(Op::Remove),
        3 => key.clone().prop_map(Op::Change),
        1 => Just(Op::PopFirst),
        1 => (2..9_u32).prop_map(Op::Retain),
    ]
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_map_does_what_the_standard_one_does(first in 0..2_500_u32, ops in prop::collection::vec(op(), 0..400)) {
        let mut map: Map<u32, u8> = (0..first).map(|k| (k, 0)).collect();
        let mut model: BTreeMap<u32, u8> = (0..first).map(|k| (k, 0)).collect();
        for op in ops {
            match op {
                Op::Insert(k, v) => prop_assert_eq!(map.insert(k, v), model.insert(k, v)),
                Op::Remove(k) => prop_assert_eq!(map.remove(&k), model.remove(&k)),
                Op::Change(k) => {
                    let v = map.entry(k).or_default();
                    *v = v.wrapping_add(1);
                    let v = model.entry(k).or_default();
                    *v = v.wrapping_add(1);
                }
                Op::PopFirst => prop_assert_eq!(map.pop_first(), model.pop_first()),
                Op::Retain(n) => {
                    map.retain(|k, _| k % n != 0);
                    model.retain(|k, _| k % n != 0);
                }
            }
            prop_assert_eq!(map.len(), model.len());
            prop_assert_eq!(map.first_key_value(), model.first_key_value());
        }
        prop_assert!(map.iter().eq(model.iter()));
        let mut seen = Vec::new();
        map.each(|k, v| seen.push((*k, *v)));
        prop_assert!(seen.iter().map(|(k, v)| (k, v)).eq(model.iter()));
        let other: Map<u32, u8> = model.iter().rev().map(|(k, v)| (*k, *v)).collect();
        prop_assert_eq!(&map, &other);
        prop_assert_eq!(hash(&map), hash(&other));
        for k in (0..3_000).step_by(7) {
            prop_assert_eq!(map.get(&k), model.get(&k));
            prop_assert_eq!(map.contains_key(&k), model.contains_key(&k));
        }
        prop_assert!(map.into_iter().eq(model));
    }

    #[test]
    fn a_set_reads_on_from_any_key(keys in prop::collection::btree_set("[a-c]{0,4}", 0..60), at in "[a-c]{0,4}") {
        let set: Set<String> = keys.iter().cloned().collect();
        prop_assert!(set.range(at.clone()..).eq(keys.range(at.clone()..)));
        prop_assert_eq!(set.first(), keys.first());
    }
}

#[test]
fn a_queue_of_many_stays_in_order() {
    let mut set = Set::new();
    for n in 0..20_000_u32 {
        set.insert(n);
        if n % 3 == 0 {
            set.pop_first();
        }
    }
    assert!(set.iter().copied().eq(6_667..20_000));
}

#[test]
fn blocks_that_empty_from_any_side_are_dropped() {
    for step in [1, 3, 7, 511, 513] {
        let mut order = Order::new();
        for n in 0..4_000 {
            order.insert(order.seek(&|other| other < n), n);
        }
        let mut left: Vec<u32> = (0..4_000).collect();
        let mut at = 0;
        while !left.is_empty() {
            at = (at + step) % left.len();
            let n = left.remove(at);
            order.remove(order.seek(&|other| other < n));
            if left.len() % 500 == 0 {
                assert!(order.all().eq(left.iter().copied()));
            }
        }
        assert_eq!(order.all().count(), 0);
    }
}
