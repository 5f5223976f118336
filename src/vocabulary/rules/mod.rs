//! The catalogue of documented rules, their ids, and the readings.

pub(super) mod catalogue;
pub(super) mod readings;
pub(super) mod rule_id;
