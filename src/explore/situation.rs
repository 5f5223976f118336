//! Situations: what a client could notice of the emulator, by which the explorer tells points apart.

use std::hash::{Hash, Hasher};

use chrono::{DateTime, Utc};
use siphasher::sip128::{Hasher128, SipHasher13};

use crate::emulator::{Emulator, Engine};
use crate::machine::JobStateMachine;
use crate::vocabulary::{JobId, JobState};

/// What a client could notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Noticeable {
    is_service_running: bool,
    has_network: bool,
    /// A fingerprint of what there is to notice of the jobs.
    jobs: u128,
}

/// What the explorer sees of the emulator at a point.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View {
    pub(crate) now: DateTime<Utc>,
    pub(crate) noticed: Noticeable,
    /// Of the job of the call that is about to be made.
    pub(crate) state: Option<JobState>,
    /// Whether a job is in ERROR.
    pub(crate) is_any_in_error: bool,
}

/// How much of a job has arrived, as far as a client tells it apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Arrived {
    Nothing,
    Some,
    All,
}

fn arrived(job: &JobStateMachine) -> Arrived {
    let progress = job.progress();
    match progress.bytes_transferred {
        0 => Arrived::Nothing,
        _ if progress.files_transferred == progress.files_total => Arrived::All,
        _ => Arrived::Some,
    }
}

/// What a client could notice now: the state of each job, whether it has an error object, how much of it has
/// arrived, which notifications are due, and whether the service and the network are there.
pub(crate) fn noticeable(emulator: &Emulator) -> Noticeable {
    emulator.observe(noticeable_of)
}

/// The same of the engine itself.
pub(crate) fn noticeable_of(engine: &mut Engine) -> Noticeable {
    // At every point alike, so that looking changes nothing from one run to the next.
    engine.flush_all_progress();
    Noticeable {
        is_service_running: engine.host.is_running(),
        has_network: engine.service.has_network(),
        jobs: engine.service.noticed(hash_noticed),
    }
}

/// Adds what there is to notice of a job.
fn hash_noticed(job: &JobStateMachine, hasher: &mut SipHasher13) {
    (job.id(), job.state(), job.error().map(|error| error.code()).ok()).hash(hasher);
    arrived(job).hash(hasher);
    hasher.write_usize(job.due_notifications().count());
}

/// What the explorer sees at a point, before a call on that job if it is one.
pub(crate) fn view(emulator: &Emulator, job: Option<JobId>) -> View {
    emulator.observe(|engine| view_of(engine, job))
}

/// The same of the engine itself.
pub(crate) fn view_of(engine: &mut Engine, job: Option<JobId>) -> View {
    let noticed = noticeable_of(engine);
    View {
        now: engine.now(),
        noticed,
        state: job.and_then(|job| engine.state_of(job)),
        is_any_in_error: engine.service.every_job().any(|job| job.state() == JobState::Error),
    }
}

/// A fingerprint of a value.
pub(crate) fn digest<T: Hash + ?Sized>(value: &T) -> u128 {
    let mut hasher = SipHasher13::new();
    value.hash(&mut hasher);
    hasher.finish128().as_u128()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;
    use crate::emulator::{Job, Session};
    use crate::property_tests;
    use crate::vocabulary::canonical::Digest;
    use crate::vocabulary::{JobType, NotifyFlags};

    /// What happens to an emulator with one user: by a number, so that proptest makes and shrinks it.
    fn step(emulator: &Emulator, session: &Session, jobs: &mut Vec<Job>, what: u8) {
        let last = jobs.last();
        match what {
            0 => jobs.extend(session.create_job("update", JobType::Download)),
            1 => _ = last.map(|job| job.add_file("https://example.com/a", r"C:\a")),
            2 => _ = last.map(|job| job.set_notify_flags(NotifyFlags::JOB_MODIFICATION)),
            3 => _ = last.map(|job| job.set_notify_cmd_line(Some("done.exe"), None)),
            4 => _ = last.map(Job::resume),
            5 => _ = last.map(Job::suspend),
            6 => _ = last.map(Job::cancel),
            7 => _ = last.map(Job::complete),
            8 => _ = jobs.pop(),
            9 => emulator.disconnect_network(),
            10 => emulator.connect_network(),
            11 => {
                emulator.restart();
                let _ = session.reconnect();
            }
            12 => _ = emulator.advance(Duration::from_secs(600)),
            _ => _ = emulator.advance(Duration::from_millis(u64::from(what) * 20)),
        }
    }

    proptest! {
        #![proptest_config(property_tests::config())]

        /// What is kept of the last look is what a new look finds.
        #[test]
        fn a_kept_look_is_a_new_one(steps in prop::collection::vec(0_u8..32, 0..40)) {
            let emulator = Emulator::new();
            emulator.server("https://example.com").file("/a", 10 << 20);
            let session = emulator.connect("alice");
            let mut jobs = Vec::new();
            for what in steps {
                step(&emulator, &session, &mut jobs, what);
                let kept = noticeable(&emulator).jobs;
                let new = emulator.observe(|engine| {
                    let all = engine.service.every_job();
                    Digest::new().get_or_make(|hasher| all.for_each(|job| hash_noticed(job, hasher)))
                });
                prop_assert_eq!(kept, new);
            }
        }
    }
}
