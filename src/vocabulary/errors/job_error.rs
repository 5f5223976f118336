//! `JobError`: the error object of a job.

use std::fmt;

use crate::vocabulary::codes::hresult::HResult;
use crate::vocabulary::enums::error_context::ErrorContext;
use crate::vocabulary::errors::error::Error;
use crate::vocabulary::job::file_info::FileIndex;
use crate::vocabulary::job::protocol::Protocol;

/// The error object, which `GetError` returns while it exists: why the job is, or last was, in
/// ERROR or TRANSIENT_ERROR (ERR-03, ERR-10). Its context is never NONE and its code always a
/// failure (ERR-17, INV-12).
///
/// It is a copy: it stays as it was read, whatever becomes of the job. `Display` and `Debug` print code,
/// context and file, what the code means and what can be done about it.
///
/// ```
/// use bits_emulator::{Emulator, JobType};
///
/// let emulator = Emulator::new();
/// emulator.server("https://example.com").file("/app.exe", 10 << 20).fails(404);
/// let job = emulator.connect("alice").create_job("update", JobType::Download)?;
/// job.add_file("https://example.com/app.exe", r"C:\app\app.exe")?;
/// job.resume()?;
/// assert!(emulator.run_until_idle().is_at_rest());
///
/// let text = job.error()?.to_string();
/// assert!(text.starts_with("BG_E_HTTP_ERROR_404 (0x80190194) in REMOTE_FILE of file 1: "));
/// # Ok::<(), bits_emulator::Error>(())
/// ```
#[doc(alias = "IBackgroundCopyError")]
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Parts"))]
pub struct JobError {
    code: HResult,
    context: ErrorContext,
    file: Option<FileIndex>,
    protocol: Option<Protocol>,
}

/// An error object as it is written down.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct Parts {
    code: HResult,
    context: ErrorContext,
    file: Option<FileIndex>,
    protocol: Option<Protocol>,
}

#[cfg(feature = "serde")]
impl TryFrom<Parts> for JobError {
    type Error = String;

    fn try_from(parts: Parts) -> Result<Self, String> {
        let Parts { code, context, file, protocol } = parts;
        // ERR-17, INV-12
        if code.is_success() || context == ErrorContext::None {
            return Err(format!(
                "an error object holds a failure and its context, not {code} in {context}"
            ));
        }
        // ERR-11, ERR-12
        let fits = (file.is_none() || context.concerns_file())
            && (protocol.is_none() || context.concerns_protocol());
        fits.then_some(Self { code, context, file, protocol })
            .ok_or_else(|| format!("an error in context {context} has no such file or protocol"))
    }
}

impl JobError {
    /// The error at one file of a job. The file and its protocol are kept only if the context
    /// concerns them (ERR-11, ERR-12).
    pub(crate) fn new(
        code: HResult,
        context: ErrorContext,
        file: Option<(FileIndex, Protocol)>,
    ) -> Self {
        Self {
            code,
            context,
            file: file.filter(|_| context.concerns_file()).map(|(file, _)| file),
            protocol: file.filter(|_| context.concerns_protocol()).map(|(_, protocol)| protocol),
        }
    }

    /// The same error under another code.
    pub(crate) const fn with_code(self, code: HResult) -> Self {
        Self { code, ..self }
    }

    /// The code (`IBackgroundCopyError::GetError`).
    #[doc(alias = "GetError")]
    #[must_use]
    pub const fn code(&self) -> HResult {
        self.code
    }

    /// The context (`IBackgroundCopyError::GetError`).
    #[doc(alias = "GetError")]
    #[must_use]
    pub const fn context(&self) -> ErrorContext {
        self.context
    }

    /// The text for the code (`IBackgroundCopyError::GetErrorDescription`, ERR-10), by
    /// [`HResult::description`].
    ///
    /// # Errors
    ///
    /// `E_INVALIDARG` for language 0, `ERROR_RESOURCE_LANG_NOT_FOUND` for one without text
    /// (ERR-13).
    #[doc(alias = "GetErrorDescription")]
    pub fn description(&self, language: u16) -> Result<&'static str, Error> {
        self.code.description(language)
    }

    /// The text for the context (`IBackgroundCopyError::GetErrorContextDescription`, ERR-10), by
    /// [`ErrorContext::description`].
    ///
    /// # Errors
    ///
    /// `E_INVALIDARG` for language 0, `ERROR_RESOURCE_LANG_NOT_FOUND` for one without text
    /// (ERR-13).
    #[doc(alias = "GetErrorContextDescription")]
    pub fn context_description(&self, language: u16) -> Result<&'static str, Error> {
        self.context.description(language)
    }

    /// The file that was being processed (`IBackgroundCopyError::GetFile`).
    ///
    /// # Errors
    ///
    /// `BG_E_FILE_NOT_AVAILABLE` if the error concerns no file (ERR-11).
    #[doc(alias = "GetFile")]
    pub fn file(&self) -> Result<FileIndex, Error> {
        self.file.ok_or(Error::FileNotAvailable { context: self.context })
    }

    /// The transfer protocol, "http" or "file" (`IBackgroundCopyError::GetProtocol`, ERR-12).
    ///
    /// # Errors
    ///
    /// `BG_E_PROTOCOL_NOT_AVAILABLE` if the error is not tied to the protocol (ERR-12).
    #[doc(alias = "GetProtocol")]
    pub fn protocol(&self) -> Result<Protocol, Error> {
        self.protocol.ok_or(Error::ProtocolNotAvailable { context: self.context })
    }
}

impl fmt::Display for JobError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {}", self.code, self.context)?;
        if let Some(file) = self.file {
            write!(f, " of {file}")?;
        }
        write!(f, ": {} {}", self.code.meaning(), self.code.advice())
    }
}

impl fmt::Debug for JobError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for JobError {}
