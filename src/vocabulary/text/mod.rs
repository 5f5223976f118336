//! Texts: validation of names that clients give, phrases, and serialisation.

pub(crate) mod abbreviations;
#[cfg(feature = "scenario")]
pub(crate) mod documented;
pub(crate) mod header_lines;
pub(crate) mod names;
#[cfg(test)]
pub(super) mod names_tests;
pub(crate) mod nearest;
pub(crate) mod phrases;
pub(crate) mod quantities;
#[cfg(feature = "serde")]
pub(crate) mod serial;
pub(crate) mod stored;

/// Displays types by their names.
macro_rules! displayed_by_name {
    ($($type:ty),+) => {$(
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.name())
            }
        }
    )+};
}
pub(crate) use displayed_by_name;
