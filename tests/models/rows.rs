//! Which rows of the table of transitions a step takes.

use bits_emulator::codes::FailureClass;
use bits_emulator::machine::Guard;
use bits_emulator::machine::{
    Call, ComputerEvent, Deadline, Event, Input, JobStateMachine, TRANSITIONS, Transition,
    TransitionAction, Trigger,
};
use bits_emulator::readings::ResumeTransferred;
use bits_emulator::settings::HttpSecurityFlags;
use bits_emulator::{Error, JobState};
use chrono::{DateTime, Utc};

/// The rows of T1 and T4, by their places, that an input takes: told by trigger, states and rules.
pub(crate) fn rows_taken(job: &JobStateMachine, input: &Input, now: DateTime<Utc>) -> Vec<usize> {
    let mut after = job.clone();
    match after.apply(input.clone(), now) {
        // DONE-07: the call was accepted, and the disk did not follow.
        Err(Error::RenameFailed { .. }) => {
            let stays = |row: &Transition| row.then == TransitionAction::Stay;
            row(job, Trigger::CompleteRenameFailed, job.state(), stays).into_iter().collect()
        }
        Err(error) => refused(job, input, &error).into_iter().collect(),
        Ok(outcome) if outcome.was_ignored() => Vec::new(),
        Ok(outcome) => {
            let mut from = job.state();
            let mut rows = Vec::new();
            for (to, on) in outcome.entered.iter().zip(outcome.by.iter()) {
                let taken = |row: &Transition| {
                    row.then == TransitionAction::To(to)
                        && row.rules.iter().all(|rule| outcome.rules.contains(*rule))
                };
                rows.extend(row(job, on, from, taken));
                from = to;
            }
            let on = trigger(job, input);
            let stays = |row: &Transition| {
                row.then == TransitionAction::Stay
                    && row.rules.iter().all(|rule| outcome.rules.contains(*rule))
            };
            rows.extend(on.and_then(|on| row(job, on, job.state(), stays)));
            rows
        }
    }
}

fn refused(job: &JobStateMachine, input: &Input, error: &Error) -> Option<usize> {
    let is_it = |row: &Transition| {
        row.then == TransitionAction::Refuse(error.code())
            && row.rules.first() == Some(&error.rule())
    };
    row(job, trigger(job, input)?, job.state(), is_it)
}

/// The first row of a trigger in a state of which something is so. A row under a reading counts if that is the
/// reading of the job.
fn row(
    job: &JobStateMachine,
    on: Trigger,
    from: JobState,
    is_it: impl Fn(&Transition) -> bool,
) -> Option<usize> {
    let requeues = job.readings().resume_transferred == ResumeTransferred::Requeues;
    let holds = |row: &Transition| match row.when {
        Guard::Incomplete => !job.is_complete(),
        Guard::ResumeRequeues => requeues,
        _ => true,
    };
    let fits = |row: &Transition| row.on == on && row.from.contains(from) && holds(row);
    TRANSITIONS.iter().position(|row| fits(row) && is_it(row))
}

/// What an input is in the table, as far as the state may stay. `None` if it depends on more.
fn trigger(job: &JobStateMachine, input: &Input) -> Option<Trigger> {
    Some(match input {
        Input::Call(call) | Input::CallBy(_, call) => match call {
            Call::Resume => Trigger::Resume,
            Call::Suspend => Trigger::Suspend,
            Call::Cancel(_) => Trigger::Cancel,
            Call::Complete(commit) if commit.failed_rename.is_some() => {
                Trigger::CompleteRenameFailed
            }
            Call::Complete(_) => Trigger::Complete,
            Call::AddFile(..) | Call::AddFileSet(..) | Call::AddFileWithRanges(..) => {
                Trigger::AddFile
            }
            Call::SetFileAclFlags(_) => Trigger::SetFileAclFlags,
            Call::SetReplyFileName(..) => Trigger::SetReplyFileName,
            Call::MakeCustomHeadersWriteOnly => Trigger::MakeCustomHeadersWriteOnly,
            Call::SetSecurityFlags(flags)
                if flags.contains(HttpSecurityFlags::ENABLE_CRL_CHECK)
                    && !job.security_flags().contains(HttpSecurityFlags::ENABLE_CRL_CHECK) =>
            {
                Trigger::CheckSwitchedOn
            }
            Call::SetValidationState(_, false) => Trigger::ValidationFailed,
            Call::SetServerCertificateValidationInterface(_) => Trigger::SetCertificateCallback,
            _ => Trigger::Set,
        },
        Input::Event(event) => return trigger_of_event(event),
        Input::Deadline(deadline) => match deadline {
            Deadline::NotificationRepeat => Trigger::NotificationRepeatElapsed,
            Deadline::ModificationInterval | Deadline::RangesInterval => {
                Trigger::NotificationIntervalElapsed
            }
            Deadline::UploadCancellation => Trigger::UploadCancelled,
            Deadline::RetryDelay
            | Deadline::NoProgressTimeout
            | Deadline::MaximumDownloadTime
            | Deadline::Inactivity => return None,
        },
    })
}

fn trigger_of_event(event: &Event) -> Option<Trigger> {
    Some(match event {
        Event::Picked => Trigger::Picked,
        Event::Connected => Trigger::Connected,
        Event::SizeKnown(_) | Event::ReplyStarted(_) => Trigger::SizeKnown,
        Event::HeadersReceived(_) => Trigger::HeadersReceived,
        Event::Progressed(_) | Event::FileTransferred => Trigger::Progressed,
        Event::FileChanged | Event::SessionLost => Trigger::FileRestarted,
        Event::Failed(failure) => match failure.class() {
            FailureClass::Transient => Trigger::RecoverableFailure,
            FailureClass::Fatal => Trigger::FatalFailure,
        },
        Event::Redirected(..) => Trigger::Redirected,
        Event::CertificateReceived(..) | Event::CertificateChecked(_) => {
            Trigger::CertificateReceived
        }
        Event::SliceOver => Trigger::SliceOver,
        Event::Computer(event) => match event {
            ComputerEvent::NetworkLost => Trigger::NetworkLost,
            ComputerEvent::NetworkRestored => Trigger::NetworkRestored,
            ComputerEvent::Blocked(_) => Trigger::Blocked,
            ComputerEvent::Unblocked(_) => Trigger::Unblocked,
            ComputerEvent::ClockChanged(_) => Trigger::ClockChanged,
            ComputerEvent::ServiceRestarted => Trigger::ServiceRestarted,
            ComputerEvent::NetworkCost(_) => return None,
        },
        Event::VolumeLocked => Trigger::VolumeLocked,
        Event::VolumeUnlocked => Trigger::VolumeUnlocked,
        Event::OwnerLoggedOff => Trigger::OwnerLoggedOff,
        Event::OwnerLoggedOn => Trigger::OwnerLoggedOn,
        Event::NotificationStarted(_) => Trigger::NotificationStarted,
        Event::NotificationReturned(..) => Trigger::NotificationReturned,
        Event::ProgramExited(_) => Trigger::ProgramExited,
        Event::ClientExited => Trigger::ClientExited,
        Event::CallbackLost | Event::CertificateCallbackLost => Trigger::CallbackLost,
        Event::UploadCancelled => Trigger::UploadCancelled,
    })
}
