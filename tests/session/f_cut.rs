//! F. Preparations that the network does not let through: one message's own fault, or everybody's (O-34, O-50, O-51).

use super::world::*;
use mailspooler::session::io::*;

const DAY: i64 = 86_400_000;

/// Five messages at a transport that prepares.
fn five() -> (World, Vec<String>) {
    let mut w = World::driving(vec![with(transport("a"), &[Verb::Prepare])]);
    let uids = (0..5).map(|i| w.send(draft(&format!("r{i}@x.test")))).collect();
    (w, uids)
}

/// What becomes of a preparation.
#[derive(Clone, Copy, PartialEq)]
enum Ends {
    Well,
    Cut,
    Never,
}

/// Time passes; every preparation ends as is said, every submission is accepted. The uids submitted, in order.
fn run(w: &mut World, ms: i64, ends: impl Fn(&str) -> Ends) -> Vec<String> {
    let (until, mut sent) = (w.now.wall + ms, Vec::new());
    loop {
        while let Some(i) = w.calls.iter().position(|c| matches!(c.verb, Verb::Prepare | Verb::Submit | Verb::Gate)) {
            let call = w.calls.remove(i);
            let uid = call.job.as_ref().map_or_else(String::new, |job| job.uid.to_string());
            match (call.verb, ends(&uid)) {
                (Verb::Submit, _) => {
                    sent.push(uid);
                    w.answer(&call, Answer::Outcome { outcome: accepted() }, true);
                }
                (_, Ends::Never) => {}
                (_, Ends::Well) => w.answer(&call, Answer::Token { token: None }, false),
                (_, Ends::Cut) => {
                    let answer =
                        Answer::Threw { scode: None, class: "TypeError".into(), network: true, retry_after: None };
                    w.step(Input::Answer { call: call.call, answer: Box::new(answer), wire: false, network: true });
                }
            }
        }
        if w.now.wall >= until {
            return sent;
        }
        let ms = w.wake.map_or(until, |at| at.min(until)) - w.now.wall;
        w.pass(ms.max(1));
    }
}

#[test]
fn o_34_one_whose_upload_is_cut_holds_up_nobody() {
    let (mut w, uids) = five();
    let sent = run(&mut w, 60_000, |uid| if uid == uids[0] { Ends::Cut } else { Ends::Well });
    assert_eq!(sent, uids[1..]);
    assert_eq!(w.state(&uids[0]), "waiting");
}

#[test]
fn o_34_one_whose_preparation_never_ends_holds_up_nobody() {
    let (mut w, uids) = five();
    let sent = run(&mut w, 180_000, |uid| if uid == uids[0] { Ends::Never } else { Ends::Well });
    assert_eq!(sent, uids[1..]);
    w.pass(1_000);
    assert_eq!(w.state(&uids[0]), "waiting");
}

#[test]
fn o_34_two_that_are_cut_hold_up_nobody_after_a_dead_network_either() {
    let (mut w, uids) = five();
    assert!(run(&mut w, 3_600_000, |_| Ends::Cut).is_empty());
    let cut = |uid: &str| if uid == uids[0] || uid == uids[3] { Ends::Cut } else { Ends::Well };
    let sent = run(&mut w, 7_200_000, cut);
    assert_eq!(sent, [&uids[1], &uids[2], &uids[4]].map(Clone::clone));
}

#[test]
fn o_34_first_attempts_keep_their_order_over_a_dead_network() {
    for dead in [1, 10_000, 40_000, 100_000, 600_000, 7_200_000] {
        let (mut w, uids) = five();
        for ends in [Ends::Cut, Ends::Never] {
            run(&mut w, dead, |_| ends);
        }
        assert_eq!(run(&mut w, 7_200_000, |_| Ends::Well), uids, "{dead}");
    }
}

#[test]
fn o_51_a_dead_network_is_asked_with_back_off_however_many_wait() {
    let (mut w, _) = five();
    run(&mut w, 7_200_000, |_| Ends::Cut);
    let asked = w.count(Verb::Prepare);
    assert!((8..=20).contains(&asked), "{asked}");
}

#[test]
fn o_50_one_that_is_cut_for_five_days_asks() {
    for ends in [Ends::Cut, Ends::Never] {
        let mut w = World::driving(vec![with(transport("a"), &[Verb::Prepare])]);
        let uid = w.send(draft("you@example.test"));
        run(&mut w, 5 * DAY + 3_600_000, |_| ends);
        assert_eq!(w.why(&uid), "parked.ask");
    }
}

#[test]
fn o_50_what_is_cut_again_and_again_waits_longer_each_time() {
    let (mut w, uids) = five();
    run(&mut w, DAY, |uid| if uid == uids[0] { Ends::Cut } else { Ends::Well });
    let tried = w.made.iter().filter(|c| c.job.as_ref().is_some_and(|job| job.uid == uids[0])).count();
    assert!((90..=140).contains(&tried), "{tried}");
}
