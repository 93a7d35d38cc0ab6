//! What holds for every sequence of inputs.

use crate::kit::*;
use mailspooler::mapi::*;
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

fn failure() -> impl Strategy<Value = Failure> {
    let codes = [
        None,
        Some(Scode::MAPI_E_UNCONFIGURED),
        Some(Scode::MAPI_E_FAILONEPROVIDER),
        Some(Scode::MAPI_E_LOGON_FAILED),
        Some(Scode::MAPI_E_NETWORK_ERROR),
        Some(Scode::MAPI_E_CALL_FAILED),
    ];
    (proptest::sample::select(codes.to_vec()), any::<bool>(), proptest::option::of(any::<i64>()))
        .prop_map(|(code, network, retry_after_ms)| Failure { code, network, retry_after_ms })
}

fn result<T: Clone + std::fmt::Debug + 'static>(ok: T) -> impl Strategy<Value = Result<T, Failure>> {
    prop_oneof![3 => Just(Ok(ok)), 1 => failure().prop_map(Err)]
}

fn answer() -> impl Strategy<Value = Answer> {
    let flags = LogonAnswer::SP_POLL | LogonAnswer::SP_IDLE;
    prop_oneof![
        result(LoggedOn { flags, identity: None }).prop_map(Answer::LoggedOn),
        result(()).prop_map(Answer::Configured),
        result(AddressTypes::Any).prop_map(Answer::AddressTypes),
        result(()).prop_map(Answer::Notified),
        result(()).prop_map(Answer::Idled),
        any::<bool>().prop_flat_map(result).prop_map(Answer::Polled),
        any::<bool>().prop_flat_map(result).prop_map(Answer::Started),
        result(()).prop_map(Answer::Delivered),
        result(()).prop_map(Answer::Flushed),
        result(()).prop_map(Answer::LoggedOff),
        result(()).prop_map(Answer::Refreshed),
    ]
}

fn ask() -> impl Strategy<Value = Ask> {
    prop_oneof![
        Just(Ask::Logon(LogonFlags::EMPTY)),
        Just(Ask::ValidateState(ValidateFlags::CONFIG_CHANGED)),
        Just(Ask::ChangePassword),
        (0_u32..16).prop_map(|bits| Ask::ValidateState(header_flags(bits))),
        Just(Ask::SettingsDialog(SettingsFlags::EMPTY)),
        (0_u32..64).prop_map(|bits| Ask::FlushQueues(FlushFlags::from_bits(bits & FlushFlags::ALL.bits()).unwrap())),
    ]
}

/// REFRESH, PROCESS, ABORT, DISCONNECT.
fn header_flags(bits: u32) -> ValidateFlags {
    ValidateFlags::EMPTY
        .set(ValidateFlags::REFRESH_XP_HEADER_CACHE, bits & 1 != 0)
        .set(ValidateFlags::PROCESS_XP_HEADER_CACHE, bits & 2 != 0)
        .set(ValidateFlags::ABORT_XP_HEADER_OPERATION, bits & 4 != 0)
        .set(ValidateFlags::FORCE_XP_DISCONNECT, bits & 8 != 0)
}

fn notify() -> impl Strategy<Value = ProviderInput> {
    let flags = proptest::sample::select(vec![
        SpoolerNotify::NEWMAIL,
        SpoolerNotify::READYTOSEND,
        SpoolerNotify::SENTDEFERRED,
        SpoolerNotify::CRITSEC,
        SpoolerNotify::NONCRIT,
        SpoolerNotify::CONFIG_CHANGE,
        SpoolerNotify::NEWMAIL_RECEIVED,
    ]);
    flags.prop_map(|flags| ProviderInput::SpoolerNotify { flags, entry: None })
}

#[derive(Clone, Debug)]
enum Move {
    Input(ProviderInput),
    /// Answers an outstanding call, if one of that kind is out.
    Answer(Answer),
    /// Answers the n-th outstanding ask.
    Asked(usize, Result<(), Failure>),
    Ask(Ask),
    Sleep(i64),
    Wake,
    Attempt,
}

fn moves() -> impl Strategy<Value = Move> {
    let code = (0_u32..16).prop_map(|n| {
        let code = StatusCode::AVAILABLE
            .set(StatusCode::INBOUND_FLUSH, n & 1 != 0)
            .set(StatusCode::OUTBOUND_FLUSH, n & 2 != 0);
        let value = PropValue::Long(i32::from_ne_bytes(code.bits().to_ne_bytes()));
        ProviderInput::ModifyRow { columns: vec![(PR_STATUS_CODE, value)], flags: ModifyRowFlags::UPDATE }
    });
    let end = prop_oneof![
        Just(AttemptEnd::Reached),
        Just(AttemptEnd::Neutral),
        Just(AttemptEnd::Parked(Park::Auth)),
        Just(AttemptEnd::Fault { reason: FaultReason::Network, retry_after_ms: Some(i64::MAX) }),
    ];
    prop_oneof![
        12 => answer().prop_map(Move::Answer),
        3 => (0_usize..4, result(())).prop_map(|(n, r)| Move::Asked(n, r)),
        4 => ask().prop_map(Move::Ask),
        2 => Just(Move::Input(ProviderInput::Start)),
        3 => (any::<bool>(), any::<bool>()).prop_map(|(inbound, outbound)| Move::Input(ProviderInput::Want(Directions { inbound, outbound }))),
        3 => notify().prop_map(Move::Input),
        2 => code.prop_map(Move::Input),
        2 => Just(Move::Input(ProviderInput::Drained)),
        2 => prop_oneof![Just(Scode::S_OK), Just(Scode::MAPI_E_NETWORK_ERROR)].prop_map(|code| Move::Input(ProviderInput::MarksDone(code))),
        1 => Just(Move::Input(ProviderInput::Configured)),
        1 => Just(Move::Input(ProviderInput::Release)),
        1 => Just(Move::Input(ProviderInput::Reached)),
        1 => end.prop_map(|end| Move::Input(ProviderInput::AttemptEnded(end))),
        2 => Just(Move::Attempt),
        2 => (0_i64..100_000).prop_map(Move::Sleep),
        4 => Just(Move::Wake),
    ]
}

/// The session's ledger, and what it must never see.
struct Ledger {
    rig: Rig,
    out: BTreeSet<CallKey>,
    asked: BTreeMap<Ticket, u32>,
    begun: (bool, bool),
}

fn key_of(call: HostCall) -> CallKey {
    match call {
        HostCall::TransportLogon(_) => CallKey::Own(F::TransportLogon),
        HostCall::Configure => CallKey::Own(F::Configure),
        HostCall::AddressTypes => CallKey::Own(F::AddressTypes),
        HostCall::TransportNotify(_) => CallKey::Own(F::TransportNotify),
        HostCall::Idle => CallKey::Own(F::Idle),
        HostCall::Poll => CallKey::Own(F::Poll),
        HostCall::StartMessage => CallKey::Own(F::StartMessage),
        HostCall::FlushQueues(_) => CallKey::Own(F::FlushQueues),
        HostCall::TransportLogoff => CallKey::Own(F::TransportLogoff),
        HostCall::Deliver => CallKey::Deliver,
        HostCall::Refresh => CallKey::Own(F::Headers),
        HostCall::ValidateState(ticket, _) | HostCall::ChangePassword(ticket) | HostCall::SettingsDialog(ticket, _) => {
            CallKey::Asked(ticket)
        }
    }
}

fn key_answered(answer: &Answer) -> CallKey {
    match answer {
        Answer::LoggedOn(_) => CallKey::Own(F::TransportLogon),
        Answer::Configured(_) => CallKey::Own(F::Configure),
        Answer::AddressTypes(_) => CallKey::Own(F::AddressTypes),
        Answer::Notified(_) => CallKey::Own(F::TransportNotify),
        Answer::Idled(_) => CallKey::Own(F::Idle),
        Answer::Polled(_) => CallKey::Own(F::Poll),
        Answer::Started(_) => CallKey::Own(F::StartMessage),
        Answer::Delivered(_) => CallKey::Deliver,
        Answer::Flushed(_) => CallKey::Own(F::FlushQueues),
        Answer::Asked(ticket, _) => CallKey::Asked(*ticket),
        Answer::LoggedOff(_) => CallKey::Own(F::TransportLogoff),
        Answer::Refreshed(_) => CallKey::Own(F::Headers),
    }
}

impl Ledger {
    fn step(&mut self, input: ProviderInput) {
        for effect in self.rig.step(input) {
            match effect {
                ProviderEffect::Call { call, .. } => {
                    assert!(self.out.insert(key_of(call)), "{call:?} is out already");
                    assert_ne!(self.rig.provider.life(), &Life::Failed, "C-156: {call:?}");
                    self.check(call);
                }
                ProviderEffect::Drop(key) => assert!(self.out.remove(&key), "{key:?} is not out"),
                ProviderEffect::Reply(ticket, _) => *self.asked.get_mut(&ticket).unwrap() += 1,
                _ => {}
            }
        }
    }

    fn check(&mut self, call: HostCall) {
        if let HostCall::TransportNotify(flags) = call {
            let pair = |a, b| flags.contains(a) && flags.contains(b);
            assert!(!pair(TransportNotify::BEGIN_INBOUND, TransportNotify::END_INBOUND), "C-153");
            assert!(!pair(TransportNotify::BEGIN_OUTBOUND, TransportNotify::END_OUTBOUND), "C-153");
            let turn = |open: &mut bool, begin, end| {
                *open = (*open || flags.contains(begin)) && !flags.contains(end);
            };
            turn(&mut self.begun.0, TransportNotify::BEGIN_INBOUND, TransportNotify::END_INBOUND);
            turn(&mut self.begun.1, TransportNotify::BEGIN_OUTBOUND, TransportNotify::END_OUTBOUND);
        }
        if let HostCall::Poll | HostCall::StartMessage = call {
            assert!(self.begun.0, "C-095");
        }
    }

    fn play(&mut self, play: Move) {
        match play {
            Move::Input(input) => self.step(input),
            Move::Answer(answer) => {
                if self.out.remove(&key_answered(&answer)) {
                    self.step(ProviderInput::Answer(answer));
                }
            }
            Move::Asked(n, result) => {
                let asked = self.out.iter().filter_map(|key| match key {
                    CallKey::Asked(ticket) => Some(*ticket),
                    CallKey::Own(_) | CallKey::Deliver => None,
                });
                if let Some(ticket) = asked.collect::<Vec<_>>().get(n).copied() {
                    self.out.remove(&CallKey::Asked(ticket));
                    self.step(ProviderInput::Answer(Answer::Asked(ticket, result)));
                }
            }
            Move::Ask(ask) => {
                let ticket = Ticket(u32::try_from(self.asked.len()).unwrap());
                self.asked.insert(ticket, 0);
                self.step(ProviderInput::Ask(ticket, ask));
            }
            Move::Sleep(ms) => {
                self.rig.mono += ms;
                self.step(ProviderInput::Tick);
            }
            Move::Wake => {
                if let Some((at, _)) = self.rig.provider.wake() {
                    self.rig.mono = self.rig.mono.max(at);
                    self.step(ProviderInput::Tick);
                }
            }
            Move::Attempt => {
                if self.rig.provider.may_send() {
                    assert!(self.begun.1 || !self.rig.provider.setup().functions.contains(F::TransportNotify), "C-094");
                    self.step(ProviderInput::AttemptBegan);
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn one_call_of_a_kind_one_reply_per_ask_and_a_way_out(
        with in proptest::bits::u16::between(0, 12),
        moves in vec(moves(), 0..60),
        fatal in any::<bool>(),
    ) {
        let functions: Vec<F> = ALL.iter().enumerate().filter(|(n, _)| with & (1 << n) != 0).map(|(_, f)| *f).collect();
        let told = functions.contains(&F::TransportNotify);
        let mut ledger = Ledger {
            rig: Rig::new(&functions),
            out: BTreeSet::new(),
            asked: BTreeMap::new(),
            begun: (!told, !told),
        };
        for play in moves {
            ledger.play(play);
            for count in ledger.asked.values() {
                prop_assert!(*count <= 1);
            }
        }
        if fatal {
            ledger.step(ProviderInput::SpoolerNotify { flags: SpoolerNotify::CRITICAL_ERROR, entry: None });
            prop_assert!(ledger.out.is_empty(), "{:?}", ledger.out);
        }
        // Nothing answers any more: time alone leads out.
        ledger.step(ProviderInput::Logoff);
        for _ in 0..4 {
            ledger.play(Move::Wake);
        }
        prop_assert_eq!(ledger.rig.provider.life(), &Life::Gone);
        prop_assert!(ledger.out.is_empty(), "{:?}", ledger.out);
        prop_assert!(ledger.asked.values().all(|count| *count == 1), "{:?}", ledger.asked);
    }

    #[test]
    fn a_silent_transport_costs_a_bounded_number_of_wakes(
        with in proptest::bits::u16::between(0, 12),
        moves in vec(moves(), 0..40),
    ) {
        let functions: Vec<F> = ALL.iter().enumerate().filter(|(n, _)| with & (1 << n) != 0).map(|(_, f)| *f).collect();
        let mut ledger = Ledger {
            rig: Rig::new(&functions),
            out: BTreeSet::new(),
            asked: BTreeMap::new(),
            begun: (true, true),
        };
        for play in moves {
            ledger.play(play);
        }
        // No timer at or before now survives its own step: a page never spins.
        let mut spins = 0;
        for _ in 0..40 {
            let Some((at, _)) = ledger.rig.provider.wake() else { break };
            spins = if at <= ledger.rig.mono { spins + 1 } else { 0 };
            prop_assert!(spins < 4, "{:?}", ledger.rig.provider);
            ledger.play(Move::Wake);
        }
    }
}
