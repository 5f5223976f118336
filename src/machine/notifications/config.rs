//! The ways in which a client can be told, as far as they are set: a COM class and a command line.

use std::sync::Arc;

use uuid::Uuid;

use crate::vocabulary::Sid;
#[cfg(feature = "serde")]
use crate::vocabulary::text::serial::is_default;

#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub(crate) struct NotifyConfig {
    /// The class that stands in for a callback, and who named it (NOTIFY-23).
    #[cfg_attr(
        feature = "serde",
        serde(
            default,
            skip_serializing_if = "is_default",
            with = "crate::vocabulary::text::serial::class"
        )
    )]
    pub(crate) class: Option<(Uuid, Sid)>,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "is_default"))]
    pub(crate) command_line: Option<CommandLine>,
}

/// The program to start (NOTIFY-24). Its parameters repeat the program first; what happens if they
/// do not is the program's affair.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub(crate) struct CommandLine {
    pub(crate) program: Arc<str>,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "is_default"))]
    pub(crate) parameters: Option<Arc<str>>,
    pub(crate) user: Sid,
}
