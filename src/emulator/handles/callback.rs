//! Callbacks: the traits that clients implement to be notified and to check certificates, and all code of
//! clients that the emulator calls.

use std::sync::Arc;

use super::file::File;
use super::job::Job;
use crate::vocabulary::{CallbackInterface, FileRange, HResult, JobError, JobId};

/// A client's callback object (`IBackgroundCopyCallback` to `IBackgroundCopyCallback3`). Its methods
/// run with no lock held: they may call the job, `Complete` it for instance (NOTIFY-31). A method that
/// is not implemented returns `S_OK` (NOTIFY-19). A [closure](crate::convert::IntoCallback) is a callback, too.
///
/// ```
/// use bits_emulator::{Callback, Emulator, HResult, Job, JobState, JobType};
///
/// struct Finisher;
///
/// impl Callback for Finisher {
///     fn job_transferred(&self, job: &Job) -> HResult {
///         job.complete().map_or_else(|error| error.code(), |_| HResult::S_OK)
///     }
/// }
///
/// let emulator = Emulator::new();
/// emulator.server("https://example.com").file("/app.exe", 1_000);
/// let session = emulator.connect("alice");
/// let job = session.create_job("update", JobType::Download)?;
/// job.add_file("https://example.com/app.exe", r"C:\app\app.exe")?;
/// job.set_notify_interface(Finisher)?;
/// job.resume()?;
/// assert!(emulator.run_until_idle().is_at_rest());
/// assert_eq!(job.state()?, JobState::Acknowledged);
/// # Ok::<(), bits_emulator::Error>(())
/// ```
#[doc(alias = "IBackgroundCopyCallback")]
#[doc(alias = "IBackgroundCopyCallback2")]
#[doc(alias = "IBackgroundCopyCallback3")]
pub trait Callback: Send + Sync {
    /// Called when all files are transferred, and again until it returns `S_OK` (NOTIFY-04, NOTIFY-20).
    #[doc(alias = "JobTransferred")]
    fn job_transferred(&self, job: &Job) -> HResult {
        let _ = job;
        HResult::S_OK
    }

    /// Called when the job entered ERROR, and again until it returns `S_OK` (NOTIFY-05, NOTIFY-20).
    #[doc(alias = "JobError")]
    fn job_error(&self, job: &Job, error: &JobError) -> HResult {
        let _ = (job, error);
        HResult::S_OK
    }

    /// Called when the bytes, the files, a property or the state changed (NOTIFY-06).
    #[doc(alias = "JobModification")]
    fn job_modification(&self, job: &Job) -> HResult {
        let _ = job;
        HResult::S_OK
    }

    /// Called when a file is transferred, and again while it returns a failure (NOTIFY-07, NOTIFY-20).
    #[doc(alias = "FileTransferred")]
    fn file_transferred(&self, job: &Job, file: &File) -> HResult {
        let _ = (job, file);
        HResult::S_OK
    }

    /// Called when ranges of an on-demand job arrived (NOTIFY-10).
    #[doc(alias = "FileRangesTransferred")]
    fn file_ranges_transferred(&self, job: &Job, file: &File, ranges: &[FileRange]) -> HResult {
        let _ = (job, file, ranges);
        HResult::S_OK
    }

    /// Returns which of the interfaces the object has (NOTIFY-19).
    fn interface(&self) -> CallbackInterface {
        CallbackInterface::Callback3
    }
}

/// A client's check of server certificates
/// (`IBackgroundCopyServerCertificateValidationCallback`, PROP-26). A closure is one, too:
/// `|job: Job, server: String, hash: Vec<u8>| ...`.
#[doc(alias = "IBackgroundCopyServerCertificateValidationCallback")]
pub trait CertificateCallback: Send + Sync {
    /// Returns success to accept the certificate with that hash of a server, named `host:port`; a failure
    /// is the code of the transient error (PROP-27).
    #[doc(alias = "ValidateServerCertificate")]
    fn validate_server_certificate(&self, job: &Job, server: &str, hash: &[u8]) -> HResult;
}

/// What [`Job::set_notify_interface`] and its like take: a closure, an object, an `Arc` of one, or `None` to
/// remove the object that is set.
///
/// A closure is given the job and the notification. It has to name the type of what it calls methods of. It
/// returns a code, the result of a call, or nothing, which counts as `S_OK` ([`IntoHResult`](super::into_callback::IntoHResult)).
///
/// ```
/// use bits_emulator::{Emulator, Job, JobState, JobType, Notification};
///
/// let emulator = Emulator::new();
/// emulator.server("https://example.com").file("/app.exe", 1_000);
/// let job = emulator.connect("alice").create_job("update", JobType::Download)?;
/// job.add_file("https://example.com/app.exe", r"C:\app\app.exe")?;
/// job.set_notify_interface(|job: Job, notification| match notification {
///     Notification::JobTransferred => job.complete().map(drop),
///     _ => Ok(()),
/// })?;
/// job.resume()?;
/// assert!(emulator.run_until_idle().is_at_rest());
/// assert_eq!(job.state()?, JobState::Acknowledged);
/// # Ok::<(), bits_emulator::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no callback",
    note = "a callback is a `Callback`, an `Arc` of one, `None`, or a closure that names its types: \
            `|job: Job, notification: Notification| ...`"
)]
pub trait IntoCallback<O: ?Sized = dyn Callback> {
    /// Returns the object; `None` stands for no object.
    fn into_callback(self) -> Option<Arc<O>>;
}

/// An object or a program of a client. The engine knows it by its id.
#[derive(Clone)]
pub(crate) enum ClientObject {
    Callback(Arc<dyn Callback>),
    CertificateCallback(Arc<dyn CertificateCallback>),
    Program(Program),
    /// What a hook runs.
    Hook(Arc<dyn Fn() + Send + Sync>),
}

/// What command lines start: given the job, the program and its parameters, it returns the exit code.
pub(crate) type Program = Arc<dyn Fn(JobId, &str, &str) -> u32 + Send + Sync>;
