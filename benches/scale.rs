//! What many jobs cost together: their lives of 90 days, and their memory, from 1 job to 100,000.
//!
//! Targets: 1,000 jobs that fail for 90 days in at most 10 s, and at most 1 KiB for an idle job of one
//! file beside its strings. `cargo bench --bench scale` prints a table; as a test it does a hundredth.

use std::sync::Arc;
use std::time::{Duration, Instant};

use allocation_counter::measure;
use bits_emulator::accounts::{Sid, Token};
use bits_emulator::machine::{Call, Effect, Event, Failure};
use bits_emulator::policy::Policies;
use bits_emulator::readings::Readings;
use bits_emulator::service::{FirstInFirstOut, Service};
use bits_emulator::{Emulator, Fault, FileInfo, HResult, JobPriority, JobType, User};
use chrono::{DateTime, TimeDelta, Utc};

const START: DateTime<Utc> = DateTime::UNIX_EPOCH;
/// How many users own the jobs.
const USERS: u32 = 50;
/// The minimum retry delay, after which an attempt follows another, in milliseconds.
const DELAY: i64 = 600_000;
const LIFE: TimeDelta = TimeDelta::days(90);

fn main() {
    let shares = if std::env::args().any(|argument| argument == "--bench") { 1 } else { 100 };
    println!("jobs      time        steps  ns a step  bytes a job");
    for (jobs, parts) in [(1, 1), (100, 10), (1_000, 10), (10_000, 100), (100_000, 1_000)] {
        row(jobs, LIFE / parts / shares);
    }
    println!("90 days of 1,000 jobs:");
    row(1_000, LIFE / shares);
    emulated(LIFE / shares);
}

fn row(jobs: u32, time: TimeDelta) {
    let bytes = memory(jobs) / i64::from(jobs);
    let (steps, took) = lives(jobs, time);
    let each = took.as_nanos() / u128::from(steps.max(1));
    let took = took.as_secs_f64();
    println!("{jobs:7}  {took:7.3} s {steps:9}  {each:9}  {bytes:11}");
}

fn service() -> Service {
    let policies =
        Policies { jobs_per_computer: u32::MAX, jobs_per_user: u32::MAX, ..Policies::default() };
    let mut service = Service::new(Readings::documented(), policies, START);
    for user in 1..=USERS {
        let _ = service.log_on(Sid::User(user));
    }
    service
}

/// Downloads that wait for their turn, created one after the other within a retry delay.
fn queued(service: &mut Service, jobs: u32) {
    let name: Arc<str> = "update".into();
    let file = FileInfo::new("https://example.com/app.exe", r"C:\app\app.exe");
    for job in 0..jobs {
        service.set_now(START + TimeDelta::milliseconds(i64::from(job) * DELAY / i64::from(jobs)));
        let by = Token::user(1 + job % USERS);
        let id = service.create_job(&by, Some(name.clone()), JobType::Download).expect("no limit");
        for call in [
            Call::add_file(file.clone()),
            Call::SetPriority(JobPriority::Foreground),
            // Only the inactivity timeout ends it (TIME-20).
            Call::SetNoProgressTimeout(u32::MAX),
            Call::Resume,
        ] {
            let _ = service.call(&by, id, call).expect("the call is accepted");
        }
    }
}

/// The memory of idle jobs whose strings are shared.
fn memory(jobs: u32) -> i64 {
    let mut kept = None;
    let measured = measure(|| {
        let mut service = service();
        queued(&mut service, jobs);
        kept = Some(service);
    });
    measured.bytes_current
}

/// The server of every job is never found: each is retried every 10 minutes, picked, and fails again.
/// How many steps that are, and how long they take.
#[allow(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
fn lives(jobs: u32, time: TimeDelta) -> (u64, Duration) {
    let failure = Failure::new(HResult::ERROR_WINHTTP_NAME_NOT_RESOLVED).expect("a failure");
    let mut service = service();
    queued(&mut service, jobs);
    let (end, mut steps, begin) = (START + time, 0, Instant::now());
    loop {
        while let Some(stepped) = service.perform_next(&mut FirstInFirstOut) {
            steps += 1;
            let stepped = stepped.first().expect("a step of a job");
            if stepped.outcome.effects.contains(Effect::StartTransfer) {
                steps += 1;
                let failed = service.handle(stepped.job, Event::Failed(failure));
                assert!(failed.is_some_and(|failed| !failed.outcome.was_ignored()));
            }
        }
        let Some(next) = service.next_instant().filter(|next| *next <= end) else { break };
        service.set_now(next);
    }
    (steps, begin.elapsed())
}

/// The same life as an application under test has it: one job, a server that is never reached, and all
/// that the emulator does about it.
#[allow(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
fn emulated(time: TimeDelta) {
    let emulator = Emulator::new();
    let unreachable = Fault::code(HResult::ERROR_WINHTTP_NAME_NOT_RESOLVED);
    let file = emulator.server("https://example.com").file("/app.exe", 1);
    file.fails(unreachable.before_connection().always());
    let job = emulator.connect(User::new("alice")).create_job("update", JobType::Download);
    let job = job.expect("there is no limit");
    job.add_file("https://example.com/app.exe", r"C:\app\app.exe").expect("the names are valid");
    job.set_no_progress_timeout(Duration::from_secs(u32::MAX.into())).expect("any value is");
    job.resume().expect("the job has a file");
    let begin = Instant::now();
    emulator.advance(time.to_std().expect("a time that passes"));
    let took = begin.elapsed();
    let attempts = job.error_count().expect("the job answers").max(1);
    let each = took.as_nanos() / u128::from(attempts);
    println!("an attempt in the emulator, with world and trace: {each} ns, {attempts} times");
}
