//! Policies and links with arbitrary values.

use bits_emulator::JobPriority;
use bits_emulator::policy::{
    BandwidthLimit, CostFlags, Days, Hours, LevelLimits, Link, MaintenanceLimits,
    MaxInternetBandwidth, WeekSchedule, WorkLimits,
};
use bits_emulator::scenario::ast::PolicyChange;
use chrono::Weekday;
use proptest::prelude::*;

/// Each policy once at most.
pub(crate) fn changes() -> BoxedStrategy<Vec<PolicyChange>> {
    let values: [fn(u32) -> PolicyChange; 8] = [
        PolicyChange::InactivityTimeout,
        PolicyChange::MaximumDownloadTime,
        PolicyChange::TimeSlice,
        PolicyChange::FilesPerJob,
        PolicyChange::RangesPerFile,
        PolicyChange::JobsPerUser,
        PolicyChange::JobsPerComputer,
        PolicyChange::NotificationsPerUser,
    ];
    let value = (prop::sample::select(values.to_vec()), any::<u32>())
        .prop_map(|(policy, value)| policy(value));
    let daily = (hours(), limit(), limit())
        .prop_map(|(hours, limit, otherwise)| MaxInternetBandwidth { hours, limit, otherwise });
    let work = (week(), levels(), levels()).prop_map(|(work, limits, otherwise)| WorkLimits {
        work,
        limits,
        otherwise,
    });
    let maintenance =
        (week(), levels()).prop_map(|(period, limits)| MaintenanceLimits { period, limits });
    let cost = |priority| {
        prop::option::of(costs()).prop_map(move |flags| PolicyChange::DefaultCost(priority, flags))
    };
    let two_costs = prop::sample::subsequence(JobPriority::ALL.to_vec(), 2)
        .prop_flat_map(move |of| of.into_iter().map(cost).collect::<Vec<_>>());
    let bandwidth = (
        two_costs,
        prop::option::of(daily).prop_map(PolicyChange::Bandwidth),
        prop::option::of(work).prop_map(PolicyChange::WorkLimits),
        prop::option::of(maintenance).prop_map(PolicyChange::MaintenanceLimits),
    );
    (value, bandwidth)
        .prop_map(|(value, (costs, daily, work, maintenance))| {
            costs.into_iter().chain([value, daily, work, maintenance]).collect::<Vec<_>>()
        })
        .prop_flat_map(|all| prop::sample::subsequence(all, 1..=4).prop_shuffle())
        .boxed()
}

pub(crate) fn link() -> BoxedStrategy<Link> {
    let new = prop_oneof![Just(Link::UNLIMITED), any::<u64>().prop_map(Link::new)];
    (new, prop_oneof![Just(0), any::<u64>()]).prop_map(|(link, load)| link.busy(load)).boxed()
}

fn limit() -> BoxedStrategy<BandwidthLimit> {
    prop_oneof![Just(BandwidthLimit::Unlimited), any::<u32>().prop_map(BandwidthLimit::Kilobits)]
        .boxed()
}

fn levels() -> BoxedStrategy<LevelLimits> {
    let each = (limit(), limit(), limit());
    prop_oneof![
        limit().prop_map(LevelLimits::all),
        each.prop_map(|(high, normal, low)| LevelLimits { high, normal, low }),
    ]
    .boxed()
}

fn hours() -> BoxedStrategy<Hours> {
    (0_u32..25, 0_u32..25).prop_map(|(from, to)| Hours::between(from, to)).boxed()
}

fn week() -> BoxedStrategy<WeekSchedule> {
    const WEEK: [Weekday; 7] = [
        Weekday::Mon,
        Weekday::Tue,
        Weekday::Wed,
        Weekday::Thu,
        Weekday::Fri,
        Weekday::Sat,
        Weekday::Sun,
    ];
    let some =
        prop::sample::subsequence(WEEK.to_vec(), 0..=7).prop_map(|days| Days::from_weekdays(&days));
    (prop_oneof![Just(Days::ALL), Just(Days::WORKING), some], hours())
        .prop_map(|(days, hours)| WeekSchedule { days, hours })
        .boxed()
}

fn costs() -> BoxedStrategy<CostFlags> {
    let named = [CostFlags::TRANSFER_STANDARD, CostFlags::TRANSFER_ALWAYS, CostFlags::BELOW_CAP];
    let any = any::<u32>().prop_map(CostFlags::from_bits_retain);
    prop_oneof![prop::sample::select(named.to_vec()), any].boxed()
}
