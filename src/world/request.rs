//! What reached a server.

use std::sync::Arc;

use chrono::{DateTime, Utc};

/// A request that reached a server: one for each attempt at a file, whatever became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Request {
    /// When the server answered.
    pub at: DateTime<Utc>,
    /// `GET`, `BITS_POST`, or the job's own method.
    pub method: Arc<str>,
    /// The URL, or the path on a share.
    pub url: Arc<str>,
    /// The byte at which the attempt goes on (NET-20).
    pub from: u64,
    /// The custom headers of the job (PROP-24).
    pub headers: Option<Arc<str>>,
}
