//! T2: half updates (60 % the flag that enters or leaves the filter, 20 % a column nobody sorts by, 10 % the date, 10 % the
//! subject), a quarter each inserts and deletes.

use crate::rows::{Dice, Row, SEED, SEEN, Source};

pub enum Patch {
    Flags(u32),
    Status(u32),
    Date(i64),
    Subject(String),
}

pub enum Change {
    Update(u32, Patch),
    Insert(Row),
    Remove(u32),
}

pub fn changes(rows: &[Row], count: usize) -> Vec<Change> {
    let mut dice = Dice::new(SEED ^ 0x5eed);
    let mut source = Source::new(SEED ^ 0x5eed ^ 0x00ab_cdef);
    let mut live: Vec<u32> = rows.iter().map(|row| row.id).collect();
    let mut flags: Vec<u32> = rows.iter().map(|row| row.flags).collect();
    let any = |dice: &mut Dice, live: &[u32]| dice.below(u32::try_from(live.len()).unwrap()) as usize;
    (0..count)
        .map(|_| match dice.below(4) {
            0 | 1 => {
                let id = live[any(&mut dice, &live)];
                let patch = match dice.below(10) {
                    0..6 => {
                        flags[id as usize] ^= SEEN;
                        Patch::Flags(flags[id as usize])
                    }
                    6 | 7 => Patch::Status(dice.below(8)),
                    8 => Patch::Date(dice.date()),
                    _ => Patch::Subject(source.row(0).subject),
                };
                Change::Update(id, patch)
            }
            2 => {
                let row = source.row(u32::try_from(flags.len()).unwrap());
                live.push(row.id);
                flags.push(row.flags);
                Change::Insert(row)
            }
            _ => {
                let at = any(&mut dice, &live);
                Change::Remove(live.swap_remove(at))
            }
        })
        .collect()
}
