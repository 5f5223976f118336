//! Words, names and quantities.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use winnow::ascii::{dec_uint, space0, space1};
use winnow::combinator::{alt, cut_err, fail, not, opt, peek, preceded};
use winnow::error::{StrContext, StrContextValue};
use winnow::prelude::*;
use winnow::token::{one_of, take_while};

use crate::scenario::words::{SIZE_UNITS, TIME_UNITS};
use crate::vocabulary::{FileIndex, HResult, JobState};

/// Says what should have stood here.
pub(super) fn expected(what: &'static str) -> StrContext {
    StrContext::Expected(StrContextValue::Description(what))
}

/// The words of a phrase, with any space between them, and not as part of a longer word.
pub(super) fn phrase<'a>(
    text: &'static str,
) -> impl ModalParser<&'a str, (), winnow::error::ContextError> {
    move |input: &mut &'a str| {
        for word in text.split(' ') {
            let after =
                not(one_of(|next: char| next.is_alphanumeric() || matches!(next, '_' | '-')));
            (space0, word, peek(after)).void().parse_next(input)?;
        }
        Ok(())
    }
}

/// A sign such as `->`, with any space around it.
pub(super) fn sign<'a>(
    text: &'static str,
) -> impl ModalParser<&'a str, (), winnow::error::ContextError> {
    (space0, text, space0).void()
}

/// The beginning of a quantity.
pub(super) fn amount(input: &mut &str) -> ModalResult<char> {
    preceded(space0, one_of('0'..='9')).parse_next(input)
}

/// How many of something.
pub(super) fn count(input: &mut &str) -> ModalResult<u64> {
    preceded(space0, dec_uint).parse_next(input)
}

/// A whole number.
pub(super) fn number<'a, N: winnow::ascii::Uint>(
    what: &'static str,
) -> impl ModalParser<&'a str, N, winnow::error::ContextError> {
    preceded(space0, dec_uint).context(expected(what))
}

/// A file by its place in the job, `file 1`.
pub(super) fn file_number(input: &mut &str) -> ModalResult<FileIndex> {
    let ordinal = number("which file, counted from 1")
        .verify_map(|ordinal: u32| ordinal.checked_sub(1).map(FileIndex))
        .context(expected("which file, counted from 1"));
    preceded(phrase("file"), ordinal).context(expected("a file such as `file 1`")).parse_next(input)
}

/// A duration such as `1 h 30 m`.
pub(super) fn duration(input: &mut &str) -> ModalResult<TimeDelta> {
    let sign = opt(preceded(space0, '-')).parse_next(input)?;
    let first =
        span.context(expected("a duration such as 10 m, 1 h 30 m or 14 d")).parse_next(input)?;
    let mut sum = first;
    while let Some(more) = opt(span).parse_next(input)? {
        sum = sum.saturating_add(more);
    }
    let sum = if sign.is_some() { sum.saturating_neg() } else { sum };
    Ok(TimeDelta::microseconds(sum))
}

fn span(input: &mut &str) -> ModalResult<i64> {
    let count = count.parse_next(input)?;
    let unit = unit(TIME_UNITS, "a unit of time: d, h, m, s, ms or us").parse_next(input)?;
    Ok(i64::try_from(count).unwrap_or(i64::MAX).saturating_mul(unit))
}

/// A duration in whole seconds, as the setters take it.
pub(super) fn seconds(input: &mut &str) -> ModalResult<u32> {
    duration
        .verify_map(|given| {
            let whole = given.subsec_nanos() == 0;
            u32::try_from(given.num_seconds()).ok().filter(|_| whole)
        })
        .context(expected("a duration in whole seconds, at most 4294967295 s"))
        .parse_next(input)
}

/// A size such as `10 MiB`.
pub(super) fn size(input: &mut &str) -> ModalResult<u64> {
    plain_size.context(expected("a size such as 10 MiB, 512 B or 0 B")).parse_next(input)
}

/// A size; what else would fit says the caller.
pub(super) fn plain_size(input: &mut &str) -> ModalResult<u64> {
    let count = count.parse_next(input)?;
    let unit = unit(SIZE_UNITS, "a unit of size: B, KiB, MiB, GiB or TiB").parse_next(input)?;
    match count.checked_mul(unit) {
        Some(size) => Ok(size),
        None => cut_err(fail).context(expected("a size below 16 EiB")).parse_next(input),
    }
}

/// A unit, once there was a number: nothing else can follow.
fn unit<'a, N: Copy>(
    units: &'static [(&'static str, N)],
    what: &'static str,
) -> impl ModalParser<&'a str, N, winnow::error::ContextError> {
    let word = preceded(space0, take_while(1.., char::is_alphabetic));
    let known = word.verify_map(|word: &str| {
        units.iter().find(|(name, _)| *name == word).map(|(_, unit)| *unit)
    });
    cut_err(known).context(expected(what))
}

/// A size, or `unknown`.
pub(super) fn maybe_size(input: &mut &str) -> ModalResult<Option<u64>> {
    alt((phrase("unknown").value(None), size.map(Some)))
        .context(expected("`unknown`"))
        .parse_next(input)
}

/// An instant such as `2020-10-15 12:23:05.25`, in UTC.
pub(super) fn instant(input: &mut &str) -> ModalResult<DateTime<Utc>> {
    let day = take_while(1.., |next: char| next.is_ascii_digit() || matches!(next, '-' | '+'));
    let time = take_while(1.., |next: char| next.is_ascii_digit() || matches!(next, ':' | '.'));
    (preceded(space0, day), alt((space1, "T")), time, opt("Z"))
        .verify_map(|(day, _, time, _): (&str, &str, &str, Option<&str>)| {
            NaiveDateTime::parse_from_str(&format!("{day} {time}"), "%Y-%m-%d %H:%M:%S%.f").ok()
        })
        .map(|instant| instant.and_utc())
        .context(expected("an instant in UTC such as 2024-01-01 00:10:00"))
        .parse_next(input)
}

/// A code: its name, its number, or a three-digit HTTP status.
pub(super) fn code(input: &mut &str) -> ModalResult<HResult> {
    let word = take_while(1.., |next: char| next.is_alphanumeric() || matches!(next, '_' | '-'));
    preceded(space0, word)
        .verify_map(|word: &str| match http_status(word) {
            Some(status) => Some(HResult::from_http_status(status)),
            None => word.parse().ok(),
        })
        .context(expected("a code such as BG_E_HTTP_ERROR_404, 0x80190194, or an HTTP status"))
        .parse_next(input)
}

fn http_status(word: &str) -> Option<u16> {
    let digits = word.len() == 3 && word.bytes().all(|digit| digit.is_ascii_digit());
    word.parse().ok().filter(|status| digits && *status >= 100)
}

/// A member of a Windows enumeration.
pub(super) fn member<'a, T: std::str::FromStr>(
    what: &'static str,
) -> impl ModalParser<&'a str, T, winnow::error::ContextError> {
    word.context(expected(what))
}

/// A word that stands for something; what else would fit says the caller.
pub(super) fn word<T: std::str::FromStr>(input: &mut &str) -> ModalResult<T> {
    let word = take_while(1.., |next: char| next.is_alphanumeric() || matches!(next, '_' | '-'));
    preceded(space0, word).verify_map(|word: &str| word.parse().ok()).parse_next(input)
}

/// A state.
pub(super) fn state(input: &mut &str) -> ModalResult<JobState> {
    member("a state such as TRANSIENT_ERROR").parse_next(input)
}
