//! Network cost states and the cost policies of jobs.

use super::flags;

flags! {
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
    CostFlags {
        /// Neither a price nor a cap (PROP-31).
        UNRESTRICTED "BITS_COST_STATE_UNRESTRICTED" = 0x0000_0001,
        /// A cap, and usage that is not known (PROP-31).
        CAPPED_USAGE_UNKNOWN "BITS_COST_STATE_CAPPED_USAGE_UNKNOWN" = 0x0000_0002,
        /// Well below the cap (PROP-31).
        BELOW_CAP "BITS_COST_STATE_BELOW_CAP" = 0x0000_0004,
        /// Close to the cap (PROP-31).
        NEAR_CAP "BITS_COST_STATE_NEAR_CAP" = 0x0000_0008,
        /// Above the cap, for a surcharge (PROP-31).
        OVERCAP_CHARGED "BITS_COST_STATE_OVERCAP_CHARGED" = 0x0000_0010,
        /// Above the cap, slowed down (PROP-31).
        OVERCAP_THROTTLED "BITS_COST_STATE_OVERCAP_THROTTLED" = 0x0000_0020,
        /// Paid by use (PROP-31).
        USAGE_BASED "BITS_COST_STATE_USAGE_BASED" = 0x0000_0040,
        /// In the network of another provider (PROP-31).
        ROAMING "BITS_COST_STATE_ROAMING" = 0x0000_0080,
        /// Without meaning.
        RESERVED "BITS_COST_STATE_RESERVED" = 0x4000_0000,
        /// Transfer also while the network is congested (PROP-31).
        IGNORE_CONGESTION "BITS_COST_OPTION_IGNORE_CONGESTION" = 0x8000_0000,
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
    /// The flags of a job that sets none, under the documented readings (PROP-31).
    fn default() -> Self {
        Self::TRANSFER_UNRESTRICTED
    }
}
