//! INV-01: the edges of T1 and T4, written down once more.

use bits_emulator::machine::{Call, ComputerEvent, Deadline, Event, Input, JobStateMachine};
use bits_emulator::readings::{RestartTransient, SuspendStopped};
use bits_emulator::settings::{HttpSecurityFlags, JobProperty, JobPropertyId};
use bits_emulator::{HResult, JobState, JobType};

use super::Model;
use super::ledger::is_dynamic;
use crate::common::*;
use crate::trace::Step;

impl Model {
    /// INV-01: The edges of T1 and T4, written down once more.
    pub(super) fn every_change_is_an_edge(&self, step: &Step) -> bool {
        let mut from = step.before.state();
        for (place, to) in step.entered().into_iter().enumerate() {
            // NET-08, SCHED-15: only a job that was just QUEUED goes on at once.
            let held = !self.network || self.is_blocked(&step.after);
            let follows = match from {
                Queued => to.is_error() && held,
                // NET-12, PROP-13: the attempt fails for want of a token, or of a proxy.
                Connecting => to == JobState::Error && cannot_begin(&step.after),
                // LIFE-20, LIFE-26
                Transferring => {
                    to == Transferred && step.after.is_complete()
                        || to == Suspended && is_on_demand(&step.after)
                }
                _ => false,
            };
            let first = self.is_edge(step, from, to) || self.meets_blocks(step, from, to);
            if !(if place == 0 { first } else { follows }) {
                return false;
            }
            from = to;
        }
        from == step.after.state()
    }

    /// SCHED-11, SCHED-15, SCHED-17, NET-16: a changed priority, or changed cost flags, meet what
    /// forbids a transfer now.
    fn meets_blocks(&self, step: &Step, from: JobState, to: JobState) -> bool {
        let blocked = self.is_blocked(&step.after);
        let set = matches!(
            step.accepted(),
            Some(Call::SetPriority(_) | Call::SetProperty(JobProperty::CostFlags(_)))
        );
        let waits = step.after.priority().is_background() && is_dynamic(&step.after);
        set && match from {
            // PROP-33: it goes on in the foreground only.
            Connecting | Transferring if waits && to == Queued => true,
            Queued | Connecting | Transferring => blocked && to.is_error(),
            TransientError => to == Queued,
            _ => false,
        }
    }

    fn is_edge(&self, step: &Step, from: JobState, to: JobState) -> bool {
        match &step.input {
            Input::Call(call) | Input::CallBy(_, call) => {
                self.is_edge_of_call(step, call, from, to)
            }
            Input::Event(event) => self.is_edge_of_event(event, from, to),
            Input::Deadline(deadline) => match deadline {
                Deadline::RetryDelay => from == TransientError && to == Queued,
                Deadline::NoProgressTimeout => from == TransientError && to == JobState::Error,
                Deadline::MaximumDownloadTime => from.is_active() && to == JobState::Error,
                Deadline::Inactivity => to == Cancelled,
                Deadline::UploadCancellation
                | Deadline::NotificationRepeat
                | Deadline::ModificationInterval
                | Deadline::RangesInterval => false,
            },
        }
    }

    fn is_edge_of_call(&self, step: &Step, call: &Call, from: JobState, to: JobState) -> bool {
        let action = from.is_active() || matches!(from, Queued | TransientError);
        match call {
            Call::Resume => {
                matches!(from, Suspended | TransientError | JobState::Error | Transferred)
                    && to == Queued
            }
            Call::Suspend => {
                let other = self.options.readings.suspend_stopped != SuspendStopped::NoChange;
                let stopped = from == JobState::Error || from == Transferred;
                to == Suspended && (action || other && stopped)
            }
            Call::Cancel(_) => to == Cancelled,
            Call::Complete(_) => to == Acknowledged,
            Call::SetValidationState(_, false) => to == JobState::Error, // DONE-20
            // LIFE-26
            Call::SetProperty(JobProperty::OnDemandMode(true)) => {
                from == Transferring && to == Suspended
            }
            // HTTP-16
            Call::SetSecurityFlags(flags) => {
                let crl = HttpSecurityFlags::ENABLE_CRL_CHECK;
                let begins = flags.contains(crl) && !step.before.security_flags().contains(crl);
                let download = step.before.job_type() == JobType::Download;
                begins && download && from.is_active() && to == Queued
            }
            _ => false,
        }
    }

    fn is_edge_of_event(&self, event: &Event, from: JobState, to: JobState) -> bool {
        let running = from.is_active();
        match event {
            Event::Picked => from == Queued && to == Connecting,
            Event::Connected => from == Connecting && to == Transferring,
            // HTTP-09, PROP-36, PROP-38, FILES-22, UPLOAD-08
            Event::SizeKnown(_) | Event::FileChanged => {
                from == Transferring && matches!(to, Transferred | Suspended)
                    || running && to.is_error()
            }
            // LIFE-20, LIFE-26; PROP-36
            Event::Progressed(_) | Event::FileTransferred | Event::ReplyStarted(_) => {
                from == Transferring && matches!(to, Transferred | Suspended)
                    || running && to == JobState::Error
            }
            Event::SliceOver => running && to == Queued,
            Event::Failed(_) | Event::VolumeLocked | Event::CertificateChecked(_) => {
                running && to.is_error()
            }
            // HTTP-13, HTTP-14, PROP-28
            Event::Redirected(..)
            | Event::CertificateReceived(..)
            | Event::CertificateCallbackLost
            | Event::ClientExited => running && to == JobState::Error,
            Event::Computer(ComputerEvent::NetworkLost) => {
                (running || from == Queued) && to.is_error()
            }
            Event::Computer(ComputerEvent::NetworkCost(_)) if to == Queued => {
                from == TransientError
            }
            Event::Computer(ComputerEvent::Blocked(_))
            | Event::Computer(ComputerEvent::NetworkCost(_)) => {
                (running || matches!(from, Queued | TransientError)) && to.is_error()
            }
            Event::Computer(ComputerEvent::NetworkRestored)
            | Event::VolumeUnlocked
            | Event::Computer(ComputerEvent::Unblocked(_)) => {
                from == TransientError && to == Queued
            }
            Event::OwnerLoggedOff => {
                running && to == Queued || from != JobState::Error && to == JobState::Error
            }
            Event::Computer(ComputerEvent::ServiceRestarted) => {
                let readings = self.options.readings;
                let requeues = readings.restart_transient == RestartTransient::Requeues;
                to == Queued && (running || requeues && from == TransientError)
            }
            Event::OwnerLoggedOn
            | Event::HeadersReceived(_)
            | Event::SessionLost
            | Event::CallbackLost
            | Event::NotificationStarted(_)
            | Event::NotificationReturned(..)
            | Event::ProgramExited(_)
            | Event::Computer(ComputerEvent::ClockChanged(_))
            | Event::UploadCancelled => false,
        }
    }

    pub(super) fn leaves_error(&self, step: &Step) -> bool {
        let suspends = self.options.readings.suspend_stopped != SuspendStopped::NoChange;
        match step.accepted() {
            Some(Call::Suspend) => suspends,
            Some(call) => matches!(call, Call::Resume | Call::Cancel(_) | Call::Complete(_)),
            None => step.input == Input::Deadline(Deadline::Inactivity),
        }
    }
}

fn is_on_demand(job: &JobStateMachine) -> bool {
    let on = JobProperty::OnDemandMode(true);
    job.property(JobPropertyId::OnDemandMode) == Some(on)
}

/// Whether the attempt failed for want of a helper token that was lost, or for a proxy list that
/// is none.
fn cannot_begin(job: &JobStateMachine) -> bool {
    let lost = !job.helper_token_flags().is_empty() && job.helper_token_sid().is_none();
    job.error().is_ok_and(|error| match error.code() {
        HResult::BG_E_TOKEN_REQUIRED => lost,
        HResult::BG_E_INVALID_PROXY_INFO => job.proxy_settings().proxy_list.is_some(),
        _ => false,
    })
}
