//! What happens: calls, events, deadlines, and what users do.

use winnow::ascii::{space0, space1};
use winnow::combinator::{alt, cut_err, eof, fail, not, opt, peek, preceded};
use winnow::error::ContextError;
use winnow::prelude::*;
use winnow::stream::Stream;

use super::calls::call;
use super::events::event;
use super::policies::{link, policies};
use super::quantities::{code, expected, instant, phrase, sign, state};
use super::texts::{account, caller, label};
use crate::machine::Deadline;
use crate::scenario::ast::{StepAction, StepStatement, UserAct};
use crate::scenario::phrases::{CLIENT, ELAPSED, LIMITS_CHANGE, OWNER, STILL};

/// `[at TIME] [NAME:] what happens [-> CODE] [=> STATE]`
pub(super) fn step(input: &mut &str) -> ModalResult<StepStatement> {
    let at = opt(preceded(phrase("at"), cut_err(instant))).parse_next(input)?;
    let job = opt(label).parse_next(input)?;
    let what = if at.is_some() || job.is_some() {
        cut_err(happening)
            .context(expected("a call, an event, a policy or a deadline"))
            .parse_next(input)?
    } else {
        happening.parse_next(input)?
    };
    let code = opt(preceded(sign("->"), cut_err(code))).parse_next(input)?;
    let state = opt(preceded(sign("=>"), cut_err(state))).parse_next(input)?;
    Ok(StepStatement { at, job, what, code, state })
}

fn happening(input: &mut &str) -> ModalResult<StepAction> {
    alt((
        by_user,
        by_somebody,
        call.map(|call| StepAction::Call(None, call)),
        event.map(StepAction::Event),
        policies.map(StepAction::Policies),
        link.map(StepAction::Link),
        phrase(LIMITS_CHANGE).value(StepAction::BandwidthLimits),
        deadline.map(StepAction::Deadline),
    ))
    .parse_next(input)
}

/// `[still] by CALLER: CALL`
fn by_somebody(input: &mut &str) -> ModalResult<StepAction> {
    let still = opt(phrase(STILL)).parse_next(input)?.is_some();
    phrase("by").parse_next(input)?;
    let caller = cut_err(caller).parse_next(input)?;
    cut_err(sign(":")).context(expected("a colon and a call")).parse_next(input)?;
    let call = cut_err(call).context(expected("a call such as `resume`")).parse_next(input)?;
    Ok(if still {
        StepAction::StillCall(caller, call)
    } else {
        StepAction::Call(Some(caller), call)
    })
}

/// `bob logs off`; whatever the name of the user begins otherwise.
pub(super) fn user_step(input: &mut &str) -> ModalResult<StepStatement> {
    let what = by_user.parse_next(input)?;
    let state = opt(preceded(sign("=>"), cut_err(state))).parse_next(input)?;
    Ok(StepStatement { at: None, job: None, what, code: None, state })
}

fn by_user(input: &mut &str) -> ModalResult<StepAction> {
    let start = input.checkpoint();
    let act = alt((
        phrase("logs on").value(UserAct::LogsOn),
        phrase("logs off").value(UserAct::LogsOff),
        phrase("exits").value(UserAct::Exits),
    ));
    let end = peek((space0, alt((eof, "=>", "->"))));
    let words = not((space0, alt((OWNER, CLIENT)), space1));
    let mut user = (words, account, act, end).map(|((), user, act, _)| StepAction::User(user, act));
    let parsed = user.parse_next(input);
    if parsed.is_err() {
        // Another statement is to say what is wrong with the line.
        input.reset(&start);
        return fail.parse_next(input);
    }
    parsed
}

/// One of the phrases that say all.
pub(super) fn fixed<'a, T: Clone>(
    phrases: &'static [(&'static str, T)],
) -> impl ModalParser<&'a str, T, ContextError> {
    move |input: &mut &'a str| {
        for (text, meaning) in phrases {
            if opt(phrase(text)).parse_next(input)?.is_some() {
                return Ok(meaning.clone());
            }
        }
        fail.parse_next(input)
    }
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
