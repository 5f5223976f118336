//! However often the rate of a transfer changes, it has what flowed, and costs few steps.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::rates::{KILOBIT, Setup, daily, kilobits};
use bits_emulator::policy::{BandwidthPolicies, Hours, Link, Policies};
use bits_emulator::service::Chooser;
use bits_emulator::trace::NextStep;
use bits_emulator::{Job, JobPriority, JobState};
use proptest::prelude::*;

/// What the server gives.
const OFFERED: u64 = 8_000 * KILOBIT;

/// Something that changes the rate.
#[derive(Debug, Clone, Copy)]
enum Change {
    Link(u64, u64),
    Limit(u32),
    Priority(JobPriority),
    Look,
}

fn change() -> impl Strategy<Value = (u64, Change)> {
    let rate = || prop_oneof![0_u64..1_000, 0_u64..2_000_000];
    let change = prop_oneof![
        (rate(), rate()).prop_map(|(capacity, load)| Change::Link(capacity, load)),
        (1_u32..20_000).prop_map(Change::Limit),
        proptest::sample::select(JobPriority::ALL).prop_map(Change::Priority),
        Just(Change::Look),
    ];
    // Nanoseconds.
    (0_u64..20_000_000_000, change)
}

/// The rate of the only transfer there is, written anew from SCHED-12, 13 and 17.
struct Model {
    capacity: Option<u64>,
    load: u64,
    limit: u32,
    priority: JobPriority,
    /// In billionths of a byte.
    flowed: u128,
}

impl Model {
    fn rate(&self) -> u64 {
        let background = self.priority != JobPriority::Foreground;
        let limit = if background { u64::from(self.limit.max(2)) * 125 } else { u64::MAX };
        let wanted = OFFERED.min(limit);
        match self.capacity {
            None => wanted,
            Some(capacity) if background => {
                let idle = capacity.saturating_sub(self.load);
                wanted.min(idle).max(wanted.min(250).min(capacity))
            }
            Some(capacity) => wanted.min(capacity.saturating_sub(self.load).max(
                // The smaller part of an odd number of bytes goes to who wants less.
                if wanted <= self.load { capacity / 2 } else { capacity - capacity / 2 },
            )),
        }
    }

    fn apply(&mut self, change: Change, setup: &Setup, job: &Job) {
        match change {
            Change::Link(capacity, load) => {
                (self.capacity, self.load) = (Some(capacity), load);
                setup.emulator.set_link(Link::new(capacity).busy(load));
            }
            Change::Limit(limit) => {
                self.limit = limit;
                let bandwidth = daily(Hours::ALL, kilobits(limit), kilobits(limit));
                setup.emulator.set_policies(Policies { bandwidth, ..Policies::default() });
            }
            Change::Priority(priority) => {
                self.priority = priority;
                job.set_priority(priority).unwrap();
            }
            Change::Look => {}
        }
    }
}

proptest! {
    #![proptest_config(crate::cases::config(200))]

    /// SCHED-12, SCHED-13, SCHED-17: the bytes there are those that flowed, whatever changed and whoever
    /// looked meanwhile; and in the end the file is whole.
    #[test]
    fn the_bytes_are_the_sum_of_the_rates(changes in prop::collection::vec(change(), 1..30)) {
        let setup = Setup::new(BandwidthPolicies::default());
        let job = setup.large_download(JobPriority::Normal).unwrap();
        job.resume().unwrap();
        setup.emulator.advance(Duration::ZERO);
        let mut model = Model {
            capacity: None,
            load: 0,
            limit: u32::MAX,
            priority: JobPriority::Normal,
            flowed: 0,
        };
        for (wait, change) in changes {
            setup.emulator.advance(Duration::from_nanos(wait));
            model.flowed += u128::from(wait) * u128::from(model.rate());
            let there = job.progress().unwrap().bytes_transferred;
            prop_assert_eq!(u128::from(there), model.flowed / 1_000_000_000);
            model.apply(change, &setup, &job);
        }
        // At the least limits it would take longer than the maximum download time, 90 days.
        setup.emulator.set_policies(Policies::default());
        setup.emulator.set_link(Link::UNLIMITED);
        prop_assert!(setup.emulator.run_until_idle().is_at_rest());
        prop_assert_eq!(job.state().unwrap(), JobState::Transferred);
    }
}

/// Counts what happens.
#[derive(Clone)]
struct Counts(Arc<AtomicU32>);

impl Chooser<NextStep> for Counts {
    fn choose(&mut self, first: NextStep, _: &mut dyn Iterator<Item = NextStep>) -> NextStep {
        self.0.fetch_add(1, Ordering::Relaxed);
        first
    }
}

/// A transfer costs steps by what changes, not by its bytes: SCHED-13, four changes in 2 days.
#[test]
fn a_change_of_the_rate_costs_a_step() -> Result<(), bits_emulator::Error> {
    let setup = Setup::new(daily(Hours::between(8, 17), kilobits(80), kilobits(400)));
    let steps = Arc::new(AtomicU32::new(0));
    setup.emulator.set_chooser(Counts(Arc::clone(&steps)));
    let job = setup.large_download(JobPriority::Normal)?;
    job.resume()?;
    assert!(setup.emulator.run_until_idle().is_at_rest());
    assert_eq!(job.state()?, JobState::Transferred);
    assert!(steps.load(Ordering::Relaxed) <= 12, "{steps:?}");
    Ok(())
}
