//! The check of statements that are well formed: whether they make sense where they stand.

mod client;
mod open;
mod scope;
mod servers;
mod steps;

use chrono::{DateTime, Utc};

use super::ast::{Advance, Line, Statement};
use super::problem::{Diagnosis, Problem};
use scope::Scope;

/// Seconds between 1601, where FILETIME begins, and 1970.
const FILETIME_BEGINS: i64 = -11_644_473_600;
/// Seconds between 1970 and the year 30828, where the positive numbers of FILETIME end.
pub(super) const FILETIME_ENDS: i64 = 910_692_730_085;

/// Returns the problems of all lines that make no sense where they stand.
pub(super) fn check(lines: &[Line]) -> Vec<Problem> {
    let mut scope = Scope::default();
    let mut problems = Vec::new();
    lines.iter().for_each(|line| check_line(line, &mut scope, &mut problems));
    let contradicted = lines.iter().find(|line| line.statement == Statement::NoExpectations);
    if let Some(line) = contradicted.filter(|_| lines.iter().any(|line| line.statement.expects())) {
        let cause = "other lines say what must be so";
        problems.push(Diagnosis::new(cause, "remove this line").at(line.span.clone()));
        problems.sort_by_key(|problem| problem.span.start);
    }
    problems
}

fn check_line<'a>(line: &'a Line, scope: &mut Scope<'a>, problems: &mut Vec<Problem>) {
    let Line { statement, span } = line;
    problems.extend(diagnosis(statement, scope).map(|wrong| wrong.at(span.clone())));
    open::check_within(line, scope, problems);
    scope.note(statement);
}

/// A line that is wrong.
fn wrong(cause: impl Into<String>, help: impl Into<String>) -> Option<Diagnosis> {
    Some(Diagnosis::new(cause, help))
}

/// A line that is wrong under a condition.
fn wrong_if(condition: bool, cause: &str, help: &str) -> Option<Diagnosis> {
    condition.then(|| Diagnosis::new(cause, help))
}

fn diagnosis(statement: &Statement, scope: &Scope) -> Option<Diagnosis> {
    match statement {
        Statement::Start(_) | Statement::ByHand | Statement::Reading(_) | Statement::Order(_)
            if scope.has_begun() =>
        {
            wrong(
                "this line holds from the beginning of the scenario",
                "move it above the first job, and above everything that happens",
            )
        }
        _ if statement.is_open() && scope.by_hand => wrong(
            "in a scenario by hand nothing is left open",
            "remove `by hand`, and what acts by itself otherwise, such as `picked`",
        ),
        Statement::Open(open) => open::open(open),
        Statement::Polls(client) => open::polls(client, scope),
        Statement::InState(_) if !scope.is_table => wrong(
            "this row belongs to no client that polls",
            "write for example `a client polls every 10 m` above, and indent the row below it",
        ),
        Statement::Question(job, question) => {
            steps::expectations(job.as_deref(), &question.what, scope)
        }
        Statement::EndsAfter(time) if time.is_zero() => {
            wrong("nothing happens in no time", "write for example `time ends after 100 d`")
        }
        Statement::EndsAfter(_) => {
            wrong_if(scope.time_ends, "it is already said when time ends", "keep one of the lines")
        }
        Statement::Start(at) => start(*at, scope),
        Statement::Reading(reading) => wrong_if(
            scope.switches.contains(&reading.switch),
            "this switch already has an answer",
            "keep one of the lines",
        ),
        Statement::Order(_) if scope.order => {
            wrong("the order of choices is already set", "keep one of the lines")
        }
        Statement::Order(_)
        | Statement::Server { .. }
        | Statement::ServerRemoved(_)
        | Statement::Resource(_)
        | Statement::ResourceRemoved(_)
        | Statement::Proxy(_)
        | Statement::Disk(_)
        | Statement::CertificateStore(_)
            if scope.by_hand =>
        {
            wrong(
                "a scenario by hand has no servers, no disk and no choices",
                "write what they do, such as `failed 404` or `add … , directory missing`, or remove \
                 `by hand`",
            )
        }
        Statement::ClientResponses(..) if scope.by_hand => wrong(
            "in a scenario by hand no program answers by itself",
            "write for example `JobError returns E_ACCESSDENIED`, or remove `by hand`",
        ),
        Statement::UnavailableCode(_) | Statement::ConnectFailure(..) if scope.by_hand => wrong(
            "in a scenario by hand every call reaches the service",
            "remove the line, or `by hand`",
        ),
        Statement::UnavailableCode(code) | Statement::ConnectFailure(code, _) => wrong_if(
            code.is_success(),
            "a call that does not reach the service does not succeed",
            "write for example RPC_S_SERVER_UNAVAILABLE",
        ),
        Statement::Server { host, clauses } => servers::server(host, clauses, scope),
        Statement::ServerRemoved(host) => servers::removed(host, scope),
        Statement::Resource(resource) => servers::resource(resource, scope),
        Statement::ResourceRemoved(path) => servers::resource_removed(path, scope),
        Statement::ClientResponses(job, responses) => {
            scope.names(job.as_deref()).or_else(|| servers::responses(responses))
        }
        Statement::Job(job) => wrong_if(
            scope::is_created(job) && scope.jobs.contains(&job.label()),
            "another job already has this name",
            "give this one another name for the lines, such as `job update as second, DOWNLOAD, by \
             alice`",
        ),
        Statement::Step(step) => steps::step(step, scope),
        Statement::Client(line) => client::client(line, scope),
        Statement::Again { .. } if !scope.by_hand => wrong(
            "steps are repeated only in a scenario by hand",
            "write `by hand` at the top, or `advance 1 h`",
        ),
        Statement::Again { times: 0, .. } => wrong(
            "steps are not repeated 0 times",
            "give a number of at least 1, or remove the line",
        ),
        Statement::Again { steps, .. } => wrong_if(
            *steps == 0 || *steps > scope.steps,
            "there are fewer steps above than that",
            "give the number of steps that are repeated, at least 1",
        ),
        Statement::Advance(job, advance) => self::advance(job.as_deref(), *advance, scope),
        Statement::Expect(job, expectations) => {
            steps::expectations(job.as_deref(), expectations, scope)
        }
        Statement::ByHand
        | Statement::NoExpectations
        | Statement::Order(_)
        | Statement::InState(_)
        | Statement::Proxy(_)
        | Statement::Disk(_)
        | Statement::CertificateStore(_) => None,
    }
}

fn start(at: DateTime<Utc>, scope: &Scope) -> Option<Diagnosis> {
    if scope.start {
        return wrong("the start is already set", "keep one of the lines");
    }
    let too_early = at.timestamp() < FILETIME_BEGINS;
    wrong_if(too_early, "the times of BITS begin in 1601", "write a later instant")
}

fn advance(job: Option<&str>, advance: Advance, scope: &Scope) -> Option<Diagnosis> {
    match advance {
        Advance::By(by) if by.num_seconds() >= FILETIME_ENDS - FILETIME_BEGINS => {
            wrong("no clock of Windows counts that far", "let less time pass")
        }
        Advance::By(_) | Advance::To(_) => {
            wrong_if(job.is_some(), "time passes for every job", "write the line without a name")
        }
        Advance::UntilState(_) | Advance::UntilBytes(_) => scope.resolves(job).or_else(|| {
            wrong_if(
                scope.by_hand,
                "in a scenario by hand nothing happens by itself",
                "write the steps, or remove `by hand`",
            )
        }),
    }
}
