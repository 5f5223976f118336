//! The files of a job and how far each is transferred.

use std::sync::Arc;

use super::JobStateMachine;
use super::moment::Moment;
use super::outcome::Outcome;
use super::trigger::Trigger;
use crate::vocabulary::{
    Error, FileIndex, FileInfo, FileProgress, FileRange, HResult, JobProgress, JobState, JobType,
    Method, Protocol, RuleId,
};

/// What is transferred next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Item {
    /// A file of the job.
    File(FileIndex),
    /// The reply of an upload-reply.
    Reply,
}

/// A file of a job.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct File {
    pub(super) info: FileInfo,
    pub(super) ranges: Option<Arc<[FileRange]>>,
    pub(super) protocol: Protocol,
    pub(super) bytes: Bytes,
    /// PROGRESS-06
    pub(super) completed: bool,
}

/// How much of something is transferred. An unknown size is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(super) struct Bytes {
    pub(super) total: Option<u64>,
    pub(super) transferred: u64,
    /// All of a known size is there. Something empty is so only once its transfer has ended, for
    /// it takes an attempt to find that out too: our reading (DONE-05).
    finished: bool,
}

impl Bytes {
    /// DONE-05: transferred means that all of a known size is there.
    pub(super) const fn is_transferred(self) -> bool {
        self.finished
    }

    /// Adds new bytes to those there, from whichever attempt (NET-20), and no more than are missing
    /// (INV-39). Says whether any were new.
    pub(super) fn add(&mut self, bytes: u64) -> bool {
        let limit = self.total.unwrap_or(u64::MAX);
        let reached = self.transferred.saturating_add(bytes).min(limit);
        let grew = reached > self.transferred;
        self.transferred = reached;
        self.finished |= self.total == Some(reached);
        grew
    }

    /// Adds all that is missing; a size that was not known is what is there.
    pub(super) fn finish(&mut self) -> bool {
        let total = *self.total.get_or_insert(self.transferred);
        let grew = total > self.transferred;
        self.transferred = total;
        self.finished = true;
        grew
    }

    /// Learns the size. What there is of another size counts no more (HTTP-08).
    fn learn(&mut self, size: u64) {
        let transferred = if self.contradicts(size) { 0 } else { self.transferred };
        let finished = transferred > 0 && transferred == size;
        *self = Self { total: Some(size), transferred, finished };
    }

    /// Whether the size was another before, or more is there already.
    fn contradicts(self, size: u64) -> bool {
        self.total.is_some_and(|known| known != size) || self.transferred > size
    }

    /// As if nothing had been transferred: the one way in which progress falls (PROGRESS-07).
    fn restart(&mut self) {
        *self = Self { transferred: 0, finished: false, ..*self };
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
pub(super) struct Files {
    list: Vec<File>,
    /// The first file that is not transferred.
    next: usize,
}

impl Files {
    fn add(&mut self, info: &FileInfo, ranges: Option<&Arc<[FileRange]>>) {
        self.list.push(File {
            protocol: Protocol::of(&info.remote_name),
            info: info.clone(),
            ranges: ranges.cloned(),
            bytes: Bytes::default(),
            completed: false,
        });
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (FileIndex, &File)> {
        (0..).map(FileIndex).zip(&self.list)
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut File> {
        self.list.iter_mut()
    }

    pub(super) fn get(&self, file: FileIndex) -> Option<&File> {
        self.list.get(usize::try_from(file.0).ok()?)
    }

    pub(super) fn get_mut(&mut self, file: FileIndex) -> Option<&mut File> {
        self.list.get_mut(usize::try_from(file.0).ok()?)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Moves on to the first file that is not transferred.
    pub(super) fn advance(&mut self) {
        while self.list.get(self.next).is_some_and(|file| file.bytes.is_transferred()) {
            self.next += 1;
        }
    }

    pub(super) fn next(&self) -> Option<FileIndex> {
        let next = FileIndex(u32::try_from(self.next).ok()?);
        self.get(next).map(|_| next)
    }

    /// DONE-20: the file is as if it had never been transferred.
    fn restart(&mut self, file: FileIndex) {
        if let Some(restarted) = self.get_mut(file) {
            restarted.bytes.restart();
        }
        self.next = self.next.min(usize::try_from(file.0).unwrap_or(usize::MAX));
        self.advance();
    }

    pub(super) fn cursor_fits(&self) -> bool {
        let mut rest = self.list.iter().skip(self.next);
        let done = self.list.iter().take(self.next).all(|file| file.bytes.is_transferred());
        done && rest.next().is_none_or(|file| !file.bytes.is_transferred())
    }
}

impl JobStateMachine {
    /// Refuses files that the type of the job does not take (FILES-11: state first, then type).
    pub(super) fn admit_files(&self, method: Method, count: usize) -> Result<(), Error> {
        // FILES-07, FILES-08
        if self.job_type != JobType::Download && (count > 1 || !self.files.is_empty()) {
            let rule = match method {
                Method::AddFileSet => const { RuleId::new("FILES-08") },
                _ => const { RuleId::new("FILES-07") },
            };
            return Err(Error::TooManyFiles { method, job_type: self.job_type, rule });
        }
        Ok(())
    }

    /// Refuses what only downloads have.
    pub(super) fn admit_download(&self, method: Method, rule: RuleId) -> Result<(), Error> {
        match self.job_type {
            JobType::Download => Ok(()),
            job_type @ (JobType::Upload | JobType::UploadReply) => {
                Err(Error::NotForJobType { method, job_type, rule })
            }
        }
    }

    /// FILES-17: ranges are for downloads, and there must be some.
    pub(super) fn admit_ranges(&self, ranges: &[FileRange]) -> Result<(), Error> {
        let method = Method::AddFileWithRanges;
        let rule = const { RuleId::new("FILES-17") };
        self.admit_download(method, rule)?;
        if ranges.is_empty() {
            let problem = "no range is given; give at least one";
            return Err(Error::InvalidArgument {
                method,
                problem,
                code: HResult::E_INVALIDARG,
                rule,
            });
        }
        Ok(())
    }

    pub(super) fn add_files(&mut self, files: &[FileInfo], ranges: Option<&Arc<[FileRange]>>) {
        for info in files {
            self.files.add(info, ranges);
        }
    }

    /// What is transferred next, or is in transfer now (FILES-12). `None` if nothing is missing.
    #[must_use]
    pub fn current(&self) -> Option<Item> {
        if self.job_type == JobType::UploadReply && self.reply_started() {
            return (!self.reply.bytes.is_transferred()).then_some(Item::Reply);
        }
        if self.job_type == JobType::UploadReply && !self.files.is_empty() {
            return Some(Item::File(FileIndex(0)));
        }
        self.files.next().map(Item::File)
    }

    /// Whether everything is transferred (LIFE-20). A job without files has nothing missing; files
    /// added to a TRANSFERRED job are missing until it was resumed, our reading (FILES-14).
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.current().is_none()
    }

    fn current_bytes(&mut self) -> Option<&mut Bytes> {
        match self.current()? {
            Item::File(file) => self.files.get_mut(file).map(|file| &mut file.bytes),
            Item::Reply => Some(&mut self.reply.bytes),
        }
    }

    /// The size of the present file became known. If a remote file has another size than before, it
    /// changed, and its transfer starts again from zero (HTTP-08). A local file that changed fails
    /// the job instead (UPLOAD-08): that is for the outside to report.
    pub(super) fn size_known(&mut self, size: u64, now: Moment, out: &mut Outcome) {
        let Some(Item::File(file)) = self.current() else { return };
        let changed = self.files.get(file).is_some_and(|file| file.bytes.contradicts(size));
        if changed && self.is_upload_kind() {
            return;
        }
        self.fire(Trigger::SizeKnown, now, out);
        if out.was_ignored() {
            return;
        }
        if changed {
            out.rules.add(const { RuleId::new("HTTP-08") });
        }
        if let Some(file) = self.files.get_mut(file) {
            file.bytes.learn(size);
        }
        self.finish_files(now, out);
    }

    /// New bytes arrived.
    pub(super) fn progressed(&mut self, count: u64, now: Moment, out: &mut Outcome) {
        self.transfer(now, out, |bytes| bytes.add(count));
    }

    /// The present file is wholly transferred.
    pub(super) fn file_transferred(&mut self, now: Moment, out: &mut Outcome) {
        self.transfer(now, out, Bytes::finish);
    }

    fn transfer(&mut self, now: Moment, out: &mut Outcome, add: impl FnOnce(&mut Bytes) -> bool) {
        self.fire(Trigger::Progressed, now, out);
        if out.was_ignored() {
            return;
        }
        if self.current_bytes().is_some_and(add) {
            self.note_progress(now, out);
        }
        self.finish_files(now, out);
    }

    /// TIME-06, TIME-21: a new byte ends the no-progress period and is activity. That a connection
    /// alone is no progress is our reading, and so is that bytes of a restarted file are (HTTP-10).
    pub(super) fn note_progress(&mut self, now: Moment, out: &mut Outcome) {
        if self.clocks.period.take().is_some() {
            out.rules.add(const { RuleId::new("TIME-06") });
        }
        self.clocks.activity = self.clocks.stamp(now);
        self.modified(now);
    }

    /// Moves on if the present file is transferred; a job that is TRANSFERRING becomes TRANSFERRED
    /// after the last (LIFE-20).
    pub(super) fn finish_files(&mut self, now: Moment, out: &mut Outcome) {
        self.files.advance();
        if self.state == JobState::Transferring && self.is_complete() {
            self.complete_uploads();
            self.fire(Trigger::AllTransferred, now, out);
        }
    }

    /// DONE-20: a transferred file of a download starts again from zero.
    pub(super) fn invalidate(&mut self, file: FileIndex) -> bool {
        let known = self.files.get(file);
        let invalid = self.job_type == JobType::Download
            && known.is_some_and(|file| file.bytes.is_transferred() && !file.completed);
        if invalid {
            self.files.restart(file);
        }
        invalid
    }

    /// The number of files (FILES-16: it never falls).
    #[must_use]
    pub fn file_count(&self) -> u32 {
        u32::try_from(self.files.list.len()).unwrap_or(u32::MAX)
    }

    /// The names of a file, `None` if the job has no such file.
    #[must_use]
    pub fn file(&self, file: FileIndex) -> Option<&FileInfo> {
        self.files.get(file).map(|file| &file.info)
    }

    /// The requested ranges of a file, none if it is transferred whole (FILES-23).
    #[must_use]
    pub fn file_ranges(&self, file: FileIndex) -> &[FileRange] {
        self.files.get(file).and_then(|file| file.ranges.as_deref()).unwrap_or_default()
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
    fn counts_as_transferred(&self, file: &File) -> bool {
        match self.job_type {
            JobType::Download => file.bytes.is_transferred(),
            JobType::Upload | JobType::UploadReply => file.completed,
        }
    }
}
