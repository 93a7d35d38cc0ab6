//! `ModifyStatusRow` (catalogue 3.4).

use crate::kit::*;
use mailspooler::mapi::*;

const SET: ModifyRowFlags = ModifyRowFlags::EMPTY;
const UPDATE: ModifyRowFlags = ModifyRowFlags::UPDATE;

fn modify(rig: &mut Rig, columns: &[(PropTag, PropValue)], flags: ModifyRowFlags) -> String {
    rig.say(ProviderInput::ModifyRow { columns: columns.to_vec(), flags })
}

fn column(rig: &Rig, tag: PropTag) -> Option<PropValue> {
    rig.provider.row().columns().get(&tag).cloned()
}

#[test]
fn c_014_flags_0_makes_the_row_anew() {
    let mut rig = Rig::running(&[]);
    let _ = modify(&mut rig, &[(PR_DISPLAY_NAME, "a".into()), (PR_STATUS_STRING, "b".into())], SET);
    let _ = modify(&mut rig, &[(PR_DISPLAY_NAME, "c".into())], SET);
    assert_eq!(column(&rig, PR_DISPLAY_NAME), Some("c".into()));
    assert_eq!(column(&rig, PR_STATUS_STRING), None);
}

#[test]
fn c_015_update_changes_only_the_columns_passed() {
    let mut rig = Rig::running(&[]);
    let _ = modify(&mut rig, &[(PR_DISPLAY_NAME, "a".into()), (PR_STATUS_STRING, "b".into())], SET);
    let _ = modify(&mut rig, &[(PR_STATUS_STRING, "c".into())], UPDATE);
    assert_eq!(column(&rig, PR_DISPLAY_NAME), Some("a".into()));
    assert_eq!(column(&rig, PR_STATUS_STRING), Some("c".into()));
    let _ = modify(&mut rig, &[(PR_STATUS_STRING, PropValue::Null)], UPDATE);
    assert_eq!(column(&rig, PR_STATUS_STRING), None);
}

#[test]
fn no_columns_and_flags_0_removes_the_row_and_update_does_not_find_it() {
    let mut rig = Rig::running(&[]);
    assert_eq!(modify(&mut rig, &[], UPDATE), "");
    assert!(rig.provider.row().is_shown());
    let _ = modify(&mut rig, &[], SET);
    assert!(!rig.provider.row().is_shown());
    assert_eq!(modify(&mut rig, &[(PR_STATUS_STRING, "c".into())], UPDATE), "refused MAPI_E_NOT_FOUND");
    let _ = modify(&mut rig, &[(PR_STATUS_STRING, "c".into())], SET);
    assert!(rig.provider.row().is_shown());
}

#[test]
fn c_005_computed_columns_are_ignored() {
    let mut rig = Rig::running(&[]);
    let computed = [
        (PR_ENTRYID, vec![1].into()),
        (PR_INSTANCE_KEY, vec![1].into()),
        (PR_OBJECT_TYPE, 1.into()),
        (PR_ROWID, 1.into()),
        (PR_RESOURCE_TYPE, 1.into()),
        (PR_RESOURCE_FLAGS, 1.into()),
        (PR_RESOURCE_METHODS, 1.into()),
        (PR_PROVIDER_DLL_NAME, "x".into()),
    ];
    assert_eq!(modify(&mut rig, &computed, SET), "");
    assert!(rig.provider.row().columns().is_empty() && rig.provider.row().is_shown());
}

#[test]
fn c_008_identity_columns_come_three_or_none() {
    let mut rig = Rig::running(&[]);
    let three = [
        (PR_IDENTITY_DISPLAY, "Jane".into()),
        (PR_IDENTITY_ENTRYID, vec![1].into()),
        (PR_IDENTITY_SEARCH_KEY, vec![2].into()),
    ];
    assert_eq!(modify(&mut rig, &three[..2], UPDATE), "refused MAPI_E_INVALID_PARAMETER");
    assert_eq!(modify(&mut rig, &three, UPDATE), "");
    assert_eq!(modify(&mut rig, &[(PR_IDENTITY_DISPLAY, PropValue::Null)], UPDATE), "refused MAPI_E_INVALID_PARAMETER");
    assert_eq!(column(&rig, PR_IDENTITY_DISPLAY), Some("Jane".into()), "a refusal changes nothing");
}

#[test]
fn values_have_the_type_of_their_tag_and_codes_have_names() {
    let mut rig = Rig::running(&[]);
    for bad in [
        (PR_DISPLAY_NAME, PropValue::Long(1)),
        (PR_STATUS_CODE, "x".into()),
        (PR_STATUS_CODE, PropValue::Long(8)),
        (PropTag(0x6000_FFFF), PropValue::Long(1)),
    ] {
        assert_eq!(modify(&mut rig, &[bad], UPDATE), "refused MAPI_E_INVALID_PARAMETER");
    }
    let many: Vec<_> = (0..65_u32).map(|n| (PropTag(0x6000_0003 + (n << 16)), PropValue::Long(1))).collect();
    assert_eq!(modify(&mut rig, &many[..64], SET), "");
    assert_eq!(modify(&mut rig, &many, SET), "refused MAPI_E_INVALID_PARAMETER");
}
