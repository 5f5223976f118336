//! The event log as it grows: what Windows writes of jobs to Microsoft-Windows-Bits-Client/Operational.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::log_event::{LogEvent, LogEventKind, UrlTransfer};
use crate::emulator::trace::TraceEvent;
use crate::machine::{Call, Deadline, Event, JobStateMachine, TransferItem};
use crate::service::{ErrorChange, StepResult};
use crate::vocabulary::{FileIndex, HResult, JobId, JobState};

/// An attempt that runs.
#[derive(Debug, Clone)]
struct Running {
    file: FileIndex,
    transfer_id: Uuid,
    /// Whether its start is in the log.
    started: bool,
    /// How many bytes of the file were there before.
    bytes_before: u64,
}

/// A step that is to be logged, with the accounts that it concerns.
pub(crate) struct LoggedStep<'step> {
    pub(crate) what: &'step TraceEvent,
    pub(crate) did: &'step StepResult,
    /// The owner after the step.
    pub(crate) owner: Arc<str>,
    pub(crate) by: Arc<str>,
    /// Whether a client acted that is not the owner.
    pub(crate) is_by_another: bool,
}

/// The log as it grows.
#[derive(Debug, Clone, Default)]
pub(crate) struct EventLog {
    entries: VecDeque<LogEvent>,
    running: BTreeMap<JobId, Running>,
    attempts: u64,
    capacity: usize,
}

impl EventLog {
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Self { capacity, ..Self::default() }
    }

    pub(crate) fn entries(&self) -> Vec<LogEvent> {
        self.entries.iter().cloned().collect()
    }

    /// Takes the entries out.
    pub(crate) fn take_entries(&mut self) -> Vec<LogEvent> {
        self.entries.drain(..).collect()
    }

    /// Whether a transfer of the job runs of which the start is in the log.
    pub(crate) fn has_started(&self, job: JobId) -> bool {
        self.running.get(&job).is_some_and(|running| running.started)
    }

    pub(crate) const fn is_kept(&self) -> bool {
        self.capacity > 0
    }

    /// Sets how many entries are kept, the latest ones. With 0 nothing is recorded, so that the transfers
    /// that run are forgotten: their ends would not be seen.
    pub(crate) fn set_capacity(&mut self, capacity: usize) {
        self.capacity = capacity;
        self.evict();
        if capacity == 0 {
            self.running.clear();
        }
    }

    fn evict(&mut self) {
        let surplus = self.entries.len().saturating_sub(self.capacity);
        self.entries.drain(..surplus);
    }

    pub(crate) fn record_creation(
        &mut self,
        time: DateTime<Utc>,
        job: &JobStateMachine,
        owner: Arc<str>,
        process: u64,
    ) {
        self.add(time, job, LogEventKind::Created { owner, process });
    }

    /// What a step means for the log.
    pub(crate) fn record(
        &mut self,
        time: DateTime<Utc>,
        step: LoggedStep<'_>,
        job: &JobStateMachine,
    ) {
        if self.capacity == 0 {
            return;
        }
        let LoggedStep { what, did, owner, by, is_by_another } = step;
        let (StepResult { before, after, .. }, entered) = (did, did.outcome.entered);
        if before.is_active() || after.is_active() || entered.contains(JobState::Connecting) {
            self.record_transfer(time, did, job);
        }
        let file_count = job.file_count();
        let (to, from) = (Arc::clone(&owner), Arc::clone(&by));
        if entered.contains(JobState::Acknowledged) {
            let bytes_transferred = job.progress().bytes_transferred;
            let what =
                LogEventKind::Completed { owner: to, file_count, bytes_transferred, by: from };
            self.add(time, job, what);
        } else if entered.contains(JobState::Cancelled) {
            let what = LogEventKind::Cancelled { owner: to, file_count, by: from };
            self.add(time, job, what);
        }
        // LOG-02
        let besides = match what {
            TraceEvent::Deadline(Deadline::Inactivity) if entered.contains(JobState::Cancelled) => {
                LogEventKind::RemovedForInactivity { owner }
            }
            TraceEvent::Call(Call::TakeOwnership(_)) => LogEventKind::OwnershipTaken { by },
            TraceEvent::Call(Call::Cancel(_)) if is_by_another => {
                LogEventKind::CancelledByAdministrator { owner, by }
            }
            TraceEvent::Call(call) if is_by_another => {
                let Some(property) = call.method().name().strip_prefix("Set") else { return };
                LogEventKind::PropertyChanged { owner, by, property }
            }
            TraceEvent::Event(Event::NotificationReturned(told, code))
                if !told.is_heard(*code) && !did.outcome.was_ignored() =>
            {
                LogEventKind::NotificationFailed { code: code.value() }
            }
            TraceEvent::Event(Event::ProgramExited(code)) if *code != 0 => {
                LogEventKind::NotificationFailed { code: *code }
            }
            _ => return,
        };
        self.add(time, job, besides);
    }

    fn record_transfer(&mut self, time: DateTime<Utc>, did: &StepResult, job: &JobStateMachine) {
        let (id, current) = (job.id(), file_of(job));
        if !self.running.contains_key(&id) {
            // Only what was under way can have failed.
            let Some(file) = current.filter(|_| did.before.is_active() || did.after.is_active())
            else {
                return;
            };
            self.attempts = self.attempts.saturating_add(1);
            let transfer_id = transfer_id(self.attempts);
            let bytes_before = job.file_progress(file).map_or(0, |file| file.bytes_transferred);
            let running = Running { file, transfer_id, started: false, bytes_before };
            self.running.insert(id, running);
        }
        let Some(running) = self.running.get(&id).cloned() else { return };
        let Some(transfer) = transfer(job, &running) else { return };
        let failure = match &did.error_object {
            Some(ErrorChange::Appeared(error, _)) if did.after.is_error() => Some(error.code()),
            _ => None,
        };
        let is_whole = failure.is_none() && current != Some(running.file);
        // LOG-01: without HEAD before it, GET is the start.
        let asks = did.after == JobState::Connecting && !job.needs_size() && !job.sends_head();
        let moves = did.after == JobState::Transferring
            && (transfer.bytes_total.is_some() || transfer.bytes_transferred > 0)
            || asks;
        if !running.started && (is_whole || moves) {
            let bytes_transferred = transfer.bytes_transferred.min(running.bytes_before);
            let first = UrlTransfer { bytes_transferred, ..transfer.clone() };
            self.add(time, job, LogEventKind::Started(first));
        }
        let started = running.started || is_whole || moves;
        if is_whole {
            self.running.remove(&id);
            self.add(time, job, LogEventKind::Stopped(transfer, HResult::S_OK));
            if did.after.is_active() {
                self.record_transfer(time, did, job);
            }
        } else if let Some(code) = failure {
            self.running.remove(&id);
            self.add(time, job, LogEventKind::Failed(transfer, code));
        } else if !did.after.is_active() {
            self.running.remove(&id);
            if started {
                self.add(
                    time,
                    job,
                    LogEventKind::Stopped(transfer, HResult::BITS_S_TRANSFER_STOPPED),
                );
            }
        } else if let Some(running) = self.running.get_mut(&id) {
            running.started = started;
        }
    }

    fn add(&mut self, time: DateTime<Utc>, job: &JobStateMachine, what: LogEventKind) {
        let job_name = job.display_name().into();
        self.entries.push_back(LogEvent { time, job_id: job.id(), job_name, what });
        self.evict();
    }
}

/// The file that is transferred now.
fn file_of(job: &JobStateMachine) -> Option<FileIndex> {
    match job.current()? {
        TransferItem::File(file) => Some(file),
        TransferItem::Reply => None,
    }
}

fn transfer(job: &JobStateMachine, running: &Running) -> Option<UrlTransfer> {
    let progress = job.file_progress(running.file)?;
    Some(UrlTransfer {
        transfer_id: running.transfer_id,
        url: Arc::clone(job.file(running.file)?.remote_name.text()),
        bytes_total: progress.bytes_total,
        bytes_transferred: progress.bytes_transferred,
    })
}

/// The same in each run, and no two are equal.
fn transfer_id(attempt: u64) -> Uuid {
    let bytes = u128::from(attempt).wrapping_mul(0xD134_2543_DE82_EF95_9E37_79B9_7F4A_7C15);
    uuid::Builder::from_random_bytes(bytes.to_be_bytes()).into_uuid()
}
