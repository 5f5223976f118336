//! Runs a scenario: an emulator's engine underneath, clients with scripted answers around it.

mod accounts;
mod client;
mod expect;
mod expect_several;
pub(crate) mod explored;
mod order;
pub(super) mod played;
mod policies;
mod possible;
mod program;
mod servers;
mod settings;
mod slips;
mod steps;
mod surroundings;
mod time;

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::ast::{Advance, JobDecl, Line, ReadingAnswer, Repetition, Statement};
use super::problem::{Diagnosis, Problem};
use super::transcript::Transcript;
use crate::emulator::{Engine, Explanation, LogEvent, default_start};
use crate::machine::JobStateMachine;
use crate::service::Policies;
use crate::vocabulary::text::quantities::{Code, Instant};
use crate::vocabulary::{HResult, JobId, JobState, Method, Readings};
use accounts::{Accounts, Client};
use client::Clients;
use order::Order;
use program::Program;

/// What came of a scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Everything that happened.
    pub trace: Transcript,
    /// How many expectations, codes and states of the text held, and waits until something.
    pub held: usize,
    /// The first line that did not, and why; the run ended there. Or that the text expects nothing, and does
    /// not say `no expectations`.
    pub failure: Option<Problem>,
    /// The event log that Windows would have written.
    pub log: Vec<LogEvent>,
}

/// Where things stand after a scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outlook {
    /// The time.
    pub now: DateTime<Utc>,
    /// When the next thing happens by itself, if anything does.
    pub next: Option<DateTime<Utc>>,
    /// Each job, in the order of their creation.
    pub jobs: Vec<Explanation>,
}

/// A scenario that runs. A clone goes on independently.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    engine: Engine,
    chooser: Order,
    by_hand: bool,
    /// The lines of all jobs that were asked for, in order.
    asked_for: Vec<JobDecl>,
    /// Those that were created, and the clients that hold them.
    jobs: Vec<Client>,
    accounts: Accounts,
    /// The server that the resources below its line belong to.
    host: Arc<str>,
    clients: Clients,
    program: Program,
    held: usize,
    /// Up to when the run is wanted, if not up to its last line; and whether it was stopped there.
    end: Option<DateTime<Utc>>,
    is_stopped: bool,
    /// After how many steps time is to pass no more, if not only at its last line.
    last_step: Option<usize>,
}

/// Runs the lines of a scenario up to the first that does not hold.
pub(super) fn run(lines: &[Line]) -> Report {
    let mut run = Run::new(lines);
    if let Some(line) = lines.iter().find(|line| line.statement.is_open()) {
        let failure = Some(left_open(&line.statement).at(line.span.clone()));
        return Report { trace: run.transcript(), held: 0, failure, log: Vec::new() };
    }
    run.engine.keep_log();
    let failure = lines.iter().enumerate().find_map(|(index, Line { statement, span })| {
        let diagnosis = run.statement(statement).err()?;
        let above = lines.get(..=index).unwrap_or(lines);
        Some(run.failure(diagnosis, above).at(span.clone()))
    });
    let failure = failure.or_else(|| nothing_checked(lines));
    let log = run.engine.recorder.log.entries();
    Report { trace: run.transcript(), held: run.held, failure, log }
}

/// Returns the failure of a scenario of which a run is only one of many.
pub(super) fn left_open(statement: &Statement) -> Diagnosis {
    let cause = match statement {
        Statement::Question(..) => "this asks about all runs that are possible; nothing was run",
        Statement::EndsAfter(_) => "this is said of all runs that are possible; nothing was run",
        _ => "this leaves open what happens, so that many runs are possible; nothing was run",
    };
    let help = "`bits check` explores all runs; to run the scenario once, remove the line or write what happens";
    Diagnosis::new(cause, help)
}

/// Runs the lines up to a time, and explains the jobs that there are by then.
pub(super) fn explain_at(lines: &[Line], at: Advance) -> Result<Vec<Explanation>, Problem> {
    let last = lines.last().map_or(0..0, |line| line.span.clone());
    let mut run = Run::new(lines);
    let end = match at {
        Advance::By(time) => time::later(run.now(), time),
        Advance::To(at) if at < run.now() => {
            let cause = format!("the scenario begins at {}", Instant(&run.now()));
            return Err(Diagnosis::new(cause, "name a later time").at(last));
        }
        Advance::To(at) => at,
        Advance::UntilState(_) | Advance::UntilBytes(_) => {
            let help = "write for example `2024-01-01 00:10:00` or `10 m`";
            return Err(Diagnosis::new("that is no time", help).at(last));
        }
    };
    run.end = Some(end);
    for (index, Line { statement, span }) in lines.iter().enumerate() {
        let Err(diagnosis) = run.statement(statement) else { continue };
        if run.is_stopped {
            break;
        }
        let above = lines.get(..=index).unwrap_or(lines);
        return Err(run.failure(diagnosis, above).at(span.clone()));
    }
    if !run.is_stopped {
        run.advance_to(end).map_err(|diagnosis| diagnosis.at(last))?;
    }
    Ok(run.explanations())
}

/// Runs the lines as far as they hold, and tells where things stand then.
pub(super) fn outlook(lines: &[Line]) -> Outlook {
    let mut run = Run::new(lines);
    let _ = lines.iter().try_for_each(|line| run.statement(&line.statement));
    let next = if run.by_hand { None } else { run.next_instant() };
    Outlook { now: run.now(), next, jobs: run.explanations() }
}

/// Returns the failure of a scenario that expects nothing and does not say that this is meant.
pub(crate) fn nothing_checked(lines: &[Line]) -> Option<Problem> {
    let checks =
        |line: &Line| line.statement == Statement::NoExpectations || line.statement.expects();
    if lines.iter().any(checks) {
        return None;
    }
    let help = "write what must be so, such as `expect TRANSFERRED`, or `no expectations` if the scenario is only \
                to be shown";
    let last = lines.last().map_or(0..0, |line| line.span.clone());
    Some(Diagnosis::new("nothing was checked: the scenario expects nothing", help).at(last))
}

impl Run {
    /// What holds from the beginning is looked for in all lines: it may stand below servers.
    pub(crate) fn new(lines: &[Line]) -> Self {
        let mut start = default_start();
        let mut readings = Readings::documented();
        let mut policies = Policies::default();
        let mut by_hand = false;
        let mut order = None;
        let comes_before = |line: &&Line| match &line.statement {
            Statement::Job(_) | Statement::Client(_) | Statement::Advance(..) => false,
            Statement::Step(step) => step.is_setting(),
            _ => true,
        };
        for line in lines.iter().take_while(comes_before) {
            match &line.statement {
                Statement::Start(at) => start = *at,
                Statement::ByHand => by_hand = true,
                Statement::Order(given) => order = Some(given),
                Statement::Reading(ReadingAnswer { switch, answer }) => {
                    readings.set(switch, answer);
                }
                Statement::Step(step) => {
                    let changes = step.policies().unwrap_or_default();
                    changes.iter().for_each(|change| change.apply(&mut policies));
                }
                _ => {}
            }
        }
        Self {
            engine: Engine::begin(start, readings, policies),
            chooser: Order::new(order),
            by_hand,
            asked_for: Vec::new(),
            jobs: Vec::new(),
            accounts: Accounts::default(),
            host: Arc::from(""),
            clients: Clients::default(),
            program: Program::default(),
            held: 0,
            end: None,
            is_stopped: false,
            last_step: None,
        }
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.engine.service.now()
    }

    fn transcript(&self) -> Transcript {
        Transcript::named(&self.engine.trace(), &self.asked_for, &self.program.lines)
    }

    /// What is told of a line that did not hold: why, what comes next, and names above that may be slips.
    pub(crate) fn failure(
        &self,
        Diagnosis { cause, help }: Diagnosis,
        above: &[Line],
    ) -> Diagnosis {
        let deadlines = self.jobs.iter().filter_map(|client| {
            let (at, deadline) = self.engine.service.job(client.job)?.next_deadline()?;
            Some((at, deadline, client))
        });
        let several = self.jobs.len() > 1;
        let next = match deadlines.min_by_key(|(at, ..)| *at) {
            Some((at, deadline, client)) if several => {
                format!("next clock: {deadline} of {} at {}", client.name, Instant(&at))
            }
            Some((at, deadline, _)) => format!("next clock: {deadline} at {}", Instant(&at)),
            None => "no clock will act any more".to_owned(),
        };
        let mut help = vec![format!("it is {}", Instant(&self.now())), next, help];
        help.retain(|part| !part.is_empty());
        let slips = slips::slips(above).into_iter().map(|slip| format!("\n{slip}"));
        Diagnosis::new(cause, help.join("; ") + &slips.collect::<String>())
    }

    pub(crate) fn statement(&mut self, statement: &Statement) -> Result<(), Diagnosis> {
        match statement {
            // These hold from the beginning.
            Statement::Start(_)
            | Statement::ByHand
            | Statement::Order(_)
            | Statement::Reading(_)
            | Statement::NoExpectations
            // These are for those who explore.
            | Statement::Open(_)
            | Statement::Polls(_)
            | Statement::InState(_)
            | Statement::Question(..)
            | Statement::EndsAfter(_) => {}
            Statement::Server { host, clauses } => self.set_server(host, clauses),
            Statement::ServerRemoved(host) => self.remove_server(host),
            Statement::Resource(resource) => self.set_resource(resource),
            Statement::ResourceRemoved(path) => self.remove_resource(path),
            Statement::Proxy(change) => self.change_proxy(change),
            Statement::Disk(change) => self.change_disk(change),
            Statement::CertificateStore(lookup) => self.engine.certificate_lookup = *lookup,
            Statement::UnavailableCode(code) => self.engine.host.dead_code = *code,
            Statement::ConnectFailure(code, times) => {
                let times = match times {
                    Repetition::Count(count) => Some(*count),
                    Repetition::Always => None,
                };
                self.engine.fail_connecting(*code, times);
            }
            Statement::ClientResponses(job, responses) => {
                let job = job.as_deref().map(|job| self.job_named(Some(job))).transpose()?;
                self.clients.learn(job, responses);
            }
            Statement::Job(job) => return self.create(job),
            Statement::Step(step) => return self.step(step),
            Statement::Client(client) => return self.client(client),
            Statement::Again { steps, times, every } => return self.again(*steps, *times, *every),
            Statement::Advance(job, advance) => return self.advance(job.as_deref(), *advance),
            Statement::Expect(job, expectations) => {
                for expectation in expectations {
                    if let Some(cause) = self.unmet(job.as_deref(), expectation)? {
                        return Err(Diagnosis::new(cause, self.last_steps()));
                    }
                    self.held += 1;
                }
            }
        }
        Ok(())
    }

    /// `CreateJob`, which may be refused (CREATE-05, CREATE-08, CREATE-16).
    fn create(&mut self, job: &JobDecl) -> Result<(), Diagnosis> {
        let token = self.token(&job.owner);
        let failure = self.engine.failure_to_connect(token.user);
        let created = self.engine.begin_connected_process(token, failure).and_then(|process| {
            self.asked_for.push(job.clone());
            let created = self.engine.create_job(process, job.name.clone(), job.job_type);
            created.map(|id| (process, id))
        });
        let why = created.as_ref().err().copied().map(steps::refusal);
        let was = created.as_ref().err().map_or(HResult::S_OK, |error| error.code());
        if let Ok((process, id)) = created {
            self.jobs.push(Client { name: job.label(), job: id, process, token });
        }
        let expected = job.code.unwrap_or(HResult::S_OK);
        if was != expected {
            let cause = format!("expected {}, was {}", Code(&expected), Code(&was));
            return Err(Diagnosis::new(cause, why.unwrap_or_else(|| self.last_steps())));
        }
        if job.code.is_some() {
            self.held += 1;
        }
        Ok(())
    }

    /// The job of that name; without one the last that was created.
    fn job_named(&self, name: Option<&str>) -> Result<JobId, Diagnosis> {
        let named = match name {
            Some(name) => self.jobs.iter().rev().find(|client| *client.name == *name),
            None => self.jobs.last(),
        };
        let missing =
            || Diagnosis::new("the job is not created yet", "create it with a `job` line");
        named.map(|client| client.job).ok_or_else(missing)
    }

    /// A job as it is now.
    fn job(&mut self, job: JobId) -> Result<&JobStateMachine, Diagnosis> {
        let missing = || Diagnosis::new("the job is gone", "create it with a `job` line");
        self.engine.current_job(job, Method::GetJob).map_err(|_| missing())
    }

    fn state(&mut self, job: JobId) -> Result<JobState, Diagnosis> {
        self.job(job).map(JobStateMachine::state)
    }

    fn explanations(&mut self) -> Vec<Explanation> {
        let jobs: Vec<JobId> = self.jobs.iter().map(|client| client.job).collect();
        jobs.into_iter().filter_map(|job| self.engine.explain(job).ok()).collect()
    }

    /// The last steps as a table, for a message.
    fn last_steps(&self) -> String {
        self.transcript().last_steps()
    }
}
