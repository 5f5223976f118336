//! Hooks: what a test orders to happen at calls between clients and the service.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::time::Duration;

use super::client_calls::ClientCall;
use super::registrations::ObjectId;
use super::{Engine, ProcessId};
use crate::emulator::trace::Process;
use crate::vocabulary::canonical::Canonical;
use crate::vocabulary::{ErrorContext, HResult, JobError, JobId, Method, Sid};

/// The calls at which a [`Hook`](crate::Hook) acts. Where a hook is made, a [`Method`] stands for its calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Calls {
    /// Calls of every method of BITS. Connecting and the methods of callbacks are none of these.
    Any,
    /// Calls of that method. [`Method::CoCreateInstance`] is connecting.
    To(Method),
}

impl From<Method> for Calls {
    fn from(method: Method) -> Self {
        Self::To(method)
    }
}

impl Calls {
    fn include(self, method: Method) -> bool {
        match self {
            Self::Any => method != Method::CoCreateInstance && !method.is_of_client(),
            Self::To(known) => known == method,
        }
    }
}

impl fmt::Display for Calls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("any call"),
            Self::To(method) => method.fmt(f),
        }
    }
}

/// A call that is about to be made: to the service, or by it to an object of a client.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HookedCall {
    pub(crate) method: Method,
    pub(crate) job: Option<JobId>,
    /// The client: its user, and its process if that is connected already.
    pub(crate) user: Sid,
    pub(crate) process: Option<ProcessId>,
}

impl HookedCall {
    /// A process of that user connects, the one named for the second time.
    pub(crate) const fn to_connect(user: Sid, process: Option<ProcessId>) -> Self {
        Self { method: Method::CoCreateInstance, job: None, user, process }
    }
}

/// What a hook does; `R` is the closure that it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum HookEffect<R> {
    Reply(ReplyChange),
    Before(CallAction<R>),
    After(CallAction<R>),
}

/// What becomes of a call's reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum ReplyChange {
    /// The call is not carried out and fails.
    Fail(HResult),
    /// The call is carried out, and its reply is lost.
    Drop(HResult),
    /// The call is carried out, and answers that success code.
    Answer(HResult),
    /// The client is called with an error object that it cannot read.
    UnreadableError(HResult),
}

/// What happens before or after a call, with no lock held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum CallAction<R> {
    PassTime(Duration),
    Kill,
    RestartService,
    Run(R),
}

impl<R> HookEffect<R> {
    /// The same effect with another closure.
    pub(crate) fn map<S>(self, run: impl FnOnce(R) -> S) -> HookEffect<S> {
        let action = |action| match action {
            CallAction::PassTime(time) => CallAction::PassTime(time),
            CallAction::Kill => CallAction::Kill,
            CallAction::RestartService => CallAction::RestartService,
            CallAction::Run(closure) => CallAction::Run(run(closure)),
        };
        match self {
            Self::Reply(change) => HookEffect::Reply(change),
            Self::Before(before) => HookEffect::Before(action(before)),
            Self::After(after) => HookEffect::After(action(after)),
        }
    }
}

impl<R> fmt::Display for HookEffect<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reply(ReplyChange::Fail(code)) => write!(f, "fail with {code}"),
            Self::Reply(ReplyChange::Drop(code)) => write!(f, "lose the reply, {code}"),
            Self::Reply(ReplyChange::Answer(code)) => write!(f, "answer {code}"),
            Self::Reply(ReplyChange::UnreadableError(code)) => {
                write!(f, "an error object that fails with {code}")
            }
            Self::Before(action) => write!(f, "{action} before it"),
            Self::After(action) => write!(f, "{action} after it"),
        }
    }
}

impl<R> fmt::Display for CallAction<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PassTime(time) => write!(f, "{time:?} pass"),
            Self::Kill => f.write_str("kill the client"),
            Self::RestartService => f.write_str("restart the service"),
            Self::Run(_) => f.write_str("run a closure"),
        }
    }
}

/// The number of a hook, in the order in which they were added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct HookId(u64);

/// A hook that was added.
#[derive(Debug, Clone)]
pub(crate) struct HookRule<R, U> {
    pub(crate) calls: Calls,
    pub(crate) user: Option<U>,
    pub(crate) process: Option<ProcessId>,
    pub(crate) job: Option<JobId>,
    /// How many calls go by first.
    pub(crate) skip: u64,
    /// At how many calls it acts; `None`: at all.
    pub(crate) times: Option<u64>,
    pub(crate) effect: HookEffect<R>,
    /// Whether a test fails in which it does not act as often.
    pub(crate) expects_met: bool,
}

impl<R, U> HookRule<R, U> {
    /// A rule that acts once, at the next of these calls, whoever makes it.
    pub(crate) const fn new(calls: Calls, effect: HookEffect<R>) -> Self {
        Self {
            calls,
            user: None,
            process: None,
            job: None,
            skip: 0,
            times: Some(1),
            effect,
            expects_met: false,
        }
    }
}

impl HookRule<ObjectId, Sid> {
    fn is_for(&self, call: &HookedCall) -> bool {
        self.calls.include(call.method)
            && self.user.is_none_or(|user| user == call.user)
            && self.process.is_none_or(|process| call.process == Some(process))
            && self.job.is_none_or(|job| call.job == Some(job))
    }
}

#[derive(Debug, Clone)]
struct Added {
    id: HookId,
    rule: HookRule<ObjectId, Sid>,
    /// How often it acted.
    met: u64,
    /// Its closure runs just now: what that calls meets the hook no more.
    is_running: bool,
}

impl Added {
    const fn has_closure(&self) -> bool {
        closure_of(&self.rule.effect).is_some()
    }
}

/// What the hooks of one call do, the oldest first.
#[derive(Debug, Default)]
pub(crate) struct MetHooks {
    pub(crate) before: Vec<(HookId, CallAction<ObjectId>)>,
    pub(crate) reply: Option<ReplyChange>,
    pub(crate) after: Vec<(HookId, CallAction<ObjectId>)>,
}

impl MetHooks {
    /// The code with which the call fails without being carried out.
    pub(crate) const fn failure(&self) -> Option<HResult> {
        match self.reply {
            Some(ReplyChange::Fail(code)) => Some(code),
            _ => None,
        }
    }

    /// The code that the caller gets though the call is carried out.
    pub(crate) const fn lost_reply(&self) -> Option<HResult> {
        match self.reply {
            Some(ReplyChange::Drop(code)) => Some(code),
            _ => None,
        }
    }

    /// The success code that the caller gets if the call succeeds.
    pub(crate) const fn answer(&self) -> Option<HResult> {
        match self.reply {
            Some(ReplyChange::Answer(code)) => Some(code),
            _ => None,
        }
    }

    /// The error object that a client gets in place of one that it can read.
    pub(crate) fn unreadable_error(&self) -> Option<JobError> {
        match self.reply {
            Some(ReplyChange::UnreadableError(code)) => {
                Some(JobError::new(code, ErrorContext::Unknown, None))
            }
            _ => None,
        }
    }

    /// The code by which connecting fails: one whose reply is lost is not connected either.
    pub(crate) fn failure_to_connect(&self) -> Option<HResult> {
        self.failure().or_else(|| self.lost_reply())
    }
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Hooks {
    added: Vec<Added>,
    last: u64,
}

impl Hooks {
    pub(crate) const fn is_empty(&self) -> bool {
        self.added.is_empty()
    }

    pub(crate) fn add(&mut self, rule: HookRule<ObjectId, Sid>) {
        self.last = self.last.saturating_add(1);
        self.added.push(Added { id: HookId(self.last), rule, met: 0, is_running: false });
    }

    /// Removes all, and returns the closures that are needed no more.
    pub(crate) fn clear(&mut self) -> Vec<ObjectId> {
        self.added.drain(..).filter_map(|added| closure_of(&added.rule.effect)).collect()
    }

    /// Counts a call, and returns what happens at it. Of two hooks that change its reply the older one
    /// does; the younger waits for the next call.
    pub(crate) fn meet(&mut self, call: &HookedCall) -> MetHooks {
        let mut met = MetHooks::default();
        for Added { id, rule, met: acted, .. } in
            self.added.iter_mut().filter(|added| !added.is_running && added.rule.is_for(call))
        {
            if rule.skip > 0 {
                rule.skip -= 1;
                continue;
            }
            if rule.times == Some(0) {
                continue;
            }
            match rule.effect {
                HookEffect::Reply(_) if met.reply.is_some() => continue,
                HookEffect::Reply(change) => met.reply = Some(change),
                HookEffect::Before(action) => met.before.push((*id, action)),
                HookEffect::After(action) => met.after.push((*id, action)),
            }
            *acted = acted.saturating_add(1);
            rule.times = rule.times.map(|times| times.saturating_sub(1));
        }
        self.added.retain(|added| added.rule.times != Some(0) || added.has_closure());
        met
    }

    /// The hooks that may still act, and how often each did.
    pub(crate) fn unspent(&self) -> impl Iterator<Item = (&HookRule<ObjectId, Sid>, u64)> {
        let left = self.added.iter().filter(|added| added.rule.times != Some(0));
        left.map(|added| (&added.rule, added.met))
    }

    /// The closure of a hook begins to run, or has ended.
    pub(crate) fn set_running(&mut self, id: HookId, is_running: bool) {
        if let Some(added) = self.added.iter_mut().find(|added| added.id == id) {
            added.is_running = is_running;
        }
    }

    /// Removes the hooks that act no more, and returns their closures. Those of a running hook are kept.
    pub(crate) fn take_spent(&mut self) -> Vec<ObjectId> {
        let is_spent = |added: &mut Added| added.rule.times == Some(0) && !added.is_running;
        self.added
            .extract_if(.., is_spent)
            .filter_map(|added| closure_of(&added.rule.effect))
            .collect()
    }
}

const fn closure_of(effect: &HookEffect<ObjectId>) -> Option<ObjectId> {
    match effect {
        HookEffect::Before(CallAction::Run(closure))
        | HookEffect::After(CallAction::Run(closure)) => Some(*closure),
        _ => None,
    }
}

impl Canonical for Hooks {
    /// Normalised: hooks in their order, whatever their numbers, and without those that act no more. Closures
    /// count by their numbers: they are a test's, and nothing else tells them apart.
    fn hash_canonical<H: Hasher>(&self, hasher: &mut H) {
        let Self { added, last: _ } = self;
        let left = || added.iter().filter(|added| added.rule.times != Some(0));
        hasher.write_usize(left().count());
        for Added { id: _, rule, is_running, met: _ } in left() {
            let HookRule { calls, user, process, job, skip, times, effect, expects_met: _ } = rule;
            (calls, user, process, job, skip, times, effect, is_running).hash(hasher);
        }
    }
}

impl Engine {
    /// What hooks do at a call of a client, or at one to it.
    pub(crate) fn meet_hooks(
        &mut self,
        by: &Process,
        job: Option<JobId>,
        method: Method,
    ) -> MetHooks {
        let (user, process) = (by.token.user, Some(ProcessId(by.number)));
        self.hooks.meet(&HookedCall { method, job, user, process })
    }

    /// What hooks do at a call of client code; programs are no objects, and have none.
    pub(crate) fn meet_hooks_of(&mut self, call: &ClientCall) -> MetHooks {
        let called = call.code.process().and_then(|process| self.processes.get(&process).cloned());
        match (called, call.code.method()) {
            (Some(process), Some(method)) => self.meet_hooks(&process, Some(call.job), method),
            _ => MetHooks::default(),
        }
    }
}
