//! Parsing of result codes.

use std::str::FromStr;

use super::hresult::HResult;
use crate::vocabulary::text::nearest::nearest;

/// The numbers from here on, and 0 and 1, may be results in decimal; those below are codes of another kind.
const DECIMAL_MIN: u32 = 0x1_0000;

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
///
/// // A status or an error of Windows is no HRESULT, and would be one that means success.
/// let error = "12030".parse::<HResult>().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "`12030` is no HRESULT; the WinHTTP error 12030 is 0x80072EFE, ERROR_WINHTTP_CONNECTION_ERROR"
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is {}", self.problem())]
#[non_exhaustive]
pub struct ParseHResultError {
    /// The given text.
    pub given: String,
    /// A known name that is close to it.
    pub nearest: Option<&'static str>,
    /// The codes that carry it, if it is the number of an HTTP status, a WinHTTP or another Win32 error.
    pub carriers: Vec<HResult>,
}

impl ParseHResultError {
    fn problem(&self) -> String {
        let carriers: Vec<_> = self.carriers.iter().map(|code| self.carried(*code)).collect();
        match (carriers.as_slice(), self.nearest) {
            ([], None) => "neither a known result code nor a 32-bit number".to_owned(),
            ([], Some(name)) => {
                format!("neither a known result code nor a 32-bit number; did you mean {name}?")
            }
            (carriers, _) => format!("no HRESULT; {}", carriers.join(", ")),
        }
    }

    /// What a code carries, and its number and name.
    fn carried(&self, code: HResult) -> String {
        let kind = match (code.http_status(), code.win32()) {
            (Some(_), _) => "HTTP status",
            (None, Some(WINHTTP_MIN..=WINHTTP_MAX)) => "WinHTTP error",
            (None, _) => "Win32 error",
        };
        let name = code.name().map(|name| format!(", {name}")).unwrap_or_default();
        format!("the {kind} {} is {code:#010X}{name}", self.given)
    }
}

/// The Win32 errors of WinHTTP.
const WINHTTP_MIN: u16 = 12_000;
const WINHTTP_MAX: u16 = 12_999;

/// The codes that carry a small number.
fn carriers(text: &str) -> Vec<HResult> {
    let Ok(number) = text.parse::<u16>() else { return Vec::new() };
    let status = (100..=599).contains(&number).then(|| HResult::from_http_status(number));
    status.into_iter().chain([HResult::from_win32(number.into())]).collect()
}

impl FromStr for HResult {
    type Err = ParseHResultError;

    /// Reads a name or alias in any case of letters, a hexadecimal number such as `0x80190194`,
    /// or a decimal number: 0, 1, a negative one, or one above 65,535. Below that a decimal number is a
    /// status or an error of Windows, and refused with the codes that carry it.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        named(text).or_else(|| number(text)).ok_or_else(|| ParseHResultError {
            given: text.to_owned(),
            nearest: nearest(text, HResult::all().flat_map(|info| info.names())),
            carriers: carriers(text),
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
        None => {
            let unsigned = text.parse().ok().filter(|value| *value < 2 || *value >= DECIMAL_MIN);
            let negative = text.parse().ok().filter(|value| *value < 0).map(i32::cast_unsigned);
            unsigned.or(negative)
        }
    };
    value.map(HResult::new)
}
