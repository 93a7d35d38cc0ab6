//! Rows of the driver in another tab: shown, and nothing else.

use super::rows::{SPOOLER, StatusRow};
use super::words::SILENT;
use crate::mapi::{
    Gather, ObjectType, PR_DISPLAY_NAME, PR_ENTRYID, PR_OBJECT_TYPE, PR_PROVIDER_DISPLAY, PR_PROVIDER_DLL_NAME,
    PR_REMOTE_PROGRESS, PR_REMOTE_PROGRESS_TEXT, PR_RESOURCE_FLAGS, PR_RESOURCE_METHODS, PR_RESOURCE_TYPE,
    PR_STATUS_CODE, PR_STATUS_STRING, PropTag, PropValue, ResourceType, StatusCode,
};

type Columns = Vec<(PropTag, PropValue)>;

/// What is taken over. What can be done with a row, and as whom, is the business of the tab that shows it.
const THEIRS: [PropTag; 7] = [
    PR_DISPLAY_NAME,
    PR_PROVIDER_DISPLAY,
    PR_PROVIDER_DLL_NAME,
    PR_STATUS_CODE,
    PR_STATUS_STRING,
    PR_REMOTE_PROGRESS,
    PR_REMOTE_PROGRESS_TEXT,
];
const TRANSPORT: (PropTag, PropValue) = (PR_RESOURCE_TYPE, PropValue::flags(ResourceType::TransportProvider.code()));

/// A row of the driver.
#[derive(Clone, Debug)]
pub struct Theirs {
    /// Of the row here, where this context has no such transport.
    pub key: u64,
    /// Its entry id.
    pub entry: Vec<u8>,
    /// Of those taken over.
    pub columns: Columns,
}

/// A follower takes this column over.
pub fn is_theirs(tag: PropTag) -> bool {
    THEIRS.contains(&tag)
}

/// What followers are told of a row: of transports', and of the spooler's while something troubles it. It says who sends,
/// which is for each context to say.
pub fn told(row: StatusRow) -> Option<Columns> {
    let troubled = [StatusCode::FAILURE, StatusCode::FAILURE.with(StatusCode::OFFLINE)];
    let is = |code: &StatusCode| row.columns.contains(&(PR_STATUS_CODE, PropValue::flags(code.bits())));
    let is_told = row.columns.contains(&TRANSPORT) || (row.key == SPOOLER && troubled.iter().any(is));
    is_told.then(|| row.columns.into_iter().filter(|(tag, _)| *tag == PR_ENTRYID || is_theirs(*tag)).gather())
}

/// The rows of a follower, with what the driver said of its own; a silent one's say so.
pub fn follow(rows: &mut Vec<StatusRow>, theirs: &[Theirs], silent: bool) {
    for their in theirs {
        let mut columns = their.columns.clone();
        if silent {
            put(&mut columns, (PR_STATUS_CODE, PropValue::flags(StatusCode::FAILURE.bits())));
            put(&mut columns, (PR_STATUS_STRING, SILENT.into()));
        }
        let id = (PR_ENTRYID, their.entry.clone().into());
        match rows.iter_mut().find(|row| row.columns.contains(&id)) {
            Some(row) if row.key == SPOOLER || row.columns.contains(&TRANSPORT) => take(&mut row.columns, columns),
            Some(_) => {}
            None => {
                let object = PropValue::flags(ObjectType::Status.code());
                columns.extend([id, TRANSPORT, (PR_OBJECT_TYPE, object)]);
                columns.extend([PR_RESOURCE_METHODS, PR_RESOURCE_FLAGS].map(|tag| (tag, PropValue::flags(0))));
                rows.push(StatusRow { key: their.key, columns });
            }
        }
    }
}

fn take(columns: &mut Columns, theirs: Columns) {
    for column in theirs {
        put(columns, column);
    }
}

fn put(columns: &mut Columns, column: (PropTag, PropValue)) {
    match columns.iter_mut().find(|(tag, _)| *tag == column.0) {
        Some(place) => *place = column,
        None => columns.push(column),
    }
}
