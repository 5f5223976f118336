//! A counterexample as a scenario by hand: the steps of its trace, between them what the program learned, kept and
//! waited for, and at the end what was promised, as an expectation that is not met.

use super::counterexample::{Counterexample, Expected};
use super::reads::Value;
use super::record::{CallTold, EndTold, Recorded, Told};
use super::story::{Line, Story, told_words};
use crate::emulator::{Actor, Process, TraceEvent, TraceStep};
use crate::machine::Call;
use crate::scenario::ast::{ClientAction, Expectation};
use crate::scenario::{ClientLine, ClientTold, Transcript, caller};
use crate::vocabulary::{HResult, Method};

impl Counterexample {
    /// Returns the run as a [scenario](crate::scenario) by hand, which `bits run` replays without the program: each
    /// step of BITS, what the program read, kept and waited for, which calls failed on their way, and how it started
    /// and ended. The last line says what was promised, and is the one that does not hold.
    ///
    /// Some promises are no expectation of the language: those of a
    /// [monitor of your own](crate::explore::Monitor::new), and those about the outcomes of requests, temporary files,
    /// growth, dead handles and waits in callbacks. They stand there as a comment, and the scenario holds. It knows no
    /// disk: a file counts as fetched if a job completed it, so that a scenario does not show one that was there and is the
    /// wrong one. If the trace of the run is [incomplete](crate::trace::Trace::dropped), the scenario says so in its first
    /// line, and does not run.
    ///
    /// ```
    /// use bits_emulator::JobType;
    /// use bits_emulator::explore;
    /// use bits_emulator::scenario::Scenario;
    ///
    /// let verdict =
    ///     explore::program(|life| life.session().create_job("update", JobType::Download).map(drop))
    ///         .explore();
    /// let found = verdict.counterexample.expect("it leaves a job behind");
    /// let text = found.scenario();
    /// let scenario: Scenario = text.parse()?;
    /// let problem = scenario.run().failure.expect("the promise is broken");
    /// assert_eq!(problem.cause, "expected jobs of user none, was jobs of user update");
    /// # Ok::<(), bits_emulator::scenario::ParseError>(())
    /// ```
    #[must_use]
    pub fn scenario(&self) -> String {
        let mut lines = lines_of(&self.story);
        let trace = self.story.trace.as_ref();
        let last = trace.and_then(|trace| trace.steps().last());
        let end = [last.map(|step| step.at), lines.last().map(|line| line.at)];
        let Some((trace, at)) = trace.zip(end.into_iter().flatten().max()) else {
            return String::new();
        };
        let after = last.map_or(0, |last| last.number);
        let mut tell = |told| lines.push(ClientLine { after, at, job: None, told });
        tell(ClientTold::Remark(one_line(&format!("promised: {}", self.promise()))));
        tell(ClientTold::Remark(one_line(&format!("what happened: {}", self.happened()))));
        let expected = self.expectation().map(ClientTold::Expects);
        expected.into_iter().for_each(tell);
        Transcript::with_client(trace, &lines).to_string()
    }

    fn expectation(&self) -> Option<Expectation> {
        Some(match &self.violation.expected {
            Expected::End => Expectation::ClientEnded,
            Expected::Success => Expectation::ClientSucceeded,
            Expected::File(name) => Expectation::Fetched(name.as_str().into()),
            Expected::NoJobs => {
                Expectation::Enumerated(caller(client_of(&self.story)?), Vec::new())
            }
            Expected::LegalCalls => Expectation::NoneRefused(HResult::BG_E_INVALID_STATE),
            Expected::Unsaid => return None,
        })
    }
}

/// A process of the program. Those of all lives are alike.
fn client_of(story: &Story) -> Option<&Process> {
    let client = story.record.iter().find_map(|line| match &line.told {
        Told::Call(call) => call.process,
        _ => None,
    })?;
    let mut steps = story.trace.as_ref()?.steps().iter();
    steps.find_map(|step| match &step.actor {
        Actor::Client(process) if process.number == client.0 => Some(process),
        _ => None,
    })
}

/// The lines about the program: what the steps of the trace do not say.
fn lines_of(story: &Story) -> Vec<ClientLine> {
    let mut lines = Vec::new();
    // Of which call the step above says that it failed on its way.
    let mut lost = None;
    for line in story.lines() {
        match line {
            Line::Step(step) => lost = lost_call(step),
            Line::Told(recorded, step) => {
                let Recorded { at, steps: after, told, .. } = recorded;
                let job = match told {
                    Told::Call(call) => call.job,
                    _ => None,
                };
                let told = match told {
                    Told::Call(call) => told_call(story, call, step, lost),
                    _ => told_besides(recorded),
                };
                lines.extend(told.map(|told| ClientLine { after: *after, at: *at, job, told }));
                lost = None;
            }
        }
    }
    lines
}

const fn lost_call(step: &TraceStep) -> Option<Method> {
    match &step.what {
        TraceEvent::CallLost { method, .. } => Some(*method),
        _ => None,
    }
}

/// What is told of a call besides the step that it is, if it is one.
fn told_call(
    story: &Story,
    call: &CallTold,
    step: Option<&TraceStep>,
    lost: Option<Method>,
) -> Option<ClientTold> {
    let CallTold { job, method, code, value, .. } = call;
    if let Some(step) = step {
        let was_told = step.code().is_none_or(|done| done == *code) || code.is_success();
        return (!was_told).then_some(ClientTold::Does(ClientAction::Lost(*method, *code)));
    }
    let remark = || ClientTold::Remark(one_line(&call.to_string()));
    if !code.is_success() {
        let is_read = ClientAction::REFUSABLE.contains(method);
        return Some(match lost {
            Some(lost) if lost == *method => ClientTold::Does(ClientAction::Lost(*method, *code)),
            _ if is_read && job.is_some() => {
                ClientTold::Does(ClientAction::Refused(*method, *code))
            }
            _ => remark(),
        });
    }
    if let (Some(Value::Jobs { jobs, all }), Some(by)) = (value, client_of(story)) {
        let (by, jobs) = (by.clone(), jobs.clone());
        return Some(ClientTold::Enumerates { by, all: *all, jobs });
    }
    Some(match value.as_ref().and_then(expectation_of) {
        Some(expected) => ClientTold::Does(ClientAction::Reads(*method, expected)),
        None => remark(),
    })
}

/// What was read, as the expectation that says it, if one does.
fn expectation_of(value: &Value) -> Option<Expectation> {
    let setting = |call: Call| Some(Expectation::Setting(call));
    match value {
        Value::State(state) => Some(Expectation::State(*state)),
        Value::Error { code, context, file } => {
            let (context, file) = (Some(*context), file.clone());
            Some(Expectation::Error { code: *code, context, file })
        }
        Value::ErrorCount(count) => Some(Expectation::ErrorCount(*count)),
        Value::Progress(done, total) => Some(Expectation::Progress(*done, *total)),
        Value::FileProgress(name, done, total) => {
            Some(Expectation::File(name.clone(), *done, *total))
        }
        Value::Reply(done, total) => Some(Expectation::Reply(*done, *total)),
        Value::DisplayName(name) => setting(Call::SetDisplayName(Some(one_line(name).into()))),
        Value::Description(text) => setting(Call::SetDescription(Some(one_line(text).into()))),
        Value::Priority(priority) => setting(Call::SetPriority(*priority)),
        Value::Files(_)
        | Value::Jobs { .. }
        | Value::RemoteName(_)
        | Value::LocalName(_)
        | Value::Type(_) => None,
    }
}

/// What is told of everything but calls.
fn told_besides(recorded: &Recorded) -> Option<ClientTold> {
    let name = |name: &str| one_line(name).into();
    if let Some(by @ 2..) = recorded.by {
        // A scenario has one client.
        let text = format!("process {by}: {}", told_words(recorded).trim_start());
        return Some(ClientTold::Remark(one_line(&text)));
    }
    let action = match &recorded.told {
        Told::Starts(_) => ClientAction::Starts,
        Told::Ends(EndTold::Succeeded) => ClientAction::Succeeds,
        Told::Ends(EndTold::Failed(why)) => ClientAction::Fails(name(why)),
        Told::Ends(EndTold::Panicked(why)) => ClientAction::Panics(name(why)),
        Told::Ends(EndTold::Killed) => ClientAction::Killed,
        Told::Late => ClientAction::IsLate,
        Told::Waits(until) => ClientAction::Waits(*until - recorded.at),
        Told::Stored(key, Some(value)) => ClientAction::Stores(name(key), name(value)),
        Told::Stored(key, None) => ClientAction::Removes(name(key)),
        Told::Recalled(key, Some(value)) => ClientAction::Finds(name(key), name(value)),
        Told::Recalled(key, None) => ClientAction::FindsNone(name(key)),
        Told::Decided(what) => return Some(ClientTold::Remark(one_line(&format!("* {what}")))),
        Told::Looked(path, is_there) => {
            let no = if *is_there { "" } else { "no " };
            return Some(ClientTold::Remark(one_line(&format!("finds {no}{path} on the disk"))));
        }
        Told::LateCallback(method) => {
            return Some(ClientTold::Remark(format!("is called: {method}")));
        }
        Told::Locks(_) | Told::WaitsForLock(_) | Told::Unlocks(_) => {
            return Some(ClientTold::Remark(one_line(told_words(recorded).trim_start())));
        }
        Told::WaitsForCall => return Some(ClientTold::Remark("waits to be called".into())),
        Told::Reports(outcome) => {
            return Some(ClientTold::Remark(one_line(&format!("reports {outcome}"))));
        }
        Told::Ends(EndTold::CutShort) | Told::Call(_) => return None,
    };
    Some(ClientTold::Does(action))
}

/// A text without what cannot stand in a line.
fn one_line(text: &str) -> String {
    text.chars().map(|next| if next.is_control() { ' ' } else { next }).collect()
}
