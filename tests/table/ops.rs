//! Random operations.

use crate::support::Row;
use mailspooler::mapi::*;
use mailspooler::table::*;
use proptest::prelude::*;

pub const MV: PropTag = PropTag::new(0x6900, PropType::MvLong);
pub const TAGS: [PropTag; 4] = [PR_DISPLAY_NAME, PR_STATUS_CODE, PR_RESOURCE_FLAGS, MV];

#[derive(Clone, Debug)]
pub enum Op {
    Put(u64, Row),
    Merge(u64, Row),
    Remove(u64),
    Reload,
    Restrict(usize, Option<Restriction>),
    Sort(usize, Vec<(PropTag, SortOrder)>),
    Columns(usize, Vec<PropTag>),
    Seek(usize, u32, i64),
    Query(usize, i64, bool),
    Find(usize, Restriction, u32, bool),
    Mark(usize),
    UseMark(usize, usize),
    Window(usize, usize, usize),
    Hear,
}

fn long() -> impl Strategy<Value = PropValue> {
    (-1..4).prop_map(PropValue::Long)
}

fn text() -> impl Strategy<Value = PropValue> {
    prop::sample::select(vec!["", "a", "A", "ab", "B", "same prefix 1", "same prefix 2"]).prop_map(PropValue::from)
}

fn a_row() -> impl Strategy<Value = Row> {
    let some = |value: BoxedStrategy<PropValue>| prop::option::of(value);
    let mv = prop::collection::vec(0..3, 0..3).prop_map(PropValue::MvLong).boxed();
    let cells = (some(text().boxed()), some(long().boxed()), some(long().boxed()), some(mv));
    cells.prop_map(|(a, b, c, d)| TAGS.into_iter().zip([a, b, c, d]).filter_map(|(t, v)| Some((t, v?))).collect())
}

fn a_restriction() -> impl Strategy<Value = Restriction> {
    let op = || prop::sample::select(Relop::ALL[..6].to_vec());
    let leaf = prop_oneof![
        (op(), text()).prop_map(|(op, value)| Restriction::Property { tag: PR_DISPLAY_NAME, op, value }),
        (op(), long()).prop_map(|(op, value)| Restriction::Property { tag: PR_STATUS_CODE, op, value }),
        (op(), long()).prop_map(|(op, value)| Restriction::Property { tag: MV, op, value }),
        op().prop_map(|op| Restriction::Compare { op, left: PR_STATUS_CODE, right: PR_RESOURCE_FLAGS }),
        prop::sample::select(TAGS.to_vec()).prop_map(Restriction::Exist),
        (0..4_u32, prop::sample::select(BitmaskOp::ALL))
            .prop_map(|(mask, op)| { Restriction::Bitmask { tag: PR_STATUS_CODE, op, mask } }),
    ];
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Restriction::And),
            prop::collection::vec(inner.clone(), 0..3).prop_map(Restriction::Or),
            inner.clone().prop_map(|inner| Restriction::Not(Box::new(inner))),
            inner.prop_map(|inner| Restriction::Comment(Some(Box::new(inner)), vec![])),
        ]
    })
}

fn an_op() -> impl Strategy<Value = Op> {
    let view = || 0..3_usize;
    let keys = prop::collection::vec((prop::sample::select(TAGS.to_vec()), prop::sample::select(SortOrder::ALL)), 0..3);
    let columns = prop::sample::select(vec![vec![PR_DISPLAY_NAME], TAGS.to_vec(), vec![PR_STATUS_CODE, PR_NULL]]);
    prop_oneof![
        8 => (0..8_u64, a_row()).prop_map(|(key, row)| Op::Put(key, row)),
        4 => (0..8_u64, a_row()).prop_map(|(key, row)| Op::Merge(key, row)),
        4 => (0..8_u64).prop_map(Op::Remove),
        1 => Just(Op::Reload),
        3 => (view(), prop::option::of(a_restriction())).prop_map(|(v, r)| Op::Restrict(v, r)),
        2 => (view(), keys).prop_map(|(v, k)| Op::Sort(v, k)),
        2 => view().prop_map(|v| Op::Sort(v, vec![])),
        1 => (view(), columns).prop_map(|(v, c)| Op::Columns(v, c)),
        2 => (view(), 0..3_u32, -4..5_i64).prop_map(|(v, o, n)| Op::Seek(v, o, n)),
        2 => (view(), -4..5_i64, any::<bool>()).prop_map(|(v, n, stay)| Op::Query(v, n, stay)),
        2 => (view(), a_restriction(), 0..3_u32, any::<bool>()).prop_map(|(v, r, o, back)| Op::Find(v, r, o, back)),
        2 => view().prop_map(Op::Mark),
        2 => (view(), 0..4_usize).prop_map(|(v, m)| Op::UseMark(v, m)),
        1 => (view(), 0..4_usize, 0..4_usize).prop_map(|(v, o, n)| Op::Window(v, o, n)),
        8 => Just(Op::Hear),
    ]
}

/// Rows first, so that they lie in the order of their birth until one goes.
pub fn some_ops() -> impl Strategy<Value = Vec<Op>> {
    let rows = prop::collection::vec(a_row(), 0..8);
    let put = |rows: Vec<Row>| (0..).zip(rows).map(|(key, row)| Op::Put(key, row));
    let calm = prop::collection::vec(an_op().prop_filter("no removal", |op| !matches!(op, Op::Remove(_))), 0..20);
    let any = prop::collection::vec(an_op(), 1..60);
    (rows, calm, any).prop_map(move |(rows, calm, any)| put(rows).chain(calm).chain(any).collect())
}
