//! Jobs of one level share the time.

use crate::support::*;
use bits_emulator::JobId;
use bits_emulator::JobPriority::{Foreground, High, Low, Normal};
use bits_emulator::machine::{Call, ComputerEvent, Event, Failure};
use bits_emulator::policy::Policies;
use bits_emulator::service::{Service, ServiceStep};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

/// Who runs, from when: the log of a service that is left alone.
fn turns(service: &mut Service, ids: &[JobId], until: DateTime<Utc>) -> Vec<(i64, usize)> {
    let mut log: Vec<(i64, usize)> = Vec::new();
    loop {
        settle(service);
        let runs = active(service, ids);
        assert!(runs.len() <= 1, "INV-35");
        if let Some(index) = runs.first().and_then(|id| ids.iter().position(|known| known == id))
            && log.last().is_none_or(|(_, last)| *last != index)
        {
            log.push(((service.now() - start()).num_seconds(), index));
        }
        let Some(next) = service.next_instant().filter(|next| *next <= until) else { return log };
        service.set_now(next);
    }
}

/// SCHED-06, SCHED-07, INV-37: 300 s each, the default; nobody waits for more than the others' slices.
#[test]
fn jobs_of_one_level_take_turns() {
    for (number, expected) in [
        (1, &[(0, 0)][..]),
        (2, &[(0, 0), (300, 1), (600, 0), (900, 1), (1200, 0)]),
        (3, &[(0, 0), (300, 1), (600, 2), (900, 0), (1200, 1)]),
    ] {
        for level in [High, Normal, Low] {
            let mut service = service();
            let ids: Vec<_> = (0..number).map(|_| queued(&mut service, &ALICE, level)).collect();
            assert_eq!(turns(&mut service, &ids, at(1400)), expected, "{number} {level}");
        }
    }
}

/// SCHED-07: nothing ends the slice of a job for whose level nobody waits.
#[test]
fn a_job_that_is_alone_in_its_level_goes_on() {
    let mut service = service();
    let id = running(&mut service, &ALICE, Normal);
    let others = [Low, Low].map(|level| queued(&mut service, &ALICE, level));
    let suspended = suspended(&mut service, &ALICE, Normal);
    assert_eq!(turns(&mut service, &[id, others[0], others[1], suspended], at(5000)), [(0, 0)]);
    service.set_now(at(5000));
    // Whoever comes then finds it at the end of its slice: an interpretation.
    call(&mut service, &ALICE, suspended, Call::Resume);
    assert_eq!(steps(&service), [ServiceStep::Stop(id)]);
    settle(&mut service);
    assert_eq!(states(&service, &[id, suspended]), [Queued, Connecting]);
}

/// SCHED-02, SCHED-06: foreground jobs have no slices.
#[test]
fn the_foreground_is_not_sliced() {
    let mut service = service();
    let ids = [0; 3].map(|_| running(&mut service, &ALICE, Foreground));
    service.set_now(at(10_000));
    assert_eq!(steps(&service), []);
    assert_eq!(states(&service, &ids), [Transferring; 3]);
}

/// SCHED-07: not a moment before the slice is over.
#[test]
fn a_slice_ends_when_it_is_over() {
    for slice in [1_i64, 300, 86_400] {
        let time_slice = Duration::from_secs(slice.cast_unsigned());
        let policies = Policies { time_slice, ..Policies::default() };
        let mut service = service_with(policies);
        let first = running(&mut service, &ALICE, Normal);
        service.set_now(at(slice) - TimeDelta::nanoseconds(100));
        let second = queued(&mut service, &BOB, Normal);
        assert_eq!(steps(&service), []);
        assert_eq!(service.next_instant_of_interest(), Some(at(slice)));
        service.set_now(at(slice));
        assert_eq!(steps(&service), [ServiceStep::Stop(first)]);
        let stepped = take(&mut service, ServiceStep::Stop(first));
        assert!(stepped.outcome.effects.contains(bits_emulator::machine::Effect::StopTransfer));
        assert_eq!(
            steps(&service),
            [ServiceStep::Pick(second)],
            "SCHED-09: the other is first now"
        );
    }
}

/// SCHED-07: time passes in every slice, so that the service comes to rest.
#[test]
fn a_slice_without_length_is_short() {
    for slice in [Duration::ZERO, Duration::from_nanos(1)] {
        let policies = Policies { time_slice: slice, ..Policies::default() };
        let mut service = service_with(policies);
        let ids = [0; 2].map(|_| queued(&mut service, &ALICE, Normal));
        settle(&mut service);
        assert_eq!(active(&service, &ids), [ids[0]]);
        run_until(&mut service, start() + TimeDelta::milliseconds(1));
        assert_eq!(active(&service, &ids), [ids[1]]);
    }
    let endless = Policies { time_slice: Duration::MAX, ..Policies::default() };
    let mut service = service_with(endless);
    let ids = [0; 2].map(|_| queued(&mut service, &ALICE, Normal));
    run_until(&mut service, at(1_000_000));
    assert_eq!(active(&service, &ids), [ids[0]]);
}

/// SCHED-09: whatever brings a job back to QUEUED, it joins the end.
#[test]
fn who_returns_to_the_queue_waits_behind_the_others() {
    type Return = fn(&mut Service, JobId);
    let returns: [(&str, Return); 5] = [
        ("Resume after Suspend", |service, id| {
            call(service, &ALICE, id, Call::Suspend);
            call(service, &ALICE, id, Call::Resume);
        }),
        ("Resume after an error", |service, id| {
            happens(service, id, Event::Picked);
            happens(service, id, Event::Failed(Failure::http(404)));
            call(service, &ALICE, id, Call::Resume);
        }),
        ("retry", |service, id| {
            happens(service, id, Event::Picked);
            happens(service, id, Event::Failed(Failure::http(503)));
            service.set_now(at(600));
            let retry = ServiceStep::Deadline(id, bits_emulator::machine::Deadline::RetryDelay);
            let _ = service.perform(retry).expect("the delay is over");
        }),
        ("slice over", |service, id| {
            happens(service, id, Event::Picked);
            happens(service, id, Event::SliceOver);
        }),
        ("owner back", |service, _| {
            let _ = service.log_off(ALICE.user);
            let _ = service.log_on(ALICE.user);
        }),
    ];
    for (name, returns) in returns {
        let mut service = service();
        let first = queued(&mut service, &ALICE, Normal);
        let second = queued(&mut service, &BOB, Normal);
        assert_eq!(steps(&service), [ServiceStep::Pick(first)], "{name}");
        returns(&mut service, first);
        assert_eq!(state(&service, first), Queued, "{name}");
        assert_eq!(steps(&service), [ServiceStep::Pick(second)], "{name}");
    }
}

/// LIFE-09: Resume in QUEUED changes nothing, the place in the line neither. Nor does anything else
/// that leaves a job waiting at its level.
#[test]
fn who_stays_in_the_queue_keeps_the_place() {
    let mut service = service();
    let first = queued(&mut service, &ALICE, Normal);
    queued(&mut service, &BOB, Normal);
    for stay in [
        Call::Resume,
        Call::SetPriority(Normal),
        Call::SetDescription(Some("text".into())),
        Call::add_file(file(3)),
    ] {
        call(&mut service, &ALICE, first, stay);
        assert_eq!(steps(&service), [ServiceStep::Pick(first)]);
    }
    let _ = service.handle_computer(ComputerEvent::ServiceRestarted);
    assert_eq!(steps(&service), [ServiceStep::Pick(first)]);
}

/// SCHED-07, TIME-01: while the scheduler is not looked at, nothing is lost.
#[test]
fn a_late_look_finds_one_decision() {
    let mut service = service();
    let ids = [0; 3].map(|_| queued(&mut service, &ALICE, Normal));
    settle(&mut service);
    service.set_now(at(10_000));
    assert_eq!(settle(&mut service).len(), 2, "one is stopped, one is picked");
    assert_eq!(active(&service, &ids), [ids[1]]);
    assert_eq!(service.next_instant_of_interest(), Some(at(10_300)));
}
