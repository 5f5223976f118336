//! A client is told at least once: repeats, their delay and their end, and registration after the
//! event.

use crate::client::*;
use crate::common::*;
use bits_emulator::machine::{Call, CallbackInterface, Deadline, Event, Recipient};
use bits_emulator::{HResult, JobState, Notification, NotifyFlags};
use chrono::TimeDelta;

use CallbackInterface::Callback;
use Notification::{FileTransferred, JobError, JobTransferred};

/// NOTIFY-20, TIME-26: a result that returns anything but S_OK is repeated until S_OK; a file only
/// if the value is negative.
#[test]
fn only_the_right_answer_ends_the_repeats() {
    for (notification, state, code, repeated) in [
        (JobTransferred, Transferred, FAILURE, true),
        (JobTransferred, Transferred, HResult::E_NOTIMPL, true),
        (JobTransferred, Transferred, HResult::S_FALSE, true),
        (JobTransferred, Transferred, HResult::S_OK, false),
        (JobError, JobState::Error, FAILURE, true),
        (JobError, JobState::Error, HResult::S_FALSE, true),
        (JobError, JobState::Error, HResult::S_OK, false),
        (FileTransferred(FIRST), Transferred, FAILURE, true),
        (FileTransferred(FIRST), Transferred, HResult::S_FALSE, false),
        (FileTransferred(FIRST), Transferred, HResult::S_OK, false),
    ] {
        let flags = match notification {
            FileTransferred(_) => NotifyFlags::FILE_TRANSFERRED,
            _ => RESULTS,
        };
        let mut job = heard_download(1, flags, Suspended);
        bring_to(&mut job, state, start());
        let mut now = start();
        for _ in 0..3 {
            answers(&mut job, notification, code, now);
            if !repeated {
                nothing_more_is_due(&mut job);
                break;
            }
            now += TimeDelta::seconds(600);
            repeats_at(&mut job, now, (notification, Recipient::Callback));
        }
    }
}

/// TIME-26, NOTIFY-20: the delay between repeats is the job's minimum retry delay, by default 600 s.
#[test]
fn repeats_follow_the_retry_delay_of_the_job() {
    for (set, seconds) in [(None, 600), (Some(60), 60), (Some(5), 5), (Some(0), 5)] {
        let mut job = heard_download(1, RESULTS, JobState::Error);
        if let Some(delay) = set {
            call(&mut job, Call::SetMinimumRetryDelay(delay), start());
        }
        fails(&mut job, JobError, start());
        repeats_at(&mut job, at(seconds), (JobError, Recipient::Callback));
    }
}

/// TIME-26: the delay counts from the answer, not from the beginning of the call.
#[test]
fn the_delay_counts_from_the_answer() {
    let mut job = heard_download(1, RESULTS, Transferred);
    begins(&mut job, JobTransferred, start());
    event(&mut job, Event::NotificationReturned(JobTransferred, FAILURE), at(100));
    repeats_at(&mut job, at(700), (JobTransferred, Recipient::Callback));
}

/// NOTIFY-21: a pending repeat ends when the job leaves the state that caused it, or the flag is
/// cleared.
#[test]
fn a_pending_repeat_ends() {
    for (notification, state, ending) in [
        (JobTransferred, Transferred, complete()),
        (JobTransferred, Transferred, cancel()),
        (JobError, JobState::Error, complete()),
        (JobError, JobState::Error, cancel()),
        (JobError, JobState::Error, Call::Resume),
        (JobTransferred, Transferred, Call::SetNotifyFlags(NotifyFlags::JOB_ERROR)),
        (JobError, JobState::Error, Call::SetNotifyFlags(NotifyFlags::JOB_TRANSFERRED)),
        (JobError, JobState::Error, Call::SetNotifyFlags(RESULTS | NotifyFlags::DISABLE)),
        (JobError, JobState::Error, Call::SetNotifyInterface(None)),
    ] {
        let mut job = heard_download(1, RESULTS, state);
        fails(&mut job, notification, start());
        call(&mut job, ending.clone(), start());
        assert_eq!(job.deadline(Deadline::NotificationRepeat), None, "{ending:?}");
        nothing_more_is_due(&mut job);
    }
}

/// NOTIFY-21: what does not leave the state, and clears no flag, leaves the repeat where it is.
#[test]
fn other_calls_leave_a_pending_repeat() {
    for other in [
        Call::Suspend,
        Call::Resume,
        Call::SetNotifyFlags(RESULTS_AND_FILES),
        Call::SetNotifyFlags(NotifyFlags::JOB_TRANSFERRED),
        Call::add_file(file(1)),
    ] {
        let mut job = heard_download(1, RESULTS, Transferred);
        fails(&mut job, JobTransferred, start());
        call(&mut job, other, at(10));
        assert_eq!(job.state(), Transferred);
        repeats_at(&mut job, at(600), (JobTransferred, Recipient::Callback));
    }
}

/// NOTIFY-21: the flag is cleared while the call is under way that then fails.
#[test]
fn no_repeat_without_the_flag() {
    let mut job = heard_download(1, RESULTS, JobState::Error);
    begins(&mut job, JobError, start());
    let without = NotifyFlags::JOB_TRANSFERRED;
    call(&mut job, Call::SetNotifyFlags(without), start());
    event(&mut job, Event::NotificationReturned(JobError, FAILURE), start());
    nothing_more_is_due(&mut job);
}

/// NOTIFY-21: a repeat for a file ends with its flag, so that nothing stands before the result.
#[test]
fn a_repeat_that_ended_holds_nothing_up() {
    let mut waiting = heard_download(1, RESULTS_AND_FILES, Suspended);
    bring_to(&mut waiting, Transferred, start());
    fails(&mut waiting, FileTransferred(FIRST), start());
    call(&mut waiting, Call::SetNotifyFlags(RESULTS), start());
    assert_eq!(due(&waiting), [JobTransferred]);

    let mut under_way = heard_download(1, RESULTS_AND_FILES, Suspended);
    bring_to(&mut under_way, Transferred, start());
    begins(&mut under_way, FileTransferred(FIRST), start());
    call(&mut under_way, Call::SetNotifyFlags(RESULTS), start());
    event(&mut under_way, Event::NotificationReturned(FileTransferred(FIRST), FAILURE), start());
    assert_eq!(due(&under_way), [JobTransferred]);
}

/// NOTIFY-14, NOTIFY-21, NOTIFY-22: DISABLE set and cleared again. What was not heard is told then, at
/// once, for the repeat is over; what was heard is not told again.
#[test]
fn disable_postpones_and_repeats_nothing() {
    for (code, told) in
        [(None, vec![JobError]), (Some(FAILURE), vec![JobError]), (Some(HResult::S_OK), vec![])]
    {
        let mut job = heard_download(1, RESULTS, JobState::Error);
        if let Some(code) = code {
            answers(&mut job, JobError, code, start());
        }
        call(&mut job, Call::SetNotifyFlags(RESULTS | NotifyFlags::DISABLE), start());
        let mut later = job.clone();
        call(&mut job, Call::SetNotifyFlags(RESULTS), at(10));
        assert_eq!(due(&job), told, "{code:?}");
        nothing_more_is_due(&mut later);
        call(&mut later, Call::SetNotifyFlags(RESULTS), at(86_400));
        assert_eq!(due(&later), told, "{code:?}");
    }
}

/// NOTIFY-14, INV-18: the client registers, or asks for the event, after it happened.
#[test]
fn late_clients_are_told() {
    for (state, told) in [(Transferred, JobTransferred), (JobState::Error, JobError)] {
        let mut job = download(1, NotifyFlags::empty(), state);
        assert_eq!(due(&job), []);
        call(&mut job, Call::SetNotifyFlags(RESULTS), at(1_000));
        assert_eq!(due(&job), []);
        call(&mut job, Call::SetNotifyInterface(Some(Callback)), at(2_000));
        assert_eq!(due(&job), [told]);
        hears(&mut job, told, start());
        nothing_more_is_due(&mut job);

        let mut job = heard_download(1, NotifyFlags::empty(), state);
        call(&mut job, Call::SetNotifyFlags(RESULTS), at(1_000));
        assert_eq!(due(&job), [told]);
    }
}

/// NOTIFY-14, NOTIFY-17: a new object need not wait for the repeat that the old one caused.
#[test]
fn a_new_object_is_told_at_once() {
    let mut job = heard_download(1, RESULTS, JobState::Error);
    fails(&mut job, JobError, start());
    call(&mut job, Call::SetNotifyInterface(Some(Callback)), at(10));
    assert_eq!(due(&job), [JobError]);
    answers(&mut job, JobError, HResult::S_OK, at(10));
    nothing_more_is_due(&mut job);
}
