//! How virtual time passes.

pub(super) mod clock;
pub(super) mod progression;
pub(super) mod real_clock;
