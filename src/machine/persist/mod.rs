//! Serialisation of a job and of its outcomes (feature `serde`).

#[cfg(feature = "serde")]
pub(super) mod serial;
#[cfg(feature = "serde")]
pub(super) mod stored;
