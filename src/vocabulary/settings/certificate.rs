//! Client certificates and their stores.

use std::sync::Arc;

use crate::vocabulary::enums::enumeration::enumeration;

enumeration! {
    /// The store in which the client certificate of a job is looked up (PROP-21).
    ///
    /// ```
    /// use bits_emulator::settings::CertStoreLocation;
    ///
    /// assert_eq!(CertStoreLocation::LocalMachine.value(), 1);
    /// ```
    ///
    /// Exhaustive on purpose: the Windows headers define these members and no others.
    CertStoreLocation is "BG_CERT_STORE_LOCATION", prefix "BG_CERT_STORE_LOCATION_" {
        /// The store of the user.
        CurrentUser "BG_CERT_STORE_LOCATION_CURRENT_USER" = 0,
        /// The store of the computer.
        LocalMachine "BG_CERT_STORE_LOCATION_LOCAL_MACHINE" = 1,
        /// The store of the service that calls.
        CurrentService "BG_CERT_STORE_LOCATION_CURRENT_SERVICE" = 2,
        /// The store of a named service.
        Services "BG_CERT_STORE_LOCATION_SERVICES" = 3,
        /// The store of a named user.
        Users "BG_CERT_STORE_LOCATION_USERS" = 4,
        /// What group policy gives the user.
        CurrentUserGroupPolicy "BG_CERT_STORE_LOCATION_CURRENT_USER_GROUP_POLICY" = 5,
        /// What group policy gives the computer.
        LocalMachineGroupPolicy "BG_CERT_STORE_LOCATION_LOCAL_MACHINE_GROUP_POLICY" = 6,
        /// What the enterprise gives the computer.
        LocalMachineEnterprise "BG_CERT_STORE_LOCATION_LOCAL_MACHINE_ENTERPRISE" = 7,
    }
}

/// The hash or the name by which a client certificate is looked up in its store (PROP-21).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum CertificateId {
    /// The one with that SHA-1 hash, of 20 bytes.
    Hash(Arc<[u8]>),
    /// The first with that subject name that serves for client authentication.
    Subject(Arc<str>),
}

/// A client certificate, as `SetClientCertificateByID` and `SetClientCertificateByName` name it.
/// A null text is refused (PROP-21).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ClientCertificate {
    /// The kind of the store.
    pub location: CertStoreLocation,
    /// The name of the store: CA, MY, ROOT, SPC or a custom one.
    pub store_name: Option<Arc<str>>,
    /// The certificate in it.
    pub id: Option<CertificateId>,
}

/// The result of looking up a certificate in its store (PROP-21).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum CertificateLookup {
    /// The certificate is there.
    #[default]
    Found,
    /// There is no such store: `ERROR_FILE_NOT_FOUND`.
    NoStore,
    /// The store has no such certificate: `CRYPT_E_NOT_FOUND`.
    NoCertificate,
    /// The store may not be read: `E_ACCESSDENIED`.
    AccessDenied,
}
