//! The canonical state of transfers: what decides how they go on.

use std::hash::{Hash, Hasher};

use chrono::{DateTime, Utc};

use super::file_state::{FileState, Source};
use super::{Activity, Connection, HeadReply, PendingAck, PendingClose, PendingRequest, Transfer};
use crate::vocabulary::canonical::Canonical;
use crate::world::canonical::Revisions;

impl Transfer {
    /// Adds what decides the future from `now` on. What only logs tell is left out: when a packet was sent,
    /// which URLs redirected, and where an exchange is noted.
    pub(crate) fn hash_canonical<H: Hasher>(
        &self,
        now: DateTime<Utc>,
        revisions: &mut Revisions,
        hasher: &mut H,
    ) {
        let Self {
            wakeup,
            activity,
            priority,
            reports,
            files,
            writing,
            headed,
            session,
            closing,
            reply_name,
        } = self;
        // Which volume is waited for is seen from the activity.
        wakeup.as_ref().map(|wakeup| wakeup.at).hash(hasher);
        activity.hash_canonical(now, revisions, hasher);
        (priority, reports, writing, headed, session).hash(hasher);
        hasher.write_usize(files.len());
        for (item, state) in files {
            item.hash(hasher);
            state.hash_canonical(revisions, hasher);
        }
        closing.hash_canonical(hasher);
        reply_name.hash_canonical(hasher);
    }
}

impl Activity {
    fn hash_canonical<H: Hasher>(
        &self,
        now: DateTime<Utc>,
        revisions: &mut Revisions,
        hasher: &mut H,
    ) {
        std::mem::discriminant(self).hash(hasher);
        match self {
            Self::Idle => {}
            Self::Requesting(request) | Self::CheckingCertificate(request) => {
                request.hash_canonical(hasher);
            }
            Self::Flowing(flow) => flow.hash_canonical(now, revisions, hasher),
            Self::Scheduled { at, item, event, answer } => {
                (at, item, event).hash(hasher);
                answer.hash_canonical(hasher);
            }
            Self::Redirected { item, redirects } => {
                (item, redirects.count()).hash(hasher);
            }
            Self::VolumeLocked { volume, since } => {
                volume.hash_canonical(hasher);
                since.hash(hasher);
            }
            Self::Cancelling { sent: _, at } => at.hash(hasher),
        }
    }
}

impl Canonical for PendingRequest {
    fn hash_canonical<H: Hasher>(&self, hasher: &mut H) {
        let Self { item, url, redirects, sent: _, at, connection } = self;
        (item, url, redirects.count(), at).hash(hasher);
        connection.hash_canonical(hasher);
    }
}

impl Canonical for Connection {
    fn hash_canonical<H: Hasher>(&self, hasher: &mut H) {
        let Self { fault, head } = self;
        fault.hash_canonical(hasher);
        head.map(|HeadReply { size }| size).hash(hasher);
    }
}

impl Canonical for PendingAck {
    fn hash_canonical<H: Hasher>(&self, hasher: &mut H) {
        let Self { address, number: _, ack } = self;
        (address, ack).hash(hasher);
    }
}

impl Canonical for PendingClose {
    fn hash_canonical<H: Hasher>(&self, hasher: &mut H) {
        let Self { session, sent: _, at, again, until } = self;
        (session, at, again, until).hash(hasher);
    }
}

impl FileState {
    fn hash_canonical<H: Hasher>(&self, revisions: &mut Revisions, hasher: &mut H) {
        let Self { path, content, modified, source, keeps_owner, written, version, local } = self;
        path.hash_canonical(hasher);
        content.hash_canonical(hasher);
        let source = source.as_ref().map(|Source { owner, acl }| (owner, acl));
        (modified, source, keeps_owner, written).hash(hasher);
        hasher.write_u8(version.is_some().into());
        if let Some(version) = version {
            version.hash_canonical(revisions, hasher);
        }
        hasher.write_u8(local.is_some().into());
        if let Some(local) = local {
            local.hash_unnamed(hasher);
            hasher.write_usize(revisions.name(local.revision));
        }
    }
}
