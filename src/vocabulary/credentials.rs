//! For whom credentials are, and how they are presented.

use super::enumeration::enumeration;

enumeration! {
    /// Who asks for the credentials (PROP-14). Another number is refused with
    /// [`BG_E_INVALID_AUTH_TARGET`](crate::HResult::BG_E_INVALID_AUTH_TARGET) (PROP-15).
    ///
    /// ```
    /// use bits_emulator::AuthTarget;
    ///
    /// assert_eq!(AuthTarget::from_value(2), Ok(AuthTarget::Proxy));
    /// assert!(AuthTarget::from_value(0).is_err());
    /// ```
    AuthTarget is "BG_AUTH_TARGET", prefix "BG_AUTH_TARGET_" {
        /// The server.
        Server "SERVER" = 1,
        /// The proxy.
        Proxy "PROXY" = 2,
    }
}

enumeration! {
    /// How the credentials are presented (PROP-14). Another number is refused with
    /// [`BG_E_INVALID_AUTH_SCHEME`](crate::HResult::BG_E_INVALID_AUTH_SCHEME) (PROP-15).
    ///
    /// ```
    /// use bits_emulator::AuthScheme;
    ///
    /// assert!(AuthScheme::Negotiate.takes_logged_on_user());
    /// assert!(!AuthScheme::Basic.takes_logged_on_user());
    /// ```
    AuthScheme is "BG_AUTH_SCHEME", prefix "BG_AUTH_SCHEME_" {
        /// Name and password in clear text.
        Basic "BASIC" = 1,
        /// A challenge and its digest.
        Digest "DIGEST" = 2,
        /// A challenge in the manner of Windows NT.
        Ntlm "NTLM" = 3,
        /// Kerberos or NTLM, whichever both sides support.
        Negotiate "NEGOTIATE" = 4,
        /// A central account service.
        Passport "PASSPORT" = 5,
    }
}

impl AuthScheme {
    /// Whether a null name and password stand for the logged-on user (PROP-19).
    #[must_use]
    pub const fn takes_logged_on_user(self) -> bool {
        match self {
            Self::Ntlm | Self::Negotiate => true,
            Self::Basic | Self::Digest | Self::Passport => false,
        }
    }
}
