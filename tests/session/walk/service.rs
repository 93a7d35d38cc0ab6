//! A little model of the services behind the transports: they really execute, also when the answer is lost.

use super::chance::Chance;
use std::collections::BTreeMap;

/// What a transport's service offers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// Deduplicates by key for a while.
    X,
    /// Can be probed.
    V,
    /// Neither.
    N,
}

/// What became of a request.
#[derive(Debug, Clone, PartialEq)]
pub enum Fate {
    /// On its way: it may still be executed.
    Pending,
    /// These got it, the others were refused.
    Executed(Vec<String>),
    /// The service said no; it will not be executed.
    Refused,
    /// It never arrived.
    Lost,
}

#[derive(Debug, Clone)]
pub struct Request {
    pub uid: String,
    pub key: String,
    pub transport: String,
    pub to: Vec<String>,
    /// It arrives before this instant or never (true time).
    pub until: i64,
    pub fate: Fate,
}

/// What a deduplicating service remembers of a key.
#[derive(Debug, Clone)]
struct Known {
    since: i64,
    fate: Fate,
}

#[derive(Debug, Default)]
pub struct Services {
    pub requests: Vec<Request>,
    known: BTreeMap<String, Known>,
    /// How often somebody got a message.
    pub got: BTreeMap<(String, String), usize>,
}

pub const WINDOW: i64 = 4 * 3_600_000;

impl Services {
    /// A wire call begins.
    pub fn begin(&mut self, request: Request) -> usize {
        self.requests.push(request);
        self.requests.len() - 1
    }

    /// A request arrives: it is executed, or refused.
    pub fn arrive(&mut self, i: usize, kind: Kind, per_recipient: bool, refuse: bool, now: i64, c: &mut Chance) {
        let request = self.requests[i].clone();
        if request.fate != Fate::Pending {
            return;
        }
        if let (Kind::X, Some(known)) = (kind, self.known.get(&request.key))
            && now < known.since + WINDOW
        {
            self.requests[i].fate = known.fate.clone();
            return;
        }
        let fate = if refuse {
            Fate::Refused
        } else {
            let all = !per_recipient || c.percent(60);
            let got: Vec<String> = request.to.iter().filter(|_| all || c.percent(50)).cloned().collect();
            for address in &got {
                *self.got.entry((request.uid.clone(), address.clone())).or_default() += 1;
            }
            Fate::Executed(got)
        };
        self.requests[i].fate = fate.clone();
        self.known.insert(request.key, Known { since: now, fate });
    }

    /// What did not arrive in time never will.
    pub fn expire(&mut self, now: i64) {
        for r in self.requests.iter_mut().filter(|r| r.until < now && r.fate == Fate::Pending) {
            r.fate = Fate::Lost;
        }
    }

    /// The key is to be executed no more: true if it had not been.
    pub fn cancel(&mut self, kind: Kind, key: &str, now: i64) -> bool {
        let done = self.requests.iter().any(|r| r.key == key && matches!(r.fate, Fate::Executed(_)));
        if !done && kind == Kind::X {
            // What arrives later meets the cancellation.
            self.known.insert(key.to_owned(), Known { since: now, fate: Fate::Refused });
        }
        !done
    }

    /// Who has got this message through this transport, if anybody.
    pub fn found(&self, uid: &str, transport: &str) -> Option<Vec<String>> {
        let mine = |r: &&Request| r.uid == uid && r.transport == transport;
        let executed = self.requests.iter().filter(mine).filter_map(|r| match &r.fate {
            Fate::Executed(got) => Some(got.clone()),
            Fate::Pending | Fate::Refused | Fate::Lost => None,
        });
        let mut all: Vec<String> = Vec::new();
        let mut any = false;
        for got in executed {
            any = true;
            all.extend(got);
        }
        any.then_some(all)
    }

    pub fn times(&self, uid: &str, address: &str) -> usize {
        self.got.get(&(uid.to_owned(), address.to_owned())).copied().unwrap_or(0)
    }
}
