//! The record of a run that is to be shown: what its program did, learned and kept, and how far the trace of
//! BITS had come by then. Runs of an exploration make none.

use chrono::{DateTime, Utc};

use super::reads::Value;
use super::requests::RequestOutcome;
use crate::emulator::{Emulator, ProcessId};
use crate::vocabulary::{HResult, JobId, Method};

/// A line of the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Recorded {
    pub(crate) at: DateTime<Utc>,
    /// How many steps of the trace had happened by then.
    pub(crate) steps: u64,
    /// The number of the program among several, from 1 on.
    pub(crate) by: Option<u8>,
    pub(crate) told: Told,
}

/// What a program did, learned or kept, or what was done to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Told {
    /// A life began after that many others.
    Starts(u32),
    Ends(EndTold),
    Call(CallTold),
    Waits(DateTime<Utc>),
    WaitsForCall,
    /// What becomes of a request.
    Reports(RequestOutcome),
    /// The explorer decided something.
    Decided(String),
    /// What was decided is that the client is late.
    Late,
    /// A callback comes that was held back.
    LateCallback(Method),
    /// A name of the store got a value, or was removed.
    Stored(String, Option<String>),
    /// A name of the store was read.
    Recalled(String, Option<String>),
    /// It takes the lock of that name in a store, waits for it, or gives it up.
    Locks(String),
    WaitsForLock(String),
    Unlocks(String),
    /// It looked whether a file is on the disk.
    Looked(String, bool),
}

/// A call, and what came of it for the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CallTold {
    pub(crate) process: Option<ProcessId>,
    pub(crate) job: Option<JobId>,
    pub(crate) method: Method,
    pub(crate) code: HResult,
    pub(crate) value: Option<Value>,
}

/// How a life came to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum EndTold {
    Succeeded,
    Failed(String),
    Panicked(String),
    Killed,
    /// It was ended, because it did not come to its end.
    CutShort,
}

/// What a recorded run keeps.
#[derive(Debug)]
pub(crate) struct Record {
    pub(super) emulator: Emulator,
    pub(super) lines: Vec<Recorded>,
    /// What was decided while the emulator chose among steps, and stands in no line yet.
    pub(super) decided: Vec<String>,
}
