//! Bandwidth policies and the limits that are in force.

pub(super) mod limits;
pub(crate) mod policies;
