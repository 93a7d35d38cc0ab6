//! The header table of one remote transport, its marks, and how far work on them has come (catalogue 8).

use crate::mapi::ordered::Map;
use crate::mapi::{
    Gather, MapiError, MapiResult, MsgFlags, MsgStatus, ObjectType, PR_DISPLAY_TO, PR_ENTRYID, PR_HASATTACH,
    PR_IMPORTANCE, PR_INSTANCE_KEY, PR_MESSAGE_CLASS, PR_MESSAGE_DELIVERY_TIME, PR_MESSAGE_DOWNLOAD_TIME,
    PR_MESSAGE_FLAGS, PR_MESSAGE_SIZE, PR_MSG_STATUS, PR_NORMALIZED_SUBJECT, PR_OBJECT_TYPE, PR_PRIORITY,
    PR_SENDER_NAME, PR_SENSITIVITY, PR_SENT_REPRESENTING_NAME, PR_SUBJECT, PropTag, PropValue, Scode, Text,
};
use crate::table::{RowKey, SortKey, Table};

/// C-170's eighteen.
const COLUMNS: [PropTag; 18] = [
    PR_ENTRYID,
    PR_SENDER_NAME,
    PR_SENT_REPRESENTING_NAME,
    PR_DISPLAY_TO,
    PR_SUBJECT,
    PR_MESSAGE_CLASS,
    PR_MESSAGE_FLAGS,
    PR_MESSAGE_SIZE,
    PR_PRIORITY,
    PR_IMPORTANCE,
    PR_SENSITIVITY,
    PR_MESSAGE_DELIVERY_TIME,
    PR_MSG_STATUS,
    PR_MESSAGE_DOWNLOAD_TIME,
    PR_HASATTACH,
    PR_OBJECT_TYPE,
    PR_INSTANCE_KEY,
    PR_NORMALIZED_SUBJECT,
];
/// What a message weighs beside its bytes, in progress.
const MESSAGE: u64 = 1_024;
const MARKS: u32 = MsgStatus::REMOTE_DOWNLOAD.bits() | MsgStatus::REMOTE_DELETE.bits();
/// Bits without a name among the lower sixteen are reserved.
const SETTABLE: u32 = MsgStatus::ALL.bits() | 0xFFFF_0000;

/// What header work is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Phase {
    /// Nothing.
    #[default]
    Idle,
    /// A marked message is fetched and delivered.
    Download,
    /// One is deleted on the server.
    Delete,
    /// The list is fetched.
    Refresh,
}

/// How far it has come: nothing of it goes back while the work lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct HeaderProgress {
    /// Now.
    pub phase: Phase,
    /// Marked messages that are done, failed ones among them.
    pub messages: u32,
    /// Marked messages.
    pub total_messages: u32,
    /// Of messages to be fetched.
    pub bytes: u64,
    /// The same, of all of them.
    pub total_bytes: u64,
    /// Messages that failed and keep their marks.
    pub failed: u32,
}

/// One remote transport's headers.
#[derive(Debug, Clone)]
pub struct Headers {
    pub table: Table,
    keys: Map<Text, u64>,
    last: u64,
    /// Marked rows still to come, the next one last.
    rest: Vec<u64>,
    /// The row being worked on, and how many of its bytes are counted.
    at: Option<(u64, u64)>,
    pub progress: HeaderProgress,
    percent: i32,
    pub changed: bool,
}

/// A mark to act on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    pub id: Text,
    pub size: u64,
    /// Fetch it; else delete it.
    pub download: bool,
}

impl Headers {
    /// Empty.
    pub fn new() -> Option<Self> {
        let table = Table::new(COLUMNS.to_vec(), Vec::<SortKey>::new()).ok()?;
        Some(Self {
            table,
            keys: Map::new(),
            last: 0,
            rest: Vec::new(),
            at: None,
            progress: HeaderProgress::default(),
            percent: -1,
            changed: false,
        })
    }

    fn long(&self, key: u64, tag: PropTag) -> i32 {
        match self.table.value(RowKey(key), tag) {
            Some(PropValue::Long(value)) => value,
            _ => 0,
        }
    }

    fn status(&self, key: u64) -> u32 {
        u32::from_ne_bytes(self.long(key, PR_MSG_STATUS).to_ne_bytes())
    }

    fn id(&self, key: u64) -> Option<Text> {
        let Some(PropValue::Binary(id)) = self.table.value(RowKey(key), PR_ENTRYID) else { return None };
        Some(String::from_utf8(id).unwrap_or_default().into())
    }

    fn size(&self, key: u64) -> u64 {
        u64::try_from(self.long(key, PR_MESSAGE_SIZE)).unwrap_or(0)
    }

    /// A new list in place of the old one: every mark is cleared (C-175), but after work on marks those that are left
    /// are kept, for they failed or came meanwhile.
    pub fn replace(&mut self, list: Vec<(Text, Vec<(PropTag, PropValue)>)>, keep: bool) {
        let marks: Map<Text, u32> = if keep {
            let marked = self.keys.iter().map(|(id, key)| (id.clone(), self.status(*key) & MARKS));
            marked.filter(|(_, marks)| *marks != 0).collect()
        } else {
            Map::new()
        };
        self.table.reload();
        self.keys.clear();
        for (id, columns) in list {
            // Listed twice, it is one message all the same.
            if self.keys.contains_key(&id) {
                continue;
            }
            let marks = marks.get(&id).copied().unwrap_or(0);
            let mut row = vec![
                (PR_MESSAGE_CLASS, PropValue::from("IPM.Note")),
                (PR_MESSAGE_FLAGS, PropValue::Long(0)),
                (PR_PRIORITY, PropValue::Long(0)),
                (PR_IMPORTANCE, PropValue::Long(1)),
                (PR_SENSITIVITY, PropValue::Long(0)),
                (PR_HASATTACH, PropValue::Boolean(false)),
                (PR_MESSAGE_DOWNLOAD_TIME, PropValue::Error(Scode::MAPI_E_NO_SUPPORT)),
            ];
            row.extend(columns);
            row.push((PR_MSG_STATUS, PropValue::flags(marks)));
            row.push((PR_OBJECT_TYPE, PropValue::flags(ObjectType::Message.code())));
            row.push((PR_ENTRYID, PropValue::Binary(id.as_bytes().to_vec())));
            self.last = self.last.saturating_add(1);
            // Types were checked: a refusal cannot come of data.
            if self.table.put(RowKey(self.last), row).is_ok() {
                self.keys.insert(id, self.last);
            }
        }
        self.changed = true;
    }

    fn set(&mut self, key: u64, status: u32) {
        if self.table.merge(RowKey(key), vec![(PR_MSG_STATUS, PropValue::flags(status))]).is_ok() {
            self.changed = true;
        }
    }

    /// `SetMessageStatus`: changes the bits of `mask`, answers the status before (C-172).
    pub fn set_status(&mut self, id: &str, new: u32, mask: u32) -> MapiResult<u32> {
        let key =
            self.keys.get(id).copied().ok_or_else(|| {
                MapiError::new(Scode::MAPI_E_NOT_FOUND, "the entry id of a header", "one that is gone")
            })?;
        if new & mask & !SETTABLE != 0 {
            return Err(MapiError::new(Scode::MAPI_E_INVALID_PARAMETER, "bits of PR_MSG_STATUS", "reserved ones"));
        }
        let old = self.status(key);
        self.set(key, (old & !mask) | (new & mask));
        Ok(old)
    }

    /// Work on the marks begins: what is to be done is known before the first byte.
    pub fn begin(&mut self) {
        self.progress = HeaderProgress::default();
        self.percent = 0;
        let keys: Vec<u64> = self.table.keys().map(|key| key.0).gather();
        self.rest = keys.into_iter().rev().filter(|key| self.status(*key) & MARKS != 0).gather();
        for key in self.rest.clone() {
            self.progress.total_messages = self.progress.total_messages.saturating_add(1);
            if self.status(key) & MsgStatus::REMOTE_DOWNLOAD.bits() != 0 {
                self.progress.total_bytes = self.progress.total_bytes.saturating_add(self.size(key));
            }
        }
    }

    /// The list is fetched next, or only.
    pub fn refreshing(&mut self) {
        if self.progress.phase == Phase::Idle {
            self.progress = HeaderProgress::default();
            self.percent = 0;
        }
        self.progress.phase = Phase::Refresh;
    }

    /// The next mark, which may have been taken back meanwhile; after a download the delete mark of the same message.
    pub fn next(&mut self) -> Option<Mark> {
        loop {
            let key = match self.at {
                Some((key, _)) => key,
                None => self.rest.pop()?,
            };
            let status = self.status(key);
            if status & MARKS == 0 {
                self.over();
                continue;
            }
            if self.at.is_none() {
                self.at = Some((key, 0));
            }
            let download = status & MsgStatus::REMOTE_DOWNLOAD.bits() != 0;
            self.progress.phase = if download { Phase::Download } else { Phase::Delete };
            let Some(id) = self.id(key) else {
                self.over();
                continue;
            };
            return Some(Mark { id, size: self.size(key), download });
        }
    }

    /// The row being worked on is done with, one way or another.
    fn over(&mut self) {
        self.partly(u64::MAX);
        self.at = None;
        self.progress.messages = self.progress.messages.saturating_add(1);
        self.weigh();
    }

    /// So many bytes of the message being fetched are here.
    pub fn partly(&mut self, done: u64) {
        let Some((key, counted)) = self.at else { return };
        if self.progress.phase != Phase::Download {
            return;
        }
        let done = done.min(self.size(key)).max(counted);
        self.progress.bytes = self.progress.bytes.saturating_add(done - counted).min(self.progress.total_bytes);
        self.at = Some((key, done));
        self.weigh();
    }

    /// So much of the list is here.
    pub fn listed(&mut self, done: u64, total: u64) {
        if self.progress.phase == Phase::Refresh && self.progress.total_messages == 0 {
            self.raise(done, total);
        }
    }

    fn weigh(&mut self) {
        let p = self.progress;
        let weight = |messages: u32, bytes: u64| u64::from(messages).saturating_mul(MESSAGE).saturating_add(bytes);
        self.raise(weight(p.messages, p.bytes), weight(p.total_messages, p.total_bytes));
    }

    fn raise(&mut self, done: u64, total: u64) {
        let percent = done.min(total).saturating_mul(100).checked_div(total).unwrap_or(0);
        self.percent = self.percent.max(i32::try_from(percent).unwrap_or(100));
    }

    /// It was fetched: read, and kept on the server (catalogue 8.1).
    pub fn fetched(&mut self) {
        self.partly(u64::MAX);
        let Some((key, _)) = self.at else { return };
        let flags = u32::from_ne_bytes(self.long(key, PR_MESSAGE_FLAGS).to_ne_bytes()) | MsgFlags::READ.bits();
        let _ = self.table.merge(RowKey(key), vec![(PR_MESSAGE_FLAGS, PropValue::flags(flags))]);
        let status = self.status(key) & !MsgStatus::REMOTE_DOWNLOAD.bits();
        self.set(key, status);
        if status & MARKS == 0 {
            self.over();
        }
    }

    /// It was deleted on the server.
    pub fn removed(&mut self) {
        let Some((key, _)) = self.at else { return };
        self.over();
        if let Some(id) = self.id(key) {
            self.keys.remove(&id);
        }
        self.table.remove(RowKey(key));
        self.changed = true;
    }

    /// It failed: skipped, with its marks.
    pub fn failed(&mut self) {
        if self.at.is_none() {
            return;
        }
        self.progress.failed = self.progress.failed.saturating_add(1);
        self.over();
    }

    /// Nothing is done any more.
    pub fn rest(&mut self) {
        self.rest.clear();
        self.at = None;
        self.progress.phase = Phase::Idle;
        self.percent = -1;
    }

    /// `PR_REMOTE_PROGRESS` and its text: 0 to 100, idle is -1 (C-177).
    pub fn shown(&self) -> (i32, &'static str) {
        let text = match self.progress.phase {
            Phase::Idle => "",
            Phase::Download => "Downloading",
            Phase::Delete => "Deleting",
            Phase::Refresh => "Fetching headers",
        };
        (self.percent, text)
    }
}
