//! Readers of plain values: numbers, durations, sizes, instants, names, hashes, GUIDs and ranges.

use std::str::FromStr;
use std::sync::Arc;

use chrono::{DateTime, NaiveDateTime, TimeDelta, Timelike, Utc};
use uuid::Uuid;

use super::cursor::{Cursor, Parsed, Wanted};
use crate::vocabulary::text::quantities::{SIZE_UNITS, TIME_UNITS, is_plain};
use crate::vocabulary::{BG_LENGTH_TO_EOF, FileRange};

pub(super) const DURATION: Wanted = Wanted::Value("a duration such as 10 m, 1 h 30 m or 14 d");
const NAME: &str = "a name, in quotes if it has spaces or commas";

/// A whole number.
pub(super) fn number<N: FromStr>(c: &mut Cursor<'_>) -> Parsed<N> {
    const NUMBER: Wanted = Wanted::Value("a number");
    let start = c.next_place();
    let digits = c.run(NUMBER, |next| next.is_ascii_digit())?;
    digits.parse().or_else(|_| c.fault(start, "a smaller number"))
}

/// A duration such as `1 h 30 m`.
pub(super) fn duration(c: &mut Cursor<'_>) -> Parsed<TimeDelta> {
    const SHORTER: &str = "a duration below 106751991 d";
    let start = c.next_place();
    let negative = c.ahead().starts_with('-') && c.run(DURATION, |next| next == '-')? == "-";
    let mut sum = 0_i64;
    loop {
        let count = c.run(DURATION, |next| next.is_ascii_digit())?;
        let unit = unit(c, TIME_UNITS, "a unit of time: d, h, m, s, ms or us")?;
        let length = count.parse().ok().and_then(|count: i64| count.checked_mul(unit));
        match length.and_then(|length| sum.checked_add(length)) {
            Some(longer) => sum = longer,
            None => return c.fault(start, SHORTER),
        }
        if !c.ahead().starts_with(|next: char| next.is_ascii_digit()) {
            break;
        }
    }
    Ok(TimeDelta::microseconds(if negative { -sum } else { sum }))
}

/// A size such as `10 MiB`.
pub(super) fn size(c: &mut Cursor<'_>) -> Parsed<u64> {
    const SIZE: Wanted = Wanted::Value("a size such as 10 MiB, 512 B or 0 B");
    let start = c.next_place();
    let count = c.run(SIZE, |next| next.is_ascii_digit())?;
    let unit = unit(c, SIZE_UNITS, "a unit of size: B, KiB, MiB, GiB or TiB")?;
    let size = count.parse().ok().and_then(|count: u64| count.checked_mul(unit));
    size.map_or_else(|| c.fault(start, "a size below 16 EiB"), Ok)
}

fn unit<N: Copy>(c: &mut Cursor<'_>, units: &[(&str, N)], wanted: &'static str) -> Parsed<N> {
    c.known(Wanted::Value(wanted), |word| {
        units.iter().find(|(name, _)| *name == word).map(|(_, unit)| *unit)
    })
}

/// An instant such as `2020-10-15 12:23:05.25`, in UTC; a `T` may stand between day and time, a `Z`
/// behind.
pub(super) fn instant(c: &mut Cursor<'_>) -> Parsed<DateTime<Utc>> {
    const INSTANT: &str = "an instant in UTC such as 2024-01-01 00:10:00";
    let read = |c: &mut Cursor<'_>| {
        let wanted = Wanted::Value(INSTANT);
        let day = c.run(wanted, |next| next.is_ascii_digit() || "-+".contains(next))?;
        if c.rest().starts_with('T') {
            c.run(wanted, |next| next == 'T')?;
        }
        let time = c.run(wanted, |next| next.is_ascii_digit() || ":.".contains(next))?;
        if c.rest().starts_with('Z') {
            c.run(wanted, |next| next == 'Z')?;
        }
        Ok(format!("{day} {time}"))
    };
    c.verified(INSTANT, read, |text| {
        let instant = NaiveDateTime::parse_from_str(&text, "%Y-%m-%d %H:%M:%S%.f");
        // The format reads second 60 as a leap second, which no clock of Windows shows.
        let instant = instant.ok().filter(|instant| instant.nanosecond() < 1_000_000_000);
        instant.map(|instant| instant.and_utc())
    })
}

pub(super) fn http_status(word: &str) -> Option<u16> {
    let digits = word.len() == 3 && word.bytes().all(|digit| digit.is_ascii_digit());
    word.parse().ok().filter(|status| digits && *status >= 100)
}

/// A plain or quoted name.
pub(super) fn name(c: &mut Cursor<'_>) -> Parsed<Arc<str>> {
    name_of(c, NAME, is_plain)
}

/// A name in quotes, or of such characters.
pub(super) fn name_of(
    c: &mut Cursor<'_>,
    wanted: &'static str,
    fits: impl Fn(char) -> bool,
) -> Parsed<Arc<str>> {
    match c.ahead().starts_with('"') {
        true => c.quoted(wanted),
        false => c.run(Wanted::Value(wanted), fits).map(Arc::from),
    }
}

/// A name, or the keyword without quotes that stands for none.
pub(super) fn name_or(c: &mut Cursor<'_>, keyword: &'static str) -> Parsed<Option<Arc<str>>> {
    let bare = c.ahead();
    let name = name(c)?;
    Ok(if bare.starts_with(keyword) && *name == *keyword { None } else { Some(name) })
}

/// Bytes as pairs of hexadecimal digits; none at all is a hash too, if a wrong one.
pub(super) fn hex(c: &mut Cursor<'_>) -> Parsed<Arc<[u8]>> {
    const HEX: Wanted = Wanted::Value("pairs of hexadecimal digits such as 00FF");
    let digits = c.attempt(|c| c.run(HEX, |next| next.is_ascii_hexdigit())).unwrap_or_default();
    let pairs = (0..digits.len()).step_by(2).map(|at| digits.get(at..at + 2));
    let bytes: Option<Arc<[u8]>> = pairs.map(|pair| u8::from_str_radix(pair?, 16).ok()).collect();
    bytes.map_or_else(|| c.mismatch(HEX), Ok)
}

/// A GUID, usually in braces.
pub(super) fn guid(c: &mut Cursor<'_>) -> Parsed<Uuid> {
    const GUID: &str = "a GUID in braces";
    let character = |next: char| next.is_ascii_hexdigit() || "{}-".contains(next);
    c.verified(GUID, |c| c.run(Wanted::Value(GUID), character), |id| Uuid::parse_str(id).ok())
}

/// A range such as `0:100` or `200:eof`.
pub(super) fn range(c: &mut Cursor<'_>) -> Parsed<FileRange> {
    const RANGE: &str = "a range such as 0:100, its first byte and its length";
    let character = |next: char| next.is_ascii_alphanumeric() || next == ':';
    c.verified(
        RANGE,
        |c| c.run(Wanted::Value(RANGE), character),
        |text| {
            let (offset, length) = text.split_once(':')?;
            let length = if length == "eof" { BG_LENGTH_TO_EOF } else { length.parse().ok()? };
            Some(FileRange { initial_offset: offset.parse().ok()?, length })
        },
    )
}
