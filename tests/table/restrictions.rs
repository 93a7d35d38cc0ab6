//! Every kind of restriction.

use crate::support::*;
use mailspooler::mapi::*;
use mailspooler::table::*;

const SIZES: PropTag = PropTag::new(0x6900, PropType::MvLong);
const TAGS: PropTag = PropTag::new(0x6901, PropType::MvUnicode);
const BYTES: PropTag = PropTag::new(0x6902, PropType::Binary);

/// a: no code; b: 2; c: 3 with tags; d: 0x30 with bytes.
pub fn sample() -> (Table, ViewId) {
    let (mut table, view) = table(&[]);
    let mut put = |key, row: Row| table.put(RowKey(key), row).unwrap();
    put(1, vec![(PR_DISPLAY_NAME, "a".into())]);
    put(2, vec![(PR_DISPLAY_NAME, "b".into()), (PR_STATUS_CODE, 2.into()), (SIZES, PropValue::MvLong(vec![]))]);
    put(
        3,
        vec![
            (PR_DISPLAY_NAME, "c".into()),
            (PR_STATUS_CODE, 3.into()),
            (PR_RESOURCE_FLAGS, 3.into()),
            (SIZES, PropValue::MvLong(vec![5, 7])),
            (TAGS, PropValue::MvStr(vec!["Work".into(), "Home".into()])),
        ],
    );
    put(
        4,
        vec![
            (PR_DISPLAY_NAME, "d".into()),
            (PR_STATUS_CODE, 0x30.into()),
            (PR_RESOURCE_FLAGS, 3.into()),
            (BYTES, vec![1, 2, 3].into()),
        ],
    );
    (table, view)
}

/// The names of the rows of [`sample`] that match.
pub fn rows(restriction: &Restriction) -> MapiResult<String> {
    let (mut table, view) = sample();
    table.view(view).unwrap().restrict(Some(restriction))?;
    Ok(names(&table, view).concat())
}

pub fn is(tag: PropTag, op: Relop, value: impl Into<PropValue>) -> Restriction {
    Restriction::Property { tag, op, value: value.into() }
}

fn not(inner: Restriction) -> Restriction {
    Restriction::Not(Box::new(inner))
}

pub fn named(name: &str) -> Restriction {
    Restriction::equals(PR_DISPLAY_NAME, name)
}

#[test]
fn c_208_a_property_and_its_constant_have_one_type() {
    assert_eq!(code(rows(&is(PR_STATUS_CODE, Relop::Eq, "2"))), Scode::MAPI_E_TOO_COMPLEX);
    assert_eq!(code(rows(&is(PR_STATUS_CODE, Relop::Eq, PropValue::I8(2)))), Scode::MAPI_E_TOO_COMPLEX);
    assert_eq!(code(rows(&is(PR_STATUS_CODE, Relop::Eq, PropValue::Null))), Scode::MAPI_E_TOO_COMPLEX);
    assert_eq!(code(rows(&is(PropTag(0x6900_3003), Relop::Eq, "2"))), Scode::MAPI_E_TOO_COMPLEX);
    let (mut table, view) = sample();
    let mut view = table.view(view).unwrap();
    let wrong = is(PR_STATUS_CODE, Relop::Eq, "2");
    assert_eq!(code(view.find_row(&wrong, Bookmark::BEGINNING, false)), Scode::MAPI_E_TOO_COMPLEX);
}

#[test]
fn every_comparison_compares() {
    let code = |op| rows(&is(PR_STATUS_CODE, op, 3)).unwrap();
    assert_eq!(code(Relop::Lt), "b");
    assert_eq!(code(Relop::Le), "bc");
    assert_eq!(code(Relop::Gt), "d");
    assert_eq!(code(Relop::Ge), "cd");
    assert_eq!(code(Relop::Eq), "c");
    assert_eq!(code(Relop::Ne), "bd", "what a row lacks matches nothing");
    assert_eq!(rows(&is(PR_STATUS_CODE, Relop::Re, 3)).unwrap_err().code, Scode::MAPI_E_TOO_COMPLEX);
    assert_eq!(rows(&not(is(PR_STATUS_CODE, Relop::Eq, 3))).unwrap(), "abd");
    let narrow = PR_DISPLAY_NAME.with_type(PropType::String8);
    assert_eq!(rows(&is(narrow, Relop::Gt, "B")).unwrap(), "bcd", "caseless first, exact in the end");
    assert_eq!(rows(&is(PR_SUBJECT, Relop::Ne, "x")).unwrap(), "", "a column nobody has");
}

#[test]
fn c_209_a_multivalued_property_takes_a_single_constant() {
    assert_eq!(rows(&is(SIZES, Relop::Eq, 7)).unwrap(), "c");
    assert_eq!(rows(&is(SIZES, Relop::Gt, 6)).unwrap(), "c");
    assert_eq!(rows(&is(SIZES, Relop::Ne, 7)).unwrap(), "b", "no element is equal");
    assert_eq!(rows(&is(TAGS, Relop::Eq, "Home")).unwrap(), "c");
    assert_eq!(code(rows(&is(SIZES, Relop::Eq, PropValue::MvLong(vec![5, 7])))), Scode::MAPI_E_TOO_COMPLEX);
    assert_eq!(code(rows(&is(SIZES, Relop::Eq, "7"))), Scode::MAPI_E_TOO_COMPLEX);
}

#[test]
fn c_210_compared_properties_have_one_type() {
    let compare = |op, left, right| rows(&Restriction::Compare { op, left, right });
    assert_eq!(compare(Relop::Eq, PR_STATUS_CODE, PR_RESOURCE_FLAGS).unwrap(), "c");
    assert_eq!(compare(Relop::Gt, PR_STATUS_CODE, PR_RESOURCE_FLAGS).unwrap(), "d", "either absent: no match");
    assert_eq!(compare(Relop::Eq, SIZES, SIZES).unwrap(), "bc");
    assert_eq!(compare(Relop::Lt, SIZES, SIZES).unwrap(), "");
    assert_eq!(code(compare(Relop::Eq, PR_STATUS_CODE, PR_DISPLAY_NAME)), Scode::MAPI_E_TOO_COMPLEX);
    assert_eq!(code(compare(Relop::Re, PR_STATUS_CODE, PR_STATUS_CODE)), Scode::MAPI_E_TOO_COMPLEX);
}

#[test]
fn c_211_a_content_restriction_needs_a_low_word_and_ignores_unknown_high_bits() {
    let content = |fuzzy, value: &str| rows(&Restriction::Content { tag: TAGS, fuzzy, value: value.into() });
    assert_eq!(content(0, "Home").unwrap(), "c");
    assert_eq!(content(0, "home").unwrap(), "");
    assert_eq!(content(1, "om").unwrap(), "c");
    assert_eq!(content(2, "Wo").unwrap(), "c");
    assert_eq!(content(2, "om").unwrap(), "");
    assert_eq!(content(0x1_0001, "OM").unwrap(), "c");
    assert_eq!(content(0x4_0002, "wo").unwrap(), "c", "loose");
    assert_eq!(content(0xFFF8_0000, "Home").unwrap(), "c");
    assert_eq!(code(content(3, "Home")), Scode::MAPI_E_TOO_COMPLEX);
    assert_eq!(code(content(0x8001, "Home")), Scode::MAPI_E_TOO_COMPLEX);
}

#[test]
fn content_reads_text_and_bytes_only() {
    let bytes = |how, value: &[u8]| rows(&Restriction::content(BYTES, how, FuzzyFlags::EMPTY, value.to_vec())).unwrap();
    assert_eq!(bytes(ContentMatch::Prefix, &[1, 2]), "d");
    assert_eq!(bytes(ContentMatch::Prefix, &[1, 2, 3, 4]), "");
    assert_eq!(bytes(ContentMatch::Substring, &[2, 3]), "d");
    assert_eq!(bytes(ContentMatch::Substring, &[]), "d");
    assert_eq!(bytes(ContentMatch::Full, &[1, 2]), "");
    let long = Restriction::content(PR_STATUS_CODE, ContentMatch::Full, FuzzyFlags::EMPTY, 2);
    assert_eq!(code(rows(&long)), Scode::MAPI_E_TOO_COMPLEX);
    let mixed = Restriction::content(PR_DISPLAY_NAME, ContentMatch::Full, FuzzyFlags::EMPTY, vec![97]);
    assert_eq!(code(rows(&mixed)), Scode::MAPI_E_TOO_COMPLEX);
}

#[test]
fn case_is_ignored_beyond_ascii() {
    let hit = |text: &str, how, pattern: &str| {
        let (mut table, view) = table(&[text]);
        let wanted = Restriction::content(PR_DISPLAY_NAME, how, FuzzyFlags::IGNORECASE, pattern);
        table.view(view).unwrap().restrict(Some(&wanted)).unwrap();
        !names(&table, view).is_empty()
    };
    assert!(hit("GRÜSSE aus Köln", ContentMatch::Prefix, "grüsse"));
    assert!(hit("Re: ΣΊΣΥΦΟΣ", ContentMatch::Substring, "σίσυφος"));
    assert!(hit("ПРИВЕТ", ContentMatch::Full, "привет"));
    assert!(hit("5 \u{212A}", ContentMatch::Substring, "k"), "the Kelvin sign");
    assert!(hit("x", ContentMatch::Substring, ""));
    assert!(hit("İ", ContentMatch::Full, "İ"), "its lower case is two characters: it stays");
    assert!(!hit("Köln", ContentMatch::Substring, "koln"));
    assert!(!hit("ab", ContentMatch::Substring, "abc"));
    assert!(!hit("ab", ContentMatch::Full, "a"));
}

#[test]
fn c_212_a_bitmask_tests_against_zero() {
    let mask = |tag, op, mask| rows(&Restriction::Bitmask { tag, op, mask });
    assert_eq!(mask(PR_STATUS_CODE, BitmaskOp::Nez, 1).unwrap(), "c");
    assert_eq!(mask(PR_STATUS_CODE, BitmaskOp::Eqz, 1).unwrap(), "bd");
    assert_eq!(mask(PR_STATUS_CODE, BitmaskOp::Nez, 0x11).unwrap(), "cd");
    assert_eq!(code(mask(PR_DISPLAY_NAME, BitmaskOp::Nez, 1)), Scode::MAPI_E_TOO_COMPLEX);
}

#[test]
fn c_213_exist_guards_a_property() {
    let exist = Restriction::Exist(PR_STATUS_CODE);
    let other = not(is(PR_STATUS_CODE, Relop::Eq, 2));
    assert_eq!(rows(&exist).unwrap(), "bcd");
    assert_eq!(rows(&other).unwrap(), "acd");
    assert_eq!(rows(&Restriction::And(vec![exist, other])).unwrap(), "cd");
    assert_eq!(rows(&Restriction::Exist(PR_INSTANCE_KEY)).unwrap(), "abcd");
    assert_eq!(rows(&Restriction::Exist(PR_NULL)).unwrap(), "");
}

#[test]
fn c_214_sub_objects_are_too_complex() {
    let sub = Restriction::Sub(PropTag::new(0x0E12, PropType::Object), Box::new(named("a")));
    assert_eq!(code(rows(&sub)), Scode::MAPI_E_TOO_COMPLEX);
    assert_eq!(code(rows(&Restriction::And(vec![named("a"), sub]))), Scode::MAPI_E_TOO_COMPLEX);
}

#[test]
fn c_215_a_comment_changes_nothing() {
    let note: Row = vec![(PR_SUBJECT, "why".into())];
    assert_eq!(rows(&Restriction::Comment(Some(Box::new(named("b"))), note.clone())).unwrap(), "b");
    assert_eq!(rows(&not(Restriction::Comment(Some(Box::new(named("b"))), note.clone()))).unwrap(), "acd");
    let beside = Restriction::And(vec![Restriction::Comment(None, note), named("b")]);
    assert_eq!(rows(&beside).unwrap(), "b");
}

#[test]
fn logic_nests() {
    let (and, or) = (Restriction::And, Restriction::Or);
    assert_eq!(rows(&and(vec![])).unwrap(), "abcd");
    assert_eq!(rows(&or(vec![])).unwrap(), "");
    let bc = || or(vec![named("b"), named("c")]);
    assert_eq!(rows(&bc()).unwrap(), "bc");
    assert_eq!(rows(&not(bc())).unwrap(), "ad");
    assert_eq!(rows(&and(vec![bc(), not(named("b"))])).unwrap(), "c");
    assert_eq!(rows(&or(vec![not(bc()), named("b")])).unwrap(), "abd");
    assert_eq!(rows(&not(and(vec![not(named("a")), not(named("d"))]))).unwrap(), "ad");
}

#[test]
fn size_counts_bytes() {
    let size = |tag, op, size| rows(&Restriction::Size { tag, op, size }).unwrap();
    assert_eq!(size(PR_DISPLAY_NAME, Relop::Eq, 2), "abcd", "UTF-16");
    assert_eq!(size(PR_DISPLAY_NAME.with_type(PropType::String8), Relop::Eq, 1), "abcd");
    assert_eq!(size(PR_STATUS_CODE, Relop::Eq, 4), "bcd");
    assert_eq!(size(BYTES, Relop::Gt, 2), "d");
    assert_eq!(size(SIZES, Relop::Eq, 8), "c");
    assert_eq!(size(TAGS, Relop::Ge, 16), "c");
}

#[test]
fn a_restriction_on_depth_is_asked_anew_when_the_depth_changes() {
    let (mut table, view) = sample();
    let mut handle = table.view(view).unwrap();
    handle.restrict(Some(&is(PR_DEPTH, Relop::Eq, 0))).unwrap();
    assert_eq!(handle.row_count(), 4);
    let by_code = SortOrderSet::by(&[(PR_STATUS_CODE, SortOrder::Ascend)]);
    handle.sort_table(SortOrderSet { categories: 1, ..by_code }).unwrap();
    assert_eq!(handle.row_count(), 0);
}

#[test]
fn marks_are_ignored_when_asked() {
    let hit = |text: &str, how, flags, pattern: &str| {
        let (mut table, view) = table(&[text]);
        table.view(view).unwrap().restrict(Some(&Restriction::content(PR_DISPLAY_NAME, how, flags, pattern))).unwrap();
        !names(&table, view).is_empty()
    };
    let (full, sub, prefix) = (ContentMatch::Full, ContentMatch::Substring, ContentMatch::Prefix);
    let (marks, case) = (FuzzyFlags::IGNORENONSPACE, FuzzyFlags::IGNORECASE);
    assert!(hit("naïve façade", full, marks, "naive facade"));
    assert!(hit("naive facade", full, marks, "naïve façade"), "of the pattern too");
    assert!(hit("nai\u{308}ve", full, marks, "naïve"), "written as two characters");
    assert!(!hit("NAÏVE", full, marks, "naive"), "case is another matter");
    assert!(hit("NAÏVE", full, marks | case, "naive"));
    assert!(hit("ΌΜΗΡΟΣ", prefix, marks | case, "ομηρ"));
    assert!(hit("une été à Žilina", sub, marks | case, "A ZIL"));
    assert!(hit("Ёлка", sub, FuzzyFlags::LOOSE, "елк"), "loose: both");
    assert!(!hit("Køln", sub, marks, "Koln"), "a letter of its own");
    assert!(!hit("が", full, marks, "か"), "its mark spells another letter");
    assert!(!hit("", sub, marks, "a"));
}
