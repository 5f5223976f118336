//! Texts: validation of names that clients give, phrases, and serialisation.

pub(crate) mod names;
#[cfg(test)]
pub(super) mod names_tests;
pub(crate) mod phrases;
pub(crate) mod quantities;
#[cfg(feature = "serde")]
pub(crate) mod serial;
