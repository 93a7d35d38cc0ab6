//! A filter over all rows: sixty-four at a time, one test after the other, each over one column.

use super::cell::Cell;
use super::column::{Column, Data};
use super::filter::{Filter, Op, Pattern, Step, Target, Test};
use super::rows::Rows;
use super::search::Search;
use super::store::Source;
use super::texts::Texts;
use crate::mapi::{BitmaskOp, ContentMatch, PropValue};

/// So many rows stand for the bits of a number.
const LOT: usize = 64;

/// The bits that are set, as slots.
struct Slots {
    base: u32,
    bits: u64,
}

impl Iterator for Slots {
    type Item = (u32, u64);

    fn next(&mut self) -> Option<(u32, u64)> {
        let at = self.bits.trailing_zeros();
        let bit = self.bits & self.bits.wrapping_neg();
        self.bits ^= bit;
        (bit != 0).then(|| (self.base.saturating_add(at), bit))
    }
}

impl Filter {
    /// The slots that match, ascending. Only for views whose rows are slots.
    pub(super) fn matching(&self, rows: &Rows<'_>) -> Vec<u32> {
        let searches: Vec<Option<Search>> = self.steps.iter().map(|step| search(&step.test)).collect();
        let mut open = vec![0_u64; self.steps.len()];
        let mut found = Vec::new();
        for (base, live) in (0_u32..).step_by(LOT).zip(rows.store.lots()) {
            let mut accepted = 0;
            lead(self.entry, live, &mut open, &mut accepted);
            // Every test leads to ones written before it.
            for (at, (step, search)) in self.steps.iter().zip(&searches).enumerate().rev() {
                let Some(here) = open.get_mut(at).map(std::mem::take).filter(|here| *here != 0) else { continue };
                let hits = self.hits(step, search.as_ref(), base, here, rows);
                lead(step.yes, hits, &mut open, &mut accepted);
                lead(step.no, here & !hits, &mut open, &mut accepted);
            }
            found.extend(Slots { base, bits: accepted }.map(|(slot, _)| slot));
        }
        found
    }

    /// Those of the rows `here` that pass a test.
    fn hits(&self, step: &Step, search: Option<&Search>, base: u32, here: u64, rows: &Rows<'_>) -> u64 {
        let source = |operand: usize| self.sources.get(operand).copied().unwrap_or(Source::Absent);
        let own = source(step.operand);
        if let Source::Column(at) = own
            && let Some(column) = rows.store.column_at(at)
        {
            let there = here & column.present.get(base as usize / LOT).copied().unwrap_or(0);
            if let Some(hits) = packed(column, &step.test, search, base, there) {
                return hits;
            }
        }
        let mut hits = 0;
        for (slot, bit) in (Slots { base, bits: here }) {
            let other = match step.test {
                Test::Compare { other, .. } => rows.cell(slot, source(other)),
                _ => Cell::Absent,
            };
            if step.test.passes(rows.cell(slot, own), other) {
                hits |= bit;
            }
        }
        hits
    }
}

fn lead(to: Target, which: u64, open: &mut [u64], accepted: &mut u64) {
    match to {
        Target::Accept => *accepted |= which,
        Target::Reject => {}
        Target::Step(at) => {
            if let Some(rows) = open.get_mut(at) {
                *rows |= which;
            }
        }
    }
}

fn search(test: &Test) -> Option<Search> {
    match test {
        Test::Content(ContentMatch::Substring, Pattern::Folded(pattern)) => Search::new(pattern),
        _ => None,
    }
}

/// What passes of the rows `there`, which have values; `None`: no test for whole columns.
fn packed(column: &Column, test: &Test, search: Option<&Search>, base: u32, there: u64) -> Option<u64> {
    let from = base as usize;
    Some(match (&column.data, test) {
        (_, Test::Exist) => there,
        (Data::Long(v), Test::Property(op, PropValue::Long(c))) => there & numbers(lot(v, from), *c, *op),
        (Data::I8(v), Test::Property(op, PropValue::I8(c)))
        | (Data::SysTime(v), Test::Property(op, PropValue::SysTime(c))) => there & numbers(lot(v, from), *c, *op),
        (Data::Boolean(v), Test::Property(op, PropValue::Boolean(c))) => there & numbers(lot(v, from), *c, *op),
        (Data::Long(v), Test::Bitmask(op, mask)) => {
            let any = bits(lot(v, from), |v| u32::from_ne_bytes(v.to_ne_bytes()) & mask != 0);
            there & if matches!(op, BitmaskOp::Nez) { any } else { !any }
        }
        (Data::Str(v), Test::Content(..)) => searched(v, search?, base, there),
        _ => return None,
    })
}

fn lot<T>(values: &[T], from: usize) -> &[T] {
    let rest = values.get(from..).unwrap_or_default();
    rest.get(..LOT).unwrap_or(rest)
}

fn bits<T: Copy>(values: &[T], passes: impl Fn(T) -> bool) -> u64 {
    values.iter().rev().fold(0, |bits, value| bits << 1 | u64::from(passes(*value)))
}

fn numbers<T: Ord + Copy>(values: &[T], constant: T, op: Op) -> u64 {
    match op {
        Op::Lt => bits(values, |v| v < constant),
        Op::Le => bits(values, |v| v <= constant),
        Op::Gt => bits(values, |v| v > constant),
        Op::Ge => bits(values, |v| v >= constant),
        Op::Eq => bits(values, |v| v == constant),
        Op::Ne => bits(values, |v| v != constant),
    }
}

fn searched(texts: &Texts, search: &Search, base: u32, there: u64) -> u64 {
    let mut hits = 0;
    for (slot, bit) in (Slots { base, bits: there }) {
        if search.is_in(texts.bytes(slot as usize)) {
            hits |= bit;
        }
    }
    hits
}
