//! `FlushQueues` by object: the decision table of the catalogue (4.4), every flag with every other, every target.

use crate::kit::*;
use mailspooler::mapi::*;

type F = FlushFlags;

/// Three transports in order: one with `flushQueues`, one without, an asynchronous one; a fourth is off.
struct World {
    own: Provider,
    plain: Provider,
    asynchronous: Provider,
    off: Provider,
}

impl World {
    fn new() -> Self {
        let off = Answer::LoggedOn(Err(Failure::code(Scode::MAPI_E_FAILONEPROVIDER)));
        Self {
            own: running(&[Function::FlushQueues]),
            plain: running(&[]),
            asynchronous: running(&[Function::FlushQueues]),
            off: after(loaded(&[Function::TransportLogon]), &[ProviderInput::Start, ProviderInput::Answer(off)]),
        }
    }

    fn facts(&self) -> Vec<FlushFacts<'_>> {
        let fact = |uid, provider, asynchronous| FlushFacts { uid, asynchronous, provider };
        vec![
            fact("own", &self.own, false),
            fact("plain", &self.plain, false),
            fact("async", &self.asynchronous, true),
            fact("off", &self.off, false),
        ]
    }
}

fn transport(uid: &str) -> StatusEntry {
    StatusEntry::Transport(uid.to_owned())
}

fn all() -> impl Iterator<Item = F> {
    let bits: Vec<F> = F::NAMES.iter().map(|(_, bit)| *bit).collect();
    (0..32_usize).map(move |n| bits.iter().enumerate().fold(F::EMPTY, |all, (i, bit)| all.set(*bit, n & 1 << i != 0)))
}

/// From the top: the first line that fits.
fn expected(entry: &StatusEntry, flags: F, target: Option<&str>, running: bool) -> Result<FlushPlan, Scode> {
    let places = match (entry, target) {
        (StatusEntry::Transport(uid), None) if uid == "own" => vec![0],
        (StatusEntry::Transport(uid), Some(_)) if uid == "own" => return Err(Scode::MAPI_E_INVALID_PARAMETER),
        (StatusEntry::Spooler, None) => vec![0, 1, 2],
        (StatusEntry::Spooler, Some("own")) => vec![0],
        (StatusEntry::Spooler, Some("plain")) => vec![1],
        (StatusEntry::Spooler, Some("async")) if !flags.contains(F::FORCE) => {
            return Err(Scode::MAPI_E_INVALID_PARAMETER);
        }
        (StatusEntry::Spooler, Some("async")) => vec![2],
        (StatusEntry::Spooler, Some(_)) => return Err(Scode::MAPI_E_NOT_FOUND),
        _ => return Err(Scode::MAPI_E_NO_SUPPORT),
    };
    if !flags.intersects(F::UPLOAD | F::DOWNLOAD) {
        return Ok(FlushPlan { places: vec![], flags, wait: false });
    }
    if running {
        return Err(Scode::MAPI_E_BUSY);
    }
    let wait = *entry == StatusEntry::Spooler && !flags.contains(F::ASYNC_OK);
    Ok(FlushPlan { places, flags: flags.without(F::ASYNC_OK), wait })
}

#[test]
fn c_054_c_062_every_object_flag_and_target_by_the_table() {
    let world = World::new();
    let objects =
        [StatusEntry::Subsystem, StatusEntry::AddressBook, StatusEntry::Spooler, transport("own"), transport("plain")];
    for entry in &objects {
        for target in [None, Some("own"), Some("plain"), Some("async"), Some("nobody")] {
            for flags in all() {
                for running in [false, true] {
                    let id = target.map(|uid| transport(uid).to_entry_id());
                    let got = flush_queues(entry, flags.bits(), id.as_deref(), &world.facts(), running);
                    let wanted = expected(entry, flags, target, running);
                    assert_eq!(got.map_err(|e| e.code), wanted, "{entry:?} {flags:?} {target:?} {running}");
                }
            }
        }
        for bit in (0..32).map(|n| 1_u32 << n).filter(|bit| F::from_bits(*bit).is_none()) {
            let got = flush_queues(entry, bit | F::UPLOAD.bits(), None, &world.facts(), false);
            assert_eq!(got.map_err(|e| e.code), Err(Scode::MAPI_E_UNKNOWN_FLAGS), "{entry:?} {bit:x}");
        }
    }
}
