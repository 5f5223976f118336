//! Polls: a client that asks the same again and again while nothing happens would never come to its end.

use std::thread::ThreadId;

use chrono::{DateTime, Utc};

use crate::emulator::engine::target::Target;
use crate::emulator::engine::{Engine, ProcessId};
use crate::vocabulary::Method;

/// How often a call may be repeated while nothing happens.
const POLL_LIMIT: u32 = 100_000;
/// How much more often where several threads use the emulator: another one may be about to let time pass.
const FOR_SEVERAL_THREADS: u32 = 100;
/// How many different calls a loop that is noticed has at most.
const MOST_CALLS_OF_LOOP: usize = 16;

/// One call, but for its arguments.
pub(crate) type PolledCall = (ProcessId, Target, Method);

/// The calls that were repeated since anything happened.
#[derive(Debug, Clone)]
pub(crate) struct PollGuard {
    limit: Option<u32>,
    /// When anything happened last, and how much had happened by then.
    since: Option<(DateTime<Utc>, u64)>,
    /// Each with its number; of more than fit the oldest are forgotten.
    calls: Vec<(PolledCall, u32)>,
    thread: Option<ThreadId>,
    has_several_threads: bool,
}

impl Default for PollGuard {
    fn default() -> Self {
        Self {
            limit: Some(POLL_LIMIT),
            since: None,
            calls: Vec::new(),
            thread: None,
            has_several_threads: false,
        }
    }
}

/// What to do about a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Polling {
    Fine,
    /// Another thread is to come to its turn.
    Yields,
    /// It was repeated so often that nothing will come of it.
    Endless(u32),
}

impl PollGuard {
    pub(crate) fn set_limit(&mut self, limit: Option<u32>) {
        self.limit = limit;
        self.calls.clear();
    }

    /// Counts a call.
    pub(crate) fn note(&mut self, engine: &Engine, call: PolledCall, thread: ThreadId) -> Polling {
        self.has_several_threads |= *self.thread.get_or_insert(thread) != thread;
        let Some(limit) = self.limit else { return Polling::Fine };
        let now = Some((engine.now(), engine.changes()));
        if self.since != now {
            self.since = now;
            self.calls.clear();
        }
        let Some((_, count)) = self.calls.iter_mut().find(|(known, _)| *known == call) else {
            if self.calls.len() == MOST_CALLS_OF_LOOP {
                self.calls.remove(0);
            }
            self.calls.push((call, 1));
            return Polling::Fine;
        };
        *count = count.saturating_add(1);
        let count = *count;
        let most = match self.has_several_threads {
            false => limit,
            true => limit.saturating_mul(FOR_SEVERAL_THREADS),
        };
        if count >= most {
            self.calls.clear();
            Polling::Endless(count)
        } else if count >= limit {
            Polling::Yields
        } else {
            Polling::Fine
        }
    }
}

/// What a test is told whose client polls for ever.
pub(crate) fn advice(client: &str, method: Method, count: u32) -> String {
    format!(
        "{client} called {method} {count} times in a row while nothing happened: the clock stands, so every \
         answer is the same. Let time pass: in the loop of the client by `Session::sleep`, in the test by \
         `Emulator::advance` or `run_until_idle`, or at each call by \
         `Emulator::set_clock(Clock::PerCall(..))`. `Emulator::set_poll_limit` sets the limit."
    )
}
