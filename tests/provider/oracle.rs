//! The life of a provider against a table written by hand from the documents, both ways.

use crate::kit::*;
use mailspooler::mapi::*;
use std::collections::BTreeMap;

const TABLE: &str = include_str!("../fixtures/mapi/transitions.tsv");

fn name(life: &Life) -> &'static str {
    match life {
        Life::Loaded => "loaded",
        Life::LoggingOn { configured: false, .. } => "loggingOn",
        Life::LoggingOn { configured: true, .. } => "loggingOnAgain",
        Life::Configuring { .. } => "configuring",
        Life::AskingTypes { .. } => "askingTypes",
        Life::Retrying { .. } => "retrying",
        Life::Ready(_) => "ready",
        Life::Off(Off::Parked(Park::Auth)) => "offAuth",
        Life::Off(Off::Parked(Park::Config)) => "offConfig",
        Life::Off(Off::Provider) => "offProvider",
        Life::Off(Off::Service) => "offService",
        Life::LoggingOff { stage: Leaving::Ending(_), then: Then::Gone, .. } => "ending",
        Life::LoggingOff { stage: Leaving::LoggingOff, then: Then::Gone, .. } => "loggingOff",
        Life::LoggingOff { stage: Leaving::Ending(_), then: Then::Off(_), .. } => "endingService",
        Life::LoggingOff { stage: Leaving::LoggingOff, then: Then::Off(_), .. } => "loggingOffService",
        Life::Failed => "failed",
        Life::Gone => "gone",
    }
}

fn inputs() -> Vec<(&'static str, ProviderInput)> {
    let answer = ProviderInput::Answer;
    let logon = |code| answer(Answer::LoggedOn(Err(failed(code))));
    let notify = |flags| ProviderInput::SpoolerNotify { flags, entry: None };
    vec![
        ("start", ProviderInput::Start),
        ("tick", ProviderInput::Tick),
        ("logonOk", answer(Answer::LoggedOn(Ok(LoggedOn::default())))),
        ("logonUnconfigured", logon(Scode::MAPI_E_UNCONFIGURED)),
        ("logonFailOneProvider", logon(Scode::MAPI_E_FAILONEPROVIDER)),
        ("logonRefused", logon(Scode::MAPI_E_LOGON_FAILED)),
        ("logonNetwork", logon(Scode::MAPI_E_NETWORK_ERROR)),
        ("logonThrew", answer(Answer::LoggedOn(Err(THREW)))),
        ("logonOther", logon(Scode::MAPI_E_USER_CANCEL)),
        ("configureOk", answer(Answer::Configured(Ok(())))),
        ("configureFailed", answer(Answer::Configured(Err(THREW)))),
        ("typesOk", answer(Answer::AddressTypes(Ok(AddressTypes::default())))),
        ("typesFailed", answer(Answer::AddressTypes(Err(THREW)))),
        ("notified", answer(Answer::Notified(Ok(())))),
        ("loggedOff", answer(Answer::LoggedOff(Err(THREW)))),
        ("configChange", notify(SpoolerNotify::CONFIG_CHANGE)),
        ("criticalError", notify(SpoolerNotify::CRITICAL_ERROR)),
        ("askLogon", ProviderInput::Ask(T1, Ask::Logon)),
        ("askValidate", ProviderInput::Ask(T1, Ask::ValidateState(ValidateFlags::EMPTY))),
        ("askPassword", ProviderInput::Ask(T1, Ask::ChangePassword)),
        ("configured", ProviderInput::Configured),
        ("release", ProviderInput::Release),
        ("serviceDisabled", ProviderInput::ServiceDisabled),
        ("logoff", ProviderInput::Logoff),
    ]
}

/// Every state the inputs lead to, from a new provider and from a running one.
fn states() -> BTreeMap<&'static str, Provider> {
    let mut found = BTreeMap::new();
    let mut queue = vec![Rig::new(&ALL).provider, Rig::running(&ALL).provider];
    while let Some(provider) = queue.pop() {
        let state = name(provider.life());
        // A running provider stands for "ready": nothing but its poll is out.
        if found.contains_key(state) {
            continue;
        }
        found.insert(state, provider.clone());
        for (_, input) in inputs() {
            let mut rig = Rig { provider: provider.clone(), mono: 0 };
            let _ = rig.say(input);
            queue.insert(0, rig.provider);
        }
    }
    found
}

fn expected() -> BTreeMap<(String, String), (String, String)> {
    let mut table = BTreeMap::new();
    for line in TABLE.lines().filter(|line| !line.starts_with('#')).skip(1) {
        let [from, on, next, effects, page] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        assert!(!page.is_empty(), "{line}");
        for state in from.split(',') {
            for input in on.split(',') {
                let next = if next == "same" { state } else { next };
                let row = (next.to_owned(), effects.to_owned());
                let old = table.insert((state.to_owned(), input.to_owned()), row);
                assert_eq!(old, None, "{state} {input} twice");
            }
        }
    }
    table
}

#[test]
fn the_life_of_a_provider_is_the_documented_one() {
    let states = states();
    assert_eq!(states.len(), 17, "{:?}", states.keys());
    let mut actual = BTreeMap::new();
    for (state, provider) in &states {
        for (input, value) in inputs() {
            let mut rig = Rig { provider: provider.clone(), mono: 0 };
            if value == ProviderInput::Tick {
                rig.mono = provider.wake().map_or(0, |(at, _)| at);
            }
            let effects = rig.say(value);
            let next = name(rig.provider.life());
            if next != *state || !effects.is_empty() {
                actual.insert(((*state).to_owned(), input.to_owned()), (next.to_owned(), effects));
            }
        }
    }
    let expected = expected();
    let unexpected: Vec<_> = actual.iter().filter(|(key, row)| expected.get(*key) != Some(*row)).collect();
    let missing: Vec<_> = expected.iter().filter(|(key, row)| actual.get(*key) != Some(*row)).collect();
    assert!(
        unexpected.is_empty() && missing.is_empty(),
        "the code does:\n{unexpected:#?}\nthe table says:\n{missing:#?}"
    );
}
