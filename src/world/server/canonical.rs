//! The canonical state of servers and of their faults: what decides how they answer.

use std::hash::{Hash, Hasher};

use super::ServerState;
use super::fault::{Fault, FaultEffect, FaultKind};
use super::resource::{ResourceState, Version};
use crate::vocabulary::Protocol;
use crate::vocabulary::canonical::Canonical;
use crate::world::canonical::Revisions;

impl Canonical for ServerState {
    /// All but the revisions of [files of the disk](Self::hash_local_revisions), and without the logs.
    fn hash_canonical<H: Hasher>(&self, hasher: &mut H) {
        let Self {
            protocol,
            latency,
            rate,
            script,
            challenge,
            acl,
            lacks_ranges,
            merges_ranges,
            part_header_bytes,
            breaks_before_parts,
            lower_case_headers,
            lacks_lengths,
            http_1_0,
            head,
            certificate,
            certificate_problem,
            anonymous,
            host,
            session_timeout,
            clean_up_interval,
            exchanges: _,
            resources,
            requests: _,
        } = self;
        (protocol, latency, rate, challenge, acl).hash(hasher);
        script.hash_canonical(hasher);
        (lacks_ranges, merges_ranges, part_header_bytes, breaks_before_parts).hash(hasher);
        (lower_case_headers, lacks_lengths, http_1_0, head, anonymous).hash(hasher);
        (certificate, certificate_problem, host, session_timeout, clean_up_interval).hash(hasher);
        resources.hash_canonical(hasher);
    }
}

impl ServerState {
    /// Adds which writes of the disk are mirrored here.
    pub(crate) fn hash_local_revisions<H: Hasher>(
        &self,
        revisions: &mut Revisions,
        hasher: &mut H,
    ) {
        if self.protocol == Protocol::File {
            let local = self.resources.values().filter(|resource| resource.is_local);
            local.for_each(|resource| hasher.write_usize(revisions.name(resource.revision)));
        }
    }
}

impl Canonical for ResourceState {
    fn hash_canonical<H: Hasher>(&self, hasher: &mut H) {
        let Self {
            content,
            modified,
            revision,
            latency,
            rate,
            redirect,
            lacks_ranges,
            lacks_lengths,
            head,
            script,
            headers,
            uploads,
            owner,
            acl,
            denies_anonymous,
            is_local,
        } = self;
        content.hash_canonical(hasher);
        let own_revision = Some(revision).filter(|_| !is_local);
        (modified, own_revision, latency, rate, redirect, lacks_ranges).hash(hasher);
        script.hash_canonical(hasher);
        uploads.hash_canonical(hasher);
        (lacks_lengths, head, headers, owner, acl, denies_anonymous, is_local).hash(hasher);
    }
}

impl Version {
    pub(crate) fn hash_canonical<H: Hasher>(&self, revisions: &mut Revisions, hasher: &mut H) {
        let Self { url, size, modified, revision, is_local } = self;
        (url, size, modified, is_local).hash(hasher);
        match is_local {
            true => hasher.write_usize(revisions.name(*revision)),
            false => hasher.write_u64(*revision),
        }
    }
}

impl Canonical for Fault {
    fn hash_canonical<H: Hasher>(&self, hasher: &mut H) {
        let Self { effect, times, expects_met: _ } = self;
        effect.hash_canonical(hasher);
        times.hash(hasher);
    }
}

impl Canonical for FaultEffect {
    fn hash_canonical<H: Hasher>(&self, hasher: &mut H) {
        let Self { kind, phase, unacknowledged } = self;
        kind.hash_canonical(hasher);
        (phase, unacknowledged).hash(hasher);
    }
}

impl Canonical for FaultKind {
    fn hash_canonical<H: Hasher>(&self, hasher: &mut H) {
        std::mem::discriminant(self).hash(hasher);
        match self {
            Self::Failure(failure) => failure.hash(hasher),
            Self::ContentChange(content) => content.hash_canonical(hasher),
            Self::Rollback(next) => next.hash(hasher),
            Self::Redirect(status, url) => (status, url).hash(hasher),
            Self::SessionLoss | Self::Silence => {}
        }
    }
}
