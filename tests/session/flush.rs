//! Send now: what a flush waits for.

use super::world::*;
use mailspooler::mapi::{FlushFlags, Scode};
use mailspooler::session::io::*;
use mailspooler::status::StatusEntry;

fn spooler() -> String {
    StatusEntry::Spooler.to_entry_id().iter().map(|b| format!("{b:02x}")).collect()
}

fn flush(w: &mut World, flags: FlushFlags) -> Req {
    let req = w.req();
    w.step(Input::Flush { req, entry: spooler(), flags: flags.bits(), target: None });
    req
}

#[test]
fn c_057_a_flush_of_the_spooler_ends_when_everything_was_tried() {
    let mut w = World::driving(vec![transport("a")]);
    let uid = w.send(draft("you@example.test"));
    let call = w.take(Verb::Submit);
    let threw = Answer::Threw { scode: None, class: "Error".into(), network: false, retry_after: None };
    w.answer(&call, threw, false);
    assert_eq!(w.state(&uid), "waiting");
    let req = flush(&mut w, FlushFlags::UPLOAD | FlushFlags::FORCE);
    assert!(!w.replies.contains_key(&req), "it waits for the attempt");
    w.outcome(accepted());
    assert_eq!(w.state(&uid), "sent");
    assert_eq!(w.replies[&req].clone().map_err(|e| e.0), Ok(Reply::Unit));
}

#[test]
fn c_061_a_second_flush_is_busy() {
    let mut w = World::driving(vec![transport("a")]);
    w.send(draft("you@example.test"));
    flush(&mut w, FlushFlags::UPLOAD);
    let second = flush(&mut w, FlushFlags::UPLOAD);
    assert_eq!(w.refused(second), Scode::MAPI_E_BUSY.name());
}

#[test]
fn c_145_transports_are_flushed_in_order() {
    let mut w =
        World::driving(vec![with(transport("a"), &[Verb::FlushQueues]), with(transport("b"), &[Verb::FlushQueues])]);
    flush(&mut w, FlushFlags::UPLOAD | FlushFlags::DOWNLOAD);
    let first = w.take(Verb::FlushQueues);
    assert_eq!((first.transport.as_str(), w.has(Verb::FlushQueues)), ("a", false));
    w.answer(&first, Answer::Done, false);
    assert_eq!(w.take(Verb::FlushQueues).transport, "b");
}
