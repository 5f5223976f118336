//! The job handle: life cycle, files, errors and notifications of one job.

use std::hash::Hash;
use std::path::Path;
use std::sync::Arc;

use super::callback::IntoCallback;
use super::callback::{Callback, ClientObject};
use super::emulator::{Emulator, LockedEngine};
use super::file::File;
use super::held_jobs::JobReference;
use super::methods::{calls, reads};
use crate::emulator::engine::registrations::ObjectKind;
use crate::emulator::engine::service_host::Connection;
use crate::emulator::engine::target::Target;
use crate::emulator::trace::Process;
use crate::machine::{Call, Commit, Deletion, FileAccess, JobStateMachine, Outcome, Success};
use crate::vocabulary::{
    Error, FileIndex, FileInfo, FileRange, IntegrityLevel, JobError, JobId, JobProgress, JobState,
    JobTimes, JobType, Method, Sid,
};

/// The handle of a job (`IBackgroundCopyJob` to `IBackgroundCopyJob5`), held by one process. Clones are
/// handles of the same job; after the job has left the queue its getters still return what was last so
/// (LIFE-27). A job that is over is dropped when no handle of it is left, so that an emulator can live long.
///
/// # Errors of every call
///
/// Every method that calls BITS fails with [`Error::Disconnected`] once the [session was
/// killed](crate::Session::kill), with [`Error::ServiceUnavailable`] while the service is
/// [stopped](crate::Emulator::stop) and, through handles from before, after it ended (LIFE-32), and with
/// [`Error::Injected`] if a [`Hook`](crate::Hook) says so. Further errors are listed at the methods that
/// have any.
#[doc(alias = "IBackgroundCopyJob")]
#[doc(alias = "IBackgroundCopyJob2")]
#[doc(alias = "IBackgroundCopyJob3")]
#[doc(alias = "IBackgroundCopyJob4")]
#[doc(alias = "IBackgroundCopyJob5")]
#[derive(Clone)]
pub struct Job {
    pub(crate) emulator: Emulator,
    connection: Connection,
    id: JobId,
    /// As long as a handle has it, the job is not dropped.
    _reference: JobReference,
}

/// The files that `Complete` kept. A success code other than `S_OK` is a value that the caller must look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[must_use = "BG_S_PARTIAL_COMPLETE means that files are missing"]
pub enum Completion {
    /// `S_OK`: every file.
    All,
    /// `BG_S_PARTIAL_COMPLETE`: only the files that were transferred (DONE-04).
    Partial,
    /// `BG_S_UNABLE_TO_DELETE_FILES`: some temporary files are left (DONE-06).
    FilesLeft,
}

/// The temporary files that `Cancel` left behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cancellation {
    /// `S_OK`: nothing.
    Clean,
    /// `BG_S_UNABLE_TO_DELETE_FILES`: some temporary files (DONE-06).
    FilesLeft,
}

impl Job {
    pub(crate) const fn new(
        emulator: Emulator,
        connection: Connection,
        id: JobId,
        reference: JobReference,
    ) -> Self {
        Self { emulator, connection, id, _reference: reference }
    }

    /// Returns the handle of the same job, held by the same process, in a [fork](Emulator::fork) of its
    /// emulator.
    #[must_use]
    pub fn counterpart(&self, fork: &Emulator) -> Self {
        let reference = fork.lock().reference(self.id);
        Self::new(fork.clone(), self.connection, self.id, reference)
    }

    /// Returns the id, by which the job is found again after a crash.
    #[doc(alias = "GetId")]
    #[must_use]
    pub const fn id(&self) -> JobId {
        self.id
    }

    /// Makes a call: time passes before it, and its effects follow.
    pub(crate) fn call(&self, call: Call) -> Result<Outcome, Error> {
        let method = call.method();
        self.enter_call(method, |engine, by| {
            let mut outcome = engine.call(by, self.id, call)?;
            if let Some(success) = engine.answer.and_then(Success::from_code) {
                outcome.success = success;
                engine.record_answer(by, self.id, method, success.code());
            }
            Ok(outcome)
        })
    }

    /// Makes a call that returns nothing.
    pub(crate) fn apply(&self, call: Call) -> Result<(), Error> {
        self.call(call).map(|_| ())
    }

    /// Makes a call of which false means `S_FALSE`.
    pub(crate) fn apply_if(&self, call: Call) -> Result<bool, Error> {
        self.call(call).map(|outcome| outcome.success == Success::Ok)
    }

    /// Reads something of the job as it is now.
    pub(crate) fn read<T: Hash>(
        &self,
        method: Method,
        read: impl FnOnce(&JobStateMachine) -> T,
    ) -> Result<T, Error> {
        self.enter_call(method, |engine, _| engine.current_job(self.id, method).map(read))
    }

    /// Reads something of the job that it may not have.
    pub(crate) fn try_read<T: Hash>(
        &self,
        method: Method,
        read: impl FnOnce(&JobStateMachine) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.enter_call(method, |engine, _| engine.current_job(self.id, method).and_then(read))
    }

    /// Makes a call that registers an object of the client, or removes it. Where the call fails, the
    /// object is dropped after the lock is free.
    pub(crate) fn register(
        &self,
        kind: ObjectKind,
        call: Call,
        mut object: Option<ClientObject>,
    ) -> Result<(), Error> {
        self.enter_call(call.method(), |engine, by| {
            engine.call(by, self.id, call)?;
            let object =
                object.take().map(|object| (self.connection.process, engine.add_object(object)));
            engine.register_object(self.id, kind, object);
            Ok(())
        })
    }

    pub(crate) fn enter_call<T: Hash>(
        &self,
        method: Method,
        call: impl FnOnce(&mut LockedEngine<'_>, &Process) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.emulator.enter_call(self.connection, Target::job(self.id), method, call)
    }

    /// Makes a call on one of the files.
    pub(super) fn enter_call_on_file<T: Hash>(
        &self,
        file: FileIndex,
        method: Method,
        call: impl FnOnce(&mut LockedEngine<'_>, &Process) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.emulator.enter_call(self.connection, Target::file(self.id, file), method, call)
    }
}

calls! { Job:
    /// Adds a file to transfer. The local name is a path of Windows on any platform.
    ///
    /// # Errors
    ///
    /// `E_INVALIDARG` for a name that is not valid (FILES-02), `E_ACCESSDENIED` if the user may not
    /// write there (FILES-06), `BG_E_TOO_MANY_FILES` (FILES-07), `BG_E_TOO_MANY_FILES_IN_JOB`
    /// (FILES-09), `ERROR_NOT_LOGGED_ON` for a caller without a logon (NET-21), `BG_E_INVALID_STATE` in a
    /// final state (LIFE-28).
    "AddFile" add_file(&self, remote_name: impl AsRef<str>, local_name: impl AsRef<Path>) =>
        Call::add_file(FileInfo::new(remote_name, local_name));

    /// Adds several files, or none of them (FILES-10).
    ///
    /// # Errors
    ///
    /// As [`add_file`](Self::add_file).
    "AddFileSet" add_file_set(&self, files: &[FileInfo]) => Call::add_file_set(files);

    /// Adds ranges of a file (FILES-17).
    ///
    /// # Errors
    ///
    /// As [`add_file`](Self::add_file); `E_NOTIMPL` for uploads, `BG_E_INVALID_RANGE`,
    /// `BG_E_OVERLAPPING_RANGES`, `BG_E_TOO_MANY_RANGES_IN_FILE` (FILES-18 to FILES-20).
    "AddFileWithRanges" add_file_with_ranges(&self, remote_name: impl AsRef<str>, local_name: impl AsRef<Path>, ranges: &[FileRange]) =>
        Call::add_file_with_ranges(FileInfo::new(remote_name, local_name), ranges);

    /// Suspends the job (LIFE-12).
    ///
    /// # Errors
    ///
    /// `BG_E_INVALID_STATE` in a final state (LIFE-15).
    "Suspend" suspend(&self) => Call::Suspend;

    /// Resumes the job (LIFE-07).
    ///
    /// # Errors
    ///
    /// `BG_E_EMPTY` without files (LIFE-08), `BG_E_INVALID_STATE` in a final state (LIFE-15).
    "Resume" resume(&self) => Call::Resume;

    /// Makes the caller, an elevated administrator, the owner (SEC-06, SEC-07).
    ///
    /// # Errors
    ///
    /// `E_ACCESSDENIED` for other callers, `BG_E_INVALID_STATE` in a final state.
    "TakeOwnership" take_ownership(&self) => Call::TakeOwnership(FileAccess::Granted);

    /// Sets the program that is started when the job is transferred or has failed; two `None` remove it
    /// (NOTIFY-24).
    ///
    /// # Errors
    ///
    /// `BG_E_STRING_TOO_LONG`, `E_INVALIDARG` for parameters without a program, `BG_E_INVALID_STATE`
    /// in a final state.
    "SetNotifyCmdLine" set_notify_cmd_line(&self, program: Option<&str>, parameters: Option<&str>) =>
        Call::SetNotifyCmdLine { program: program.map(Arc::from), parameters: parameters.map(Arc::from) };
}

reads! { Job:
    /// Returns the state.
    "GetState" state(&self) -> JobState = GetState, JobStateMachine::state;

    /// Returns the progress of all files together (PROGRESS-01).
    "GetProgress" progress(&self) -> JobProgress = GetProgress, JobStateMachine::progress;

    /// Returns when the job was created, modified and transferred (PROGRESS-12).
    "GetTimes" times(&self) -> JobTimes = GetTimes, JobStateMachine::times;

    /// Returns the type.
    "GetType" job_type(&self) -> JobType = GetType, JobStateMachine::job_type;

    /// Returns the owner (SEC-14).
    "GetOwner" owner(&self) -> Sid = GetOwner, JobStateMachine::owner;

    /// Returns the integrity level of the owner's token, and whether it is elevated (SEC-14).
    #[doc(alias = "GetOwnerElevationState")]
    "GetOwnerIntegrityLevel" owner_rights(&self) -> (IntegrityLevel, bool) = GetOwnerIntegrityLevel, |job| (job.owner_integrity_level(), job.owner_elevation_state());

    /// Returns how often the job was interrupted by an error (ERR-22).
    "GetErrorCount" error_count(&self) -> u32 = GetErrorCount, JobStateMachine::error_count;
}

impl Job {
    /// Returns the files as they are at this call (CREATE-14).
    #[doc(alias = "EnumFiles")]
    pub fn files(&self) -> Result<Vec<File>, Error> {
        let count = self.read(Method::EnumFiles, JobStateMachine::file_count)?;
        Ok((0..count).map(|index| File::new(self.clone(), FileIndex(index))).collect())
    }

    /// Ends the job and deletes its files (DONE-12).
    ///
    /// # Errors
    ///
    /// `BG_E_INVALID_STATE` in a final state (LIFE-15).
    #[doc(alias = "Cancel")]
    pub fn cancel(&self) -> Result<Cancellation, Error> {
        let outcome = self.call(Call::Cancel(Deletion::Done))?;
        Ok(match outcome.success {
            Success::UnableToDeleteFiles => Cancellation::FilesLeft,
            Success::Ok | Success::Partial | Success::NothingFound => Cancellation::Clean,
        })
    }

    /// Ends the job and keeps what is transferred (DONE-02).
    ///
    /// # Errors
    ///
    /// `BG_E_INVALID_STATE` in a final state, and of uploads in every state but TRANSFERRED (DONE-03);
    /// `ERROR_NOT_LOGGED_ON` for a caller without a logon (NET-21); the code of the disk if a file could not
    /// be renamed, after which the call may be repeated (DONE-07).
    #[doc(alias = "Complete")]
    pub fn complete(&self) -> Result<Completion, Error> {
        let outcome = self.call(Call::Complete(Commit::default()))?;
        Ok(match outcome.success {
            Success::Partial => Completion::Partial,
            Success::UnableToDeleteFiles => Completion::FilesLeft,
            Success::Ok | Success::NothingFound => Completion::All,
        })
    }

    /// Returns a copy of the error object, which stays as it was read (ERR-04, T2).
    ///
    /// # Errors
    ///
    /// `BG_E_ERROR_INFORMATION_UNAVAILABLE` if there is none (ERR-04, ERR-05, ERR-07).
    #[doc(alias = "GetError")]
    #[doc(alias = "IBackgroundCopyError")]
    pub fn error(&self) -> Result<JobError, Error> {
        self.try_read(Method::GetError, |job| job.error().copied())
    }

    /// Returns the file that an error of this job concerns. This is a method of the error object, so no
    /// time passes for it.
    ///
    /// # Errors
    ///
    /// `BG_E_FILE_NOT_AVAILABLE` if it concerns none (ERR-11).
    #[doc(alias = "GetFile")]
    pub fn error_file(&self, error: &JobError) -> Result<File, Error> {
        let index = self.emulator.enter_method(
            self.connection,
            Target::job(self.id),
            Method::GetFile,
            |_, _| error.file(),
        )?;
        Ok(File::new(self.clone(), index))
    }

    /// Sets the callback object, which may be a [closure](IntoCallback); `None` removes it (NOTIFY-17).
    ///
    /// # Errors
    ///
    /// `BG_E_INVALID_STATE` in a final state.
    #[doc(alias = "SetNotifyInterface")]
    pub fn set_notify_interface(&self, callback: impl IntoCallback) -> Result<(), Error> {
        let callback = callback.into_callback();
        let interface = callback.as_ref().map(|callback| callback.interface());
        let object = callback.map(ClientObject::Callback);
        self.register(ObjectKind::Callback, Call::SetNotifyInterface(interface), object)
    }

    /// Returns the callback object while it is usable, whichever process set it (NOTIFY-17, NOTIFY-18).
    #[doc(alias = "GetNotifyInterface")]
    pub fn notify_interface(&self) -> Result<Option<Arc<dyn Callback>>, Error> {
        let known = self.enter_call(Method::GetNotifyInterface, |engine, _| {
            let job = engine.current_job(self.id, Method::GetNotifyInterface)?;
            let is_usable = job.notify_interface().is_some();
            let known = engine.object_of(self.id, ObjectKind::Callback);
            Ok(known.filter(|_| is_usable).map(|(_, object)| object))
        })?;
        Ok(match known.and_then(|object| self.emulator.lock().object(object)) {
            Some(ClientObject::Callback(object)) => Some(object),
            _ => None,
        })
    }

    /// Returns the program that is started and its parameters: two empty texts if none is set
    /// (NOTIFY-29).
    #[doc(alias = "GetNotifyCmdLine")]
    pub fn notify_cmd_line(&self) -> Result<(String, String), Error> {
        self.read(Method::GetNotifyCmdLine, |job| {
            let (program, parameters) = job.notify_cmd_line();
            (program.to_owned(), parameters.to_owned())
        })
    }

    /// Replaces the beginning of remote names. True if a name began with it; false is `S_FALSE`
    /// (FILES-27).
    ///
    /// # Errors
    ///
    /// `E_INVALIDARG`, `E_NOTIMPL` for uploads, `BG_E_INVALID_STATE` in a final state.
    #[doc(alias = "ReplaceRemotePrefix")]
    pub fn replace_remote_prefix(&self, old: &str, new: &str) -> Result<bool, Error> {
        self.apply_if(Call::ReplaceRemotePrefix { old: old.into(), new: new.into() })
    }
}
