//! What can happen to the jobs of a model.

use crate::explore::model::Fairness;
use crate::machine::{Call, Deadline, Event};

/// Something that can happen in a [`JobsModel`](super::JobsModel). A job is given by its place in the model.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum JobsAction<M> {
    /// The client makes a call about a job.
    Call(usize, Call),
    /// The client changes its memory.
    Note(M),
    /// Something happens to a job.
    Event(usize, Event),
    /// Something happens that is about all jobs: to the computer, to their owner or to the client.
    EventOfAll(Event),
    /// The next deadline of a job acts, at its time.
    Deadline(usize, Deadline),
}

impl<M> JobsAction<M> {
    /// Returns the fairness of the action, for [`fairness`](crate::explore::model::Exploration::fairness): weak for
    /// time, scheduler and service, and for a server that does what was asked; none for faults, users and clients. For
    /// a client that always goes on, return `Weak` for [`Call`](Self::Call) and [`Note`](Self::Note).
    #[must_use]
    pub const fn fairness(&self) -> Fairness {
        match self {
            Self::Deadline(..) => Fairness::Weak,
            Self::Call(..) | Self::Note(_) => Fairness::None,
            Self::Event(_, event) | Self::EventOfAll(event) => fairness_of(event),
        }
    }
}

const fn fairness_of(event: &Event) -> Fairness {
    match event {
        Event::Picked
        | Event::Connected
        | Event::SizeKnown(_)
        | Event::HeadersReceived(_)
        | Event::Progressed(_)
        | Event::FileTransferred
        | Event::ReplyStarted(_)
        | Event::CertificateReceived(..)
        | Event::NotificationStarted(_) => Fairness::Weak,
        Event::FileChanged
        | Event::SessionLost
        | Event::Failed(_)
        | Event::Redirected(..)
        | Event::CertificateChecked(_)
        | Event::SliceOver
        | Event::Computer(_)
        | Event::VolumeLocked
        | Event::VolumeUnlocked
        | Event::OwnerLoggedOff
        | Event::OwnerLoggedOn
        | Event::NotificationReturned(..)
        | Event::ProgramExited(_)
        | Event::ClientExited
        | Event::CallbackLost
        | Event::CertificateCallbackLost
        | Event::UploadCancelled => Fairness::None,
    }
}

/// Whether an event is about all jobs of a client at once.
pub(super) const fn is_of_all(event: &Event) -> bool {
    matches!(
        event,
        Event::Computer(_)
            | Event::OwnerLoggedOff
            | Event::OwnerLoggedOn
            | Event::ClientExited
            | Event::CallbackLost
            | Event::CertificateCallbackLost
    )
}
