//! Names, texts, flags and other words that people choose.

use std::sync::Arc;

use uuid::Uuid;
use winnow::ascii::{dec_uint, space0, space1};
use winnow::combinator::{alt, cut_err, delimited, eof, opt, peek, preceded, repeat, separated};
use winnow::error::ContextError;
use winnow::prelude::*;
use winnow::token::{none_of, take_while};

use super::quantities::{expected, number, phrase, sign};
use crate::scenario::ast::Caller;
use crate::scenario::flags::{NONE, NamedFlags};
use crate::scenario::phrases::{ADMINISTRATOR, ELEVATED, INTEGRITY_LEVELS, RESTRICTED, UNELEVATED};
use crate::scenario::words::{UNENDED, is_plain};
use crate::vocabulary::{BG_LENGTH_TO_EOF, FileRange};

/// What a name looks like.
const NAME: &str = "a name, in quotes if it has spaces or commas";

/// A plain or quoted name.
pub(super) fn name(input: &mut &str) -> ModalResult<Arc<str>> {
    preceded(space0, alt((quoted, plain.map(Arc::from)))).context(expected(NAME)).parse_next(input)
}

/// A name, or the keyword without quotes that stands for none.
pub(super) fn name_or<'a>(
    keyword: &'static str,
) -> impl ModalParser<&'a str, Option<Arc<str>>, ContextError> {
    let plain = plain.map(move |name: &str| (name != keyword).then(|| Arc::from(name)));
    preceded(space0, alt((quoted.map(Some), plain))).context(expected(NAME))
}

fn plain<'a>(input: &mut &'a str) -> ModalResult<&'a str> {
    take_while(1.., is_plain).parse_next(input)
}

fn quoted(input: &mut &str) -> ModalResult<Arc<str>> {
    let end = cut_err('"').context(expected("a closing quote"));
    delimited('"', repeat(0.., quoted_character), end)
        .map(|text: String| Arc::from(text))
        .parse_next(input)
}

fn quoted_character(input: &mut &str) -> ModalResult<char> {
    alt(("\"\"".value('"'), none_of('"'))).parse_next(input)
}

/// Header lines in quotes, with commas between them.
pub(super) fn headers(input: &mut &str) -> ModalResult<Arc<str>> {
    let lines: Vec<Arc<str>> = separated(1.., preceded(space0, quoted), sign(","))
        .context(expected("header lines in quotes, such as \"X-Channel: beta\""))
        .parse_next(input)?;
    let unended = opt(phrase(UNENDED)).parse_next(input)?.is_some();
    let text = lines.join("\r\n");
    Ok(if unended { text.into() } else { format!("{text}\r\n").into() })
}

/// One header line in quotes, ended as it is sent.
pub(super) fn header(input: &mut &str) -> ModalResult<String> {
    let line = preceded(space0, quoted).context(expected("a header line in quotes"));
    line.map(|line| format!("{line}\r\n")).parse_next(input)
}

/// Who calls or owns: `restricted low-integrity unelevated administrator bob`, most of it left out.
pub(super) fn caller(input: &mut &str) -> ModalResult<Caller> {
    let restricted = opt(adjective(RESTRICTED)).parse_next(input)?.is_some();
    let mut integrity = None;
    for (word, level) in INTEGRITY_LEVELS {
        if integrity.is_none() && opt(adjective(word)).parse_next(input)?.is_some() {
            integrity = Some(*level);
        }
    }
    let elevation = alt((adjective(ELEVATED).value(true), adjective(UNELEVATED).value(false)));
    let elevation = opt(elevation).parse_next(input)?;
    let administrator = opt(adjective(ADMINISTRATOR)).parse_next(input)?.is_some();
    let name = account.parse_next(input)?;
    Ok(Caller { name, administrator, elevation, integrity, restricted })
}

/// A word that belongs to the name behind it.
fn adjective<'a>(word: &'static str) -> impl ModalParser<&'a str, (), ContextError> {
    (space0, word, peek(space1)).void()
}

/// The name of an account, which a colon may follow.
pub(super) fn account(input: &mut &str) -> ModalResult<Arc<str>> {
    let plain = take_while(1.., |next| is_plain(next) && next != ':').map(Arc::from);
    preceded(space0, alt((quoted, plain)))
        .context(expected("an account such as alice or LocalSystem"))
        .parse_next(input)
}

/// The name of a job at the beginning of a line about it, `update: `.
pub(super) fn label(input: &mut &str) -> ModalResult<Arc<str>> {
    let name = preceded(space0, job_name).parse_next(input)?;
    (":", peek(alt((space1, eof)))).parse_next(input)?;
    Ok(name)
}

/// The name of a job in a line, which a colon may follow.
pub(super) fn job_name(input: &mut &str) -> ModalResult<Arc<str>> {
    let first = |name: &&str| !name.starts_with('/');
    let plain = take_while(1.., |next| is_plain(next) && next != ':').verify(first).map(Arc::from);
    preceded(space0, alt((quoted, plain))).context(expected("the name of a job")).parse_next(input)
}

/// The names of jobs, or `none`.
pub(super) fn job_names(input: &mut &str) -> ModalResult<Vec<Arc<str>>> {
    if opt(phrase(NONE)).parse_next(input)?.is_some() {
        return Ok(Vec::new());
    }
    repeat(1.., job_name).context(expected("the names of jobs, or `none`")).parse_next(input)
}

/// Flags by name or number, with commas between them, or `none`.
pub(super) fn flags<'a, T: NamedFlags>(
    what: &'static str,
) -> impl ModalParser<&'a str, T, ContextError> {
    let parser = move |input: &mut &'a str| {
        if opt(phrase(NONE)).parse_next(input)?.is_some() {
            return Ok(T::empty());
        }
        let word = take_while(1.., |next: char| next.is_alphanumeric() || next == '_');
        let flag = preceded(space0, word).verify_map(bits::<T>);
        let bits: Vec<u32> = separated(1.., flag, sign(",")).parse_next(input)?;
        Ok(T::from_bits_retain(bits.into_iter().fold(0, |sum, bits| sum | bits)))
    };
    parser.context(expected(what))
}

fn bits<T: NamedFlags>(word: &str) -> Option<u32> {
    let known = T::names().find(|(name, _)| *name == word).map(|(_, bits)| bits);
    known.or_else(|| match word.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None => word.parse().ok(),
    })
}

/// Bytes as pairs of hexadecimal digits; none at all is a hash too, if a wrong one.
pub(super) fn hex(input: &mut &str) -> ModalResult<Arc<[u8]>> {
    preceded(space0, take_while(0.., |next: char| next.is_ascii_hexdigit()))
        .verify_map(|digits: &str| {
            let pairs = (0..digits.len()).step_by(2).map(|at| digits.get(at..at + 2));
            pairs.map(|pair| u8::from_str_radix(pair?, 16).ok()).collect()
        })
        .context(expected("pairs of hexadecimal digits such as 00FF"))
        .parse_next(input)
}

/// A GUID, usually in braces.
pub(super) fn guid(input: &mut &str) -> ModalResult<Uuid> {
    let character = |next: char| next.is_ascii_hexdigit() || matches!(next, '{' | '}' | '-');
    preceded(space0, take_while(1.., character))
        .verify_map(|id: &str| Uuid::parse_str(id).ok())
        .context(expected("a GUID in braces"))
        .parse_next(input)
}

/// Ranges such as `0:100 200:eof`.
pub(super) fn ranges(input: &mut &str) -> ModalResult<Arc<[FileRange]>> {
    repeat(0.., range).map(|ranges: Vec<FileRange>| Arc::from(ranges)).parse_next(input)
}

pub(super) fn range(input: &mut &str) -> ModalResult<FileRange> {
    let length = alt(("eof".value(BG_LENGTH_TO_EOF), dec_uint));
    let length = cut_err(length.context(expected("a number of bytes or `eof`")));
    let colon = cut_err(":").context(expected("a range such as 0:100"));
    let offset = number("a range such as 0:100, its first byte and its length");
    let (initial_offset, _, length) = (offset, colon, length).parse_next(input)?;
    Ok(FileRange { initial_offset, length })
}
