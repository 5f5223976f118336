//! No instant, no span and no order of instants stops a job from working, and its deadlines are
//! exactly the instants at which something happens.

use std::time::Duration;

use crate::common::*;
use bits_emulator::machine::{Call, ComputerEvent, Event, Input, JobOptions, JobStateMachine};
use bits_emulator::readings::Readings;
use bits_emulator::{HResult, JobState, JobType};
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

/// Instants at and beyond the ends of what a FILETIME holds.
fn instants() -> [DateTime<Utc>; 6] {
    [
        DateTime::<Utc>::MIN_UTC,
        DateTime::from_timestamp(-11_644_473_600, 0).unwrap(), // 1601
        start() - TimeDelta::days(1),
        start(),
        DateTime::from_timestamp(900_000_000_000, 0).unwrap(),
        DateTime::<Utc>::MAX_UTC,
    ]
}

fn extreme(job_type: JobType, seconds: u32) -> JobOptions {
    JobOptions {
        job_type,
        maximum_download_time: Duration::from_secs(seconds.into()),
        inactivity_timeout: Duration::from_secs(seconds.into()),
        readings: Readings::documented(),
        ..JobOptions::default()
    }
}

#[test]
fn extreme_instants_and_spans_stop_nothing() {
    for job_type in JobType::ALL {
        for seconds in [0, 1, u32::MAX] {
            for first in instants() {
                for second in instants() {
                    let mut job = JobStateMachine::new(extreme(*job_type, seconds), first);
                    live(&mut job, seconds, first, second);
                }
            }
        }
    }
}

/// Everything happens once, at two instants in turn, forwards or backwards.
fn live(job: &mut JobStateMachine, seconds: u32, first: DateTime<Utc>, second: DateTime<Utc>) {
    let _ = job.call(Call::add_file(file(0)), second);
    let _ = job.call(Call::SetMinimumRetryDelay(seconds), first);
    let _ = job.call(Call::SetNoProgressTimeout(seconds), second);
    let examples = Input::examples().into_iter();
    let alive =
        examples.filter(|input| !matches!(input, Input::Call(Call::Cancel(_) | Call::Complete(_))));
    for (turn, input) in alive.enumerate() {
        let now = if turn % 2 == 0 { first } else { second };
        let _ = job.apply(input, now);
        let _ = job.next_deadline();
        let _ = job.handle_deadline(now);
        let _ = (job.times(), job.canonical_state(now) == job.canonical_state(second));
    }
    for by in [TimeDelta::MAX, TimeDelta::MIN, TimeDelta::MAX] {
        let _ = job.handle(Event::Computer(ComputerEvent::ClockChanged(by)), second);
        let _ = job.handle(Event::Computer(ComputerEvent::ServiceRestarted), first);
        let _ = job.times();
        let _ = job.next_deadline();
    }
    let _ = job.call(cancel(), second);
    let _ = job.handle_deadline(DateTime::<Utc>::MAX_UTC);
}

#[test]
fn an_earlier_instant_makes_no_time_pass() {
    let mut job = download_in(Suspended);
    call(&mut job, Call::SetMaximumDownloadTime(100), start());
    bring_to(&mut job, Transferring, start());
    assert_eq!(run_deadlines(&mut job, start() - TimeDelta::days(1)), []);
    event(&mut job, Event::SliceOver, start() - TimeDelta::days(1));
    event(&mut job, Event::Picked, start());
    // TIME-15: the whole limit is left.
    assert_eq!(run_deadlines(&mut job, at(100) - tick()), []);
    assert_eq!(run_deadlines(&mut job, at(100) + tick()), [JobState::Error]);
}

/// TIME-24: retry, then whatever is due after it.
#[test]
fn a_very_late_driver_still_sees_every_clock_act() {
    let mut job = download_in(TransientError);
    assert_eq!(run_deadlines(&mut job, DateTime::<Utc>::MAX_UTC), [Queued, Cancelled]);
    assert_eq!(get_error(&job), HResult::BG_E_HTTP_ERROR_503);
}

proptest! {
    #![proptest_config(crate::cases::config(200))]

    /// TIME-01, TIME-06, TIME-18, TIME-20: one function says when clocks act, and when asked.
    #[test]
    fn nothing_happens_before_the_next_deadline_and_something_at_it(
        plan in crate::trace::plans::plans(crate::trace::plans::readings()),
    ) {
        crate::trace::run(&plan, start(), |step| assert_acts_exactly_then(&step.after, step.now));
    }
}

fn assert_acts_exactly_then(job: &JobStateMachine, now: DateTime<Utc>) {
    let mut early = job.clone();
    let Some((deadline, which)) = job.next_deadline() else {
        assert!(early.handle_deadline(DateTime::<Utc>::MAX_UTC).was_ignored());
        assert_eq!(early, *job);
        return;
    };
    assert!(early.handle_deadline(deadline - tick()).was_ignored(), "{which} acted early");
    assert_eq!(early, *job);
    let mut due = job.clone();
    let outcome = due.handle_deadline(deadline.max(now));
    assert!(!outcome.was_ignored(), "{which} did not act");
    assert_ne!(due, *job);
    let again = due.next_deadline();
    assert_ne!(again, Some((deadline, which)), "{which} acts for ever");
}
