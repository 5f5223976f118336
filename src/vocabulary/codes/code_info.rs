//! One row of the table of result codes.

use super::hresult::HResult;
use crate::vocabulary::enums::error_context::ErrorContext;
use crate::vocabulary::enums::failure_class::FailureClass;

/// The place where a client receives a result code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum CodeKind {
    /// Yielded by a call that succeeded.
    Success,
    /// Returned by a refused call only; it never creates an error object (ERR-02).
    Call,
    /// Carried by the error object of a job only (ERR-03).
    Job,
    /// Both: returned by a refused call, and carried by an error object.
    CallAndJob,
    /// Neither: it numbers a message text, an entry of the event log or something internal.
    Text,
}

impl CodeKind {
    /// Whether a refused call may return the code.
    #[must_use]
    pub const fn refuses_call(self) -> bool {
        matches!(self, Self::Call | Self::CallAndJob)
    }

    /// Whether the error object of a job may carry the code.
    #[must_use]
    pub const fn fails_job(self) -> bool {
        matches!(self, Self::Job | Self::CallAndJob)
    }
}

/// One row of the table of result codes.
///
/// ```
/// use bits_emulator::HResult;
/// use bits_emulator::codes::CodeKind;
///
/// let info = HResult::BG_E_EMPTY.info().unwrap();
/// assert_eq!((info.name, info.kind), ("BG_E_EMPTY", CodeKind::Call));
/// assert_eq!(info.meaning, "The job has no files, so it cannot be resumed.");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct CodeInfo {
    /// The code.
    pub code: HResult,
    /// Its name in the Windows headers; for the few codes that no header names, a name in their manner.
    pub name: &'static str,
    /// Further names of the same value.
    pub aliases: &'static [&'static str],
    /// Where a client receives it.
    pub kind: CodeKind,
    /// What it does to a job that fails with it; without meaning for a code that fails no job.
    pub class: FailureClass,
    /// The context with which a job usually reports it; none if it depends on the case, or if no
    /// job reports it.
    pub context: Option<ErrorContext>,
    /// Where the code is documented (a public page, RFC or header; or public recordings show it), and the
    /// rule that its class or use follows if no page states them; separated by a space.
    pub source: &'static str,
    /// What it means, in a sentence.
    pub meaning: &'static str,
}

impl CodeInfo {
    /// Whether the code has that name or alias, in any case of letters.
    pub(super) fn is_called(&self, name: &str) -> bool {
        self.names().any(|known| known.eq_ignore_ascii_case(name))
    }

    /// The name and the aliases.
    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.name).chain(self.aliases.iter().copied())
    }
}
