//! The other way round: what the emulator does, as a log, is explained by no more than was hidden in it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bits_emulator::readings::{Readings, ServiceRestart};
use bits_emulator::replay::{Assumption, Conformance, Log, Record, RecordFields, RecordKind};
use bits_emulator::scenario::Scenario;
use bits_emulator::{Clock, Emulator, Fault, HResult, Job, JobId, JobPriority, JobState, JobType};
use chrono::TimeDelta;
use proptest::prelude::*;

/// Something that happens to a job and that no record shows by itself.
#[derive(Debug, Clone, Copy)]
enum Act {
    Suspend,
    Resume,
    RetryDelay(u32),
    NetworkAway(u32),
    Restart(u32),
    Complete,
    Cancel,
}

/// A world with one server, and what happens in it after some seconds each.
#[derive(Debug, Clone)]
pub(super) struct World {
    faults: Vec<(u16, u64)>,
    bytes: u64,
    rate: u64,
    foreground: bool,
    resumed_after: u32,
    /// After how long, of which job, what.
    acts: Vec<(u32, usize, Act)>,
    jobs: usize,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        2 => Just(Act::Suspend),
        4 => Just(Act::Resume),
        2 => (5_u32..2_000).prop_map(Act::RetryDelay),
        2 => (1_u32..3_000).prop_map(Act::NetworkAway),
        2 => (1_u32..3_000).prop_map(Act::Restart),
        1 => Just(Act::Complete),
        1 => Just(Act::Cancel),
    ]
}

pub(super) fn worlds(most_jobs: usize) -> impl Strategy<Value = World> {
    let fault = (prop_oneof![Just(0_u16), Just(404), Just(500), Just(503)], 1_u64..4);
    (
        prop::collection::vec(fault, 0..4),
        1_u64..100_000,
        1_u64..2_000,
        any::<bool>(),
        0_u32..2_000,
        prop::collection::vec((1_u32..2_000, 0..most_jobs, act()), 0..8),
        1..=most_jobs,
    )
        .prop_map(|(faults, bytes, rate, foreground, resumed_after, acts, jobs)| World {
            faults,
            bytes,
            rate,
            foreground,
            resumed_after,
            acts,
            jobs,
        })
}

/// What became of a world: its log, and how many steps no log shows, of each job and of the computer.
pub(super) struct Run {
    pub(super) log: Log,
    pub(super) hidden: BTreeMap<JobId, usize>,
}

pub(super) fn run(world: &World) -> Run {
    let readings =
        Readings { service_restart: ServiceRestart::KeepsInterfaces, ..Readings::observed() };
    let emulator = Emulator::with_readings(readings);
    emulator.set_clock(Clock::PerCall(Duration::ZERO));
    emulator.server("https://example.com").with_state(|server| {
        let resource = server.resource("/app.exe");
        resource.content(bits_emulator::server::Content::sized(world.bytes)).rate(world.rate);
        for (status, times) in &world.faults {
            let fault = match status {
                0 => Fault::code(HResult::ERROR_WINHTTP_NAME_NOT_RESOLVED).before_connection(),
                status => Fault::http(*status),
            };
            resource.fails(fault.times(*times));
        }
    });
    let session = emulator.connect("alice");
    let jobs: Vec<Job> = (0..world.jobs)
        .map(|number| {
            let job = session.create_job("app", JobType::Download).unwrap();
            let local = format!(r"C:\app-{number}.exe");
            job.add_file("https://example.com/app.exe", &local).unwrap();
            if world.foreground {
                job.set_priority(JobPriority::Foreground).unwrap();
            }
            job
        })
        .collect();
    let seconds = |seconds: u32| Duration::from_secs(seconds.into());
    emulator.advance(seconds(world.resumed_after));
    jobs.iter().for_each(|job| job.resume().unwrap());
    let mut delays = BTreeSet::new();
    let mut hidden: BTreeMap<JobId, usize> = jobs.iter().map(|job| (job.id(), 0)).collect();
    for (after, of, act) in &world.acts {
        emulator.advance(seconds(*after));
        let Some(job) = jobs.get(*of).filter(|job| !job.state().unwrap().is_final()) else {
            continue;
        };
        // A client sets the delay once.
        if matches!(act, Act::RetryDelay(_)) && !delays.insert(job.id()) {
            continue;
        }
        let steps = perform(&emulator, job, *act);
        let concerns = |id: &JobId| matches!(act, Act::NetworkAway(_)) || *id == job.id();
        hidden.iter_mut().filter(|(id, _)| concerns(id)).for_each(|(_, hidden)| *hidden += steps);
    }
    emulator.advance(seconds(700));
    Run { log: Log::of(&emulator), hidden }
}

/// Performs an act, and returns how many hidden steps it is.
fn perform(emulator: &Emulator, job: &Job, act: Act) -> usize {
    let seconds = |seconds: u32| Duration::from_secs(seconds.into());
    let called = match act {
        Act::Suspend => job.suspend(),
        Act::Resume => job.resume(),
        Act::RetryDelay(seconds) => {
            job.set_minimum_retry_delay(Duration::from_secs(seconds.into()))
        }
        Act::NetworkAway(span) => {
            emulator.disconnect_network();
            emulator.advance(seconds(span));
            emulator.connect_network();
            Ok(())
        }
        Act::Restart(span) => {
            emulator.stop();
            emulator.advance(seconds(span));
            emulator.start();
            return 0;
        }
        Act::Complete if job.state() == Ok(JobState::Transferred) => {
            let _ = job.complete().unwrap();
            return 0;
        }
        Act::Complete => return 0,
        Act::Cancel => {
            let _ = job.cancel().unwrap();
            return 0;
        }
    };
    usize::from(called.is_ok())
}

fn lines(log: &Log) -> String {
    let fields = log.records().iter().map(RecordFields::from);
    let lines = fields.map(|fields| serde_json::to_string(&fields).unwrap());
    lines.collect::<Vec<_>>().join("\n")
}

/// Each job needs no more assumptions for a hidden step, of it or of the computer, than that many.
fn explained_by_no_more(run: &Run, most: usize) -> Result<(), TestCaseError> {
    for job in run.log.replay().jobs() {
        let explained = !matches!(job.conformance(), Conformance::NotExplained { .. });
        prop_assert!(explained, "{job}\n{}", lines(&run.log));
        let hidden = run.hidden[&job.id()];
        let assumed = job.assumptions().len();
        prop_assert!(assumed <= most * hidden, "{hidden} hidden\n{job}\n{}", lines(&run.log));
    }
    Ok(())
}

/// The scenario of each job holds, and its event log is the log of the job.
pub(super) fn written_by_a_scenario(log: &Log) -> Result<(), TestCaseError> {
    for job in log.replay().jobs() {
        let text = job.to_scenario();
        let scenario = text.parse::<Scenario>();
        prop_assert!(scenario.is_ok(), "{:?}\n{text}", scenario.map(|_| ()));
        let report = scenario.unwrap().run();
        prop_assert!(report.failure.is_none(), "{:?}\n{text}", report.failure);
        // The model writes no event 209.
        let is_of_model = |record: &&Record| record.kind != RecordKind::PropertySet;
        let recorded = job.records().iter().map(|(_, record)| record).filter(is_of_model);
        let recorded: Vec<Record> = recorded.cloned().collect();
        // Of a log that begins in the middle of a life, what was before is in the log of the scenario.
        let before = report.log.len().saturating_sub(recorded.len());
        let before = if recorded[0].kind.event_id() == 3 { 0 } else { before };
        let written: Vec<Record> = report.log.iter().skip(before).map(Record::from).collect();
        let facts = |records: &[Record]| -> Vec<RecordFields> {
            let plain = |record| RecordFields {
                time: None,
                job_id: None,
                owner: None,
                process: None,
                ..record
            };
            records.iter().map(|record| plain(RecordFields::from(record))).collect()
        };
        prop_assert_eq!(facts(&written), facts(&recorded), "{}", text);
        let late = written.iter().zip(&recorded).map(|(one, other)| (one.time - other.time).abs());
        prop_assert!(late.max().unwrap_or_default() <= job.drift() + TimeDelta::seconds(1));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn what_the_emulator_did_is_explained_by_no_more(world in worlds(1)) {
        explained_by_no_more(&run(&world), 1)?;
    }

    /// Where another job was tried meanwhile, the network was not away: a Suspend and a Resume do the same.
    #[test]
    fn what_several_jobs_did_is_explained_by_twice_as_much_at_most(world in worlds(3)) {
        explained_by_no_more(&run(&world), 2)?;
    }

    #[test]
    fn a_scenario_writes_what_was_explained(world in worlds(2)) {
        written_by_a_scenario(&run(&world).log)?;
    }

    #[test]
    fn a_record_is_read_as_it_was_written(world in worlds(2)) {
        for record in run(&world).log.records() {
            let line = serde_json::to_string(&RecordFields::from(record)).unwrap();
            let fields: RecordFields = serde_json::from_str(&line).unwrap();
            prop_assert_eq!(&Record::try_from(fields).unwrap(), record);
        }
    }
}

/// A client that waits as long as it set is not taken for one that resumes its job.
#[test]
fn a_retry_delay_is_found_that_the_client_set() {
    let emulator = Emulator::new();
    let job = emulator.connect("alice").create_job("app", JobType::Download).unwrap();
    job.add_file("https://example.com/app.exe", r"C:\app.exe").unwrap();
    job.set_minimum_retry_delay(Duration::from_secs(90)).unwrap();
    job.resume().unwrap();
    emulator.advance(Duration::from_secs(1_000));
    let replay = Log::of(&emulator).replay();
    let assumed = replay.jobs()[0].assumptions();
    assert_eq!(
        assumed.iter().map(|(_, what)| *what).collect::<Vec<_>>(),
        [Assumption::RetryDelay(90)]
    );
}
