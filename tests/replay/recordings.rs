//! What the model explains of the recordings: the measured likeness.

use bits_emulator::HResult;
use bits_emulator::replay::{Assumption, Cause, Conformance, JobReplay, RecordKind, Replay};
use chrono::TimeDelta;

use super::{LAPTOP, ONE_DOWNLOAD, read};

fn of_name<'replay>(
    replay: &'replay Replay,
    name: &str,
) -> impl Iterator<Item = &'replay JobReplay> {
    let name = name.to_owned();
    replay.jobs().iter().filter(move |job| job.name() == name)
}

fn job<'replay>(replay: &'replay Replay, id: &str) -> &'replay JobReplay {
    replay.jobs().iter().find(|job| job.id().0.to_string().starts_with(id)).unwrap()
}

#[test]
fn one_download_is_explained() {
    let replay = read(ONE_DOWNLOAD).replay();
    assert_eq!(replay.jobs().len(), 1);
    assert_eq!(replay.jobs()[0].conformance(), &Conformance::Explained);
}

/// The table of the README and the guide.
#[test]
fn the_likeness_is_the_measured_one() {
    let replay = read(LAPTOP).replay();
    let likeness = replay.likeness();
    let jobs = (likeness.without, likeness.with_one, likeness.with_more, likeness.not_explained);
    assert_eq!(jobs, (57, 25, 10, 0));
    insta::assert_snapshot!(likeness.to_string());
    assert!(include_str!("../../README.md").contains(&likeness.to_string()), "{likeness}");
    // Each record of an explained job is written by one step.
    for job in replay.jobs() {
        let written: Vec<usize> =
            job.steps().iter().flat_map(|step| step.records.clone()).collect();
        let recorded: Vec<usize> = job.records().iter().map(|(number, _)| *number).collect();
        assert_eq!(written, recorded, "{job}");
        let (drift, most) = (job.drift(), TimeDelta::milliseconds(100));
        assert!(drift <= most, "{drift}: {job}");
    }
}

// TIME-01: the delay is the default or what the client set, and counts from the end of an attempt.
#[test]
fn an_updater_is_tried_again_after_the_delay_that_it_set() {
    let replay = read(LAPTOP).replay();
    for name in ["PreSignInSettingsConfigJSON", "UpdateDescriptionXml"] {
        for job in of_name(&replay, name) {
            let attempts = job.records().iter();
            let failed =
                attempts.filter(|(_, record)| matches!(record.kind, RecordKind::Failed(..)));
            if failed.count() > 1 {
                let assumed = job.assumptions().first().map(|(_, assumption)| *assumption);
                assert_eq!(assumed, Some(Assumption::RetryDelay(10)), "{job}");
            }
        }
    }
    let delays = replay.likeness().retries;
    let default = delays.iter().filter(|fit| fit.delay == 600);
    assert!(default.clone().count() > 10);
    default.for_each(|fit| assert!(*fit.durations.last().unwrap() < TimeDelta::seconds(60)));
}

// PROP-33: a start without a size before a name that is not resolved is of a job that sends no HEAD.
#[test]
fn the_jobs_of_a_client_that_resumes_at_each_error_need_nothing_else() {
    let replay = read(LAPTOP).replay();
    let failing = of_name(&replay, "Push Notification Platform Job: 1").filter(|job| {
        let is_failure = |kind: &RecordKind| {
            matches!(kind, RecordKind::Failed(_, HResult::ERROR_WINHTTP_NAME_NOT_RESOLVED))
        };
        job.records().iter().any(|(_, record)| is_failure(&record.kind))
    });
    let failing: Vec<_> = failing.collect();
    assert_eq!(failing.len(), 4);
    for job in failing {
        let assumed: Vec<_> = job.assumptions().iter().map(|(_, assumption)| *assumption).collect();
        assert_eq!(assumed, [Assumption::Resume; 3], "{job}");
        let causes: Vec<_> = job.bursts().iter().map(|burst| burst.cause).collect();
        assert_eq!(causes, [Cause::ResumedAtEachError]);
    }
}

// NET-05: what wakes jobs off their schedule.
#[test]
fn three_jobs_were_woken_about_once_a_second() {
    let replay = read(LAPTOP).replay();
    let bursts = replay.jobs().iter().flat_map(|job| {
        let bursts = job.bursts().into_iter();
        bursts.filter(|burst| burst.cause == Cause::NetworkChanges).map(move |burst| (job, burst))
    });
    let bursts: Vec<_> = bursts.collect();
    let ids: Vec<_> =
        bursts.iter().map(|(job, _)| job.id().0.to_string()[..8].to_owned()).collect();
    assert_eq!(ids, ["316d5a72", "894903d2", "704f657a"]);
    for (_, burst) in bursts {
        assert!(burst.attempts >= 10);
        assert!(burst.to - burst.from < TimeDelta::seconds(11));
    }
}

#[test]
fn a_job_is_told_as_a_time_line() {
    let replay = read(LAPTOP).replay();
    let told = ["be8abc0d", "01aabad6", "704f657a"].map(|id| job(&replay, id).to_string());
    insta::assert_snapshot!(told.join("\n"));
}

/// A job of which the log does not have the creation begins in any state.
#[test]
fn a_log_may_begin_in_mid_life() {
    let lines: Vec<&str> = LAPTOP.lines().collect();
    for from in [336, 612] {
        let replay = read(&lines[from..].join("\n")).replay();
        for job in replay.jobs() {
            let explained = !matches!(job.conformance(), Conformance::NotExplained { .. });
            assert!(explained, "from line {from}: {job}");
        }
    }
}
