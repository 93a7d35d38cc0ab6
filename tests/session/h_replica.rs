//! H. What a follower's status table shows: the rows of the driver, as last posted, and never more than rows.

use super::viewer::hex;
use super::world::*;
use mailspooler::mapi::*;
use mailspooler::session::io::*;
use mailspooler::session::{Config, Session, Which};
use mailspooler::status::StatusEntry;

fn entry(uid: &str) -> String {
    hex(&StatusEntry::Transport(uid.into()).to_entry_id())
}

fn spooler() -> String {
    hex(&StatusEntry::Spooler.to_entry_id())
}

/// One context drives, another does not.
fn two(driver: Vec<TransportConfig>, follower: Vec<TransportConfig>) -> (World, World) {
    let driver = World::driving(driver);
    let mut other = World::on(driver.store.clone(), 8);
    other.add(follower);
    other.look();
    (driver, other)
}

/// As the driver's page posts it.
pub fn posted(driver: &mut Session) -> (u32, Vec<HeaderRow>) {
    let (epoch, rows) = driver.published();
    let read = |(tag, value): (PropTag, PropValue)| {
        let value = match value {
            PropValue::Long(v) => RowValue::Number { value: f64::from(v) },
            PropValue::Str(value) => RowValue::Text { value },
            PropValue::Binary(v) => RowValue::Text { value: hex(&v) },
            other => panic!("{other:?}"),
        };
        (tag.name().unwrap().to_owned(), value)
    };
    let rows = rows.into_iter().map(|row| {
        let columns: Vec<(String, RowValue)> = row.into_iter().map(read).collect();
        let id = columns.iter().find_map(|(name, value)| match value {
            RowValue::Text { value } if name == "entryId" => Some(value.as_str().into()),
            _ => None,
        });
        HeaderRow { id: id.unwrap(), columns }
    });
    (epoch, rows.collect())
}

fn hear(follower: &mut World, (epoch, rows): (u32, Vec<HeaderRow>), version: u32) {
    follower.step(Input::Replica { epoch, version, rows });
}

fn cell(w: &World, entry: &str, tag: PropTag) -> Option<PropValue> {
    let props = w.session.status_props(entry).ok()?;
    props.into_iter().find(|(t, _)| *t == tag).map(|(_, value)| value)
}

fn shown(w: &World, entry: &str) -> (u32, String) {
    match (cell(w, entry, PR_STATUS_CODE), cell(w, entry, PR_STATUS_STRING)) {
        (Some(PropValue::Long(code)), Some(PropValue::Str(text))) => (code as u32, text),
        other => panic!("{other:?}"),
    }
}

/// Instance keys by entry id.
fn keys(w: &mut World) -> Vec<(PropValue, PropValue)> {
    let handle = w.session.open_view(Which::Status).unwrap();
    let mut view = w.session.view(handle).unwrap();
    view.set_columns(vec![PR_ENTRYID, PR_INSTANCE_KEY]).unwrap();
    let rows = view.query_rows(100, false).unwrap().rows;
    w.session.close_view(handle);
    rows.into_iter().map(|row| (row[0].clone(), row[1].clone())).collect()
}

const READY: &str = "Ready";

#[test]
fn o_73_a_follower_shows_what_the_driver_says_of_its_transports() {
    let (mut driver, mut other) = two(vec![transport("a")], vec![transport("a")]);
    assert_eq!(shown(&other, &entry("a")).1, "Not logged on", "what it knows by itself");
    hear(&mut other, posted(&mut driver.session), 1);
    assert_eq!(shown(&other, &entry("a")), shown(&driver, &entry("a")));
    assert_eq!(shown(&other, &entry("a")).1, READY);

    driver.send(draft("you@example.test"));
    hear(&mut other, posted(&mut driver.session), 2);
    assert_eq!(shown(&other, &entry("a")).1, "Sending");
    assert_eq!(shown(&other, &entry("a")), shown(&driver, &entry("a")));
}

#[test]
fn o_73_what_is_older_than_what_is_known_changes_nothing() {
    let (mut driver, mut other) = two(vec![transport("a")], vec![transport("a")]);
    let (epoch, old) = posted(&mut driver.session);
    driver.send(draft("you@example.test"));
    let (_, new) = posted(&mut driver.session);
    hear(&mut other, (epoch, new), 5);
    for (epoch, version) in [(epoch, 4), (epoch, 5), (epoch - 1, 9)] {
        hear(&mut other, (epoch, old.clone()), version);
        assert_eq!(shown(&other, &entry("a")).1, "Sending", "{epoch} {version}");
    }
    hear(&mut other, (epoch + 1, old), 1);
    assert_eq!(shown(&other, &entry("a")).1, READY, "the next driver counts anew");
}

#[test]
fn o_73_a_driver_of_an_epoch_that_is_over_is_not_shown() {
    let (mut driver, other) = two(vec![transport("a")], vec![transport("a")]);
    let late = posted(&mut driver.session);
    let mut third = other.next_life(9, vec![]);
    third.step(Input::Lost);
    hear(&mut third, late, 9);
    assert_eq!(cell(&third, &entry("a"), PR_STATUS_STRING), None);
}

#[test]
fn o_73_an_epoch_nobody_stored_does_not_outrank_the_drivers() {
    let (mut driver, mut other) = two(vec![transport("a")], vec![transport("a")]);
    let (epoch, rows) = posted(&mut driver.session);
    hear(&mut other, (u32::MAX, vec![]), 1);
    hear(&mut other, (epoch, rows.clone()), 1);
    assert_eq!(shown(&other, &entry("a")).1, READY);
    hear(&mut other, (u32::MAX, vec![]), u32::MAX);
    hear(&mut other, (epoch, rows), 2);
    assert_eq!(shown(&other, &entry("a")).1, READY);
}

#[test]
fn o_73_a_version_that_was_not_the_drivers_outranks_two_of_its_own_no_longer() {
    let (mut driver, mut other) = two(vec![transport("a")], vec![transport("a")]);
    let (epoch, old) = posted(&mut driver.session);
    hear(&mut other, (epoch, old.clone()), 1);
    hear(&mut other, (epoch, vec![]), u32::MAX);
    driver.send(draft("you@example.test"));
    let sending = posted(&mut driver.session);
    hear(&mut other, sending.clone(), 2);
    assert_eq!(shown(&other, &entry("a")).1, "Not logged on", "one alone may be late");
    hear(&mut other, (epoch - 1, old.clone()), 3);
    hear(&mut other, sending.clone(), 2);
    hear(&mut other, sending.clone(), 2);
    assert_eq!(shown(&other, &entry("a")).1, "Not logged on", "nobody counted on");
    hear(&mut other, sending, 3);
    assert_eq!(shown(&other, &entry("a")).1, "Sending");
    driver.outcome(accepted());
    hear(&mut other, posted(&mut driver.session), 4);
    assert_eq!(shown(&other, &entry("a")).1, READY, "from now on its versions count");
    hear(&mut other, (epoch, vec![]), 3);
    assert_eq!(shown(&other, &entry("a")).1, READY);
}

#[test]
fn o_73_the_driver_of_an_outbox_made_anew_is_shown_though_its_epochs_begin_again() {
    let (mut driver, mut other) = two(vec![transport("a")], vec![transport("a")]);
    driver.step(Input::Lost);
    driver.grant();
    other.look();
    let (epoch, rows) = posted(&mut driver.session);
    assert_eq!(epoch, 2);
    hear(&mut other, (epoch, vec![]), 7);
    driver.store.borrow_mut().rows.clear();
    let mut next = driver.next_life(9, vec![transport("a")]);
    assert_eq!(posted(&mut next.session).0, 1);
    other.look();
    hear(&mut other, (1, rows), 1);
    assert_eq!(shown(&other, &entry("a")).1, READY);
}

#[test]
fn o_73_while_the_driver_is_silent_its_rows_say_so() {
    let (mut driver, mut other) = two(vec![transport("a")], vec![transport("a"), transport("b")]);
    hear(&mut other, posted(&mut driver.session), 1);
    other.step(Input::OwnerSilent { since: Some(T0) });
    let silent = (StatusCode::FAILURE.bits(), "The tab that sends does not answer".to_owned());
    assert_eq!(shown(&other, &entry("a")), silent);
    assert_eq!(shown(&other, &spooler()), silent);
    assert_eq!(shown(&other, &entry("b")).1, "Not logged on", "of which it said nothing");
    other.step(Input::OwnerSilent { since: None });
    assert_eq!(shown(&other, &entry("a")).1, READY);
}

#[test]
fn g10_whoever_becomes_the_driver_shows_its_own_rows_only() {
    let (mut driver, mut other) = two(vec![transport("a"), transport("b")], vec![transport("a")]);
    hear(&mut other, posted(&mut driver.session), 1);
    driver.step(Input::Lost);
    other.grant();
    assert_eq!(cell(&other, &entry("b"), PR_STATUS_STRING), None);
    assert_eq!(shown(&other, &entry("a")).1, READY);
    hear(&mut other, (99, posted(&mut driver.session).1), 1);
    other.send(draft("you@example.test"));
    assert_eq!(shown(&other, &entry("a")).1, "Sending", "a driver hears nobody");
    assert_eq!(posted(&mut driver.session), (0, vec![]), "and who drives no more says nothing");
}

#[test]
fn g13_what_a_channel_says_is_shown_and_never_acted_upon() {
    let (_, mut other) = two(vec![], vec![with(transport("a"), &[Verb::SettingsDialog])]);
    let methods = cell(&other, &entry("a"), PR_RESOURCE_METHODS);
    let number = |name: &str, value: f64| (name.to_owned(), RowValue::Number { value });
    let text = |name: &str, value: &str| (name.to_owned(), RowValue::Text { value: value.into() });
    let columns = vec![
        number("statusCode", 513.0),
        number("resourceMethods", 15.0),
        number("resourceType", 33.0),
        number("statusString", 7.0),
        number("remoteProgress", 0.5),
        text("displayName", "<b>a</b>"),
        text("entryId", "00"),
        text("nothing of this name", "x"),
    ];
    let row = |id: &str| HeaderRow { id: id.into(), columns: columns.clone() };
    let subsystem = hex(&StatusEntry::Subsystem.to_entry_id());
    let rows = vec![row(&entry("a")), row(&entry("a")), row(&subsystem), row("no entry id"), row("")];
    hear(&mut other, (7, rows), 1);
    assert_eq!(shown(&other, &entry("a")), (513, "Not logged on".into()));
    assert_eq!(cell(&other, &entry("a"), PR_DISPLAY_NAME), Some("<b>a</b>".into()));
    assert_eq!(cell(&other, &entry("a"), PR_RESOURCE_METHODS), methods);
    assert_eq!(cell(&other, &entry("a"), PR_RESOURCE_TYPE), Some(PropValue::flags(36)));
    assert_eq!(cell(&other, &subsystem, PR_DISPLAY_NAME), Some("Mail subsystem".into()));
    assert_eq!(shown(&other, &spooler()), (1, "Ready; another tab sends".into()));
    assert_eq!(keys(&mut other).len(), 4, "three of MAPI and its own");
    let uid = other.send(draft("you@example.test"));
    assert_eq!((other.why(&uid).as_str(), other.made.len()), ("queued.elsewhere", 0));
}

#[test]
fn g10_what_troubles_the_driver_shows_in_the_spoolers_row_of_a_follower() {
    let (mut driver, mut other) = two(vec![transport("a")], vec![]);
    driver.faults.extend([Fault::Fails; 3]);
    driver.submit(draft("you@example.test"));
    let (epoch, rows) = posted(&mut driver.session);
    hear(&mut other, (epoch, rows), 1);
    assert_eq!(shown(&other, &spooler()), (4, "The storage does not answer".into()));
}

#[test]
fn c_007_a_transport_only_the_driver_has_is_a_row_of_its_own_with_which_nothing_can_be_done() {
    let (mut driver, mut other) = two(vec![transport("a"), transport("b")], vec![transport("a")]);
    hear(&mut other, posted(&mut driver.session), 1);
    assert_eq!(shown(&other, &entry("b")).1, READY);
    assert_eq!(cell(&other, &entry("b"), PR_RESOURCE_METHODS), Some(PropValue::flags(0)));
    let before = keys(&mut other);
    assert_eq!(before.len(), 5);
    driver.send(draft("you@example.test"));
    hear(&mut other, posted(&mut driver.session), 2);
    assert_eq!(keys(&mut other), before, "the same rows");
    let req = other.req();
    other.step(Input::Flush { req, entry: entry("b"), flags: 2, target: None });
    assert!(matches!(other.replies.get(&req), Some(Err(_))));

    other.add(vec![transport("b")]);
    let after = keys(&mut other);
    assert_eq!(after.len(), 5);
    assert!(before.iter().all(|(_, key)| after[4].1 != *key), "its own is another row");
}

#[test]
fn the_driver_is_told_once_that_its_rows_changed_until_it_reads_them() {
    let mut w = World::driving(vec![transport("a")]);
    let told = |w: &mut World| {
        let views = w.events.drain(..).filter(|e| matches!(e, Effect::Views { ids } if ids.contains(&0)));
        views.count()
    };
    assert_eq!(told(&mut w), 1, "it drives");
    w.send(draft("you@example.test"));
    assert_eq!(told(&mut w), 0);
    assert_eq!(w.session.published().0, 1);
    w.outcome(accepted());
    assert_eq!(told(&mut w), 1);
    w.step(Input::Lost);
    w.step(Input::Online { online: false });
    assert_eq!(told(&mut w), 0, "a follower says nothing");
}

#[test]
fn a_context_that_never_drove_has_nothing_to_say() {
    let config =
        Config { seed: [1; 32], owner: "me@example.test".into(), keep_sent: false, canary: true, lockless: false };
    assert_eq!(Session::new(config).published(), (0, vec![]));
}
