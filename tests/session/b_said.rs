//! What a list says of each: services change case, and say two things of one (O-14, O-46).

use super::world::*;
use mailspooler::session::io::*;
use mailspooler::spooler::outcome::{Outcome, RecipientResult, RecipientStatus as Status};

fn said(address: &str, status: Status, code: &str) -> RecipientResult {
    RecipientResult { code: code.into(), ..line(address, status) }
}

/// What each recipient is shown as after such a list.
fn shown(to: &[&str], list: &[RecipientResult]) -> Vec<&'static str> {
    let mut w = World::driving(vec![dedupes("a")]);
    let uid = w.send(draft_to(to));
    w.outcome(Outcome::Accepted { remote_id: None, recipients: Some(list.to_vec()) });
    w.session.report(&uid).unwrap().recipients.iter().map(|r| r.status).collect()
}

/// Whichever line comes first.
fn either(to: &[&str], list: &[RecipientResult]) -> Vec<&'static str> {
    let mut turned = list.to_vec();
    turned.reverse();
    let one = shown(to, list);
    assert_eq!(shown(to, &turned), one, "{list:?}");
    one
}

#[test]
fn o_46_accepted_counts_whatever_stands_beside_it_in_another_case() {
    let list = [said("Ann@x.test", Status::Rejected, "550"), said("ann@x.test", Status::Accepted, "250")];
    assert_eq!(either(&["Ann@x.test"], &list), ["accepted"]);
    assert_eq!(either(&["ann@x.test", "Ann@x.test"], &list), ["accepted", "rejected"], "two are two");
}

#[test]
fn o_46_late_evidence_too() {
    let mut w = World::driving(vec![transport("a")]);
    let uid = w.send(draft("Ann@x.test"));
    let call = w.take(Verb::Submit);
    w.pass(60_000);
    let list = vec![said("Ann@x.test", Status::Rejected, "550"), said("ann@x.test", Status::Accepted, "250")];
    w.answer(&call, Answer::Outcome { outcome: Outcome::Accepted { remote_id: None, recipients: Some(list) } }, true);
    assert_eq!(w.state(&uid), "sent");
}

#[test]
fn o_14_a_service_that_lowers_the_domain_alone_tells_local_parts_apart() {
    let to = ["Ann@Example.test", "ann@Example.test"];
    let list = [said("Ann@example.test", Status::Accepted, "250"), said("ann@example.test", Status::Rejected, "550")];
    assert_eq!(either(&to, &list), ["accepted", "rejected"]);
    let list = [said("ann@example.test", Status::Accepted, "250")];
    assert_eq!(shown(&to, &list), ["doubtful", "accepted"]);
    let to = ["ann@Example.test", "ann@EXAMPLE.test"];
    assert_eq!(shown(&to, &list), ["doubtful", "doubtful"], "it may be either");
}

#[test]
fn o_14_lines_whose_codes_differ_are_doubt_in_either_order() {
    let list = [said("ann@x.test", Status::Rejected, "550"), said("ann@x.test", Status::Rejected, "403")];
    assert_eq!(either(&["ann@x.test"], &list), ["doubtful"]);
    let list = [said("ann@x.test", Status::Rejected, "550"), said("ann@x.test", Status::Rejected, "550")];
    assert_eq!(either(&["ann@x.test"], &list), ["rejected"]);
}
