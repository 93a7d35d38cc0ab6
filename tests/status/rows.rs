//! Rows (catalogue 3).

use crate::kit::*;
use mailspooler::mapi::*;

#[test]
fn c_002_there_are_always_a_subsystem_a_spooler_and_an_address_book() {
    let kinds: Vec<u32> = rows(&READY, []).iter().map(|row| number(row, PR_RESOURCE_TYPE)).collect();
    assert_eq!(kinds, [39, 37, 34]);
}

#[test]
fn c_003_every_transport_has_a_row_whatever_its_state() {
    let refused = Answer::LoggedOn(Err(Failure::code(Scode::MAPI_E_CALL_FAILED)));
    for provider in [
        loaded(&[]),
        running(&[]),
        after(loaded(&[Function::TransportLogon]), &[ProviderInput::Start, ProviderInput::Answer(refused)]),
    ] {
        assert_eq!(number(&transport_row(facts(&provider)), PR_RESOURCE_TYPE), 36);
    }
    let removed = ProviderInput::ModifyRow { columns: vec![], flags: ModifyRowFlags::EMPTY };
    assert_eq!(rows(&READY, [facts(&after(running(&[]), &[removed]))]).len(), 3);
}

#[test]
fn c_004_c_005_c_006_every_row_has_the_required_columns() {
    let provider = running(&[]);
    for row in rows(&READY, [facts(&provider)]) {
        for tag in COLUMNS {
            // The table itself adds these two.
            if tag != PR_INSTANCE_KEY && tag != PR_ROWID {
                let value = get(&row, tag).unwrap();
                assert_eq!(Some(value.prop_type()), tag.prop_type(), "{tag:?}");
            }
        }
        assert_eq!(number(&row, PR_OBJECT_TYPE), 0xA);
    }
}

#[test]
fn c_007_no_two_rows_share_a_key_and_a_transport_added_again_gets_another() {
    let provider = running(&[]);
    let again = TransportFacts { serial: 2, ..facts(&provider) };
    let all = rows(&READY, [facts(&provider), again]);
    let mut keys: Vec<u64> = all.iter().map(|row| row.key).collect();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), 5);
    let last = |n: usize| get(&all[n], PR_ENTRYID).unwrap();
    assert_eq!(last(3), last(4), "while its entry id stays");
}

fn identity(row: &StatusRow) -> Vec<PropValue> {
    [PR_IDENTITY_DISPLAY, PR_IDENTITY_ENTRYID, PR_IDENTITY_SEARCH_KEY].iter().filter_map(|tag| get(row, *tag)).collect()
}

#[test]
fn c_008_identity_columns_appear_together_or_not_at_all() {
    let person = |name: &str| Identity { display: name.to_owned(), entry_id: vec![1], search_key: vec![2] };
    let provider = running(&[]);
    assert_eq!(identity(&transport_row(facts(&provider))), []);
    let jane = person("Jane");
    let given = TransportFacts { identity: Some(&jane), ..facts(&provider) };
    assert_eq!(identity(&transport_row(given)).len(), 3);
    let none = TransportFacts { resource_flags: ResourceFlags::NO_PRIMARY_IDENTITY, ..given };
    assert_eq!(identity(&transport_row(none)), []);

    let answer = LoggedOn { flags: LogonAnswer::EMPTY, identity: Some(person("June")) };
    let logon = ProviderInput::Answer(Answer::LoggedOn(Ok(answer)));
    let learned = after(loaded(&[Function::TransportLogon]), &[ProviderInput::Start, logon]);
    let row = transport_row(TransportFacts { identity: Some(&jane), ..facts(&learned) });
    assert_eq!(identity(&row)[0], "June".into(), "what logon says is newer");
}

#[test]
fn c_009_a_store_of_its_own_is_claimed_only_by_name() {
    let provider = running(&[]);
    let own = |provider| TransportFacts { resource_flags: ResourceFlags::OWN_STORE, ..facts(provider) };
    assert_eq!(number(&transport_row(own(&provider)), PR_RESOURCE_FLAGS), 0);
    let named = wrote(provider.clone(), &[(PR_OWN_STORE_ENTRYID, vec![7].into())]);
    let row = transport_row(own(&named));
    assert_eq!(number(&row, PR_RESOURCE_FLAGS), ResourceFlags::OWN_STORE.bits());
    assert_eq!(get(&row, PR_OWN_STORE_ENTRYID), Some(vec![7].into()));
}

#[test]
fn c_011_a_transport_without_a_text_of_its_own_gets_one() {
    let text = |provider: &Provider| get(&transport_row(facts(provider)), PR_STATUS_STRING).unwrap();
    let busy = after(running(&[]), &[ProviderInput::AttemptBegan]);
    let fault = AttemptEnd::Fault { reason: FaultReason::Network, retry_after_ms: None };
    let parked = AttemptEnd::Parked(Park::Auth);
    let critical = ProviderInput::SpoolerNotify { flags: SpoolerNotify::CRITICAL_ERROR, entry: None };
    let logging_on = after(loaded(&[Function::TransportLogon]), &[ProviderInput::Start]);
    for (provider, expected) in [
        (loaded(&[]), "Not logged on"),
        (logging_on, "Logging on"),
        (running(&[]), "Ready"),
        (busy, "Sending"),
        (after(running(&[]), &[ProviderInput::AttemptEnded(fault)]), "No connection; tried again later"),
        (after(running(&[]), &[ProviderInput::AttemptEnded(parked)]), "The password or sign-in was refused"),
        (after(running(&[]), &[critical]), "Failed; it is off until the next session"),
    ] {
        assert_eq!(text(&provider), expected.into());
        let own = wrote(provider, &[(PR_STATUS_STRING, "mine".into())]);
        assert_eq!(text(&own), "mine".into());
    }
}

#[test]
fn c_018_transport_bits_never_appear_on_other_rows() {
    for role in [Role::Driver, Role::Follower, Role::Silent, Role::Nobody] {
        for storage in [Storage::Works, Storage::Failing, Storage::Full] {
            for online in [true, false] {
                for row in rows(&SessionFacts { role, storage, online }, []) {
                    let code = StatusCode::from_bits(number(&row, PR_STATUS_CODE)).unwrap();
                    assert!(!code.intersects(StatusCode::TRANSPORT_ONLY), "{code:?}");
                    assert!(!code.is_empty());
                }
            }
        }
    }
}

#[test]
fn c_029_methods_of_the_rows_of_mapi_are_fixed() {
    let masks: Vec<u32> = rows(&READY, []).iter().map(|row| number(row, PR_RESOURCE_METHODS)).collect();
    assert_eq!(masks, [0x1, 0x9, 0x1]);
}

#[test]
fn c_028_methods_of_a_transport_follow_from_its_functions() {
    let mask = |functions: &[Function]| number(&transport_row(facts(&running(functions))), PR_RESOURCE_METHODS);
    assert_eq!(mask(&[]), 0x1, "ValidateState always");
    assert_eq!(mask(&[Function::ValidateState, Function::SettingsDialog]), 0x3);
    assert_eq!(mask(&[Function::ChangePassword]), 0x5);
    assert_eq!(mask(&[Function::FlushQueues]), 0x9);
}

#[test]
fn a_silent_owner_and_a_full_disk_show_in_the_spoolers_row() {
    let spooler = |role, storage| {
        let row = rows(&SessionFacts { role, storage, online: true }, []).swap_remove(1);
        (number(&row, PR_STATUS_CODE), get(&row, PR_STATUS_STRING).unwrap())
    };
    assert_eq!(spooler(Role::Driver, Storage::Works), (1, "Ready".into()));
    assert_eq!(spooler(Role::Silent, Storage::Works), (4, "The tab that sends does not answer".into()));
    assert_eq!(spooler(Role::Driver, Storage::Full), (4, "The storage is full".into()));
}

fn code(provider: &Provider) -> StatusCode {
    status_code(provider)
}

const ENABLED: StatusCode = StatusCode::AVAILABLE.with(StatusCode::OUTBOUND_ENABLED);

#[test]
fn the_code_is_computed_from_what_the_transport_does() {
    let receives = [Function::StartMessage, Function::Poll];
    let fault = |reason| ProviderInput::AttemptEnded(AttemptEnd::Fault { reason, retry_after_ms: None });
    let flush = ProviderInput::Ask(Ticket(1), Ask::FlushQueues(FlushFlags::UPLOAD));
    let found = ProviderInput::Answer(Answer::Polled(Ok(true)));
    for (provider, expected) in [
        (loaded(&[]), StatusCode::EMPTY),
        (running(&[]), ENABLED),
        (running(&receives), ENABLED | StatusCode::INBOUND_ENABLED),
        (after(running(&receives), &[found]), ENABLED | StatusCode::INBOUND_ENABLED | StatusCode::INBOUND_ACTIVE),
        (after(running(&[]), &[ProviderInput::AttemptBegan]), ENABLED | StatusCode::OUTBOUND_ACTIVE),
        (after(running(&[]), &[flush]), ENABLED | StatusCode::OUTBOUND_ACTIVE | StatusCode::OUTBOUND_FLUSH),
        (after(running(&[]), &[fault(FaultReason::Network)]), StatusCode::OFFLINE | StatusCode::OUTBOUND_ENABLED),
        (after(running(&[]), &[fault(FaultReason::Transport)]), StatusCode::FAILURE | StatusCode::OUTBOUND_ENABLED),
        (after(running(&[]), &[ProviderInput::Park(Park::Config)]), StatusCode::FAILURE | StatusCode::OUTBOUND_ENABLED),
        (after(running(&[]), &[ProviderInput::Logoff]), StatusCode::EMPTY),
    ] {
        assert_eq!(code(&provider), expected);
    }
}

#[test]
fn c_154_enabled_shows_before_transport_notify_returns() {
    let provider = running(&[Function::TransportNotify]);
    assert!(!provider.may_send());
    assert_eq!(code(&provider), ENABLED);
}

#[test]
fn a_transport_speaks_for_its_health_but_not_for_enabled_and_flush() {
    let says = |bits: StatusCode| wrote(running(&[]), &[(PR_STATUS_CODE, PropValue::flags(bits.bits()))]);
    let remote = StatusCode::AVAILABLE | StatusCode::OFFLINE | StatusCode::REMOTE_ACCESS;
    assert_eq!(code(&says(remote)), remote | StatusCode::OUTBOUND_ENABLED);
    assert_eq!(code(&says(StatusCode::INBOUND_ENABLED)), StatusCode::OUTBOUND_ENABLED);
    let fault = AttemptEnd::Fault { reason: FaultReason::Network, retry_after_ms: None };
    let troubled = after(says(StatusCode::AVAILABLE), &[ProviderInput::AttemptEnded(fault)]);
    assert_eq!(
        code(&troubled),
        StatusCode::OFFLINE | StatusCode::OUTBOUND_ENABLED,
        "what the spooler sees goes before"
    );
}

#[test]
fn c_156_a_failed_transport_is_not_available() {
    let critical = ProviderInput::SpoolerNotify { flags: SpoolerNotify::CRITICAL_ERROR, entry: None };
    let failed = after(wrote(running(&[]), &[(PR_STATUS_CODE, PropValue::flags(1))]), &[critical]);
    assert_eq!(code(&failed), StatusCode::FAILURE);
}

#[test]
fn a_column_of_its_own_shows_and_a_computed_one_does_not_change() {
    let mine = PropTag(0x6700_0003);
    let provider =
        wrote(running(&[]), &[(mine, 7.into()), (PR_DISPLAY_NAME, "Work (2)".into()), (PR_RESOURCE_TYPE, 1.into())]);
    let row = transport_row(facts(&provider));
    assert_eq!(get(&row, mine), Some(7.into()));
    assert_eq!(get(&row, PR_DISPLAY_NAME), Some("Work (2)".into()));
    assert_eq!(number(&row, PR_RESOURCE_TYPE), 36);
}

#[test]
fn c_025_entry_ids_open_what_they_were_made_for_and_nothing_else() {
    for entry in [
        StatusEntry::Subsystem,
        StatusEntry::Spooler,
        StatusEntry::AddressBook,
        StatusEntry::Transport("ü".to_owned()),
        StatusEntry::Transport(String::new()),
    ] {
        let id = entry.to_entry_id();
        assert_eq!(StatusEntry::from_entry_id(&id), Ok(entry));
        let mut flagged = id.clone();
        flagged[0] = 1;
        let mut foreign = id.clone();
        foreign[10] ^= 1;
        let mut kind = id;
        kind[20] = 9;
        for bad in [flagged, foreign, kind, vec![], vec![0; 20]] {
            assert_eq!(StatusEntry::from_entry_id(&bad).unwrap_err().code, Scode::MAPI_E_UNKNOWN_ENTRYID);
        }
    }
    let mut long = StatusEntry::Spooler.to_entry_id();
    long.push(0);
    assert!(StatusEntry::from_entry_id(&long).is_err());
}
