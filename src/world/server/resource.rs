//! A resource of a server: what it holds, and what happens to those who ask for it.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::acl::Acl;
use super::content::Content;
use super::fault::{Fault, FaultScript};
use crate::vocabulary::{RemoteName, Sid};
use crate::world::upload::endpoint::UploadEndpoint;

/// A file on a server, or a place to which files are uploaded.
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
#[derive(Debug, Clone)]
pub struct ResourceState {
    pub(crate) content: Option<Content>,
    pub(crate) modified: Option<DateTime<Utc>>,
    /// How often the content changed: stands in for a time stamp.
    pub(crate) revision: u64,
    pub(crate) latency: Option<TimeDelta>,
    pub(crate) rate: Option<u64>,
    pub(crate) redirect: Option<(u16, RemoteName)>,
    pub(crate) ranges: bool,
    pub(crate) lengths: bool,
    pub(crate) script: FaultScript,
    pub(crate) headers: Vec<(Arc<str>, Arc<str>)>,
    pub(crate) uploads: Option<UploadEndpoint>,
    pub(crate) owner: Option<Sid>,
    pub(crate) acl: Option<Acl>,
    pub(crate) denies_anonymous: bool,
    /// It is a file of the computer's own disk, and not what a test set up.
    pub(crate) is_local: bool,
}

impl Default for ResourceState {
    fn default() -> Self {
        Self {
            content: None,
            modified: None,
            revision: 0,
            latency: None,
            rate: None,
            redirect: None,
            ranges: true,
            lengths: true,
            script: FaultScript::new(),
            headers: Vec::new(),
            uploads: None,
            is_local: false,
            owner: None,
            acl: None,
            denies_anonymous: false,
        }
    }
}

impl ResourceState {
    /// What it holds: a text, bytes, or only a [size](Content::sized). A transfer under way notices
    /// that the file changed (HTTP-08).
    pub fn content(&mut self, content: impl Into<Content>) -> &mut Self {
        self.content = Some(content.into());
        self.revision = self.revision.wrapping_add(1);
        self
    }

    /// Its time stamp (FILES-30, HTTP-08). Without one it has none to tell, and still counts as
    /// another file after each change.
    pub fn modified(&mut self, at: DateTime<Utc>) -> &mut Self {
        self.modified = Some(at);
        self
    }

    /// How long its answers take, if not as long as those of its server.
    pub fn latency(&mut self, latency: TimeDelta) -> &mut Self {
        self.latency = Some(latency.max(TimeDelta::zero()));
        self
    }

    /// How many bytes a second flow, if not as many as those of its server.
    pub fn rate(&mut self, bytes_per_second: u64) -> &mut Self {
        self.rate = Some(bytes_per_second);
        self
    }

    /// It stands somewhere else: the answer is that status with that URL (HTTP-12). An upload
    /// cannot follow, and fails with the status.
    pub fn redirect(&mut self, status: u16, to: &str) -> &mut Self {
        self.redirect = Some((status, to.into()));
        self
    }

    /// Its server does not support ranges of it (HTTP-03).
    pub fn without_ranges(&mut self) -> &mut Self {
        self.ranges = false;
        self
    }

    /// Its server does not say how large it is (HTTP-02).
    pub fn without_lengths(&mut self) -> &mut Self {
        self.lengths = false;
        self
    }

    /// Adds a fault for the next attempts, uploads and downloads alike.
    pub fn fails(&mut self, fault: impl Into<Fault>) -> &mut Self {
        self.script.add(fault);
        self
    }

    /// Removes the faults that were not met yet.
    pub fn clear_faults(&mut self) -> &mut Self {
        self.script.clear();
        self
    }

    /// Adds a header to its answers, or replaces what the server would say under that name, in whatever
    /// case it is (PROGRESS-17, HTTP-06).
    pub fn header(&mut self, name: &str, value: &str) -> &mut Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Its access rights leave out users whom the server does not know: it denies them access
    /// (HTTP-15).
    pub fn deny_anonymous(&mut self) -> &mut Self {
        self.denies_anonymous = true;
        self
    }

    /// Everybody may have it: the default.
    pub fn admit_anonymous(&mut self) -> &mut Self {
        self.denies_anonymous = false;
        self
    }

    /// From now on it takes uploads; how, is said with what this returns (UPLOAD-28).
    pub fn uploads(&mut self) -> &mut UploadEndpoint {
        self.uploads.get_or_insert_default()
    }

    /// Who may read and write it, if not who its server lets. Asked of file servers, and of others
    /// that ask [who is logged on](crate::server::AuthChallenge::logged_on_user) (SEC-01). A job may keep
    /// this list for its local file (FILES-32).
    pub fn acl(&mut self, acl: Acl) -> &mut Self {
        self.acl = Some(acl);
        self
    }

    /// Who owns it on a file server: a job may keep that for its local file (FILES-32).
    pub fn owner(&mut self, owner: Sid) -> &mut Self {
        self.owner = Some(owner);
        self
    }

    /// What it holds now, after uploads too.
    #[must_use]
    pub const fn stored(&self) -> Option<&Content> {
        self.content.as_ref()
    }

    /// Its time stamp now; none that was carried over HTTP (FILES-30).
    #[must_use]
    pub const fn last_modified(&self) -> Option<DateTime<Utc>> {
        self.modified
    }

    /// The access control list that it has of its own now, after uploads to a file server too
    /// (FILES-32).
    #[must_use]
    pub const fn own_acl(&self) -> Option<&Acl> {
        self.acl.as_ref()
    }

    /// Who owns it now, after uploads to a file server too (FILES-32).
    #[must_use]
    pub const fn owned_by(&self) -> Option<Sid> {
        self.owner
    }

    /// By what a client sees whether the file changed.
    pub(crate) fn version(&self, url: &RemoteName) -> Version {
        Version {
            url: url.clone(),
            size: self.content.as_ref().map_or(0, Content::size),
            modified: self.modified,
            revision: self.revision,
        }
    }
}

/// By what is seen whether a file changed: size and time stamp (HTTP-08).
#[derive(Debug, Clone)]
pub(crate) struct Version {
    pub(crate) url: RemoteName,
    pub(crate) size: u64,
    pub(crate) modified: Option<DateTime<Utc>>,
    pub(crate) revision: u64,
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
