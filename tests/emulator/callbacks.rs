//! Callbacks: what a client is told, what it may do inside, and what becomes of failures but panics.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bits_emulator::machine::CallbackInterface;
use bits_emulator::policy::Policies;
use bits_emulator::settings::JobProperty;
use bits_emulator::uuid::Uuid;
use bits_emulator::{
    Callback, Clock, Error, File, FileRange, HResult, Job, JobError, JobState, JobType,
    NotifyFlags, Session, User,
};

use crate::support::{self, PATH, URL, world};

/// A download whose client is told of everything.
fn download(session: &Session) -> Result<Job, Error> {
    let job = support::download(session)?;
    job.set_notify_flags(NotifyFlags::all() - NotifyFlags::DISABLE)?;
    Ok(job)
}

/// Writes down what it is told, and answers what the test says.
#[derive(Default)]
struct Diary {
    entries: Mutex<Vec<String>>,
    answers: Mutex<Vec<HResult>>,
}

impl Diary {
    fn note(&self, entry: String) -> HResult {
        self.entries.lock().unwrap().push(entry);
        self.answers.lock().unwrap().pop().unwrap_or(HResult::S_OK)
    }

    fn entries(&self) -> Vec<String> {
        std::mem::take(&mut *self.entries.lock().unwrap())
    }
}

impl Callback for Diary {
    fn job_transferred(&self, _: &Job) -> HResult {
        self.note("transferred".to_owned())
    }

    fn job_error(&self, _: &Job, error: &JobError) -> HResult {
        self.note(format!("error {}", error.code()))
    }

    fn file_transferred(&self, _: &Job, file: &File) -> HResult {
        self.note(format!("file {}", file.local_name().unwrap_or_default()))
    }

    fn file_ranges_transferred(&self, _: &Job, _: &File, ranges: &[FileRange]) -> HResult {
        let ranges = ranges.iter().map(|range| (range.initial_offset, range.length));
        self.note(format!("ranges {:?}", ranges.collect::<Vec<_>>()))
    }
}

/// NOTIFY-04, NOTIFY-07, NOTIFY-08: each file, then the job.
#[test]
fn files_are_told_before_the_job() -> Result<(), Error> {
    let (emulator, session) = world();
    let job = download(&session)?;
    job.add_file(URL, r"C:\app\copy.exe")?;
    let diary = Arc::new(Diary::default());
    job.set_notify_interface(diary.clone())?;
    job.resume()?;
    assert!(emulator.run_until_idle().is_at_rest());
    let told = [r"file C:\app\app.exe", r"file C:\app\copy.exe", "transferred"];
    assert_eq!(diary.entries(), told);
    Ok(())
}

/// NOTIFY-05, NOTIFY-20, TIME-26: an error is told again, one retry delay later, until it is heard.
#[test]
fn a_failure_to_listen_is_followed_by_a_repeat() -> Result<(), Error> {
    let (emulator, session) = world();
    emulator.server("https://example.com").resource("/app.exe").fails(404);
    let job = download(&session)?;
    let diary = Arc::new(Diary::default());
    diary.answers.lock().unwrap().extend([HResult::E_ACCESSDENIED, HResult::S_FALSE]);
    job.set_notify_interface(diary.clone())?;
    job.resume()?;
    emulator.advance(Duration::from_secs(599));
    let error = "error BG_E_HTTP_ERROR_404 (0x80190194)";
    assert_eq!(diary.entries(), [error]);
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(diary.entries(), [error, error]);
    Ok(())
}

/// NOTIFY-14, NOTIFY-16: what happened before somebody listened is told, and told again to the next
/// client after the first was killed.
#[test]
fn who_comes_late_is_told_too() -> Result<(), Error> {
    let (emulator, session) = world();
    let job = download(&session)?;
    job.resume()?;
    assert!(emulator.run_until_idle().is_at_rest());
    let (first, second) = (Arc::new(Diary::default()), Arc::new(Diary::default()));
    job.set_notify_interface(first.clone())?;
    assert!(emulator.run_until_idle().is_at_rest());
    assert!(first.entries().contains(&"transferred".to_owned()));
    session.kill();
    let again = emulator.connect(User::new("alice")).job(job.id())?;
    again.set_notify_interface(second.clone())?;
    assert!(emulator.run_until_idle().is_at_rest());
    assert!(second.entries().contains(&"transferred".to_owned()));
    Ok(())
}

/// NOTIFY-10: the ranges that arrived, no byte twice.
#[test]
fn ranges_are_told_with_their_bytes() -> Result<(), Error> {
    let (emulator, session) = world();
    let job = session.create_job("on demand", JobType::Download)?;
    job.set_property(JobProperty::OnDemandMode(true))?;
    job.add_file(URL, PATH)?;
    job.set_notify_flags(NotifyFlags::FILE_RANGES_TRANSFERRED)?;
    let diary = Arc::new(Diary::default());
    job.set_notify_interface(diary.clone())?;
    job.resume()?;
    job.files()?[0].request_file_ranges(&[FileRange::new(100, 50)])?;
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(diary.entries(), ["ranges [(100, 50)]"]);
    assert_eq!(job.files()?[0].filled_file_ranges()?, [FileRange::new(100, 50)]);
    Ok(())
}

/// NOTIFY-31: no lock is held, so that a callback may do anything: here it makes the next job.
struct Chain {
    session: Session,
    jobs: AtomicU32,
}

impl Callback for Chain {
    fn job_transferred(&self, job: &Job) -> HResult {
        let number = self.jobs.fetch_add(1, Ordering::Relaxed);
        let next = || -> Result<(), Error> {
            let _ = job.complete()?;
            if number < 3 {
                let next = self.session.create_job("next", JobType::Download)?;
                next.add_file(URL, format!(r"C:\app\{number}.exe"))?;
                next.set_notify_interface(job.notify_interface()?)?;
                next.resume()?;
            }
            Ok(())
        };
        next().map_or_else(|error| error.code(), |()| HResult::S_OK)
    }
}

#[test]
fn a_callback_may_complete_its_job_and_begin_another() -> Result<(), Error> {
    let (emulator, session) = world();
    let job = download(&session)?;
    let chain = Arc::new(Chain { session: session.clone(), jobs: AtomicU32::new(0) });
    job.set_notify_interface(chain.clone())?;
    job.resume()?;
    assert!(emulator.run_until_idle().is_at_rest());
    // LIFE-27: by the handle that was kept.
    assert_eq!(job.state()?, JobState::Acknowledged);
    assert_eq!(chain.jobs.load(Ordering::Relaxed), 4);
    assert_eq!(session.jobs()?.total(), 0);
    assert!(emulator.disk().exists(r"C:\app\2.exe"));
    Ok(())
}

/// Calls the emulator when it is dropped.
struct Tidy(Session);

impl Callback for Tidy {}

impl Drop for Tidy {
    fn drop(&mut self) {
        let _ = self.0.jobs();
    }
}

/// No lock is held either when an object is given up.
#[test]
fn an_object_that_is_replaced_may_call_while_it_is_dropped() -> Result<(), Error> {
    let (emulator, session) = world();
    let job = download(&session)?;
    for _ in 0..2 {
        job.set_notify_interface(Tidy(session.clone()))?;
    }
    job.set_notify_interface(None)?;
    job.set_notify_interface(Tidy(session.clone()))?;
    session.kill();
    let job = emulator.connect(User::new("alice")).job(job.id())?;
    let _ = job.cancel()?;
    assert!(job.set_notify_interface(Tidy(session)).is_err());
    Ok(())
}

/// NOTIFY-24, NOTIFY-25, NOTIFY-27: a program that fails runs again after the retry delay.
#[test]
fn a_command_line_runs_until_it_succeeds() -> Result<(), Error> {
    let (emulator, session) = world();
    let runs = Arc::new(Mutex::new(Vec::new()));
    let (seen, client) = (runs.clone(), session.clone());
    emulator.on_program(move |job, program, parameters| {
        seen.lock().unwrap().push((program.to_owned(), parameters.to_owned()));
        let second = seen.lock().unwrap().len() == 2;
        let completed = second && client.job(job).and_then(|job| job.complete()).is_ok();
        u32::from(!completed)
    });
    let job = download(&session)?;
    let parameters = r"C:\bin\done.exe now";
    job.set_notify_cmd_line(Some(r"C:\bin\done.exe"), Some(parameters))?;
    job.resume()?;
    assert!(emulator.run_until_idle().is_at_rest());
    let run = (r"C:\bin\done.exe".to_owned(), parameters.to_owned());
    assert_eq!(*runs.lock().unwrap(), [run.clone(), run]);
    assert_eq!(job.state()?, JobState::Acknowledged);
    Ok(())
}

/// Hears only of results: `IBackgroundCopyCallback`.
struct Old(Diary);

impl Callback for Old {
    fn job_transferred(&self, job: &Job) -> HResult {
        self.0.job_transferred(job)
    }

    fn interface(&self) -> CallbackInterface {
        CallbackInterface::Callback
    }
}

/// NOTIFY-23: a class is told what the object cannot hear, and what comes after its process.
#[test]
fn a_class_outlives_the_client() -> Result<(), Error> {
    let (emulator, session) = world();
    let (class, diary) = (Uuid::from_u128(7), Arc::new(Diary::default()));
    emulator.set_class(class, diary.clone());
    let job = download(&session)?;
    job.set_property(JobProperty::NotificationClsid(class))?;
    let old = Arc::new(Old(Diary::default()));
    job.set_notify_interface(old.clone())?;
    job.resume()?;
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(old.0.entries(), ["transferred"]);
    assert_eq!(diary.entries(), [r"file C:\app\app.exe"]);

    let job = download(&session)?;
    job.set_property(JobProperty::NotificationClsid(class))?;
    job.set_notify_interface(old.clone())?;
    job.resume()?;
    session.kill();
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(old.0.entries(), [""; 0]);
    assert_eq!(diary.entries(), [r"file C:\app\app.exe", "transferred"]);
    Ok(())
}

/// Changes its job whenever it hears of a change.
struct Restless(AtomicU32);

impl Callback for Restless {
    fn job_modification(&self, job: &Job) -> HResult {
        let number = self.0.fetch_add(1, Ordering::Relaxed);
        let named = job.set_description(&format!("changed {number} times"));
        named.map_or_else(|error| error.code(), |()| HResult::S_OK)
    }
}

/// NOTIFY-06, NOTIFY-12: `run_until_idle` says that there is no rest; and time goes on even if it is
/// told of each change at once.
#[test]
fn a_client_that_never_rests_is_noticed() -> Result<(), Error> {
    let (emulator, session) = world();
    let job = download(&session)?;
    job.set_notify_interface(Restless(AtomicU32::new(0)))?;
    assert!(!emulator.run_until_idle().is_at_rest());
    job.set_property(JobProperty::MinimumNotificationInterval(0))?;
    let begin = emulator.now();
    emulator.advance(Duration::from_secs(2));
    assert_eq!((emulator.now() - begin).num_seconds(), 2);
    Ok(())
}

/// NOTIFY-27: programs that call BITS while others run come to their ends too, many as they are.
#[test]
fn programs_that_poll_are_not_nested_without_end() -> Result<(), Error> {
    let (emulator, session) = world();
    let (depth, deepest) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let (client, now, most) = (session.clone(), depth.clone(), deepest.clone());
    emulator.on_program(move |job, _, _| {
        most.fetch_max(now.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
        let completed = client.job(job).and_then(|job| job.complete());
        now.fetch_sub(1, Ordering::Relaxed);
        u32::from(completed.is_err())
    });
    let jobs: Vec<Job> = (0..50).map(|_| download(&session)).collect::<Result<_, _>>()?;
    jobs.iter().try_for_each(Job::resume)?;
    assert!(emulator.run_until_idle().is_at_rest());
    for job in &jobs {
        job.set_notify_cmd_line(Some(r"C:\bin\done.exe"), None)?;
    }
    emulator.set_clock(Clock::PerCall(Duration::from_secs(1)));
    assert!(emulator.run_until_idle().is_at_rest());
    for job in &jobs {
        assert_eq!(job.state()?, JobState::Acknowledged);
    }
    assert_eq!(deepest.load(Ordering::Relaxed), 16);
    Ok(())
}

/// Inside its callback, another user takes the notifications of the job over.
struct TakenOver {
    owner: Job,
    calls: AtomicU32,
}

impl Callback for TakenOver {
    fn job_transferred(&self, _: &Job) -> HResult {
        self.calls.fetch_add(1, Ordering::Relaxed);
        let taken = self.owner.set_notify_interface(Diary::default());
        taken.map_or_else(|error| error.code(), |()| HResult::S_OK)
    }
}

/// NOTIFY-15, NOTIFY-30: a callback that returns frees the place of the user for whom it ran, also if
/// another one has registered since.
#[test]
fn a_callback_frees_the_place_of_the_user_for_whom_it_ran() -> Result<(), Error> {
    let (emulator, session) = world();
    emulator.set_policies(Policies { notifications_per_user: 1, ..Policies::default() });
    let admin = emulator.connect(User::new("bob").administrator());
    let jobs: Vec<Job> = (0..2).map(|_| download(&session)).collect::<Result<_, _>>()?;
    let told: Vec<_> = jobs
        .iter()
        .map(|job| Arc::new(TakenOver { owner: job.clone(), calls: AtomicU32::new(0) }))
        .collect();
    for (job, callback) in jobs.iter().zip(&told) {
        admin.job(job.id())?.set_notify_interface(callback.clone())?;
        job.resume()?;
    }
    assert!(emulator.run_until_idle().is_at_rest());
    let calls: Vec<u32> = told.iter().map(|told| told.calls.load(Ordering::Relaxed)).collect();
    assert_eq!(calls, [1, 1]);
    Ok(())
}

/// A test that calls the emulator where that can only wait for itself is told so.
#[test]
#[should_panic(expected = "call it before or afterwards")]
fn a_closure_that_looks_at_a_server_calls_no_emulator() {
    let (emulator, session) = world();
    emulator
        .server("https://example.com")
        .with_state(|_| session.jobs().map(|jobs| jobs.total()))
        .unwrap();
}

/// NOTIFY-17: an object that is registered no more is released.
#[test]
fn an_object_that_is_not_registered_is_released() {
    let (_emulator, session) = world();
    let job = session.create_job("update", JobType::Download).unwrap();
    let (first, second) = (Arc::new(Diary::default()), Arc::new(Diary::default()));
    job.set_notify_interface(first.clone()).unwrap();
    assert_eq!(Arc::strong_count(&first), 2);
    job.set_notify_interface(second.clone()).unwrap();
    assert_eq!((Arc::strong_count(&first), Arc::strong_count(&second)), (1, 2));
    job.set_notify_interface(None).unwrap();
    assert_eq!(Arc::strong_count(&second), 1);
}
