//! A job as an application holds it.

use std::sync::Arc;

use super::callback::Callback;
use super::emulator::Emulator;
use super::file::File;
use super::objects::ClientObject;
use super::state::EngineGuard;
use crate::emulator::engine::ProcessId;
use crate::emulator::trace::Process;
use crate::machine::{Call, Commit, Deletion, FileAccess, JobStateMachine, Outcome, Success};
use crate::vocabulary::{
    Error, FileIndex, FileInfo, FileRange, IntegrityLevel, JobError, JobId, JobProgress, JobState,
    JobTimes, JobType, Method, Sid,
};

/// A job (`IBackgroundCopyJob` to `IBackgroundCopyJob5`). Clones are the same job; after the job left
/// the queue its getters still tell what was last so (LIFE-27).
///
/// Every call fails with [`Error::Disconnected`] once the session was killed.
#[doc(alias = "IBackgroundCopyJob")]
#[derive(Debug, Clone)]
pub struct Job {
    pub(crate) emulator: Emulator,
    process: ProcessId,
    id: JobId,
}

/// What `Complete` kept. A success code other than `S_OK` is a value that the caller must look at.
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

/// What `Cancel` left behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cancellation {
    /// `S_OK`: nothing.
    Clean,
    /// `BG_S_UNABLE_TO_DELETE_FILES`: some temporary files (DONE-06).
    FilesLeft,
}

impl Job {
    pub(crate) const fn new(emulator: Emulator, process: ProcessId, id: JobId) -> Self {
        Self { emulator, process, id }
    }

    /// Returns the handle of the same job, held by the same process, in a [fork](Emulator::fork) of its
    /// emulator.
    #[must_use]
    pub fn counterpart(&self, fork: &Emulator) -> Self {
        Self::new(fork.clone(), self.process, self.id)
    }

    pub(crate) const fn process(&self) -> ProcessId {
        self.process
    }

    /// `GetId`: what finds the job again after a crash.
    #[must_use]
    pub const fn id(&self) -> JobId {
        self.id
    }

    /// A call, with the time that it lets pass and what it brings about.
    pub(crate) fn call(&self, call: Call) -> Result<Outcome, Error> {
        let method = call.method();
        self.enter_call(method, |engine, by| engine.call(by, self.id, call))
    }

    /// Something read of the job, as it is now.
    pub(crate) fn read<T>(
        &self,
        method: Method,
        look: impl FnOnce(&JobStateMachine) -> T,
    ) -> Result<T, Error> {
        self.enter_call(method, |engine, _| engine.current_job(self.id, method).map(look))
    }

    pub(crate) fn enter_call<T>(
        &self,
        method: Method,
        call: impl FnOnce(&mut EngineGuard<'_>, &Process) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.emulator.enter_call(self.process, Some(self.id), method, call)
    }

    pub(crate) fn set(&self, call: Call) -> Result<(), Error> {
        self.call(call).map(|_| ())
    }

    /// `AddFile`: a file to transfer, and where to.
    ///
    /// # Errors
    ///
    /// `E_INVALIDARG` for a name that is not valid (FILES-02), `E_ACCESSDENIED` if the user may not
    /// write there (FILES-06), `BG_E_TOO_MANY_FILES` (FILES-07), `BG_E_TOO_MANY_FILES_IN_JOB`
    /// (FILES-09), `BG_E_INVALID_STATE` in a final state (LIFE-28).
    pub fn add_file(&self, remote_name: &str, local_name: &str) -> Result<(), Error> {
        self.set(Call::add_file(FileInfo::new(remote_name, local_name)))
    }

    /// `AddFileSet`: several files, or none of them (FILES-10).
    ///
    /// # Errors
    ///
    /// As [`add_file`](Self::add_file).
    pub fn add_file_set(&self, files: &[FileInfo]) -> Result<(), Error> {
        self.set(Call::add_file_set(files))
    }

    /// `AddFileWithRanges`: parts of a file (FILES-17).
    ///
    /// # Errors
    ///
    /// As [`add_file`](Self::add_file); `E_NOTIMPL` for uploads, `BG_E_INVALID_RANGE`,
    /// `BG_E_OVERLAPPING_RANGES`, `BG_E_TOO_MANY_RANGES_IN_FILE` (FILES-18 to FILES-20).
    pub fn add_file_with_ranges(
        &self,
        remote_name: &str,
        local_name: &str,
        ranges: &[FileRange],
    ) -> Result<(), Error> {
        self.set(Call::add_file_with_ranges(FileInfo::new(remote_name, local_name), ranges))
    }

    /// `EnumFiles`: the files as they are at this call (CREATE-14).
    ///
    /// # Errors
    ///
    /// Those of any call.
    #[doc(alias = "EnumFiles")]
    pub fn files(&self) -> Result<Vec<File>, Error> {
        let count = self.read(Method::EnumFiles, JobStateMachine::file_count)?;
        Ok((0..count).map(|index| File::new(self.clone(), FileIndex(index))).collect())
    }

    /// `Suspend` (LIFE-12).
    ///
    /// # Errors
    ///
    /// `BG_E_INVALID_STATE` in a final state (LIFE-15).
    pub fn suspend(&self) -> Result<(), Error> {
        self.set(Call::Suspend)
    }

    /// `Resume` (LIFE-07).
    ///
    /// # Errors
    ///
    /// `BG_E_EMPTY` without files (LIFE-08), `BG_E_INVALID_STATE` in a final state (LIFE-15).
    pub fn resume(&self) -> Result<(), Error> {
        self.set(Call::Resume)
    }

    /// `Cancel`: ends the job and takes its files away (DONE-12).
    ///
    /// # Errors
    ///
    /// `BG_E_INVALID_STATE` in a final state (LIFE-15).
    pub fn cancel(&self) -> Result<Cancellation, Error> {
        let outcome = self.call(Call::Cancel(Deletion::Done))?;
        Ok(match outcome.success {
            Success::UnableToDeleteFiles => Cancellation::FilesLeft,
            Success::Ok | Success::Partial | Success::NothingFound => Cancellation::Clean,
        })
    }

    /// `Complete`: ends the job and keeps what is transferred (DONE-02).
    ///
    /// # Errors
    ///
    /// `BG_E_INVALID_STATE` in a final state, and of uploads in every state but TRANSFERRED (DONE-03);
    /// the code of the disk if a file could not be renamed, after which the call may be repeated
    /// (DONE-07).
    pub fn complete(&self) -> Result<Completion, Error> {
        let outcome = self.call(Call::Complete(Commit::default()))?;
        Ok(match outcome.success {
            Success::Partial => Completion::Partial,
            Success::UnableToDeleteFiles => Completion::FilesLeft,
            Success::Ok | Success::NothingFound => Completion::All,
        })
    }

    /// `GetState`.
    ///
    /// # Errors
    ///
    /// Those of any call.
    #[doc(alias = "GetState")]
    pub fn state(&self) -> Result<JobState, Error> {
        self.read(Method::GetState, JobStateMachine::state)
    }

    /// `GetError`: a copy of the error object, which stays as it was read (ERR-04, T2).
    ///
    /// # Errors
    ///
    /// `BG_E_ERROR_INFORMATION_UNAVAILABLE` if there is none (ERR-04, ERR-05, ERR-07).
    #[doc(alias = "GetError")]
    pub fn error(&self) -> Result<JobError, Error> {
        self.read(Method::GetError, |job| job.error().copied())?
    }

    /// The file that an error concerns (`IBackgroundCopyError::GetFile`).
    ///
    /// # Errors
    ///
    /// `BG_E_FILE_NOT_AVAILABLE` if it concerns none (ERR-11).
    #[doc(alias = "GetFile")]
    pub fn file_of(&self, error: &JobError) -> Result<File, Error> {
        error.file().map(|index| File::new(self.clone(), index))
    }

    /// `GetProgress` (PROGRESS-01).
    ///
    /// # Errors
    ///
    /// Those of any call.
    #[doc(alias = "GetProgress")]
    pub fn progress(&self) -> Result<JobProgress, Error> {
        self.read(Method::GetProgress, JobStateMachine::progress)
    }

    /// `GetTimes` (PROGRESS-12).
    ///
    /// # Errors
    ///
    /// Those of any call.
    #[doc(alias = "GetTimes")]
    pub fn times(&self) -> Result<JobTimes, Error> {
        self.read(Method::GetTimes, JobStateMachine::times)
    }

    /// `GetType`.
    ///
    /// # Errors
    ///
    /// Those of any call.
    #[doc(alias = "GetType")]
    pub fn job_type(&self) -> Result<JobType, Error> {
        self.read(Method::GetType, JobStateMachine::job_type)
    }

    /// `GetOwner` (SEC-14).
    ///
    /// # Errors
    ///
    /// Those of any call.
    #[doc(alias = "GetOwner")]
    pub fn owner(&self) -> Result<Sid, Error> {
        self.read(Method::GetOwner, JobStateMachine::owner)
    }

    /// `GetOwnerIntegrityLevel` and `GetOwnerElevationState` (SEC-14).
    ///
    /// # Errors
    ///
    /// Those of any call.
    #[doc(alias = "GetOwnerIntegrityLevel", alias = "GetOwnerElevationState")]
    pub fn owner_rights(&self) -> Result<(IntegrityLevel, bool), Error> {
        self.read(Method::GetOwnerIntegrityLevel, |job| {
            (job.owner_integrity_level(), job.owner_elevation_state())
        })
    }

    /// `GetErrorCount` (ERR-22).
    ///
    /// # Errors
    ///
    /// Those of any call.
    #[doc(alias = "GetErrorCount")]
    pub fn error_count(&self) -> Result<u32, Error> {
        self.read(Method::GetErrorCount, JobStateMachine::error_count)
    }

    /// `TakeOwnership`, by an elevated administrator (SEC-06, SEC-07).
    ///
    /// # Errors
    ///
    /// `E_ACCESSDENIED` for everybody else, `BG_E_INVALID_STATE` in a final state.
    pub fn take_ownership(&self) -> Result<(), Error> {
        self.set(Call::TakeOwnership(FileAccess::Granted))
    }

    /// `SetNotifyInterface`: the object that is called; `None` removes it (NOTIFY-17).
    ///
    /// # Errors
    ///
    /// `BG_E_INVALID_STATE` in a final state.
    pub fn set_notify_interface(
        &self,
        mut callback: Option<Arc<dyn Callback>>,
    ) -> Result<(), Error> {
        let interface = callback.as_ref().map(|callback| callback.interface());
        self.enter_call(Method::SetNotifyInterface, |engine, by| {
            engine.call(by, self.id, Call::SetNotifyInterface(interface))?;
            let object = callback.take().map(ClientObject::Callback);
            let object = object.map(|object| (self.process, engine.add_object(object)));
            engine.register_callback(self.id, object);
            Ok(())
        })
    }

    /// `GetNotifyInterface`: the object that is called, while it is usable; whoever registered it
    /// (NOTIFY-17, NOTIFY-18).
    ///
    /// # Errors
    ///
    /// Those of any call.
    #[doc(alias = "GetNotifyInterface")]
    pub fn notify_interface(&self) -> Result<Option<Arc<dyn Callback>>, Error> {
        self.enter_call(Method::GetNotifyInterface, |engine, _| {
            let job = engine.current_job(self.id, Method::GetNotifyInterface)?;
            if job.notify_interface().is_none() {
                return Ok(None);
            }
            let known = engine.registrations.get(&self.id).and_then(|known| known.callback);
            Ok(match known.and_then(|(_, object)| engine.objects().get(object)) {
                Some(ClientObject::Callback(object)) => Some(object),
                _ => None,
            })
        })
    }

    /// `SetNotifyCmdLine`; two `None` remove it (NOTIFY-24).
    ///
    /// # Errors
    ///
    /// `BG_E_STRING_TOO_LONG`, `E_INVALIDARG` for parameters without a program, `BG_E_INVALID_STATE`
    /// in a final state.
    pub fn set_notify_cmd_line(
        &self,
        program: Option<&str>,
        parameters: Option<&str>,
    ) -> Result<(), Error> {
        self.set(Call::SetNotifyCmdLine {
            program: program.map(Arc::from),
            parameters: parameters.map(Arc::from),
        })
    }

    /// `GetNotifyCmdLine`: two empty texts if none is set (NOTIFY-29).
    ///
    /// # Errors
    ///
    /// Those of any call.
    #[doc(alias = "GetNotifyCmdLine")]
    pub fn notify_cmd_line(&self) -> Result<(String, String), Error> {
        self.read(Method::GetNotifyCmdLine, |job| {
            let (program, parameters) = job.notify_cmd_line();
            (program.to_owned(), parameters.to_owned())
        })
    }

    /// `ReplaceRemotePrefix`: whether a name began with it; false is `S_FALSE` (FILES-27).
    ///
    /// # Errors
    ///
    /// `E_INVALIDARG`, `E_NOTIMPL` for uploads, `BG_E_INVALID_STATE` in a final state.
    pub fn replace_remote_prefix(&self, old: &str, new: &str) -> Result<bool, Error> {
        let call = Call::ReplaceRemotePrefix { old: old.into(), new: new.into() };
        self.call(call).map(|outcome| outcome.success == Success::Ok)
    }
}

impl From<&Job> for JobId {
    fn from(job: &Job) -> Self {
        job.id()
    }
}
