//! Peer caching and BranchCache flags.

use super::flags;

flags! {
    /// Whether a job takes content from peers and gives it to them (PROP-40, HTTP-17).
    ///
    /// ```
    /// use bits_emulator::settings::PeerCachingFlags;
    ///
    /// assert_eq!(PeerCachingFlags::DISABLE_BRANCH_CACHE.bits(), 4);
    /// assert_eq!(PeerCachingFlags::from_bits(8), None);
    /// ```
    #[derive(Default)]
    PeerCachingFlags {
        /// The job may fetch content from peers; deprecated since BITS 4.0 (PROP-40).
        ENABLE_CLIENT "BG_JOB_ENABLE_PEERCACHING_CLIENT" = 0x0001,
        /// Peers may fetch the content of the job; deprecated since BITS 4.0 (PROP-40).
        ENABLE_SERVER "BG_JOB_ENABLE_PEERCACHING_SERVER" = 0x0002,
        /// The job does not use BranchCache; BITS 4.0 and later (PROP-40).
        DISABLE_BRANCH_CACHE "BG_JOB_DISABLE_BRANCH_CACHE" = 0x0004,
    }
}
