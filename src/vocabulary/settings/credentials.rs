//! For whom credentials are, and how they are presented.

use std::fmt;
use std::sync::Arc;

use crate::vocabulary::enums::enumeration::enumeration;

enumeration! {
    /// The server or proxy that asks for the credentials (PROP-14). Another number is refused with
    /// [`BG_E_INVALID_AUTH_TARGET`](crate::HResult::BG_E_INVALID_AUTH_TARGET) (PROP-15).
    ///
    /// ```
    /// use bits_emulator::settings::AuthTarget;
    ///
    /// assert_eq!(AuthTarget::from_value(2), Ok(AuthTarget::Proxy));
    /// assert!(AuthTarget::from_value(0).is_err());
    /// ```
    ///
    /// Exhaustive on purpose: the Windows headers define these members and no others.
    AuthTarget is "BG_AUTH_TARGET", prefix "BG_AUTH_TARGET_",
        otherwise BG_E_INVALID_AUTH_TARGET
    {
        /// The server.
        Server "BG_AUTH_TARGET_SERVER" = 1,
        /// The proxy.
        Proxy "BG_AUTH_TARGET_PROXY" = 2,
    }
}

enumeration! {
    /// The authentication scheme by which credentials are presented (PROP-14). Another number is
    /// refused with [`BG_E_INVALID_AUTH_SCHEME`](crate::HResult::BG_E_INVALID_AUTH_SCHEME)
    /// (PROP-15).
    ///
    /// ```
    /// use bits_emulator::settings::AuthScheme;
    ///
    /// assert!(AuthScheme::Negotiate.takes_logged_on_user());
    /// assert!(!AuthScheme::Basic.takes_logged_on_user());
    /// ```
    ///
    /// Exhaustive on purpose: the Windows headers define these members and no others.
    AuthScheme is "BG_AUTH_SCHEME", prefix "BG_AUTH_SCHEME_",
        otherwise BG_E_INVALID_AUTH_SCHEME
    {
        /// Name and password in clear text.
        Basic "BG_AUTH_SCHEME_BASIC" = 1,
        /// A challenge and its digest.
        Digest "BG_AUTH_SCHEME_DIGEST" = 2,
        /// A challenge in the manner of Windows NT.
        Ntlm "BG_AUTH_SCHEME_NTLM" = 3,
        /// Kerberos or NTLM, whichever both sides support.
        Negotiate "BG_AUTH_SCHEME_NEGOTIATE" = 4,
        /// A central account service.
        Passport "BG_AUTH_SCHEME_PASSPORT" = 5,
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

/// A name and a password for a server or a proxy (`BG_AUTH_CREDENTIALS`, PROP-14). They cannot be
/// read back from a job (PROP-16). Serialised, they hold the password in clear text.
#[doc(alias = "BG_AUTH_CREDENTIALS", alias = "BG_BASIC_CREDENTIALS")]
#[derive(Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Credentials {
    /// Who asks for them.
    pub target: AuthTarget,
    /// How they are presented.
    pub scheme: AuthScheme,
    /// The user name; null stands for the logged-on user (PROP-19).
    pub user_name: Option<Arc<str>>,
    /// The password; null if the name is.
    pub password: Option<Arc<str>>,
}

impl Credentials {
    /// A name and a password.
    #[must_use]
    pub fn new(target: AuthTarget, scheme: AuthScheme, user_name: &str, password: &str) -> Self {
        let (user_name, password) = (Some(user_name.into()), Some(password.into()));
        Self { target, scheme, user_name, password }
    }

    /// Those of the logged-on user (PROP-19).
    #[must_use]
    pub const fn of_logged_on_user(target: AuthTarget, scheme: AuthScheme) -> Self {
        Self { target, scheme, user_name: None, password: None }
    }
}

impl fmt::Debug for Credentials {
    /// Without the password, which belongs in no log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("target", &self.target)
            .field("scheme", &self.scheme)
            .field("user_name", &self.user_name)
            .finish_non_exhaustive()
    }
}
