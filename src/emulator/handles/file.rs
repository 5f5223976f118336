//! A file of a job as an application holds it.

use std::sync::Arc;

use super::job::Job;
use crate::machine::{Call, JobStateMachine};
use crate::vocabulary::{Error, FileIndex, FileProgress, FileRange, Method};

/// A file of a job (`IBackgroundCopyFile` to `IBackgroundCopyFile6`).
#[doc(alias = "IBackgroundCopyFile")]
#[derive(Debug, Clone)]
pub struct File {
    job: Job,
    index: FileIndex,
}

impl File {
    pub(crate) const fn new(job: Job, index: FileIndex) -> Self {
        Self { job, index }
    }

    /// The place of the file in its job.
    #[must_use]
    pub const fn index(&self) -> FileIndex {
        self.index
    }

    /// The job.
    #[must_use]
    pub const fn job(&self) -> &Job {
        &self.job
    }

    /// Something read of the file. Files are never removed (FILES-16), so that there is one.
    fn read<T: Default>(
        &self,
        method: Method,
        look: impl FnOnce(&JobStateMachine, FileIndex) -> Option<T>,
    ) -> Result<T, Error> {
        self.job.read(method, |job| look(job, self.index).unwrap_or_default())
    }

    /// `GetRemoteName` (FILES-28).
    ///
    /// # Errors
    ///
    /// Those of any call.
    #[doc(alias = "GetRemoteName")]
    pub fn remote_name(&self) -> Result<String, Error> {
        self.read(Method::GetRemoteName, |job, file| {
            job.file(file).map(|file| (*file.remote_name).to_owned())
        })
    }

    /// `GetLocalName` (FILES-28).
    ///
    /// # Errors
    ///
    /// Those of any call.
    #[doc(alias = "GetLocalName")]
    pub fn local_name(&self) -> Result<String, Error> {
        self.read(Method::GetLocalName, |job, file| {
            job.file(file).map(|file| (*file.local_name).to_owned())
        })
    }

    /// `GetProgress` (PROGRESS-03).
    ///
    /// # Errors
    ///
    /// Those of any call.
    #[doc(alias = "GetProgress")]
    pub fn progress(&self) -> Result<FileProgress, Error> {
        let none = FileProgress { bytes_total: None, bytes_transferred: 0, completed: false };
        self.job.read(Method::GetProgress, |job| job.file_progress(self.index).unwrap_or(none))
    }

    /// `GetFileRanges`; empty, which is `S_FALSE`, if the file is transferred whole (FILES-23).
    ///
    /// # Errors
    ///
    /// Those of any call.
    #[doc(alias = "GetFileRanges")]
    pub fn ranges(&self) -> Result<Vec<FileRange>, Error> {
        self.job.read(Method::GetFileRanges, |job| job.file_ranges(self.index).to_vec())
    }

    /// `SetRemoteName` (FILES-24).
    ///
    /// # Errors
    ///
    /// `E_INVALIDARG`, `E_NOTIMPL` for uploads, `BG_E_INVALID_STATE` in a final state.
    pub fn set_remote_name(&self, name: &str) -> Result<(), Error> {
        self.job.call(Call::SetRemoteName(self.index, name.into())).map(|_| ())
    }

    /// `GetTemporaryName`; `None` if the job writes none (DONE-18).
    ///
    /// # Errors
    ///
    /// Those of any call.
    #[doc(alias = "GetTemporaryName")]
    pub fn temporary_name(&self) -> Result<Option<String>, Error> {
        self.job.enter_call(Method::GetTemporaryName, |engine, _| {
            engine.current_job(self.job.id(), Method::GetTemporaryName)?;
            Ok(engine.temporary_name(self.job.id(), self.index))
        })
    }

    /// `SetValidationState` (DONE-19, DONE-20).
    ///
    /// # Errors
    ///
    /// `E_PENDING` before the file is transferred, `BG_E_INVALID_STATE` in a final state.
    pub fn set_validation_state(&self, valid: bool) -> Result<(), Error> {
        self.job.call(Call::SetValidationState(self.index, valid)).map(|_| ())
    }

    /// `GetValidationState` (DONE-22).
    ///
    /// # Errors
    ///
    /// Those of any call.
    #[doc(alias = "GetValidationState")]
    pub fn validation_state(&self) -> Result<bool, Error> {
        self.read(Method::GetValidationState, |job, file| job.validation_state(file))
    }

    /// `GetProperty` with `BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS`: the headers of the server's
    /// last response (PROGRESS-17).
    ///
    /// # Errors
    ///
    /// Those of any call.
    #[doc(alias = "GetProperty")]
    pub fn http_response_headers(&self) -> Result<Option<String>, Error> {
        self.job.read(Method::GetProperty, |job| {
            job.http_response_headers(self.index).map(str::to_owned)
        })
    }

    /// `IsDownloadedFromPeer`: never, because there are no peers (PROGRESS-16).
    ///
    /// # Errors
    ///
    /// Those of any call.
    pub fn is_downloaded_from_peer(&self) -> Result<bool, Error> {
        self.job.read(Method::IsDownloadedFromPeer, |_| false)
    }

    /// `GetPeerDownloadStats`: how many bytes of what is there came from the origin server, and how
    /// many, always 0, from peers (PROGRESS-16). That bytes which a restart of the file threw away do
    /// not count is our reading.
    ///
    /// # Errors
    ///
    /// Those of any call.
    #[doc(alias = "GetPeerDownloadStats")]
    pub fn peer_download_stats(&self) -> Result<(u64, u64), Error> {
        self.read(Method::GetPeerDownloadStats, |job, file| {
            job.file_progress(file).map(|progress| (progress.bytes_transferred, 0))
        })
    }

    /// `RequestFileRanges` (PROP-38).
    ///
    /// # Errors
    ///
    /// `BG_E_RANDOM_ACCESS_NOT_SUPPORTED`, `BG_E_INVALID_RANGE`.
    pub fn request_file_ranges(&self, ranges: &[FileRange]) -> Result<(), Error> {
        let ranges: Arc<[FileRange]> = ranges.into();
        self.job.call(Call::RequestFileRanges(self.index, ranges)).map(|_| ())
    }

    /// `UpdateDownloadPosition` (PROP-38).
    ///
    /// # Errors
    ///
    /// `BG_E_RANDOM_ACCESS_NOT_SUPPORTED`.
    pub fn update_download_position(&self, offset: u64) -> Result<(), Error> {
        self.job.call(Call::UpdateDownloadPosition(self.index, offset)).map(|_| ())
    }

    /// `GetFilledFileRanges` (PROGRESS-18).
    ///
    /// # Errors
    ///
    /// `BG_E_RANDOM_ACCESS_NOT_SUPPORTED`.
    #[doc(alias = "GetFilledFileRanges")]
    pub fn filled_file_ranges(&self) -> Result<Vec<FileRange>, Error> {
        self.job.read(Method::GetFilledFileRanges, |job| job.filled_file_ranges(self.index))?
    }
}
