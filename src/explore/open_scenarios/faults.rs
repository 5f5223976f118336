//! The faults that an exploration adds to a scenario as an open step: the incidents of explored programs, as lines.

use std::sync::Arc;

use chrono::TimeDelta;

use crate::machine::{Call, ComputerEvent, Deletion, Event, Failure};
use crate::scenario::ast::{
    Advance, CalledBy, Caller, FaultTiming, JobDecl, Line, Open, OpenTimes, Repetition,
    ScriptedAnswer, ServerAnswer, ServerClause, Statement, StepAction, StepStatement, UserAction,
};
use crate::vocabulary::HResult;

/// What a server answers once: that it is busy, that there is no such file, or a broken connection.
const ANSWERS: [HResult; 3] = [
    HResult::BG_E_HTTP_ERROR_503,
    HResult::BG_E_HTTP_ERROR_404,
    HResult::ERROR_WINHTTP_CONNECTION_ERROR,
];
/// How long an outage lasts.
const OUTAGE: TimeDelta = TimeDelta::seconds(60);
/// The administrator who interferes.
const OPERATOR: &str = "operator";

/// Returns the open step with all faults, which may happen at any time, together at most `times` times.
pub(super) fn faults(lines: &[Line], times: u32) -> Open {
    let mut owners: Vec<Arc<str>> = jobs(lines).map(|job| Arc::clone(&job.owner.name)).collect();
    owners.sort();
    owners.dedup();
    let mut branches = vec![
        outage(event(ComputerEvent::NetworkLost), event(ComputerEvent::NetworkRestored)),
        one(event(ComputerEvent::ServiceRestarted)),
    ];
    for owner in owners {
        let acts = |act| StepAction::User(Arc::clone(&owner), act);
        branches.push(one(acts(UserAction::Exits)));
        branches.push(outage(acts(UserAction::LogsOff), acts(UserAction::LogsOn)));
    }
    for job in jobs(lines) {
        let operator = || Caller { administrator: true, ..Caller::named(OPERATOR) };
        for call in [Call::Cancel(Deletion::Done), Call::Suspend] {
            let what = StepAction::Call(CalledBy::Client(operator()), call);
            branches.push(vec![line(step(Some(job.label()), what))]);
        }
    }
    let servers = servers(lines);
    branches.extend(servers.flat_map(|(host, clauses)| {
        ANSWERS.map(|code| vec![line(answers_once(host, clauses, code))])
    }));
    Open { times: OpenTimes::AtMost(times), at_any_time: true, branches }
}

fn jobs(lines: &[Line]) -> impl Iterator<Item = &JobDecl> {
    lines.iter().filter_map(|line| match &line.statement {
        Statement::Job(job) => Some(job),
        _ => None,
    })
}

/// Returns the servers that are declared by a single line without `answers` of its own.
fn servers(lines: &[Line]) -> impl Iterator<Item = (&Arc<str>, &[ServerClause])> {
    let all = || {
        lines.iter().filter_map(|line| match &line.statement {
            Statement::Server { host, clauses } => Some((host, clauses.as_slice())),
            _ => None,
        })
    };
    let is_scripted = |clause: &ServerClause| matches!(clause, ServerClause::Answers(_));
    all().filter(move |(host, clauses)| {
        let lines_of_it = all().filter(|(known, _)| known.eq_ignore_ascii_case(host)).count();
        lines_of_it == 1 && !clauses.iter().any(is_scripted)
    })
}

fn answers_once(host: &Arc<str>, clauses: &[ServerClause], code: HResult) -> Statement {
    let failure = Failure::new(code).ok();
    let script = failure.map(|failure| ScriptedAnswer {
        answer: ServerAnswer::Fails { failure, when: FaultTiming::AtOnce },
        times: Repetition::Count(1),
    });
    let answers = ServerClause::Answers(script.into_iter().collect());
    let clauses = clauses.iter().cloned().chain([answers]).collect();
    Statement::Server { host: Arc::clone(host), clauses }
}

fn event(event: ComputerEvent) -> StepAction {
    StepAction::Event(Event::Computer(event))
}

fn one(what: StepAction) -> Vec<Line> {
    vec![line(step(None, what))]
}

fn outage(begins: StepAction, ends: StepAction) -> Vec<Line> {
    let passes = Statement::Advance(None, Advance::By(OUTAGE));
    vec![line(step(None, begins)), line(passes), line(step(None, ends))]
}

const fn step(job: Option<Arc<str>>, what: StepAction) -> Statement {
    Statement::Step(StepStatement { at: None, job, what, code: None, state: None })
}

/// Returns a line that is not part of a text.
const fn line(statement: Statement) -> Line {
    Line { statement, span: 0..0 }
}
