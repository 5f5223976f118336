//! Servers, what they have, and the programs of the client.

use std::mem::discriminant;
use std::sync::Arc;

use winnow::combinator::{alt, cut_err, fail, opt, peek, preceded, separated};
use winnow::error::ContextError;
use winnow::prelude::*;

use super::events::{failure, redirect};
use super::quantities::{amount, code, count, duration, expected, number, phrase, sign, size};
use super::texts::{header, hex, name};
use crate::scenario::ast::{
    Answer, Lacks, Replies, Reply, Resource, Script, Server, Statement, Times,
};
use crate::scenario::world::{DEFAULT_LATENCY, DEFAULT_RATE};

/// What may follow the name of a server.
enum ServerClause {
    Latency(chrono::TimeDelta),
    Rate(u64),
    Lack(Lack),
    Certificate(Arc<[u8]>),
    Answers(Script),
}

/// What may follow the path and size of a resource.
enum ResourceClause {
    Lack(Lack),
    Header(String),
    Answers(Script),
    Application(Script),
    Reply(u64),
    ReplyAnswers(Script),
}

#[derive(Clone, Copy)]
enum Lack {
    Ranges,
    Sizes,
}

impl Lacks {
    fn add(&mut self, lack: Lack) {
        match lack {
            Lack::Ranges => self.ranges = true,
            Lack::Sizes => self.sizes = true,
        }
    }
}

fn lack(input: &mut &str) -> ModalResult<Lack> {
    let what = alt((phrase("ranges").value(Lack::Ranges), phrase("sizes").value(Lack::Sizes)));
    preceded(phrase("without"), cut_err(what.context(expected("`ranges` or `sizes`"))))
        .parse_next(input)
}

pub(super) fn server(input: &mut &str) -> ModalResult<Server> {
    let host = preceded(phrase("server"), cut_err(name)).parse_next(input)?;
    let mut server = Server {
        host,
        latency: DEFAULT_LATENCY,
        rate: DEFAULT_RATE,
        lacks: Lacks::default(),
        certificate: None,
        answers: Script::default(),
    };
    let clause = alt((
        preceded(phrase("latency"), cut_err(preceded(peek(amount), duration)))
            .map(ServerClause::Latency),
        preceded(phrase("rate"), cut_err(rate)).map(ServerClause::Rate),
        lack.map(ServerClause::Lack),
        preceded(phrase("certificate"), cut_err(hex)).map(ServerClause::Certificate),
        preceded(phrase("answers"), cut_err(script)).map(ServerClause::Answers),
    ))
    .context(expected("`latency`, `rate`, `without`, `certificate` or `answers`"));
    let again = |clause: &ServerClause| matches!(clause, ServerClause::Lack(_));
    for clause in clauses(clause, again).parse_next(input)? {
        match clause {
            ServerClause::Latency(latency) => server.latency = latency,
            ServerClause::Rate(rate) => server.rate = rate,
            ServerClause::Lack(lack) => server.lacks.add(lack),
            ServerClause::Certificate(hash) => server.certificate = Some(hash),
            ServerClause::Answers(script) => server.answers = script,
        }
    }
    Ok(server)
}

/// `, CLAUSE` as often as there are any, but each once, save for those that may come again.
fn clauses<'a, C>(
    mut clause: impl ModalParser<&'a str, C, ContextError>,
    may_come_again: impl Fn(&C) -> bool,
) -> impl ModalParser<&'a str, Vec<C>, ContextError> {
    move |input: &mut &'a str| {
        let mut clauses: Vec<C> = Vec::new();
        while opt(sign(",")).parse_next(input)?.is_some() {
            let start = input.checkpoint();
            let next = cut_err(clause.by_ref()).parse_next(input)?;
            let same = |known: &C| discriminant(known) == discriminant(&next);
            if clauses.iter().any(same) && !may_come_again(&next) {
                input.reset(&start);
                return cut_err(fail.context(expected("another clause, for this is said already")))
                    .parse_next(input);
            }
            clauses.push(next);
        }
        Ok(clauses)
    }
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
        lacks: Lacks::default(),
        headers: None,
        answers: Script::default(),
        application: Script::default(),
        reply: 0,
        reply_answers: Script::default(),
    };
    let clause = alt((
        lack.map(ResourceClause::Lack),
        preceded(phrase("header"), cut_err(header)).map(ResourceClause::Header),
        preceded(phrase("answers"), cut_err(script)).map(ResourceClause::Answers),
        preceded(phrase("application answers"), cut_err(script)).map(ResourceClause::Application),
        preceded(phrase("reply answers"), cut_err(script)).map(ResourceClause::ReplyAnswers),
        preceded(phrase("reply"), cut_err(size)).map(ResourceClause::Reply),
    ))
    .context(expected(
        "`answers`, `without`, `header`, `application answers`, `reply` or `reply answers`",
    ));
    let again = |clause: &ResourceClause| {
        matches!(clause, ResourceClause::Lack(_) | ResourceClause::Header(_))
    };
    let mut headers = String::new();
    for clause in clauses(clause, again).parse_next(input)? {
        match clause {
            ResourceClause::Lack(lack) => resource.lacks.add(lack),
            ResourceClause::Header(header) => headers.push_str(&header),
            ResourceClause::Answers(script) => resource.answers = script,
            ResourceClause::Application(script) => resource.application = script,
            ResourceClause::Reply(size) => resource.reply = size,
            ResourceClause::ReplyAnswers(script) => resource.reply_answers = script,
        }
    }
    resource.headers = (!headers.is_empty()).then(|| headers.into());
    Ok(resource)
}

/// `ANSWER TIMES {, then ANSWER TIMES}`
fn script(input: &mut &str) -> ModalResult<Script> {
    separated(1.., (answer, times), (sign(","), phrase("then"))).map(Script).parse_next(input)
}

fn answer(input: &mut &str) -> ModalResult<Answer> {
    let fails = (failure, opt(preceded(phrase("after"), cut_err(size))))
        .map(|(failure, after)| Answer::Fails { failure, after });
    let after = preceded(phrase("after"), size).context(expected("`after` and a size"));
    let changes =
        preceded(phrase("file changed"), cut_err(after)).map(|after| Answer::Changes { after });
    let redirects = redirect.map(|(status, url)| Answer::Redirects { status, url });
    let lost = phrase("session lost").value(Answer::ForgetsSession);
    alt((phrase("well").value(Answer::Well), redirects, changes, lost, fails)).parse_next(input)
}

/// How often.
pub(super) fn times(input: &mut &str) -> ModalResult<Times> {
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

/// What the programs of the client answer.
pub(super) fn programs(input: &mut &str) -> ModalResult<Statement> {
    let exit = || number("an exit code such as 0 or 1");
    alt((
        preceded(phrase("callback returns"), cut_err(replies(|| code)))
            .map(Statement::CallbackReturns),
        preceded(phrase("certificate callback returns"), cut_err(replies(|| code)))
            .map(Statement::CertificateCallbackReturns),
        preceded(phrase("program exits with"), cut_err(replies(exit))).map(Statement::ProgramExits),
    ))
    .parse_next(input)
}

/// `CODE [TIMES] [after DURATION] {, then CODE …}`; without times, always.
fn replies<'a, T, P: ModalParser<&'a str, T, ContextError>>(
    code: impl Fn() -> P,
) -> impl ModalParser<&'a str, Replies<T>, ContextError> {
    let reply = move |input: &mut &'a str| {
        let code = code().parse_next(input)?;
        let times = opt(times).parse_next(input)?.unwrap_or(Times::Always);
        let mut after = opt(preceded((phrase("after"), peek(amount)), cut_err(duration)));
        let after = after.parse_next(input)?.unwrap_or_default();
        Ok(Reply { code, after, times })
    };
    separated(1.., reply, (sign(","), phrase("then"))).map(Replies)
}
