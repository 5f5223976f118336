//! The requests that reached a server.

use std::sync::Arc;

use chrono::{DateTime, Utc};

/// A request that reached a server, failed ones too: for each attempt at a file HEAD, if that is sent
/// (HTTP-18), and then the request for its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Request {
    /// When the server answered.
    pub at: DateTime<Utc>,
    /// `HEAD`, `GET`, `BITS_POST`, or the job's own method.
    pub method: Arc<str>,
    /// The URL, or the path on a share.
    pub url: Arc<str>,
    /// The byte at which the attempt goes on (NET-20); 0 of HEAD.
    pub from: u64,
    /// The custom headers of the job (PROP-24).
    pub headers: Option<Arc<str>>,
}

impl Request {
    /// Returns the value of one of the custom headers, by its name in any case of letters (HTTP-06); the
    /// first, if there are several.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.headers.as_deref()?.lines();
        let mut headers = lines.filter_map(|line| line.split_once(':'));
        let found = headers.find(|(known, _)| known.trim().eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.trim())
    }
}
