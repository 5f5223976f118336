//! Readings, jobs, and how time passes.

use winnow::ascii::space0;
use winnow::combinator::{alt, cut_err, eof, fail, opt, peek, preceded};
use winnow::prelude::*;

use super::quantities::{
    amount, code, duration, expected, instant, member, number, phrase, plain_size, sign, word,
};
use super::texts::{caller, guid, job_name, label, name_or};
use crate::scenario::ast::{Advance, JobDecl, Statement};
use crate::scenario::words::NULL;
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

/// `job NAME [as LABEL], TYPE, by OWNER [, {ID}] [-> CODE]`
pub(super) fn job(input: &mut &str) -> ModalResult<JobDecl> {
    let name = preceded(phrase("job"), cut_err(name_or(NULL))).parse_next(input)?;
    let label = opt(preceded(phrase("as"), cut_err(job_name))).parse_next(input)?;
    let job_type = preceded(sign(","), member("DOWNLOAD, UPLOAD or UPLOAD_REPLY"));
    let owner = preceded((sign(","), phrase("by")), caller)
        .context(expected("`by` and an account such as alice or LocalSystem"));
    let (job_type, owner) = cut_err((job_type, owner)).parse_next(input)?;
    let id = opt(preceded(sign(","), cut_err(guid))).parse_next(input)?;
    let code = opt(preceded(sign("->"), cut_err(code))).parse_next(input)?;
    Ok(JobDecl { name, label, job_type, owner, id: id.map(JobId).unwrap_or_default(), code })
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

/// `[NAME:] advance …`
pub(super) fn advance(input: &mut &str) -> ModalResult<Statement> {
    let job = opt(label).parse_next(input)?;
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
    .map(|advance| Statement::Advance(job.clone(), advance))
    .parse_next(input)
}
