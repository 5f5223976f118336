//! Service, world and clients in one: processes, what they registered, and their calls.

pub(super) mod accounts;
pub(super) mod advance;
pub(super) mod client_calls;
pub(super) mod computer;
pub(super) mod hooks;
pub(super) mod progress_reports;
pub(super) mod saved;
#[cfg(feature = "scenario")]
pub(super) mod scenario_driver;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::handles::callback::{Callback, CertificateCallback};
use super::handles::lock::DeferredDrop;
use super::handles::user::{Account, User};
use super::time::clock::{Clock, RealTime};
use super::time::progression::Pace;
use super::trace::recorder::Recorder;
use super::trace::{Actor, Process, TraceEvent};
use crate::machine::{Call, Commit, Deletion, Event, JobStateMachine, Outcome};
use crate::service::{Chooser, FirstInFirstOut, Policies, Service};
use crate::vocabulary::{
    CertificateLookup, Error, FileIndex, HResult, HelperTokenFlags, JobError, JobId, Method,
    Readings, Sid, Token,
};
use crate::world::World;
use accounts::Accounts;
use advance::NextStep;
use client_calls::{ClientReply, InFlightCall, PendingCall, Program};
use hooks::{HookOutcome, Hooks};

/// When an emulator begins: 2024-01-01 00:00:00.
const START: i64 = 1_704_067_200;

/// A process of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ProcessId(pub(super) u64);

/// What clients have to do with one job.
#[derive(Clone, Default)]
pub(super) struct JobRegistration {
    pub(super) callback: Option<(ProcessId, Arc<dyn Callback>)>,
    pub(super) certificates: Option<(ProcessId, Arc<dyn CertificateCallback>)>,
    /// The processes that hold the job.
    pub(super) holders: BTreeSet<ProcessId>,
    /// What JobError is given, though `GetError` may not yield it any more (NOTIFY-05, ERR-07).
    pub(super) last_error: Option<JobError>,
}

pub(crate) struct Engine {
    pub(super) service: Service,
    pub(super) world: World,
    pub(super) clock: Clock,
    pub(super) real_time: RealTime,
    pub(super) pace: Pace,
    pub(super) hooks: Hooks,
    pub(super) chooser: Box<dyn Chooser<NextStep> + Send>,
    pub(super) registered: BTreeMap<JobId, JobRegistration>,
    pub(super) program: Option<Program>,
    pub(super) certificates: CertificateLookup,
    pub(super) classes: BTreeMap<Uuid, Arc<dyn Callback>>,
    pub(super) errands: VecDeque<PendingCall>,
    /// What clients were asked and have not answered.
    pub(super) under_way: BTreeMap<u64, InFlightCall>,
    pub(super) asked: u64,
    /// How many steps there were since the clock moved.
    pub(super) steps_at_once: u64,
    /// How many steps there were, and how many when last the state of a job changed or a server was met.
    pub(super) steps: u64,
    pub(super) steps_of_avail: u64,
    pub(super) recorder: Recorder,
    pub(super) processes: BTreeMap<ProcessId, Process>,
    ended: BTreeMap<ProcessId, Process>,
    /// The processes in which objects of classes live, and the latest token of each user.
    class_processes: BTreeMap<Sid, ProcessId>,
    pub(super) tokens: BTreeMap<Sid, Token>,
    pub(super) accounts: Accounts,
    started: u64,
    given_up: Vec<DeferredDrop>,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("service", &self.service).finish_non_exhaustive()
    }
}

impl Engine {
    pub(super) fn new(readings: Readings, policies: Policies) -> Self {
        Self::starting(DateTime::from_timestamp(START, 0).unwrap_or_default(), readings, policies)
    }

    pub(super) fn starting(start: DateTime<Utc>, readings: Readings, policies: Policies) -> Self {
        Self {
            service: Service::new(readings, policies, start),
            world: World::new(),
            clock: Clock::Manual,
            real_time: RealTime::new(),
            pace: Pace::default(),
            hooks: Hooks::default(),
            chooser: Box::new(FirstInFirstOut),
            registered: BTreeMap::new(),
            program: None,
            certificates: CertificateLookup::Found,
            classes: BTreeMap::new(),
            errands: VecDeque::new(),
            under_way: BTreeMap::new(),
            asked: 0,
            steps_at_once: 0,
            steps: 0,
            steps_of_avail: 0,
            recorder: Recorder::new(start, readings, policies),
            processes: BTreeMap::new(),
            ended: BTreeMap::new(),
            class_processes: BTreeMap::new(),
            tokens: BTreeMap::new(),
            accounts: Accounts::default(),
            started: 0,
            given_up: Vec::new(),
        }
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.service.now()
    }

    pub(super) fn sid(&mut self, account: &Account) -> Sid {
        self.accounts.sid(account)
    }

    /// The name of an account.
    pub(super) fn account(&self, sid: Sid) -> Arc<str> {
        self.accounts.name(sid)
    }

    /// A user starts a process, and is logged on by that if `logs_on` (NET-01, NET-03).
    pub(super) fn start_process(&mut self, user: &User, logs_on: bool) -> ProcessId {
        let sid = self.sid(&user.account);
        let token = user.token(sid);
        if logs_on && !self.service.is_logged_on(sid) {
            self.log_on(sid);
        }
        self.tokens.insert(sid, token);
        self.begin_process(token)
    }

    pub(super) fn begin_process(&mut self, token: Token) -> ProcessId {
        self.started = self.started.saturating_add(1);
        let process = ProcessId(self.started);
        let account = self.account(token.user);
        let known = Process { number: self.started, account, token };
        self.happened_to_nobody(Actor::Client(known.clone()), TraceEvent::Connected);
        self.processes.insert(process, known);
        process
    }

    /// The process in which the objects of classes of a user live.
    pub(super) fn class_process(&mut self, user: Sid) -> Option<ProcessId> {
        if let Some(process) = self.class_processes.get(&user) {
            return Some(*process);
        }
        let token = *self.tokens.get(&user)?;
        let process = self.begin_process(token);
        self.class_processes.insert(user, process);
        Some(process)
    }

    /// A process ends: its callbacks are gone, and its jobs stay (NOTIFY-18). A job whose callback is
    /// gone, or that no process holds any more, has lost its client (ERR-07).
    pub(super) fn end_process(&mut self, process: ProcessId) {
        let Some(ended) = self.processes.remove(&process) else { return };
        self.class_processes.retain(|_, known| *known != process);
        let mut without_client = Vec::new();
        for (job, known) in &mut self.registered {
            let held = known.holders.remove(&process);
            let called = known.callback.as_ref().is_some_and(|(of, _)| *of == process);
            let asked = known.certificates.as_ref().is_some_and(|(of, _)| *of == process);
            if called || asked || (held && known.holders.is_empty()) {
                without_client.push(*job);
            }
        }
        let mut lost = Vec::new();
        for job in without_client {
            self.lose_objects(job);
            lost.extend(self.service.handle(job, Event::ClientExited));
        }
        self.happened_to_all(Actor::Client(ended.clone()), TraceEvent::ProcessEnded, lost);
        self.ended.insert(process, ended);
        // An object that was replaced by that of another process may still be in its last call.
        let code = HResult::RPC_S_SERVER_UNAVAILABLE;
        for ticket in self.calls_of(process) {
            self.end(ticket, ClientReply::Returned(code));
        }
    }

    /// Every process ends.
    pub(super) fn end_all_processes(&mut self) {
        let processes: Vec<ProcessId> = self.processes.keys().copied().collect();
        processes.into_iter().for_each(|process| self.end_process(process));
    }

    /// The objects that clients registered for a job are gone, and with them the calls they are in.
    fn lose_objects(&mut self, job: JobId) {
        if let Some(known) = self.registered.get_mut(&job) {
            let (callback, certificates) = (known.callback.take(), known.certificates.take());
            self.give_up(callback);
            self.give_up(certificates);
        }
        self.forget_calls_of_objects(job);
    }

    /// The service restarts: whatever clients registered or were asked is gone (NET-13).
    pub(super) fn forget_clients(&mut self) {
        let jobs: Vec<JobId> = self.registered.keys().copied().collect();
        jobs.into_iter().for_each(|job| self.lose_objects(job));
        self.under_way.clear();
        let errands = std::mem::take(&mut self.errands);
        self.give_up(errands);
    }

    /// Every session of every user ends.
    pub(super) fn log_everybody_off(&mut self) {
        for user in self.accounts.users() {
            while self.service.is_logged_on(user) {
                self.log_off(user);
            }
        }
    }

    /// Keeps something of a client until the lock is free: dropping it may call the emulator.
    pub(super) fn give_up(&mut self, thing: impl std::any::Any + Send) {
        self.given_up.push(Box::new(thing));
    }

    pub(super) fn take_given_up(&mut self) -> Vec<DeferredDrop> {
        std::mem::take(&mut self.given_up)
    }

    /// Whether a process may call, and what becomes of the call: it was not killed, and hooks may make
    /// the call fail.
    pub(super) fn admit(
        &mut self,
        process: ProcessId,
        job: Option<JobId>,
        method: Method,
    ) -> Result<(Process, HookOutcome), Error> {
        let Some(by) = self.processes.get(&process).cloned() else {
            let error = Error::Disconnected { method };
            let known = self.ended.get(&process).cloned();
            let actor = known.map_or(Actor::Service, Actor::Client);
            self.happened_to_nobody(actor, TraceEvent::CallLost { method, job, error });
            return Err(error);
        };
        match self.hooks.meet(method) {
            HookOutcome::Fails(code) => Err(self.lose_call(&by, job, method, code)),
            fate @ (HookOutcome::GoesOn | HookOutcome::LosesItsAnswer(_)) => Ok((by, fate)),
        }
    }

    /// A hook takes a call, or its answer, from a client.
    pub(super) fn lose_call(
        &mut self,
        by: &Process,
        job: Option<JobId>,
        method: Method,
        code: HResult,
    ) -> Error {
        let error = Error::Injected { method, code };
        let what = TraceEvent::CallLost { method, job, error };
        self.happened_to_nobody(Actor::Client(by.clone()), what);
        error
    }

    /// Who a process is; the service itself, which notices it, if the process has ended.
    pub(super) fn actor(&self, process: ProcessId) -> Actor {
        self.processes.get(&process).map_or(Actor::Service, |known| Actor::Client(known.clone()))
    }

    pub(super) fn is_alive(&self, process: ProcessId) -> bool {
        self.processes.contains_key(&process)
    }

    /// A job as it is now, for something that a client reads.
    pub(super) fn look(&mut self, id: JobId, method: Method) -> Result<&JobStateMachine, Error> {
        self.catch_up(id);
        self.service.job(id).ok_or_else(|| crate::service::not_found(method))
    }

    pub(super) fn temporary_name(&mut self, id: JobId, file: FileIndex) -> Option<String> {
        let job = self.service.job(id)?;
        if job.state().is_final() {
            return job.temporary_name(file);
        }
        self.world.temporary_name(id, job, file)
    }

    /// A call of a client.
    pub(super) fn call(&mut self, by: &Process, id: JobId, call: Call) -> Result<Outcome, Error> {
        self.catch_up(id);
        match self.with_answers(&by.token, id, call.clone()) {
            Ok(asked) => self.carry_out(by, id, asked),
            Err(error) => {
                self.refused(by, id, call, error);
                Err(error)
            }
        }
    }

    /// A call that says itself what disk and certificate store answer.
    pub(super) fn carry_out(
        &mut self,
        by: &Process,
        id: JobId,
        call: Call,
    ) -> Result<Outcome, Error> {
        match self.service.call(&by.token, id, call.clone()) {
            Ok(stepped) => {
                let outcome = stepped.outcome;
                self.happened(Actor::Client(by.clone()), TraceEvent::Call(call), stepped);
                Ok(outcome)
            }
            Err(error) => {
                self.refused(by, id, call, error);
                Err(error)
            }
        }
    }

    /// A call with the answers of disk and certificate store, which are asked before, whatever the call
    /// says of them.
    fn with_answers(&mut self, by: &Token, id: JobId, call: Call) -> Result<Call, Error> {
        let now = self.now();
        let job = self.service.job(id).ok_or_else(|| crate::service::not_found(call.method()))?;
        let world = &mut self.world;
        // SEC-01
        let user = job.acts_as(HelperTokenFlags::LOCAL_FILE);
        Ok(match call {
            Call::AddFile(file, _) => {
                let directory = world.directory(user, [&*file.local_name]);
                Call::AddFile(file, directory)
            }
            Call::AddFileSet(files, _) => {
                let directory = world.directory(user, files.iter().map(|file| &*file.local_name));
                Call::AddFileSet(files, directory)
            }
            Call::AddFileWithRanges(file, ranges, _) => {
                let directory = world.directory(user, [&*file.local_name]);
                Call::AddFileWithRanges(file, ranges, directory)
            }
            Call::SetReplyFileName(name, _) => {
                let name_given = name.as_deref().filter(|name| !name.is_empty());
                let directory = world.directory(user, name_given);
                Call::SetReplyFileName(name, directory)
            }
            Call::SetClientCertificate(certificate, _) => {
                Call::SetClientCertificate(certificate, self.certificates)
            }
            Call::TakeOwnership(_) => Call::TakeOwnership(world.file_access(job, by.user)),
            Call::Complete(_) => {
                job.allows_by(by, &Call::Complete(Commit::default()), now)?;
                Call::Complete(world.complete(id, job, by.user))
            }
            Call::Cancel(_) => {
                job.allows_by(by, &Call::Cancel(Deletion::Done), now)?;
                Call::Cancel(world.cancel(id, job))
            }
            other => other,
        })
    }
}
