//! The page of `IBackgroundCopyJob::GetError` (nf-bits-ibackgroundcopyjob-geterror.md), sentence by
//! sentence and in its order, on handles and on the machine, for the three types of jobs. Above each test
//! stands what the sentence says, in our words; each edge is tried an instant before, at it, and after.

#[path = "common/mod.rs"]
mod common;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bits_emulator::machine::{ComputerEvent, Event, Failure, JobStateMachine};
use bits_emulator::policy::Policies;
use bits_emulator::readings::Readings;
use bits_emulator::server::Resource;
use bits_emulator::{
    Callback, Cancellation, Completion, Emulator, Error, ErrorContext, Fault, HResult, Job,
    JobError, JobState, JobType, NotifyFlags, Session, User,
};
use common::*;

const ORIGIN: &str = "https://example.com";
const URL: &str = "https://example.com/in/report.txt";
const PATH: &str = r"C:\data\report.txt";
const REPLY: &str = r"C:\data\reply.txt";
const NONE: HResult = HResult::BG_E_ERROR_INFORMATION_UNAVAILABLE;
const DAY: u64 = 24 * 60 * 60;

/// What an application holds of a job of that type, whose server does as the test says.
struct Bench {
    emulator: Emulator,
    session: Session,
    place: Resource,
    job: Job,
}

impl Bench {
    fn new(job_type: JobType) -> Self {
        Self::with_policies(job_type, Policies::default())
    }

    fn with_policies(job_type: JobType, policies: Policies) -> Self {
        let emulator = Emulator::with_policies(Readings::documented(), policies);
        let server = emulator.server(ORIGIN);
        let place = match job_type {
            JobType::Download => server.file("/in/report.txt", 10 << 20),
            JobType::Upload | JobType::UploadReply => server.resource("/in/report.txt"),
        };
        if job_type != JobType::Download {
            place.uploads(|endpoint| {
                endpoint.reply("thank you");
            });
            emulator.disk().write(PATH, 10 << 20);
        }
        let session = emulator.connect(User::new("alice"));
        let job = session.create_job("report", job_type).unwrap();
        job.add_file(URL, PATH).unwrap();
        Self { emulator, session, place, job }
    }

    /// The job, resumed; the server answers its first attempt with that status.
    fn failed(job_type: JobType, status: u16) -> Self {
        let bench = Self::new(job_type);
        bench.place.fails(status);
        bench.resume();
        bench
    }

    /// The same with a no-progress timeout of 65 minutes, and a server that is busy for ever.
    fn busy(job_type: JobType) -> Self {
        let bench = Self::new(job_type);
        bench.place.fails(Fault::http(503).always());
        bench.job.set_no_progress_timeout(Duration::from_secs(3_900)).unwrap();
        bench.resume();
        bench
    }

    fn resume(&self) {
        self.job.resume().unwrap();
        self.emulator.advance(Duration::ZERO);
    }

    fn state(&self) -> JobState {
        self.job.state().unwrap()
    }

    /// What `GetError` answers.
    fn code(&self) -> HResult {
        match self.job.error() {
            Ok(error) => error.code(),
            Err(refusal) => refusal.code(),
        }
    }

    fn advance(&self, seconds: u64) {
        self.emulator.advance(Duration::from_secs(seconds));
    }
}

fn every_type() -> impl Iterator<Item = JobType> {
    JobType::ALL.iter().copied()
}

fn failed_machine(job_type: JobType, status: u16) -> JobStateMachine {
    let mut job = job_in(job_type, Connecting);
    event(&mut job, failed(status), start());
    job
}

/// "Retrieves the error interface after an error occurs": GetError yields nothing before, and an object
/// after.
#[test]
fn get_error_yields_an_object_after_an_error_occurred() {
    for job_type in every_type() {
        let bench = Bench::new(job_type);
        assert_eq!(bench.code(), NONE, "{job_type}");
        bench.place.fails(404);
        bench.resume();
        assert_eq!(bench.code(), HResult::BG_E_HTTP_ERROR_404, "{job_type}");

        assert_eq!(get_error(&job_in(job_type, Connecting)), NONE);
        let job = failed_machine(job_type, 404);
        assert_eq!(get_error(&job), HResult::BG_E_HTTP_ERROR_404, "{job_type}");
    }
}

/// "generates an error object when the state is ERROR or TRANSIENT_ERROR" (ERR-03).
#[test]
fn both_error_states_have_an_object() {
    for job_type in every_type() {
        for (status, state) in [(404, JobState::Error), (503, TransientError)] {
            let bench = Bench::failed(job_type, status);
            let code = HResult::from_http_status(status);
            assert_eq!((bench.state(), bench.code()), (state, code), "{job_type}");
            let job = failed_machine(job_type, status);
            assert_eq!((job.state(), get_error(&job)), (state, code), "{job_type}");
        }
    }
}

/// "does not create an error object when a call to a method fails" (ERR-01, ERR-02): no call of any
/// interface, in no state; nor does it replace or remove one.
#[test]
fn a_refused_call_makes_no_object() {
    for job_type in every_type() {
        let bench = Bench::new(job_type);
        let refusals = |bench: &Bench| {
            [
                bench.job.add_file("ftp://example.com/a", PATH).unwrap_err().code(),
                bench.job.set_display_name(&"x".repeat(257)).unwrap_err().code(),
                bench.session.job(bits_emulator::JobId::default()).unwrap_err().code(),
            ]
        };
        let _ = refusals(&bench);
        assert_eq!((bench.state(), bench.code()), (Suspended, NONE), "{job_type}");
        bench.place.fails(503);
        bench.resume();
        let _ = refusals(&bench);
        assert_eq!(bench.code(), HResult::BG_E_HTTP_ERROR_503, "{job_type}");

        let mut job = job_in(job_type, Suspended);
        refused(&mut job, invalid(7), start());
        assert_eq!(get_error(&job), NONE);
    }
}

/// "available until BITS begins transferring data (the state changes to TRANSFERRING)" (ERR-05): after
/// Resume it is there in QUEUED and CONNECTING, and gone at the instant of TRANSFERRING.
#[test]
fn the_object_goes_at_the_instant_of_transferring() {
    for job_type in every_type() {
        let bench = Bench::failed(job_type, 404);
        let code = HResult::BG_E_HTTP_ERROR_404;
        bench.job.resume().unwrap();
        assert_eq!((bench.state(), bench.code()), (Queued, code), "{job_type}");
        assert!(bench.emulator.step_forward(&bench.job));
        assert_eq!((bench.state(), bench.code()), (Connecting, code), "{job_type}");
        assert!(bench.emulator.step_forward(&bench.job));
        assert_eq!((bench.state(), bench.code()), (Transferring, NONE), "{job_type}");

        let mut job = failed_machine(job_type, 404);
        bring_to(&mut job, Connecting, at(5));
        assert_eq!(get_error(&job), code);
        event(&mut job, Event::Connected, at(5));
        assert_eq!((job.state(), get_error(&job)), (Transferring, NONE), "{job_type}");
        event(&mut job, Event::SliceOver, at(5));
        assert_eq!(get_error(&job), NONE, "and does not come back");
    }
}

/// "or until your application exits" (ERR-07): the process that created the job.
#[test]
fn the_object_goes_with_the_application() {
    for job_type in every_type() {
        let bench = Bench::failed(job_type, 404);
        let other = bench.emulator.connect(User::new("alice")).job(bench.job.id()).unwrap();
        assert_eq!(other.error().unwrap().code(), HResult::BG_E_HTTP_ERROR_404);
        bench.session.kill();
        assert_eq!(other.error().unwrap_err().code(), NONE, "{job_type}");
        assert_eq!(other.state().unwrap(), JobState::Error, "the job stays");

        let mut job = failed_machine(job_type, 404);
        event(&mut job, Event::ClientExited, at(1));
        assert_eq!((job.state(), get_error(&job)), (JobState::Error, NONE));
    }
}

/// "provides the error code, a description of the error, and the context", and "identifies the file being
/// transferred at the time" (ERR-10, ERR-11).
#[test]
fn the_object_tells_code_description_context_and_file() {
    for job_type in every_type() {
        let bench = Bench::failed(job_type, 404);
        let error = bench.job.error().unwrap();
        assert_eq!(error.code(), HResult::BG_E_HTTP_ERROR_404);
        assert_eq!(error.context(), ErrorContext::RemoteFile);
        assert!(!error.description(0x409).unwrap().is_empty());
        assert!(!error.context_description(0x409).unwrap().is_empty());
        let file = bench.job.error_file(&error).unwrap();
        assert_eq!(file.remote_name().unwrap(), URL);

        let job = failed_machine(job_type, 404);
        assert_eq!(job.error().unwrap().file().unwrap().0, 0);
    }
    let mut job = empty_job(JobType::Download);
    for number in 0..3 {
        call(&mut job, bits_emulator::machine::Call::add_file(file(number)), start());
    }
    bring_to(&mut job, Transferring, start());
    event(&mut job, Event::FileTransferred, start());
    event(&mut job, failed(404), start());
    assert_eq!(job.error().unwrap().file().unwrap().0, 1, "the second of three");
}

/// "Release ppError when done": what an application does with its object changes nothing for the job or
/// for other callers.
#[test]
fn the_object_can_be_had_again_and_released() {
    for job_type in every_type() {
        let bench = Bench::failed(job_type, 503);
        {
            let (first, second) = (bench.job.error().unwrap(), bench.job.error().unwrap());
            assert_eq!(first, second);
        }
        assert_eq!(bench.code(), HResult::BG_E_HTTP_ERROR_503, "{job_type}");
    }
}

/// "BG_E_ERROR_INFORMATION_UNAVAILABLE: only after an error occurs and before TRANSFERRING" (ERR-04).
#[test]
fn the_refusal_has_one_code() {
    assert_eq!(NONE.value(), 0x8020_000F);
    for job_type in every_type() {
        let bench = Bench::new(job_type);
        let mut seen = vec![(bench.state(), bench.code())];
        bench.job.resume().unwrap();
        seen.push((bench.state(), bench.code()));
        while bench.emulator.step_forward(&bench.job) {
            seen.push((bench.state(), bench.code()));
        }
        let states = [Suspended, Queued, Connecting, Transferring, Transferred];
        assert_eq!(seen, states.map(|state| (state, NONE)), "{job_type}");
        for state in states {
            assert_eq!(get_error(&job_in(job_type, state)), NONE, "{job_type} in {state}");
        }
    }
}

/// "placed in an error state on fatal errors" (ERR-15): at once, without a retry.
#[test]
fn a_fatal_error_puts_the_job_in_error_at_once() {
    for job_type in every_type() {
        let bench = Bench::failed(job_type, 401);
        assert_eq!(bench.state(), JobState::Error, "{job_type}");
        bench.advance(30 * DAY);
        assert_eq!((bench.state(), bench.job.error_count().unwrap()), (JobState::Error, 1));

        let mut job = failed_machine(job_type, 401);
        assert_eq!(job.state(), JobState::Error);
        assert_eq!(run_deadlines(&mut job, at(30 * 86_400)), []);
    }
}

/// "or after the no-progress timeout period expires for transient errors" (LIFE-22, TIME-06): an instant
/// before it is TRANSIENT_ERROR.
#[test]
fn a_transient_error_becomes_error_with_the_no_progress_timeout() {
    for job_type in every_type() {
        let bench = Bench::busy(job_type);
        bench.advance(3_899);
        assert_eq!(bench.state(), TransientError, "{job_type}");
        bench.advance(1);
        assert_eq!(bench.state(), JobState::Error, "{job_type}");
        assert_eq!(bench.code(), HResult::BG_E_HTTP_ERROR_503);

        let mut job = failed_machine(job_type, 503);
        call(&mut job, bits_emulator::machine::Call::SetNoProgressTimeout(300), start());
        assert_eq!(run_deadlines(&mut job, at(300) - tick()), []);
        assert_eq!(run_deadlines(&mut job, at(300)), [JobState::Error], "{job_type}");
    }
}

/// "To poll ..., call GetState. The job is in error if the state is ERROR" (ERR-19): TRANSIENT_ERROR is
/// not yet in error.
#[test]
fn polling_tells_whether_the_job_is_in_error() {
    for job_type in every_type() {
        let bench = Bench::busy(job_type);
        let mut polls = 0;
        while bench.state() != JobState::Error {
            assert!(bench.job.error().is_ok(), "TRANSIENT_ERROR has an object, too");
            bench.session.sleep(Duration::from_secs(60));
            polls += 1;
        }
        assert_eq!(polls, 65, "{job_type}");
    }
}

#[derive(Default)]
struct Told(Mutex<Vec<(HResult, HResult)>>);

impl Callback for Told {
    fn job_error(&self, job: &Job, error: &JobError) -> HResult {
        let read = job.error().map_or_else(|refusal| refusal.code(), |read| read.code());
        self.0.lock().unwrap().push((error.code(), read));
        HResult::S_OK
    }
}

/// "To receive notification ..., implement JobError, ... SetNotifyInterface ... and SetNotifyFlags ...
/// BG_NOTIFY_JOB_ERROR" (NOTIFY-05): both are needed; TRANSIENT_ERROR is not told.
#[test]
fn a_callback_with_its_flag_is_told_of_the_error() {
    for job_type in every_type() {
        for (registered, flags, told) in [
            (true, NotifyFlags::JOB_ERROR, true),
            (true, NotifyFlags::JOB_TRANSFERRED, false),
            (false, NotifyFlags::JOB_ERROR, false),
        ] {
            let bench = Bench::new(job_type);
            bench.place.fails(Fault::http(503).always());
            bench.job.set_no_progress_timeout(Duration::from_secs(3_900)).unwrap();
            let client = Arc::new(Told::default());
            bench.job.set_notify_flags(flags).unwrap();
            if registered {
                bench.job.set_notify_interface(client.clone()).unwrap();
            }
            bench.resume();
            bench.advance(3_899);
            assert_eq!(*client.0.lock().unwrap(), [], "{job_type}");
            bench.advance(1);
            let code = HResult::BG_E_HTTP_ERROR_503;
            let expected = if told { vec![(code, code)] } else { Vec::new() };
            assert_eq!(*client.0.lock().unwrap(), expected, "{job_type}");
        }
    }
}

/// "information that you use to determine the cause ... and if the transfer process can proceed": the code
/// tells one cause from another, and Resume proceeds from each of them.
#[test]
fn the_code_tells_the_cause() {
    for job_type in every_type() {
        for status in [400, 401, 403, 404, 407, 501] {
            let bench = Bench::failed(job_type, status);
            assert_eq!(bench.code(), HResult::from_http_status(status));
            bench.job.resume().unwrap();
            assert_eq!(bench.state(), Queued, "{job_type} after {status}");
        }
    }
}

/// "To cancel the job, call Cancel" (DONE-16): what was transferred is deleted.
#[test]
fn cancel_ends_a_job_in_error() -> Result<(), Error> {
    for job_type in every_type() {
        let bench = Bench::failed(job_type, 404);
        assert_eq!(bench.job.cancel()?, Cancellation::Clean, "{job_type}");
        assert_eq!(bench.state(), Cancelled);
    }
    let bench = two_files()?;
    assert_eq!(bench.job.cancel()?, Cancellation::Clean);
    assert_eq!(bench.emulator.disk().list(r"C:\data"), Vec::<String>::new());
    Ok(())
}

/// A download of two files, of which the first is whole and the second is not found.
fn two_files() -> Result<Bench, Error> {
    let bench = Bench::new(JobType::Download);
    bench.job.add_file("https://example.com/missing", r"C:\data\missing")?;
    bench.resume();
    assert!(bench.emulator.run_until_idle().is_at_rest());
    assert_eq!((bench.state(), bench.code()), (JobState::Error, HResult::BG_E_HTTP_ERROR_404));
    Ok(bench)
}

/// "To save those files that transferred successfully before the error occurred, call Complete" (ERR-20,
/// DONE-02): the whole file is there, the other is not. Uploads cannot (DONE-03).
#[test]
fn complete_saves_what_transferred_before_the_error() -> Result<(), Error> {
    let bench = two_files()?;
    assert!(!bench.emulator.disk().exists(PATH), "not before Complete");
    assert_eq!(bench.job.complete()?, Completion::Partial);
    assert_eq!(bench.state(), Acknowledged);
    assert_eq!(bench.emulator.disk().size(PATH), Some(10 << 20));
    assert_eq!(bench.emulator.disk().list(r"C:\data"), ["report.txt"]);
    for job_type in [JobType::Upload, JobType::UploadReply] {
        let bench = Bench::failed(job_type, 404);
        assert_eq!(bench.job.complete().unwrap_err().code(), HResult::BG_E_INVALID_STATE);
        assert_eq!((bench.state(), bench.code()), (JobState::Error, HResult::BG_E_HTTP_ERROR_404));
    }
    Ok(())
}

/// "To finish processing the job, fix the problem, and then call Resume" (LIFE-10).
#[test]
fn resume_finishes_a_mended_job() -> Result<(), Error> {
    for job_type in every_type() {
        let bench = Bench::failed(job_type, 404);
        bench.job.resume()?;
        assert!(bench.emulator.run_until_idle().is_at_rest());
        assert_eq!(bench.state(), Transferred, "{job_type}");
        assert_eq!(bench.job.complete()?, Completion::All);
    }
    Ok(())
}

/// "If the job remains in an error state for 90 days ..., the service removes the job from the queue and
/// deletes the temporary files" (ERR-21, TIME-21): counted from the entry into ERROR, whatever came before.
#[test]
fn a_job_that_stays_90_days_in_error_is_removed() -> Result<(), Error> {
    for job_type in every_type() {
        // 503 for ever, with the default clocks: ERROR on day 14.
        let bench = Bench::new(job_type);
        bench.place.fails(Fault::http(503).always());
        bench.resume();
        bench.advance(14 * DAY);
        assert_eq!(bench.state(), JobState::Error, "{job_type}");
        bench.advance(90 * DAY - 1);
        assert_eq!(bench.state(), JobState::Error, "{job_type}");
        assert!(bench.session.job(bench.job.id()).is_ok());
        bench.advance(1);
        assert_eq!(bench.state(), Cancelled, "{job_type}");
        let gone = bench.session.job(bench.job.id()).unwrap_err();
        assert_eq!(gone.code(), HResult::BG_E_NOT_FOUND);

        let mut job = failed_machine(job_type, 503);
        call(&mut job, bits_emulator::machine::Call::SetMinimumRetryDelay(u32::MAX), start());
        let entered = 14 * 86_400;
        assert_eq!(run_deadlines(&mut job, at(entered)), [JobState::Error]);
        let removed = at(entered + 90 * 86_400);
        assert_eq!(run_deadlines(&mut job, removed - tick()), []);
        assert_eq!(run_deadlines(&mut job, removed), [Cancelled], "{job_type}");
    }
    let bench = two_files()?;
    assert_ne!(bench.emulator.disk().list(r"C:\data"), Vec::<String>::new(), "a temporary file");
    bench.advance(91 * DAY);
    assert_eq!(bench.emulator.disk().list(r"C:\data"), Vec::<String>::new());
    Ok(())
}

/// "(default JobInactivityTimeout Group Policy)" (TIME-20).
#[test]
fn the_policy_says_how_long_a_job_stays_in_error() {
    for job_type in every_type() {
        let inactivity_timeout = Duration::from_secs(7 * DAY);
        let policies = Policies { inactivity_timeout, ..Policies::default() };
        let bench = Bench::with_policies(job_type, policies);
        bench.place.fails(404);
        bench.resume();
        bench.advance(7 * DAY - 1);
        assert_eq!(bench.state(), JobState::Error, "{job_type}");
        bench.advance(1);
        assert_eq!(bench.state(), Cancelled, "{job_type}");
    }
}

/// "job deletion does not affect files that have been successfully uploaded" (DONE-15).
#[test]
fn the_removal_leaves_what_was_uploaded() {
    let bench = Bench::new(JobType::UploadReply);
    bench.place.uploads(|endpoint| {
        endpoint.reply_fails(404);
    });
    bench.resume();
    assert!(bench.emulator.run_until_idle().is_at_rest());
    assert_eq!(bench.state(), JobState::Error);
    bench.advance(91 * DAY);
    assert_eq!(bench.state(), Cancelled);
    let received =
        bench.place.uploads(|endpoint| endpoint.received().map(|content| content.size()));
    assert_eq!(received, Some(10 << 20));
    assert!(!bench.emulator.disk().exists(REPLY));
}

/// What the page tells an application to do with an upload-reply job that failed.
#[derive(Debug, PartialEq, Eq)]
enum Portion {
    Application,
    Upload,
    Reply,
}

fn portion(job: &Job) -> Result<Portion, Error> {
    let context = job.error()?.context();
    Ok(match context {
        ErrorContext::RemoteApplication => Portion::Application,
        ErrorContext::RemoteFile if job.reply_progress()?.bytes_total.is_none() => Portion::Upload,
        ErrorContext::RemoteFile => Portion::Reply,
        other => panic!("the page knows no {other} here"),
    })
}

/// "The server application failed if the context is REMOTE_APPLICATION. If the error is with the upload or
/// reply, the context is REMOTE_FILE. The upload failed if BytesTotal ... is BG_SIZE_UNKNOWN. Otherwise, the
/// reply failed" (ERR-18): whatever the code, a broken connection included.
#[test]
fn context_and_bytes_total_tell_which_portion_failed() -> Result<(), Error> {
    let codes = [
        HResult::BG_E_HTTP_ERROR_404,
        HResult::BG_E_HTTP_ERROR_503,
        HResult::ERROR_WINHTTP_CONNECTION_ERROR,
        HResult::ERROR_WINHTTP_CANNOT_CONNECT,
        HResult::ERROR_WINHTTP_TIMEOUT,
        HResult::BG_E_NETWORK_DISCONNECTED,
        HResult::new(0x8001_2345),
    ];
    for code in codes {
        for expected in [Portion::Application, Portion::Upload, Portion::Reply] {
            let bench = Bench::new(JobType::UploadReply);
            match expected {
                Portion::Application => bench.place.uploads(|endpoint| {
                    endpoint.application_fails(Fault::code(code));
                }),
                Portion::Upload => {
                    bench.place.fails(Fault::code(code).after(1 << 20));
                }
                Portion::Reply => bench.place.uploads(|endpoint| {
                    endpoint.reply_fails(Fault::code(code));
                }),
            }
            bench.resume();
            bench.advance(60);
            assert!(bench.state().is_error(), "{expected:?} with {code}: {}", bench.state());
            assert_eq!(bench.code(), code);
            assert_eq!(portion(&bench.job)?, expected, "{code}");
        }
        let mut job = job_in(JobType::UploadReply, Transferring);
        event(&mut job, Event::Failed(Failure::new(code).unwrap()), start());
        assert_eq!(job.error().unwrap().context(), ErrorContext::RemoteFile, "{code}");
        assert_eq!(job.reply_progress().unwrap().bytes_total, None);
        let mut job = reply_begun(Transferring);
        event(&mut job, Event::Failed(Failure::new(code).unwrap()), start());
        assert_eq!(job.error().unwrap().context(), ErrorContext::RemoteFile, "{code}");
        assert!(job.reply_progress().unwrap().bytes_total.is_some());
    }
    for (mut job, known) in
        [(job_in(JobType::UploadReply, Transferring), false), (reply_begun(Transferring), true)]
    {
        event(&mut job, ComputerEvent::NetworkLost, start());
        assert_eq!(job.error().unwrap().context(), ErrorContext::RemoteFile);
        assert_eq!(job.reply_progress().unwrap().bytes_total.is_some(), known);
    }
    Ok(())
}
