//! What a client sets and reads: in every state, with the documented defaults.

use crate::common::*;
use bits_emulator::accounts::Sid;
use bits_emulator::machine::{Call, FileIndex, JobStateMachine, StateClass};
use bits_emulator::settings::{FileAclFlags, HelperTokenFlags, JobProperty, JobPropertyId};
use bits_emulator::{HResult, JobPriority, JobState, JobType, NotifyFlags};

/// LIFE-27, LIFE-01
#[test]
fn getters_work_in_every_state() {
    for job_type in JobType::ALL {
        for state in JobState::ALL.iter().copied() {
            let job = job_in(*job_type, state);
            assert_eq!(job.state(), state);
            assert_eq!(job.job_type(), *job_type);
            assert_eq!(job.file_count(), 1);
            assert_eq!(job.file(FileIndex(0)), Some(&file(0)));
            assert_eq!(job.progress().files_total, 1);
            assert_eq!(job.times().creation, start());
            assert_eq!(job.priority(), JobPriority::Normal);
            assert_eq!(job.minimum_retry_delay(), 600);
            assert_eq!(job.no_progress_timeout(), 1_209_600);
            assert_eq!(job.maximum_download_time(), 7_776_000);
            let reply = job.reply_progress().map_err(|error| error.code());
            assert_eq!(reply.is_ok(), *job_type == JobType::UploadReply, "PROGRESS-09");
            assert!(reply.is_ok() || reply == Err(HResult::E_NOTIMPL));
        }
    }
}

/// LIFE-03, CREATE-07
#[test]
fn a_new_job_is_suspended_with_the_documented_defaults() {
    let job = empty_job(JobType::Download);
    assert_eq!(job.state(), Suspended);
    assert_eq!((job.file_count(), job.error_count()), (0, 0));
    assert_eq!(job.priority(), JobPriority::Normal);
    assert_eq!((job.minimum_retry_delay(), job.no_progress_timeout()), (600, 1_209_600));
    assert_eq!((job.maximum_download_time(), on_demand(&job)), (7_776_000, false));
    assert_eq!(job.file_acl_flags(), FileAclFlags::empty());
    assert_eq!((job.display_name(), job.description()), ("", ""));
    assert_eq!(job.notify_flags(), NotifyFlags::JOB_TRANSFERRED | NotifyFlags::JOB_ERROR);
    assert_eq!((job.helper_token_sid(), job.http_method()), (None, "GET"));
}

fn on_demand(job: &JobStateMachine) -> bool {
    job.property(JobPropertyId::OnDemandMode) == Some(JobProperty::OnDemandMode(true))
}

/// INV-53
#[test]
fn a_setter_that_succeeded_is_visible_and_a_refused_one_is_not() {
    let values = [
        Call::SetPriority(JobPriority::Foreground),
        Call::SetMinimumRetryDelay(77),
        Call::SetNoProgressTimeout(78),
        Call::SetMaximumDownloadTime(79),
        Call::SetFileAclFlags(FileAclFlags::DACL),
        Call::SetHelperTokenFlags(HelperTokenFlags::NETWORK),
        Call::SetHelperToken,
        Call::SetProperty(JobProperty::OnDemandMode(true)),
    ];
    let seen = |job: &JobStateMachine| {
        let times = (job.minimum_retry_delay(), job.no_progress_timeout());
        let flags = (job.file_acl_flags(), job.helper_token_flags(), job.helper_token_sid());
        (job.priority(), times, job.maximum_download_time(), flags, on_demand(job))
    };
    let mut job = download_in(Suspended);
    for value in values.clone() {
        call(&mut job, value, start());
    }
    let token = (FileAclFlags::DACL, HelperTokenFlags::NETWORK, Some(Sid::default()));
    assert_eq!(seen(&job), (JobPriority::Foreground, (77, 78), 79, token, true));

    let mut done = download_in(Acknowledged);
    let before = seen(&done);
    for value in values {
        refused(&mut done, value, start());
    }
    assert_eq!(seen(&done), before);
}

// LIFE-02: the four classes; ERROR belongs to the one called "transferred".
/// LIFE-02
#[test]
fn states_fall_in_four_classes() {
    let states = |class| -> Vec<JobState> {
        JobState::ALL.iter().copied().filter(|state| state.class() == class).collect()
    };
    assert_eq!(states(StateClass::Starting), [Suspended]);
    assert_eq!(states(StateClass::Action), [Queued, Connecting, Transferring, TransientError]);
    assert_eq!(states(StateClass::Transferred), [JobState::Error, Transferred]);
    assert_eq!(states(StateClass::Final), [Acknowledged, Cancelled]);
}
