//! Statements that are well formed, but make no sense where they stand.

mod said;
mod servers;
mod steps;

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use super::ast::{Advance, JobDecl, Line, Statement};
use super::problem::Problem;
use said::Scope;

/// Seconds between 1601, where FILETIME begins, and 1970.
const FILETIME_BEGINS: i64 = -11_644_473_600;

/// What is wrong and how to mend it.
struct Complaint {
    cause: Cow<'static, str>,
    help: Cow<'static, str>,
}

impl Complaint {
    fn new(cause: impl Into<Cow<'static, str>>, help: impl Into<Cow<'static, str>>) -> Self {
        Self { cause: cause.into(), help: help.into() }
    }
}

/// Everything that makes no sense where it stands.
pub(super) fn check(lines: &[Line]) -> Vec<Problem> {
    let mut said = Scope::default();
    let mut problems = Vec::new();
    for Line { statement, span } in lines {
        if let Some(Complaint { cause, help }) = complaint(statement, &said) {
            problems.push(Problem::new(span.clone(), cause, help));
        }
        said.note(statement);
    }
    problems
}

fn complaint(statement: &Statement, said: &Scope) -> Option<Complaint> {
    match statement {
        Statement::Start(_) | Statement::ByHand | Statement::Reading(_) | Statement::Order(_)
            if said.has_begun() =>
        {
            Some(Complaint::new(
                "this holds from the beginning of the scenario",
                "move the line above the first job, and above everything that happens",
            ))
        }
        Statement::Start(at) => start(*at, said),
        Statement::Reading(reading) if said.switches.contains(&reading.switch) => {
            Some(Complaint::new("this switch has an answer already", "keep one of the lines"))
        }
        Statement::Order(_) if said.order => {
            Some(Complaint::new("the order is given already", "keep one of the lines"))
        }
        Statement::Order(_)
        | Statement::Server { .. }
        | Statement::ServerRemoved(_)
        | Statement::Resource(_)
        | Statement::ResourceRemoved(_)
        | Statement::Proxy(_)
        | Statement::Disk(_)
        | Statement::CertificateStore(_)
            if said.by_hand =>
        {
            Some(Complaint::new(
                "a scenario by hand has no servers, no disk and no choices",
                "write what they do, such as `failed 404` or `add … , directory missing`, or remove \
                 `by hand`",
            ))
        }
        Statement::ClientResponses(..) if said.by_hand => Some(Complaint::new(
            "no program answers by itself in a scenario by hand",
            "write for example `JobError returns E_ACCESSDENIED`, or remove `by hand`",
        )),
        Statement::Server { host, clauses } => servers::server(host, clauses, said),
        Statement::ServerRemoved(host) => servers::removed(host, said),
        Statement::Resource(resource) => servers::resource(resource, said),
        Statement::ResourceRemoved(path) => servers::resource_removed(path, said),
        Statement::ClientResponses(job, responses) => said
            .names(job.as_deref())
            .or_else(|| responses.goes_on_after_always().then(servers::after_always)),
        Statement::Job(job) => self::job(job, said),
        Statement::Step(step) => steps::step(step, said),
        Statement::Again { .. } if !said.by_hand => Some(Complaint::new(
            "steps are repeated only in a scenario by hand",
            "write `by hand` at the top, or `advance 1 h`",
        )),
        Statement::Again { steps, .. } if *steps == 0 || *steps > said.steps => {
            Some(Complaint::new(
                "there are fewer steps above than that",
                "give the number of steps that are repeated, at least 1",
            ))
        }
        Statement::Advance(job, advance) => self::advance(job.as_deref(), *advance, said),
        Statement::Expect(job, expectations) => {
            steps::expectations(job.as_deref(), expectations, said)
        }
        Statement::ByHand
        | Statement::Reading(_)
        | Statement::Order(_)
        | Statement::Proxy(_)
        | Statement::Disk(_)
        | Statement::CertificateStore(_)
        | Statement::Again { .. } => None,
    }
}

fn start(at: DateTime<Utc>, said: &Scope) -> Option<Complaint> {
    if said.start {
        return Some(Complaint::new("the start is given already", "keep one of the lines"));
    }
    let too_early = at.timestamp() < FILETIME_BEGINS;
    too_early.then(|| Complaint::new("the times of BITS begin in 1601", "write a later instant"))
}

fn job(job: &JobDecl, said: &Scope) -> Option<Complaint> {
    let taken = said::is_created(job) && said.jobs.contains(&job.label());
    taken.then(|| {
        Complaint::new(
            "another job is named so already",
            "give this one a name for the other lines, such as `job update as second, DOWNLOAD, \
             by alice`",
        )
    })
}

fn advance(job: Option<&str>, advance: Advance, said: &Scope) -> Option<Complaint> {
    match advance {
        Advance::By(_) | Advance::To(_) => job
            .map(|_| Complaint::new("time passes for every job", "write the line without a name")),
        Advance::UntilState(_) | Advance::UntilBytes(_) => said.resolves(job).or_else(|| {
            said.by_hand.then(|| {
                Complaint::new(
                    "nothing happens by itself in a scenario by hand",
                    "write the steps, or remove `by hand`",
                )
            })
        }),
    }
}
