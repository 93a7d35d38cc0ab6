//! The words of a remote viewer.

use super::world::*;
use mailspooler::mapi::*;
use mailspooler::session::io::*;
use mailspooler::status::StatusEntry;
use mailspooler::table::Restriction;

pub const DOWNLOAD: u32 = 0x1000;
pub const DELETE: u32 = 0x2000;
pub const REFRESH: u32 = 0x1_0000;
pub const PROCESS: u32 = 0x2_0000;
pub const DISCONNECT: u32 = 0x8_0000;
pub const ABORT: u32 = 0x20_0000;

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

pub fn entry() -> String {
    hex(&StatusEntry::Transport("t".into()).to_entry_id())
}

pub fn remote() -> TransportConfig {
    with(transport("t"), &[Verb::Refresh, Verb::Download, Verb::Remove])
}

pub fn header(id: &str, size: f64) -> HeaderRow {
    let text = |name: &str, value: &str| (name.into(), RowValue::Text { value: value.into() });
    let columns = vec![
        text("subject", id),
        text("senderName", "Ann"),
        ("messageSize".into(), RowValue::Number { value: size }),
        ("messageDeliveryTime".into(), RowValue::Number { value: T0 as f64 }),
    ];
    HeaderRow { id: id.into(), columns }
}

/// What a remote viewer does, and what it sees.
pub trait Viewer {
    fn validate(&mut self, flags: u32) -> Req;
    fn list(&mut self, rows: Vec<HeaderRow>);
    fn refresh(&mut self, rows: Vec<HeaderRow>);
    fn mark(&mut self, id: &str, status: u32) -> u32;
    fn marks(&mut self) -> Vec<(String, u32)>;
    fn cell(&mut self, id: &str, tag: PropTag) -> PropValue;
    fn row(&self, tag: PropTag) -> PropValue;
    fn code(&self) -> StatusCode;
    fn delivers(&mut self, entry: &str);
    fn last(&mut self) -> Option<Scode>;
}

impl Viewer for World {
    fn validate(&mut self, flags: u32) -> Req {
        let req = self.req();
        self.step(Input::Validate { req, entry: entry(), flags });
        req
    }

    fn list(&mut self, rows: Vec<HeaderRow>) {
        let call = self.take(Verb::Refresh);
        self.answer(&call, Answer::Headers { rows }, false);
    }

    fn refresh(&mut self, rows: Vec<HeaderRow>) {
        let req = self.validate(REFRESH);
        assert_eq!(self.replies.get(&req), Some(&Ok(Reply::Unit)), "accepted at once");
        self.list(rows);
    }

    fn mark(&mut self, id: &str, status: u32) -> u32 {
        self.session.set_message_status(&entry(), &hex(id.as_bytes()), status, DOWNLOAD | DELETE).unwrap()
    }

    fn marks(&mut self) -> Vec<(String, u32)> {
        let view = self.session.open_headers(&entry()).unwrap();
        let mut view = self.session.view(view).unwrap();
        view.set_columns(vec![PR_SUBJECT, PR_MSG_STATUS]).unwrap();
        let rows = view.query_rows(1_000, false).unwrap().rows;
        let read = |row: Vec<PropValue>| match (&row[0], &row[1]) {
            (PropValue::Str(id), PropValue::Long(status)) => (id.clone(), *status as u32),
            other => panic!("{other:?}"),
        };
        rows.into_iter().map(read).collect()
    }

    fn cell(&mut self, id: &str, tag: PropTag) -> PropValue {
        let view = self.session.open_headers(&entry()).unwrap();
        let mut view = self.session.view(view).unwrap();
        view.set_columns(vec![tag]).unwrap();
        let wanted = Restriction::Property { tag: PR_ENTRYID, op: Relop::Eq, value: PropValue::Binary(id.into()) };
        view.find_row(&wanted, mailspooler::table::Bookmark(0), false).unwrap();
        view.query_rows(1, false).unwrap().rows[0][0].clone()
    }

    fn row(&self, tag: PropTag) -> PropValue {
        let props = self.session.status_props(&entry()).unwrap();
        props.into_iter().find(|(t, _)| *t == tag).map_or(PropValue::NOT_FOUND, |(_, v)| v)
    }

    fn code(&self) -> StatusCode {
        match self.row(PR_STATUS_CODE) {
            PropValue::Long(code) => StatusCode::from_bits(code as u32).unwrap(),
            other => panic!("{other:?}"),
        }
    }

    fn delivers(&mut self, id: &str) {
        let call = self.take(Verb::Download);
        assert_eq!(call.entry.as_deref(), Some(id));
        let answer =
            Answer::Message { id: id.into(), folder: Some("inbox".into()), class: "IPM.Note".into(), flags: 2 };
        self.answer(&call, answer, false);
    }

    fn last(&mut self) -> Option<Scode> {
        self.session.header_progress(&entry()).unwrap().1
    }
}

pub fn threw(scode: Option<Scode>, network: bool) -> Answer {
    Answer::Threw { scode: scode.map(Scode::hresult), class: "Error".into(), network, retry_after: None }
}
