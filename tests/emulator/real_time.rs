//! Virtual time that follows another clock, here one that the test moves.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bits_emulator::chrono::TimeDelta;
use bits_emulator::{Callback, Clock, Emulator, Error, HResult, Job, JobState, User};

use crate::support::{PATH, SIZE, resumed_download};

/// A watch that shows that number of seconds.
#[derive(Clone, Default)]
struct Watch(Arc<AtomicU64>);

impl Watch {
    fn show(&self, seconds: u64) {
        self.0.store(seconds, Ordering::Relaxed);
    }

    fn seen_by(&self, emulator: &Emulator) {
        let watch = self.clone();
        emulator.set_time_source(move || Duration::from_secs(watch.0.load(Ordering::Relaxed)));
    }
}

/// A download of 10 seconds.
fn download(emulator: &Emulator) -> Result<Job, Error> {
    emulator.server("https://example.com").file("/app.exe", SIZE);
    resumed_download(&emulator.connect(User::new("alice")))
}

/// As much passes as the watch says, times the speed, and not twice; nothing before the clock was set, and
/// nothing when the watch stands or goes back.
#[test]
fn calls_follow_the_watch() -> Result<(), Error> {
    let (emulator, watch) = (Emulator::new(), Watch::default());
    watch.show(1_000);
    watch.seen_by(&emulator);
    let job = download(&emulator)?;
    watch.show(2_000);
    emulator.set_clock(Clock::RealTime(2));
    let begin = emulator.now();
    assert_eq!(job.state()?, JobState::Transferring, "what happens now happens");
    assert_eq!(emulator.now(), begin);
    for (shown, passed) in [(2_001, 2), (2_001, 2), (1_990, 2), (2_003, 6)] {
        watch.show(shown);
        assert_eq!(job.progress()?.bytes_transferred, passed << 20);
        assert_eq!(emulator.now() - begin, TimeDelta::seconds(passed.try_into().unwrap()));
    }
    watch.show(3_000);
    assert_eq!(job.state()?, JobState::Transferred);
    Ok(())
}

/// However far the watch leaps and however fast time is, it ends where time ends.
#[test]
fn a_watch_may_show_anything() -> Result<(), Error> {
    let (emulator, watch) = (Emulator::new(), Watch::default());
    watch.seen_by(&emulator);
    let job = download(&emulator)?;
    emulator.set_clock(Clock::RealTime(0));
    watch.show(1_000_000);
    let begin = emulator.now();
    assert_eq!(job.state()?, JobState::Transferring);
    assert_eq!(emulator.now(), begin, "at speed 0 it stands");
    emulator.set_clock(Clock::RealTime(u32::MAX));
    watch.show(u64::MAX);
    emulator.tick();
    assert_eq!(job.state()?, JobState::Cancelled, "TIME-20: much later");
    Ok(())
}

/// Keeps what it gets.
struct Finisher;

impl Callback for Finisher {
    fn job_transferred(&self, job: &Job) -> HResult {
        job.complete().map_or_else(|error| error.code(), |_| HResult::S_OK)
    }
}

/// NOTIFY-01: an application that only waits is told on the thread that ticks.
#[test]
fn ticks_bring_callbacks() -> Result<(), Error> {
    let (emulator, watch) = (Emulator::new(), Watch::default());
    watch.seen_by(&emulator);
    let job = download(&emulator)?;
    job.set_notify_interface(Finisher)?;
    emulator.set_clock(Clock::RealTime(1));
    for seconds in 1..=10 {
        assert!(!emulator.disk().exists(PATH), "{seconds}");
        watch.show(seconds);
        emulator.tick();
    }
    assert!(emulator.disk().exists(PATH));
    Ok(())
}

/// A tick is as good as a call, whatever the clock.
#[test]
fn a_tick_is_a_call_of_nobody() {
    let emulator = Emulator::new();
    let begin = emulator.now();
    emulator.tick();
    assert_eq!(emulator.now(), begin);
    emulator.set_clock(Clock::PerCall(Duration::from_secs(5)));
    emulator.tick();
    assert_eq!(emulator.now() - begin, TimeDelta::seconds(5));
}
