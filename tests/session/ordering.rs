//! The order of transports, as it is stored.

use super::world::*;
use mailspooler::session::io::*;

fn both() -> Vec<TransportConfig> {
    vec![transport("a"), transport("b")]
}

fn order(w: &mut World, now: bool) -> Req {
    let req = w.req();
    w.step(Input::SetTransportOrder { req, uids: vec!["b".into(), "a".into()], now });
    req
}

fn goes_through(w: &mut World) -> String {
    w.send(draft("you@example.test"));
    w.take(Verb::Submit).transport
}

#[test]
fn c_071_an_order_that_is_stored_counts_whatever_was_read_meanwhile() {
    let mut w = World::driving(both());
    w.hold = true;
    let req = order(&mut w, true);
    w.look();
    w.release();
    assert!(w.replies[&req].is_ok());
    assert_eq!(goes_through(&mut w), "b");
}

#[test]
fn c_071_an_order_that_could_not_be_stored_is_stored_with_nothing_else() {
    let mut w = World::driving(both());
    w.faults.push_back(Fault::Fails);
    let req = order(&mut w, true);
    w.refused(req);
    w.pass(60_000);
    w.send(draft("you@example.test"));
    assert_eq!(goes_through(&mut w.next_life(2, both())), "a");
}

#[test]
fn c_071_who_takes_over_goes_by_the_order_it_stored() {
    let mut driver = World::driving(both());
    let mut follower = World::on(driver.store.clone(), 9);
    follower.add(both());
    order(&mut follower, false);
    driver.step(Input::Lost);
    follower.grant();
    assert_eq!(goes_through(&mut follower), "b");
}
