//! The other way round: what the emulator does, as a log, is explained by no more than was hidden in it.

use std::time::Duration;

use bits_emulator::readings::{Readings, ServiceRestart};
use bits_emulator::replay::{Assumption, Log, Record, RecordFields, Verdict};
use bits_emulator::{Clock, Emulator, Fault, HResult, Job, JobPriority, JobState, JobType};
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
    acts: Vec<(u32, Act)>,
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

pub(super) fn worlds() -> impl Strategy<Value = World> {
    let fault = (prop_oneof![Just(0_u16), Just(404), Just(500), Just(503)], 1_u64..4);
    (
        prop::collection::vec(fault, 0..4),
        1_u64..100_000,
        1_u64..2_000,
        any::<bool>(),
        0_u32..2_000,
        prop::collection::vec((1_u32..2_000, act()), 0..8),
    )
        .prop_map(|(faults, bytes, rate, foreground, resumed_after, acts)| World {
            faults,
            bytes,
            rate,
            foreground,
            resumed_after,
            acts,
        })
}

/// What became of a world: its log, and how many steps of it no log shows.
pub(super) struct Run {
    pub(super) log: Log,
    pub(super) hidden: usize,
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
    let job = emulator.connect("alice").create_job("app", JobType::Download).unwrap();
    job.add_file("https://example.com/app.exe", r"C:\app.exe").unwrap();
    if world.foreground {
        job.set_priority(JobPriority::Foreground).unwrap();
    }
    let seconds = |seconds: u32| Duration::from_secs(seconds.into());
    emulator.advance(seconds(world.resumed_after));
    job.resume().unwrap();
    let mut hidden = 0;
    for (after, act) in &world.acts {
        emulator.advance(seconds(*after));
        hidden += perform(&emulator, &job, *act);
        if job.state().unwrap().is_final() {
            break;
        }
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

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn what_the_emulator_did_is_explained_by_no_more(world in worlds()) {
        let Run { log, hidden } = run(&world);
        let replay = log.replay();
        let [job] = replay.jobs() else { panic!("{} jobs", replay.jobs().len()) };
        let explained = !matches!(job.verdict(), Verdict::NotExplained { .. });
        let lines: Vec<String> = log
            .records()
            .iter()
            .map(|record| serde_json::to_string(&RecordFields::from(record)).unwrap())
            .collect();
        prop_assert!(explained, "{job}\n{}", lines.join("\n"));
        prop_assert!(job.assumptions().len() <= hidden, "{hidden} hidden\n{job}\n{}", lines.join("\n"));
    }

    #[test]
    fn a_record_is_read_as_it_was_written(world in worlds()) {
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
