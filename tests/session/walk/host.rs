//! What callbacks answer, in keeping with what really happened.

use super::chance::Chance;
use super::service::{Fate, Kind};
use crate::world::*;
use mailspooler::session::io::*;
use mailspooler::spooler::outcome::RecipientStatus as Status;
use mailspooler::spooler::outcome::{NotAttempted as Why, Outcome, RecipientResult};

/// An answer, whether a wire call had begun, whether fetch failed.
pub type Said = (Answer, bool, bool);

fn threw(network: bool) -> Answer {
    let class = if network { "TypeError" } else { "RangeError" };
    Answer::Threw { scode: None, class: class.into(), network, retry_after: None }
}

fn said(outcome: Outcome) -> Answer {
    Answer::Outcome { outcome }
}

fn lines(to: &[String], got: &[String], other: Status) -> Vec<RecipientResult> {
    to.iter().map(|a| line(a, if got.contains(a) { Status::Accepted } else { other })).collect()
}

/// Nothing was sent.
fn idle(c: &mut Chance) -> Said {
    let reasons = [
        Why::Busy,
        Why::Busy,
        Why::Wait,
        Why::Transport,
        Why::Account,
        Why::Network,
        Why::Auth,
        Why::Config,
        Why::NotMe,
    ];
    match c.below(12) {
        0..=4 => {
            let (reason, definite) = (*c.pick(&reasons), c.percent(50));
            let retry_after = c.percent(30).then(|| c.pick(&[0, 1_000, 3_600_000]).to_owned());
            (said(Outcome::NotAttempted { reason, retry_after, definite }), false, false)
        }
        5 => (threw(true), false, true),
        6 => (threw(false), false, false),
        7 => (said(rejected(c.percent(50))), false, false),
        8 => (said(Outcome::Deferred { entry: c.percent(50).then(|| "e".into()) }), false, false),
        9 => (Answer::Done, false, false),
        10 => (Answer::Ended { flags: 0x2_0000 }, false, false),
        _ => (said(unknown()), false, false),
    }
}

/// The answer was lost.
fn lost(c: &mut Chance) -> Said {
    match c.below(5) {
        0 => (threw(true), true, true),
        1 => (said(http(*c.pick(&[408, 500, 502, 504]))), true, false),
        2 => (Answer::Garbage { expected: "an Outcome".into(), got: "{}".into() }, true, false),
        3 => (said(not_attempted(Why::Busy)), true, false),
        _ => (said(unknown()), true, false),
    }
}

/// The service did it, for some.
fn done(kind: Kind, to: &[String], got: &[String], c: &mut Chance) -> Said {
    if c.percent(30) {
        return lost(c);
    }
    if c.percent(10) && kind != Kind::N {
        // The browser sent it twice: this answers the second copy.
        let second = [said(http(409)), said(http(404)), said(rejected(false)), said(http(412))];
        return (c.pick(&second).clone(), true, false);
    }
    let other = if c.percent(50) { Status::Rejected } else { Status::Open };
    let all = got.len() == to.len();
    let recipients = (!all || c.percent(30)).then(|| lines(to, got, other));
    (said(Outcome::Accepted { remote_id: None, recipients }), true, false)
}

/// The service said no.
fn refused(c: &mut Chance) -> Said {
    let retry_after = c.percent(50).then_some(5_000);
    let outcome = match c.below(6) {
        0 => rejected(false),
        1 => rejected(true),
        2 => Outcome::Http { status: *c.pick(&[400, 413, 422]), retry_after },
        3 => Outcome::Http { status: *c.pick(&[429, 503, 403]), retry_after },
        4 => Outcome::NotAttempted { reason: *c.pick(&[Why::Busy, Why::NotMe]), retry_after, definite: true },
        _ => return lost(c),
    };
    (said(outcome), true, false)
}

/// Of submitMessage and endMessage.
pub fn submission(fate: Option<&Fate>, kind: Kind, to: &[String], c: &mut Chance) -> Said {
    match fate {
        None => idle(c),
        Some(Fate::Pending | Fate::Lost) => lost(c),
        Some(Fate::Executed(got)) => done(kind, to, got, c),
        Some(Fate::Refused) => refused(c),
    }
}

/// Of probeMessage.
pub fn probe(found: Option<Vec<String>>, per_recipient: bool, to: &[String], c: &mut Chance) -> Said {
    let answer = match found {
        _ if c.percent(20) => threw(c.percent(50)),
        Some(got) => {
            let list = (per_recipient && c.percent(80)).then(|| lines(to, &got, Status::Rejected));
            Answer::Probed { found: 1, recipients: list }
        }
        None if c.percent(20) => Answer::Probed { found: 2, recipients: None },
        None => Answer::Probed { found: 0, recipients: None },
    };
    let network = matches!(answer, Answer::Threw { network: true, .. });
    (answer, false, network)
}

/// Of every other callback.
pub fn harmless(verb: Verb, c: &mut Chance) -> Said {
    if c.percent(25) {
        let network = c.percent(50);
        return (threw(network), false, network);
    }
    let answer = match verb {
        Verb::Prepare if c.percent(50) => Answer::Token { token: Some(format!("t{}", c.below(1_000)).into()) },
        Verb::Prepare if c.percent(10) => said(not_attempted(Why::NotMe)),
        _ => Answer::Done,
    };
    (answer, false, false)
}
