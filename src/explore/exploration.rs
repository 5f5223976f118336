//! The loop over all runs of an exploration: level by level, in batches, on one or more threads.

use std::sync::{Arc, Mutex, PoisonError};

use super::choice::Decisions;
use super::counterexample::Counterexample;
use super::program::{Program, Setup};
use super::run::Ran;
use super::search::{Frontier, Seen};
use super::shard::Shard;
use super::verdict::Verdict;

/// How many runs are made before their results are put together: always as many, so that the counts are
/// the same with any number of threads.
const BATCH: usize = 64;

impl Program {
    /// Explores, and returns the verdict.
    ///
    /// # Panics
    ///
    /// If `BITS_EXPLORE_SHARD` names no [part](Self::shard), or the tests are built with `panic = "abort"`.
    #[track_caller]
    #[must_use = "the verdict says whether every promise was kept"]
    pub fn explore(self) -> Verdict {
        let (threads, most_runs) = (self.threads, self.most_runs);
        let shard = Shard::from_environment().unwrap_or(self.shard);
        let setup = self.set_up();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let mut verdict = Verdict::begun(setup.scope.strategy, setup.scope.bound);
        let mut frontier = Frontier::default();
        frontier.add(Decisions::default());
        while let Some(level) = frontier.level() {
            let batch = frontier.take(level, BATCH);
            if verdict.runs >= most_runs {
                verdict.waiting = frontier.len() + batch.len();
                break;
            }
            let ran = run_all(&setup, &batch, &seen, threads);
            let mut found: Option<(u32, Counterexample)> = None;
            for (decisions, ran) in batch.iter().zip(ran) {
                merge(&ran, shard, &mut frontier, &seen, &mut verdict);
                // The run without decisions is made in each part, to find the others, and counts in one.
                if !shard.has(decisions) {
                    continue;
                }
                verdict.runs += 1;
                verdict.note_reached(&ran.story);
                let calls = ran.execution.progress().point;
                if let Some(counterexample) = ran.counterexample(decisions)
                    && found.as_ref().is_none_or(|(known, _)| calls < *known)
                {
                    found = Some((calls, counterexample));
                }
            }
            if let Some((_, counterexample)) = found {
                verdict.counterexample = Some(setup.tell(setup.shrink(counterexample)));
                break;
            }
            if frontier.level() != Some(level) {
                verdict.exhausted = Some(level);
            }
        }
        verdict.futures = seen.lock().unwrap_or_else(PoisonError::into_inner).len();
        verdict
    }
}

/// Makes the runs of a batch, on several threads if asked for.
fn run_all(
    setup: &Setup,
    batch: &[Decisions],
    seen: &Arc<Mutex<Seen>>,
    threads: usize,
) -> Vec<Ran> {
    let run = |decisions: &Decisions| {
        let seen = Arc::clone(seen);
        let covers = move |fingerprint, cost| {
            seen.lock().unwrap_or_else(PoisonError::into_inner).covers(fingerprint, cost)
        };
        setup.run(decisions.clone(), Arc::new(covers))
    };
    if threads == 1 || batch.len() == 1 {
        return batch.iter().map(run).collect();
    }
    let share = batch.len().div_ceil(threads);
    std::thread::scope(|scope| {
        let run = &run;
        let handles: Vec<_> = batch
            .chunks(share)
            .map(|chunk| scope.spawn(move || chunk.iter().map(run).collect::<Vec<_>>()))
            .collect();
        let joined = handles.into_iter().flat_map(|handle| match handle.join() {
            Ok(ran) => ran,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        joined.collect()
    })
}

/// Adds what a run found: the futures that it passed, and the alternatives before the first future that was
/// known by then.
fn merge(
    ran: &Ran,
    shard: Shard,
    frontier: &mut Frontier,
    seen: &Arc<Mutex<Seen>>,
    verdict: &mut Verdict,
) {
    let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
    let mut progress = ran.execution.progress();
    let mut end = progress.alternatives.len();
    for key in &progress.keys {
        if seen.covers(key.fingerprint, key.cost) {
            end = end.min(key.alternatives);
            break;
        }
        seen.add(key.fingerprint, key.cost);
    }
    if ran.was_pruned {
        verdict.pruned += 1;
    }
    let alternatives = std::mem::take(&mut progress.alternatives);
    let longer = progress.longer_stall.take();
    let found = alternatives.into_iter().take(end).chain(longer);
    found.filter(|found| shard.has(found)).for_each(|found| frontier.add(found));
}
