//! What the client sets, and what an expectation can therefore ask for.

use winnow::combinator::{alt, cut_err, opt, peek, preceded};
use winnow::error::ContextError;
use winnow::prelude::*;

use super::calls::directory;
use super::http::http_option;
use super::quantities::{amount, duration, expected, file_number, member, phrase, seconds, size};
use super::texts::{flags, guid, name, name_or};
use crate::machine::Call;
use crate::scenario::flags::{COST_POLICIES, NONE};
use crate::scenario::words::NULL;
use crate::vocabulary::{CallbackInterface, JobProperty};

pub(super) fn setting(input: &mut &str) -> ModalResult<Call> {
    alt((of_names, of_clocks, of_notification, of_flags, property, http_option)).parse_next(input)
}

fn of_names(input: &mut &str) -> ModalResult<Call> {
    let validity = alt((phrase("is valid").value(true), phrase("is not valid").value(false)));
    alt((
        preceded(phrase("display name"), cut_err(name_or(NULL))).map(Call::SetDisplayName),
        preceded(phrase("description"), cut_err(name_or(NULL))).map(Call::SetDescription),
        preceded(phrase("reply file"), cut_err((name_or("generated"), directory)))
            .map(|(name, directory)| Call::SetReplyFileName(name, directory)),
        preceded(phrase("priority"), cut_err(member("FOREGROUND, HIGH, NORMAL or LOW")))
            .map(Call::SetPriority),
        (file_number, validity).map(|(file, valid)| Call::SetValidationState(file, valid)),
    ))
    .parse_next(input)
}

fn of_clocks(input: &mut &str) -> ModalResult<Call> {
    alt((
        preceded(phrase("minimum retry delay"), cut_err(seconds)).map(Call::SetMinimumRetryDelay),
        preceded((phrase("no-progress timeout"), peek(amount)), cut_err(seconds))
            .map(Call::SetNoProgressTimeout),
        preceded((phrase("maximum download time"), peek(amount)), cut_err(seconds))
            .map(Call::SetMaximumDownloadTime),
    ))
    .parse_next(input)
}

fn of_notification(input: &mut &str) -> ModalResult<Call> {
    alt((
        preceded(phrase("notify"), cut_err(flags("flags such as JOB_TRANSFERRED, or `none`")))
            .map(Call::SetNotifyFlags),
        preceded(phrase("callback"), cut_err(callback))
            .map(|interface| Call::SetNotifyInterface(Some(interface))),
        preceded(phrase("command line"), cut_err(command_line)),
    ))
    .parse_next(input)
}

/// `level 1`, `2` or `3`; that it is removed is a phrase of its own.
fn callback(input: &mut &str) -> ModalResult<CallbackInterface> {
    let level = alt((
        phrase("1").value(CallbackInterface::Callback),
        phrase("2").value(CallbackInterface::Callback2),
        phrase("3").value(CallbackInterface::Callback3),
    ));
    preceded(phrase("level"), level)
        .context(expected("`level 1`, `level 2`, `level 3`, `removed` or `returns`"))
        .parse_next(input)
}

/// `PROGRAM [with PARAMETERS]`
fn command_line(input: &mut &str) -> ModalResult<Call> {
    let program = name_or(NULL).parse_next(input)?;
    let parameters = opt(preceded(phrase("with"), cut_err(name))).parse_next(input)?;
    Ok(Call::SetNotifyCmdLine { program, parameters })
}

fn of_flags(input: &mut &str) -> ModalResult<Call> {
    let acl = "flags such as OWNER, GROUP, DACL and SACL, or `none`";
    let peer = "flags such as DISABLE_BRANCH_CACHE, or `none`";
    let token = "LOCAL_FILE, NETWORK, both or `none`";
    let security = "flags such as ENABLE_CRL_CHECK, a redirect policy such as DISALLOW, or `none`";
    alt((
        preceded(phrase("file ACL flags"), cut_err(flags(acl))).map(Call::SetFileAclFlags),
        preceded(phrase("peer caching flags"), cut_err(flags(peer))).map(Call::SetPeerCachingFlags),
        preceded(phrase("helper token flags"), cut_err(flags(token)))
            .map(Call::SetHelperTokenFlags),
        preceded(phrase("security flags"), cut_err(flags(security))).map(Call::SetSecurityFlags),
    ))
    .parse_next(input)
}

fn property(input: &mut &str) -> ModalResult<Call> {
    let none = || phrase(NONE).value(uuid::Uuid::nil());
    let cost = "cost states such as UNRESTRICTED, BELOW_CAP, or a number";
    alt((
        preceded(phrase("cost policy"), cut_err(cost_policy)),
        preceded(phrase("cost flags"), cut_err(flags(cost))).map(JobProperty::CostFlags),
        preceded(phrase("notification class"), cut_err(alt((none(), guid))))
            .map(JobProperty::NotificationClsid),
        preceded(phrase("dynamic content"), cut_err(switch)).map(JobProperty::DynamicContent),
        preceded(phrase("high performance"), cut_err(switch)).map(JobProperty::HighPerformance),
        preceded(phrase("maximum download size"), cut_err(size)).map(JobProperty::MaxDownloadSize),
        preceded(phrase("stored credentials"), cut_err(member("PROXY or SERVER")))
            .map(JobProperty::UseStoredCredentials),
        preceded(phrase("notification interval"), cut_err(milliseconds()))
            .map(JobProperty::MinimumNotificationInterval),
        preceded(phrase("on-demand mode"), cut_err(switch)).map(JobProperty::OnDemandMode),
    ))
    .map(Call::SetProperty)
    .parse_next(input)
}

fn switch(input: &mut &str) -> ModalResult<bool> {
    alt((phrase("on").value(true), phrase("off").value(false)))
        .context(expected("`on` or `off`"))
        .parse_next(input)
}

fn cost_policy(input: &mut &str) -> ModalResult<JobProperty> {
    for (name, flags) in COST_POLICIES {
        if opt(phrase(name)).parse_next(input)?.is_some() {
            return Ok(JobProperty::CostFlags(*flags));
        }
    }
    winnow::combinator::fail
        .context(expected("ALWAYS, NOT_ROAMING, NO_SURCHARGE, STANDARD or UNRESTRICTED"))
        .parse_next(input)
}

fn milliseconds<'a>() -> impl ModalParser<&'a str, u32, ContextError> {
    duration
        .verify_map(|given| {
            let whole = given.subsec_nanos() % 1_000_000 == 0;
            u32::try_from(given.num_milliseconds()).ok().filter(|_| whole)
        })
        .context(expected("a duration in whole milliseconds, at most 4294967295 ms"))
}
