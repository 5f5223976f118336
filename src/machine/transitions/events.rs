//! What the world does to a job.

use chrono::{DateTime, Utc};

use super::context::StepContext;
use super::table::TransitionAction;
use super::trigger::Trigger;
use crate::machine::JobStateMachine;
use crate::machine::conditions::{Block, Hold};
use crate::machine::files::item::TransferItem;
use crate::machine::input::event::{ComputerEvent, Event};
use crate::machine::input::failure::Failure;
use crate::machine::input::outcome::Outcome;
use crate::vocabulary::{
    ConnectionContext, CostFlags, ErrorContext, FailureClass, FileIndex, HResult,
    HttpSecurityFlags, JobError, JobState, JobType, Protocol, RedirectCode, RedirectPolicy,
    RemoteName, rule,
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
        let mut step = StepContext::new(now);
        self.route(event, &mut step);
        self.check();
        step.out
    }

    fn route(&mut self, event: Event, step: &mut StepContext) {
        // LIFE-04: what the world does to jobs in the queue no longer concerns this one.
        if self.live.state.is_final() && !event.concerns_final_jobs() {
            return;
        }
        match event {
            Event::Picked => self.picked(step),
            Event::Connected => {
                if self.try_fire(Trigger::Connected, step) {
                    self.finish_files(step);
                }
            }
            Event::SizeKnown(size) => self.size_known(size, step),
            Event::HeadersReceived(headers) => self.headers_received(headers, step),
            Event::Progressed(bytes) => self.transfer(Some(bytes), step),
            Event::FileTransferred => self.transfer(None, step),
            Event::ReplyStarted(size) => self.start_reply(size, step),
            Event::Failed(failure) => self.fail(failure, step),
            Event::FileChanged => self.file_changed(step),
            Event::SessionLost => self.session_lost(step),
            Event::Redirected(status, url) => self.redirected(status, url, step),
            Event::CertificateReceived(server, hash) => {
                self.certificate_received((server, hash), step);
            }
            Event::CertificateChecked(code) => self.certificate_checked(code, step),
            Event::SliceOver => self.fire(Trigger::SliceOver, step),
            Event::Computer(event) => self.computer_changed(event, step),
            Event::VolumeLocked => self.hold(Hold::LockedVolume, Trigger::VolumeLocked, step),
            Event::VolumeUnlocked => self.fire(Trigger::VolumeUnlocked, step),
            Event::OwnerLoggedOff => self.owner_logged_off(step),
            Event::OwnerLoggedOn => self.owner_logged_on(step),
            Event::NotificationStarted(notification) => {
                self.start_notification(notification, step);
            }
            Event::NotificationReturned(notification, code) => {
                self.end_notification(notification, code, step);
            }
            Event::ProgramExited(code) => self.end_program(code, step),
            Event::ClientExited => {
                self.live.error.client_exited(&self.config.readings);
                self.live.deliveries.lose_callback();
                self.fire(Trigger::ClientExited, step);
                self.lose_certificate_callback(step);
            }
            Event::CallbackLost => {
                self.live.deliveries.lose_callback();
                self.fire(Trigger::CallbackLost, step);
            }
            Event::CertificateCallbackLost => {
                self.fire(Trigger::CallbackLost, step);
                self.lose_certificate_callback(step);
            }
            Event::UploadCancelled => self.end_upload_cancellation(step),
        }
    }

    fn computer_changed(&mut self, event: ComputerEvent, step: &mut StepContext) {
        match event {
            ComputerEvent::NetworkLost => self.network_lost(step),
            ComputerEvent::NetworkRestored => {
                self.live.conditions.network = true;
                self.fire(Trigger::NetworkRestored, step);
            }
            ComputerEvent::NetworkCost(cost) => self.network_cost(cost, step),
            ComputerEvent::Blocked(block) => self.blocked(block, step),
            ComputerEvent::Unblocked(block) => self.unblocked(block, step),
            ComputerEvent::ClockChanged(by) => {
                self.live.clocks.change_wall_clock(by);
                self.fire(Trigger::ClockChanged, step);
            }
            ComputerEvent::ServiceRestarted => self.service_restarted(step),
        }
    }

    /// An attempt failed: one failing file stops the whole job (LIFE-24). Whatever its code, the job
    /// waits for the end of no cause: those that are in force are told by events of their own (TIME-27).
    pub(crate) fn fail(&mut self, failure: Failure, step: &mut StepContext) {
        if !self.live.state.is_active() {
            return;
        }
        if failure.code() == HResult::BG_E_SESSION_NOT_FOUND {
            self.restart_upload(step);
        }
        let context = self.context_of(failure);
        self.note_refusal(failure.code(), context);
        self.fail_with(failure.code(), failure.class(), context, step);
    }

    /// The attempt failed with that error object.
    pub(crate) fn fail_with(
        &mut self,
        code: HResult,
        class: FailureClass,
        context: ErrorContext,
        step: &mut StepContext,
    ) {
        self.live.error.create(self.error_here(code, context));
        let trigger = match class {
            FailureClass::Transient => Trigger::RecoverableFailure,
            FailureClass::Fatal => Trigger::FatalFailure,
        };
        self.fire(trigger, step);
    }

    /// The context of the error object: the one that the failure names, or the usual one of its code
    /// (T3).
    fn context_of(&self, failure: Failure) -> ErrorContext {
        failure.context().unwrap_or_else(|| self.usual_context(failure.code(), failure.class()))
    }

    /// Where a failure with that code arises, which names no context of its own. What carries an upload
    /// or its reply fails in REMOTE_FILE, so that the progress of the reply tells which of them it was
    /// (ERR-18). That plain uploads are alike is an interpretation.
    fn usual_context(&self, code: HResult, class: FailureClass) -> ErrorContext {
        let usual = code.usual_context().unwrap_or(ErrorContext::Unknown);
        if !matches!(usual, ErrorContext::GeneralTransport | ErrorContext::Unknown) {
            return usual;
        }
        let connection = usual == ErrorContext::GeneralTransport
            && class == FailureClass::Transient
            && code != HResult::BG_E_NETWORK_DISCONNECTED;
        let remote = match self.config.readings.connection_context {
            ConnectionContext::RemoteFileOfUploads => self.is_upload_kind(),
            ConnectionContext::RemoteFile => self.is_upload_kind() || connection,
            ConnectionContext::GeneralTransport => false,
        };
        if remote { ErrorContext::RemoteFile } else { usual }
    }

    /// HTTP-12: for downloads only. The remote name changes only if the client does not want silence
    /// (HTTP-13, FILES-29).
    fn redirected(&mut self, status: u16, url: RemoteName, step: &mut StepContext) {
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
            self.fire(Trigger::Redirected, step);
        } else {
            self.refuse_redirect(status, step);
        }
    }

    /// Returns where the present attempt asks: the remote name of the present file, or where the server
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
    fn refuse_redirect(&mut self, status: u16, step: &mut StepContext) {
        let code = match self.config.readings.redirect_code {
            RedirectCode::Win32 => HResult::from_win32(u32::from(status)),
            RedirectCode::Http => HResult::from_http_status(status),
        };
        step.out.rules.add(rule!("HTTP-13"));
        self.fail_fatally(code, ErrorContext::RemoteFile, step);
    }

    /// The attempt fails for a cause that the job itself finds.
    pub(crate) fn fail_fatally(
        &mut self,
        code: HResult,
        context: ErrorContext,
        step: &mut StepContext,
    ) {
        if self.live.state.is_active() {
            self.fail_with(code, FailureClass::Fatal, context, step);
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
    pub(crate) fn hold(&mut self, hold: Hold, trigger: Trigger, step: &mut StepContext) {
        let Some(row) = self.row(trigger, step.now) else { return };
        if let TransitionAction::To(_) = row.then {
            let context = match hold {
                Hold::Network => self.usual_context(hold.code(), FailureClass::Transient),
                Hold::LockedVolume => ErrorContext::LocalFile,
                Hold::Cost | Hold::Block(_) => ErrorContext::GeneralQueueManager,
            };
            self.live.error.create(self.error_here(hold.code(), context));
        }
        if let Hold::Block(block) = hold {
            step.out.rules.add(block.rule());
        }
        self.take(row, Some(hold), step);
    }

    /// NET-04; an interpretation of the states it names.
    fn network_lost(&mut self, step: &mut StepContext) {
        self.live.conditions.network = false;
        self.hold(Hold::Network, Trigger::NetworkLost, step);
    }

    /// SCHED-15, NET-14, NET-17; a job in TRANSIENT_ERROR gets the new code, an interpretation.
    fn blocked(&mut self, block: Block, step: &mut StepContext) {
        self.live.conditions.set_block(block, true);
        if block.holds(self.config.settings.priority) {
            self.hold(Hold::Block(block), Trigger::Blocked, step);
        } else {
            step.out.rules.add(rule!("SCHED-17"));
        }
    }

    fn unblocked(&mut self, block: Block, step: &mut StepContext) {
        self.live.conditions.set_block(block, false);
        step.out.rules.add(block.rule());
        self.fire(Trigger::Unblocked, step);
    }

    /// NET-10, NET-12
    fn owner_logged_off(&mut self, step: &mut StepContext) {
        // NET-02
        if self.config.owner.user.is_system_account() || !self.live.conditions.owner_logged_on {
            return;
        }
        self.live.conditions.owner_logged_on = false;
        if let Some(row) = self.row(Trigger::OwnerLoggedOff, step.now) {
            if row.then == TransitionAction::To(JobState::Error) {
                self.live.error.create(self.token_required());
            }
            self.take(row, None, step);
        }
        self.live.helper_token.discard();
    }

    /// NET-14, PROP-31: the network costs something else now.
    fn network_cost(&mut self, cost: CostFlags, step: &mut StepContext) {
        let before = self.blocked_by();
        self.live.conditions.cost = cost;
        step.out.rules.add(rule!("NET-14"));
        match self.blocked_by() {
            Some(Hold::Cost) if before != Some(Hold::Cost) => {
                self.hold(Hold::Cost, Trigger::Blocked, step);
            }
            _ => self.fire(Trigger::Unblocked, step),
        }
    }

    fn token_required(&self) -> JobError {
        self.error_here(HResult::BG_E_TOKEN_REQUIRED, ErrorContext::GeneralQueueManager)
    }

    /// An attempt fails at once for want of a helper token that is lost (NET-12), or for a proxy list
    /// that is none (PROP-13).
    fn picked(&mut self, step: &mut StepContext) {
        self.fire(Trigger::Picked, step);
        if self.live.state != JobState::Connecting || step.out.was_ignored() {
            return;
        }
        if self.misses_token() {
            step.out.rules.add(rule!("NET-12"));
            self.live.error.create(self.token_required());
            self.fire(Trigger::AttemptImpossible, step);
        } else if let Some(code) = self.proxy_failure() {
            step.out.rules.add(rule!("PROP-13"));
            let context = self.usual_context(code, FailureClass::Fatal);
            self.live.error.create(self.error_here(code, context));
            self.fire(Trigger::AttemptImpossible, step);
        }
    }

    fn owner_logged_on(&mut self, step: &mut StepContext) {
        if !self.live.conditions.owner_logged_on {
            self.live.conditions.owner_logged_on = true;
            self.fire(Trigger::OwnerLoggedOn, step);
        }
    }
}
