//! The files of a job as clients see them: names, ranges, headers and progress.

use super::config::FileConfig;
use crate::machine::JobStateMachine;
use crate::vocabulary::text::names;
use crate::vocabulary::{FileIndex, FileInfo, FileProgress, FileRange, JobProgress, JobType};

impl JobStateMachine {
    /// How a file was added, `None` if the job has no such file.
    pub(crate) fn file_config(&self, file: FileIndex) -> Option<&FileConfig> {
        self.config.files.get(usize::try_from(file.0).ok()?)
    }

    /// The same to change it, which copies what is set if that is shared.
    pub(crate) fn file_config_mut(&mut self, file: FileIndex) -> Option<&mut FileConfig> {
        self.file_config(file)?;
        self.config_mut().files.get_mut(usize::try_from(file.0).ok()?)
    }

    /// Returns the number of files (FILES-16: it never falls).
    #[must_use]
    pub fn file_count(&self) -> u32 {
        u32::try_from(self.live.files.len()).unwrap_or(u32::MAX)
    }

    /// Returns the names of a file, `None` if the job has no such file.
    #[must_use]
    pub fn file(&self, file: FileIndex) -> Option<&FileInfo> {
        self.file_config(file).map(|file| &file.info)
    }

    /// Returns the requested ranges of a file, none if it is transferred whole (FILES-23).
    #[must_use]
    pub fn file_ranges(&self, file: FileIndex) -> &[FileRange] {
        self.file_config(file).and_then(FileConfig::ranges).unwrap_or_default()
    }

    /// Returns the name of the temporary file beside the destination into which a download goes until
    /// `Complete` (`GetTemporaryName`, DONE-01, DONE-18). `None` if the job has no such file, or
    /// writes none: uploads, and high-performance jobs (PROP-35).
    #[must_use]
    pub fn temporary_name(&self, file: FileIndex) -> Option<String> {
        let temporary =
            self.config.job_type == JobType::Download && !self.config.settings.high_performance;
        let known = self.file_config(file).filter(|_| temporary)?;
        Some(names::temporary_name(&known.info.local_name, file.0.wrapping_add(1)))
    }

    /// Returns the headers of the server's last response for a file
    /// (`BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS`, PROGRESS-17).
    #[must_use]
    pub fn http_response_headers(&self, file: FileIndex) -> Option<&str> {
        self.live.files.extras(file).and_then(|extras| extras.headers.as_deref())
    }

    /// Returns whether the content was declared valid (`GetValidationState`), by the client or by `Complete`.
    /// False may mean that it was never set (DONE-22). `None` if the job has no such file.
    #[must_use]
    pub fn validation_state(&self, file: FileIndex) -> Option<bool> {
        self.live.files.get(file).map(|file| file.validated)
    }

    /// Returns the progress of a file, `None` if the job has no such file (PROGRESS-03).
    #[must_use]
    pub fn file_progress(&self, file: FileIndex) -> Option<FileProgress> {
        self.live.files.get(file).map(|file| FileProgress {
            bytes_total: file.total(),
            bytes_transferred: file.transferred,
            completed: file.completed,
        })
    }

    /// Returns the progress of the job (PROGRESS-01, PROGRESS-02). That files still in transfer count is
    /// interpretation (PROGRESS-05).
    #[must_use]
    pub fn progress(&self) -> JobProgress {
        let is_download = self.config.job_type == JobType::Download;
        let files_total = self.file_count();
        let (mut total, mut bytes_transferred, mut files_transferred) = (Some(0_u64), 0_u64, 0);
        for file in self.live.files.all() {
            total = total.zip(file.total()).map(|(sum, total)| sum.saturating_add(total));
            bytes_transferred = bytes_transferred.saturating_add(file.transferred);
            // Uploads are transferred when the server has acknowledged them whole (PROGRESS-06).
            let is_transferred = if is_download { file.is_transferred() } else { file.completed };
            files_transferred += u32::from(is_transferred);
        }
        JobProgress { bytes_total: total, bytes_transferred, files_total, files_transferred }
    }
}
