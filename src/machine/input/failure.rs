//! What made an attempt fail, and how bad that is.

use crate::vocabulary::{ErrorContext, FailureClass, HResult};

/// Why an attempt failed: a code, its class and where it arose (T3).
///
/// ```
/// use bits_emulator::{ErrorContext, HResult};
/// use bits_emulator::codes::FailureClass;
/// use bits_emulator::machine::Failure;
///
/// let gone = Failure::http(404);
/// assert_eq!(gone.code(), HResult::BG_E_HTTP_ERROR_404);
/// assert_eq!(gone.class(), FailureClass::Fatal);
///
/// let busy = Failure::http(503).in_context(ErrorContext::RemoteApplication);
/// assert_eq!(busy.class(), FailureClass::Transient);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Parts"))]
pub struct Failure {
    code: HResult,
    class: FailureClass,
    context: Option<ErrorContext>,
}

/// A success code cannot be the code of a failure (INV-12).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "{code} is a success code; a job fails with a code whose top bit is set, such as {}",
    HResult::BG_E_HTTP_ERROR_404
)]
pub struct NotAFailure {
    /// The success code.
    pub code: HResult,
}

/// A failure as it is written down; without a class it has that of its code.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct Parts {
    code: HResult,
    class: Option<FailureClass>,
    context: Option<ErrorContext>,
}

#[cfg(feature = "serde")]
impl TryFrom<Parts> for Failure {
    type Error = NotAFailure;

    fn try_from(parts: Parts) -> Result<Self, NotAFailure> {
        let failure = Self::new(parts.code)?;
        let failure = Self { class: parts.class.unwrap_or(failure.class), ..failure };
        Ok(parts.context.map_or(failure, |context| failure.in_context(context)))
    }
}

impl Failure {
    /// The failure with that code, classified by T3, and by ERR-32 where T3 is silent.
    ///
    /// # Errors
    ///
    /// [`NotAFailure`] if it is a success code.
    pub fn new(code: HResult) -> Result<Self, NotAFailure> {
        if code.is_success() {
            return Err(NotAFailure { code });
        }
        Ok(Self { code, class: code.failure_class(), context: None })
    }

    /// The server, or behind an upload the server application, answered with that HTTP status
    /// (HTTP-07, ERR-28, ERR-30).
    #[must_use]
    pub fn http(status: u16) -> Self {
        let code = HResult::from_http_status(status);
        Self { code, class: code.failure_class(), context: None }
    }

    /// The client's own check declined the server's certificate with that code, which is
    /// transient whatever the code (T3, PROP-27).
    ///
    /// # Errors
    ///
    /// [`NotAFailure`] if it is a success code.
    pub fn certificate_declined(code: HResult) -> Result<Self, NotAFailure> {
        Ok(Self::new(code)?.transient().in_context(ErrorContext::ServerCertificateCallback))
    }

    /// The server application behind an upload did not answer within 5 minutes (UPLOAD-15, T3).
    #[must_use]
    pub fn application_silent() -> Self {
        Self {
            code: HResult::ERROR_WINHTTP_TIMEOUT,
            class: FailureClass::Transient,
            context: Some(ErrorContext::RemoteApplication),
        }
    }

    /// The owner lacks the privilege to copy owner and ACL data from a share, which is transient
    /// although access denied is otherwise fatal (T3).
    #[must_use]
    pub fn acl_privilege_missing() -> Self {
        Self {
            code: HResult::E_ACCESSDENIED,
            class: FailureClass::Transient,
            context: Some(ErrorContext::LocalFile),
        }
    }

    /// The same failure elsewhere. NONE, which no error object has, becomes UNKNOWN (ERR-17).
    #[must_use]
    pub const fn in_context(self, context: ErrorContext) -> Self {
        let context = match context {
            ErrorContext::None => ErrorContext::Unknown,
            other => other,
        };
        Self { context: Some(context), ..self }
    }

    /// The same failure, retried by BITS whatever the tables say of its code.
    #[must_use]
    pub const fn transient(self) -> Self {
        Self { class: FailureClass::Transient, ..self }
    }

    /// The same failure, not retried by BITS whatever the tables say of its code.
    #[must_use]
    pub const fn fatal(self) -> Self {
        Self { class: FailureClass::Fatal, ..self }
    }

    /// The code.
    #[must_use]
    pub const fn code(&self) -> HResult {
        self.code
    }

    /// Whether BITS retries.
    #[must_use]
    pub const fn class(&self) -> FailureClass {
        self.class
    }

    /// The context that the failure names, if it names one.
    #[must_use]
    pub const fn context(&self) -> Option<ErrorContext> {
        self.context
    }
}
