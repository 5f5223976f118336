//! What the table says of a code: its name, meaning, class and usual context.

use std::fmt;

use super::code_info::CodeInfo;
use super::hresult::HResult;
use super::table::TABLE;
use crate::vocabulary::enums::error_context::ErrorContext;
use crate::vocabulary::enums::failure_class::FailureClass;

impl HResult {
    /// The row of the table, if the code has a name.
    #[must_use]
    pub const fn info(self) -> Option<&'static CodeInfo> {
        let mut rows = TABLE;
        while let Some((below, [row, above @ ..])) = rows.split_at_checked(rows.len() / 2) {
            if self.value() == row.code.value() {
                return Some(row);
            }
            rows = if self.value() < row.code.value() { below } else { above };
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

    /// What the code means, in a sentence. For one without a row it says no more than its number does: to
    /// which part of Windows it belongs.
    ///
    /// ```
    /// use bits_emulator::HResult;
    ///
    /// assert_eq!(HResult::BG_E_EMPTY.meaning(), "The job has no files, so it cannot be resumed.");
    /// assert_eq!(HResult::from_win32(12_999).meaning(), "The HTTP client of Windows failed; its code has no text here.");
    /// ```
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self.info() {
            Some(info) => info.meaning,
            None if self.is_refused_redirect() => {
                "The server redirected the request, and the job disallows redirects."
            }
            None => self.facility_meaning(),
        }
    }

    /// What the facility tells of a code without a row.
    const fn facility_meaning(self) -> &'static str {
        if self.is_success() {
            return "The call succeeded; its code has no text here.";
        }
        match (self.facility(), self.value() & 0xFFFF) {
            (0x19, 400..=499) => "The server refused the request with an HTTP status.",
            (0x19, 500..=599) => "The server failed to serve the request, with an HTTP status.",
            (0x19, 100..=999) => "The server answered with an unexpected HTTP status.",
            (0x20, _) => "BITS failed; its code has no text here.",
            (0x07, 12_000..=12_999) => {
                "The HTTP client of Windows failed; its code has no text here."
            }
            (0x07, 10_000..=11_999) => "The network of Windows failed; its code has no text here.",
            (0x07, _) => "A part of Windows failed; its code has no text here.",
            (0x01, _) => {
                "The call did not reach its object, or broke off; its code has no text here."
            }
            (0x04, _) => "An object failed; its code is its own and has no text here.",
            (0x08, _) => "COM failed; its code has no text here.",
            (0x09 | 0x0B, _) => {
                "A certificate or a check of security failed; its code has no text here."
            }
            (0x24, _) => "Windows Update failed; its code has no text here.",
            (0xD0, _) => "Delivery Optimization failed; its code has no text here.",
            _ => "The call or job failed; its code has no text here.",
        }
    }

    /// The class of the code: what it does to a job that fails with it (T3).
    ///
    /// Codes without a row: HTTP statuses follow [`FailureClass::of_http_status`]; all others are
    /// fatal, since nothing says that they go away without intervention (ERR-32, an
    /// interpretation).
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
