//! What must hold of files, of their progress, and of the times of a job.

use std::collections::BTreeSet;

use bits_emulator::accounts::Token;
use bits_emulator::machine::{
    Call, Commit, ComputerEvent, Deadline, Deletion, Effect, Event, FileIndex, Input, JobOptions,
    JobStateMachine, Success, TransferItem,
};
use bits_emulator::settings::{HttpSecurityFlags, JobProperty};
use bits_emulator::{Error, FileProgress, HResult, JobType};
use chrono::{DateTime, Utc};

use crate::common::*;
use crate::model::invariants::{files, grew};
use crate::trace::Step;

/// What is noted of the files of a job.
#[derive(Clone)]
pub(crate) struct Ledger {
    options: JobOptions,
    creation: DateTime<Utc>,
    /// Wholly transferred, empty ones too (DONE-05).
    pub(super) finished: BTreeSet<u32>,
    /// The client said that they are not valid.
    pub(super) invalidated: BTreeSet<u32>,
    pub(super) was_on_demand: bool,
    /// Bytes came that no range asked for.
    pub(super) came_in_order: bool,
    was_transferred: bool,
    completed_before: bool,
    clock_moved: bool,
}

fn progress(job: &JobStateMachine) -> Vec<FileProgress> {
    (0..job.file_count()).filter_map(|file| job.file_progress(FileIndex(file))).collect()
}

fn has(job: &JobStateMachine, property: JobProperty) -> bool {
    job.property(property.id()) == Some(property)
}

pub(crate) fn is_high_performance(job: &JobStateMachine) -> bool {
    has(job, JobProperty::HighPerformance(true))
}

pub(crate) fn is_dynamic(job: &JobStateMachine) -> bool {
    has(job, JobProperty::DynamicContent(true))
}

fn is_download(job: &JobStateMachine) -> bool {
    job.job_type() == JobType::Download
}

fn current_file(job: &JobStateMachine) -> Option<u32> {
    match job.current() {
        Some(TransferItem::File(FileIndex(file))) => Some(file),
        Some(TransferItem::Reply) | None => None,
    }
}

fn completed(job: &JobStateMachine) -> BTreeSet<u32> {
    let completed = |file: &u32| job.file_progress(FileIndex(*file)).unwrap().completed;
    (0..job.file_count()).filter(completed).collect()
}

impl Ledger {
    pub(crate) fn new(options: JobOptions, creation: DateTime<Utc>) -> Self {
        Self {
            options,
            creation,
            finished: BTreeSet::new(),
            invalidated: BTreeSet::new(),
            was_on_demand: false,
            came_in_order: false,
            was_transferred: false,
            completed_before: false,
            clock_moved: false,
        }
    }

    /// Follows a step by that caller. Says which rule it broke, if it did.
    pub(crate) fn follow(&mut self, step: &Step, by: Token) -> Option<&'static str> {
        let finished_before = self.finished.clone();
        self.note(step);
        let Step { before, after, .. } = step;
        let checks = [
            ("INV-38", self.one_file_after_the_other(after)),
            ("INV-38, FILES-12", self.files_finish_in_order(&finished_before)),
            ("INV-39", files(after).all(|(total, bytes)| total.is_none_or(|total| bytes <= total))),
            ("INV-39, PROGRESS-07", progress_falls_to_zero_by_documented_restarts(step)),
            ("INV-40", the_job_is_the_sum_of_its_files(after)),
            ("INV-40, DONE-05", self.files_transferred_are_those_finished(after)),
            ("INV-41", !step.entered().contains(&Transferred) || all_is_there(after)),
            ("INV-41, PROGRESS-18", self.came_in_order || filled_ranges_are_the_progress(after)),
            ("INV-42", self.completed_before || !is_download(after) || completed(after).is_empty()),
            ("INV-43", complete_keeps_what_is_finished(step, &finished_before)),
            ("INV-43, DONE-02", self.renames_are_those_finished_and_not_renamed(after)),
            ("INV-44", cancel_keeps_nothing(step)),
            ("INV-45", complete_of_uploads_needs_transferred(step, by)),
            ("INV-46", what_the_server_has_stays(step)),
            ("INV-47", is_download(after) || after.file_count() <= 1),
            ("INV-48", self.limits_hold(step, by)),
            ("INV-51", self.the_times_fit(step)),
            ("INV-56", dynamic_content_runs_in_the_foreground(after)),
            ("INV-56, NET-20", dynamic_content_begins_anew(step)),
            ("INV-57", progress_outlives_a_restart(step)),
        ];
        let broken = checks.into_iter().find(|(_, holds)| !holds).map(|(rule, _)| rule);
        // INV-01 and INV-04 are the model's; a job that lost its files would break this.
        broken.or((before.file_count() > after.file_count()).then_some("FILES-16"))
    }

    fn note(&mut self, step: &Step) {
        let Step { before, after, .. } = step;
        self.was_on_demand |= has(after, JobProperty::OnDemandMode(true));
        let asked = |file| before.filled_file_ranges(FileIndex(file)).is_ok();
        self.came_in_order |= grew(before, after) && !current_file(before).is_some_and(asked);
        self.was_transferred |= step.entered().contains(&Transferred);
        self.completed_before |= matches!(step.call(), Some(Call::Complete(_)));
        self.clock_moved |=
            matches!(step.event(), Some(Event::Computer(ComputerEvent::ClockChanged(_))));
        if let Some(Call::SetValidationState(FileIndex(file), false)) = step.accepted() {
            self.finished.remove(file);
            self.invalidated.insert(*file);
        }
        let (old, new) = (before.progress(), after.progress());
        if new.files_transferred > old.files_transferred && is_download(after) {
            self.finished.extend(current_file(before));
        }
        // HTTP-08: the present file became another, which may be empty.
        if new.files_transferred < old.files_transferred && step.event().is_some() {
            current_file(before).into_iter().for_each(|file| _ = self.finished.remove(&file));
        }
        let whole = |file: &u32| {
            let file = after.file_progress(FileIndex(*file)).unwrap();
            file.bytes_total == Some(file.bytes_transferred)
        };
        self.finished.retain(whole);
        if new.files_transferred == 0 {
            self.finished.clear();
        }
    }

    /// INV-38
    fn one_file_after_the_other(&self, job: &JobStateMachine) -> bool {
        let files = progress(job).into_iter().zip(0..);
        let partial = files.filter(|(file, index)| {
            let begun = 0 < file.bytes_transferred;
            let more = file.bytes_total.is_some_and(|total| file.bytes_transferred < total);
            begun && more && !self.invalidated.contains(index)
        });
        self.was_on_demand || partial.count() <= 1
    }

    /// INV-38: Except those that a failed validation reset.
    fn files_finish_in_order(&self, before: &BTreeSet<u32>) -> bool {
        let new = self.finished.difference(before).copied();
        let all_before = |file| {
            (0..file).all(|file| self.finished.contains(&file) || self.invalidated.contains(&file))
        };
        self.was_on_demand || new.into_iter().all(all_before)
    }

    fn files_transferred_are_those_finished(&self, job: &JobStateMachine) -> bool {
        let told = job.progress().files_transferred;
        !is_download(job) || usize::try_from(told).is_ok_and(|told| told == self.finished.len())
    }

    fn renames_are_those_finished_and_not_renamed(&self, job: &JobStateMachine) -> bool {
        if !is_download(job) {
            return true;
        }
        let mut expected: Vec<_> = self.finished.difference(&completed(job)).copied().collect();
        if is_high_performance(job) {
            expected.clear();
        }
        job.renames().eq(expected.into_iter().map(|file| TransferItem::File(FileIndex(file))))
    }

    /// INV-48
    fn limits_hold(&self, step: &Step, by: Token) -> bool {
        let limits = self.options.limits;
        let exempt = by.administrator || by.user.is_system_account();
        match step.accepted() {
            _ if exempt => true,
            Some(Call::AddFileWithRanges(_, ranges, _)) => {
                u32::try_from(ranges.len()).is_ok_and(|count| count <= limits.ranges_per_file)
                    && step.after.file_count() <= limits.files_per_job
            }
            // A set of none adds none.
            Some(Call::AddFileSet(files, _)) if files.is_empty() => true,
            Some(Call::AddFile(..) | Call::AddFileSet(..)) => {
                step.after.file_count() <= limits.files_per_job
            }
            _ => true,
        }
    }

    /// INV-51
    fn the_times_fit(&self, step: &Step) -> bool {
        let (old, new) = (step.before.times(), step.after.times());
        let ordered = new.creation <= new.modification && old.modification <= new.modification;
        new.creation == self.creation
            && (ordered || self.clock_moved)
            && new.transfer_completion.is_some() == self.was_transferred
    }
}

/// INV-39: The present file alone restarts, but for validation and for a restart of the service.
fn progress_falls_to_zero_by_documented_restarts(step: &Step) -> bool {
    let (before, after) = (&step.before, &step.after);
    let fell = files(before).zip(files(after)).zip(0_u32..).filter(|((old, new), _)| new.1 < old.1);
    let fell: Vec<_> = fell.map(|((_, new), index)| (index, new.1)).collect();
    fell.iter().all(|(index, bytes)| *bytes == 0 && may_restart(step, *index))
}

fn may_restart(step: &Step, file: u32) -> bool {
    let job = &step.before;
    let present = match job.current() {
        Some(TransferItem::File(FileIndex(current))) => current == file,
        // The reply stands behind the upload file.
        Some(TransferItem::Reply) => file == 1,
        None => false,
    };
    match &step.input {
        Input::Call(call) | Input::CallBy(_, call) => match call {
            Call::SetValidationState(FileIndex(invalid), false) => *invalid == file, // DONE-20
            Call::SetSecurityFlags(flags) => {
                // HTTP-16
                let crl = HttpSecurityFlags::ENABLE_CRL_CHECK;
                let begins = flags.contains(crl) && !job.security_flags().contains(crl);
                present && begins && job.state().is_active()
            }
            _ => false,
        },
        Input::Event(event) => match event {
            Event::SizeKnown(_) | Event::FileChanged => present, // HTTP-08, FILES-26
            Event::SessionLost => present && !is_download(job),  // UPLOAD-06
            Event::Failed(failure) => {
                // T3: a new session is created.
                let unknown = failure.code() == HResult::BG_E_SESSION_NOT_FOUND;
                present && unknown && !is_download(job)
            }
            // NET-20, PROP-33, PROP-39
            Event::Picked => present && (is_dynamic(job) || has_other_method(job)),
            Event::Computer(ComputerEvent::ServiceRestarted) => is_high_performance(job), // PROP-35
            _ => false,
        },
        Input::Deadline(_) => false,
    }
}

pub(crate) fn has_other_method(job: &JobStateMachine) -> bool {
    let default = if is_download(job) { "GET" } else { "BITS_POST" };
    job.http_method() != default
}

/// INV-40
fn the_job_is_the_sum_of_its_files(job: &JobStateMachine) -> bool {
    let (sum, files) = (job.progress(), progress(job));
    let total =
        files.iter().try_fold(0_u64, |sum, file| Some(sum.saturating_add(file.bytes_total?)));
    let bytes = files.iter().fold(0_u64, |sum, file| sum.saturating_add(file.bytes_transferred));
    sum.bytes_total == total
        && sum.bytes_transferred == bytes
        && sum.files_total == job.file_count()
        && sum.files_transferred <= sum.files_total
}

/// INV-41: Also of an upload-reply its reply (LIFE-20).
fn all_is_there(job: &JobStateMachine) -> bool {
    let reply = job.reply_progress().map_or(true, |reply| reply.bytes_total.is_some());
    reply && files(job).all(|(total, bytes)| total == Some(bytes))
}

/// Of a job that is on demand from its first byte on.
fn filled_ranges_are_the_progress(job: &JobStateMachine) -> bool {
    (0..job.file_count()).map(FileIndex).all(|file| {
        let Ok(ranges) = job.filled_file_ranges(file) else { return true };
        let sum: u64 = ranges.iter().map(|range| range.length).sum();
        let apart = ranges.windows(2).all(|pair| {
            let [one, next] = pair else { return true };
            one.end().is_some_and(|end| end < next.initial_offset)
        });
        apart && job.file_progress(file).unwrap().bytes_transferred == sum
    })
}

/// INV-43
fn complete_keeps_what_is_finished(step: &Step, finished: &BTreeSet<u32>) -> bool {
    let Step { before, after, .. } = step;
    let Some(Call::Complete(Commit { failed_rename, deletion })) = step.call() else { return true };
    if !is_download(before) {
        return after.renames().count() == 0 || step.result.is_err();
    }
    let all = finished.len() == before.file_count() as usize;
    let code = match deletion {
        Deletion::Incomplete => Success::UnableToDeleteFiles,
        Deletion::Done if all => Success::Ok,
        Deletion::Done => Success::Partial,
    };
    match &step.result {
        Ok(outcome) => outcome.success == code && completed(after) == *finished,
        // DONE-07: those before the one that failed.
        Err(Error::RenameFailed { .. }) => {
            let renamed = failed_rename.map_or(0, |failed| failed.after as usize);
            let item = |item| match item {
                TransferItem::File(FileIndex(file)) => file,
                TransferItem::Reply => u32::MAX,
            };
            let kept = before.renames().take(renamed).map(item).chain(completed(before));
            after.state() == before.state() && completed(after) == kept.collect()
        }
        Err(_) => true,
    }
}

/// INV-44, DONE-12, DONE-14; DONE-15: what the service itself cancels it deletes, but for files that
/// stand at their place (PROP-35).
fn cancel_keeps_nothing(step: &Step) -> bool {
    let Step { before, after, .. } = step;
    let deletes = step.result.is_ok_and(|done| done.effects.contains(Effect::DeleteTemporaryFiles));
    let by_service = step.input == Input::Deadline(Deadline::Inactivity);
    if deletes != (by_service && !is_high_performance(before)) {
        return false;
    }
    let cancelled = step.entered().contains(&Cancelled);
    let left = match step.accepted() {
        Some(Call::Cancel(Deletion::Done)) => Success::Ok,
        Some(Call::Cancel(Deletion::Incomplete)) => Success::UnableToDeleteFiles,
        _ => return !cancelled || completed(before) == completed(after),
    };
    let told = step.result.is_ok_and(|outcome| outcome.success == left);
    told && completed(before) == completed(after)
}

/// INV-45: If the caller may call at all.
fn complete_of_uploads_needs_transferred(step: &Step, by: Token) -> bool {
    let Some(Call::Complete(commit)) = step.call() else { return true };
    let may = step.before.allows_by(&by, &Call::Suspend, step.now).is_ok();
    if is_download(&step.before) || !may {
        return true;
    }
    let transferred = step.before.state() == Transferred;
    let succeeds = transferred && commit.failed_rename.is_none();
    step.result.is_ok() <= transferred && (step.result.is_ok() || !succeeds)
}

/// INV-46, DONE-13: of an upload-reply, the cancellation only concerns the reply.
fn what_the_server_has_stays(step: &Step) -> bool {
    let job = &step.before;
    let cancels = step.result.is_ok_and(|outcome| {
        outcome.effects.iter().any(|effect| matches!(effect, Effect::CancelUpload { .. }))
    });
    let stored = job.job_type() == JobType::Upload
        && progress(job).first().is_some_and(|file| file.completed);
    !cancels || !is_download(job) && !stored && job.state() != Transferred
}

/// INV-56
fn dynamic_content_runs_in_the_foreground(job: &JobStateMachine) -> bool {
    !is_dynamic(job) || !job.state().is_active() || !job.priority().is_background()
}

/// INV-56
fn dynamic_content_begins_anew(step: &Step) -> bool {
    let job = &step.after;
    let anew = is_dynamic(job) || has_other_method(job);
    let file = current_file(job).filter(|_| anew && step.entered().contains(&Connecting));
    file.is_none_or(|file| job.file_progress(FileIndex(file)).unwrap().bytes_transferred == 0)
}

/// INV-57
fn progress_outlives_a_restart(step: &Step) -> bool {
    let Step { before, after, .. } = step;
    if step.event() != Some(&Event::Computer(ComputerEvent::ServiceRestarted)) {
        return true;
    }
    let kept = (before.times().creation, before.error_count(), before.error().ok().copied());
    let now = (after.times().creation, after.error_count(), after.error().ok().copied());
    // PROP-35: that a transferred job keeps its files is not said; a final one does not change.
    let lost = is_high_performance(before) && !before.state().is_final();
    let progress = if lost && before.state() != Transferred {
        files(after).all(|(_, bytes)| bytes == 0)
    } else {
        lost || progress(before) == progress(after)
    };
    let failed_anew = !step.entered().is_empty();
    (kept == now || failed_anew) && progress
}
