//! Messages, envelopes, routing, schedule, doubt.
