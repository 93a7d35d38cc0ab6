//! Rows of the driver in another tab: shown, and nothing else.

use super::rows::{SPOOLER, StatusRow};
use super::words::SILENT;
use crate::mapi::{
    ObjectType, PR_DISPLAY_NAME, PR_ENTRYID, PR_OBJECT_TYPE, PR_PROVIDER_DISPLAY, PR_PROVIDER_DLL_NAME,
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

/// What followers are told of the rows: of transports', and of the spooler's while it is in trouble. It says who sends,
/// which is for each context to say.
pub fn told(rows: Vec<StatusRow>, troubled: bool) -> Vec<Columns> {
    let mut told = Vec::new();
    for mut row in rows {
        if (troubled && row.key == SPOOLER) || row.columns.contains(&TRANSPORT) {
            row.columns.retain(|(tag, _)| *tag == PR_ENTRYID || is_theirs(*tag));
            told.push(row.columns);
        }
    }
    told
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
            Some(row) if row.key == SPOOLER || row.columns.contains(&TRANSPORT) => {
                for column in columns {
                    put(&mut row.columns, column);
                }
            }
            Some(_) => {}
            None => {
                columns.push(id);
                columns.push(TRANSPORT);
                for (tag, bits) in
                    [(PR_OBJECT_TYPE, ObjectType::Status.code()), (PR_RESOURCE_METHODS, 0), (PR_RESOURCE_FLAGS, 0)]
                {
                    columns.push((tag, PropValue::flags(bits)));
                }
                rows.push(StatusRow { key: their.key, columns });
            }
        }
    }
}

fn put(columns: &mut Columns, column: (PropTag, PropValue)) {
    match columns.iter_mut().find(|(tag, _)| *tag == column.0) {
        Some(place) => *place = column,
        None => columns.push(column),
    }
}
