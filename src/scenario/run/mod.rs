//! Runs a scenario: its servers answer, its clocks act, its client calls and is told.

mod accounts;
mod client;
mod expect;
mod record;
mod settings;
mod time;

use std::ops::Range;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::ast::{Job, Line, Policy, Statement, Step};
use super::print::Code;
use super::problem::Problem;
use super::trace::{Trace, TraceStep};
use super::words::Instant;
use super::world::{World, saturating_add};
use crate::machine::{JobOptions, JobStateMachine};
use crate::vocabulary::{HResult, JobState, Readings};
use accounts::Accounts;
use client::Client;
use expect::unmet;

/// When a scenario begins that does not say so: 2024-01-01 00:00:00.
const DEFAULT_START: i64 = 1_704_067_200;

/// What came of a scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Everything that happened.
    pub trace: Trace,
    /// How many expectations, codes and states of the text held.
    pub held: usize,
    /// The first line that did not, and why; the run ended there.
    pub failure: Option<Problem>,
}

/// A scenario that runs.
struct Run {
    now: DateTime<Utc>,
    by_hand: bool,
    options: JobOptions,
    job: Option<JobStateMachine>,
    accounts: Accounts,
    /// The server that the resources below its line belong to.
    host: Arc<str>,
    world: World,
    client: Client,
    network: bool,
    trace: Trace,
    held: usize,
    /// The inactivity timeout removed the job and its files.
    purged: bool,
}

/// Why a statement did not hold: what was so instead, and what may help.
struct Unmet {
    cause: String,
    help: String,
}

impl Unmet {
    fn new(cause: impl Into<String>, help: impl Into<String>) -> Self {
        Self { cause: cause.into(), help: help.into() }
    }
}

/// Runs the lines of a scenario up to the first that does not hold.
pub(super) fn run(lines: &[Line]) -> Report {
    let mut run = Run::new();
    let failure = lines.iter().find_map(|Line { statement, span }| {
        let unmet = run.statement(statement).err()?;
        Some(run.failure(span.clone(), unmet))
    });
    Report { trace: run.trace, held: run.held, failure }
}

impl Run {
    fn new() -> Self {
        let start = DateTime::from_timestamp(DEFAULT_START, 0).unwrap_or_default();
        Self {
            now: start,
            by_hand: false,
            options: JobOptions::default(),
            job: None,
            accounts: Accounts::default(),
            host: Arc::from(""),
            world: World::default(),
            client: Client::default(),
            network: true,
            trace: Trace {
                start,
                readings: Readings::documented(),
                policies: Vec::new(),
                jobs: Vec::new(),
                steps: Vec::new(),
            },
            held: 0,
            purged: false,
        }
    }

    fn failure(&self, span: Range<usize>, Unmet { cause, help }: Unmet) -> Problem {
        let next = match self.job.as_ref().and_then(JobStateMachine::next_deadline) {
            Some((at, deadline)) => format!("next clock: {deadline} at {}", Instant(at)),
            None => "no clock will act any more".to_owned(),
        };
        Problem::new(span, cause, format!("it is {}; {next}; {help}", Instant(self.now)))
    }

    fn statement(&mut self, statement: &Statement) -> Result<(), Unmet> {
        match statement {
            Statement::Start(at) => {
                self.now = *at;
                self.trace.start = *at;
            }
            Statement::ByHand => self.by_hand = true,
            Statement::Reading { switch, answer } => {
                self.options.readings.set(switch, answer);
                self.trace.readings = self.options.readings;
            }
            Statement::Policy(policy, value) => self.set_policy(*policy, *value),
            Statement::Server(server) => {
                self.host = server.host.clone();
                self.world.add_server(server.clone());
            }
            Statement::Resource(resource) => {
                self.world.add_resource(self.host.clone(), resource.clone());
            }
            Statement::LocalFile { path, size } => self.world.add_local_file(path.clone(), *size),
            Statement::CallbackReturns(_)
            | Statement::CertificateCallbackReturns(_)
            | Statement::ProgramExits(_) => self.client.learn(statement),
            Statement::Job(job) => return self.create(job),
            Statement::Step(step) => return self.step(step),
            Statement::Again { steps, times, every } => return self.again(*steps, *times, *every),
            Statement::Advance(advance) => return self.advance(*advance),
            Statement::Expect(expectations) => {
                for expectation in expectations {
                    let job = self.job()?;
                    if let Some(cause) = unmet(expectation, self, job) {
                        return Err(Unmet::new(cause, self.last_steps()));
                    }
                    self.held += 1;
                }
            }
        }
        Ok(())
    }

    fn set_policy(&mut self, policy: Policy, value: u32) {
        match policy {
            Policy::InactivityTimeout => self.options.inactivity_timeout = value,
            Policy::MaximumDownloadTime => self.options.maximum_download_time = value,
            Policy::FilesPerJob => self.options.limits.files_per_job = value,
            Policy::RangesPerFile => self.options.limits.ranges_per_file = value,
        }
        self.trace.policies.push((policy, value));
    }

    /// `CreateJob`, which may be refused (CREATE-05, CREATE-16).
    fn create(&mut self, job: &Job) -> Result<(), Unmet> {
        let owner = self.accounts.token(&job.owner);
        let options = JobOptions { id: job.id, job_type: job.job_type, owner, ..self.options };
        let created = JobStateMachine::create(job.name.clone(), options, self.now);
        let why = created.as_ref().err().map(ToString::to_string).unwrap_or_default();
        let was = created.as_ref().err().map_or(HResult::S_OK, |error| error.code());
        self.job = created.ok();
        self.trace
            .jobs
            .push(Job { code: Some(was).filter(|code| code.is_failure()), ..job.clone() });
        let expected = job.code.unwrap_or(HResult::S_OK);
        if was != expected {
            let cause = format!("expected {}, was {}", Code(expected), Code(was));
            return Err(Unmet::new(cause, why));
        }
        if job.code.is_some() {
            self.held += 1;
        }
        Ok(())
    }

    fn job(&self) -> Result<&JobStateMachine, Unmet> {
        let missing = || Unmet::new("the job is not created yet", "create it with a `job` line");
        self.job.as_ref().ok_or_else(missing)
    }

    fn state(&self) -> Result<JobState, Unmet> {
        self.job().map(JobStateMachine::state)
    }

    /// A call, event or deadline that the text asks for.
    fn step(&mut self, step: &Step) -> Result<(), Unmet> {
        if let Some(at) = step.at {
            if at < self.now {
                let cause = format!("it is {} already", Instant(self.now));
                return Err(Unmet::new(cause, "write the steps in the order of their times"));
            }
            self.advance_to(at)?;
        }
        self.tell_progress()?;
        self.apply(step.what.clone())?;
        if let Some(done) = self.trace.steps.last().cloned() {
            self.check_code(step, &done)?;
            self.check_state(step, &done)?;
        }
        if self.by_hand {
            return Ok(());
        }
        self.dispatch()?;
        self.go_on();
        self.settle()
    }

    fn check_code(&mut self, step: &Step, done: &TraceStep) -> Result<(), Unmet> {
        let Some(was) = done.code() else { return Ok(()) };
        let expected = step.code.unwrap_or(HResult::S_OK);
        let why = done.result.err().map(|error| error.to_string()).unwrap_or_default();
        if was != expected {
            let cause = format!("expected {}, was {}", Code(expected), Code(was));
            return Err(Unmet::new(cause, why));
        }
        self.held += 1;
        Ok(())
    }

    fn check_state(&mut self, step: &Step, done: &TraceStep) -> Result<(), Unmet> {
        let state = done.after;
        match step.state {
            Some(expected) if expected != state => {
                let cause = format!("expected to be {expected}, was {state}");
                return Err(Unmet::new(cause, self.last_steps()));
            }
            Some(_) => self.held += 1,
            None if done.was_ignored() => {
                let cause = format!("nothing happened: {state} does not allow it");
                let help = format!("write `=> {state}` behind it if that is what it shows");
                return Err(Unmet::new(cause, help));
            }
            None => {}
        }
        Ok(())
    }

    /// In a scenario by hand: the last steps again, and again.
    fn again(&mut self, steps: usize, times: u64, every: TimeDelta) -> Result<(), Unmet> {
        let first = self.trace.steps.len().saturating_sub(steps);
        let cycle: Vec<Step> =
            self.trace.steps.iter().skip(first).map(TraceStep::statement).collect();
        let mut later = every;
        for _ in 0..times {
            for step in &cycle {
                let at = step.at.map(|at| saturating_add(at, later));
                self.step(&Step { at, ..step.clone() })?;
            }
            later = later.checked_add(&every).unwrap_or(TimeDelta::MAX);
        }
        Ok(())
    }
}
