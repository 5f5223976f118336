//! Who acts in a run: accounts, and the processes in which they hold jobs.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Run;
use crate::emulator::ProcessId;
use crate::scenario::ast::{Caller, UserAction};
use crate::vocabulary::{JobId, Sid, Token};

/// A job and the process of its owner that holds it.
#[derive(Debug, Clone)]
pub(super) struct Client {
    pub(super) name: Arc<str>,
    pub(super) job: JobId,
    pub(super) process: ProcessId,
    pub(super) token: Token,
}

/// Those who were named so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Accounts {
    known: BTreeSet<Sid>,
    /// Processes of those who call by name.
    callers: Vec<(Token, ProcessId)>,
}

impl Run {
    /// The token of a caller. A user who is named for the first time is logged on.
    pub(super) fn token(&mut self, caller: &Caller) -> Token {
        let sid = self.engine.sid_of_name(&caller.name);
        self.introduce(sid);
        caller.token(sid)
    }

    /// Logs a user on who is named for the first time.
    fn introduce(&mut self, sid: Sid) {
        if self.accounts.known.insert(sid) && !sid.is_system_account() {
            self.engine.log_on(sid);
        }
    }

    pub(super) fn user_acts(&mut self, user: &str, act: UserAction) {
        let sid = self.engine.sid_of_name(user);
        if act == UserAction::Exits {
            self.introduce(sid);
        }
        self.accounts.known.insert(sid);
        match act {
            UserAction::LogsOn => self.engine.log_on(sid),
            UserAction::LogsOff => self.engine.log_off(sid),
            UserAction::Exits => {
                let processes = self.engine.processes_of(sid);
                self.engine.end_processes(processes);
            }
        }
    }

    /// The process that calls for a named user.
    pub(super) fn process_of(&mut self, caller: &Caller) -> ProcessId {
        let token = self.token(caller);
        let known = self.accounts.callers.iter().find(|(known, _)| *known == token);
        if let Some((_, process)) = known.filter(|(_, process)| self.engine.is_alive(*process)) {
            return *process;
        }
        let process = self.engine.begin_process(token);
        self.accounts.callers.retain(|(known, _)| *known != token);
        self.accounts.callers.push((token, process));
        process
    }

    /// The process that calls for the owner of a job: the one that holds it, or another if that has
    /// ended or its user is the owner no more.
    pub(super) fn process_of_owner(&mut self, job: JobId) -> Option<ProcessId> {
        let token = self.engine.service.job(job)?.owner_token();
        let client = self.jobs.iter_mut().find(|client| client.job == job)?;
        if client.token != token || !self.engine.is_alive(client.process) {
            client.process = self.engine.begin_process(token);
            client.token = token;
        }
        Some(client.process)
    }

    /// The process in which a caller held a job: of its owner the one that calls for it.
    pub(super) fn process_that_held(&mut self, job: JobId, caller: &Caller) -> ProcessId {
        let token = self.token(caller);
        let client = self.jobs.iter().find(|client| client.job == job && client.token == token);
        client.map(|client| client.process).unwrap_or_else(|| self.process_of(caller))
    }

    /// The applications of a job and the process that calls for its owner end.
    pub(super) fn client_exits(&mut self, job: JobId) {
        let mut processes = self.engine.applications_of(job);
        let client = self.jobs.iter().find(|client| client.job == job);
        processes.extend(client.map(|client| client.process));
        self.engine.end_processes(processes);
    }
}
