//! What one message costs does not grow with the others (P3): counts of what is looked at one after the other, never time.

use super::io::{Answer, Draft, DraftAddress, Effect, Input, Now, Snapshot, TransportConfig, Verb};
use super::stored::{Meta, StoreOp, Stored};
use super::{Config, Session, Which};
use crate::mapi::visits::visits;
use crate::spooler::message::Message;
use crate::spooler::outcome::Outcome;
use std::sync::Arc;

const NOW: Now = Now { wall: 1_700_000_000_000, mono: 1_000 };

fn session() -> Session {
    let config =
        Config { seed: [7; 32], owner: "me@example.test".into(), keep_sent: false, canary: false, lockless: false };
    Session::new(config)
}

fn transport(uid: &str) -> Input {
    let functions = Verb::Submit.bit();
    let config = TransportConfig { uid: uid.into(), any_sender: true, functions, ..TransportConfig::default() };
    Input::AddTransport { config: Box::new(config) }
}

fn submit(req: u32) -> Input {
    let to = DraftAddress {
        kind: 1,
        address: format!("to{req}@example.test").into(),
        parse: true,
        ..DraftAddress::default()
    };
    Input::Submit { req, draft: Box::new(Draft { recipients: vec![to], ..Draft::default() }) }
}

/// What a store and a transport that never fail answer; messages on their way into the store go to `added`.
fn answer(effect: Effect, added: &mut Vec<Arc<Message>>) -> Option<Input> {
    match effect {
        Effect::Commit { op, ops, .. } => {
            let mut seqs = Vec::new();
            for message in ops
                .into_iter()
                .filter_map(|op| if let StoreOp::AddMessage { message } = op { Some(message) } else { None })
            {
                added.push(message);
                seqs.push(added.len() as u64);
            }
            Some(Input::Committed { op, seqs })
        }
        Effect::PutBody { op, .. } => Some(Input::Committed { op, seqs: vec![] }),
        Effect::Read { op, .. } => Some(Input::Reread { op, snapshot: Snapshot::default() }),
        Effect::Call { call, verb: Verb::Submit, .. } => {
            let outcome = Outcome::Accepted { remote_id: None, recipients: None };
            Some(Input::Answer { call, answer: Box::new(Answer::Outcome { outcome }), wire: false, network: false })
        }
        _ => None,
    }
}

/// One turn, and what has to be answered after it.
fn turn(s: &mut Session, inputs: Vec<Input>, added: &mut Vec<Arc<Message>>) -> Vec<Input> {
    s.begin_turn(NOW);
    for input in inputs {
        s.take(input);
    }
    s.end_turn().effects.into_iter().filter_map(|effect| answer(effect, added)).collect()
}

fn settle(s: &mut Session, first: Vec<Input>, added: &mut Vec<Arc<Message>>) {
    let mut inputs = first;
    while !inputs.is_empty() {
        inputs = turn(s, inputs, added);
    }
}

/// Visits for each of `n` messages of one turn, from the call until the last was sent; and their rows.
fn drained(n: u32) -> (usize, Vec<Arc<Message>>) {
    let (mut s, mut added) = (session(), Vec::new());
    settle(&mut s, vec![Input::Tick, transport("t")], &mut added);
    settle(&mut s, vec![Input::Granted { driver: "d".into(), sole: true }], &mut added);
    let view = s.open_view(Which::Queue).unwrap();
    s.view(view).unwrap().give(&[], true);
    let before = visits();
    settle(&mut s, (1..=n).map(submit).collect(), &mut added);
    assert_eq!(s.slots.keys().len(), 0, "all are sent");
    (visits().saturating_sub(before) / n as usize, added)
}

#[test]
fn p3_what_a_message_costs_does_not_grow_with_the_backlog() {
    let (few, many) = (drained(64).0, drained(2_048).0);
    assert!(many <= few, "{few} visits each of 64, {many} each of 2048");
}

/// Visits of a step of a context that follows, with so many rows in memory.
fn followed(rows: usize) -> usize {
    let mut s = session();
    let mut all: Vec<Stored> = drained(u32::try_from(rows).unwrap())
        .1
        .into_iter()
        .map(|m| Stored::Message(Box::new(Message::clone(&m))))
        .collect();
    all.push(Stored::Meta(Meta { version: 1, epoch: 1, driver: "other".into(), ..Meta::default() }));
    s.step(transport("t"), NOW);
    for effect in s.step(Input::Tick, NOW).effects {
        if let Effect::Read { op, .. } = effect {
            s.step(Input::Reread { op, snapshot: Snapshot { records: std::mem::take(&mut all), gone: vec![] } }, NOW);
        }
    }
    assert_eq!(s.slots.keys().len(), rows);
    let before = visits();
    s.step(submit(1), NOW);
    visits().saturating_sub(before)
}

#[test]
fn p3_what_a_follower_does_does_not_grow_with_the_backlog() {
    let (few, many) = (followed(64), followed(2_048));
    assert!(many <= few, "{few} visits beside 64 rows, {many} beside 2048");
}

/// Visits for each of so many submissions that are given up in one turn, while their bodies are written.
fn given_up(n: u32) -> usize {
    let (mut s, mut added) = (session(), Vec::new());
    settle(&mut s, vec![Input::Tick, transport("t")], &mut added);
    let bodies = turn(&mut s, (1..=n).map(submit).collect(), &mut added);
    assert_eq!(bodies.len(), n as usize);
    let before = visits();
    s.begin_turn(NOW);
    for req in 1..=n {
        s.take(Input::Forget { req });
    }
    let rejected = s.end_turn().effects.into_iter().filter(|e| matches!(e, Effect::Reject { .. })).count();
    assert_eq!(rejected, n as usize);
    visits().saturating_sub(before) / n as usize
}

#[test]
fn p3_what_giving_up_a_submission_costs_does_not_grow_with_those_given_up_beside_it() {
    let (few, many) = (given_up(64), given_up(2_048));
    assert!(many <= few, "{few} visits each of 64, {many} each of 2048");
}

/// Visits for each of so many promises of messages' ends that are given up in one turn.
fn unwatched(n: u32) -> usize {
    let (mut s, mut added) = (session(), Vec::new());
    settle(&mut s, vec![Input::Tick], &mut added);
    settle(&mut s, (1..=n).map(submit).collect(), &mut added);
    let ids: Vec<String> = added.iter().map(|m| m.uid.to_string()).collect();
    let watch = |(id, req): (&String, u32)| Input::Watch { req, id: id.clone() };
    settle(&mut s, ids.iter().zip(n + 1..).map(watch).collect(), &mut added);
    let before = visits();
    s.begin_turn(NOW);
    for req in n + 1..=n + n {
        s.take(Input::Forget { req });
    }
    s.end_turn();
    assert!(s.watchers.iter().all(|(_, reqs)| reqs.is_empty()));
    visits().saturating_sub(before) / n as usize
}

#[test]
fn p3_what_giving_up_a_promise_costs_does_not_grow_with_those_given_up_beside_it() {
    let (few, many) = (unwatched(64), unwatched(2_048));
    assert!(many <= few, "{few} visits each of 64, {many} each of 2048");
}

/// Visits for each of so many messages that a session is closed over: their ends are waited for, and they cannot be sent.
fn closed(n: u32) -> usize {
    let (mut s, mut added) = (session(), Vec::new());
    settle(&mut s, vec![Input::Tick], &mut added);
    settle(&mut s, vec![Input::Granted { driver: "d".into(), sole: true }], &mut added);
    settle(&mut s, (1..=n).map(submit).collect(), &mut added);
    let watch = |(m, req): (&Arc<Message>, u32)| Input::Watch { req, id: m.uid.to_string() };
    let watches = added.iter().zip(n + 1..).map(watch).collect();
    settle(&mut s, watches, &mut Vec::new());
    let before = visits();
    let effects = s.step(Input::Close { req: 0 }, NOW).effects;
    assert_eq!(effects.iter().filter(|e| matches!(e, Effect::Reject { .. })).count(), n as usize);
    visits().saturating_sub(before) / n as usize
}

#[test]
fn p3_what_a_close_costs_a_message_does_not_grow_with_the_others() {
    let (few, many) = (closed(64), closed(2_048));
    assert!(many <= few, "{few} visits each of 64, {many} each of 2048");
}

/// Visits for each of so many messages that a person aborts in one turn.
fn aborted(n: u32) -> usize {
    let (mut s, mut added) = (session(), Vec::new());
    settle(&mut s, vec![Input::Tick, transport("t")], &mut added);
    settle(&mut s, (1..=n).map(submit).collect(), &mut added);
    let before = visits();
    let abort = |(m, req): (&Arc<Message>, u32)| {
        let verb = super::io::MessageVerb::Abort { envelope: None };
        Input::Act { req, id: m.uid.to_string(), verb }
    };
    let aborts = added.iter().zip(n + 1..).map(abort).collect();
    settle(&mut s, aborts, &mut Vec::new());
    visits().saturating_sub(before) / n as usize
}

#[test]
fn p3_what_an_abort_costs_does_not_grow_with_those_beside_it() {
    let (few, many) = (aborted(64), aborted(2_048));
    assert!(many <= few, "{few} visits each of 64, {many} each of 2048");
}
