//! The network goes and comes for all jobs at once.

use crate::support::*;
use bits_emulator::machine::{Call, ComputerEvent, Event, Failure};
use bits_emulator::policy::{Block, CostFlags};
use bits_emulator::service::{Service, ServiceStep};
use bits_emulator::settings::JobProperty;
use bits_emulator::{HResult, JobPriority, JobState};

fn code(service: &Service, id: bits_emulator::JobId) -> Option<HResult> {
    job(service, id).error().ok().map(|error| error.code())
}

/// NET-01, NET-04: every job that waits or runs. By default that includes CONNECTING, and the others keep
/// their states and codes.
#[test]
fn the_loss_of_the_network_stops_all_jobs() {
    for before in JobState::ALL.iter().copied() {
        let mut service = service();
        let id = job_in(&mut service, &ALICE, before);
        let had = code(&service, id);
        let _ = service.handle_computer(ComputerEvent::NetworkLost);
        let stops = matches!(before, Queued | Connecting | Transferring);
        let expected = if stops { TransientError } else { before };
        assert_eq!(state(&service, id), expected, "{before}");
        let now_has = if stops { Some(HResult::BG_E_NETWORK_DISCONNECTED) } else { had };
        assert_eq!(code(&service, id), now_has, "{before}");
        assert_eq!(steps(&service), [], "{before}: BITS forces no connection");
        assert!(!service.has_network());
    }
}

/// NET-04, NET-05, INV-31, INV-32: many jobs of several users, there and back.
#[test]
fn all_jobs_come_back_with_the_network() {
    let mut service = service();
    let waiting = [ALICE, BOB].map(|by| queued(&mut service, &by, JobPriority::Low));
    let foreground = [ALICE, CAROL].map(|by| running(&mut service, &by, JobPriority::Foreground));
    let failed = running(&mut service, &BOB, JobPriority::Foreground);
    // NET-05: whatever the error was.
    happens(&mut service, failed, Event::Failed(Failure::http(503)));
    let fatal = running(&mut service, &BOB, JobPriority::Foreground);
    happens(&mut service, fatal, Event::Failed(Failure::http(404)));
    let stopped = suspended(&mut service, &BOB, JobPriority::Low);

    assert_eq!(service.handle_computer(ComputerEvent::NetworkLost).len(), 7);
    let all = [waiting[0], waiting[1], foreground[0], foreground[1], failed];
    assert_eq!(states(&service, &all), [TransientError; 5]);
    assert_eq!(code(&service, failed), Some(HResult::BG_E_HTTP_ERROR_503));
    // TIME-10: no retry of those before the network is back.
    assert!(service.handle_computer(ComputerEvent::NetworkLost).is_empty(), "it is lost only once");

    let _ = service.handle_computer(ComputerEvent::NetworkRestored);
    assert_eq!(states(&service, &all), [Queued; 5]);
    assert_eq!(states(&service, &[fatal, stopped]), [JobState::Error, Suspended]);
    assert!(service.handle_computer(ComputerEvent::NetworkRestored).is_empty());
    // SCHED-02, SCHED-08
    let picks = [foreground[0], foreground[1], failed, waiting[0]].map(ServiceStep::Pick);
    assert_eq!(steps(&service), picks);
}

/// NET-05: established without a loss before, for instance a second connection that matters.
#[test]
fn without_a_network_nothing_is_picked() {
    let mut service = service();
    let _ = service.handle_computer(ComputerEvent::NetworkLost);
    let id = suspended(&mut service, &ALICE, JobPriority::Foreground);
    // NET-08: the default.
    call(&mut service, &ALICE, id, Call::Resume);
    assert_eq!(state(&service, id), TransientError);
    assert!(service.perform(ServiceStep::Pick(id)).is_none());
    run_until(&mut service, at(100_000));
    assert_eq!(state(&service, id), TransientError);
    let _ = service.handle_computer(ComputerEvent::NetworkRestored);
    settle(&mut service);
    assert_eq!(state(&service, id), Connecting);
}

/// NET-14, SCHED-15: the world as it is concerns jobs that come later too.
#[test]
fn old_and_new_jobs_know_what_the_network_costs() {
    let thrifty = Call::SetProperty(JobProperty::CostFlags(CostFlags::TRANSFER_STANDARD));
    let mut service = service();
    let old = running(&mut service, &ALICE, JobPriority::Normal);
    call(&mut service, &ALICE, old, thrifty.clone());
    assert_eq!(service.handle_computer(ComputerEvent::NetworkCost(CostFlags::ROAMING)).len(), 1);
    assert!(service.handle_computer(ComputerEvent::NetworkCost(CostFlags::ROAMING)).is_empty());
    let new = suspended(&mut service, &BOB, JobPriority::Normal);
    call(&mut service, &BOB, new, thrifty);
    call(&mut service, &BOB, new, Call::Resume);
    for id in [old, new] {
        let expected = Some(HResult::BG_E_BLOCKED_BY_COST_TRANSFER_POLICY);
        assert_eq!((state(&service, id), code(&service, id)), (TransientError, expected));
    }
    let _ = service.handle_computer(ComputerEvent::NetworkCost(CostFlags::UNRESTRICTED));
    assert_eq!(states(&service, &[old, new]), [Queued; 2]);
}

/// SCHED-15, NET-17: in force once, over once; two blocks hold until both are over.
#[test]
fn blocks_hold_until_the_last_is_over() {
    let mut service = service();
    let id = running(&mut service, &ALICE, JobPriority::Normal);
    assert_eq!(service.handle_computer(ComputerEvent::Blocked(Block::BatterySaver)).len(), 1);
    assert!(service.handle_computer(ComputerEvent::Blocked(Block::BatterySaver)).is_empty());
    let _ = service.handle_computer(ComputerEvent::Blocked(Block::GameMode));
    let _ = service.handle_computer(ComputerEvent::Unblocked(Block::BatterySaver));
    assert_eq!(state(&service, id), TransientError);
    let _ = service.handle_computer(ComputerEvent::Unblocked(Block::GameMode));
    assert_eq!(state(&service, id), Queued);
    assert!(service.handle_computer(ComputerEvent::Unblocked(Block::GameMode)).is_empty());
}
