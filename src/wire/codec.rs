//! How inputs and effects lie on the tapes. The tags are the contract with `pkg/src/wire/`.

use crate::mapi::{MapiError, ResourceType, Scode};
use crate::session::io::{
    Answer, CallId, Draft, DraftAddress, Effect, Guarantees, HeaderRow, Identity, Input, Job, JobRecipient,
    MessageVerb, Reply, RowValue, TransportConfig, Verb,
};
use crate::session::stored::{Index, StoreName};
use crate::settings::{Kind, Setting, Value};
use crate::spooler::doubt::Probe;
use crate::spooler::message::Reason;
use crate::spooler::outcome::{NotAttempted, Outcome, RecipientResult, RecipientStatus, Scope};
use crate::wire::tape::{Reader, Tape, TapeError, Writer};

tape!(struct CallId { epoch, generation, counter });
tape!(struct Identity { display, entry_id, search_key });
tape!(struct Probe { authoritative, settles });
tape!(struct Guarantees {
    dedupe_window, probe, cancels, files_sent_copy, per_recipient, max_size, max_recipients, remote, asynchronous,
});
tape!(enum Value { 1 Null, 2 Number { value }, 3 Flag { value }, 4 Text { value } });
tape!(enum Kind {
    1 Flag,
    2 Text { min, max },
    3 Number { min, max },
    4 Choice { values },
    5 Secret { min, max },
});
tape!(struct Setting { name, kind, initial, required, editable, depends });
tape!(enum ResourceType {
    36 TransportProvider,
    33 StoreProvider,
    34 Ab,
    35 AbProvider,
    37 Spooler,
    38 ProfileProvider,
    39 Subsystem,
    40 HookProvider,
});
tape!(struct TransportConfig {
    uid, display_name, provider_display, module_name, service, account, credential, address_types, uids, identities, any_sender,
    kind, resource_flags, identity, guarantees, wire_fetch, deadline_ms, poll_ms, functions,
    settings,
});
tape!(struct DraftAddress { kind, address_type, address, name, parse, entry_id });
tape!(struct Draft {
    id, again, from, recipients, subject, head, size, hash, hold_until, transport, conversation, strict, message_id,
});
tape!(enum MessageVerb {
    1 Abort { envelope },
    2 Retry,
    3 SetHold { until },
    4 SendFirst,
    5 CheckAgain,
    6 Resolve { how, envelope },
    7 LetPass,
    8 Discard,
});
tape!(enum Verb {
    1 Logon, 2 Logoff, 3 Configure, 4 AddressTypes, 5 Notify, 6 Idle, 7 Poll, 8 StartMessage, 9 Deliver,
    10 Acknowledge, 11 FlushQueues, 12 ValidateState, 13 ChangePassword, 14 SettingsDialog, 15 Prepare, 16 Submit,
    17 End, 18 Probe, 19 Cancel, 20 File, 21 Gate, 22 Test,
    23 Refresh, 24 Download, 25 Remove,
});
tape!(enum Reason { 1 First, 2 Retry, 3 Absent, 4 Person });
tape!(struct JobRecipient { kind, address_type, address, name, entry_id });
tape!(struct Job {
    uid, envelope, key, attempt, reason, token, deferred, configuration, message_id, from, subject, size, recipients,
});
tape!(enum Scope { 1 Recipient, 2 Message, 3 Account, 4 Transport, 5 Network });
tape!(enum NotAttempted {
    1 NotMe, 2 Busy, 3 Wait, 4 Network, 5 Auth, 6 Config, 7 Transport, 8 Account, 9 Preprocess,
});
tape!(enum RecipientStatus { 1 Accepted, 2 Rejected, 3 Open, 4 Doubtful });
tape!(struct RecipientResult { address, status, code, text });
tape!(enum Outcome {
    1 Accepted { remote_id, recipients },
    2 Rejected { scope, code, text, definite, recipients },
    3 Deferred { entry },
    4 NotAttempted { reason, retry_after, definite },
    5 Unknown { code },
    6 Http { status, retry_after },
    7 Mapi { scode, retry_after },
});
tape!(struct HeaderRow { id, columns });
tape!(enum Answer {
    1 Done,
    2 LoggedOn { idle, poll, identities, identity, guarantees },
    3 AddressTypes { types },
    4 Polled { more },
    5 Message { id, folder, class, flags },
    6 Nothing,
    7 Outcome { outcome },
    8 Ended { flags },
    9 Token { token },
    10 Probed { found, recipients },
    11 Cancelled { result },
    12 Threw { scode, class, network, retry_after },
    13 Garbage { expected, got },
    14 Headers { rows },
});
tape!(enum StoreName { 1 Meta, 2 Messages, 3 Bodies, 4 Commands, 5 Evidence, 6 Tombstones, 7 Config });
tape!(enum Index { 1 Key, 2 Uid, 3 IdKey, 4 MidKey });
tape!(enum RowValue { 1 Null, 2 Number { value }, 3 Bool { value }, 4 Text { value } });
tape!(enum Input {
    1 AddTransport { config },
    2 RemoveTransport { req, uid },
    3 SetTransportOrder { req, uids, now },
    4 Submit { req, draft },
    5 Act { req, id, verb },
    6 Watch { req, id },
    7 Forget { req },
    8 Flush { req, entry, flags, target },
    9 Validate { req, entry, flags },
    10 Dialog { req, entry, verb, read_only },
    11 Committed { op, seqs },
    12 Refused { op, fenced, at, current },
    13 Failed { op, in_doubt, full },
    14 Reread { op, snapshot },
    15 Look { keys },
    16 Granted { driver, sole },
    17 Lost,
    18 OwnerSilent { since },
    19 Answer { call, answer, wire, network },
    20 Notify { transport, flags, entry },
    21 ModifyRow { transport, columns, update },
    22 Progress { call, done, total },
    23 Online { online },
    24 Tick,
    25 Close { req },
    26 Configure { req, uid, values },
    27 Preprocess { on },
    28 Replica { epoch, version, rows },
});
tape!(struct MapiError { code, expected, got });
tape!(enum Reply {
    1 Unit,
    2 Accepted { id, uid, message_id },
    3 Settled { report },
    4 Aborted { result, uid },
});
tape!(enum Effect {
    1 Resolve { req, reply },
    2 Reject { req, error, id, state },
    3 Commit { op, ballast, ops },
    4 PutBody { op, req, uid, head },
    5 Read { op, keys },
    6 Call { call, transport, verb, deadline, flags, entry, of, req, job },
    7 AbortCall { call },
    8 NewMail { transport, id, folder, class, flags },
    9 LateEvidence { id, uid },
    11 Canary { messages, epoch },
    12 FlushProgress { req, phase, messages, total_messages, bytes, total_bytes },
    13 Lock { want },
    14 Log { level, code, transport },
    15 Views { ids },
    16 Closed,
    17 Configured { transport, n, values },
});

impl Tape for f64 {
    fn put(&self, w: &mut Writer) {
        w.nums.push(*self);
    }
    fn take(r: &mut Reader<'_>) -> Self {
        r.num()
    }
}

impl Tape for Scode {
    fn put(&self, w: &mut Writer) {
        self.hresult().put(w);
    }
    fn take(r: &mut Reader<'_>) -> Self {
        let code = Self::from_hresult(r.count());
        code.unwrap_or_else(|| {
            r.fail(TapeError::Tag("Scode"));
            Self::S_OK
        })
    }
}
