//! The seam for what drives clients: an explorer that decides what happens at each point of their code.

use std::any::Any;
use std::hash::Hash;

use siphasher::sip128::{Hasher128, SipHasher13};

use crate::emulator::engine::ProcessId;
use crate::emulator::engine::hooks::ReplyChange;
use crate::emulator::engine::service_host::Connection;
use crate::emulator::engine::target::Target;
use crate::emulator::engine::until::Until;
use crate::vocabulary::{Error, HResult, Method};

/// Decides what happens at the calls, waits, callbacks and tasks of clients of an emulator `E`. It is asked
/// with no lock held, and may do anything to the emulator, unwind the client's code among it.
pub(crate) trait Driver<E>: Send + Sync {
    /// A client is about to make a call: what becomes of its reply.
    fn before_call(&self, emulator: &E, call: DrivenCall) -> Option<ReplyChange>;

    /// The call has returned.
    fn after_call(&self, emulator: &E, call: DrivenCall, reply: Observation);

    /// A client has learned something in another way, of which this is a fingerprint.
    fn learned(&self, process: ProcessId, what: u128);

    /// A client waits.
    fn wait(&self, emulator: &E, process: ProcessId, until: Until);

    /// BITS is about to call an object of a client: what becomes of that.
    fn before_callback(
        &self,
        emulator: &E,
        process: ProcessId,
        call: DrivenCallback,
    ) -> CallbackFate;

    /// An object of a client is called on this thread.
    fn begin_callback(&self, process: ProcessId);

    /// It has returned, or panicked with that: what goes on to the code that let time pass.
    fn end_callback(&self, panic: Option<Box<dyn Any + Send>>) -> Option<Box<dyn Any + Send>>;

    /// A number of timers of a client, the first ones that were pending, have ended.
    fn timers_ended(&self, process: ProcessId, number: usize);

    /// Tasks of a client are ready, by their numbers in the order of their waking: which one of them goes on.
    fn choose_task(&self, emulator: &E, process: ProcessId, ready: &[u64]) -> usize;
}

/// The payload with which a driver unwinds the code of a client. It is no panic of that code, so that nothing
/// contains it.
pub(crate) struct Unwound;

/// A call of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct DrivenCall {
    pub(crate) connection: Connection,
    pub(crate) target: Target,
    pub(crate) method: Method,
}

/// A call of BITS to an object of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DrivenCallback {
    pub(crate) method: Method,
    /// A fingerprint of what the client is told.
    pub(crate) told: u128,
    /// Whether it was held back before.
    pub(crate) is_late: bool,
}

/// What becomes of a call to an object of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CallbackFate {
    /// It is made, and this becomes of its reply.
    Comes(Option<ReplyChange>),
    /// It is held back until the client has made that many steps, which the driver counts.
    IsHeld(u8),
}

/// What a client learns from a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Observation {
    /// A fingerprint of all of it.
    pub(crate) reply: u128,
    pub(crate) code: HResult,
}

impl Observation {
    pub(crate) fn of<T: Hash>(reply: &Result<T, Error>) -> Self {
        let mut hasher = SipHasher13::new();
        match reply {
            Ok(value) => value.hash(&mut hasher),
            Err(error) => error.code().hash(&mut hasher),
        }
        let code = reply.as_ref().err().map_or(HResult::S_OK, |error| error.code());
        Self { reply: hasher.finish128().as_u128(), code }
    }
}
