//! Whose job it is, and who may do what with it.

use chrono::{DateTime, Utc};

use super::JobStateMachine;
use super::input::call::{Call, FileAccess};
use super::input::outcome::Outcome;
use super::settings::values::HelperToken;
use super::transitions::context::StepContext;
use super::transitions::trigger::Trigger;
use crate::vocabulary::{
    Error, FileAclFlags, HResult, HelperTokenFlags, IntegrityLevel, Method, Sid, Token, rule,
};

impl JobStateMachine {
    /// Checks that a caller may obtain an interface of the job, to see it and to change it. Rights are
    /// checked here, once; an interface that was obtained earlier stays usable (SEC-11).
    ///
    /// ```
    /// use bits_emulator::HResult;
    /// use bits_emulator::accounts::Token;
    /// use bits_emulator::machine::{JobOptions, JobStateMachine};
    /// use chrono::DateTime;
    ///
    /// let alice = JobOptions { owner: Token::user(1001), ..JobOptions::default() };
    /// let job = JobStateMachine::new(alice, DateTime::UNIX_EPOCH);
    /// assert!(job.access(&Token::administrator(500)).is_ok()); // SEC-03
    /// let denied = job.access(&Token::user(1002)).unwrap_err();
    /// assert_eq!(denied.code(), HResult::E_ACCESSDENIED);
    /// ```
    ///
    /// # Errors
    ///
    /// `E_ACCESSDENIED` unless the caller is the owner or an administrator (SEC-02), and elevated if
    /// the owner was (SEC-04).
    pub fn access(&self, by: &Token) -> Result<(), Error> {
        self.check_access(Method::QueryInterface, by)
    }

    pub(crate) fn check_access(&self, method: Method, by: &Token) -> Result<(), Error> {
        let denied = |reason, rule| Err(Error::denied(method, reason, rule));
        // SEC-03: without taking ownership.
        if by.user != self.config.owner.user && !by.may_administer() {
            let reason =
                "the job belongs to another user; its owner and elevated administrators may";
            return denied(reason, rule!("SEC-02"));
        }
        if self.config.owner.elevated && !by.elevated {
            let reason = "the job was made by an elevated caller; run elevated too";
            return denied(reason, rule!("SEC-04"));
        }
        Ok(())
    }

    /// Refuses callers whose token does not serve for the call, whatever interface they hold.
    pub(super) fn check_caller(&self, by: &Token, call: &Call) -> Result<(), Error> {
        let method = call.method();
        let denied = |reason, rule| Err(Error::denied(method, reason, rule));
        // That the code is E_ACCESSDENIED is an interpretation.
        if by.restricted {
            let reason = "a token with restricting SIDs may not change jobs";
            return denied(reason, rule!("CREATE-16"));
        }
        if by.integrity < self.config.creator_integrity {
            let reason = "the job was made at a higher integrity level; run at that level too";
            return denied(reason, rule!("SEC-05"));
        }
        let owner = by.user == self.config.owner.user;
        match call {
            Call::SetCredentials(_) if !owner => {
                let reason = "only the owner may set credentials";
                denied(reason, rule!("PROP-18"))
            }
            Call::SetClientCertificate(..)
            | Call::RemoveClientCertificate
            | Call::SetCustomHeaders(_)
                if !owner =>
            {
                let reason = "only the owner may, no other administrator; take ownership first";
                denied(reason, rule!("PROP-23"))
            }
            Call::TakeOwnership(_) if !by.may_administer() => {
                let reason = "only an elevated administrator may";
                denied(reason, rule!("SEC-06"))
            }
            // Since Windows 10 1607; whose token an administrator's job gets does not matter.
            Call::SetHelperToken if by.administrator && !self.config.owner.administrator => {
                let reason = "a job whose owner is no administrator takes no administrator's token";
                denied(reason, rule!("SEC-12"))
            }
            _ => Ok(()),
        }
    }

    /// SEC-06: what stands between a new owner and the files.
    pub(super) fn check_new_owner(access: FileAccess) -> Result<(), Error> {
        let (reason, code) = match access {
            FileAccess::Granted => return Ok(()),
            FileAccess::Denied => (
                "the new owner may not write to the local files",
                HResult::BG_E_NEW_OWNER_NO_FILE_ACCESS,
            ),
            FileAccess::OtherMapping => (
                "the drive letters of the local files mean other drives to the new owner",
                HResult::BG_E_NEW_OWNER_DIFF_MAPPING,
            ),
        };
        let rule = rule!("SEC-06");
        Err(Error::refused(Method::TakeOwnership, reason, code, rule))
    }

    /// SEC-07: nothing secret of the old owner serves the new one; the callback stays (NOTIFY-30).
    /// The same if the caller owned the job before: an interpretation (SEC-10). The state, the
    /// clocks and the error object stay as they are: an interpretation (SEC-09).
    pub(super) fn change_owner(&mut self, by: &Token) {
        let config = self.config_mut();
        config.owner = *by;
        config.http.forget_secrets();
        config.notify.command_line = None;
        // SEC-08: from now on the job waits for sessions of this user, who has one.
        self.live.conditions.owner_logged_on = true;
    }

    /// SEC-08: the job was taken over by a user who is not logged on, and waits for them. No user
    /// logged off, so that a helper token stays (NET-12).
    pub(crate) fn await_new_owner(&mut self, now: DateTime<Utc>) -> Outcome {
        let mut step = StepContext::new(now);
        self.live.conditions.owner_logged_on = false;
        self.fire(Trigger::SliceOver, &mut step);
        self.check();
        step.out
    }

    /// Returns the account in whose security context the job reaches local files
    /// ([`LOCAL_FILE`](HelperTokenFlags::LOCAL_FILE)), or servers and proxies
    /// ([`NETWORK`](HelperTokenFlags::NETWORK)): the owner's (SEC-01), or that of a helper token which is
    /// set for it (SEC-12).
    ///
    /// ```
    /// use bits_emulator::accounts::{Sid, Token};
    /// use bits_emulator::machine::{Call, JobOptions, JobStateMachine};
    /// use bits_emulator::settings::HelperTokenFlags;
    /// use chrono::DateTime;
    ///
    /// let now = DateTime::UNIX_EPOCH;
    /// let alice = JobOptions { owner: Token::user(1001), ..JobOptions::default() };
    /// let mut job = JobStateMachine::new(alice, now);
    /// job.call(Call::SetHelperTokenFlags(HelperTokenFlags::LOCAL_FILE), now)?;
    /// job.call_by(&Token::user(1002), Call::SetHelperToken, now)?;
    /// assert_eq!(job.acts_as(HelperTokenFlags::LOCAL_FILE), Sid::User(1002));
    /// assert_eq!(job.acts_as(HelperTokenFlags::NETWORK), Sid::User(1001));
    /// # Ok::<(), bits_emulator::Error>(())
    /// ```
    #[must_use]
    pub fn acts_as(&self, resource: HelperTokenFlags) -> Sid {
        let helper = self.helper_token_sid();
        let helper = helper.filter(|_| self.config.settings.helper_token_flags.contains(resource));
        helper.unwrap_or(self.config.owner.user)
    }

    /// Returns whether the job is to keep owner, group or auditing of files (FILES-32) and its owner lacks the
    /// privileges for that, which elevated administrators have.
    #[must_use]
    pub fn lacks_acl_privilege(&self) -> bool {
        let privileged = FileAclFlags::OWNER.union(FileAclFlags::GROUP).union(FileAclFlags::SACL);
        self.config.settings.file_acl_flags.intersects(privileged)
            && !self.config.owner.may_administer()
    }

    /// The token with which the owner calls.
    pub(crate) fn owner_token(&self) -> Token {
        self.config.owner
    }

    /// Returns the account that owns the job (`GetOwner`) (SEC-01, SEC-14).
    #[must_use]
    pub fn owner(&self) -> Sid {
        self.config.owner.user
    }

    /// `GetOwnerIntegrityLevel`: that of the owner's token when the job was created or taken over
    /// (SEC-14).
    #[must_use]
    pub fn owner_integrity_level(&self) -> IntegrityLevel {
        self.config.owner.integrity
    }

    /// `GetOwnerElevationState`: whether the owner's token was elevated then (SEC-14).
    #[must_use]
    pub fn owner_elevation_state(&self) -> bool {
        self.config.owner.elevated
    }

    /// Returns whose token helps the job, if one does (`GetHelperTokenSid`) (SEC-12).
    #[must_use]
    pub const fn helper_token_sid(&self) -> Option<Sid> {
        match self.live.helper_token {
            HelperToken::Held(sid) => Some(sid),
            HelperToken::None | HelperToken::Lost => None,
        }
    }
}
