//! Composition: the only public machine.
