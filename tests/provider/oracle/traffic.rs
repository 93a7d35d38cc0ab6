//! Sending, receiving, flushing: the regions of a standing logon.

use super::Region;
use crate::kit::*;
use mailspooler::mapi::*;

const OUT: Directions = Directions { inbound: false, outbound: true };
const IN: Directions = Directions { inbound: true, outbound: false };
const SHUT: Directions = Directions { inbound: false, outbound: false };

fn notify(flags: SpoolerNotify) -> ProviderInput {
    ProviderInput::SpoolerNotify { flags, entry: None }
}

fn answer(answer: Answer) -> ProviderInput {
    ProviderInput::Answer(answer)
}

/// Logged on, no direction open.
fn standing(functions: &[F]) -> Provider {
    let mut rig = Rig::new(functions);
    let _ = rig.say(ProviderInput::Start);
    rig.provider
}

fn gate(gate: Gate) -> &'static str {
    match gate {
        Gate::Off => "off",
        Gate::Beginning => "opening",
        Gate::On => "on",
        Gate::Ending => "closing",
    }
}

fn ends() -> [(&'static str, ProviderInput); 2] {
    [("criticalError", notify(SpoolerNotify::CRITICAL_ERROR)), ("logoff", ProviderInput::Logoff)]
}

pub const OUTBOUND: Region = Region {
    name: "outbound",
    roots: || vec![standing(&[F::TransportNotify])],
    state: |p| {
        let Some(logon) = p.logon() else { return "ended".to_owned() };
        let slot = if p.slot() == Slot::Busy { "sending" } else { "idle" };
        format!("{}.{slot}", gate(logon.outbound))
    },
    inputs: || {
        let mut inputs = vec![
            ("want", ProviderInput::Want(OUT)),
            ("unwant", ProviderInput::Want(SHUT)),
            ("notified", answer(Answer::Notified(Err(THREW)))),
            ("tick", ProviderInput::Tick),
            ("attemptBegan", ProviderInput::AttemptBegan),
            ("attemptEnded", ProviderInput::AttemptEnded(AttemptEnd::Reached)),
            ("readyToSend", notify(SpoolerNotify::READYTOSEND)),
            ("sentDeferred", notify(SpoolerNotify::SENTDEFERRED)),
        ];
        inputs.extend(ends());
        inputs
    },
    states: 9,
};

pub const INBOUND: Region = Region {
    name: "inbound",
    roots: || vec![standing(&[F::TransportNotify, F::Poll, F::StartMessage])],
    state: |p| {
        let Some(logon) = p.logon() else { return "ended".to_owned() };
        let inbound = logon.inbound;
        let pull = match (inbound.pull, inbound.failures, inbound.news) {
            (Pull::Quiet { .. }, 0, false) => "quiet",
            (Pull::Quiet { .. }, 0, true) => "more",
            (Pull::Quiet { .. }, _, false) => "pollFailed",
            (Pull::Quiet { .. }, _, true) => "startFailed",
            (Pull::Polling { .. }, ..) => "polling",
            (Pull::Starting { .. }, ..) => "starting",
            (Pull::Delivering { .. }, ..) => "delivering",
        };
        format!("{}.{pull}", gate(inbound.gate))
    },
    inputs: || {
        let mut inputs = vec![
            ("want", ProviderInput::Want(IN)),
            ("unwant", ProviderInput::Want(SHUT)),
            ("notified", answer(Answer::Notified(Ok(())))),
            ("tick", ProviderInput::Tick),
            ("newMail", notify(SpoolerNotify::NEWMAIL)),
            ("polledYes", answer(Answer::Polled(Ok(true)))),
            ("polledNo", answer(Answer::Polled(Ok(false)))),
            ("pollFailed", answer(Answer::Polled(Err(THREW)))),
            ("started", answer(Answer::Started(Ok(true)))),
            ("startedNothing", answer(Answer::Started(Ok(false)))),
            ("startFailed", answer(Answer::Started(Err(THREW)))),
            ("delivered", answer(Answer::Delivered(Ok(())))),
            ("deliverFailed", answer(Answer::Delivered(Err(THREW)))),
        ];
        inputs.extend(ends());
        inputs
    },
    states: 28,
};

/// Logged on, both directions open.
fn open(functions: &[F]) -> Provider {
    let mut rig = Rig { provider: standing(functions), mono: 0 };
    let _ = rig.say(ProviderInput::Want(BOTH));
    let _ = rig.answer(Answer::Notified(Ok(())));
    rig.provider
}

fn left(flush: &Flush) -> &'static str {
    let bits = flush.bits();
    match (bits.contains(StatusCode::OUTBOUND_FLUSH), bits.contains(StatusCode::INBOUND_FLUSH)) {
        (true, true) => "both",
        (true, false) => "upload",
        (false, true) => "download",
        (false, false) => "nothing",
    }
}

fn ask(flags: FlushFlags) -> ProviderInput {
    ProviderInput::Ask(T1, Ask::FlushQueues(flags))
}

/// A transport without `flushQueues` is told; what follows is the region `flush`.
pub const FLUSH_TOLD: Region = Region {
    name: "flushTold",
    roots: || vec![open(&[F::TransportNotify, F::StartMessage])],
    state: |p| match p.logon().map(|logon| logon.flush) {
        None => "ended".to_owned(),
        Some(Flush::None) => "none".to_owned(),
        Some(flush @ Flush::Beginning(_)) => format!("beginning.{}", left(&flush)),
        Some(_) => "begun".to_owned(),
    },
    inputs: || {
        let mut inputs = vec![
            ("askBoth", ask(FlushFlags::UPLOAD | FlushFlags::DOWNLOAD)),
            ("askUpload", ask(FlushFlags::UPLOAD)),
            ("askDownload", ask(FlushFlags::DOWNLOAD)),
            ("notified", answer(Answer::Notified(Ok(())))),
            ("tick", ProviderInput::Tick),
        ];
        inputs.extend(ends());
        inputs
    },
    states: 6,
};

pub const FLUSH: Region = Region {
    name: "flush",
    roots: || vec![open(&[F::TransportNotify, F::StartMessage, F::FlushQueues])],
    state: |p| {
        let Some(logon) = p.logon() else { return "ended".to_owned() };
        let phase = match logon.flush {
            Flush::None => return "none".to_owned(),
            Flush::Asking { .. } => "asking",
            Flush::Beginning(_) => "beginning",
            Flush::Due(_) => "due",
            Flush::Outbound(_) => "outbound",
            Flush::OutboundEnding(_) => "outboundEnding",
            Flush::Inbound(_) => "inbound",
            Flush::InboundEnding(_) => "inboundEnding",
        };
        // One the transport began by itself: nobody waits for it.
        let own = if logon.flush.request().is_some_and(|request| request.ticket.is_none()) { "own:" } else { "" };
        format!("{own}{phase}.{}", left(&logon.flush))
    },
    inputs: || {
        let row = |code: StatusCode| {
            let columns = vec![(PR_STATUS_CODE, PropValue::flags(code.bits()))];
            ProviderInput::ModifyRow { columns, flags: ModifyRowFlags::UPDATE }
        };
        let mut inputs = vec![
            ("askBoth", ask(FlushFlags::UPLOAD | FlushFlags::DOWNLOAD)),
            ("askUpload", ask(FlushFlags::UPLOAD)),
            ("askDownload", ask(FlushFlags::DOWNLOAD)),
            ("askNothing", ask(FlushFlags::FORCE)),
            ("flushedOk", answer(Answer::Flushed(Ok(())))),
            ("flushedFailed", answer(Answer::Flushed(Err(failed(Scode::MAPI_E_NO_ACCESS))))),
            ("notified", answer(Answer::Notified(Ok(())))),
            ("drained", ProviderInput::Drained),
            ("blocked", ProviderInput::Park(Park::Auth)),
            ("startedNothing", answer(Answer::Started(Ok(false)))),
            ("startFailed", answer(Answer::Started(Err(THREW)))),
            ("bitsBoth", row(StatusCode::OUTBOUND_FLUSH | StatusCode::INBOUND_FLUSH)),
            ("bitOutbound", row(StatusCode::OUTBOUND_FLUSH)),
            ("bitInbound", row(StatusCode::INBOUND_FLUSH)),
            ("bitsCleared", row(StatusCode::AVAILABLE)),
            ("tick", ProviderInput::Tick),
        ];
        inputs.extend(ends());
        inputs
    },
    states: 17,
};
