//! Passwords: whom a change releases, in whichever tab it was made (O-52, C-063).

use super::world::*;
use mailspooler::mapi::Scode;
use mailspooler::session::io::*;
use mailspooler::spooler::outcome::NotAttempted as Why;
use mailspooler::status::StatusEntry;

/// `a` sends, `b` of another account receives too; both use the same credential. `c` has its own.
fn transports() -> Vec<TransportConfig> {
    let shared = |uid: &str, address_type: &str, credential: &str| TransportConfig {
        credential: Some(credential.into()),
        ..takes(with(transport(uid), &[Verb::ChangePassword, Verb::Logon]), address_type)
    };
    vec![shared("a", "A", "alice"), shared("b", "B", "alice"), shared("c", "C", "carol")]
}

fn log_on(w: &mut World) {
    while w.has(Verb::Logon) {
        let logon = w.take(Verb::Logon);
        w.answer(&logon, Answer::Done, false);
    }
}

fn refused_at(w: &mut World, address_type: &str) -> String {
    let id = w.send(Draft { recipients: vec![of_type(address_type, "1")], ..draft("") });
    w.untried(not_attempted(Why::Auth));
    id
}

/// Everybody has a message; `a` and `c` were refused.
fn parked() -> (World, [String; 3]) {
    let mut w = World::driving(transports());
    log_on(&mut w);
    let b = w.send(Draft { recipients: vec![of_type("B", "1")], ..draft("") });
    w.untried(not_attempted(Why::Busy));
    let ids = [refused_at(&mut w, "A"), b, refused_at(&mut w, "C")];
    (w, ids)
}

fn states(w: &World, ids: &[String]) -> Vec<String> {
    ids.iter().map(|id| w.state(id)).collect()
}

fn change(w: &mut World, uid: &str, answer: Answer) -> Req {
    let req = w.req();
    let entry = StatusEntry::Transport(uid.into()).to_entry_id().iter().map(|b| format!("{b:02x}")).collect();
    w.step(Input::Dialog { req, entry, verb: Verb::ChangePassword, read_only: false });
    let call = w.take(Verb::ChangePassword);
    w.answer(&call, answer, false);
    req
}

fn wrong() -> Answer {
    let scode = Some(Scode::MAPI_E_NO_ACCESS.hresult());
    Answer::Threw { scode, class: "Error".into(), network: false, retry_after: None }
}

#[test]
fn o_52_what_shares_the_credential_is_parked_and_released_together() {
    let (mut w, ids) = parked();
    assert_eq!(states(&w, &ids), ["parked", "parked", "parked"]);
    change(&mut w, "b", Answer::Done);
    log_on(&mut w);
    assert_eq!(states(&w, &ids), ["sending", "sending", "parked"]);
}

#[test]
fn c_063_a_wrong_old_password_is_no_access_and_releases_nobody() {
    let (mut w, ids) = parked();
    let req = change(&mut w, "b", wrong());
    assert_eq!(w.refused(req), "MAPI_E_NO_ACCESS");
    log_on(&mut w);
    assert_eq!(states(&w, &ids), ["parked", "parked", "parked"]);
}

#[test]
fn o_52_a_password_changed_in_another_tab_releases_in_the_driver() {
    let (mut w, ids) = parked();
    let mut follower = World::on(w.store.clone(), 8);
    follower.add(transports());
    let req = change(&mut follower, "a", wrong());
    w.look();
    assert_eq!((follower.refused(req), states(&w, &ids)), ("MAPI_E_NO_ACCESS", vec!["parked".to_owned(); 3]));
    let req = change(&mut follower, "a", Answer::Done);
    assert!(follower.replies[&req].is_ok());
    w.look();
    log_on(&mut w);
    assert_eq!(states(&w, &ids), ["sending", "sending", "parked"]);
}

#[test]
fn a_person_is_answered_though_the_lock_went_meanwhile() {
    let mut w = World::driving(transports());
    let req = w.req();
    let entry = StatusEntry::Transport("a".into()).to_entry_id().iter().map(|b| format!("{b:02x}")).collect();
    w.step(Input::Dialog { req, entry, verb: Verb::ChangePassword, read_only: false });
    w.step(Input::Lost);
    let call = w.take(Verb::ChangePassword);
    w.answer(&call, Answer::Done, false);
    assert!(w.replies[&req].is_ok());
}
