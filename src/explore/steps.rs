//! Steps of a program: what it observes by each, and whether it goes round in circles.

use std::hash::Hash;

use siphasher::sip128::Hasher128;

use super::execution::Execution;
use super::rounds::{Did, Rounds, Step};
use super::situation::digest;
use super::stop::{Endless, Stop};
use crate::emulator::{DrivenCall, Emulator};
use crate::vocabulary::{HResult, Method};

impl Execution {
    /// The program has made a step, a call or a wait, and observed something by it. It is unwound if it goes round
    /// in circles: nothing is left to decide, and the same steps led to the same states so often that it is taken
    /// to do so for ever.
    pub(crate) fn observe_step<T: Hash>(
        &self,
        emulator: &Emulator,
        call: Option<(DrivenCall, HResult)>,
        observed: &T,
    ) {
        let mut progress = self.progress();
        let kind = call.map(|(call, _)| (call.target, call.method));
        if self.scope.folds_polls
            && progress.actor.polls.is_repeated(digest(&kind), digest(observed))
        {
            progress.observe_in_round(observed);
        } else {
            progress.observe_in_step(observed);
        }
        if !progress.is_undecided() {
            progress.rounds = Rounds::default();
            return;
        }
        let is_idle = progress.actor.idle_calls > 0;
        progress.rounds.count(is_idle);
        if !progress.rounds.is_watching() {
            return;
        }
        let now = emulator.now();
        let mut hasher = progress.rounds.since_last_step(now);
        (progress.actor.number, &progress.stores, &progress.locks).hash(&mut hasher);
        progress.timers.hash_relative(now, &mut hasher);
        drop(progress);
        let did = emulator.observe(|engine| {
            engine.flush_all_progress();
            engine.hash_relative(&mut hasher);
            call.map_or(Did::Wait, |(call, code)| {
                let is_read = call.method == Method::GetState && code.is_success();
                let job =
                    call.target.job.filter(|_| is_read).and_then(|job| engine.service.job(job));
                Did::Call(call.method, code, job.map(|job| job.state()))
            })
        });
        did.hash(&mut hasher);
        let digest = hasher.finish128().as_u128();
        let mut progress = self.progress();
        progress.rounds.add(Step { digest, did, at: now }, self.scope.rounds);
        let is_endless = progress.rounds.found.is_some();
        drop(progress);
        if is_endless {
            self.unwind(Stop::Endless(Endless::Round));
        }
    }
}
