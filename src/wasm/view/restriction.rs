//! Restrictions and sort keys, as they come from JavaScript.

use super::rows::{constant, tag};
use crate::mapi::{BitmaskOp, MapiResult, Relop, SortOrder};
use crate::table::{KeyRole, Restriction, SortKey};
use crate::wire::tape::{Reader, Tape, TapeError};

/// `SRestriction`; nesting is bounded before it comes here.
pub fn restriction(r: &mut Reader<'_>) -> MapiResult<Restriction> {
    Ok(match r.count() {
        1 => Restriction::And(list(r)?),
        2 => Restriction::Or(list(r)?),
        3 => Restriction::Not(Box::new(restriction(r)?)),
        4 => {
            let (tag, op) = (tag(r.text())?, relop(r));
            Restriction::Property { tag, op, value: constant(tag, r)? }
        }
        5 => {
            let (tag, fuzzy) = (tag(r.text())?, r.count());
            Restriction::Content { tag, fuzzy, value: constant(tag, r)? }
        }
        6 => {
            let (tag, mask) = (tag(r.text())?, r.count());
            let op = if bool::take(r) { BitmaskOp::Nez } else { BitmaskOp::Eqz };
            Restriction::Bitmask { tag, op, mask }
        }
        7 => Restriction::Exist(tag(r.text())?),
        8 => Restriction::Size { tag: tag(r.text())?, op: relop(r), size: r.count() },
        9 => Restriction::Compare { left: tag(r.text())?, right: tag(r.text())?, op: relop(r) },
        10 => Restriction::Comment(Some(Box::new(restriction(r)?)), Vec::new()),
        _ => {
            r.fail(TapeError::Tag("Restriction"));
            Restriction::And(Vec::new())
        }
    })
}

fn list(r: &mut Reader<'_>) -> MapiResult<Vec<Restriction>> {
    let mut all = Vec::new();
    for _ in 0..r.count() {
        all.push(restriction(r)?);
        if r.failed() {
            break;
        }
    }
    Ok(all)
}

fn relop(r: &mut Reader<'_>) -> Relop {
    let op = Relop::from_code(r.count());
    op.unwrap_or_else(|| {
        r.fail(TapeError::Tag("Relop"));
        Relop::Eq
    })
}

/// The keys of `SSortOrderSet`: property, descending, what else they do.
pub fn sort_keys(r: &mut Reader<'_>) -> MapiResult<Vec<SortKey>> {
    let mut keys = Vec::new();
    for _ in 0..r.count() {
        let tag = tag(r.text())?;
        let order = if bool::take(r) { SortOrder::Descend } else { SortOrder::Ascend };
        let role = match r.count() {
            0 => KeyRole::Own,
            1 => KeyRole::Combine,
            2 => KeyRole::Min,
            _ => KeyRole::Max,
        };
        keys.push(SortKey { tag, order, role });
        if r.failed() {
            break;
        }
    }
    Ok(keys)
}
