//! Jobs are small: a queue of 100,000 fits in a test.

use std::sync::Arc;
use std::time::Duration;

use allocation_counter::measure;
use bits_emulator::accounts::{Sid, Token};
use bits_emulator::explore::{self, Budget, Life, Monitors};
use bits_emulator::machine::Call;
use bits_emulator::policy::Policies;
use bits_emulator::readings::Readings;
use bits_emulator::service::Service;
use bits_emulator::{Clock, Emulator, Error, FileInfo, JobState, JobType, User};
use chrono::DateTime;

/// What a job may take beside its strings, in bytes.
const ROOM: u64 = 960;

#[test]
fn an_idle_job_of_one_file_takes_less_than_1_kib_beside_its_strings() {
    for number in [1_000, 10_000] {
        let bytes = bytes_of(number);
        let each = bytes / u64::from(number);
        assert!(each <= ROOM, "{number} jobs take {bytes} bytes, which is {each} each");
        // That the count counts.
        assert!(each > 500, "{number} jobs take {bytes} bytes, which is {each} each");
    }
}

/// The memory of a service that keeps so many jobs. Their names are shared, so that these do not count.
fn bytes_of(number: u32) -> u64 {
    let policies =
        Policies { jobs_per_computer: u32::MAX, jobs_per_user: u32::MAX, ..Policies::default() };
    let name: Arc<str> = "update".into();
    let file = FileInfo::new("https://example.com/app.exe", r"C:\app\app.exe");
    let mut kept = None;
    let measured = measure(|| {
        let mut service = Service::new(Readings::documented(), policies, DateTime::UNIX_EPOCH);
        for job in 0..number {
            let by = Token::user(1 + job % 50);
            if job < 50 {
                assert!(service.log_on(Sid::User(1 + job)).is_empty());
            }
            let id = service
                .create_job(&by, Some(Arc::clone(&name)), JobType::Download)
                .expect("there is no limit");
            for call in [Call::add_file(file.clone()), Call::Resume] {
                let _ = service.call(&by, id, call).expect("the call is accepted");
            }
        }
        kept = Some(service);
    });
    assert_eq!(kept.map(|service| service.queue_length()), Some(number));
    u64::try_from(measured.bytes_current).expect("the service holds memory")
}

/// Jobs that are over and whose handles are gone are dropped: a long life takes no more memory than a short
/// one.
#[test]
fn a_long_life_takes_no_more_memory_than_a_short_one() {
    for job_type in [JobType::Download, JobType::UploadReply] {
        let [short, long] = [1_000, 6_000].map(|jobs| bytes_after(jobs, job_type));
        let more = long.saturating_sub(short);
        assert!(more < 32 << 10, "{job_type}: 1,000 leave {short} bytes, and 6,000 {long}");
    }
}

/// The memory that a million jobs leave, each of which wrote the same file: `cargo test --release --test memory
/// -- --ignored`.
#[test]
#[ignore = "takes minutes"]
fn a_million_jobs_leave_less_than_20_mb() {
    let left = bytes_after(1_000_000, JobType::Download);
    println!("{left} bytes");
    assert!(left < 20_000_000, "{left} bytes");
}

/// The memory of an emulator on which that many jobs were created and ended one after the other. Replies
/// have names that the jobs made, and are given up with them, so that no file is left.
fn bytes_after(jobs: u32, job_type: JobType) -> u64 {
    let mut kept = None;
    let measured = measure(|| {
        let emulator = Emulator::new();
        emulator.set_trace_capacity(1_000);
        emulator.set_clock(Clock::EachPoll(2));
        let server = emulator.server("https://example.com");
        server.file("/app.exe", 1_000).uploads(|uploads| _ = uploads.allow_overwrites(true));
        emulator.disk().write(r"C:\app\report.txt", 1_000);
        let local = match job_type {
            JobType::Download => r"C:\app\app.exe",
            JobType::Upload | JobType::UploadReply => r"C:\app\report.txt",
        };
        let session = emulator.connect(User::new("alice"));
        for _ in 0..jobs {
            let job = session.create_job("update", job_type).expect("there is room");
            job.add_file("https://example.com/app.exe", local).expect("it is accepted");
            job.resume().expect("it is accepted");
            assert!(emulator.run_until_idle().is_at_rest());
            let _ = job.state().expect("it has a state");
            match job_type {
                JobType::Download => _ = job.complete().expect("it is complete"),
                JobType::Upload | JobType::UploadReply => _ = job.cancel().expect("it goes"),
            }
        }
        kept = Some((emulator, session));
    });
    drop(kept);
    u64::try_from(measured.bytes_current).expect("the emulator holds memory")
}

/// Nothing is left of the runs of an exploration, of those that are cut short neither.
#[test]
fn an_exploration_leaves_nothing_behind() {
    fn downloads(life: &Life) -> Result<(), Error> {
        let job = life.session().create_job("update", JobType::Download)?;
        job.add_file("https://example.com/app.exe", r"C:\app\app.exe")?;
        job.resume()?;
        while job.state()?.is_active() || job.state()? == JobState::Queued {
            life.session().sleep(Duration::from_secs(4));
        }
        job.complete().map(|_| ())
    }
    let explored = || {
        // Without a watch its runs are made on this thread, which is the one that is measured.
        let program = explore::program(downloads)
            .world(|emulator| _ = emulator.server("https://example.com").file("/app.exe", 10 << 20))
            .monitors(Monitors::default())
            .budget(Budget::default().kill(2).service_restart(1))
            .bound(2, 0)
            .stuck_after(Duration::MAX)
            .without_progress();
        program.explore().pruned
    };
    // What is made once and kept is made by now.
    let pruned = explored();
    assert!(pruned > 10, "{pruned} runs are cut short");
    let left = measure(|| _ = explored()).bytes_current;
    assert!(left < 8 << 10, "{left} bytes are left");
}
