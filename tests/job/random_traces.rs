//! Random whole lives of jobs, and what must hold of each at every step.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::common::*;
use crate::model::Model;
use crate::trace::wrong::wrong_inputs;
use crate::trace::{Plan, Step, plans};
use bits_emulator::machine::{
    Call, CallbackInterface, CanonicalState, Deadline, DueNotification, Event, FileIndex, Input,
    JobOptions, JobStateMachine, Recipient,
};
use bits_emulator::readings::Readings;
use bits_emulator::{HResult, JobId, Notification, NotifyFlags};
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

/// Follows a trace with the model. Says which rule was broken, and by which steps.
fn check(plan: &Plan) -> Result<(), TestCaseError> {
    let mut model = Model::new(plan.options, start());
    let mut lines = Vec::new();
    let mut broken = None;
    crate::trace::run(plan, start(), |step| {
        lines.push(crate::trace::line(step, start()));
        if broken.is_none() {
            broken = model.follow(step).map(|rule| format!("{rule}\n{}", lines.join("\n")));
        }
    });
    broken.map_or(Ok(()), |broken| Err(TestCaseError::fail(broken)))
}

proptest! {
    #![proptest_config(crate::cases::config(600))]

    #[test]
    fn the_invariants_hold_in_the_documented_reading(
        plan in plans::plans(Just(Readings::documented()).boxed()),
    ) {
        check(&plan)?;
    }

    #[test]
    fn the_invariants_hold_in_every_reading(plan in plans::plans(plans::readings())) {
        check(&plan)?;
    }
}

proptest! {
    #![proptest_config(crate::cases::config(150))]

    /// INV-11, ERR-02: what is not possible is refused or ignored, and changes nothing at all.
    #[test]
    fn what_is_not_enabled_changes_nothing(plan in plans::plans(plans::readings())) {
        let mut broken = None;
        crate::trace::run(&plan, start(), |step| {
            let impossible = |input: &Input| !step.after.is_enabled(input, step.now);
            let inputs = Input::examples().into_iter().chain(wrong_inputs());
            for input in inputs.filter(impossible) {
                let mut job = step.after.clone();
                let happened = job.apply(input.clone(), step.now);
                let nothing = happened.map_or(true, |outcome| outcome.was_ignored());
                if !nothing || job != step.after {
                    broken = Some(format!("{input:?} changed a job in {}", step.after.state()));
                }
            }
        });
        prop_assert_eq!(broken, None);
    }

    /// INV-18, NOTIFY-14: whatever happened before, a client that registers is told of the result
    /// that nobody told an object of, if it hears what else there is to tell.
    #[test]
    fn a_client_that_registers_is_told_of_the_result(
        plan in plans::plans(plans::readings()),
    ) {
        let mut called = false;
        let (mut job, now) = crate::trace::run(&plan, start(), |step| {
            let by_object = |due: &DueNotification| due.recipient != Recipient::CommandLine;
            let mut due = step.before.due_notifications().filter(by_object);
            if let Some(Event::NotificationStarted(told)) = step.event() {
                let is_result = [Notification::JobTransferred, Notification::JobError];
                let by_object = due.any(|due| due.notification == *told);
                called |= is_result.contains(told) && by_object;
            }
            called &= step.entered().is_empty();
        });
        let result = match job.state() {
            Transferred => Notification::JobTransferred,
            bits_emulator::JobState::Error => Notification::JobError,
            _ => return Ok(()),
        };
        if !called {
            register(&mut job, now);
            prop_assert!(is_told(&mut job, result, now), "{}", job.state());
        }
    }

    /// INV-58: the same inputs give the same trace, byte for byte, on a clone too.
    #[test]
    fn the_same_inputs_give_the_same_trace(plan in plans::plans(plans::readings())) {
        let lines = crate::trace::lines(&plan, start());
        prop_assert_eq!(&crate::trace::lines(&plan, start()), &lines);
        let mut clone: Option<JobStateMachine> = None;
        crate::trace::run(&plan, start(), |step| {
            let mut job = clone.take().unwrap_or_else(|| step.before.clone());
            assert_eq!(job, step.before);
            assert_eq!(job.apply(step.input.clone(), step.now), step.result);
            assert_eq!(job, step.after);
            clone = Some(job);
        });
    }

    /// A job behaves alike whenever its life takes place, whatever its id.
    #[test]
    fn a_trace_at_another_time_behaves_alike(
        plan in plans::plans(plans::readings()),
        seconds in -10_000_000_000_i64..10_000_000_000,
        nanos in 0..10_000_000_i64,
        id in any::<u128>(),
    ) {
        let shift = TimeDelta::seconds(seconds) + TimeDelta::nanoseconds(nanos * 100);
        let later = start() + shift;
        let id = format!("{id:032x}").parse::<JobId>().unwrap();
        let other = Plan { options: JobOptions { id, ..plan.options }, ..plan.clone() };
        let mut steps: Vec<Step> = Vec::new();
        crate::trace::run(&plan, start(), |step| steps.push(step.clone()));
        let mut turn = steps.iter();
        crate::trace::run(&other, later, |step| {
            let first = turn.next().unwrap();
            assert_eq!(crate::trace::line(first, start()), crate::trace::line(step, later));
            let (here, there) = (first.after.canonical_state(first.now), step.after.canonical_state(step.now));
            assert_eq!(here, there);
        });
    }

    /// Wherever a life comes to a canonical state again, the same input yields the same outcome and the
    /// same state, though the histories differ: error counts, times, what was set and set back.
    #[test]
    fn equal_states_and_the_same_input_give_equal_outcomes_and_equal_states(
        plan in plans::plans(plans::readings()),
    ) {
        let mut known: Vec<(CanonicalState, JobStateMachine, DateTime<Utc>)> = Vec::new();
        crate::trace::run(&plan, start(), |step| {
            let (job, now) = (&step.after, step.now);
            let state = job.canonical_state(now);
            let Some((same, other, then)) = known.iter().find(|(known, ..)| *known == state) else {
                return known.push((state, job.clone(), now));
            };
            assert_eq!(hash(same), hash(&state));
            if other == job {
                return;
            }
            for input in Input::examples() {
                let (mut here, mut there) = (job.clone(), other.clone());
                let line = crate::trace::line_of(&mut here, &input, now, now);
                assert_eq!(crate::trace::line_of(&mut there, &input, *then, *then), line);
                assert_eq!(here.canonical_state(now), there.canonical_state(*then), "{line}");
            }
        });
    }

    /// Jobs in equal canonical states go on alike, though their histories differ.
    #[test]
    fn equal_canonical_states_have_equal_futures(
        plan in plans::plans(plans::readings()),
        pause in 0..1_000_000_i64,
        future in prop::collection::vec(any::<prop::sample::Index>(), 1..20),
    ) {
        let (mut job, mut now) = crate::trace::run(&plan, start(), |_| {});
        // The other is the same job with the same life, begun earlier, and told once more that its
        // client is gone. What breaks off with the client, a check of a certificate, may itself make
        // an error; the second time there is nothing to break off.
        let earlier = start() - TimeDelta::seconds(pause);
        let (mut other, mut then) = crate::trace::run(&plan, earlier, |_| {});
        for _ in 0..2 {
            let _ = job.handle(Event::ClientExited, now);
        }
        for _ in 0..3 {
            let _ = other.handle(Event::ClientExited, then);
        }
        let examples = Input::examples();
        for index in future {
            prop_assert_eq!(job.canonical_state(now), other.canonical_state(then));
            let input = index.get(&examples);
            let here = crate::trace::line_of(&mut job, input, now, start());
            let there = crate::trace::line_of(&mut other, input, then, earlier);
            prop_assert_eq!(here, there);
            now += TimeDelta::seconds(60);
            then += TimeDelta::seconds(60);
        }
    }
}

fn hash(state: &CanonicalState) -> u64 {
    let mut hasher = DefaultHasher::new();
    state.hash(&mut hasher);
    hasher.finish()
}

fn register(job: &mut JobStateMachine, now: DateTime<Utc>) {
    for value in [
        Call::SetNotifyFlags(NotifyFlags::default()),
        Call::SetNotifyInterface(Some(CallbackInterface::Callback3)),
    ] {
        call(job, value, now);
    }
}

/// Whether a client that returns S_OK to everything is told of a result.
fn is_told(job: &mut JobStateMachine, result: Notification, mut now: DateTime<Utc>) -> bool {
    let _ = job.handle(Event::ProgramExited(0), now);
    // Also those about what is over by now: an older call may still be under way.
    let files = (0..job.file_count()).map(FileIndex).map(Notification::FileTransferred);
    for told in files.chain([Notification::JobTransferred, Notification::JobError]) {
        let _ = job.handle(Event::NotificationReturned(told, HResult::S_OK), now);
    }
    for _ in 0..100 {
        let Some(due) = job.due_notifications().next() else {
            let Some(at) = job.deadline(Deadline::NotificationRepeat) else { return false };
            now = at;
            let _ = job.handle_deadline(now);
            continue;
        };
        let told = due.notification;
        event(job, Event::NotificationStarted(told), now);
        if told == result && due.recipient != Recipient::CommandLine {
            return true;
        }
        event(job, Event::NotificationReturned(told, HResult::S_OK), now);
    }
    false
}

#[test]
fn a_final_job_behaves_alike_for_ever() {
    // So that an exploration of all states comes to an end.
    for state in [TransientError, bits_emulator::JobState::Error, Transferring, Suspended] {
        for (end, ended) in [(cancel(), Cancelled), (complete(), Acknowledged)] {
            let mut job = download_in(state);
            call(&mut job, end, at(10));
            assert_eq!(job.state(), ended);
            assert_eq!(
                job.canonical_state(at(10)),
                job.canonical_state(at(1000)),
                "{ended} from {state}"
            );
        }
    }
}

/// ERR-07
#[test]
fn the_exit_of_a_client_that_has_no_error_to_read_changes_no_behaviour() {
    for state in [Suspended, Queued, Connecting, Transferring, Transferred] {
        let job = download_in(state);
        let mut exited = job.clone();
        event(&mut exited, Event::ClientExited, start());
        assert_eq!(exited.canonical_state(start()), job.canonical_state(start()), "{state}");
    }
}
