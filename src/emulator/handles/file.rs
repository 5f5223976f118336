//! The file handle: one file of a job.

use std::hash::Hash;

use super::job::Job;
use super::methods::{calls, reads};
use crate::machine::{Call, JobStateMachine};
use crate::vocabulary::{Error, FileIndex, FileInfo, FileProgress, FileRange, Method};

/// The handle of a file of a job (`IBackgroundCopyFile` to `IBackgroundCopyFile6`).
///
/// Two are equal if they are handles of the same file of the same job. Its calls are calls on the job, and fail with the [errors of every call](Job#errors-of-every-call).
#[doc(alias = "IBackgroundCopyFile")]
#[doc(alias = "IBackgroundCopyFile2")]
#[doc(alias = "IBackgroundCopyFile3")]
#[doc(alias = "IBackgroundCopyFile4")]
#[doc(alias = "IBackgroundCopyFile5")]
#[doc(alias = "IBackgroundCopyFile6")]
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct File {
    job: Job,
    index: FileIndex,
}

impl File {
    pub(crate) const fn new(job: Job, index: FileIndex) -> Self {
        Self { job, index }
    }

    /// Returns the place of the file in its job.
    #[must_use]
    pub const fn index(&self) -> FileIndex {
        self.index
    }

    /// Returns the job.
    #[must_use]
    pub const fn job(&self) -> &Job {
        &self.job
    }

    fn apply(&self, call: Call) -> Result<(), Error> {
        self.job.apply(call)
    }

    fn read<T: Hash>(
        &self,
        method: Method,
        read: impl FnOnce(&JobStateMachine) -> T,
    ) -> Result<T, Error> {
        let job = self.job.id();
        self.job.enter_call_on_file(self.index, method, |engine, _| {
            engine.current_job(job, method).map(read)
        })
    }

    /// One of the names. Files are never removed (FILES-16), so that there is one.
    fn name(&self, job: &JobStateMachine, name: impl FnOnce(&FileInfo) -> &str) -> String {
        job.file(self.index).map(|file| name(file).to_owned()).unwrap_or_default()
    }
}

calls! { File:
    /// Sets the remote name (FILES-24).
    ///
    /// # Errors
    ///
    /// `E_INVALIDARG`, `E_NOTIMPL` for uploads, `BG_E_INVALID_STATE` in a final state.
    "SetRemoteName" set_remote_name(&self, name: &str) => Call::SetRemoteName(self.index, name.into());

    /// Sets whether the client found the content valid (DONE-19, DONE-20).
    ///
    /// # Errors
    ///
    /// `E_PENDING` before the file is transferred, `BG_E_INVALID_STATE` in a final state.
    "SetValidationState" set_validation_state(&self, valid: bool) => Call::SetValidationState(self.index, valid);

    /// Requests ranges of a file of an on-demand job (PROP-38).
    ///
    /// # Errors
    ///
    /// `BG_E_RANDOM_ACCESS_NOT_SUPPORTED`, `BG_E_INVALID_RANGE`.
    "RequestFileRanges" request_file_ranges(&self, ranges: &[FileRange]) => Call::RequestFileRanges(self.index, ranges.into());

    /// Sets the position from which a file of an on-demand job is downloaded (PROP-38).
    ///
    /// # Errors
    ///
    /// `BG_E_RANDOM_ACCESS_NOT_SUPPORTED`.
    "UpdateDownloadPosition" update_download_position(&self, offset: u64) => Call::UpdateDownloadPosition(self.index, offset);
}

reads! { File:
    /// Returns the remote name (FILES-28).
    "GetRemoteName" remote_name(&self) -> String = GetRemoteName, |job| self.name(job, |file| &file.remote_name);

    /// Returns the local name (FILES-28).
    "GetLocalName" local_name(&self) -> String = GetLocalName, |job| self.name(job, |file| &file.local_name);

    /// Returns the progress (PROGRESS-03).
    "GetProgress" progress(&self) -> FileProgress = GetProgress, |job| job.file_progress(self.index).unwrap_or_default();

    /// Returns the ranges; none, which is `S_FALSE`, if the file is transferred whole (FILES-23).
    "GetFileRanges" ranges(&self) -> Vec<FileRange> = GetFileRanges, |job| job.file_ranges(self.index).to_vec();

    /// Returns whether the client found the content valid (DONE-22).
    "GetValidationState" validation_state(&self) -> bool = GetValidationState, |job| job.validation_state(self.index).unwrap_or_default();

    /// Returns the headers of the server's last response, the property
    /// `BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS` (PROGRESS-17).
    "GetProperty" http_response_headers(&self) -> Option<String> = GetProperty, |job| job.http_response_headers(self.index).map(str::to_owned);

    /// Returns false, because there are no peers (PROGRESS-16).
    "IsDownloadedFromPeer" is_downloaded_from_peer(&self) -> bool = IsDownloadedFromPeer, |_| false;

    /// Returns how many of the bytes present came from the origin server and how many, always 0, from
    /// peers (PROGRESS-16). Bytes that a restart of the file discarded do not count: an interpretation.
    "GetPeerDownloadStats" peer_download_stats(&self) -> (u64, u64) = GetPeerDownloadStats, |job| (job.file_progress(self.index).unwrap_or_default().bytes_transferred, 0);
}

impl File {
    /// Returns the name of the temporary file; `None` if the job writes none (DONE-18).
    #[doc(alias = "GetTemporaryName")]
    pub fn temporary_name(&self) -> Result<Option<String>, Error> {
        self.job.enter_call_on_file(self.index, Method::GetTemporaryName, |engine, _| {
            engine.current_job(self.job.id(), Method::GetTemporaryName)?;
            Ok(engine.temporary_name(self.job.id(), self.index))
        })
    }

    /// Returns the ranges that are downloaded of a file of an on-demand job (PROGRESS-18).
    ///
    /// # Errors
    ///
    /// `BG_E_RANDOM_ACCESS_NOT_SUPPORTED`.
    #[doc(alias = "GetFilledFileRanges")]
    pub fn filled_file_ranges(&self) -> Result<Vec<FileRange>, Error> {
        self.job.try_read(Method::GetFilledFileRanges, |job| job.filled_file_ranges(self.index))
    }
}
