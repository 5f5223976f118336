//! What happens to the job: calls, events and deadlines.

use winnow::ascii::space0;
use winnow::combinator::{alt, cut_err, fail, opt, peek, preceded, repeat, separated};
use winnow::prelude::*;
use winnow::token::take_while;

use super::quantities::{
    amount, code, duration, expected, instant, member, name, number, phrase, seconds, sign, size,
    state,
};
use crate::machine::{
    Block, Call, Commit, Deadline, Deletion, Event, FailedRename, Failure, Input,
};
use crate::scenario::ast::Step;
use crate::scenario::phrases::{CALLS, ELAPSED, EVENTS, SETTER, setter};
use crate::vocabulary::{
    BG_LENGTH_TO_EOF, FailureClass, FileAclFlags, FileIndex, FileInfo, FileRange, HelperTokenFlags,
};

/// `[at TIME] what happens [-> CODE] [=> STATE]`
pub(super) fn step(input: &mut &str) -> ModalResult<Step> {
    let at = opt(preceded(phrase("at"), cut_err(instant))).parse_next(input)?;
    let what = if at.is_some() {
        cut_err(happening).context(expected("a call, an event or a deadline")).parse_next(input)?
    } else {
        happening.parse_next(input)?
    };
    let code = opt(preceded(sign("->"), cut_err(code))).parse_next(input)?;
    let state = opt(preceded(sign("=>"), cut_err(state))).parse_next(input)?;
    Ok(Step { at, input: what, code, state })
}

fn happening(input: &mut &str) -> ModalResult<Input> {
    alt((call.map(Input::Call), event.map(Input::Event), deadline.map(Input::Deadline)))
        .parse_next(input)
}

fn call(input: &mut &str) -> ModalResult<Call> {
    alt((fixed(CALLS), add, ending, setting)).parse_next(input)
}

/// One of the phrases that say all.
fn fixed<'a, T: Clone>(
    phrases: &'static [(&'static str, T)],
) -> impl ModalParser<&'a str, T, winnow::error::ContextError> {
    move |input: &mut &'a str| {
        for (text, meaning) in phrases {
            if opt(phrase(text)).parse_next(input)?.is_some() {
                return Ok(meaning.clone());
            }
        }
        fail.parse_next(input)
    }
}

fn add(input: &mut &str) -> ModalResult<Call> {
    phrase("add").parse_next(input)?;
    if opt(phrase("files")).parse_next(input)?.is_some() {
        let files: Vec<FileInfo> = cut_err(separated(1.., file, sign(","))).parse_next(input)?;
        return Ok(Call::AddFileSet(files.into()));
    }
    let file = cut_err(file).parse_next(input)?;
    let mut ranges = opt(preceded((sign(","), phrase("ranges")), cut_err(repeat(0.., range))));
    Ok(match ranges.parse_next(input)? {
        Some(ranges) => Call::AddFileWithRanges(file, Vec::<FileRange>::into(ranges)),
        None => Call::AddFile(file),
    })
}

fn file(input: &mut &str) -> ModalResult<FileInfo> {
    let local = preceded(phrase("as"), name)
        .context(expected(r"`as` and a local name such as C:\app\app.exe"));
    let (remote, local) = (name, local).parse_next(input)?;
    Ok(FileInfo::new(remote, local))
}

fn range(input: &mut &str) -> ModalResult<FileRange> {
    let length = alt(("eof".value(BG_LENGTH_TO_EOF), number("a number of bytes or `eof`")));
    let (initial_offset, _, length) = (number("an offset"), ':', length)
        .context(expected("a range such as 0:100"))
        .parse_next(input)?;
    Ok(FileRange { initial_offset, length })
}

fn ending(input: &mut &str) -> ModalResult<Call> {
    let mut cancel = alt((phrase("cancel").value(true), phrase("complete").value(false)));
    if cancel.parse_next(input)? {
        return files_left.map(Call::Cancel).parse_next(input);
    }
    let failed_rename = opt(failed_rename).parse_next(input)?;
    let deletion = files_left.parse_next(input)?;
    Ok(Call::Complete(Commit { failed_rename, deletion }))
}

fn failed_rename(input: &mut &str) -> ModalResult<FailedRename> {
    (sign(","), phrase("rename")).parse_next(input)?;
    let ordinal = number("which rename of the call fails, counted from 1");
    let after = cut_err(ordinal.verify_map(|ordinal: u32| ordinal.checked_sub(1)));
    let code =
        cut_err(preceded(phrase("fails with"), code)).context(expected("`fails with` and a code"));
    let (after, code) = (after, code).parse_next(input)?;
    Ok(FailedRename { after, code })
}

fn files_left(input: &mut &str) -> ModalResult<Deletion> {
    let left = opt((sign(","), phrase("files left"))).parse_next(input)?;
    Ok(if left.is_some() { Deletion::Incomplete } else { Deletion::Done })
}

fn setting(input: &mut &str) -> ModalResult<Call> {
    let method = take_while(1.., char::is_alphanumeric);
    alt((
        preceded(phrase("priority"), cut_err(member("FOREGROUND, HIGH, NORMAL or LOW")))
            .map(Call::SetPriority),
        preceded(phrase("minimum retry delay"), cut_err(seconds)).map(Call::SetMinimumRetryDelay),
        preceded((phrase("no-progress timeout"), peek(amount)), cut_err(seconds))
            .map(Call::SetNoProgressTimeout),
        preceded((phrase("maximum download time"), peek(amount)), cut_err(seconds))
            .map(Call::SetMaximumDownloadTime),
        preceded(phrase("file ACL flags"), cut_err(acl_flags)).map(Call::SetFileAclFlags),
        preceded(phrase("helper token flags"), cut_err(token_flags)).map(Call::SetHelperTokenFlags),
        preceded(phrase("reply file"), cut_err(name))
            .map(|name| Call::SetReplyFileName(Some(name))),
        preceded((phrase(SETTER), space0), cut_err(method.verify_map(setter)))
            .context(expected("a setter such as SetDisplayName"))
            .map(Call::Set),
    ))
    .parse_next(input)
}

fn acl_flags(input: &mut &str) -> ModalResult<FileAclFlags> {
    let flags = number("a sum of 1, 2, 4 and 8: at most 15");
    flags
        .verify_map(FileAclFlags::from_bits)
        .context(expected("a number from 0 to 15"))
        .parse_next(input)
}

fn token_flags(input: &mut &str) -> ModalResult<HelperTokenFlags> {
    let flags = number("0, 1, 2 or 3");
    flags
        .verify_map(HelperTokenFlags::from_bits)
        .context(expected("0, 1, 2 or 3"))
        .parse_next(input)
}

fn event(input: &mut &str) -> ModalResult<Event> {
    alt((fixed(EVENTS), event_with_details)).parse_next(input)
}

fn event_with_details(input: &mut &str) -> ModalResult<Event> {
    alt((
        preceded(phrase("size known"), cut_err(size)).map(Event::SizeKnown),
        preceded(phrase("progressed"), cut_err(size)).map(Event::Progressed),
        preceded(phrase("reply started"), cut_err(size)).map(Event::ReplyStarted),
        preceded(phrase("failed"), cut_err(failure)).map(Event::Failed),
        redirect.map(|(status, url)| Event::RedirectRefused(status, url)),
        preceded(phrase("validation failed of file"), cut_err(ordinal))
            .map(Event::ValidationFailed),
        preceded(phrase("blocked by"), cut_err(block)).map(Event::Blocked),
        preceded(phrase("unblocked by"), cut_err(block)).map(Event::Unblocked),
        preceded(phrase("clock changes by"), cut_err(duration)).map(Event::ClockChanged),
    ))
    .parse_next(input)
}

fn ordinal(input: &mut &str) -> ModalResult<FileIndex> {
    number("which file, counted from 1")
        .verify_map(|ordinal: u32| ordinal.checked_sub(1).map(FileIndex))
        .parse_next(input)
}

fn block(input: &mut &str) -> ModalResult<Block> {
    for block in Block::ALL {
        if opt(phrase(block.name())).parse_next(input)?.is_some() {
            return Ok(*block);
        }
    }
    fail.context(expected(
        "bandwidth policy, cost policy, battery saver, battery policy, game mode or standby",
    ))
    .parse_next(input)
}

/// `CODE [in CONTEXT] [as transient|fatal]`
pub(super) fn failure(input: &mut &str) -> ModalResult<Failure> {
    let mut failing = code.verify_map(|code| Failure::new(code).ok()).context(expected(
        "a failure code such as ERROR_WINHTTP_TIMEOUT, or an HTTP status such as 503",
    ));
    let mut failure = failing.parse_next(input)?;
    let context = preceded(phrase("in"), cut_err(member("a context such as REMOTE_FILE")));
    if let Some(context) = opt(context).parse_next(input)? {
        failure = failure.in_context(context);
    }
    let class = alt((
        phrase("transient").value(FailureClass::Transient),
        phrase("fatal").value(FailureClass::Fatal),
    ));
    let class = preceded(phrase("as"), cut_err(class.context(expected("transient or fatal"))));
    Ok(match opt(class).parse_next(input)? {
        Some(FailureClass::Transient) => failure.transient(),
        Some(FailureClass::Fatal) => failure.fatal(),
        None => failure,
    })
}

/// The statuses that are redirects which a job may disallow (HTTP-13).
const REDIRECTS: [u16; 5] = [300, 301, 302, 303, 307];

/// `redirect STATUS refused to URL`
pub(super) fn redirect(input: &mut &str) -> ModalResult<(u16, std::sync::Arc<str>)> {
    let refused = "a redirect status: 300, 301, 302, 303 or 307";
    let status =
        number(refused).verify(|status| REDIRECTS.contains(status)).context(expected(refused));
    let target = preceded(phrase("refused to"), name).context(expected("`refused to` and a URL"));
    preceded(phrase("redirect"), cut_err((status, target))).parse_next(input)
}

/// `NAME elapsed`
fn deadline(input: &mut &str) -> ModalResult<Deadline> {
    let deadline = deadline_name.parse_next(input)?;
    cut_err(phrase(ELAPSED))
        .context(expected("`elapsed`, or a duration to set"))
        .parse_next(input)?;
    Ok(deadline)
}

/// The name of a deadline.
pub(super) fn deadline_name(input: &mut &str) -> ModalResult<Deadline> {
    for deadline in Deadline::ALL {
        if opt(phrase(deadline.name())).parse_next(input)?.is_some() {
            return Ok(*deadline);
        }
    }
    fail.parse_next(input)
}
