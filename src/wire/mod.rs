//! Plain-data twins of input and effect.
