//! `transportNotify`: one call at a time.

use super::world::*;
use mailspooler::mapi::FlushFlags;
use mailspooler::session::io::*;
use mailspooler::spooler::outcome::Outcome;
use mailspooler::status::StatusEntry;

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

#[test]
fn the_providers_own_words_wait_for_no_note() {
    let mut w = World::driving(vec![with(transport("a"), &[Verb::Notify])]);
    notified(&mut w);
    for i in 0..3 {
        let uid = w.send(draft("you@example.test"));
        w.outcome(Outcome::Deferred { entry: Some(format!("e{i}").into()) });
        w.act(&uid, MessageVerb::Abort { envelope: None });
    }
    let req = w.req();
    let entry = super::viewer::hex(&StatusEntry::Spooler.to_entry_id());
    w.step(Input::Flush { req, entry, flags: (FlushFlags::UPLOAD | FlushFlags::FORCE).bits(), target: None });
    let note = w.take(Verb::Notify);
    w.answer(&note, Answer::Done, false);
    assert_eq!(w.take(Verb::Notify).entry, None, "it was asked last and waits for the call that was out");
}

#[test]
fn c_161_a_transport_that_is_removed_is_told_of_all_it_kept() {
    let mut w = World::driving(vec![with(transport("a"), &[Verb::Notify, Verb::Logoff])]);
    notified(&mut w);
    for i in 0..3 {
        w.send(draft("you@example.test"));
        w.outcome(Outcome::Deferred { entry: Some(format!("e{i}").into()) });
    }
    let req = w.req();
    w.step(Input::RemoveTransport { req, uid: "a".into() });
    // It answers nothing any more.
    w.pass(60_000);
    let told: Vec<_> = w.made.iter().filter_map(|c| c.entry.as_deref().filter(|_| c.verb == Verb::Notify)).collect();
    assert_eq!(told, ["e0", "e1", "e2"]);
    assert!(w.replies[&req].is_ok());
}
