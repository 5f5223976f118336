//! Where a client certificate is kept.

use super::enumeration::enumeration;

enumeration! {
    /// The store in which the client certificate of a job is looked up (PROP-21).
    ///
    /// ```
    /// use bits_emulator::CertStoreLocation;
    ///
    /// assert_eq!(CertStoreLocation::LocalMachine.value(), 1);
    /// ```
    CertStoreLocation is "BG_CERT_STORE_LOCATION", prefix "BG_CERT_STORE_LOCATION_" {
        /// The store of the user.
        CurrentUser "CURRENT_USER" = 0,
        /// The store of the computer.
        LocalMachine "LOCAL_MACHINE" = 1,
        /// The store of the service that calls.
        CurrentService "CURRENT_SERVICE" = 2,
        /// The store of a named service.
        Services "SERVICES" = 3,
        /// The store of a named user.
        Users "USERS" = 4,
        /// What group policy gives the user.
        CurrentUserGroupPolicy "CURRENT_USER_GROUP_POLICY" = 5,
        /// What group policy gives the computer.
        LocalMachineGroupPolicy "LOCAL_MACHINE_GROUP_POLICY" = 6,
        /// What the enterprise gives the computer.
        LocalMachineEnterprise "LOCAL_MACHINE_ENTERPRISE" = 7,
    }
}
