//! `ValidateState` by object: the decision table of the catalogue (4.2), every flag alone and with every other.

use crate::kit::*;
use mailspooler::mapi::*;

type V = ValidateFlags;

fn all() -> impl Iterator<Item = V> {
    let bits: Vec<V> = V::NAMES.iter().map(|(_, bit)| *bit).collect();
    (0..256_usize).map(move |n| bits.iter().enumerate().fold(V::EMPTY, |all, (i, bit)| all.set(*bit, n & 1 << i != 0)))
}

/// From the top: the first line that fits.
fn expected(entry: &StatusEntry, flags: V) -> Result<ValidatePlan, Scode> {
    let has = |bit| flags.contains(bit);
    let transports_only = [
        V::REFRESH_XP_HEADER_CACHE,
        V::PROCESS_XP_HEADER_CACHE,
        V::FORCE_XP_CONNECT,
        V::FORCE_XP_DISCONNECT,
        V::ABORT_XP_HEADER_OPERATION,
        V::SHOW_XP_SESSION_UI,
    ];
    let calm = if has(V::SUPPRESS_UI) { V::SUPPRESS_UI } else { V::EMPTY };
    if has(V::FORCE_XP_CONNECT) && has(V::FORCE_XP_DISCONNECT) {
        return Err(Scode::MAPI_E_INVALID_PARAMETER);
    }
    let foreign = transports_only.into_iter().any(has);
    match entry {
        StatusEntry::Transport(_) => Ok(ValidatePlan::One(flags)),
        _ if foreign => Err(Scode::MAPI_E_NO_SUPPORT),
        StatusEntry::AddressBook => Ok(ValidatePlan::Own),
        StatusEntry::Subsystem => Ok(ValidatePlan::Everyone { logon: false, flags: calm }),
        StatusEntry::Spooler if has(V::CONFIG_CHANGED) => Ok(ValidatePlan::Types),
        StatusEntry::Spooler => Ok(ValidatePlan::Everyone { logon: true, flags: calm }),
        #[allow(unreachable_patterns, reason = "objects of other providers come later")]
        _ => unreachable!(),
    }
}

#[test]
fn c_036_c_042_every_object_by_the_table_and_every_other_bit_is_unknown() {
    let provider = running(&[]);
    let transport = StatusEntry::Transport("t1".to_owned());
    for entry in [StatusEntry::Subsystem, StatusEntry::Spooler, StatusEntry::AddressBook, transport] {
        for flags in all() {
            let got = validate_state(&entry, flags.bits(), Some(&provider)).map_err(|error| error.code);
            assert_eq!(got, expected(&entry, flags), "{entry:?} {flags:?}");
            for bit in (0..32).map(|n| 1_u32 << n).filter(|bit| V::from_bits(*bit).is_none()) {
                let got = validate_state(&entry, flags.bits() | bit, Some(&provider)).map_err(|error| error.code);
                assert_eq!(got, Err(Scode::MAPI_E_UNKNOWN_FLAGS), "{entry:?} {flags:?} and {bit:x}");
            }
        }
    }
}
