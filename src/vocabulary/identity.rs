//! Accounts, access tokens and integrity levels.

use std::fmt;

use super::enums::enumeration::enumeration;

/// The account behind a token, as a security identifier (SEC-14).
///
/// ```
/// use bits_emulator::accounts::Sid;
///
/// assert_eq!(Sid::LocalSystem.to_string(), "S-1-5-18");
/// assert_eq!(Sid::User(1001).to_string(), "S-1-5-21-0-0-0-1001");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Sid {
    /// The account of the system itself.
    LocalSystem,
    /// The account of services with few rights.
    LocalService,
    /// The account of services that act as the computer in the network.
    NetworkService,
    /// A user of the emulated computer, by the relative identifier.
    User(u32),
}

impl Sid {
    /// Whether the account is one of services, which are always logged on (NET-02).
    #[must_use]
    pub const fn is_system_account(self) -> bool {
        match self {
            Self::LocalSystem | Self::LocalService | Self::NetworkService => true,
            Self::User(_) => false,
        }
    }
}

impl Default for Sid {
    /// The first user of a computer.
    fn default() -> Self {
        Self::User(1001)
    }
}

impl fmt::Display for Sid {
    /// The string form that `GetOwner` returns (SEC-14).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LocalSystem => f.pad("S-1-5-18"),
            Self::LocalService => f.pad("S-1-5-19"),
            Self::NetworkService => f.pad("S-1-5-20"),
            Self::User(relative) => f.pad(&format!("S-1-5-21-0-0-0-{relative}")),
        }
    }
}

enumeration! {
    /// The integrity level of a process; a process of a lower level cannot change what it makes
    /// (SEC-05). The numbers are those of `GetOwnerIntegrityLevel`.
    ///
    /// ```
    /// use bits_emulator::accounts::IntegrityLevel;
    ///
    /// assert!(IntegrityLevel::Low < IntegrityLevel::Medium);
    /// assert_eq!(IntegrityLevel::High.value(), 0x3000);
    /// ```
    ///
    /// Exhaustive on purpose: the Windows headers define these members and no others.
    #[derive(Default)]
    IntegrityLevel is "SECURITY_MANDATORY_RID", prefix "SECURITY_MANDATORY_" {
        /// A sandboxed process, such as a browser's.
        Low "SECURITY_MANDATORY_LOW_RID" = 0x1000,
        /// An ordinary process.
        #[default]
        Medium "SECURITY_MANDATORY_MEDIUM_RID" = 0x2000,
        /// An elevated process.
        High "SECURITY_MANDATORY_HIGH_RID" = 0x3000,
        /// A service of the system.
        System "SECURITY_MANDATORY_SYSTEM_RID" = 0x4000,
    }
}

/// The access token of a caller: what BITS knows of it (SEC).
///
/// ```
/// use bits_emulator::accounts::Token;
///
/// assert!(Token::administrator(500).may_administer());
/// assert!(!Token::user(1001).may_administer());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default))]
pub struct Token {
    /// The account.
    pub user: Sid,
    /// The account belongs to the administrators.
    pub administrator: bool,
    /// The process is elevated, so that it may use an administrator's rights (SEC-04).
    pub elevated: bool,
    /// The integrity level of the process (SEC-05).
    pub integrity: IntegrityLevel,
    /// The token has restricting SIDs (CREATE-16).
    pub restricted: bool,
}

impl Token {
    /// An ordinary process of a user.
    #[must_use]
    pub const fn user(relative: u32) -> Self {
        Self {
            user: Sid::User(relative),
            administrator: false,
            elevated: false,
            integrity: IntegrityLevel::Medium,
            restricted: false,
        }
    }

    /// An elevated process of an administrator.
    #[must_use]
    pub const fn administrator(relative: u32) -> Self {
        Self {
            administrator: true,
            elevated: true,
            integrity: IntegrityLevel::High,
            ..Self::user(relative)
        }
    }

    /// A service that runs under one of the system accounts, LocalSystem for instance.
    #[must_use]
    pub const fn service(account: Sid) -> Self {
        Self {
            user: account,
            administrator: matches!(account, Sid::LocalSystem),
            elevated: true,
            integrity: IntegrityLevel::System,
            restricted: false,
        }
    }

    /// Whether the caller may use an administrator's rights: a member of the administrators, and
    /// elevated (SEC-02, SEC-06).
    #[must_use]
    pub const fn may_administer(self) -> bool {
        self.administrator && self.elevated
    }

    /// Whether the caller is exempt from the limits on numbers of files and ranges: administrators
    /// and services (FILES-09, FILES-19).
    #[must_use]
    pub const fn is_exempt_from_limits(self) -> bool {
        self.administrator || self.user.is_system_account()
    }
}
