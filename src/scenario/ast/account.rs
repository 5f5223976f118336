//! Who acts in a scenario.

use std::sync::Arc;

use crate::emulator::service_named;
use crate::vocabulary::{IntegrityLevel, Sid, Token};

/// An account by its name, with what the line says of the rights of its process.
///
/// ```
/// use bits_emulator::accounts::Sid;
/// use bits_emulator::scenario::ast::Caller;
///
/// let bob = Caller { administrator: true, ..Caller::named("bob") };
/// assert_eq!(bob.to_string(), "administrator bob");
/// assert!(bob.token(Sid::User(500)).may_administer());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The account: a user, or LocalSystem, LocalService or NetworkService.
    pub name: Arc<str>,
    /// `administrator`: it belongs to the administrators.
    pub administrator: bool,
    /// `elevated` or `unelevated`; otherwise administrators and services are elevated.
    pub elevation: Option<bool>,
    /// `low-integrity` and so on; otherwise as usual for such a process.
    pub integrity: Option<IntegrityLevel>,
    /// `restricted`: the token has restricting SIDs.
    pub restricted: bool,
}

impl Caller {
    /// An ordinary process of the account.
    #[must_use]
    pub fn named(name: impl Into<Arc<str>>) -> Self {
        Self {
            name: name.into(),
            administrator: false,
            elevation: None,
            integrity: None,
            restricted: false,
        }
    }

    /// The account, if it is one of the three for services, which are always logged on (NET-02).
    #[must_use]
    pub fn service(&self) -> Option<Sid> {
        service_named(&self.name)
    }

    /// The token of the process; `user` is the account's identifier, if it is a user.
    #[must_use]
    pub fn token(&self, user: Sid) -> Token {
        let base = self.service().map_or(Token { user, ..Token::default() }, Token::service);
        let administrator = self.administrator || base.administrator;
        let elevated = self.elevation.unwrap_or(administrator || base.elevated);
        let usual = match (self.service(), elevated) {
            (Some(_), _) => IntegrityLevel::System,
            (None, true) => IntegrityLevel::High,
            (None, false) => IntegrityLevel::Medium,
        };
        let integrity = self.integrity.unwrap_or(usual);
        Token { administrator, elevated, integrity, restricted: self.restricted, ..base }
    }
}
