//! The request of a program, as it holds it.

use std::sync::Arc;

use super::execution::{Execution, Noted};
use super::requests::{RequestOutcome, RequestRecord, missing_file};
use crate::emulator::Emulator;
use crate::vocabulary::HResult;

/// A request of a program, by [`Life::request`](super::Life::request), of which it reports exactly one outcome
/// before it ends. A clone is the same request: a callback may hold one.
#[derive(Debug, Clone)]
#[must_use = "a request that is never reported breaks a promise"]
pub struct ProgramRequest {
    place: usize,
    emulator: Emulator,
    execution: Arc<Execution>,
}

impl ProgramRequest {
    pub(super) fn new(
        emulator: &Emulator,
        execution: &Arc<Execution>,
        files: Vec<(String, String)>,
    ) -> Self {
        let mut progress = execution.progress();
        let place = progress.requests.len();
        let program = usize::from(progress.actor.number);
        progress.requests.push(RequestRecord { program, files, ..RequestRecord::default() });
        drop(progress);
        Self { place, emulator: emulator.clone(), execution: Arc::clone(execution) }
    }

    /// Reports that every file is there.
    pub fn success(&self) {
        self.report(RequestOutcome::Success);
    }

    /// Reports that the files are not fetched, with the code of the job's error or of the call that failed.
    pub fn failure(&self, code: HResult) {
        self.report(RequestOutcome::Failure(code));
    }

    /// Reports that the files are fetched in another way, without BITS.
    pub fn fallback(&self) {
        self.report(RequestOutcome::Fallback);
    }

    /// A program that is killed reports nothing any more.
    fn report(&self, outcome: RequestOutcome) {
        let Self { place, emulator, execution } = self;
        if execution.is_stopped() {
            return;
        }
        execution.note_job_errors(emulator);
        let files = execution.progress().requests.get(*place).map(|known| known.files.clone());
        let missing = files.as_deref().and_then(|files| missing_file(emulator, files));
        let mut progress = execution.progress();
        let Some(record) = progress.requests.get_mut(*place) else { return };
        record.outcomes.push(outcome);
        if let (RequestOutcome::Success, Some(missing)) = (outcome, missing) {
            record.missing.get_or_insert_with(|| missing.to_owned());
        }
        drop(progress);
        execution.note(emulator, Noted::Reports(outcome));
    }
}
