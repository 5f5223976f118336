//! The shortest way to each transition of T1 and T4, kept as a scenario: the folder `scenarios/transitions`.
//!
//! `TRANSITIONS=accept cargo test --features scenario --test models transitions` seeks the ways again and writes the
//! files anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::PathBuf;

use bits_emulator::explore::model::jobs::{
    JobsAction, JobsModel, JobsState, ObservedJob, Reaction, ReactiveClient,
};
use bits_emulator::explore::model::{self, Path};
use bits_emulator::machine::{
    Call, Event, Guard, Input, JobOptions, JobStateMachine, TRANSITIONS, Transition,
    TransitionAction,
};
use bits_emulator::readings::Readings;
use bits_emulator::scenario::Scenario;
use bits_emulator::scenario::ast::{CalledBy, StepAction, StepStatement};
use bits_emulator::settings::FileAclFlags;
use bits_emulator::{HResult, JobState, JobType};
use chrono::{DateTime, Utc};

use crate::alphabet::{Group, base};
use crate::common::*;
use crate::rows::rows_taken;

/// Those that no model reaches, with the reason.
const UNREACHED: [(&str, &str); 2] = [
    (
        "GetReplyData, refused with BG_E_INVALID_STATE, from QUEUED CONNECTING TRANSFERRING SUSPENDED ERROR TRANSIENT_ERROR CANCELLED",
        "a getter, which is no input of a job",
    ),
    ("GetReplyData, stays, from TRANSFERRED ACKNOWLEDGED", "a getter, which is no input of a job"),
];

/// Groups of which the settings meet in a transition.
const PAIRS: [[Group; 2]; 3] = [
    [Group::Clocks, Group::Transfer],
    [Group::Clocks, Group::Priority],
    [Group::HelperToken, Group::Sessions],
];

/// One job from its creation on, under the default clocks, beside a client that makes each of these calls at any
/// time.
type Lesson = JobsModel<Calls>;

struct Calls(Vec<Call>);

impl ReactiveClient for Calls {
    type Memory = ();

    fn begins(&self) {}

    fn reactions(&self, (): &(), _: &[ObservedJob<'_>]) -> Vec<Reaction<()>> {
        self.0.iter().map(|call| Reaction::Call(0, call.clone())).collect()
    }
}

fn lesson(job_type: JobType, groups: &[Group], readings: Readings) -> Lesson {
    let mut inputs = vec![Input::Call(Call::add_file(file(0)))];
    inputs.extend(base(job_type));
    for group in groups {
        let part = group.part(job_type);
        inputs.extend(part.begins.into_iter().flatten().map(Input::Call));
        inputs.extend(part.inputs);
        let more = match group {
            Group::Clocks => vec![Call::SetMinimumRetryDelay(1_209_600)],
            Group::Files => {
                vec![Call::SetFileAclFlags(FileAclFlags::empty()), Call::MakeCustomHeadersWriteOnly]
            }
            _ => Vec::new(),
        };
        inputs.extend(more.into_iter().map(Input::Call));
    }
    let (mut calls, mut events): (Vec<Call>, Vec<Event>) = Default::default();
    for input in inputs {
        match input {
            Input::Call(call) if !calls.contains(&call) => calls.push(call),
            Input::Event(event) => events.push(event),
            Input::Call(_) => {}
            Input::CallBy(..) | Input::Deadline(_) => panic!("no lesson calls as another"),
        }
    }
    let options = JobOptions { job_type, readings, ..JobOptions::default() };
    JobsModel::beside(Calls(calls)).events(events).job(options, []).unwrap()
}

/// The input of an action, and when it happens.
fn input(state: &JobsState<()>, action: &JobsAction<()>) -> Option<(Input, DateTime<Utc>)> {
    let input = match action.clone() {
        JobsAction::Call(_, call) => Input::Call(call),
        JobsAction::Event(_, event) | JobsAction::EventOfAll(event) => Input::Event(event),
        JobsAction::Deadline(_, deadline) => Input::Deadline(deadline),
        JobsAction::Note(()) => return None,
    };
    let now = state.jobs()[0].instant_of(&input)?;
    Some((input, now))
}

fn rows(state: &JobsState<()>, action: &JobsAction<()>) -> Vec<usize> {
    let rows = |(input, now)| rows_taken(state.jobs()[0].machine(), &input, now);
    input(state, action).map(rows).unwrap_or_default()
}

/// A transition in words.
fn name(row: &Transition) -> String {
    let when = match row.when {
        Guard::Always => String::new(),
        guard => format!(", {guard}"),
    };
    let then = match row.then {
        TransitionAction::To(state) => format!("to {state}"),
        TransitionAction::Stay => "stays".to_owned(),
        TransitionAction::Refuse(code) => format!("refused with {}", code_name(code)),
    };
    let states: Vec<_> = row.from.iter().map(|state| state.to_string()).collect();
    format!("{}{when}, {then}, from {}", row.on, states.join(" "))
}

/// The readings under which a transition is.
fn readings(row: &Transition) -> Readings {
    let (switch, answer) = match row.when {
        Guard::DelayBeyondTimeout => ("retry delay beyond the timeout", "fails at once"),
        Guard::SuspendLeaves => ("suspend in ERROR or TRANSFERRED", "suspends"),
        Guard::ResumeRefused => ("resume in TRANSFERRED", "is refused"),
        Guard::ResumeRequeues => ("resume in TRANSFERRED", "queues the job"),
        Guard::RestartRequeues => ("service restart in TRANSIENT_ERROR", "queues the job"),
        _ => return Readings::documented(),
    };
    let mut readings = Readings::documented();
    assert!(readings.set(switch, answer));
    readings
}

/// The way to a transition: its inputs, each with its time.
type Way = Vec<(Input, DateTime<Utc>)>;

/// A way with the type and the readings of its job, behind whether it is not taken from the state in the name of its file
/// and how long it is: the lowest is the best.
type Ranked = ((bool, usize), (JobType, Readings, Way));

/// The shortest ways to the transitions, of at most so many steps.
fn ways(steps: usize) -> BTreeMap<usize, Ranked> {
    let mut ways: BTreeMap<usize, Ranked> = BTreeMap::new();
    let mut of_readings = vec![Readings::documented()];
    of_readings.extend(TRANSITIONS.iter().map(readings).filter(|it| *it != Readings::documented()));
    for readings in of_readings {
        for job_type in [JobType::Download, JobType::Upload, JobType::UploadReply] {
            let singles = Group::ALL.into_iter().filter(|group| *group != Group::Owner);
            let pairs = PAIRS.iter().map(|pair| pair.to_vec());
            for groups in singles.map(|group| vec![group]).chain(pairs) {
                let lesson = lesson(job_type, &groups, readings);
                // Each from the state in the name of its file, and from any, for those that no way takes from there.
                let names = TRANSITIONS.iter().chain(TRANSITIONS).map(|row| row.on.to_string());
                let explored = model::check(&lesson)
                    .transitions(names, |state, action, _| {
                        let rows = rows(state, action);
                        let from = state.jobs()[0].machine().state();
                        let named = rows
                            .iter()
                            .copied()
                            .filter(|row| named_state(&TRANSITIONS[*row]) == from);
                        let any = rows.iter().map(|row| row + TRANSITIONS.len());
                        named.chain(any).collect()
                    })
                    .most_actions(steps)
                    .most_states(60_000)
                    .run();
                for (place, taken) in explored.taken().iter().enumerate() {
                    let row = place % TRANSITIONS.len();
                    let is_other = place != row;
                    let wanted = readings == self::readings(&TRANSITIONS[row]);
                    let Some(path) = taken.path().filter(|_| wanted) else { continue };
                    let rank = (is_other, path.actions().len());
                    if ways.get(&row).is_none_or(|(known, _)| *known > rank) {
                        ways.insert(row, (rank, (job_type, readings, way(path))));
                    }
                }
            }
        }
    }
    ways
}

/// The state in the name of the file of a transition: the first of those from which it leads.
fn named_state(row: &Transition) -> JobState {
    row.from.iter().next().unwrap()
}

fn way(path: &Path<Lesson>) -> Way {
    let mut state = path.initial();
    let mut way = Vec::new();
    for (action, next) in path.steps() {
        let from_start = |(input, at)| (input, start() + (at - path.initial().jobs()[0].now()));
        way.extend(input(state, action).map(from_start));
        state = next;
    }
    way
}

/// A way as a scenario by hand.
fn text(
    row: &Transition,
    is_other: bool,
    (job_type, readings, way): &(JobType, Readings, Way),
) -> String {
    let rules: Vec<_> = row.rules.iter().map(|rule| rule.to_string()).collect();
    let mut text = format!("# {}\n# {}\n#\n", name(row), rules.join(", "));
    let from = if is_other { String::new() } else { format!(" from {}", named_state(row)) };
    writeln!(
        text,
        "# The shortest way to this transition{from}, found by the models of tests/models.\n"
    )
    .unwrap();
    text += "by hand\nstart 2024-05-01 12:00:00\n";
    for ((switch, answer), (_, default)) in readings.answers().zip(Readings::documented().answers())
    {
        if answer != default {
            writeln!(text, "reading {switch}: {answer}").unwrap();
        }
    }
    writeln!(text, "job update, {job_type}, by alice").unwrap();
    let options = JobOptions { job_type: *job_type, readings: *readings, ..JobOptions::default() };
    let mut job = JobStateMachine::new(options, start());
    for (input, now) in way {
        let result = job.apply(input.clone(), *now);
        let code = match &result {
            Ok(outcome) => outcome.success.code(),
            Err(error) => error.code(),
        };
        let (what, code) = match input.clone() {
            Input::Call(call) => (StepAction::Call(CalledBy::Owner, call), Some(code)),
            Input::CallBy(..) => unreachable!("no lesson calls as another"),
            Input::Event(event) => (StepAction::Event(event), None::<HResult>),
            Input::Deadline(deadline) => (StepAction::Deadline(deadline), None),
        };
        let state = what.is_of_a_job().then(|| job.state());
        let line = StepStatement { at: Some(*now), job: None, what, code, state };
        writeln!(text, "{line}").unwrap();
    }
    writeln!(text, "expect {}", job.state()).unwrap();
    text
}

fn file_name(row: &Transition) -> String {
    let words = name(row).to_lowercase();
    let words = words.split_once(", from").map_or(words.as_str(), |(before, _)| before);
    let first = named_state(row).to_string().to_lowercase();
    let text = format!("{words} from {first}");
    let letters = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    let text: String = text.chars().map(letters).collect();
    let parts: Vec<_> = text.split('-').filter(|part| !part.is_empty()).collect();
    format!("{}.bits", parts.join("-"))
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("scenarios/transitions")
}

/// What a scenario by hand does to a job, up to its last step.
fn replayed(scenario: &Scenario) -> Option<Vec<usize>> {
    use bits_emulator::scenario::ast::Statement;
    let mut options = JobOptions::default();
    for line in scenario.lines() {
        match &line.statement {
            Statement::Reading(it) => assert!(options.readings.set(it.switch, it.answer)),
            Statement::Job(job) => options.job_type = job.job_type,
            _ => {}
        }
    }
    let mut job = JobStateMachine::new(options, start());
    let mut rows = None;
    for line in scenario.lines() {
        let Statement::Step(step) = &line.statement else { continue };
        let input = match step.what.clone() {
            StepAction::Call(_, call) => Input::Call(call),
            StepAction::Event(event) => Input::Event(event),
            StepAction::Deadline(deadline) => Input::Deadline(deadline),
            other => panic!("{other:?}"),
        };
        rows = Some(rows_taken(&job, &input, step.at?));
        let _ = job.apply(input, step.at?);
    }
    rows
}

/// Each transition has its file, which ends with it, or stands in the list of those that no model reaches.
#[test]
fn each_of_the_transitions_has_its_scenario() {
    if std::env::var("TRANSITIONS").is_ok_and(|it| it == "accept") {
        let _ = std::fs::remove_dir_all(folder());
        std::fs::create_dir_all(folder()).unwrap();
        for (row, ((is_other, _), way)) in ways(9) {
            let row = &TRANSITIONS[row];
            std::fs::write(folder().join(file_name(row)), text(row, is_other, &way)).unwrap();
        }
    }
    let names: BTreeSet<_> = TRANSITIONS.iter().map(file_name).collect();
    assert_eq!(names.len(), TRANSITIONS.len(), "two transitions would share a file");
    let mut missing = Vec::new();
    for (place, row) in TRANSITIONS.iter().enumerate() {
        let Ok(text) = std::fs::read_to_string(folder().join(file_name(row))) else {
            missing.push(name(row));
            continue;
        };
        let rows = replayed(&text.parse().unwrap());
        assert!(
            rows.is_some_and(|rows| rows.contains(&place)),
            "{} ends otherwise",
            file_name(row)
        );
    }
    let unreached: Vec<_> = UNREACHED.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(missing, unreached);
    let files = std::fs::read_dir(folder()).unwrap().count();
    assert_eq!(files + missing.len(), TRANSITIONS.len(), "a file is of no transition");
}

/// No shorter ways than those in the files, as far as three steps go.
#[test]
fn short_ways_to_transitions_are_the_shortest() {
    for (row, ((is_other, _), (.., way))) in ways(3) {
        if is_other {
            continue;
        }
        let path = folder().join(file_name(&TRANSITIONS[row]));
        let scenario: Scenario = std::fs::read_to_string(path).unwrap().parse().unwrap();
        let steps = scenario.lines().iter().filter(|line| {
            matches!(line.statement, bits_emulator::scenario::ast::Statement::Step(_))
        });
        assert_eq!(steps.count(), way.len(), "{}", name(&TRANSITIONS[row]));
    }
}
