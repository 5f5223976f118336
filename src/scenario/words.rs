//! Quantities as scenarios write them: durations, sizes, instants, names.

use std::fmt::{self, Write as _};

use chrono::{DateTime, TimeDelta, Utc};

use crate::vocabulary::{BG_LENGTH_TO_EOF, FileRange};

/// Units of time, the longest first, in microseconds.
pub(super) const TIME_UNITS: &[(&str, i64)] = &[
    ("d", 86_400_000_000),
    ("h", 3_600_000_000),
    ("m", 60_000_000),
    ("s", 1_000_000),
    ("ms", 1_000),
    ("us", 1),
];

/// Units of size, the largest first, in bytes.
pub(super) const SIZE_UNITS: &[(&str, u64)] =
    &[("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1)];

/// A duration such as `1 h 30 m`; `0 s` if it is none.
pub(super) struct Duration(pub(super) TimeDelta);

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0.num_microseconds().unwrap_or(i64::MAX);
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
}

/// Whole seconds as a duration.
pub(super) fn seconds(seconds: u32) -> Duration {
    Duration(TimeDelta::seconds(i64::from(seconds)))
}

/// A size in the largest unit that shows it exactly, such as `10 MiB`.
pub(super) struct Size(pub(super) u64);

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fits = |(_, bytes): &&(&str, u64)| self.0 >= *bytes && self.0.is_multiple_of(*bytes);
        let (unit, bytes) = SIZE_UNITS.iter().find(fits).unwrap_or(&("B", 1));
        write!(f, "{} {unit}", self.0 / bytes)
    }
}

/// A size, or `unknown`.
pub(super) struct MaybeSize(pub(super) Option<u64>);

impl fmt::Display for MaybeSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(bytes) => Size(bytes).fmt(f),
            None => f.write_str("unknown"),
        }
    }
}

/// An instant such as `2020-10-15 12:23:05.252512`, with as many digits as it needs.
pub(super) struct Instant(pub(super) DateTime<Utc>);

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%d %H:%M:%S"))?;
        let fraction = format!("{:09}", self.0.timestamp_subsec_nanos());
        match fraction.trim_end_matches('0') {
            "" => Ok(()),
            digits => write!(f, ".{digits}"),
        }
    }
}

/// A name: bare if it is one plain word, in quotes otherwise; a quote in it is doubled.
pub(super) struct Name<'a>(pub(super) &'a str);

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = !self.0.is_empty() && self.0.chars().all(is_plain);
        if plain && self.0 != REMOVED {
            f.write_str(self.0)
        } else {
            write!(f, "\"{}\"", self.0.replace('"', "\"\""))
        }
    }
}

/// What stands behind the name of something that is taken away; bare, it is never a name.
const REMOVED: &str = "removed";

/// A name, or the keyword that stands for none; the keyword itself as a name is in quotes.
pub(super) struct NameOr<'a>(pub(super) Option<&'a str>, pub(super) &'static str);

impl fmt::Display for NameOr<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            None => f.write_str(self.1),
            Some(name) if name == self.1 => write!(f, "\"{name}\""),
            Some(name) => Name(name).fmt(f),
        }
    }
}

/// What stands for a null pointer.
pub(super) const NULL: &str = "null";

/// A text that is always in quotes.
pub(super) struct Quoted<'a>(pub(super) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.replace('"', "\"\""))
    }
}

/// HTTP headers: each line in quotes. The last may lack its CR LF.
pub(super) struct Headers<'a>(pub(super) &'a str);

/// What follows a last line of headers that lacks its CR LF.
pub(super) const UNENDED: &str = "without line end";

impl fmt::Display for Headers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (lines, ended) = match self.0.strip_suffix("\r\n") {
            Some(lines) => (lines, true),
            None => (self.0, false),
        };
        for (index, line) in lines.split("\r\n").enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            write!(f, "{separator}{}", Quoted(line))?;
        }
        if ended { Ok(()) } else { write!(f, " {UNENDED}") }
    }
}

/// Bytes as hexadecimal digits.
pub(super) struct Hex<'a>(pub(super) &'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02X}"))
    }
}

/// Ranges such as ` 0:100 200:eof`, each after a space.
pub(super) struct Ranges<'a>(pub(super) &'a [FileRange]);

impl fmt::Display for Ranges<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|range| match range.length {
            BG_LENGTH_TO_EOF => write!(f, " {}:eof", range.initial_offset),
            length => write!(f, " {}:{length}", range.initial_offset),
        })
    }
}

/// Whether a name with that character can stand without quotes.
pub(super) fn is_plain(character: char) -> bool {
    !character.is_whitespace() && !character.is_control() && !matches!(character, '"' | ',' | '#')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_name_every_unit_that_counts() {
        assert_eq!(Duration(TimeDelta::seconds(1_209_600)).to_string(), "14 d");
        assert_eq!(Duration(TimeDelta::milliseconds(5_400_250)).to_string(), "1 h 30 m 250 ms");
        assert_eq!(Duration(TimeDelta::zero()).to_string(), "0 s");
        assert_eq!(Duration(TimeDelta::minutes(-90)).to_string(), "-1 h 30 m");
    }

    #[test]
    fn sizes_are_exact() {
        assert_eq!(Size(10 << 20).to_string(), "10 MiB");
        assert_eq!(Size((10 << 20) + 1).to_string(), "10485761 B");
        assert_eq!(Size(0).to_string(), "0 B");
    }

    #[test]
    fn names_are_quoted_where_needed() {
        assert_eq!(Name(r"C:\app\app.exe").to_string(), r"C:\app\app.exe");
        assert_eq!(Name(r"C:\Program Files\a").to_string(), r#""C:\Program Files\a""#);
        assert_eq!(Name("say \"hi\"").to_string(), "\"say \"\"hi\"\"\"");
        assert_eq!(Name("").to_string(), "\"\"");
        assert_eq!(NameOr(None, NULL).to_string(), "null");
        assert_eq!(NameOr(Some("null"), NULL).to_string(), "\"null\"");
    }

    #[test]
    fn headers_stand_line_by_line() {
        assert_eq!(Headers("A: 1\r\nB: 2\r\n").to_string(), "\"A: 1\", \"B: 2\"");
        assert_eq!(Headers("A: 1").to_string(), "\"A: 1\" without line end");
        assert_eq!(Headers("").to_string(), "\"\" without line end");
    }
}
