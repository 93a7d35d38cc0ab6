//! How reports lie on the tape; they only go out. Their order is the contract with `pkg/src/report.ts`.

use super::tape::{Reader, Tape, TapeError, Writer};
use crate::session::{RecipientLine, Report};

impl Tape for RecipientLine {
    fn put(&self, w: &mut Writer) {
        self.recipient.kind.put(w);
        self.recipient.address_type.put(w);
        self.recipient.address.put(w);
        self.recipient.name.put(w);
        self.recipient.entry_id.put(w);
        w.text(self.status);
        self.code.put(w);
        self.text.put(w);
        self.transport.put(w);
        self.remote_id.put(w);
    }

    fn take(r: &mut Reader<'_>) -> Self {
        r.fail(TapeError::Tag("RecipientLine"));
        Self::default()
    }
}

impl Tape for Report {
    fn put(&self, w: &mut Writer) {
        self.id.put(w);
        self.uid.put(w);
        self.message_id.put(w);
        w.text(self.state);
        self.doubted.put(w);
        self.revision.put(w);
        self.non_delivery.map_or(0_u32, |refused| 1 + u32::from(refused)).put(w);
        self.recipients.put(w);
    }

    fn take(r: &mut Reader<'_>) -> Self {
        r.fail(TapeError::Tag("Report"));
        Self::default()
    }
}
