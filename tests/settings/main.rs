//! Property sheets: values against what a provider declares. Tests carry the numbers of the catalogue.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use mailspooler::settings::{Checked, Configuration, Fault, Kind, MOST, Setting, Value, Values, check};
use proptest::prelude::*;

fn text(value: &str) -> Value {
    Value::Text { value: value.into() }
}

fn number(value: i64) -> Value {
    Value::Number { value }
}

fn setting(name: &str, kind: Kind, initial: Value) -> Setting {
    Setting { name: name.into(), kind, initial, required: false, editable: true, depends: None }
}

fn url() -> Setting {
    Setting { required: true, ..setting("url", Kind::Text { min: 3, max: 8 }, text("/relay")) }
}

fn given(values: &[(&str, Value)]) -> Values {
    values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

fn faults(checked: &Checked) -> Vec<(&str, Fault)> {
    checked.problems.iter().map(|p| (p.name.as_str(), p.fault)).collect()
}

/// One setting, one value.
fn fault(setting: Setting, value: Value) -> Option<Fault> {
    let values = given(&[(&setting.name, value)]);
    check(&[setting], None, &values).problems.first().map(|p| p.fault)
}

fn stored(values: &[(&str, Value)]) -> Configuration {
    Configuration { uid: "a".into(), n: 1, values: given(values), earlier: vec![] }
}

#[test]
fn every_kind_takes_its_values_and_no_others() {
    let port = || setting("port", Kind::Number { min: 1, max: 65_535 }, Value::Null);
    let choice = || setting("tls", Kind::Choice { values: vec!["on".into(), "off".into()] }, Value::Null);
    let flag = || setting("push", Kind::Flag, Value::Null);
    for (setting, value, expected) in [
        (url(), text("/r"), Some(Fault::Low)),
        (url(), text("/relay/re"), Some(Fault::High)),
        (url(), text("\u{e4}\u{f6}\u{fc}\u{df}\u{e4}\u{f6}\u{fc}\u{df}"), None),
        (url(), number(3), Some(Fault::Type)),
        (port(), number(0), Some(Fault::Low)),
        (port(), number(65_536), Some(Fault::High)),
        (port(), number(443), None),
        (port(), text("443"), Some(Fault::Type)),
        (port(), Value::Null, None),
        (choice(), text("on"), None),
        (choice(), text("maybe"), Some(Fault::Choice)),
        (flag(), Value::Flag { value: false }, None),
        (flag(), number(1), Some(Fault::Type)),
    ] {
        assert_eq!(fault(setting.clone(), value.clone()), expected, "{} {value:?}", setting.name);
    }
}

#[test]
fn a_name_nobody_declared_is_refused() {
    let checked = check(&[url()], None, &given(&[("uri", text("/other"))]));
    assert_eq!(faults(&checked), [("uri", Fault::Unknown)]);
    assert_eq!(checked.values, given(&[("url", text("/relay"))]));
}

#[test]
fn c_065_a_control_that_is_not_editable_never_changes_its_property() {
    let fixed = || Setting { editable: false, ..url() };
    let changed = check(&[fixed()], None, &given(&[("url", text("/other"))]));
    assert_eq!(faults(&changed), [("url", Fault::ReadOnly)]);
    let same = check(&[fixed()], None, &given(&[("url", text("/relay"))]));
    assert_eq!((faults(&same), same.values.clone()), (vec![], given(&[("url", text("/relay"))])));
    let secret = Setting { editable: false, ..setting("password", Kind::Secret { min: 1, max: 99 }, Value::Null) };
    assert_eq!(fault(secret, number(6)), Some(Fault::ReadOnly));
}

#[test]
fn c_066_a_required_editable_control_blocks_while_it_is_empty() {
    for empty in [Value::Null, text("")] {
        assert_eq!(fault(url(), empty), Some(Fault::Missing));
    }
    let optional = setting("name", Kind::Text { min: 3, max: 8 }, Value::Null);
    assert_eq!(fault(optional, text("")), None);
    // One that nobody can fill in blocks nobody.
    let fixed = Setting { editable: false, ..setting("name", Kind::Text { min: 3, max: 8 }, Value::Null) };
    assert_eq!(check(&[Setting { required: true, ..fixed }], None, &[]).problems, vec![]);
}

#[test]
fn of_a_secret_only_the_length_counts_and_nothing_is_kept() {
    let secret = || Setting { required: true, ..setting("password", Kind::Secret { min: 4, max: 8 }, Value::Null) };
    assert_eq!(fault(secret(), Value::Null), Some(Fault::Missing));
    assert_eq!(fault(secret(), number(3)), Some(Fault::Low));
    assert_eq!(fault(secret(), number(9)), Some(Fault::High));
    assert_eq!(fault(secret(), text("hunter2")), Some(Fault::Type));
    assert_eq!(check(&[secret()], None, &given(&[("password", number(6))])).values, vec![]);
    // Later an empty one leaves what the host has.
    let again = check(&[secret(), url()], Some(&stored(&[("url", text("/old"))])), &[]);
    assert_eq!((faults(&again), again.values.clone()), (vec![], given(&[("url", text("/old"))])));
}

#[test]
fn what_depends_on_another_value_counts_only_then() {
    let push = setting("push", Kind::Flag, Value::Flag { value: false });
    let every = Setting {
        required: true,
        depends: Some(("push".into(), Value::Flag { value: false })),
        ..setting("every", Kind::Number { min: 30, max: 900 }, number(60))
    };
    let settings = [push, every];
    let polls = check(&settings, None, &given(&[("every", number(5))]));
    assert_eq!(faults(&polls), [("every", Fault::Low)]);
    let pushes = check(&settings, None, &given(&[("push", Value::Flag { value: true }), ("every", number(5))]));
    assert_eq!(faults(&pushes), []);
    assert_eq!(pushes.values, given(&[("push", Value::Flag { value: true }), ("every", number(60))]));
}

#[test]
fn what_is_given_goes_before_what_is_stored_and_that_before_what_is_declared() {
    let settings =
        [url(), setting("name", Kind::Text { min: 0, max: 9 }, text("x")), setting("z", Kind::Flag, Value::Null)];
    let stored = stored(&[("url", text("/old")), ("name", text("y")), ("gone", number(1))]);
    let checked = check(&settings, Some(&stored), &given(&[("name", text("w"))]));
    assert_eq!(checked.values, given(&[("url", text("/old")), ("name", text("w")), ("z", Value::Null)]));
}

fn values() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<i64>().prop_map(number),
        any::<bool>().prop_map(|value| Value::Flag { value }),
        "\\PC{0,12}".prop_map(|value| Value::Text { value }),
    ]
}

fn kinds() -> impl Strategy<Value = Kind> {
    prop_oneof![
        (any::<u32>(), any::<u32>()).prop_map(|(min, max)| Kind::Text { min, max }),
        (any::<i64>(), any::<i64>()).prop_map(|(min, max)| Kind::Number { min, max }),
        Just(Kind::Flag),
        prop::collection::vec("[a-c]", 0..3).prop_map(|values| Kind::Choice { values }),
        (any::<u32>(), any::<u32>()).prop_map(|(min, max)| Kind::Secret { min, max }),
    ]
}

fn settings() -> impl Strategy<Value = Vec<Setting>> {
    let one = ("[a-d]", kinds(), values(), any::<bool>(), any::<bool>(), prop::option::of(("[a-d]", values())))
        .prop_map(|(name, kind, initial, required, editable, depends)| Setting {
            name,
            kind,
            initial,
            required,
            editable,
            depends,
        });
    prop::collection::vec(one, 0..MOST + 3)
}

proptest! {
    #[test]
    fn no_schema_and_no_value_breaks_it(settings in settings(), given in prop::collection::vec(("[a-e]", values()), 0..9)) {
        let checked = check(&settings, None, &given);
        prop_assert!(checked.values.len() <= MOST && checked.problems.len() <= 2 * MOST);
        for (name, _) in &checked.values {
            let kept = settings.iter().any(|s| s.name == *name && !matches!(s.kind, Kind::Secret { .. }));
            prop_assert!(kept);
        }
    }

    #[test]
    fn what_passed_passes_again(settings in settings(), given in prop::collection::vec(("[a-e]", values()), 0..9)) {
        let mut names = std::collections::BTreeSet::new();
        let settings: Vec<Setting> = settings.into_iter().filter(|s| names.insert(s.name.clone())).collect();
        let once = check(&settings, None, &given);
        if once.problems.is_empty() {
            let kept = Configuration { uid: "a".into(), n: 1, values: once.values.clone(), earlier: vec![] };
            let again = check(&settings, Some(&kept), &[]);
            prop_assert_eq!((again.values, again.problems), (once.values, vec![]));
        }
    }
}
