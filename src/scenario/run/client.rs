//! The programs of the clients: what they answer, and what they are busy with.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::Run;
use super::time::later;
use crate::emulator::{ClientCode, ClientReply};
use crate::machine::DueNotification;
use crate::scenario::ast::{ClientResponses, Repetition, Response};
use crate::vocabulary::{HResult, JobId, Notification};

/// The programs of all clients.
#[derive(Debug, Clone, Default)]
pub(super) struct Clients {
    /// What those of all jobs answer.
    of_all: Client,
    /// What those of single jobs answer, where a line sets it.
    of_jobs: BTreeMap<JobId, Client>,
    busy: Vec<Busy>,
}

#[derive(Debug, Clone, Default)]
struct Client {
    callback: Option<ScriptPosition<HResult>>,
    certificate_callback: Option<ScriptPosition<HResult>>,
    program: Option<ScriptPosition<u32>>,
}

/// Replies, and how far they have come.
#[derive(Debug, Clone)]
struct ScriptPosition<T> {
    script: Vec<Response<T>>,
    entry: usize,
    given: u64,
}

/// A call of a client that has not returned yet.
#[derive(Debug, Clone)]
struct Busy {
    until: DateTime<Utc>,
    ticket: u64,
    answer: ClientReply,
}

impl<T: Copy> ScriptPosition<T> {
    fn new(script: &[Response<T>]) -> Self {
        Self { script: script.to_vec(), entry: 0, given: 0 }
    }

    /// What is answered next; after the last, that all is well, at once.
    fn next(&mut self) -> Option<(TimeDelta, T)> {
        while let Some(Response { code, after, times }) = self.script.get(self.entry) {
            match times {
                Repetition::Count(count) if self.given >= *count => {
                    (self.entry, self.given) = (self.entry + 1, 0);
                }
                Repetition::Count(_) => {
                    self.given += 1;
                    return Some((*after, *code));
                }
                Repetition::Always => return Some((*after, *code)),
            }
        }
        None
    }
}

impl Clients {
    /// What programs answer from now on, those of one job or of all.
    pub(super) fn learn(&mut self, job: Option<JobId>, responses: &ClientResponses) {
        let client = match job {
            Some(job) => self.of_jobs.entry(job).or_default(),
            None => &mut self.of_all,
        };
        match responses {
            ClientResponses::Callback(script) => {
                client.callback = Some(ScriptPosition::new(script))
            }
            ClientResponses::CertificateCallback(script) => {
                client.certificate_callback = Some(ScriptPosition::new(script));
            }
            ClientResponses::Program(script) => client.program = Some(ScriptPosition::new(script)),
        }
    }

    /// How a call to a client ends, and after how long; without a script well and at once.
    fn answer(&mut self, job: JobId, code: &ClientCode) -> (TimeDelta, ClientReply) {
        let returned = match code {
            // What these two return means nothing (NOTIFY-11).
            ClientCode::Callback {
                due:
                    DueNotification {
                        notification:
                            Notification::JobModification | Notification::FileRangesTransferred(_),
                        ..
                    },
                ..
            } => None,
            ClientCode::Callback { .. } => self.next(job, |client| &mut client.callback),
            ClientCode::CertificateCheck { .. } => {
                self.next(job, |client| &mut client.certificate_callback)
            }
            ClientCode::Program { .. } => {
                let exit = self.next(job, |client| &mut client.program);
                let (after, code) = exit.unwrap_or_default();
                return (after, ClientReply::Exited(code));
            }
        };
        let (after, code) = returned.unwrap_or((TimeDelta::zero(), HResult::S_OK));
        (after, ClientReply::Returned(code))
    }

    /// What the script of a job's client says next, or else that of all clients.
    fn next<T: Copy>(
        &mut self,
        job: JobId,
        of: impl Fn(&mut Client) -> &mut Option<ScriptPosition<T>>,
    ) -> Option<(TimeDelta, T)> {
        let own = self.of_jobs.get_mut(&job).and_then(|client| of(client).as_mut());
        own.or_else(|| of(&mut self.of_all).as_mut())?.next()
    }
}

impl Run {
    /// Asks the clients what there is to ask; those that answer at once are heard.
    pub(super) fn ask_clients(&mut self) {
        while let Some((ticket, call)) = self.engine.begin_client_call() {
            if !self.engine.is_awaited(ticket) {
                continue;
            }
            let (after, answer) = self.clients.answer(call.job, &call.code);
            if after <= TimeDelta::zero() {
                self.engine.finish_client_call(ticket, answer);
            } else {
                let until = later(self.now(), after);
                self.clients.busy.push(Busy { until, ticket, answer });
            }
        }
    }

    /// When the next call of a client returns.
    pub(super) fn next_answer(&self) -> Option<DateTime<Utc>> {
        let heard = |busy: &&Busy| self.engine.is_awaited(busy.ticket);
        self.clients.busy.iter().filter(heard).map(|busy| busy.until).min()
    }

    /// A client answers; of several at once the one that was asked first.
    pub(super) fn hear(&mut self) {
        let Self { engine, clients, .. } = self;
        clients.busy.retain(|busy| engine.is_awaited(busy.ticket));
        let due = clients.busy.iter().map(|busy| busy.until).min();
        let Some(first) = clients.busy.iter().position(|busy| Some(busy.until) == due) else {
            return;
        };
        let Busy { until, ticket, answer } = clients.busy.remove(first);
        engine.service.set_now(until);
        engine.flush_all_progress();
        engine.finish_client_call(ticket, answer);
    }
}
