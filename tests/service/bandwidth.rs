//! When the limits of background transfers change, as the service sees it.

use crate::support::*;
use bits_emulator::JobPriority::Normal;
use bits_emulator::policy::{
    BandwidthLimit, BandwidthPolicies, Hours, LevelLimits, MaxInternetBandwidth, Policies,
};
use bits_emulator::service::{Service, ServiceStep};

const HOUR: i64 = 3_600;

/// A service at noon, with a limit from 18 to 20 o'clock.
fn limited_in_the_evening() -> Service {
    let max_internet_bandwidth = Some(MaxInternetBandwidth {
        hours: Hours::between(18, 20),
        limit: BandwidthLimit::Kilobits(80),
        otherwise: BandwidthLimit::Unlimited,
    });
    let bandwidth = BandwidthPolicies { max_internet_bandwidth, ..BandwidthPolicies::default() };
    service_with(Policies { bandwidth, ..Policies::default() })
}

/// SCHED-13: the end of an interval matters to whoever runs in the background, and to whoever waits.
#[test]
fn limits_are_of_interest_to_jobs_that_run_or_wait() {
    let mut service = limited_in_the_evening();
    suspended(&mut service, &ALICE, Normal);
    assert_eq!(service.next_instant(), Some(at(6 * HOUR)));
    assert_eq!(service.next_instant_of_interest(), None);
    running(&mut service, &ALICE, Normal);
    assert_eq!(service.next_instant_of_interest(), Some(at(6 * HOUR)));
    queued(&mut service, &ALICE, bits_emulator::JobPriority::Low);
    assert_eq!(service.next_instant_of_interest(), Some(at(6 * HOUR)));
}

/// SCHED-13: without jobs nothing happens at the end of an interval, and the first job finds the limits
/// of its day.
#[test]
fn limits_of_an_empty_queue_do_not_change() {
    let mut service = limited_in_the_evening();
    assert_eq!(service.next_instant(), None);
    service.set_now(at(7 * HOUR));
    assert_eq!((service.next_instant(), steps(&service)), (None, vec![]));
    assert_eq!(*service.bandwidth_limits(), LevelLimits::UNLIMITED);
    suspended(&mut service, &ALICE, Normal);
    assert_ne!(*service.bandwidth_limits(), LevelLimits::UNLIMITED);
    assert_eq!((service.next_instant(), steps(&service)), (Some(at(8 * HOUR)), vec![]));
}

/// SCHED-13: a job that is created at the end of an interval does not keep it from the others.
#[test]
fn a_new_job_does_not_change_the_limits_of_others() {
    let mut service = limited_in_the_evening();
    suspended(&mut service, &ALICE, Normal);
    service.set_now(at(6 * HOUR));
    suspended(&mut service, &ALICE, Normal);
    assert_eq!(steps(&service), [ServiceStep::BandwidthLimits]);
    assert_eq!(*service.bandwidth_limits(), LevelLimits::UNLIMITED);
    assert!(service.perform(ServiceStep::BandwidthLimits).is_some());
    assert_ne!(*service.bandwidth_limits(), LevelLimits::UNLIMITED);
}
