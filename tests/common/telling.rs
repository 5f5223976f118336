//! What is to be known of notifications, by the rules alone.

use bits_emulator::machine::{JobStateMachine, Recipient};
use bits_emulator::settings::{JobProperty, JobPropertyId};
use bits_emulator::{HResult, JobState, Notification, NotifyFlags};
use chrono::{DateTime, Utc};

use crate::common::*;

/// How far the telling of a result has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Told {
    /// It began, by whichever way.
    pub(super) begun: bool,
    /// An object was called, at last one of the class.
    pub(super) called: bool,
    pub(super) by_class: bool,
    /// An object heard it.
    pub(super) heard: bool,
    /// The program ended well.
    pub(super) ended_well: bool,
    /// An object returned a failure.
    pub(super) failed: bool,
}

/// A call that was not heard, and the least retry delay since.
#[derive(Clone, Copy)]
pub(super) struct Failed {
    pub(super) told: Notification,
    pub(super) by: Recipient,
    pub(super) at: DateTime<Utc>,
    pub(super) delay: u32,
}

pub(super) fn is_result(told: Notification) -> bool {
    matches!(told, Notification::JobTransferred | Notification::JobError)
}

pub(super) fn is_in_turn(told: Notification) -> bool {
    is_result(told) || matches!(told, Notification::FileTransferred(_))
}

/// Of JobTransferred and JobError.
pub(super) fn place(told: Notification) -> usize {
    usize::from(told == Notification::JobError)
}

pub(super) fn result_of(state: JobState) -> Option<Notification> {
    match state {
        Transferred => Some(Notification::JobTransferred),
        JobState::Error => Some(Notification::JobError),
        _ => None,
    }
}

pub(super) fn flag_of(told: Notification) -> NotifyFlags {
    match told {
        Notification::FileTransferred(_) => NotifyFlags::FILE_TRANSFERRED,
        Notification::JobTransferred => NotifyFlags::JOB_TRANSFERRED,
        Notification::JobError => NotifyFlags::JOB_ERROR,
        Notification::FileRangesTransferred(_) => NotifyFlags::FILE_RANGES_TRANSFERRED,
        Notification::JobModification => NotifyFlags::JOB_MODIFICATION,
    }
}

/// NOTIFY-20: everything but S_OK repeats, of FileTransferred only what is negative.
pub(super) fn is_heard(told: Notification, code: HResult) -> bool {
    code == HResult::S_OK || !is_result(told) && code.is_success()
}

/// In milliseconds (NOTIFY-12).
pub(super) fn interval(job: &JobStateMachine) -> u32 {
    match job.property(JobPropertyId::MinimumNotificationInterval) {
        Some(JobProperty::MinimumNotificationInterval(milliseconds)) => milliseconds,
        _ => 500,
    }
}
