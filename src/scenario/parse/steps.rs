//! What happens to the job: calls, events and deadlines.

use winnow::combinator::{alt, cut_err, fail, opt, preceded};
use winnow::error::ContextError;
use winnow::prelude::*;

use super::calls::call;
use super::events::event;
use super::quantities::{code, expected, instant, phrase, sign, state};
use super::texts::caller;
use crate::machine::Deadline;
use crate::scenario::ast::{Happening, Step};
use crate::scenario::phrases::ELAPSED;

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
    Ok(Step { at, what, code, state })
}

fn happening(input: &mut &str) -> ModalResult<Happening> {
    alt((
        by_somebody,
        call.map(|call| Happening::Call(None, call)),
        event.map(Happening::Event),
        deadline.map(Happening::Deadline),
    ))
    .parse_next(input)
}

/// `by CALLER: CALL`
fn by_somebody(input: &mut &str) -> ModalResult<Happening> {
    phrase("by").parse_next(input)?;
    let caller = cut_err(caller).parse_next(input)?;
    cut_err(sign(":")).context(expected("a colon and a call")).parse_next(input)?;
    let call = cut_err(call).context(expected("a call such as `resume`")).parse_next(input)?;
    Ok(Happening::Call(Some(caller), call))
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
