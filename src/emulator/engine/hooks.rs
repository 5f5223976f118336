//! Hooks: calls of clients that fail, or lose their reply, because a test says so.

use crate::vocabulary::{HResult, Method};

/// A hook, which makes calls of a method fail: the service is stopped, the RPC broke, access is denied.
/// By [`Method::CoCreateInstance`], connecting fails (CREATE-20). Each hook counts the calls from the
/// moment at which it is [added](crate::emulator::Emulator::hook); of two that apply to a call the older
/// one does it.
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hook {
    method: Option<Method>,
    skip: u64,
    /// `None`: always.
    times: Option<u64>,
    code: HResult,
    effect: HookEffect,
}

impl Hook {
    /// Creates a hook by which the next call of the method fails with that code and does nothing. A code of
    /// success makes no call fail.
    #[must_use]
    pub const fn fail(method: Method, code: HResult) -> Self {
        Self { method: Some(method), ..Self::fail_any(code) }
    }

    /// Creates a hook by which the next call of any method fails with that code; connecting is none.
    #[must_use]
    pub const fn fail_any(code: HResult) -> Self {
        Self { method: None, skip: 0, times: Some(1), code, effect: HookEffect::Fail }
    }

    /// Lets this many calls succeed first.
    #[must_use]
    pub const fn after(self, calls: u64) -> Self {
        Self { skip: calls, ..self }
    }

    /// Makes this many calls fail, one after the other.
    #[must_use]
    pub const fn times(self, times: u64) -> Self {
        Self { times: Some(times), ..self }
    }

    /// Makes every call fail from then on.
    #[must_use]
    pub const fn always(self) -> Self {
        Self { times: None, ..self }
    }

    /// Carries the call out and drops only its reply: the client does not know what happened. A call that
    /// is refused anyway yields its own code.
    #[must_use]
    pub const fn drop_reply(self) -> Self {
        Self { effect: HookEffect::DropReply, ..self }
    }
}

/// What a hook does to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HookEffect {
    Fail,
    DropReply,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Hooks(Vec<Hook>);

impl Hooks {
    pub(crate) fn add(&mut self, hook: Hook) {
        if hook.code.is_failure() && hook.times != Some(0) {
            self.0.push(hook);
        }
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Counts a call of the method, and returns what the first hook that applies to it does.
    pub(crate) fn next_for(&mut self, method: Method) -> Option<(HookEffect, HResult)> {
        let mut applied = None;
        let connects = method == Method::CoCreateInstance;
        let of_method = |hook: &&mut Hook| hook.method.map_or(!connects, |known| known == method);
        for hook in self.0.iter_mut().filter(of_method) {
            if hook.skip > 0 {
                hook.skip -= 1;
            } else if applied.is_none() {
                hook.times = hook.times.map(|times| times.saturating_sub(1));
                applied = Some((hook.effect, hook.code));
            }
        }
        self.0.retain(|hook| hook.times != Some(0));
        applied
    }
}
