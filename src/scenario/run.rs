//! Runs a scenario: its servers answer, its clocks act, its client calls.

use std::ops::Range;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::ast::{Advance, Job, Line, Policy, Statement, Step};
use super::expect::unmet;
use super::flow::saturating_add;
use super::print::Code;
use super::problem::Problem;
use super::trace::{Trace, TraceStep};
use super::words::{Instant, Size};
use super::world::World;
use crate::machine::{Deadline, Event, Input, JobOptions, JobStateMachine};
use crate::vocabulary::{HResult, JobState, Readings};

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
pub(super) struct Run {
    now: DateTime<Utc>,
    pub(super) by_hand: bool,
    options: JobOptions,
    pub(super) job: Option<JobStateMachine>,
    /// The server that the resources below its line belong to.
    host: Arc<str>,
    pub(super) world: World,
    pub(super) network: bool,
    pub(super) trace: Trace,
    held: usize,
    /// The inactivity timeout removed the job and its files.
    pub(super) purged: bool,
}

/// Why a statement did not hold: what was so instead, and what may help.
pub(super) struct Unmet {
    cause: String,
    help: String,
}

impl Unmet {
    pub(super) fn new(cause: impl Into<String>, help: impl Into<String>) -> Self {
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
            host: Arc::from(""),
            world: World::default(),
            network: true,
            trace: Trace {
                start,
                readings: Readings::documented(),
                policies: Vec::new(),
                job: None,
                steps: Vec::new(),
            },
            held: 0,
            purged: false,
        }
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.now
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
            Statement::Job(job) => self.create(job),
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
        }
        self.trace.policies.push((policy, value));
    }

    fn create(&mut self, job: &Job) {
        let options = JobOptions {
            id: job.id,
            job_type: job.job_type,
            owner: job.owner_kind(),
            ..self.options
        };
        self.job = Some(JobStateMachine::new(options, self.now));
        self.trace.job = Some(job.clone());
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
        self.apply(step.input.clone())?;
        if let Some(done) = self.trace.steps.last().cloned() {
            self.check_code(step, &done)?;
            self.check_state(step, &done)?;
        }
        if self.by_hand { Ok(()) } else { self.settle() }
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

    fn advance(&mut self, advance: Advance) -> Result<(), Unmet> {
        match advance {
            Advance::By(duration) => self.advance_to(saturating_add(self.now, duration)),
            Advance::To(at) if at < self.now => {
                let cause = format!("it is {} already", Instant(self.now));
                Err(Unmet::new(cause, "time runs forwards only"))
            }
            Advance::To(at) => self.advance_to(at),
            Advance::UntilState(state) => self.advance_until(state),
            Advance::UntilBytes(bytes) => self.advance_until_bytes(bytes),
        }
    }

    /// Lets happen what happens by itself up to an instant.
    fn advance_to(&mut self, until: DateTime<Utc>) -> Result<(), Unmet> {
        if !self.by_hand {
            while self.next_instant().is_some_and(|at| at <= until) {
                self.proceed()?;
            }
        }
        self.now = self.now.max(until);
        self.tell_progress()
    }

    fn advance_until(&mut self, state: JobState) -> Result<(), Unmet> {
        loop {
            if self.next_instant().is_none() {
                let was = self.state()?;
                let cause = format!("the job never becomes {state}; it stays {was}");
                return Err(Unmet::new(cause, self.last_steps()));
            }
            let steps = self.trace.steps.len();
            self.proceed()?;
            let mut new = self.trace.steps.iter().skip(steps);
            if new.any(|step| step.after == state && step.entered(state)) && self.state()? == state
            {
                return Ok(());
            }
        }
    }

    fn advance_until_bytes(&mut self, bytes: u64) -> Result<(), Unmet> {
        loop {
            let there = self.job()?.progress().bytes_transferred;
            let missing = bytes.saturating_sub(there);
            if missing == 0 {
                return Ok(());
            }
            let next = self.next_instant();
            match self.world.instant_of(missing).filter(|at| next.is_none_or(|next| *at <= next)) {
                Some(at) => return self.advance_to(at),
                None if next.is_some() => self.proceed()?,
                None => {
                    let cause = format!("{} never arrive, only {}", Size(bytes), Size(there));
                    return Err(Unmet::new(cause, self.last_steps()));
                }
            }
        }
    }

    /// When the next thing happens by itself.
    fn next_instant(&self) -> Option<DateTime<Utc>> {
        let job = self.job.as_ref()?;
        let picked = job.is_eligible().then_some(self.now);
        let deadline = job.next_deadline().map(|(at, _)| at);
        [picked, self.world.due(), deadline].into_iter().flatten().min().map(|at| at.max(self.now))
    }

    /// Lets the next thing happen that happens by itself. At one instant progress comes before
    /// the clocks (TIME-24).
    fn proceed(&mut self) -> Result<(), Unmet> {
        let Some(at) = self.next_instant() else { return Ok(()) };
        self.now = at;
        let job = self.job()?;
        if job.is_eligible() {
            return self.apply(Input::Event(Event::Picked));
        }
        if self.world.due().is_some_and(|due| due <= at) {
            return self.act();
        }
        match job.next_deadline() {
            Some((_, deadline)) => self.act_deadline(deadline),
            None => Ok(()),
        }
    }

    /// A server acts.
    fn act(&mut self) -> Result<(), Unmet> {
        let Some(job) = &self.job else { return Ok(()) };
        for event in self.world.act(job, self.now) {
            self.apply(Input::Event(event))?;
        }
        self.go_on();
        Ok(())
    }

    /// The next file, or the reply, is asked for as soon as one is there.
    fn go_on(&mut self) {
        if let Some(job) = &self.job
            && job.state() == JobState::Transferring
            && self.world.due().is_none()
        {
            self.world.begin(job, self.now);
        }
    }

    fn act_deadline(&mut self, deadline: Deadline) -> Result<(), Unmet> {
        self.tell_progress()?;
        self.apply(Input::Deadline(deadline))
    }

    /// Clocks whose instant has come act at once: a timeout was set into the past (TIME-14).
    fn settle(&mut self) -> Result<(), Unmet> {
        while let Some((_, deadline)) =
            self.job()?.next_deadline().filter(|(at, _)| *at <= self.now)
        {
            self.act_deadline(deadline)?;
        }
        Ok(())
    }

    /// Tells the job which bytes have arrived by now.
    fn tell_progress(&mut self) -> Result<(), Unmet> {
        match self.world.arrived(self.now) {
            Some(event) => self.apply(Input::Event(event)),
            None => Ok(()),
        }
    }
}
