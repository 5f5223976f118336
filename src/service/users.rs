//! Who is logged on (NET-01 to NET-03, NET-10 to NET-12, NET-21).

use super::Service;
use super::scheduling::step_result::StepResult;
use super::slot::Slot;
use crate::machine::{Event, JobStateMachine};
use crate::vocabulary::{CallerLogon, Error, HResult, Method, Sid, Token, rule};

impl Service {
    /// Begins an interactive session of a user; one is enough (NET-03).
    pub fn log_on(&mut self, user: Sid) -> Vec<StepResult> {
        let sessions = self.sessions.entry(user).or_default();
        *sessions = sessions.saturating_add(1);
        if *sessions > 1 {
            return Vec::new();
        }
        self.send_to_jobs_of(user, &Event::OwnerLoggedOn)
    }

    /// Ends a session of a user. With the last one its jobs stop (NET-10), and helper tokens are lost
    /// (NET-12).
    pub fn log_off(&mut self, user: Sid) -> Vec<StepResult> {
        let Some(sessions) = self.sessions.get_mut(&user) else { return Vec::new() };
        *sessions = sessions.saturating_sub(1);
        if *sessions > 0 {
            return Vec::new();
        }
        self.sessions.remove(&user);
        self.send_to_jobs_of(user, &Event::OwnerLoggedOff)
    }

    /// Returns whether a user has a session. The system accounts always have (NET-02).
    #[must_use]
    pub fn is_logged_on(&self, user: Sid) -> bool {
        user.is_system_account() || self.sessions.contains_key(&user)
    }

    /// NET-21: a caller without a logon can neither add files nor complete a job, also if another account
    /// owns it.
    pub(crate) fn check_logon(
        &self,
        by: &Token,
        job: &JobStateMachine,
        method: Method,
    ) -> Result<(), Error> {
        let needs_logon = matches!(
            method,
            Method::AddFile | Method::AddFileSet | Method::AddFileWithRanges | Method::Complete
        ) && job.readings().caller_logon == CallerLogon::Required;
        if !needs_logon || job.state().is_final() || self.is_logged_on(by.user) {
            return Ok(());
        }
        Err(Error::refused(
            method,
            "the account of the caller has no interactive logon; log that user on, or call from a service \
             account",
            HResult::ERROR_NOT_LOGGED_ON,
            rule!("NET-21"),
        ))
    }

    fn send_to_jobs_of(&mut self, user: Sid, event: &Event) -> Vec<StepResult> {
        if self.is_stopped {
            return Vec::new();
        }
        let slots: Vec<Slot> = self.owners.jobs_of(user).collect();
        slots.into_iter().filter_map(|slot| self.send(slot, event.clone())).collect()
    }
}
