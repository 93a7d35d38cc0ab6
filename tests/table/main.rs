//! MAPI's words and the table engine, by statement.

mod words;
