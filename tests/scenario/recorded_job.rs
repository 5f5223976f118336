//! A job that real Windows retried at its default delay is retried by the emulator at the same
//! seconds (TIME-01).

use bits_emulator::machine::{Event, Failure};
use bits_emulator::scenario::ast::StepAction;
use bits_emulator::scenario::{Report, Scenario, TranscriptStep};
use bits_emulator::{HResult, JobId};
use chrono::{DateTime, Utc};
use serde_json::Value;

const JOB: &str = "0406b477-7aa9-4a72-8937-e9c61298384a";
const RECORDING: &str = include_str!("../recordings/windows10-office-laptop.jsonl");
const SCENARIO: &str = include_str!("../../scenarios/font-download-2020-10-15.bits");
/// The Windows event of a transfer that stopped with a failure.
const TRANSFER_FAILED: u64 = 61;

struct Recorded {
    time: DateTime<Utc>,
    code: HResult,
}

fn recorded_failures() -> Vec<Recorded> {
    RECORDING
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|event| event["job_id"] == JOB && event["event_id"] == TRANSFER_FAILED)
        .map(|event| Recorded {
            time: event["time"].as_str().unwrap().parse().unwrap(),
            code: event["hr"].as_str().unwrap().parse().unwrap(),
        })
        .collect()
}

fn run() -> Report {
    let report = SCENARIO.parse::<Scenario>().unwrap().run();
    assert_eq!(report.failure, None);
    report
}

fn failure(step: &TranscriptStep) -> Option<(DateTime<Utc>, Failure)> {
    match &step.what {
        StepAction::Event(Event::Failed(failure)) => Some((step.at, *failure)),
        _ => None,
    }
}

#[test]
fn the_scenario_is_about_the_recorded_job() {
    let created = RECORDING
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .find(|event| event["job_id"] == JOB && event["event_id"] == 3)
        .unwrap();
    let header = run().trace.to_string();
    assert!(header.contains(&JOB.parse::<JobId>().unwrap().to_string()), "{header}");
    assert!(header.contains(created["job_name"].as_str().unwrap()), "{header}");
    let time: DateTime<Utc> = created["time"].as_str().unwrap().parse().unwrap();
    assert!(header.contains(&time.format("start %F %T%.6f").to_string()), "{header}");
}

// TIME-01: the default delay of 600 s, to the second, with the recorded code.
#[test]
fn every_attempt_fails_at_the_recorded_second() {
    let emulated: Vec<_> = run().trace.steps().filter_map(failure).collect();
    let recorded = recorded_failures();
    assert_eq!(recorded.len(), 6);
    assert_eq!(emulated.len(), recorded.len());
    for ((at, failure), recorded) in emulated.iter().zip(&recorded) {
        assert_eq!(at.timestamp(), recorded.time.timestamp(), "{at} and {}", recorded.time);
        assert_eq!(failure.code(), recorded.code);
    }
}
