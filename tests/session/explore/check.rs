//! What holds in every state, and what is seen in some.

use super::node::Node;
use mailspooler::session::stored::StoreName;
use std::collections::BTreeSet;

/// Nothing lost, nothing twice, nothing shown that is not, nobody waits for nothing.
pub fn always(node: &Node) -> Result<(), String> {
    if let Some(wrong) = &node.wrong {
        return Err(wrong.clone());
    }
    for uid in &node.truth.accepted {
        let there = |name| node.store.rows.contains_key(&(name, uid.clone()));
        if !there(StoreName::Messages) && !there(StoreName::Tombstones) {
            return Err(format!("g1: {uid} is lost"));
        }
        let again = node.truth.again.get(uid).copied().unwrap_or(0);
        let most = node.truth.got.iter().filter(|((u, _), _)| u == uid).map(|(_, n)| *n).max().unwrap_or(0);
        if most > 1 + again {
            return Err(format!("g4: {uid} was got {most} times"));
        }
        let Some(report) = node.session.report(uid) else { return Err(format!("g1: {uid} is not shown")) };
        if report.state == "sent" && most == 0 && !node.truth.said.contains(uid) {
            return Err(format!("g12: {uid} is shown sent, and nobody has it"));
        }
        if (matches!(report.state, "rejected" | "cancelled") || node.truth.cancelled.contains(uid)) && most > again {
            return Err(format!("g12: {uid} is shown {}, and somebody has it", report.state));
        }
        moves_on(node, uid, report.state)?;
    }
    let mut busy: Vec<&str> =
        node.truth.calls.iter().filter(|c| attempt(c.verb)).map(|c| c.transport.as_str()).collect();
    let all = busy.len();
    busy.sort_unstable();
    busy.dedup();
    if busy.len() < all { Err("o_34: two attempts at a time".into()) } else { Ok(()) }
}

fn attempt(verb: mailspooler::session::io::Verb) -> bool {
    use mailspooler::session::io::Verb;
    matches!(verb, Verb::Submit | Verb::Prepare | Verb::End)
}

/// A state that is not final has a wake, a call, or a person.
fn moves_on(node: &Node, uid: &str, state: &str) -> Result<(), String> {
    let moves = node.wake.is_some() || !node.truth.calls.is_empty();
    let why = node.session.why(uid);
    let asks = why.as_ref().is_some_and(|w| w.actor != "library" || w.next_at.is_some());
    let over = matches!(state, "sent" | "filed" | "rejected" | "cancelled" | "draft");
    if over || moves || asks { Ok(()) } else { Err(format!("stuck: {uid} is {state}, {why:?}")) }
}

/// Words of what is seen: states of messages, lives of providers.
pub fn sometimes(node: &Node, seen: &mut BTreeSet<String>) {
    for uid in &node.truth.accepted {
        if let Some(report) = node.session.report(uid) {
            seen.insert(report.state.to_owned());
        }
    }
    let text = format!("{:?}", node.session);
    for life in
        ["Loaded", "LoggingOn", "Configuring", "AskingTypes", "Retrying", "Ready", "Off", "LoggingOff", "Failed"]
    {
        let name = format!("life: {life}");
        if text.contains(&format!("{name} "))
            || text.contains(&format!("{name}("))
            || text.contains(&format!("{name},"))
        {
            seen.insert(life.to_owned());
        }
    }
}
