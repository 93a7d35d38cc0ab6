//! Lists of mailboxes.

use mailspooler::address::*;

fn shown(all: &[Mailbox]) -> Vec<(String, String)> {
    all.iter().map(|m| (m.display_name.clone(), m.address.email_address().to_owned())).collect()
}

fn pair(name: &str, email: &str) -> (String, String) {
    (name.to_owned(), email.to_owned())
}

#[test]
fn o_06_a_mailbox_is_an_address_or_a_name_and_one() {
    for (text, name, email) in [
        ("a@b", "", "a@b"),
        ("<a@b>", "", "a@b"),
        ("Jane <a@b>", "Jane", "a@b"),
        ("Jane Q. Doe<a@b>", "Jane Q. Doe", "a@b"),
        ("\"Doe, Jane\" <a@b>", "Doe, Jane", "a@b"),
        ("\"say \\\"hi\\\" \\\\\" <a@b>", "say \"hi\" \\", "a@b"),
        ("Jane (work) <a@b>", "Jane (work)", "a@b"),
        ("a@b (Jane (at) work)", "Jane (at) work", "a@b"),
        ("jane@home <a@b>", "jane@home", "a@b"),
        ("=?utf-8?q?J=C3=BCrgen?= <a@b>", "=?utf-8?q?J=C3=BCrgen?=", "a@b"),
        ("Jürgen  世界 < a@b >", "Jürgen 世界", "a@b"),
        ("\"\" <a@b>", "", "a@b"),
    ] {
        let mailbox = parse_mailbox(text).unwrap_or_else(|e| panic!("{text}: {e}"));
        assert_eq!(shown(&[mailbox]), [pair(name, email)], "{text}");
    }
}

#[test]
fn g14_no_text_is_two_mailboxes_or_hides_one() {
    for bad in [
        "",
        " ",
        "Jane",
        "a@b, c@d",
        "Doe, Jane <a@b>",
        "x@y, Jane <a@b>",
        "a@b <c@d>, e@f",
        "<a@b> <c@d>",
        "<a@b> c@d",
        "<a@b>c",
        "a@b c@d",
        "group: a@b;",
        "a@b;",
        "Jane <a@b",
        "Jane a@b>",
        "\"Jane <a@b>",
        "(Jane <a@b>",
        "Jane) <a@b> (",
        "<>",
        "<@x:a@b>",
        "<a@b,c@d>",
        "\"x@evil y\"@ok",
        "a @b",
        "Jane\r\nBcc: x@y <a@b>",
        "Jane\t<a@b>",
    ] {
        assert!(parse_mailbox(bad).is_err(), "{bad:?}");
    }
    assert!(parse_mailbox(&format!("{} <a@b>", "x".repeat(1024))).is_ok());
    assert!(parse_mailbox(&format!("{} <a@b>", "x".repeat(1025))).is_err());
}

#[test]
fn o_05_lists_have_groups_comments_and_empty_places() {
    let list = |text| shown(&parse_list(text).unwrap());
    assert_eq!(list(""), []);
    assert_eq!(list(" ,, "), []);
    assert_eq!(list("(none)"), []);
    assert_eq!(list("undisclosed-recipients:;"), []);
    assert_eq!(list("a@b,c@d"), [pair("", "a@b"), pair("", "c@d")]);
    assert_eq!(
        list("x@y, Team \"A, B\": Jane <a@b>, c@d;, (note) e@f,\t\"g: h;\" <g@h>"),
        [pair("", "x@y"), pair("Jane", "a@b"), pair("", "c@d"), pair("note", "e@f"), pair("g: h;", "g@h")]
    );
    for bad in [
        "Team: a@b",
        "A: B: a@b;;",
        "a@b: c@d;",
        ": a@b;",
        "<a@b>: c@d;",
        "a@b; c@d",
        "A: a@b; c@d;",
        "a@b, c",
        "\"x\" a@b",
    ] {
        assert!(parse_list(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn g14_deep_comments_and_long_lists_are_read_in_one_pass() {
    let deep = format!("{}a@b", "(".repeat(100_000));
    assert!(parse_list(&deep).is_err());
    let closed = format!("{}{} a@b", "(".repeat(400), ")".repeat(400));
    assert_eq!(parse_list(&closed).unwrap().len(), 1);
    let many = vec!["Jane <a@b>"; 20_000].join(",");
    assert_eq!(parse_list(&many).unwrap().len(), 20_000);
    assert!(parse_list(&"<".repeat(200_000)).is_err());
    assert!(parse_list(&"a@b<".repeat(50_000)).is_err());
}
