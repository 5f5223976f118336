//! Everything that can happen to a job: calls, events and deadlines.

use std::sync::Arc;

use chrono::TimeDelta;

use super::call::Call;
use super::failure::Failure;
use crate::machine::conditions::Block;
use crate::vocabulary::enums::named::named;
use crate::vocabulary::{CostFlags, HResult, Notification, RemoteName, Token};

/// Something that the world does to a job (T4). What the state does not allow is ignored: late
/// bytes of a job that was suspended, for instance (INV-05).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Event {
    /// The scheduler picked the job (LIFE-18).
    Picked,
    /// The server answered (LIFE-18).
    Connected,
    /// The size of the present file is known, in bytes: of the whole file, whatever ranges of it are
    /// requested.
    SizeKnown(u64),
    /// The headers of the server's response for the present file (PROGRESS-17).
    HeadersReceived(Arc<str>),
    /// That many new bytes of the present file arrived; of an upload, the server acknowledged them.
    /// They never end its transfer, also if nothing is missing any more.
    Progressed(u64),
    /// The transfer of the present file ended, with whatever was missing; of an on-demand job,
    /// everything that was asked for of it. Of an upload-reply whose upload runs: every byte is sent.
    FileTransferred,
    /// The server acknowledged the whole upload and its reply of that many bytes begins
    /// (UPLOAD-05).
    ReplyStarted(u64),
    /// The file changed since its transfer began: the remote one of a download (HTTP-08), the local
    /// one of an upload (UPLOAD-08). Or a server under a new name cannot continue it (FILES-26).
    FileChanged,
    /// The server no longer knows the session of an upload, or another server answers (UPLOAD-06).
    SessionLost,
    /// The attempt failed (ERR-14, ERR-15).
    Failed(Failure),
    /// The server redirects a download: the status (300, 301, 302, 303 or 307), and where to
    /// (HTTP-12, HTTP-13).
    Redirected(u16, RemoteName),
    /// The certificate of a server, named `host:port`, passed the checks of the system; its hash
    /// (PROP-27).
    CertificateReceived(Arc<str>, Arc<[u8]>),
    /// The client's own check of it returned that code (PROP-27).
    CertificateChecked(HResult),
    /// The time slice is over, or another job comes first (SCHED-05, SCHED-07).
    SliceOver,
    /// Something happened to the whole computer, and so to this job too.
    Computer(ComputerEvent),
    /// The destination volume is locked, by a disk check for instance: the attempt ends, and the job
    /// waits for [`VolumeUnlocked`](Self::VolumeUnlocked) (NET-07).
    VolumeLocked,
    /// The destination volume is no longer locked (NET-07).
    VolumeUnlocked,
    /// The last session of the owner ended (NET-10, NET-12).
    OwnerLoggedOff,
    /// The owner logged on (NET-11).
    OwnerLoggedOn,
    /// A [due notification](crate::machine::JobStateMachine::due_notifications) is on its way to the client.
    NotificationStarted(Notification),
    /// The client's callback returned that code (NOTIFY-20).
    NotificationReturned(Notification, HResult),
    /// The client's program ended with that exit code (NOTIFY-27).
    ProgramExited(u32),
    /// The last application of the job ended, and with it every object that it registered (ERR-07,
    /// NOTIFY-18).
    ClientExited,
    /// The process of the callback ended, while another application of the job lives (NOTIFY-18).
    CallbackLost,
    /// The same of the process that checks server certificates (PROP-28).
    CertificateCallbackLost,
    /// The server confirmed the cancellation of an upload (DONE-17).
    UploadCancelled,
}

/// An event of the whole computer, which concerns every job of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum ComputerEvent {
    /// The last network connection is lost (NET-04).
    NetworkLost,
    /// A network connection is established (NET-05).
    NetworkRestored,
    /// The cost of the network is now this: one of the cost states (NET-14).
    NetworkCost(CostFlags),
    /// A policy or the power state forbids transfers (SCHED-15, NET-17).
    Blocked(Block),
    /// A policy or the power state no longer forbids transfers.
    Unblocked(Block),
    /// The system clock is moved by that span (TIME-05).
    ClockChanged(
        #[cfg_attr(feature = "serde", serde(with = "crate::vocabulary::text::serial::span"))]
        TimeDelta,
    ),
    /// The service, or the computer, restarted (LIFE-30, NET-13).
    ServiceRestarted,
}

impl From<ComputerEvent> for Event {
    fn from(event: ComputerEvent) -> Self {
        Self::Computer(event)
    }
}

impl Event {
    /// Whether the event still means something to a job in a final state (LIFE-04). A modification
    /// may still be told: that the job became final (NOTIFY-06).
    pub(crate) const fn concerns_final_jobs(&self) -> bool {
        matches!(
            self,
            Self::ClientExited
                | Self::CallbackLost
                | Self::Computer(ComputerEvent::ServiceRestarted | ComputerEvent::ClockChanged(_))
                | Self::UploadCancelled
                | Self::NotificationStarted(Notification::JobModification)
                | Self::NotificationReturned(Notification::JobModification, _)
        )
    }
}

named! {
    /// An instant at which a clock of the job acts. The order is that of their effect at the same
    /// instant: an interpretation (TIME-24).
    pub enum Deadline {
        /// The minimum retry delay is over (TIME-01).
        RetryDelay "retry delay",
        /// The no-progress timeout is over (TIME-06).
        NoProgressTimeout "no-progress timeout",
        /// The maximum download time is used up (TIME-18).
        MaximumDownloadTime "maximum download time",
        /// The job was inactive for too long (TIME-20).
        Inactivity "inactivity timeout",
        /// The server did not confirm the cancellation of an upload in time (DONE-17).
        UploadCancellation "upload cancellation",
        /// A notification that was not heard is made again (TIME-26).
        NotificationRepeat "notification repeat",
        /// The next modification may be told (NOTIFY-12).
        ModificationInterval "modification interval",
        /// The next ranges may be told (NOTIFY-12).
        RangesInterval "ranges interval",
    }
}

/// One thing that can happen to a job.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Input {
    /// The owner asks.
    Call(Call),
    /// A client calls, with that token (SEC).
    CallBy(Token, Call),
    /// The world acts.
    Event(Event),
    /// A clock acts.
    Deadline(Deadline),
}
