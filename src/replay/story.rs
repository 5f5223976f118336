//! An explained job as it is printed: its life as a time line, and the verdict.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};

use super::bursts::{Burst, Cause};
use super::job_replay::{Conformance, JobReplay};
use super::record::{Record, RecordKind};
use super::step::{Assumption, HiddenStep, LifeStep};
use crate::machine::{ComputerEvent, Deadline, Event, Input};
use crate::vocabulary::JobState;

/// A line of the story.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    at: DateTime<Utc>,
    after: JobState,
    /// What was recorded, in words; empty of what no record shows.
    what: String,
    /// The numbers of the records.
    records: Vec<usize>,
    /// What led to it.
    cause: String,
}

impl fmt::Display for JobReplay {
    /// Its life as a time line, in which attempts that are alike are one line, and the verdict.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "job {}  {}", self.id().0, self.name())?;
        if let Some(owner) = self.owner() {
            write!(f, ", of {owner}")?;
        }
        if let Some(process) = self.process() {
            write!(f, ", by {process}")?;
        }
        writeln!(f)?;
        let lines = self.lines();
        let mut rest = lines.as_slice();
        while let [first, ..] = rest {
            let alike = rest.iter().take_while(|line| first.is_like(line)).count().max(1);
            first.write(f, rest.get(alike - 1).filter(|_| alike > 1), alike)?;
            rest = rest.get(alike..).unwrap_or_default();
        }
        self.bursts().iter().try_for_each(|burst| writeln!(f, "  {burst}"))?;
        write!(f, "  {}", self.conformance())?;
        if let Conformance::NotExplained { record, .. } = self.conformance()
            && let Some((_, record)) = self.records().iter().find(|(number, _)| number == record)
        {
            write!(f, "; recorded is {} {}", time(record.time), words(record))?;
        }
        let state = self.end();
        if !state.is_final() && !matches!(self.conformance(), Conformance::NotExplained { .. }) {
            write!(f, "; open, {state} at the end of the log")?;
        }
        if self.drift() >= TimeDelta::milliseconds(1) {
            write!(f, "; timers {} ms early, all together", self.drift().num_milliseconds())?;
        }
        writeln!(f)
    }
}

impl JobReplay {
    /// The records, each with what led to it, and what no record shows between them.
    fn lines(&self) -> Vec<Line> {
        let mut lines: Vec<Line> = Vec::new();
        let mut state = None;
        // What leads to the attempt that is next recorded.
        let mut causes: Vec<&LifeStep> = Vec::new();
        for step in self.steps() {
            let is_same = state.replace(step.after) == Some(step.after);
            if step.hidden == HiddenStep::Computer && is_same && step.records.is_empty() {
                continue;
            }
            if step.records.is_empty() {
                causes.push(step);
                continue;
            }
            let cause = self.cause(&causes, step, &mut lines);
            causes.clear();
            let recorded = step.records.iter().filter_map(|number| {
                let (_, record) = self.records().iter().find(|(known, _)| known == number)?;
                Some(words(record))
            });
            let what = recorded.collect::<Vec<_>>().join(", ");
            let (at, after, records) = (step.at, step.after, step.records.clone());
            lines.push(Line { at, after, what, records, cause });
        }
        for step in causes {
            lines.extend(Line::hidden(step));
        }
        lines
    }

    /// What led to an attempt, in words; what did not is a line of its own.
    fn cause(&self, causes: &[&LifeStep], recorded: &LifeStep, lines: &mut Vec<Line>) -> String {
        let is_of_attempt =
            |kind: &RecordKind| matches!(kind, RecordKind::Started(_) | RecordKind::Failed(..));
        let mut records = self.records().iter();
        let is_attempt = records.any(|(number, record)| {
            recorded.records.contains(number) && is_of_attempt(&record.kind)
        });
        let mut cause = String::new();
        for step in causes {
            let took = recorded.at - step.at;
            match (&step.what, step.hidden) {
                (Some(Input::Deadline(Deadline::RetryDelay)), _) if is_attempt => {
                    let (seconds, hundredths) = (took.num_seconds(), took.subsec_millis() / 10);
                    cause = format!("after its retry delay and {seconds}.{hundredths:02} s");
                }
                (_, HiddenStep::Assumed(what @ (Assumption::Resume | Assumption::NetworkAway)))
                    if is_attempt && took <= TimeDelta::seconds(1) =>
                {
                    cause = format!("assumed: {what}");
                }
                (Some(Input::Event(Event::Computer(ComputerEvent::NetworkRestored))), _)
                    if is_attempt =>
                {
                    if !cause.starts_with("assumed") {
                        "once the network was back".clone_into(&mut cause);
                    }
                }
                _ => lines.extend(Line::hidden(step)),
            }
        }
        cause
    }
}

impl Line {
    /// The line of a step that no record shows, unless it tells nothing.
    fn hidden(step: &LifeStep) -> Option<Self> {
        let what = match (&step.hidden, &step.what) {
            (HiddenStep::Assumed(assumption), _) => format!("assumed: {assumption}"),
            (HiddenStep::Usual, Some(Input::Call(call))) => {
                format!("not in the log: {}", call.method().name())
            }
            (HiddenStep::Computer, Some(Input::Event(event))) if !step.after.is_final() => {
                event.to_string()
            }
            (HiddenStep::Course, Some(Input::Deadline(deadline))) => deadline.to_string(),
            _ => return None,
        };
        let (at, after, records, cause) = (step.at, step.after, Vec::new(), String::new());
        Some(Self { at, after, what, records, cause })
    }

    /// Whether the lines differ by their times and their records only.
    fn is_like(&self, other: &Self) -> bool {
        let kind = |line: &Self| line.cause.split(" and ").next().map(str::to_owned);
        self.after == other.after
            && self.what == other.what
            && self.records.is_empty() == other.records.is_empty()
            && kind(self) == kind(other)
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, last: Option<&Self>, alike: usize) -> fmt::Result {
        let Self { at, after, what, records, cause } = self;
        let sign = if records.is_empty() { '~' } else { ' ' };
        write!(f, "  {} {sign} {:<16} {what}", time(*at), after.to_string())?;
        if let [first, ..] = records.as_slice() {
            write!(f, " ({first})")?;
        }
        if !cause.is_empty() {
            write!(f, ", {cause}")?;
        }
        match last {
            Some(last) => writeln!(f, ", and {} like it until {}", alike - 1, time(last.at)),
            None => writeln!(f),
        }
    }
}

fn time(at: DateTime<Utc>) -> impl fmt::Display {
    at.format("%F %T%.3f")
}

/// A record in words.
fn words(record: &Record) -> String {
    match &record.kind {
        RecordKind::Created { .. } => "3 created".to_owned(),
        RecordKind::Completed { .. } => "4 completed".to_owned(),
        RecordKind::Cancelled { .. } => "5 cancelled".to_owned(),
        RecordKind::Started(_) => "59 transfer started".to_owned(),
        RecordKind::Stopped(_, code) => format!("60 transfer stopped: {code}"),
        RecordKind::Failed(_, code) => format!("61 transfer failed: {code}"),
        RecordKind::PropertySet => "209 property set".to_owned(),
        RecordKind::ServiceStarted => "306 service started".to_owned(),
        RecordKind::ServiceStopped => "308 service stopped".to_owned(),
        RecordKind::Other(id) => format!("{id}"),
    }
}

impl fmt::Display for Conformance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Explained => f.write_str("explained"),
            Self::ExplainedWith(assumed) => {
                let plural = if assumed.len() == 1 { "" } else { "s" };
                write!(f, "explained with {} assumption{plural}: ", assumed.len())?;
                let mut kinds: Vec<(Assumption, usize)> = Vec::new();
                for (_, assumption) in assumed {
                    match kinds.iter_mut().find(|(known, _)| known == assumption) {
                        Some((_, times)) => *times += 1,
                        None => kinds.push((*assumption, 1)),
                    }
                }
                let kinds = kinds.iter().map(|(assumption, times)| match times {
                    1 => assumption.to_string(),
                    times => format!("{assumption}, {times} times"),
                });
                f.write_str(&kinds.collect::<Vec<_>>().join("; "))
            }
            Self::NotExplained { record, expected } => {
                write!(
                    f,
                    "not explained at record {record}: the model would have written {expected}"
                )
            }
        }
    }
}

impl fmt::Display for Burst {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, to, attempts, cause } = self;
        write!(
            f,
            "burst of {attempts} attempts from {} to {}: probably {cause}",
            time(*from),
            time(*to)
        )
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NetworkChanges => {
                "the network changed again and again, which wakes jobs that wait"
            }
            Self::ResumedAtEachError => "its client resumed it at each error",
        })
    }
}
