//! `transportNotify`: one call at a time.

use super::world::*;
use mailspooler::session::io::*;
use mailspooler::spooler::outcome::Outcome;

fn notified(w: &mut World) {
    let begin = w.take(Verb::Notify);
    w.answer(&begin, Answer::Done, false);
}

#[test]
fn what_is_told_to_a_transport_is_told_one_after_the_other_and_in_order() {
    let mut w = World::driving(vec![with(transport("a"), &[Verb::Notify])]);
    notified(&mut w);
    let uids: Vec<String> = (0..3)
        .map(|i| {
            let uid = w.send(draft("you@example.test"));
            w.outcome(Outcome::Deferred { entry: Some(format!("e{i}").into()) });
            uid
        })
        .collect();
    for uid in &uids {
        w.act(uid, MessageVerb::Abort { envelope: None });
    }
    let mut told = vec![];
    while w.has(Verb::Notify) {
        let call = w.take(Verb::Notify);
        assert!(!w.has(Verb::Notify), "one call at a time");
        told.push(call.entry.clone().unwrap());
        // One never answers: its deadline lets the next one through.
        if told.len() == 2 { w.pass(30_000) } else { w.answer(&call, Answer::Done, false) }
    }
    assert_eq!(told, ["e0", "e1", "e2"]);
}
