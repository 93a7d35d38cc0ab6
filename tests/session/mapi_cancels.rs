//! MAPI_E_CANCEL and MAPI_E_USER_CANCEL, by the statements of the pages (C-113, C-134).

use super::world::*;
use mailspooler::mapi::Scode;
use mailspooler::session::io::*;
use mailspooler::spooler::outcome::{NotAttempted as Why, Outcome};

fn mapi(code: Scode) -> Outcome {
    Outcome::Mapi { scode: code.hresult(), retry_after: None }
}

/// What becomes of a first attempt that ends so; how often it was made within a day.
fn stopped(code: Scode, wire: bool, threw: bool) -> (String, usize) {
    let mut w = World::driving(vec![transport("a"), transport("b")]);
    let uid = w.send(draft("you@example.test"));
    let call = w.take(Verb::Submit);
    let threw = threw.then(|| Answer::Threw {
        scode: Some(code.hresult()),
        class: "MapiError".into(),
        network: false,
        retry_after: None,
    });
    w.answer(&call, threw.unwrap_or(Answer::Outcome { outcome: mapi(code) }), wire);
    w.pass(86_400_000);
    (w.state(&uid), w.count(Verb::Submit))
}

#[test]
fn c_113_c_134_a_first_attempt_that_was_cancelled_is_not_made_again_by_itself() {
    for threw in [false, true] {
        assert_eq!(stopped(Scode::MAPI_E_USER_CANCEL, false, threw), ("cancelled".into(), 1));
        assert_eq!(stopped(Scode::MAPI_E_CANCEL, false, threw), ("parked".into(), 1), "a person is asked");
        for code in [Scode::MAPI_E_USER_CANCEL, Scode::MAPI_E_CANCEL] {
            assert_eq!(
                stopped(code, true, threw),
                ("unconfirmed".into(), 1),
                "{code:?}: something may have been executed"
            );
        }
    }
}

#[test]
fn c_134_a_cancel_after_an_attempt_that_may_have_been_executed_is_doubt() {
    for code in [Scode::MAPI_E_USER_CANCEL, Scode::MAPI_E_CANCEL] {
        let mut w = World::driving(vec![transport("a")]);
        let uid = w.send(draft("you@example.test"));
        let call = w.take(Verb::Submit);
        let believed = Outcome::NotAttempted { reason: Why::Busy, retry_after: None, definite: true };
        w.answer(&call, Answer::Outcome { outcome: believed }, true);
        w.until(Verb::Submit);
        w.untried(mapi(code));
        assert_eq!(w.state(&uid), "unconfirmed", "{code:?}");
    }
}

#[test]
fn c_113_what_was_cancelled_goes_again_when_a_person_says_so() {
    for code in [Scode::MAPI_E_USER_CANCEL, Scode::MAPI_E_CANCEL] {
        let mut w = World::driving(vec![with(transport("a"), &[Verb::Prepare])]);
        let uid = w.send(draft("you@example.test"));
        let prepare = w.take(Verb::Prepare);
        w.answer(&prepare, Answer::Outcome { outcome: mapi(code) }, true);
        let cancelled = code == Scode::MAPI_E_USER_CANCEL;
        assert_eq!(w.state(&uid), if cancelled { "cancelled" } else { "parked" }, "of prepareMessage too");
        w.pass(86_400_000);
        assert_eq!(w.count(Verb::Prepare), 1);
        if !cancelled {
            w.act(&uid, MessageVerb::Retry);
            w.until(Verb::Prepare);
        }
    }
}
