//! A breadth-first walk over a provider: every answer, every word of the transport, every wake, logoff at any moment; instants
//! count by their order. Two asks at most, so that the space is finite. It begins at the first logon, and where regions are at
//! work, so that depth counts from there.

#[path = "../session/explore/canon/mod.rs"]
mod canon;

use crate::kit::*;
use canon::{Canon, MONO_0};
use mailspooler::mapi::*;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// States looked at by default; `MAILSPOOLER_STATES` says otherwise.
const STATES: usize = 3_000;
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
        "headers" => vec![Answer::Refreshed(Ok(())), Answer::Refreshed(Err(THREW))],
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
        ProviderInput::AttemptEnded(AttemptEnd::Fault { reason: FaultReason::Transport, retry_after_ms: None }),
        ProviderInput::AttemptEnded(AttemptEnd::Parked(Park::Auth)),
        ProviderInput::AttemptEnded(AttemptEnd::Parked(Park::Config)),
        ProviderInput::MarksDone(Scode::S_OK),
        ProviderInput::MarksDone(Scode::MAPI_E_NETWORK_ERROR),
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
        let validations = [
            ValidateFlags::EMPTY,
            ValidateFlags::PROCESS_XP_HEADER_CACHE,
            ValidateFlags::REFRESH_XP_HEADER_CACHE,
            ValidateFlags::ABORT_XP_HEADER_OPERATION,
            ValidateFlags::FORCE_XP_CONNECT,
            ValidateFlags::FORCE_XP_DISCONNECT,
        ];
        let asks = [Ask::Logon(LogonFlags::EMPTY), Ask::FlushQueues(both)];
        for ask in asks.into_iter().chain(validations.map(Ask::ValidateState)) {
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
        HostCall::Refresh => "headers".to_owned(),
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

/// Where a walk begins, by the words of what happened before.
const BEGINS: [&[&str]; 5] = [
    &[],
    &["Start", "LoggedOn(Ok", "AddressTypes(Ok", "Want", "Notified"],
    &["Start", "LoggedOn(Ok", "AddressTypes(Ok", "Want", "Notified", "Ask(Ticket(0), FlushQueues", "Flushed(Ok"],
    &["Start", "LoggedOn(Ok", "AddressTypes(Ok", "Want", "Notified", "Ask(Ticket(0), ValidateState(PROCESS"],
    &["Start", "LoggedOn(Ok", "AddressTypes(Ok", "Want", "Notified", "Polled(Ok(true"],
];

fn begin(functions: &[F], what: &[&str]) -> Node {
    let first = Node { provider: Rig::new(functions).provider, mono: MONO_0, seen: Seen::default() };
    what.iter().fold(first, |node, word| {
        let all = inputs(&node);
        let words: Vec<String> = all.iter().map(|(what, _)| what.clone()).collect();
        let chosen = all.into_iter().find(|(what, _)| what.starts_with(word));
        play(&node, chosen.unwrap_or_else(|| panic!("no {word} among {words:#?}")).1).unwrap()
    })
}

/// Every state of every region.
const WANTED: [&str; 42] = [
    "circuit: Closed",
    "circuit: Open",
    "circuit: Trial",
    "critical: false",
    "critical: true",
    "flush: Asking",
    "flush: Due",
    "flush: Inbound",
    "flush: InboundEnding",
    "flush: None",
    "flush: Outbound",
    "flush: OutboundEnding",
    "gate: Beginning",
    "gate: Ending",
    "gate: Off",
    "gate: On",
    "headers: Marks",
    "headers: Refreshing",
    "headers: Rest",
    "life: AskingTypes",
    "life: Configuring",
    "life: Failed",
    "life: Gone",
    "life: Loaded",
    "life: LoggingOff",
    "life: LoggingOn",
    "life: Off",
    "life: Ready",
    "life: Retrying",
    "outbound: Beginning",
    "outbound: Ending",
    "outbound: Off",
    "outbound: On",
    "park: Auth",
    "park: Config",
    "park: None",
    "pull: Delivering",
    "pull: Polling",
    "pull: Quiet",
    "pull: Starting",
    "slot: Busy",
    "slot: Free",
];

/// One that is told of a flush (C-062) has a state more.
fn walk(name: &str, functions: &[F], begins: &[&[&str]], budget: usize) -> BTreeSet<String> {
    let mut canon = Canon::default();
    let (mut known, mut queue) = (BTreeSet::new(), VecDeque::new());
    let (mut looked, mut deepest, mut cut) = (0, 0, 0);
    for what in begins {
        let node = begin(functions, what);
        if known.insert(canon.print(&node.provider, &node.seen, (0, node.mono))) {
            queue.push_back((node, 0, vec![what.join("\n")]));
        }
    }
    while let Some((node, depth, way)) = queue.pop_front() {
        (looked, deepest) = (looked + 1, deepest.max(depth));
        for (what, input) in inputs(&node) {
            let next = play(&node, input).unwrap_or_else(|wrong| panic!("{wrong}\n{}\n{what}", way.join("\n")));
            if !known.insert(canon.print(&next.provider, &next.seen, (0, next.mono))) {
                continue;
            }
            if looked + queue.len() < budget {
                let mut way = way.clone();
                way.push(what);
                queue.push_back((next, depth + 1, way));
            } else {
                cut += 1;
            }
        }
    }
    println!(
        "{name}: {} states reached, {looked} looked at, depth {deepest}, {cut} cut; seen {:?}",
        known.len(),
        canon.seen
    );
    canon.seen
}

#[test]
fn every_state_of_every_region_is_reached_and_nothing_breaks_on_the_way() {
    let budget = std::env::var("MAILSPOOLER_STATES").ok().and_then(|n| n.parse().ok()).unwrap_or(STATES);
    let functions: Vec<F> = ALL.into_iter().filter(|f| !matches!(f, F::ChangePassword | F::SettingsDialog)).collect();
    let mut seen = walk("provider", &functions, &BEGINS, budget);
    let told: Vec<F> = functions.into_iter().filter(|f| !matches!(f, F::FlushQueues | F::Headers)).collect();
    seen.extend(walk("provider that is told of a flush", &told, &BEGINS[..2], budget / 4));
    for state in WANTED.into_iter().chain(["flush: Beginning"]) {
        assert!(seen.contains(state), "never {state}: {seen:?}");
    }
}
