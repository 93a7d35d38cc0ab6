//! Work on the headers of a remote transport: the marks, then a new list (catalogue 8). Which message is next is the
//! session's business.

use super::flush::Flush;
use super::io::{CallKey, Function, HostCall, ProviderEffect, Ticket};
use super::state::Exit;
use super::{Provider, Step};
use crate::mapi::{FlushFlags, Scode, StatusCode, ValidateFlags};

const REFRESH_MS: i64 = 5 * 60_000;

/// The flags of `ValidateState` that are header work.
pub const HEADER_FLAGS: ValidateFlags = ValidateFlags::REFRESH_XP_HEADER_CACHE
    .with(ValidateFlags::PROCESS_XP_HEADER_CACHE)
    .with(ValidateFlags::ABORT_XP_HEADER_OPERATION);

/// What a person asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Order {
    /// `FORCE_XP_DISCONNECT` beside it: offline when it is done.
    pub disconnect: bool,
    /// What came of it so far.
    pub result: Scode,
}

/// The header region of a logon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Headers {
    /// Nothing is done; `ValidateState` may be called.
    Rest {
        /// How the last work ended.
        result: Option<Scode>,
    },
    /// The session works off the marks.
    Marks(Order),
    /// `headers.refresh` is out.
    Refreshing {
        /// Monotonic, ms.
        deadline: i64,
        /// What for.
        order: Order,
    },
}

impl Headers {
    pub(super) const NEW: Self = Self::Rest { result: None };

    /// Nothing is under way.
    pub const fn rests(&self) -> bool {
        match self {
            Self::Rest { .. } => true,
            Self::Marks(_) | Self::Refreshing { .. } => false,
        }
    }

    /// `STATUS_INBOUND_FLUSH` and `_ACTIVE` while it works (catalogue 4.3).
    pub fn bits(&self) -> StatusCode {
        if self.rests() { StatusCode::EMPTY } else { StatusCode::INBOUND_FLUSH | StatusCode::INBOUND_ACTIVE }
    }

    /// What leads out of the state.
    pub const fn exits(&self) -> &'static [Exit] {
        match self {
            Self::Rest { .. } => &[Exit::Person],
            Self::Marks(_) => &[Exit::Session, Exit::Person],
            Self::Refreshing { .. } => &[Exit::Answer, Exit::Deadline, Exit::Person],
        }
    }

    pub(super) const fn deadline(&self) -> Option<i64> {
        match self {
            Self::Rest { .. } | Self::Marks(_) => None,
            Self::Refreshing { deadline, .. } => Some(*deadline),
        }
    }

    pub(super) fn begin(&mut self, flags: ValidateFlags, step: &mut Step) {
        let disconnect = flags.contains(ValidateFlags::FORCE_XP_DISCONNECT);
        let order = Order { disconnect, result: Scode::S_OK };
        if flags.contains(ValidateFlags::PROCESS_XP_HEADER_CACHE) {
            *self = Self::Marks(order);
            step.effect(ProviderEffect::Marks);
        } else {
            self.refresh(order, step);
        }
    }

    fn refresh(&mut self, order: Order, step: &mut Step) {
        let deadline = step.call_within(HostCall::Refresh, REFRESH_MS);
        *self = Self::Refreshing { deadline, order };
    }

    /// The marks are worked off: deferred mail goes up, and a new list comes (catalogue 8.2). After a failure of the
    /// transport itself there is nobody to ask for one.
    pub(super) fn marks_done(&mut self, result: Scode, step: &mut Step) {
        match *self {
            Self::Marks(order) => {
                if result.is_failure() {
                    *self = Self::Rest { result: Some(result) };
                    return;
                }
                step.effect(ProviderEffect::SentDeferred(None));
                self.refresh(Order { result, ..order }, step);
            }
            Self::Rest { .. } | Self::Refreshing { .. } => {}
        }
    }

    /// The list came, or not. Answers whether the transport is offline now, if that is known.
    pub(super) fn refreshed(&mut self, result: Result<(), Scode>) -> Option<bool> {
        match *self {
            Self::Refreshing { order, .. } => {
                *self = Self::Rest { result: Some(result.map_or_else(|code| code, |()| order.result)) };
                if result.is_ok() || order.disconnect { Some(order.disconnect) } else { None }
            }
            Self::Rest { .. } | Self::Marks(_) => None,
        }
    }

    /// A person, or the end of the logon, stops it: marks that were not worked off stay.
    pub(super) fn stop(&mut self, step: &mut Step) {
        match self {
            Self::Rest { .. } => return,
            Self::Marks(_) => step.effect(ProviderEffect::DropMarks),
            Self::Refreshing { .. } => step.effect(ProviderEffect::Drop(CallKey::Own(Function::Headers))),
        }
        *self = Self::Rest { result: Some(Scode::MAPI_E_USER_CANCEL) };
    }
}

impl Provider {
    /// What the flags of `ValidateState` mean to a remote transport, checked top-down (catalogue 4.3). What is left is
    /// the transport's own business; `None`: answered.
    pub(super) fn remote(&mut self, ticket: Ticket, flags: ValidateFlags, step: &mut Step) -> Option<ValidateFlags> {
        let logon = self.life.logon_mut()?;
        if flags.contains(ValidateFlags::ABORT_XP_HEADER_OPERATION) {
            logon.headers.stop(step);
            // What a person waits for goes on; what began with the header work does not.
            logon.flush.stop_own(step);
            logon.offline = true;
        }
        let stops = ValidateFlags::ABORT_XP_HEADER_OPERATION | ValidateFlags::FORCE_XP_DISCONNECT;
        if !logon.headers.rests() || logon.flush.works_by_itself() && !flags.intersects(stops) {
            step.reply(Some(ticket), Scode::MAPI_E_BUSY);
            return None;
        }
        let process = flags.contains(ValidateFlags::PROCESS_XP_HEADER_CACHE);
        let connect = flags.contains(ValidateFlags::FORCE_XP_CONNECT);
        if process || flags.contains(ValidateFlags::REFRESH_XP_HEADER_CACHE) {
            logon.offline = false;
            logon.headers.begin(flags, step);
        } else if flags.contains(ValidateFlags::FORCE_XP_DISCONNECT) {
            logon.flush.row_says(StatusCode::EMPTY);
            logon.offline = true;
        }
        if (process || connect) && logon.flush == Flush::None {
            self.begin_flush(FlushFlags::UPLOAD.set(FlushFlags::DOWNLOAD, connect), None, step);
        }
        let rest = flags.without(HEADER_FLAGS);
        if flags.intersects(HEADER_FLAGS) && rest.without(ValidateFlags::SUPPRESS_UI).is_empty() {
            step.reply(Some(ticket), Scode::S_OK);
            return None;
        }
        Some(rest)
    }

    /// `headers.refresh` answered.
    pub(super) fn refreshed(&mut self, result: Result<(), Scode>) {
        if let Some(logon) = self.life.logon_mut() {
            logon.offline = logon.headers.refreshed(result).unwrap_or(logon.offline);
        }
    }
}
