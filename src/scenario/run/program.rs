//! The client's program in a run: what it reads, keeps and waits for.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Run;
use crate::machine::JobStateMachine;
use crate::scenario::ast::{ClientAction, ClientStatement};
use crate::scenario::problem::Diagnosis;
use crate::scenario::transcript::{ClientLine, ClientTold};
use crate::vocabulary::text::quantities::{Code, Name};
use crate::vocabulary::{Error, HResult, JobId, Method};

/// What the client's program stored, and the lines about it so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Program {
    pub(super) store: BTreeMap<Arc<str>, Arc<str>>,
    pub(super) lines: Vec<ClientLine>,
}

impl Program {
    fn actions(&self) -> impl DoubleEndedIterator<Item = &ClientAction> {
        self.lines.iter().filter_map(|line| match &line.told {
            ClientTold::Does(what) => Some(what),
            ClientTold::Enumerates { .. } | ClientTold::Expects(_) | ClientTold::Remark(_) => None,
        })
    }

    /// The last that is said of its process: that it started, or how it ended.
    pub(super) fn ending(&self) -> Option<&ClientAction> {
        self.actions().rev().find(|what| match what {
            ClientAction::Starts
            | ClientAction::Killed
            | ClientAction::Succeeds
            | ClientAction::Fails(_)
            | ClientAction::Panics(_) => true,
            ClientAction::Reads(..)
            | ClientAction::Refused(..)
            | ClientAction::Lost(..)
            | ClientAction::IsLate
            | ClientAction::Waits(_)
            | ClientAction::Stores(..)
            | ClientAction::Removes(_)
            | ClientAction::Finds(..)
            | ClientAction::FindsNone(_) => false,
        })
    }

    /// The first call that only reads and was refused with that code.
    pub(super) fn refused_with(&self, code: HResult) -> Option<Method> {
        self.actions().find_map(|what| match what {
            ClientAction::Refused(method, was) if *was == code => Some(*method),
            _ => None,
        })
    }
}

impl Run {
    pub(super) fn client(&mut self, line: &ClientStatement) -> Result<(), Diagnosis> {
        self.check_length()?;
        if self.program.lines.len() >= super::time::MOST_STEPS {
            return Err(super::time::too_long("write fewer lines, or repeat them less often"));
        }
        self.advance_to_line(line.at)?;
        let ClientStatement { job, what, .. } = line;
        let concerned = match what {
            ClientAction::Lost(..) => job.as_deref().map(|job| self.job_named(Some(job))),
            _ if what.is_of_a_job() => Some(self.job_named(job.as_deref())),
            _ => None,
        };
        let concerned = concerned.transpose()?;
        let unmet = match what {
            ClientAction::Reads(_, value) => self.unmet(job.as_deref(), value)?,
            ClientAction::Refused(method, code) => {
                let was = concerned.map(|job| self.code_of_read(job, *method)).transpose()?;
                was.filter(|was| was != code)
                    .map(|was| format!("expected {}, was {}", Code(code), Code(&was)))
            }
            ClientAction::Finds(name, value) => {
                let was = self.program.store.get(name);
                let is_so = was == Some(value);
                (!is_so).then(|| not_stored(name, was))
            }
            ClientAction::FindsNone(name) => {
                let was = self.program.store.get(name);
                was.map(|was| not_stored(name, Some(was)))
            }
            ClientAction::Stores(name, value) => {
                self.program.store.insert(Arc::clone(name), Arc::clone(value));
                None
            }
            ClientAction::Removes(name) => {
                self.program.store.remove(name);
                None
            }
            ClientAction::Lost(..)
            | ClientAction::Starts
            | ClientAction::Killed
            | ClientAction::Succeeds
            | ClientAction::Fails(_)
            | ClientAction::Panics(_)
            | ClientAction::IsLate
            | ClientAction::Waits(_) => None,
        };
        if let Some(cause) = unmet {
            return Err(Diagnosis::new(cause, self.last_steps()));
        }
        self.held += usize::from(what.expects());
        let after = self.engine.recorder.number();
        let told = ClientTold::Does(what.clone());
        self.program.lines.push(ClientLine { after, at: self.now(), job: concerned, told });
        Ok(())
    }

    /// What a call that reads returns now.
    fn code_of_read(&mut self, job: JobId, method: Method) -> Result<HResult, Diagnosis> {
        let job: &JobStateMachine = self.job(job)?;
        let refusal: Option<Error> = match method {
            Method::GetError => job.error().err(),
            Method::GetReplyProgress => job.reply_progress().err(),
            Method::GetJob => {
                job.state().is_final().then(|| crate::service::not_found(Method::GetJob))
            }
            _ => None,
        };
        Ok(refusal.map_or(HResult::S_OK, |error| error.code()))
    }
}

fn not_stored(name: &str, was: Option<&Arc<str>>) -> String {
    match was {
        Some(was) => format!("{} is stored as {}", Name(name), Name(was)),
        None => format!("no {} is stored", Name(name)),
    }
}
