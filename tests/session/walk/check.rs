//! What must hold after every step, and in the end.

use super::service::Fate;
use super::sim::Sim;
use crate::world::*;
use mailspooler::session::io::*;
use mailspooler::session::stored::StoreName;

/// After every step.
pub fn now(sim: &Sim) -> Result<(), String> {
    let store = sim.store.borrow();
    for info in &sim.infos {
        let there = |name| store.rows.contains_key(&(name, info.uid.clone()));
        if !there(StoreName::Messages) && !there(StoreName::Tombstones) {
            return Err(format!("g1: {} is lost", info.uid));
        }
        for address in &info.to {
            let times = sim.services.times(&info.uid, address);
            if times > 1 + info.again {
                return Err(format!("g4: {} got {} {times} times", address, info.uid));
            }
            if times > 0 && info.said_cancelled {
                return Err(format!("o_61: {} was said to be cancelled, and {address} has it", info.uid));
            }
        }
        for (tab, w) in sim.tabs.iter().enumerate() {
            if let Some(w) = w {
                shown(sim, info, w).map_err(|what| format!("tab {tab}: {what}"))?;
            }
        }
    }
    for w in sim.tabs.iter().flatten() {
        one_at_a_time(w)?;
    }
    Ok(())
}

fn shown(sim: &Sim, info: &super::sim::Info, w: &World) -> Result<(), String> {
    let Some(report) = w.session.report(&info.uid) else { return Ok(()) };
    for r in &report.recipients {
        let times = sim.services.times(&info.uid, &r.recipient.address);
        let lie = match r.status {
            "accepted" => times == 0 && !info.said_sent,
            "rejected" => times > 0,
            _ => report.state == "cancelled" && times > 0,
        };
        if lie {
            return Err(format!("g12: {} shows {} for {:?}, executed {times} times", info.uid, report.state, r));
        }
    }
    Ok(())
}

/// O-34.
fn one_at_a_time(w: &World) -> Result<(), String> {
    let open = |c: &&Open| matches!(c.verb, Verb::Submit | Verb::Prepare | Verb::End) && !w.aborted.contains(&c.call);
    let mut busy: Vec<&str> = w.calls.iter().filter(open).map(|c| c.transport.as_str()).collect();
    busy.sort_unstable();
    let before = busy.len();
    busy.dedup();
    if busy.len() < before { Err("o_34: two attempts at a time".into()) } else { Ok(()) }
}

/// Faults stop, everybody answers; days pass.
pub fn heal(sim: &mut Sim) -> Result<(), String> {
    sim.trace.push("healing".into());
    if sim.tabs[0].is_none() {
        sim.open(0);
    }
    sim.tabs[1] = None;
    let w = sim.tabs[0].as_mut().unwrap();
    (w.faults, w.deaf) = (Default::default(), 0);
    w.step(Input::Online { online: true });
    w.step(Input::Lost);
    w.pass(10_000);
    w.look();
    sim.lock(0);
    let end = sim.time + 12 * 86_400_000;
    while sim.time < end {
        answer_all(sim);
        now(sim)?;
        let w = sim.tabs[0].as_mut().unwrap();
        let ms = w.wake.map_or(86_400_000, |at| (at - w.now.wall).clamp(1_000, 86_400_000));
        sim.skip(ms);
    }
    Ok(())
}

fn answer_all(sim: &mut Sim) {
    for _ in 0..100 {
        let w = sim.tabs[0].as_mut().unwrap();
        let Some(open) = w.calls.pop() else { return };
        let job = open.job.clone();
        let answer = match (open.verb, job) {
            (Verb::Submit, Some(job)) if !w.aborted.contains(&open.call) => {
                let to: Vec<String> = job.recipients.iter().map(|r| r.address.to_string()).collect();
                let known = sim.began.get(&(job.key.clone(), job.attempt)).copied();
                let i = known.unwrap_or_else(|| {
                    let until = sim.time + 10_000_000;
                    let (uid, key, transport) = (job.uid.to_string(), job.key.clone(), open.transport.to_string());
                    let request =
                        super::service::Request { uid, key, transport, to: to.clone(), until, fate: Fate::Pending };
                    sim.services.begin(request)
                });
                let kind = sim.transports.iter().find(|t| t.uid == open.transport).unwrap().kind;
                sim.services.arrive(i, kind, false, false, sim.time, &mut sim.c);
                match &sim.services.requests[i].fate {
                    Fate::Executed(got) if got.len() == to.len() => Answer::Outcome { outcome: accepted() },
                    Fate::Executed(got) => {
                        let status = |a: &String| {
                            use mailspooler::spooler::outcome::RecipientStatus::{Accepted, Rejected};
                            line(a, if got.contains(a) { Accepted } else { Rejected })
                        };
                        let recipients = Some(to.iter().map(status).collect());
                        Answer::Outcome {
                            outcome: mailspooler::spooler::outcome::Outcome::Accepted { remote_id: None, recipients },
                        }
                    }
                    Fate::Refused => Answer::Outcome { outcome: rejected(true) },
                    Fate::Pending | Fate::Lost => Answer::Outcome { outcome: unknown() },
                }
            }
            (Verb::Submit, _) => Answer::Outcome { outcome: unknown() },
            (Verb::Probe, Some(job)) => {
                let found = sim.services.found(&job.uid, &open.transport);
                let got = found.clone().unwrap_or_default();
                let status = |r: &JobRecipient| {
                    use mailspooler::spooler::outcome::RecipientStatus::{Accepted, Rejected};
                    line(&r.address, if got.contains(&r.address.to_string()) { Accepted } else { Rejected })
                };
                let list = job.recipients.iter().map(status).collect();
                Answer::Probed { found: u8::from(found.is_some()), recipients: found.map(|_| list) }
            }
            (Verb::Cancel, _) => Answer::Cancelled { result: 2 },
            _ => Answer::Done,
        };
        let w = sim.tabs[0].as_mut().unwrap();
        w.step(Input::Answer {
            call: open.call,
            answer: Box::new(answer),
            wire: open.verb == Verb::Submit,
            network: false,
        });
    }
}

/// Everybody is at an end, or a person is asked.
pub fn at_rest(sim: &Sim) -> Result<(), String> {
    let w = sim.tabs[0].as_ref().unwrap();
    for info in &sim.infos {
        let state = w.state(&info.uid);
        let why = w.why(&info.uid);
        let fine = match state.as_str() {
            "sent" | "filed" | "rejected" | "cancelled" | "draft" | "unconfirmed" => true,
            "parked" => why != "parked.transportAbsent",
            // The provider was never asked to let it go.
            "deferred" => true,
            // Behind one that a person must decide.
            "queued" => why == "queued.strict" || why.starts_with("parked"),
            _ => false,
        };
        if !fine {
            return Err(format!("stuck: {} is {state}, {why}", info.uid));
        }
    }
    Ok(())
}
