//! The result codes of calls and of failed jobs.

mod code_info;
mod description;
#[cfg(test)]
pub(super) mod numbers_tests;
mod parse;
mod table;
#[cfg(test)]
mod tests;

use std::fmt;

use super::{ErrorContext, FailureClass};

pub use code_info::{CodeInfo, CodeKind};
pub(super) use description::check_language;
pub use parse::ParseHResultError;

use table::TABLE;

/// The bit that tells a failure from a success.
const FAILURE: u32 = 1 << 31;
/// The facility under which Win32 codes are wrapped.
const FACILITY_WIN32: u16 = 0x07;
/// The facility of HTTP statuses.
const FACILITY_HTTP: u16 = 0x19;

/// A result code: what a call returns, or why a job failed.
///
/// BITS has codes of its own (`BG_E_…`), carries HTTP statuses as `0x80190000` + status (HTTP-07)
/// and passes on COM and Win32 codes (ERR-33). Every code with a name is a constant of this type;
/// other numbers are allowed too.
///
/// ```
/// use bits_emulator::HResult;
/// use bits_emulator::codes::FailureClass;
///
/// let code = HResult::from_http_status(404);
/// assert_eq!(code, HResult::BG_E_HTTP_ERROR_404);
/// assert_eq!(code.to_string(), "BG_E_HTTP_ERROR_404 (0x80190194)");
/// assert_eq!(code.failure_class(), FailureClass::Fatal);
///
/// // As a name, in hexadecimal, and as PowerShell prints it.
/// assert_eq!("bg_e_http_error_404".parse(), Ok(code));
/// assert_eq!("0x80190194".parse(), Ok(code));
/// assert_eq!("-2145844844".parse(), Ok(code));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HResult(u32);

impl HResult {
    /// The code with that number.
    #[must_use]
    pub const fn new(value: u32) -> Self {
        Self(value)
    }

    /// The number of the code.
    #[must_use]
    pub const fn value(self) -> u32 {
        self.0
    }

    /// Whether the code means success: its top bit is clear.
    #[must_use]
    pub const fn is_success(self) -> bool {
        self.0 & FAILURE == 0
    }

    /// Whether the code means failure: its top bit is set.
    #[must_use]
    pub const fn is_failure(self) -> bool {
        !self.is_success()
    }

    /// The part of Windows the code belongs to: 0x20 is BITS, 0x19 HTTP, 7 Win32.
    #[must_use]
    pub const fn facility(self) -> u16 {
        ((self.0 >> 16) & 0x1FFF) as u16
    }

    /// The code that wraps a Win32 code, as `HRESULT_FROM_WIN32` forms it (ERR-33).
    ///
    /// 0 stays 0, and so does a number that is a failing `HRESULT` already. Of any other number
    /// the low 16 bits count.
    ///
    /// ```
    /// use bits_emulator::HResult;
    ///
    /// assert_eq!(HResult::from_win32(32), HResult::ERROR_SHARING_VIOLATION);
    /// assert_eq!(HResult::ERROR_SHARING_VIOLATION.win32(), Some(32));
    /// assert_eq!(HResult::from_win32(0), HResult::S_OK);
    /// ```
    #[must_use]
    pub const fn from_win32(code: u32) -> Self {
        if code == 0 || code & FAILURE != 0 {
            Self(code)
        } else {
            Self::failure(FACILITY_WIN32, (code & 0xFFFF) as u16)
        }
    }

    /// The Win32 code that this code wraps.
    #[must_use]
    pub const fn win32(self) -> Option<u16> {
        self.code_under(FACILITY_WIN32)
    }

    /// The code that carries an HTTP status (HTTP-07, ERR-30).
    ///
    /// No status has more than three digits. A number above 999 counts as 999, because the
    /// numbers from 0x4000 on are entries of the event log under the same facility.
    #[must_use]
    pub const fn from_http_status(status: u16) -> Self {
        Self::failure(FACILITY_HTTP, if status > 999 { 999 } else { status })
    }

    /// The HTTP status that this code carries, from 100 to 999.
    #[must_use]
    pub const fn http_status(self) -> Option<u16> {
        match self.code_under(FACILITY_HTTP) {
            Some(status @ 100..=999) => Some(status),
            _ => None,
        }
    }

    /// What the table says about the code, if it has a name.
    #[must_use]
    pub const fn info(self) -> Option<&'static CodeInfo> {
        let mut rows = TABLE;
        while let Some((below, [row, above @ ..])) = rows.split_at_checked(rows.len() / 2) {
            if self.0 == row.code.0 {
                return Some(row);
            }
            rows = if self.0 < row.code.0 { below } else { above };
        }
        None
    }

    /// The name in the Windows headers, if the code has one.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        match self.info() {
            Some(info) => Some(info.name),
            None => None,
        }
    }

    /// What the code means, in a sentence, if that is known.
    #[must_use]
    pub const fn meaning(self) -> Option<&'static str> {
        match self.info() {
            Some(info) => Some(info.meaning),
            None if self.is_refused_redirect() => {
                Some("The server redirected the request, and the job disallows redirects.")
            }
            None => None,
        }
    }

    /// What a job does that meets the code (T3).
    ///
    /// Codes without a row: HTTP statuses follow [`FailureClass::of_http_status`]; all others are
    /// fatal, since nothing says that they go away without intervention (ERR-32, our reading).
    ///
    /// ```
    /// use bits_emulator::HResult;
    /// use bits_emulator::codes::FailureClass;
    ///
    /// assert_eq!(HResult::BG_E_NETWORK_DISCONNECTED.failure_class(), FailureClass::Transient);
    /// assert_eq!(HResult::from_http_status(418).failure_class(), FailureClass::Fatal);
    /// assert_eq!(HResult::new(0x8004_1234).failure_class(), FailureClass::Fatal);
    /// ```
    #[must_use]
    pub const fn failure_class(self) -> FailureClass {
        match (self.info(), self.http_status()) {
            (Some(info), _) => info.class,
            (None, Some(status)) => FailureClass::of_http_status(status),
            (None, None) => FailureClass::Fatal,
        }
    }

    /// The context with which a job usually reports the code (T3).
    ///
    /// Any HTTP status concerns the remote file. A server application behind an upload reports
    /// the same codes as [`ErrorContext::RemoteApplication`] (ERR-18).
    #[must_use]
    pub const fn usual_context(self) -> Option<ErrorContext> {
        match self.info() {
            Some(info) => info.context,
            None if self.http_status().is_some() || self.is_refused_redirect() => {
                Some(ErrorContext::RemoteFile)
            }
            None => None,
        }
    }

    /// Every code with a name, sorted by number.
    pub fn all() -> impl Iterator<Item = &'static CodeInfo> {
        TABLE.iter()
    }

    /// The failure with that number under a facility.
    const fn failure(facility: u16, code: u16) -> Self {
        Self(FAILURE | (facility as u32) << 16 | code as u32)
    }

    /// The number of the failure, if it belongs to the facility.
    const fn code_under(self, facility: u16) -> Option<u16> {
        let code = (self.0 & 0xFFFF) as u16;
        if self.0 == Self::failure(facility, code).0 { Some(code) } else { None }
    }

    /// Whether the code is that of a redirect the job disallows: the status, wrapped like a
    /// Win32 code (HTTP-13).
    const fn is_refused_redirect(self) -> bool {
        matches!(self.win32(), Some(300..=303 | 307))
    }
}

impl fmt::Display for HResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "{name} ({self:#010X})"),
            None => write!(f, "{self:#010X}"),
        }
    }
}

impl fmt::Debug for HResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::LowerHex for HResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::LowerHex::fmt(&self.0, f)
    }
}

impl fmt::UpperHex for HResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::UpperHex::fmt(&self.0, f)
    }
}
