//! Transient and fatal failures.

/// The class of a failure: whether BITS retries it (T3). Exhaustive on purpose: there are these
/// two.
///
/// ```
/// use bits_emulator::codes::FailureClass;
///
/// assert_eq!(FailureClass::of_http_status(503), FailureClass::Transient);
/// assert_eq!(FailureClass::of_http_status(404), FailureClass::Fatal);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum FailureClass {
    /// The job goes to TRANSIENT_ERROR, and BITS tries again by itself (ERR-14).
    Transient,
    /// The job goes to ERROR and waits for the client (ERR-15).
    Fatal,
}

impl FailureClass {
    /// The class of an HTTP status that is not a success (ERR-28; for downloads ERR-30).
    #[must_use]
    pub const fn of_http_status(status: u16) -> Self {
        match status {
            300..=305 | 307 => Self::Fatal,
            408 | 409 => Self::Transient,
            400..=499 => Self::Fatal,
            501 | 505 => Self::Fatal,
            _ => Self::Transient,
        }
    }
}

impl std::fmt::Display for FailureClass {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Transient => "transient",
            Self::Fatal => "fatal",
        })
    }
}
