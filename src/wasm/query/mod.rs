//! Questions that change nothing durable: tables, `why`, reports. The answers' layout is the contract with
//! `pkg/src/report.ts` and `pkg/src/table.ts`.

mod restriction;
mod rows;
mod view;

use serde::Deserialize;
use wasm_bindgen::prelude::*;

use crate::mapi::{MapiError, MapiResult, PropTag, PropType, PropValue, Scode};
use crate::session::{EnvelopeLine, Explanation, JournalLine, RecipientLine, Report, Session, Which};
use crate::wire::tape::{Tape, Writer};

/// One question.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
enum Query {
    /// A new view of a table: its handle.
    Open(TableName),
    /// Twice is once.
    Close(u32),
    /// Something to do with a view.
    View {
        view: u32,
        act: view::Act,
    },
    /// By host id, uid or entry id.
    Why(String),
    Report(String),
    /// What is stored of a message, without its content.
    Message(String),
    /// `null`: everything that is due.
    Estimate(Option<String>),
    Journal,
    AddressTypes,
    /// One row per transport, in order.
    Providers,
    /// The columns of one row of the status table; `null`: those it has.
    Props {
        entry: String,
        columns: Option<Vec<String>>,
    },
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "camelCase")]
enum TableName {
    Status,
    Queue,
}

/// Answers one question on the tape.
pub fn answer(session: &mut Session, query: JsValue, out: &mut Writer) -> Result<(), JsValue> {
    let query: Query = serde_wasm_bindgen::from_value(query).map_err(JsValue::from)?;
    ask(session, query, out).map_err(|error| super::refusal(&error))
}

fn ask(session: &mut Session, query: Query, out: &mut Writer) -> MapiResult<()> {
    match query {
        Query::Open(name) => {
            let which = match name {
                TableName::Status => Which::Status,
                TableName::Queue => Which::Queue,
            };
            session.open_view(which)?.put(out);
        }
        Query::Close(view) => session.close_view(view),
        Query::View { view, act } => return view::act(session, view, act, out),
        Query::Why(id) => put_explanation(&session.why(&id).ok_or_else(|| unknown("message or status row"))?, out),
        Query::Report(id) => put_report(&session.report(&id).ok_or_else(|| unknown("message"))?, out),
        Query::Message(id) => return put_message(session, &id, out),
        Query::Estimate(target) => {
            let (messages, bytes) = session.estimate(target.as_deref())?;
            messages.put(out);
            bytes.put(out);
        }
        Query::Journal => {
            let lines: Vec<&JournalLine> = session.journal().collect();
            length(lines.len(), out);
            for line in lines {
                line.at.put(out);
                line.code.put(out);
                line.uid.put(out);
                line.envelope.put(out);
                line.transport.put(out);
            }
        }
        Query::AddressTypes => session.address_types().put(out),
        Query::Providers => {
            let table = session.provider_table();
            length(table.len(), out);
            for row in table {
                rows::put_cells(row.into_iter(), out);
            }
        }
        Query::Props { entry, columns } => return props(session, &entry, columns.as_deref(), out),
    }
    Ok(())
}

fn unknown(what: &str) -> MapiError {
    MapiError::new(Scode::MAPI_E_NOT_FOUND, format!("the id of a {what}"), "another")
}

#[allow(clippy::cast_possible_truncation)]
fn length(n: usize, out: &mut Writer) {
    (n as u32).put(out);
}

fn put_recipients(lines: &[RecipientLine], out: &mut Writer) {
    length(lines.len(), out);
    for line in lines {
        line.recipient.kind.put(out);
        line.recipient.address_type.put(out);
        line.recipient.address.put(out);
        line.recipient.name.put(out);
        out.text(line.status);
        line.code.put(out);
        line.text.put(out);
        line.transport.put(out);
    }
}

fn put_report(report: &Report, out: &mut Writer) {
    report.id.put(out);
    report.uid.put(out);
    report.message_id.put(out);
    out.text(report.state);
    report.doubted.put(out);
    report.revision.put(out);
    report.non_delivery.map_or(0_u32, |refused| 1 + u32::from(refused)).put(out);
    put_recipients(&report.recipients, out);
}

fn put_message(session: &Session, id: &str, out: &mut Writer) -> MapiResult<()> {
    let (Some(report), Some(message)) = (session.report(id), session.message(id)) else {
        return Err(unknown("message"));
    };
    report.id.put(out);
    report.uid.put(out);
    report.message_id.put(out);
    out.text(report.state);
    message.from.put(out);
    put_recipients(&report.recipients, out);
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
fn props(session: &Session, entry: &str, columns: Option<&[String]>, out: &mut Writer) -> MapiResult<()> {
    let props = session.status_props(entry)?;
    let Some(names) = columns else {
        rows::put_cells(props.into_iter(), out);
        return Ok(());
    };
    if names.is_empty() {
        return Err(MapiError::new(Scode::MAPI_E_INVALID_PARAMETER, "one property or more", "none"));
    }
    let find = |tag: PropTag| {
        let same = |t: PropTag| t == tag || (tag.prop_type() == Some(PropType::Unspecified) && t.id() == tag.id());
        props.iter().find(|(t, _)| same(*t)).cloned().unwrap_or((tag, PropValue::NOT_FOUND))
    };
    rows::put_cells(rows::tags(names)?.into_iter().map(find), out);
    Ok(())
}
