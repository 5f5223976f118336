//! What must be so.

use winnow::combinator::{alt, cut_err, opt, preceded, separated};
use winnow::prelude::*;

use super::events::notification;
use super::quantities::{
    code, expected, file_number, instant, maybe_size, member, number, phrase, plain_size, sign,
    size, word,
};
use super::settings::setting;
use super::steps::{deadline_name, fixed};
use super::texts::{account, caller, guid, headers, job_names, label, name, range};
use super::world::times;
use crate::machine::Call;
use crate::scenario::ast::{Expectation, Notice, Statement, Times, can_be_read};
use crate::scenario::flags::NONE;
use crate::scenario::phrases::CALLS;
use crate::vocabulary::{FileRange, Recipient};

/// `[NAME:] expect … {, …}`
pub(super) fn expectations(input: &mut &str) -> ModalResult<Statement> {
    let job = opt(label).parse_next(input)?;
    let one = expectation.context(expected(
        "a state, `error CODE`, `no error object`, `error count`, `progress`, `file`, `files`, `reply`, \
         `completed`, `time`, a deadline, `transfer completed`, `purged`, `in the queue`, `told`, \
         `due`, `owner`, `remote name`, `response headers`, `request headers`, `filled ranges`, \
         `running`, `activated`, `2 jobs in the queue`, `jobs of`, `all jobs for`, `on disk`, \
         `not on disk`, `folder`, `server` or a setting such as `priority HIGH`",
    ));
    preceded(phrase("expect"), cut_err(separated(1.., one, sign(","))))
        .map(|all| Statement::Expect(job.clone(), all))
        .parse_next(input)
}

fn expectation(input: &mut &str) -> ModalResult<Expectation> {
    alt((
        fixed(PLAIN),
        told,
        of_error,
        alt((of_jobs, of_the_world)),
        of_names,
        readable.map(Expectation::Setting),
        of_progress,
        of_time,
        word.map(Expectation::State),
    ))
    .parse_next(input)
}

/// Expectations that a phrase says completely.
static PLAIN: &[(&str, Expectation)] = &[
    ("no error object", Expectation::NoError),
    ("no deadline", Expectation::NoDeadline),
    ("not purged", Expectation::Purged(false)),
    ("purged", Expectation::Purged(true)),
    ("not in the queue", Expectation::InQueue(false)),
    ("in the queue", Expectation::InQueue(true)),
    ("transfer never completed", Expectation::TransferCompleted(None)),
    ("told nothing", Expectation::ToldNothing),
    ("nothing due", Expectation::NothingDue),
    ("owner is elevated", Expectation::OwnerElevated(true)),
    ("owner is not elevated", Expectation::OwnerElevated(false)),
];

/// A setting, spelled like the call that sets it.
fn readable(input: &mut &str) -> ModalResult<Call> {
    alt((fixed(CALLS), setting)).verify(can_be_read).parse_next(input)
}

fn told(input: &mut &str) -> ModalResult<Expectation> {
    alt((
        preceded(phrase("told"), cut_err((notice, opt(how_often))))
            .map(|(notice, count)| Expectation::Told(notice, count)),
        preceded(phrase("due"), cut_err(notice)).map(Expectation::Due),
    ))
    .parse_next(input)
}

fn how_often(input: &mut &str) -> ModalResult<u64> {
    alt((
        phrase("never").value(0),
        times.verify_map(|times| match times {
            Times::Count(count) => Some(count),
            Times::Always => None,
        }),
    ))
    .parse_next(input)
}

fn notice(input: &mut &str) -> ModalResult<Notice> {
    let notification =
        notification.context(expected("a notification such as JobError")).parse_next(input)?;
    let recipient = alt((
        phrase("callback").value(Recipient::Callback),
        phrase("command line").value(Recipient::CommandLine),
        preceded(phrase("class"), cut_err(guid)).map(Recipient::ComClass),
    ))
    .context(expected("`callback`, `command line` or `class` and a GUID"));
    let recipient = opt(preceded(phrase("by"), cut_err(recipient))).parse_next(input)?;
    let account = opt(preceded(phrase("as"), cut_err(account))).parse_next(input)?;
    Ok(Notice { notification, recipient, account })
}

/// What is so of several jobs.
fn of_jobs(input: &mut &str) -> ModalResult<Expectation> {
    let length = (number("a number"), phrase("jobs in the queue"));
    let refused = preceded(phrase("refused with"), cut_err(code)).map(Err);
    alt((
        preceded(phrase("running"), cut_err(job_names)).map(Expectation::Running),
        preceded(phrase("activated"), cut_err(job_names)).map(Expectation::Activated),
        preceded(phrase("jobs of"), cut_err((caller, job_names)))
            .map(|(caller, jobs)| Expectation::Enumerated(caller, jobs)),
        preceded(phrase("all jobs for"), cut_err((caller, alt((refused, job_names.map(Ok))))))
            .map(|(caller, jobs)| Expectation::EnumeratedAll(caller, jobs)),
        length.map(|(length, ())| Expectation::QueueLength(length)),
    ))
    .parse_next(input)
}

/// What is so of disk and servers.
fn of_the_world(input: &mut &str) -> ModalResult<Expectation> {
    let empty = phrase("empty").context(expected("`empty`"));
    let asked = preceded(phrase("asked"), how_often).context(expected("`asked` and how often"));
    alt((
        preceded(phrase("not on disk"), cut_err(name)).map(Expectation::NotOnDisk),
        preceded(phrase("on disk"), cut_err((name, opt(plain_size))))
            .map(|(path, size)| Expectation::OnDisk(path, size)),
        preceded(phrase("folder"), cut_err((name, empty)))
            .map(|(path, ())| Expectation::FolderEmpty(path)),
        preceded(phrase("server"), cut_err((name, asked)))
            .map(|(host, count)| Expectation::Asked(host, count)),
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

fn of_names(input: &mut &str) -> ModalResult<Expectation> {
    let url = preceded(phrase("is"), name).context(expected("`is` and a URL"));
    let maybe_headers = || {
        alt((phrase(NONE).value(None), headers.map(Some)))
            .context(expected("header lines in quotes, or `none`"))
    };
    let list = separated(1.., range, winnow::ascii::space1);
    let filled = alt((phrase(NONE).value(Vec::new()), list))
        .context(expected("ranges such as 0:100, or `none`"));
    alt((
        preceded(phrase("remote name of"), cut_err((file_number, url)))
            .map(|(file, url)| Expectation::RemoteName(file, url)),
        (phrase("response headers of"), file_number, phrase("have"), cut_err(headers))
            .map(|((), file, (), headers)| Expectation::HeadersAmong(file, headers)),
        preceded(phrase("response headers of"), cut_err((file_number, maybe_headers())))
            .map(|(file, headers)| Expectation::ResponseHeaders(file, headers)),
        preceded(phrase("request headers"), cut_err(maybe_headers()))
            .map(Expectation::RequestHeaders),
        preceded(phrase("filled ranges of"), cut_err((file_number, filled))).map(
            |(file, ranges): (_, Vec<FileRange>)| Expectation::FilledRanges(file, ranges.into()),
        ),
        preceded(phrase("owner"), cut_err(account)).map(Expectation::Owner),
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
