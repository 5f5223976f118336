//! The ways in which a client can be told, as far as they are set: a COM class and a command line.

use std::sync::Arc;

use uuid::Uuid;

use crate::vocabulary::Sid;
use crate::vocabulary::text::stored::stored;

stored! {
    #[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
    pub(crate) struct NotifyConfig {
        /// The class that stands in for a callback, and who named it (NOTIFY-23).
        #[cfg_attr(feature = "serde", serde(with = "crate::vocabulary::text::serial::class"))]
        pub(crate) class: Option<(Uuid, Sid)> = default,
        pub(crate) command_line: Option<CommandLine> = default,
    }
}

stored! {
    /// The program to start (NOTIFY-24). Its parameters repeat the program first; what happens if they
    /// do not is the program's affair.
    #[derive(Debug, Clone, PartialEq, Eq, Hash)]
    pub(crate) struct CommandLine {
        pub(crate) program: Arc<str>,
        pub(crate) parameters: Option<Arc<str>> = default,
        pub(crate) user: Sid,
    }
}
