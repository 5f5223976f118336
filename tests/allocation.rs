//! No step allocates memory, unless it adds a file or text: a job is small, and its steps are
//! taken by the million.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::hint::black_box;

use allocation_counter::measure;
use bits_emulator::{Call, Input, JobOptions, JobState, JobStateMachine, JobType};
use chrono::{DateTime, TimeDelta, Utc};

/// A job somewhere in its life, and the present instant.
type Situation = (JobStateMachine, DateTime<Utc>);

#[test]
fn a_step_allocates_nothing() {
    let (mut accepted, mut ignored, mut refused) = (0, 0, 0);
    for (job, now) in situations() {
        for input in Input::examples() {
            let (mut next, step) = (job.clone(), input.clone());
            let (result, allocations) = counted(|| next.apply(step, now));
            match result {
                Ok(outcome) if outcome.was_ignored() => ignored += 1,
                Ok(_) if adds_file(&input) => continue,
                Ok(_) => accepted += 1,
                Err(_) => refused += 1,
            }
            assert_eq!(allocations, 0, "{input:?} in {}, {result:?}", job.state());
        }
    }
    assert!(accepted > 1_000 && ignored > 1_000 && refused > 1_000, "each kind is common");
}

#[test]
fn a_deadline_allocates_nothing() {
    for (mut job, _) in situations() {
        while let Some((at, deadline)) = job.next_deadline() {
            let state = job.state();
            let (early, allocations) = counted(|| job.handle_deadline(at - TimeDelta::seconds(1)));
            assert!(early.was_ignored());
            assert_eq!(allocations, 0, "before the {deadline} in {state}");

            let (outcome, allocations) = counted(|| job.handle_deadline(at));
            assert!(!outcome.was_ignored());
            assert_eq!(allocations, 0, "{deadline} in {state}");
        }
        assert!(job.state().is_final(), "the last deadline of a job ends it");
    }
}

#[test]
fn looking_allocates_nothing() {
    for (job, now) in situations() {
        let state = job.state();
        let later = now + TimeDelta::hours(1);
        let (same, behaviour) = (job.clone(), job.behaviour(now));

        assert_eq!(counted(|| job.next_deadline()).1, 0, "next_deadline in {state}");
        assert_eq!(counted(|| job.error().copied()).1, 0, "error in {state}");
        assert_eq!(counted(|| job.progress()).1, 0, "progress in {state}");
        assert_eq!(counted(|| job.reply_progress()).1, 0, "reply_progress in {state}");
        assert_eq!(counted(|| job.reply_data()).1, 0, "reply_data in {state}");
        assert_eq!(counted(|| job.times()).1, 0, "times in {state}");
        assert_eq!(counted(|| job.current()).1, 0, "current in {state}");
        assert_eq!(counted(|| job.renames().count()).1, 0, "renames in {state}");
        assert_eq!(counted(|| job == same).1, 0, "comparison in {state}");
        assert_eq!(counted(|| hash(&job)).1, 0, "hash in {state}");
        assert_eq!(counted(|| behaviour == job.behaviour(later)).1, 0, "behaviour in {state}");
        assert_eq!(counted(|| hash(behaviour)).1, 0, "hash of the behaviour in {state}");
    }
}

#[test]
fn a_refusal_known_beforehand_allocates_nothing() {
    for (job, now) in situations() {
        for input in Input::examples() {
            if let Input::Call(call) = &input {
                let allocations = counted(|| job.allows(call, now)).1;
                assert_eq!(allocations, 0, "whether {call:?} is allowed in {}", job.state());
            }
        }
    }
}

/// That the count counts: otherwise the tests above could not fail.
#[test]
fn adding_a_file_allocates() {
    let now = DateTime::UNIX_EPOCH;
    let mut adding = Input::examples().into_iter().filter(adds_file);
    let mut job = JobStateMachine::new(JobOptions::default(), now);
    let (result, allocations) = counted(|| job.apply(adding.next().expect("AddFile"), now));
    assert!(result.is_ok() && allocations > 0);
}

/// What an action yields, and how often it allocated.
fn counted<T>(action: impl FnOnce() -> T) -> (T, u64) {
    let mut result = None;
    let measured = measure(|| result = Some(black_box(action())));
    (result.expect("the action ran"), measured.count_total)
}

const fn adds_file(input: &Input) -> bool {
    matches!(
        input,
        Input::Call(Call::AddFile(_) | Call::AddFileSet(_) | Call::AddFileWithRanges(..))
    )
}

fn hash(item: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    item.hash(&mut hasher);
    hasher.finish()
}

/// One job of every look that examples of inputs lead to, from a new job of each type on.
fn situations() -> Vec<Situation> {
    let now = DateTime::UNIX_EPOCH;
    let new = |job_type| JobStateMachine::new(JobOptions { job_type, ..Default::default() }, now);
    let mut found: Vec<Situation> = JobType::ALL.iter().map(|kind| (new(*kind), now)).collect();
    let mut seen: Vec<_> = found.iter().map(|(job, _)| look(job)).collect();
    let mut visited = 0;
    while let Some((job, now)) = found.get(visited).cloned() {
        visited += 1;
        for input in Input::examples() {
            let mut next = job.clone();
            let at = match (&input, job.next_deadline()) {
                (Input::Deadline(_), Some((at, _))) => at,
                _ => now,
            };
            if next.apply(input, at).is_ok() && !seen.contains(&look(&next)) {
                seen.push(look(&next));
                found.push((next, at));
            }
        }
    }
    let reached = |state: &JobState| found.iter().any(|(job, _)| job.state() == *state);
    assert!(JobState::ALL.iter().all(reached), "the walk passes through every state");
    found
}

/// What tells two situations apart here: little enough for the walk to end.
fn look(job: &JobStateMachine) -> impl PartialEq + use<> {
    let error = job.error().map(|error| (error.code(), error.context()));
    let deadline = job.next_deadline().map(|(_, deadline)| deadline);
    let reply = job.reply_progress().map(|reply| reply.bytes_total);
    (job.job_type(), job.state(), job.is_complete(), error, deadline, reply)
}
