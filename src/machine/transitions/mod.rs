//! The transition table, its triggers and guards, and the one place where the state changes.

pub(super) mod context;
pub(super) mod diagram;
pub(super) mod events;
pub(super) mod guards;
pub(super) mod invariants;
pub(super) mod step;
pub(super) mod table;
pub(super) mod trigger;
