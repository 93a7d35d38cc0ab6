//! One transport provider: lifecycle, outbound, inbound.
