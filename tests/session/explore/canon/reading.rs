//! A state's tokens, hashed without the order of fields, sets and maps; and what is said about each id.

use std::collections::BTreeMap;

/// The space of messages' keys.
pub const KEYS: u64 = 1;

#[derive(Clone, Copy)]
pub enum Token {
    /// True where the order of what follows says nothing.
    Open(bool),
    /// Values by key: each entry is about the message of its place.
    Places,
    Close,
    Next,
    Word(u64),
    /// Ms from now.
    Instant(i64),
    Place(i64),
    /// And what follows it in the same text.
    Id(usize, u64),
}

/// Both ends of a text and its length: words differ there.
pub fn hash(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) else {
        return bytes.iter().fold(bytes.len() as u64, |hash, byte| hash << 8 | u64::from(*byte));
    };
    mix(mix(u64::from_le_bytes(*first), u64::from_le_bytes(*last)), bytes.len() as u64)
}

pub fn mix(a: u64, b: u64) -> u64 {
    (a.rotate_left(7) ^ b).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29)
}

pub fn end(a: u64) -> u64 {
    mix(mix(a, a >> 31), 0xD6E8_FEB8_6659_FD93)
}

/// An open bracket.
struct Frame {
    unordered: bool,
    /// The place of the present entry, where entries are about messages.
    place: Option<u64>,
    all: u64,
    entry: u64,
    empty: u64,
    /// Where the ids of the frame and of the entry begin.
    ids: (usize, usize),
}

/// One pass over the tokens.
pub struct Reading<'a> {
    tokens: &'a [Token],
    ids: &'a BTreeMap<(u64, u64), usize>,
    labels: Vec<u64>,
    said: Vec<u64>,
    open: Vec<usize>,
}

impl<'a> Reading<'a> {
    pub fn new(tokens: &'a [Token], ids: &'a BTreeMap<(u64, u64), usize>, mut labels: Vec<u64>) -> Self {
        labels.resize(ids.len(), 0);
        Self { tokens, ids, said: vec![0; labels.len()], labels, open: Vec::new() }
    }

    fn frame(&self, token: Token, outer: u64) -> Frame {
        let (unordered, place) = match token {
            Token::Places => (true, Some(0)),
            Token::Open(unordered) => (unordered, None),
            _ => (false, None),
        };
        let begin = mix(outer, u64::from(unordered));
        let ids = (self.open.len(), self.open.len());
        Frame { unordered, place, all: 0, entry: begin, empty: begin, ids }
    }

    fn tell(&mut self, from: usize, what: u64) {
        for at in from..self.open.len() {
            let id = self.open[at];
            self.said[id] = self.said[id].wrapping_add(end(what));
        }
    }

    fn end_entry(&mut self, frame: &mut Frame, none: u64) {
        let mut entry = frame.entry;
        if let Some(place) = frame.place {
            frame.place = Some(place + 1);
            if entry == mix(frame.empty, none) || entry == frame.empty {
                frame.entry = frame.empty;
                return;
            }
            if let Some(&id) = self.ids.get(&(KEYS, place)) {
                self.said[id] = self.said[id].wrapping_add(end(entry));
                entry = mix(entry, self.labels[id]);
            }
        }
        self.tell(frame.ids.1, entry);
        frame.all = if frame.unordered { frame.all.wrapping_add(end(entry)) } else { mix(frame.all, entry) };
        frame.entry = frame.empty;
        frame.ids.1 = self.open.len();
    }

    /// The whole, and what is said of each id.
    pub fn read(mut self) -> (u64, Vec<u64>) {
        let none = hash("None");
        let mut frames = vec![self.frame(Token::Open(false), 0)];
        let mut top = frames.pop().unwrap();
        for token in self.tokens {
            match *token {
                Token::Open(_) | Token::Places => {
                    // What opens it is known to what is in it, ids that came before are not.
                    let inner = self.frame(*token, mix(frames.len() as u64, 7));
                    frames.push(std::mem::replace(&mut top, inner));
                }
                Token::Close => {
                    self.end_entry(&mut top, none);
                    let Some(mut outer) = frames.pop() else { continue };
                    self.tell(top.ids.0, top.all);
                    if top.unordered {
                        self.open.truncate(top.ids.0);
                    }
                    outer.entry = mix(outer.entry, end(top.all));
                    top = outer;
                }
                Token::Next => self.end_entry(&mut top, none),
                Token::Word(word) => top.entry = mix(top.entry, word),
                Token::Instant(_) | Token::Place(_) => {}
                Token::Id(id, rest) => {
                    top.entry = mix(top.entry, self.labels[id] ^ rest);
                    self.open.push(id);
                }
            }
        }
        self.end_entry(&mut top, none);
        (end(top.all), self.said)
    }
}
