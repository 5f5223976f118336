//! Many threads, and callbacks that call back: no deadlock, no lost notification.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use bits_emulator::{
    Callback, Clock, Emulator, Error, Fault, File, HResult, Job, JobState, JobType, NotifyFlags,
    Session, User,
};

/// Completes its job and counts.
#[derive(Default)]
struct Finisher {
    transferred: AtomicU32,
    files: AtomicU32,
    modifications: AtomicU32,
    at_once: AtomicU32,
    most_at_once: AtomicU32,
}

impl Finisher {
    fn during<T>(&self, work: impl FnOnce() -> T) -> T {
        let now = self.at_once.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_at_once.fetch_max(now, Ordering::SeqCst);
        thread::yield_now();
        let done = work();
        self.at_once.fetch_sub(1, Ordering::SeqCst);
        done
    }
}

impl Callback for Finisher {
    fn job_transferred(&self, job: &Job) -> HResult {
        self.during(|| match job.complete() {
            Ok(_) => {
                self.transferred.fetch_add(1, Ordering::SeqCst);
                HResult::S_OK
            }
            Err(error) => error.code(),
        })
    }

    fn job_modification(&self, job: &Job) -> HResult {
        self.during(|| {
            let _ = (job.progress(), job.files());
            self.modifications.fetch_add(1, Ordering::SeqCst);
            HResult::S_OK
        })
    }

    fn file_transferred(&self, job: &Job, file: &File) -> HResult {
        self.during(|| {
            let _ = (file.progress(), job.set_description("one more file"));
            self.files.fetch_add(1, Ordering::SeqCst);
            HResult::S_OK
        })
    }
}

fn download(session: &Session, name: &str, finisher: &Arc<Finisher>) -> Result<Job, Error> {
    let job = session.create_job(name, JobType::Download)?;
    for file in 0..3 {
        job.add_file("https://example.com/app.exe", format!(r"C:\{name}\{file}.exe"))?;
    }
    job.set_notify_flags(NotifyFlags::all() - NotifyFlags::DISABLE)?;
    job.set_notify_interface(finisher.clone())?;
    job.resume()?;
    Ok(job)
}

fn world() -> Emulator {
    let emulator = Emulator::new();
    emulator
        .server("https://example.com")
        .file("/app.exe", 3 << 20)
        .fails(Fault::http(503).times(5));
    emulator
}

/// NOTIFY-04, NOTIFY-11, NOTIFY-15: eight threads make jobs and let time pass at once; every result is
/// told exactly once, and no user has more than four calls at a time.
#[test]
fn no_notification_is_lost_between_threads() {
    const THREADS: u32 = 8;
    const JOBS: u32 = 5;
    let (emulator, finisher) = (world(), Arc::new(Finisher::default()));
    let threads: Vec<_> = (0..THREADS)
        .map(|thread| {
            let (emulator, finisher) = (emulator.clone(), finisher.clone());
            thread::spawn(move || {
                let session = emulator.connect(User::new("alice"));
                for number in 0..JOBS {
                    let name = format!("job {thread} {number}");
                    download(&session, &name, &finisher).unwrap();
                    emulator.advance(Duration::from_secs(7));
                }
                let _ = emulator.run_until_idle();
                session
            })
        })
        .collect();
    // The processes live on: only the threads end.
    let sessions: Vec<Session> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(finisher.transferred.load(Ordering::SeqCst), THREADS * JOBS);
    assert!(finisher.files.load(Ordering::SeqCst) >= THREADS * JOBS * 3);
    assert!(finisher.modifications.load(Ordering::SeqCst) > 0);
    assert!(finisher.most_at_once.load(Ordering::SeqCst) <= 4);
    for session in sessions {
        assert_eq!(session.jobs().unwrap().total(), 0);
    }
}

/// Every thread polls its own job to the end while all of them move the clock.
#[test]
fn polling_threads_come_to_their_ends() {
    let (emulator, finisher) = (world(), Arc::new(Finisher::default()));
    emulator.set_clock(Clock::PerCall(Duration::from_millis(200)));
    thread::scope(|scope| {
        for thread in 0..6 {
            let (emulator, finisher) = (&emulator, &finisher);
            scope.spawn(move || {
                let session = emulator.connect(User::new(format!("user {thread}")));
                let job = download(&session, &format!("job {thread}"), finisher).unwrap();
                while job.state().unwrap() != JobState::Acknowledged {}
            });
        }
    });
    assert_eq!(finisher.transferred.load(Ordering::SeqCst), 6);
}

/// NOTIFY-18, LIFE-29: processes die in the middle of all this; their jobs are adopted and finished.
#[test]
fn killed_processes_leave_jobs_that_others_finish() {
    let (emulator, finisher) = (world(), Arc::new(Finisher::default()));
    thread::scope(|scope| {
        for thread in 0..6 {
            let (emulator, finisher) = (&emulator, &finisher);
            scope.spawn(move || {
                for round in 0..4 {
                    let session = emulator.connect(User::new("alice"));
                    let _ = download(&session, &format!("job {thread} {round}"), finisher);
                    emulator.advance(Duration::from_secs(2));
                    session.kill();
                }
            });
        }
    });
    let session = emulator.connect(User::new("alice"));
    for job in session.jobs().unwrap() {
        job.set_notify_interface(finisher.clone()).unwrap();
    }
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(finisher.transferred.load(Ordering::SeqCst), 24);
    assert_eq!(session.jobs().unwrap().total(), 0);
}
