//! Helper token flags.

use super::flags;

flags! {
    /// The accesses for which a job uses its helper token instead of the owner's (SEC-12).
    ///
    /// ```
    /// use bits_emulator::settings::HelperTokenFlags;
    ///
    /// let both = HelperTokenFlags::LOCAL_FILE | HelperTokenFlags::NETWORK;
    /// assert_eq!(both.bits(), 3);
    /// ```
    #[derive(Default)]
    HelperTokenFlags {
        /// Access to the local files (SEC-12).
        LOCAL_FILE "BG_TOKEN_LOCAL_FILE" = 0x0001,
        /// Access to the network (SEC-12).
        NETWORK "BG_TOKEN_NETWORK" = 0x0002,
    }
}
