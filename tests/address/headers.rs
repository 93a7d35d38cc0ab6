//! The header block of O-05.

use mailspooler::address::*;

const ID: &str = "<0123@example.org>";
const WALL: i64 = 1_795_365_240_000;

fn take(block: &str) -> TakenHeaders {
    take_headers(block.as_bytes(), ID, WALL).unwrap_or_else(|e| panic!("{block:?}: {e}"))
}

fn text(taken: &TakenHeaders) -> &str {
    std::str::from_utf8(&taken.bytes).unwrap()
}

fn refusal(block: &str) -> String {
    take_headers(block.as_bytes(), ID, WALL).map(|_| ()).unwrap_err().to_string()
}

#[test]
fn o_05_what_is_missing_is_added_and_nothing_else_changes() {
    let block =
        "from: Jane <a@b>\r\nX-Odd:  two  spaces \r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\tand more\r\n\r\n";
    let taken = take(block);
    let (kept, end) = block.split_at(block.len() - 2);
    assert_eq!(
        text(&taken),
        format!("{kept}Message-ID: {ID}\r\nDate: Sun, 22 Nov 2026 16:34:00 +0000\r\nMIME-Version: 1.0\r\n{end}")
    );
    assert_eq!((taken.message_id.as_str(), taken.message_id_added), (ID, true));
    assert_eq!(taken.subject.as_deref(), Some("Grüße\tand more".replace('\t', " ").as_str()));
    assert_eq!(taken.from.unwrap().display_name, "Jane");
}

#[test]
fn o_05_a_complete_block_stays_byte_for_byte() {
    let block =
        "Received: by x;\r\n 1\r\nFROM: a@b\r\nmessage-id:\r\n <x.y@z>\r\nDATE: whenever\r\nMime-Version: 1.0\r\n\r\n";
    let taken = take(block);
    assert_eq!(text(&taken), block);
    assert_eq!((taken.message_id.as_str(), taken.message_id_added), ("<x.y@z>", false));
    assert_eq!(taken.subject, None);
}

#[test]
fn g15_bcc_is_taken_out_wherever_it_stands() {
    let complete = "From: a@b\r\nMessage-ID: <x@z>\r\nDate: d\r\nMIME-Version: 1.0\r\n";
    let taken = take(&format!(
        "BCC: Team: one@x,\r\n \"T, wo\" <two@x>;\r\n{complete}bcc:\r\n\tthree@x (3)\r\nResent-Bcc: four@x\r\nBcc:\r\n\r\n"
    ));
    assert_eq!(text(&taken), format!("{complete}\r\n"));
    let emails: Vec<&str> = taken.bcc.iter().map(|m| m.address.email_address()).collect();
    assert_eq!(emails, ["one@x", "two@x", "three@x", "four@x"]);
    assert_eq!(taken.bcc[1].display_name, "T, wo");
    assert_eq!(taken.bcc[2].display_name, "3");
}

#[test]
fn g15_a_bcc_that_does_not_parse_is_refused() {
    for bad in ["Bcc: Jane", "Bcc: \"x@evil y\"@ok", "Bcc: a@b; c@d", "Bcc: g: a@b", "Bcc : a@b", "Bcc\t: a@b"] {
        refusal(&format!("From: a@b\r\n{bad}\r\n\r\n"));
    }
}

#[test]
fn o_05_text_without_a_header_block_is_refused_with_the_way_out() {
    for plain in [
        "",
        "\r\n",
        "Hello",
        "Hello,\r\n\r\nhow are you?",
        "Hello,\nhow are you?",
        "Dear Bob: hello\r\n\r\n",
        "Reminder: at five\r\n\r\n",
        " From: a@b\r\n\r\n",
        "From alice Mon Jan 1\r\nFrom: a@b\r\n\r\n",
        ": x\r\n\r\n",
    ] {
        let error = refusal(plain);
        assert!(error.contains("payload") && error.contains("MIME library"), "{plain:?}: {error}");
    }
}

#[test]
fn g14_a_block_that_readers_end_differently_is_refused() {
    for (bad, why) in [
        ("From: a@b\nTo: c@d\n\n", "CRLF"),
        ("From: a@b\r\nTo: c@d\n\r\n\r\n", "CRLF"),
        ("From: a@b\rBcc: c@d\r\n\r\n", "U+000D"),
        ("From: a@b\r\n", "empty line"),
        ("From: a@b", "empty line"),
        ("From: a@b\r\n \r\nTo: c@d\r\n\r\n", "line of spaces"),
        ("From: a@b\r\n\r\nbody", "after its empty line"),
        ("From: a@b\r\nhello\r\n\r\n", "Name: value"),
        ("From: a@b\r\nX Y: z\r\n\r\n", "Name: value"),
        ("From: a@b\r\nSubject: a\0b\r\n\r\n", "U+0000"),
        ("From: a@b\r\nSubject: a\u{85}b\r\n\r\n", "U+0085"),
        ("From: a@b\r\nSubject: a\u{2028}Bcc: x@y\r\n\r\n", "U+2028"),
        ("From: a@b\r\nX-\u{E9}: 1\r\n\r\n", "Name: value"),
    ] {
        let error = refusal(bad);
        assert!(error.contains(why), "{bad:?}: {error}");
    }
    let latin1 = take_headers(b"From: a@b\r\nSubject: \xFC\r\n\r\n", ID, WALL).unwrap_err();
    assert_eq!(latin1.got, "another byte at 20");
}

#[test]
fn o_04_a_message_id_is_one_and_well_formed() {
    for bad in ["", "x@y", "<>", "<x y@z>", "<x@z> (c)", "<x@z><y@z>", "<x\r\n @z>"] {
        let error = refusal(&format!("From: a@b\r\nMessage-ID: {bad}\r\n\r\n"));
        assert!(error.contains("Message-ID"), "{bad:?}: {error}");
    }
    assert!(refusal("Message-ID: <a@b>\r\nmessage-id: <a@b>\r\n\r\n").contains("second"));
    let long = format!("<{}@b>", "a".repeat(1000));
    assert!(refusal(&format!("From: a@b\r\nMessage-ID: {long}\r\n\r\n")).contains("Message-ID"));
}

#[test]
fn o_05_a_block_has_at_most_256_kib() {
    let fits = |n: usize| format!("From: a@b\r\nX: {}\r\n\r\n", "x".repeat(n - 18));
    assert_eq!(take(&fits(HEADER_MAX)).bytes.len(), HEADER_MAX + 90);
    assert!(refusal(&fits(HEADER_MAX + 1)).contains("262144"));
}

#[test]
fn o_05_from_is_only_read() {
    assert_eq!(take("From: \"x@evil y\"@ok\r\n\r\n").from, None);
    assert_eq!(take("To: a@b\r\n\r\n").from, None);
}

#[test]
fn o_05_dates_are_rfc_5322() {
    for (wall, date) in [
        (0, "Thu, 01 Jan 1970 00:00:00 +0000"),
        (951_782_399_999, "Mon, 28 Feb 2000 23:59:59 +0000"),
        (951_782_400_000, "Tue, 29 Feb 2000 00:00:00 +0000"),
        (4_107_542_400_000, "Mon, 01 Mar 2100 00:00:00 +0000"),
        (1_735_689_599_000, "Tue, 31 Dec 2024 23:59:59 +0000"),
        (i64::MIN, "Thu, 01 Jan 1970 00:00:00 +0000"),
        (i64::MAX, "Fri, 31 Dec 9999 23:59:59 +0000"),
    ] {
        assert_eq!(format_date(wall), date);
    }
}
