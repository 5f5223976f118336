//! Bytes that flow: clients that want to hear of them do, and none is lost when a job gives way.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use bits_emulator::policy::Policies;
use bits_emulator::readings::Readings;
use bits_emulator::{
    Callback, Emulator, HResult, Job, JobPriority, JobState, JobType, NotifyFlags, User,
};

#[derive(Default)]
struct Counts(AtomicU32);

impl Callback for Counts {
    fn job_modification(&self, _: &Job) -> HResult {
        self.0.fetch_add(1, Ordering::Relaxed);
        HResult::S_OK
    }
}

fn download(emulator: &Emulator, path: &str) -> Job {
    emulator.server("https://example.com").file(path, 10 << 20);
    let session = emulator.connect(User::new("alice"));
    let job = session.create_job("update", JobType::Download).unwrap();
    job.add_file(format!("https://example.com{path}"), format!(r"C:\app{path}")).unwrap();
    job
}

// NOTIFY-06, NOTIFY-12: bytes are a modification, told at most once in each interval of 500 ms.
#[test]
fn a_client_hears_of_bytes_twice_a_second() {
    let emulator = Emulator::new();
    let job = download(&emulator, "/a");
    let counts = Arc::new(Counts::default());
    job.set_notify_interface(counts.clone()).unwrap();
    job.set_notify_flags(NotifyFlags::JOB_MODIFICATION).unwrap();
    job.resume().unwrap();
    emulator.advance(Duration::from_secs(2));
    let before = counts.0.load(Ordering::Relaxed);
    emulator.advance(Duration::from_secs(5));
    assert_eq!(counts.0.load(Ordering::Relaxed) - before, 10);
    assert_eq!(job.state().unwrap(), JobState::Transferring);
}

/// Who does not want to hear of them costs no steps.
#[test]
fn nobody_is_told_who_does_not_want_to_be() {
    let emulator = Emulator::new();
    let job = download(&emulator, "/a");
    job.set_notify_interface(Counts::default()).unwrap();
    job.resume().unwrap();
    emulator.advance(Duration::from_secs(1));
    let before = emulator.trace().steps().len();
    emulator.advance(Duration::from_secs(8));
    assert_eq!(emulator.trace().steps().len(), before);
}

// NET-20, SCHED-05, SCHED-07, NET-10: a job that gives up its turn goes on at the byte it had reached.
#[test]
fn a_job_that_gives_way_keeps_what_has_arrived() {
    let policies = Policies { time_slice: Duration::from_secs(3), ..Policies::default() };
    let emulator = Emulator::with_policies(Readings::documented(), policies);
    let first = download(&emulator, "/a");
    let second = download(&emulator, "/b");
    first.resume().unwrap();
    second.resume().unwrap();
    emulator.advance(Duration::from_secs(3));
    assert_eq!(first.progress().unwrap().bytes_transferred, 3 << 20);
    assert!(second.state().unwrap().is_active());
    emulator.advance(Duration::from_secs(1));
    first.set_priority(JobPriority::High).unwrap();
    emulator.advance(Duration::from_secs(1));
    assert_eq!(second.progress().unwrap().bytes_transferred, 1 << 20);
    assert_eq!(first.progress().unwrap().bytes_transferred, 4 << 20);
    emulator.log_off("alice");
    assert_eq!(first.progress().unwrap().bytes_transferred, 4 << 20);
    emulator.advance(Duration::from_secs(100));
    assert_eq!(first.progress().unwrap().bytes_transferred, 4 << 20);
}

/// NOTIFY-10: who wants to hear of ranges hears nothing of a file that is fetched as a whole, and its bytes
/// cost no steps.
#[test]
fn ranges_of_a_whole_file_are_no_reports() {
    let steps = [NotifyFlags::JOB_TRANSFERRED, NotifyFlags::FILE_RANGES_TRANSFERRED].map(|flags| {
        let emulator = Emulator::new();
        let job = download(&emulator, "/a");
        job.set_notify_interface(Counts::default()).unwrap();
        job.set_notify_flags(flags).unwrap();
        job.resume().unwrap();
        emulator.advance(Duration::from_secs(5));
        emulator.trace().steps().len()
    });
    assert_eq!(steps[0], steps[1]);
}
