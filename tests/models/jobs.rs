//! Jobs beside clients: that the ready model lets happen what it says, and no more.

use bits_emulator::explore::model::jobs::{
    JobsAction, JobsModel, JobsState, ObservedJob, Reaction, ReactiveClient,
};
use bits_emulator::explore::model::{self, Fairness, Model};
use bits_emulator::machine::{Call, ComputerEvent, Deadline, Event, JobOptions};
use bits_emulator::{HResult, JobState};

use crate::common::*;

/// A client that does nothing.
fn idle(_: &[ObservedJob<'_>]) -> Vec<(usize, Call)> {
    Vec::new()
}

fn beside<C: ReactiveClient>(client: C, jobs: usize) -> JobsModel<C> {
    let calls = [Call::add_file(file(0)), Call::SetNoProgressTimeout(1200)];
    let add = |model: JobsModel<C>, _| model.job(JobOptions::default(), calls.clone()).unwrap();
    (0..jobs).fold(JobsModel::beside(client), add)
}

fn state(state: &JobsState<impl Sized>, job: usize) -> JobState {
    state.jobs()[job].machine().state()
}

#[test]
fn a_job_is_made_by_calls_that_are_granted() {
    let refused = JobsModel::beside(idle).job(JobOptions::default(), [Call::Resume]);
    assert_eq!(refused.unwrap_err().code(), HResult::BG_E_EMPTY);
}

/// What is due acts before anything else, and of several jobs those that are due first.
#[test]
fn time_passes_from_deadline_to_deadline_of_all_jobs() {
    let model = JobsModel::beside(|_: &[ObservedJob<'_>]| vec![(0, Call::Resume)]);
    let options = JobOptions::default();
    let sooner = JobOptions { inactivity_timeout: options.inactivity_timeout / 2, ..options };
    let model = model.job(options, [Call::add_file(file(0))]).unwrap().job(sooner, []).unwrap();
    let [first] = model.initial_states().try_into().unwrap();
    let enabled: Vec<_> = model.enabled(&first).into_iter().collect();
    let deadlines = |enabled: &[JobsAction<()>]| {
        let deadline = |it: &&JobsAction<()>| matches!(it, JobsAction::Deadline(..));
        enabled.iter().filter(deadline).cloned().collect::<Vec<_>>()
    };
    assert_eq!(deadlines(&enabled), [JobsAction::Deadline(1, Deadline::Inactivity)]);
    assert!(enabled.contains(&JobsAction::Call(0, Call::Resume)));

    let next = model.next(&first, &JobsAction::Deadline(1, Deadline::Inactivity)).unwrap();
    assert_eq!((state(&next, 0), state(&next, 1)), (Suspended, Cancelled));
    let passed = next.jobs()[0].now() - first.jobs()[0].now();
    assert_eq!(passed.to_std().unwrap(), sooner.inactivity_timeout);
    assert_eq!(next.jobs()[1].now(), next.jobs()[0].now());
}

/// Events of the computer and of the client happen to all jobs at once, those of a transfer to one.
#[test]
fn events_of_all_jobs_happen_to_all() {
    let resumes =
        |jobs: &[ObservedJob<'_>]| (0..jobs.len()).map(|job| (job, Call::Resume)).collect();
    let model = beside(resumes, 2).events([ComputerEvent::NetworkLost.into()]);
    let explored = model::check(&model)
        .always_step("both are told at once", |_, action, after| {
            let told = *action == JobsAction::EventOfAll(ComputerEvent::NetworkLost.into());
            let waits = |job| matches!(state(after, job), Queued | Connecting | Transferring);
            !told || !waits(0) && !waits(1)
        })
        .always_step("one is picked at a time", |before, action, after| {
            !matches!(action, JobsAction::Event(_, Event::Picked))
                || (0..2).filter(|job| state(before, *job) != state(after, *job)).count() == 1
        })
        .possible("both run", |jobs| (0..2).all(|job| state(jobs, job) == Transferring))
        .most_actions(7)
        .run();
    assert!(explored.violation().is_none(), "{explored}");
    assert!(explored.possible()[0].path().is_some());
}

/// Notes that a job is in ERROR, then looks at its error object, as two steps; and keeps the code with which its call was
/// answered.
struct LooksTwice;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Mind {
    Nothing,
    SawError,
    FoundNone,
    Answered(HResult),
}

impl ReactiveClient for LooksTwice {
    type Memory = Mind;

    fn begins(&self) -> Mind {
        Mind::Nothing
    }

    fn reactions(&self, mind: &Mind, jobs: &[ObservedJob<'_>]) -> Vec<Reaction<Mind>> {
        match (mind, jobs[0].state()) {
            (Mind::Nothing, Suspended) => vec![Reaction::Call(0, Call::Resume)],
            (Mind::Nothing, JobState::Error) => vec![Reaction::Note(Mind::SawError)],
            (Mind::SawError, _) if jobs[0].error().is_err() => {
                vec![Reaction::Note(Mind::FoundNone)]
            }
            (Mind::SawError, _) => vec![Reaction::Call(0, Call::Resume)],
            _ => vec![],
        }
    }

    fn answered(&self, mind: &Mind, _: usize, _: &Call, code: HResult) -> Mind {
        if *mind == Mind::SawError { Mind::Answered(code) } else { mind.clone() }
    }
}

/// Between two looks of a client something may happen; what it had in mind ends with its process.
#[test]
fn a_client_keeps_in_mind_what_it_saw_until_its_process_ends() {
    let model = beside(LooksTwice, 1).events([failed(404), Event::ClientExited]);
    let explored = model::check(&model)
        .possible("finds none", |jobs| *jobs.memory() == Mind::FoundNone)
        .possible("is answered", |jobs| *jobs.memory() == Mind::Answered(HResult::S_OK))
        .possible("sees it removed", |jobs| {
            *jobs.memory() == Mind::SawError && state(jobs, 0) == Cancelled
        })
        .always_step("a new process knows nothing", |_, action, after| {
            *action != JobsAction::EventOfAll(Event::ClientExited)
                || *after.memory() == Mind::Nothing
        })
        .run();
    assert!(explored.is_exhausted(), "{explored}");
    let ways: Vec<_> =
        explored.possible().iter().map(|it| it.path().map(|path| path.actions().len())).collect();
    // The object goes with the process, which then does not know any more what it saw; or the job is removed.
    assert_eq!(ways, [Some(6), Some(5), Some(5)]);
}

/// A refused call is a step, so that it can be asked for.
#[test]
fn a_client_that_calls_what_is_refused_is_found() {
    let completes = |_: &[ObservedJob<'_>]| vec![(0, Call::Resume), (0, complete_call())];
    let model = beside(completes, 1);
    let explored = model::check(&model)
        .always_step("no call is refused", |before, action, _| {
            let JobsAction::Call(job, call) = action else { return true };
            let job = &before.jobs()[*job];
            job.machine().allows(call, job.now()).is_ok()
        })
        .run();
    let found = explored.violation().unwrap().path().actions();
    // Complete of a download of which nothing is there is granted, once.
    assert_eq!(found, [JobsAction::Call(0, complete_call()), JobsAction::Call(0, Call::Resume)]);
}

fn complete_call() -> Call {
    Call::Complete(Default::default())
}

/// Time and service go on, clients and faults need not.
#[test]
fn a_job_is_over_in_the_end_though_nobody_does_anything() {
    let suspends = |_: &[ObservedJob<'_>]| vec![(0, Call::Resume)];
    let model = beside(suspends, 1).events([failed(503), failed(404)]);
    let over = |fairness: fn(&JobsAction<()>) -> Fairness| {
        let explored = model::check(&model)
            .eventually("it is over", |jobs| state(jobs, 0).is_final())
            .fairness(fairness)
            .run();
        assert!(explored.is_exhausted());
        explored.violation().map(|found| found.cycle().is_some())
    };
    // Without fairness nothing need happen. With it only a client that resumes again and again keeps the job.
    assert_eq!(over(|_| Fairness::None), Some(false));
    assert_eq!(over(JobsAction::fairness), Some(true));
}
