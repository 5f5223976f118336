//! Notifications: registration, delivery state, and their lifecycle.

pub(super) mod delivery_state;
pub(super) mod lifecycle;
pub(super) mod registration;
