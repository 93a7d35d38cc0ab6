//! A restriction made ready: a list of tests, each naming where to go on yes and on no. Every test leads to ones
//! written before it or to an end, so evaluation needs no stack and always ends.

use super::cell::Cell;
use super::marks::Bare;
use super::restriction::{MAX_DEPTH, MAX_NODES, Restriction};
use super::rows::Rows;
use super::store::{Source, Store};
use super::text;
use crate::mapi::{
    BitmaskOp, ContentMatch, Digits, FuzzyFlags, MapiError, MapiResult, PropTag, PropType, PropValue, Relop, Scode,
    told,
};
use std::cmp::Ordering;

#[derive(Clone, Debug)]
pub(super) struct Filter {
    pub(super) steps: Vec<Step>,
    pub(super) entry: Target,
    tags: Vec<PropTag>,
    pub(super) sources: Vec<Source>,
}

#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) operand: usize,
    pub(super) test: Test,
    pub(super) yes: Target,
    pub(super) no: Target,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Target {
    Accept,
    Reject,
    Step(usize),
}

#[derive(Clone, Debug)]
pub(super) enum Test {
    Property(Op, PropValue),
    Content(ContentMatch, Pattern),
    Bitmask(BitmaskOp, u32),
    Exist,
    Size { op: Op, size: u64, narrow: bool },
    Compare { op: Op, other: usize },
}

#[derive(Clone, Debug)]
pub(super) enum Pattern {
    Exact(String),
    Folded(String),
    Bare(Bare),
    Bytes(Vec<u8>),
}

/// The comparisons there are: `RELOP_*` without `RELOP_RE`.
#[derive(Clone, Copy, Debug)]
pub(super) enum Op {
    Lt,
    Le,
    Gt,
    Ge,
    Eq,
    Ne,
}

fn too_complex(expected: &str, got: impl Into<String>) -> MapiError {
    MapiError::new(Scode::MAPI_E_TOO_COMPLEX, expected, got)
}

impl Op {
    fn new(op: Relop) -> MapiResult<Self> {
        match op {
            Relop::Lt => Ok(Self::Lt),
            Relop::Le => Ok(Self::Le),
            Relop::Gt => Ok(Self::Gt),
            Relop::Ge => Ok(Self::Ge),
            Relop::Eq => Ok(Self::Eq),
            Relop::Ne => Ok(Self::Ne),
            Relop::Re => Err(too_complex("a comparison other than RELOP_RE", op.name())),
        }
    }

    fn admits(self, order: Ordering) -> bool {
        match self {
            Self::Lt => order.is_lt(),
            Self::Le => order.is_le(),
            Self::Gt => order.is_gt(),
            Self::Ge => order.is_ge(),
            Self::Eq => order.is_eq(),
            Self::Ne => order.is_ne(),
        }
    }
}

impl Filter {
    /// Checks the restriction and makes it ready; `MAPI_E_TOO_COMPLEX` says what is not supported.
    pub(super) fn new(restriction: &Restriction) -> MapiResult<Self> {
        let mut filter = Self { steps: Vec::new(), entry: Target::Reject, tags: Vec::new(), sources: Vec::new() };
        let mut room = MAX_NODES;
        filter.entry = filter.write(restriction, Target::Accept, Target::Reject, MAX_DEPTH, &mut room)?;
        Ok(filter)
    }

    /// What it reads of rows.
    pub(super) fn sources(&self) -> &[Source] {
        &self.sources
    }

    pub(super) fn bind(&mut self, store: &Store) {
        self.sources = self.tags.iter().map(|tag| store.source(*tag)).collect();
    }

    /// The multi-valued property of which it reads single values.
    pub(super) fn instances(&self) -> Option<PropTag> {
        self.tags.iter().find_map(|tag| tag.instance_of())
    }

    /// True if the row matches.
    pub(super) fn accepts(&self, leaf: u32, rows: &Rows<'_>) -> bool {
        self.passes_with(|operand| self.sources.get(operand).map_or(Cell::Absent, |source| rows.cell(leaf, *source)))
    }

    /// The slots that match, ascending.
    #[cfg(not(any(feature = "tables", not(target_arch = "wasm32"))))]
    pub(super) fn matching(&self, rows: &Rows<'_>) -> Vec<u32> {
        rows.store.slots().filter(|slot| self.accepts(*slot, rows)).collect()
    }

    /// True if what has these values matches.
    pub(super) fn accepts_values(&self, value: impl Fn(PropTag) -> PropValue) -> bool {
        let values: Vec<PropValue> = self.tags.iter().map(|tag| value(*tag)).collect();
        self.passes_with(|operand| values.get(operand).map_or(Cell::Absent, Cell::from))
    }

    fn passes_with<'a>(&self, cell: impl Fn(usize) -> Cell<'a>) -> bool {
        let mut at = self.entry;
        loop {
            let step = match at {
                Target::Accept => return true,
                Target::Reject => return false,
                Target::Step(index) => self.steps.get(index),
            };
            let Some(step) = step else { return false };
            let other = match step.test {
                Test::Compare { other, .. } => cell(other),
                _ => Cell::Absent,
            };
            at = if step.test.passes(cell(step.operand), other) { step.yes } else { step.no };
        }
    }

    /// Writes the tests of `node`, last first, and says where it starts.
    fn write(
        &mut self,
        node: &Restriction,
        yes: Target,
        no: Target,
        depth: usize,
        room: &mut usize,
    ) -> MapiResult<Target> {
        let below = depth.checked_sub(1).ok_or_else(|| too_complex("32 levels at most", "one more"))?;
        *room = room.checked_sub(1).ok_or_else(|| too_complex("1024 nodes at most", "one more"))?;
        match node {
            Restriction::And(all) => {
                all.iter().rev().try_fold(yes, |next, child| self.write(child, next, no, below, room))
            }
            Restriction::Or(any) => {
                any.iter().rev().try_fold(no, |next, child| self.write(child, yes, next, below, room))
            }
            Restriction::Not(inner) => self.write(inner, no, yes, below, room),
            Restriction::Comment(None, _) => Ok(yes),
            Restriction::Comment(Some(inner), _) => self.write(inner, yes, no, below, room),
            Restriction::Sub(tag, _) => {
                Err(too_complex("rows without sub-objects", told!["a sub-restriction on ", tag]))
            }
            Restriction::Property { tag, op, value } => {
                let test = Test::Property(Op::new(*op)?, value.clone());
                same_type(known_type(*tag)?.base(), value)?;
                Ok(self.step(*tag, test, yes, no))
            }
            Restriction::Content { tag, fuzzy, value } => {
                let test = content(*tag, *fuzzy, value)?;
                Ok(self.step(*tag, test, yes, no))
            }
            Restriction::Bitmask { tag, op, mask } => match tag.prop_type() {
                Some(PropType::Long) => Ok(self.step(*tag, Test::Bitmask(*op, *mask), yes, no)),
                _ => Err(too_complex("PT_LONG for a bitmask", told![tag])),
            },
            Restriction::Exist(tag) => Ok(self.step(*tag, Test::Exist, yes, no)),
            Restriction::Size { tag, op, size } => {
                let narrow = matches!(known_type(*tag)?, PropType::String8 | PropType::MvString8);
                let test = Test::Size { op: Op::new(*op)?, size: u64::from(*size), narrow };
                Ok(self.step(*tag, test, yes, no))
            }
            Restriction::Compare { op, left, right } => {
                let (a, b) = (known_type(*left)?.as_unicode(), known_type(*right)?.as_unicode());
                if a != b {
                    return Err(too_complex(a.name(), b.name()));
                }
                let test = Test::Compare { op: Op::new(*op)?, other: self.operand(*right) };
                Ok(self.step(*left, test, yes, no))
            }
        }
    }

    fn step(&mut self, tag: PropTag, test: Test, yes: Target, no: Target) -> Target {
        let operand = self.operand(tag);
        self.steps.push(Step { operand, test, yes, no });
        Target::Step(self.steps.len().saturating_sub(1))
    }

    fn operand(&mut self, tag: PropTag) -> usize {
        self.tags.iter().position(|known| *known == tag).unwrap_or_else(|| {
            self.tags.push(tag);
            self.tags.len().saturating_sub(1)
        })
    }
}

fn known_type(tag: PropTag) -> MapiResult<PropType> {
    tag.value_type().ok_or_else(|| too_complex("a tag with a known type", told![tag]))
}

fn same_type(wanted: PropType, value: &PropValue) -> MapiResult<()> {
    let wanted = wanted.as_unicode();
    if value.prop_type() == wanted {
        return Ok(());
    }
    Err(too_complex(wanted.name(), value.prop_type().name()))
}

fn content(tag: PropTag, fuzzy: u32, value: &PropValue) -> MapiResult<Test> {
    same_type(known_type(tag)?.base(), value)?;
    let how = ContentMatch::from_code(fuzzy & 0xFFFF).ok_or_else(|| {
        too_complex("FL_FULLSTRING, FL_SUBSTRING or FL_PREFIX", told!["0x", Digits::hex(fuzzy.into(), 1)])
    })?;
    let any = |flag: FuzzyFlags| fuzzy & (flag | FuzzyFlags::LOOSE).bits() != 0;
    let any_case = any(FuzzyFlags::IGNORECASE);
    let pattern = match value {
        PropValue::Str(v) if any(FuzzyFlags::IGNORENONSPACE) => Pattern::Bare(Bare::new(v, any_case)),
        PropValue::Str(v) if any_case => Pattern::Folded(text::folded(v)),
        PropValue::Str(v) => Pattern::Exact(v.clone()),
        PropValue::Binary(v) => Pattern::Bytes(v.clone()),
        other => return Err(too_complex("text or binary", other.prop_type().name())),
    };
    Ok(Test::Content(how, pattern))
}

impl Test {
    /// `other` is the second property of a comparison.
    pub(super) fn passes(&self, cell: Cell<'_>, other: Cell<'_>) -> bool {
        match self {
            Self::Property(op, value) => property(cell, *op, Cell::from(value)),
            Self::Content(how, pattern) => matches(cell, *how, pattern),
            Self::Bitmask(op, mask) => match cell {
                Cell::Long(v) => (u32::from_ne_bytes(v.to_ne_bytes()) & mask != 0) == matches!(op, BitmaskOp::Nez),
                _ => false,
            },
            Self::Exist => cell.is_present(),
            Self::Size { op, size, narrow } => cell.size(*narrow).is_some_and(|found| op.admits(found.cmp(size))),
            Self::Compare { op, .. } => cell.compare(other).is_some_and(|order| op.admits(order)),
        }
    }
}

fn property(cell: Cell<'_>, op: Op, value: Cell<'_>) -> bool {
    let one = |element: Cell<'_>| match op {
        // No element may be equal: look for one that is, and turn the answer.
        Op::Ne => element.compare(value).is_some_and(Ordering::is_eq),
        Op::Lt | Op::Le | Op::Gt | Op::Ge | Op::Eq => element.compare(value).is_some_and(|order| op.admits(order)),
    };
    let some = match cell {
        Cell::Absent | Cell::Error(_) => return false,
        Cell::MvLong(v) => v.iter().any(|v| one(Cell::Long(*v))),
        Cell::MvStr(v) => v.iter().any(|v| one(Cell::Str(v))),
        Cell::MvBinary(v) => v.iter().any(|v| one(Cell::Binary(v))),
        single => one(single),
    };
    some != matches!(op, Op::Ne)
}

fn matches(cell: Cell<'_>, how: ContentMatch, pattern: &Pattern) -> bool {
    match (cell, pattern) {
        (Cell::MvStr(v), _) => v.iter().any(|v| matches(Cell::Str(v), how, pattern)),
        (Cell::MvBinary(v), _) => v.iter().any(|v| matches(Cell::Binary(v), how, pattern)),
        (Cell::Str(v), Pattern::Exact(p)) => match how {
            ContentMatch::Full => v == p,
            ContentMatch::Substring => text::holds(v.as_bytes(), p.as_bytes()),
            ContentMatch::Prefix => v.starts_with(p.as_str()),
        },
        (Cell::Str(v), Pattern::Folded(p)) => match how {
            ContentMatch::Full => text::equals(v, p),
            ContentMatch::Substring => text::contains(v, p),
            ContentMatch::Prefix => text::starts_with(v, p),
        },
        (Cell::Str(v), Pattern::Bare(p)) => p.fits(v, how),
        (Cell::Binary(v), Pattern::Bytes(p)) => match how {
            ContentMatch::Full => v == p,
            ContentMatch::Substring => text::holds(v, p),
            ContentMatch::Prefix => v.starts_with(p),
        },
        _ => false,
    }
}
