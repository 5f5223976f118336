//! The scope of a line: what the lines above it declare.

use std::sync::Arc;

use super::wrong;
use crate::scenario::ast::{JobDecl, PolicyChange, Statement};
use crate::scenario::problem::Diagnosis;
use crate::scenario::syntax::names::JobName;
use crate::vocabulary::HResult;
use crate::vocabulary::text::nearest::nearest;

/// What the lines above declare.
#[derive(Default, Clone)]
pub(super) struct Scope<'a> {
    pub(super) start: bool,
    pub(super) by_hand: bool,
    pub(super) order: bool,
    pub(super) switches: Vec<&'a str>,
    /// Since something last happened.
    pub(super) policies: Vec<PolicyChange>,
    /// The servers that exist, and those that were named since something last happened.
    pub(super) hosts: Vec<&'a str>,
    pub(super) new_hosts: Vec<&'a str>,
    /// The server that paths belong to, and those of its paths that were named below it.
    pub(super) host: Option<&'a str>,
    pub(super) new_paths: Vec<&'a str>,
    /// The jobs that were created.
    pub(super) jobs: Vec<Arc<str>>,
    /// The job that lines without a name are about, if there are several.
    pub(super) current: Option<Arc<str>>,
    pub(super) steps: usize,
    /// When time ends is said.
    pub(super) time_ends: bool,
    /// The rows of a polling client stand here.
    pub(super) is_table: bool,
    /// The line belongs to a step that happens at any time.
    pub(super) is_at_any_time: bool,
}

impl<'a> Scope<'a> {
    pub(super) fn has_begun(&self) -> bool {
        !self.jobs.is_empty() || self.steps > 0
    }

    pub(super) fn note(&mut self, statement: &'a Statement) {
        match statement {
            Statement::Start(_) => self.start = true,
            Statement::ByHand => self.by_hand = true,
            Statement::Order(_) => self.order = true,
            Statement::Reading(reading) => self.switches.push(reading.switch),
            Statement::Server { host, .. } => {
                self.hosts.push(host);
                self.new_hosts.push(host);
                self.host = Some(host);
                self.new_paths.clear();
            }
            Statement::ServerRemoved(host) => {
                self.hosts.retain(|known| !known.eq_ignore_ascii_case(host));
                self.host = None;
            }
            Statement::Resource(resource) => self.new_paths.push(&resource.path),
            Statement::Job(job) if is_created(job) => {
                self.jobs.push(job.label());
                self.current = Some(job.label());
                self.something_happens();
            }
            Statement::Step(step) if step.is_setting() => {
                self.policies.extend(step.policies().unwrap_or_default());
                self.steps += usize::from(self.has_begun());
            }
            Statement::Step(step) => {
                self.steps += 1;
                self.is_about(step.job.as_ref());
                if step.at.is_some() {
                    self.current = None;
                }
                self.something_happens();
            }
            Statement::Client(client) => {
                self.steps += 1;
                self.is_about(client.job.as_ref());
                if client.at.is_some() {
                    self.current = None;
                }
                self.something_happens();
            }
            Statement::Expect(job, _)
            | Statement::ClientResponses(job, _)
            | Statement::Question(job, _) => self.is_about(job.as_ref()),
            Statement::Open(open) => {
                let host = self.host;
                open.lines().for_each(|line| self.note(&line.statement));
                // Which server comes last depends on what happens.
                self.host = host.filter(|_| self.host == host);
                self.steps += 1;
                self.something_happens();
            }
            Statement::EndsAfter(_) => self.time_ends = true,
            Statement::Advance(..) => {
                self.current = None;
                self.something_happens();
            }
            Statement::Job(_)
            | Statement::NoExpectations
            | Statement::ResourceRemoved(_)
            | Statement::Proxy(_)
            | Statement::Disk(_)
            | Statement::CertificateStore(_)
            | Statement::UnavailableCode(_)
            | Statement::ConnectFailure(..)
            | Statement::Polls(_)
            | Statement::InState(_)
            | Statement::Again { .. } => {}
        }
    }

    fn something_happens(&mut self) {
        self.policies.clear();
        self.new_hosts.clear();
        self.new_paths.clear();
    }

    /// A line names a job.
    fn is_about(&mut self, job: Option<&Arc<str>>) {
        if job.is_some() && job != self.current.as_ref() {
            self.current = None;
        }
    }

    /// The scope of the rows of a client that polls a job.
    pub(super) fn of_rows(&self, job: Option<&Arc<str>>) -> Self {
        let current = job.or(self.current.as_ref()).cloned();
        Self { current, is_table: true, ..self.clone() }
    }

    /// Whether a name that is given is the name of a job.
    pub(super) fn names(&self, job: Option<&str>) -> Option<Diagnosis> {
        let job = job.filter(|job| self.jobs.iter().all(|known| **known != **job))?;
        let create = format!("write for example `job {}, DOWNLOAD, by alice` above", JobName(job));
        let names: Vec<String> =
            self.jobs.iter().map(|name| format!("`{}`", JobName(name))).collect();
        let near = nearest(job, self.jobs.iter().map(|name| &**name));
        let help = match (near, names.as_slice()) {
            (Some(near), _) => format!("did you mean `{}`? {create}", JobName(near)),
            (None, []) => create,
            (None, names) => format!("{create}, or name {}", names.join(" or ")),
        };
        wrong(format!("no job {} is created yet", JobName(job)), help)
    }

    /// Whether it is clear which job a line is about, that has to be about one.
    pub(super) fn resolves(&self, job: Option<&str>) -> Option<Diagnosis> {
        if job.is_some() {
            return self.names(job);
        }
        match self.jobs.as_slice() {
            [] => wrong(
                "the job is not created yet",
                "write for example `job update, DOWNLOAD, by alice` above",
            ),
            [first, _, ..] if self.current.is_none() => {
                let example = format!("`{}: resume`", JobName(first));
                let help = "write the name of the job and a colon before it, for example";
                wrong("several jobs could be meant", format!("{help} {example}"))
            }
            [_, ..] => None,
        }
    }
}

/// Whether the line creates a job: one that no user could create is none.
pub(super) fn is_created(job: &JobDecl) -> bool {
    job.code.is_none_or(HResult::is_success)
}
