//! `TABLE_NOTIFICATION`: what happened to a view, kept until the caller takes it.

use super::store::InstanceKey;
use super::tree::Line;
use crate::mapi::{PropTag, PropValue, TableEvent};

/// Most notifications kept for one view; beyond, one `Changed` says to read again.
const MAX_PENDING: usize = 4096;

/// A sink of one view; never zero (C-178).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Connection(pub u32);

/// One event of a view. Rows are in the columns the view had when it happened (C-219); indexes are positions in the
/// view before and after it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Notification {
    /// `TABLE_ROW_ADDED`.
    Added {
        /// `propIndex`.
        key: InstanceKey,
        /// `propPrior`: the row before it; `None` (`PR_NULL`) if it is first (C-217).
        prior: Option<InstanceKey>,
        /// Its columns.
        row: Vec<(PropTag, PropValue)>,
        /// Where it is.
        new_index: usize,
        /// Which line it is.
        line: Line,
    },
    /// `TABLE_ROW_MODIFIED`.
    Modified {
        /// `propIndex`.
        key: InstanceKey,
        /// `propPrior` at the new position.
        prior: Option<InstanceKey>,
        /// Its columns.
        row: Vec<(PropTag, PropValue)>,
        /// Where it was.
        old_index: usize,
        /// Where it is.
        new_index: usize,
        /// Which line it is.
        line: Line,
    },
    /// `TABLE_ROW_DELETED`: a key and no data (C-218).
    Deleted {
        /// `propIndex`.
        key: InstanceKey,
        /// Where it was.
        old_index: usize,
    },
    /// `TABLE_CHANGED`: too much changed to tell; cursor, bookmarks and keys stay valid (C-220). Whoever hears it reads
    /// what is there then, so nothing that happened before it is told is told as well.
    Changed,
    /// `TABLE_RELOAD`: bookmarks and instance keys are void (C-220).
    Reload,
}

impl Notification {
    /// `ulTableEvent`.
    pub const fn event(&self) -> TableEvent {
        match self {
            Self::Added { .. } => TableEvent::RowAdded,
            Self::Modified { .. } => TableEvent::RowModified,
            Self::Deleted { .. } => TableEvent::RowDeleted,
            Self::Changed => TableEvent::Changed,
            Self::Reload => TableEvent::Reload,
        }
    }

    /// Whoever hears it reads the whole view again.
    const fn is_whole(&self) -> bool {
        match self {
            Self::Added { .. } | Self::Modified { .. } | Self::Deleted { .. } => false,
            Self::Changed | Self::Reload => true,
        }
    }
}

/// A notification and the sinks that were advised when it happened.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Delivery {
    /// Whom to tell.
    pub to: Vec<Connection>,
    /// What.
    pub notification: Notification,
}

/// The sinks of a view and what they have not been told yet.
#[derive(Clone, Debug, Default)]
pub(super) struct Log {
    sinks: Vec<Connection>,
    issued: u32,
    pending: Vec<Delivery>,
}

impl Log {
    pub(super) fn advise(&mut self) -> Option<Connection> {
        self.issued = self.issued.checked_add(1)?;
        let connection = Connection(self.issued);
        self.sinks.push(connection);
        Some(connection)
    }

    /// Forgets the sink and what it was to be told.
    pub(super) fn unadvise(&mut self, connection: Connection) {
        self.sinks.retain(|sink| *sink != connection);
        for delivery in &mut self.pending {
            delivery.to.retain(|sink| *sink != connection);
        }
        self.pending.retain(|delivery| !delivery.to.is_empty());
    }

    pub(super) fn is_heard(&self) -> bool {
        !self.sinks.is_empty()
    }

    pub(super) fn push(&mut self, notification: Notification) {
        if self.sinks.is_empty() {
            return;
        }
        let notification = match (notification, self.pending.first().map(|first| &first.notification)) {
            (Notification::Reload, _) | (_, Some(Notification::Reload)) => Notification::Reload,
            (_, Some(Notification::Changed)) => Notification::Changed,
            _ if self.pending.len() >= MAX_PENDING => Notification::Changed,
            (notification, _) => notification,
        };
        if notification.is_whole() {
            self.pending.clear();
        }
        self.pending.push(Delivery { to: self.sinks.clone(), notification });
    }

    /// The view shows something else than what is pending leads to: its reader reads again.
    pub(super) fn outdate(&mut self) {
        if !self.pending.is_empty() {
            self.push(Notification::Changed);
        }
    }

    pub(super) fn take(&mut self) -> Vec<Delivery> {
        std::mem::take(&mut self.pending)
    }
}
