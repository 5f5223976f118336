//! What the world does to a job.

use chrono::{DateTime, Utc};

use super::table::TransitionAction;
use super::trigger::Trigger;
use crate::machine::JobStateMachine;
use crate::machine::conditions::{Block, Hold};
use crate::machine::files::item::TransferItem;
use crate::machine::input::event::{ComputerEvent, Event};
use crate::machine::input::failure::Failure;
use crate::machine::input::outcome::Outcome;
use crate::machine::time::moment::Moment;
use crate::vocabulary::{
    CostFlags, ErrorContext, FailureClass, FileIndex, HResult, HttpSecurityFlags, JobError,
    JobState, JobType, Protocol, RedirectCode, RedirectPolicy, RemoteName, rule,
};

/// The statuses that are redirects which a job may disallow (HTTP-13).
const REDIRECTS: [u16; 5] = [300, 301, 302, 303, 307];

impl JobStateMachine {
    /// Tells the job what the world did. An event that the state does not allow is ignored
    /// ([`Outcome::was_ignored`]).
    ///
    /// ```
    /// use bits_emulator::FileInfo;
    /// use bits_emulator::machine::{Call, Effect, Event, JobOptions, JobStateMachine};
    /// use chrono::DateTime;
    ///
    /// let now = DateTime::UNIX_EPOCH;
    /// let mut job = JobStateMachine::new(JobOptions::default(), now);
    /// job.call(Call::add_file(FileInfo::new("https://example.com/a", r"C:\a")), now)?;
    ///
    /// assert!(job.handle(Event::Picked, now).was_ignored()); // SUSPENDED
    /// job.call(Call::Resume, now)?;
    /// assert!(job.handle(Event::Picked, now).effects.contains(Effect::StartTransfer));
    /// # Ok::<(), bits_emulator::Error>(())
    /// ```
    #[must_use = "the effects of a step are to be carried out"]
    pub fn handle(&mut self, event: Event, now: DateTime<Utc>) -> Outcome {
        let now = Moment::from(now);
        let mut out = Outcome::nothing();
        self.route(event, now, &mut out);
        self.check();
        out
    }

    fn route(&mut self, event: Event, now: Moment, out: &mut Outcome) {
        // LIFE-04: what the world does to jobs in the queue no longer concerns this one.
        if self.live.state.is_final() && !event.concerns_final_jobs() {
            return;
        }
        match event {
            Event::Picked => self.picked(now, out),
            Event::Connected => {
                self.fire(Trigger::Connected, now, out);
                if !out.was_ignored() {
                    self.finish_files(now, out);
                }
            }
            Event::SizeKnown(size) => self.size_known(size, now, out),
            Event::HeadersReceived(headers) => self.headers_received(headers, now, out),
            Event::Progressed(bytes) => self.transfer(Some(bytes), now, out),
            Event::FileTransferred => self.transfer(None, now, out),
            Event::ReplyStarted(size) => self.start_reply(size, now, out),
            Event::Failed(failure) => self.fail(failure, now, out),
            Event::FileChanged => self.file_changed(now, out),
            Event::SessionLost => self.session_lost(now, out),
            Event::Redirected(status, url) => self.redirected(status, url, now, out),
            Event::CertificateReceived(server, hash) => {
                self.certificate_received((server, hash), now, out);
            }
            Event::CertificateChecked(code) => self.certificate_checked(code, now, out),
            Event::SliceOver => self.fire(Trigger::SliceOver, now, out),
            Event::Computer(event) => self.computer_changed(event, now, out),
            Event::VolumeUnlocked => self.fire(Trigger::VolumeUnlocked, now, out),
            Event::OwnerLoggedOff => self.owner_logged_off(now, out),
            Event::OwnerLoggedOn => self.owner_logged_on(now, out),
            Event::NotificationStarted(notification) => {
                self.start_notification(notification, now, out);
            }
            Event::NotificationReturned(notification, code) => {
                self.end_notification(notification, code, now, out);
            }
            Event::ProgramExited(code) => self.end_program(code, now, out),
            Event::ClientExited => {
                self.live.error.client_exited(&self.config.readings);
                self.live.deliveries.lose_callback();
                self.fire(Trigger::ClientExited, now, out);
                self.lose_certificate_callback(now, out);
            }
            Event::UploadCancelled => self.end_upload_cancellation(now, out),
        }
    }

    fn computer_changed(&mut self, event: ComputerEvent, now: Moment, out: &mut Outcome) {
        match event {
            ComputerEvent::NetworkLost => self.network_lost(now, out),
            ComputerEvent::NetworkRestored => {
                self.live.conditions.network = true;
                self.fire(Trigger::NetworkRestored, now, out);
            }
            ComputerEvent::NetworkCost(cost) => self.network_cost(cost, now, out),
            ComputerEvent::Blocked(block) => self.blocked(block, now, out),
            ComputerEvent::Unblocked(block) => self.unblocked(block, now, out),
            ComputerEvent::ClockChanged(by) => {
                self.live.clocks.change_wall_clock(by);
                self.fire(Trigger::ClockChanged, now, out);
            }
            ComputerEvent::ServiceRestarted => self.service_restarted(now, out),
        }
    }

    /// An attempt failed: one failing file stops the whole job (LIFE-24). A failure that is really
    /// the start of a hold is treated as that: a transport that reports the network lost, for
    /// instance (TIME-10).
    pub(crate) fn fail(&mut self, failure: Failure, now: Moment, out: &mut Outcome) {
        if !self.live.state.is_active() {
            return;
        }
        match failure.hold() {
            Some(Hold::Network) => return self.network_lost(now, out),
            Some(Hold::Block(block)) if block.holds(self.config.settings.priority) => {
                return self.blocked(block, now, out);
            }
            Some(Hold::LockedVolume) => {
                return self.hold(Hold::LockedVolume, Trigger::VolumeLocked, now, out);
            }
            Some(Hold::Cost) => return self.hold(Hold::Cost, Trigger::Blocked, now, out),
            Some(Hold::Block(_)) | None => {}
        }
        if failure.code() == HResult::BG_E_SESSION_NOT_FOUND {
            self.restart_upload(out);
        }
        let context = failure.resolved_context(&self.config.readings);
        self.note_refusal(failure.code(), context);
        self.live.error.create(self.error_here(failure.code(), context));
        let trigger = match failure.class() {
            FailureClass::Transient => Trigger::RecoverableFailure,
            FailureClass::Fatal => Trigger::FatalFailure,
        };
        self.fire(trigger, now, out);
    }

    /// HTTP-12: for downloads only. The remote name changes only if the client does not want silence
    /// (HTTP-13, FILES-29).
    fn redirected(&mut self, status: u16, url: RemoteName, now: Moment, out: &mut Outcome) {
        let Some(TransferItem::File(index)) = self.current() else { return };
        let possible = REDIRECTS.contains(&status) && self.config.job_type == JobType::Download;
        if !possible || !self.live.state.is_active() {
            return;
        }
        let from_https = self.location().is_some_and(RemoteName::is_https);
        let flags = self.config.settings.security_flags;
        let policy = flags.redirect_policy().unwrap_or_default();
        let allowed = match url.protocol() {
            Protocol::File => false,
            // HTTP-14: what happens otherwise is an interpretation.
            Protocol::Http => {
                !from_https
                    || url.is_https()
                    || flags.contains(HttpSecurityFlags::ALLOW_HTTPS_TO_HTTP)
            }
        };
        if policy != RedirectPolicy::AllowSilent
            && let Some(file) = self.file_config_mut(index)
        {
            file.info.remote_name = url.clone();
        }
        if allowed && policy != RedirectPolicy::Disallow {
            self.live.redirected_to = Some((index, url));
            self.fire(Trigger::Redirected, now, out);
        } else {
            self.refuse_redirect(status, now, out);
        }
    }

    /// Where the present attempt asks: the remote name of the present file, or where the server
    /// redirected it to, which counts for this attempt only (HTTP-12).
    #[must_use]
    pub fn location(&self) -> Option<&RemoteName> {
        let Some(TransferItem::File(file)) = self.current() else { return None };
        match &self.live.redirected_to {
            Some((redirected, url)) if *redirected == file => Some(url),
            _ => self.file_config(file).map(|file| &file.info.remote_name),
        }
    }

    /// HTTP-13: fatal, under the code of the page's formula by default, with the redirected URL
    /// as the remote name (FILES-29).
    fn refuse_redirect(&mut self, status: u16, now: Moment, out: &mut Outcome) {
        let code = match self.config.readings.redirect_code {
            RedirectCode::Win32 => HResult::from_win32(u32::from(status)),
            RedirectCode::Http => HResult::from_http_status(status),
        };
        out.rules.add(rule!("HTTP-13"));
        self.fail_fatally(code, ErrorContext::RemoteFile, now, out);
    }

    /// The attempt fails for a cause that the job itself finds.
    pub(crate) fn fail_fatally(
        &mut self,
        code: HResult,
        context: ErrorContext,
        now: Moment,
        out: &mut Outcome,
    ) {
        if self.live.state.is_active() {
            self.live.error.create(self.error_here(code, context));
            self.fire(Trigger::FatalFailure, now, out);
        }
    }

    /// An error at the present file.
    fn error_here(&self, code: HResult, context: ErrorContext) -> JobError {
        let file = match self.current() {
            Some(TransferItem::File(file)) => file,
            Some(TransferItem::Reply) | None => FileIndex(0),
        };
        self.error_at(file, code, context)
    }

    pub(crate) fn error_at(
        &self,
        file: FileIndex,
        code: HResult,
        context: ErrorContext,
    ) -> JobError {
        let protocol = self.file_config(file).map(|known| (file, known.protocol()));
        JobError::new(code, context, protocol)
    }

    /// Puts the job in TRANSIENT_ERROR until a cause ends, or in ERROR if nothing is retried any
    /// more: TIME-07 covers these causes too, an interpretation.
    pub(crate) fn hold(&mut self, hold: Hold, trigger: Trigger, now: Moment, out: &mut Outcome) {
        let Some(row) = self.row(trigger, now) else { return };
        if let TransitionAction::To(_) = row.then {
            self.live.error.create(self.error_here(hold.code(), hold.context()));
        }
        if let Hold::Block(block) = hold {
            out.rules.add(block.rule());
        }
        self.take(row, Some(hold), now, out);
    }

    /// NET-04; an interpretation of the states it names.
    fn network_lost(&mut self, now: Moment, out: &mut Outcome) {
        self.live.conditions.network = false;
        self.hold(Hold::Network, Trigger::NetworkLost, now, out);
    }

    /// SCHED-15, NET-14, NET-17; a job in TRANSIENT_ERROR gets the new code, an interpretation.
    fn blocked(&mut self, block: Block, now: Moment, out: &mut Outcome) {
        self.live.conditions.set_block(block, true);
        if block.holds(self.config.settings.priority) {
            self.hold(Hold::Block(block), Trigger::Blocked, now, out);
        } else {
            // An interpretation of NET-19 where SCHED-17 is silent.
            out.rules.add(rule!("SCHED-17"));
        }
    }

    fn unblocked(&mut self, block: Block, now: Moment, out: &mut Outcome) {
        self.live.conditions.set_block(block, false);
        out.rules.add(block.rule());
        self.fire(Trigger::Unblocked, now, out);
    }

    /// NET-10, NET-12
    fn owner_logged_off(&mut self, now: Moment, out: &mut Outcome) {
        // NET-02
        if self.config.owner.user.is_system_account() || !self.live.conditions.owner_logged_on {
            return;
        }
        self.live.conditions.owner_logged_on = false;
        if let Some(row) = self.row(Trigger::OwnerLoggedOff, now) {
            if row.then == TransitionAction::To(JobState::Error) {
                self.live.error.create(self.token_required());
            }
            self.take(row, None, now, out);
        }
        self.live.helper_token.discard();
    }

    /// NET-14, PROP-31: the network costs something else now.
    fn network_cost(&mut self, cost: CostFlags, now: Moment, out: &mut Outcome) {
        let before = self.blocked_by();
        self.live.conditions.cost = cost;
        out.rules.add(rule!("NET-14"));
        match self.blocked_by() {
            Some(Hold::Cost) if before != Some(Hold::Cost) => {
                self.hold(Hold::Cost, Trigger::Blocked, now, out);
            }
            _ => self.fire(Trigger::Unblocked, now, out),
        }
    }

    fn token_required(&self) -> JobError {
        self.error_here(HResult::BG_E_TOKEN_REQUIRED, ErrorContext::GeneralQueueManager)
    }

    /// An attempt fails at once for want of a helper token that is lost (NET-12), or for a proxy list
    /// that is none (PROP-13).
    fn picked(&mut self, now: Moment, out: &mut Outcome) {
        self.fire(Trigger::Picked, now, out);
        if self.live.state != JobState::Connecting || out.was_ignored() {
            return;
        }
        if self.misses_token() {
            out.rules.add(rule!("NET-12"));
            self.live.error.create(self.token_required());
            self.fire(Trigger::AttemptImpossible, now, out);
        } else if let Some(code) = self.proxy_failure() {
            out.rules.add(rule!("PROP-13"));
            let context = code.usual_context().unwrap_or(ErrorContext::GeneralTransport);
            self.live.error.create(self.error_here(code, context));
            self.fire(Trigger::AttemptImpossible, now, out);
        }
    }

    fn owner_logged_on(&mut self, now: Moment, out: &mut Outcome) {
        if !self.live.conditions.owner_logged_on {
            self.live.conditions.owner_logged_on = true;
            self.fire(Trigger::OwnerLoggedOn, now, out);
        }
    }
}
