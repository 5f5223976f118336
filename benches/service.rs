//! What many jobs cost: finding the next step, and taking one of each kind, beside 1 to 100,000 jobs.
//!
//! Target: at most 2 µs for finding and taking a step, however many jobs there are.

use std::time::Duration;

use std::hint::black_box;

use bits_emulator::accounts::{Sid, Token};
use bits_emulator::machine::{Call, CallbackInterface, Event, Failure};
use bits_emulator::policy::Policies;
use bits_emulator::readings::Readings;
use bits_emulator::service::{FirstInFirstOut, Service, ServiceStep, StepResult};
use bits_emulator::{FileInfo, HResult, JobId, JobPriority, JobType};
use chrono::{DateTime, Utc};
use criterion::{BenchmarkId, Criterion};

const START: DateTime<Utc> = DateTime::UNIX_EPOCH;
const NUMBERS: [u32; 4] = [1, 100, 10_000, 100_000];
/// How many users own the jobs.
const USERS: u32 = 50;
/// Not one of them.
const ALICE: Token = Token::user(1);

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    for number in NUMBERS {
        looks(&mut criterion, number);
        turns(&mut criterion, number);
        retries(&mut criterion, number);
        notifications(&mut criterion, number);
        progress(&mut criterion, number);
    }
    criterion.final_summary();
}

fn service() -> Service {
    let policies = Policies {
        jobs_per_computer: u32::MAX,
        jobs_per_user: u32::MAX,
        // However long it is measured, no job becomes too old.
        inactivity_timeout: Duration::MAX,
        time_slice: Duration::from_millis(1),
        ..Policies::default()
    };
    let mut service = Service::new(Readings::documented(), policies, START);
    for user in 1..=USERS {
        let _ = service.log_on(Sid::User(user));
    }
    service
}

/// A download that waits for its turn.
fn queued(service: &mut Service, by: &Token, priority: JobPriority) -> JobId {
    let id = service.create_job(by, Some("update".into()), JobType::Download).expect("no limit");
    let file = FileInfo::new("https://example.com/app.exe", r"C:\app\app.exe");
    for asked in [Call::add_file(file), Call::SetPriority(priority), Call::Resume] {
        call(service, by, id, asked);
    }
    id
}

/// One that runs.
fn running(service: &mut Service, by: &Token) -> JobId {
    let id = queued(service, by, JobPriority::Foreground);
    tell(service, id, Event::Picked);
    tell(service, id, Event::Connected);
    id
}

fn call(service: &mut Service, by: &Token, id: JobId, call: Call) {
    let _ = service.call(by, id, call).expect("the call is accepted");
}

fn tell(service: &mut Service, id: JobId, event: Event) {
    let stepped = service.handle(id, event).expect("the job is there");
    assert!(!stepped.outcome.was_ignored());
}

fn user(number: u32) -> Token {
    Token::user(1 + number % USERS)
}

fn step(service: &mut Service) -> StepResult {
    let taken = service.perform_next(&mut FirstInFirstOut).expect("a step is possible");
    taken.into_iter().next().expect("it is the step of a job")
}

/// When does anything happen, and what is first, if every job waits for its turn but cannot have it,
/// because one runs.
fn looks(criterion: &mut Criterion, number: u32) {
    let mut service = service();
    for job in 0..number {
        queued(&mut service, &user(job), JobPriority::Normal);
    }
    let mut group = criterion.benchmark_group("look");
    group.bench_function(BenchmarkId::new("first step", number), |bencher| {
        bencher.iter(|| black_box(&service).possible_steps().next());
    });
    step(&mut service);
    group.bench_function(BenchmarkId::new("next instant", number), |bencher| {
        bencher.iter(|| black_box(&service).next_instant());
    });
    group.bench_function(BenchmarkId::new("next instant of interest", number), |bencher| {
        bencher.iter(|| black_box(&service).next_instant_of_interest());
    });
}

/// One job is picked, and stopped by its slice: two steps, over and over.
fn turns(criterion: &mut Criterion, number: u32) {
    let mut service = service();
    for job in 0..number.max(2) {
        queued(&mut service, &user(job), JobPriority::Normal);
    }
    let slice = service.policies().time_slice;
    criterion.benchmark_group("two steps").bench_function(
        BenchmarkId::new("pick, slice over", number),
        |bencher| {
            bencher.iter(|| {
                black_box(step(&mut service));
                service.set_now(service.now() + slice);
                black_box(step(&mut service));
            });
        },
    );
}

/// One of many jobs that fail is retried, picked, and fails again: three steps.
fn retries(criterion: &mut Criterion, number: u32) {
    let mut service = service();
    let failure = Failure::new(HResult::ERROR_WINHTTP_NAME_NOT_RESOLVED).expect("a failure");
    for job in 0..number {
        let by = user(job);
        let id = queued(&mut service, &by, JobPriority::Foreground);
        call(&mut service, &by, id, Call::SetNoProgressTimeout(u32::MAX));
        call(&mut service, &by, id, Call::SetMinimumRetryDelay(5));
        tell(&mut service, id, Event::Picked);
        tell(&mut service, id, Event::Failed(failure));
    }
    criterion.benchmark_group("three steps").bench_function(
        BenchmarkId::new("retry, pick, fail", number),
        |bencher| {
            bencher.iter(|| {
                let first = service.next_instant_of_interest().expect("a retry");
                service.set_now(first);
                let retried = step(&mut service).job;
                let picked = service.perform(ServiceStep::Pick(retried)).expect("it is its turn");
                let picked = picked.first().expect("it is the step of a job").job;
                black_box(service.handle(picked, Event::Failed(failure)));
            });
        },
    );
}

/// Every job has something to tell, and the callbacks of most users are all busy: one begins, returns,
/// and has news again: three steps.
fn notifications(criterion: &mut Criterion, number: u32) {
    let mut service = service();
    let interface = || Call::SetNotifyInterface(Some(CallbackInterface::Callback));
    for job in 0..number {
        let by = user(job);
        let id = running(&mut service, &by);
        call(&mut service, &by, id, interface());
        tell(&mut service, id, Event::SizeKnown(1));
        tell(&mut service, id, Event::FileTransferred);
    }
    let mut begun = Vec::new();
    loop {
        let next = service.possible_steps().next();
        let Some(step) = next else { break };
        begun.push(step);
        let _ = service.perform(step);
    }
    let Some(ServiceStep::Notify(..)) = begun.first() else { panic!("a callback began") };
    criterion.benchmark_group("two steps").bench_function(
        BenchmarkId::new("return, notify", number),
        |bencher| {
            bencher.iter(|| {
                // It failed: it is told again once it is registered again.
                let Some(ServiceStep::Notify(id, due)) = begun.pop() else { panic!("a callback") };
                black_box(service.callback_returned(id, &due, HResult::E_ACCESSDENIED));
                let by = Token { user: due.user, ..ALICE };
                let _ = service.call(&by, id, interface());
                let next = service.possible_steps().next().expect("a place is free");
                black_box(service.perform(next));
                begun.push(next);
            });
        },
    );
}

/// Bytes arrive for one of many.
fn progress(criterion: &mut Criterion, number: u32) {
    let mut service = service();
    let ids: Vec<_> = (0..number).map(|job| running(&mut service, &user(job))).collect();
    for id in &ids {
        tell(&mut service, *id, Event::SizeKnown(u64::MAX / 2));
    }
    let mut turn = 0;
    criterion.benchmark_group("step").bench_function(
        BenchmarkId::new("progress", number),
        |bencher| {
            bencher.iter(|| {
                turn = (turn + 7_919) % ids.len();
                let id = ids.get(turn).copied().expect("one of them");
                black_box(service.handle(id, Event::Progressed(1)));
            });
        },
    );
}
