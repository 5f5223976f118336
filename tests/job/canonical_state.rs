//! When two jobs behave alike, and when they do not.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::common::*;
use bits_emulator::JobState;
use bits_emulator::machine::{Call, CanonicalState, Event};

fn hash(state: &CanonicalState) -> u64 {
    let mut hasher = DefaultHasher::new();
    state.hash(&mut hasher);
    hasher.finish()
}

#[test]
fn a_job_nearer_to_its_deadline_behaves_otherwise() {
    for state in [Suspended, Queued, Connecting, Transferring, TransientError, JobState::Error] {
        let job = download_in(state);
        let (now, later) = (job.canonical_state(at(10)), job.canonical_state(at(20)));
        assert_ne!(now, later, "{state}");
        assert_ne!(hash(&now), hash(&later), "{state}");
        assert_eq!(now, job.clone().canonical_state(at(10)), "{state}");
        assert_eq!(hash(&now), hash(&job.clone().canonical_state(at(10))), "{state}");
    }
}

/// TIME-15, TIME-16
#[test]
fn time_spent_in_transfer_counts() {
    let (mut short, mut long) = (download_in(Transferring), download_in(Transferring));
    event(&mut short, Event::SliceOver, at(10));
    event(&mut long, Event::SliceOver, at(20));
    for job in [&mut short, &mut long] {
        call(job, Call::SetPriority(bits_emulator::JobPriority::Low), at(20));
    }
    assert_ne!(short.canonical_state(at(20)), long.canonical_state(at(20)));
}

#[test]
fn a_canonical_state_can_be_read() {
    let job = download_in(TransientError);
    let text = format!("{:?}", job.canonical_state(start()));
    assert!(text.contains("TransientError") && text.contains("BG_E_HTTP_ERROR_503"), "{text}");
}
