//! Status rows and verbs, computed from the machines.
