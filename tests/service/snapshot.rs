//! A service is saved, and another goes on from there.

use crate::lives::{Life, ops};
use crate::support::*;
use bits_emulator::machine::{Call, ComputerEvent, Event, JobStateMachine, ValidationInterface};
use bits_emulator::policy::{Block, CostFlags, Policies};
use bits_emulator::readings::Readings;
use bits_emulator::server::RemoteName;
use bits_emulator::service::{FirstInFirstOut, Seeded, Service, ServiceStep, Snapshot, StepResult};
use bits_emulator::settings::{HelperTokenFlags, JobProperty};
use bits_emulator::{JobId, JobPriority, JobState};
use chrono::TimeDelta;
use proptest::prelude::*;

/// A computer that has just started: nobody is there, and the network costs nothing.
fn started(snapshot: &Snapshot, seconds: i64) -> Service {
    let mut service = nobody_there(Policies::default());
    service.set_now(at(seconds));
    let _ = service.restore(snapshot);
    service
}

/// LIFE-29, LIFE-30, INV-57: on another service, with the same user at work.
#[test]
fn every_state_is_as_after_a_restart() {
    for before in JobState::ALL.iter().copied() {
        let mut service = service();
        let id = job_in(&mut service, &ALICE, before);
        let mut other = service_with(Policies::default());
        let stepped = other.restore(&service.snapshot());
        assert_eq!(stepped, service.handle_computer(ComputerEvent::ServiceRestarted), "{before}");
        assert_eq!(other, service, "{before}");
        let expected = if before.is_active() { Queued } else { before };
        assert_eq!(state(&other, id), expected, "{before}");
    }
}

/// NET-20, LIFE-29: a download goes on at the byte reached.
#[test]
fn progress_persists() {
    let mut service = service();
    let id = running(&mut service, &ALICE, JobPriority::Normal);
    happens(&mut service, id, Event::SizeKnown(100));
    happens(&mut service, id, Event::Progressed(40));
    let mut other = started(&service.snapshot(), 50);
    assert_eq!(job(&other, id).progress().bytes_transferred, 40);
    // NET-10: its owner is not there yet.
    assert_eq!(steps(&other), []);
    let _ = other.log_on(ALICE.user);
    take(&mut other, ServiceStep::Pick(id));
    happens(&mut other, id, Event::Connected);
    happens(&mut other, id, Event::Progressed(60));
    happens(&mut other, id, Event::FileTransferred);
    assert_eq!(state(&other, id), Transferred);
}

/// PROP-35, INV-57: that of a high-performance job does not, unless it is whole.
#[test]
fn progress_of_a_high_performance_job_does_not_persist() {
    let mut service = service();
    let id = create(&mut service, &ALICE);
    call(&mut service, &ALICE, id, Call::SetProperty(JobProperty::HighPerformance(true)));
    call(&mut service, &ALICE, id, Call::add_file(file(0)));
    call(&mut service, &ALICE, id, Call::Resume);
    take(&mut service, ServiceStep::Pick(id));
    happens(&mut service, id, Event::Connected);
    happens(&mut service, id, Event::SizeKnown(100));
    happens(&mut service, id, Event::Progressed(40));
    let kept = |snapshot: &Snapshot| {
        snapshot.jobs().map(|job| job.progress().bytes_transferred).collect::<Vec<_>>()
    };
    assert_eq!(kept(&service.snapshot()), [0]);
    happens(&mut service, id, Event::FileTransferred);
    assert_eq!(kept(&service.snapshot()), [100]);
}

/// NET-13, INV-57: what is a client's own is not in it.
#[test]
fn objects_and_tokens_do_not_persist() {
    let mut service = service();
    let id = suspended(&mut service, &ALICE, JobPriority::Normal);
    listen(&mut service, &ALICE, id, bits_emulator::NotifyFlags::all());
    for asked in [
        Call::SetHelperToken,
        Call::SetHelperTokenFlags(HelperTokenFlags::NETWORK),
        Call::SetServerCertificateValidationInterface(ValidationInterface::Callback),
        Call::set_notify_cmd_line(r"C:\done.exe", None),
    ] {
        call(&mut service, &ALICE, id, asked);
    }
    let snapshot = service.snapshot();
    let kept = snapshot.jobs().next().unwrap();
    assert_eq!(job(&service, id).helper_token_sid(), Some(ALICE.user));
    assert_eq!((kept.helper_token_sid(), kept.notify_interface()), (None, None));
    // These persist: command line, flags, and that there is a check.
    assert_eq!(kept.notify_cmd_line(), (r"C:\done.exe", ""));
    assert_eq!(kept.helper_token_flags(), HelperTokenFlags::NETWORK);
    assert!(kept.checks_certificates());
}

/// TIME-05: timers go by the wall clock, which runs while no service does.
#[test]
fn timers_go_by_the_wall_clock() {
    for (clock, later, retry) in [(0, 0, 600), (0, 200, 600), (100, 0, 500), (-100, 300, 700)] {
        let mut service = service();
        let id = job_in(&mut service, &ALICE, TransientError);
        let _ = service.handle_computer(ComputerEvent::ClockChanged(TimeDelta::seconds(clock)));
        let snapshot = service.snapshot();
        assert_eq!(snapshot.saved(), at(clock));
        // The steady clock of the new service is the wall clock of the old one, and not moved.
        let other = started(&snapshot, clock + later);
        let (left, _) = job(&other, id).next_deadline().unwrap();
        assert_eq!(left, at(clock + retry), "{clock}, {later}");
    }
}

/// TIME-16: while no service runs no download time passes.
#[test]
fn download_time_stands_still_meanwhile() {
    let mut service = service();
    let id = suspended(&mut service, &ALICE, JobPriority::Normal);
    call(&mut service, &ALICE, id, Call::SetMaximumDownloadTime(100));
    call(&mut service, &ALICE, id, Call::Resume);
    take(&mut service, ServiceStep::Pick(id));
    service.set_now(at(30));
    let mut other = started(&service.snapshot(), 10_000);
    let _ = other.log_on(ALICE.user);
    take(&mut other, ServiceStep::Pick(id));
    let limit = job(&other, id).deadline(bits_emulator::machine::Deadline::MaximumDownloadTime);
    assert_eq!(limit, Some(at(10_070)));
}

/// NET-04, NET-05, NET-14, SCHED-15: jobs learn how the computer is now.
#[test]
fn what_changed_meanwhile_is_told() {
    type Change = fn(&mut Service) -> Vec<StepResult>;
    let changes: [Change; 3] = [
        |service| service.handle_computer(ComputerEvent::NetworkLost),
        |service| service.handle_computer(ComputerEvent::NetworkCost(CostFlags::ROAMING)),
        |service| service.handle_computer(ComputerEvent::Blocked(Block::BatterySaver)),
    ];
    for change in changes {
        let mut good = service();
        let id = suspended(&mut good, &ALICE, JobPriority::Normal);
        let cost = JobProperty::CostFlags(CostFlags::TRANSFER_NOT_ROAMING);
        call(&mut good, &ALICE, id, Call::SetProperty(cost));
        call(&mut good, &ALICE, id, Call::Resume);
        let snapshot = good.snapshot();
        let mut bad = service();
        let _ = change(&mut bad);
        let _ = bad.restore(&snapshot);
        assert_eq!(state(&bad, id), TransientError);
        // And back.
        let snapshot = bad.snapshot();
        assert_eq!(snapshot.jobs().next().unwrap().state(), TransientError);
        let mut good = service();
        let _ = good.restore(&snapshot);
        assert_eq!(state(&good, id), Queued);
        assert_eq!(steps(&good), [ServiceStep::Pick(id)]);
    }
}

/// CREATE-02: no id is given twice, and SCHED-08: the line is the same.
#[test]
fn ids_and_the_line_go_on() {
    let mut service = service();
    let levels = [JobPriority::Low, JobPriority::Low, JobPriority::High];
    let ids = levels.map(|level| queued(&mut service, &ALICE, level));
    // The first goes to the end of its line.
    call(&mut service, &ALICE, ids[0], Call::Suspend);
    call(&mut service, &ALICE, ids[0], Call::Resume);
    let gone = suspended(&mut service, &ALICE, JobPriority::Low);
    call(&mut service, &ALICE, gone, cancel());
    assert!(service.drop_job(gone));

    let mut other = service_with(Policies::default());
    let _ = other.restore(&service.snapshot());
    let new = create(&mut other, &BOB);
    assert!(![gone].iter().chain(&ids).any(|id| *id == new));
    assert_eq!(new, create(&mut service, &BOB));
    let mut picked = Vec::<JobId>::new();
    while let Some(stepped) = other.perform_next(&mut FirstInFirstOut) {
        let job = stepped.first().expect("a pick").job;
        picked.push(job);
        call(&mut other, &ALICE, job, Call::Suspend);
    }
    assert_eq!(picked, [ids[2], ids[1], ids[0]]);
}

/// Jobs of before are gone, from all lines.
#[test]
fn a_snapshot_takes_the_place_of_all_jobs() {
    let snapshot = service().snapshot();
    let mut service = service();
    for level in JobPriority::ALL {
        running_or_queued(&mut service, *level);
    }
    let _ = service.restore(&snapshot);
    assert_eq!((service.queue_length(), service.next_instant()), (0, None));
    assert_eq!(service, service_with(Policies::default()));
}

fn running_or_queued(service: &mut Service, level: JobPriority) {
    let id = queued(service, &ALICE, level);
    listen(service, &ALICE, id, bits_emulator::NotifyFlags::JOB_MODIFICATION);
    let _ = service.perform_next(&mut FirstInFirstOut);
}

/// HTTP-12: where a server redirected the attempt to counts for that attempt only.
#[test]
fn a_redirect_ends_with_the_attempt() {
    let mut service = service();
    let id = running(&mut service, &ALICE, JobPriority::Normal);
    happens(&mut service, id, Event::Redirected(302, "https://cdn.example.com/0.bin".into()));
    let _ = service.handle_computer(ComputerEvent::ServiceRestarted);
    assert_eq!(
        job(&service, id).location().map(RemoteName::as_str),
        Some("https://example.com/0.bin")
    );
}

/// LIFE-30 under other readings: a snapshot keeps those that its jobs have.
#[test]
fn readings_stay_with_the_jobs() {
    let mut service = Service::new(Readings::observed(), Policies::default(), start());
    let _ = service.log_on(ALICE.user);
    let id = job_in(&mut service, &ALICE, TransientError);
    let other = started(&service.snapshot(), 0);
    assert_eq!(*job(&other, id).readings(), Readings::observed());
}

/// What a restart does to one job by itself.
fn restarted(service: &Service, id: JobId) -> JobStateMachine {
    let mut job = job(service, id).clone();
    let _ = job.handle(Event::Computer(ComputerEvent::ServiceRestarted), service.now());
    job
}

fn lived(ops: &[crate::lives::Op], seed: u64) -> Life {
    let mut life = Life::new();
    ops.iter().for_each(|op| life.apply(op, &mut Seeded::new(seed)));
    life
}

proptest! {
    #![proptest_config(crate::cases::config(60))]

    /// INV-57: what a snapshot leaves out is what a restart of a job loses anyway, to the last detail.
    #[test]
    fn a_restart_keeps_all_that_a_job_keeps(ops in ops(10..120), seed: u64) {
        let life = lived(&ops, seed);
        let mut service = life.service.clone();
        let _ = service.handle_computer(ComputerEvent::ServiceRestarted);
        for id in &life.model.jobs {
            prop_assert_eq!(job(&service, *id), &restarted(&life.service, *id));
        }
    }

    /// INV-57, NET-13: whatever lives were lived, it is one whether the service restarts or another
    /// takes over, and both live on alike.
    #[test]
    fn a_restored_service_lives_on_like_a_restarted_one(
        ops in ops(10..100),
        then in ops(5..60),
        seed: u64,
    ) {
        let mut restarted = lived(&ops, seed);
        let snapshot = restarted.service.snapshot();
        // A service with other jobs, on the same computer.
        let mut service = restarted.service.clone();
        let _ = service.restore(&Life::new().service.snapshot());
        let stepped = service.restore(&snapshot);
        prop_assert_eq!(stepped, restarted.service.clone().handle_computer(ComputerEvent::ServiceRestarted));
        restarted.apply(&crate::lives::Op::Restart, &mut Seeded::new(seed));
        let mut other = Life { service, model: restarted.model.clone() };
        prop_assert_eq!(&other.service, &restarted.service);
        // Saving is idempotent.
        prop_assert_eq!(&other.service.snapshot(), &restarted.service.snapshot());
        for op in &then {
            other.apply(op, &mut Seeded::new(seed));
            restarted.apply(op, &mut Seeded::new(seed));
        }
        prop_assert_eq!(&other.service, &restarted.service);
    }

    /// INV-57, TIME-05: two restarts at once are one.
    #[test]
    fn a_second_restart_at_once_changes_nothing(ops in ops(10..100), seed: u64) {
        let mut life = lived(&ops, seed);
        let _ = life.service.handle_computer(ComputerEvent::ServiceRestarted);
        let once = life.service.clone();
        let _ = life.service.handle_computer(ComputerEvent::ServiceRestarted);
        prop_assert_eq!(once.snapshot(), life.service.snapshot());
        prop_assert_eq!(steps(&once), steps(&life.service));
    }
}
