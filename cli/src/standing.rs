//! `bits explain FILE --at TIME`: why each job of a scenario is where it is at that time.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use bits_emulator::rules::{Rule, RuleId};
use bits_emulator::scenario::ast::Advance;
use bits_emulator::trace::{Explanation, TraceStep};
use serde_json::{Value, json};

use crate::output::{BAD, complain, finish, open};
use crate::source::{self, Source};

pub(crate) fn explain(path: &Path, at: &str, json: bool) -> ExitCode {
    match jobs_at(path, at) {
        Ok(jobs) => {
            let mut out = open();
            let written = write(&jobs, json, &mut out);
            finish(written, out, ExitCode::SUCCESS)
        }
        Err((message, code)) => {
            complain(message);
            ExitCode::from(code)
        }
    }
}

/// The jobs by then, or what is wrong and the exit code.
fn jobs_at(path: &Path, at: &str) -> Result<Vec<Explanation>, (String, u8)> {
    let name = source::name(path);
    let Source { text, scenario } =
        source::scenario(path).map_err(|unusable| (unusable.message(&name), 2))?;
    let at: Advance = at.parse().map_err(|problem: bits_emulator::scenario::Problem| {
        (format!("{BAD}error{BAD:#}: {}: {}", problem.cause, problem.help), 2)
    })?;
    scenario.explain_at(at).map_err(|problem| (problem.render_styled(&name, &text), 1))
}

/// Writes each job, and each rule once.
pub(crate) fn write(jobs: &[Explanation], json: bool, out: &mut impl Write) -> io::Result<()> {
    if json {
        return jobs.iter().try_for_each(|job| writeln!(out, "{}", object(job)));
    }
    if jobs.is_empty() {
        return writeln!(out, "There is no job by then.");
    }
    let mut told = BTreeSet::new();
    for (place, job) in jobs.iter().enumerate() {
        if place > 0 {
            writeln!(out)?;
        }
        write_job(job, &mut told, out)?;
    }
    Ok(())
}

fn write_job(
    job: &Explanation,
    told: &mut BTreeSet<RuleId>,
    out: &mut impl Write,
) -> io::Result<()> {
    let Explanation { name, state, at, .. } = job;
    writeln!(out, "{name} is {state} at {}.", at.format("%F %T%.f"))?;
    if let Some(because) = &job.because {
        writeln!(out, "Because: at {}, {}", because.at.format("%F %T%.f"), because.what)?;
        for id in rules(job, because).filter(|id| told.insert(*id)) {
            writeln!(out, "  {id}: {}", sentence(id))?;
        }
    }
    if let Some((error, file)) = &job.error {
        let file = file.as_ref().map(|file| format!(" of {file}")).unwrap_or_default();
        writeln!(
            out,
            "Error object: {} in {}{file}: {}",
            error.code(),
            error.context(),
            error.code().meaning()
        )?;
    }
    if let Some(advice) = job.error_advice() {
        writeln!(out, "What can be done: {advice}")?;
    }
    writeln!(out, "{}", waits(job))?;
    if let Some(end) = job.no_progress() {
        writeln!(out, "{end}")?;
    }
    for clock in &job.clocks {
        let (at, deadline) = (clock.at.format("%F %T%.f"), clock.deadline);
        writeln!(out, "At {at}: {deadline} elapsed: {}", job.consequence(deadline))?;
    }
    Ok(())
}

/// What the job waits for, in words.
fn waits(job: &Explanation) -> String {
    if !job.is_service_running {
        return "The service is stopped: nothing happens to any job.".to_owned();
    }
    let next = job.next_event.filter(|at| *at > job.at);
    let next = next.map(|at| format!(" The next thing happens at {}.", at.format("%F %T%.f")));
    let missing = job.missing.as_ref().map(|missing| format!(" {missing}"));
    format!(
        "{}{}{}",
        job.waits_for.meaning(),
        next.unwrap_or_default(),
        missing.unwrap_or_default()
    )
}

fn rules<'a>(job: &Explanation, because: &'a TraceStep) -> impl Iterator<Item = RuleId> + use<'a> {
    because.job(job.job).into_iter().flat_map(bits_emulator::trace::JobStep::rules)
}

/// What a rule says, in one line.
pub(crate) fn sentence(id: RuleId) -> String {
    let text = Rule::find(id).map(Rule::spelled_out).unwrap_or_default();
    match id.area() {
        "T" => format!("a table, which `bits rules {id}` shows"),
        _ => text.split_whitespace().collect::<Vec<_>>().join(" "),
    }
}

fn object(job: &Explanation) -> Value {
    let because = job.because.as_ref();
    let rules: Vec<String> = because
        .into_iter()
        .flat_map(|because| rules(job, because))
        .map(|id| id.to_string())
        .collect();
    let error = job.error.as_ref().map(|(error, file)| {
        json!({ "code": error.code(), "context": error.context(), "file": file.as_deref() })
    });
    let clocks = job.clocks.iter().map(|clock| {
        json!({
            "clock": clock.deadline.name(),
            "at": clock.at,
            "then": job.consequence(clock.deadline),
        })
    });
    json!({
        "name": job.name,
        "job": job.job.to_string(),
        "state": job.state,
        "at": job.at,
        "because": because.map(|because| json!({ "at": because.at, "step": because.what.to_string() })),
        "rules": rules,
        "waits_for": waits(job),
        "error": error,
        "clocks": clocks.collect::<Vec<_>>(),
        "no_progress_until": job.no_progress_until,
    })
}
