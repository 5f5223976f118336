//! Random lives of several users, sessions and jobs, and what must hold of all of them at every step.

use crate::lives::{Life, Op, ops};
use crate::support::*;
use bits_emulator::Notification;
use bits_emulator::machine::{Deadline, DueNotification, Recipient};
use bits_emulator::service::{Chooser, FirstInFirstOut, Scripted, Seeded, ServiceStep};
use chrono::TimeDelta;
use proptest::prelude::*;

/// Lives a life under the eyes of the simple service.
fn check(ops: &[Op], chooser: &mut dyn Chooser) -> Result<Life, TestCaseError> {
    let mut life = Life::new();
    for (number, op) in ops.iter().enumerate() {
        let before: Vec<_> = life.timers();
        life.apply(op, chooser);
        let problem = life.model.problem(&life.service).or_else(|| {
            // INV-30, TIME-05
            let moved = matches!(op, Op::ChangeClock(_)) && life.timers() != before;
            moved.then(|| "INV-30: a moved clock moved a timer".to_owned())
        });
        if let Some(problem) = problem {
            let story = format!("{problem}\n{:#?}", &ops[..=number]);
            return Err(TestCaseError::fail(story));
        }
    }
    Ok(life)
}

proptest! {
    #![proptest_config(crate::cases::config(100))]

    /// INV-13, INV-22, INV-30, INV-33, INV-35 to INV-37, INV-48, INV-49.
    #[test]
    fn the_service_is_as_the_simple_one_by_default(ops in ops(10..150)) {
        check(&ops, &mut FirstInFirstOut)?;
    }

    #[test]
    fn the_service_is_as_the_simple_one_whatever_is_chosen(ops in ops(10..150), seed: u64) {
        check(&ops, &mut Seeded::new(seed))?;
    }

    /// INV-58: the same choices, the same service, to the last detail.
    #[test]
    fn the_same_choices_give_the_same_service(
        ops in ops(10..80),
        seed: u64,
        script in prop::collection::vec(0..5_usize, 0..20),
    ) {
        let seeded = || check(&ops, &mut Seeded::new(seed));
        prop_assert_eq!(seeded()?.service, seeded()?.service);
        let scripted = || check(&ops, &mut Scripted::new(script.clone()));
        prop_assert_eq!(scripted()?.service, scripted()?.service);
    }

    /// What is not offered is not possible, and changes nothing.
    #[test]
    fn what_is_not_offered_does_nothing(ops in ops(10..100)) {
        let life = check(&ops, &mut FirstInFirstOut)?;
        let offered = steps(&life.service);
        for id in &life.model.jobs {
            let clocks = Deadline::ALL.iter().map(|deadline| ServiceStep::Deadline(*id, *deadline));
            let told = [Notification::JobTransferred, Notification::JobModification];
            let told = told.map(|notification| {
                let (recipient, user) = (Recipient::Callback, ALICE.user);
                ServiceStep::Notify(*id, DueNotification { notification, recipient, user })
            });
            let due = job(&life.service, *id).due_notifications();
            let due = due.map(|due| ServiceStep::Notify(*id, due));
            let turns = [ServiceStep::Pick(*id), ServiceStep::Stop(*id)];
            for step in clocks.chain(told).chain(due).chain(turns) {
                let mut service = life.service.clone();
                let taken = service.perform(step);
                prop_assert_eq!(taken.is_some(), offered.contains(&step), "{:?}", step);
                prop_assert!(taken.is_some() || service == life.service);
            }
        }
    }

    /// What the service does first is the first of the list, and it waits only while the list is empty.
    #[test]
    fn the_first_step_is_the_first_of_the_list(ops in ops(10..100), seed: u64) {
        let mut life = check(&ops, &mut Seeded::new(seed))?;
        for _ in 0..100 {
            let offered = steps(&life.service);
            let mut other = life.service.clone();
            let taken = other.perform_next(&mut FirstInFirstOut);
            prop_assert_eq!(&taken, &offered.first().and_then(|first| life.service.perform(*first)));
            prop_assert_eq!(&other, &life.service);
            if taken.is_none() {
                prop_assert_ne!(life.service.next_instant(), Some(life.service.now()));
                let Some(next) = life.service.next_instant() else { break };
                life.service.set_now(next);
            }
        }
    }

    /// A service that is left alone comes to rest at every instant, and what is possible by then is
    /// done: no call is lost, and no job waits for a place that is free.
    #[test]
    fn a_service_that_is_left_alone_comes_to_rest(ops in ops(10..100), seed: u64) {
        let mut life = check(&ops, &mut Seeded::new(seed))?;
        let until = life.service.now() + TimeDelta::days(200);
        let mut chooser = Seeded::new(seed);
        while let Some(next) = life.service.next_instant().filter(|next| *next <= until) {
            life.service.set_now(next);
            let mut steps = 0;
            while life.service.perform_next(&mut chooser).is_some() {
                steps += 1;
                prop_assert!(steps < 500, "no rest at {next}");
            }
            prop_assert!(steps > 0, "nothing to do at {next}");
        }
        // TIME-20: nobody looked after them.
        prop_assert_eq!(life.service.queue_length(), 0);
    }
}
