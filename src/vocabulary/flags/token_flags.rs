//! What a helper token is used for.

use bitflags::bitflags;

bitflags! {
    /// For what a job uses its helper token instead of the owner's (SEC-12).
    ///
    /// ```
    /// use bits_emulator::settings::HelperTokenFlags;
    ///
    /// let both = HelperTokenFlags::LOCAL_FILE | HelperTokenFlags::NETWORK;
    /// assert_eq!(both.bits(), 3);
    /// ```
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct HelperTokenFlags: u32 {
        /// `BG_TOKEN_LOCAL_FILE`: access to the local files (SEC-12).
        const LOCAL_FILE = 0x0001;
        /// `BG_TOKEN_NETWORK`: access to the network (SEC-12).
        const NETWORK = 0x0002;
    }
}
