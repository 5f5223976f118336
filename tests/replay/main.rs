//! Logs of real Windows and of the emulator, held against the model.
#![cfg(all(feature = "serde", feature = "scenario"))]

mod altered;
mod recordings;
mod round_trip;

use bits_emulator::replay::{Log, Record, RecordFields};

const LAPTOP: &str = include_str!("../recordings/windows10-office-laptop.jsonl");
const ONE_DOWNLOAD: &str = include_str!("../recordings/windows10-one-download.jsonl");

/// The log that some JSON lines hold.
fn read(lines: &str) -> Log {
    let fields = lines.lines().map(|line| serde_json::from_str::<RecordFields>(line).unwrap());
    fields.map(|fields| Record::try_from(fields).unwrap()).collect()
}
