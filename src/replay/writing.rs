//! The steps that write a record: what a client, the server or the scheduler did.

use super::life::{Life, Recorded};
use super::record::RecordedTransfer;
use super::step::HiddenStep;
use crate::machine::{Call, Commit, Deletion, Event, Failure, Input, TransferItem};
use crate::vocabulary::{HResult, JobState};

impl Life {
    pub(super) fn resume_first(&mut self, recorded: Recorded<'_>) -> Option<()> {
        if self.was_resumed || !self.service_runs() {
            return None;
        }
        self.take(Input::Call(Call::Resume), HiddenStep::Usual, recorded)
    }

    /// What happens at once happens.
    pub(super) fn settle(&mut self, recorded: Recorded<'_>) -> Option<()> {
        self.wait(self.now, recorded)
    }

    fn event(&mut self, event: Event, recorded: Recorded<'_>) -> Option<()> {
        self.take(Input::Event(event), HiddenStep::Recorded, recorded)
    }

    pub(super) fn complete(&mut self, recorded: Recorded<'_>) -> Option<()> {
        let call = Call::Complete(Commit::default());
        self.take(Input::Call(call), HiddenStep::Recorded, recorded)
    }

    pub(super) fn cancel(&mut self, recorded: Recorded<'_>) -> Option<()> {
        let call = Call::Cancel(Deletion::Done);
        self.take(Input::Call(call), HiddenStep::Recorded, recorded)
    }

    /// The bytes that the record counts have arrived.
    pub(super) fn receive(&mut self, of: &RecordedTransfer, recorded: Recorded<'_>) -> Option<()> {
        let TransferItem::File(file) = self.job.current()? else { return None };
        let progress = self.job.file_progress(file)?;
        if let (Some(total), None, JobState::Transferring) =
            (of.bytes_total, progress.bytes_total, self.job.state())
        {
            self.event(Event::SizeKnown(total), recorded)?;
        }
        let more = of.bytes_transferred.unwrap_or_default().checked_sub(progress.bytes_transferred);
        match more {
            Some(0) => Some(()),
            Some(more) if self.job.state() == JobState::Transferring => {
                self.event(Event::Progressed(more), recorded)
            }
            _ => None,
        }
    }

    fn connect(&mut self, recorded: Recorded<'_>) -> Option<()> {
        match self.job.state() {
            JobState::Connecting => self.event(Event::Connected, recorded),
            JobState::Transferring => Some(()),
            _ => None,
        }
    }

    pub(super) fn start(&mut self, of: &RecordedTransfer, recorded: Recorded<'_>) -> Option<()> {
        if self.has_started() {
            return None;
        }
        let place = self.next;
        self.connect(recorded)?;
        if self.next > place {
            return Some(());
        }
        match of.bytes_total {
            Some(total) => self.event(Event::SizeKnown(total), recorded),
            None => self.event(Event::Progressed(1), recorded),
        }
    }

    pub(super) fn fail(
        &mut self,
        of: &RecordedTransfer,
        code: HResult,
        recorded: Recorded<'_>,
    ) -> Option<()> {
        if of.bytes_transferred.is_some_and(|bytes| bytes > 0) && self.has_started() {
            self.connect(recorded)?;
        }
        self.receive(of, recorded)?;
        self.event(Event::Failed(Failure::new(code).ok()?), recorded)
    }

    pub(super) fn end_file(&mut self, of: &RecordedTransfer, recorded: Recorded<'_>) -> Option<()> {
        self.connect(recorded)?;
        self.receive(of, recorded)?;
        self.event(Event::FileTransferred, recorded)
    }
}
