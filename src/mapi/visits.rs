//! Counts looks at things one after the other, in unit tests: what one message costs must not grow with the others.

#[cfg(test)]
thread_local! {
    static VISITS: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// One more was looked at on the way through all.
#[inline]
pub fn visit() {
    #[cfg(test)]
    VISITS.set(VISITS.get().saturating_add(1));
}

/// How many so far, in this thread.
#[cfg(test)]
pub fn visits() -> usize {
    VISITS.get()
}
