//! The hash of a job as part of a whole emulator, with all that a client can read of it.

use std::hash::{Hash, Hasher};

use super::pack;
use super::words::Words;
use crate::machine::live::LiveState;
use crate::machine::state_machine::JobStateMachine;
use crate::machine::time::moment::Moment;

impl JobStateMachine {
    /// Adds what decides the future of the job from `now` on, and what its client may read: beside its
    /// [key](Self::canonical_state) also its id, names, times and error count. The instants of clocks are
    /// normalised: they count relative to `now`, and clocks that stand not at all.
    pub(crate) fn hash_canonical<H: Hasher>(&self, now: Moment, hasher: &mut H) {
        let Self { config, live } = self;
        let LiveState {
            error,
            error_count,
            files,
            redirected_to,
            certificates,
            modification,
            transfer_completion,
            // These are in the words.
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
        let mut words = Words::new();
        pack::fill(&mut words, config, live, now);
        words.digits().hash(hasher);
        error.hash(hasher);
        hasher.write_u32(*error_count);
        files.shared_extras().hash(hasher);
        redirected_to.hash(hasher);
        certificates.hash(hasher);
        modification.hash(hasher);
        transfer_completion.hash(hasher);
    }
}
