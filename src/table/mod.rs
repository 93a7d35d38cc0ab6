//! The one table engine.
