//! The flush of one transport: outbound, then inbound (catalogue 6.7, C-147).

use super::Step;
use super::inbound::Gate;
use super::io::{CallKey, Function, ProviderEffect, Ticket};
use super::state::Exit;
use crate::mapi::{FlushFlags, Scode, StatusCode, TransportNotify};

/// What is flushed, and for whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Request {
    /// Outbound is still to come, or under way.
    pub upload: bool,
    /// Inbound is still to come, or under way.
    pub download: bool,
    /// Who waits; `None`: the transport asked by its row (C-151).
    pub ticket: Option<Ticket>,
    /// What will be answered.
    pub result: Scode,
}

/// The flush region of a logon.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Flush {
    /// No flush.
    #[default]
    None,
    /// `flushQueues` is out.
    Asking {
        /// Monotonic, ms.
        deadline: i64,
        /// What for.
        request: Request,
    },
    /// `NOTIFY_BEGIN_*_FLUSH` is due or out: a transport without `flushQueues` is told this way (C-062).
    Beginning(Request),
    /// The phase begins as soon as its direction is open; one that nobody wants open is passed over.
    Due(Request),
    /// The spooler sends what there is.
    Outbound(Request),
    /// `NOTIFY_END_OUTBOUND_FLUSH` is due or out.
    OutboundEnding(Request),
    /// `startMessage` until nothing more comes.
    Inbound(Request),
    /// `NOTIFY_END_INBOUND_FLUSH` is due or out.
    InboundEnding(Request),
}

/// What the flush sees of the rest of its provider.
pub(super) struct Sight {
    /// Of outbound, and whether it is wanted.
    pub outbound: (Gate, bool),
    /// Of inbound.
    pub inbound: (Gate, bool),
    /// Why nothing can be sent.
    pub blocked: Option<Scode>,
    /// Inbound has nothing more to start; with the failure that ended it.
    pub dry: Option<Scode>,
}

impl Flush {
    /// `STATUS_*_FLUSH`: what is asked for or under way.
    pub fn bits(&self) -> StatusCode {
        self.request().map_or(StatusCode::EMPTY, |request| {
            StatusCode::EMPTY
                .set(StatusCode::OUTBOUND_FLUSH, request.upload)
                .set(StatusCode::INBOUND_FLUSH, request.download)
        })
    }

    /// What is being flushed.
    pub const fn request(&self) -> Option<&Request> {
        match self {
            Self::None => None,
            Self::Asking { request, .. }
            | Self::Beginning(request)
            | Self::Due(request)
            | Self::Outbound(request)
            | Self::OutboundEnding(request)
            | Self::Inbound(request)
            | Self::InboundEnding(request) => Some(request),
        }
    }

    /// It has still to send or to receive, and nobody waits for it: header work, FORCE_XP_CONNECT or the row began it.
    pub fn works_by_itself(&self) -> bool {
        self.request().is_some_and(|request| request.ticket.is_none() && (request.upload || request.download))
    }

    /// What leads out of the state.
    pub const fn exits(&self) -> &'static [Exit] {
        match self {
            Self::None => &[Exit::Person, Exit::Transport],
            Self::Asking { .. } | Self::Beginning(_) | Self::OutboundEnding(_) | Self::InboundEnding(_) => {
                &[Exit::Answer, Exit::Deadline]
            }
            Self::Due(_) => &[Exit::Session, Exit::Answer, Exit::Transport],
            Self::Outbound(_) => &[Exit::Attempt, Exit::Transport],
            Self::Inbound(_) => &[Exit::Answer, Exit::Deadline, Exit::Transport],
        }
    }

    /// The flags the transport has still to be told.
    pub(super) fn words(&self) -> TransportNotify {
        match self {
            Self::Beginning(request) => TransportNotify::EMPTY
                .set(TransportNotify::BEGIN_OUTBOUND_FLUSH, request.upload)
                .set(TransportNotify::BEGIN_INBOUND_FLUSH, request.download),
            Self::None | Self::Asking { .. } | Self::Due(_) | Self::Outbound(_) | Self::Inbound(_) => {
                TransportNotify::EMPTY
            }
            Self::OutboundEnding(_) => TransportNotify::END_OUTBOUND_FLUSH,
            Self::InboundEnding(_) => TransportNotify::END_INBOUND_FLUSH,
        }
    }

    /// The transport was told `flags`.
    pub(super) fn told(&mut self, flags: TransportNotify, step: &mut Step) {
        if (flags & self.words()).is_empty() {
            return;
        }
        match *self {
            Self::Beginning(request) | Self::OutboundEnding(request) => *self = Self::Due(request),
            Self::InboundEnding(request) => self.finish(request, step),
            Self::None | Self::Asking { .. } | Self::Due(_) | Self::Outbound(_) | Self::Inbound(_) => {}
        }
    }

    fn finish(&mut self, request: Request, step: &mut Step) {
        *self = Self::None;
        if let Some(ticket) = request.ticket {
            step.effect(ProviderEffect::Reply(ticket, request.result));
        }
    }

    /// `flushQueues` answered.
    pub(super) fn answered(&mut self, result: Scode, step: &mut Step) {
        match *self {
            Self::Asking { request, .. } if result.is_failure() => {
                self.finish(Request { result, ..request }, step);
            }
            Self::Asking { request, .. } => *self = Self::Due(request),
            Self::None
            | Self::Beginning(_)
            | Self::Due(_)
            | Self::Outbound(_)
            | Self::OutboundEnding(_)
            | Self::Inbound(_)
            | Self::InboundEnding(_) => {}
        }
    }

    /// The queue has nothing that may be sent now.
    pub(super) fn drained(&mut self) {
        match *self {
            Self::Outbound(request) => {
                *self = Self::OutboundEnding(Request { upload: false, ..request });
            }
            Self::None
            | Self::Asking { .. }
            | Self::Beginning(_)
            | Self::Due(_)
            | Self::OutboundEnding(_)
            | Self::Inbound(_)
            | Self::InboundEnding(_) => {}
        }
    }

    /// The transport wrote its `PR_STATUS_CODE`: set FLUSH bits start a flush (C-151), cleared ones stop it (C-149).
    pub(super) fn row_says(&mut self, code: StatusCode) {
        let (upload, download) = (code.contains(StatusCode::OUTBOUND_FLUSH), code.contains(StatusCode::INBOUND_FLUSH));
        match *self {
            Self::None if upload || download => {
                *self = Self::Due(Request { upload, download, ticket: None, result: Scode::S_OK });
            }
            // It sets its bits inside `flushQueues`, inbound as late as after the outbound phase.
            Self::None | Self::Asking { .. } | Self::Beginning(_) | Self::InboundEnding(_) => {}
            Self::OutboundEnding(request) => {
                *self = Self::OutboundEnding(Request { download: request.download || download, ..request });
            }
            Self::Due(request) if request.upload && upload => {
                *self = Self::Due(Request { download: request.download || download, ..request });
            }
            Self::Due(request) => {
                *self = Self::Due(Request { upload: false, download, ..request });
            }
            Self::Outbound(request) if upload => {
                *self = Self::Outbound(Request { download: request.download || download, ..request });
            }
            Self::Outbound(request) => {
                *self = Self::OutboundEnding(Request { upload: false, download, ..request });
            }
            Self::Inbound(_) if download => {}
            Self::Inbound(request) => {
                *self = Self::InboundEnding(Request { download: false, ..request });
            }
        }
    }

    /// Stops what nobody waits for.
    pub(super) fn stop_own(&mut self, step: &mut Step) {
        if self.request().is_none_or(|request| request.ticket.is_some()) {
            return;
        }
        if let Self::Asking { .. } = self {
            step.effect(ProviderEffect::Drop(CallKey::Own(Function::FlushQueues)));
            *self = Self::None;
        } else {
            self.row_says(StatusCode::EMPTY);
        }
    }

    /// Nobody waits for the flush of this ticket any more: it ends, with no reply.
    pub(super) fn stop(&mut self, ticket: Ticket, step: &mut Step) {
        let Some(request) = self.request().filter(|request| request.ticket == Some(ticket)) else { return };
        let nothing = Request { upload: false, download: false, ticket: None, ..*request };
        *self = match *self {
            Self::None => Self::None,
            Self::Asking { .. } => {
                step.effect(ProviderEffect::Drop(CallKey::Own(Function::FlushQueues)));
                Self::None
            }
            Self::Due(_) => Self::Due(nothing),
            Self::Beginning(request) if !request.upload => Self::InboundEnding(nothing),
            Self::Beginning(_) | Self::Outbound(_) | Self::OutboundEnding(_) => Self::OutboundEnding(nothing),
            Self::Inbound(_) | Self::InboundEnding(_) => Self::InboundEnding(nothing),
        };
    }

    /// Moves to the next phase when this one is over. True if inbound is to be started now.
    pub(super) fn settle(&mut self, sight: &Sight, step: &mut Step) -> bool {
        match *self {
            Self::Due(request) if request.upload => match (sight.blocked, sight.outbound) {
                (Some(result), _) => {
                    *self = Self::Due(Request { upload: false, result, ..request });
                }
                (None, (Gate::On, _)) => {
                    *self = Self::Outbound(request);
                    step.effect(ProviderEffect::Drain);
                }
                (None, (Gate::Off | Gate::Beginning | Gate::Ending, true)) => {}
                (None, (Gate::Off | Gate::Beginning | Gate::Ending, false)) => {
                    *self = Self::Due(Request { upload: false, ..request });
                }
            },
            Self::Due(request) if request.download => match sight.inbound {
                (Gate::On, _) => {
                    *self = Self::Inbound(request);
                    return true;
                }
                (Gate::Off | Gate::Beginning | Gate::Ending, true) => {}
                (Gate::Off | Gate::Beginning | Gate::Ending, false) => {
                    *self = Self::Due(Request { download: false, ..request });
                }
            },
            Self::Due(request) => self.finish(request, step),
            Self::Outbound(request) => {
                if let Some(result) = sight.blocked {
                    *self = Self::OutboundEnding(Request { upload: false, result, ..request });
                }
            }
            Self::Inbound(request) => {
                if let Some(ended) = sight.dry {
                    let result = if ended.is_failure() { ended } else { request.result };
                    *self = Self::InboundEnding(Request { download: false, result, ..request });
                }
            }
            Self::None
            | Self::Asking { .. }
            | Self::Beginning(_)
            | Self::OutboundEnding(_)
            | Self::InboundEnding(_) => {}
        }
        false
    }
}

impl Request {
    pub(super) const fn new(flags: FlushFlags, ticket: Option<Ticket>) -> Self {
        Self {
            upload: flags.contains(FlushFlags::UPLOAD),
            download: flags.contains(FlushFlags::DOWNLOAD),
            ticket,
            result: Scode::S_OK,
        }
    }
}
