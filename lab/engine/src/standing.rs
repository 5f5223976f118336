//! Where everything stands after a step, and what could happen then.

use bits_emulator::scenario::{JobStanding, Playback, PossibleStep, StandingFile, StepKind};
use serde_json::{Value, json};

use crate::run::{code, millis, refusal};

pub(crate) fn standing(run: &Playback, step: usize) -> Value {
    let standing = run.standing(step);
    let disk = standing.disk.iter().map(|file| json!({ "path": file.path, "size": file.size }));
    json!({
        "now": millis(standing.now),
        "next": standing.next.map(millis),
        "by_hand": standing.by_hand,
        "lines_reached": run.lines_reached(step),
        "line": run.line(step),
        "jobs": standing.jobs.iter().map(job).collect::<Vec<_>>(),
        "disk": disk.collect::<Vec<_>>(),
    })
}

fn job(job: &JobStanding) -> Value {
    let told = &job.explanation;
    let error = told.error.as_ref().map(|(error, file)| {
        json!({
            "code": code(error.code()),
            "context": error.context(),
            "file": file.as_deref(),
            "advice": told.error_advice(),
        })
    });
    let clocks = told.clocks.iter().map(|clock| {
        json!({
            "clock": clock.deadline.name(),
            "at": millis(clock.at),
            "then": told.consequence(clock.deadline),
        })
    });
    json!({
        "name": job.name,
        "state": told.state,
        "type": job.job_type,
        "priority": job.priority,
        "owner": job.owner,
        "waits": told.waits_for.meaning(),
        "missing": told.missing,
        "error": error,
        "no_error": job.no_error_object.as_ref().map(refusal),
        "clocks": clocks.collect::<Vec<_>>(),
        "progress": job.progress,
        "error_count": job.error_count,
        "files": job.files.iter().map(file).collect::<Vec<_>>(),
        "due": job.due.iter().map(|due| due.name()).collect::<Vec<_>>(),
    })
}

fn file(file: &StandingFile) -> Value {
    json!({
        "remote": file.remote_name,
        "local": file.local_name,
        "temporary": file.temporary_name,
        "progress": file.progress,
    })
}

pub(crate) fn possible(run: &Playback, step: usize, job: Option<&str>) -> Value {
    let steps: Vec<Value> = run.possible(step, job).iter().map(possible_step).collect();
    json!({ "steps": steps })
}

fn possible_step(step: &PossibleStep) -> Value {
    json!({
        "kind": match step.kind {
            StepKind::Call(_) => "call",
            StepKind::CallOfAnother => "other",
            StepKind::Surroundings => "fault",
            StepKind::Time => "time",
            _ => "event",
        },
        "words": step.words,
        "line": step.line,
        "refusal": step.refusal.as_ref().map(refusal),
        "is_ignored": step.is_ignored,
        "from": step.from,
        "to": step.to,
    })
}
