//! How answers to questions lie on the tape.

use crate::session::{EnvelopeLine, Explanation, JournalLine, Outstanding, RecipientLine, Report};
use crate::wire::tape::{Tape, Writer};

/// Only written, never read.
pub trait Put {
    /// Appends it.
    fn put(&self, w: &mut Writer);
}

impl Put for Explanation {
    fn put(&self, w: &mut Writer) {
        self.code.put(w);
        self.args.put(w);
        self.scope.put(w);
        self.actor.put(w);
        self.next_at.put(w);
        self.actions.put(w);
        self.announce.put(w);
        put_all(&self.envelopes, w);
    }
}

impl Put for EnvelopeLine {
    fn put(&self, w: &mut Writer) {
        self.n.put(w);
        self.transport.put(w);
        self.state.put(w);
        self.code.put(w);
        self.attempts.put(w);
        self.doubt.put(w);
        self.next_at.put(w);
        self.recipients.put(w);
    }
}

impl Put for Report {
    fn put(&self, w: &mut Writer) {
        self.id.put(w);
        self.uid.put(w);
        self.message_id.put(w);
        self.state.to_owned().put(w);
        self.doubted.put(w);
        self.revision.put(w);
        self.non_delivery.put(w);
        put_all(&self.recipients, w);
        self.from.put(w);
        self.subject.put(w);
        self.size.put(w);
        self.submitted.put(w);
    }
}

impl Put for RecipientLine {
    fn put(&self, w: &mut Writer) {
        self.recipient.kind.put(w);
        self.recipient.address_type.put(w);
        self.recipient.address.put(w);
        self.recipient.name.put(w);
        self.status.to_owned().put(w);
        self.code.put(w);
        self.text.put(w);
        self.transport.put(w);
    }
}

impl Put for JournalLine {
    fn put(&self, w: &mut Writer) {
        self.at.put(w);
        self.code.put(w);
        self.uid.put(w);
        self.envelope.put(w);
        self.transport.put(w);
    }
}

impl Put for Outstanding {
    fn put(&self, w: &mut Writer) {
        self.call.put(w);
        self.transport.put(w);
        self.verb.put(w);
        self.since.put(w);
        self.deadline.put(w);
        self.progress.put(w);
    }
}

/// A count, then each.
#[allow(clippy::cast_possible_truncation)]
pub fn put_all<T: Put>(all: &[T], w: &mut Writer) {
    (all.len() as u32).put(w);
    for one in all {
        one.put(w);
    }
}
