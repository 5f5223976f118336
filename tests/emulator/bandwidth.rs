//! How much of the network jobs get: limits of policies, and what other applications leave.

use std::time::Duration;

use crate::rates::{KILOBIT, Setup, daily, forbidden, kilobits, nightly};
use bits_emulator::chrono::TimeDelta;
use bits_emulator::policy::{
    BandwidthPolicies, Days, Hours, LevelLimits, Link, MaintenanceLimits, WeekSchedule, WorkLimits,
};
use bits_emulator::{Error, HResult, JobPriority, JobState};

const HOUR: Duration = Duration::from_secs(3_600);
const SECOND: Duration = Duration::from_secs(1);

/// SCHED-13: one value at some hours of the day, another at all others, in kilobits a second.
#[test]
fn a_daily_limit_has_two_values() -> Result<(), Error> {
    let setup = Setup::new(daily(Hours::between(1, 3), kilobits(80), kilobits(40)));
    let job = setup.large_download(JobPriority::Normal)?;
    job.resume()?;
    let mut before = 0;
    // An emulator begins at midnight.
    for rate in [40, 80, 80, 40, 40] {
        setup.emulator.advance(HOUR);
        let there = job.progress()?.bytes_transferred;
        assert_eq!(there - before, 3_600 * rate * KILOBIT);
        before = there;
    }
    Ok(())
}

/// SCHED-13: values below 2 act as 2; what is more than the server gives changes nothing.
#[test]
fn the_least_limit_is_two_kilobits() -> Result<(), Error> {
    for (limit, expected) in [(1, 2), (2, 2), (3, 3), (u32::MAX, 8_000)] {
        let setup = Setup::new(daily(Hours::ALL, kilobits(limit), kilobits(7)));
        let job = setup.download(JobPriority::Low)?;
        job.resume()?;
        setup.emulator.advance(8 * SECOND);
        assert_eq!(job.progress()?.bytes_transferred, 8 * expected * KILOBIT, "{limit}");
    }
    Ok(())
}

/// SCHED-13, SCHED-17: only the background is limited. A job that comes to the foreground, or leaves it,
/// goes on at the other rate at once.
#[test]
fn a_foreground_job_has_no_limit() -> Result<(), Error> {
    let setup = Setup::new(daily(Hours::ALL, kilobits(80), forbidden()));
    let job = setup.download(JobPriority::Foreground)?;
    job.resume()?;
    setup.emulator.advance(SECOND);
    assert_eq!(job.progress()?.bytes_transferred, 8_000 * KILOBIT);
    job.set_priority(JobPriority::High)?;
    setup.emulator.advance(SECOND);
    assert_eq!(job.progress()?.bytes_transferred, 8_080 * KILOBIT);
    job.set_priority(JobPriority::Foreground)?;
    setup.emulator.advance(SECOND);
    assert_eq!(job.progress()?.bytes_transferred, 16_080 * KILOBIT);
    Ok(())
}

/// SCHED-15, SCHED-17, ERR-25: a limit of 0 blocks background jobs until its interval is over.
#[test]
fn a_limit_of_zero_blocks_until_its_interval_ends() -> Result<(), Error> {
    let setup = Setup::new(nightly());
    let (background, foreground) =
        (setup.download(JobPriority::High)?, setup.download(JobPriority::Foreground)?);
    background.resume()?;
    foreground.resume()?;
    setup.emulator.advance(6 * HOUR - SECOND);
    assert_eq!(foreground.state()?, JobState::Transferred);
    assert_eq!(background.state()?, JobState::TransientError);
    assert_eq!(background.error()?.code(), HResult::BG_E_BLOCKED_BY_POLICY);
    assert_eq!(background.error_count()?, 0);
    setup.emulator.advance(SECOND);
    assert_eq!(background.state()?, JobState::Transferring);

    // A job that the interval finds at work loses nothing of what it has.
    let slow = setup.slow_download()?;
    assert!(setup.emulator.run_until_idle().is_at_rest());
    assert_eq!(background.state()?, JobState::Transferred);
    slow.resume()?;
    let begun = setup.emulator.now();
    setup.emulator.advance_to(setup.start + TimeDelta::hours(25));
    assert_eq!(slow.state()?, JobState::TransientError);
    let there = slow.progress()?.bytes_transferred;
    let took = setup.start + TimeDelta::days(1) - begun;
    assert_eq!(there, 10 * took.num_seconds().unsigned_abs());
    Ok(())
}

/// SCHED-15: nobody has to let time pass in steps for a blocked job; and who looks at nothing but idle
/// jobs is not kept up by intervals that come and go for ever.
#[test]
fn a_run_until_idle_ends_blocked_jobs_and_then_itself() -> Result<(), Error> {
    let setup = Setup::new(nightly());
    let idle = setup.download(JobPriority::Normal)?;
    let done = setup.download(JobPriority::Normal)?;
    assert!(setup.emulator.run_until_idle().is_at_rest());
    assert_eq!(setup.emulator.now(), setup.start);
    done.resume()?;
    assert!(setup.emulator.run_until_idle().is_at_rest());
    assert_eq!((idle.state()?, done.state()?), (JobState::Suspended, JobState::Transferred));
    let took = setup.emulator.now() - setup.start;
    assert!(took >= TimeDelta::hours(6) && took < TimeDelta::hours(7), "{took}");
    Ok(())
}

/// SCHED-14, TIME-05, INV-30: the interval goes by the wall clock of the last start of the service.
#[test]
fn the_interval_does_not_move_with_the_system_clock() -> Result<(), Error> {
    let setup = Setup::new(nightly());
    let job = setup.slow_download()?;
    job.resume()?;
    // By the wall clock it is 10 o'clock.
    setup.emulator.change_clock(TimeDelta::hours(10));
    setup.emulator.advance(6 * HOUR - SECOND);
    assert_eq!(job.state()?, JobState::TransientError);
    setup.emulator.advance(SECOND);
    assert_eq!(job.state()?, JobState::Transferring);
    // 16 o'clock, and after the restart it counts: 8 hours until midnight.
    let job = setup.restart(&job)?;
    setup.emulator.advance(8 * HOUR - SECOND);
    assert_eq!(job.state()?, JobState::Transferring);
    setup.emulator.advance(SECOND);
    assert_eq!(job.state()?, JobState::TransientError);
    // A clock that is moved into the day is looked at in the restart.
    setup.emulator.change_clock(TimeDelta::hours(7));
    assert_eq!(job.state()?, JobState::TransientError);
    let job = setup.restart(&job)?;
    assert_eq!(job.state()?, JobState::Queued);
    Ok(())
}

/// SCHED-16: limits by day, hour and priority, and those of the maintenance while it lasts.
#[test]
fn work_and_maintenance_have_limits_by_priority() -> Result<(), Error> {
    let limits = |high, normal, low| LevelLimits {
        high: kilobits(high),
        normal: kilobits(normal),
        low: kilobits(low),
    };
    let work = WeekSchedule { days: Days::WORKING, hours: Hours::between(8, 17) };
    // 2024-01-01, with which an emulator begins, was a Monday.
    let period = WeekSchedule {
        days: Days::from_weekdays(&[bits_emulator::chrono::Weekday::Tue]),
        hours: Hours::between(10, 11),
    };
    let policies = BandwidthPolicies {
        work: Some(WorkLimits { work, limits: limits(10, 20, 0), otherwise: limits(40, 50, 60) }),
        maintenance: Some(MaintenanceLimits { period, limits: limits(70, 0, 80) }),
        // An interpretation: not asked while there is a schedule of work.
        ..daily(Hours::ALL, forbidden(), forbidden())
    };
    let hours = |day: i64, hour: i64| TimeDelta::hours(day * 24 + hour);
    for (after, expected) in [
        (hours(0, 7), [40, 50, 60]),
        (hours(0, 8), [10, 20, 0]),
        (hours(0, 17), [40, 50, 60]),
        (hours(1, 9), [10, 20, 0]),
        (hours(1, 10), [70, 0, 80]),
        (hours(1, 11), [10, 20, 0]),
        (hours(5, 10), [40, 50, 60]),
    ] {
        for (priority, rate) in
            [JobPriority::High, JobPriority::Normal, JobPriority::Low].into_iter().zip(expected)
        {
            let setup = Setup::new(policies);
            setup.emulator.advance_to(setup.start + after);
            let job = setup.download(priority)?;
            job.resume()?;
            setup.emulator.advance(SECOND);
            assert_eq!(job.progress()?.bytes_transferred, rate * KILOBIT, "{after} {priority}");
            let blocked = job.state()? == JobState::TransientError;
            assert_eq!(blocked, rate == 0, "{after} {priority}");
        }
    }
    Ok(())
}

/// SCHED-11, SCHED-16: a blocked job that comes to a level that is not goes on.
#[test]
fn another_level_has_another_limit() -> Result<(), Error> {
    let limits = LevelLimits { low: forbidden(), ..LevelLimits::UNLIMITED };
    let always = WeekSchedule { days: Days::ALL, hours: Hours::ALL };
    let setup = Setup::new(BandwidthPolicies {
        maintenance: Some(MaintenanceLimits { period: always, limits }),
        ..BandwidthPolicies::default()
    });
    let job = setup.download(JobPriority::Low)?;
    job.resume()?;
    assert_eq!(job.state()?, JobState::TransientError);
    job.set_priority(JobPriority::Normal)?;
    assert_eq!(job.state()?, JobState::Queued);
    setup.emulator.advance(SECOND);
    job.set_priority(JobPriority::Low)?;
    assert_eq!(job.state()?, JobState::TransientError);
    assert_eq!(job.progress()?.bytes_transferred, 8_000 * KILOBIT);
    // The policy goes.
    setup.emulator.set_policies(bits_emulator::policy::Policies::default());
    assert_eq!(job.state()?, JobState::Queued);
    Ok(())
}

/// SCHED-12: the background gets what is idle, and never nothing; the foreground competes.
#[test]
fn a_busy_link_leaves_the_background_a_trickle() -> Result<(), Error> {
    for (load, background, foreground) in [
        (0, 100_000, 100_000),
        (60_000, 40_000, 50_000),
        (99_900, 250, 50_000),
        (900_000, 250, 50_000),
    ] {
        for (priority, rate) in
            [(JobPriority::Normal, background), (JobPriority::Foreground, foreground)]
        {
            let setup = Setup::new(BandwidthPolicies::default());
            setup.emulator.set_link(Link::new(100_000).busy(load));
            let job = setup.download(priority)?;
            job.resume()?;
            setup.emulator.advance(4 * SECOND);
            assert_eq!(job.progress()?.bytes_transferred, 4 * rate, "{load} {priority}");
        }
    }
    Ok(())
}

/// SCHED-12: foreground jobs share the link with each other in equal parts, and the background job waits
/// for what they leave.
#[test]
fn foreground_jobs_share_the_link() -> Result<(), Error> {
    let setup = Setup::new(BandwidthPolicies::default());
    setup.emulator.set_link(Link::new(90_000));
    let background = setup.download(JobPriority::Normal)?;
    let foreground: Vec<_> =
        (0..3).map(|_| setup.download(JobPriority::Foreground)).collect::<Result<_, _>>()?;
    background.resume()?;
    foreground.iter().try_for_each(|job| job.resume())?;
    setup.emulator.advance(10 * SECOND);
    for job in &foreground {
        assert_eq!(job.progress()?.bytes_transferred, 300_000);
    }
    assert_eq!(background.progress()?.bytes_transferred, 2_500);
    // One less, and the others have more; without them the background has all.
    foreground[0].suspend()?;
    setup.emulator.advance(10 * SECOND);
    assert_eq!(foreground[1].progress()?.bytes_transferred, 750_000);
    foreground[1].cancel()?;
    foreground[2].cancel()?;
    setup.emulator.advance(SECOND);
    assert_eq!(background.progress()?.bytes_transferred, 2 * 2_500 + 90_000);
    Ok(())
}

/// SCHED-03: one file after the other, in the foreground too.
#[test]
fn files_of_a_job_do_not_share_the_link() -> Result<(), Error> {
    for priority in [JobPriority::Foreground, JobPriority::Low] {
        let setup = Setup::new(BandwidthPolicies::default());
        let job = setup.session.create_job("update", bits_emulator::JobType::Download)?;
        job.set_priority(priority)?;
        for name in ["a", "b", "c"] {
            job.add_file(crate::rates::URL, format!(r"C:\{name}"))?;
        }
        job.resume()?;
        let (mut whole, mut seconds) = (0, 0);
        while whole < 3 {
            setup.emulator.advance(SECOND);
            seconds += 1;
            let mut there = Vec::new();
            for file in job.files()? {
                there.push(file.progress()?.bytes_transferred);
            }
            whole = there.iter().take_while(|bytes| **bytes == crate::rates::SIZE).count();
            let begun = there.iter().skip(whole + 1).all(|bytes| *bytes == 0);
            assert!(begun, "SCHED-03, INV-38: {there:?}");
            assert!(seconds <= 60, "{there:?}");
        }
        assert_eq!(seconds, 3 * crate::rates::SIZE / (8_000 * KILOBIT));
    }
    Ok(())
}

/// At a link over which nothing comes nothing comes, in the background neither.
#[test]
fn a_dead_link_carries_nothing() -> Result<(), Error> {
    for priority in [JobPriority::Foreground, JobPriority::Low] {
        let setup = Setup::new(BandwidthPolicies::default());
        setup.emulator.set_link(Link::new(0));
        let job = setup.download(priority)?;
        job.resume()?;
        setup.emulator.advance(HOUR);
        assert_eq!(job.progress()?.bytes_transferred, 0);
        setup.emulator.set_link(Link::UNLIMITED);
        assert!(setup.emulator.run_until_idle().is_at_rest());
        assert_eq!(job.state()?, JobState::Transferred);
    }
    Ok(())
}
