//! A resource of a server: its content, speed, faults and access.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::acl::Acl;
use super::content::Content;
use super::fault::Fault;
use super::fault_script::FaultScript;
use super::head::HeadAnswer;
use crate::vocabulary::{RemoteName, Sid};
use crate::world::setters::setters;
use crate::world::time::span;
use crate::world::upload::endpoint::UploadEndpoint;

/// A resource of a server: a file, or a place to which files are uploaded.
///
/// ```
/// use bits_emulator::Fault;
/// use bits_emulator::server::{Content, ServerState};
///
/// let mut server = ServerState::default();
/// server.resource("/app.exe").content(Content::sized(10 << 20)).fails(Fault::http(503).times(2));
/// server.resource("/old.exe").redirect(302, "https://example.com/app.exe");
/// server.resource("/in/report.txt").uploads().reply("thank you");
/// ```
#[derive(Debug, Clone, Default)]
pub struct ResourceState {
    pub(crate) content: Option<Content>,
    pub(crate) modified: Option<DateTime<Utc>>,
    /// How often the content changed: stands in for a time stamp.
    pub(crate) revision: u64,
    pub(crate) latency: Option<TimeDelta>,
    pub(crate) rate: Option<u64>,
    pub(crate) redirect: Option<(u16, RemoteName)>,
    pub(crate) lacks_ranges: bool,
    pub(crate) lacks_lengths: bool,
    pub(crate) head: Option<HeadAnswer>,
    pub(crate) script: FaultScript,
    pub(crate) headers: Vec<(Arc<str>, Arc<str>)>,
    pub(crate) uploads: Option<UploadEndpoint>,
    pub(crate) owner: Option<Sid>,
    pub(crate) acl: Option<Acl>,
    pub(crate) denies_anonymous: bool,
    /// A file of the computer's own disk, mirrored from there.
    pub(crate) is_local: bool,
}

impl ResourceState {
    /// Sets the content: a text, bytes, or only a [size](Content::sized). A transfer under way notices
    /// that the file changed (HTTP-08).
    pub fn content(&mut self, content: impl Into<Content>) -> &mut Self {
        self.content = Some(content.into());
        self.revision = self.revision.wrapping_add(1);
        self
    }

    setters! {
        /// Sets the time stamp (FILES-30, HTTP-08). Without one the answers have none, and the resource still
        /// counts as another file after each change.
        modified(at: DateTime<Utc>) |resource| resource.modified = Some(at);

        /// Sets how long answers take, if not as long as those of the server.
        latency(latency: Duration) |resource| resource.latency = Some(span(latency));

        /// Sets how many bytes a second flow, if not as many as those of the server.
        rate(bytes_per_second: u64) |resource| resource.rate = Some(bytes_per_second);

        /// Redirects all requests: the answer is that status with that URL (HTTP-12). An upload cannot
        /// follow, and fails with the status.
        redirect(status: u16, to: &str) |resource| resource.redirect = Some((status, to.into()));

        /// Removes the support of ranges (HTTP-03).
        without_ranges() |resource| resource.lacks_ranges = true;

        /// Leaves the size out of answers (HTTP-02).
        without_lengths() |resource| resource.lacks_lengths = true;

        /// Sets how HEAD is answered, if not as the server does (HTTP-18).
        head(answer: HeadAnswer) |resource| resource.head = Some(answer);

        /// Adds a fault for the next attempts, uploads and downloads alike.
        fails(fault: impl Into<Fault>) |resource| resource.script.add(fault);

        /// Removes the faults that were not met yet.
        clear_faults() |resource| resource.script.clear();

        /// Adds a header to the answers, or replaces the server's own of that name, in any case of letters
        /// (PROGRESS-17, HTTP-06).
        header(name: &str, value: &str)
            |resource| resource.headers.push((name.into(), value.into()));

        /// Sets whether users whom the server does not know have access, as they have by default (HTTP-15).
        allow_anonymous(allowed: bool) |resource| resource.denies_anonymous = !allowed;
    }

    /// Returns the upload endpoint of the resource. From the first call on it takes uploads (UPLOAD-28).
    pub fn uploads(&mut self) -> &mut UploadEndpoint {
        self.uploads.get_or_insert_default()
    }

    setters! {
        /// Sets who may read and write, in place of the list of the server. It counts on file servers,
        /// and on others that ask [who is logged on](crate::server::AuthChallenge::logged_on_user)
        /// (SEC-01). A job may keep this list for its local file (FILES-32).
        acl(acl: Acl) |resource| resource.acl = Some(acl);

        /// Sets the owner on a file server: a job may keep that for its local file (FILES-32).
        owner(owner: Sid) |resource| resource.owner = Some(owner);
    }

    /// Returns the content, after uploads too.
    #[must_use]
    pub const fn stored(&self) -> Option<&Content> {
        self.content.as_ref()
    }

    /// Returns the time stamp; none is carried over HTTP (FILES-30).
    #[must_use]
    pub const fn last_modified(&self) -> Option<DateTime<Utc>> {
        self.modified
    }

    /// Returns the access control list that the resource has of its own, after uploads to a file server
    /// too (FILES-32).
    #[must_use]
    pub const fn own_acl(&self) -> Option<&Acl> {
        self.acl.as_ref()
    }

    /// Returns the owner, after uploads to a file server too (FILES-32).
    #[must_use]
    pub const fn owned_by(&self) -> Option<Sid> {
        self.owner
    }

    /// The version by which a client sees whether the file changed.
    pub(crate) fn version(&self, url: &RemoteName) -> Version {
        Version {
            url: url.clone(),
            size: self.content.as_ref().map_or(0, Content::size),
            modified: self.modified,
            revision: self.revision,
            is_local: self.is_local,
        }
    }
}

/// The version of a remote file: size and time stamp, by which changes are seen (HTTP-08).
#[derive(Debug, Clone)]
pub(crate) struct Version {
    pub(crate) url: RemoteName,
    pub(crate) size: u64,
    pub(crate) modified: Option<DateTime<Utc>>,
    pub(crate) revision: u64,
    /// The revision is that of a file of the computer's own disk.
    pub(crate) is_local: bool,
}

impl Version {
    /// Files without time stamps are compared by their changes at one place, and by size alone at
    /// two (FILES-26).
    pub(crate) fn differs(&self, other: &Self) -> bool {
        let stamps_differ = match (self.modified, other.modified) {
            (None, None) => self.url == other.url && self.revision != other.revision,
            (ours, theirs) => ours != theirs,
        };
        self.size != other.size || stamps_differ
    }
}
