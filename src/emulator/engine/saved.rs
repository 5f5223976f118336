//! Saved emulators: what persists beyond a restart of the computer.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Engine;
use super::accounts::Accounts;
use crate::emulator::trace::{Actor, TraceEvent};
use crate::machine::Event;
use crate::service::Snapshot;
use crate::vocabulary::JobId;

/// What BITS and Windows keep on a computer beyond its restart: the jobs, and who the accounts are whose
/// they are. With the feature `serde` it is serialisable.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(deny_unknown_fields)
)]
pub struct SavedEmulator {
    service: Snapshot,
    /// As they were first written.
    accounts: BTreeMap<Arc<str>, u32>,
    /// The jobs of which an application lived, which a restart of the computer ends (ERR-07).
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Vec::is_empty"))]
    with_applications: Vec<JobId>,
}

impl SavedEmulator {
    /// Returns the jobs.
    #[must_use]
    pub const fn service(&self) -> &Snapshot {
        &self.service
    }
}

impl Engine {
    pub(crate) fn save(&mut self) -> SavedEmulator {
        self.flush_all_progress();
        let known = self.registrations.iter();
        let with_applications = known.filter(|(_, known)| !known.applications.is_empty());
        SavedEmulator {
            service: self.service.snapshot(),
            accounts: self.accounts.save(),
            with_applications: with_applications.map(|(job, _)| *job).collect(),
        }
    }

    pub(crate) fn boot(&mut self, saved: &SavedEmulator) {
        self.end_all_processes();
        self.log_off_all_users();
        self.drop_registrations();
        self.begin_run();
        self.registrations.clear();
        let host = self.accounts.host.take();
        self.accounts = Accounts::restore(&saved.accounts);
        self.accounts.host = host;
        self.latest_tokens.clear();
        saved
            .service
            .jobs()
            .for_each(|job| self.recorder.register_name(job.id(), job.display_name().into()));
        self.service.set_now(saved.service.saved());
        let stepped = self.service.restore(&saved.service);
        self.record_global_step(Actor::Test, TraceEvent::Booted, stepped);
        for job in &saved.with_applications {
            self.apply_event(Actor::Service, *job, Event::ClientExited);
        }
    }
}
