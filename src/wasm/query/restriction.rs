//! Restrictions and sort keys, as they come from JavaScript.

use serde::Deserialize;

use super::rows::{constant, tag};
use crate::mapi::{BitmaskOp, ContentMatch, FuzzyFlags, MapiError, MapiResult, Relop, Scode, SortOrder};
use crate::table::{Restriction, SortKey};

/// A value to compare with.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Constant {
    Text(String),
    Number(f64),
    Boolean(bool),
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "camelCase")]
pub enum Op {
    Lt,
    Le,
    Gt,
    Ge,
    Eq,
    Ne,
    Re,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "camelCase")]
pub enum Match {
    Full,
    Substring,
    Prefix,
}

/// `SRestriction`, one key an object; nesting is bounded before it comes here.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum Filter {
    Property {
        property: String,
        op: Op,
        value: Constant,
    },
    #[serde(rename_all = "camelCase")]
    Content {
        property: String,
        how: Match,
        value: String,
        ignore_case: bool,
        ignore_non_space: bool,
        loose: bool,
    },
    Bitmask {
        property: String,
        mask: u32,
        nonzero: bool,
    },
    Exist(String),
    Size {
        property: String,
        op: Op,
        value: u32,
    },
    Compare {
        left: String,
        right: String,
        op: Op,
    },
    Comment(Box<Filter>),
    And(Vec<Filter>),
    Or(Vec<Filter>),
    Not(Box<Filter>),
}

/// One key of `SSortOrderSet`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Key {
    property: String,
    descending: bool,
    combine: bool,
    categ_min: bool,
    categ_max: bool,
}

const fn relop(op: Op) -> Relop {
    match op {
        Op::Lt => Relop::Lt,
        Op::Le => Relop::Le,
        Op::Gt => Relop::Gt,
        Op::Ge => Relop::Ge,
        Op::Eq => Relop::Eq,
        Op::Ne => Relop::Ne,
        Op::Re => Relop::Re,
    }
}

/// The engine's form.
pub fn restriction(filter: Filter) -> MapiResult<Restriction> {
    let all = |list: Vec<Filter>| list.into_iter().map(restriction).collect::<MapiResult<Vec<_>>>();
    Ok(match filter {
        Filter::Property { property, op, value } => {
            let tag = tag(&property)?;
            Restriction::Property { tag, op: relop(op), value: constant(tag, &value)? }
        }
        Filter::Content { property, how, value, ignore_case, ignore_non_space, loose } => {
            let tag = tag(&property)?;
            let how = match how {
                Match::Full => ContentMatch::Full,
                Match::Substring => ContentMatch::Substring,
                Match::Prefix => ContentMatch::Prefix,
            };
            let flags = FuzzyFlags::EMPTY
                .set(FuzzyFlags::IGNORECASE, ignore_case)
                .set(FuzzyFlags::IGNORENONSPACE, ignore_non_space)
                .set(FuzzyFlags::LOOSE, loose);
            Restriction::content(tag, how, flags, constant(tag, &Constant::Text(value))?)
        }
        Filter::Bitmask { property, mask, nonzero } => {
            let op = if nonzero { BitmaskOp::Nez } else { BitmaskOp::Eqz };
            Restriction::Bitmask { tag: tag(&property)?, op, mask }
        }
        Filter::Exist(property) => Restriction::Exist(tag(&property)?),
        Filter::Size { property, op, value } => Restriction::Size { tag: tag(&property)?, op: relop(op), size: value },
        Filter::Compare { left, right, op } => {
            Restriction::Compare { op: relop(op), left: tag(&left)?, right: tag(&right)? }
        }
        Filter::Comment(inner) => Restriction::Comment(Some(Box::new(restriction(*inner)?)), Vec::new()),
        Filter::And(list) => Restriction::And(all(list)?),
        Filter::Or(list) => Restriction::Or(all(list)?),
        Filter::Not(inner) => Restriction::Not(Box::new(restriction(*inner)?)),
    })
}

/// The engine's form.
pub fn sort_key(key: &Key) -> MapiResult<SortKey> {
    if key.combine || key.categ_min || key.categ_max {
        return Err(MapiError::new(Scode::MAPI_E_TOO_COMPLEX, "no categories", "combine, categMin or categMax"));
    }
    let order = if key.descending { SortOrder::Descend } else { SortOrder::Ascend };
    Ok(SortKey { tag: tag(&key.property)?, order })
}
