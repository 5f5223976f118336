//! The public `Hook`: what a test orders to happen at calls, with the closures that it runs.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::callback::ClientObject;
use super::emulator::Emulator;
use super::job_ref::JobRef;
use super::session::Session;
use super::user::User;
use crate::emulator::engine::hooks::{CallAction, Calls, HookEffect, HookRule, ReplyChange};
use crate::vocabulary::{HResult, Method};

/// What a test orders to happen at calls of clients: they fail or lose their reply, time passes, the client
/// is killed, the service restarts, or a closure of the test runs between two calls.
///
/// A hook names the calls at which it acts: those of a method or [of any](Calls::Any), narrowed to a
/// [user](Self::by), a [session](Self::by_session) or a [job](Self::on). It counts them from the moment at
/// which it is [added](Emulator::hook), lets some [go by](Self::after), and acts once, [several
/// times](Self::times) or [always](Self::always). Of several hooks at one call all that act before it or
/// after it do so, in the order in which they were added; of two that change its reply only the older one
/// acts.
///
/// The methods of a client's callbacks ([`Method::JobTransferred`] and its like) can be named too: there
/// BITS calls, and the client is called.
///
/// ```
/// use bits_emulator::{Emulator, HResult, Hook, JobType, Method, User};
///
/// let emulator = Emulator::new();
/// let session = emulator.connect(User::new("alice"));
/// let broken = HResult::RPC_S_SERVER_UNAVAILABLE;
/// emulator.hook(Hook::fail(Method::CreateJob, broken).after(1).times(2));
/// let codes: Vec<_> = (0..4)
///     .map(|_| session.create_job("update", JobType::Download).map_err(|error| error.code()))
///     .map(Result::err)
///     .collect();
/// assert_eq!(codes, [None, Some(broken), Some(broken), None]);
/// ```
///
/// What happens between two calls of a client is ordered in three lines. Here an operator cancels the job
/// after the client has read its state and before it resumes it:
///
/// ```
/// use bits_emulator::{Emulator, HResult, Hook, JobState, JobType, Method, User};
///
/// let emulator = Emulator::new();
/// emulator.server("https://example.com"); // has no such file
/// let job = emulator.connect(User::new("alice")).create_job("update", JobType::Download)?;
/// job.add_file("https://example.com/app.exe", r"C:\app\app.exe")?;
/// job.resume()?;
/// assert!(emulator.run_until_idle().is_at_rest());
///
/// let operator = emulator.connect(User::new("bob").administrator()).job(job.id())?;
/// emulator.hook(Hook::run(Method::Resume, move || _ = operator.cancel()).on(&job));
/// assert_eq!(job.state()?, JobState::Error);
/// assert_eq!(job.resume().unwrap_err().code(), HResult::BG_E_INVALID_STATE);
/// # Ok::<(), bits_emulator::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Hook {
    rule: HookRule<Closure, User>,
    /// The emulator of the session or the job that it names.
    of: Option<Emulator>,
}

/// A closure of a test.
#[derive(Clone)]
struct Closure(Arc<dyn Fn() + Send + Sync>);

impl fmt::Debug for Closure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a closure")
    }
}

/// What hooks do.
impl Hook {
    /// Makes a call fail with that code; it does nothing. By [`Method::CoCreateInstance`] connecting fails
    /// (CREATE-20); by a method of callbacks the client is not reached.
    #[must_use]
    pub fn fail(calls: impl Into<Calls>, code: HResult) -> Self {
        Self::new(calls, HookEffect::Reply(ReplyChange::Fail(code)))
    }

    /// Carries a call out and drops its reply: the client gets that code, and does not know what happened. A
    /// call that is refused anyway yields its own code. A callback whose reply is lost is told again
    /// (NOTIFY-20): its notification is delivered twice.
    ///
    /// ```
    /// use bits_emulator::{Emulator, HResult, Hook, JobType, Method, User};
    ///
    /// let emulator = Emulator::new();
    /// let session = emulator.connect(User::new("alice"));
    /// emulator.hook(Hook::drop_reply(Method::CreateJob, HResult::RPC_S_SERVER_UNAVAILABLE));
    /// assert!(session.create_job("update", JobType::Download).is_err());
    /// assert_eq!(session.jobs()?.total(), 1, "it was created");
    /// # Ok::<(), bits_emulator::Error>(())
    /// ```
    #[must_use]
    pub fn drop_reply(calls: impl Into<Calls>, code: HResult) -> Self {
        Self::new(calls, HookEffect::Reply(ReplyChange::Drop(code)))
    }

    /// Carries a call out, which answers that success code if it succeeds: `BG_S_PARTIAL_COMPLETE` of
    /// Complete, though every file is there; `BG_S_UNABLE_TO_DELETE_FILES` of Complete and Cancel; `S_FALSE`
    /// of ReplaceRemotePrefix, RemoveCredentials and RemoveClientCertificate; and `S_OK` of them all.
    ///
    /// ```
    /// use bits_emulator::{Completion, Emulator, HResult, Hook, JobType, Method, User};
    ///
    /// let emulator = Emulator::new();
    /// emulator.server("https://example.com").file("/app.exe", 1_000);
    /// let job = emulator.connect(User::new("alice")).create_job("update", JobType::Download)?;
    /// job.add_file("https://example.com/app.exe", r"C:\app\app.exe")?;
    /// job.resume()?;
    /// assert!(emulator.run_until_idle().is_at_rest());
    /// emulator.hook(Hook::answer(Method::Complete, HResult::BG_S_PARTIAL_COMPLETE));
    /// assert_eq!(job.complete()?, Completion::Partial);
    /// # Ok::<(), bits_emulator::Error>(())
    /// ```
    #[must_use]
    pub fn answer(method: Method, code: HResult) -> Self {
        Self::new(method, HookEffect::Reply(ReplyChange::Answer(code)))
    }

    /// Gives the next JobError callback an error object that cannot be read: its code is that of the failure
    /// to read it, its context UNKNOWN, and it has no file.
    #[must_use]
    pub fn unreadable_error(code: HResult) -> Self {
        Self::new(Method::JobError, HookEffect::Reply(ReplyChange::UnreadableError(code)))
    }

    /// Lets time pass before a call. A callback comes that much later.
    #[must_use]
    pub fn pass_time(calls: impl Into<Calls>, time: Duration) -> Self {
        Self::new(calls, HookEffect::Before(CallAction::PassTime(time)))
    }

    /// Kills the process of the client before a call, as [`Session::kill`] does: the call does not reach
    /// the service.
    #[must_use]
    pub fn kill(calls: impl Into<Calls>) -> Self {
        Self::new(calls, HookEffect::Before(CallAction::Kill))
    }

    /// Restarts the service before a call, as [`Emulator::restart`] does (LIFE-30, LIFE-32).
    #[must_use]
    pub fn restart_service(calls: impl Into<Calls>) -> Self {
        Self::new(calls, HookEffect::Before(CallAction::RestartService))
    }

    /// Runs a closure before a call, with no lock held: it may call the emulator and any handle. Its own
    /// calls do not meet this hook.
    #[must_use]
    pub fn run(calls: impl Into<Calls>, closure: impl Fn() + Send + Sync + 'static) -> Self {
        let closure = Closure(Arc::new(closure));
        Self::new(calls, HookEffect::Before(CallAction::Run(closure)))
    }

    fn new(calls: impl Into<Calls>, effect: HookEffect<Closure>) -> Self {
        Self { rule: HookRule::new(calls.into(), effect), of: None }
    }
}

/// Where and when hooks act.
impl Hook {
    /// Acts at calls of that user's processes only.
    #[must_use]
    pub fn by(mut self, user: impl Into<User>) -> Self {
        self.rule.user = Some(user.into());
        self
    }

    /// Acts at calls of that session's process only.
    #[must_use]
    pub fn by_session(mut self, session: &Session) -> Self {
        self.rule.process = Some(session.process);
        self.of = Some(session.emulator.clone());
        self
    }

    /// Acts at calls on that job and its files only.
    #[must_use]
    pub fn on<'job>(mut self, job: impl Into<JobRef<'job>>) -> Self {
        let (job, emulator) = job.into().parts();
        self.rule.job = Some(job);
        self.of = emulator.cloned().or(self.of);
        self
    }

    /// Acts after the call instead of before it, refused or not: what [`pass_time`](Self::pass_time),
    /// [`kill`](Self::kill), [`restart_service`](Self::restart_service) and [`run`](Self::run) do. A client
    /// that is killed there does not see the reply.
    #[must_use]
    pub fn afterwards(mut self) -> Self {
        self.rule.effect = match self.rule.effect {
            HookEffect::Before(action) => HookEffect::After(action),
            other => other,
        };
        self
    }

    /// Lets this many calls go by first.
    #[must_use]
    pub const fn after(mut self, calls: u64) -> Self {
        self.rule.skip = calls;
        self
    }

    /// Acts at this many calls, one after the other.
    #[must_use]
    pub const fn times(mut self, times: u64) -> Self {
        self.rule.times = Some(times);
        self
    }

    /// Acts at every call from then on.
    #[must_use]
    pub const fn always(mut self) -> Self {
        self.rule.times = None;
        self
    }

    /// Lets the test fail in which the hook does not act as often as it says, and at least once if it acts
    /// always: the drop of the last handle of the emulator panics. Hooks that the test
    /// [clears](Emulator::clear_hooks), or that are in a [fork](Emulator::fork), are not expected any more.
    /// A hook's closure that holds a handle of the emulator keeps that from being dropped, as long as the hook
    /// may act: [`Emulator::expect_all_met`] looks at once.
    ///
    /// Without this a hook that never acted is only [told](crate::trace::DropReport).
    ///
    /// ```should_panic
    /// use bits_emulator::{Emulator, HResult, Hook, Method};
    ///
    /// let emulator = Emulator::new();
    /// emulator.hook(Hook::fail(Method::Complete, HResult::RPC_S_SERVER_UNAVAILABLE).expect_met());
    /// ```
    #[must_use]
    pub const fn expect_met(mut self) -> Self {
        self.rule.expects_met = true;
        self
    }

    /// Why no call to an emulator can meet the hook, if so.
    fn problem(&self, emulator: &Emulator) -> Option<String> {
        if self.of.as_ref().is_some_and(|of| of != emulator) {
            return Some("its session or job is one of another emulator".to_owned());
        }
        let HookRule { calls, effect, .. } = &self.rule;
        if let Calls::To(method) = calls
            && !method.is_called()
        {
            return Some(format!("no call of an application reaches the service as {method}"));
        }
        match (effect, calls) {
            (HookEffect::Reply(ReplyChange::Fail(code) | ReplyChange::Drop(code)), _)
            | (HookEffect::Reply(ReplyChange::UnreadableError(code)), _)
                if code.is_success() =>
            {
                Some(format!(
                    "{code} is a success, with which nothing fails; use Hook::answer for it"
                ))
            }
            (HookEffect::Reply(ReplyChange::Answer(code)), Calls::To(method))
                if !method.success_codes().contains(code) =>
            {
                let codes = method.success_codes();
                let known: Vec<String> = codes.iter().map(HResult::to_string).collect();
                Some(match &known[..] {
                    [] => format!("a reply of {method} has no success code to choose"),
                    known => format!("{method} answers {}, not {code}", known.join(" or ")),
                })
            }
            _ => None,
        }
    }
}

impl fmt::Display for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "hook on {}: {}", self.rule.calls, self.rule.effect)
    }
}

/// Hooks.
impl Emulator {
    /// Adds a hook, which acts at calls of clients from now on.
    ///
    /// # Panics
    ///
    /// If no call can meet the hook: by a session or a job of another emulator; by a method that an application does not call at the service, such as
    /// [`Method::GetProtocol`]; with a success code where calls are to fail; or with an answer that the
    /// method does not have.
    #[track_caller]
    #[allow(clippy::panic, reason = "a hook that cannot act would let a test pass by accident")]
    pub fn hook(&self, hook: Hook) {
        if let Some(problem) = hook.problem(self) {
            panic!("{hook} cannot act: {problem}");
        }
        let Hook { rule, .. } = hook;
        let mut engine = self.lock();
        let user = rule.user.map(|user| engine.accounts.sid_of(&user.account));
        let HookRule { calls, process, job, skip, times, expects_met, .. } = rule;
        let effect = rule.effect.map(|Closure(run)| engine.add_object(ClientObject::Hook(run)));
        let rule = HookRule { calls, user, process, job, skip, times, effect, expects_met };
        engine.hooks.add(rule);
    }

    /// Removes the hooks that are left.
    pub fn clear_hooks(&self) {
        let mut engine = self.lock();
        let closures = engine.hooks.clear();
        engine.release(closures);
    }
}
