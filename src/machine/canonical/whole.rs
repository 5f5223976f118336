//! The hash of a job as part of a whole emulator, with all that a client can read of it.

use std::hash::{Hash, Hasher};

use super::pack;
use super::words::Words;
use crate::machine::live::LiveState;
use crate::machine::state_machine::JobStateMachine;
use crate::machine::time::moment::Moment;

impl JobStateMachine {
    /// Adds what decides the future of the job from `now` on, but for what its
    /// [digest](Self::hash_for_digest) tells. The instants of clocks are normalised: they count relative to
    /// `now`, and clocks that stand not at all.
    pub(crate) fn hash_at<H: Hasher>(&self, now: Moment, hasher: &mut H) {
        let mut words = Words::new();
        pack::fill(&mut words, &self.config, &self.live, now);
        words.digits().hash(hasher);
    }

    /// Adds what decides the future of the job, whenever it is looked at: the same at two instants if it goes on
    /// alike from each, but for its removal after a long time without any activity. What its client may read
    /// is left out where it only tells of the past: times and error count.
    pub(crate) fn hash_relative<H: Hasher>(&self, now: Moment, hasher: &mut H) {
        let mut job = self.clone();
        job.live.clocks.activity = job.live.clocks.stamp(now);
        job.live.error_count = 0;
        job.live.modification = Moment::START;
        job.live.transfer_completion = None;
        job.hash_for_digest(hasher);
        job.hash_at(now, hasher);
    }

    /// Adds what was set, and the rest that is the same at whichever instant it is looked at, with all that
    /// its client may read and its [key](Self::canonical_state) leaves out: id, names, times and error count.
    pub(crate) fn hash_for_digest<H: Hasher>(&self, hasher: &mut H) {
        let Self { config, live } = self;
        let LiveState {
            error,
            error_count,
            files,
            redirected_to,
            certificates,
            modification,
            transfer_completion,
            // These count at an instant.
            state: _,
            held_by: _,
            retrying: _,
            was_resumed: _,
            reply: _,
            upload: _,
            helper_token: _,
            deliveries: _,
            conditions: _,
            clocks: _,
        } = live;
        config.hash(hasher);
        error.hash(hasher);
        hasher.write_u32(*error_count);
        files.shared_extras().hash(hasher);
        redirected_to.hash(hasher);
        certificates.hash(hasher);
        modification.hash(hasher);
        transfer_completion.hash(hasher);
    }
}
