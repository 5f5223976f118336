//! Notifications: registration, delivery state, what is due, and their lifecycle.

pub(super) mod config;
pub(super) mod delivery_state;
pub(super) mod due;
pub(super) mod lifecycle;
pub(super) mod registration;
