//! What a network may cost, what policies and power allow, and how jobs wait for better times.

use crate::common::*;
use bits_emulator::machine::{
    Call, ComputerEvent, Deadline, Effect, Event, JobOptions, JobStateMachine,
};
use bits_emulator::policy::{Block, CostDefaults, CostFlags};
use bits_emulator::readings::{DefaultCost, Readings};
use bits_emulator::settings::{JobProperty, JobPropertyId};
use bits_emulator::{ErrorContext, HResult, JobPriority, JobState, JobType};

const RUNNING: [JobState; 3] = [Queued, Connecting, Transferring];

fn allow(flags: CostFlags) -> Call {
    Call::SetProperty(JobProperty::CostFlags(flags))
}

fn cost_flags(job: &JobStateMachine) -> Option<JobProperty> {
    job.property(JobPropertyId::CostFlags)
}

/// A download with those flags and that priority, in that state.
#[track_caller]
fn download_with(flags: CostFlags, priority: JobPriority, state: JobState) -> JobStateMachine {
    let mut job = download_in(Suspended);
    call(&mut job, Call::SetPriority(priority), start());
    call(&mut job, allow(flags), start());
    bring_to(&mut job, state, start());
    job
}

/// A background download in that state that avoids surcharges.
#[track_caller]
fn frugal(state: JobState) -> JobStateMachine {
    download_with(CostFlags::TRANSFER_NO_SURCHARGE, JobPriority::Normal, state)
}

#[track_caller]
fn assert_held(job: &JobStateMachine, code: HResult, case: &str) {
    let error = job.error().expect(case);
    assert_eq!((job.state(), error.code()), (TransientError, code), "{case}");
    assert_eq!(error.context(), ErrorContext::GeneralQueueManager, "{case}");
}

/// PROP-32, PROP-31, NET-14: in which cost states each named policy transfers.
const POLICIES: &str = "
              value      | ALWAYS 800000FF | NOT_ROAMING 8000007F | NO_SURCHARGE 8000006F | STANDARD 80000067 | UNRESTRICTED 80000021
UNRESTRICTED         01  | yes | yes | yes | yes | yes
CAPPED_USAGE_UNKNOWN 02  | yes | yes | yes | yes | no
BELOW_CAP            04  | yes | yes | yes | yes | no
NEAR_CAP             08  | yes | yes | yes | no  | no
OVERCAP_CHARGED      10  | yes | yes | no  | no  | no
OVERCAP_THROTTLED    20  | yes | yes | yes | yes | yes
USAGE_BASED          40  | yes | yes | yes | yes | no
ROAMING              80  | yes | no  | no  | no  | no";

/// PROP-32
#[test]
fn a_policy_transfers_in_its_cost_states_only() {
    let constants = [
        CostFlags::TRANSFER_ALWAYS,
        CostFlags::TRANSFER_NOT_ROAMING,
        CostFlags::TRANSFER_NO_SURCHARGE,
        CostFlags::TRANSFER_STANDARD,
        CostFlags::TRANSFER_UNRESTRICTED,
    ];
    let bits = |name: &str| {
        let (_, digits) = name.rsplit_once(' ').unwrap();
        CostFlags::from_bits(u32::from_str_radix(digits, 16).unwrap()).unwrap()
    };
    let table = rows(POLICIES);
    let (head, rows) = table.split_first().unwrap();
    for (column, (policy, constant)) in head.1.iter().zip(constants).enumerate() {
        assert_eq!(bits(policy), constant, "{policy}");
        for (cost, cells) in rows {
            // NET-19: whatever the priority.
            for priority in [JobPriority::Foreground, JobPriority::Low] {
                let mut job = download_with(bits(policy), priority, Transferring);
                event(&mut job, ComputerEvent::NetworkCost(bits(cost)), start());
                let expected = if cells[column] == "yes" { Transferring } else { TransientError };
                assert_eq!(job.state(), expected, "{policy} at {cost}, {priority}");
            }
        }
    }
}

/// PROP-31, PROP-41: a job has the flags that it was given, else those of the policy for its priority, else
/// those that the reading says.
#[test]
fn a_job_without_cost_flags_has_those_of_the_policy_or_the_default() {
    use DefaultCost::{Always, ForegroundAlways, Unrestricted};
    const ALWAYS: CostFlags = CostFlags::TRANSFER_ALWAYS;
    const UNRESTRICTED: CostFlags = CostFlags::TRANSFER_UNRESTRICTED;
    for (default_cost, foreground, background) in [
        (Unrestricted, UNRESTRICTED, UNRESTRICTED),
        (ForegroundAlways, ALWAYS, UNRESTRICTED),
        (Always, ALWAYS, ALWAYS),
    ] {
        for priority in JobPriority::ALL.iter().copied() {
            let expected = if priority.is_background() { background } else { foreground };
            let readings = Readings { default_cost, ..Readings::documented() };
            let options = JobOptions { readings, ..JobOptions::default() };
            let mut job = JobStateMachine::new(options, start());
            call(&mut job, Call::SetPriority(priority), start());
            assert_eq!(cost_flags(&job), Some(JobProperty::CostFlags(expected)), "{priority}");

            let mut cost_defaults = CostDefaults::default();
            cost_defaults.set(priority, Some(CostFlags::TRANSFER_STANDARD));
            let mut job = JobStateMachine::new(JobOptions { cost_defaults, ..options }, start());
            call(&mut job, Call::SetPriority(priority), start());
            let standard = Some(JobProperty::CostFlags(CostFlags::TRANSFER_STANDARD));
            assert_eq!(cost_flags(&job), standard, "{priority}");
            call(&mut job, allow(CostFlags::BELOW_CAP), start());
            assert_eq!(cost_flags(&job), Some(JobProperty::CostFlags(CostFlags::BELOW_CAP)));
        }
    }
}

/// PROP-31, NET-14: the default counts, and changes with the priority at once.
#[test]
fn a_priority_with_another_default_holds_or_releases_the_job() {
    let default_cost = DefaultCost::ForegroundAlways;
    let readings = Readings { default_cost, ..Readings::documented() };
    let mut job = job_at(options_with(JobType::Download, readings), Queued);
    event(&mut job, ComputerEvent::NetworkCost(CostFlags::CAPPED_USAGE_UNKNOWN), start());
    assert_held(&job, HResult::BG_E_BLOCKED_BY_COST_TRANSFER_POLICY, "in the background");
    call(&mut job, Call::SetPriority(JobPriority::Foreground), at(1));
    assert_eq!((job.state(), job.is_eligible()), (Queued, true));
    call(&mut job, Call::SetPriority(JobPriority::Low), at(2));
    assert_held(&job, HResult::BG_E_BLOCKED_BY_COST_TRANSFER_POLICY, "in the background again");
}

/// PROP-31: congestion is no cost state.
#[test]
fn only_cost_states_cost() {
    for flags in [CostFlags::BELOW_CAP, CostFlags::BELOW_CAP | CostFlags::IGNORE_CONGESTION] {
        let mut job = download_in(Queued);
        call(&mut job, allow(flags), start());
        event(&mut job, ComputerEvent::NetworkCost(CostFlags::BELOW_CAP), start());
        assert_eq!((job.state(), job.is_eligible()), (Queued, true), "{flags:?}");
    }
    for flags in [CostFlags::empty(), CostFlags::IGNORE_CONGESTION] {
        let mut job = download_in(Queued);
        call(&mut job, allow(flags), start());
        assert_held(&job, HResult::BG_E_BLOCKED_BY_COST_TRANSFER_POLICY, "no state is allowed");
    }
}

/// NET-14, NET-15, ERR-27: a job is held while the network costs too much, without a count, and goes
/// on by itself.
#[test]
fn a_costly_network_holds_jobs() {
    for state in RUNNING {
        let mut job = frugal(state);
        let outcome =
            event_outcome(&mut job, ComputerEvent::NetworkCost(CostFlags::ROAMING), at(1));
        assert_held(&job, HResult::BG_E_BLOCKED_BY_COST_TRANSFER_POLICY, state.name());
        assert_eq!(outcome.effects.contains(Effect::StopTransfer), state.is_active());
        assert_eq!(job.error_count(), 0);
        assert_eq!(job.deadline(Deadline::RetryDelay), None, "nothing to try meanwhile");

        event(&mut job, ComputerEvent::NetworkCost(CostFlags::OVERCAP_CHARGED), at(2));
        assert_eq!(job.state(), TransientError, "another cost, still too much");
        event(&mut job, ComputerEvent::NetworkCost(CostFlags::BELOW_CAP), at(3));
        assert_eq!((job.state(), job.is_eligible()), (Queued, true));
    }
    for state in JobState::ALL
        .iter()
        .copied()
        .filter(|state| !RUNNING.contains(state) && !state.is_final() && *state != TransientError)
    {
        let mut job = frugal(state);
        event(&mut job, ComputerEvent::NetworkCost(CostFlags::ROAMING), at(1));
        assert_eq!(job.state(), state);
    }
}

/// NET-14: a job that is resumed or retried on a costly network is held again.
#[test]
fn a_costly_network_holds_what_would_start() {
    for state in [Suspended, JobState::Error] {
        let mut job = frugal(state);
        event(&mut job, ComputerEvent::NetworkCost(CostFlags::ROAMING), at(1));
        let outcome = call_outcome(&mut job, Call::Resume, at(2));
        assert_eq!(outcome.entered.iter().collect::<Vec<_>>(), [Queued, TransientError]);
        assert_held(&job, HResult::BG_E_BLOCKED_BY_COST_TRANSFER_POLICY, state.name());
    }
}

/// NET-16, PROP-31: changed flags take effect at once, also during a transfer, both ways.
#[test]
fn changed_flags_take_effect_at_once() {
    for state in RUNNING {
        let mut job = download_in(state);
        call(&mut job, allow(CostFlags::TRANSFER_ALWAYS), start());
        event(&mut job, ComputerEvent::NetworkCost(CostFlags::NEAR_CAP), at(1));
        assert_eq!(job.state(), state);
        let standard = CostFlags::TRANSFER_STANDARD;
        let outcome = call_outcome(&mut job, allow(standard), at(2));
        assert_held(&job, HResult::BG_E_BLOCKED_BY_COST_TRANSFER_POLICY, state.name());
        assert_eq!(outcome.effects.contains(Effect::StopTransfer), state.is_active());
        assert!(outcome.rules.iter().any(|rule| rule.to_string() == "NET-16"), "{state}");
        assert_eq!(cost_flags(&job), Some(JobProperty::CostFlags(standard)));
        call(&mut job, allow(CostFlags::TRANSFER_ALWAYS), at(3));
        assert_eq!((job.state(), job.is_eligible()), (Queued, true));
    }
}

/// PROP-31: changeable at any time, of every type of job.
#[test]
fn flags_can_be_changed_at_any_time() {
    for job_type in JobType::ALL.iter().copied() {
        for state in JobState::ALL.iter().copied().filter(|state| !state.is_final()) {
            let mut job = job_in(job_type, state);
            call(&mut job, allow(CostFlags::TRANSFER_STANDARD), start());
            assert_eq!(job.state(), state, "the network is unrestricted");
        }
    }
}

/// NET-17, NET-18, NET-19, SCHED-15, SCHED-17: what holds jobs, its code, and whether it holds those
/// of FOREGROUND priority too.
const HOLDS: [(Block, u32, bool); 6] = [
    (Block::BandwidthPolicy, 0x8020_003E, false),
    (Block::BatterySaver, 0x8020_0068, true),
    (Block::BatteryPolicy, 0x8020_0067, true),
    (Block::BackgroundAccess, 0x8020_006E, true),
    (Block::GameMode, 0x8020_006F, true),
    (Block::Standby, 0x8020_0065, true),
];

/// NET-17, NET-22
#[test]
fn policies_and_power_hold_jobs_until_they_end() {
    for (block, code, foreground) in HOLDS {
        for priority in JobPriority::ALL.iter().copied() {
            for state in RUNNING {
                let case = format!("{block}, {priority}, {state}");
                let mut job = download_with(CostFlags::TRANSFER_ALWAYS, priority, state);
                event(&mut job, ComputerEvent::Blocked(block), at(1));
                if priority.is_background() || foreground {
                    assert_held(&job, HResult::new(code), &case);
                    assert_eq!(job.error_count(), 0, "ERR-27: {case}");
                    event(&mut job, ComputerEvent::Unblocked(block), at(2));
                    assert_eq!(job.state(), Queued, "{case}");
                } else {
                    assert_eq!((job.state(), job.error().is_err()), (state, true), "{case}");
                }
            }
        }
    }
}

/// SCHED-15: jobs that want no transfer keep their state; one in TRANSIENT_ERROR gets the new code.
#[test]
fn a_limit_of_zero_concerns_jobs_that_want_a_transfer() {
    let code = HResult::BG_E_BLOCKED_BY_POLICY;
    for state in [Suspended, JobState::Error, Transferred] {
        let mut job = download_in(state);
        let before = get_error(&job);
        event(&mut job, ComputerEvent::Blocked(Block::BandwidthPolicy), at(1));
        assert_eq!((job.state(), get_error(&job)), (state, before));
        event(&mut job, ComputerEvent::Unblocked(Block::BandwidthPolicy), at(2));
        assert_eq!(job.state(), state);
    }
    let mut job = download_in(TransientError);
    assert_eq!(get_error(&job), HResult::BG_E_HTTP_ERROR_503);
    event(&mut job, ComputerEvent::Blocked(Block::BandwidthPolicy), at(1));
    assert_held(&job, code, "TRANSIENT_ERROR");
    assert!(run_deadlines(&mut job, at(10_000)).is_empty(), "TIME-10: no retry meanwhile");
    event(&mut job, ComputerEvent::Unblocked(Block::BandwidthPolicy), at(10_001));
    assert_eq!(job.state(), Queued);
}

/// SCHED-15, NET-14: of several causes each holds the job by itself.
#[test]
fn every_cause_must_end() {
    let policy = Block::BandwidthPolicy;
    let ends: [(Event, Event); 4] = [
        (
            Event::Computer(ComputerEvent::Blocked(policy)),
            Event::Computer(ComputerEvent::Unblocked(policy)),
        ),
        (
            Event::Computer(ComputerEvent::Blocked(Block::BatterySaver)),
            Event::Computer(ComputerEvent::Unblocked(Block::BatterySaver)),
        ),
        (
            Event::Computer(ComputerEvent::NetworkCost(CostFlags::ROAMING)),
            Event::Computer(ComputerEvent::NetworkCost(CostFlags::UNRESTRICTED)),
        ),
        (
            Event::Computer(ComputerEvent::NetworkLost),
            Event::Computer(ComputerEvent::NetworkRestored),
        ),
    ];
    for (first, first_ends) in &ends {
        for (second, second_ends) in ends.iter().filter(|(second, _)| second != first) {
            for (one, other) in [(first_ends, second_ends), (second_ends, first_ends)] {
                let mut job = frugal(Transferring);
                let case = format!("{first:?}, {second:?}, {one:?}, {other:?}");
                let _ = job.handle(first.clone(), at(1));
                let _ = job.handle(second.clone(), at(2));
                assert_eq!(job.state(), TransientError, "{case}");
                let _ = job.handle(one.clone(), at(3));
                assert_eq!(job.state(), TransientError, "{case}");
                let _ = job.handle(other.clone(), at(4));
                assert_eq!((job.state(), job.is_eligible()), (Queued, true), "{case}");
            }
        }
    }
}

/// SCHED-17: a priority that the limit does not concern frees the job, another brings it under the
/// limit.
#[test]
fn the_priority_brings_a_job_out_of_the_limit_or_under_it() {
    for state in RUNNING {
        let mut job = download_in(state);
        event(&mut job, ComputerEvent::Blocked(Block::BandwidthPolicy), at(1));
        call(&mut job, Call::SetPriority(JobPriority::High), at(2));
        assert_held(&job, HResult::BG_E_BLOCKED_BY_POLICY, "HIGH is background too");
        call(&mut job, Call::SetPriority(JobPriority::Foreground), at(2));
        assert_eq!((job.state(), job.is_eligible()), (Queued, true));
        bring_to(&mut job, state, at(2));
        call(&mut job, Call::SetPriority(JobPriority::Low), at(3));
        assert_held(&job, HResult::BG_E_BLOCKED_BY_POLICY, state.name());
    }
}

/// Another priority alone neither stops nor starts anything; that is for the scheduler.
#[test]
fn a_priority_changes_no_state_by_itself() {
    for state in JobState::ALL.iter().copied().filter(|state| !state.is_final()) {
        for priority in JobPriority::ALL.iter().copied() {
            let mut job = download_in(state);
            let outcome = call_outcome(&mut job, Call::SetPriority(priority), start());
            assert_eq!((job.state(), job.priority()), (state, priority));
            assert!(outcome.entered.is_empty() && outcome.effects.is_empty());
        }
    }
}

/// NET-19, NET-04: a foreground job needs a network as every other does.
#[test]
fn a_foreground_job_needs_a_network_too() {
    for state in RUNNING {
        let mut job = download_with(CostFlags::TRANSFER_ALWAYS, JobPriority::Foreground, state);
        event(&mut job, ComputerEvent::NetworkLost, at(1));
        assert_eq!(job.state(), TransientError);
        assert_eq!(get_error(&job), HResult::BG_E_NETWORK_DISCONNECTED);
    }
}
