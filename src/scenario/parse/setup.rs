//! What is there before the job does anything, and how time passes.

use std::sync::Arc;

use winnow::ascii::space0;
use winnow::combinator::{alt, cut_err, eof, fail, opt, peek, preceded, repeat, separated};
use winnow::prelude::*;
use winnow::token::take_while;

use super::quantities::{
    amount, count, duration, expected, instant, member, name, number, phrase, plain_size, seconds,
    sign, size, word,
};
use super::steps::{failure, redirect};
use crate::scenario::ast::{
    Advance, Answer, Job, Policy, Resource, Script, Server, Statement, Times,
};
use crate::scenario::world::{DEFAULT_LATENCY, DEFAULT_RATE};
use crate::vocabulary::{JobId, Readings, Switch};

/// `reading SWITCH: ANSWER`
pub(super) fn reading(input: &mut &str) -> ModalResult<Statement> {
    phrase("reading").parse_next(input)?;
    for Switch { name, answers, choice } in Readings::SWITCHES {
        if opt((phrase(name), sign(":"))).parse_next(input)?.is_none() {
            continue;
        }
        for answer in *answers {
            // An answer may begin like another: it must end the line.
            if opt((phrase(answer), space0, peek(eof))).parse_next(input)?.is_some() {
                return Ok(Statement::Reading { switch: name, answer });
            }
        }
        return cut_err(fail).context(expected(choice)).parse_next(input);
    }
    cut_err(fail)
        .context(expected(
            "a switch of the readings, such as `error object`, a colon and an answer",
        ))
        .parse_next(input)
}

pub(super) fn policy(input: &mut &str) -> ModalResult<Statement> {
    let policy = alt((
        phrase("inactivity timeout").value(Policy::InactivityTimeout),
        phrase("maximum download time").value(Policy::MaximumDownloadTime),
    ))
    .context(expected("`inactivity timeout` or `maximum download time`"));
    preceded(phrase("policy"), cut_err((policy, seconds)))
        .map(|(policy, value)| Statement::Policy(policy, value))
        .parse_next(input)
}

/// What may follow the name of a server.
enum ServerClause {
    Latency(chrono::TimeDelta),
    Rate(u64),
    Answers(Script),
}

/// What may follow the path and size of a resource.
enum ResourceClause {
    Answers(Script),
    Application(Script),
    Reply(u64),
    ReplyAnswers(Script),
}

pub(super) fn server(input: &mut &str) -> ModalResult<Server> {
    let host = preceded(phrase("server"), cut_err(name)).parse_next(input)?;
    let mut server =
        Server { host, latency: DEFAULT_LATENCY, rate: DEFAULT_RATE, answers: Script::default() };
    let clause = alt((
        preceded(phrase("latency"), cut_err(preceded(peek(amount), duration)))
            .map(ServerClause::Latency),
        preceded(phrase("rate"), cut_err(rate)).map(ServerClause::Rate),
        preceded(phrase("answers"), cut_err(script)).map(ServerClause::Answers),
    ))
    .context(expected("`latency`, `rate` or `answers`"));
    let clauses: Vec<ServerClause> =
        repeat(0.., preceded(sign(","), cut_err(clause))).parse_next(input)?;
    for clause in clauses {
        match clause {
            ServerClause::Latency(latency) => server.latency = latency,
            ServerClause::Rate(rate) => server.rate = rate,
            ServerClause::Answers(script) => server.answers = script,
        }
    }
    Ok(server)
}

fn rate(input: &mut &str) -> ModalResult<u64> {
    (size.verify(|bytes| *bytes > 0), "/s")
        .map(|(bytes, _)| bytes)
        .context(expected("a rate such as 1 MiB/s"))
        .parse_next(input)
}

pub(super) fn resource(input: &mut &str) -> ModalResult<Resource> {
    let path = name.verify(|path: &Arc<str>| path.starts_with('/')).parse_next(input)?;
    let mut resource = Resource {
        path,
        size: opt(size).parse_next(input)?,
        answers: Script::default(),
        application: Script::default(),
        reply: 0,
        reply_answers: Script::default(),
    };
    let clause = alt((
        preceded(phrase("answers"), cut_err(script)).map(ResourceClause::Answers),
        preceded(phrase("application answers"), cut_err(script)).map(ResourceClause::Application),
        preceded(phrase("reply answers"), cut_err(script)).map(ResourceClause::ReplyAnswers),
        preceded(phrase("reply"), cut_err(size)).map(ResourceClause::Reply),
    ))
    .context(expected("`answers`, `application answers`, `reply` or `reply answers`"));
    let clauses: Vec<ResourceClause> =
        repeat(0.., preceded(sign(","), cut_err(clause))).parse_next(input)?;
    for clause in clauses {
        match clause {
            ResourceClause::Answers(script) => resource.answers = script,
            ResourceClause::Application(script) => resource.application = script,
            ResourceClause::Reply(size) => resource.reply = size,
            ResourceClause::ReplyAnswers(script) => resource.reply_answers = script,
        }
    }
    Ok(resource)
}

/// `ANSWER TIMES {, then ANSWER TIMES}`
fn script(input: &mut &str) -> ModalResult<Script> {
    separated(1.., (answer, times), (sign(","), phrase("then"))).map(Script).parse_next(input)
}

fn answer(input: &mut &str) -> ModalResult<Answer> {
    let fails = (failure, opt(preceded(phrase("after"), cut_err(size))))
        .map(|(failure, after)| Answer::Fails { failure, after });
    let refused = redirect.map(|(status, url)| Answer::RedirectRefused { status, url });
    alt((phrase("well").value(Answer::Well), refused, fails)).parse_next(input)
}

fn times(input: &mut &str) -> ModalResult<Times> {
    alt((
        phrase("once").value(Times::Count(1)),
        phrase("twice").value(Times::Count(2)),
        phrase("always").value(Times::Always),
        (count, phrase("times")).map(|(count, ())| Times::Count(count)),
    ))
    .context(expected("how often: `once`, `twice`, `5 times` or `always`"))
    .parse_next(input)
}

pub(super) fn local_file(input: &mut &str) -> ModalResult<Statement> {
    let (path, (), size) =
        preceded(phrase("local file"), cut_err((name, sign(","), size))).parse_next(input)?;
    Ok(Statement::LocalFile { path, size })
}

/// `job NAME, TYPE, by OWNER [, {ID}]`
pub(super) fn job(input: &mut &str) -> ModalResult<Job> {
    let name_ = preceded(phrase("job"), cut_err(name)).parse_next(input)?;
    let job_type = preceded(sign(","), member("DOWNLOAD, UPLOAD or UPLOAD_REPLY"));
    let owner = preceded((sign(","), phrase("by")), name)
        .context(expected("`by` and an account such as alice or LocalSystem"));
    let (job_type, owner) = cut_err((job_type, owner)).parse_next(input)?;
    let id = opt(preceded(sign(","), cut_err(id))).parse_next(input)?.unwrap_or_default();
    Ok(Job { name: name_, job_type, owner, id })
}

fn id(input: &mut &str) -> ModalResult<JobId> {
    take_while(1.., |next: char| next.is_ascii_hexdigit() || matches!(next, '{' | '}' | '-'))
        .verify_map(|id: &str| id.parse().ok())
        .context(expected("a GUID in braces"))
        .parse_next(input)
}

pub(super) fn again(input: &mut &str) -> ModalResult<Statement> {
    let steps = preceded(phrase("last"), cut_err(number("how many steps")));
    let steps_again = alt((phrase("steps again"), phrase("step again")));
    let times = preceded(steps_again, number("how many times"))
        .context(expected("`steps again` and how often"));
    let every = preceded((phrase("times"), sign(","), phrase("every")), duration)
        .context(expected("`times, every` and a duration"));
    let (steps, times, every) = (steps, cut_err(times), cut_err(every)).parse_next(input)?;
    Ok(Statement::Again { steps, times, every })
}

pub(super) fn advance(input: &mut &str) -> ModalResult<Advance> {
    let until = alt((word.map(Advance::UntilState), plain_size.map(Advance::UntilBytes)))
        .context(expected("a state such as ERROR, or a size such as 4 MiB"));
    preceded(
        phrase("advance"),
        cut_err(alt((
            preceded(phrase("until"), cut_err(until)),
            preceded(phrase("to"), cut_err(instant)).map(Advance::To),
            preceded(peek(amount), cut_err(duration)).map(Advance::By),
        )))
        .context(expected("a duration such as 10 m, or `until` or `to`")),
    )
    .parse_next(input)
}
