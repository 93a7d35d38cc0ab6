//! Strict addresses: whoever accepts one finds the same domain (G14, B16, B17).

use mailspooler::address::*;

#[test]
fn g14_ordinary_addresses_are_taken() {
    for good in [
        "a@b",
        "a=?b@c",
        "jane.doe@example.org",
        "jane+tag@example.org",
        "o'brien@example.org",
        "!#$%&'*+-/=?^_`{|}~@example.org",
        "jane@xn--bcher-kva.example",
        "jane@bücher.example",
        "jane@例え.テスト",
        "jane@उदाहरण.परीक्षा",
        "jane@مثال.إختبار",
        "jörg@example.org",
        "用户@例子.广告",
        "a@1.b2",
        "reply+0030b2e3a3bb2e5e0d9b64d9f9bd1f9d6b4ba5b5ab92cf00000001113a7e8292a169ce0@reply.example",
    ] {
        let address = Address::smtp(good).unwrap_or_else(|e| panic!("{good}: {e}"));
        assert_eq!(address.email_address(), good);
        assert_eq!(address.address_type(), "SMTP");
        let (local, domain) = address.parts().unwrap();
        assert_eq!(format!("{local}@{domain}"), good);
        assert_eq!(domain_of(good), Some(domain));
    }
}

#[test]
fn g14_what_parsers_read_differently_is_refused() {
    for bad in [
        "",
        "@",
        "a",
        "a@",
        "@b",
        "a@b@c",
        "a b@c",
        "a@b c",
        " a@b",
        "a@b ",
        ".a@b",
        "a.@b",
        "a..b@c",
        "a@.b",
        "a@b.",
        "a@b..c",
        "a@-b",
        "a@b-",
        "a@b_c",
        "a@[127.0.0.1]",
        "a@127.0.0.1",
        "a@b.123",
        "\"x@evil y\"@ok.example",
        "\"a\"@b",
        "a(comment)@b",
        "a@b(comment)",
        "a,b@c",
        "a;b@c",
        "a:b@c",
        "a\\b@c",
        "<a@b>",
        "@x,@y:a@b",
        "=?utf-8?q?a=40evil.example=3e?=@ok.example",
        "a@=?utf-8?q?b?=",
        "a@b\r\nBcc: c@d",
        "a\r@b",
        "a\n@b",
        "a\0@b",
        "a\u{7F}@b",
        "a\u{85}@b",
        "a\u{2028}@b",
        "a\u{2029}@b",
        "a@b\u{2028}c",
        "a\u{202E}@b",
        "a\u{200B}@b",
        "a\u{A0}b@c",
        "a\u{FF20}b@c",
        "a@b\u{3002}c",
        "a@b\u{FF0E}c",
        "a@\u{FF41}.example",
        "a@b\u{200D}c",
        "a@\u{212A}.example",
        "a@b\u{AD}c",
        "a@\u{2100}.example",
        "a@\u{94D}b",
    ] {
        assert!(Address::smtp(bad).is_err(), "{bad:?}");
        assert_eq!(domain_of(bad), None, "{bad:?}");
    }
}

#[test]
fn g14_addresses_have_lengths() {
    let long_label = "b".repeat(63);
    assert!(Address::smtp(&format!("a@{long_label}")).is_ok());
    assert!(Address::smtp(&format!("a@{long_label}b")).is_err());
    assert!(Address::smtp(&format!("a@{}", "ü".repeat(59))).is_ok());
    assert!(Address::smtp(&format!("a@{}", "ü".repeat(60))).is_err());
    let domain = format!("@{long_label}.{long_label}.example");
    let local = "a".repeat(254 - domain.len());
    assert!(Address::smtp(&format!("{local}{domain}")).is_ok());
    assert!(Address::smtp(&format!("a{local}{domain}")).is_err());
}

#[test]
fn g14_other_types_take_header_safe_text() {
    let fax = Address::new("FAX", "+49 (0)30 123").unwrap();
    assert_eq!((fax.address_type(), fax.email_address()), ("FAX", "+49 (0)30 123"));
    assert_eq!(fax.parts(), None);
    assert_eq!(Address::new("X400", &"x".repeat(1024)).unwrap().address_type(), "X400");
    for (kind, text) in [
        ("", "1"),
        ("fax", "1"),
        ("FAX-1", "1"),
        ("FÄX", "1"),
        ("FAX\r\n", "1"),
        ("FAX", ""),
        ("FAX", "  "),
        ("FAX", "1\n2"),
        ("FAX", "1\u{2029}2"),
        ("SMTP", "+49 30"),
    ] {
        assert!(Address::new(kind, text).is_err(), "{kind:?} {text:?}");
    }
    assert!(Address::new("FAX", &"x".repeat(1025)).is_err());
    assert!(Address::new(&"A".repeat(33), "1").is_err());
}

#[test]
fn g17_refusals_name_a_place_and_no_text() {
    let error = Address::smtp("secret canary@b").unwrap_err();
    assert_eq!(error.code.name(), "MAPI_E_INVALID_PARAMETER");
    assert_eq!(error.got, "U+0020 at character 6");
    assert!(!error.to_string().contains("canary"));
}

#[test]
fn g14_text_has_no_control_characters() {
    assert!(check_text("subject", "Grüße, 世界", 9).is_ok());
    assert!(check_text("subject", "Grüße, 世界", 8).is_err());
    for c in ('\0'..='\u{9F}').chain(['\u{2028}', '\u{2029}']) {
        let safe = (' '..='~').contains(&c);
        assert_eq!(check_text("subject", &format!("a{c}b"), 10).is_ok(), safe, "{c:?}");
        assert_eq!(is_header_safe(c), safe);
    }
}

#[test]
fn o_04_message_ids_are_made_of_uid_and_domain() {
    let id = |from| make_message_id("00ff", &Address::smtp(from).unwrap());
    assert_eq!(id("a@example.org"), "<00ff@example.org>");
    assert_eq!(id("a@bücher.example"), "<00ff@example>");
    assert_eq!(id("a@例子"), "<00ff@invalid>");
    assert_eq!(make_message_id("00ff", &Address::new("FAX", "1").unwrap()), "<00ff@invalid>");
}
