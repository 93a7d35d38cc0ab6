//! Status rows and the decisions of status objects. Computed from the machines, never stored.

mod entry;
mod replica;
mod rows;
mod transport;
mod verbs;
mod words;

pub use entry::StatusEntry;
pub use replica::{Theirs, follow, is_theirs, told};
pub use rows::{COLUMNS, FIRST_TRANSPORT, Role, SessionFacts, StatusRow, Storage, rows};
pub use transport::{TransportFacts, may_validate, methods, status_code};
pub use verbs::{Dialog, FlushFacts, FlushPlan, ValidatePlan, dialog, flush_queues, validate_state};
pub use words::{spooler_text, transport_text};
