//! The seam for what drives clients: an explorer that decides what happens at each point of their code.

use std::hash::Hash;
use std::sync::Arc;

use siphasher::sip128::{Hasher128, SipHasher13};

use super::emulator::Emulator;
use super::entry_points::{Target, Until};
use crate::emulator::engine::ProcessId;
use crate::emulator::engine::hooks::ReplyChange;
use crate::vocabulary::{Error, HResult, Method};

/// Decides what happens at the calls, waits and callbacks of clients. It is asked with no lock held, and may
/// do anything to the emulator, unwind the client's code among it.
pub(crate) trait Driver: Send + Sync {
    /// A client is about to make a call: what becomes of its reply.
    fn before_call(&self, emulator: &Emulator, call: DrivenCall) -> Option<ReplyChange>;

    /// The call has returned.
    fn after_call(&self, emulator: &Emulator, call: DrivenCall, reply: Observation);

    /// A client waits.
    fn wait(&self, emulator: &Emulator, process: ProcessId, until: Until);

    /// BITS is about to call an object of a client: what becomes of its reply. With the method comes a
    /// fingerprint of what the client is told.
    fn before_callback(
        &self,
        emulator: &Emulator,
        process: ProcessId,
        told: (Method, u128),
    ) -> Option<ReplyChange>;
}

/// A call of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct DrivenCall {
    pub(crate) process: ProcessId,
    pub(crate) target: Target,
    pub(crate) method: Method,
}

/// What a client learns from a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Observation {
    /// A fingerprint of all of it.
    pub(crate) reply: u128,
    pub(crate) code: HResult,
}

impl Observation {
    fn of<T: Hash>(reply: &Result<T, Error>) -> Self {
        let mut hasher = SipHasher13::new();
        match reply {
            Ok(value) => value.hash(&mut hasher),
            Err(error) => error.code().hash(&mut hasher),
        }
        let code = reply.as_ref().err().map_or(HResult::S_OK, |error| error.code());
        Self { reply: hasher.finish128().as_u128(), code }
    }
}

impl Emulator {
    pub(crate) fn set_driver(&self, driver: Option<Arc<dyn Driver>>) {
        self.lock().state.driver = driver;
    }

    pub(super) fn driver(&self) -> Option<Arc<dyn Driver>> {
        self.lock().state.driver.clone()
    }

    /// Makes a call as its driver says.
    pub(super) fn drive_call<T: Hash>(
        &self,
        driver: &dyn Driver,
        call: DrivenCall,
        make: impl FnOnce(Option<ReplyChange>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let change = driver.before_call(self, call);
        let reply = make(change);
        driver.after_call(self, call, Observation::of(&reply));
        reply
    }
}
