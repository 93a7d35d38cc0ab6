//! The one error type of the core.

use super::Scode;

/// A refusal: MAPI's code, what was expected and what came.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MapiError {
    /// MAPI's code; always a failure.
    pub code: Scode,
    /// What would have been accepted.
    pub expected: String,
    /// What came instead, without secrets.
    pub got: String,
}

/// `Result` with a [`MapiError`].
pub type MapiResult<T> = Result<T, MapiError>;

impl MapiError {
    /// A refusal with both halves of its explanation.
    pub fn new(code: Scode, expected: impl Into<String>, got: impl Into<String>) -> Self {
        Self { code, expected: expected.into(), got: got.into() }
    }
}

impl std::fmt::Display for MapiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: expected {}, got {}", self.code.name(), self.expected, self.got)
    }
}

impl std::error::Error for MapiError {}
