//! When two jobs behave alike, and when they do not.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::common::*;
use bits_emulator::machine::{Call, CanonicalState, Event};
use bits_emulator::readings::{PeriodEnd, Readings};
use bits_emulator::{JobState, JobType};

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

/// TIME-12: the period of a job in ERROR ends with ERROR, so that its age decides nothing; unless progress alone
/// ends it.
#[test]
fn the_age_of_the_no_progress_period_does_not_count_in_error() {
    let progress = Readings { period_end: PeriodEnd::Progress, ..Readings::documented() };
    for (readings, counts) in [(Readings::documented(), false), (progress, true)] {
        let key = |waited| {
            let mut job = job_at(options_with(JobType::Download, readings), Connecting);
            event(&mut job, failed(503), start());
            call(&mut job, Call::SetMinimumRetryDelay(waited), start());
            run_deadlines(&mut job, at(waited.into()));
            event(&mut job, Event::Picked, at(waited.into()));
            event(&mut job, failed(404), at(waited.into()));
            call(&mut job, Call::SetMinimumRetryDelay(600), at(waited.into()));
            job.canonical_state(at(waited.into()))
        };
        assert_eq!(key(60) != key(90), counts, "{readings:?}");
    }
}
