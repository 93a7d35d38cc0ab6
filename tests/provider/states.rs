//! Every state that is not final has exits, and they lead out of it.

use crate::kit::*;
use mailspooler::mapi::*;

fn off(off: Off) -> Rig {
    let code = match off {
        Off::Parked(Park::Auth) => Scode::MAPI_E_LOGON_FAILED,
        Off::Parked(Park::Config) => Scode::MAPI_E_USER_CANCEL,
        Off::Provider => Scode::MAPI_E_FAILONEPROVIDER,
        Off::Service => Scode::MAPI_E_CALL_FAILED,
    };
    let mut rig = Rig::new(&ALL);
    let _ = rig.say(ProviderInput::Start);
    if off == Off::Parked(Park::Config) {
        let _ = rig.answer(Answer::LoggedOn(Err(failed(Scode::MAPI_E_UNCONFIGURED))));
        let _ = rig.answer(Answer::Configured(Err(failed(code))));
    } else {
        let _ = rig.answer(Answer::LoggedOn(Err(failed(code))));
    }
    assert_eq!(rig.provider.life(), &Life::Off(off));
    rig
}

/// One provider in every state of life.
fn lives() -> Vec<Rig> {
    let after = |inputs: &[ProviderInput]| {
        let mut rig = Rig::new(&ALL);
        for input in inputs {
            let _ = rig.say(input.clone());
        }
        rig
    };
    let answer = |answer| ProviderInput::Answer(answer);
    let start = ProviderInput::Start;
    let logged_on = answer(Answer::LoggedOn(Ok(LoggedOn::default())));
    let unconfigured = answer(Answer::LoggedOn(Err(failed(Scode::MAPI_E_UNCONFIGURED))));
    let mut running = Rig::running(&ALL);
    let _ = running.say(ProviderInput::Logoff);
    let mut leaving = Rig::running(&ALL);
    let _ = leaving.say(ProviderInput::Logoff);
    let _ = leaving.answer(Answer::Notified(Ok(())));
    let mut failing = Rig::running(&ALL);
    let _ = failing.notify(SpoolerNotify::CRITICAL_ERROR);
    vec![
        after(&[]),
        after(std::slice::from_ref(&start)),
        after(&[start.clone(), unconfigured]),
        after(&[start.clone(), logged_on]),
        after(&[start, answer(Answer::LoggedOn(Err(OFFLINE)))]),
        Rig::running(&ALL),
        off(Off::Parked(Park::Auth)),
        off(Off::Parked(Park::Config)),
        off(Off::Provider),
        off(Off::Service),
        running,
        leaving,
        failing,
        after(&[ProviderInput::Logoff]),
    ]
}

/// Inputs that are this exit, for whatever state it is in.
fn inputs(rig: &Rig, exit: Exit) -> Vec<ProviderInput> {
    match exit {
        Exit::Session => vec![ProviderInput::Start],
        Exit::Answer => vec![
            ProviderInput::Answer(Answer::LoggedOn(Ok(LoggedOn::default()))),
            ProviderInput::Answer(Answer::Configured(Ok(()))),
            ProviderInput::Answer(Answer::AddressTypes(Ok(AddressTypes::Any))),
            ProviderInput::Answer(Answer::Notified(Ok(()))),
            ProviderInput::Answer(Answer::LoggedOff(Ok(()))),
        ],
        Exit::Deadline | Exit::Time => {
            assert!(rig.provider.wake().is_some(), "{:?}", rig.provider.life());
            vec![ProviderInput::Tick]
        }
        Exit::Person => vec![ProviderInput::Ask(T1, Ask::ValidateState(ValidateFlags::EMPTY))],
        Exit::Transport => vec![ProviderInput::SpoolerNotify { flags: SpoolerNotify::CRITICAL_ERROR, entry: None }],
        Exit::Attempt => vec![ProviderInput::Drained],
        Exit::Logoff => vec![ProviderInput::Logoff],
    }
}

#[test]
fn every_life_but_the_last_names_exits_that_lead_out() {
    for rig in lives() {
        let life = rig.provider.life().clone();
        assert_eq!(life.exits().is_empty(), life == Life::Gone, "{life:?}");
        for exit in life.exits() {
            let out = inputs(&rig, *exit).into_iter().any(|input| {
                let mut rig = Rig { provider: rig.provider.clone(), mono: rig.mono };
                rig.mono = rig.provider.wake().map_or(rig.mono, |(at, _)| at);
                let _ = rig.say(input);
                rig.provider.life() != &life
            });
            assert!(out, "{exit:?} does not lead out of {life:?}");
        }
    }
}

#[test]
fn gone_stays_gone() {
    let mut rig = lives().pop().unwrap();
    for exit in [Exit::Session, Exit::Answer, Exit::Person, Exit::Transport, Exit::Attempt, Exit::Logoff] {
        for input in inputs(&rig, exit) {
            let said = rig.say(input);
            assert!(said.is_empty() || said == "reply 1 MAPI_E_INVALID_OBJECT", "{said}");
        }
    }
    assert_eq!(rig.provider.life(), &Life::Gone);
}

#[test]
fn every_region_names_its_exits() {
    let request = Request { upload: true, download: true, ticket: None, result: Scode::S_OK };
    for flush in [
        Flush::None,
        Flush::Asking { deadline: 0, request },
        Flush::Due(request),
        Flush::Outbound(request),
        Flush::OutboundEnding(request),
        Flush::Inbound(request),
        Flush::InboundEnding(request),
    ] {
        assert!(!flush.exits().is_empty(), "{flush:?}");
    }
    for gate in [Gate::Off, Gate::Beginning, Gate::On, Gate::Ending] {
        assert!(!gate.exits().is_empty(), "{gate:?}");
    }
    let at = 0;
    for pull in [
        Pull::Quiet { next: at },
        Pull::Polling { deadline: at },
        Pull::Starting { deadline: at },
        Pull::Delivering { deadline: at },
    ] {
        assert!(!pull.exits().is_empty(), "{pull:?}");
    }
    let reason = FaultReason::Network;
    for circuit in
        [Circuit::Closed, Circuit::Open { until: at, reason, failures: 1 }, Circuit::Trial { reason, failures: 1 }]
    {
        assert!(!circuit.exits().is_empty(), "{circuit:?}");
    }
    assert!(!Slot::Free.exits().is_empty() && !Slot::Busy.exits().is_empty());
    assert!(!Outstanding::<()>::Rest.exits().is_empty());
    assert!(!Outstanding::Out { deadline: at, what: () }.exits().is_empty());
}
