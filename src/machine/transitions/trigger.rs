//! What the rows of the transition table are keyed by.

use crate::vocabulary::enums::named::named;

named! {
    /// What makes a row of the transition table apply: a line of T1 (what a client asks) or of
    /// T4 (what the world or a clock does). Its words are those of calls, events and deadlines where one of
    /// these is the trigger.
    pub enum Trigger {
        /// The client asks for the transfer to go on: `Resume` (T1).
        Resume "resume",
        /// The client stops the job: `Suspend` (T1).
        Suspend "suspend",
        /// The client gives the job up: `Cancel` (T1).
        Cancel "cancel",
        /// The client takes over the files: `Complete` (T1).
        Complete "complete",
        /// The client calls `Complete`, and the disk refuses to rename a file (T1, DONE-07).
        CompleteRenameFailed "complete, rename fails",
        /// The client adds files: `AddFile`, `AddFileSet` or `AddFileWithRanges` (T1).
        AddFile "add",
        /// The client calls a setter that every state but the final ones allows, or `TakeOwnership` (T1).
        Set "setters",
        /// The client calls `SetFileACLFlags` (T1).
        SetFileAclFlags "file ACL flags",
        /// The client calls `SetReplyFileName` (T1).
        SetReplyFileName "reply file",
        /// The client asks for the reply: `GetReplyData` (T1).
        GetReplyData "GetReplyData",
        /// The client calls `MakeCustomHeadersWriteOnly` (PROP-25).
        MakeCustomHeadersWriteOnly "custom headers write-only",
        /// The client switches the revocation check on: `SetSecurityFlags` (HTTP-16).
        CheckSwitchedOn "security flags, CRL check on",
        /// The client declares a file not valid: `SetValidationState` with false (DONE-20).
        ValidationFailed "file is not valid",
        /// The client calls `SetServerCertificateValidationInterface` (T1).
        SetCertificateCallback "certificate callback",
        /// The scheduler picks the job: it has its turn (T4).
        Picked "picked",
        /// The connection to the server stands (T4).
        Connected "connected",
        /// The server told the size of the present file (PROGRESS-03).
        SizeKnown "size known",
        /// The headers of the response for the present file arrived (PROGRESS-17).
        HeadersReceived "headers received",
        /// The server redirects the request, and the job follows (HTTP-12).
        Redirected "redirect",
        /// A server showed its certificate, or the client accepted it (PROP-27).
        CertificateReceived "certificate received",
        /// The present file starts again from its first byte (HTTP-08, UPLOAD-06).
        FileRestarted "file restarted",
        /// Bytes arrived, or were sent (PROGRESS-05).
        Progressed "progressed",
        /// The last file of the job is transferred (T4).
        AllTransferred "all transferred",
        /// The time slice of the job is over, or a job of a higher priority takes its place (T4).
        SliceOver "slice over",
        /// An attempt failed in a way that may pass: the connection, or a transient code (T4).
        RecoverableFailure "recoverable failure",
        /// An attempt failed in a way that does not go away by itself (T4).
        FatalFailure "fatal failure",
        /// The volume of the local file is locked (NET-07).
        VolumeLocked "volume locked",
        /// The minimum retry delay is over (T4, TIME-01).
        RetryDelayElapsed "retry delay elapsed",
        /// The no-progress timeout is over (T4, TIME-06).
        NoProgressTimeoutElapsed "no-progress timeout elapsed",
        /// The maximum download time is used up (T4, TIME-18).
        MaximumDownloadTimeExceeded "maximum download time elapsed",
        /// The job was inactive for too long (T4, TIME-20).
        InactivityTimeoutElapsed "inactivity timeout elapsed",
        /// The computer has no network any more (T4, NET-04).
        NetworkLost "network lost",
        /// The computer has a network again (T4, NET-05).
        NetworkRestored "network restored",
        /// The volume of the local file is free again (NET-07).
        VolumeUnlocked "volume unlocked",
        /// A policy, a cost or a power state forbids transfers, such as a bandwidth limit of 0 (T4).
        Blocked "blocked",
        /// A policy, a cost or a power state forbids transfers no longer (T4).
        Unblocked "unblocked",
        /// The last session of the owner ends (T4, NET-10).
        OwnerLoggedOff "owner logs off",
        /// The owner logs on (NET-11).
        OwnerLoggedOn "owner logs on",
        /// A transfer begins without the helper token that it needs, or with proxies that are none (NET-12, PROP-13).
        AttemptImpossible "attempt impossible",
        /// All ranges that were asked for are there, and the file is not (T4, LIFE-26).
        RangesTransferred "ranges transferred",
        /// A notification of the client is on its way (NOTIFY-15).
        NotificationStarted "notification begins",
        /// The callback of the client returned (NOTIFY-20).
        NotificationReturned "notification returns",
        /// The program of the command line ended (NOTIFY-27).
        ProgramExited "program exited",
        /// A notification that was not heard is made again (TIME-26).
        NotificationRepeatElapsed "notification repeat elapsed",
        /// The shortest time between two notifications is over (NOTIFY-12).
        NotificationIntervalElapsed "notification interval elapsed",
        /// The last application of the job ends (ERR-07).
        ClientExited "client exits",
        /// The process of a callback ends (NOTIFY-18).
        CallbackLost "callback lost",
        /// The service, or the computer, restarts (LIFE-30).
        ServiceRestarted "service restarts",
        /// The system clock is moved (TIME-05).
        ClockChanged "clock changes",
        /// The server confirmed the cancellation of an upload, or the time for it is over (DONE-17).
        UploadCancelled "upload cancelled",
    }
}

impl Trigger {
    /// Returns whether it is one of T1, which a client asks for; the others are of T4.
    #[must_use]
    pub const fn is_call(self) -> bool {
        (self as u8) < Self::Picked as u8
    }

    /// Whether the attempt is over by itself when this happens, so that it need not be stopped.
    pub(crate) const fn ends_transfer(self) -> bool {
        matches!(
            self,
            Self::AllTransferred
                | Self::RangesTransferred
                | Self::RecoverableFailure
                | Self::FatalFailure
                | Self::VolumeLocked
                | Self::ServiceRestarted
        )
    }
}

named! {
    /// What must hold besides the state for a row of the transition table to apply.
    pub enum Guard {
        /// Nothing.
        Always "",
        /// The job has no file (LIFE-08).
        NoFile "no file",
        /// Something is not transferred (LIFE-11, LIFE-26).
        Incomplete "incomplete",
        /// The job is an upload or an upload-reply (DONE-03).
        UploadKind "upload or upload-reply",
        /// The reply is being transferred, or already is (UPLOAD-09).
        ReplyStarted "reply started",
        /// Network, owner and policies allow a transfer (SCHED-10, NET-01).
        Eligible "eligible",
        /// The present file is downloaded over HTTPS (HTTP-16).
        OverHttps "over HTTPS",
        /// The no-progress timeout is 0 (TIME-07), or the HTTP method another (PROP-39): nothing is
        /// retried.
        NeverRetries "never retries",
        /// The no-progress timeout is over (TIME-06).
        PeriodOver "period over",
        /// Something is to transfer and needs the helper token, which the logoff discards (NET-12).
        NeedsHelperToken "needs the helper token",
        /// The retry delay is longer than the no-progress timeout, in the reading of TIME-08 that
        /// such a job fails at once.
        DelayBeyondTimeout "reading: delay beyond timeout fails",
        /// The job waits for a policy or power state that no longer holds it (SCHED-15).
        BlockEnded "its cause ended",
        /// The job waits for its destination volume (NET-07).
        VolumeLocked "volume was locked",
        /// The reading of LIFE-14 that `Suspend` leaves this state.
        SuspendLeaves "reading: Suspend leaves",
        /// The reading of LIFE-11 that `Resume` with nothing new is refused.
        ResumeRefused "reading: Resume refused",
        /// The reading of LIFE-11 that `Resume` with nothing new queues the job.
        ResumeRequeues "reading: Resume requeues",
        /// The reading of LIFE-30 that a restart ends the retry delay.
        RestartRequeues "reading: restart requeues",
    }
}

impl Guard {
    /// Whether the guard turns what would be transient into ERROR.
    pub(crate) const fn is_exhaustion(self) -> bool {
        matches!(self, Self::NeverRetries | Self::PeriodOver)
    }

    /// Whether the guard holds only under a reading that is not the documented one.
    pub(crate) const fn is_reading(self) -> bool {
        matches!(
            self,
            Self::DelayBeyondTimeout
                | Self::SuspendLeaves
                | Self::ResumeRefused
                | Self::ResumeRequeues
                | Self::RestartRequeues
        )
    }
}
