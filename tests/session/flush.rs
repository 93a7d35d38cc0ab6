//! Send now: what a flush waits for.

use super::world::*;
use mailspooler::mapi::{FlushFlags, Scode};
use mailspooler::session::io::*;
use mailspooler::session::stored::StoreOp;
use mailspooler::spooler::outcome::NotAttempted;
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

#[test]
fn c_057_a_flush_of_empty_queues_ends_at_once() {
    let mut w = World::driving(vec![transport("a"), transport("b"), transport("c")]);
    let req = flush(&mut w, FlushFlags::UPLOAD);
    assert_eq!(w.replies.get(&req), Some(&Ok(Reply::Unit)));
}

#[test]
fn c_061_a_flush_that_is_given_up_asks_nobody_else_and_lets_another_begin() {
    let both = FlushFlags::UPLOAD | FlushFlags::DOWNLOAD;
    let mut w =
        World::driving(vec![with(transport("a"), &[Verb::FlushQueues]), with(transport("b"), &[Verb::FlushQueues])]);
    let first = flush(&mut w, both);
    let call = w.take(Verb::FlushQueues);
    w.step(Input::Forget { req: first });
    assert!(w.aborted.contains(&call.call));
    w.answer(&call, Answer::Done, false);
    assert_eq!(w.count(Verb::FlushQueues), 1, "the second transport is not asked");
    let second = flush(&mut w, both);
    assert!(!w.replies.contains_key(&second));
    for _ in 0..2 {
        let call = w.take(Verb::FlushQueues);
        w.answer(&call, Answer::Done, false);
    }
    assert_eq!(w.replies.get(&second), Some(&Ok(Reply::Unit)));
    assert!(!w.replies.contains_key(&first));
}

#[test]
fn c_061_a_flush_that_is_given_up_leaves_its_attempt_alone() {
    let notified = with(transport("a"), &[Verb::Notify]);
    let mut w = World::driving(vec![notified]);
    while w.has(Verb::Notify) {
        let call = w.take(Verb::Notify);
        w.answer(&call, Answer::Done, false);
    }
    let uid = w.send(draft("you@example.test"));
    let first = flush(&mut w, FlushFlags::UPLOAD);
    let begin = w.take(Verb::Notify);
    w.answer(&begin, Answer::Done, false);
    w.step(Input::Forget { req: first });
    let end = w.take(Verb::Notify);
    w.answer(&end, Answer::Done, false);
    assert_eq!((w.aborted.len(), w.state(&uid).as_str()), (0, "sending"));
    let second = flush(&mut w, FlushFlags::UPLOAD);
    assert!(!w.replies.contains_key(&second), "accepted");
    w.outcome(accepted());
    assert_eq!(w.state(&uid), "sent");
}

/// Phase, messages, bytes.
fn told(w: &World) -> Vec<(u8, u32, u64)> {
    let line = |e: &Effect| match e {
        Effect::FlushProgress { phase, messages, bytes, .. } => Some((*phase, *messages, *bytes)),
        _ => None,
    };
    w.events.iter().filter_map(line).collect()
}

fn goes_on(told: &[(u8, u32, u64)]) -> bool {
    told.is_sorted_by(|a, b| a.0 <= b.0 && a.1 <= b.1 && a.2 <= b.2)
}

/// The next answer of whoever is asked; every third attempt fails.
fn answers(w: &mut World, made: &mut usize) -> bool {
    let Some(call) = w.calls.first().cloned() else { return false };
    w.calls.remove(0);
    *made += 1;
    let (answer, wire) = match call.verb {
        Verb::Submit if *made % 3 == 0 => (Answer::Outcome { outcome: rejected(true) }, true),
        Verb::Submit => (Answer::Outcome { outcome: accepted() }, true),
        Verb::End => (Answer::Ended { flags: 0 }, true),
        Verb::StartMessage => (Answer::Nothing, false),
        _ => (Answer::Done, false),
    };
    w.answer(&call, answer, wire);
    true
}

/// What is tried waits.
fn busy(w: &mut World) {
    while w.has(Verb::Prepare) || w.has(Verb::Submit) {
        if w.has(Verb::Submit) {
            w.untried(not_attempted(NotAttempted::Busy));
        } else {
            let prepare = w.take(Verb::Prepare);
            w.answer(&prepare, Answer::Done, false);
        }
    }
}

#[test]
fn progress_never_goes_back_whatever_the_transports_can_do() {
    let verbs = [Verb::Prepare, Verb::End, Verb::File, Verb::StartMessage, Verb::FlushQueues];
    for chosen in 0..1 << verbs.len() {
        let own: Vec<Verb> = (0..verbs.len()).filter(|i| chosen & 1 << i != 0).map(|i| verbs[i]).collect();
        for messages in 0..4 {
            let mut w = World::driving(vec![
                takes(with(transport("a"), &own), "SMTP"),
                takes(with(transport("b"), &own), "FAX"),
            ]);
            while w.has(Verb::StartMessage) {
                let start = w.take(Verb::StartMessage);
                w.answer(&start, Answer::Nothing, false);
            }
            for i in 0..messages {
                let to = if i % 2 == 0 { to("you@example.test") } else { of_type("FAX", "123") };
                w.send(Draft { recipients: vec![to], size: 1_000, ..Draft::default() });
                busy(&mut w);
            }
            let req = flush(&mut w, FlushFlags::UPLOAD | FlushFlags::DOWNLOAD | FlushFlags::FORCE);
            let mut made = 0;
            while answers(&mut w, &mut made) {}
            assert_eq!(w.replies.get(&req), Some(&Ok(Reply::Unit)), "{own:?} {messages}");
            let told = told(&w);
            assert!(goes_on(&told), "{own:?} {messages}: {told:?}");
            assert_eq!(told.last().map(|t| t.0), Some(5));
        }
    }
}

#[test]
fn progress_names_its_phase_and_never_goes_back() {
    let verbs = [Verb::Prepare, Verb::End, Verb::File, Verb::StartMessage];
    let mut w = World::driving(vec![with(transport("a"), &verbs)]);
    for _ in 0..2 {
        w.send(Draft { size: 1_000, ..draft("you@example.test") });
        busy(&mut w);
    }
    assert_eq!(w.session.estimate(None), Ok((2, 2_000)));
    flush(&mut w, FlushFlags::UPLOAD | FlushFlags::DOWNLOAD | FlushFlags::FORCE);
    let prepare = w.take(Verb::Prepare);
    w.answer(&prepare, Answer::Done, false);
    for (message, next) in [(1, true), (2, false)] {
        let submit = w.take(Verb::Submit);
        for done in [250, 500, 100] {
            w.step(Input::Progress { call: submit.call, done, total: 1_000 });
        }
        w.answer(&submit, Answer::Done, true);
        let end = w.take(Verb::End);
        w.answer(&end, Answer::Ended { flags: 0 }, true);
        let file = w.take(Verb::File);
        w.answer(&file, Answer::Done, false);
        assert_eq!(
            told(&w).last().map(|(_, messages, bytes)| (*messages, *bytes)),
            Some((message, u64::from(message) * 1_000))
        );
        if next {
            let prepare = w.take(Verb::Prepare);
            w.answer(&prepare, Answer::Done, false);
        }
    }
    let start = w.take(Verb::StartMessage);
    w.answer(&start, Answer::Nothing, false);
    let told = told(&w);
    let phases: Vec<u8> = told.iter().map(|t| t.0).collect();
    for phase in 0..=5 {
        assert!(phases.contains(&phase), "{phase} is never told: {told:?}");
    }
    assert_eq!(phases.last(), Some(&5));
    assert!(goes_on(&told), "{told:?}");
    assert!(told.contains(&(0, 0, 250)) && told.contains(&(1, 1, 1_500)), "{told:?}");
}

#[test]
fn estimate_counts_what_could_leave_through_whom() {
    let mut w =
        World::driving(vec![takes(with(transport("a"), &[Verb::Logon]), "FAX"), with(transport("b"), &[Verb::Logon])]);
    w.send(Draft { size: 10, ..draft("you@example.test") });
    w.send(Draft { size: 500, recipients: vec![of_type("FAX", "123")], ..draft("x@example.test") });
    w.send(Draft { size: 7, hold_until: Some(T0 + 1_000_000), ..draft("you@example.test") });
    let entry = |uid: &str| {
        let id = StatusEntry::Transport(uid.to_owned()).to_entry_id();
        id.iter().map(|b| format!("{b:02x}")).collect::<String>()
    };
    assert_eq!(w.session.estimate(None), Ok((2, 510)), "what is held cannot leave");
    assert_eq!(w.session.estimate(Some(&entry("a"))), Ok((1, 500)));
    assert_eq!(w.session.estimate(Some(&entry("b"))), Ok((1, 10)));
    assert_eq!(w.session.estimate(Some(&spooler())), Ok((2, 510)));
    assert_eq!(w.session.estimate(Some(&entry("c"))).map_err(|e| e.code), Err(Scode::MAPI_E_NOT_FOUND));
}

#[test]
fn a_flush_ends_with_the_lock_and_the_next_driver_is_free_to_begin_one() {
    let mut w = World::driving(vec![with(transport("a"), &[Verb::FlushQueues])]);
    let req = flush(&mut w, FlushFlags::UPLOAD);
    w.step(Input::Lost);
    assert_eq!(w.refused(req), Scode::MAPI_E_CANCEL.name());
    w.grant();
    let again = flush(&mut w, FlushFlags::UPLOAD);
    let calls: Vec<Open> = w.calls.drain(..).filter(|c| c.verb == Verb::FlushQueues).collect();
    w.answer(calls.last().unwrap(), Answer::Done, false);
    assert_eq!(w.replies.get(&again), Some(&Ok(Reply::Unit)));
}

#[test]
fn a_dialog_outlives_the_lock() {
    let mut w = World::driving(vec![with(transport("a"), &[Verb::SettingsDialog, Verb::ChangePassword])]);
    let entry: String = StatusEntry::Transport("a".into()).to_entry_id().iter().map(|b| format!("{b:02x}")).collect();
    let req = w.req();
    w.step(Input::Dialog { req, entry, verb: Verb::SettingsDialog, read_only: false });
    let dialog = w.take(Verb::SettingsDialog);
    w.step(Input::Lost);
    assert!(!w.aborted.contains(&dialog.call) && !w.replies.contains_key(&req));
    w.answer(&dialog, Answer::Done, false);
    assert_eq!(w.replies.get(&req), Some(&Ok(Reply::Unit)));
}

#[test]
fn c_134_what_a_follower_asked_while_nobody_drove_is_done_by_who_drives_next() {
    let flushes = || vec![with(transport("a"), &[Verb::FlushQueues])];
    let old = World::driving(flushes());
    let mut follower = World::on(old.store.clone(), 9);
    follower.add(flushes());
    let req = follower.req();
    let flags = (FlushFlags::UPLOAD | FlushFlags::FORCE).bits();
    follower.step(Input::Flush { req, entry: spooler(), flags, target: None });
    assert_eq!(follower.replies.get(&req), Some(&Ok(Reply::Unit)), "durable");
    let mut new = old.next_life(7, flushes());
    assert_eq!(new.take(Verb::FlushQueues).transport, "a");
    assert!(new.log.iter().flatten().any(|op| matches!(op, StoreOp::DeleteCommand { .. })));
}
