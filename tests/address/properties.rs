//! What holds for every input. The reader here is another one than the library's: cruder, and slower.

use mailspooler::address::*;
use proptest::collection::vec;
use proptest::prelude::*;

const ID: &str = "<0123@example.org>";

/// Name and unfolded value of every field.
fn crude_fields(block: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8(block.to_vec()).unwrap();
    let text = text.strip_suffix("\r\n\r\n").unwrap().replace("\r\n ", " ").replace("\r\n\t", "\t");
    let split = |line: &str| line.split_once(':').map(|(n, v)| (n.to_lowercase(), v.to_owned())).unwrap();
    text.split("\r\n").map(split).collect()
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("Bcc".to_owned()),
        Just("bCC".to_owned()),
        Just("Resent-Bcc".to_owned()),
        Just("Date".to_owned()),
        Just("MIME-Version".to_owned()),
        Just("Subject".to_owned()),
        "X-[!-9;-~]{1,8}",
    ]
}

fn value() -> impl Strategy<Value = String> {
    ("[ -~äß世]{0,20}", "(\r\n[ \t][!-~]{1,10}){0,2}").prop_map(|(a, b)| a + &b)
}

fn hidden() -> impl Strategy<Value = String> {
    prop_oneof![
        "hidden[a-z]{1,5}@secret\\.example",
        "\"[a-z,;: ]{0,6}\" <hidden[a-z]{1,5}@secret\\.example>",
        "[a-z]{1,5}:\r\n hidden[a-z]{1,5}@secret\\.example,\r\n\thidden@secret\\.example;",
    ]
}

fn field() -> impl Strategy<Value = (String, String)> {
    (name(), value(), hidden()).prop_map(|(name, value, hidden)| {
        let value = if name.to_lowercase().ends_with("bcc") { format!(" {hidden}") } else { value };
        (name, value)
    })
}

/// Bytes that are often nearly right.
fn nearly(max: usize) -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        3 => "From: a@b\r\n|To: |Bcc: |\r\n|\r\n\r\n|[ -~]{0,6}|[(<\"@>),;:\\\\]{1,4}|=\\?utf-8\\?[qb]\\?[A-Z=?]{0,6}".prop_map(String::into_bytes),
        1 => vec(any::<u8>(), 0..6),
    ];
    vec(piece, 0..max).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn o_05_output_reads_as_exactly_the_intended_headers(fields in vec(field(), 0..12)) {
        let lines: String = fields.iter().map(|(n, v)| format!("{n}:{v}\r\n")).collect();
        let block = format!("From: a@b\r\n{lines}\r\n");
        let taken = take_headers(block.as_bytes(), ID, 0).unwrap();

        let before = crude_fields(block.as_bytes());
        let has = |name: &str| before.iter().any(|(n, _)| n == name);
        let mut intended: Vec<_> = before.iter().filter(|(n, _)| !n.ends_with("bcc")).cloned().collect();
        intended.push(("message-id".to_owned(), format!(" {ID}")));
        if !has("date") {
            intended.push(("date".to_owned(), " Thu, 01 Jan 1970 00:00:00 +0000".to_owned()));
        }
        if !has("mime-version") {
            intended.push(("mime-version".to_owned(), " 1.0".to_owned()));
        }
        prop_assert_eq!(crude_fields(&taken.bytes), intended);

        // Taking twice takes nothing more.
        let again = take_headers(&taken.bytes, "<other@x>", 1).unwrap();
        prop_assert_eq!(&again.bytes, &taken.bytes);
        prop_assert!(again.bcc.is_empty() && !again.message_id_added);
    }

    #[test]
    fn g15_no_bcc_address_remains(fields in vec(field(), 0..12)) {
        let lines: String = fields.iter().map(|(n, v)| format!("{n}:{v}\r\n")).collect();
        let taken = take_headers(format!("From: a@b\r\n{lines}\r\n").as_bytes(), ID, 0).unwrap();
        prop_assert!(!String::from_utf8(taken.bytes).unwrap().contains("secret.example"));
        prop_assert_eq!(taken.bcc.len(), lines.matches("secret.example").count());
    }

    #[test]
    fn g14_what_is_added_to_any_accepted_block_keeps_it_one_block(block in nearly(12)) {
        if let Ok(taken) = take_headers(&block, ID, 0) {
            prop_assert!(taken.bytes.ends_with(b"\r\n\r\n"));
            let ends = taken.bytes.windows(4).filter(|w| w == b"\r\n\r\n").count();
            prop_assert_eq!(ends, 1);
            prop_assert!(take_headers(&taken.bytes, ID, 0).is_ok());
        }
    }

    #[test]
    fn g14_arbitrary_bytes_never_panic(bytes in vec(any::<u8>(), 0..300), almost in nearly(30)) {
        for input in [&bytes, &almost] {
            let _ = take_headers(input, ID, i64::MIN);
            let text = String::from_utf8_lossy(input);
            let _ = (parse_list(&text).is_ok(), parse_mailbox(&text).is_ok(), domain_of(&text));
            prop_assert!(decode_words(&text).chars().all(is_header_safe));
        }
    }

    #[test]
    fn g14_an_accepted_address_has_one_at_and_one_domain(text in "[a-zA-Z0-9.@\"()<>,;:\\\\\\[\\] =?ü世\u{3002}\u{FF20}\r\n\u{2028}-]{0,20}") {
        if let Ok(address) = Address::smtp(&text) {
            prop_assert_eq!(text.matches('@').count(), 1);
            let (local, domain) = address.parts().unwrap();
            prop_assert!(!local.contains(['"', '(', ')', ' ', ',', ';', ':', '\\', '<', '>']));
            prop_assert!(domain.chars().all(|c| c == '.' || c == '-' || c.is_alphanumeric()));
        }
    }

    #[test]
    fn o_06_a_mailbox_written_out_is_read_back(name in "[ -~ü世]{0,20}", local in "[a-z.]{1,8}", domain in "[a-z]{1,8}\\.example") {
        let quoted = name.replace('\\', "\\\\").replace('"', "\\\"");
        if let Ok(mailbox) = parse_mailbox(&format!("\"{quoted}\" <{local}@{domain}>")) {
            prop_assert_eq!(mailbox.display_name, name.trim());
            let email = format!("{local}@{domain}");
            prop_assert_eq!(mailbox.address.email_address(), email.as_str());
        } else {
            prop_assert!(local.starts_with('.') || local.ends_with('.') || local.contains(".."));
        }
    }
}
