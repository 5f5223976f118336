//! Sets of flags by the short names of the Windows headers, as scenarios and traces write them.

use std::fmt;

use crate::vocabulary::text::quantities::NONE;
use crate::vocabulary::{
    CostFlags, FileAclFlags, HelperTokenFlags, HttpSecurityFlags, NotifyFlags, PeerCachingFlags,
};

/// Flags that scenarios write by their names.
pub(crate) trait NamedFlags: bitflags::Flags<Bits = u32> {
    /// Names beside those of the single flags.
    const MORE: &'static [(&'static str, u32)] = &[];

    /// Every name, with its bits.
    fn names() -> impl Iterator<Item = (&'static str, u32)> {
        let single = |(name, bits): &(&str, u32)| !name.is_empty() && bits.is_power_of_two();
        let flags = Self::FLAGS.iter().map(|flag| (flag.name(), flag.value().bits()));
        flags.filter(single).chain(Self::MORE.iter().copied())
    }
}

impl NamedFlags for CostFlags {}
impl NamedFlags for FileAclFlags {}
impl NamedFlags for HelperTokenFlags {}
impl NamedFlags for NotifyFlags {}
impl NamedFlags for PeerCachingFlags {}
impl NamedFlags for HttpSecurityFlags {
    /// The redirect policies (PROP-20); two at once are none.
    const MORE: &'static [(&'static str, u32)] =
        &[("ALLOW_REPORT", 0x100), ("DISALLOW", 0x200), ("ALLOW_SILENT", 0)];
}

/// The named sets of cost flags (PROP-32).
pub(crate) const COST_POLICIES: &[(&str, CostFlags)] = &[
    ("ALWAYS", CostFlags::TRANSFER_ALWAYS),
    ("NOT_ROAMING", CostFlags::TRANSFER_NOT_ROAMING),
    ("NO_SURCHARGE", CostFlags::TRANSFER_NO_SURCHARGE),
    ("STANDARD", CostFlags::TRANSFER_STANDARD),
    ("UNRESTRICTED", CostFlags::TRANSFER_UNRESTRICTED),
];

/// Flags by name; those without one as a number.
pub(crate) struct Flags<'a, T>(pub(crate) &'a T);

impl<T: NamedFlags> fmt::Display for Flags<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0.bits();
        if rest == 0 {
            return f.write_str(NONE);
        }
        let mut separator = "";
        for (name, bits) in T::names().filter(|(_, bits)| *bits != 0) {
            if rest & bits == bits {
                write!(f, "{separator}{name}")?;
                (separator, rest) = (", ", rest & !bits);
            }
        }
        if rest == 0 { Ok(()) } else { write!(f, "{separator}0x{rest:X}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_stand_by_name_and_unknown_ones_as_a_number() {
        assert_eq!(Flags(&NotifyFlags::default()).to_string(), "JOB_TRANSFERRED, JOB_ERROR");
        assert_eq!(Flags(&NotifyFlags::from_bits_retain(0x42)).to_string(), "JOB_ERROR, 0x40");
        assert_eq!(Flags(&FileAclFlags::empty()).to_string(), "none");
        let flags = HttpSecurityFlags::from_bits_retain(0x201);
        assert_eq!(Flags(&flags).to_string(), "ENABLE_CRL_CHECK, DISALLOW");
    }
}
