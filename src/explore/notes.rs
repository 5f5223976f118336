//! What an execution notes of calls, waits and requests, for monitors.

use chrono::{DateTime, Utc};

use super::execution::{Execution, Noted};
use super::legality::IllegalCall;
use super::requests::RequestRecord;
use super::situation::Noticeable;
use super::stop::Endless;
use crate::emulator::{DrivenCall, Emulator, Observation, ProcessId};
use crate::vocabulary::{HResult, JobState, Method};

/// Calls.
impl Execution {
    /// Counts a call, with what the client could notice before it. Returns why the process is taken to be endless: too
    /// many calls without anything new to notice, or too many calls of Resume.
    pub(crate) fn count_call(&self, method: Method, noticed: Noticeable) -> Option<Endless> {
        let actor = &mut self.progress().actor;
        if actor.last_noticed.replace(noticed) == Some(noticed) {
            actor.idle_calls = actor.idle_calls.saturating_add(1);
        } else {
            actor.idle_calls = 0;
        }
        if actor.idle_calls > self.scope.idle_calls {
            return Some(Endless::IdleCalls);
        }
        if method == Method::Resume {
            actor.resumes = actor.resumes.saturating_add(1);
        }
        (actor.resumes > self.scope.resumes).then_some(Endless::Resumes)
    }

    /// Notes a call for the report, and for the monitors if it failed. Returns whether it is the last of the
    /// process.
    pub(crate) fn note_call(
        &self,
        emulator: &Emulator,
        call: DrivenCall,
        reply: Observation,
        now: DateTime<Utc>,
    ) -> bool {
        let code = reply.code;
        if code.is_failure() {
            self.note_failed_call(emulator, call, code);
            self.note_call_error(code);
        }
        let mut progress = self.progress();
        let met = progress.actor.met.take();
        progress.calls.note((call.method, met, code));
        progress.noted.push((now, Noted::Call(call.method, code)));
        let is_last = std::mem::take(&mut progress.actor.kills_after_call);
        if progress.record.is_some() {
            drop(progress);
            self.record_call(call, reply);
        }
        is_last
    }
}

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

    /// Notes that the program waits, and for the report what for.
    pub(super) fn note_wait(&self, emulator: &Emulator, process: ProcessId, noted: Option<Noted>) {
        let (now, is_called) =
            emulator.observe(|engine| (engine.now(), engine.is_calling(process)));
        let mut progress = self.progress();
        progress.actor.legality.note_wait(is_called);
        if let Some(noted) = noted {
            self.add_note(progress, now, noted);
        }
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
