//! What the rows of the transition table are keyed by.

use crate::vocabulary::enums::named::named;

named! {
    /// What makes a row of the transition table apply: a line of T1 (what a client asks) or of
    /// T4 (what the world or a clock does). Its words are those of calls, events and deadlines where one of
    /// these is the trigger.
    pub enum Trigger {
        /// T1: `Resume`.
        Resume "resume",
        /// T1: `Suspend`.
        Suspend "suspend",
        /// T1: `Cancel`.
        Cancel "cancel",
        /// T1: `Complete`.
        Complete "complete",
        /// T1: `Complete`, when the disk refuses a rename.
        CompleteRenameFailed "complete, rename fails",
        /// T1: `AddFile`, `AddFileSet`, `AddFileWithRanges`.
        AddFile "add",
        /// T1: the setters that every state but the final ones allows, and `TakeOwnership`.
        Set "setters",
        /// T1: `SetFileACLFlags`.
        SetFileAclFlags "file ACL flags",
        /// T1: `SetReplyFileName`.
        SetReplyFileName "reply file",
        /// T1: `GetReplyData`.
        GetReplyData "GetReplyData",
        /// PROP-25: `MakeCustomHeadersWriteOnly`.
        MakeCustomHeadersWriteOnly "custom headers write-only",
        /// HTTP-16: `SetSecurityFlags`, when it switches the revocation check on.
        CheckSwitchedOn "security flags, CRL check on",
        /// DONE-20: `SetValidationState(false)`.
        ValidationFailed "file is not valid",
        /// T1: `SetServerCertificateValidationInterface`.
        SetCertificateCallback "certificate callback",
        /// T4: the scheduler picks the job.
        Picked "picked",
        /// T4: connected.
        Connected "connected",
        /// PROGRESS-03: the size of the present file became known.
        SizeKnown "size known",
        /// PROGRESS-17: the headers of the present file arrived.
        HeadersReceived "headers received",
        /// HTTP-12: the server redirects, and the job follows.
        Redirected "redirect",
        /// PROP-27: a server showed its certificate, or the client accepted it.
        CertificateReceived "certificate received",
        /// HTTP-08, UPLOAD-06: the present file starts again.
        FileRestarted "file restarted",
        /// PROGRESS-05: bytes arrived.
        Progressed "progressed",
        /// T4: all data transferred.
        AllTransferred "all transferred",
        /// T4: time slice over, preempted.
        SliceOver "slice over",
        /// T4: connection failed, recoverable failure.
        RecoverableFailure "recoverable failure",
        /// T4: fatal failure.
        FatalFailure "fatal failure",
        /// NET-07: the destination volume is locked.
        VolumeLocked "volume locked",
        /// T4: MRD elapsed.
        RetryDelayElapsed "retry delay elapsed",
        /// T4: NPT elapsed.
        NoProgressTimeoutElapsed "no-progress timeout elapsed",
        /// T4: maximum download time exceeded.
        MaximumDownloadTimeExceeded "maximum download time elapsed",
        /// T4: inactivity timeout.
        InactivityTimeoutElapsed "inactivity timeout elapsed",
        /// T4: network lost.
        NetworkLost "network lost",
        /// T4: network back.
        NetworkRestored "network restored",
        /// NET-07: the destination volume is free.
        VolumeUnlocked "volume unlocked",
        /// T4: background bandwidth limit becomes 0, and the like.
        Blocked "blocked",
        /// T4: bandwidth limit interval ends, and the like.
        Unblocked "unblocked",
        /// T4: owner logs off.
        OwnerLoggedOff "owner logs off",
        /// NET-11: owner logs on.
        OwnerLoggedOn "owner logs on",
        /// NET-12, PROP-13: a transfer begins without the helper token that it needs, or with proxies
        /// that are none.
        AttemptImpossible "attempt impossible",
        /// T4: on-demand ranges done.
        RangesTransferred "ranges transferred",
        /// NOTIFY-15: a notification is on its way.
        NotificationStarted "notification begins",
        /// NOTIFY-20: the client's callback returned.
        NotificationReturned "notification returns",
        /// NOTIFY-27: the client's program ended.
        ProgramExited "program exited",
        /// TIME-26: a notification is made again.
        NotificationRepeatElapsed "notification repeat elapsed",
        /// NOTIFY-12: the next change may be told.
        NotificationIntervalElapsed "notification interval elapsed",
        /// ERR-07: the last application of the job ends.
        ClientExited "client exits",
        /// NOTIFY-18: the process of a callback ends.
        CallbackLost "callback lost",
        /// LIFE-30: the service or the computer restarts.
        ServiceRestarted "service restarts",
        /// TIME-05: the system clock is moved.
        ClockChanged "clock changes",
        /// DONE-17: the server confirmed the cancellation of an upload, or the time for it is over.
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
