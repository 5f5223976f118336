//! The values of the inputs of a random trace.

use std::sync::Arc;

use bits_emulator::{
    Call, Commit, Deletion, ErrorContext, Event, FailedRename, Failure, FileAclFlags, FileIndex,
    FileInfo, HResult, HelperTokenFlags, Input, JobPriority, JobStateMachine,
};
use chrono::TimeDelta;
use proptest::sample::Index;

/// Values that take the place of those of the examples.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Values {
    pub(crate) bytes: u64,
    pub(crate) seconds: u32,
    pub(crate) pick: Index,
}

impl Values {
    /// The input with other values.
    pub(crate) fn vary(self, job: &JobStateMachine, input: &Input) -> Input {
        match input {
            Input::Call(call) => Input::Call(self.vary_call(call)),
            Input::Event(event) => Input::Event(self.vary_event(job, event)),
            Input::Deadline(deadline) => Input::Deadline(*deadline),
        }
    }

    fn vary_call(self, call: &Call) -> Call {
        let number = self.bytes % 7;
        let file = || {
            let remote = format!("https://example.com/{number}");
            FileInfo::new(remote, format!(r"C:\data\{number}").as_str())
        };
        match call {
            Call::AddFile(_) if number == 0 => Call::AddFile(crate::common::share_file()),
            Call::AddFile(_) => Call::AddFile(file()),
            Call::AddFileSet(files) if files.len() > 1 => {
                Call::AddFileSet((0..number).map(|_| file()).collect())
            }
            Call::Complete(Commit { failed_rename: Some(failed), .. }) => {
                let after = u32::try_from(number / 2).unwrap_or_default();
                let failed_rename = Some(FailedRename { after, ..*failed });
                Call::Complete(Commit { failed_rename, deletion: Deletion::Incomplete })
            }
            Call::SetPriority(_) => Call::SetPriority(*self.pick.get(JobPriority::ALL)),
            Call::SetMinimumRetryDelay(_) => Call::SetMinimumRetryDelay(self.seconds),
            Call::SetNoProgressTimeout(_) => Call::SetNoProgressTimeout(self.seconds),
            Call::SetMaximumDownloadTime(_) => Call::SetMaximumDownloadTime(self.seconds),
            Call::SetFileAclFlags(_) => Call::SetFileAclFlags(FileAclFlags::from_bits_truncate(
                u32::try_from(number).unwrap_or_default(),
            )),
            Call::SetHelperTokenFlags(_) => Call::SetHelperTokenFlags(
                HelperTokenFlags::from_bits_truncate(u32::try_from(number).unwrap_or_default()),
            ),
            Call::SetReplyFileName(_) if number > 3 => {
                Call::SetReplyFileName(Some(Arc::from(r"C:\reply.bin")))
            }
            Call::SetOnDemandMode(_) => Call::SetOnDemandMode(number == 0),
            other => other.clone(),
        }
    }

    fn vary_event(self, job: &JobStateMachine, event: &Event) -> Event {
        match event {
            Event::SizeKnown(_) => Event::SizeKnown(self.bytes),
            Event::Progressed(_) => Event::Progressed(self.bytes),
            Event::ReplyStarted(_) => Event::ReplyStarted(self.bytes),
            Event::Failed(_) => Event::Failed(self.failure()),
            Event::RedirectRefused(..) => {
                let status = *self.pick.get(&[300, 301, 302, 303, 307]);
                Event::RedirectRefused(status, "https://example.org/elsewhere".into())
            }
            Event::ValidationFailed(_) => {
                let count = job.file_count().max(1);
                Event::ValidationFailed(FileIndex(self.seconds % count))
            }
            Event::ClockChanged(_) => {
                let by = TimeDelta::seconds(i64::from(self.seconds % 20_000_000));
                Event::ClockChanged(if self.bytes.is_multiple_of(2) { by } else { -by })
            }
            other => other.clone(),
        }
    }

    /// A failure of any code that jobs fail with, or of any HTTP status, here and there with a
    /// context of its own.
    fn failure(self) -> Failure {
        let codes: Vec<_> =
            HResult::all().map(|info| info.code).filter(|code| code.is_failure()).collect();
        let failure = match self.bytes % 4 {
            0 => Failure::http(100 + u16::try_from(self.seconds % 500).unwrap_or_default()),
            1 => Failure::http(503),
            2 => Failure::new(*self.pick.get(&codes)).unwrap_or(Failure::http(500)),
            _ => return Failure::new(HResult::BG_E_DESTINATION_LOCKED).unwrap(),
        };
        let context = *self.pick.get(ErrorContext::ALL);
        if self.seconds.is_multiple_of(3) { failure.in_context(context) } else { failure }
    }
}
