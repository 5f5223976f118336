//! Bytes arrive: which file they belong to, and what that ends.

use std::sync::Arc;

use super::file_state::FileState;
use super::item::TransferItem;
use crate::machine::JobStateMachine;
use crate::machine::transitions::context::StepContext;
use crate::machine::transitions::trigger::Trigger;
use crate::vocabulary::{ErrorContext, FailureClass, FileIndex, HResult, JobState, JobType, rule};

impl JobStateMachine {
    /// Returns what is transferred next, or is in transfer now (FILES-12). `None` if nothing is missing; of
    /// an on-demand job, if nothing that was asked for is (PROP-38).
    #[must_use]
    pub fn current(&self) -> Option<TransferItem> {
        if self.on_demand() {
            return self.first_waiting().map(TransferItem::File);
        }
        self.missing()
    }

    /// The first item that is not whole: one after the other, at every priority.
    // SCHED-03
    fn missing(&self) -> Option<TransferItem> {
        if self.config.job_type == JobType::UploadReply && self.reply_started() {
            return (!self.live.reply.finished).then_some(TransferItem::Reply);
        }
        if self.config.job_type == JobType::UploadReply && !self.live.files.is_empty() {
            return Some(TransferItem::File(FileIndex(0)));
        }
        self.live.files.next().map(TransferItem::File)
    }

    /// Returns whether everything is transferred (LIFE-20), of an upload-reply the reply too (UPLOAD-14).
    /// A job without files has nothing missing; files added to a TRANSFERRED job are missing until it was
    /// resumed, an interpretation (FILES-14).
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.missing().is_none()
    }

    fn progress_mut(&mut self, item: TransferItem) -> Option<&mut FileState> {
        match item {
            TransferItem::File(file) => self.live.files.get_mut(file),
            TransferItem::Reply => Some(&mut self.live.reply),
        }
    }

    /// The size of the present file became known. If it is another than before, the file changed.
    pub(crate) fn size_known(&mut self, size: u64, step: &mut StepContext) {
        let Some(item @ TransferItem::File(file)) = self.current() else { return };
        if !self.try_fire(Trigger::SizeKnown, step) {
            return;
        }
        // PROGRESS-04, FILES-22
        let Some(wanted) = self.file_config(file).and_then(|file| file.wanted_of(size)) else {
            return self.fail_range(step);
        };
        let upload = self.is_upload_kind();
        let has_ranges = self.has_ranges(file);
        let known = self.live.files.get(file);
        // Bytes from beyond the end are those of another file, though no more than it has (HTTP-09).
        let beyond = self.live.files.random(file).is_some_and(|random| random.reaches_beyond(size));
        let changed = beyond || known.is_some_and(|file| file.differs(size, has_ranges, upload));
        if changed {
            self.change(item, step);
        }
        if upload && changed {
            return;
        }
        if let Some(file) = self.live.files.get_mut(file) {
            file.whole = has_ranges.then_some(size.into());
            file.learn(wanted);
        }
        self.fit_ranges(file, step);
        self.finish_files(step);
    }

    /// FILES-22, PROP-38: what was asked for lies outside the file, which shows only now.
    pub(crate) fn fail_range(&mut self, step: &mut StepContext) {
        step.out.rules.add(rule!("FILES-22"));
        self.fail_fatally(HResult::BG_E_INVALID_RANGE, ErrorContext::RemoteFile, step);
    }

    /// The present file is another than when its transfer began, or cannot be continued.
    pub(crate) fn file_changed(&mut self, step: &mut StepContext) {
        let Some(item) = self.current() else { return };
        if self.try_fire(Trigger::FileRestarted, step) {
            self.change(item, step);
        }
    }

    /// HTTP-08: a remote file that changed starts again from zero, without error, save where that
    /// cannot be done silently, which is an interpretation (HTTP-09). UPLOAD-08: a local file that
    /// changed fails the job; the code is an interpretation.
    fn change(&mut self, item: TransferItem, step: &mut StepContext) {
        if self.is_upload_kind() && item != TransferItem::Reply {
            step.out.rules.add(rule!("UPLOAD-08"));
            let code = HResult::BG_E_LOCAL_FILE_CHANGED;
            return self.fail_fatally(code, ErrorContext::LocalFile, step);
        }
        self.restart(item);
        let code = HResult::BG_E_REMOTE_FILE_CHANGED;
        if self.on_demand() || self.config.http.has_custom_method() {
            step.out.rules.add(rule!("HTTP-09"));
            self.fail_fatally(code, ErrorContext::RemoteFile, step);
        } else if self.live.clocks.restarted == Some(step.now) {
            // INV-59: a file that is another at every request would be asked for without end.
            step.out.rules.add(rule!("HTTP-09"));
            self.fail_with(code, FailureClass::Transient, ErrorContext::RemoteFile, step);
        } else {
            step.out.rules.add(rule!("HTTP-08"));
            self.live.clocks.restarted = Some(step.now);
        }
    }

    pub(crate) fn restart(&mut self, item: TransferItem) {
        match item {
            TransferItem::File(file) => {
                self.retract(file);
                self.live.files.restart(file);
            }
            TransferItem::Reply => self.live.reply.restart(),
        }
    }

    /// NET-20: dynamic content (PROP-33) and custom methods (PROP-39) begin each attempt at zero;
    /// everything else goes on at the byte reached.
    pub(crate) fn begin_attempt(&mut self) {
        self.live.redirected_to = None;
        let from_zero =
            self.config.settings.dynamic_content || self.config.http.has_custom_method();
        let Some(item) = self.current().filter(|_| from_zero) else { return };
        self.restart(item);
        if self.config.settings.dynamic_content
            && let Some(file) = self.progress_mut(item)
        {
            // It has another size each time.
            file.total = None;
        }
    }

    /// PROP-35: after a restart of the service a high-performance job begins anew.
    pub(crate) fn lose_progress(&mut self) {
        if self.config.settings.high_performance && self.live.state != JobState::Transferred {
            for file in (0..self.file_count()).map(FileIndex) {
                self.restart(TransferItem::File(file));
            }
        }
    }

    /// UPLOAD-06: without its session an upload starts from the beginning.
    pub(crate) fn session_lost(&mut self, step: &mut StepContext) {
        if self.is_upload_kind() && matches!(self.current(), Some(TransferItem::File(_))) {
            self.fire(Trigger::FileRestarted, step);
        }
        if !step.out.was_ignored() {
            self.restart_upload(step);
        }
    }

    pub(crate) fn restart_upload(&mut self, step: &mut StepContext) {
        if let Some(item @ TransferItem::File(_)) = self.current().filter(|_| self.is_upload_kind())
        {
            step.out.rules.add(rule!("UPLOAD-06"));
            self.restart(item);
        }
    }

    /// PROGRESS-17
    pub(crate) fn headers_received(&mut self, headers: Arc<str>, step: &mut StepContext) {
        let Some(TransferItem::File(file)) = self.current() else { return };
        if self.try_fire(Trigger::HeadersReceived, step)
            && let Some(extras) = self.live.files.extras_mut(file)
        {
            extras.headers = Some(headers);
        }
    }

    /// New bytes arrived, which end no transfer; `None`: all that are missing of the present item, and
    /// the end of its transfer.
    pub(crate) fn transfer(&mut self, count: Option<u64>, step: &mut StepContext) {
        if !self.try_fire(Trigger::Progressed, step) {
            return;
        }
        if let Some(item) = self.current() {
            let exceeded = self.receive(item, count, step);
            if exceeded {
                // PROP-36
                step.out.rules.add(rule!("PROP-36"));
                let code = HResult::BG_E_MAX_DOWNLOAD_SIZE_LIMIT_REACHED;
                return self.fail_fatally(code, ErrorContext::RemoteFile, step);
            }
        }
        self.finish_files(step);
    }

    /// Adds bytes to an item. Says whether there were more than the job may download in all.
    fn receive(&mut self, item: TransferItem, count: Option<u64>, step: &mut StepContext) -> bool {
        let (room, is_end) = (self.download_room(), count.is_none());
        let asked = match item {
            TransferItem::File(file) if self.has_random_access(file) => Some(self.missing_of(file)),
            TransferItem::File(_) | TransferItem::Reply => None,
        };
        let count = asked.map_or(count, |asked| Some(asked.min(count.unwrap_or(u64::MAX))));
        let missing = self.progress_mut(item).and_then(|bytes| bytes.missing());
        let arriving = count.unwrap_or(u64::MAX).min(missing.unwrap_or(u64::MAX));
        let exceeded = match (room, count, missing) {
            (Some(room), _, Some(_)) | (Some(room), Some(_), None) => arriving > room,
            (Some(_), None, None) | (None, ..) => false,
        };
        let ends = is_end && !exceeded;
        let count = if exceeded { room } else { count };
        if let (TransferItem::File(file), Some(_), Some(count)) = (item, asked, count) {
            self.fill_ranges(file, count, step.now);
        }
        let Some(progress) = self.progress_mut(item) else { return exceeded };
        let before = progress.finished;
        let grew = match count {
            Some(count) => progress.add(count),
            None => progress.finish(),
        };
        if ends {
            progress.end();
        }
        if !before && progress.finished {
            self.note_end(item);
        }
        if grew {
            self.note_progress(step);
        }
        exceeded
    }

    /// The transfer of an item ended. What the client hears of is files that it gets.
    fn note_end(&mut self, item: TransferItem) {
        self.live.clocks.restarted = None;
        match item {
            TransferItem::File(file) if !self.is_upload_kind() => self.note_file(file),
            TransferItem::File(_) => {}
            TransferItem::Reply => self.note_file(FileIndex(0)),
        }
    }

    /// PROP-36: how many bytes the job may still download; `None`: without limit.
    fn download_room(&self) -> Option<u64> {
        let limit = self.config.settings.max_download_size?;
        Some(limit.saturating_sub(self.progress().bytes_transferred))
    }

    /// TIME-06, TIME-21: a new byte ends the no-progress period and is activity. That a connection
    /// alone is no progress is an interpretation, and so is that bytes of a restarted file are
    /// (HTTP-10).
    pub(crate) fn note_progress(&mut self, step: &mut StepContext) {
        if self.live.clocks.period.take().is_some() {
            step.out.rules.add(rule!("TIME-06"));
        }
        self.live.clocks.activity = self.live.clocks.stamp(step.now);
        self.modified(step.now);
    }

    /// Moves on if the present file is transferred; a job that is TRANSFERRING becomes TRANSFERRED
    /// after the last (LIFE-20). An on-demand job of which nothing more was asked for stops.
    pub(crate) fn finish_files(&mut self, step: &mut StepContext) {
        self.live.files.advance();
        if self.live.state != JobState::Transferring {
            return;
        }
        if self.is_complete() {
            self.complete_uploads();
            self.fire(Trigger::AllTransferred, step);
        } else if self.current().is_none() {
            self.fire(Trigger::RangesTransferred, step);
        }
    }
}
