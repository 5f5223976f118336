//! Users: the accounts and process rights with which clients connect.

use std::sync::Arc;

use crate::vocabulary::{IntegrityLevel, Sid, Token};

/// An account, and the rights of a process that runs under it.
///
/// ```
/// use bits_emulator::{Emulator, JobType, User};
///
/// let emulator = Emulator::new();
/// // The name alone is a standard user.
/// let job = emulator.connect("alice").create_job("update", JobType::Download)?;
/// // SEC-02: another user may not have it, an administrator may.
/// assert!(emulator.connect("bob").job(job.id()).is_err());
/// assert!(emulator.connect(User::new("carol").administrator()).job(job.id()).is_ok());
/// # Ok::<(), bits_emulator::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct User {
    pub(crate) account: Account,
    /// The token of the process, but for the account.
    rights: Token,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Account {
    Named(Arc<str>),
    Service(Sid),
}

impl User {
    pub(crate) const fn token(&self, user: Sid) -> Token {
        Token { user, ..self.rights }
    }

    /// Creates a standard user with that account name, the same in any case of letters.
    #[must_use]
    pub fn new(name: impl Into<Arc<str>>) -> Self {
        Self { account: Account::Named(name.into()), rights: Token::default() }
    }

    /// Returns the account LocalSystem, whose jobs always run (NET-02).
    #[must_use]
    pub fn local_system() -> Self {
        Self::service(Sid::LocalSystem)
    }

    /// Returns the account LocalService (NET-02).
    #[must_use]
    pub fn local_service() -> Self {
        Self::service(Sid::LocalService)
    }

    /// Returns the account NetworkService (NET-02).
    #[must_use]
    pub fn network_service() -> Self {
        Self::service(Sid::NetworkService)
    }

    const fn service(account: Sid) -> Self {
        Self { account: Account::Service(account), rights: Token::service(account) }
    }

    /// Makes the user a member of the administrators, in an elevated process (SEC-04).
    #[must_use]
    pub fn administrator(self) -> Self {
        let integrity = IntegrityLevel::High;
        let rights = Token { administrator: true, elevated: true, integrity, ..self.rights };
        Self { rights, ..self }
    }

    /// Makes the process one that is not elevated: that of an administrator before the consent.
    #[must_use]
    pub fn not_elevated(self) -> Self {
        let integrity = IntegrityLevel::Medium;
        Self { rights: Token { elevated: false, integrity, ..self.rights }, ..self }
    }

    /// Sets the integrity level of the process (SEC-05).
    #[must_use]
    pub fn with_integrity(self, integrity: IntegrityLevel) -> Self {
        Self { rights: Token { integrity, ..self.rights }, ..self }
    }

    /// Makes the token of the process a restricted one (CREATE-16).
    #[must_use]
    pub fn restricted(self) -> Self {
        Self { rights: Token { restricted: true, ..self.rights }, ..self }
    }
}

impl From<&str> for User {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

impl From<String> for User {
    fn from(name: String) -> Self {
        Self::new(name)
    }
}

impl From<&Self> for User {
    fn from(user: &Self) -> Self {
        user.clone()
    }
}
