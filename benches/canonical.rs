//! What it costs to know a state again: the hash of a whole emulator beside that of its one job.
//!
//! Target: at most twice what the key of the job and its hash cost.

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher, Hasher};
use std::hint::black_box;
use std::time::Duration;

use bits_emulator::machine::{Call, Event, JobOptions, JobStateMachine};
use bits_emulator::{Emulator, FileInfo, Job, JobState, JobType, User};
use chrono::{DateTime, Utc};
use criterion::Criterion;
use rustc_hash::FxHasher;

const URL: &str = "https://example.com/app.exe";
const LOCAL: &str = r"C:\app\app.exe";
const START: DateTime<Utc> = DateTime::UNIX_EPOCH;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    one_job(&mut criterion);
    criterion.final_summary();
}

/// A download that is TRANSFERRING, as long as anybody looks.
fn emulator() -> (Emulator, Job) {
    let emulator = Emulator::new();
    emulator.set_trace_capacity(0);
    emulator.server("https://example.com").file("/app.exe", u64::MAX / 2);
    let job = emulator
        .connect(User::new("alice"))
        .create_job("update", JobType::Download)
        .expect("the first job is one of few");
    job.add_file(URL, LOCAL).expect("the file can be added");
    job.resume().expect("the job can be resumed");
    emulator.advance(Duration::from_secs(5));
    assert_eq!(job.state(), Ok(JobState::Transferring));
    (emulator, job)
}

/// The same job alone.
fn machine() -> JobStateMachine {
    let mut job = JobStateMachine::new(JobOptions::default(), START);
    for call in [Call::add_file(FileInfo::new(URL, LOCAL)), Call::Resume] {
        let _ = job.call(call, START).expect("the state allows the call");
    }
    let headers = Event::HeadersReceived("HTTP/1.1 200 OK\r\nContent-Length: 9".into());
    let size = Event::SizeKnown(u64::MAX / 2);
    for event in [Event::Picked, Event::Connected, headers, size, Event::Progressed(5 << 20)] {
        assert!(!job.handle(event, START).was_ignored());
    }
    job
}

fn hash<H: Hasher + Default>(emulator: &Emulator) -> u64 {
    let mut hasher = H::default();
    emulator.hash_state(&mut hasher);
    hasher.finish()
}

fn one_job(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("canonical state");
    let job = machine();
    let fx = BuildHasherDefault::<FxHasher>::default();
    group.bench_function("of the job: its key, hashed", |bencher| {
        bencher.iter(|| fx.hash_one(black_box(&job).canonical_state(black_box(START))));
    });
    let (emulator, job) = emulator();
    group.bench_function("of the emulator: FxHasher", |bencher| {
        bencher.iter(|| hash::<FxHasher>(black_box(&emulator)));
    });
    group.bench_function("of the emulator: DefaultHasher", |bencher| {
        bencher.iter(|| hash::<DefaultHasher>(black_box(&emulator)));
    });
    let wait = Duration::from_millis(1);
    group.bench_function("a millisecond of bytes", |bencher| {
        bencher.iter(|| {
            emulator.advance(wait);
            job.progress()
        });
    });
    group.bench_function("a millisecond of bytes, and the hash", |bencher| {
        bencher.iter(|| {
            emulator.advance(wait);
            let _ = job.progress();
            hash::<FxHasher>(&emulator)
        });
    });
}
