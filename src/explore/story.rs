//! The story of a run, line by line: what its program did and learned, with what BITS did in between.

use std::fmt;

use chrono::{DateTime, Utc};

use super::execution::Noted;
use super::record::{CallTold, EndTold, Recorded, Told};
use crate::emulator::{Actor, Cycle, JobStep, Names, ProcessId, Trace, TraceEvent, TraceStep};
use crate::vocabulary::HResult;
use crate::vocabulary::text::quantities::{Duration, Name};

/// How many lines of a story are shown at its beginning, at its end, and around each decision.
const FIRST_LINES: usize = 40;
const LAST_LINES: usize = 12;
const AROUND: usize = 4;

/// What happened in a run.
#[derive(Debug, Default)]
pub(super) struct Story {
    pub(super) noted: Vec<(DateTime<Utc>, Noted)>,
    /// Empty, unless the run was recorded.
    pub(super) record: Vec<Recorded>,
    pub(super) trace: Option<Trace>,
}

/// A line of a story.
#[derive(Debug, Clone, Copy)]
pub(super) enum Line<'a> {
    /// What the program did or learned. A call may be a step of the trace.
    Told(&'a Recorded, Option<&'a TraceStep>),
    /// What happened besides.
    Step(&'a TraceStep),
}

impl Story {
    /// What was decided in the run, in words.
    pub(super) fn decided(&self) -> Vec<&str> {
        let lines = self.record.iter().filter_map(|line| match &line.told {
            Told::Decided(what) => Some(&**what),
            _ => None,
        });
        lines.collect()
    }

    /// The record and the steps of the trace, in the order in which all that happened.
    pub(super) fn lines(&self) -> Vec<Line<'_>> {
        let mut rest = self.trace.as_ref().map(Trace::steps).unwrap_or_default();
        let mut lines = Vec::new();
        // Users who log on before the program starts are no part of it.
        let concerns = |step: &&TraceStep| !step.jobs().is_empty();
        let start = self.record.first().map_or(0, |first| first.steps);
        let world = rest.partition_point(|step| step.number <= start);
        lines.extend(rest.iter().take(world).filter(concerns).map(Line::Step));
        rest = rest.get(world..).unwrap_or_default();
        for recorded in &self.record {
            let happened = rest.partition_point(|step| step.number <= recorded.steps);
            let (before, after) = rest.split_at(happened);
            rest = after;
            let own = match &recorded.told {
                Told::Call(call) => before.iter().rposition(|step| is_call_of(step, call.process)),
                _ => None,
            };
            let (before, after) = before.split_at(own.unwrap_or(before.len()));
            lines.extend(before.iter().map(Line::Step));
            lines.push(Line::Told(recorded, after.first()));
            lines.extend(after.iter().skip(1).map(Line::Step));
        }
        lines.extend(rest.iter().map(Line::Step));
        lines
    }
}

/// Whether a step is a call of that process that reached the service.
fn is_call_of(step: &TraceStep, process: Option<ProcessId>) -> bool {
    let is_call = matches!(
        step.what,
        TraceEvent::JobCreated { .. } | TraceEvent::CreateRefused { .. } | TraceEvent::Call(_)
    );
    let by = match &step.actor {
        Actor::Client(by) => Some(ProcessId(by.number)),
        Actor::Program | Actor::Service | Actor::World | Actor::Test => None,
    };
    is_call && by.is_some() && by == process
}

impl Line<'_> {
    const fn is_decision(&self) -> bool {
        matches!(self, Self::Told(Recorded { told: Told::Decided(_), .. }, _))
    }

    /// Whether the line says something that is not said by another: a step does if it changed something that
    /// a client could notice.
    fn tells(&self) -> bool {
        match self {
            Self::Told(Recorded { told: Told::Late, .. }, _) => false,
            Self::Told(..) => true,
            Self::Step(step) => match step.what {
                TraceEvent::Connected
                | TraceEvent::CallLost { .. }
                | TraceEvent::OpenRefused { .. }
                | TraceEvent::ReplyReplaced { .. } => false,
                TraceEvent::ProcessEnded => step.jobs().iter().any(is_change),
                _ => step.jobs().is_empty() || step.jobs().iter().any(is_change),
            },
        }
    }
}

fn is_change(job: &JobStep) -> bool {
    job.before != job.after
        || job.error_object.is_some()
        || job.told.is_some()
        || job.result.is_err()
}

/// A line as it is shown.
struct Shown {
    at: DateTime<Utc>,
    text: String,
    is_decision: bool,
}

impl Shown {
    fn new(line: &Line<'_>, names: Option<&Names>) -> Vec<Self> {
        let is_decision = line.is_decision();
        let (at, texts) = texts_of(line, names);
        texts.into_iter().map(|text| Self { at, text, is_decision }).collect()
    }
}

impl fmt::Display for Story {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unrecorded: Vec<Recorded> = match &*self.record {
            [] => self.noted.iter().map(Recorded::from).collect(),
            _ => Vec::new(),
        };
        let mut lines: Vec<Line<'_>> = match &*unrecorded {
            [] => self.lines(),
            unrecorded => unrecorded.iter().map(|line| Line::Told(line, None)).collect(),
        };
        lines.retain(Line::tells);
        let names = self.trace.as_ref().map(Names::of);
        let shown = lines.iter().flat_map(|line| Shown::new(line, names.as_ref()));
        let folded = folded(shown.collect());
        let mut hidden = 0_usize;
        for (index, line) in folded.iter().enumerate() {
            if !is_shown(index, &folded) {
                hidden += 1;
                continue;
            }
            if std::mem::take(&mut hidden) > 0 {
                writeln!(f, "{INDENT}…")?;
            }
            match line {
                Folded::Once(line) => writeln!(f, "{}  {}", line.at.format("%F %T"), line.text)?,
                Folded::Again(Cycle { steps, times, every }) => {
                    let every = Duration(every);
                    let what = match steps {
                        1 => "that line".to_owned(),
                        _ => format!("these {steps} lines"),
                    };
                    writeln!(f, "{INDENT}{what} again {times} times, every {every}")?;
                }
            }
        }
        Ok(())
    }
}

/// As wide as an instant.
const INDENT: &str = "                       ";

/// Lines in which what repeats itself stands once.
enum Folded {
    Once(Shown),
    Again(Cycle),
}

fn folded(lines: Vec<Shown>) -> Vec<Folded> {
    let mut folded = Vec::new();
    let mut rest = lines.as_slice();
    let mut spans = Vec::new();
    while !rest.is_empty() {
        let alike = |one: &Shown, other: &Shown| one.text == other.text;
        let cycle = Cycle::at_start(rest, |line| line.at, alike);
        let all = cycle.map_or(1, |cycle| cycle.steps.saturating_mul(cycle.times + 1));
        spans.push((cycle, all));
        rest = rest.get(all..).unwrap_or_default();
    }
    let mut lines = lines.into_iter();
    for (cycle, all) in spans {
        let once = cycle.map_or(all, |cycle| cycle.steps);
        folded.extend(lines.by_ref().take(once).map(Folded::Once));
        folded.extend(cycle.map(Folded::Again));
        lines.by_ref().take(all.saturating_sub(once)).for_each(drop);
    }
    folded
}

/// Whether a line of a long story is shown: the first ones, the last ones, and those around what was decided.
fn is_shown(index: usize, lines: &[Folded]) -> bool {
    let near = index.saturating_sub(AROUND)..index.saturating_add(AROUND + 1).min(lines.len());
    let is_decision = |line: &Folded| matches!(line, Folded::Once(line) if line.is_decision);
    let is_near_decision = || lines.get(near).into_iter().flatten().any(is_decision);
    index < FIRST_LINES || index.saturating_add(LAST_LINES) >= lines.len() || is_near_decision()
}

/// The instant of a line, and its text: one for each job that a step changed.
fn texts_of(line: &Line<'_>, names: Option<&Names>) -> (DateTime<Utc>, Vec<String>) {
    match line {
        Line::Told(recorded, step) => {
            let mut text = text_of(recorded);
            if let [job] = step.map(|step| step.jobs()).unwrap_or_default()
                && job.result.is_ok()
            {
                if job.code() != HResult::S_OK && !text.contains("->") {
                    text = format!("{text} -> {}", job.code());
                }
                if is_change(job) {
                    text = format!("{text}: {}", Change(job));
                }
            }
            (recorded.at, vec![text])
        }
        Line::Step(step) => {
            let by = match &step.actor {
                Actor::Client(_) | Actor::Program => format!("{}: ", step.actor),
                Actor::Service | Actor::World | Actor::Test => String::new(),
            };
            let what = &step.what;
            if step.jobs().is_empty() {
                return (step.at, vec![format!("  | {by}{what}")]);
            }
            let changed = step.jobs().iter().filter(|job| is_change(job));
            let texts = changed.map(|job| {
                let several = names.filter(|names| names.are_several());
                let name = several.map(|names| format!("{}: ", Name(&names.get(job.job))));
                format!("  | {by}{}{what}: {}", name.unwrap_or_default(), Change(job))
            });
            (step.at, texts.collect())
        }
    }
}

/// The states through which a job went, and why.
struct Change<'a>(&'a JobStep);

impl fmt::Display for Change<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}  [{}]", self.0.way(), self.0.remarks())
    }
}

fn text_of(recorded: &Recorded) -> String {
    let text = told_words(recorded);
    let Some(by) = recorded.by else { return text };
    let words = text.trim_start_matches(['*', ' ']);
    let mark = text.strip_suffix(words).unwrap_or_default();
    format!("{mark}{by}: {words}")
}

/// A line without the number of the program.
pub(super) fn told_words(Recorded { at, told, .. }: &Recorded) -> String {
    match told {
        Told::Starts(0) => "the program starts".to_owned(),
        Told::Starts(life) => {
            format!("the program starts again, life {}", life.saturating_add(1))
        }
        Told::Ends(end) => end.to_string(),
        Told::Call(call) => format!("  {call}"),
        Told::Waits(until) => format!("  waits {}", Duration(&(*until - at))),
        Told::WaitsForCall => "  waits to be called".to_owned(),
        Told::Reports(outcome) => format!("  reports {outcome}"),
        Told::Decided(what) => format!("* {what}"),
        Told::Late => "  is late".to_owned(),
        Told::LateCallback(method) => format!("  is called: {method}"),
        Told::Stored(name, Some(value)) => format!("  stores {name}: {}", Name(value)),
        Told::Stored(name, None) => format!("  removes {name} from its store"),
        Told::Recalled(name, Some(value)) => {
            format!("  finds {name} in its store: {}", Name(value))
        }
        Told::Recalled(name, None) => format!("  finds no {name} in its store"),
        Told::Locks(name) => format!("  takes the lock {name}"),
        Told::WaitsForLock(name) => format!("  waits for the lock {name}"),
        Told::Unlocks(name) => format!("  gives up the lock {name}"),
        Told::Looked(path, true) => format!("  finds {path} on the disk"),
        Told::Looked(path, false) => format!("  finds no {path} on the disk"),
    }
}

impl fmt::Display for CallTold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { method, code, value, .. } = self;
        match value {
            Some(value) => write!(f, "{method} -> {value}"),
            None if code.is_success() => method.fmt(f),
            None => write!(f, "{method} -> {code}"),
        }
    }
}

impl fmt::Display for EndTold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Succeeded => f.write_str("the program ends and reports success"),
            Self::Failed(why) => write!(f, "the program ends and reports: {why}"),
            Self::Panicked(why) => write!(f, "the program panics: {why}"),
            Self::Killed => f.write_str("the process is gone"),
            Self::CutShort => f.write_str("the program is stopped here"),
        }
    }
}
