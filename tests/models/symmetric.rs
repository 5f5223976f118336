//! Things that are alike: that the same is found when states are merged, and what is refused.

use std::cell::RefCell;

use bits_emulator::explore::model::jobs::{JobsModel, JobsState, ObservedJob};
use bits_emulator::explore::model::{
    self, Explored, Model, NotSymmetric, Symmetric, check_symmetric,
};
use bits_emulator::machine::{Call, JobOptions};

use crate::common::*;

/// A client that resumes and cancels each of its jobs.
fn resumes_and_cancels(jobs: &[ObservedJob<'_>]) -> Vec<(usize, Call)> {
    let calls = |job| [(job, Call::Resume), (job, cancel())];
    (0..jobs.len()).flat_map(calls).collect()
}

type Promise = fn(&JobsState<()>) -> bool;

type Client = fn(&[ObservedJob<'_>]) -> Vec<(usize, Call)>;

/// Downloads of one file that fail with 404 or not.
fn downloads(client: Client, jobs: usize) -> JobsModel<Client> {
    let add = |model: JobsModel<Client>, _| {
        model.job(JobOptions::default(), [Call::add_file(file(0))]).unwrap()
    };
    (0..jobs).fold(JobsModel::beside(client).events([failed(404)]), add)
}

fn number(jobs: &JobsState<()>, state: bits_emulator::JobState) -> usize {
    jobs.jobs().iter().filter(|job| job.machine().state() == state).count()
}

fn counts<M: Model>(explored: &Explored<M>) -> (usize, usize, usize) {
    assert!(explored.is_exhausted(), "{explored}");
    (explored.states(), explored.transitions(), explored.depth())
}

/// Of each state one image is visited and of each image none is left out, for two jobs and for three. The counts stand
/// in the documentation of `check_symmetric`.
#[test]
fn merged_states_are_those_of_the_whole_model() {
    for (jobs, whole, merged) in
        [(2, (346, 1662, 13), (181, 885, 13)), (3, (5752, 35829, 21), (1137, 7272, 21))]
    {
        let model = downloads(resumes_and_cancels, jobs);
        let all = RefCell::new(Vec::new());
        let explored = model::check(&model)
            .always("it is noted", |state| {
                all.borrow_mut().push(state.clone());
                true
            })
            .run();
        let explored_merged = check_symmetric(&model).run().unwrap();
        assert_eq!((counts(&explored), counts(&explored_merged)), (whole, merged));
        // Of the states that are images of each other each counts for its share.
        let shares = all.into_inner().into_iter().map(|state| {
            let mut orbit = Vec::new();
            for image in model.images(&state) {
                if !orbit.contains(&image) {
                    orbit.push(image);
                }
            }
            60 / orbit.len()
        });
        let orbits = shares.sum::<usize>() / 60;
        assert_eq!(orbits, explored_merged.states());
    }
}

/// What breaks a promise is found by as many steps, and the way is one through the model.
#[test]
fn the_same_violations_are_found() {
    let model = downloads(resumes_and_cancels, 3);
    let promises: [(&str, Promise); 4] = [
        ("not all transfer", |jobs| number(jobs, Transferring) < 3),
        ("none fails beside two that are there", |jobs| {
            number(jobs, bits_emulator::JobState::Error) != 1 || number(jobs, Transferred) != 2
        }),
        ("each state is different", |jobs| {
            number(jobs, Transferred) != 1
                || number(jobs, Connecting) != 1
                || number(jobs, Cancelled) != 1
        }),
        ("three are not four", |jobs| number(jobs, Transferred) < 4),
    ];
    for (promise, holds) in promises {
        let whole =
            model::check(&model).always(promise, holds).possible("", move |it| !holds(it)).run();
        let merged =
            check_symmetric(&model).always(promise, holds).possible("", move |it| !holds(it)).run();
        let merged = merged.unwrap();
        let length = |explored: &Explored<JobsModel<Client>>| {
            let found = explored.violation().map(|found| found.path().actions().len());
            assert_eq!(explored.possible()[0].path().map(|path| path.actions().len()), found);
            found
        };
        assert_eq!(length(&merged), length(&whole), "{promise}");
        let Some(found) = merged.violation() else { continue };
        let mut state = found.path().initial().clone();
        for (action, to) in found.path().steps() {
            assert!(model.enabled(&state).into_iter().any(|it| it == *action));
            state = model.next(&state, action).unwrap();
            assert!(state == *to);
        }
        assert!(!holds(&state), "{promise}");
    }
}

#[test]
fn promises_of_steps_hold_of_both_or_none() {
    let model = downloads(resumes_and_cancels, 2);
    let holds = |from: &JobsState<()>, _: &_, to: &JobsState<()>| {
        number(from, Transferred) != 1 || number(to, Transferred) != 2
    };
    let whole = model::check(&model).always_step("they are not both there", holds).run();
    let merged = check_symmetric(&model).always_step("they are not both there", holds).run();
    let length = |found: Option<&model::Violation<_>>| found.map(|it| it.path().actions().len());
    assert_eq!(length(merged.unwrap().violation()), length(whole.violation()));

    let first = |jobs: &JobsState<()>| jobs.jobs()[0].machine().state();
    let refused = check_symmetric(&model)
        .always_step("the first is not picked", |from, _, to| {
            (first(from), first(to)) != (Queued, Connecting)
        })
        .run();
    let promise = NotSymmetric::Promise("the first is not picked".into());
    assert_eq!(refused.unwrap_err(), promise);
}

#[test]
fn what_is_not_symmetric_is_refused() {
    let model = downloads(resumes_and_cancels, 2);
    let first = |jobs: &JobsState<()>| jobs.jobs()[0].machine().state() != Transferring;
    let promise = || NotSymmetric::Promise("the first".into());
    let refused = check_symmetric(&model).always("the first", first).run();
    assert_eq!(refused.unwrap_err(), promise());
    let refused = check_symmetric(&model).possible("the first", first).run();
    assert_eq!(refused.unwrap_err(), promise());

    // One of them has two files.
    let two_files = [0, 1].map(|number| Call::add_file(file(number)));
    let model = downloads(resumes_and_cancels, 1).job(JobOptions::default(), two_files).unwrap();
    assert_eq!(check_symmetric(&model).run().unwrap_err(), NotSymmetric::Beginning);

    // The second is resumed when the first is there.
    let in_turn: Client = |jobs| match jobs[0].state() {
        Transferred => vec![(1, Call::Resume)],
        _ => vec![(0, Call::Resume)],
    };
    let model = downloads(in_turn, 2);
    assert!(matches!(check_symmetric(&model).run(), Err(NotSymmetric::Steps(_))));
}
