//! The service restarts, and somebody moves the system clock.

use crate::support::*;
use bits_emulator::JobPriority::{Foreground, Low, Normal};
use bits_emulator::machine::{Call, ComputerEvent, Deadline, Event, Failure};
use bits_emulator::service::{Service, ServiceStep};
use bits_emulator::{JobState, NotifyFlags};
use chrono::TimeDelta;

/// LIFE-30, NET-13: what becomes of the states.
#[test]
fn what_runs_is_queued_and_the_rest_stays() {
    for before in JobState::ALL.iter().copied() {
        let mut service = service();
        let id = job_in(&mut service, &ALICE, before);
        let _ = service.handle_computer(ComputerEvent::ServiceRestarted);
        let expected = if before.is_active() { Queued } else { before };
        assert_eq!(state(&service, id), expected, "{before}");
        // LIFE-29: it goes on afterwards, and only that.
        let goes_on = steps(&service) == [ServiceStep::Pick(id)];
        assert_eq!(goes_on, expected == Queued, "{before}");
    }
}

/// LIFE-30, SCHED-02: with many jobs none runs, and then the same number as before.
#[test]
fn all_places_are_free_after_a_restart() {
    let mut service = service();
    let back = running(&mut service, &ALICE, Low);
    let front = [ALICE, BOB].map(|by| running(&mut service, &by, Foreground));
    let waits = queued(&mut service, &BOB, Low);
    let all = [back, front[0], front[1], waits];
    assert_eq!(service.handle_computer(ComputerEvent::ServiceRestarted).len(), 4);
    assert_eq!(states(&service, &all), [Queued; 4]);
    // SCHED-08: a restart changes the order; whoever waited before is first now.
    assert_eq!(steps(&service), [front[0], front[1], waits].map(ServiceStep::Pick));
    settle(&mut service);
    assert_eq!(active(&service, &all), [front[0], front[1], waits]);
    // SCHED-07: the slice is a new one.
    assert_eq!(service.next_instant_of_interest(), Some(at(300)));
}

/// NET-13, NOTIFY-18: the callback object is gone, what it was to be told is not.
#[test]
fn callbacks_are_lost_and_told_again() {
    let mut service = service();
    let id = job_in(&mut service, &ALICE, Transferred);
    listen(&mut service, &ALICE, id, NotifyFlags::JOB_TRANSFERRED);
    settle(&mut service);
    let _ = service.handle_computer(ComputerEvent::ServiceRestarted);
    assert_eq!(job(&service, id).notify_interface(), None);
    assert_eq!(steps(&service), []);
    listen(&mut service, &ALICE, id, NotifyFlags::JOB_TRANSFERRED);
    assert_eq!(settle(&mut service).len(), 1);
}

/// The instants at which the clocks of all jobs act.
fn clocks(service: &Service, ids: &[bits_emulator::JobId]) -> Vec<Option<i64>> {
    let at = |id, deadline: &Deadline| {
        job(service, id).deadline(*deadline).map(|at| (at - start()).num_seconds())
    };
    ids.iter().flat_map(|id| Deadline::ALL.iter().map(move |deadline| at(*id, deadline))).collect()
}

/// TIME-05, INV-30: no timer of any job and no slice moves before a restart.
#[test]
fn a_moved_clock_moves_nothing() {
    for by in [TimeDelta::days(1), TimeDelta::days(-1), TimeDelta::days(36_500)] {
        let mut service = service();
        let retried = job_in(&mut service, &ALICE, TransientError);
        let runs = running(&mut service, &BOB, Normal);
        let waits = queued(&mut service, &ALICE, Normal);
        let ids = [retried, runs, waits];
        let (before, next) = (clocks(&service, &ids), service.next_instant());
        assert_eq!(next, Some(at(300)), "SCHED-07");
        assert_eq!(service.handle_computer(ComputerEvent::ClockChanged(by)).len(), 3);
        assert_eq!(clocks(&service, &ids), before, "{by}");
        assert_eq!((service.next_instant(), steps(&service)), (next, vec![]), "{by}");
        assert_eq!(service.now(), start(), "{by}");
    }
}

/// TIME-05, LIFE-30: after a restart the timers go by the wall clock.
#[test]
fn a_moved_clock_counts_after_a_restart() {
    for (by, retry) in [(0, 600), (200, 400), (-100, 700), (599, 1)] {
        let mut service = service();
        let id = job_in(&mut service, &ALICE, TransientError);
        let _ = service.handle_computer(ComputerEvent::ClockChanged(TimeDelta::seconds(by)));
        assert_eq!(service.next_instant(), Some(at(600)), "{by}");
        let _ = service.handle_computer(ComputerEvent::ServiceRestarted);
        assert_eq!(state(&service, id), TransientError, "{by}");
        assert_eq!(service.next_instant(), Some(at(retry)), "{by}");
        run_until(&mut service, at(retry));
        assert_eq!(state(&service, id), Connecting, "{by}");
    }
    // What is over by then acts at once.
    let mut service = service();
    let id = job_in(&mut service, &ALICE, TransientError);
    let _ = service.handle_computer(ComputerEvent::ClockChanged(TimeDelta::seconds(5_000)));
    let _ = service.handle_computer(ComputerEvent::ServiceRestarted);
    assert_eq!(service.next_instant(), Some(start()));
    settle(&mut service);
    assert_eq!(state(&service, id), Connecting);
}

/// TIME-05: a clock that was moved before the job was made moves nothing of it, later neither.
#[test]
fn a_job_that_is_made_after_the_clock_was_moved_keeps_its_timers() {
    let mut service = service();
    let _ = service.handle_computer(ComputerEvent::ClockChanged(TimeDelta::seconds(5_000)));
    let id = running(&mut service, &ALICE, Normal);
    happens(&mut service, id, Event::Failed(Failure::http(503)));
    let before = clocks(&service, &[id]);
    let _ = service.handle_computer(ComputerEvent::ServiceRestarted);
    assert_eq!(clocks(&service, &[id]), before);
    assert_eq!(service.next_instant(), Some(at(600)));
}

/// TIME-05, PROGRESS-13: its times are those of the wall clock, like those of any other.
#[test]
fn a_job_that_is_made_after_the_clock_was_moved_has_the_new_time() {
    let mut service = service();
    let old = create(&mut service, &ALICE);
    let _ = service.handle_computer(ComputerEvent::ClockChanged(TimeDelta::seconds(5_000)));
    let new = create(&mut service, &ALICE);
    assert_eq!(job(&service, new).times().creation, at(5_000));
    call(&mut service, &ALICE, old, Call::SetMinimumRetryDelay(60));
    call(&mut service, &ALICE, new, Call::SetMinimumRetryDelay(60));
    let modified = |id| job(&service, id).times().modification;
    assert_eq!([old, new].map(modified), [at(5_000); 2]);
}
