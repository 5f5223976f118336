//! Traces and the event log as data for other programs.
#![cfg(feature = "serde")]

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bits_emulator::{Completion, Emulator, JobType, User};
use serde_json::Value;

const ONE_DOWNLOAD: &str = include_str!("../recordings/windows10-one-download.jsonl");

fn emulator() -> Emulator {
    let emulator = Emulator::new();
    emulator.server("https://example.com").file("/app.exe", 1_000).fails(503);
    let session = emulator.connect(User::new("alice"));
    let job = session.create_job("app", JobType::Download).unwrap();
    assert!(job.resume().is_err());
    job.add_file("https://example.com/app.exe", r"C:\app.exe").unwrap();
    job.resume().unwrap();
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(job.complete(), Ok(Completion::All));
    emulator
}

#[test]
fn a_trace_has_agreed_fields() {
    let trace = emulator().trace();
    let json = serde_json::to_value(&trace).unwrap();
    assert_eq!(json["steps"].as_array().unwrap().len(), trace.steps().len());
    // Not of the values: in what order these keep their fields depends on other crates of a build.
    let step = |number: usize| serde_json::to_string_pretty(&trace.steps()[number]).unwrap();
    // A call that was refused, and an attempt that failed.
    insta::assert_snapshot!("json_refused", step(3));
    insta::assert_snapshot!("json_failed", step(7));
}

/// The names of the fields of each kind of event, without those that only a real machine has, and without
/// the acting account, which the extracts of the recordings leave out.
fn fields(entries: impl Iterator<Item = Value>) -> BTreeMap<u64, BTreeSet<String>> {
    entries
        .map(|entry| {
            let names = entry
                .as_object()
                .unwrap()
                .keys()
                .filter(|name| !["file_length", "by"].contains(&name.as_str()));
            (entry["event_id"].as_u64().unwrap(), names.cloned().collect())
        })
        .collect()
}

#[test]
fn the_event_log_has_the_fields_of_the_recordings() {
    let log = emulator().event_log();
    let emulated = fields(log.iter().map(|entry| serde_json::to_value(entry).unwrap()));
    let recorded = fields(ONE_DOWNLOAD.lines().map(|line| serde_json::from_str(line).unwrap()));
    for event in [3, 4, 59, 60] {
        assert_eq!(emulated[&event], recorded[&event], "event {event}");
    }
    let lines: Vec<String> =
        log.iter().map(|entry| serde_json::to_string(entry).unwrap()).collect();
    insta::assert_snapshot!(lines.join("\n"));
}

/// LOG-02: the entries that are in no recording, with the fields that tell who did what.
#[test]
fn each_kind_of_entry_has_its_fields() {
    let emulator = Emulator::new();
    emulator.server("https://example.com").file("/app.exe", 1_000).fails(404);
    let alice = emulator.connect(User::new("alice"));
    let carol = emulator.connect(User::new("carol").administrator());
    let create = || alice.create_job("app", JobType::Download).unwrap();
    let (cancelled, taken, _forgotten) = (create(), create(), create());
    let held = carol.job(cancelled.id()).unwrap();
    held.set_display_name("theirs").unwrap();
    let _ = held.cancel().unwrap();

    taken.add_file("https://example.com/app.exe", r"C:\app.exe").unwrap();
    taken.set_notify_cmd_line(Some(r"C:\done.exe"), None).unwrap();
    emulator.on_program(|_, _, _| 1);
    taken.resume().unwrap();
    emulator.advance(Duration::from_secs(60));
    taken.resume().unwrap();
    emulator.advance(Duration::from_secs(60));
    let held = carol.job(taken.id()).unwrap();
    held.take_ownership().unwrap();
    assert_eq!(held.complete(), Ok(Completion::All));
    emulator.advance(Duration::from_secs(91 * 86_400));

    let common = ["time", "event_id", "job_id", "job_name"];
    let lines: BTreeSet<String> = emulator
        .event_log()
        .iter()
        .map(|entry| {
            let Value::Object(entry) = serde_json::to_value(entry).unwrap() else { panic!() };
            let entry: BTreeMap<_, _> = entry.into_iter().collect();
            let own = entry.iter().filter(|(name, _)| !common.contains(&name.as_str()));
            let own = own.filter(|(name, _)| *name != "transfer_id" && *name != "process");
            let own: Vec<String> = own.map(|(name, value)| format!("{name} {value}")).collect();
            format!("{}: {}", entry["event_id"], own.join(", "))
        })
        .collect();
    let lines: Vec<String> = lines.into_iter().collect();
    insta::assert_snapshot!("json_entries", lines.join("\n"));
}
