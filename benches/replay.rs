//! What a long log costs: its explanation, by the number of its records.
//!
//! Target: 100,000 records of 1,000 jobs in at most 20 s, and at most 500 MB with the log itself. A third of the jobs
//! has a client that sets a retry delay, every tenth is resumed in the middle, and every fiftieth has a burst.
//! `cargo bench --bench replay` prints a table; as a test it does a hundredth.

use std::time::Instant;

use allocation_counter::measure;
use bits_emulator::replay::{Log, Record, RecordFields};
use chrono::{DateTime, TimeDelta, Utc};

const START: DateTime<Utc> = DateTime::UNIX_EPOCH;

fn main() {
    let share = if std::env::args().any(|argument| argument == "--bench") { 1 } else { 100 };
    println!("jobs  records     time  us a record  MB at most  explained");
    for (jobs, attempts) in
        [(100, 98), (300, 98), (1_000, 98), (3_000, 98), (1_000, 298), (10, 9_998)]
    {
        row((jobs / share).max(1), attempts);
    }
}

#[allow(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
fn row(jobs: u32, attempts: u32) {
    let mut shown = String::new();
    let used = measure(|| {
        let log = log(jobs, attempts);
        let records = log.records().len();
        let begun = Instant::now();
        let replay = log.replay();
        let took = begun.elapsed();
        let each = took.as_micros() / records as u128;
        let explained =
            replay.likeness().without + replay.likeness().with_one + replay.likeness().with_more;
        shown = format!("{jobs:4} {records:8} {:6.2} s  {each:11}", took.as_secs_f64());
        shown += &format!("  {{mb:10}}  {explained:9}");
    });
    let mb = used.bytes_max / 1_000_000;
    println!("{}", shown.replace("{mb:10}", &format!("{mb:10}")));
}

/// Jobs that are created one after the other within a retry delay, fail, and are cancelled.
fn log(jobs: u32, attempts: u32) -> Log {
    let mut records: Vec<Record> = (0..jobs).flat_map(|job| life(job, jobs, attempts)).collect();
    records.sort_by_key(|record| record.time);
    records.into_iter().collect()
}

fn life(job: u32, of: u32, attempts: u32) -> Vec<Record> {
    let record = |time, event_id| {
        let fields = RecordFields {
            time: Some(time),
            event_id: Some(event_id),
            job_id: Some(format!("{job:08x}-0000-0000-0000-000000000000")),
            job_name: Some("update".into()),
            url: Some("https://example.com/app.exe".into()),
            hr: Some("0x80072ee7".to_owned()),
            file_count: Some(1),
            bytes_transferred: Some(0),
            ..RecordFields::default()
        };
        Record::try_from(fields).expect("the fields of these events")
    };
    let mut time = START + TimeDelta::milliseconds(i64::from(job) * 600_000 / i64::from(of));
    let mut records = vec![record(time, 3)];
    let delay = if job.is_multiple_of(3) { 30_000 } else { 600_000 };
    for attempt in 0..attempts {
        let took = i64::from((job * 7 + attempt * 13) % 5_000);
        let is_burst = job % 50 == 7 && (20..30).contains(&attempt);
        let is_resumed = job % 10 == 3 && attempt == attempts / 2;
        let wait = match attempt {
            0 => 0,
            _ if is_burst => 1_000,
            _ if is_resumed => 20_000,
            _ => delay + took,
        };
        time += TimeDelta::milliseconds(wait + 1);
        records.push(record(time, 61));
    }
    records.push(record(time + TimeDelta::seconds(1), 5));
    records
}
