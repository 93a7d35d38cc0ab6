//! MAPI's words: flags, codes, property tags and values. No behaviour.
