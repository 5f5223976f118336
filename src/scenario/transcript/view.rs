//! From the trace of an emulator to lines.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{ClientLine, ClientTold, Entry, Transcript, TranscriptStep};
use crate::emulator::{
    Actor, JobStep, Process, Trace, TraceEvent, TraceStep, account_key, same_account,
};
use crate::machine::{Call, ComputerEvent, Event};
use crate::scenario::ast::{
    CalledBy, Caller, ClientAction, ClientStatement, Expectation, JobDecl, PolicyChange,
    ServiceChange, StepAction, UserAction,
};
use crate::service::Policies;
use crate::vocabulary::text::quantities::NULL;
use crate::vocabulary::{Error, HResult, IntegrityLevel, JobId, JobType, Method, Sid, Token};

/// What is known of the jobs and users of a trace so far.
struct View<'a> {
    /// The lines by which a text asked for the jobs that are to come.
    lines: &'a [JobDecl],
    names: BTreeMap<JobId, Arc<str>>,
    taken: BTreeSet<Arc<str>>,
    owners: BTreeMap<JobId, Token>,
    policies: Policies,
    several: bool,
    mentioned: BTreeSet<Arc<str>>,
    entries: Vec<Entry>,
}

/// The transcript of a trace, with the lines by which a text asked for its jobs, if there is a text, and those
/// about the client's program.
pub(super) fn view(trace: &Trace, lines: &[JobDecl], client: &[ClientLine]) -> Transcript {
    counted(trace, lines, client).0
}

/// The same, and for each step of the transcript how many steps of the trace there are once it has happened.
pub(super) fn counted(
    trace: &Trace,
    lines: &[JobDecl],
    client: &[ClientLine],
) -> (Transcript, Vec<usize>) {
    let created = |step: &&TraceStep| matches!(step.what, TraceEvent::JobCreated { .. });
    let mut view = View {
        lines,
        names: BTreeMap::new(),
        taken: BTreeSet::new(),
        owners: BTreeMap::new(),
        policies: *trace.policies(),
        several: trace.steps().iter().filter(created).count() > 1,
        mentioned: BTreeSet::new(),
        entries: Vec::new(),
    };
    let usual = Policies::default();
    let policies = PolicyChange::between(&usual, trace.policies());
    let mut rest = trace.steps();
    let mut client = client;
    let mut counts = Vec::new();
    let mut counted = 0;
    while let [step, after @ ..] = rest {
        let before = client.partition_point(|line| line.after < step.number);
        let (now, later) = client.split_at(before);
        now.iter().for_each(|line| view.client(line));
        client = later;
        view.add(step, after);
        rest = after;
        let new = view.entries.iter().skip(counted).filter(|entry| matches!(entry, Entry::Step(_)));
        counts.extend(new.map(|_| trace.steps().len() - after.len()));
        counted = view.entries.len();
    }
    client.iter().for_each(|line| view.client(line));
    let transcript = Transcript {
        start: trace.start(),
        readings: *trace.readings(),
        policies,
        dropped: trace.dropped(),
        entries: view.entries,
    };
    (transcript, counts)
}

impl View<'_> {
    fn add(&mut self, step: &TraceStep, after: &[TraceStep]) {
        match &step.what {
            TraceEvent::JobCreated { name, job_type } => {
                self.job(step, Some(name), *job_type, None)
            }
            TraceEvent::CreateRefused { name, job_type, error } => {
                self.job(step, name.as_ref(), *job_type, Some(error.code()));
            }
            TraceEvent::Policies(policies) => {
                let changes = PolicyChange::between(&self.policies, policies);
                self.policies = *policies;
                if !changes.is_empty() {
                    self.of_all(step, StepAction::Policies(changes));
                }
            }
            TraceEvent::BandwidthLimits(_) => self.of_all(step, StepAction::BandwidthLimits),
            TraceEvent::Link(link) => self.of_all(step, StepAction::Link(*link)),
            TraceEvent::ProcessEnded => {
                for job in step.jobs() {
                    self.of_job(step, job, StepAction::Event(Event::ClientExited));
                }
            }
            TraceEvent::Call(call) => self.call(step, call),
            TraceEvent::Event(event) => self.of_jobs(step, &StepAction::Event(event.clone())),
            TraceEvent::Deadline(deadline) => self.of_jobs(step, &StepAction::Deadline(*deadline)),
            TraceEvent::LoggedOn(name) => {
                if self.mention(name) && !acts_next(name, after) {
                    return;
                }
                self.of_all(step, StepAction::User(Arc::clone(name), UserAction::LogsOn));
            }
            TraceEvent::LoggedOff(name) => {
                self.mention(name);
                self.of_all(step, StepAction::User(Arc::clone(name), UserAction::LogsOff));
            }
            TraceEvent::Computer(event) => {
                self.of_all(step, StepAction::Event((*event).into()));
            }
            TraceEvent::ServiceStopped => {
                self.of_all(step, StepAction::Service(ServiceChange::Stops));
            }
            TraceEvent::ServiceStarted => {
                self.of_all(step, StepAction::Service(ServiceChange::Starts));
            }
            // What another computer left is not in the trace: to its own jobs a boot is a restart.
            TraceEvent::Booted => {
                self.of_all(step, StepAction::Event(ComputerEvent::ServiceRestarted.into()));
            }
            // Nothing that a job would notice.
            TraceEvent::Connected
            | TraceEvent::OpenRefused { .. }
            | TraceEvent::CallLost { .. }
            | TraceEvent::ReplyReplaced { .. } => {}
        }
    }

    /// Whether an account is named for the first time.
    fn mention(&mut self, name: &Arc<str>) -> bool {
        self.mentioned.insert(account_key(name))
    }

    /// A process calls. A user who is not logged on by then has to be logged off in the lines: a user who
    /// is named for the first time has a session.
    fn mention_caller(&mut self, step: &TraceStep, process: &Process) {
        self.mention_caller_at(step.at, process);
    }

    fn mention_caller_at(&mut self, at: DateTime<Utc>, process: &Process) {
        let account = &process.account;
        if !process.token.user.is_system_account() && self.mention(account) {
            let what = StepAction::User(Arc::clone(account), UserAction::LogsOff);
            self.entries.push(Entry::Step(TranscriptStep {
                at,
                job: None,
                what,
                jobs: Vec::new(),
            }));
        }
    }

    fn job(
        &mut self,
        step: &TraceStep,
        name: Option<&Arc<str>>,
        job_type: JobType,
        code: Option<HResult>,
    ) {
        let Actor::Client(process) = &step.actor else { return };
        self.mention_caller(step, process);
        let line = self.lines.split_first().map(|(first, rest)| {
            self.lines = rest;
            first.clone()
        });
        let owner = caller(process);
        let mut job = line.map_or_else(
            || JobDecl {
                name: name.cloned(),
                label: None,
                job_type,
                owner: owner.clone(),
                id: JobId::default(),
                code: None,
            },
            |line| JobDecl { owner: owner.clone(), ..line },
        );
        job.code = code;
        if let [created] = step.jobs() {
            let label = job.label();
            if !self.taken.insert(Arc::clone(&label)) {
                job.label = Some(self.another(&label));
            }
            self.names.insert(created.job, job.label());
            self.owners.insert(created.job, process.token);
        }
        self.entries.push(Entry::Job(step.at, job));
    }

    /// A name for a job whose own name another one has.
    fn another(&mut self, label: &str) -> Arc<str> {
        let mut names = (2_u64..).map(|number| Arc::<str>::from(format!("{label} {number}")));
        let free = names.find(|name| !self.taken.contains(name));
        let name = free.unwrap_or_else(|| NULL.into());
        self.taken.insert(Arc::clone(&name));
        name
    }

    fn call(&mut self, step: &TraceStep, call: &Call) {
        let (Actor::Client(process), [job]) = (&step.actor, step.jobs()) else { return };
        self.mention_caller(step, process);
        let token = &process.token;
        let owner = self.owners.get(&job.job);
        let by = match owner {
            Some(owner) if owner == token => CalledBy::Owner,
            Some(owner) if !is_admitted(token, owner) && !is_turned_away(job) => {
                CalledBy::Holder(caller(process))
            }
            _ => CalledBy::Client(caller(process)),
        };
        if matches!(call, Call::TakeOwnership(_)) && job.result.is_ok() {
            self.owners.insert(job.job, *token);
        }
        self.of_job(step, job, StepAction::Call(by, call.clone()));
    }

    fn of_jobs(&mut self, step: &TraceStep, what: &StepAction) {
        for job in step.jobs() {
            self.of_job(step, job, what.clone());
        }
    }

    fn of_job(&mut self, step: &TraceStep, job: &JobStep, what: StepAction) {
        let name = self.name_of(job.job);
        let named = self.several.then(|| Arc::clone(&name));
        let jobs = vec![(name, job.clone())];
        self.entries.push(Entry::Step(TranscriptStep { at: step.at, job: named, what, jobs }));
    }

    fn of_all(&mut self, step: &TraceStep, what: StepAction) {
        let jobs = step.jobs().iter().map(|job| (self.name_of(job.job), job.clone())).collect();
        self.entries.push(Entry::Step(TranscriptStep { at: step.at, job: None, what, jobs }));
    }

    fn client(&mut self, ClientLine { at, job, told, .. }: &ClientLine) {
        let what = match told {
            ClientTold::Does(what) => what.clone(),
            ClientTold::Enumerates { by, all, jobs } => {
                let jobs = jobs.iter().map(|job| self.name_of(*job)).collect();
                let expected = match all {
                    true => Expectation::EnumeratedAll(caller(by), Ok(jobs)),
                    false => Expectation::Enumerated(caller(by), jobs),
                };
                self.mention_caller_at(*at, by);
                ClientAction::Reads(Method::EnumJobs, expected)
            }
            ClientTold::Expects(expected) => {
                self.entries.push(Entry::Expect(*at, expected.clone()));
                return;
            }
            ClientTold::Remark(remark) => {
                self.entries.push(Entry::Remark(*at, remark.clone()));
                return;
            }
        };
        let job = job.filter(|job| self.several && self.names.contains_key(job));
        let job = job.map(|job| self.name_of(job));
        self.entries.push(Entry::Client(*at, ClientStatement { at: Some(*at), job, what }));
    }

    fn name_of(&self, job: JobId) -> Arc<str> {
        self.names.get(&job).map_or_else(|| job.to_string().into(), Arc::clone)
    }
}

/// Whether the next that is heard of a user is that a session begins or ends, or nothing is. If it is a
/// call, the session of a user who is named for the first time goes without saying.
fn acts_next(name: &str, after: &[TraceStep]) -> bool {
    let is = |account: &str| same_account(account, name);
    for step in after {
        match (&step.what, &step.actor) {
            (TraceEvent::LoggedOn(account) | TraceEvent::LoggedOff(account), _) if is(account) => {
                return true;
            }
            (
                TraceEvent::Call(_)
                | TraceEvent::JobCreated { .. }
                | TraceEvent::CreateRefused { .. },
                Actor::Client(process),
            ) if is(&process.account) => return false,
            _ => {}
        }
    }
    true
}

/// Whether a caller could get hold of the job of an owner now (SEC-02, SEC-04).
fn is_admitted(by: &Token, owner: &Token) -> bool {
    (by.user == owner.user || by.may_administer()) && (by.elevated || !owner.elevated)
}

/// Whether a call failed because its caller could not get hold of the job.
fn is_turned_away(job: &JobStep) -> bool {
    let asked =
        |error: &Error| matches!(error, Error::AccessDenied { method: Method::QueryInterface, .. });
    job.result.as_ref().err().is_some_and(asked)
}

/// A process in the words of a line.
pub(crate) fn caller(process: &Process) -> Caller {
    let Process { account, token, .. } = process;
    let named = Caller::named(Arc::clone(account));
    let service = token.user.is_system_account().then(|| Token::service(token.user));
    let implied = service.is_some_and(|service| service.administrator);
    let administrator = token.administrator && !implied;
    let with_rights = Caller { administrator, ..named };
    let usual = with_rights.token(user(token));
    let elevation = (usual.elevated != token.elevated).then_some(token.elevated);
    let elevated = Caller { elevation, ..with_rights };
    let usual: IntegrityLevel = elevated.token(user(token)).integrity;
    let integrity = (usual != token.integrity).then_some(token.integrity);
    Caller { integrity, restricted: token.restricted, ..elevated }
}

const fn user(token: &Token) -> Sid {
    token.user
}
