//! How a message lies in its row.

use crate::mapi::Text;
use crate::spooler::message::{
    Content, Doubt, Envelope, EnvelopeState, GivenUp, Kind, Message, ParkCause, Recipient, RecipientState, Stamp, Stop,
    WaitCause,
};
use crate::wire::tape::{Reader, Tape, Writer};

tape!(struct Stamp { clock_epoch, wall });
tape!(enum Kind { 1 To, 2 Cc, 3 Bcc });
tape!(enum RecipientState {
    1 Open,
    2 Assigned { envelope },
    3 Accepted { envelope },
    4 Rejected { envelope, code, text },
    5 Doubtful { envelope },
    6 GivenUp { how },
});
tape!(enum WaitCause { 1 Busy, 2 Network, 3 Transport, 4 Account, 5 Absent, 6 Preprocess });
tape!(enum ParkCause { 1 Auth, 2 Config, 3 TransportAbsent, 4 Ask });
tape!(enum EnvelopeState {
    1 Queued { reason },
    2 Sending { attempt, epoch, generation, intent, deadline, reason },
    3 Deferred { entry, since },
    4 Waiting { until, cause },
    5 Parked { cause },
    6 Checking { next },
    7 Unconfirmed { absent },
    8 Passed,
    9 Sent,
    10 Filed,
    11 Rejected,
    12 Cancelled,
    13 Draft,
});
tape!(struct Envelope {
    n, transport, account, recipients, state, doubt, attempts, failures, troubled, token, token_stale, first_wire, entry, stop,
    doubted, remote_id, configuration,
});
tape!(enum Stop { 1 No, 2 Wanted, 3 Asked });
tape!(enum Content { 1 Mime, 2 Payload });
tape!(enum GivenUp { 1 Cancelled, 2 Draft });
tape!(struct Message {
    uid, seq, order, version, id, message_id, hash, from, from_name, subject, size, content, submitted, hold,
    pin, conversation, strict, passable, recipients, envelopes, revision, closed, settled_at,
});

/// Without its code, which stands behind the message.
impl Tape for Doubt {
    fn put(&self, w: &mut Writer) {
        self.since.put(w);
        self.last_deadline.put(w);
        self.span.put(w);
        self.budget_since.put(w);
        self.probes.put(w);
        self.resubmits.put(w);
        self.by_timeout.put(w);
    }

    fn take(r: &mut Reader<'_>) -> Self {
        Self {
            since: Tape::take(r),
            last_deadline: Tape::take(r),
            span: Tape::take(r),
            budget_since: Tape::take(r),
            probes: Tape::take(r),
            resubmits: Tape::take(r),
            by_timeout: Tape::take(r),
            code: Text::default(),
        }
    }
}

/// Behind a message, where the version before reads nothing: the codes of its doubts.
pub fn put_codes(m: &Message, w: &mut Writer) {
    for doubt in m.envelopes.iter().filter_map(|e| e.doubt.as_ref()) {
        doubt.code.put(w);
    }
}

/// The same; a row of the version before has none.
pub fn take_codes(m: &mut Message, r: &mut Reader<'_>) {
    for doubt in m.envelopes.iter_mut().filter_map(|e| e.doubt.as_mut()) {
        if !r.is_empty() {
            doubt.code = Tape::take(r);
        }
    }
}

/// A zero, which is no kind, says that an entry id comes first: without one it lies as before there were any.
impl Tape for Recipient {
    fn put(&self, w: &mut Writer) {
        if !self.entry_id.is_empty() {
            0_u32.put(w);
            self.entry_id.put(w);
        }
        self.kind.put(w);
        self.address_type.put(w);
        self.address.put(w);
        self.name.put(w);
        self.state.put(w);
        self.tried.put(w);
        self.later.put(w);
    }

    fn take(r: &mut Reader<'_>) -> Self {
        let entry_id = if r.zero() { Tape::take(r) } else { Text::default() };
        let (kind, address_type, address, name) = (Tape::take(r), Tape::take(r), Tape::take(r), Tape::take(r));
        Self {
            kind,
            address_type,
            address,
            name,
            entry_id,
            state: Tape::take(r),
            tried: Tape::take(r),
            later: Tape::take(r),
        }
    }
}
