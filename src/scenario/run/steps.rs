//! What a line lets happen, and whether it came out as the line says.

use chrono::{DateTime, TimeDelta, Utc};

use super::Run;
use super::time::{check_repetitions, later};
use crate::emulator::{JobStep, TraceEvent, TraceStep};
use crate::machine::{Call, Event};
use crate::scenario::ast::{
    CalledBy, ClientStatement, PolicyChange, ServiceChange, StepAction, StepStatement, UserAction,
};
use crate::scenario::problem::Diagnosis;
use crate::scenario::transcript::Repeatable;
use crate::vocabulary::text::quantities::{Code, Instant};
use crate::vocabulary::{Error, HResult, JobId};

impl Run {
    /// A call, event or deadline that the text asks for.
    pub(super) fn step(&mut self, step: &StepStatement) -> Result<(), Diagnosis> {
        if let Some(taken) = self.take(step)? {
            self.check_code(step, taken.done.as_ref(), taken.refused)?;
            self.check_state(step, taken.job, taken.meant_something())?;
        }
        if self.by_hand { Ok(()) } else { self.follow_up() }
    }

    /// The same of a step that need not mean anything; unless the line has a code, it need not succeed either if
    /// that is said. Returns the line with what came of it.
    pub(crate) fn step_as_it_comes(
        &mut self,
        step: &StepStatement,
        need_not_succeed: bool,
    ) -> Result<StepStatement, Diagnosis> {
        let mut line = step.clone();
        if let Some(taken) = self.take(step)? {
            let code = match (&step.what, &taken) {
                (StepAction::Call(..), Taken { refused: Some(error), .. }) => Some(error.code()),
                (StepAction::Call(..), Taken { done: Some(done), .. }) => Some(done.code()),
                _ => None,
            };
            if need_not_succeed {
                line.code = step.code.or(code.filter(|code| *code != HResult::S_OK));
            }
            let was_refused = taken.refused.is_some();
            self.check_code(&line, taken.done.as_ref(), taken.refused)?;
            let is_nothing = !was_refused && !is_something(taken.done.as_ref());
            if is_nothing && step.state.is_none() && self.must_mean_something(&step.what) {
                line.state = Some(self.state(taken.job)?);
            }
            self.check_state(&line, taken.job, !is_nothing)?;
        }
        self.follow_up()?;
        Ok(line)
    }

    /// Lets a step happen, and returns what came of it for the job that it concerned, if it was one.
    fn take(&mut self, step: &StepStatement) -> Result<Option<Taken>, Diagnosis> {
        self.check_length()?;
        self.advance_to_line(step.at)?;
        let job =
            if step.what.is_of_a_job() { Some(self.job_named(step.job.as_deref())?) } else { None };
        let before = self.engine.step_count();
        let refused = self.let_happen(job, &step.what);
        if step.what == StepAction::BandwidthLimits && self.engine.step_count() == before {
            let cause = "no policy has an interval that begins or ends now";
            let help = "write the line at the full hour of a bandwidth policy, while there are jobs and \
                        the service runs";
            return Err(Diagnosis::new(cause, help));
        }
        // With one job, what happens to all happens to it.
        let concerned = job.or(match self.jobs.as_slice() {
            [only] => Some(only.job),
            _ => None,
        });
        Ok(concerned.map(|job| Taken { job, done: self.done(before, job, &step.what), refused }))
    }

    /// Lets time pass until the instant of a line, if it names one.
    pub(super) fn advance_to_line(&mut self, at: Option<DateTime<Utc>>) -> Result<(), Diagnosis> {
        let Some(at) = at else { return Ok(()) };
        if at < self.now() {
            let cause = format!("it is {} already", Instant(&self.now()));
            return Err(Diagnosis::new(cause, "write the steps in the order of their times"));
        }
        self.advance_to(at)
    }

    /// Returns the error of a call that was refused or did not reach the service.
    fn let_happen(&mut self, job: Option<JobId>, what: &StepAction) -> Option<Error> {
        match (what, job) {
            (StepAction::Call(by, call), Some(job)) => return self.call(job, by, call),
            (StepAction::Deadline(deadline), Some(job)) => self.engine.run_deadline(job, *deadline),
            (StepAction::Event(event), Some(job)) => self.event(job, event),
            (StepAction::Event(Event::Computer(event)), None) => self.engine.inject_to_all(*event),
            (StepAction::User(user, act), _) => self.user_acts(user, *act),
            (StepAction::Service(ServiceChange::Stops), _) => self.engine.stop_service(),
            (StepAction::Service(ServiceChange::Starts), _) => self.engine.start_service(),
            (StepAction::Policies(changes), _) => self.set_policies(changes),
            (StepAction::Link(link), _) => self.engine.set_link(*link),
            (StepAction::BandwidthLimits, _) => self.engine.run_bandwidth_limits(),
            (StepAction::Call(..) | StepAction::Deadline(_) | StepAction::Event(_), None) => {}
        }
        None
    }

    fn set_policies(&mut self, changes: &[PolicyChange]) {
        let before = *self.engine.service.policies();
        let mut policies = before;
        changes.iter().for_each(|change| change.apply(&mut policies));
        if policies != before {
            self.engine.set_policies(policies);
        }
    }

    /// Clients connect anew if they have to, except for a call with what they held before.
    fn call(&mut self, job: JobId, by: &CalledBy, call: &Call) -> Option<Error> {
        let process = match by {
            CalledBy::Client(caller) => self.process_of(caller),
            CalledBy::Holder(caller) => self.process_that_held(job, caller),
            CalledBy::Owner => self.process_of_owner(job)?,
        };
        let (holds, opens) = (matches!(by, CalledBy::Holder(_)), matches!(by, CalledBy::Client(_)));
        if !holds && !self.by_hand {
            let connected = self.engine.ensure_connected(process);
            if connected.is_err() {
                return connected.err();
            }
        }
        self.engine.call_by_process(process, job, call.clone(), opens, self.by_hand).err()
    }

    /// By hand an event is just that; otherwise a cause in the environment stands behind it.
    fn event(&mut self, job: JobId, event: &Event) {
        let owner = self.engine.service.job(job).map(|job| job.owner());
        match (event, owner) {
            (Event::OwnerLoggedOff, Some(owner)) if !self.by_hand => self.engine.log_off(owner),
            (Event::OwnerLoggedOn, Some(owner)) if !self.by_hand => self.engine.log_on(owner),
            (Event::ClientExited, _) if !self.by_hand => self.client_exits(job),
            _ => {
                self.engine.inject(job, event.clone());
            }
        }
    }

    /// What a line did to the job.
    fn done(&self, before: usize, job: JobId, what: &StepAction) -> Option<JobStep> {
        let steps = self.engine.steps_since(before).filter(|step| is_of(what, step));
        steps.filter_map(|step| step.job(job)).last().cloned()
    }

    fn check_code(
        &mut self,
        step: &StepStatement,
        done: Option<&JobStep>,
        refused: Option<Error>,
    ) -> Result<(), Diagnosis> {
        let (was, error) = match (&step.what, done, refused) {
            (StepAction::Call(..), _, Some(error)) => (error.code(), Some(error)),
            (StepAction::Call(..), Some(done), None) => (done.code(), done.result.err()),
            _ => return Ok(()),
        };
        let expected = step.code.unwrap_or(HResult::S_OK);
        if was != expected {
            let cause = format!("expected {}, was {}", Code(&expected), Code(&was));
            let last = self.last_steps();
            let help =
                error.map_or_else(|| last.clone(), |error| format!("{}; {last}", refusal(error)));
            return Err(Diagnosis::new(cause, help));
        }
        self.held += usize::from(step.code.is_some());
        Ok(())
    }

    fn check_state(
        &mut self,
        step: &StepStatement,
        job: JobId,
        meant_something: bool,
    ) -> Result<(), Diagnosis> {
        let state = self.state(job)?;
        match step.state {
            Some(expected) if expected != state => {
                let cause = format!("expected to be {expected}, was {state}");
                return Err(Diagnosis::new(cause, self.last_steps()));
            }
            Some(_) => self.held += 1,
            None if !meant_something && self.must_mean_something(&step.what) => {
                let cause = format!("nothing happened: {state} does not allow it");
                let help = format!("write `=> {state}` behind it if that is what it shows");
                return Err(Diagnosis::new(cause, help));
            }
            None => {}
        }
        Ok(())
    }

    /// Whether a line that does nothing is a mistake. What happens to the whole computer may well mean
    /// nothing to a job.
    fn must_mean_something(&self, what: &StepAction) -> bool {
        match what {
            StepAction::User(..)
            | StepAction::Service(_)
            | StepAction::Policies(_)
            | StepAction::Link(_)
            | StepAction::BandwidthLimits => false,
            StepAction::Event(event) => !(self.by_hand && matches!(event, Event::Computer(_))),
            StepAction::Call(..) | StepAction::Deadline(_) => true,
        }
    }

    /// In a scenario by hand: the last steps again, and again, and with them what the client's program did.
    pub(super) fn again(
        &mut self,
        steps: usize,
        times: u64,
        every: TimeDelta,
    ) -> Result<(), Diagnosis> {
        let cycle = self.transcript().last_lines(steps);
        if cycle.len() < steps {
            let help = "a line that changes nothing is no step: repeat fewer";
            return Err(Diagnosis::new("fewer steps than that happened above", help));
        }
        check_repetitions(cycle.len(), times)?;
        let mut by = every;
        for _ in 0..times {
            for line in &cycle {
                let at = |at: Option<DateTime<Utc>>| at.map(|at| later(at, by));
                match line {
                    Repeatable::Step(step) => {
                        self.step(&StepStatement { at: at(step.at), ..step.clone() })?;
                    }
                    Repeatable::Client(client) => {
                        self.client(&ClientStatement { at: at(client.at), ..client.clone() })?;
                    }
                }
            }
            by = by.checked_add(&every).unwrap_or(TimeDelta::MAX);
        }
        Ok(())
    }
}

/// What came of a step for a job.
struct Taken {
    job: JobId,
    done: Option<JobStep>,
    refused: Option<Error>,
}

impl Taken {
    fn meant_something(&self) -> bool {
        self.refused.is_some() || is_something(self.done.as_ref())
    }
}

/// Why a call was refused, and what can be done about it.
pub(super) fn refusal(error: Error) -> String {
    format!("{error}. {}", error.code().advice())
}

fn is_something(done: Option<&JobStep>) -> bool {
    done.is_some_and(|done| !done.was_ignored())
}

/// Whether a step of the trace is what the line let happen, and not what came along with it.
fn is_of(what: &StepAction, step: &TraceStep) -> bool {
    let of_all = || {
        matches!(
            step.what,
            TraceEvent::Computer(_) | TraceEvent::LoggedOn(_) | TraceEvent::LoggedOff(_)
        )
    };
    let event_is =
        |wanted: &Event| matches!(&step.what, TraceEvent::Event(event) if event == wanted);
    match what {
        StepAction::Call(..) => matches!(step.what, TraceEvent::Call(_)),
        StepAction::Deadline(_) => matches!(step.what, TraceEvent::Deadline(_)),
        StepAction::User(_, UserAction::LogsOn | UserAction::LogsOff) => of_all(),
        StepAction::User(_, UserAction::Exits) => matches!(step.what, TraceEvent::ProcessEnded),
        StepAction::Service(_) => {
            matches!(step.what, TraceEvent::ServiceStopped | TraceEvent::ServiceStarted)
        }
        StepAction::Policies(_) => matches!(step.what, TraceEvent::Policies(_)),
        StepAction::Link(_) => matches!(step.what, TraceEvent::Link(_)),
        StepAction::BandwidthLimits => matches!(step.what, TraceEvent::BandwidthLimits(_)),
        StepAction::Event(event @ (Event::OwnerLoggedOff | Event::OwnerLoggedOn)) => {
            of_all() || event_is(event)
        }
        StepAction::Event(Event::ClientExited) => {
            matches!(step.what, TraceEvent::ProcessEnded) || event_is(&Event::ClientExited)
        }
        StepAction::Event(Event::Computer(_)) => of_all(),
        StepAction::Event(event) => event_is(event),
    }
}
