//! The rules of doubt: windows, absence, what a transport's guarantees allow (O-40…O-47).

/// What a transport promises (design, section 4).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Guarantees {
    /// `deduplicates.windowMs`.
    pub dedupe_window: Option<i64>,
    /// `probe`.
    pub probe: Option<Probe>,
    /// `cancels`.
    pub cancels: bool,
    /// `filesSentCopy: "always"`.
    pub files_sent_copy: bool,
    /// `perRecipient`.
    pub per_recipient: bool,
    /// Bytes.
    pub max_size: Option<u64>,
    /// Recipients of one envelope.
    pub max_recipients: Option<u32>,
    /// `remote`.
    pub remote: bool,
    /// `asynchronous`.
    pub asynchronous: bool,
}

/// What `probeMessage` can prove.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Probe {
    /// Its "absent" can be believed.
    pub authoritative: bool,
    /// After the last deadline, ms.
    pub settles: i64,
}
