//! Strategies for property tests: what they make is valid, and what breaks a promise is shrunk to a scenario.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::cases::config;
use bits_emulator::explore::strategies::{
    WorldFile, flawed_worlds, incidents, refusals, traces, worlds,
};
use bits_emulator::explore::{self, Budget, Incident, Life, Monitors};
use bits_emulator::machine::{TRANSITIONS, TransitionAction};
use bits_emulator::scenario::Scenario;
use bits_emulator::{Emulator, Error, HResult, JobState, JobType};
use proptest::prelude::*;
use proptest::test_runner::{TestError, TestRunner};

const HOUR: Duration = Duration::from_secs(3600);

fn every_incident() -> Budget {
    Budget::default()
        .network(2)
        .http([503, 404])
        .broken_connections(1)
        .disk_full(1)
        .log_off(1)
        .log_off_survived(1)
        .operator_cancel(1)
        .operator_suspend(1)
        .operator_resume(1)
        .service_restart(1)
        .call_fails(HResult::RPC_S_SERVER_UNAVAILABLE, 1)
        .reply_lost(HResult::RPC_S_SERVER_UNAVAILABLE, 1)
        .callback_twice(1)
        .kill(2)
}

fn is_of_a_file(flaw: &Incident) -> bool {
    matches!(flaw, Incident::Http(400..=599) | Incident::ConnectionBroken)
}

proptest! {
    #![proptest_config(config(256))]

    /// No two files are in one place, each is on its server with its size, and requests fail by themselves only in
    /// worlds with flaws.
    #[test]
    fn worlds_are_valid(sound in worlds(1..=4), flawed in flawed_worlds(1..=4)) {
        for world in [&sound, &flawed] {
            prop_assert!((1..=4).contains(&world.files.len()));
            let urls: BTreeSet<_> = world.files.iter().map(WorldFile::url).collect();
            let places: BTreeSet<_> = world.files.iter().map(|file| &file.local).collect();
            prop_assert_eq!((urls.len(), places.len()), (world.files.len(), world.files.len()));
            prop_assert!(world.files.iter().flat_map(|file| &file.flaws).all(is_of_a_file));
        }
        prop_assert!(sound.files.iter().all(|file| file.flaws.is_empty()));
        let emulator = Emulator::new();
        sound.set_up(&emulator);
        let job = emulator.connect(sound.user.clone()).create_job("all", JobType::Download).unwrap();
        for file in &sound.files {
            job.add_file(file.url(), file.local.as_str()).unwrap();
        }
        job.resume().unwrap();
        prop_assert!(emulator.run_until_idle().is_at_rest());
        prop_assert_eq!(job.state().unwrap(), JobState::Transferred);
        let size: u64 = sound.files.iter().map(|file| file.size).sum();
        prop_assert_eq!(job.progress().unwrap().bytes_transferred, size);
    }

    /// As many as the budget allows, in order, in time.
    #[test]
    fn incidents_keep_to_the_budget(planned in incidents(every_incident(), HOUR)) {
        prop_assert!(planned.is_sorted_by_key(|(after, _)| *after));
        prop_assert!(planned.iter().all(|(after, _)| *after <= HOUR));
        for (incident, times) in every_incident().incidents() {
            let planned = planned.iter().filter(|(_, planned)| planned == incident).count();
            prop_assert!(planned <= *times as usize);
        }
    }

    /// Each step can happen where it stands, and does something.
    #[test]
    fn what_is_enabled_is_never_refused(trace in traces(0..60)) {
        let mut begun = trace.clone();
        begun.steps.clear();
        let (mut job, mut now) = begun.job();
        for (at, input) in trace.steps {
            prop_assert!(at >= now);
            prop_assert!(job.next_deadline().is_none_or(|(due, _)| due.max(now) >= at));
            prop_assert!(job.is_enabled(&input, at), "{:?}", input);
            let outcome = job.apply(input, at);
            prop_assert!(outcome.is_ok_and(|outcome| !outcome.was_ignored()));
            now = at;
        }
    }

    /// A refused call changes nothing; its code is the one of its row of the table, where the state forbids it.
    #[test]
    fn what_is_refused_always_is(refusal in refusals(0..40)) {
        let (mut job, now) = refusal.trace.job();
        let before = job.clone();
        let state = job.state();
        let error = job.call(refusal.call.clone(), now).expect_err("it is refused");
        prop_assert_eq!(error.code(), refusal.code);
        prop_assert_eq!(&job, &before);
        if state.is_final() {
            prop_assert_eq!(refusal.code, HResult::BG_E_INVALID_STATE);
        }
        if let Error::Refused { rule, .. } = &error {
            let by_table = TRANSITIONS.iter().filter(|row| row.rules.contains(rule));
            let codes = by_table.filter_map(|row| match row.then {
                TransitionAction::Refuse(code) if row.from.contains(state) => Some(code),
                _ => None,
            });
            let codes: Vec<_> = codes.collect();
            prop_assert!(codes.is_empty() || codes.contains(&refusal.code), "{:?}", error);
        }
    }
}

/// A downloader that takes a partial success for one: it completes its job whatever its state is.
fn completes_early(life: &Life, files: &[WorldFile]) -> Result<(), Error> {
    let session = life.session();
    for job in session.jobs()? {
        let _ = job.cancel()?;
    }
    let job = session.create_job("update", JobType::Download)?;
    for file in files {
        job.add_file(file.url(), file.local.as_str())?;
    }
    job.resume()?;
    while matches!(job.state()?, JobState::Queued | JobState::Connecting | JobState::Transferring) {
        session.sleep(Duration::from_secs(1));
    }
    job.complete().map(drop)
}

/// What is left of a broken promise is one thing that goes wrong, and a scenario that shows it without the program.
#[test]
fn a_failure_shrinks_to_a_scenario_with_one_fault() {
    let budget = || Budget::default().network(2).http([503, 404]).broken_connections(1).kill(2);
    let cases = (flawed_worlds(1..=3), incidents(budget(), HOUR));
    let run = |(world, planned): (explore::strategies::World, Vec<_>)| {
        world.program(completes_early).incidents(planned).test()
    };
    let result = TestRunner::new(config(64)).run(&cases, run);
    let Err(TestError::Fail(why, (world, planned))) = result else { panic!("{result:?}") };
    let flaws = world.files.iter().map(|file| file.flaws.len()).sum::<usize>();
    let size: u64 = world.files.iter().map(|file| file.size).sum();
    let too_small = usize::from(world.free < size);
    assert_eq!(flaws + planned.len() + too_small, 1, "{why}");
    let (told, text) = why.message().split_once("\nAs a scenario:\n\n").expect("it has one");
    assert!(
        told.contains("broken promise: success is reported only if every wanted file is there")
    );
    let scenario: Scenario = text.parse().unwrap_or_else(|problems| panic!("{problems}\n{text}"));
    let problem = scenario.run().failure.expect("the promise is broken there too");
    assert!(problem.cause.contains("fetched"), "{problem:?}\n{text}");
}

/// An incident strikes at its time, in the middle of a wait too, and no sooner.
#[test]
fn planned_incidents_strike_at_their_times() {
    let at = |seconds| Duration::from_secs(seconds);
    let planned = [
        (at(70), Incident::OperatorCancel),
        (at(10), Incident::Kill),
        (at(5), Incident::NetworkLost(at(1))),
    ];
    let program = explore::program(|life: &Life| {
        let job = life.session().create_job("update", JobType::Download)?;
        life.session().sleep(Duration::from_secs(90));
        let state = job.state()?;
        let _ = job.cancel();
        assert_eq!(state, JobState::Cancelled);
        Ok::<_, Error>(())
    });
    let found = program.incidents(planned).monitors(Monitors::default()).bound(0, 0).replay("");
    assert_eq!(
        found.decided(),
        [
            "midway in a wait, the network is lost for 1s",
            "midway in a wait, the process is killed",
            "midway in a wait, an administrator cancels the jobs",
        ]
    );
    let counterexample = found.counterexample;
    assert!(counterexample.is_none(), "{counterexample:?}");
}
