//! Who the session is.

use super::world::*;
use mailspooler::mapi::ResourceFlags;
use mailspooler::session::io::*;

fn named(uid: &str) -> TransportConfig {
    let identity = Identity { display: uid.to_uppercase(), entry_id: "0A0b".into(), search_key: "0c".into() };
    TransportConfig { identity: Some(identity), ..transport(uid) }
}

fn flagged(t: TransportConfig) -> TransportConfig {
    TransportConfig { resource_flags: ResourceFlags::PRIMARY_IDENTITY.bits(), ..t }
}

#[test]
fn c_019_the_row_flagged_as_primary_says_who() {
    let w = World::driving(vec![named("a"), flagged(named("b"))]);
    let who = w.session.query_identity();
    assert_eq!((who.entry_id, who.search_key, who.display.as_str(), who.found), (vec![10, 11], vec![12], "B", true));
}

#[test]
fn c_019_a_flagged_row_without_an_identity_makes_a_one_off() {
    let w = World::driving(vec![named("a"), flagged(transport("b"))]);
    let who = w.session.query_identity();
    let mut expected = vec![0, 0, 0, 0];
    expected.extend([0x81, 0x2B, 0x1F, 0xA4, 0xBE, 0xA3, 0x10, 0x19, 0x9D, 0x6E, 0x00, 0xDD, 0x01, 0x0F, 0x54, 0x02]);
    expected.extend([0, 0, 1, 0x80]);
    expected.extend("b\0SMTP\0me@example.test\0".encode_utf16().flat_map(u16::to_le_bytes));
    assert_eq!((who.entry_id, who.found), (expected, true));
    assert_eq!(who.search_key, b"SMTP:ME@EXAMPLE.TEST\0");
}

#[test]
fn c_020_without_a_flag_the_first_identity_there_is() {
    let w = World::driving(vec![transport("a"), named("b"), named("c")]);
    assert_eq!(w.session.query_identity().display, "B");
}

#[test]
fn c_021_without_any_there_is_a_built_in_one() {
    let w = World::driving(vec![transport("a")]);
    let who = w.session.query_identity();
    assert!(!who.found && !who.entry_id.is_empty());
    assert_eq!(who.display, "me@example.test");
}
