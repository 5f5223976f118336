//! Jobs with another HTTP method than the default.

use crate::common::*;
use bits_emulator::machine::{Call, ComputerEvent, Event, FileIndex, JobStateMachine};
use bits_emulator::policy::{Block, CostFlags};
use bits_emulator::settings::JobProperty;
use bits_emulator::{HResult, JobPriority, JobState, JobType};

/// A SUSPENDED job of one file with another method.
#[track_caller]
fn custom(job_type: JobType) -> JobStateMachine {
    let mut job = new_job(options(job_type));
    call(&mut job, Call::SetHttpMethod("POST".into()), start());
    job
}

fn set(property: JobProperty) -> Call {
    Call::SetProperty(property)
}

/// PROP-39: another method makes the job FOREGROUND for good; the default one does nothing.
#[test]
fn another_method_fixes_the_priority() {
    for (job_type, default) in [
        (JobType::Download, "GET"),
        (JobType::Upload, "BITS_POST"),
        (JobType::UploadReply, "BITS_POST"),
    ] {
        let mut job = new_job(options(job_type));
        call(&mut job, Call::SetHttpMethod(default.into()), start());
        assert_eq!((job.http_method(), job.priority()), (default, JobPriority::Normal));
        call(&mut job, Call::SetPriority(JobPriority::Low), start());

        call(&mut job, Call::SetHttpMethod("PUT".into()), start());
        assert_eq!((job.http_method(), job.priority()), ("PUT", JobPriority::Foreground));
        for priority in [JobPriority::High, JobPriority::Normal, JobPriority::Low] {
            let error = refused(&mut job, Call::SetPriority(priority), start());
            assert_eq!(error.code(), HResult::BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD);
        }
        call(&mut job, Call::SetHttpMethod(default.into()), start());
        assert_eq!((job.http_method(), job.priority()), ("PUT", JobPriority::Foreground));
    }
}

/// PROP-39: it does not go with dynamic content or on-demand mode, in either order, and comes before
/// the first `Resume`.
#[test]
fn another_method_has_its_limits() {
    let post = || Call::SetHttpMethod("POST".into());
    for property in [JobProperty::DynamicContent(true), JobProperty::OnDemandMode(true)] {
        for (first, second) in [(post(), set(property)), (set(property), post())] {
            let mut job = download_in(Suspended);
            call(&mut job, first, start());
            let error = refused(&mut job, second, start());
            assert_eq!(error.code(), HResult::BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD);
        }
        let mut job = download_in(Suspended);
        call(&mut job, set(property), start());
        call(&mut job, Call::SetHttpMethod("GET".into()), start());
    }
    let mut job = download_in(Queued);
    call(&mut job, Call::Suspend, start());
    let error = refused(&mut job, post(), start());
    assert_eq!(error.code(), HResult::BG_E_READ_ONLY_PROPERTY_AFTER_RESUME);
}

/// INV-55, PROP-39: whatever would be retried or waited for puts the job in ERROR.
#[test]
fn another_method_knows_no_transient_error() {
    let mut causes = vec![
        failed(503),
        failed_with(HResult::ERROR_WINHTTP_TIMEOUT),
        Event::VolumeLocked,
        Event::Computer(ComputerEvent::NetworkLost),
        Event::Computer(ComputerEvent::NetworkCost(CostFlags::ROAMING)),
        Event::Computer(ComputerEvent::Blocked(Block::Standby)),
    ];
    causes.extend(Block::ALL.iter().map(|block| failed_with(block.code())));
    for job_type in JobType::ALL.iter().copied() {
        for cause in &causes {
            for state in [Connecting, Transferring] {
                let mut job = custom(job_type);
                let cheap = JobProperty::CostFlags(CostFlags::TRANSFER_STANDARD);
                call(&mut job, set(cheap), start());
                bring_to(&mut job, state, start());
                let outcome = event_outcome(&mut job, cause.clone(), start());
                assert!(!outcome.entered.contains(TransientError), "{cause:?}");
                assert_eq!(job.state(), JobState::Error, "{cause:?} in {state}");
            }
        }
    }
}

/// INV-55: also if something forbids the transfer when the job is resumed.
#[test]
fn another_method_does_not_wait_for_the_network() {
    for cause in [
        Event::Computer(ComputerEvent::NetworkLost),
        Event::Computer(ComputerEvent::Blocked(Block::Standby)),
    ] {
        let mut job = custom(JobType::Download);
        let _ = job.handle(cause.clone(), start());
        let outcome = call_outcome(&mut job, Call::Resume, start());
        assert!(!outcome.entered.contains(TransientError), "{cause:?}: {outcome:?}");
        assert_eq!(job.state(), JobState::Error, "{cause:?}");
    }
}

/// PROP-39: `Resume` begins anew, whatever the response is then.
#[test]
fn another_method_begins_anew() {
    for size in [100, 250, 30] {
        let mut job = custom(JobType::Download);
        bring_to(&mut job, Transferring, start());
        event(&mut job, Event::SizeKnown(100), start());
        event(&mut job, Event::Progressed(40), start());
        event(&mut job, failed(503), start());
        bring_to(&mut job, Transferring, at(1));
        assert_eq!(job.file_progress(FileIndex(0)).unwrap().bytes_transferred, 0);
        event(&mut job, Event::SizeKnown(size), at(1));
        event(&mut job, Event::Progressed(size - 1), at(1));
        assert_eq!(job.state(), Transferring, "{size}");
        event(&mut job, Event::Progressed(1), at(1));
        event(&mut job, Event::FileTransferred, at(1));
        assert_eq!(job.state(), Transferred, "{size}");
    }
}
