//! Who asks for credentials: a server or a proxy.

use std::sync::Arc;

use crate::machine::JobStateMachine;
use crate::vocabulary::{AuthScheme, AuthTarget};

/// The credentials that a server or proxy asks for.
#[derive(Debug, Clone)]
pub(crate) struct AuthChallenge {
    scheme: AuthScheme,
    user: Arc<str>,
    password: Arc<str>,
    /// The logged-on user is known there.
    knows_logged_on_user: bool,
}

impl AuthChallenge {
    pub(crate) fn new(scheme: AuthScheme, user: &str, password: &str) -> Self {
        Self { scheme, user: user.into(), password: password.into(), knows_logged_on_user: false }
    }

    pub(crate) fn logged_on_user(scheme: AuthScheme) -> Self {
        let nobody: Arc<str> = "".into();
        Self { scheme, user: Arc::clone(&nobody), password: nobody, knows_logged_on_user: true }
    }

    /// Whether it wants to know who is logged on, and no password.
    pub(crate) const fn is_for_logged_on_user(&self) -> bool {
        self.knows_logged_on_user
    }

    /// Whether the job has what is asked for (PROP-14); a null name stands for the logged-on user
    /// (PROP-19).
    pub(crate) fn is_answered_by(&self, job: &JobStateMachine, target: AuthTarget) -> bool {
        let Some(given) = job.credentials(target, self.scheme) else { return false };
        match (&given.user_name, &given.password) {
            (None, None) => self.knows_logged_on_user,
            (user, password) => {
                !self.knows_logged_on_user
                    && user.as_deref() == Some(&*self.user)
                    && password.as_deref() == Some(&*self.password)
            }
        }
    }
}
