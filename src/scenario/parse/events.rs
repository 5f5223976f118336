//! What the world does.

use std::sync::Arc;

use winnow::combinator::{alt, cut_err, fail, opt, preceded};
use winnow::prelude::*;

use super::quantities::{
    code, duration, expected, file_number, member, number, phrase, sign, size,
};
use super::steps::fixed;
use super::texts::{flags, headers, hex, name};
use crate::machine::{Block, ComputerEvent, Event, Failure};
use crate::scenario::phrases::EVENTS;
use crate::vocabulary::{FailureClass, Notification};

pub(super) fn event(input: &mut &str) -> ModalResult<Event> {
    alt((fixed(EVENTS), of_transfer, of_computer, of_client)).parse_next(input)
}

fn of_transfer(input: &mut &str) -> ModalResult<Event> {
    let received = (name, preceded((sign(","), phrase("hash")), hex).context(expected("`, hash`")));
    alt((
        preceded(phrase("size known"), cut_err(size)).map(Event::SizeKnown),
        preceded(phrase("headers received"), cut_err(headers)).map(Event::HeadersReceived),
        preceded(phrase("progressed"), cut_err(size)).map(Event::Progressed),
        preceded(phrase("reply started"), cut_err(size)).map(Event::ReplyStarted),
        preceded(phrase("failed"), cut_err(failure)).map(Event::Failed),
        redirect.map(|(status, url)| Event::Redirected(status, url)),
        preceded(phrase("certificate received from"), cut_err(received))
            .map(|(server, hash)| Event::CertificateReceived(server, hash)),
        preceded(phrase("certificate checked"), cut_err(code)).map(Event::CertificateChecked),
    ))
    .parse_next(input)
}

fn of_computer(input: &mut &str) -> ModalResult<Event> {
    let cost = "a cost state such as UNRESTRICTED, USAGE_BASED or ROAMING";
    alt((
        preceded(phrase("network cost"), cut_err(flags(cost))).map(ComputerEvent::NetworkCost),
        preceded(phrase("blocked by"), cut_err(block)).map(ComputerEvent::Blocked),
        preceded(phrase("unblocked by"), cut_err(block)).map(ComputerEvent::Unblocked),
        preceded(phrase("clock changes by"), cut_err(duration)).map(ComputerEvent::ClockChanged),
    ))
    .map(Event::Computer)
    .parse_next(input)
}

/// What the dispatcher and the programs of the client do.
fn of_client(input: &mut &str) -> ModalResult<Event> {
    if opt(phrase("program exited with")).parse_next(input)?.is_some() {
        let code = cut_err(number("an exit code such as 0 or 1"));
        return code.map(Event::ProgramExited).parse_next(input);
    }
    let notification = notification.parse_next(input)?;
    let returned = preceded(phrase("returns"), cut_err(code));
    let ends = alt((phrase("begins").value(None), returned.map(Some)));
    let mut code = cut_err(ends.context(expected("`begins`, or `returns` and a code")));
    Ok(match code.parse_next(input)? {
        None => Event::NotificationStarted(notification),
        Some(code) => Event::NotificationReturned(notification, code),
    })
}

/// The name of a notification, with its file if it has one.
pub(super) fn notification(input: &mut &str) -> ModalResult<Notification> {
    let file = || cut_err(preceded(phrase("of"), file_number).context(expected("`of file 1`")));
    alt((
        phrase("JobTransferred").value(Notification::JobTransferred),
        phrase("JobError").value(Notification::JobError),
        phrase("JobModification").value(Notification::JobModification),
        preceded(phrase("FileTransferred"), file()).map(Notification::FileTransferred),
        preceded(phrase("FileRangesTransferred"), file()).map(Notification::FileRangesTransferred),
    ))
    .parse_next(input)
}

fn block(input: &mut &str) -> ModalResult<Block> {
    for block in Block::ALL {
        if opt(phrase(block.name())).parse_next(input)?.is_some() {
            return Ok(*block);
        }
    }
    fail.context(expected(
        "bandwidth policy, battery saver, battery policy, game mode or standby; a cost is written \
         as `network cost ROAMING`",
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

/// The statuses that are redirects (HTTP-13).
const REDIRECTS: [u16; 5] = [300, 301, 302, 303, 307];

/// `redirect STATUS to URL`
pub(super) fn redirect(input: &mut &str) -> ModalResult<(u16, Arc<str>)> {
    let known = "a redirect status: 300, 301, 302, 303 or 307";
    let status = number(known).verify(|status| REDIRECTS.contains(status)).context(expected(known));
    let target = preceded(phrase("to"), name).context(expected("`to` and a URL"));
    preceded(phrase("redirect"), cut_err((status, target))).parse_next(input)
}
