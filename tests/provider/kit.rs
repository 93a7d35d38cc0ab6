//! A provider with a clock, and words to read its effects by.

use mailspooler::mapi::*;
pub use mailspooler::provider::*;

pub use mailspooler::provider::Function as F;

pub const ALL: [F; 13] = [
    F::TransportLogon,
    F::Configure,
    F::AddressTypes,
    F::TransportNotify,
    F::Idle,
    F::Poll,
    F::StartMessage,
    F::FlushQueues,
    F::ValidateState,
    F::ChangePassword,
    F::SettingsDialog,
    F::TransportLogoff,
    F::Headers,
];

pub const BOTH: Directions = Directions { inbound: true, outbound: true };
pub const T1: Ticket = Ticket(1);
pub const T2: Ticket = Ticket(2);

pub fn failed(code: Scode) -> Failure {
    Failure::code(code)
}

pub const THREW: Failure = Failure { code: None, network: false, retry_after_ms: None };
pub const OFFLINE: Failure = Failure { code: None, network: true, retry_after_ms: None };

pub const QUIET: ValidateFlags = ValidateFlags::SUPPRESS_UI;
pub const REFRESH: ValidateFlags = ValidateFlags::REFRESH_XP_HEADER_CACHE;
pub const PROCESS: ValidateFlags = ValidateFlags::PROCESS_XP_HEADER_CACHE;
pub const CONNECT: ValidateFlags = ValidateFlags::FORCE_XP_CONNECT;
pub const DISCONNECT: ValidateFlags = ValidateFlags::FORCE_XP_DISCONNECT;
pub const CONFIG: ValidateFlags = ValidateFlags::CONFIG_CHANGED;
pub const ABORT: ValidateFlags = ValidateFlags::ABORT_XP_HEADER_OPERATION;
pub const SHOW: ValidateFlags = ValidateFlags::SHOW_XP_SESSION_UI;

pub struct Rig {
    pub provider: Provider,
    pub mono: i64,
}

impl Rig {
    pub fn new(functions: &[F]) -> Self {
        let setup = Setup {
            functions: functions.iter().copied().collect(),
            types: AddressTypes::default(),
            poll_ms: 60_000,
            remote: false,
        };
        Self { provider: Provider::new(setup), mono: 0 }
    }

    /// Started: `transportLogon` is out.
    pub fn logging_on(functions: &[F]) -> Self {
        let mut rig = Self::new(functions);
        assert_eq!(rig.say(ProviderInput::Start), "transportLogon");
        rig
    }

    /// Jitter 200 is the middle: back-off exactly as the base says.
    pub fn step(&mut self, input: ProviderInput) -> Vec<ProviderEffect> {
        self.provider.step(input, Moment { mono: self.mono, jitter: 200 })
    }

    /// One step, in words.
    pub fn say(&mut self, input: ProviderInput) -> String {
        words(&self.step(input))
    }

    pub fn answer(&mut self, answer: Answer) -> String {
        self.say(ProviderInput::Answer(answer))
    }

    pub fn notify(&mut self, flags: SpoolerNotify) -> String {
        self.say(ProviderInput::SpoolerNotify { flags, entry: None })
    }

    pub fn ask(&mut self, ticket: Ticket, ask: Ask) -> String {
        self.say(ProviderInput::Ask(ticket, ask))
    }

    pub fn validate(&mut self, flags: ValidateFlags) -> String {
        self.ask(T1, Ask::ValidateState(flags))
    }

    pub fn code(&mut self, code: StatusCode) -> String {
        let columns = vec![(PR_STATUS_CODE, PropValue::Long(i32::from_ne_bytes(code.bits().to_ne_bytes())))];
        self.say(ProviderInput::ModifyRow { columns, flags: ModifyRowFlags::UPDATE })
    }

    /// Sleeps until it wants to be woken.
    pub fn wake(&mut self) -> (i64, String) {
        let (at, _) = self.provider.wake().unwrap();
        let slept = at - self.mono;
        self.mono = at;
        (slept, self.say(ProviderInput::Tick))
    }

    /// Started, logged on, both directions open.
    pub fn running(functions: &[F]) -> Self {
        let mut rig = Self::new(functions);
        let _ = rig.step(ProviderInput::Start);
        let polls = LogonAnswer::SP_POLL | LogonAnswer::SP_IDLE;
        let _ = rig.answer(Answer::LoggedOn(Ok(LoggedOn { flags: polls, identity: None })));
        let _ = rig.answer(Answer::AddressTypes(Ok(AddressTypes::default())));
        let _ = rig.step(ProviderInput::Want(BOTH));
        let _ = rig.answer(Answer::Notified(Ok(())));
        assert!(rig.provider.may_send(), "{:?}", rig.provider);
        rig
    }
}

/// Effects as `transportLogon; reply 1 S_OK`.
pub fn words(effects: &[ProviderEffect]) -> String {
    effects.iter().map(word).collect::<Vec<_>>().join("; ")
}

fn word(effect: &ProviderEffect) -> String {
    match effect {
        ProviderEffect::Call { call, .. } => call_word(*call),
        ProviderEffect::Drop(CallKey::Own(function)) => {
            format!("drop {}", function_word(*function))
        }
        ProviderEffect::Drop(CallKey::Asked(ticket)) => format!("drop ask {}", ticket.0),
        ProviderEffect::Drop(CallKey::Deliver) => "drop deliver".to_owned(),
        ProviderEffect::Reply(ticket, code) => format!("reply {} {code:?}", ticket.0),
        ProviderEffect::Refused(error) => format!("refused {:?}", error.code),
        ProviderEffect::MaySend => "maySend".to_owned(),
        ProviderEffect::Drain => "drain".to_owned(),
        ProviderEffect::Marks => "marks".to_owned(),
        ProviderEffect::DropMarks => "drop marks".to_owned(),
        ProviderEffect::ReadyToSend => "readyToSend".to_owned(),
        ProviderEffect::SentDeferred(entry) => {
            format!("sentDeferred {}", entry.as_deref().unwrap_or("all"))
        }
        ProviderEffect::TypesChanged => "typesChanged".to_owned(),
        ProviderEffect::Parked(park) => format!("parked {park:?}"),
        ProviderEffect::Released => "released".to_owned(),
        ProviderEffect::DisableService => "disableService".to_owned(),
        ProviderEffect::Gone => "gone".to_owned(),
    }
}

fn call_word(call: HostCall) -> String {
    match call {
        HostCall::TransportNotify(flags) => format!("{flags:?}").replace("NOTIFY_", ""),
        HostCall::FlushQueues(flags) => format!("flushQueues({flags:?})").replace("FLUSH_", ""),
        HostCall::ValidateState(ticket, flags) => format!("validateState {} ({flags:?})", ticket.0),
        HostCall::ChangePassword(ticket) => format!("changePassword {}", ticket.0),
        HostCall::SettingsDialog(ticket, _) => format!("settingsDialog {}", ticket.0),
        HostCall::Deliver => "deliver".to_owned(),
        HostCall::TransportLogon(_) => function_word(F::TransportLogon),
        HostCall::Configure => function_word(F::Configure),
        HostCall::AddressTypes => function_word(F::AddressTypes),
        HostCall::Idle => function_word(F::Idle),
        HostCall::Poll => function_word(F::Poll),
        HostCall::StartMessage => function_word(F::StartMessage),
        HostCall::TransportLogoff => function_word(F::TransportLogoff),
        HostCall::Refresh => "refresh".to_owned(),
    }
}

fn function_word(function: F) -> String {
    let name = format!("{function:?}");
    name[..1].to_lowercase() + &name[1..]
}
