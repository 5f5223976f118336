//! Strategies for incidents at their times.

use std::time::Duration;

use proptest::prelude::*;

use crate::explore::{Budget, Incident};

/// How many incidents there are on average, if the budget has as many.
const ON_AVERAGE: f64 = 2.0;

/// The most incidents of a kind that are generated, however many the budget allows.
const MOST_OF_A_KIND: usize = 16;

/// Generates incidents, each with its time after the beginning of the run, in the order of time, as
/// [`Program::incidents`](crate::explore::Program::incidents) takes them: none more often than the budget allows, up
/// to sixteen of a kind and two on average, and none later than `within`. They shrink to fewer and to earlier ones.
///
/// ```
/// use std::time::Duration;
///
/// use bits_emulator::explore::{Budget, strategies::incidents};
/// use proptest::prelude::*;
///
/// let minute = Duration::from_secs(60);
/// proptest!(|(planned in incidents(Budget::default().network(1).kill(1), minute))| {
///     prop_assert!(planned.len() <= 2 && planned.iter().all(|(after, _)| *after <= minute));
/// });
/// ```
pub fn incidents(
    budget: Budget,
    within: Duration,
) -> impl Strategy<Value = Vec<(Duration, Incident)>> + use<> {
    let slots = budget.incidents().iter().flat_map(|(incident, times)| {
        let times = usize::try_from(*times).unwrap_or(usize::MAX).min(MOST_OF_A_KIND);
        std::iter::repeat_n(*incident, times)
    });
    let slots: Vec<Incident> = slots.collect();
    #[allow(clippy::cast_precision_loss, reason = "a budget has few incidents")]
    let odds = (ON_AVERAGE / slots.len().max(1) as f64).min(0.5);
    let slot = |incident| {
        let time = times(within).prop_map(move |time| (time, incident));
        prop::option::weighted(odds, time)
    };
    let slots: Vec<_> = slots.into_iter().map(slot).collect();
    slots.prop_map(|slots| {
        let mut planned: Vec<_> = slots.into_iter().flatten().collect();
        planned.sort_by_key(|(after, _)| *after);
        planned
    })
}

/// Generates times, more of them early, when most downloads are under way.
fn times(within: Duration) -> impl Strategy<Value = Duration> {
    let most = u64::try_from(within.as_millis()).unwrap_or(u64::MAX);
    let soon = most.min(60_000);
    prop_oneof![1 => Just(0), 3 => 0..=soon, 2 => 0..=most].prop_map(Duration::from_millis)
}
