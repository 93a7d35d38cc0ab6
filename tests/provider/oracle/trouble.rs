//! The critical section, back-off, and the account.

use super::Region;
use crate::kit::*;
use mailspooler::mapi::*;

fn notify(flags: SpoolerNotify) -> ProviderInput {
    ProviderInput::SpoolerNotify { flags, entry: None }
}

fn answer(answer: Answer) -> ProviderInput {
    ProviderInput::Answer(answer)
}

fn ended(end: AttemptEnd) -> ProviderInput {
    ProviderInput::AttemptEnded(end)
}

fn validate() -> ProviderInput {
    ProviderInput::Ask(T1, Ask::ValidateState(ValidateFlags::EMPTY))
}

pub const CRITICAL: Region = Region {
    name: "critical",
    roots: || {
        let mut rig = Rig::new(&[F::Poll, F::StartMessage, F::Idle, F::ValidateState]);
        let _ = rig.say(ProviderInput::Start);
        let _ = rig.say(ProviderInput::Want(BOTH));
        let _ = rig.answer(Answer::Polled(Ok(false)));
        vec![rig.provider]
    },
    state: |p| p.logon().map_or("ended", |logon| if logon.critical { "inside" } else { "outside" }).to_owned(),
    inputs: || {
        vec![
            ("critSec", notify(SpoolerNotify::CRITSEC)),
            ("nonCrit", notify(SpoolerNotify::NONCRIT)),
            ("both", notify(SpoolerNotify::CRITSEC | SpoolerNotify::NONCRIT)),
            ("tick", ProviderInput::Tick),
            ("newMail", notify(SpoolerNotify::NEWMAIL)),
            ("readyToSend", notify(SpoolerNotify::READYTOSEND)),
            ("askValidate", validate()),
            ("criticalError", notify(SpoolerNotify::CRITICAL_ERROR)),
            ("logoff", ProviderInput::Logoff),
        ]
    },
    states: 3,
};

pub const CIRCUIT: Region = Region {
    name: "circuit",
    roots: || vec![Rig::running(&[F::ValidateState]).provider],
    state: |p| {
        let reason = |reason| if reason == FaultReason::Network { "network" } else { "transport" };
        match p.circuit() {
            _ if p.logon().is_none() => "ended".to_owned(),
            Circuit::Closed => "closed".to_owned(),
            Circuit::Open { reason: why, .. } => format!("open.{}", reason(why)),
            Circuit::Trial { reason: why, .. } => format!("trial.{}", reason(why)),
        }
    },
    inputs: || {
        let fault = |reason| ended(AttemptEnd::Fault { reason, retry_after_ms: None });
        vec![
            ("attemptReached", ended(AttemptEnd::Reached)),
            ("attemptNeutral", ended(AttemptEnd::Neutral)),
            ("faultNetwork", fault(FaultReason::Network)),
            ("faultTransport", fault(FaultReason::Transport)),
            ("reached", ProviderInput::Reached),
            ("tick", ProviderInput::Tick),
            ("readyToSend", notify(SpoolerNotify::READYTOSEND)),
            ("configured", ProviderInput::Configured),
            ("askFlush", ProviderInput::Ask(T1, Ask::FlushQueues(FlushFlags::UPLOAD))),
            ("criticalError", notify(SpoolerNotify::CRITICAL_ERROR)),
            ("logoff", ProviderInput::Logoff),
        ]
    },
    states: 6,
};

pub const ACCOUNT: Region = Region {
    name: "account",
    roots: || {
        let mut rig = Rig::running(&[F::ChangePassword, F::SettingsDialog]);
        // Both dialogs stand open: their answers are inputs.
        let _ = rig.ask(T1, Ask::ChangePassword);
        let _ = rig.ask(T2, Ask::SettingsDialog(SettingsFlags::EMPTY));
        vec![rig.provider]
    },
    state: |p| {
        match p.park() {
            _ if p.logon().is_none() => "ended",
            None => "welcome",
            Some(Park::Auth) => "auth",
            Some(Park::Config) => "config",
        }
        .to_owned()
    },
    inputs: || {
        vec![
            ("attemptAuth", ended(AttemptEnd::Parked(Park::Auth))),
            ("attemptConfig", ended(AttemptEnd::Parked(Park::Config))),
            ("attemptReached", ended(AttemptEnd::Reached)),
            ("parkAuth", ProviderInput::Park(Park::Auth)),
            ("parkConfig", ProviderInput::Park(Park::Config)),
            ("release", ProviderInput::Release),
            ("configured", ProviderInput::Configured),
            ("readyToSend", notify(SpoolerNotify::READYTOSEND)),
            ("passwordChanged", answer(Answer::Asked(T1, Ok(())))),
            ("passwordRefused", answer(Answer::Asked(T1, Err(failed(Scode::MAPI_E_NO_ACCESS))))),
            ("settingsChanged", answer(Answer::Asked(T2, Ok(())))),
            ("criticalError", notify(SpoolerNotify::CRITICAL_ERROR)),
            ("logoff", ProviderInput::Logoff),
        ]
    },
    states: 4,
};
