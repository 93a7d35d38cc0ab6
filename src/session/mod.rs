//! Composition: the only public machine.

mod accept;
mod act;
mod admit;
mod agenda;
mod answers;
mod aside;
mod calls;
mod clock;
mod columns;
#[cfg(test)]
mod counts;
mod credentials;
mod decide;
mod dispatch;
mod driver;
mod evidence;
mod filing;
mod flushing;
mod follow;
mod given_up;
mod giving;
mod happen;
mod headers;
mod identity;
mod inbound;
pub mod io;
mod keys;
mod ledger;
mod loading;
mod provider;
mod queue;
mod read;
mod remains;
mod remote;
mod replica;
mod report;
mod rng;
mod route;
mod rows;
mod settings;
mod status;
pub use headers::{HeaderProgress, Phase};
pub use identity::Who;
pub use read::{JournalLine, Outstanding, Which};
pub use report::{RecipientLine, Report};
pub use why::{EnvelopeLine, Explanation};
pub mod stored;
mod telling;
mod transport;
mod unread;
mod why;
mod work;
mod writes;

use crate::mapi::Text;
use crate::mapi::ordered::{Map, Set};
use crate::spooler::intent::Driver;
use crate::table::Table;
use aside::Aside;
use io::{Effect, Input, Now, OpId, Req, Wake};
use keys::{ByKey, Key, Names};
use rng::Rng;
use stored::Meta;
use work::Pending;

/// What is found to be due after all may lead to more, in the same step.
const ROUNDS: usize = 4;

/// What a session is opened with.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Config {
    /// 32 random bytes: every id and all jitter of this life.
    pub seed: [u8; 32],
    /// Whose mail this is, normally the address.
    pub owner: String,
    /// Keep the body of sent messages.
    pub keep_sent: bool,
    /// The host keeps a canary: it is told how many messages are unfinished.
    pub canary: bool,
    /// Nothing here could say who sends: no locks, no sole owner (O-74).
    pub lockless: bool,
}

/// What one input led to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Step {
    /// To be run in order, after the step.
    pub effects: Vec<Effect>,
    /// When to step again.
    pub wake: Option<Wake>,
}

/// The machine.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Session {
    config: Config,
    rng: Rng,
    now: Now,
    out: Aside<Vec<Effect>>,
    ops: Map<OpId, Pending>,
    next_op: OpId,
    /// What the store had at the last read, and our own writes since.
    meta: Meta,
    loaded: bool,
    uids: ByKey<rows::Known>,
    met: usize,
    slots: ByKey<Box<rows::Slot>>,
    ended: ByKey<stored::Tombstone>,
    /// By the end of their time.
    expiry: Set<(i64, Key)>,
    /// Evidence without a row.
    left: Map<Text, Vec<stored::Evidence>>,
    /// Envelopes that are sent and not filed.
    filing: Map<(Key, u32), filing::Filing>,
    /// Below or at every order.
    lowest: i64,
    unread: ByKey<unread::Unread>,
    by_uid: Aside<Names>,
    by_id: Aside<Names>,
    by_mid: Aside<Names>,
    /// Submissions on their way into the store, and which of them has a host id.
    accepting: ByKey<Box<admit::Accepting>>,
    accepting_ids: Map<Text, Key>,
    /// With evidence to merge.
    evident: Set<Text>,
    /// Changed in this step.
    dirty: Vec<Key>,
    transports: Vec<transport::Transport>,
    /// Providers of stores and address books: rows and verbs, no mail.
    others: Vec<transport::Transport>,
    /// Attempts in flight of transports that are gone.
    departed: Map<Text, transport::Slot>,
    /// On their way out, and who waits for it.
    removing: Map<Text, Req>,
    next_serial: u32,
    /// In order of addition.
    added: Vec<Text>,
    agenda: agenda::Agenda,
    ledger: ledger::Ledger,
    /// Earliest monotonic instant at which an absence counts (O-41).
    quiet: Map<(Key, u32), i64>,
    driver: Option<Driver>,
    driver_name: String,
    sole: bool,
    generation: u32,
    wants_epoch: bool,
    granted_at: Now,
    clock_dirty: bool,
    /// The highest wall clock of this life since it last went back, and the stored mark.
    seen: i64,
    marked: i64,
    online: bool,
    /// Writes the storage failed: tried again at the instant.
    stalled: Vec<(i64, work::Stalled)>,
    storage_faults: u32,
    watchers: ByKey<Vec<Req>>,
    /// Whom the host gave up, one after the other.
    forgotten: Set<Req>,
    /// Those who asked before anything was read.
    early: Vec<(Req, String)>,
    aborting: ByKey<Vec<(Req, Option<u32>)>>,
    tickets: Map<u32, status::Waiting>,
    next_ticket: u32,
    flushing: Option<flushing::Flushing>,
    /// Values that are being tested, by provider.
    drafts: Map<Text, settings::Draft>,
    /// What is stored of providers' configurations.
    configs: Map<Text, crate::settings::Configuration>,
    /// Transports in an outbound flush.
    draining: Set<Text>,
    commands: status::Commands,
    unfinished: ByKey<()>,
    unfinished_count: u32,
    told_canary: Option<(u32, u32)>,
    gave_back: bool,
    /// The epoch in which this context asked for the lock.
    asked_epoch: u32,
    yielding: bool,
    /// Messages that wait for a transport which is not where the driver is.
    missed: Map<Text, Set<Key>>,
    status_changed: bool,
    /// What rows say of everything around them, as last told.
    climate: Aside<Option<read::Climate>>,
    silent_since: Option<i64>,
    replica: Aside<replica::Replica>,
    status: Aside<Option<Table>>,
    queue: Aside<Option<Table>>,
    preprocess: bool,
    queue_watched: bool,
    /// Of remote transports, by serial.
    headers: Aside<Map<u32, headers::Headers>>,
    queue_changed: bool,
    /// Messages whose rows are to be made anew, in order of their first change.
    unshown: ByKey<()>,
    unshown_order: Vec<Key>,
    queue_rows: Aside<queue::Rows>,
    views: Aside<Map<u32, read::OpenView>>,
    next_view: u32,
    journal: Aside<std::collections::VecDeque<read::JournalLine>>,
    /// What was said of which transport.
    said: Set<(Text, String)>,
    closing: Option<Req>,
}

impl Session {
    /// A session that knows nothing yet.
    pub fn new(config: Config) -> Self {
        Self {
            rng: Rng::new(config.seed),
            config,
            now: Now::default(),
            out: Aside(Vec::new()),
            ops: Map::new(),
            next_op: 0,
            meta: Meta::default(),
            loaded: false,
            uids: ByKey::default(),
            met: 0,
            slots: ByKey::default(),
            ended: ByKey::default(),
            expiry: Set::new(),
            left: Map::new(),
            filing: Map::new(),
            lowest: 1,
            unread: ByKey::default(),
            by_uid: Aside(Names::default()),
            by_id: Aside(Names::default()),
            by_mid: Aside(Names::default()),
            accepting: ByKey::default(),
            accepting_ids: Map::new(),
            evident: Set::new(),
            dirty: Vec::new(),
            transports: Vec::new(),
            others: Vec::new(),
            departed: Map::new(),
            removing: Map::new(),
            next_serial: 0,
            added: Vec::new(),
            agenda: agenda::Agenda::default(),
            ledger: ledger::Ledger::default(),
            quiet: Map::new(),
            driver: None,
            driver_name: String::new(),
            sole: false,
            generation: 1,
            wants_epoch: false,
            granted_at: Now::default(),
            clock_dirty: false,
            seen: i64::MIN,
            marked: 0,
            online: true,
            stalled: Vec::new(),
            storage_faults: 0,
            watchers: ByKey::default(),
            forgotten: Set::new(),
            early: Vec::new(),
            aborting: ByKey::default(),
            tickets: Map::new(),
            next_ticket: 0,
            flushing: None,
            drafts: Map::new(),
            configs: Map::new(),
            draining: Set::new(),
            commands: status::Commands::default(),
            unfinished: ByKey::default(),
            unfinished_count: 0,
            told_canary: None,
            gave_back: false,
            asked_epoch: 0,
            yielding: false,
            missed: Map::new(),
            status_changed: true,
            climate: Aside(None),
            silent_since: None,
            replica: Aside::default(),
            status: Aside(read::status_table()),
            queue: Aside(queue::table()),
            preprocess: false,
            queue_watched: false,
            headers: Aside(Map::new()),
            queue_changed: false,
            unshown: ByKey::default(),
            unshown_order: Vec::new(),
            queue_rows: Aside::default(),
            views: Aside(Map::new()),
            next_view: 0,
            journal: Aside(std::collections::VecDeque::new()),
            said: Set::new(),
            closing: None,
        }
    }

    /// One input, all of its consequences.
    pub fn step(&mut self, input: Input, now: Now) -> Step {
        self.begin_turn(now);
        self.take(input);
        self.end_turn()
    }

    /// What comes now happened at this instant.
    pub fn begin_turn(&mut self, now: Now) {
        self.now = now;
        self.watch_clock();
    }

    /// One of the inputs of a turn.
    pub fn take(&mut self, input: Input) {
        if let Input::Forget { req } = input {
            self.forgotten.insert(req);
            return;
        }
        self.forget();
        self.input(input);
        self.reindex();
    }

    /// What the inputs of a turn lead to beside their own effects.
    pub fn end_turn(&mut self) -> Step {
        self.forget();
        self.reindex();
        self.settle_down();
        Step { effects: std::mem::take(&mut *self.out), wake: self.wake() }
    }

    fn input(&mut self, input: Input) {
        match input {
            Input::AddTransport { config } => self.add_transport(*config),
            Input::RemoveTransport { req, uid } => self.remove_transport(req, &uid),
            Input::SetTransportOrder { req, uids, now } => self.set_order(req, uids, now),
            Input::Submit { req, draft } => self.submit(req, *draft),
            Input::Act { req, id, verb } => self.act(req, &id, verb),
            Input::Watch { req, id } => self.watch(req, &id),
            Input::Forget { .. } => {}
            Input::Flush { req, entry, flags, target } => self.flush(req, &entry, flags, target.as_deref()),
            Input::Validate { req, entry, flags } => self.validate(req, &entry, flags),
            Input::Dialog { req, entry, verb, read_only } => self.dialog(req, &entry, verb, read_only),
            Input::Committed { op, seqs } => self.committed(op, &seqs),
            Input::Refused { op, fenced, current, .. } => self.refused(op, fenced, current),
            Input::Failed { op, in_doubt, full } => self.failed(op, in_doubt, full),
            Input::Reread { op, snapshot } => self.read(op, snapshot),
            Input::Look { keys } => self.look(keys),
            Input::Granted { driver, sole } => self.granted(driver, sole),
            Input::Lost => self.lost(),
            Input::OwnerSilent { since } => self.owner_silent(since),
            Input::Replica { epoch, version, rows } => self.replicate(epoch, version, rows),
            Input::Answer { call, answer, wire, network } => self.answered(call, *answer, wire, network),
            Input::Notify { transport, flags, entry } => self.notified(&transport, flags, entry),
            Input::ModifyRow { transport, columns, update } => self.modify_row(&transport, columns, update),
            Input::Progress { call, done, total } => self.progressed(call, done, total),
            Input::Online { online } => self.online(online),
            Input::Preprocess { on } => self.preprocess = on,
            Input::Tick => self.first_load(),
            Input::Close { req } => self.close(req),
            Input::Configure { req, uid, values } => self.configure(req, uid, &values),
        }
    }

    /// Time-outs, what changed, what is due: until nothing moves any more.
    fn settle_down(&mut self) {
        self.time_out();
        self.tick_providers();
        self.unstall();
        self.reindex();
        if self.driver.is_some() {
            for uid in std::mem::take(&mut self.evident) {
                match self.key_of(&uid).filter(|key| self.slots.has(*key)) {
                    Some(key) => self.work(key, work::Work::Merge),
                    None => self.learn(&uid),
                }
            }
            self.sweep();
        }
        self.reindex();
        for _ in 0..ROUNDS {
            self.drive();
            self.drained();
            if self.dirty.is_empty() {
                break;
            }
            self.reindex();
        }
        self.tell_on();
        self.tell_canary();
        self.ask_for_lock();
        self.maybe_yield();
        self.reindex();
        self.show();
    }
}
