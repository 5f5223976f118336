//! Kinds of values in phrases: names, quantities, codes and flags, as scenarios and traces write them.

use std::fmt::{self, Display, Write as _};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::vocabulary::{BG_LENGTH_TO_EOF, FileRange, HResult};

/// Units of time, the longest first, in microseconds.
pub(crate) const TIME_UNITS: &[(&str, i64)] = &[
    ("d", 86_400_000_000),
    ("h", 3_600_000_000),
    ("m", 60_000_000),
    ("s", 1_000_000),
    ("ms", 1_000),
    ("us", 1),
];

/// Units of size, the largest first, in bytes.
pub(crate) const SIZE_UNITS: &[(&str, u64)] =
    &[("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1)];

/// What stands for a null pointer.
pub(crate) const NULL: &str = "null";
/// What stands for the empty set.
pub(crate) const NONE: &str = "none";
/// What follows the name of something that is taken away; bare, it is never a name.
pub(crate) const REMOVED: &str = "removed";
/// What follows a line of headers, by the way it ends: LF alone, or not at all. CR LF is not said.
pub(crate) const LINE_ENDS: [(&str, &str); 2] = [("with LF", "\n"), ("without line end", "")];

/// Declares kinds of values: the type that each shows, and how it writes one.
macro_rules! kinds {
    ($($(#[$meta:meta])* $kind:ident($type:ty) |$value:ident, $f:ident| $write:expr;)+) => {
        $(
            $(#[$meta])*
            pub(crate) struct $kind<'a>(pub(crate) &'a $type);

            impl std::fmt::Display for $kind<'_> {
                fn fmt(&self, $f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    let $value = self.0;
                    $write
                }
            }
        )+
    };
}

#[cfg(feature = "scenario")]
pub(crate) use kinds;

kinds! {
    /// A duration such as `1 h 30 m`; `0 s` if it is none.
    Duration(TimeDelta) |span, f| write_duration(f, *span);
    /// Whole seconds as a duration.
    Seconds(u32) |seconds, f| write_duration(f, TimeDelta::seconds(i64::from(*seconds)));
    /// Whole milliseconds as a duration.
    Milliseconds(u32) |count, f| write_duration(f, TimeDelta::milliseconds(i64::from(*count)));
    /// An instant such as `2020-10-15 12:23:05.252512`, with as many digits as it needs.
    Instant(DateTime<Utc>) |at, f| {
        write!(f, "{}", at.format("%Y-%m-%d %H:%M:%S"))?;
        let fraction = format!("{:09}", at.timestamp_subsec_nanos());
        match fraction.trim_end_matches('0') {
            "" => Ok(()),
            digits => write!(f, ".{digits}"),
        }
    };
    /// A size in the largest unit that shows it exactly, such as `10 MiB`.
    Size(u64) |size, f| {
        let fits = |(_, bytes): &&(&str, u64)| size >= bytes && size.is_multiple_of(*bytes);
        let (unit, bytes) = SIZE_UNITS.iter().find(fits).unwrap_or(&("B", 1));
        write!(f, "{} {unit}", size / bytes)
    };
    /// A place in a list, which people count from 1.
    Ordinal(u32) |place, f| write!(f, "{}", u64::from(*place) + 1);
    /// `on` or `off`.
    OnOff(bool) |on, f| f.write_str(if *on { "on" } else { "off" });
    /// A code: its name where it has one, its number otherwise.
    Code(HResult) |code, f| match code.name() {
        Some(name) => f.write_str(name),
        None => write!(f, "0x{:08X}", code.value()),
    };
    /// A class by its GUID, or `none`.
    ClassId(Uuid) |class, f| match class.is_nil() {
        true => f.write_str(NONE),
        false => write!(f, "{:X}", class.braced()),
    };
    /// A name: bare if it is one plain word that does not begin like the end of another, in quotes
    /// otherwise; a quote in it is doubled.
    Name(str) |name, f| {
        let odd = name.starts_with(':') || ["", REMOVED].contains(&name);
        match name.chars().all(is_plain) && !odd {
            true => f.write_str(name),
            false => Quoted(name).fmt(f),
        }
    };
    /// A remote name, written like a name.
    Remote(str) |name, f| Name(name).fmt(f);
    /// A name, or `null`.
    OrNull(Option<Arc<str>>) |name, f| write_name_or(f, name.as_deref(), NULL);
    /// A text that is always in quotes.
    Quoted(str) |text, f| write!(f, "\"{}\"", text.replace('"', "\"\""));
    /// HTTP headers: each line in quotes, and how it ends if not by CR LF.
    Headers(str) |headers, f| {
        let empty = headers.is_empty().then_some("");
        for (index, line) in headers.split_inclusive('\n').chain(empty).enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            match line.strip_suffix("\r\n") {
                Some(line) => write!(f, "{separator}{}", Quoted(line))?,
                None => {
                    let is_end = |(_, end): &&(&str, &str)| line.ends_with(end);
                    let (words, end) = LINE_ENDS.iter().find(is_end).unwrap_or(&LINE_ENDS[1]);
                    let line = line.strip_suffix(end).unwrap_or(line);
                    write!(f, "{separator}{} {words}", Quoted(line))?;
                }
            }
        }
        Ok(())
    };
    /// Bytes as hexadecimal digits.
    Hex([u8]) |bytes, f| bytes.iter().try_for_each(|byte| write!(f, "{byte:02X}"));
    /// Ranges such as `0:100 200:eof`.
    Ranges([FileRange]) |ranges, f| ranges.iter().enumerate().try_for_each(|(index, range)| {
        f.write_str(if index == 0 { "" } else { " " })?;
        match range.length {
            BG_LENGTH_TO_EOF => write!(f, "{}:eof", range.initial_offset),
            length => write!(f, "{}:{length}", range.initial_offset),
        }
    });
}

/// A number, or a member of a Windows enumeration by its short name.
pub(crate) struct Word<'a, T>(pub(crate) &'a T);

/// A value that has phrases of its own.
pub(crate) struct Nested<'a, T>(pub(crate) &'a T);

impl<T: Display> Display for Word<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<T: Display> Display for Nested<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A name, or the keyword that stands for none; the keyword itself as a name is in quotes.
pub(crate) fn write_name_or(
    f: &mut fmt::Formatter<'_>,
    name: Option<&str>,
    keyword: &str,
) -> fmt::Result {
    match name {
        None => f.write_str(keyword),
        Some(name) if name == keyword => Quoted(name).fmt(f),
        Some(name) => Name(name).fmt(f),
    }
}

fn write_duration(f: &mut fmt::Formatter<'_>, span: TimeDelta) -> fmt::Result {
    let mut rest = span.num_microseconds().unwrap_or(i64::MAX);
    if rest == 0 {
        return f.write_str("0 s");
    }
    if rest < 0 {
        f.write_char('-')?;
        rest = rest.saturating_neg();
    }
    let mut separator = "";
    for (unit, length) in TIME_UNITS {
        let count = rest / length;
        rest %= length;
        if count > 0 {
            write!(f, "{separator}{count} {unit}")?;
            separator = " ";
        }
    }
    Ok(())
}

/// Whether a name with that character can stand without quotes.
pub(crate) fn is_plain(character: char) -> bool {
    !character.is_whitespace() && !character.is_control() && !matches!(character, '"' | ',' | '#')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_name_every_unit_that_counts() {
        assert_eq!(Seconds(&1_209_600).to_string(), "14 d");
        assert_eq!(Milliseconds(&5_400_250).to_string(), "1 h 30 m 250 ms");
        assert_eq!(Duration(&TimeDelta::zero()).to_string(), "0 s");
        assert_eq!(Duration(&TimeDelta::minutes(-90)).to_string(), "-1 h 30 m");
    }

    #[test]
    fn sizes_are_exact() {
        assert_eq!(Size(&(10 << 20)).to_string(), "10 MiB");
        assert_eq!(Size(&((10 << 20) + 1)).to_string(), "10485761 B");
        assert_eq!(Size(&0).to_string(), "0 B");
    }

    #[test]
    fn names_are_quoted_where_needed() {
        assert_eq!(Name(r"C:\app\app.exe").to_string(), r"C:\app\app.exe");
        assert_eq!(Name(r"C:\Program Files\a").to_string(), r#""C:\Program Files\a""#);
        assert_eq!(Name("say \"hi\"").to_string(), "\"say \"\"hi\"\"\"");
        assert_eq!(Name("").to_string(), "\"\"");
        assert_eq!(OrNull(&None).to_string(), "null");
        assert_eq!(OrNull(&Some("null".into())).to_string(), "\"null\"");
    }

    #[test]
    fn headers_stand_line_by_line() {
        assert_eq!(Headers("A: 1\r\nB: 2\r\n").to_string(), "\"A: 1\", \"B: 2\"");
        assert_eq!(Headers("A: 1").to_string(), "\"A: 1\" without line end");
        assert_eq!(Headers("A: 1\nB: 2\n").to_string(), "\"A: 1\" with LF, \"B: 2\" with LF");
        assert_eq!(Headers("").to_string(), "\"\" without line end");
    }
}
