//! `Error`: a call that was refused or failed.

use std::fmt;

use crate::vocabulary::codes::hresult::HResult;
use crate::vocabulary::enums::job_type::JobType;
use crate::vocabulary::enums::method::Method;
use crate::vocabulary::enums::state::{JobState, StateSet};
use crate::vocabulary::job::file_info::FileIndex;
use crate::vocabulary::rule;
use crate::vocabulary::rules::rule_id::RuleId;

/// A call that was refused or failed. It never makes an error object (ERR-01, ERR-02); that is
/// [`JobError`](crate::JobError).
///
/// The text names the call, the state, the states in which the call is allowed, the code and
/// the rule. `Debug` prints the same text, so that a failed `unwrap` or `?` of a test says it.
///
/// ```
/// use bits_emulator::{Error, HResult, JobState, Method};
/// use bits_emulator::machine::StateSet;
/// use bits_emulator::rules::RuleId;
///
/// let error = Error::InvalidState {
///     method: Method::Suspend,
///     state: JobState::Cancelled,
///     allowed: StateSet::of(&[JobState::Suspended, JobState::Queued]),
///     rule: RuleId::new("LIFE-15"),
/// };
/// assert_eq!(error.code(), HResult::BG_E_INVALID_STATE);
/// assert_eq!(
///     error.to_string(),
///     "Suspend is not allowed in CANCELLED, only in QUEUED or SUSPENDED: \
///      BG_E_INVALID_STATE (0x80200002), LIFE-15"
/// );
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// `BG_E_INVALID_STATE`: the state does not allow the call.
    #[error(
        "{method} is not allowed in {state}, {}: {}, {rule}",
        only_in(*.allowed), HResult::BG_E_INVALID_STATE
    )]
    InvalidState {
        /// The call.
        method: Method,
        /// The state of the job.
        state: JobState,
        /// The states in which the call would be accepted.
        allowed: StateSet,
        /// The rule that refuses it.
        rule: RuleId,
    },

    /// `BG_E_EMPTY`: `Resume` of a job that has nothing to transfer (LIFE-08).
    #[error(
        "Resume in {state}, but the job has no file to transfer; add one first: {}, {rule}",
        HResult::BG_E_EMPTY
    )]
    Empty {
        /// The state of the job.
        state: JobState,
        /// The rule that refuses it.
        rule: RuleId,
    },

    /// `BG_E_READ_ONLY_WHEN_JOB_ACTIVE`: the call needs a paused job (PROP-26).
    #[error(
        "{method} is not allowed in {state}, {}; suspend the job first: {}, {rule}",
        only_in(*.allowed), HResult::BG_E_READ_ONLY_WHEN_JOB_ACTIVE
    )]
    ReadOnlyWhenActive {
        /// The call.
        method: Method,
        /// The state of the job.
        state: JobState,
        /// The states in which the call would be accepted.
        allowed: StateSet,
        /// The rule that refuses it.
        rule: RuleId,
    },

    /// `BG_E_ERROR_INFORMATION_UNAVAILABLE`: there is no error object (ERR-04, T2).
    #[error(
        "GetError in {state}, but {}: {}, {}", no_error_object(*.client_exited),
        HResult::BG_E_ERROR_INFORMATION_UNAVAILABLE, self.rule()
    )]
    ErrorInformationUnavailable {
        /// The state of the job.
        state: JobState,
        /// There was an object, and the client exited since (ERR-07).
        client_exited: bool,
    },

    /// `BG_E_FILE_NOT_AVAILABLE`: the error concerns no file (ERR-11).
    #[error(
        "GetFile, but an error in context {context} concerns no file: {}, ERR-11",
        HResult::BG_E_FILE_NOT_AVAILABLE
    )]
    FileNotAvailable {
        /// The context of the error.
        context: crate::vocabulary::ErrorContext,
    },

    /// `BG_E_PROTOCOL_NOT_AVAILABLE`: the error is not tied to the transfer protocol (ERR-12).
    #[error(
        "GetProtocol, but an error in context {context} concerns no transfer protocol: {}, ERR-12",
        HResult::BG_E_PROTOCOL_NOT_AVAILABLE
    )]
    ProtocolNotAvailable {
        /// The context of the error.
        context: crate::vocabulary::ErrorContext,
    },

    /// `BG_E_TOO_MANY_FILES`: an upload holds exactly one file (FILES-07, FILES-08).
    #[error(
        "{method} adds too many files, a job of type {job_type} holds exactly one: {}, {rule}",
        HResult::BG_E_TOO_MANY_FILES
    )]
    TooManyFiles {
        /// The call.
        method: Method,
        /// The type of the job.
        job_type: JobType,
        /// The rule that refuses it.
        rule: RuleId,
    },

    /// `E_NOTIMPL`: the call does not exist for jobs of this type.
    #[error(
        "{method} is not available for a job of type {job_type}: {}, {rule}",
        HResult::E_NOTIMPL
    )]
    NotForJobType {
        /// The call.
        method: Method,
        /// The type of the job.
        job_type: JobType,
        /// The rule that refuses it.
        rule: RuleId,
    },

    /// A value that the method does not take, with the code that the rule gives it.
    #[error("{method}: {problem}: {code}, {rule}")]
    InvalidArgument {
        /// The call.
        method: Method,
        /// What is wrong with the value, and what would be right.
        problem: &'static str,
        /// The code of the rule, such as `E_INVALIDARG`.
        code: HResult,
        /// The rule that refuses it.
        rule: RuleId,
    },

    /// A text that is longer than the method takes, with the code that the rule gives it. Lengths
    /// count UTF-16 units (PROP-05).
    #[error(
        "{method}: the {what} has {length} characters, at most {limit} are allowed: {code}, {rule}"
    )]
    TooLong {
        /// The call.
        method: Method,
        /// Which text.
        what: &'static str,
        /// Its length.
        length: usize,
        /// The longest that is accepted.
        limit: usize,
        /// The code of the rule, such as `BG_E_STRING_TOO_LONG`.
        code: HResult,
        /// The rule that refuses it.
        rule: RuleId,
    },

    /// A call that does not fit the job as it is, whatever its values, with the code that the rule
    /// gives it.
    #[error("{method}: {reason}: {code}, {rule}")]
    Refused {
        /// The call.
        method: Method,
        /// Why, and what would be accepted.
        reason: &'static str,
        /// The code of the rule, such as `BG_E_READ_ONLY_PROPERTY_AFTER_RESUME`.
        code: HResult,
        /// The rule that refuses it.
        rule: RuleId,
    },

    /// `E_ACCESSDENIED`: the caller may not do that to this job (SEC), or the disk does not let the
    /// caller write there (FILES-06).
    #[error("{method}: {reason}: {}, {rule}", HResult::E_ACCESSDENIED)]
    AccessDenied {
        /// The call.
        method: Method,
        /// Why, and who may.
        reason: &'static str,
        /// The rule that refuses it.
        rule: RuleId,
    },

    /// `RPC_E_DISCONNECTED`: the process behind the handle has ended (NOTIFY-18).
    #[error(
        "{method} from a process that has ended; connect again and find the job by its id: {}, NOTIFY-18",
        HResult::RPC_E_DISCONNECTED
    )]
    Disconnected {
        /// The call.
        method: Method,
    },

    /// The service is stopped, or the interface is one from before it ended (LIFE-31, LIFE-32).
    #[error(
        "{method}, but {}: {code}, {}", unavailable(*.is_running),
        if *.is_running { "LIFE-32" } else { "LIFE-31" }
    )]
    ServiceUnavailable {
        /// The call.
        method: Method,
        /// Whether the service runs again, so that a client that connects anew reaches it.
        is_running: bool,
        /// The code, which is the test's choice.
        code: HResult,
    },

    /// The test injected a failure with a code of its choice. It makes no error object (ERR-01).
    #[error("{method} fails because the test injected the code: {code}, ERR-01")]
    Injected {
        /// The call.
        method: Method,
        /// The code.
        code: HResult,
    },

    /// `BG_E_TOO_LARGE`: the reply is larger than 1 MB (UPLOAD-12).
    #[error(
        "GetReplyData, but the reply has {bytes} bytes, more than 1 MB; read the reply file \
         after Complete: {}, UPLOAD-12",
        HResult::BG_E_TOO_LARGE
    )]
    ReplyTooLarge {
        /// The size of the reply.
        bytes: u64,
    },

    /// A temporary file could not be renamed: the code of the disk. The job stays in the queue,
    /// and `Complete` may be repeated (DONE-07).
    #[error(
        "Complete in {state} could not rename the temporary file of {}; the job stays in \
         the queue, remove the cause and repeat: {code}, DONE-07", renamed(.file)
    )]
    RenameFailed {
        /// The state of the job, which the call left as it was.
        state: JobState,
        /// The file whose rename failed; none for the reply of an upload-reply.
        file: Option<FileIndex>,
        /// The code of the disk.
        code: HResult,
    },
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Error {
    pub(crate) const fn invalid(
        method: Method,
        problem: &'static str,
        code: HResult,
        rule: RuleId,
    ) -> Self {
        Self::InvalidArgument { method, problem, code, rule }
    }

    pub(crate) const fn refused(
        method: Method,
        reason: &'static str,
        code: HResult,
        rule: RuleId,
    ) -> Self {
        Self::Refused { method, reason, code, rule }
    }

    pub(crate) const fn denied(method: Method, reason: &'static str, rule: RuleId) -> Self {
        Self::AccessDenied { method, reason, rule }
    }
}

fn only_in(allowed: StateSet) -> String {
    if allowed == StateSet::of(&[]) {
        "and no state that it can reach allows it".to_owned()
    } else {
        format!("only in {allowed}")
    }
}

const fn no_error_object(client_exited: bool) -> &'static str {
    if client_exited {
        "the client exited since the job failed; the next failure makes a new error object"
    } else {
        "no error occurred since the job was last TRANSFERRING; an error object exists after entry \
         into ERROR or TRANSIENT_ERROR"
    }
}

const fn unavailable(is_running: bool) -> &'static str {
    if is_running {
        "the service ended since the client got this interface; connect anew and find the job by its id"
    } else {
        "the service is stopped"
    }
}

fn renamed(file: &Option<FileIndex>) -> String {
    file.map_or_else(|| "the reply".to_owned(), |file| file.to_string())
}

impl Error {
    /// The HRESULT that the call returned.
    #[must_use]
    pub const fn code(&self) -> HResult {
        self.code_and_rule().0
    }

    /// The rule by which the call was refused or failed.
    #[must_use]
    pub const fn rule(&self) -> RuleId {
        self.code_and_rule().1
    }

    const fn code_and_rule(&self) -> (HResult, RuleId) {
        match *self {
            Self::InvalidState { rule, .. } => (HResult::BG_E_INVALID_STATE, rule),
            Self::Empty { rule, .. } => (HResult::BG_E_EMPTY, rule),
            Self::ReadOnlyWhenActive { rule, .. } => {
                (HResult::BG_E_READ_ONLY_WHEN_JOB_ACTIVE, rule)
            }
            Self::ErrorInformationUnavailable { client_exited, .. } => (
                HResult::BG_E_ERROR_INFORMATION_UNAVAILABLE,
                if client_exited { rule!("ERR-07") } else { rule!("ERR-04") },
            ),
            Self::FileNotAvailable { .. } => (HResult::BG_E_FILE_NOT_AVAILABLE, rule!("ERR-11")),
            Self::ProtocolNotAvailable { .. } => {
                (HResult::BG_E_PROTOCOL_NOT_AVAILABLE, rule!("ERR-12"))
            }
            Self::TooManyFiles { rule, .. } => (HResult::BG_E_TOO_MANY_FILES, rule),
            Self::NotForJobType { rule, .. } => (HResult::E_NOTIMPL, rule),
            Self::AccessDenied { rule, .. } => (HResult::E_ACCESSDENIED, rule),
            Self::InvalidArgument { code, rule, .. }
            | Self::TooLong { code, rule, .. }
            | Self::Refused { code, rule, .. } => (code, rule),
            Self::Disconnected { .. } => (HResult::RPC_E_DISCONNECTED, rule!("NOTIFY-18")),
            Self::ServiceUnavailable { code, is_running, .. } => {
                (code, if is_running { rule!("LIFE-32") } else { rule!("LIFE-31") })
            }
            Self::Injected { code, .. } => (code, rule!("ERR-01")),
            Self::ReplyTooLarge { .. } => (HResult::BG_E_TOO_LARGE, rule!("UPLOAD-12")),
            Self::RenameFailed { code, .. } => (code, rule!("DONE-07")),
        }
    }
}
