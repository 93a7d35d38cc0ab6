//! A provider's life.

use super::Region;
use crate::kit::*;
use mailspooler::mapi::*;

pub const REGION: Region = Region {
    name: "life",
    // Nothing but its poll is out in the running one: it stands for "ready".
    roots: || vec![Rig::new(&ALL).provider, Rig::running(&ALL).provider],
    state: |p| name(p.life()).to_owned(),
    inputs,
    states: 17,
};

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

pub fn inputs() -> Vec<(&'static str, ProviderInput)> {
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
        ("askLogon", ProviderInput::Ask(T1, Ask::Logon(LogonFlags::EMPTY))),
        ("askValidate", ProviderInput::Ask(T1, Ask::ValidateState(ValidateFlags::EMPTY))),
        ("askPassword", ProviderInput::Ask(T1, Ask::ChangePassword)),
        ("configured", ProviderInput::Configured),
        ("release", ProviderInput::Release),
        ("serviceDisabled", ProviderInput::ServiceDisabled),
        ("logoff", ProviderInput::Logoff),
    ]
}
