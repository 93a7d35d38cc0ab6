//! What holds in every state, and what is seen in some.

use super::node::Node;
use crate::g_offers::{agrees, verbs};
use mailspooler::session::io::{Effect, Verb};
use mailspooler::session::stored::{StoreName, StoreOp};
use mailspooler::status::StatusEntry;
use std::collections::BTreeSet;

/// Nothing lost, nothing twice, nothing shown that is not, nobody waits for nothing.
pub fn always(node: &Node) -> Result<(), String> {
    if let Some(wrong) = &node.wrong {
        return Err(wrong.clone());
    }
    for uid in &node.truth.accepted {
        if node.truth.discarded.contains(uid) {
            continue;
        }
        let there = |name| node.store.rows.contains_key(&(name, uid.clone()));
        if !there(StoreName::Messages) && !there(StoreName::Tombstones) {
            return Err(format!("g1: {uid} is lost"));
        }
        let again = node.truth.again.get(uid).copied().unwrap_or(0);
        let most = node.truth.got.iter().filter(|((u, _), _)| u == uid).map(|(_, n)| *n).max().unwrap_or(0);
        if most > 1 + again {
            return Err(format!("g4: {uid} was got {most} times"));
        }
        let state = node.state(uid);
        if state.is_empty() {
            // Before anything was read nothing is known.
            if node.asked.is_empty() {
                return Err(format!("g1: {uid} is not shown"));
            }
            continue;
        }
        if matches!(&*state, "sent" | "filed") && most == 0 && !node.truth.by_hand.contains(uid) {
            return Err(format!("g12: {uid} is shown sent, and nobody has it"));
        }
        if (matches!(&*state, "rejected" | "cancelled") || node.truth.cancelled.contains(uid)) && most > again {
            return Err(format!("g12: {uid} is shown {state}, and somebody has it"));
        }
        moves_on(node, uid, &state)?;
    }
    let mut busy: Vec<&str> =
        node.truth.calls.iter().filter(|c| attempt(c.verb)).map(|c| c.transport.as_str()).collect();
    let all = busy.len();
    busy.sort_unstable();
    busy.dedup();
    if busy.len() < all { Err("o_34: two attempts at a time".into()) } else { Ok(()) }
}

/// O-62: what is offered is what is not refused. While the lock changes hands, what was begun before may come in between.
pub fn offers(node: &Node) -> Result<(), String> {
    let spooler: String = StatusEntry::Spooler.to_entry_id().iter().map(|byte| format!("{byte:02x}")).collect();
    if node.session.why(&spooler).is_none_or(|why| why.code != "driving") {
        return Ok(());
    }
    for uid in &node.truth.accepted {
        let Some(why) = node.session.why(uid).filter(|why| why.code != "corrupt") else { continue };
        for (name, verb) in verbs() {
            let offered = why.actions.iter().any(|action| action == name);
            if !agrees(name, offered, !node.refuses(uid, verb)) {
                return Err(format!("o_62: {name} of {uid}, {}, is offered: {offered}", why.code));
            }
        }
    }
    Ok(())
}

fn attempt(verb: Verb) -> bool {
    matches!(verb, Verb::Submit | Verb::Prepare | Verb::End)
}

/// A state that is not final has a wake, a call, a write under way, or a person.
fn moves_on(node: &Node, uid: &str, state: &str) -> Result<(), String> {
    let moves = node.wake.is_some() || !node.truth.calls.is_empty() || !node.asked.is_empty();
    let over = matches!(state, "sent" | "filed" | "rejected" | "cancelled" | "draft");
    if over || moves {
        return Ok(());
    }
    let why = node.session.why(uid);
    let asks = why.as_ref().is_some_and(|w| w.actor != "library" || w.next_at.is_some());
    if asks { Ok(()) } else { Err(format!("stuck: {uid} is {state}, {why:?}")) }
}

/// Words of what is seen of messages.
pub fn sometimes(node: &Node, seen: &mut BTreeSet<String>) {
    for uid in &node.truth.accepted {
        let state = node.state(uid);
        if !state.is_empty() && !seen.contains(&state) {
            seen.insert(state);
        }
    }
    let accepts = |effect: &Effect| match effect {
        Effect::PutBody { .. } => true,
        Effect::Commit { ops, .. } => ops.iter().any(|op| matches!(op, StoreOp::AddMessage { .. })),
        _ => false,
    };
    if node.asked.iter().any(accepts) {
        seen.insert("accepting".to_owned());
    }
}
