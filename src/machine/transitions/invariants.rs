//! What must hold of a job after every step.

use crate::machine::JobStateMachine;
use crate::machine::notifications::delivery_state::DeliveryState;
use crate::vocabulary::{JobState, JobType, ResumeOffline};

impl JobStateMachine {
    /// Stops a debug build in which a step left the job in an impossible condition.
    pub(crate) fn check(&self) {
        debug_assert_eq!(self.violation(), None, "{self:?}");
    }

    /// The first thing that does not fit together. State, error object and progress are kept
    /// apart; this is the one place that says which combinations are legal.
    pub(crate) fn violation(&self) -> Option<&'static str> {
        let live = &self.live;
        let active = live.state.is_active();
        let transient = live.state == JobState::TransientError;
        let checks = [
            ("INV-04: a job without files runs", !live.files.is_empty() || self.may_lack_files()),
            ("FILES-16: a file is known to one half of the job only", self.files_fit()),
            ("INV-10, INV-12: the error object does not fit the state", self.error_fits()),
            (
                "INV-28: the download time runs outside the active states or not in them",
                live.clocks.active.is_some() == active,
            ),
            (
                "TIME-01: the retry delay runs outside TRANSIENT_ERROR or not in it",
                live.clocks.stopped.is_some() == transient,
            ),
            ("TIME-10: a job is held outside TRANSIENT_ERROR", live.held_by.is_none() || transient),
            (
                "INV-31: a job runs without network",
                live.conditions.network || !self.needs_network(),
            ),
            ("INV-33: a job runs without its owner", live.conditions.owner_logged_on || !active),
            ("INV-38: the present file is not the first unfinished one", live.files.cursor_fits()),
            ("INV-39: more is transferred than there is", self.bytes_fit()),
            (
                "INV-42, PROGRESS-06: a file is completed that is not transferred",
                self.completed_fit(),
            ),
            (
                "INV-47: an upload has more than one file",
                self.config.job_type == JobType::Download || self.file_count() <= 1,
            ),
            (
                "PROGRESS-09: a job has a reply that is no upload-reply",
                self.config.job_type == JobType::UploadReply || !self.reply_started(),
            ),
            (
                "INV-55: a job with a custom method is not FOREGROUND, or waits",
                !self.config.http.has_custom_method()
                    || !(transient || self.priority().is_background()),
            ),
            (
                "INV-56: dynamic content runs at a background priority",
                !active || !self.waits_for_foreground(),
            ),
            (
                "NOTIFY-22: a result is to be told outside the states that are one",
                live.deliveries.result == DeliveryState::Nothing || self.result().is_some(),
            ),
            (
                "DONE-17: an upload is cancelled at the server but not here",
                live.clocks.cancellation.is_none() || live.state == JobState::Cancelled,
            ),
        ];
        checks.into_iter().find(|(_, holds)| !holds).map(|(broken, _)| broken)
    }

    fn may_lack_files(&self) -> bool {
        self.live.state == JobState::Suspended || self.live.state.is_final()
    }

    fn needs_network(&self) -> bool {
        let queued = self.live.state == JobState::Queued
            && self.config.readings.resume_offline == ResumeOffline::Fails;
        self.live.state.is_active() || queued
    }

    fn files_fit(&self) -> bool {
        self.config.files.len() == self.live.files.len() && self.live.files.extras_fit()
    }

    fn bytes_fit(&self) -> bool {
        self.live.files.all().iter().chain([&self.live.reply]).all(|file| file.fits())
    }

    fn completed_fit(&self) -> bool {
        self.live.files.all().iter().all(|file| !file.completed || file.is_transferred())
    }
}
