//! G. What `why` offers is what is not refused, in every state (O-61, O-62).

use super::world::*;
use mailspooler::mapi::Scode;
use mailspooler::session::io::*;
use mailspooler::settings::{Kind, Setting, Value};
use mailspooler::spooler::outcome::NotAttempted as Why;
use mailspooler::spooler::outcome::{Outcome, RecipientStatus as Status};
use mailspooler::status::StatusEntry;

/// The words of `why`, and what they call.
pub fn verbs() -> [(&'static str, MessageVerb); 10] {
    let resolve = |how| MessageVerb::Resolve { how, envelope: None };
    [
        ("abortSubmit", MessageVerb::Abort { envelope: None }),
        ("retry", MessageVerb::Retry),
        ("setHold", MessageVerb::SetHold { until: Some(T0 + 2_000_000_000) }),
        ("sendFirst", MessageVerb::SendFirst),
        ("checkAgain", MessageVerb::CheckAgain),
        ("markSent", resolve(0)),
        ("sendAgain", resolve(1)),
        ("takeBack", resolve(2)),
        ("letPass", MessageVerb::LetPass),
        ("discard", MessageVerb::Discard),
    ]
}

/// `abortSubmit` is answered in every state, and offered where it stops something.
pub fn agrees(verb: &str, offered: bool, accepted: bool) -> bool {
    offered == accepted || verb == "abortSubmit" && accepted
}

fn offers(made: impl Fn() -> (World, String)) -> Vec<String> {
    let (w, uid) = made();
    let why = w.session.why(&uid).unwrap();
    for (name, verb) in verbs() {
        let (mut w, uid) = made();
        let req = w.act(&uid, verb);
        w.release();
        // What the storage failed is tried again after five seconds at most.
        w.pass(10_000);
        let accepted = !matches!(w.replies.get(&req), Some(Err(_)));
        let offered = why.actions.iter().any(|a| a == name);
        assert!(
            agrees(name, offered, accepted),
            "{name} of {} is offered: {offered}; {:?}",
            why.code,
            w.replies.get(&req)
        );
    }
    why.actions
}

fn strict(to: &str) -> Draft {
    Draft { conversation: Some("c".into()), strict: true, ..draft(to) }
}

/// Two envelopes: one after this answer, the other not answered.
fn two(outcome: Option<Outcome>, wire: bool) -> (World, String) {
    let mut w =
        World::driving(vec![takes(transport("a"), "SMTP"), takes(with(transport("b"), &[Verb::Cancel]), "FAX")]);
    let mut d = draft("you@example.test");
    d.recipients.push(of_type("FAX", "1"));
    let uid = w.send(d);
    if let Some(outcome) = outcome {
        let call = w.take_of("a");
        w.answer(&call, Answer::Outcome { outcome }, wire);
    }
    (w, uid)
}

/// The same in a tab that follows.
fn followed(made: impl Fn() -> (World, String)) -> (World, String) {
    let (w, uid) = made();
    let mut tab = World::on(w.store.clone(), 9);
    tab.now = w.now;
    tab.step(Input::Tick);
    (tab, uid)
}

fn both(made: impl Fn() -> (World, String) + Copy) -> Vec<String> {
    let offered = offers(made);
    assert_eq!(offers(|| followed(made)), offered, "where another tab sends too");
    offered
}

#[test]
fn o_62_in_every_state_of_a_strict_message() {
    for state in super::g_verbs::STATES {
        let made = || super::g_verbs::brought(state);
        both(made);
        let second = || {
            let (mut w, _) = made();
            let uid = w.send(strict("next@example.test"));
            (w, uid)
        };
        both(second);
    }
}

#[test]
fn o_62_while_an_attempt_is_in_flight_doubt_is_nobodys_to_resolve() {
    let offered = both(|| {
        let mut w = World::driving(vec![dedupes("a")]);
        let uid = w.send(draft("you@example.test"));
        w.outcome(unknown());
        w.until(Verb::Submit);
        assert_eq!(w.state(&uid), "checking");
        (w, uid)
    });
    assert!(offered.is_empty(), "{offered:?}");
}

#[test]
fn o_62_what_its_provider_keeps_in_doubt_is_not_asked_about() {
    let made = || {
        let mut w = World::driving(vec![dedupes("a")]);
        let uid = w.send(draft("you@example.test"));
        w.outcome(unknown());
        w.until(Verb::Submit);
        w.outcome(Outcome::Deferred { entry: Some("e1".into()) });
        (w, uid)
    };
    assert_eq!(both(made), ["markSent", "sendAgain", "takeBack"]);
    let (mut w, uid) = made();
    let why = w.session.why(&uid).unwrap();
    assert_eq!((why.code.as_str(), why.next_at), ("unconfirmed", Some(w.now.wall + 5 * 86_400_000)));
    let req = w.act(&uid, MessageVerb::CheckAgain);
    let Some(Err((error, ..))) = w.replies.get(&req) else { panic!("{:?}", w.replies.get(&req)) };
    assert_eq!(error.got, "a message that its provider keeps");
}

#[test]
fn o_62_of_several_envelopes() {
    both(|| two(None, true));
    for wire in [true, false] {
        for outcome in [unknown(), rejected(true), accepted(), Outcome::Deferred { entry: None }] {
            both(|| two(Some(outcome.clone()), wire));
        }
        for reason in [Why::Busy, Why::Auth, Why::Config, Why::NotMe, Why::Network] {
            both(|| two(Some(not_attempted(reason)), wire));
        }
    }
    let list = vec![line("r1@x.test", Status::Accepted), line("r2@x.test", Status::Rejected)];
    both(|| {
        let mut w = World::driving(vec![transport("a")]);
        let uid = w.send(draft_to(&["r1@x.test", "r2@x.test"]));
        w.outcome(Outcome::Accepted { remote_id: None, recipients: Some(list.clone()) });
        (w, uid)
    });
}

#[test]
fn o_61_what_a_person_asked_for_is_not_offered_again() {
    let offered = both(|| {
        let mut w = World::driving(vec![transport("a")]);
        let uid = w.send(draft("you@example.test"));
        w.act(&uid, MessageVerb::Abort { envelope: None });
        (w, uid)
    });
    assert!(offered.is_empty(), "{offered:?}");
}

#[test]
fn o_62_of_what_is_left_of_a_message() {
    for how in [0, 2] {
        both(|| {
            let (mut w, uid) = super::g_verbs::brought("unconfirmed");
            w.act(&uid, MessageVerb::Resolve { how, envelope: None });
            w.act(&uid, MessageVerb::Discard);
            (w, uid)
        });
    }
    let filing = both(|| {
        let mut w = World::driving(vec![with(transport("a"), &[Verb::File])]);
        let uid = w.send(draft("you@example.test"));
        w.outcome(accepted());
        (w, uid)
    });
    assert_eq!(filing, ["discard"]);
}

#[test]
fn o_62_of_a_submission_whose_id_was_accepted_anew() {
    for (how, outcome) in [(None, rejected(true)), (Some(2), unknown())] {
        let offered = both(|| {
            let mut w = World::driving(vec![transport("a")]);
            let uid = w.send(named("x", "1"));
            w.outcome(outcome.clone());
            if let Some(how) = how {
                w.act(&uid, MessageVerb::Resolve { how, envelope: None });
            }
            w.send(Draft { again: true, ..named("x", "2") });
            (w, uid)
        });
        assert_eq!(offered, ["discard"]);
    }
}

#[test]
fn o_60_of_what_is_being_written() {
    for outcome in [unknown(), accepted(), rejected(true), not_attempted(Why::Busy)] {
        offers(|| {
            let mut w = World::driving(vec![probes("a")]);
            let uid = w.send(draft("you@example.test"));
            w.hold = true;
            w.outcome(outcome.clone());
            (w, uid)
        });
    }
    offers(|| {
        let mut w = World::driving(vec![transport("a")]);
        w.step(Input::Online { online: false });
        let uid = w.send(draft("you@example.test"));
        w.hold = true;
        w.step(Input::Online { online: true });
        assert_eq!(w.why(&uid), "intending");
        (w, uid)
    });
    offers(|| {
        let (mut w, uid) = super::g_verbs::brought("draft");
        w.hold = true;
        w.act(&uid, MessageVerb::Discard);
        (w, uid)
    });
}

/// A write failed, and so did the next reads; it is tried again later.
fn failing(
    made: impl Fn() -> (World, String),
    then: impl Fn(&mut World, &str),
    fault: (Fault, usize),
) -> (World, String) {
    let (mut w, uid) = made();
    w.faults.push_back(fault.0);
    w.deaf = fault.1;
    then(&mut w, &uid);
    (w, uid)
}

#[test]
fn o_60_of_what_the_storage_failed_to_write() {
    for fault in [(Fault::Fails, 0), (Fault::Fails, 1), (Fault::Lost, 1), (Fault::Hangs, 1)] {
        for outcome in [unknown(), accepted(), rejected(true), not_attempted(Why::Busy)] {
            for t in [transport, probes] {
                let made = || {
                    let mut w = World::driving(vec![t("a")]);
                    let uid = w.send(draft("you@example.test"));
                    (w, uid)
                };
                let answered = |w: &mut World, _: &str| {
                    w.outcome(outcome.clone());
                };
                offers(|| failing(made, answered, fault));
            }
        }
        for how in [0, 1, 2] {
            let resolved = |w: &mut World, uid: &str| {
                w.act(uid, MessageVerb::Resolve { how, envelope: None });
            };
            offers(|| failing(|| super::g_verbs::brought("unconfirmed"), resolved, fault));
        }
        let discarded = |w: &mut World, uid: &str| {
            w.act(uid, MessageVerb::Discard);
        };
        assert!(offers(|| failing(|| super::g_verbs::brought("draft"), discarded, fault)).is_empty());
    }
}

#[test]
fn o_60_of_what_has_evidence() {
    let offered = offers(|| {
        let made = || {
            let (w, uid) = super::g_verbs::brought("unconfirmed");
            w.store.borrow_mut().testify(&uid, 1, accepted());
            (w, uid)
        };
        followed(made)
    });
    assert_eq!(offered, ["discard"], "it has been sent");
}

#[test]
fn o_70_of_rows_that_cannot_be_read() {
    let damaged = |newer: bool, buried: bool| {
        let (mut w, uid) = super::g_verbs::brought("draft");
        if buried {
            w.act(&uid, MessageVerb::Discard);
        }
        if newer {
            w.store.borrow_mut().from_the_future(&uid);
        } else {
            w.store.borrow_mut().damage(&uid);
        }
        (w.next_life(3, vec![]), uid)
    };
    assert!(offers(|| damaged(true, false)).is_empty());
    // Whether it can be read now is known once it was.
    let (mut w, uid) = damaged(false, false);
    assert_eq!(w.session.why(&uid).unwrap().actions, ["retry", "discard"]);
    for (name, verb) in verbs() {
        let (mut w, uid) = damaged(false, false);
        let req = w.act(&uid, verb);
        let code = w.replies[&req].as_ref().map_or_else(|(e, ..)| e.code, |_| Scode::S_OK);
        let expected = match name {
            "retry" => Scode::MAPI_E_CORRUPT_DATA,
            "discard" => Scode::S_OK,
            _ => Scode::MAPI_E_OBJECT_CHANGED,
        };
        assert_eq!(code, expected, "{name}");
    }
    let discard = w.act(&uid, MessageVerb::Discard);
    assert!(w.replies[&discard].is_ok());
    assert!(
        offers(|| {
            let (mut w, uid) = damaged(false, false);
            w.act(&uid, MessageVerb::Discard);
            (w, uid)
        })
        .is_empty()
    );
}

#[test]
fn o_52_a_transport_offers_what_it_has() {
    let kind = Kind::Text { min: 0, max: 99 };
    let initial = Value::Null;
    let setting = Setting { name: "url".into(), kind, initial, required: false, editable: true, depends: None };
    for (password, settings) in [(false, false), (true, false), (false, true), (true, true)] {
        for (reason, code) in [(Why::Auth, "parked.auth"), (Why::Config, "parked.config")] {
            let mut t = with(transport("a"), if password { &[Verb::ChangePassword] } else { &[] });
            t.settings.extend(settings.then(|| setting.clone()));
            let mut w = World::driving(vec![t]);
            w.send(draft("you@example.test"));
            w.untried(not_attempted(reason));
            let entry: String =
                StatusEntry::Transport("a".into()).to_entry_id().iter().map(|b| format!("{b:02x}")).collect();
            let why = w.session.why(&entry).unwrap();
            let mut expected = vec![];
            if password && reason == Why::Auth {
                expected.push("changePassword");
            }
            if settings {
                expected.push("configure");
            }
            assert_eq!((why.code.as_str(), why.actions), (code, expected.into_iter().map(Into::into).collect()));
        }
    }
}
