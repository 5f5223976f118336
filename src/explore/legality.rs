//! Legality: the calls of a program that no client of BITS should make.

use std::collections::BTreeMap;
use std::fmt;

use super::execution::Execution;
use crate::emulator::{DrivenCall, Emulator, ProcessId};
use crate::vocabulary::{HResult, Method};

/// What a client of BITS should not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IllegalCall {
    /// A call that was refused with `BG_E_INVALID_STATE`.
    Refused(Method),
    /// A call through a handle of an earlier run of the service, of which an earlier call had told, after the
    /// program had waited since.
    DeadHandle(Method),
    /// A wait in a callback, which BITS waits for.
    WaitInCallback,
}

impl fmt::Display for IllegalCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(method) => {
                write!(f, "{method} was refused with BG_E_INVALID_STATE")
            }
            Self::DeadHandle(method) => write!(
                f,
                "{method} was called through a handle that was known to be dead since the service restarted"
            ),
            Self::WaitInCallback => f.write_str("the program waited in a callback"),
        }
    }
}

/// What is known of the calls of an execution.
#[derive(Debug, Clone, Default, Hash)]
pub(crate) struct Legality {
    pub(crate) illegal: Vec<IllegalCall>,
    /// The runs of the service of whose end a call has told, and whether the program has waited since.
    dead: BTreeMap<u32, bool>,
}

impl Legality {
    /// Notes what is illegal, once.
    fn note(&mut self, call: IllegalCall) {
        if !self.illegal.contains(&call) {
            self.illegal.push(call);
        }
    }

    /// A call did not reach the run of the service for which its handle was.
    fn note_dead(&mut self, run: u32, method: Method) {
        if *self.dead.entry(run).or_insert(false) {
            self.note(IllegalCall::DeadHandle(method));
        }
    }

    /// The next life holds no handle of the one before.
    pub(crate) fn begin_life(&mut self) {
        self.dead.clear();
    }
}

impl Execution {
    /// Notes a call that failed, if it was illegal or told of the end of a run of the service.
    pub(super) fn note_failed_call(&self, emulator: &Emulator, call: DrivenCall, code: HResult) {
        let dead_run = emulator.observe(|engine| engine.dead_run(call.connection));
        let legality = &mut self.progress().legality;
        if code == HResult::BG_E_INVALID_STATE {
            legality.note(IllegalCall::Refused(call.method));
        }
        if let Some(run) = dead_run {
            legality.note_dead(run, call.method);
        }
    }

    /// Notes that the program waits.
    pub(super) fn note_wait(&self, emulator: &Emulator, process: ProcessId) {
        let is_called = emulator.observe(|engine| engine.is_calling(process));
        let legality = &mut self.progress().legality;
        legality.dead.values_mut().for_each(|has_waited| *has_waited = true);
        if is_called {
            legality.note(IllegalCall::WaitInCallback);
        }
    }
}
