//! Kills: two of them in one run, and one where panics are contained.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use bits_emulator::explore::{self, Budget, Incident, Life, Monitor, Monitors, Strategy};
use bits_emulator::{Error, Hook, Job, Method, Notification};

use crate::clients::{Failed, begin, one_file};
use crate::promises::all;

/// Each corrected client keeps its promises under every two kills. Nothing else goes wrong, so that one that corrects
/// several bugs is explored once.
#[test]
fn corrected_clients_survive_two_kills() {
    let cases = all();
    for (place, case) in cases.iter().enumerate() {
        if cases[..place].iter().any(|before| before.has_the_corrected_client_of(case)) {
            continue;
        }
        let killed_twice = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&killed_twice);
        let counts = Monitor::new("kills are counted", move |ending| {
            if ending.incidents == [Incident::Kill; 2] {
                counted.fetch_add(1, Ordering::SeqCst);
            }
            Ok(())
        });
        let program = case.program(case.right, Budget::default().kill(2)).bound(2, 0);
        let verdict = program.monitors((case.monitors)().with(counts.judges_the_end())).explore();
        assert!(verdict.is_exhausted(), "{}: {verdict}", case.name);
        assert!(killed_twice.load(Ordering::SeqCst) > 0, "{}: {verdict}", case.name);
    }
}

const HOUR: Duration = Duration::from_secs(3_600);
const IN_ITS_CALLBACK: &str = "killed in its callback";

/// Completes its job in a callback, which comes during a slow call. Its next life says whether it was killed in that.
fn completes_when_called(life: &Life) -> Result<(), Failed> {
    let store = life.store();
    if life.number() > 1 {
        return Ok(());
    }
    if life.number() == 1 {
        if store.get("called").is_none() || store.get("returned").is_some() {
            return Ok(());
        }
        let begun = store.get("begun").expect("it was set before all else");
        let lasted = life.now().timestamp() - begun.parse::<i64>().unwrap();
        assert!(lasted < 60, "its call went on after it was killed");
        return Err(IN_ITS_CALLBACK.into());
    }
    store.set("begun", life.now().timestamp().to_string());
    let kept = store.clone();
    let job = begin(life).map_err(text)?;
    job.set_notify_interface(move |job: Job, _: Notification| {
        kept.set("called", "yes");
        let completed = job.complete().map(drop);
        kept.set("returned", "yes");
        completed
    })
    .map_err(text)?;
    life.session().jobs().map(drop).map_err(text)
}

fn text(error: Error) -> String {
    error.to_string()
}

/// A kill within a callback is none of the panics that are contained: the program ends at once, and not when the call
/// returns during which it was called.
#[test]
fn a_kill_passes_through_a_contained_callback() {
    for contains_panics in [false, true] {
        let verdict = explore::program(completes_when_called)
            .world(|emulator| {
                one_file(emulator);
                emulator.hook(Hook::pass_time(Method::EnumJobs, HOUR));
                emulator.contain_panics(contains_panics);
            })
            .budget(Budget::default().kill(1))
            .monitors(Monitors::default())
            .strategy(Strategy::EveryPoint)
            .bound(1, 0)
            .explore();
        assert!(verdict.is_exhausted(), "{contains_panics}: {verdict}");
        assert!(verdict.reached.outcomes.contains_key(IN_ITS_CALLBACK), "{}", verdict.reached);
    }
}
