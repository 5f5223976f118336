//! The protocol by which a file is transferred.

use crate::vocabulary::text::displayed_by_name;

/// The transfer protocol of a remote name (ERR-12). HTTPS counts as HTTP: an interpretation, the
/// page does not repeat the scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Protocol {
    /// HTTP and HTTPS.
    #[default]
    Http,
    /// SMB: a UNC path, a drive path or a `file:` URL.
    File,
}

impl Protocol {
    /// Both.
    pub const ALL: &'static [Self] = &[Self::Http, Self::File];

    /// The protocol of a remote name.
    ///
    /// ```
    /// use bits_emulator::server::Protocol;
    ///
    /// assert_eq!(Protocol::of("HTTPS://example.com/a").name(), "http");
    /// assert_eq!(Protocol::of(r"\\server\share\a").name(), "file");
    /// ```
    #[must_use]
    pub fn of(remote_name: &str) -> Self {
        let starts = |scheme: &str| {
            remote_name.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
        };
        if starts("http:") || starts("https:") { Self::Http } else { Self::File }
    }

    /// The text that `IBackgroundCopyError::GetProtocol` returns.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::File => "file",
        }
    }
}

displayed_by_name!(Protocol);
