//! Work on headers: the region of a remote transport's logon.

use super::Region;
use crate::kit::*;
use mailspooler::mapi::*;

const REFRESH: ValidateFlags = ValidateFlags::REFRESH_XP_HEADER_CACHE;
const PROCESS: ValidateFlags = ValidateFlags::PROCESS_XP_HEADER_CACHE;
const ABORT: ValidateFlags = ValidateFlags::ABORT_XP_HEADER_OPERATION;
const CONNECT: ValidateFlags = ValidateFlags::FORCE_XP_CONNECT;
const DISCONNECT: ValidateFlags = ValidateFlags::FORCE_XP_DISCONNECT;

fn validate(flags: ValidateFlags) -> ProviderInput {
    ProviderInput::Ask(T1, Ask::ValidateState(flags))
}

/// Logged on, no direction open: what a flush does is another region's.
fn standing() -> Provider {
    let mut rig = Rig::new(&[F::Headers]);
    let _ = rig.say(ProviderInput::Start);
    rig.provider
}

pub const REGION: Region = Region {
    name: "headers",
    roots: || vec![standing()],
    state: |p| {
        let Some(logon) = p.logon() else { return "ended".to_owned() };
        let then = |order: Order| if order.disconnect { "ThenLeave" } else { "" };
        let work = match logon.headers {
            Headers::Rest { .. } => "rest".to_owned(),
            Headers::Marks(order) => format!("marks{}", then(order)),
            Headers::Refreshing { order, .. } => format!("list{}", then(order)),
        };
        format!("{work}.{}", if logon.offline { "offline" } else { "online" })
    },
    inputs: || {
        let notify = |flags| ProviderInput::SpoolerNotify { flags, entry: None };
        vec![
            ("validate", validate(ValidateFlags::EMPTY)),
            ("refresh", validate(REFRESH)),
            ("process", validate(PROCESS)),
            ("refreshDisconnect", validate(REFRESH | DISCONNECT)),
            ("processDisconnect", validate(PROCESS | DISCONNECT)),
            ("abort", validate(ABORT)),
            ("connect", validate(CONNECT)),
            ("disconnect", validate(DISCONNECT)),
            ("marksDone", ProviderInput::MarksDone(Scode::S_OK)),
            ("marksFailed", ProviderInput::MarksDone(Scode::MAPI_E_NETWORK_ERROR)),
            ("listed", ProviderInput::Answer(Answer::Refreshed(Ok(())))),
            ("listFailed", ProviderInput::Answer(Answer::Refreshed(Err(OFFLINE)))),
            ("tick", ProviderInput::Tick),
            ("attemptReached", ProviderInput::AttemptEnded(AttemptEnd::Reached)),
            ("criticalError", notify(SpoolerNotify::CRITICAL_ERROR)),
            ("logoff", ProviderInput::Logoff),
        ]
    },
    states: 7,
};
