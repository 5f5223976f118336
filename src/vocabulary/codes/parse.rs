//! Parsing of result codes.

use std::str::FromStr;

use super::hresult::HResult;

/// The most letters in which a name may differ from the given one to be suggested.
const DISTANCE_MAX: usize = 3;

/// A text that is neither the name nor the number of a result code.
///
/// ```
/// use bits_emulator::HResult;
///
/// let error = "BG_E_HTTP_EROR_404".parse::<HResult>().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "`BG_E_HTTP_EROR_404` is neither a known result code nor a 32-bit number; \
///      did you mean BG_E_HTTP_ERROR_404?"
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is neither a known result code nor a 32-bit number{}", .nearest.map(hint).unwrap_or_default())]
#[non_exhaustive]
pub struct ParseHResultError {
    /// The given text.
    pub given: String,
    /// A known name that is close to it.
    pub nearest: Option<&'static str>,
}

fn hint(name: &str) -> String {
    format!("; did you mean {name}?")
}

impl FromStr for HResult {
    type Err = ParseHResultError;

    /// Reads a name or alias in any case of letters, a hexadecimal number such as `0x80190194`,
    /// or a decimal number, signed or unsigned.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        named(text).or_else(|| number(text)).ok_or_else(|| ParseHResultError {
            given: text.to_owned(),
            nearest: nearest_name(text),
        })
    }
}

fn named(text: &str) -> Option<HResult> {
    HResult::all().find(|info| info.is_called(text)).map(|info| info.code)
}

fn number(text: &str) -> Option<HResult> {
    let value = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        // `from_str_radix` alone would take a sign behind the prefix.
        Some(digits) if digits.starts_with(['+', '-']) => None,
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None => text.parse().ok().or_else(|| text.parse().ok().map(i32::cast_unsigned)),
    };
    value.map(HResult::new)
}

/// The known name with the fewest differing letters, if they are few.
fn nearest_name(text: &str) -> Option<&'static str> {
    let given = text.to_ascii_uppercase();
    HResult::all()
        .flat_map(|info| info.names())
        .map(|name| (distance(&given, name), name))
        .filter(|(distance, name)| *distance <= DISTANCE_MAX.min(name.len() / 3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// How many bytes must be put in, left out or replaced to turn one text into the other.
fn distance(from: &str, to: &str) -> usize {
    let lengths_differ = from.len().abs_diff(to.len());
    if lengths_differ > DISTANCE_MAX {
        return lengths_differ;
    }
    // The distances of one beginning of `from` to every beginning of `to`, row by row.
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (index, letter) in from.bytes().enumerate() {
        let mut left = index + 1;
        let mut next = vec![left];
        for (pair, other) in row.windows(2).zip(to.bytes()) {
            let &[diagonal, above] = pair else { continue };
            left = (diagonal + usize::from(letter != other)).min(above + 1).min(left + 1);
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}
