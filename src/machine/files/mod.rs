//! The files of a job and how far each is transferred.

pub(super) mod adding;
pub(super) mod completion;
pub(super) mod random_access;
pub(super) mod ranges;
pub(super) mod requirements;
pub(super) mod transfer;
pub(super) mod upload;
pub(super) mod validation;

use std::sync::Arc;

use super::JobStateMachine;
use crate::vocabulary::text::names;
#[cfg(feature = "serde")]
use crate::vocabulary::text::serial::is_default;
use crate::vocabulary::{
    FileIndex, FileInfo, FileProgress, FileRange, JobProgress, JobType, Protocol, RemoteName,
};
use random_access::RandomAccess;
use ranges::RangeSet;

/// What is transferred next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum TransferItem {
    /// A file of the job.
    File(FileIndex),
    /// The reply of an upload-reply.
    Reply,
}

/// A file of a job.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub(super) struct JobFile {
    pub(super) info: FileInfo,
    /// Few files have them, so that the others give them no room.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "is_default"))]
    pub(super) parts: Option<Box<Parts>>,
    /// That of the remote name.
    #[cfg_attr(feature = "serde", serde(skip, default = "super::persist::stored::http"))]
    pub(super) protocol: Protocol,
    #[cfg_attr(feature = "serde", serde(rename = "progress"))]
    pub(super) bytes: Bytes,
    /// PROGRESS-06
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "is_default"))]
    pub(super) completed: bool,
    /// The client said that the content is right, or `Complete` did (DONE-22).
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "is_default"))]
    pub(super) validated: bool,
    /// FileTransferred is owed (NOTIFY-07).
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "is_default"))]
    untold: bool,
    /// The remote name before one that is not persisted yet (FILES-25).
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "is_default"))]
    pub(super) persisted_name: Option<RemoteName>,
    /// PROGRESS-17
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "is_default"))]
    pub(super) headers: Option<Arc<str>>,
    /// What an on-demand job was asked for of the file (PROP-38).
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "is_default"))]
    pub(super) random: Option<Box<RandomAccess>>,
}

/// The ranges of a file that are wanted (FILES-17).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub(super) struct Parts {
    pub(super) ranges: Arc<[FileRange]>,
    /// The size of the whole file, once it is known.
    pub(super) of: Option<u64>,
}

impl JobFile {
    /// Whether a file of that size is another than the one of which something is there. That a
    /// download of which nothing is there may have another size is our reading: its transfer has
    /// not begun (HTTP-08).
    pub(super) fn differs(&self, size: u64, upload: bool) -> bool {
        let known = self.parts.as_ref().map_or(self.bytes.total, |parts| parts.of);
        let begun = upload || self.bytes.transferred > 0;
        let more = self.parts.is_none() && self.bytes.transferred > size;
        begun && (known.is_some_and(|known| known != size) || more)
    }

    /// How many bytes the job wants of a file of that size; `None` if a range lies outside
    /// (PROGRESS-04, FILES-22).
    pub(super) fn wanted_of(&self, size: u64) -> Option<u64> {
        let Some(parts) = &self.parts else { return Some(size) };
        let length = |range: &FileRange| {
            RangeSet::bounds(*range, Some(size)).map(|(first, end)| end - first)
        };
        parts.ranges.iter().try_fold(0_u64, |sum, range| sum.checked_add(length(range)?))
    }

    /// As if nothing had been transferred (PROGRESS-07).
    fn restart(&mut self) {
        self.bytes.restart();
        self.validated = false;
        self.untold = false;
        if let Some(random) = &mut self.random {
            random.restart();
        }
    }
}

/// How much of something is transferred. An unknown size is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub(crate) struct Bytes {
    #[cfg_attr(feature = "serde", serde(rename = "bytes_total"))]
    pub(super) total: Option<u64>,
    #[cfg_attr(feature = "serde", serde(rename = "bytes_transferred"))]
    pub(super) transferred: u64,
    /// The transfer has ended, which is later than its last byte (LIFE-20).
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "is_default"))]
    finished: bool,
}

impl Bytes {
    /// DONE-05: transferred means that all of a known size is there. Something empty is so only once
    /// its transfer has ended, for it takes an attempt to find that out too: our reading.
    pub(super) fn is_transferred(self) -> bool {
        self.finished || (self.transferred > 0 && self.total == Some(self.transferred))
    }

    /// Whether the transfer has ended.
    pub(super) const fn is_finished(self) -> bool {
        self.finished
    }

    /// Whether the last byte is there and the transfer has not ended.
    pub(super) fn is_ending(self) -> bool {
        self.is_transferred() && !self.finished
    }

    /// Adds new bytes to those there, from whichever attempt (NET-20), and no more than are missing
    /// (INV-39). Says whether any were new.
    pub(super) fn add(&mut self, bytes: u64) -> bool {
        let limit = self.total.unwrap_or(u64::MAX);
        let reached = self.transferred.saturating_add(bytes).min(limit);
        let grew = reached > self.transferred;
        self.transferred = reached;
        grew
    }

    /// Ends the transfer if nothing is missing.
    pub(super) fn end(&mut self) {
        self.finished |= self.total == Some(self.transferred);
    }

    /// Adds all that is missing; a size that was not known is what is there.
    pub(super) fn finish(&mut self) -> bool {
        let total = *self.total.get_or_insert(self.transferred);
        let grew = total > self.transferred;
        self.transferred = total;
        self.finished = true;
        grew
    }

    /// How much is missing of a known size.
    pub(super) const fn missing(self) -> Option<u64> {
        match self.total {
            Some(total) => Some(total.saturating_sub(self.transferred)),
            None => None,
        }
    }

    /// Learns the size. What is there beyond it counts no more (HTTP-08).
    pub(super) fn learn(&mut self, size: u64) {
        let transferred = if self.transferred <= size { self.transferred } else { 0 };
        let finished = self.finished && self.total == Some(size);
        *self = Self { total: Some(size), transferred, finished };
    }

    /// As if nothing had been transferred: the one way in which progress falls (PROGRESS-07).
    pub(super) fn restart(&mut self) {
        *self = Self { transferred: 0, finished: false, ..*self };
    }

    /// The size counts no more either: dynamic content has another each time (PROP-33).
    pub(super) fn forget_size(&mut self) {
        self.total = None;
    }

    /// Whether the fields fit together.
    pub(super) fn fits(self) -> bool {
        match self.total {
            Some(total) if self.finished => self.transferred == total,
            Some(total) => self.transferred <= total,
            None => !self.finished,
        }
    }
}

/// The files in the order of adding, which is the order of transfer (FILES-12).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(from = "Vec<JobFile>", into = "Vec<JobFile>"))]
pub(super) struct Files {
    pub(super) list: Vec<JobFile>,
    /// The first file that is not transferred.
    next: usize,
    /// How many files wait for their FileTransferred.
    untold: u32,
}

impl Files {
    /// A file that was added before.
    #[cfg(feature = "serde")]
    pub(super) fn push(&mut self, file: JobFile) {
        self.untold = self.untold.saturating_add(u32::from(file.untold));
        self.list.push(file);
    }

    pub(super) fn add(&mut self, info: &FileInfo, ranges: Option<&Arc<[FileRange]>>) {
        // Most jobs have one file only.
        if self.list.is_empty() {
            self.list.reserve_exact(1);
        }
        self.list.push(JobFile {
            protocol: info.remote_name.protocol(),
            info: info.clone(),
            parts: ranges.cloned().map(|ranges| Box::new(Parts { ranges, of: None })),
            bytes: Bytes::default(),
            completed: false,
            validated: false,
            untold: false,
            persisted_name: None,
            headers: None,
            random: None,
        });
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (FileIndex, &JobFile)> {
        (0..).map(FileIndex).zip(&self.list)
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut JobFile> {
        self.list.iter_mut()
    }

    pub(super) fn get(&self, file: FileIndex) -> Option<&JobFile> {
        self.list.get(usize::try_from(file.0).ok()?)
    }

    pub(super) fn get_mut(&mut self, file: FileIndex) -> Option<&mut JobFile> {
        self.list.get_mut(usize::try_from(file.0).ok()?)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Moves on to the first file that is not transferred.
    pub(super) fn advance(&mut self) {
        while self.list.get(self.next).is_some_and(|file| file.bytes.is_finished()) {
            self.next += 1;
        }
    }

    pub(super) fn next(&self) -> Option<FileIndex> {
        let next = FileIndex(u32::try_from(self.next).ok()?);
        self.get(next).map(|_| next)
    }

    /// The file is as if it had never been transferred.
    pub(super) fn restart(&mut self, file: FileIndex) {
        self.set_untold(file, false);
        if let Some(restarted) = self.get_mut(file) {
            restarted.restart();
        }
        self.next = self.next.min(usize::try_from(file.0).unwrap_or(usize::MAX));
        self.advance();
    }

    /// The first file of an on-demand job of which something is asked for and missing. A file with
    /// ranges of its own is asked for whole: our reading.
    pub(super) fn first_waiting(&self) -> Option<FileIndex> {
        let waits = |file: &JobFile| match &file.random {
            Some(random) => random.is_waiting() || file.bytes.is_ending(),
            None => file.parts.is_some() && !file.bytes.is_finished(),
        };
        self.iter().find(|(_, file)| waits(file)).map(|(index, _)| index)
    }

    /// NOTIFY-08: files are told of in their order.
    pub(super) fn first_untold(&self) -> Option<FileIndex> {
        if self.untold == 0 {
            return None;
        }
        self.iter().find(|(_, file)| file.untold).map(|(index, _)| index)
    }

    pub(super) fn set_untold(&mut self, file: FileIndex, untold: bool) {
        let Some(known) = self.get_mut(file) else { return };
        let was = std::mem::replace(&mut known.untold, untold);
        match (was, untold) {
            (false, true) => self.untold = self.untold.saturating_add(1),
            (true, false) => self.untold = self.untold.saturating_sub(1),
            (false, false) | (true, true) => {}
        }
    }

    pub(super) fn set_all_told(&mut self) {
        if self.untold > 0 {
            self.untold = 0;
            self.list.iter_mut().for_each(|file| file.untold = false);
        }
    }

    /// The first file of which ranges arrived that were not told (NOTIFY-10).
    pub(super) fn first_with_news(&self) -> Option<FileIndex> {
        let news = |file: &JobFile| file.random.as_ref().is_some_and(|random| random.has_news());
        self.iter().find(|(_, file)| news(file)).map(|(index, _)| index)
    }

    pub(super) fn forget_news(&mut self, file: FileIndex) {
        if let Some(random) = self.get_mut(file).and_then(|file| file.random.as_deref_mut()) {
            random.forget_news();
        }
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    pub(super) fn cursor_fits(&self) -> bool {
        let mut rest = self.list.iter().skip(self.next);
        let done = self.list.iter().take(self.next).all(|file| file.bytes.is_finished());
        done && rest.next().is_none_or(|file| !file.bytes.is_finished())
    }
}

impl JobStateMachine {
    /// The number of files (FILES-16: it never falls).
    #[must_use]
    pub fn file_count(&self) -> u32 {
        u32::try_from(self.files.len()).unwrap_or(u32::MAX)
    }

    /// The names of a file, `None` if the job has no such file.
    #[must_use]
    pub fn file(&self, file: FileIndex) -> Option<&FileInfo> {
        self.files.get(file).map(|file| &file.info)
    }

    /// The requested ranges of a file, none if it is transferred whole (FILES-23).
    #[must_use]
    pub fn file_ranges(&self, file: FileIndex) -> &[FileRange] {
        let parts = self.files.get(file).and_then(|file| file.parts.as_ref());
        parts.map(|parts| &*parts.ranges).unwrap_or_default()
    }

    /// The name of the temporary file beside the destination into which a download goes until
    /// `Complete` (`GetTemporaryName`, DONE-01, DONE-18). `None` if the job has no such file, or
    /// writes none: uploads, and high-performance jobs (PROP-35).
    #[must_use]
    pub fn temporary_name(&self, file: FileIndex) -> Option<String> {
        let temporary = self.job_type == JobType::Download && !self.settings.high_performance;
        let known = self.files.get(file).filter(|_| temporary)?;
        Some(names::temporary_name(&known.info.local_name, file.0.wrapping_add(1)))
    }

    /// The headers of the server's last response for a file
    /// (`BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS`, PROGRESS-17).
    #[must_use]
    pub fn http_response_headers(&self, file: FileIndex) -> Option<&str> {
        self.files.get(file).and_then(|file| file.headers.as_deref())
    }

    /// `GetValidationState`: whether the content was declared valid, by the client or by `Complete`.
    /// False may mean that nobody said anything yet (DONE-22). `None` if the job has no such file.
    #[must_use]
    pub fn validation_state(&self, file: FileIndex) -> Option<bool> {
        self.files.get(file).map(|file| file.validated)
    }

    /// The progress of a file, `None` if the job has no such file (PROGRESS-03).
    #[must_use]
    pub fn file_progress(&self, file: FileIndex) -> Option<FileProgress> {
        self.files.get(file).map(|file| FileProgress {
            bytes_total: file.bytes.total,
            bytes_transferred: file.bytes.transferred,
            completed: file.completed,
        })
    }

    /// The progress of the job (PROGRESS-01, PROGRESS-02). That files still in transfer count is
    /// our reading (PROGRESS-05).
    #[must_use]
    pub fn progress(&self) -> JobProgress {
        let files = || self.files.list.iter();
        let transferred = files().filter(|file| self.counts_as_transferred(file)).count();
        JobProgress {
            bytes_total: files()
                .map(|file| file.bytes.total)
                .try_fold(0_u64, |sum, total| Some(sum.saturating_add(total?))),
            bytes_transferred: files()
                .fold(0_u64, |sum, file| sum.saturating_add(file.bytes.transferred)),
            files_total: self.file_count(),
            files_transferred: u32::try_from(transferred).unwrap_or(u32::MAX),
        }
    }

    /// Uploads are transferred when the server has acknowledged them whole (PROGRESS-06).
    fn counts_as_transferred(&self, file: &JobFile) -> bool {
        match self.job_type {
            JobType::Download => file.bytes.is_transferred(),
            JobType::Upload | JobType::UploadReply => file.completed,
        }
    }
}
