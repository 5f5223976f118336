//! Legality: the calls of a program that no client of BITS should make.

use std::collections::BTreeMap;
use std::fmt;

use crate::vocabulary::Method;

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
    pub(super) fn note(&mut self, call: IllegalCall) {
        if !self.illegal.contains(&call) {
            self.illegal.push(call);
        }
    }

    /// A call did not reach the run of the service for which its handle was.
    pub(super) fn note_dead(&mut self, run: u32, method: Method) {
        if *self.dead.entry(run).or_insert(false) {
            self.note(IllegalCall::DeadHandle(method));
        }
    }

    /// The program waits.
    pub(super) fn note_wait(&mut self, is_called: bool) {
        self.dead.values_mut().for_each(|has_waited| *has_waited = true);
        if is_called {
            self.note(IllegalCall::WaitInCallback);
        }
    }

    /// The next life holds no handle of the one before.
    pub(crate) fn begin_life(&mut self) {
        self.dead.clear();
    }
}
