//! `HRESULT`: the number of a result code, and what its bits say.

use std::fmt;

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
///
/// // As a number, unsigned as in the headers and signed as in most languages.
/// assert_eq!(u32::from(code), 0x8019_0194);
/// assert_eq!(HResult::from(-2_145_844_844), code);
/// ```
#[doc(alias = "HRESULT")]
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
    #[doc(alias = "HRESULT_FROM_WIN32")]
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
    pub(super) const fn is_refused_redirect(self) -> bool {
        matches!(self.win32(), Some(300..=303 | 307))
    }
}

impl From<u32> for HResult {
    fn from(value: u32) -> Self {
        Self(value)
    }
}

impl From<i32> for HResult {
    /// Takes the signed number, as which most languages know an `HRESULT`.
    fn from(value: i32) -> Self {
        Self(value.cast_unsigned())
    }
}

impl From<HResult> for u32 {
    fn from(code: HResult) -> Self {
        code.0
    }
}

impl From<HResult> for i32 {
    /// Returns the signed number: negative if the code is a failure.
    fn from(code: HResult) -> Self {
        code.0.cast_signed()
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
