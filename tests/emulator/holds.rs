//! What holds a foreground job: it runs beside others, but not past cost and power.

use std::time::Duration;

use bits_emulator::policy::{Block, CostFlags};
use bits_emulator::settings::JobProperty;
use bits_emulator::{Emulator, Error, ErrorContext, HResult, Job, JobPriority, JobState};

use crate::support::{download, world};

const MIB: u64 = 1 << 20;

/// A foreground job after three of its ten seconds.
fn foreground_download() -> Result<(Emulator, Job), Error> {
    let (emulator, session) = world();
    let job = download(&session)?;
    job.set_priority(JobPriority::Foreground)?;
    job.resume()?;
    emulator.advance(Duration::from_secs(3));
    assert_eq!(job.state()?, JobState::Transferring);
    Ok((emulator, job))
}

/// The job is held as long as the cause is in force, whatever its client does, and goes on where it was.
fn assert_held(
    code: HResult,
    set_up: impl Fn(&Job) -> Result<(), Error>,
    begin: impl Fn(&Emulator),
    end: impl Fn(&Emulator),
) -> Result<(), Error> {
    let (emulator, job) = foreground_download()?;
    set_up(&job)?;
    begin(&emulator);
    for _ in 0..2 {
        let error = job.error()?;
        assert_eq!((job.state()?, error.code()), (JobState::TransientError, code));
        assert_eq!(error.context(), ErrorContext::GeneralQueueManager, "{code}");
        // ERR-27, TIME-27: a hold is no error, and is not retried.
        assert_eq!((job.error_count()?, job.progress()?.bytes_transferred), (0, 3 * MIB), "{code}");
        job.resume()?;
        emulator.advance(Duration::from_secs(3_600));
    }
    let held_until = emulator.now();
    end(&emulator);
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(job.state()?, JobState::Transferred, "{code}");
    assert_eq!((emulator.now() - held_until).num_seconds(), 7, "{code}");
    Ok(())
}

/// NET-17, NET-19
#[test]
fn game_mode_holds_a_foreground_job() -> Result<(), Error> {
    assert_held(
        HResult::BG_E_BLOCKED_BY_GAME_MODE,
        |_| Ok(()),
        |emulator| emulator.block(Block::GameMode),
        |emulator| emulator.unblock(Block::GameMode),
    )
}

/// NET-17, NET-18, NET-19, NET-22
#[test]
fn power_holds_a_foreground_job() -> Result<(), Error> {
    for block in
        [Block::BatterySaver, Block::BatteryPolicy, Block::Standby, Block::BackgroundAccess]
    {
        assert_held(
            block.code(),
            |_| Ok(()),
            |emulator| emulator.block(block),
            |emulator| emulator.unblock(block),
        )?;
    }
    Ok(())
}

/// NET-14, NET-19
#[test]
fn the_cost_of_the_network_holds_a_foreground_job() -> Result<(), Error> {
    for cost in [CostFlags::ROAMING, CostFlags::OVERCAP_CHARGED, CostFlags::USAGE_BASED] {
        assert_held(
            HResult::BG_E_BLOCKED_BY_COST_TRANSFER_POLICY,
            |job| job.set_property(JobProperty::CostFlags(CostFlags::TRANSFER_UNRESTRICTED)),
            |emulator| emulator.set_network_cost(cost),
            |emulator| emulator.set_network_cost(CostFlags::UNRESTRICTED),
        )?;
    }
    Ok(())
}

/// SCHED-17: the bandwidth policy concerns background jobs alone.
#[test]
fn the_bandwidth_policy_does_not_hold_a_foreground_job() -> Result<(), Error> {
    let (emulator, job) = foreground_download()?;
    emulator.block(Block::BandwidthPolicy);
    assert_eq!(job.state()?, JobState::Transferring);
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(job.state()?, JobState::Transferred);
    Ok(())
}
