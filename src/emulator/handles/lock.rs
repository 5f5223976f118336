//! The lock of an emulator. Nothing of a client runs while it is held.

use std::any::Any;
use std::cell::Cell;
use std::ops::{Deref, DerefMut};
use std::sync::MutexGuard;

use crate::emulator::engine::Engine;

/// An engine that is locked. What was given up meanwhile, a callback object for instance, is dropped
/// after the lock is free again: dropping it may call the emulator.
#[derive(Debug)]
pub(crate) struct Guard<'emulator> {
    engine: MutexGuard<'emulator, Engine>,
    given_up: Vec<DeferredDrop>,
}

/// Something of a client that the engine no longer needs.
pub(crate) type DeferredDrop = Box<dyn Any + Send>;

impl<'emulator> Guard<'emulator> {
    pub(crate) const fn new(engine: MutexGuard<'emulator, Engine>) -> Self {
        Self { engine, given_up: Vec::new() }
    }
}

impl Deref for Guard<'_> {
    type Target = Engine;

    fn deref(&self) -> &Engine {
        &self.engine
    }
}

impl DerefMut for Guard<'_> {
    fn deref_mut(&mut self) -> &mut Engine {
        &mut self.engine
    }
}

impl Drop for Guard<'_> {
    /// The fields are dropped in their order: the lock first.
    fn drop(&mut self) {
        self.given_up = self.engine.take_given_up();
    }
}

thread_local! {
    /// How many closures of a test look at a world on this thread just now.
    static LOOKING: Cell<u32> = const { Cell::new(0) };
}

/// A closure of a test looks at a world. It is no client: it runs with the lock held, so that an
/// emulator called inside it would wait for itself.
#[derive(Debug)]
pub(crate) struct ReentrancyGuard(());

impl ReentrancyGuard {
    pub(crate) fn begin() -> Self {
        LOOKING.set(LOOKING.get().saturating_add(1));
        Self(())
    }

    pub(crate) fn is_under_way() -> bool {
        LOOKING.get() > 0
    }
}

impl Drop for ReentrancyGuard {
    fn drop(&mut self) {
        LOOKING.set(LOOKING.get().saturating_sub(1));
    }
}
