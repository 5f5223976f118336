//! An explained job as a scenario.

use std::fmt::Write;
use std::sync::Arc;

use super::job_replay::JobReplay;
use super::step::{Assumption, HiddenStep, LifeStep};
use crate::machine::{ComputerEvent, Event, Input};
use crate::scenario::ast::{
    CalledBy, Caller, JobDecl, ReadingAnswer, ServiceChange, Statement, StepAction, StepStatement,
};
use crate::vocabulary::{JobType, Readings, ServiceRestart};

impl JobReplay {
    /// Returns the life of the job as a scenario by hand, which `bits run` replays: it holds, and its event log
    /// is the recorded one. Its times are those of the model.
    #[must_use]
    pub fn to_scenario(&self) -> String {
        let steps = self.steps();
        let start = steps.first().map(|step| step.model_at).unwrap_or_default();
        let mut text = String::new();
        let mut line = |line: &dyn std::fmt::Display| _ = writeln!(text, "{line}");
        for remark in self.conformance().to_string().lines() {
            line(&format_args!("# {remark}"));
        }
        line(&Statement::ByHand);
        line(&Statement::Start(start));
        let documented = Readings::documented().answers();
        for ((switch, answer), (_, default)) in self.readings().answers().zip(documented) {
            if answer != default {
                line(&Statement::Reading(ReadingAnswer { switch, answer }));
            }
        }
        let name = Some(self.name().into()).filter(|name: &Arc<str>| !name.is_empty());
        let (id, job_type) = (self.id(), JobType::Download);
        let owner = Caller::named(self.owner().map_or("client", account));
        line(&JobDecl { name, label: Some("job".into()), job_type, owner, id, code: None });
        let mut runs = true;
        for step in steps {
            let Some(what) = action(step, &mut runs) else { continue };
            let state = what.is_of_a_job().then_some(step.after);
            let at = Some(step.model_at);
            let remark = remark(step);
            let code = matches!(what, StepAction::Call(..)).then_some(step.code);
            let step = StepStatement { at, job: None, what, code, state };
            line(&format_args!("{step}{remark}"));
        }
        text
    }

    /// The readings of its life.
    fn readings(&self) -> Readings {
        // Clients go on after the service restarted, as real ones do that connect anew.
        let service_restart = ServiceRestart::KeepsInterfaces;
        let mut readings = Readings { service_restart, ..Readings::observed() };
        for step in self.steps() {
            if let HiddenStep::Assumed(Assumption::Reading(switch, answer)) = step.hidden {
                let _ = readings.set(switch, answer);
            }
        }
        readings
    }
}

/// The account by the name that scenarios have for it.
fn account(owner: &str) -> &str {
    let name = owner.rsplit('\\').next().unwrap_or(owner);
    match name.to_uppercase().as_str() {
        "SYSTEM" => "LocalSystem",
        "LOCAL SERVICE" => "LocalService",
        "NETWORK SERVICE" => "NetworkService",
        _ => name,
    }
}

/// The step as a line of a scenario has it; `runs` is whether the service runs.
fn action(step: &LifeStep, runs: &mut bool) -> Option<StepAction> {
    Some(match step.what.as_ref()? {
        Input::Call(call) | Input::CallBy(_, call) => {
            StepAction::Call(CalledBy::Owner, call.clone())
        }
        Input::Event(Event::Computer(ComputerEvent::ServiceRestarted)) => {
            *runs = !*runs;
            StepAction::Service(if *runs { ServiceChange::Starts } else { ServiceChange::Stops })
        }
        Input::Event(event) => StepAction::Event(event.clone()),
        Input::Deadline(deadline) => StepAction::Deadline(*deadline),
    })
}

/// What the log says of the step.
fn remark(step: &LifeStep) -> String {
    match (step.records.as_slice(), step.hidden) {
        ([], HiddenStep::Assumed(_)) => "  # assumed".to_owned(),
        ([], _) => String::new(),
        (records, _) => {
            let numbers: Vec<String> = records.iter().map(ToString::to_string).collect();
            format!("  # record {}", numbers.join(", "))
        }
    }
}
