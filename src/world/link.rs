//! The computer's link to the network, and how much of it each transfer gets.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};

use crate::vocabulary::canonical::Canonical;
use crate::vocabulary::{BandwidthLimit, JobId, JobPriority, LevelLimits};

/// How much of an idle link a background transfer gets at least, in bytes a second: some data flows
/// under load too (SCHED-12). How much is an interpretation: 2 kilobits, as the least limit (SCHED-13).
const TRICKLE: u64 = BandwidthLimit::LEAST;

/// The link between the computer and the network, which all transfers share, and what other
/// applications use of it. Unlimited at first, so that only servers make transfers slow.
///
/// ```
/// use std::time::Duration;
/// use bits_emulator::{Emulator, JobPriority, JobType};
/// use bits_emulator::policy::Link;
///
/// let emulator = Emulator::new();
/// emulator.server("https://example.com").file("/app.exe", 10_000_000);
/// // SCHED-12: of 100,000 bytes a second, others leave 10,000 idle.
/// emulator.set_link(Link::new(100_000).busy(90_000));
///
/// let session = emulator.connect("alice");
/// let job = session.create_job("update", JobType::Download)?;
/// job.add_file("https://example.com/app.exe", r"C:\app\app.exe")?;
/// job.resume()?;
/// emulator.advance(Duration::from_secs(10));
/// assert_eq!(job.progress()?.bytes_transferred, 100_000);
///
/// // In the foreground it competes for the half.
/// job.set_priority(JobPriority::Foreground)?;
/// emulator.advance(Duration::from_secs(10));
/// assert_eq!(job.progress()?.bytes_transferred, 600_000);
/// # Ok::<(), bits_emulator::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Link {
    /// Bytes a second; `None` is more than transfers use.
    capacity: Option<u64>,
    load: u64,
}

impl Link {
    /// The link over which everything flows as fast as the servers send it.
    pub const UNLIMITED: Self = Self { capacity: None, load: 0 };

    /// Returns an idle link with that many bytes a second, in both directions together.
    #[must_use]
    pub const fn new(bytes_per_second: u64) -> Self {
        Self { capacity: Some(bytes_per_second), load: 0 }
    }

    /// Sets how many bytes a second other applications would use of it. They leave background transfers
    /// what is idle, and compete with foreground transfers as if they were one more: an interpretation
    /// (SCHED-12).
    #[must_use]
    pub const fn busy(self, bytes_per_second: u64) -> Self {
        Self { load: bytes_per_second, ..self }
    }

    /// Returns how fast the link is, in bytes a second; `None` if it is unlimited.
    #[must_use]
    pub const fn capacity(self) -> Option<u64> {
        self.capacity
    }

    /// Returns what other applications would use of it, in bytes a second.
    #[must_use]
    pub const fn load(self) -> u64 {
        self.load
    }
}

/// What a transfer would use of the link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Demand {
    pub(super) priority: JobPriority,
    /// What the server gives, in bytes a second.
    pub(super) rate: u64,
}

/// A transfer that flows, and how fast it may.
#[derive(Debug, Clone, Copy)]
struct Sharer {
    demand: Demand,
    allowed: u64,
}

/// The transfers that share the link.
#[derive(Debug, Clone, Default)]
pub(super) struct Sharing {
    link: Link,
    limits: LevelLimits,
    flows: BTreeMap<JobId, Sharer>,
}

impl Sharing {
    /// Sets the link; true if the shares may change.
    pub(super) fn set_link(&mut self, link: Link) -> bool {
        std::mem::replace(&mut self.link, link) != link
    }

    /// Sets the limits; true if the shares may change.
    pub(super) fn set_limits(&mut self, limits: LevelLimits) -> bool {
        std::mem::replace(&mut self.limits, limits) != limits
    }

    /// Sets what a transfer would use, `None` if it does not flow; true if the shares of others may
    /// change.
    pub(super) fn set_demand(&mut self, id: JobId, demand: Option<Demand>) -> bool {
        let known = self.flows.get(&id).map(|flow| flow.demand);
        if known == demand {
            return false;
        }
        match demand {
            Some(demand) => {
                let allowed = self.wanted(demand);
                self.flows.insert(id, Sharer { demand, allowed });
            }
            None => {
                self.flows.remove(&id);
            }
        }
        self.link.capacity.is_some()
    }

    /// How fast a transfer may flow that does.
    pub(super) fn allowed(&self, id: JobId) -> Option<u64> {
        self.flows.get(&id).map(|flow| flow.allowed)
    }

    /// The transfers that flow.
    pub(super) fn flowing(&self) -> impl Iterator<Item = JobId> + '_ {
        self.flows.keys().copied()
    }

    /// SCHED-13, SCHED-16, SCHED-17: what a transfer would use if it were alone.
    fn wanted(&self, Demand { priority, rate }: Demand) -> u64 {
        let limit = self.limits.of(priority).bytes_per_second();
        limit.map_or(rate, |limit| rate.min(limit))
    }

    /// Shares the link out anew: SCHED-12.
    pub(super) fn share(&mut self) {
        let level = |is_background| {
            let flows = self.flows.iter();
            let flows =
                flows.filter(|(_, flow)| flow.demand.priority.is_background() == is_background);
            flows.map(|(id, flow)| (self.wanted(flow.demand), Some(*id))).collect::<Vec<_>>()
        };
        let (mut foreground, mut background) = (level(false), level(true));
        if let Some(capacity) = self.link.capacity {
            foreground.push((self.link.load, None));
            foreground = fair_shares(capacity, 0, foreground);
            let used = foreground.iter().fold(0_u64, |sum, (share, _)| sum.saturating_add(*share));
            let idle = capacity.saturating_sub(used);
            background = fair_shares(idle, TRICKLE.min(capacity), background);
        }
        for (share, id) in foreground.into_iter().chain(background) {
            if let Some(flow) = id.and_then(|id| self.flows.get_mut(&id)) {
                flow.allowed = share;
            }
        }
    }
}

impl Canonical for Sharing {
    /// What flows, and how fast, is seen from the transfers.
    fn hash_canonical<H: Hasher>(&self, hasher: &mut H) {
        let Self { link, limits, flows: _ } = self;
        (link, limits).hash(hasher);
    }
}

/// Returns the shares: none is more than is wanted, nor less than the least if that is wanted, and what
/// some leave goes to the others in equal parts.
fn fair_shares<T>(mut capacity: u64, least: u64, mut wanted: Vec<(u64, T)>) -> Vec<(u64, T)> {
    wanted.sort_by_key(|(rate, _)| *rate);
    let mut sharers = u64::try_from(wanted.len()).unwrap_or(u64::MAX);
    for (rate, _) in &mut wanted {
        let share = (*rate).min(capacity.checked_div(sharers).unwrap_or_default());
        capacity = capacity.saturating_sub(share);
        sharers = sharers.saturating_sub(1);
        *rate = share.max(least.min(*rate));
    }
    wanted
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::property_tests;

    const fn id(number: u128) -> JobId {
        JobId(uuid::Uuid::from_u128(number))
    }

    fn shared(link: Link, limits: LevelLimits, demands: &[(JobPriority, u64)]) -> Vec<u64> {
        let mut sharing = Sharing { link, limits, flows: BTreeMap::new() };
        for (number, (priority, rate)) in (0..).zip(demands) {
            sharing.set_demand(id(number), Some(Demand { priority: *priority, rate: *rate }));
        }
        sharing.share();
        (0..).zip(demands).map(|(number, _)| sharing.allowed(id(number)).unwrap()).collect()
    }

    fn demands() -> impl Strategy<Value = Vec<(JobPriority, u64)>> {
        let priority = proptest::sample::select(JobPriority::ALL);
        proptest::collection::vec((priority, 0_u64..100_000), 0..6)
    }

    proptest! {
        #![proptest_config(property_tests::config())]

        /// SCHED-12: nothing is shared out that is not there, but for the trickle; no transfer gets more than
        /// is wanted; nothing stays idle that is wanted; the foreground goes first, in equal parts.
        #[test]
        fn a_link_is_shared_out(
            capacity in 1_u64..200_000,
            load in 0_u64..200_000,
            demands in demands(),
        ) {
            let link = Link::new(capacity).busy(load);
            let shares = shared(link, LevelLimits::UNLIMITED, &demands);
            let part = |background| {
                let both = demands.iter().zip(&shares);
                both.filter(move |((priority, _), _)| priority.is_background() == background)
                    .map(|((_, wanted), share)| (*wanted, *share))
            };
            for (wanted, share) in part(true).chain(part(false)) {
                prop_assert!(share <= wanted);
            }
            for (wanted, share) in part(true) {
                prop_assert!(share >= wanted.min(TRICKLE).min(capacity));
            }
            let foreground: u64 = part(false).map(|(_, share)| share).sum();
            prop_assert!(foreground <= capacity);
            let most = part(false).map(|(_, share)| share).max().unwrap_or_default();
            for (wanted, share) in part(false) {
                prop_assert!(share == wanted || share + 1 >= most, "equal parts");
            }
            let idle = capacity.saturating_sub(foreground + load);
            let trickles = TRICKLE * part(true).count() as u64;
            let background: u64 = part(true).map(|(_, share)| share).sum();
            prop_assert!(background <= idle + trickles);
            let wanted: u64 = part(true).map(|(wanted, _)| wanted).sum();
            prop_assert!(background >= idle.min(wanted));
        }
    }

    /// SCHED-13, SCHED-16, SCHED-17: limits are those of the background, whatever is idle.
    #[test]
    fn limits_hold_in_the_background_only() {
        let limits = LevelLimits {
            high: BandwidthLimit::Kilobits(80),
            normal: BandwidthLimit::Kilobits(1),
            low: BandwidthLimit::Kilobits(0),
        };
        let all: Vec<_> = JobPriority::ALL.iter().map(|priority| (*priority, 20_000)).collect();
        for link in [Link::UNLIMITED, Link::new(1_000_000)] {
            assert_eq!(shared(link, limits, &all), [20_000, 10_000, 250, 0]);
        }
    }
}
