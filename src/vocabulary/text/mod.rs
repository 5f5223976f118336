//! Texts: validation of names that clients give, and serialisation.

pub(crate) mod names;
#[cfg(test)]
pub(super) mod names_tests;
#[cfg(feature = "serde")]
pub(crate) mod serial;
