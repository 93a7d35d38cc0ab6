//! Who keeps the lock (O-73).

use super::world::*;
use mailspooler::session::io::*;

fn locks(w: &World) -> Vec<bool> {
    w.events.iter().filter_map(|e| if let Effect::Lock { want } = e { Some(*want) } else { None }).collect()
}

#[test]
fn o_73_without_transports_the_lock_is_given_back_after_the_dead_are_written_down() {
    let mut w = World::driving(vec![transport("a")]);
    let uid = w.send(draft("you@example.test"));
    w.take(Verb::Submit);
    let mut next = w.next_life(8, vec![]);
    assert_eq!(locks(&next), [false]);
    assert_eq!(next.state(&uid), "unconfirmed");
    next.add(vec![transport("a")]);
    assert_eq!(locks(&next), [false, true]);
}

#[test]
fn o_73_an_idle_driver_makes_room_for_one_with_the_transport_it_lacks() {
    let mut first = World::driving(vec![transport("a")]);
    let uid = first.send(draft("you@example.test"));
    let call = first.take(Verb::Submit);
    let busy = Outcome::NotAttempted { reason: NotAttempted::Busy, retry_after: None, definite: false };
    first.answer(&call, Answer::Outcome { outcome: busy }, false);
    let mut driver = first.next_life(8, vec![transport("b")]);
    assert_eq!(driver.state(&uid), "parked");

    let mut follower = World::on(driver.store.clone(), 9);
    follower.now = driver.now;
    follower.add(vec![transport("a")]);
    driver.send(draft("busy@example.test"));
    driver.step(Input::Look { keys: Some(vec![]) });
    assert_eq!(locks(&driver), [], "not while a call is in flight");
    driver.outcome(accepted());
    assert_eq!(locks(&driver), [false, true]);

    follower.grant();
    assert_eq!(follower.take(Verb::Submit).job.unwrap().uid, uid);
}

use mailspooler::spooler::outcome::{NotAttempted, Outcome};
