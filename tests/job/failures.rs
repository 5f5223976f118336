//! What a failure is, and what looks like one again and is none.

use std::sync::Arc;

use crate::common::*;
use bits_emulator::codes::FailureClass;
use bits_emulator::machine::{Call, ComputerEvent, Event, Failure, NotAFailure};
use bits_emulator::policy::CostFlags;
use bits_emulator::settings::{JobProperty, ProxySettings};
use bits_emulator::{ErrorContext, HResult, JobPriority, JobState, JobType};

/// ERR-32: a test may say how bad a failure is, whatever the tables say of its code.
#[test]
fn a_failure_is_as_bad_as_the_test_says() {
    let busy = Failure::http(503);
    assert_eq!(busy.class(), FailureClass::Transient);
    assert_eq!(busy.fatal().class(), FailureClass::Fatal);
    assert_eq!(busy.fatal().code(), busy.code());
    let gone = Failure::http(404);
    assert_eq!(gone.class(), FailureClass::Fatal);
    assert_eq!(gone.transient().class(), FailureClass::Transient);

    let mut job = job_in(JobType::Download, Transferring);
    event(&mut job, Event::Failed(busy.fatal()), start());
    assert_eq!(job.state(), JobState::Error);
    let mut job = job_in(JobType::Download, Transferring);
    event(&mut job, Event::Failed(gone.transient()), start());
    assert_eq!(job.state(), TransientError);
}

/// ERR-17: a failure names no context, or one that is not NONE.
#[test]
fn a_failure_names_its_context() {
    assert_eq!(Failure::http(503).context(), None);
    let elsewhere = Failure::http(503).in_context(ErrorContext::RemoteApplication);
    assert_eq!(elsewhere.context(), Some(ErrorContext::RemoteApplication));
    let nowhere = Failure::http(503).in_context(ErrorContext::None);
    assert_eq!(nowhere.context(), Some(ErrorContext::Unknown));
    assert_eq!(Failure::new(HResult::S_OK), Err(NotAFailure { code: HResult::S_OK }));
}

/// NET-14: a network that is still too dear is no new failure.
#[test]
fn another_dear_network_is_no_new_block() {
    let mut job = job_in(JobType::Download, Transferring);
    let standard = JobProperty::CostFlags(CostFlags::TRANSFER_STANDARD);
    call(&mut job, Call::SetProperty(standard), start());
    let held = event_outcome(&mut job, ComputerEvent::NetworkCost(CostFlags::ROAMING), at(1));
    assert!(held.entered.contains(TransientError));

    let still =
        event_outcome(&mut job, ComputerEvent::NetworkCost(CostFlags::OVERCAP_CHARGED), at(2));
    assert!(still.entered.is_empty(), "{still:?}");
    assert_eq!(job.state(), TransientError);
    let cheap = event_outcome(&mut job, ComputerEvent::NetworkCost(CostFlags::UNRESTRICTED), at(3));
    assert!(cheap.entered.contains(Queued));
}

/// LIFE-18, PROP-13: a job that is being served is not picked again, so that nothing of what an
/// attempt begins with is looked at.
#[test]
fn a_job_is_not_picked_twice() {
    let mut job = job_in(JobType::Download, Connecting);
    let proxies = ProxySettings::overriding("no proxy: at all", None);
    call(&mut job, Call::SetProxySettings(Arc::new(proxies)), start());
    call(&mut job, Call::SetPriority(JobPriority::High), start());
    ignored(&mut job, Event::Picked, at(1));
}
