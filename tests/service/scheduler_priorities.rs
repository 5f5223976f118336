//! Which job runs: foreground jobs all at once, and beside them the first of the background.

use crate::support::*;
use bits_emulator::JobPriority::{Foreground, High, Low, Normal};
use bits_emulator::machine::{Call, ComputerEvent, Event, Failure, FileIndex, TransferItem};
use bits_emulator::policy::Block;
use bits_emulator::service::{Service, ServiceStep};
use bits_emulator::{JobId, JobPriority};

/// SCHED-01
#[test]
fn there_are_four_levels_and_three_of_the_background() {
    for (value, priority) in [Foreground, High, Normal, Low].into_iter().enumerate() {
        assert_eq!(priority.value() as usize, value);
        assert_eq!(priority.is_background(), priority != Foreground);
    }
    assert_eq!(JobPriority::ALL.len(), 4);
    let mut service = service();
    let id = create(&mut service, &ALICE);
    assert_eq!(job(&service, id).priority(), Normal);
}

fn all_queued(service: &mut Service, levels: &[JobPriority]) -> Vec<JobId> {
    levels.iter().map(|level| queued(service, &ALICE, *level)).collect()
}

/// SCHED-02, SCHED-04, INV-35: which of these run at once, whatever the order in which they came.
#[test]
fn the_foreground_and_the_first_of_the_background() {
    for (levels, run) in [
        (&[Normal][..], &[0][..]),
        (&[Normal, Normal, Normal], &[0]),
        (&[Low, Normal, High], &[2]),
        (&[High, Normal, Low], &[0]),
        (&[Low, Low, Normal, Normal], &[2]),
        (&[Foreground, Foreground, Foreground], &[0, 1, 2]),
        (&[Low, Foreground, High, Foreground, Normal], &[1, 2, 3]),
        (&[Foreground, Low], &[0, 1]),
    ] {
        let mut service = service();
        let ids = all_queued(&mut service, levels);
        let taken = settle(&mut service);
        let expected: Vec<_> = run.iter().map(|index| ids[*index]).collect();
        assert_eq!(active(&service, &ids), expected, "{levels:?}");
        assert_eq!(taken.len(), run.len(), "{levels:?}: nobody is stopped");
    }
}

/// SCHED-04, SCHED-08: the levels one after the other, first in, first out within each.
#[test]
fn they_run_in_the_order_of_level_and_arrival() {
    let mut service = service();
    let levels = [Low, Normal, High, Normal, Low, High];
    let ids = all_queued(&mut service, &levels);
    let mut order = Vec::new();
    for _ in &ids {
        settle(&mut service);
        let [runs] = active(&service, &ids)[..] else { panic!("one runs") };
        order.push(runs);
        happens(&mut service, runs, Event::Connected);
        transfer(&mut service, runs);
    }
    assert_eq!(order, [2, 5, 1, 3, 0, 4].map(|index| ids[index]));
    assert_eq!(steps(&service), []);
}

/// SCHED-04: a job of a higher level that is transferred, failed, waits for a retry, is suspended or
/// cannot run does not hold the others up: the default.
#[test]
fn only_jobs_that_can_run_come_first() {
    for goal in [Suspended, TransientError, bits_emulator::JobState::Error, Transferred, Cancelled]
    {
        let mut service = service();
        let first = job_in(&mut service, &ALICE, goal);
        let low = queued(&mut service, &ALICE, Low);
        assert_eq!(job(&service, first).priority(), Normal);
        assert_eq!(steps(&service), [ServiceStep::Pick(low)], "{goal}");
    }
    let mut service = service();
    queued(&mut service, &BOB, High);
    let low = queued(&mut service, &ALICE, Low);
    let _ = service.log_off(BOB.user);
    assert_eq!(steps(&service), [ServiceStep::Pick(low)], "SCHED-10");
}

/// SCHED-05: it goes back to QUEUED with what it has; the other takes its place.
#[test]
fn a_higher_level_takes_the_place_of_a_lower() {
    for (runs, comes, preempts) in [
        (Low, Normal, true),
        (Low, High, true),
        (Normal, High, true),
        (Normal, Normal, false),
        (Normal, Low, false),
        (High, Normal, false),
        (Low, Foreground, false),
    ] {
        let mut service = service();
        let old = running(&mut service, &ALICE, runs);
        happens(&mut service, old, Event::SizeKnown(100));
        happens(&mut service, old, Event::Progressed(30));
        let new = queued(&mut service, &BOB, comes);
        settle(&mut service);
        let expected = match (comes, preempts) {
            (Foreground, _) => [Transferring, Connecting],
            (_, true) => [Queued, Connecting],
            (_, false) => [Transferring, Queued],
        };
        assert_eq!(states(&service, &[old, new]), expected, "{runs} {comes}");
        let progress = job(&service, old).progress();
        assert_eq!(progress.bytes_transferred, 30, "what it has stays");
        if preempts {
            happens(&mut service, new, Event::Connected);
            transfer(&mut service, new);
            assert_eq!(steps(&service), [ServiceStep::Pick(old)], "it goes on afterwards");
        }
    }
}

/// SCHED-05, SCHED-09: one that was preempted waits behind the others of its level.
#[test]
fn whoever_was_preempted_joins_the_end() {
    let mut service = service();
    let first = running(&mut service, &ALICE, Low);
    let second = queued(&mut service, &ALICE, Low);
    let high = queued(&mut service, &ALICE, High);
    settle(&mut service);
    assert_eq!(states(&service, &[first, second, high]), [Queued, Queued, Connecting]);
    happens(&mut service, high, Event::Failed(Failure::http(404)));
    assert_eq!(steps(&service), [ServiceStep::Pick(second)]);
}

/// SCHED-03: one file after the other, in foreground jobs too.
#[test]
fn the_files_of_a_job_come_one_after_the_other() {
    for priority in [Foreground, Low] {
        let mut service = service();
        let id = suspended(&mut service, &ALICE, priority);
        call(&mut service, &ALICE, id, Call::add_file(file(1)));
        call(&mut service, &ALICE, id, Call::Resume);
        settle(&mut service);
        happens(&mut service, id, Event::Connected);
        for number in 0..2 {
            assert_eq!(job(&service, id).current(), Some(TransferItem::File(FileIndex(number))));
            happens(&mut service, id, Event::SizeKnown(10));
            happens(&mut service, id, Event::FileTransferred);
        }
        assert_eq!(state(&service, id), Transferred);
    }
}

/// SCHED-10: what makes a job eligible. SCHED-15, SCHED-17: a policy holds background jobs only.
#[test]
fn a_job_that_may_not_transfer_is_not_offered() {
    for priority in [Foreground, Normal] {
        let mut service = service();
        let id = queued(&mut service, &ALICE, priority);
        let offered = |service: &Service| steps(service) == [ServiceStep::Pick(id)];
        assert!(offered(&service));
        let _ = service.log_off(ALICE.user);
        assert!(!offered(&service), "NET-01");
        let _ = service.log_on(ALICE.user);
        assert!(offered(&service), "NET-11");
        let _ = service.handle_computer(ComputerEvent::NetworkLost);
        assert!(!offered(&service), "NET-01");
        let _ = service.handle_computer(ComputerEvent::NetworkRestored);
        assert!(offered(&service), "NET-05");
        let _ = service.handle_computer(ComputerEvent::Blocked(Block::BandwidthPolicy));
        assert_eq!(offered(&service), priority == Foreground);
        let _ = service.handle_computer(ComputerEvent::Unblocked(Block::BandwidthPolicy));
        assert!(offered(&service));
        call(&mut service, &ALICE, id, Call::Suspend);
        assert!(!offered(&service), "only QUEUED jobs");
        assert!(service.perform(ServiceStep::Pick(id)).is_none());
    }
}

/// INV-35, SCHED-02: not by an event from outside either.
#[test]
fn no_second_background_job_is_picked() {
    let mut service = service();
    let runs = running(&mut service, &ALICE, Normal);
    let (same, high) = (queued(&mut service, &ALICE, Normal), queued(&mut service, &BOB, High));
    let front = queued(&mut service, &ALICE, Foreground);
    let before = service.clone();
    for id in [same, high] {
        assert!(service.perform(ServiceStep::Pick(id)).is_none());
        assert!(service.handle(id, Event::Picked).unwrap().outcome.was_ignored());
    }
    assert!(service.perform(ServiceStep::Stop(same)).is_none());
    assert_eq!(service, before);
    happens(&mut service, front, Event::Picked);
    assert_eq!(states(&service, &[runs, front]), [Transferring, Connecting]);
}
