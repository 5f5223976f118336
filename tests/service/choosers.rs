//! All choices pass through one chooser.

use crate::support::*;
use bits_emulator::JobPriority::{Foreground, Normal};
use bits_emulator::NotifyFlags;
use bits_emulator::machine::{Event, Failure};
use bits_emulator::service::{
    Chooser, FirstInFirstOut, Scripted, Seeded, Service, ServiceStep, StepResults,
};

/// A service in which much is possible at once: a retry, turns and notifications.
fn busy() -> Service {
    let mut service = service();
    let failed = running(&mut service, &ALICE, Foreground);
    happens(&mut service, failed, Event::Failed(Failure::http(503)));
    for by in [ALICE, BOB] {
        let id = running(&mut service, &by, Foreground);
        transfer(&mut service, id);
        listen(&mut service, &by, id, NotifyFlags::JOB_TRANSFERRED);
    }
    for priority in [Foreground, Foreground, Normal, Normal] {
        queued(&mut service, &CAROL, priority);
    }
    service.set_now(at(600));
    service
}

fn run(mut chooser: impl Chooser) -> (Vec<StepResults>, Service) {
    let mut service = busy();
    let mut taken = Vec::new();
    while let Some(stepped) = service.perform_next(&mut chooser) {
        taken.push(stepped);
        assert!(taken.len() < 100, "the steps end");
    }
    (taken, service)
}

/// The default is what is offered first: clocks, then the scheduler, then notifications.
#[test]
fn the_default_takes_what_comes_first() {
    let mut service = busy();
    let kinds: Vec<_> = service
        .possible_steps()
        .map(|step| match step {
            ServiceStep::Deadline(..) => 'd',
            ServiceStep::BandwidthLimits => 'b',
            ServiceStep::Stop(_) => 's',
            ServiceStep::Pick(_) => 'p',
            ServiceStep::Notify(..) => 'n',
            other => panic!("{other:?} has no letter"),
        })
        .collect();
    assert_eq!(kinds, ['d', 'p', 'p', 'p', 'n', 'n']);
    loop {
        let first = service.possible_steps().next();
        let mut other = service.clone();
        let stepped = service.perform_next(&mut FirstInFirstOut);
        assert_eq!(stepped, first.and_then(|step| other.perform(step)));
        if stepped.is_none() {
            break;
        }
    }
}

/// INV-58: the same chooser, the same run, to the last detail.
#[test]
fn the_same_choices_give_the_same_run() {
    assert_eq!(run(FirstInFirstOut), run(FirstInFirstOut));
    let mut runs = Vec::new();
    for seed in 0..20 {
        let (taken, service) = run(Seeded::new(seed));
        assert_eq!(run(Seeded::new(seed)), (taken.clone(), service));
        if !runs.contains(&taken) {
            runs.push(taken);
        }
    }
    assert!(runs.len() > 15, "only {} runs of 20 seeds", runs.len());
}

/// Every step can be the one: a script reaches it.
#[test]
fn every_step_may_come_first() {
    let offered = steps(&busy());
    for (number, step) in offered.iter().enumerate() {
        let (taken, _) = run(Scripted::new([number]));
        let direct = busy().perform(*step);
        assert_eq!(taken.first().cloned(), direct, "{step:?}");
    }
    // Beyond the last is the last; after the script comes the default.
    let last = offered.len() - 1;
    assert_eq!(run(Scripted::new([last])), run(Scripted::new([1_000])));
    assert_eq!(run(Scripted::default()), run(FirstInFirstOut));
}

/// The seeded chooser leaves no step out.
#[test]
fn a_seed_may_choose_any() {
    let mut chosen = [0; 6];
    let mut chooser = Seeded::new(1);
    for _ in 0..6_000 {
        chosen[chooser.choose(0, &mut (1..6))] += 1;
    }
    assert!(chosen.iter().all(|times| (900..1_100).contains(times)), "{chosen:?}");
}

/// A step that nobody offered changes nothing.
#[test]
fn a_chooser_cannot_invent_steps() {
    struct Liar(ServiceStep);
    impl Chooser for Liar {
        fn choose(
            &mut self,
            _: ServiceStep,
            _: &mut dyn Iterator<Item = ServiceStep>,
        ) -> ServiceStep {
            self.0
        }
    }
    let service = busy();
    let offered = steps(&service);
    for step in offered.clone() {
        let id = step.job().expect("no limits change");
        for invented in [ServiceStep::Stop(id), ServiceStep::Pick(id)] {
            if !offered.contains(&invented) {
                let mut tried = service.clone();
                assert_eq!(tried.perform_next(&mut Liar(invented)), None);
                assert_eq!(tried, service, "{invented:?}");
            }
        }
        if let ServiceStep::Deadline(id, _) = step {
            for deadline in bits_emulator::machine::Deadline::ALL {
                let invented = ServiceStep::Deadline(id, *deadline);
                let tried = service.clone().perform_next(&mut Liar(invented));
                assert_eq!(tried.is_some(), invented == step);
            }
        }
    }
}
