//! `ValidateState` on a transport: the decision table of the catalogue (4.3), every flag alone and with every other.

use crate::kit::*;
use mailspooler::mapi::*;

type V = ValidateFlags;

/// What a row of the table does, and whether the rows below it count.
enum Does {
    Calls(&'static str),
    /// `STATUS_OFFLINE` afterwards.
    Offline(bool),
    Ends(&'static str),
}

struct Row {
    /// All of these.
    with: V,
    /// None of these.
    without: V,
    does: Does,
}

const fn row(with: V, without: V, does: Does) -> Row {
    Row { with, without, does }
}

/// Only `addressTypes`: neither a function of its own nor headers.
const PLAIN: &[Row] = &[
    row(SHOW, QUIET, Does::Ends("reply 1 MAPI_E_NO_SUPPORT")),
    row(ABORT, V::EMPTY, Does::Ends("reply 1 MAPI_E_NO_SUPPORT")),
    row(PROCESS, V::EMPTY, Does::Ends("reply 1 MAPI_E_NO_SUPPORT")),
    row(REFRESH, V::EMPTY, Does::Ends("reply 1 MAPI_E_NO_SUPPORT")),
    row(CONFIG, V::EMPTY, Does::Calls("addressTypes")),
    row(V::EMPTY, V::EMPTY, Does::Ends("reply 1 S_OK")),
];

/// With headers.
const REMOTE: &[Row] = &[
    row(SHOW, QUIET, Does::Ends("reply 1 MAPI_E_NO_SUPPORT")),
    row(ABORT, V::EMPTY, Does::Offline(true)),
    row(PROCESS, V::EMPTY, Does::Calls("marks")),
    row(PROCESS, V::EMPTY, Does::Offline(false)),
    row(REFRESH, PROCESS, Does::Calls("refresh")),
    row(REFRESH, PROCESS, Does::Offline(false)),
    row(DISCONNECT, PROCESS.with(REFRESH), Does::Offline(true)),
    row(PROCESS, CONNECT, Does::Calls("flushQueues(UPLOAD)")),
    row(CONNECT, V::EMPTY, Does::Calls("flushQueues(UPLOAD | DOWNLOAD)")),
    row(CONFIG, V::EMPTY, Does::Calls("addressTypes")),
    row(V::EMPTY, V::EMPTY, Does::Ends("reply 1 S_OK")),
];

fn all() -> impl Iterator<Item = V> {
    let bits: Vec<V> = V::NAMES.iter().map(|(_, bit)| *bit).collect();
    (0..256_usize).map(move |n| bits.iter().enumerate().fold(V::EMPTY, |all, (i, bit)| all.set(*bit, n & 1 << i != 0)))
}

/// What the rows say, from the top: the effects, and whether it is offline then, if a row says so.
fn read(rows: &[Row], flags: V) -> (String, Option<bool>) {
    let (mut said, mut offline) = (Vec::new(), None);
    for row in rows.iter().filter(|row| flags.contains(row.with) && !flags.intersects(row.without)) {
        match row.does {
            Does::Calls(call) => said.push(call),
            Does::Offline(is) => offline = Some(is),
            Does::Ends(reply) => {
                said.push(reply);
                break;
            }
        }
    }
    (said.join("; "), offline)
}

fn rig(functions: &[F]) -> Rig {
    let mut rig = Rig::new(functions);
    let _ = rig.say(ProviderInput::Start);
    let _ = rig.answer(Answer::AddressTypes(Ok(AddressTypes::default())));
    let _ = rig.say(ProviderInput::Want(BOTH));
    rig
}

fn agrees(rows: &[Row], functions: &[F]) {
    for flags in all() {
        let mut rig = rig(functions);
        let before = rig.provider.clone();
        let (expected, offline) = read(rows, flags);
        assert_eq!(rig.validate(flags), expected, "{flags:?}");
        let logon = rig.provider.logon().unwrap();
        assert_eq!(logon.offline, offline.unwrap_or(false), "{flags:?}");
        if expected.starts_with("reply 1 MAPI_E") {
            assert_eq!(rig.provider, before, "a refusal changes nothing: {flags:?}");
        }
    }
}

#[test]
fn a_plain_transport_by_the_table() {
    agrees(PLAIN, &[F::AddressTypes]);
}

#[test]
fn c_046_c_047_c_048_a_remote_transport_by_the_table() {
    agrees(REMOTE, &[F::AddressTypes, F::Headers, F::FlushQueues]);
}

#[test]
fn c_050_c_053_a_transport_with_a_function_of_its_own_gets_the_flags_and_its_answer_counts() {
    for flags in all() {
        let mut rig = rig(&[F::AddressTypes, F::ValidateState]);
        let said = rig.validate(flags);
        assert_eq!(said, format!("validateState 1 ({flags:?})"));
        assert_eq!(rig.answer(Answer::Asked(T1, Err(failed(Scode::MAPI_E_BUSY)))), "reply 1 MAPI_E_BUSY");
    }
}

#[test]
fn c_043_in_a_critical_section_every_combination_is_busy() {
    for functions in [&[F::AddressTypes][..], &[F::ValidateState], &[F::Headers]] {
        let mut rig = rig(functions);
        let _ = rig.notify(SpoolerNotify::CRITSEC);
        let before = rig.provider.clone();
        for flags in all() {
            assert_eq!(rig.validate(flags), "reply 1 MAPI_E_BUSY", "{flags:?}");
            assert_eq!(rig.provider, before);
        }
    }
}

#[test]
fn c_045_header_work_under_way_makes_everything_but_abort_busy() {
    for flags in all().filter(|flags| !flags.contains(ABORT) && (!flags.contains(SHOW) || flags.contains(QUIET))) {
        let mut rig = rig(&[F::AddressTypes, F::Headers]);
        let _ = rig.ask(T2, Ask::ValidateState(REFRESH));
        let before = rig.provider.clone();
        assert_eq!(rig.validate(flags), "reply 1 MAPI_E_BUSY", "{flags:?}");
        assert_eq!(rig.provider, before);
    }
    let mut rig = rig(&[F::AddressTypes, F::Headers]);
    let _ = rig.ask(T2, Ask::ValidateState(REFRESH));
    assert_eq!(rig.validate(ABORT), "drop headers; reply 1 S_OK");
}

#[test]
fn c_048_connect_takes_the_connection_inside_flush_queues_and_abort_lets_it_go() {
    let mut rig = rig(&[F::Headers, F::FlushQueues, F::StartMessage]);
    assert_eq!(rig.validate(CONNECT), "flushQueues(UPLOAD | DOWNLOAD); reply 1 S_OK");
    assert_eq!(rig.answer(Answer::Flushed(Ok(()))), "drain");
    assert_eq!(rig.say(ProviderInput::Drained), "startMessage");
    let _ = rig.answer(Answer::Started(Ok(false)));
    let _ = rig.validate(CONNECT);
    assert_eq!(rig.ask(T2, Ask::ValidateState(ABORT)), "drop flushQueues; reply 2 S_OK");
    assert_eq!(rig.provider.logon().unwrap().flush, Flush::None);
}
