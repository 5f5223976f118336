//! What is so of several jobs, of servers and of the disk, where a scenario expects something of them.

use std::sync::Arc;

use super::Run;
use super::accounts::Client;
use super::expect::{Actual, as_precise, file_named};
use super::servers::origins;
use crate::emulator::TraceEvent;
use crate::scenario::ast::{Caller, ClientAction, Expectation};
use crate::vocabulary::{Error, HResult, JobId, JobState, Method};

impl Run {
    pub(super) fn actual_of_several(&mut self, expected: &Expectation) -> Actual {
        Ok(match expected {
            Expectation::Time(at) => Expectation::Time(as_precise(self.now(), *at)),
            Expectation::Running(jobs) => {
                let running = self.running();
                // Which of them is named first says nothing.
                let same =
                    running.len() == jobs.len() && running.iter().all(|name| jobs.contains(name));
                if same { expected.clone() } else { Expectation::Running(running) }
            }
            Expectation::Activated(_) => Expectation::Activated(self.activated()),
            Expectation::QueueLength(_) => {
                Expectation::QueueLength(self.engine.service.queue_length())
            }
            Expectation::Enumerated(caller, _) => {
                let jobs = self.enumerated(caller, false).map_err(|error| error.to_string())?;
                Expectation::Enumerated(caller.clone(), jobs)
            }
            Expectation::EnumeratedAll(caller, _) => {
                let all = self.enumerated(caller, true).map_err(|error| error.code());
                Expectation::EnumeratedAll(caller.clone(), all)
            }
            Expectation::OnDisk(path, size) => {
                let was = self.engine.world.disk().size(path);
                let path = Arc::clone(path);
                match was {
                    Some(was) => Expectation::OnDisk(path, size.map(|_| was)),
                    None => Expectation::NotOnDisk(path),
                }
            }
            Expectation::NotOnDisk(path) => match self.engine.world.disk().size(path) {
                Some(was) => Expectation::OnDisk(Arc::clone(path), Some(was)),
                None => expected.clone(),
            },
            Expectation::FolderEmpty(path) => match self.engine.world.disk().list(path) {
                files if files.is_empty() => expected.clone(),
                files => return Err(format!("{} in it", files.join(", "))),
            },
            Expectation::Asked(host, method, _) => {
                let count = self.asked(host, method.as_deref());
                Expectation::Asked(host.clone(), method.clone(), count)
            }
            Expectation::Fetched(name) => {
                let jobs =
                    self.jobs.iter().filter_map(|client| self.engine.service.job(client.job));
                let files: Vec<_> = jobs.filter_map(|job| file_named(job, name).ok()).collect();
                match files.iter().any(|file| file.completed) {
                    true => expected.clone(),
                    false if files.is_empty() => return Err("in no job".to_owned()),
                    false => return Err("not completed".to_owned()),
                }
            }
            Expectation::NoneRefused(code) => match self.refused_with(*code) {
                Some(method) => return Err(format!("{method} refused")),
                None => expected.clone(),
            },
            Expectation::ClientEnded => match self.program.ending() {
                Some(ClientAction::Succeeds | ClientAction::Fails(_)) => expected.clone(),
                ending => return Err(in_words(ending)),
            },
            Expectation::ClientSucceeded => match self.program.ending() {
                Some(ClientAction::Succeeds) => expected.clone(),
                ending => return Err(in_words(ending)),
            },
            of_one_job => of_one_job.clone(),
        })
    }

    /// The first call that was refused with that code.
    fn refused_with(&self, code: HResult) -> Option<Method> {
        let mut steps = self.engine.steps_since(0);
        let refused = steps.find_map(|step| match &step.what {
            TraceEvent::Call(call) if step.code() == Some(code) => Some(call.method()),
            TraceEvent::CreateRefused { error, .. } if error.code() == code => {
                Some(Method::CreateJob)
            }
            _ => None,
        });
        refused.or_else(|| self.program.refused_with(code))
    }

    fn running(&self) -> Vec<Arc<str>> {
        let runs = |client: &&Client| {
            let job = self.engine.service.job(client.job);
            job.is_some_and(|job| job.state().is_active())
        };
        self.jobs.iter().filter(runs).map(|client| client.name.clone()).collect()
    }

    /// The jobs in the order in which they were picked.
    fn activated(&self) -> Vec<Arc<str>> {
        let steps = self.engine.steps_since(0).flat_map(|step| step.jobs());
        let picked = steps.filter(|step| step.entered(JobState::Connecting));
        picked.filter_map(|step| self.name_of_job(step.job)).collect()
    }

    fn enumerated(&mut self, caller: &Caller, all: bool) -> Result<Vec<Arc<str>>, Error> {
        let token = self.token(caller);
        let jobs = self.engine.service.enumerate(&token, all)?;
        Ok(jobs.into_iter().filter_map(|job| self.name_of_job(job)).collect())
    }

    fn name_of_job(&self, job: JobId) -> Option<Arc<str>> {
        self.jobs.iter().find(|client| client.job == job).map(|client| client.name.clone())
    }

    fn asked(&self, host: &str, method: Option<&str>) -> u64 {
        let origins = origins(host);
        let servers = origins.iter().filter_map(|origin| self.engine.world.known_server(origin));
        let requests = servers.flat_map(|server| server.requests());
        let of_method =
            requests.filter(|asked| method.is_none_or(|method| *asked.method == *method));
        u64::try_from(of_method.count()).unwrap_or(u64::MAX)
    }
}

/// How the client's program ended, or that it did not.
fn in_words(ending: Option<&ClientAction>) -> String {
    match ending {
        Some(ClientAction::Starts) => "client still running".to_owned(),
        Some(ending) => ending.to_string(),
        None => "no client started".to_owned(),
    }
}
