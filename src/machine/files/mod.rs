//! Files: what was added, how far each is transferred, and what becomes of them.

pub(super) mod adding;
pub(super) mod completion;
pub(super) mod config;
pub(super) mod file_state;
pub(super) mod item;
pub(super) mod on_demand;
pub(super) mod progress;
pub(super) mod random_access;
pub(super) mod ranges;
pub(super) mod requirements;
pub(super) mod transfer;
pub(super) mod upload;
pub(super) mod validation;
