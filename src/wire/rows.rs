//! How rows lie in the store. A record begins with its schema; a newer one is kept and never read (O-70).

use std::sync::Arc;

use crate::session::io::Snapshot;
use crate::session::stored::{self, Evidence, Meta, StoreName, StoreOp, Stored, Tombstone};
use crate::settings::Configuration;
use crate::spooler::message::Message;
use crate::spooler::remnant::Index;
use crate::spooler::shown;
use crate::wire::message::{put_codes, take_codes};
use crate::wire::tape::{Reader, Tape, TapeError, Writer, put_count};

/// Of the rows written here, but for those below.
const SCHEMA: u32 = 1;
/// Of messages with entry ids, which the first version would route as if they had none. It reads all others.
const ENTRY_IDS: u32 = 2;
/// The row of `meta`.
pub const DRIVER: &str = "driver";

tape!(struct Meta { version, epoch, driver, high_water, clock_epoch, order });
tape!(struct Evidence { key, uid, envelope, attempt, at, outcome });
tape!(struct Tombstone { message, until });
tape!(struct Configuration { uid, n, values, earlier });

/// A row as the store has it, its record still on its own tapes.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Its store.
    pub store: StoreName,
    /// What it says in clear.
    pub index: Index,
    /// The record.
    pub tape: Writer,
}

impl Record {
    /// What it says. `None` for stores the session does not read, and for rows nobody can miss.
    pub fn read(self) -> Option<Stored> {
        let Self { store, index, tape } = self;
        let (version, seq) = (index.version, index.seq);
        let mut r = tape.reader();
        // The epoch is the first number: the store's fence reads it there.
        let epoch = if store == StoreName::Meta { r.count() } else { 0 };
        // A newer one is kept and never read (O-70).
        let newer = r.count() > ENTRY_IDS;
        match store {
            StoreName::Messages => Some(match r.read::<Message>() {
                Ok(mut m) if !newer => {
                    take_codes(&mut m, &mut r);
                    m.version = version;
                    m.seq = seq;
                    if m.order == 0 {
                        m.order = i64::try_from(seq).unwrap_or(i64::MAX);
                    }
                    Stored::Message(Box::new(m))
                }
                _ => unread(store, index, newer),
            }),
            StoreName::Tombstones => Some(match r.read::<Tombstone>() {
                Ok(mut t) if !newer => {
                    let m = Arc::make_mut(&mut t.message);
                    take_codes(m, &mut r);
                    m.version = version;
                    Stored::Tombstone(t)
                }
                _ => unread(store, index, newer),
            }),
            _ if newer => None,
            StoreName::Meta if index.uid == DRIVER => Some(Stored::Meta(Meta { version, epoch, ..r.read().ok()? })),
            StoreName::Evidence => Some(Stored::Evidence(Evidence { key: index.uid, ..r.read().ok()? })),
            StoreName::Commands => {
                let (entry, (flags, target)) = r.read().ok()?;
                Some(Stored::Command { key: index.uid, entry, flags, target })
            }
            StoreName::Config => Some(Stored::Config(Configuration { n: version, ..r.read().ok()? })),
            StoreName::Meta | StoreName::Bodies => None,
        }
    }
}

impl Tape for Record {
    fn put(&self, _: &mut Writer) {}
    fn take(r: &mut Reader<'_>) -> Self {
        let (store, uid, version, seq) = (Tape::take(r), Tape::take(r), Tape::take(r), Tape::take(r));
        let index = Index { uid, version, seq, id: Tape::take(r), message_id: Tape::take(r), at: Tape::take(r) };
        let (nums, strs) = (r.count(), r.count());
        Self { store, index, tape: r.split(nums, strs) }
    }
}

impl Tape for Snapshot {
    fn put(&self, _: &mut Writer) {}
    fn take(r: &mut Reader<'_>) -> Self {
        let mut records = Vec::new();
        for _ in 0..r.count() {
            if r.failed() {
                break;
            }
            records.extend(Record::take(r).read());
        }
        Self { records, gone: Tape::take(r) }
    }
}

impl Tape for Stored {
    fn put(&self, _: &mut Writer) {}
    fn take(r: &mut Reader<'_>) -> Self {
        let record = Record::take(r);
        let index = record.index.clone();
        // A row in the way that says nothing to us is in the way all the same.
        record.read().unwrap_or_else(|| unread(StoreName::Meta, index, false))
    }
}

/// Of a message it may still be sent: it is there until somebody discards it.
fn unread(store: StoreName, index: Index, newer: bool) -> Stored {
    let mut m = Message::remnant(index);
    m.settled_at = (store != StoreName::Messages).then_some(m.submitted);
    Stored::Unreadable { message: Arc::new(m), newer }
}

/// A row on its way to the store, but for its record.
#[derive(Default)]
struct Row<'a> {
    key: &'a str,
    version: u32,
    uid: Option<&'a str>,
    id_key: Option<&'a str>,
    mid_key: Option<&'a str>,
    at: Option<i64>,
}

/// The first texts of a commit that are not empty: most operations name the same message.
#[derive(Default)]
struct Said<'a>([&'a str; 2]);

impl<'a> Said<'a> {
    /// 0 for none, 1 for one on the tape, from 2 on one that was there.
    fn put(&mut self, text: Option<&'a str>, w: &mut Writer) {
        let Some(text) = text else { return 0_u32.put(w) };
        for (place, known) in (2_u32..).zip(&mut self.0) {
            if known.is_empty() {
                *known = text;
                break;
            }
            // The same text, not an equal one: this is cheaper, and loses nothing but a repetition.
            if std::ptr::eq(*known, text) {
                return place.put(w);
            }
        }
        1_u32.put(w);
        w.text(text);
    }
}

impl<'a> Row<'a> {
    fn put(self, record: impl FnOnce(&mut Writer), said: &mut Said<'a>, w: &mut Writer) {
        said.put(Some(self.key), w);
        self.version.put(w);
        for index in [self.uid, self.id_key, self.mid_key] {
            said.put(index, w);
        }
        self.at.put(w);
        w.counted(record);
    }
}

/// With its schema before it.
fn body(value: &impl Tape) -> impl FnOnce(&mut Writer) {
    |w| {
        SCHEMA.put(w);
        value.put(w);
    }
}

/// The record of a message, or of a tombstone with this message.
fn mail(value: &impl Tape, m: &Message) -> impl FnOnce(&mut Writer) {
    let named = m.recipients.iter().any(|r| !r.entry_id.is_empty());
    move |w| {
        if named { ENTRY_IDS } else { SCHEMA }.put(w);
        value.put(w);
        put_codes(m, w);
    }
}

fn message_row(m: &Message) -> Row<'_> {
    Row {
        key: &m.uid,
        version: m.version,
        uid: None,
        id_key: if m.closed { None } else { m.id.as_deref() },
        mid_key: shown::holds_message_id(m).then_some(&*m.message_id),
        at: Some(m.submitted),
    }
}

fn op(tag: u32, store: StoreName, w: &mut Writer) {
    tag.put(w);
    store.put(w);
}

const EXISTS: u32 = 2;
const ABSENT: u32 = 3;
const ADD: u32 = 4;
const PUT: u32 = 5;
const DELETE: u32 = 6;
const APPEND: u32 = 7;
const FENCE: u32 = 1;

fn put_row<'a>(
    store: StoreName,
    expect: Expect,
    row: Row<'a>,
    record: impl FnOnce(&mut Writer),
    said: &mut Said<'a>,
    w: &mut Writer,
) {
    op(PUT, store, w);
    match expect {
        Expect::Any => 0_u32.put(w),
        Expect::None => 1_u32.put(w),
        Expect::Version(v) => {
            2_u32.put(w);
            v.put(w);
        }
    }
    row.put(record, said, w);
}

enum Expect {
    Any,
    None,
    Version(u32),
}

fn delete<'a>(store: StoreName, key: &'a str, expect: Option<u32>, said: &mut Said<'a>, w: &mut Writer) {
    op(DELETE, store, w);
    said.put(Some(key), w);
    expect.put(w);
}

impl StoreOp {
    fn put_beside<'a>(&'a self, said: &mut Said<'a>, w: &mut Writer) {
        match self {
            Self::Fence { epoch } => {
                FENCE.put(w);
                epoch.put(w);
            }
            Self::BodyExists { uid } => {
                op(EXISTS, StoreName::Bodies, w);
                said.put(Some(uid), w);
            }
            Self::Absent { store, index, value } => {
                op(ABSENT, *store, w);
                stored::Index::put(index, w);
                said.put(Some(value), w);
            }
            Self::AddMessage { message } => {
                op(ADD, StoreName::Messages, w);
                message_row(message).put(mail(message, message), said, w);
            }
            Self::PutMessage { expect, message } => {
                put_row(
                    StoreName::Messages,
                    Expect::Version(*expect),
                    message_row(message),
                    mail(message, message),
                    said,
                    w,
                );
            }
            Self::DeleteMessage { uid, expect } => delete(StoreName::Messages, uid, Some(*expect), said, w),
            Self::AppendEvidence { evidence } => {
                op(APPEND, StoreName::Evidence, w);
                said.put(Some(&evidence.uid), w);
                let row = Row { version: 1, uid: Some(&evidence.uid), at: Some(evidence.at), ..Row::default() };
                row.put(body(evidence), said, w);
            }
            Self::DeleteEvidence { key } => delete(StoreName::Evidence, key, None, said, w),
            Self::PutTombstone { expect, tombstone } => {
                let row = Row { at: Some(tombstone.until), ..message_row(&tombstone.message) };
                let expect = expect.map_or(Expect::Any, Expect::Version);
                put_row(StoreName::Tombstones, expect, row, mail(tombstone, &tombstone.message), said, w);
            }
            Self::DeleteTombstone { uid } => delete(StoreName::Tombstones, uid, None, said, w),
            Self::PutMeta { expect, meta } => {
                let record = |w: &mut Writer| {
                    meta.epoch.put(w);
                    body(meta)(w);
                };
                let row = Row { key: DRIVER, version: meta.version, ..Row::default() };
                put_row(StoreName::Meta, expect.map_or(Expect::None, Expect::Version), row, record, said, w);
            }
            Self::DeleteBody { uid } => delete(StoreName::Bodies, uid, None, said, w),
            Self::AppendCommand { entry, flags, target } => {
                op(APPEND, StoreName::Commands, w);
                said.put(None, w);
                let record = |w: &mut Writer| {
                    SCHEMA.put(w);
                    entry.put(w);
                    flags.put(w);
                    target.put(w);
                };
                Row { version: 1, ..Row::default() }.put(record, said, w);
            }
            Self::PutConfig { expect, config } => {
                let row = Row { key: &config.uid, version: config.n, ..Row::default() };
                put_row(StoreName::Config, expect.map_or(Expect::None, Expect::Version), row, body(&**config), said, w);
            }
            Self::DeleteCommand { key } => delete(StoreName::Commands, key, None, said, w),
        }
    }
}

impl Tape for StoreOp {
    fn put(&self, w: &mut Writer) {
        self.put_beside(&mut Said::default(), w);
    }

    fn put_all(all: &[Self], w: &mut Writer) {
        put_count(all, w);
        let mut said = Said::default();
        for op in all {
            op.put_beside(&mut said, w);
        }
    }

    /// Never: operations only go out.
    fn take(r: &mut Reader<'_>) -> Self {
        r.fail(TapeError::Tag("StoreOp"));
        Self::Fence { epoch: 0 }
    }
}
