//! A store in memory that reads operations off the tape, as the host side does.

use mailspooler::mapi::Text;
use mailspooler::session::stored::{Evidence, StoreName, StoreOp};
use mailspooler::spooler::remnant::Index;
use mailspooler::wire::rows::Record;
use mailspooler::wire::tape::{Reader, Tape, Writer};
use std::collections::BTreeMap;

#[derive(Debug, Clone, Default)]
pub struct Row {
    pub version: u32,
    pub seq: u64,
    pub uid: Option<String>,
    pub id_key: Option<String>,
    pub mid_key: Option<String>,
    pub at: Option<i64>,
    pub tape: Writer,
}

#[derive(Debug, Clone, Default)]
pub struct Store {
    pub rows: BTreeMap<(StoreName, String), Row>,
    pub bodies: BTreeMap<String, Option<String>>,
    pub next: u64,
    /// Texts of the commit that is read.
    said: Vec<String>,
    pub commits: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    Ok(Vec<u64>),
    Refused { fenced: bool, current: Option<Record> },
}

enum Write {
    Put(StoreName, String, Row),
    Delete(StoreName, String),
    Raise(String),
}

impl Store {
    pub fn record(&self, store: StoreName, key: &str) -> Option<Record> {
        let row = self.rows.get(&(store, key.to_owned()))?;
        let text = |text: &Option<String>| text.as_deref().map(Text::from);
        let (id, message_id) = (text(&row.id_key), text(&row.mid_key));
        let index = Index { uid: key.into(), version: row.version, seq: row.seq, id, message_id, at: row.at };
        Some(Record { store, index, tape: row.tape.clone() })
    }

    pub fn all(&self) -> Vec<Record> {
        self.rows.keys().filter_map(|(s, k)| self.record(*s, k)).collect()
    }

    pub fn read(&self, keys: &[Text]) -> (Vec<Record>, Vec<Text>) {
        let asked = |key: &String| keys.iter().any(|k| k == key);
        let mut found = Vec::new();
        for ((store, key), row) in &self.rows {
            let named = match store {
                StoreName::Messages | StoreName::Tombstones => asked(key),
                StoreName::Evidence => row.uid.as_ref().is_some_and(asked),
                StoreName::Meta | StoreName::Commands | StoreName::Config => true,
                _ => false,
            };
            if named {
                found.extend(self.record(*store, key));
            }
        }
        let there = |k: &Text| self.rows.contains_key(&(StoreName::Messages, k.to_string()));
        (found, keys.iter().filter(|k| !there(k)).cloned().collect())
    }

    /// A message's row can no longer be read.
    pub fn damage(&mut self, uid: &str) {
        if let Some(row) = self.rows.get_mut(&(StoreName::Messages, uid.to_owned())) {
            row.tape.clear();
        }
    }

    /// What TypeScript leaves of an answer that trapped.
    pub fn testify(&mut self, uid: &str, attempt: u32, outcome: mailspooler::spooler::outcome::Outcome) {
        let evidence = Evidence { key: "".into(), uid: uid.into(), envelope: 1, attempt, at: 0, outcome };
        self.commit(&[StoreOp::AppendEvidence { evidence: Box::new(evidence) }]);
    }

    /// A newer version wrote it.
    pub fn from_the_future(&mut self, uid: &str) {
        if let Some(row) = self.rows.get_mut(&(StoreName::Messages, uid.to_owned())) {
            row.tape.nums[0] = 99.0;
        }
    }

    pub fn commit(&mut self, ops: &[StoreOp]) -> Answer {
        self.commits += 1;
        let mut w = Writer::default();
        StoreOp::put_all(ops, &mut w);
        self.said.clear();
        let mut r = w.reader();
        assert_eq!(r.count() as usize, ops.len());
        let (mut writes, mut seqs) = (Vec::new(), Vec::new());
        while !r.is_empty() {
            if let Some(refused) = self.op(&mut r, &mut writes, &mut seqs) {
                return refused;
            }
        }
        for write in writes {
            match write {
                Write::Put(store, key, row) => {
                    self.rows.insert((store, key), row);
                }
                Write::Delete(StoreName::Bodies, key) => {
                    self.bodies.remove(&key);
                }
                Write::Delete(store, key) => {
                    self.rows.remove(&(store, key));
                }
                Write::Raise(key) => {
                    if let Some(row) = self.rows.get_mut(&(StoreName::Messages, key)) {
                        row.version += 1;
                    }
                }
            }
        }
        Answer::Ok(seqs)
    }

    /// A text of this commit.
    fn name(&mut self, r: &mut Reader<'_>) -> Option<String> {
        match r.count() {
            0 => None,
            1 => {
                let text = r.text().to_owned();
                self.said.extend(Some(text.clone()).filter(|text| !text.is_empty()));
                Some(text)
            }
            place => Some(self.said[place as usize - 2].clone()),
        }
    }

    fn row(&mut self, r: &mut Reader<'_>) -> (String, Row) {
        let key = self.name(r).unwrap();
        let version = u32::take(r);
        let [uid, id_key, mid_key] = [(); 3].map(|()| self.name(r));
        let at = <Option<i64> as Tape>::take(r);
        let (n, s, _units) = (r.count(), r.count(), r.count());
        let tape = r.split(n, s);
        (key, Row { version, seq: 0, uid, id_key, mid_key, at, tape })
    }

    fn op(&mut self, r: &mut Reader<'_>, writes: &mut Vec<Write>, seqs: &mut Vec<u64>) -> Option<Answer> {
        let tag = r.count();
        if tag == 1 {
            let epoch = f64::from(u32::take(r));
            let driver = self.rows.get(&(StoreName::Meta, "driver".into()));
            let stands = driver.is_some_and(|d| d.tape.nums.first() == Some(&epoch));
            return (!stands).then_some(Answer::Refused { fenced: true, current: None });
        }
        let store = StoreName::take(r);
        match tag {
            2 => {
                let key = self.name(r).unwrap();
                let there = self.bodies.contains_key(&key);
                (!there).then_some(Answer::Refused { fenced: false, current: None })
            }
            3 => {
                let index = mailspooler::session::stored::Index::take(r);
                let value = self.name(r).unwrap();
                use mailspooler::session::stored::Index;
                let hit = self.rows.iter().find(|((s, k), row)| {
                    *s == store
                        && match index {
                            Index::Key | Index::Uid => *k == value,
                            Index::IdKey => row.id_key.as_ref() == Some(&value),
                            Index::MidKey => row.mid_key.as_ref() == Some(&value),
                        }
                });
                let key = hit.map(|((_, k), _)| k.clone())?;
                Some(Answer::Refused { fenced: false, current: self.record(store, &key) })
            }
            4 => {
                let (key, mut row) = self.row(r);
                self.next += 1;
                row.seq = self.next;
                seqs.push(self.next);
                writes.push(Write::Put(store, key, row));
                None
            }
            5 => {
                let mode = r.count();
                let expect = (mode == 2).then(|| r.count());
                let (key, mut row) = self.row(r);
                let current = self.rows.get(&(store, key.clone()));
                let stands = match mode {
                    0 => true,
                    1 => current.is_none(),
                    _ => current.map(|c| c.version) == expect,
                };
                if !stands {
                    return Some(Answer::Refused { fenced: false, current: self.record(store, &key) });
                }
                row.seq = current.map_or(0, |c| c.seq);
                writes.push(Write::Put(store, key, row));
                None
            }
            6 => {
                let key = self.name(r).unwrap();
                let expect = <Option<u32> as Tape>::take(r);
                let current = self.rows.get(&(store, key.clone())).map(|c| c.version);
                if expect.is_some() && current != expect {
                    return Some(Answer::Refused { fenced: false, current: self.record(store, &key) });
                }
                writes.push(Write::Delete(store, key));
                None
            }
            7 => {
                let raise = self.name(r);
                let (_, mut row) = self.row(r);
                self.next += 1;
                row.seq = self.next;
                seqs.push(self.next);
                writes.push(Write::Put(store, format!("{:08}", self.next), row));
                writes.extend(raise.map(Write::Raise));
                None
            }
            other => panic!("operation {other}"),
        }
    }
}
