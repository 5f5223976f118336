//! The engine: service, world, and the processes of clients with what they registered, as plain data.

pub(super) mod accounts;
pub(super) mod advance;
mod canonical;
pub(super) mod client_calls;
pub(super) mod computer;
mod gain;
pub(super) mod hooks;
pub(super) mod progress_reports;
pub(super) mod record;
pub(super) mod registrations;
pub(super) mod saved;
#[cfg(feature = "scenario")]
pub(super) mod scenario_driver;
pub(super) mod service_host;
pub(super) mod target;
pub(super) mod timers;
pub(super) mod until;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::handles::user::User;
use super::time::clock::Clocks;
use super::trace::recorder::Recorder;
use super::trace::{Actor, Process, TraceEvent};
use crate::machine::{Call, Commit, Deletion, Event, JobStateMachine, Outcome};
use crate::service::{Policies, Service};
use crate::vocabulary::{
    CertificateLookup, Error, FileIndex, HResult, HelperTokenFlags, JobId, JobState, Method,
    Readings, Sid, Token,
};
use crate::world::World;
use accounts::Accounts;
use client_calls::{ClientCall, ClientReply};
use gain::Gain;
use hooks::Hooks;
use registrations::{JobRegistration, ObjectId};
use service_host::{Connection, ServiceHost};
use timers::ClientTimers;

/// Of how many ended processes the names are kept, for calls that they still try.
const MOST_ENDED_PROCESSES: usize = 1_000;

/// When emulators and scenarios begin: 2024-01-01 00:00:00.
const START: i64 = 1_704_067_200;

pub(crate) fn default_start() -> DateTime<Utc> {
    DateTime::from_timestamp(START, 0).unwrap_or_default()
}

/// A process of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ProcessId(pub(crate) u64);

/// The whole state of an emulated computer. It is plain data: a clone goes its own way.
#[derive(Debug, Clone)]
pub(crate) struct Engine {
    pub(crate) service: Service,
    pub(crate) world: World,
    pub(crate) clocks: Clocks,
    pub(crate) host: ServiceHost,
    pub(crate) hooks: Hooks,
    pub(crate) registrations: BTreeMap<JobId, JobRegistration>,
    pub(crate) program: Option<ObjectId>,
    pub(crate) classes: BTreeMap<Uuid, ObjectId>,
    last_object: u64,
    /// The objects that no registration names any more.
    released: Vec<ObjectId>,
    pub(crate) certificate_lookup: CertificateLookup,
    /// The calls of client code that are due or have not returned, by ticket.
    pub(crate) client_calls: BTreeMap<u64, ClientCall>,
    last_ticket: u64,
    /// The processes that were called since they last waited for it.
    called: BTreeSet<ProcessId>,
    pub(crate) timers: ClientTimers,
    /// How many steps there were.
    pub(crate) steps: u64,
    /// How often anything happened or was changed; calls that only read or were refused do not count.
    changes: u64,
    /// What the waits that are under way gained.
    gain: Option<Gain>,
    pub(crate) recorder: Recorder,
    pub(crate) processes: BTreeMap<ProcessId, Process>,
    ended_processes: BTreeMap<ProcessId, Process>,
    last_process: u64,
    /// The processes in which objects of classes live, and the latest token of each user.
    class_processes: BTreeMap<Sid, ProcessId>,
    latest_tokens: BTreeMap<Sid, Token>,
    pub(crate) accounts: Accounts,
}

impl Engine {
    pub(crate) fn new(start: DateTime<Utc>, readings: Readings, policies: Policies) -> Self {
        Self {
            service: Service::new(readings, policies, start),
            world: World::new(),
            clocks: Clocks::default(),
            host: ServiceHost::default(),
            hooks: Hooks::default(),
            registrations: BTreeMap::new(),
            program: None,
            classes: BTreeMap::new(),
            last_object: 0,
            released: Vec::new(),
            certificate_lookup: CertificateLookup::Found,
            client_calls: BTreeMap::new(),
            last_ticket: 0,
            called: BTreeSet::new(),
            timers: ClientTimers::default(),
            steps: 0,
            changes: 0,
            gain: None,
            recorder: Recorder::new(start, readings, policies),
            processes: BTreeMap::new(),
            ended_processes: BTreeMap::new(),
            last_process: 0,
            class_processes: BTreeMap::new(),
            latest_tokens: BTreeMap::new(),
            accounts: Accounts::default(),
        }
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.service.now()
    }

    pub(crate) const fn changes(&self) -> u64 {
        self.changes
    }

    /// The name of an account.
    pub(crate) fn account_name(&self, sid: Sid) -> Arc<str> {
        self.accounts.name(sid)
    }

    /// A user starts a process that connects, and is logged on by that if `logs_on` (NET-01, NET-03). One
    /// that cannot connect has ended by then.
    /// A hook may make connecting fail.
    pub(crate) fn start_process(
        &mut self,
        user: &User,
        logs_on: bool,
        failure: Option<HResult>,
    ) -> Result<ProcessId, Error> {
        let sid = self.accounts.sid_of(&user.account);
        let token = user.token(sid);
        if logs_on && !self.service.is_logged_on(sid) {
            self.log_on(sid);
        }
        self.latest_tokens.insert(sid, token);
        self.begin_connected_process(token, failure)
    }

    /// Begins a process that connects; one that cannot ends at once.
    pub(crate) fn begin_connected_process(
        &mut self,
        token: Token,
        failure: Option<HResult>,
    ) -> Result<ProcessId, Error> {
        let process = self.begin_process(token);
        if let Err(error) = self.connect(process, failure) {
            self.processes.remove(&process);
            return Err(error);
        }
        Ok(process)
    }

    pub(crate) fn begin_process(&mut self, token: Token) -> ProcessId {
        self.last_process = self.last_process.saturating_add(1);
        let process = ProcessId(self.last_process);
        let account = self.account_name(token.user);
        let known = Process { number: self.last_process, account, token };
        self.processes.insert(process, known);
        process
    }

    /// The process in which the objects of classes of a user live.
    pub(crate) fn class_process(&mut self, user: Sid) -> Option<ProcessId> {
        if let Some(process) = self.class_processes.get(&user) {
            return Some(*process);
        }
        let token = *self.latest_tokens.get(&user)?;
        let process = self.begin_process(token);
        self.record_event(self.actor(process), TraceEvent::Connected);
        self.class_processes.insert(user, process);
        Some(process)
    }

    /// A process ends: its callbacks are gone, and its jobs stay (NOTIFY-18). A job whose last
    /// application it was has lost its client (ERR-07).
    pub(crate) fn end_process(&mut self, process: ProcessId) {
        let Some(ended) = self.processes.remove(&process) else { return };
        self.class_processes.retain(|_, known| *known != process);
        self.called.remove(&process);
        self.host.forget(process);
        let (mut without_client, mut lost_objects) = (Vec::new(), Vec::new());
        for (job, known) in &mut self.registrations {
            if known.applications.remove(&process) && known.applications.is_empty() {
                without_client.push(*job);
            } else {
                let of_process = known.objects.iter().filter(|(_, (of, _))| *of == process);
                lost_objects.extend(of_process.map(|(kind, _)| (*job, *kind)));
            }
        }
        let mut lost = Vec::new();
        for job in without_client {
            self.release_objects(job);
            lost.extend(self.service.handle(job, Event::ClientExited));
        }
        let actor = Actor::Client(ended.clone());
        self.record_global_step(actor.clone(), TraceEvent::ProcessEnded, lost);
        for (job, kind) in lost_objects {
            self.release_object(job, kind);
            self.apply_event(actor.clone(), job, kind.lost());
        }
        self.ended_processes.insert(process, ended);
        while self.ended_processes.len() > MOST_ENDED_PROCESSES {
            self.ended_processes.pop_first();
        }
        // An object that was replaced by that of another process may still be in its last call.
        let code = HResult::RPC_S_SERVER_UNAVAILABLE;
        for ticket in self.tickets_of(process) {
            self.finish_client_call(ticket, ClientReply::Returned(code));
        }
    }

    /// Every process ends.
    pub(crate) fn end_all_processes(&mut self) {
        let processes: Vec<ProcessId> = self.processes.keys().copied().collect();
        processes.into_iter().for_each(|process| self.end_process(process));
    }

    /// Every session of every user ends.
    pub(crate) fn log_off_all_users(&mut self) {
        for user in self.accounts.users() {
            while self.service.is_logged_on(user) {
                self.log_off(user);
            }
        }
    }

    /// Returns the process that a connection is of, if it was not killed and reaches the service.
    pub(crate) fn check_caller(
        &mut self,
        connection: Connection,
        job: Option<JobId>,
        method: Method,
    ) -> Result<Process, Error> {
        let process = connection.process;
        let known = self.processes.get(&process).cloned().ok_or(Error::Disconnected { method });
        let caller = known.and_then(|by| self.check_connection(connection, method).map(|()| by));
        if let Err(error) = caller {
            self.record_unreached(process, job, method, error);
        }
        caller
    }

    /// Who a process is; the service itself, which notices it, if the process has ended.
    pub(crate) fn actor(&self, process: ProcessId) -> Actor {
        self.processes.get(&process).map_or(Actor::Service, |known| Actor::Client(known.clone()))
    }

    /// The user of a process that connects.
    pub(crate) fn user_of(&self, process: ProcessId) -> Result<Sid, Error> {
        let known = self.processes.get(&process).map(|known| known.token.user);
        known.ok_or(Error::Disconnected { method: Method::CoCreateInstance })
    }

    pub(crate) fn is_alive(&self, process: ProcessId) -> bool {
        self.processes.contains_key(&process)
    }

    /// Why a copy of this engine would not be independent of it, if so.
    pub(crate) fn obstacle_to_copying(&self) -> Option<&'static str> {
        if !self.client_calls.is_empty() {
            return Some("a callback, a program or a certificate check is running");
        }
        self.world.disk().obstacle_to_copying()
    }

    pub(crate) fn state_of(&self, job: JobId) -> Option<JobState> {
        self.service.job(job).map(|job| job.state())
    }

    /// Counts a poll of a job that goes on by itself; if it is the one of that number, the state that
    /// the job is to leave before. A poll of a job that waits for its client moves no other job on.
    pub(crate) fn state_before_poll(&mut self, job: JobId, number: u32) -> Option<JobState> {
        let state = self.state_of(job).filter(|state| {
            *state == JobState::Queued || state.is_active() || *state == JobState::TransientError
        })?;
        self.clocks.count_poll(job, number).then_some(state)
    }

    /// A job as it is now, for something that a client reads.
    pub(crate) fn current_job(
        &mut self,
        id: JobId,
        method: Method,
    ) -> Result<&JobStateMachine, Error> {
        self.flush_progress(id);
        self.service.job(id).ok_or_else(|| crate::service::not_found(method))
    }

    pub(crate) fn temporary_name(&mut self, id: JobId, file: FileIndex) -> Option<String> {
        let job = self.service.job(id)?;
        if job.state().is_final() {
            return job.temporary_name(file);
        }
        self.world.assign_temporary_name(job, file)
    }

    pub(crate) fn reply_file_name(&mut self, id: JobId) -> Option<String> {
        let job = self.service.job(id)?;
        self.world.assign_reply_name(job)
    }

    /// Makes a call of a client, with the answers of disk and certificate store.
    pub(crate) fn call(
        &mut self,
        by: &Process,
        id: JobId,
        mut call: Call,
    ) -> Result<Outcome, Error> {
        self.flush_progress(id);
        if let Err(error) = self.answer_for_environment(&by.token, id, &mut call) {
            return Err(self.record_refusal(by, id, call, error));
        }
        self.apply_call(by, id, call)
    }

    /// Makes a call that says itself what disk and certificate store answer.
    pub(crate) fn apply_call(
        &mut self,
        by: &Process,
        id: JobId,
        call: Call,
    ) -> Result<Outcome, Error> {
        match self.service.call(&by.token, id, call.clone()) {
            Ok(stepped) => {
                if matches!(call, Call::TakeOwnership(_)) {
                    self.add_application(ProcessId(by.number), id);
                }
                let outcome = stepped.outcome;
                self.record_step(Actor::Client(by.clone()), TraceEvent::Call(call), stepped);
                Ok(outcome)
            }
            Err(error) => Err(self.record_refusal(by, id, call, error)),
        }
    }

    /// Replaces what a call says of disk and certificate store by their answers. A call that its job
    /// refuses must not change the disk: it is refused before.
    fn answer_for_environment(
        &mut self,
        by: &Token,
        id: JobId,
        call: &mut Call,
    ) -> Result<(), Error> {
        let now = self.now();
        let job = self.service.job(id).ok_or_else(|| crate::service::not_found(call.method()))?;
        let world = &mut self.world;
        // SEC-01
        let user = job.acts_as(HelperTokenFlags::LOCAL_FILE);
        match call {
            Call::AddFile(file, directory) | Call::AddFileWithRanges(file, _, directory) => {
                *directory = world.folder_state(user, [&*file.local_name]);
            }
            Call::AddFileSet(files, directory) => {
                *directory = world.folder_state(user, files.iter().map(|file| &*file.local_name));
            }
            Call::SetReplyFileName(name, directory) => {
                let given = name.as_deref().filter(|name| !name.is_empty());
                *directory = world.folder_state(user, given);
            }
            Call::SetClientCertificate(_, lookup) => *lookup = self.certificate_lookup,
            Call::TakeOwnership(access) => *access = world.file_access(job, by.user),
            Call::Complete(commit) => {
                job.allows_by(by, &Call::Complete(Commit::default()), now)?;
                self.service.check_logon(by, job, Method::Complete)?;
                *commit = world.commit_files(job, by.user);
            }
            Call::Cancel(deletion) => {
                job.allows_by(by, &Call::Cancel(Deletion::Done), now)?;
                *deletion = world.delete_temporary_files(job);
            }
            _ => {}
        }
        Ok(())
    }
}
