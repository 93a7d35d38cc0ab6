//! L0: names and numbers.

use mailspooler::mapi::*;
use std::collections::BTreeSet;

#[test]
fn codes_have_names_both_ways() {
    for code in Scode::ALL {
        assert_eq!(Scode::from_name(code.name()), Some(*code));
        assert_eq!(Scode::from_hresult(code.hresult()), Some(*code));
        assert_eq!(code.is_failure(), code.name().starts_with("MAPI_E_"), "{code:?}");
    }
    assert_eq!(Scode::MAPI_E_BUSY.hresult(), 0x8004_010B);
    assert_eq!(Scode::from_name("MAPI_E_USER_CANCELED"), None, "X-06");
    assert_eq!(Scode::from_hresult(0x8004_FFFF), None);
}

#[test]
fn unknown_bits_are_refused() {
    assert_eq!(ValidateFlags::ALL.bits(), 0x007F_0001);
    assert_eq!(ValidateFlags::from_bits(0x0080_0000), None);
    assert_eq!(FlushFlags::from_bits(0x1), None);
    assert_eq!(FlushFlags::from_bits(0x3E), Some(FlushFlags::ALL));
}

#[test]
fn flags_are_sets() {
    let both = StatusCode::AVAILABLE | StatusCode::OUTBOUND_ENABLED;
    assert_eq!(both.bits(), 0x0010_0001);
    assert!(both.contains(StatusCode::AVAILABLE) && !both.contains(StatusCode::AVAILABLE | StatusCode::OFFLINE));
    assert!(both.intersects(StatusCode::AVAILABLE | StatusCode::OFFLINE));
    assert_eq!(both.without(StatusCode::AVAILABLE), StatusCode::OUTBOUND_ENABLED);
    assert_eq!(both.set(StatusCode::AVAILABLE, false) & both, StatusCode::OUTBOUND_ENABLED);
    assert_eq!(format!("{both:?}"), "STATUS_AVAILABLE | STATUS_OUTBOUND_ENABLED");
    assert_eq!(format!("{:?}", StatusCode::EMPTY), "0");
    assert_eq!(StatusCode::TRANSPORT_ONLY.bits(), 0x00F7_0000);
}

#[test]
fn every_named_tag_is_named_once_and_both_ways() {
    let mut names = BTreeSet::new();
    let mut ids = BTreeSet::new();
    for (name, _, tag) in PropTag::NAMES {
        assert!(names.insert(name), "{name} twice");
        assert!(ids.insert(tag.id()), "{tag:?} twice");
        assert_eq!(PropTag::from_name(name), Some(*tag));
        assert_eq!(tag.name(), Some(*name));
        assert!(tag.prop_type().is_some(), "{tag:?}");
    }
    assert_eq!(PropTag::from_name("statusCode"), Some(PropTag(0x3E04_0003)));
    assert_eq!(PropTag::from_name("StatusCode"), None);
    assert_eq!(PR_DISPLAY_NAME.with_type(PropType::String8).name(), Some("displayName"));
    assert_eq!(PR_DISPLAY_NAME.with_type(PropType::Long).name(), None);
    assert_eq!(PropTag(0x6BFF_0003).name(), None);
}

#[test]
fn tags_take_apart() {
    assert_eq!((PR_STATUS_CODE.id(), PR_STATUS_CODE.prop_type()), (0x3E04, Some(PropType::Long)));
    assert_eq!(PR_NULL, PropTag(1));
    assert_eq!(PropTag(0x3E04_3003).prop_type(), None);
    assert_eq!((PropType::MvUnicode.base(), PropType::MvUnicode.is_multi()), (PropType::Unicode, true));
    assert_eq!((PropType::Binary.base(), PropType::Binary.is_multi()), (PropType::Binary, false));
}

#[test]
fn words_have_numbers_both_ways() {
    for word in TableEvent::ALL {
        assert_eq!(TableEvent::from_code(word.code()), Some(*word));
    }
    assert_eq!(TableEvent::RowModified.code(), 5);
    assert_eq!(TableEvent::from_code(0), None);
    assert_eq!(ResourceType::TransportProvider.name(), "MAPI_TRANSPORT_PROVIDER");
}

#[test]
fn values_compare_by_type_and_bits() {
    assert_ne!(PropValue::I8(1), PropValue::SysTime(1));
    assert_eq!(PropValue::Double(f64::NAN), PropValue::Double(f64::NAN));
    assert_ne!(PropValue::Double(0.0), PropValue::Double(-0.0));
    assert_eq!(PropValue::flags(0x8000_0000), PropValue::Long(i32::MIN));
}

#[test]
fn an_error_says_both_halves() {
    let error = MapiError::new(Scode::MAPI_E_INVALID_PARAMETER, "a count other than 0", "0");
    assert_eq!(error.to_string(), "MAPI_E_INVALID_PARAMETER: expected a count other than 0, got 0");
}
