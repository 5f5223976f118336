//! Authentication challenges: the credentials that a server or a proxy demands.

use std::sync::Arc;

use crate::machine::JobStateMachine;
use crate::vocabulary::{AuthScheme, AuthTarget};
use crate::world::identity::{known_on_network, network_user};

/// An authentication challenge: the credentials that a server or a proxy demands, under one scheme.
///
/// ```
/// use bits_emulator::Emulator;
/// use bits_emulator::server::AuthChallenge;
/// use bits_emulator::settings::AuthScheme;
///
/// let emulator = Emulator::new();
/// emulator.server("https://example.com").with_state(|server| {
///     server.challenge(AuthChallenge::new(AuthScheme::Basic, "alice", "secret"));
/// });
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AuthChallenge {
    pub(crate) scheme: AuthScheme,
    /// User name and password; `None` asks who is logged on.
    pub(crate) password: Option<(Arc<str>, Arc<str>)>,
}

impl AuthChallenge {
    /// Demands that user name and password.
    #[must_use]
    pub fn new(scheme: AuthScheme, user: &str, password: &str) -> Self {
        Self { scheme, password: Some((user.into(), password.into())) }
    }

    /// Asks who is logged on: a job that gives the logged-on user's credentials passes (PROP-19).
    #[must_use]
    pub const fn logged_on_user(scheme: AuthScheme) -> Self {
        Self { scheme, password: None }
    }

    /// Whether it asks who is logged on, and for no password.
    pub(crate) const fn is_for_logged_on_user(&self) -> bool {
        self.password.is_none()
    }

    /// Whether the job has what is demanded (PROP-14); a null name stands for the logged-on user
    /// (PROP-19).
    pub(crate) fn is_answered_by(&self, job: &JobStateMachine, target: AuthTarget) -> bool {
        let Some(given) = job.credentials(target, self.scheme) else { return false };
        // SEC-15: LocalService is anonymous.
        let is_anonymous =
            self.is_for_logged_on_user() && known_on_network(network_user(job)).is_empty();
        let known = self.password.as_ref();
        let known = known.map_or((None, None), |(user, password)| (Some(user), Some(password)));
        !is_anonymous && (given.user_name.as_ref(), given.password.as_ref()) == known
    }
}
