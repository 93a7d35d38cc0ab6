//! Transports as providers.

use super::Session;
use super::io::{Answer, CallId, Req, RowValue, Verb};
use super::ledger::Call;
use super::stored::Record;
use crate::mapi::Scode;

impl Session {
    pub(super) fn log_on(&mut self, _transport: &str) {}
    pub(super) fn log_off(&mut self, _transport: &str) {}
    pub(super) fn provider_added(&mut self, _transport: &str) {}
    pub(super) fn provider_removed(&mut self, _transport: &str) {}
    pub(super) fn provider_suffered(&mut self, _transport: &str) {}
    pub(super) fn provider_answered(&mut self, _id: CallId, _call: &Call, _answer: Answer) {}
    pub(super) fn provider_wake(&self) -> Option<i64> {
        None
    }
    pub(super) fn may_send(&self, _transport: &str) -> bool {
        true
    }
    pub(super) fn has_failed(&self, _transport: &str) -> bool {
        false
    }
    pub(super) fn flush(&mut self, req: Req, _entry: &str, _flags: u32, _target: Option<&str>) {
        self.reject(req, Scode::MAPI_E_NO_SUPPORT, "", "")
    }
    pub(super) fn validate(&mut self, req: Req, _entry: &str, _flags: u32) {
        self.reject(req, Scode::MAPI_E_NO_SUPPORT, "", "")
    }
    pub(super) fn dialog(&mut self, req: Req, _entry: &str, _verb: Verb, _read_only: bool) {
        self.reject(req, Scode::MAPI_E_NO_SUPPORT, "", "")
    }
    pub(super) fn owner_silent(&mut self, _since: Option<i64>) {}
    pub(super) fn notified(&mut self, _transport: &str, _flags: u32, _entry: Option<String>) {}
    pub(super) fn modify_row(&mut self, _transport: &str, _columns: Vec<(String, RowValue)>, _update: bool) {}
    pub(super) fn progressed(&mut self, _call: CallId, _done: u64, _total: u64) {}
    pub(super) fn take_command(&mut self, _record: &Record) {}
    pub(super) fn project(&mut self, _uid: &str) {}
}
