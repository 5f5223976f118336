//! What an execution notes of calls, waits and requests, for monitors.

use super::execution::Execution;
use super::legality::IllegalCall;
use super::requests::RequestRecord;
use crate::emulator::{DrivenCall, Emulator, ProcessId};
use crate::vocabulary::{HResult, JobState};

/// Legality.
impl Execution {
    /// Notes a call that failed, if it was illegal or told of the end of a run of the service.
    pub(super) fn note_failed_call(&self, emulator: &Emulator, call: DrivenCall, code: HResult) {
        let dead_run = emulator.observe(|engine| engine.dead_run(call.connection));
        let legality = &mut self.progress().actor.legality;
        if code == HResult::BG_E_INVALID_STATE {
            legality.note(IllegalCall::Refused(call.method));
        }
        if let Some(run) = dead_run {
            legality.note_dead(run, call.method);
        }
    }

    /// Notes that the program waits.
    pub(super) fn note_wait(&self, emulator: &Emulator, process: ProcessId) {
        let is_called = emulator.observe(|engine| engine.is_calling(process));
        self.progress().actor.legality.note_wait(is_called);
    }
}

/// Requests.
impl Execution {
    /// Notes the errors of jobs in ERROR for the requests of their files.
    pub(super) fn note_job_errors(&self, emulator: &Emulator) {
        if !self.progress().requests.iter().any(RequestRecord::is_open) {
            return;
        }
        emulator.observe(|engine| {
            let mut progress = self.progress();
            let jobs = engine.service.every_job().filter(|job| job.state() == JobState::Error);
            for job in jobs {
                let Ok(error) = job.error() else { continue };
                let open = progress.requests.iter_mut().filter(|request| request.is_open());
                for request in open.filter(|request| request.has_file_of(job)) {
                    request.job_errors.insert(error.code());
                }
            }
        });
    }

    /// Notes the code of a call that failed for the requests that are not reported.
    pub(super) fn note_call_error(&self, code: HResult) {
        let mut progress = self.progress();
        let program = usize::from(progress.actor.number);
        let open = progress.requests.iter_mut().filter(|request| request.is_open());
        let own = open.filter(|request| request.program == program);
        own.for_each(|request| _ = request.call_errors.insert(code));
    }
}
