//! Panics of client code: what becomes of a callback that panics, and of the emulator.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use bits_emulator::{Callback, Error, HResult, Job};

use crate::support::{download, world};

/// Panics at the first call.
struct Panics(AtomicU32);

impl Callback for Panics {
    fn job_transferred(&self, _: &Job) -> HResult {
        assert!(self.0.fetch_add(1, Ordering::Relaxed) > 0, "the first time");
        HResult::S_OK
    }
}

/// An assertion in a callback fails the test with its own message, at once.
#[test]
#[should_panic(expected = "the first time")]
fn a_panic_in_a_callback_goes_through_the_wait() {
    let (emulator, session) = world();
    let job = download(&session).unwrap();
    job.set_notify_interface(Panics(AtomicU32::new(0))).unwrap();
    job.resume().unwrap();
    let _ = emulator.run_until_idle();
}

/// The emulator is usable after a panic that came through it: the callback has failed.
#[test]
fn a_panic_leaves_the_emulator_usable() -> Result<(), Error> {
    let (emulator, session) = world();
    let job = download(&session)?;
    let panics = Arc::new(Panics(AtomicU32::new(0)));
    job.set_notify_interface(panics.clone())?;
    job.resume()?;
    let wait = AssertUnwindSafe(|| emulator.run_until_idle());
    assert!(catch_unwind(wait).is_err());
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(panics.0.load(Ordering::Relaxed), 2);
    Ok(())
}

/// NOTIFY-20: where panics are contained, a callback that panics has failed, and is called again.
#[test]
fn a_contained_panic_stays_where_it_is() -> Result<(), Error> {
    let (emulator, session) = world();
    emulator.contain_panics(true);
    let job = download(&session)?;
    let panics = Arc::new(Panics(AtomicU32::new(0)));
    job.set_notify_interface(panics.clone())?;
    job.resume()?;
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(panics.0.load(Ordering::Relaxed), 2);
    Ok(())
}
