//! What a network may cost.

use bitflags::bitflags;

bitflags! {
    /// The cost states of networks: those in which a job may transfer, or that of the present
    /// network (PROP-31). The `TRANSFER_…` sets are the named policies (PROP-32).
    ///
    /// ```
    /// use bits_emulator::policy::CostFlags;
    ///
    /// assert_eq!(CostFlags::TRANSFER_STANDARD.bits(), 0x8000_0067);
    /// assert!(CostFlags::TRANSFER_STANDARD.contains(CostFlags::BELOW_CAP));
    /// assert!(!CostFlags::TRANSFER_STANDARD.contains(CostFlags::NEAR_CAP));
    /// ```
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub struct CostFlags: u32 {
        /// `BITS_COST_STATE_UNRESTRICTED`: neither a price nor a cap (PROP-31).
        const UNRESTRICTED = 0x0000_0001;
        /// `BITS_COST_STATE_CAPPED_USAGE_UNKNOWN`: a cap, and nobody knows how much is used
        /// (PROP-31).
        const CAPPED_USAGE_UNKNOWN = 0x0000_0002;
        /// `BITS_COST_STATE_BELOW_CAP`: well below the cap (PROP-31).
        const BELOW_CAP = 0x0000_0004;
        /// `BITS_COST_STATE_NEAR_CAP`: close to the cap (PROP-31).
        const NEAR_CAP = 0x0000_0008;
        /// `BITS_COST_STATE_OVERCAP_CHARGED`: above the cap, for a surcharge (PROP-31).
        const OVERCAP_CHARGED = 0x0000_0010;
        /// `BITS_COST_STATE_OVERCAP_THROTTLED`: above the cap, slowed down (PROP-31).
        const OVERCAP_THROTTLED = 0x0000_0020;
        /// `BITS_COST_STATE_USAGE_BASED`: paid by use (PROP-31).
        const USAGE_BASED = 0x0000_0040;
        /// `BITS_COST_STATE_ROAMING`: in the network of another provider (PROP-31).
        const ROAMING = 0x0000_0080;
        /// `BITS_COST_STATE_RESERVED`: without meaning.
        const RESERVED = 0x4000_0000;
        /// `BITS_COST_OPTION_IGNORE_CONGESTION`: transfer also while the network is congested
        /// (PROP-31).
        const IGNORE_CONGESTION = 0x8000_0000;
    }
}

impl CostFlags {
    /// Policy `ALWAYS`: at any cost (PROP-32).
    pub const TRANSFER_ALWAYS: Self = Self::TRANSFER_NOT_ROAMING.union(Self::ROAMING);
    /// Policy `NOT_ROAMING`: at any cost but roaming (PROP-32).
    pub const TRANSFER_NOT_ROAMING: Self = Self::TRANSFER_NO_SURCHARGE.union(Self::OVERCAP_CHARGED);
    /// Policy `NO_SURCHARGE`: neither roaming nor for a surcharge (PROP-32).
    pub const TRANSFER_NO_SURCHARGE: Self = Self::TRANSFER_STANDARD.union(Self::NEAR_CAP);
    /// Policy `STANDARD`: neither roaming, for a surcharge, nor near the cap (PROP-32).
    pub const TRANSFER_STANDARD: Self = Self::TRANSFER_UNRESTRICTED
        .union(Self::CAPPED_USAGE_UNKNOWN)
        .union(Self::BELOW_CAP)
        .union(Self::USAGE_BASED);
    /// Policy `UNRESTRICTED`: only where more bytes do not cost more (PROP-32).
    pub const TRANSFER_UNRESTRICTED: Self =
        Self::UNRESTRICTED.union(Self::OVERCAP_THROTTLED).union(Self::IGNORE_CONGESTION);
}

impl Default for CostFlags {
    /// The flags of a new job: at any cost (PROP-31, our reading).
    fn default() -> Self {
        Self::TRANSFER_ALWAYS
    }
}
