//! Retry delay and no-progress timeout: when these clocks act, what starts and stops them, and what moving
//! the system clock does to them.

use crate::common::*;
use bits_emulator::machine::{Call, ComputerEvent, Deadline, Event, JobStateMachine};
use bits_emulator::policy::{Block, CostFlags};
use bits_emulator::readings::{HeldClock, LongRetryDelay, PeriodEnd, Readings};
use bits_emulator::{HResult, JobState, JobType};
use chrono::{DateTime, TimeDelta, Utc};

const DAY: i64 = 86_400;

/// Asserts that a deadline comes next, after that many seconds; that nothing happens just before it; and
/// that the job enters these states when it has come.
#[track_caller]
fn acts_at(job: &mut JobStateMachine, deadline: Deadline, seconds: i64, entered: &[JobState]) {
    assert_eq!(job.next_deadline(), Some((at(seconds), deadline)));
    let before = job.clone();
    assert!(job.handle_deadline(at(seconds) - tick()).was_ignored(), "too early");
    assert_eq!(*job, before);
    assert_eq!(run_deadlines(job, at(seconds)), entered);
}

/// A job in that state that does not like every network.
fn with(readings: Readings, state: JobState) -> JobStateMachine {
    let mut job = job_at(options_with(JobType::Download, readings), Suspended);
    call(&mut job, cost_flags(CostFlags::TRANSFER_STANDARD), start());
    bring_to(&mut job, state, start());
    job
}

fn set_delays(job: &mut JobStateMachine, retry: u32, no_progress: u32) {
    call(job, Call::SetMinimumRetryDelay(retry), start());
    call(job, Call::SetNoProgressTimeout(no_progress), start());
}

/// A job that failed at the start with the given retry delay and no-progress timeout.
fn failed_with_delays(readings: Readings, retry: u32, no_progress: u32) -> JobStateMachine {
    let mut job = with(readings, Suspended);
    set_delays(&mut job, retry, no_progress);
    bring_to(&mut job, Connecting, start());
    event(&mut job, failed(503), start());
    job
}

fn fail_again(job: &mut JobStateMachine, now: DateTime<Utc>) {
    event(job, Event::Picked, now);
    event(job, failed(503), now);
}

/// TIME-01, LIFE-21, INV-24
#[test]
fn a_retry_follows_after_the_minimum_retry_delay() {
    acts_at(&mut download_in(TransientError), Deadline::RetryDelay, 600, &[Queued]);
    let mut late = download_in(TransientError);
    assert_eq!(run_deadlines(&mut late, at(700)), [Queued], "it may come later");
}

/// TIME-02, TIME-03
#[test]
fn the_retry_delay_is_at_least_5_seconds() {
    for (set, stored) in [(0, 5), (4, 5), (5, 5), (6, 6), (u32::MAX, u32::MAX)] {
        let mut job = download_in(Suspended);
        call(&mut job, Call::SetMinimumRetryDelay(set), start());
        assert_eq!(job.minimum_retry_delay(), stored);
    }
    let mut job = failed_with_delays(Readings::documented(), 0, 1000);
    acts_at(&mut job, Deadline::RetryDelay, 5, &[Queued]);
}

/// TIME-04
#[test]
fn resume_does_not_wait_for_the_retry_delay() {
    let mut job = download_in(TransientError);
    call(&mut job, Call::Resume, at(1));
    event(&mut job, Event::Picked, at(1));
}

/// TIME-05, INV-30
#[test]
fn moving_the_system_clock_moves_no_timer() {
    for by in [TimeDelta::days(400), TimeDelta::days(-400)] {
        for state in JobState::ALL.iter().copied() {
            let mut job = download_in(state);
            let next = job.next_deadline();
            event(&mut job, ComputerEvent::ClockChanged(by), at(10));
            assert_eq!((job.state(), job.next_deadline()), (state, next));
        }
    }
}

/// TIME-05, LIFE-30
#[test]
fn after_a_restart_the_timers_go_by_the_wall_clock() {
    for (by, retry, timeout) in [(400, 200, 600), (-3000, 3600, 4000), (5000, -4400, -4000)] {
        let mut job = failed_with_delays(Readings::documented(), 600, 1000);
        event(&mut job, ComputerEvent::ClockChanged(TimeDelta::seconds(by)), at(50));
        event(&mut job, ComputerEvent::ServiceRestarted, at(60));
        assert_eq!(job.state(), TransientError);
        assert_eq!(job.next_deadline(), Some((at(retry), Deadline::RetryDelay)));
        call(&mut job, Call::SetMinimumRetryDelay(u32::MAX), at(60));
        assert_eq!(job.next_deadline(), Some((at(timeout), Deadline::NoProgressTimeout)));
        // The inactivity clock counts from the last call.
        call(&mut job, Call::Suspend, at(60));
        assert_eq!(job.next_deadline(), Some((at(60 + 90 * DAY), Deadline::Inactivity)));
    }
    let mut idle = download_in(Suspended);
    event(&mut idle, ComputerEvent::ClockChanged(TimeDelta::days(90)), at(10));
    event(&mut idle, ComputerEvent::ServiceRestarted, at(20));
    assert_eq!(run_deadlines(&mut idle, at(20)), [Cancelled]);
}

/// TIME-06, LIFE-22, INV-25: measured from the first transient error, over all retries.
#[test]
fn without_progress_a_transient_error_becomes_an_error() {
    let mut job = failed_with_delays(Readings::documented(), 600, 1000);
    acts_at(&mut job, Deadline::RetryDelay, 600, &[Queued]);
    fail_again(&mut job, at(700));
    acts_at(&mut job, Deadline::NoProgressTimeout, 1000, &[JobState::Error]);
    assert_eq!(get_error(&job), HResult::BG_E_HTTP_ERROR_503);

    let mut job = download_in(TransientError);
    call(&mut job, Call::SetMinimumRetryDelay(2_000_000), start());
    acts_at(&mut job, Deadline::NoProgressTimeout, 1_209_600, &[JobState::Error]);
}

/// TIME-06
#[test]
fn progress_resets_the_period_and_a_connection_does_not() {
    for (bytes, timeout) in [(0, 1000), (1, 1700)] {
        let mut job = failed_with_delays(Readings::documented(), 600, 1000);
        run_deadlines(&mut job, at(600));
        event(&mut job, Event::Picked, at(650));
        event(&mut job, Event::Connected, at(650));
        event(&mut job, Event::SizeKnown(100), at(650));
        event(&mut job, Event::Progressed(bytes), at(650));
        event(&mut job, failed(503), at(700));
        call(&mut job, Call::SetMinimumRetryDelay(5000), at(700));
        acts_at(&mut job, Deadline::NoProgressTimeout, timeout, &[JobState::Error]);
    }
}

/// TIME-06
#[test]
fn a_period_that_ends_during_a_retry_lets_the_retry_run() {
    for state in [Queued, Connecting, Transferring] {
        let mut job = failed_with_delays(Readings::documented(), 600, 1000);
        run_deadlines(&mut job, at(600));
        match state {
            Queued => {}
            Connecting => event(&mut job, Event::Picked, at(700)),
            _ => {
                event(&mut job, Event::Picked, at(700));
                event(&mut job, Event::Connected, at(700));
            }
        }
        assert_eq!(run_deadlines(&mut job, at(2000)), []);
        let lost =
            if state == Queued { Event::Computer(ComputerEvent::NetworkLost) } else { failed(503) };
        event(&mut job, lost, at(2000));
        assert_eq!(job.state(), JobState::Error, "instead of TRANSIENT_ERROR, from {state}");
    }
}

/// TIME-07, INV-26
#[test]
fn with_timeout_0_nothing_is_retried() {
    let mut job = with(Readings::documented(), Suspended);
    call(&mut job, Call::SetNoProgressTimeout(0), start());
    event(&mut job, ComputerEvent::NetworkLost, start());
    let outcome = call_outcome(&mut job, Call::Resume, start());
    assert_eq!(outcome.entered.iter().collect::<Vec<_>>(), [Queued, JobState::Error]);
}

/// TIME-08, TIME-09, INV-27; the default delay of 600 counts too.
#[test]
fn a_retry_delay_beyond_the_timeout_is_never_reached() {
    for (retry, timeout) in [(600, 300), (301, 300)] {
        let mut job = failed_with_delays(Readings::documented(), retry, timeout);
        acts_at(&mut job, Deadline::NoProgressTimeout, 300, &[JobState::Error]);
    }
    // TIME-24: equal values retry, at that instant.
    let mut job = failed_with_delays(Readings::documented(), 300, 300);
    acts_at(&mut job, Deadline::RetryDelay, 300, &[Queued]);
}

/// TIME-08
#[test]
fn in_the_other_reading_such_a_job_fails_at_once() {
    let long_retry_delay = LongRetryDelay::FailsAtOnce;
    let readings = Readings { long_retry_delay, ..Readings::documented() };
    for (retry, timeout, state) in
        [(301, 300, JobState::Error), (300, 300, TransientError), (5, 300, TransientError)]
    {
        let job = failed_with_delays(readings, retry, timeout);
        assert_eq!(job.state(), state, "{retry} {timeout}");
    }
}

/// TIME-08, TIME-10
#[test]
fn causes_without_a_timed_retry_do_not_fail_at_once() {
    let long_retry_delay = LongRetryDelay::FailsAtOnce;
    let readings = Readings { long_retry_delay, ..Readings::documented() };
    for cause in holds() {
        let mut job = with(readings, Suspended);
        set_delays(&mut job, 600, 300);
        bring_to(&mut job, Transferring, start());
        event(&mut job, cause.clone(), start());
        assert_eq!(job.state(), TransientError, "{cause:?}: no retry delay applies to it");
    }
}

/// The causes whose end a job waits for.
fn holds() -> [Event; 4] {
    [
        Event::Computer(ComputerEvent::NetworkLost),
        Event::VolumeLocked,
        Event::Computer(ComputerEvent::Blocked(Block::BandwidthPolicy)),
        roaming(),
    ]
}

/// TIME-10, TIME-11
#[test]
fn held_jobs_are_not_retried_and_time_out() {
    for cause in holds() {
        let mut job = with(Readings::documented(), Transferring);
        event(&mut job, cause, start());
        acts_at(&mut job, Deadline::NoProgressTimeout, 1_209_600, &[JobState::Error]);
    }
}

/// TIME-11
#[test]
fn in_the_other_reading_the_clock_stands_still_while_a_job_is_held() {
    let held_clock = HeldClock::StandsStill;
    let readings = Readings { held_clock, ..Readings::documented() };
    for cause in holds() {
        let mut job = with(readings, Transferring);
        event(&mut job, cause, start());
        acts_at(&mut job, Deadline::Inactivity, 90 * DAY, &[Cancelled]);
    }
    // A period of 1000 s with a hold of 5000 s in it.
    let mut job = failed_with_delays(readings, 600, 1000);
    event(&mut job, ComputerEvent::NetworkRestored, at(100));
    event(&mut job, ComputerEvent::NetworkLost, at(200));
    assert_eq!(job.next_deadline().unwrap().1, Deadline::Inactivity);
    event(&mut job, ComputerEvent::NetworkRestored, at(5200));
    fail_again(&mut job, at(5300));
    call(&mut job, Call::SetMinimumRetryDelay(50_000), at(5300));
    acts_at(&mut job, Deadline::NoProgressTimeout, 6000, &[JobState::Error]);
}

/// TIME-11
#[test]
fn a_standing_clock_is_not_over_when_another_cause_comes() {
    let held_clock = HeldClock::StandsStill;
    let readings = Readings { held_clock, ..Readings::documented() };
    let mut job = failed_with_delays(readings, 600, 1000);
    event(&mut job, ComputerEvent::NetworkRestored, at(10));
    event(&mut job, ComputerEvent::NetworkLost, at(20));
    // 20 s of 1000 have run, whatever the wall says.
    event(&mut job, ComputerEvent::Blocked(Block::Standby), at(5000));
    assert_eq!(job.state(), TransientError);
}

/// TIME-12
#[test]
fn resume_and_suspend_end_the_period_unless_only_progress_does() {
    for (period_end, timeout) in [(PeriodEnd::ClientOrProgress, 1300), (PeriodEnd::Progress, 1000)]
    {
        for suspend in [false, true] {
            let readings = Readings { period_end, ..Readings::documented() };
            let mut job = failed_with_delays(readings, 600, 1000);
            if suspend {
                call(&mut job, Call::Suspend, at(200));
            }
            call(&mut job, Call::Resume, at(200));
            fail_again(&mut job, at(300));
            call(&mut job, Call::SetMinimumRetryDelay(5000), at(300));
            acts_at(&mut job, Deadline::NoProgressTimeout, timeout, &[JobState::Error]);
        }
    }
}

/// TIME-12
#[test]
fn after_the_timeout_a_resumed_job_gets_a_new_period() {
    let mut job = failed_with_delays(Readings::documented(), 2000, 1000);
    run_deadlines(&mut job, at(1000));
    call(&mut job, Call::Resume, at(5000));
    fail_again(&mut job, at(5000));
    acts_at(&mut job, Deadline::NoProgressTimeout, 6000, &[JobState::Error]);
}

/// NET-06
#[test]
fn a_network_that_comes_back_does_not_restart_the_period() {
    let mut job = failed_with_delays(Readings::documented(), 600, 1000);
    event(&mut job, ComputerEvent::NetworkRestored, at(100));
    fail_again(&mut job, at(900));
    acts_at(&mut job, Deadline::NoProgressTimeout, 1000, &[JobState::Error]);
}

/// TIME-14
#[test]
fn new_values_count_from_the_original_start() {
    for (setter, deadline, entered) in [
        (Call::SetMinimumRetryDelay(60), Deadline::RetryDelay, Queued),
        (Call::SetNoProgressTimeout(60), Deadline::NoProgressTimeout, JobState::Error),
        (Call::SetNoProgressTimeout(0), Deadline::NoProgressTimeout, JobState::Error),
    ] {
        let mut job = download_in(TransientError);
        let outcome = call_outcome(&mut job, setter, at(100));
        assert!(outcome.entered.is_empty(), "a setter never changes the state itself (T1)");
        assert_eq!(job.next_deadline().unwrap().1, deadline);
        assert_eq!(run_deadlines(&mut job, at(100)), [entered], "it fires at once");
    }
    let mut job = download_in(TransientError);
    call(&mut job, Call::SetMinimumRetryDelay(900), at(100));
    acts_at(&mut job, Deadline::RetryDelay, 900, &[Queued]);
}

/// TIME-14, INV-26
#[test]
fn timeout_0_ends_a_transient_error_whatever_its_cause_and_reading() {
    for held_clock in HeldClock::ALL {
        for cause in holds() {
            let readings = Readings { held_clock: *held_clock, ..Readings::documented() };
            let mut job = with(readings, Transferring);
            event(&mut job, cause.clone(), start());
            call(&mut job, Call::SetNoProgressTimeout(0), at(10));
            run_deadlines(&mut job, at(10));
            assert_eq!(job.state(), JobState::Error, "{cause:?}, {held_clock}");
        }
    }
}

/// TIME-14, TIME-05, LIFE-30: after the restart the error lies in the future.
#[test]
fn timeout_0_fires_at_once_after_the_clock_was_moved_back_too() {
    let mut job = download_in(TransientError);
    event(&mut job, ComputerEvent::ClockChanged(TimeDelta::days(-30)), at(10));
    event(&mut job, ComputerEvent::ServiceRestarted, at(20));
    call(&mut job, Call::SetNoProgressTimeout(0), at(30));
    assert_eq!(run_deadlines(&mut job, at(30)), [JobState::Error]);
}
