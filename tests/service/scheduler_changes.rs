//! Priorities change while jobs wait and run.

use crate::support::*;
use bits_emulator::JobPriority::{Foreground, High, Low, Normal};
use bits_emulator::machine::{Call, ComputerEvent, Effect, Event, Failure};
use bits_emulator::policy::Block;
use bits_emulator::service::{Service, ServiceStep};
use bits_emulator::{JobId, JobPriority};

fn set(service: &mut Service, id: JobId, priority: JobPriority) {
    call(service, &ALICE, id, Call::SetPriority(priority));
}

/// SCHED-11, INV-35, INV-36: a running foreground job becomes a background job while another of those
/// runs. Never do two run; of the two the one of the higher level goes on.
#[test]
fn a_lowered_foreground_job_runs_beside_no_other() {
    for (runs, lowered_to, goes_on) in [
        (Normal, Low, 0),
        (Normal, Normal, 0),
        (Normal, High, 1),
        (Low, High, 1),
        (High, Normal, 0),
        (Low, Low, 0),
    ] {
        let mut service = service();
        let back = running(&mut service, &BOB, runs);
        let front = running(&mut service, &ALICE, Foreground);
        let ids = [back, front];
        let stepped = service.call(&ALICE, front, Call::SetPriority(lowered_to)).unwrap();
        assert_eq!(active(&service, &ids), [back], "{runs} {lowered_to}");
        assert!(stepped.outcome.effects.contains(Effect::StopTransfer));
        assert_eq!(stepped.outcome.entered.iter().collect::<Vec<_>>(), [Queued]);
        settle(&mut service);
        assert_eq!(active(&service, &ids), [ids[goes_on]], "{runs} {lowered_to}");
    }
}

/// SCHED-11: if no other runs, the lowered job simply goes on, in the place for background jobs.
#[test]
fn a_lowered_foreground_job_takes_the_free_place() {
    for goal in [Connecting, Transferring] {
        let mut service = service();
        let front = queued(&mut service, &ALICE, Foreground);
        take(&mut service, ServiceStep::Pick(front));
        if goal == Transferring {
            happens(&mut service, front, Event::Connected);
        }
        set(&mut service, front, Low);
        assert_eq!(state(&service, front), goal);
        let normal = queued(&mut service, &BOB, Normal);
        assert_eq!(steps(&service), [ServiceStep::Stop(front)], "SCHED-05: it holds the place");
        settle(&mut service);
        assert_eq!(states(&service, &[front, normal]), [Queued, Connecting]);
    }
}

/// SCHED-11: raising to FOREGROUND frees the place.
#[test]
fn a_raised_background_job_frees_the_place() {
    let mut service = service();
    let raised = running(&mut service, &ALICE, Normal);
    let next = queued(&mut service, &BOB, Normal);
    assert_eq!(steps(&service), []);
    set(&mut service, raised, Foreground);
    assert_eq!(state(&service, raised), Transferring, "it goes on");
    assert_eq!(steps(&service), [ServiceStep::Pick(next)]);
    settle(&mut service);
    assert_eq!(states(&service, &[raised, next]), [Transferring, Connecting]);
    // And back: the place is taken now.
    set(&mut service, raised, Normal);
    assert_eq!(states(&service, &[raised, next]), [Queued, Connecting]);
    assert_eq!(steps(&service), []);
}

/// SCHED-11: the level of a running background job counts as it is now.
#[test]
fn a_running_job_is_compared_at_its_present_level() {
    for (from, to, waits, stopped) in [
        (High, Low, Normal, true),
        (Normal, Low, Normal, true),
        (High, Normal, Low, false),
        (Low, High, Normal, false),
        (Normal, High, Normal, false),
    ] {
        let mut service = service();
        let runs = running(&mut service, &ALICE, from);
        let other = queued(&mut service, &BOB, if from < waits { waits } else { Low });
        assert_eq!(steps(&service), [], "{from}");
        set(&mut service, runs, to);
        call(&mut service, &BOB, other, Call::SetPriority(waits));
        let expected = if stopped { vec![ServiceStep::Stop(runs)] } else { vec![] };
        assert_eq!(steps(&service), expected, "{from} to {to}, {waits} waits");
    }
}

/// SCHED-07, SCHED-11: another level is no new slice, an interpretation.
#[test]
fn a_running_job_keeps_its_slice() {
    let mut service = service();
    let runs = running(&mut service, &ALICE, Normal);
    service.set_now(at(200));
    set(&mut service, runs, Low);
    queued(&mut service, &BOB, Low);
    assert_eq!(service.next_instant_of_interest(), Some(at(300)));
    service.set_now(at(300));
    assert_eq!(steps(&service), [ServiceStep::Stop(runs)]);
}

/// SCHED-11, SCHED-09: a waiting job that changes its level joins the end there.
#[test]
fn a_waiting_job_moves_to_the_end_of_its_new_level() {
    let mut service = service();
    let ids = [Low, Normal, Normal].map(|level| queued(&mut service, &ALICE, level));
    set(&mut service, ids[0], Normal);
    assert_eq!(steps(&service), [ServiceStep::Pick(ids[1])]);
    set(&mut service, ids[1], Low);
    assert_eq!(steps(&service), [ServiceStep::Pick(ids[2])]);
    set(&mut service, ids[2], Foreground);
    set(&mut service, ids[1], Foreground);
    assert_eq!(steps(&service), [ids[2], ids[1], ids[0]].map(ServiceStep::Pick));
}

/// SCHED-02: whatever ends the run of the background job, the place is free.
#[test]
fn the_place_is_free_when_its_job_stops() {
    type Stop = fn(&mut Service, JobId);
    let stops: [(&str, Stop); 8] = [
        ("Suspend", |service, id| call(service, &ALICE, id, Call::Suspend)),
        ("Cancel", |service, id| call(service, &ALICE, id, cancel())),
        ("Complete", |service, id| call(service, &ALICE, id, complete())),
        ("transferred", transfer),
        ("fatal", |service, id| happens(service, id, Event::Failed(Failure::http(404)))),
        ("transient", |service, id| happens(service, id, Event::Failed(Failure::http(503)))),
        ("logoff", |service, _| drop(service.log_off(ALICE.user))),
        ("slice", |service, id| happens(service, id, Event::SliceOver)),
    ];
    for (name, stop) in stops {
        let mut service = service();
        let runs = running(&mut service, &ALICE, Normal);
        let next = queued(&mut service, &BOB, Normal);
        assert_eq!(steps(&service), [], "{name}");
        stop(&mut service, runs);
        assert_eq!(steps(&service), [ServiceStep::Pick(next)], "{name}");
        if service.drop_job(runs) {
            assert_eq!(steps(&service), [ServiceStep::Pick(next)], "{name}");
        }
        settle(&mut service);
        assert_eq!(state(&service, next), Connecting, "{name}");
    }
}

/// SCHED-10: a job that waits for its turn and loses the right to it lets the next one run.
#[test]
fn a_waiting_job_that_may_not_run_any_more_steps_aside() {
    type Lose = fn(&mut Service, JobId);
    let losses: [(&str, Lose); 4] = [
        ("logoff", |service, _| drop(service.log_off(ALICE.user))),
        ("Suspend", |service, id| call(service, &ALICE, id, Call::Suspend)),
        ("Cancel", |service, id| call(service, &ALICE, id, cancel())),
        ("inactivity", |service, id| {
            // TIME-20: the others are kept alive by their clients.
            service.set_now(at(90 * 86_400));
            let removal = ServiceStep::Deadline(id, bits_emulator::machine::Deadline::Inactivity);
            assert!(service.perform(removal).is_some());
        }),
    ];
    for (name, lose) in losses {
        let mut service = service();
        let waits = queued(&mut service, &ALICE, High);
        let next = queued(&mut service, &BOB, Normal);
        let picks = |service: &Service| {
            let pick = |step: &ServiceStep| matches!(step, ServiceStep::Pick(_));
            service.possible_steps().filter(pick).collect::<Vec<_>>()
        };
        assert_eq!(picks(&service), [ServiceStep::Pick(waits)], "{name}");
        lose(&mut service, waits);
        assert_eq!(picks(&service), [ServiceStep::Pick(next)], "{name}");
        assert!(service.perform(ServiceStep::Pick(waits)).is_none(), "{name}");
    }
}

/// SCHED-11, SCHED-15, SCHED-17: under a bandwidth limit of 0 only the foreground runs.
#[test]
fn a_priority_brings_a_job_under_a_block_and_out_of_it() {
    let mut service = service();
    let id = running(&mut service, &ALICE, Foreground);
    let _ = service.handle_computer(ComputerEvent::Blocked(Block::BandwidthPolicy));
    assert_eq!(state(&service, id), Transferring);
    set(&mut service, id, Low);
    assert_eq!(state(&service, id), TransientError);
    assert_eq!(steps(&service), []);
    set(&mut service, id, Foreground);
    assert_eq!(steps(&service), [ServiceStep::Pick(id)]);
}
