//! A breadth-first walk over a provider: every answer, every word of the transport, every wake, logoff at any moment; instants
//! count by their order. Two asks at most, so that the space is finite.

#[path = "../session/explore/canon.rs"]
mod canon;

use crate::kit::*;
use canon::{MONO_0, fingerprint};
use mailspooler::mapi::*;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// States looked at by default; `MAILSPOOLER_STATES` says otherwise.
const STATES: usize = 1_500;
const ASKS: u32 = 2;

#[derive(Clone)]
struct Node {
    provider: Provider,
    mono: i64,
    seen: Seen,
}

/// Beside the machine: what is out, who waits, how often who was answered.
#[derive(Clone, Debug, Default)]
struct Seen {
    out: BTreeSet<String>,
    waits: BTreeMap<u32, u32>,
}

fn answers(call: &str) -> Vec<Answer> {
    let failed_with = |code| Failure::code(code);
    let flags = LogonAnswer::SP_POLL | LogonAnswer::SP_IDLE;
    match call {
        "transportLogon" => {
            let codes = [
                Scode::MAPI_E_UNCONFIGURED,
                Scode::MAPI_E_FAILONEPROVIDER,
                Scode::MAPI_E_LOGON_FAILED,
                Scode::MAPI_E_NETWORK_ERROR,
                Scode::MAPI_E_CALL_FAILED,
            ];
            let mut all = vec![Answer::LoggedOn(Ok(LoggedOn { flags, identity: None }))];
            all.extend(codes.map(|code| Answer::LoggedOn(Err(failed_with(code)))));
            all
        }
        "configure" => vec![Answer::Configured(Ok(())), Answer::Configured(Err(THREW))],
        "addressTypes" => vec![Answer::AddressTypes(Ok(AddressTypes::Any)), Answer::AddressTypes(Err(OFFLINE))],
        "transportNotify" => vec![Answer::Notified(Ok(()))],
        "idle" => vec![Answer::Idled(Ok(()))],
        "poll" => vec![Answer::Polled(Ok(true)), Answer::Polled(Ok(false)), Answer::Polled(Err(OFFLINE))],
        "startMessage" => vec![Answer::Started(Ok(true)), Answer::Started(Ok(false)), Answer::Started(Err(THREW))],
        "deliver" => vec![Answer::Delivered(Ok(())), Answer::Delivered(Err(THREW))],
        "flushQueues" => vec![Answer::Flushed(Ok(())), Answer::Flushed(Err(THREW))],
        "transportLogoff" => vec![Answer::LoggedOff(Ok(()))],
        asked => {
            let ticket = Ticket(asked.strip_prefix("ask ").unwrap().parse().unwrap());
            vec![Answer::Asked(ticket, Ok(())), Answer::Asked(ticket, Err(failed_with(Scode::MAPI_E_NO_ACCESS)))]
        }
    }
}

fn inputs(node: &Node) -> Vec<(String, ProviderInput)> {
    let mut all = Vec::new();
    for call in &node.seen.out {
        all.extend(answers(call).into_iter().map(|a| (format!("{a:?}"), ProviderInput::Answer(a))));
    }
    let notify = |flags| ProviderInput::SpoolerNotify { flags, entry: None };
    let row = |code: StatusCode| {
        let columns = vec![(PR_STATUS_CODE, PropValue::flags(code.bits()))];
        ProviderInput::ModifyRow { columns, flags: ModifyRowFlags::UPDATE }
    };
    let mut plain = vec![
        ProviderInput::Start,
        ProviderInput::Want(BOTH),
        ProviderInput::Want(Directions { inbound: false, outbound: false }),
        notify(SpoolerNotify::NEWMAIL),
        notify(SpoolerNotify::READYTOSEND),
        notify(SpoolerNotify::CRITSEC),
        notify(SpoolerNotify::NONCRIT),
        notify(SpoolerNotify::CONFIG_CHANGE),
        notify(SpoolerNotify::CRITICAL_ERROR),
        row(StatusCode::OUTBOUND_FLUSH | StatusCode::INBOUND_FLUSH),
        row(StatusCode::AVAILABLE),
        ProviderInput::AttemptEnded(AttemptEnd::Fault { reason: FaultReason::Network, retry_after_ms: None }),
        ProviderInput::AttemptEnded(AttemptEnd::Parked(Park::Auth)),
        ProviderInput::Drained,
        ProviderInput::Configured,
        ProviderInput::ServiceDisabled,
        ProviderInput::Logoff,
    ];
    if node.provider.may_send() {
        plain.push(ProviderInput::AttemptBegan);
    }
    let next = u32::try_from(node.seen.waits.len()).unwrap();
    if next < ASKS {
        let both = FlushFlags::UPLOAD | FlushFlags::DOWNLOAD;
        for ask in [Ask::Logon(LogonFlags::EMPTY), Ask::ValidateState(ValidateFlags::EMPTY), Ask::FlushQueues(both)] {
            plain.push(ProviderInput::Ask(Ticket(next), ask));
        }
    }
    all.extend(plain.into_iter().map(|input| (format!("{input:?}"), input)));
    if node.provider.wake().is_some() {
        all.push(("wake".to_owned(), ProviderInput::Tick));
    }
    all
}

fn name(effect: &ProviderEffect) -> Option<String> {
    let word = words(std::slice::from_ref(effect));
    let ProviderEffect::Call { call, .. } = effect else { return None };
    Some(match call {
        HostCall::TransportNotify(_) => "transportNotify".to_owned(),
        HostCall::FlushQueues(_) => "flushQueues".to_owned(),
        HostCall::ValidateState(ticket, _) => format!("ask {}", ticket.0),
        _ => word,
    })
}

/// The world after an input; what went wrong.
fn play(node: &Node, input: ProviderInput) -> Result<Node, String> {
    let mut next = node.clone();
    match &input {
        ProviderInput::Tick => next.mono = next.mono.max(next.provider.wake().map_or(0, |(at, _)| at)),
        ProviderInput::Ask(ticket, _) => {
            next.seen.waits.insert(ticket.0, 0);
        }
        ProviderInput::Answer(answer) => {
            let call = node.seen.out.iter().find(|call| answers(call).contains(answer)).unwrap();
            next.seen.out.remove(call);
        }
        _ => {}
    }
    let failed = matches!(next.provider.life(), Life::Failed | Life::Gone);
    for effect in next.provider.step(input, Moment { mono: next.mono, jitter: 200 }) {
        if let Some(call) = name(&effect) {
            if failed {
                return Err(format!("c_156: {call} after the end"));
            }
            if !next.seen.out.insert(call.clone()) {
                return Err(format!("{call} twice at a time"));
            }
        }
        match effect {
            ProviderEffect::Drop(_) => {
                let word = words(&[effect]);
                next.seen.out.remove(word.strip_prefix("drop ").unwrap());
            }
            ProviderEffect::Reply(ticket, _) => *next.seen.waits.get_mut(&ticket.0).unwrap() += 1,
            _ => {}
        }
    }
    if next.seen.waits.values().any(|replies| *replies > 1) {
        return Err("a client answered twice".to_owned());
    }
    let over = matches!(next.provider.life(), Life::Failed | Life::Gone);
    if over && (!next.seen.out.is_empty() || next.seen.waits.values().any(|replies| *replies == 0)) {
        return Err(format!("the end leaves {:?}", next.seen));
    }
    if next.provider.life().exits().is_empty() != (*next.provider.life() == Life::Gone) {
        return Err("a state without an exit".to_owned());
    }
    let waits = next.seen.waits.values().any(|replies| *replies == 0);
    let moves = next.provider.wake().is_some() || !next.seen.out.is_empty();
    // An outbound flush waits for the spooler, and one whose direction is not open yet for the session.
    let spooler = next.provider.logon().is_some_and(|logon| logon.flush != Flush::None);
    if waits && !moves && !spooler { Err("a client waits for nothing".to_owned()) } else { Ok(next) }
}

fn regions(provider: &Provider, seen: &mut BTreeSet<String>) {
    let word = |text: String| text.split([' ', '(', '{']).next().unwrap_or_default().to_owned();
    seen.insert(word(format!("{:?}", provider.life())));
    seen.insert(word(format!("{:?}", provider.circuit())));
    if let Some(logon) = provider.logon() {
        seen.insert(word(format!("{:?}", logon.flush)));
        seen.insert(word(format!("{:?}", logon.inbound.pull)));
        seen.insert(word(format!("{:?}", logon.outbound)));
    }
}

#[test]
fn every_state_of_every_region_is_reached_and_nothing_breaks_on_the_way() {
    let budget = std::env::var("MAILSPOOLER_STATES").ok().and_then(|n| n.parse().ok()).unwrap_or(STATES);
    let setup = |functions: &[F]| Rig::new(functions).provider;
    let functions: Vec<F> = ALL.into_iter().filter(|f| !matches!(f, F::ChangePassword | F::SettingsDialog)).collect();
    let first = Node { provider: setup(&functions), mono: MONO_0, seen: Seen::default() };
    let mut text = String::new();
    let mut print = |n: &Node| fingerprint(&n.provider, &n.seen, (0, n.mono), &mut text);
    let mut known = BTreeSet::from([print(&first)]);
    let (mut queue, mut seen) = (VecDeque::from([(first, 0, Vec::<String>::new())]), BTreeSet::new());
    let (mut looked, mut deepest, mut cut) = (0, 0, 0);
    while let Some((node, depth, way)) = queue.pop_front() {
        (looked, deepest) = (looked + 1, deepest.max(depth));
        for (what, input) in inputs(&node) {
            let next = play(&node, input).unwrap_or_else(|wrong| panic!("{wrong}\n{}\n{what}", way.join("\n")));
            if !known.insert(print(&next)) {
                continue;
            }
            regions(&next.provider, &mut seen);
            if looked + queue.len() < budget {
                let mut way = way.clone();
                way.push(what);
                queue.push_back((next, depth + 1, way));
            } else {
                cut += 1;
            }
        }
    }
    println!("provider: {} states reached, {looked} looked at, depth {deepest}, {cut} cut; seen {seen:?}", known.len());
    let wanted = [
        "LoggingOn",
        "Configuring",
        "AskingTypes",
        "Retrying",
        "Ready",
        "Off",
        "LoggingOff",
        "Failed",
        "Gone",
        "Closed",
        "Open",
        "Quiet",
        "Polling",
        "Beginning",
        "On",
    ];
    for state in wanted {
        assert!(seen.contains(state), "never {state}: {seen:?}");
    }
}
