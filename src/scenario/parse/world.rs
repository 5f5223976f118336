//! Servers and what they have.

use std::mem::discriminant;
use std::sync::Arc;

use winnow::combinator::{alt, cut_err, fail, opt, peek, preceded, separated};
use winnow::error::ContextError;
use winnow::prelude::*;

use super::events::{failure, redirect};
use super::quantities::{amount, count, duration, expected, member, phrase, sign, size};
use super::texts::{header, hex, name};
use crate::scenario::ast::{
    AnswerScript, Asking, Lacks, ResourceDecl, ServerAnswer, ServerCertificate, ServerDecl,
    Statement, Times, Uploading, When,
};
use crate::scenario::phrases::{CERTIFICATE_PROBLEMS, LOGGED_ON_USER, REMOVED};

/// How long a server takes to answer if its line does not say.
pub(crate) const DEFAULT_LATENCY: chrono::TimeDelta = chrono::TimeDelta::zero();
/// How many bytes a second a server moves if its line does not say: 1 MiB.
pub(crate) const DEFAULT_RATE: u64 = 1 << 20;

/// What may follow the name of a server.
enum ServerClause {
    Latency(chrono::TimeDelta),
    Rate(u64),
    Lack(Lack),
    Http10,
    Certificate(ServerCertificate),
    Asks(Asking),
    Answers(AnswerScript),
}

/// What may follow the path and size of a resource.
enum ResourceClause {
    Latency(chrono::TimeDelta),
    Rate(u64),
    Lack(Lack),
    Uploads(Uploads),
    Header(String),
    Answers(AnswerScript),
    Application(AnswerScript),
    Reply(u64),
    ReplyAnswers(AnswerScript),
}

/// What may be said of uploads to a resource.
#[derive(Clone, Copy)]
enum Uploads {
    Taken,
    Overwritten,
    Executed,
    Largest(u64),
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

/// `server HOST …`, or `server HOST removed`
pub(super) fn server(input: &mut &str) -> ModalResult<Statement> {
    let host = preceded(phrase("server"), cut_err(name)).parse_next(input)?;
    if opt(phrase(REMOVED)).parse_next(input)?.is_some() {
        return Ok(Statement::ServerRemoved(host));
    }
    let mut server = ServerDecl {
        host,
        latency: DEFAULT_LATENCY,
        rate: DEFAULT_RATE,
        lacks: Lacks::default(),
        http_1_0: false,
        certificate: None,
        asks: None,
        answers: AnswerScript::default(),
    };
    let clause = alt((
        latency.map(ServerClause::Latency),
        preceded(phrase("rate"), cut_err(rate)).map(ServerClause::Rate),
        lack.map(ServerClause::Lack),
        phrase("HTTP/1.0").value(()).map(|()| ServerClause::Http10),
        preceded(phrase("certificate"), cut_err(certificate)).map(ServerClause::Certificate),
        preceded(phrase("asks for"), cut_err(asking)).map(ServerClause::Asks),
        preceded(phrase("answers"), cut_err(script)).map(ServerClause::Answers),
    ))
    .context(expected(
        "`latency`, `rate`, `without`, `HTTP/1.0`, `certificate`, `asks for` or `answers`",
    ));
    let again = |clause: &ServerClause| matches!(clause, ServerClause::Lack(_));
    for clause in clauses(clause, again).parse_next(input)? {
        match clause {
            ServerClause::Latency(latency) => server.latency = latency,
            ServerClause::Rate(rate) => server.rate = rate,
            ServerClause::Lack(lack) => server.lacks.add(lack),
            ServerClause::Http10 => server.http_1_0 = true,
            ServerClause::Certificate(certificate) => server.certificate = Some(certificate),
            ServerClause::Asks(asking) => server.asks = Some(asking),
            ServerClause::Answers(script) => server.answers = script,
        }
    }
    Ok(Statement::Server(server))
}

fn latency(input: &mut &str) -> ModalResult<chrono::TimeDelta> {
    preceded(phrase("latency"), cut_err(preceded(peek(amount), duration))).parse_next(input)
}

fn certificate(input: &mut &str) -> ModalResult<ServerCertificate> {
    for (text, problem) in CERTIFICATE_PROBLEMS {
        if opt(phrase(text)).parse_next(input)?.is_some() {
            return Ok(ServerCertificate::Bad(*problem));
        }
    }
    hex.map(ServerCertificate::Hash).parse_next(input)
}

/// `SCHEME from USER with PASSWORD`, or `SCHEME from the logged-on user`
pub(super) fn asking(input: &mut &str) -> ModalResult<Asking> {
    let scheme = member("BASIC, DIGEST, NTLM, NEGOTIATE or PASSPORT").parse_next(input)?;
    let from = expected("`from` and a user, or `from the logged-on user`");
    phrase("from").context(from).parse_next(input)?;
    if opt(phrase(LOGGED_ON_USER)).parse_next(input)?.is_some() {
        return Ok(Asking { scheme, of: None });
    }
    let password = preceded(phrase("with"), name).context(expected("`with` and a password"));
    let of = (name, password).parse_next(input)?;
    Ok(Asking { scheme, of: Some(of) })
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

/// `/path …`, or `/path removed`
pub(super) fn resource(input: &mut &str) -> ModalResult<Statement> {
    let path = name.verify(|path: &Arc<str>| path.starts_with('/')).parse_next(input)?;
    if opt(phrase(REMOVED)).parse_next(input)?.is_some() {
        return Ok(Statement::ResourceRemoved(path));
    }
    let mut resource = ResourceDecl {
        path,
        size: opt(size).parse_next(input)?,
        uploads: None,
        latency: None,
        rate: None,
        lacks: Lacks::default(),
        headers: None,
        answers: AnswerScript::default(),
        application: AnswerScript::default(),
        reply: 0,
        reply_answers: AnswerScript::default(),
    };
    let clause = alt((
        latency.map(ResourceClause::Latency),
        preceded(phrase("rate"), cut_err(rate)).map(ResourceClause::Rate),
        lack.map(ResourceClause::Lack),
        uploads.map(ResourceClause::Uploads),
        preceded(phrase("header"), cut_err(header)).map(ResourceClause::Header),
        preceded(phrase("answers"), cut_err(script)).map(ResourceClause::Answers),
        preceded(phrase("application answers"), cut_err(script)).map(ResourceClause::Application),
        preceded(phrase("reply answers"), cut_err(script)).map(ResourceClause::ReplyAnswers),
        preceded(phrase("reply"), cut_err(size)).map(ResourceClause::Reply),
    ))
    .context(expected(
        "`answers`, `latency`, `rate`, `without`, `header`, `takes uploads`, `overwrites`, \
         `largest upload`, `executes`, `application answers`, `reply` or `reply answers`",
    ));
    let again = |clause: &ResourceClause| {
        use ResourceClause::{Header, Lack, Uploads};
        matches!(clause, Lack(_) | Header(_) | Uploads(_))
    };
    let mut headers = String::new();
    for clause in clauses(clause, again).parse_next(input)? {
        match clause {
            ResourceClause::Latency(latency) => resource.latency = Some(latency),
            ResourceClause::Rate(rate) => resource.rate = Some(rate),
            ResourceClause::Lack(lack) => resource.lacks.add(lack),
            ResourceClause::Uploads(uploads) => {
                resource.uploads.get_or_insert_default().add(uploads);
            }
            ResourceClause::Header(header) => headers.push_str(&header),
            ResourceClause::Answers(script) => resource.answers = script,
            ResourceClause::Application(script) => resource.application = script,
            ResourceClause::Reply(size) => resource.reply = size,
            ResourceClause::ReplyAnswers(script) => resource.reply_answers = script,
        }
    }
    resource.headers = (!headers.is_empty()).then(|| headers.into());
    Ok(Statement::Resource(resource))
}

fn uploads(input: &mut &str) -> ModalResult<Uploads> {
    alt((
        phrase("takes uploads").value(Uploads::Taken),
        phrase("overwrites").value(Uploads::Overwritten),
        phrase("executes").value(Uploads::Executed),
        preceded(phrase("largest upload"), cut_err(size)).map(Uploads::Largest),
    ))
    .parse_next(input)
}

impl Uploading {
    fn add(&mut self, uploads: Uploads) {
        match uploads {
            Uploads::Taken => {}
            Uploads::Overwritten => self.overwrites = true,
            Uploads::Executed => self.executes = true,
            Uploads::Largest(bytes) => self.largest = Some(bytes),
        }
    }
}

/// `ANSWER TIMES {, then ANSWER TIMES}`
fn script(input: &mut &str) -> ModalResult<AnswerScript> {
    separated(1.., (answer, times), (sign(","), phrase("then"))).map(AnswerScript).parse_next(input)
}

fn answer(input: &mut &str) -> ModalResult<ServerAnswer> {
    let when = alt((
        preceded(phrase("after"), cut_err(size)).map(When::After),
        phrase("at the end").value(When::AtEnd),
    ));
    let fails = (failure, opt(when))
        .map(|(failure, when)| ServerAnswer::Fails { failure, when: when.unwrap_or(When::AtOnce) });
    let after = preceded(phrase("after"), size).context(expected("`after` and a size"));
    let changes = preceded(phrase("file changed"), cut_err(after))
        .map(|after| ServerAnswer::Changes { after });
    let redirects = redirect.map(|(status, url)| ServerAnswer::Redirects { status, url });
    let lost = phrase("session lost").value(ServerAnswer::ForgetsSession);
    let words = alt((
        phrase("well").value(ServerAnswer::Well),
        phrase("silence").value(ServerAnswer::IsSilent),
        lost,
    ));
    alt((words, redirects, changes, fails)).parse_next(input)
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
