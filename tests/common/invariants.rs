//! Invariants that a single step shows by itself.

use bits_emulator::machine::{
    Call, ComputerEvent, Deadline, Directory, Event, FileIndex, Input, JobStateMachine,
};
use bits_emulator::settings::{HelperTokenFlags, JobProperty};
use bits_emulator::{Error, ErrorContext, HResult, JobState, JobType};
use chrono::{DateTime, Utc};

use crate::common::*;
use crate::trace::Step;

/// Size and bytes of every file, and of the reply once it began.
pub(crate) fn files(job: &JobStateMachine) -> impl Iterator<Item = (Option<u64>, u64)> {
    let files = (0..job.file_count()).filter_map(|file| job.file_progress(FileIndex(file)));
    let reply = job.reply_progress().ok().filter(|reply| reply.bytes_total.is_some());
    files
        .map(|file| (file.bytes_total, file.bytes_transferred))
        .chain(reply.map(|reply| (reply.bytes_total, reply.bytes_transferred)))
}

/// Whether new bytes arrived.
pub(crate) fn grew(before: &JobStateMachine, after: &JobStateMachine) -> bool {
    let old = files(before).map(|(_, bytes)| bytes).chain(std::iter::repeat(0));
    files(after).zip(old).any(|((_, new), old)| new > old)
}

pub(crate) fn was_refused(step: &Step) -> bool {
    !matches!(step.result, Ok(_) | Err(Error::RenameFailed { .. }))
}

/// INV-11
pub(crate) fn nothing_happened(step: &Step) -> bool {
    let ignored = step.result.map_or(true, |outcome| outcome.was_ignored());
    ignored && step.before == step.after
}

/// INV-03
pub(crate) fn final_states_are_entered_by_their_calls(step: &Step) -> bool {
    step.entered().into_iter().all(|state| match state {
        Acknowledged => matches!(step.accepted(), Some(Call::Complete(_))),
        Cancelled => {
            matches!(step.accepted(), Some(Call::Cancel(_)))
                || step.input == Input::Deadline(Deadline::Inactivity)
        }
        _ => true,
    })
}

/// INV-06: what may leave SUSPENDED.
pub(crate) fn leaves_suspended(step: &Step) -> bool {
    match &step.input {
        Input::Call(call) | Input::CallBy(_, call) => matches!(
            call,
            Call::Resume | Call::Complete(_) | Call::Cancel(_) | Call::SetValidationState(_, false)
        ),
        Input::Event(event) => *event == Event::OwnerLoggedOff,
        Input::Deadline(deadline) => *deadline == Deadline::Inactivity,
    }
}

/// INV-08
pub(crate) fn suspend_is_idempotent_and_resume_idle(
    job: &JobStateMachine,
    now: DateTime<Utc>,
) -> bool {
    let after = |calls: &[Call]| {
        let mut job = job.clone();
        for call in calls {
            let _ = job.call(call.clone(), now);
        }
        job.state()
    };
    let once = after(&[Call::Suspend]);
    let runs = matches!(job.state(), Queued | Connecting | Transferring);
    once == after(&[Call::Suspend, Call::Suspend])
        && (!runs || after(&[Call::Resume]) == job.state())
}

/// INV-12, INV-13
pub(crate) fn the_error_object_is_sound(job: &JobStateMachine) -> bool {
    let Ok(error) = job.error() else { return true };
    let about_file = matches!(error.context(), ErrorContext::LocalFile | ErrorContext::RemoteFile);
    let file = match error.file() {
        Ok(file) => about_file && file.0 < job.file_count(),
        Err(refusal) => !about_file && refusal.code() == HResult::BG_E_FILE_NOT_AVAILABLE,
    };
    file && error.context() != ErrorContext::None && error.code().is_failure()
}

/// INV-14
pub(crate) fn the_reply_tells_which_phase_failed(job: &JobStateMachine) -> bool {
    let in_remote = job.error().is_ok_and(|error| error.context() == ErrorContext::RemoteFile);
    if job.job_type() != JobType::UploadReply || job.state() != JobState::Error || !in_remote {
        return true;
    }
    let uploaded = job.file_progress(FileIndex(0)).is_some_and(|file| file.completed);
    job.reply_progress().is_ok_and(|reply| reply.bytes_total.is_some() == uploaded)
}

/// TIME-27: whether the attempt failed, whatever its code, and no cause that the job waits for began.
pub(crate) fn failed_by_itself(step: &Step) -> bool {
    matches!(
        step.event(),
        Some(
            Event::Failed(_)
                | Event::CertificateChecked(_)
                | Event::FileChanged
                | Event::SizeKnown(_)
        )
    )
}

/// Whether something began or ended that lets jobs transfer or not.
pub(crate) fn changes_a_cause(event: &Event) -> bool {
    matches!(
        event,
        Event::Computer(_)
            | Event::VolumeLocked
            | Event::VolumeUnlocked
            | Event::OwnerLoggedOff
            | Event::OwnerLoggedOn
    )
}

/// Whether a cause began that holds jobs, or the job came under one.
pub(crate) fn is_cause(step: &Step) -> bool {
    matches!(
        step.event(),
        Some(
            Event::VolumeLocked
                | Event::Computer(
                    ComputerEvent::NetworkLost
                        | ComputerEvent::NetworkCost(_)
                        | ComputerEvent::Blocked(_)
                )
        )
    ) || matches!(
        step.accepted(),
        Some(Call::SetPriority(_) | Call::SetProperty(JobProperty::CostFlags(_)))
    )
}

/// INV-30
pub(crate) fn a_moved_clock_moves_no_timer(step: &Step) -> bool {
    let moved = matches!(step.input, Input::Event(Event::Computer(ComputerEvent::ClockChanged(_))));
    !moved || step.before.next_deadline() == step.after.next_deadline()
}

/// INV-34
pub(crate) fn the_logoff_takes_the_token(step: &Step) -> bool {
    let before = &step.before;
    let uses = before.helper_token_sid().is_some()
        && before.helper_token_flags() != HelperTokenFlags::empty();
    // LIFE-20, DONE-05: whether a transfer has ended, the bytes that are there do not tell.
    let done = before.is_complete();
    let lost = step.input == Input::Event(Event::OwnerLoggedOff);
    if lost && step.entered().contains(&JobState::Error) && (!uses || done) {
        return false;
    }
    if !lost || before.owner().is_system_account() || !uses || done || before.state().is_final() {
        return true;
    }
    let code = step.after.error().map(|error| error.code());
    step.after.state() == JobState::Error
        && (before.state() == JobState::Error || code == Ok(HResult::BG_E_TOKEN_REQUIRED))
}

/// INV-54
pub(crate) fn the_reply_stays_known(before: &JobStateMachine, after: &JobStateMachine) -> bool {
    let known =
        |job: &JobStateMachine| job.reply_progress().is_ok_and(|reply| reply.bytes_total.is_some());
    let named =
        || after.allows(&Call::SetReplyFileName(None, Directory::Writable), start()).is_ok();
    (!known(before) || known(after)) && !(known(after) && named())
}
