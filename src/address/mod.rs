//! Recipients and the header block.
