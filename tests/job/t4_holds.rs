//! T4: what policies, power and the cost of the network do to a job, and for how long.

use crate::common::*;
use bits_emulator::machine::{Call, ComputerEvent, Effect, Event, Wait};
use bits_emulator::policy::{Block, CostFlags};
use bits_emulator::{ErrorContext, HResult, JobPriority};

/// Which block holds a background and a foreground job (SCHED-17, NET-17 to NET-19).
const BLOCKS: [(Block, HResult, bool); 6] = [
    (Block::BandwidthPolicy, HResult::BG_E_BLOCKED_BY_POLICY, false),
    (Block::BatterySaver, HResult::BG_E_BLOCKED_BY_BATTERY_SAVER, true),
    (Block::BatteryPolicy, HResult::BG_E_BLOCKED_BY_BATTERY_POLICY, true),
    (Block::GameMode, HResult::BG_E_BLOCKED_BY_GAME_MODE, true),
    (Block::Standby, HResult::BG_E_STANDBY_MODE, true),
    (Block::BackgroundAccess, HResult::BG_E_BLOCKED_BY_BACKGROUND_ACCESS_POLICY, true),
];

/// SCHED-15, NET-17, NET-18, NET-19, TIME-10, LIFE-21
#[test]
fn every_block_holds_the_jobs_it_concerns_until_it_ends() {
    assert_eq!(BLOCKS.map(|(block, ..)| block), Block::ALL);
    for (block, code, holds_foreground) in BLOCKS {
        for priority in JobPriority::ALL {
            for state in [Queued, Connecting, Transferring, TransientError] {
                let mut job = download_in(Suspended);
                call(&mut job, Call::SetPriority(*priority), start());
                bring_to(&mut job, state, start());
                let outcome = job.handle(Event::Computer(ComputerEvent::Blocked(block)), start());
                if *priority == JobPriority::Foreground && !holds_foreground {
                    assert_eq!(job.state(), state, "{block} at {priority}");
                    continue;
                }
                assert_eq!((job.state(), get_error(&job)), (TransientError, code));
                assert_eq!(job.error().unwrap().context(), ErrorContext::GeneralQueueManager);
                let stopped = outcome.effects.contains(Effect::StopTransfer);
                assert_eq!(stopped, state.is_active(), "{block} in {state}");
                assert_eq!(run_deadlines(&mut job, at(100_000)), [], "no timed retry: TIME-10");
                event(&mut job, ComputerEvent::Unblocked(block), at(100_000));
                assert_eq!(job.state(), Queued);
            }
        }
    }
}

/// NET-06: re-blocked jobs simply fail again.
#[test]
fn a_job_resumed_while_blocked_fails_at_once_and_waits_for_the_last_block() {
    let mut job = download_in(Suspended);
    event(&mut job, ComputerEvent::Blocked(Block::Standby), start());
    event(&mut job, ComputerEvent::Blocked(Block::GameMode), start());
    let outcome = call_outcome(&mut job, Call::Resume, start());
    assert_eq!(outcome.entered.iter().collect::<Vec<_>>(), [Queued, TransientError]);
    event(&mut job, ComputerEvent::NetworkRestored, start());
    assert_eq!(job.state(), TransientError);
    event(&mut job, ComputerEvent::Unblocked(Block::Standby), start());
    assert_eq!(get_error(&job), HResult::BG_E_BLOCKED_BY_GAME_MODE);
    event(&mut job, ComputerEvent::Unblocked(Block::GameMode), start());
    assert_eq!(job.state(), Queued);
}

/// SCHED-15: "those jobs"
#[test]
fn the_end_of_a_block_frees_only_the_jobs_that_it_held() {
    let mut job = download_in(TransientError);
    event(&mut job, ComputerEvent::Unblocked(Block::BandwidthPolicy), start());
    assert_eq!((job.state(), get_error(&job)), (TransientError, HResult::BG_E_HTTP_ERROR_503));
}

/// NET-14, NET-15, NET-19, TIME-10, LIFE-21
#[test]
fn a_costly_network_holds_jobs_of_every_priority_until_it_ends() {
    for priority in JobPriority::ALL {
        for state in [Queued, Connecting, Transferring] {
            let mut job = download_in(Suspended);
            call(&mut job, Call::SetPriority(*priority), start());
            call(&mut job, cost_flags(CostFlags::TRANSFER_STANDARD), start());
            bring_to(&mut job, state, start());
            let outcome = event_outcome(&mut job, roaming(), start());
            let code = HResult::BG_E_BLOCKED_BY_COST_TRANSFER_POLICY;
            assert_eq!((job.state(), get_error(&job)), (TransientError, code));
            assert_eq!(job.error().unwrap().context(), ErrorContext::GeneralQueueManager);
            assert_eq!(outcome.effects.contains(Effect::StopTransfer), state.is_active());
            assert_eq!(run_deadlines(&mut job, at(100_000)), [], "no timed retry: TIME-10");
            event(&mut job, ComputerEvent::NetworkCost(CostFlags::UNRESTRICTED), at(100_000));
            assert_eq!(job.state(), Queued);
        }
    }
}

/// SCHED-11
#[test]
fn a_changed_priority_meets_the_blocks_in_force() {
    for state in [Queued, Connecting, Transferring] {
        let mut job = download_in(Suspended);
        call(&mut job, Call::SetPriority(JobPriority::Foreground), start());
        bring_to(&mut job, state, start());
        event(&mut job, ComputerEvent::Blocked(Block::BandwidthPolicy), start());
        assert_eq!(job.state(), state, "SCHED-17");
        call(&mut job, Call::SetPriority(JobPriority::Low), start());
        assert_eq!(get_error(&job), HResult::BG_E_BLOCKED_BY_POLICY);
        assert_eq!(job.state(), TransientError);
        call(&mut job, Call::SetPriority(JobPriority::Foreground), start());
        assert_eq!(job.state(), Queued);
    }
}

/// TIME-27, ERR-25: not the code holds a job, but the cause while it is in force.
#[test]
fn the_code_of_a_hold_without_its_cause_is_retried_by_the_delay() {
    let codes = [
        HResult::BG_E_NETWORK_DISCONNECTED,
        HResult::BG_E_DESTINATION_LOCKED,
        HResult::BG_E_BLOCKED_BY_COST_TRANSFER_POLICY,
    ];
    for code in codes.into_iter().chain(Block::ALL.iter().map(|block| block.code())) {
        let mut job = download_in(Transferring);
        event(&mut job, failed_with(code), start());
        assert_eq!((job.state(), get_error(&job)), (TransientError, code));
        assert_eq!((job.error_count(), job.waits_for()), (1, Wait::RetryDelay), "{code}");
        assert_eq!(run_deadlines(&mut job.clone(), at(600)), [Queued], "{code}");
        call(&mut job, Call::Resume, start());
        assert_eq!(job.state(), Queued, "TIME-04: {code}");
        assert!(job.is_eligible(), "{code}");
    }
}
