//! Questions that change nothing durable: tables, `why`, reports. The answers' layout is the contract with
//! `pkg/src/report.ts` and `pkg/src/table.ts`.

use super::view::{act, put_range, rows};
use super::{length, put_size};
use crate::mapi::{
    MapiError, MapiResult, PR_IDENTITY_DISPLAY, PR_IDENTITY_ENTRYID, PR_IDENTITY_SEARCH_KEY, PropTag, PropType,
    PropValue, Scode,
};
use crate::session::{EnvelopeLine, Explanation, Session, Which};
use crate::settings::Values;
use crate::table::{Delivery, Notification};
use crate::wire::tape::{Reader, Tape, TapeError, Writer};

/// The act that needs no view.
const NOTIFICATIONS: u32 = 18;

/// The one that needs no more of it.
const RANGE: u32 = 17;

/// Answers one question on the tape.
pub fn answer(session: &mut Session, r: &mut Reader<'_>, out: &mut Writer) -> MapiResult<()> {
    match r.count() {
        // A new view of a table: its handle.
        1 => session.open_view(if bool::take(r) { Which::Queue } else { Which::Status })?.put(out),
        // Twice is once.
        2 => session.close_view(r.count()),
        3 => {
            let (handle, what) = (r.count(), r.count());
            match what {
                NOTIFICATIONS => {}
                RANGE => {
                    let (offset, count) = (r.count(), r.count());
                    let mut view = session.view_range(handle, offset as usize, count as usize)?;
                    put_range(&mut view, (offset as usize, count as usize), r, out);
                    return Ok(());
                }
                _ => return act(&mut session.view(handle)?, what, r, out),
            }
            let told = session.take_notifications(handle);
            length(told.len(), out);
            for delivery in told {
                put_delivery(delivery, out);
            }
        }
        // By host id, uid or entry id.
        4 => put_explanation(&session.why(r.text()).ok_or_else(|| unknown("the id of a message or status row"))?, out),
        5 => session.report(r.text()).ok_or_else(message_unknown)?.put(out),
        // What is stored of a message, without its content.
        6 => return put_message(session, r.text(), out),
        // Without a target: everything that is due.
        7 => {
            let (messages, bytes) = session.estimate(<Option<String> as Tape>::take(r).as_deref())?;
            messages.put(out);
            bytes.put(out);
        }
        9 => session.address_types().put(out),
        // One row per transport, in order.
        10 => {
            put_table(session.provider_table(), out);
        }
        11 => return props(session, r, out),
        // What these values would come to, over the configuration in force.
        12 => {
            let (uid, given) = (r.text(), Values::take(r));
            let (n, checked) = session.settings(uid, &given)?;
            n.put(out);
            checked.values.put(out);
            length(checked.problems.len(), out);
            for problem in &checked.problems {
                problem.name.put(out);
                out.text(problem.fault.name());
            }
        }
        // A new view of the header table of this entry id.
        13 => session.open_headers(r.text())?.put(out),
        14 => {
            let (entry, header) = (r.text(), r.text());
            session.set_message_status(entry, header, r.count(), r.count())?.put(out);
        }
        15 => {
            let (p, result) = session.header_progress(r.text())?;
            for number in [p.phase as u32, p.messages, p.total_messages, p.failed] {
                number.put(out);
            }
            p.bytes.put(out);
            p.total_bytes.put(out);
            result.put(out);
        }
        16 => {
            let entry = r.text();
            session.set_status_props(entry, Tape::take(r))?;
        }
        17 => {
            let who = session.query_identity();
            let cells = vec![
                (PR_IDENTITY_ENTRYID, who.entry_id.into()),
                (PR_IDENTITY_DISPLAY, PropValue::Str(who.display)),
                (PR_IDENTITY_SEARCH_KEY, who.search_key.into()),
            ];
            rows::put_cells(cells, out);
            who.found.put(out);
        }
        // What followers are to be told; epoch 0 where another context drives.
        18 => {
            let (epoch, rows) = session.published();
            epoch.put(out);
            put_table(rows, out);
        }
        _ => r.fail(TapeError::Tag("question")),
    }
    Ok(())
}

fn put_table(table: Vec<Vec<(PropTag, PropValue)>>, out: &mut Writer) {
    length(table.len(), out);
    for row in table {
        rows::put_cells(row, out);
    }
}

fn unknown(expected: &'static str) -> MapiError {
    MapiError::new(Scode::MAPI_E_NOT_FOUND, expected, "another")
}

fn message_unknown() -> MapiError {
    unknown("the id of a message")
}

fn put_message(session: &Session, id: &str, out: &mut Writer) -> MapiResult<()> {
    let (Some(report), Some(message)) = (session.report(id), session.message(id)) else {
        return Err(message_unknown());
    };
    report.id.put(out);
    report.uid.put(out);
    report.message_id.put(out);
    out.text(report.state);
    message.from.put(out);
    report.recipients.put(out);
    message.subject.put(out);
    message.size.put(out);
    message.submitted.put(out);
    Ok(())
}

fn put_explanation(why: &Explanation, out: &mut Writer) {
    why.code.put(out);
    why.args.put(out);
    why.scope.put(out);
    why.actor.put(out);
    why.next_at.put(out);
    why.actions.put(out);
    why.announce.put(out);
    length(why.envelopes.len(), out);
    for EnvelopeLine { n, transport, state, code, attempts, doubt, next_at, recipients } in &why.envelopes {
        n.put(out);
        transport.put(out);
        state.put(out);
        code.put(out);
        attempts.put(out);
        doubt.put(out);
        next_at.put(out);
        recipients.put(out);
    }
}

/// `GetProps` on a status object, in the order asked for (C-032, C-033); without columns all it has.
fn props(session: &Session, r: &mut Reader<'_>, out: &mut Writer) -> MapiResult<()> {
    let props = session.status_props(r.text())?;
    if !bool::take(r) {
        rows::put_cells(props, out);
        return Ok(());
    }
    let wanted = rows::tags(r)?;
    if wanted.is_empty() {
        return Err(MapiError::new(Scode::MAPI_E_INVALID_PARAMETER, "one property or more", "none"));
    }
    let mut found = Vec::new();
    for tag in wanted {
        let same = |t: PropTag| t == tag || (tag.prop_type() == Some(PropType::Unspecified) && t.id() == tag.id());
        found.push(props.iter().find(|(t, _)| same(*t)).cloned().unwrap_or((tag, PropValue::NOT_FOUND)));
    }
    rows::put_cells(found, out);
    Ok(())
}

const NONE: f64 = -1.0;

/// Sinks, event, key, prior, row, old index, new index.
fn put_delivery(Delivery { to, notification }: Delivery, out: &mut Writer) {
    length(to.len(), out);
    for connection in to {
        connection.0.put(out);
    }
    notification.event().code().put(out);
    let (key, prior, row, old, new) = match notification {
        Notification::Added { key, prior, row, new_index, .. } => (Some(key), prior, row, None, Some(new_index)),
        Notification::Modified { key, prior, row, old_index, new_index, .. } => {
            (Some(key), prior, row, Some(old_index), Some(new_index))
        }
        Notification::Deleted { key, old_index } => (Some(key), None, Vec::new(), Some(old_index), None),
        Notification::Changed | Notification::Reload => (None, None, Vec::new(), None, None),
    };
    for key in [key, prior] {
        key.is_some().put(out);
        if let Some(key) = key {
            rows::put_value(&key.into(), out);
        }
    }
    rows::put_cells(row, out);
    for index in [old, new] {
        match index {
            Some(index) => put_size(index, out),
            None => out.nums.push(NONE),
        }
    }
}
