//! Encoded words, for display.

use mailspooler::address::decode_words;

#[test]
fn o_05_subjects_are_decoded_for_display() {
    for (raw, shown) in [
        ("plain", "plain"),
        ("=?utf-8?q?J=C3=BCrgen_?=", "Jürgen "),
        ("=?UTF-8?B?R3LDvMOfZQ==?=", "Grüße"),
        ("=?iso-8859-1?Q?Gr=FC=DFe?= aus Bonn", "Grüße aus Bonn"),
        ("=?utf-8*de?q?a?=", "a"),
        ("a =?utf-8?q?b?= c", "a b c"),
        ("=?utf-8?q?a?= \t =?utf-8?q?b?=", "ab"),
        ("=?utf-8?q?=C3?= =?utf-8?q?=BC?=", "ü"),
        ("=?utf-8?q?a?= =?iso-8859-1?q?=FC?=", "aü"),
        ("=?utf-8?q?a?= =?koi8-r?q?b?=", "a =?koi8-r?q?b?="),
        ("=?utf-8?x?a?=", "=?utf-8?x?a?="),
        ("=?utf-8?q?=4?=", "=?utf-8?q?=4?="),
        ("=?utf-8?b?*?=", "=?utf-8?b?*?="),
        ("=?utf-8?q?=FF?=", "\u{FFFD}"),
        ("=?utf-8?q?a=0D=0ABcc:_x@y?=", "a  Bcc: x@y"),
        ("=?utf-8?q?=E2=80=A8?=", " "),
        ("=?=?=?", "=?=?=?"),
        ("", ""),
    ] {
        assert_eq!(decode_words(raw), shown, "{raw}");
    }
}
