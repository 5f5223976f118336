//! The host of the service: whether the service runs, and which connections of clients to it are alive.

use std::collections::BTreeMap;

use super::{Engine, ProcessId};
use crate::emulator::trace::{Actor, Process, TraceEvent};
use crate::machine::ComputerEvent;
use crate::service::StepResult;
use crate::vocabulary::{Error, HResult, JobId, Method, ServiceRestart};

/// A connection of a process to one run of the service; without a run, the latest that the process made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Connection {
    pub(crate) process: ProcessId,
    run: Option<u32>,
}

impl Connection {
    /// The connection that a process made last.
    pub(crate) const fn latest_of(process: ProcessId) -> Self {
        Self { process, run: None }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct ServiceHost {
    is_running: bool,
    /// How often the service has started; a connection belongs to one run.
    run: u32,
    connections: BTreeMap<ProcessId, u32>,
    /// What a call through a dead interface returns.
    pub(crate) dead_code: HResult,
}

impl Default for ServiceHost {
    fn default() -> Self {
        Self {
            is_running: true,
            run: 0,
            connections: BTreeMap::new(),
            dead_code: HResult::RPC_S_SERVER_UNAVAILABLE,
        }
    }
}

impl ServiceHost {
    pub(crate) const fn is_running(&self) -> bool {
        self.is_running
    }

    const fn begin_run(&mut self) {
        self.is_running = true;
        self.run = self.run.saturating_add(1);
    }

    pub(super) fn forget(&mut self, process: ProcessId) {
        self.connections.remove(&process);
    }

    /// The connection that a process made last, fixed to its run.
    pub(crate) fn connection_of(&self, process: ProcessId) -> Connection {
        Connection { process, run: self.connections.get(&process).copied() }
    }

    /// The connection that a process has to this run of the service, which calls it.
    pub(crate) const fn called(&self, process: ProcessId) -> Connection {
        Connection { process, run: Some(self.run) }
    }

    const fn refusal(&self, method: Method) -> Error {
        Error::ServiceUnavailable { method, is_running: self.is_running, code: self.dead_code }
    }
}

impl Engine {
    /// A process connects to the service (CREATE-20), unless a hook makes that fail. While the service is
    /// stopped it fails too: that COM does not start it is an interpretation (LIFE-31).
    pub(crate) fn connect(
        &mut self,
        process: ProcessId,
        failure: Option<HResult>,
    ) -> Result<(), Error> {
        let method = Method::CoCreateInstance;
        let refusal = match failure {
            Some(code) => Some(Error::Injected { method, code }),
            None => (!self.host.is_running).then(|| self.host.refusal(method)),
        };
        if let Some(error) = refusal {
            self.record_unreached(process, None, method, error);
            return Err(error);
        }
        self.host.connections.insert(process, self.host.run);
        self.record_event(self.actor(process), TraceEvent::Connected);
        Ok(())
    }

    /// The run of the service to which a connection belongs, if it does not reach the service any more.
    pub(crate) fn dead_run(&self, connection: Connection) -> Option<u32> {
        let latest = || self.host.connections.get(&connection.process).copied();
        let is_dead = self.check_connection(connection, Method::CoCreateInstance).is_err();
        connection.run.or_else(latest).filter(|_| is_dead)
    }

    /// Whether a connection reaches the service (LIFE-31, LIFE-32).
    pub(super) fn check_connection(
        &self,
        connection: Connection,
        method: Method,
    ) -> Result<(), Error> {
        let run =
            connection.run.or_else(|| self.host.connections.get(&connection.process).copied());
        let keeps = self.recorder.readings().service_restart == ServiceRestart::KeepsInterfaces;
        let is_current = run.is_some_and(|run| run == self.host.run || keeps);
        let is_reached = self.host.is_running && is_current;
        if is_reached { Ok(()) } else { Err(self.host.refusal(method)) }
    }

    /// The service stops: transfers and callbacks end, and jobs stay (LIFE-31, NOTIFY-18).
    pub(crate) fn stop_service(&mut self) {
        if self.host.is_running {
            let stepped = self.restart_jobs();
            self.host.is_running = false;
            self.service.set_stopped(true);
            self.record_global_step(Actor::Test, TraceEvent::ServiceStopped, stepped);
        }
    }

    /// The service starts, and jobs go on (LIFE-30, LIFE-31).
    pub(crate) fn start_service(&mut self) {
        if !self.host.is_running {
            self.begin_run();
            let stepped = self.restart_jobs();
            self.record_global_step(Actor::Test, TraceEvent::ServiceStarted, stepped);
        }
    }

    /// A run of the service begins.
    pub(super) const fn begin_run(&mut self) {
        self.host.begin_run();
        self.service.set_stopped(false);
    }

    fn restart_jobs(&mut self) -> Vec<StepResult> {
        self.flush_all_progress();
        self.drop_registrations();
        self.service.handle_computer(ComputerEvent::ServiceRestarted)
    }

    /// What is known of a process, also of one that ended not long ago.
    pub(crate) fn known_process(&self, process: ProcessId) -> Option<&Process> {
        self.processes.get(&process).or_else(|| self.ended_processes.get(&process))
    }

    /// A call did not reach the service.
    pub(super) fn record_unreached(
        &mut self,
        process: ProcessId,
        job: Option<JobId>,
        method: Method,
        error: Error,
    ) {
        let actor = self.known_process(process).cloned().map_or(Actor::Service, Actor::Client);
        self.record_event(actor, TraceEvent::CallLost { method, job, error });
    }
}
