//! What a job costs: one step of each kind, a copy, a comparison, a hash, and a whole life.
//!
//! Targets: at most 100 ns for a step that adds no file or text, and 5 ms for 90 days of retries.

mod search;

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher, Hash, Hasher};
use std::hint::black_box;

use bits_emulator::machine::{
    Call, CallbackInterface, ComputerEvent, Event, Failure, JobOptions, JobStateMachine,
    ValidationInterface,
};
use bits_emulator::{FileInfo, HResult, JobState, Notification};
use chrono::{DateTime, Utc};
use criterion::{BatchSize, Criterion};
use rustc_hash::FxHasher;

const START: DateTime<Utc> = DateTime::UNIX_EPOCH;
/// When the retry delay of a failure at the start is over.
const RETRY: DateTime<Utc> = DateTime::from_timestamp(600, 0).unwrap();

/// Enough jobs at a time to hide the cost of reading the clock, and few enough for the cache.
const BATCH: BatchSize = BatchSize::NumIterations(64);

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    steps(&mut criterion);
    looks(&mut criterion);
    copies(&mut criterion);
    lives(&mut criterion);
    criterion.final_summary();
    search::run(std::env::args().any(|argument| argument == "--bench"));
}

/// A download of one file, as it is after `Resume`.
fn queued() -> JobStateMachine {
    let mut job = JobStateMachine::new(JobOptions::default(), START);
    let file = FileInfo::new("https://example.com/app.exe", r"C:\app\app.exe");
    call(&mut job, Call::add_file(file));
    call(&mut job, Call::Resume);
    job
}

/// The same job after some events.
fn after(events: impl IntoIterator<Item = Event>) -> JobStateMachine {
    let mut job = queued();
    for event in events {
        assert!(!job.handle(event, START).was_ignored());
    }
    job
}

fn transferring() -> JobStateMachine {
    after([Event::Picked, Event::Connected, Event::SizeKnown(1_000_000)])
}

fn waiting() -> JobStateMachine {
    after([Event::Picked, Event::Failed(name_not_resolved())])
}

/// A job whose client is to be told that it is transferred.
fn heard() -> JobStateMachine {
    let mut job = queued();
    call(&mut job, Call::SetNotifyInterface(Some(CallbackInterface::Callback)));
    for event in [Event::Picked, Event::Connected, Event::FileTransferred] {
        assert!(!job.handle(event, START).was_ignored());
    }
    job
}

fn suspended() -> JobStateMachine {
    let mut job = queued();
    call(&mut job, Call::Suspend);
    job
}

fn call(job: &mut JobStateMachine, call: Call) {
    let _ = job.call(call, START).expect("the state allows the call");
}

fn name_not_resolved() -> Failure {
    Failure::new(HResult::ERROR_WINHTTP_NAME_NOT_RESOLVED).expect("the code is a failure")
}

fn steps(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("step");
    let mut bench =
        |name: &str, job: JobStateMachine, step: &dyn Fn(&mut JobStateMachine) -> bool| {
            assert!(step(&mut job.clone()), "{name} does what it says");
            group.bench_function(name, |bencher| {
                bencher.iter_batched_ref(|| job.clone(), step, BATCH);
            });
        };
    let failure = name_not_resolved();

    bench("Resume", suspended(), &|job| accepts(job, Call::Resume));
    bench("Suspend, transferring", transferring(), &|job| accepts(job, Call::Suspend));
    bench("setter of a copy", queued(), &|job| accepts(job, Call::SetMinimumRetryDelay(60)));
    bench("Picked", queued(), &|job| happens(job, Event::Picked));
    bench("Connected", after([Event::Picked]), &|job| happens(job, Event::Connected));
    bench("Progressed", transferring(), &|job| happens(job, Event::Progressed(1_000)));
    bench("FileTransferred", transferring(), &|job| happens(job, Event::FileTransferred));
    bench("Failed", after([Event::Picked]), &|job| happens(job, Event::Failed(failure)));
    bench("NetworkLost", transferring(), &|job| {
        happens(job, Event::Computer(ComputerEvent::NetworkLost))
    });
    bench("notification round trip", heard(), &|job| {
        let Some(due) = black_box(&*job).due_notifications().next() else { return false };
        let told = due.notification;
        happens(job, Event::NotificationStarted(told))
            && happens(job, Event::NotificationReturned(told, HResult::S_OK))
            && told == Notification::JobTransferred
    });
    bench("ignored event", queued(), &|job| !happens(job, Event::Connected));
    bench("refused call", queued(), &|job| {
        !accepts(job, Call::SetServerCertificateValidationInterface(ValidationInterface::Callback))
    });
    bench("deadline", waiting(), &|job| !black_box(job.handle_deadline(RETRY)).was_ignored());
    bench("early deadline", waiting(), &|job| black_box(job.handle_deadline(START)).was_ignored());
    group.bench_function("SetMinimumRetryDelay", |bencher| {
        let set = |job: &mut JobStateMachine| accepts(job, Call::SetMinimumRetryDelay(60));
        bencher.iter_batched_ref(queued, set, BATCH);
    });
}

fn accepts(job: &mut JobStateMachine, call: Call) -> bool {
    black_box(job.call(call, black_box(START))).is_ok()
}

fn happens(job: &mut JobStateMachine, event: Event) -> bool {
    !black_box(job.handle(event, black_box(START))).was_ignored()
}

fn looks(criterion: &mut Criterion) {
    let job = waiting();
    criterion.bench_function("next_deadline", |bencher| {
        bencher.iter(|| black_box(&job).next_deadline());
    });
    criterion.bench_function("progress", |bencher| bencher.iter(|| black_box(&job).progress()));
}

fn copies(criterion: &mut Criterion) {
    let (job, same) = (waiting(), waiting());
    criterion.bench_function("clone", |bencher| {
        bencher.iter_batched(|| (), |()| black_box(&job).clone(), BATCH);
    });
    criterion.bench_function("compare", |bencher| {
        bencher.iter(|| black_box(&job) == black_box(&same));
    });
    let (state, other) = (job.canonical_state(RETRY), same.canonical_state(RETRY));
    criterion.bench_function("canonical state", |bencher| {
        bencher.iter(|| black_box(&job).canonical_state(RETRY));
    });
    criterion.bench_function("canonical state and fast hash", |bencher| {
        let fast = BuildHasherDefault::<FxHasher>::default();
        bencher.iter(|| fast.hash_one(black_box(&job).canonical_state(RETRY)));
    });
    criterion.bench_function("compare canonical states", |bencher| {
        bencher.iter(|| black_box(&state) == black_box(&other));
    });
    criterion.bench_function("hash", |bencher| bencher.iter(|| hash(black_box(&job))));
}

fn hash(item: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    item.hash(&mut hasher);
    hasher.finish()
}

fn lives(criterion: &mut Criterion) {
    assert_eq!(life_of_retries().error_count(), 1 + 12_960, "a first attempt and its retries");
    criterion.bench_function("90 days of retries", |bencher| bencher.iter(life_of_retries));
}

/// A job whose server is never found: it is retried every 10 minutes, until the 90 days of the
/// inactivity timeout end it (TIME-20).
fn life_of_retries() -> JobStateMachine {
    let mut job = queued();
    call(&mut job, Call::SetNoProgressTimeout(u32::MAX));
    let failure = name_not_resolved();
    let mut now = START;
    while job.state() != JobState::Cancelled {
        let _ = black_box(job.handle(Event::Picked, now));
        let _ = black_box(job.handle(Event::Failed(failure), now));
        (now, _) = job.next_deadline().expect("a job that is not final has a deadline");
        let _ = black_box(job.handle_deadline(now));
    }
    job
}
