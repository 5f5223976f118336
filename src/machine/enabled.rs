//! What could happen to a job next.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::JobStateMachine;
use super::conditions::Block;
use super::failure::Failure;
use super::input::{Call, Commit, Deadline, Deletion, Event, FailedRename, Input, Setter};
use crate::vocabulary::{
    FileAclFlags, FileIndex, FileInfo, FileRange, HResult, HelperTokenFlags, JobPriority,
};

impl Input {
    /// One or more examples of every kind of input, in a fixed order: the columns of the
    /// state-by-input matrix, and the alphabet of random traces.
    #[must_use]
    pub fn examples() -> Vec<Self> {
        let calls = calls().into_iter().chain(setters()).map(Self::Call);
        let deadlines = Deadline::ALL.iter().copied().map(Self::Deadline);
        calls.chain(events().map(Self::Event)).chain(deadlines).collect()
    }
}

fn calls() -> [Call; 12] {
    let file = || FileInfo::new("https://example.com/app.exe", r"C:\app\app.exe");
    let denied = FailedRename { after: 0, code: HResult::ERROR_SHARING_VIOLATION };
    [
        Call::Resume,
        Call::Suspend,
        Call::Cancel(Deletion::Done),
        Call::Cancel(Deletion::Incomplete),
        Call::Complete(Commit::default()),
        Call::Complete(Commit { deletion: Deletion::Incomplete, ..Commit::default() }),
        Call::Complete(Commit { failed_rename: Some(denied), ..Commit::default() }),
        Call::AddFile(file()),
        Call::AddFileSet(Arc::new([file(), file()])),
        Call::AddFileWithRanges(file(), Arc::new([FileRange { initial_offset: 0, length: 10 }])),
        Call::SetServerCertificateValidationInterface,
        Call::SetReplyFileName(None),
    ]
}

fn setters() -> impl Iterator<Item = Call> {
    [
        Call::SetPriority(JobPriority::Foreground),
        Call::SetMinimumRetryDelay(60),
        Call::SetNoProgressTimeout(86_400),
        Call::SetMaximumDownloadTime(86_400),
        Call::SetFileAclFlags(FileAclFlags::empty()),
        Call::SetHelperTokenFlags(HelperTokenFlags::all()),
        Call::SetHelperToken,
        Call::ClearHelperToken,
        Call::SetOnDemandMode(true),
    ]
    .into_iter()
    .chain(Setter::ALL.iter().copied().map(Call::Set))
}

fn events() -> impl Iterator<Item = Event> {
    let failures = [
        Failure::http(503),
        Failure::http(404),
        Failure::application_silent(),
        Failure::acl_privilege_missing(),
    ];
    let codes = [HResult::ERROR_WINHTTP_NAME_NOT_RESOLVED, HResult::BG_E_DESTINATION_LOCKED];
    let from_codes = codes.into_iter().filter_map(|code| Failure::new(code).ok());
    let failed = failures.into_iter().chain(from_codes).map(Event::Failed);
    let blocks =
        Block::ALL.iter().flat_map(|block| [Event::Blocked(*block), Event::Unblocked(*block)]);
    [
        Event::Picked,
        Event::Connected,
        Event::SizeKnown(100),
        Event::Progressed(40),
        Event::FileTransferred,
        Event::ReplyStarted(10),
        Event::SliceOver,
    ]
    .into_iter()
    .chain(failed)
    .chain([
        Event::RedirectRefused(302, "https://example.org/app.exe".into()),
        Event::ValidationFailed(FileIndex(0)),
        Event::RangesTransferred,
        Event::NetworkLost,
        Event::NetworkRestored,
        Event::VolumeUnlocked,
    ])
    .chain(blocks)
    .chain([
        Event::OwnerLoggedOff,
        Event::OwnerLoggedOn,
        Event::ClientExited,
        Event::ServiceRestarted,
        Event::ClockChanged(TimeDelta::hours(1)),
        Event::UploadCancelled,
    ])
}

impl JobStateMachine {
    /// Of [`Input::examples`], those that could come next: calls that would be accepted, events
    /// that would not be ignored, and the deadline that acts next, at its time.
    ///
    /// ```
    /// use bits_emulator::{Call, Input, JobOptions, JobStateMachine};
    /// use chrono::DateTime;
    ///
    /// let now = DateTime::UNIX_EPOCH;
    /// let job = JobStateMachine::new(JobOptions::default(), now);
    /// // LIFE-08: a job without files cannot be resumed.
    /// assert!(job.enabled(now).all(|input| input != Input::Call(Call::Resume)));
    /// ```
    pub fn enabled(&self, now: DateTime<Utc>) -> impl Iterator<Item = Input> + '_ {
        Input::examples().into_iter().filter(move |input| self.is_enabled(input, now))
    }

    /// Whether an input could come next: a call that would be accepted, an event that would not
    /// be ignored, the deadline that acts next.
    #[must_use]
    pub fn is_enabled(&self, input: &Input, now: DateTime<Utc>) -> bool {
        match input {
            Input::Call(call) => self.allows(call, now).is_ok(),
            // Tried on a copy, so that there is one answer to what an event does.
            Input::Event(event) => !self.clone().handle(event.clone(), now).was_ignored(),
            Input::Deadline(deadline) => self.comes_next(*deadline),
        }
    }
}
