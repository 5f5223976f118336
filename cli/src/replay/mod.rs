//! `bits replay`: a log of a real machine, held against the model.

mod chart;
mod json;
mod read;
mod xml;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use bits_emulator::JobId;
use bits_emulator::chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use bits_emulator::replay::{Conformance, JobReplay, Log, Replay};
use clap::Args;
use indicatif::ProgressBar;

use crate::output::{BAD, GOOD, Output, REMARK, complain, finish, open};
use chart::{Chart, LEGEND};
use read::{Read, read};

#[derive(Args)]
pub(crate) struct Options {
    /// The log: a file .evtx, XML, or JSON lines; `-` is standard input.
    log: PathBuf,
    /// Explain only jobs whose id begins with TEXT or whose name contains it.
    #[arg(long, value_name = "TEXT")]
    job: Option<String>,
    /// Explain only jobs that have a record at or after TIME, such as 2020-10-09 or 2020-10-09T11:17:00Z, in UTC.
    #[arg(long, value_name = "TIME", value_parser = instant)]
    since: Option<DateTime<Utc>>,
    /// Draw the attempts of each job over time, a line a job, instead of its life.
    #[arg(long, conflicts_with_all = ["json", "quiet"])]
    chart: bool,
    /// Write each explained job into this folder, as a scenario that `bits run` replays.
    #[arg(long, value_name = "DIR")]
    scenario: Option<PathBuf>,
    /// Print the totals only.
    #[arg(short, long, conflicts_with = "json")]
    quiet: bool,
    /// Print JSON, an object a line: the jobs, then the totals.
    ///
    /// A job has the fields
    ///   job, name, owner, process   as recorded; null if they are not
    ///   verdict      "explained", "explained with assumptions" or "not explained"
    ///   assumptions  objects with `at` and `what`
    ///   record       the number of the record that is not explained, or null
    ///   expected     what the model would have written there, or null
    ///   state        in which the explanation leaves it
    ///   early_ms     by how much real timers were ahead, all together
    ///   bursts       attempts off their schedule: `from`, `to`, `attempts` and their probable `cause`
    ///   steps        its life: `at`, `what` happened (a call, event or deadline, or null), `why` (recorded,
    ///                follows, usual, computer, passed over, assumed), the `state` after it, the numbers of its `records`
    ///
    /// The totals have the fields `explained`, `with_one_assumption`, `with_more` and `not_explained` (numbers of jobs),
    /// `retries` (of each job that was tried again: its `delay` in seconds, how many `attempts`, and how long they took,
    /// `median_ms` and `percentile_95_ms`), `starts` (`predicted` and `recorded`), `records` and `skipped`.
    #[arg(long, verbatim_doc_comment)]
    json: bool,
}

/// A day or an instant, in UTC.
fn instant(text: &str) -> Result<DateTime<Utc>, String> {
    let day = || Some(text.parse::<NaiveDate>().ok()?.and_time(NaiveTime::MIN).and_utc());
    let instant = text.parse::<DateTime<Utc>>().ok().or_else(day);
    instant.ok_or_else(|| "it is no time such as 2020-10-09 or 2020-10-09T11:17:00Z".to_owned())
}

pub(crate) fn run(options: &Options) -> ExitCode {
    let read = match read(&options.log) {
        Ok(read) => read,
        Err(message) => {
            complain(format_args!("error: {message}"));
            return ExitCode::from(2);
        }
    };
    let wanted = options.wanted(&read.log);
    if wanted.is_empty() && (options.job.is_some() || options.since.is_some()) {
        complain("error: the log has no such job");
        return ExitCode::from(2);
    }
    // Hidden unless standard error is a terminal.
    let bar = ProgressBar::new(0);
    let replay = read.log.replay_jobs(
        |job| wanted.contains(job),
        |done, all| {
            bar.set_length(u64::try_from(all).unwrap_or(u64::MAX));
            bar.set_position(u64::try_from(done).unwrap_or(u64::MAX));
        },
    );
    bar.finish_and_clear();
    if let Some(Err(error)) =
        options.scenario.as_ref().map(|folder| write_scenarios(&replay, folder))
    {
        complain(format_args!("error: cannot write the scenarios: {error}"));
        return ExitCode::from(2);
    }
    let code = if replay.is_explained() { ExitCode::SUCCESS } else { ExitCode::from(1) };
    let mut out = open();
    let written = write(&replay, &read, options, &mut out);
    finish(written, out, code)
}

impl Options {
    /// The jobs that are to be explained.
    fn wanted(&self, log: &Log) -> std::collections::BTreeSet<JobId> {
        let is_wanted = |job: &JobId, name: Option<&str>| {
            self.job.as_ref().is_none_or(|text| {
                let id = job.0.to_string();
                id.starts_with(&text.to_lowercase()) || name.is_some_and(|name| name.contains(text))
            })
        };
        let since = |time: DateTime<Utc>| self.since.is_none_or(|since| time >= since);
        let records = log.records().iter().filter(|record| since(record.time));
        let jobs = records.filter_map(|record| Some((record.job?, record.job_name.as_deref())));
        jobs.filter(|(job, name)| is_wanted(job, *name)).map(|(job, _)| job).collect()
    }
}

/// Writes each explained job as a file.
fn write_scenarios(replay: &Replay, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let explained = replay.jobs().iter();
    let mut explained =
        explained.filter(|job| !matches!(job.conformance(), Conformance::NotExplained { .. }));
    explained.try_for_each(|job| {
        fs::write(folder.join(format!("{}.bits", job.id().0)), job.to_scenario())
    })
}

fn write(replay: &Replay, read: &Read, options: &Options, out: &mut Output) -> io::Result<()> {
    if options.json {
        replay.jobs().iter().try_for_each(|job| writeln!(out, "{}", json::job(job)))?;
        let skipped: Vec<String> = read.skipped.iter().map(ToString::to_string).collect();
        let records = read.log.records().len();
        return writeln!(out, "{}", json::totals(&replay.likeness(), records, &skipped));
    }
    if options.chart {
        replay.jobs().iter().try_for_each(|job| writeln!(out, "{}", Chart(job)))?;
        writeln!(out, "{LEGEND}\n")?;
    } else if !options.quiet {
        replay.jobs().iter().try_for_each(|job| write_job(job, out))?;
    }
    writeln!(out, "{}", replay.likeness())?;
    if !read.skipped.is_empty() {
        writeln!(out, "\nskipped {} of the records:", read.skipped.len())?;
    }
    read.skipped.iter().try_for_each(|record| writeln!(out, "  {record}"))
}

/// Writes a job, its last line in the colour of the verdict, steps that no record shows dimmed.
fn write_job(job: &JobReplay, out: &mut Output) -> io::Result<()> {
    let style = match job.conformance() {
        Conformance::NotExplained { .. } => BAD,
        _ => GOOD,
    };
    let text = job.to_string();
    let lines: Vec<&str> = text.lines().collect();
    for (index, line) in (1..).zip(&lines) {
        if index == lines.len() {
            writeln!(out, "{style}{line}{style:#}\n")?;
        } else if line.contains(" ~ ") {
            writeln!(out, "{REMARK}{line}{REMARK:#}")?;
        } else {
            writeln!(out, "{line}")?;
        }
    }
    Ok(())
}
