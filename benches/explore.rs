//! What exploration costs beside the bare client, and what it keeps.
//!
//! Target: without pruning at least 0.85 of the calls a second that the bare client makes, run again and again
//! on copies of one world; and the poller with its faults within two faults and two deviations in at most 44,160
//! runs, and 50 times as long as a thousand bare runs take.

use std::hint::black_box;
use std::time::{Duration, Instant};

use bits_emulator::explore::{self, Budget, Strategy, Verdict};
use bits_emulator::{Emulator, Error, JobState, JobType, Session, User};
use criterion::Criterion;

use clients::plain_poller::plain_poller;
use clients::{NAME, PATH, POLL, URL, add_and_resume, one_file};

#[allow(dead_code, reason = "of the clients of the tests only one is measured")]
#[path = "../tests/explore/clients/mod.rs"]
mod clients;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    // `cargo test --benches` runs each once, within small bounds.
    let is_measured = std::env::args().any(|argument| argument == "--bench");
    runs(&mut criterion);
    if is_measured {
        calls(300_000);
        situations((1, 1), 20_000);
        situations((2, 1), 20_000);
        situations((2, 2), 20_000);
        threads((2, 1));
        kept((2, 1));
    } else {
        calls(1_000);
        situations((1, 0), 1_000);
        threads((1, 0));
        kept((1, 0));
    }
    criterion.final_summary();
}

/// How long that takes.
#[allow(clippy::disallowed_methods, reason = "a benchmark measures real time")]
fn elapsed<T>(run: impl FnOnce() -> T) -> (T, Duration) {
    let begun = Instant::now();
    let done = run();
    (done, begun.elapsed())
}

/// How long processors work for that, beside whatever else they do; where nothing tells it, how long it takes.
fn timed<T>(run: impl FnOnce() -> T) -> (T, Duration) {
    let before = processor_time();
    let (done, elapsed) = elapsed(run);
    let worked = before.zip(processor_time()).map(|(before, after)| after - before);
    (done, worked.filter(|worked| !worked.is_zero()).unwrap_or(elapsed))
}

/// How long processors have worked for this process, to the hundredth of a second, if Linux tells it.
fn processor_time() -> Option<Duration> {
    let told = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program, in brackets, may hold spaces.
    let mut numbers = told.rsplit(')').next()?.split_whitespace().skip(11);
    let mut hundredths = || numbers.next()?.parse::<u64>().ok();
    Some(Duration::from_millis(hundredths()?.checked_add(hundredths()?)? * 10))
}

const CALLS: u32 = 30;

/// A client of thirty calls, whatever happens.
fn thirty_calls(session: &Session) -> Result<(), Error> {
    let job = session.create_job(NAME, JobType::Download)?;
    job.add_file(URL, PATH)?;
    job.set_minimum_retry_delay(Duration::from_secs(60))?;
    job.resume()?;
    for _ in 4..CALLS - 1 {
        let _ = job.state()?;
        session.sleep(Duration::from_millis(300));
    }
    job.cancel().map(|_| ())
}

fn explored(faults: u32) -> Verdict {
    explore::program(|life| thirty_calls(life.session()))
        .world(one_file)
        .budget(Budget::default().broken_connections(faults))
        .bound(faults, 0)
        .strategy(Strategy::EveryPoint)
        .without_pruning()
        .explore()
}

/// The bare client, once on a copy of the world.
fn bare(world: &Emulator, client: impl Fn(&Session) -> Result<(), Error>) {
    let session = world.fork().connect(User::new("user"));
    client(&session).expect("nothing goes wrong");
}

fn built() -> Emulator {
    let world = Emulator::new();
    one_file(&world);
    world
}

/// One run of each.
fn runs(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("a run of thirty calls");
    let world = built();
    group.bench_function("bare, on a copy of the world", |bencher| {
        bencher.iter(|| bare(black_box(&world), thirty_calls));
    });
    let verdict = explored(1);
    assert!(verdict.counterexample.is_none());
    group.bench_function(format!("all {} explored ones", verdict.runs), |bencher| {
        bencher.iter(|| explored(black_box(1)));
    });
}

/// Calls a second, without pruning.
fn calls(at_least: u64) {
    let world = built();
    let (verdict, time) = timed(|| explored(2));
    let made = verdict.runs * u64::from(CALLS);
    let again = at_least.div_ceil(made).min(5);
    let (_, more) = timed(|| (1..again).for_each(|_| _ = black_box(explored(2))));
    let explored = rate(made * again, time + more);
    let (_, time) = timed(|| (0..verdict.runs * again).for_each(|_| bare(&world, thirty_calls)));
    let bare = rate(made * again, time);
    println!(
        "calls a second: {explored:.0} explored, {bare:.0} bare, ratio {:.2} ({} runs)",
        explored / bare,
        verdict.runs
    );
}

#[allow(clippy::cast_precision_loss, reason = "a figure for people")]
fn rate(number: u64, time: Duration) -> f64 {
    number as f64 / time.as_secs_f64()
}

/// The poller with its faults, beside that many bare runs.
fn situations(bound: (u32, u32), bare_runs: u32) {
    let world = built();
    let (verdict, time) = timed(|| plain_poller().bound(bound.0, bound.1).explore());
    let (_, all) = timed(|| (0..bare_runs).for_each(|_| bare(&world, poll)));
    let thousand = all * 1_000 / bare_runs;
    assert!(verdict.is_exhausted(), "{verdict}");
    let calls = verdict.reached.calls.values().sum::<u64>() / verdict.runs;
    println!(
        "the poller within {bound:?}: {time:.2?}, {:.1} times a thousand bare runs ({thousand:.2?}), {calls} calls a \
         run\n{verdict}",
        time.as_secs_f64() / thousand.as_secs_f64()
    );
}

fn threads(bound: (u32, u32)) {
    let explored =
        |threads| elapsed(|| plain_poller().bound(bound.0, bound.1).threads(threads).explore());
    let ((one, alone), (two, together)) = (explored(1), explored(2));
    assert_eq!(one.to_string(), two.to_string());
    println!(
        "the poller within {bound:?}: {alone:.2?} on one thread, {together:.2?} on two: {:.2} times as fast",
        alone.as_secs_f64() / together.as_secs_f64()
    );
}

/// Bytes at the peak for each future that is known then: those of the runs that wait among them.
fn kept(bound: (u32, u32)) {
    let mut futures = 0;
    let memory = allocation_counter::measure(|| {
        // What other threads allocate is not counted.
        let program = plain_poller().bound(bound.0, bound.1).stuck_after(Duration::MAX);
        futures = program.explore().futures;
    });
    let known = u64::try_from(futures).unwrap_or(u64::MAX).max(1);
    let bytes = (memory.bytes_max / known).max(1);
    println!(
        "the poller within {bound:?}: {} bytes at the peak, {bytes} for each of {futures} futures: {} for each GB",
        memory.bytes_max,
        1_000_000_000 / bytes
    );
}

/// The bare poller: what the surviving one does when nothing goes wrong.
fn poll(session: &Session) -> Result<(), Error> {
    let job = session.create_job(NAME, JobType::Download)?;
    add_and_resume(&job)?;
    while job.state()? != JobState::Transferred {
        session.sleep(POLL);
    }
    job.complete().map(|_| ())
}
