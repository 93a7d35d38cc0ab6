//! What people and hosts ask: verbs, transports, order, closing.

use super::Session;
use super::giving::ORDER;
use super::io::{Effect, MessageVerb, Reply, Req, TransportConfig, Verb};
use super::keys::Key;
use super::ledger::About;
use super::status::Waiting;
use super::stored::StoreOp;
use super::transport::{Gate, Slot, Transport};
use super::work::{Pending, Work};
use crate::mapi::ordered::Set;
use crate::mapi::{Gather, MapiError, ResourceFlags, ResourceType, Scode, Text};
use crate::provider::{Life, ProviderInput};
use crate::spooler::message::Message;
use crate::spooler::order::{Ranked, check_order, transport_order};

impl Session {
    /// A verb on a message.
    pub(super) fn act(&mut self, req: Req, id: &str, verb: MessageVerb) {
        match self.find(id).map(|(key, _)| key) {
            Some(key) if self.is_unread(key) => self.act_unread(req, key, &verb),
            Some(key) => self.work(key, Work::Verb { req, verb }),
            None => self.reject(req, Scode::MAPI_E_NOT_FOUND, "the id of a message in the outbox", "another"),
        }
    }

    /// The host has a transport; the same uid again replaces its configuration.
    pub(super) fn add_transport(&mut self, config: TransportConfig) {
        let uid = config.uid.clone();
        self.removed(&uid);
        self.depart(&uid);
        self.next_serial = self.next_serial.saturating_add(1);
        let is_transport = config.kind == ResourceType::TransportProvider;
        let added = Transport::new(config, self.next_serial);
        if is_transport {
            if !self.added.contains(&uid) {
                self.added.push(uid.clone());
            }
            self.transports.push(added);
            let order = self.meta.order.clone();
            self.arrange(&order);
        } else {
            self.others.push(added);
        }
        self.status_changed = true;
        if let Some(slot) = self.departed.remove(&uid) {
            self.occupy(&uid, slot);
        }
        self.put_in_force(&uid, 0);
        self.touch_all();
        if is_transport {
            self.want_again();
        }
        if self.driver.is_some() {
            self.resume_transport(&uid);
            self.log_on(&uid);
        }
    }

    /// It goes. An attempt in flight keeps its slot, should the same transport come back (O-34); whatever sends nothing is
    /// given up.
    fn depart(&mut self, uid: &Text) {
        self.others.retain(|t| t.config.uid != *uid);
        let Some(place) = self.transports.iter().position(|t| t.config.uid == *uid) else { return };
        let gone = self.transports.remove(place);
        self.headers.remove(&gone.serial);
        self.leave_draft(uid);
        let slot = gone.slot;
        if let Slot::Intending { .. } | Slot::Calling { .. } = slot {
            self.departed.insert(uid.clone(), slot);
        }
        let harmless = |verb| matches!(verb, Verb::Prepare | Verb::Probe | Verb::Cancel | Verb::File | Verb::Gate);
        let open = self.ledger.open().filter(|(_, c)| c.transport == *uid && harmless(c.verb));
        for call in open.map(|(id, _)| *id).gather() {
            self.out.push(Effect::AbortCall { call });
            if let Some(About { key, n, .. }) = self.ledger.give_up(call).and_then(|c| c.about) {
                self.filing.remove(&(key, n));
            }
        }
    }

    /// The host takes a transport away: it is logged off first (C-103).
    pub(super) fn remove_transport(&mut self, req: Req, uid: &Text) {
        if self.transport(uid).is_none() {
            return self.reject(req, Scode::MAPI_E_NOT_FOUND, "the uid of a transport of this session", "another");
        }
        if self.removing.contains_key(uid) {
            return self.reject(req, Scode::MAPI_E_BUSY, "a transport that is not on its way out", "one that is");
        }
        self.abort_deferred(uid);
        self.tell_all(uid);
        self.removing.insert(uid.clone(), req);
        self.provide(uid, ProviderInput::Logoff);
        if self.transport(uid).is_some_and(|t| *t.provider.life() == Life::Gone) {
            self.removed(uid);
        }
    }

    /// It is logged off, or was given up (O-15).
    pub(super) fn removed(&mut self, uid: &Text) {
        let Some(req) = self.removing.remove(uid) else { return };
        self.depart(uid);
        self.show_theirs(uid);
        self.added.retain(|t| t != uid);
        self.status_changed = true;
        for message in self.slots.keys() {
            self.work(message, Work::Gone { transport: uid.to_owned() });
        }
        self.touch_all();
        self.out.push(Effect::Resolve { req, reply: Reply::Unit });
    }

    /// MsgServiceTransportOrder (C-071…C-075).
    pub(super) fn set_order(&mut self, req: Req, uids: Vec<Text>, now: bool) {
        let checked = check_order(&self.ranked(), &uids);
        if let Err(error) = checked {
            self.out.push(Effect::Reject { req, error, id: None, state: None });
            return;
        }
        let expect = (self.meta.version > 0).then_some(self.meta.version);
        self.meta.order.clone_from(&uids);
        self.meta.version = self.meta.version.saturating_add(1);
        let op = self.op(Pending::Order { req, order: Some((self.meta.version, uids)), now });
        let mut ops = vec![StoreOp::PutMeta { expect, meta: self.meta.clone() }];
        if now && self.driver.is_none() {
            ops.push(StoreOp::AppendCommand { entry: String::new(), flags: ORDER, target: None });
        }
        self.out.push(Effect::Commit { op, ballast: false, ops });
    }

    /// It is stored, whatever an earlier read said since.
    pub(super) fn order_stored(&mut self, version: u32, order: Vec<Text>, now: bool) {
        if version >= self.meta.version {
            self.meta.version = version;
            self.meta.order = order;
        }
        if now || self.driver.is_none() {
            self.reordered();
        }
    }

    /// The stored order counts from now on: where nothing is sent as soon as it is seen, where mail is sent at the beginning of
    /// a session or when a person said "now", here or in another tab.
    pub(super) fn reordered(&mut self) {
        let order = self.meta.order.clone();
        self.arrange(&order);
        self.touch_all();
        self.status_changed = true;
    }

    fn ranked(&self) -> Vec<Ranked<'_>> {
        let prefers_last = |t: &Transport| t.config.resource_flags & ResourceFlags::XP_PREFER_LAST.bits() != 0;
        let find =
            |uid: &Text| self.transport(uid).map(|t| Ranked { uid: &t.config.uid, prefer_last: prefers_last(t) });
        self.added.iter().filter_map(find).gather()
    }

    fn arrange(&mut self, explicit: &[Text]) {
        let ranked = self.ranked();
        let order = transport_order(&ranked, explicit);
        let uids: Vec<Text> = order.into_iter().filter_map(|i| ranked.get(i).map(|r| r.uid.into())).gather();
        let rank = |t: &Transport| uids.iter().position(|u| *u == t.config.uid);
        for t in std::mem::take(&mut self.transports) {
            let after = self.transports.iter().take_while(|other| rank(other) <= rank(&t)).count();
            self.transports.insert(after, t);
        }
    }

    /// Routing may have changed for everything.
    pub(super) fn touch_all(&mut self) {
        for key in self.slots.keys() {
            self.touched(key);
        }
    }

    /// Its account was let in, or it is there again: what was parked or absent goes on.
    pub(super) fn resume_transport(&mut self, transport: &Text) {
        for key in self.holding(transport) {
            self.work(key, Work::Resume { transport: transport.to_owned() });
        }
    }

    /// Messages with an unfinished envelope at this transport.
    pub(super) fn holding(&self, transport: &Text) -> Vec<Key> {
        let mine = |m: &Message| m.envelopes.iter().any(|e| e.transport == *transport && !e.state.is_final());
        self.slots.iter().filter(|(_, s)| mine(&s.message)).map(|(key, _)| key).gather()
    }

    /// Something may still be sent through it now.
    pub(super) fn has_due(&self, transport: &Text) -> bool {
        let Some(t) = self.transport(transport) else { return false };
        let shut = matches!(t.gate, Gate::Shut { at, .. } if at > self.now.wall);
        t.can_send() && !shut && self.online && self.next_for(transport).is_some()
    }

    /// The host closes the session: transports log off, calls in flight end as doubt, promises settle.
    pub(super) fn close(&mut self, req: Req) {
        self.closing = Some(req);
        let uids: Vec<Text> = self.providers().map(|t| t.config.uid.clone()).gather();
        if self.driver.is_some() {
            for uid in &uids {
                self.tell_all(uid);
                self.provide(uid, ProviderInput::Logoff);
            }
        }
        self.maybe_closed();
    }

    /// A provider has logged off.
    pub(super) fn logged_off(&mut self, transport: &Text) {
        self.removed(transport);
        self.maybe_closed();
    }

    fn maybe_closed(&mut self) {
        let logged_on = self.driver.is_some()
            && self.providers().any(|t| *t.provider.life() != Life::Gone && *t.provider.life() != Life::Failed);
        if logged_on {
            return;
        }
        let Some(req) = self.closing.take() else { return };
        self.lost();
        let error = MapiError::new(Scode::MAPI_E_NOT_INITIALIZED, "an open session", "a closed one");
        let watching = std::mem::take(&mut self.watchers).into_values().flatten();
        let aborting = std::mem::take(&mut self.aborting).into_values().flatten().map(|(r, _)| r);
        let asking = std::mem::take(&mut self.tickets).into_values().filter_map(Waiting::req);
        let flushing = self.flushing.take().and_then(|f| f.req);
        for req in watching.chain(aborting).chain(asking).chain(flushing).collect::<Set<_>>() {
            self.out.push(Effect::Reject { req, error: error.clone(), id: None, state: None });
        }
        self.out.push(Effect::Resolve { req, reply: Reply::Unit });
        self.out.push(Effect::Closed);
    }
}
