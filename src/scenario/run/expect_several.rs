//! Whether what a scenario expects of several jobs, of servers and of the disk is so.

use std::sync::Arc;

use super::Run;
use super::accounts::Client;
use super::expect::instant_differs;
use super::servers::origins;
use crate::scenario::ast::{Caller, Expectation};
use crate::vocabulary::text::quantities::{Code, Name, Size};
use crate::vocabulary::{Error, JobId, JobState};

impl Run {
    /// What is so instead of what is expected; `None` if it is so.
    pub(super) fn actual_of_several(&mut self, expectation: &Expectation) -> Option<String> {
        let was = match expectation {
            Expectation::Time(at) => return instant_differs(self.now(), *at),
            Expectation::Running(expected) => {
                let running = self.running();
                // Which of them is named first says nothing.
                let same = running.len() == expected.len()
                    && running.iter().all(|name| expected.contains(name));
                return (!same).then(|| Expectation::Running(running).to_string());
            }
            Expectation::Activated(_) => Expectation::Activated(self.activated()),
            Expectation::QueueLength(_) => {
                Expectation::QueueLength(self.engine.service.queue_length())
            }
            Expectation::Enumerated(caller, _) => match self.enumerated(caller, false) {
                Ok(jobs) => Expectation::Enumerated(caller.clone(), jobs),
                Err(error) => return Some(error.to_string()),
            },
            Expectation::EnumeratedAll(caller, _) => {
                let all = self.enumerated(caller, true).map_err(|error| error.code());
                Expectation::EnumeratedAll(caller.clone(), all)
            }
            Expectation::OnDisk(path, size) => return self.not_on_disk(path, *size),
            Expectation::NotOnDisk(path) => {
                let size = self.engine.world.disk().size(path)?;
                return Some(format!("on disk {} {}", Name(path), Size(&size)));
            }
            Expectation::FolderEmpty(path) => {
                let files = self.engine.world.disk().list(path);
                return (!files.is_empty()).then(|| format!("{} in it", files.join(", ")));
            }
            Expectation::Asked(host, _) => Expectation::Asked(host.clone(), self.asked(host)),
            _ => return None,
        };
        (was != *expectation).then(|| match &was {
            Expectation::EnumeratedAll(_, Err(code)) => format!("refused with {}", Code(code)),
            was => was.to_string(),
        })
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

    fn not_on_disk(&self, path: &str, size: Option<u64>) -> Option<String> {
        match self.engine.world.disk().size(path) {
            Some(was) if size.is_none_or(|size| size == was) => None,
            Some(was) => Some(Size(&was).to_string()),
            None => Some("not there".to_owned()),
        }
    }

    fn asked(&self, host: &str) -> u64 {
        let origins = origins(host);
        let servers = origins.iter().filter_map(|origin| self.engine.world.known_server(origin));
        u64::try_from(servers.flat_map(|server| server.requests()).count()).unwrap_or(u64::MAX)
    }
}
