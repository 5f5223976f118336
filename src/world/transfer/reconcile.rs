//! Reconciliation: how a transfer follows the state of its job after each step.

use chrono::TimeDelta;

use super::attempt::Attempt;
use super::file_state::{keep_rights, progress};
use super::redirects::Redirects;
use super::{Activity, PendingClose, PendingRequest, filled_ranges, remote_name};
use crate::machine::{Event, TransferItem};
use crate::vocabulary::{HResult, JobState, JobType, RemoteName};
use crate::world::failure::local_failure;
use crate::world::identity::local_user;
use crate::world::time::later;

/// How long after the loss of its session an upload sends the next request. The job restarts without any
/// error as often as that happens (UPLOAD-06), which must not stop the clock; of downloads, a second
/// restart at one instant is a failure (HTTP-08).
const AFTER_LOST_SESSION: TimeDelta = TimeDelta::milliseconds(1);

/// For how long a client tries to close a session (UPLOAD-21).
const LONGEST_CLOSING: TimeDelta = TimeDelta::days(1);

impl Attempt<'_> {
    /// Sends a request for the current item.
    pub(crate) fn start_request(&mut self) {
        self.transfer.priority = self.job.priority();
        self.send_request(Redirects::default());
    }

    fn send_request(&mut self, redirects: Redirects) {
        let item = self.job.current();
        let url = item.and_then(|item| self.location(item)).unwrap_or_default();
        let latency = item.map_or(TimeDelta::zero(), |_| self.env.latency(&url));
        let at = later(self.now, latency);
        let (sent, connection) = (self.now, None);
        self.transfer.activity =
            Activity::Requesting(PendingRequest { item, url, redirects, sent, at, connection });
    }

    /// The URL of the request for an item: its remote name, or where the server redirected this attempt to
    /// (HTTP-12). An upload goes where its session is, and its reply is where the server said.
    fn location(&mut self, item: TransferItem) -> Option<RemoteName> {
        let remote_name = remote_name(self.job, item)?;
        let uploads = self.job.job_type() != JobType::Download;
        let Some(session) = self.transfer.session.as_mut().filter(|_| uploads) else {
            return match item {
                TransferItem::File(_) => self.job.location().cloned(),
                TransferItem::Reply => Some(remote_name),
            };
        };
        session.fall_back(&remote_name, self.now);
        match &session.reply {
            Some(reply) if item == TransferItem::Reply && reply.is_static => {
                Some(reply.url.clone())
            }
            _ => Some(session.url.clone()),
        }
    }

    /// LIFE-20, UPLOAD-05: the job has everything, the reply too. Only then its session is closed, and
    /// the job does not wait for that. UPLOAD-21: for how long the server is asked again is an
    /// interpretation, that of a cancellation (DONE-17).
    fn begin_close(&mut self) {
        let is_over = self.job.state() == JobState::Transferred;
        let Some(session) = self.transfer.session.take_if(|_| is_over) else { return };
        let at = later(self.now, self.env.latency(&session.url));
        let again = TimeDelta::seconds(self.job.minimum_retry_delay().into());
        let patience = TimeDelta::seconds(self.job.no_progress_timeout().into());
        let until = later(self.now, patience.min(LONGEST_CLOSING));
        self.transfer.closing = Some(PendingClose { session, sent: self.now, at, again, until });
    }

    /// Ends the activity if it does not fit the state of the job any more, and starts the next.
    pub(crate) fn reconcile(&mut self) {
        self.transfer.priority = self.job.priority();
        self.begin_close();
        if let Err(code) = self.write_progress()
            && let Some(item) = self.job.current().filter(|_| self.job.state().is_active())
        {
            let event = Event::Failed(local_failure(code));
            let at = self.now;
            self.transfer.activity = Activity::Scheduled { at, item, event, answer: None };
            return;
        }
        let job = self.job;
        if self.transfer.activity.fits(job) {
            match &self.transfer.activity {
                Activity::Redirected { redirects, .. } => {
                    let redirects = redirects.clone();
                    self.send_request(redirects);
                }
                // Meanwhile the others go on.
                Activity::CheckingCertificate(request) if !job.is_checking_certificate() => {
                    let request = PendingRequest { at: self.now, ..request.clone() };
                    self.transfer.activity = Activity::Requesting(request);
                }
                _ => {}
            }
        } else if job.state() == JobState::Transferring && job.current().is_some() {
            let lost_session = matches!(job.current(), Some(TransferItem::File(_)))
                && job.job_type() != JobType::Download
                && self.transfer.writing == job.current();
            self.start_request();
            if let Activity::Requesting(request) = &mut self.transfer.activity
                && lost_session
            {
                request.at = request.at.max(later(self.now, AFTER_LOST_SESSION));
            }
        } else {
            self.transfer.activity = Activity::Idle;
        }
    }

    /// Writes to the disk what the job has of the current item.
    fn write_progress(&mut self) -> Result<(), HResult> {
        let (transfer, disk, job) = (&mut *self.transfer, &mut self.env.disk, self.job);
        let Some(item) = transfer.writing else { return Ok(()) };
        let Some(state) = transfer.files.get_mut(&item) else { return Ok(()) };
        let Some(path) = state.path.as_ref().filter(|_| !job.state().is_final()) else {
            return Ok(());
        };
        let (total, there) = progress(job, item);
        if state.written != Some(there) || disk.file(path).is_none() {
            let (content, grows) = match filled_ranges(job, item) {
                Some(filled) => (state.content.parts(&filled), false),
                None => (state.content.prefix(there), true),
            };
            disk.write_file(path, content, grows)?;
            if disk.rights.owner(path).is_none() {
                disk.rights.set_owner(path, local_user(job));
            }
        }
        state.written = Some(there);
        if job.current() != transfer.writing {
            if total == Some(there) {
                // FILES-30
                disk.set_stamps(path, state.modified.unwrap_or(self.now));
                if let Some(source) = &state.source {
                    state.keeps_owner = keep_rights(disk, path, source, job);
                }
            }
            transfer.writing = None;
        }
        Ok(())
    }
}
