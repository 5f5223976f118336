//! Situations: what a client could notice of the emulator, by which the explorer tells points apart.

use std::hash::{Hash, Hasher};

use siphasher::sip128::{Hasher128, SipHasher13};

use crate::emulator::Emulator;
use crate::machine::JobStateMachine;

/// A fingerprint of what a client could notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Noticeable(u128);

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
    let mut hasher = SipHasher13::new();
    emulator.observe(|engine| {
        // At every point alike, so that looking changes nothing from one run to the next.
        engine.flush_all_progress();
        engine.host.is_running().hash(&mut hasher);
        engine.service.has_network().hash(&mut hasher);
        for job in engine.service.every_job() {
            (job.id(), job.state(), job.error().map(|error| error.code()).ok()).hash(&mut hasher);
            arrived(job).hash(&mut hasher);
            hasher.write_usize(job.due_notifications().count());
        }
    });
    Noticeable(hasher.finish128().as_u128())
}

/// A fingerprint of a value.
pub(crate) fn digest<T: Hash + ?Sized>(value: &T) -> u128 {
    let mut hasher = SipHasher13::new();
    value.hash(&mut hasher);
    hasher.finish128().as_u128()
}
