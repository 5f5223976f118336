//! A trace as text: one line a step, or a table in which cycles that repeat are told once.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use super::cycles::Cycle;
use super::words::{instant, short};
use super::{JobStep, Trace, TraceStep};
use crate::vocabulary::JobId;
use crate::vocabulary::text::quantities::Duration;

const COLUMNS: usize = 7;
const HEADS: [&str; COLUMNS] = ["TIME", "ACTOR", "JOB", "WHAT", "STATE", "CODE", "WHY"];

/// Longer cells stand out of their column: a text that a client gives may have any length.
const WIDEST: usize = 200;

/// A line of a table: cells, or a text across all of them.
enum Row {
    Cells([String; COLUMNS]),
    Across(String),
}

impl fmt::Display for Trace {
    /// Each step as a line of a scenario, as far as scenarios have it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.dropped > 0 {
            writeln!(f, "{}", earlier(self.dropped))?;
        }
        let names = Names::of(self);
        self.steps.iter().try_for_each(|step| {
            step.write_line(|job| names.get(job), f)?;
            writeln!(f)
        })
    }
}

impl Trace {
    /// The steps as a table with the columns time, actor, job, what happened, states, code, and why:
    /// rules, error object and notification. A cycle that repeats itself at equal distances is told
    /// once.
    ///
    /// ```
    /// use bits_emulator::{Emulator, JobType};
    ///
    /// let emulator = Emulator::new();
    /// let session = emulator.connect("alice");
    /// let job = session.create_job("update", JobType::Download)?;
    /// assert!(job.resume().is_err());
    ///
    /// let table = emulator.trace().of_job(job.id()).table();
    /// let last = table.lines().last().unwrap_or_default();
    /// assert!(last.ends_with("SUSPENDED  BG_E_EMPTY  LIFE-08"), "{table}");
    /// # Ok::<(), bits_emulator::Error>(())
    /// ```
    #[must_use]
    pub fn table(&self) -> String {
        let names = Names::of(self);
        let mut rows = vec![Row::Cells(HEADS.map(str::to_owned))];
        if self.dropped > 0 {
            rows.push(Row::Across(earlier(self.dropped)));
        }
        let mut rest = self.steps.as_slice();
        while let [step, after @ ..] = rest {
            match Cycle::at_start(rest, |step| step.at, TraceStep::is_like) {
                Some(cycle) => {
                    let (once, more) = rest.split_at(cycle.steps);
                    once.iter().for_each(|step| rows.extend(rows_of(step, &names)));
                    let Cycle { steps, times, every } = cycle;
                    let what =
                        if steps == 1 { "that".to_owned() } else { format!("these {steps}") };
                    let every = Duration(&every);
                    rows.push(Row::Across(format!("{what} again {times} times, every {every}")));
                    rest = more.get(steps.saturating_mul(times)..).unwrap_or_default();
                }
                None => {
                    rows.extend(rows_of(step, &names));
                    rest = after;
                }
            }
        }
        aligned(&rows)
    }
}

impl TraceStep {
    /// Whether it is the same again at another time.
    fn is_like(&self, other: &Self) -> bool {
        let Self { number: _, at: _, actor, what, jobs } = self;
        (actor, what, jobs) == (&other.actor, &other.what, &other.jobs)
    }
}

fn earlier(dropped: u64) -> String {
    format!("({dropped} earlier steps)")
}

/// What the jobs of a trace are called: by their display names, with a part of the id where these
/// are not unique.
pub(crate) struct Names(BTreeMap<JobId, String>);

impl Names {
    pub(crate) fn of(trace: &Trace) -> Self {
        let concerned = trace.steps.iter().flat_map(|step| {
            let lost = step.what.lost_call_on();
            step.jobs().iter().map(|did| did.job).chain(lost)
        });
        let mut names: BTreeMap<JobId, String> = BTreeMap::new();
        for job in concerned {
            let name =
                || trace.facts.names.get(&job).map_or_else(|| short(job), ToString::to_string);
            names.entry(job).or_insert_with(name);
        }
        let mut bearers: BTreeMap<String, u32> = BTreeMap::new();
        names.values().for_each(|name| *bearers.entry(name.clone()).or_default() += 1);
        for (job, name) in &mut names {
            if bearers.get(name).is_some_and(|bearers| *bearers > 1) {
                *name = format!("{name} {}", short(*job));
            }
        }
        Self(names)
    }

    /// Whether there is more than one.
    pub(crate) fn are_several(&self) -> bool {
        self.0.len() > 1
    }

    pub(crate) fn get(&self, job: JobId) -> String {
        self.0.get(&job).cloned().unwrap_or_else(|| short(job))
    }
}

fn rows_of(step: &TraceStep, names: &Names) -> Vec<Row> {
    let (time, actor) = (instant(step.at), step.actor.to_string());
    let code =
        step.code().map(|code| code.name().map_or_else(|| code.to_string(), ToOwned::to_owned));
    let (what, code) = (step.what.to_string(), code.unwrap_or_default());
    let of_job = |job: &JobStep| (names.get(job.job), job.way(), job.remarks());
    let none = String::new;
    let (job, way, why) = match step.jobs() {
        [job] => of_job(job),
        [] => {
            let job = step.what.lost_call_on().map(|job| names.get(job)).unwrap_or_default();
            let why = step.error().map(|error| error.rule().to_string()).unwrap_or_default();
            (job, none(), why)
        }
        _ => (none(), none(), none()),
    };
    let mut rows = vec![Row::Cells([time, actor, job, what, way, code, why])];
    if let several @ [_, _, ..] = step.jobs() {
        rows.extend(several.iter().map(|job| {
            let (name, way, why) = of_job(job);
            Row::Cells([none(), none(), name, none(), way, none(), why])
        }));
    }
    rows
}

/// The cells below each other. Columns in which nothing stands are left out.
fn aligned(rows: &[Row]) -> String {
    let mut widths = [0; COLUMNS];
    for row in rows.iter().skip(1) {
        let Row::Cells(cells) = row else { continue };
        for (width, cell) in widths.iter_mut().zip(cells) {
            *width = (*width).max(cell.chars().count().min(WIDEST));
        }
    }
    for (width, head) in widths.iter_mut().zip(HEADS) {
        if *width > 0 {
            *width = (*width).max(head.len());
        }
    }
    let mut text = String::new();
    for row in rows {
        let line = match row {
            Row::Across(text) => format!("    {text}"),
            Row::Cells(cells) => {
                let columns = cells.iter().zip(widths).filter(|(_, width)| *width > 0);
                let padded = columns.map(|(cell, width)| format!("{cell:width$}"));
                padded.collect::<Vec<_>>().join("  ")
            }
        };
        // Writing into a text cannot fail.
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}
