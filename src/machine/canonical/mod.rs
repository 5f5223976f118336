//! The canonical state of a job: what decides its future, as a compact key that can be kept.

mod pack;
mod whole;
mod words;

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::certificates::check::CertificateCheck;
use super::config::JobConfig;
use super::error_object::ErrorRecord;
use super::files::file_state::FileExtras;
use super::state_machine::JobStateMachine;
use super::time::moment::Moment;
use crate::vocabulary::{FileIndex, JobState, RemoteName};
use words::Words;

/// A job as far as it decides what will happen: without its history (id, display name, times), and with
/// its clocks relative to the instant at which it was looked at. The keys of two jobs are equal if and
/// only if the jobs behave alike from then on, whenever each was looked at. So a search over all states
/// comes to an end.
///
/// The error count only grows, and decides nothing but what `GetErrorCount` returns, so that it is no
/// part of the key. A search that runs programs, which may ask for it, keeps it beside the key:
/// `(job.canonical_state(now), job.error_count())`.
///
/// A key is made in one pass over the half of the job that moves, and carries its hash. The half that was
/// set is shared with the job, and compared only if the two are not the same.
///
/// ```
/// use bits_emulator::machine::{JobOptions, JobStateMachine};
/// use chrono::{DateTime, TimeDelta};
///
/// let morning = DateTime::UNIX_EPOCH;
/// let evening = morning + TimeDelta::hours(12);
/// let early = JobStateMachine::new(JobOptions::default(), morning);
/// let late = JobStateMachine::new(JobOptions::default(), evening);
/// assert_ne!(early, late);
/// assert_eq!(early.canonical_state(morning), late.canonical_state(evening));
/// ```
#[derive(Debug, Clone)]
pub struct CanonicalState {
    state: JobState,
    error: ErrorRecord,
    words: Words,
    config: Arc<JobConfig>,
    extras: Option<Arc<Vec<FileExtras>>>,
    redirected_to: Option<(FileIndex, RemoteName)>,
    certificates: CertificateCheck,
}

impl JobStateMachine {
    /// Returns the key of all that decides what will happen from `now` on.
    #[must_use]
    pub fn canonical_state(&self, now: DateTime<Utc>) -> CanonicalState {
        // Filled where it is returned: to move what was just written costs more than to write it.
        let mut key = CanonicalState {
            state: self.live.state,
            error: self.live.error,
            words: Words::new(),
            config: Arc::clone(&self.config),
            extras: self.live.files.shared_extras().clone(),
            redirected_to: self.live.redirected_to.clone(),
            certificates: self.live.certificates.clone(),
        };
        pack::fill(&mut key.words, &self.config, &self.live, Moment::from(now));
        key
    }
}

impl PartialEq for CanonicalState {
    fn eq(&self, other: &Self) -> bool {
        self.words == other.words
            && self.state == other.state
            && self.error == other.error
            && (Arc::ptr_eq(&self.config, &other.config) || self.config.behaves_as(&other.config))
            && self.extras == other.extras
            && self.redirected_to == other.redirected_to
            && self.certificates == other.certificates
    }
}

impl Eq for CanonicalState {}

impl Hash for CanonicalState {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.words.hash());
    }
}
