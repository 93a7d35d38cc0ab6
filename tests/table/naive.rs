//! What restrictions and orders mean, in the plainest words.

use mailspooler::mapi::*;
use mailspooler::table::*;
use std::cmp::Ordering;
use std::collections::BTreeMap;

pub type Cells = BTreeMap<PropTag, PropValue>;

fn relate(op: Relop, order: Ordering) -> bool {
    match op {
        Relop::Lt => order.is_lt(),
        Relop::Le => order.is_le(),
        Relop::Gt => order.is_gt(),
        Relop::Ge => order.is_ge(),
        Relop::Eq => order.is_eq(),
        Relop::Ne => order.is_ne(),
        Relop::Re => unreachable!(),
    }
}

fn weigh(a: &PropValue, b: &PropValue) -> Ordering {
    match (a, b) {
        (PropValue::Long(a), PropValue::Long(b)) => a.cmp(b),
        (PropValue::I8(a), PropValue::I8(b)) | (PropValue::SysTime(a), PropValue::SysTime(b)) => a.cmp(b),
        (PropValue::Boolean(a), PropValue::Boolean(b)) => a.cmp(b),
        (PropValue::Binary(a), PropValue::Binary(b)) => a.cmp(b),
        // Of numbers, none of them -0.
        (PropValue::Double(a), PropValue::Double(b)) => a.partial_cmp(b).unwrap(),
        (PropValue::Str(a), PropValue::Str(b)) => (a.to_lowercase(), a).cmp(&(b.to_lowercase(), b)),
        _ => unreachable!(),
    }
}

/// What a restriction means.
pub fn admits(restriction: &Restriction, row: &Cells) -> bool {
    match restriction {
        Restriction::And(all) => all.iter().all(|inner| admits(inner, row)),
        Restriction::Or(any) => any.iter().any(|inner| admits(inner, row)),
        Restriction::Not(inner) => !admits(inner, row),
        Restriction::Comment(Some(inner), _) => admits(inner, row),
        Restriction::Exist(tag) => row.contains_key(tag),
        Restriction::Property { tag, op, value } => match row.get(tag) {
            None => false,
            Some(PropValue::MvLong(v)) if *op == Relop::Ne => v.iter().all(|v| PropValue::Long(*v) != *value),
            Some(PropValue::MvLong(v)) => v.iter().any(|v| relate(*op, weigh(&PropValue::Long(*v), value))),
            Some(own) => relate(*op, weigh(own, value)),
        },
        Restriction::Compare { op, left, right } => match (row.get(left), row.get(right)) {
            (Some(left), Some(right)) => relate(*op, weigh(left, right)),
            _ => false,
        },
        Restriction::Bitmask { tag, op, mask } => match row.get(tag) {
            Some(PropValue::Long(v)) => (u32::from_ne_bytes(v.to_ne_bytes()) & mask == 0) == (*op == BitmaskOp::Eqz),
            _ => false,
        },
        other => unreachable!("{other:?}"),
    }
}

/// What an order means.
pub fn sort(a: Option<&PropValue>, b: Option<&PropValue>, order: SortOrder) -> Ordering {
    let turn = |o: Ordering| {
        if order == SortOrder::Descend { o.reverse() } else { o }
    };
    match (a, b) {
        (None, None) => Ordering::Equal,
        (None, _) => Ordering::Greater,
        (_, None) => Ordering::Less,
        (Some(PropValue::MvLong(a)), Some(PropValue::MvLong(b))) => {
            for at in 0..a.len().max(b.len()) {
                let element = |v: &[i32]| v.get(at).map(|v| PropValue::Long(*v));
                let by = sort(element(a).as_ref(), element(b).as_ref(), order);
                if by.is_ne() {
                    return by;
                }
            }
            Ordering::Equal
        }
        (Some(a), Some(b)) => turn(weigh(a, b)),
    }
}
