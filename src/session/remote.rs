//! Header work of remote transports: the list comes, marks become calls, one at a time (catalogue 8).

use super::Session;
use super::columns::{cell, safe};
use super::headers::{HeaderProgress, Headers};
use super::io::{Answer, CallId, Effect, HeaderRow, Verb};
use super::ledger::Call;
use super::provider::failure;
use super::read::Which;
use crate::mapi::{Gather, MapiError, MapiResult, PropTag, PropValue, Scode, Text};
use crate::provider::{Answer as Said, Failure, ProviderInput};
use crate::status::StatusEntry;

impl Session {
    /// The headers of a transport that has them.
    fn remote_of(&mut self, transport: &str) -> Option<&mut Headers> {
        let t = self.transport(transport)?;
        let serial = t.serial;
        if !t.config.has(Verb::Refresh) {
            return None;
        }
        if !self.headers.contains_key(&serial) {
            self.headers.insert(serial, Headers::new()?);
        }
        self.headers.get_mut(&serial)
    }

    /// The headers behind the entry id of a transport's row (C-168).
    fn remote_at(&mut self, entry: &str) -> MapiResult<(u32, &mut Headers)> {
        let none = || MapiError::new(Scode::MAPI_E_NO_SUPPORT, "the entry id of a remote transport", "another");
        let StatusEntry::Transport(uid) = super::status::entry_of(entry)? else { return Err(none()) };
        let serial = self.transport(&uid).map(|t| t.serial).ok_or_else(none)?;
        self.remote_of(&uid).map(|headers| (serial, headers)).ok_or_else(none)
    }

    /// A view of the header table of the transport with this entry id.
    pub fn open_headers(&mut self, entry: &str) -> MapiResult<u32> {
        let (serial, _) = self.remote_at(entry)?;
        self.open_view(Which::Headers(serial))
    }

    /// `IMAPIFolder::SetMessageStatus` on a header: the status before.
    pub fn set_message_status(&mut self, entry: &str, header: &str, new: u32, mask: u32) -> MapiResult<u32> {
        let id = super::status::bytes_of(header)?;
        let id = String::from_utf8(id).unwrap_or_default();
        self.remote_at(entry)?.1.set_status(&id, new, mask)
    }

    /// How far header work has come, and how the last one ended.
    pub fn header_progress(&mut self, entry: &str) -> MapiResult<(HeaderProgress, Option<Scode>)> {
        let (serial, headers) = self.remote_at(entry)?;
        let progress = headers.progress;
        let logon = self.transports.iter().find(|t| t.serial == serial).and_then(|t| t.provider.logon());
        let result = logon.and_then(|logon| match logon.headers {
            crate::provider::Headers::Rest { result } => result,
            crate::provider::Headers::Marks(_) | crate::provider::Headers::Refreshing { .. } => None,
        });
        Ok((progress, result))
    }

    /// The provider wants its marks worked off.
    pub(super) fn work_off(&mut self, transport: &Text) {
        if let Some(headers) = self.remote_of(transport) {
            headers.begin();
        }
        self.next_mark(transport);
    }

    fn next_mark(&mut self, transport: &Text) {
        self.status_changed = true;
        let Some(headers) = self.remote_of(transport) else { return };
        let failed = headers.progress.failed > 0;
        let Some(mark) = headers.next() else {
            let result = if failed { Scode::MAPI_W_ERRORS_RETURNED } else { Scode::S_OK };
            return self.provide(transport, ProviderInput::MarksDone(result));
        };
        let verb = if mark.download { Verb::Download } else { Verb::Remove };
        let deadline = Some(self.now.wall.saturating_add(self.span(transport, mark.size)));
        self.call_about(transport, verb, deadline, &mark.id);
    }

    /// `headers.download` with its delivery, or `headers.remove`, ended.
    pub(super) fn mark_answered(&mut self, call: &Call, answer: Answer) {
        let transport = &call.transport;
        let failure = failure(&answer);
        let Some(headers) = self.remote_of(transport) else { return };
        match (failure, call.verb, answer) {
            (Some(failure), _, _) => {
                headers.failed();
                // One that only this message met does not keep the others; what they would meet too does.
                if stops(failure) {
                    headers.rest();
                    return self.provide(transport, ProviderInput::MarksDone(failure.scode()));
                }
            }
            (None, Verb::Download, Answer::Message { id, folder, class, flags }) => {
                headers.fetched();
                self.out.push(Effect::NewMail { transport: transport.clone(), id, folder, class, flags });
            }
            // It is not there any more.
            (None, _, _) => headers.removed(),
        }
        self.next_mark(transport);
    }

    /// A person stops the work, or the logon ended.
    pub(super) fn drop_marks(&mut self, transport: &Text) {
        let mine = |c: &Call| c.transport == *transport && matches!(c.verb, Verb::Download | Verb::Remove);
        let open: Vec<CallId> = self.ledger.open().filter(|(_, c)| mine(c)).map(|(id, _)| *id).gather();
        for call in open {
            self.ledger.give_up(call);
            self.out.push(Effect::AbortCall { call });
        }
        if let Some(headers) = self.remote_of(transport) {
            headers.rest();
        }
    }

    /// `headers.refresh` is called.
    pub(super) fn refreshing(&mut self, transport: &Text) {
        if let Some(headers) = self.remote_of(transport) {
            headers.refreshing();
        }
    }

    /// It ended: the list is the new header table, or the old one stays.
    pub(super) fn listed(&mut self, transport: &Text, answer: Answer, failure: Option<Failure>) -> Said {
        let (list, failure) = match answer {
            Answer::Headers { rows } => self.header_rows(transport, rows),
            _ => (None, Some(failure.unwrap_or(Failure::code(Scode::MAPI_E_CALL_FAILED)))),
        };
        if let Some(headers) = self.remote_of(transport) {
            if let Some(list) = list {
                let marks_were_first = headers.progress.total_messages > 0;
                headers.replace(list, marks_were_first);
            }
            headers.rest();
        }
        Said::Refreshed(failure.map_or(Ok(()), Err))
    }

    #[allow(clippy::type_complexity)]
    fn header_rows(
        &mut self,
        transport: &Text,
        rows: Vec<HeaderRow>,
    ) -> (Option<Vec<(Text, Vec<(PropTag, PropValue)>)>>, Option<Failure>) {
        let mut list = Vec::with_capacity(rows.len());
        for HeaderRow { id, columns } in rows {
            let mut read = Vec::with_capacity(columns.len());
            for (name, value) in columns {
                let Some(column) = PropTag::from_name(&name).and_then(|tag| Some((tag, cell(tag, value)?))) else {
                    let mut code = String::from("headers.refresh: not a column, or a value of another type: ");
                    code.push_str(&safe(&name));
                    self.say(transport, code);
                    return (None, Some(Failure::code(Scode::MAPI_E_CORRUPT_DATA)));
                };
                read.push(column);
            }
            list.push((id, read));
        }
        (Some(list), None)
    }

    /// Bytes of the message that is being fetched, or rows of the list.
    pub(super) fn header_progressed(&mut self, call: CallId, done: u64, total: u64) {
        let found = self.ledger.open().find(|(id, _)| **id == call).map(|(_, c)| (c.transport.clone(), c.verb));
        let Some((transport, verb @ (Verb::Download | Verb::Refresh))) = found else { return };
        self.status_changed = true;
        let Some(headers) = self.remote_of(&transport) else { return };
        if verb == Verb::Download { headers.partly(done) } else { headers.listed(done, total) }
    }
}

/// What the other messages would meet too.
fn stops(failure: Failure) -> bool {
    let common = [Scode::MAPI_E_NETWORK_ERROR, Scode::MAPI_E_LOGON_FAILED, Scode::MAPI_E_UNCONFIGURED];
    failure.network || failure.code.is_some_and(|code| common.contains(&code))
}
