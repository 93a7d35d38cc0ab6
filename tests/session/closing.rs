//! Closing loses nothing.

use super::world::*;
use mailspooler::session::io::*;

#[test]
fn g2_closing_while_messages_wait_refuses_none_of_them() {
    let mut w = World::driving(vec![with(transport("a"), &[Verb::Logoff])]);
    let first = w.send(draft("you@example.test"));
    let second = w.send(draft("they@example.test"));
    assert_eq!(w.state(&second), "queued");
    let req = w.req();
    w.step(Input::Close { req });
    assert_eq!(w.state(&second), "queued", "while the transport logs off");
    let logoff = w.take(Verb::Logoff);
    w.answer(&logoff, Answer::Done, false);
    assert_eq!(w.replies[&req], Ok(Reply::Unit));
    let mut next = w.next_life(8, vec![transport("a")]);
    assert_eq!(next.state(&first), "unconfirmed");
    assert_ne!(next.state(&second), "rejected");
    assert_eq!(next.take(Verb::Submit).job.unwrap().uid, second);
}
