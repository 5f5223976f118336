//! What could happen at a step of a playback: each is tried on a copy of the run.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::{Run, expect};
use crate::machine::{Call, Commit, Deletion, Event, FileAccess, Input};
use crate::scenario::ast::{
    Advance, CalledBy, Caller, Line, ServiceChange, Statement, StepAction, StepStatement,
    UserAction,
};
use crate::scenario::check;
use crate::scenario::standing::{PossibleStep, StepKind};
use crate::vocabulary::{JobId, Method};

impl Run {
    /// What could happen to a job now: each step as a line, and what would come of it.
    pub(crate) fn possible(&self, lines: &[Line], name: Option<&str>) -> Vec<PossibleStep> {
        let Some(client) = (match name {
            Some(name) => self.jobs.iter().rev().find(|client| *client.name == *name),
            None => self.jobs.last(),
        }) else {
            return Vec::new();
        };
        let (job, label) = (client.job, Arc::clone(&client.name));
        let several = self.jobs.len() > 1;
        let mut calls: BTreeMap<Method, PossibleStep> = BTreeMap::new();
        let mut others = Vec::new();
        let owner = self.engine.service.job(job).map(|job| job.owner());
        let owner = owner.map(|owner| self.engine.account_name(owner));
        for what in alphabet(owner.as_ref()) {
            let named = (several && what.is_of_a_job()).then(|| Arc::clone(&label));
            let step = StepStatement { at: None, job: named, what, code: None, state: None };
            let Some(possible) = self.tried(lines, step, job) else { continue };
            match &possible.kind {
                StepKind::Call(method) => {
                    let known = calls.entry(*method).or_insert_with(|| possible.clone());
                    if known.refusal.is_some() && possible.refusal.is_none() {
                        *known = possible;
                    }
                }
                _ => others.push(possible),
            }
        }
        let error = self.reads_error(job, several.then_some(&*label));
        let mut all: Vec<PossibleStep> = calls.into_values().chain(error).collect();
        all.extend(others);
        all.extend(self.around(lines, job));
        all.extend(self.times(lines, job));
        all
    }

    /// What comes of a step, on a copy of the run; `None` if it cannot be said in this scenario.
    fn tried(&self, lines: &[Line], step: StepStatement, job: JobId) -> Option<PossibleStep> {
        if !is_sayable(lines, Statement::Step(step.clone())) {
            return None;
        }
        let mut copy = self.clone();
        let before = copy.engine.step_count();
        let from = copy.engine.state_of(job)?;
        let line = copy.step_as_it_comes(&step, true).ok()?;
        let did = copy.engine.steps_since(before).find_map(|one| one.job(job).cloned());
        let kind = match &step.what {
            StepAction::Call(CalledBy::Owner, call) => StepKind::Call(call.method()),
            StepAction::Call(..) => StepKind::CallOfAnother,
            _ => StepKind::Event,
        };
        Some(PossibleStep {
            line: Statement::Step(line).to_string(),
            words: match kind {
                StepKind::Call(method) => method.to_string(),
                _ => Statement::Step(StepStatement { job: None, ..step }).to_string(),
            },
            kind,
            refusal: did.as_ref().and_then(|did| did.result.as_ref().err().copied()),
            is_ignored: did.as_ref().is_none_or(|did| did.was_ignored()),
            from,
            to: copy.engine.state_of(job).unwrap_or(from),
        })
    }

    /// `GetError`, which changes nothing: an expectation.
    fn reads_error(&self, id: JobId, name: Option<&str>) -> Option<PossibleStep> {
        let job = self.engine.service.job(id)?;
        let statement = Statement::Expect(name.map(Into::into), vec![expect::error_object(job)]);
        Some(PossibleStep {
            line: statement.to_string(),
            words: Method::GetError.to_string(),
            kind: StepKind::Call(Method::GetError),
            refusal: job.error().err(),
            is_ignored: false,
            from: job.state(),
            to: job.state(),
        })
    }

    /// What becomes of servers and of the disk, which the job notices at its next attempt.
    fn around(&self, lines: &[Line], job: JobId) -> Vec<PossibleStep> {
        let from = self.engine.state_of(job);
        let (Some(from), false) = (from, self.by_hand) else { return Vec::new() };
        let changes = self.surroundings(lines, job).into_iter();
        let sayable = changes.filter(|(statement, _)| is_sayable(lines, statement.clone()));
        let tried = sayable.map(|(statement, words)| PossibleStep {
            line: statement.to_string(),
            words,
            kind: StepKind::Surroundings,
            refusal: None,
            is_ignored: false,
            from,
            to: from,
        });
        tried.collect()
    }

    /// What comes of letting time pass.
    fn times(&self, lines: &[Line], job: JobId) -> Vec<PossibleStep> {
        let from = self.engine.state_of(job);
        let (Some(from), false) = (from, self.by_hand) else { return Vec::new() };
        let next = self.next_instant().map(Advance::To);
        let spans = SPANS.iter().filter_map(|words| words.parse::<Advance>().ok());
        let tried = next.into_iter().chain(spans).filter_map(|advance| {
            let statement = Statement::Advance(None, advance);
            if !is_sayable(lines, statement.clone()) {
                return None;
            }
            let mut copy = self.clone();
            copy.statement(&statement).ok()?;
            Some(PossibleStep {
                line: statement.to_string(),
                words: match advance {
                    Advance::To(_) => "until the next thing happens".to_owned(),
                    _ => statement.to_string(),
                },
                kind: StepKind::Time,
                refusal: None,
                is_ignored: false,
                from,
                to: copy.engine.state_of(job)?,
            })
        });
        tried.collect()
    }
}

/// The spans of time that are tried.
const SPANS: [&str; 5] = ["1 s", "10 m", "1 h", "1 d", "14 d"];

/// Everything of which each job may be asked what it would do: calls, events, and what happens to the computer.
fn alphabet(owner: Option<&Arc<str>>) -> Vec<StepAction> {
    let inputs = Input::examples().into_iter().filter_map(|input| match input {
        Input::Call(call) => Some(StepAction::Call(CalledBy::Owner, call)),
        // By the line of the user, which is of all jobs.
        Input::Event(Event::OwnerLoggedOff | Event::OwnerLoggedOn) => None,
        Input::Event(event) => Some(StepAction::Event(event)),
        Input::CallBy(..) | Input::Deadline(_) => None,
    });
    let users = owner.into_iter().flat_map(|owner| {
        [UserAction::LogsOff, UserAction::LogsOn]
            .map(|act| StepAction::User(Arc::clone(owner), act))
    });
    let service = [ServiceChange::Stops, ServiceChange::Starts].map(StepAction::Service);
    let calls_of_others = others(owner).into_iter().flat_map(|caller| {
        let calls = [
            Call::Resume,
            Call::Suspend,
            Call::Complete(Commit::default()),
            Call::Cancel(Deletion::Done),
            Call::TakeOwnership(FileAccess::Granted),
        ];
        calls.map(|call| StepAction::Call(CalledBy::Client(caller.clone()), call))
    });
    inputs.chain(users).chain(service).chain(calls_of_others).collect()
}

/// Who may call besides the owner: an administrator, and a user without rights.
fn others(owner: Option<&Arc<str>>) -> [Caller; 2] {
    let other = |names: [&'static str; 2]| {
        let is_free = |name: &&str| owner.is_none_or(|owner| **owner != **name);
        Caller::named(names.into_iter().find(is_free).unwrap_or(names[0]))
    };
    [Caller { administrator: true, ..other(["bob", "carol"]) }, other(["dave", "erin"])]
}

/// Whether a statement can stand below the lines.
fn is_sayable(lines: &[Line], statement: Statement) -> bool {
    let span: Range<usize> = 0..0;
    let mut all: Vec<Line> =
        lines.iter().filter(|line| line.statement != Statement::NoExpectations).cloned().collect();
    all.push(Line { statement, span });
    check::check(&all).is_empty()
}
