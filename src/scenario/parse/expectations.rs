//! What must be so.

use winnow::combinator::{alt, cut_err, opt, preceded, separated};
use winnow::prelude::*;

use super::quantities::{
    code, expected, instant, maybe_size, member, name, number, phrase, sign, size, word,
};
use super::steps::deadline_name;
use crate::scenario::ast::Expectation;

/// `expect … {, …}`
pub(super) fn expectations(input: &mut &str) -> ModalResult<Vec<Expectation>> {
    let one = expectation.context(expected(
        "a state, `error CODE`, `no error object`, `error count`, `progress`, `file`, `files`, `reply`, \
         `completed`, `time`, a deadline, `transfer completed`, `purged` or `in the queue`",
    ));
    preceded(phrase("expect"), cut_err(separated(1.., one, sign(",")))).parse_next(input)
}

fn expectation(input: &mut &str) -> ModalResult<Expectation> {
    alt((plain, of_error, of_progress, of_time, word.map(Expectation::State))).parse_next(input)
}

fn plain(input: &mut &str) -> ModalResult<Expectation> {
    alt((
        phrase("no error object").value(Expectation::NoError),
        phrase("no deadline").value(Expectation::NoDeadline),
        phrase("not purged").value(Expectation::Purged(false)),
        phrase("purged").value(Expectation::Purged(true)),
        phrase("not in the queue").value(Expectation::InQueue(false)),
        phrase("in the queue").value(Expectation::InQueue(true)),
        phrase("transfer never completed").value(Expectation::TransferCompleted(None)),
    ))
    .parse_next(input)
}

fn of_error(input: &mut &str) -> ModalResult<Expectation> {
    let count = cut_err(number("a number"));
    alt((
        preceded(phrase("error count"), count).map(Expectation::ErrorCount),
        preceded(phrase("error"), error),
    ))
    .parse_next(input)
}

fn of_progress(input: &mut &str) -> ModalResult<Expectation> {
    alt((
        preceded(phrase("progress"), cut_err(so_much_of))
            .map(|(done, total)| Expectation::Progress(done, total)),
        preceded(phrase("file"), cut_err((name, so_much_of)))
            .map(|(name, (done, total))| Expectation::File(name, done, total)),
        preceded(phrase("files"), cut_err(files))
            .map(|(done, total)| Expectation::Files(done, total)),
        preceded(phrase("reply"), cut_err(so_much_of))
            .map(|(done, total)| Expectation::Reply(done, total)),
        preceded(phrase("not completed"), cut_err(name))
            .map(|name| Expectation::Completed(name, false)),
        preceded(phrase("completed"), cut_err(name)).map(|name| Expectation::Completed(name, true)),
    ))
    .parse_next(input)
}

fn of_time(input: &mut &str) -> ModalResult<Expectation> {
    alt((
        preceded(phrase("transfer completed"), cut_err(instant))
            .map(|at| Expectation::TransferCompleted(Some(at))),
        preceded(phrase("time"), cut_err(instant)).map(Expectation::Time),
        preceded(phrase("created"), cut_err(instant)).map(Expectation::Created),
        preceded(phrase("modified"), cut_err(instant)).map(Expectation::Modified),
        (deadline_name, preceded(phrase("at"), cut_err(instant)))
            .map(|(deadline, at)| Expectation::Deadline(deadline, at)),
    ))
    .parse_next(input)
}

fn error(input: &mut &str) -> ModalResult<Expectation> {
    let code = code.parse_next(input)?;
    let context = opt(preceded(phrase("in"), cut_err(member("a context such as REMOTE_FILE"))))
        .parse_next(input)?;
    let file = opt(preceded(phrase("of"), cut_err(name))).parse_next(input)?;
    Ok(Expectation::Error { code, context, file })
}

fn so_much_of(input: &mut &str) -> ModalResult<(u64, Option<u64>)> {
    (size, preceded(phrase("of"), maybe_size).context(expected("`of` and a size")))
        .parse_next(input)
}

fn files(input: &mut &str) -> ModalResult<(u32, u32)> {
    let total = preceded(phrase("of"), number("a number")).context(expected("`of` and a number"));
    (number("a number"), total).parse_next(input)
}
