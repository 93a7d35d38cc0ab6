//! Verbs (catalogue 4).

use crate::kit::*;
use mailspooler::mapi::*;

const SUPPRESS: u32 = ValidateFlags::SUPPRESS_UI.bits();
const CONFIG: u32 = ValidateFlags::CONFIG_CHANGED.bits();
const UP: u32 = FlushFlags::UPLOAD.bits();
const DOWN: u32 = FlushFlags::DOWNLOAD.bits();
const FORCE: u32 = FlushFlags::FORCE.bits();
const ASYNC: u32 = FlushFlags::ASYNC_OK.bits();
const NO_UI: u32 = FlushFlags::NO_UI.bits();

const MAPI_OBJECTS: [StatusEntry; 3] = [StatusEntry::Subsystem, StatusEntry::Spooler, StatusEntry::AddressBook];

fn t(uid: &str) -> StatusEntry {
    StatusEntry::Transport(uid.to_owned())
}

fn code<T: std::fmt::Debug>(result: MapiResult<T>) -> Scode {
    result.unwrap_err().code
}

#[test]
fn c_036_a_flag_that_is_none_of_the_eight_is_unknown() {
    let provider = running(&[]);
    for entry in MAPI_OBJECTS.into_iter().chain([t("t1")]) {
        for flags in [0x2, 0x0080_0000, 0x8000_0000] {
            assert_eq!(code(validate_state(&entry, flags, Some(&provider))), Scode::MAPI_E_UNKNOWN_FLAGS);
        }
    }
}

#[test]
fn c_037_c_038_the_spooler_logs_on_and_checks_everyone() {
    let plan = |flags| validate_state(&StatusEntry::Spooler, flags, None).unwrap();
    assert_eq!(plan(0), ValidatePlan::Everyone { logon: true, flags: ValidateFlags::EMPTY });
    let calm = ValidatePlan::Everyone { logon: true, flags: ValidateFlags::SUPPRESS_UI };
    assert_eq!(plan(SUPPRESS), calm, "C-042: it reaches the transports");
}

#[test]
fn c_039_config_changed_on_the_spooler_asks_for_address_types() {
    let plan = validate_state(&StatusEntry::Spooler, CONFIG | SUPPRESS, None);
    assert_eq!(plan, Ok(ValidatePlan::Types));
}

#[test]
fn the_subsystem_checks_everyone_and_the_address_book_itself() {
    let plan = |entry, flags| validate_state(&entry, flags, None).unwrap();
    let checks = ValidatePlan::Everyone { logon: false, flags: ValidateFlags::EMPTY };
    assert_eq!(plan(StatusEntry::Subsystem, 0), checks);
    assert_eq!(plan(StatusEntry::AddressBook, CONFIG), ValidatePlan::Own);
}

#[test]
fn c_040_c_053_a_transport_gets_the_flags_as_they_are() {
    let provider = running(&[]);
    for flags in [0, CONFIG, ValidateFlags::REFRESH_XP_HEADER_CACHE.bits() | SUPPRESS] {
        let expected = ValidatePlan::One(ValidateFlags::from_bits(flags).unwrap());
        assert_eq!(validate_state(&t("t1"), flags, Some(&provider)), Ok(expected));
    }
}

#[test]
fn header_and_connection_flags_are_for_transports() {
    let refresh = ValidateFlags::REFRESH_XP_HEADER_CACHE.bits();
    for entry in MAPI_OBJECTS {
        assert_eq!(code(validate_state(&entry, refresh, None)), Scode::MAPI_E_NO_SUPPORT);
    }
    let both = (ValidateFlags::FORCE_XP_CONNECT | ValidateFlags::FORCE_XP_DISCONNECT).bits();
    assert_eq!(code(validate_state(&t("t1"), both, Some(&running(&[])))), Scode::MAPI_E_INVALID_PARAMETER);
}

#[test]
fn c_043_a_critical_section_is_busy() {
    let crit = ProviderInput::SpoolerNotify { flags: SpoolerNotify::CRITSEC, entry: None };
    let provider = after(running(&[]), &[crit]);
    assert_eq!(code(validate_state(&t("t1"), 0, Some(&provider))), Scode::MAPI_E_BUSY);
}

#[test]
fn c_106_the_object_of_a_transport_that_is_gone_is_invalid() {
    let gone = after(running(&[]), &[ProviderInput::Logoff]);
    for provider in [None, Some(&gone)] {
        assert_eq!(code(validate_state(&t("t1"), 0, provider)), Scode::MAPI_E_INVALID_OBJECT);
        assert_eq!(code(dialog(&t("t1"), Dialog::Password, provider)), Scode::MAPI_E_INVALID_OBJECT);
    }
    assert_eq!(code(flush_queues(&t("t1"), UP, None, &[], false)), Scode::MAPI_E_INVALID_OBJECT);
}

#[test]
fn c_030_dialogs_on_objects_of_mapi_are_not_supported() {
    for entry in MAPI_OBJECTS {
        for which in [Dialog::Settings, Dialog::Password] {
            assert_eq!(code(dialog(&entry, which, None)), Scode::MAPI_E_NO_SUPPORT);
        }
    }
}

#[test]
fn c_028_a_verb_whose_bit_is_clear_is_not_supported() {
    let (bare, full) = (running(&[]), running(&[Function::SettingsDialog, Function::ChangePassword]));
    for which in [Dialog::Settings, Dialog::Password] {
        assert_eq!(code(dialog(&t("t1"), which, Some(&bare))), Scode::MAPI_E_NO_SUPPORT);
        assert_eq!(dialog(&t("t1"), which, Some(&full)), Ok(()));
    }
    assert_eq!(code(flush_queues(&t("t1"), UP, None, &[flushable("t1", &bare)], false)), Scode::MAPI_E_NO_SUPPORT);
    for entry in [StatusEntry::Subsystem, StatusEntry::AddressBook] {
        assert_eq!(code(flush_queues(&entry, UP, None, &[], false)), Scode::MAPI_E_NO_SUPPORT);
    }
}

fn flushable<'a>(uid: &'a str, provider: &'a Provider) -> FlushFacts<'a> {
    FlushFacts { uid, asynchronous: false, provider }
}

#[allow(clippy::unnecessary_wraps, reason = "compared with answers")]
fn plan(places: &[usize], flags: u32, wait: bool) -> MapiResult<FlushPlan> {
    Ok(FlushPlan { places: places.to_vec(), flags: FlushFlags::from_bits(flags).unwrap(), wait })
}

#[test]
fn c_054_c_058_a_transports_object_flushes_that_transport_and_does_not_wait() {
    let provider = running(&[Function::FlushQueues]);
    let all = [flushable("a", &provider), flushable("b", &provider)];
    assert_eq!(flush_queues(&t("b"), UP | NO_UI, None, &all, false), plan(&[1], UP | NO_UI, false));
    assert_eq!(flush_queues(&t("b"), UP | ASYNC, None, &all, false), plan(&[1], UP, false), "ASYNC_OK is ignored");
    let target = t("a").to_entry_id();
    assert_eq!(code(flush_queues(&t("b"), UP, Some(&target), &all, false)), Scode::MAPI_E_INVALID_PARAMETER);
}

#[test]
fn c_055_c_057_c_145_the_spoolers_object_flushes_every_active_transport_in_order() {
    let (up, down) = (running(&[]), loaded(&[]));
    let all = [flushable("a", &up), flushable("off", &down), flushable("b", &up)];
    let flush = |flags| flush_queues(&StatusEntry::Spooler, flags, None, &all, false);
    assert_eq!(flush(UP | DOWN | NO_UI), plan(&[0, 2], UP | DOWN | NO_UI, true));
    assert_eq!(flush(UP | ASYNC), plan(&[0, 2], UP, false));
}

#[test]
fn c_056_c_062_a_target_flushes_that_one_with_or_without_the_function() {
    let provider = running(&[]);
    let all = [flushable("a", &provider), flushable("b", &provider)];
    let flush =
        |target: &StatusEntry| flush_queues(&StatusEntry::Spooler, DOWN, Some(&target.to_entry_id()), &all, false);
    assert_eq!(flush(&t("b")), plan(&[1], DOWN, true));
    assert_eq!(code(flush(&t("x"))), Scode::MAPI_E_NOT_FOUND);
    assert_eq!(code(flush(&StatusEntry::Spooler)), Scode::MAPI_E_NOT_FOUND);
    let garbage = flush_queues(&StatusEntry::Spooler, DOWN, Some(&[1, 2]), &all, false);
    assert_eq!(code(garbage), Scode::MAPI_E_UNKNOWN_ENTRYID);
}

#[test]
fn an_asynchronous_target_needs_force() {
    let provider = running(&[]);
    let all = [FlushFacts { asynchronous: true, ..flushable("a", &provider) }];
    let target = t("a").to_entry_id();
    let flush = |flags| flush_queues(&StatusEntry::Spooler, flags, Some(&target), &all, false);
    assert_eq!(code(flush(UP)), Scode::MAPI_E_INVALID_PARAMETER);
    assert_eq!(flush(UP | FORCE), plan(&[0], UP | FORCE, true));
}

#[test]
fn c_061_another_flush_is_busy() {
    let idle = running(&[Function::FlushQueues]);
    let ask = ProviderInput::Ask(Ticket(1), Ask::FlushQueues(FlushFlags::UPLOAD));
    let flushing = after(running(&[Function::FlushQueues]), &[ask]);
    let all = [flushable("a", &idle), flushable("b", &flushing)];
    let spooler = StatusEntry::Spooler;
    assert_eq!(code(flush_queues(&spooler, UP, None, &all, false)), Scode::MAPI_E_BUSY);
    assert_eq!(code(flush_queues(&t("b"), UP, None, &all, false)), Scode::MAPI_E_BUSY);
    assert_eq!(flush_queues(&t("a"), UP, None, &all, false), plan(&[0], UP, false));
    assert_eq!(code(flush_queues(&t("a"), UP, None, &all, true)), Scode::MAPI_E_BUSY);
}

#[test]
fn a_flush_without_a_direction_changes_nothing_and_unknown_flags_are_refused() {
    let provider = running(&[]);
    let all = [flushable("a", &provider)];
    assert_eq!(flush_queues(&StatusEntry::Spooler, FORCE, None, &all, true), plan(&[], FORCE, false));
    assert_eq!(code(flush_queues(&StatusEntry::Spooler, 0x41, None, &all, false)), Scode::MAPI_E_UNKNOWN_FLAGS);
}
