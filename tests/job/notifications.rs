//! What a job tells its client, on which occasion, and in which order.

use std::collections::BTreeSet;

use crate::client::*;
use crate::common::*;
use bits_emulator::machine::{
    Call, CallbackInterface, ComputerEvent, Event, Input, JobOptions, JobStateMachine, Recipient,
};
use bits_emulator::settings::{HelperTokenFlags, JobProperty, ProxySettings};
use bits_emulator::{FileInfo, HResult, JobState, JobType, Notification, NotifyFlags};
use chrono::{DateTime, TimeDelta, Utc};

use CallbackInterface::{Callback, Callback2, Callback3};
use Notification::{FileRangesTransferred, FileTransferred, JobError, JobTransferred};

/// A SUSPENDED job of that number of files whose client is notified of those events.
fn job_with(
    job_type: JobType,
    files: usize,
    flags: NotifyFlags,
    interface: CallbackInterface,
) -> JobStateMachine {
    let mut job = JobStateMachine::new(options(job_type), start());
    for number in 0..files {
        call(&mut job, Call::add_file(file(number)), start());
    }
    call(&mut job, Call::SetNotifyFlags(flags), start());
    call(&mut job, Call::SetNotifyInterface(Some(interface)), start());
    job
}

/// The present file of a TRANSFERRING job, of 100 bytes, arrives.
#[track_caller]
fn file_arrives(job: &mut JobStateMachine) {
    event(job, Event::SizeKnown(100), start());
    event(job, Event::FileTransferred, start());
}

/// Everything that a client is told that answers at once.
fn hear_all(job: &mut JobStateMachine, now: DateTime<Utc>) -> BTreeSet<&'static str> {
    let mut heard = BTreeSet::new();
    for _ in 0..20 {
        let Some(due) = job.due_notifications().next() else { return heard };
        heard.insert(due.notification.name());
        event(job, Event::NotificationStarted(due.notification), now);
        if due.recipient == Recipient::CommandLine {
            event(job, Event::ProgramExited(0), now);
        } else {
            event(job, Event::NotificationReturned(due.notification, HResult::S_OK), now);
        }
    }
    panic!("the client is told without end: {heard:?}");
}

/// What the client of an on-demand download hears while it changes a property, fetches a file whole,
/// and fails after a second one was added. A step a second.
fn told_of_everything(flags: NotifyFlags) -> BTreeSet<&'static str> {
    let mut job = JobStateMachine::new(JobOptions::default(), start());
    let ranges = || Call::RequestFileRanges(FIRST, [range(0, 100)].into());
    for setup in [
        Call::add_file(file(0)),
        Call::SetProperty(JobProperty::OnDemandMode(true)),
        Call::SetNotifyFlags(flags),
        Call::SetNotifyInterface(Some(Callback3)),
        Call::set_notify_cmd_line(r"C:\app\done.exe", None),
        ranges(),
        Call::Resume,
    ] {
        call(&mut job, setup, start());
    }
    let mut heard = BTreeSet::new();
    let happenings = [
        Input::Event(Event::Picked),
        Input::Event(Event::Connected),
        Input::Event(Event::SizeKnown(100)),
        Input::Event(Event::Progressed(50)),
        Input::Event(Event::FileTransferred),
        Input::Call(Call::add_file(file(1))),
        Input::Call(Call::Resume),
        Input::Event(Event::Picked),
        Input::Event(failed(404)),
    ];
    for (seconds, happening) in (1..).zip(happenings) {
        assert!(!job.apply(happening, at(seconds)).unwrap().was_ignored());
        run_deadlines(&mut job, at(seconds));
        heard.extend(hear_all(&mut job, at(seconds)));
    }
    assert_eq!(job.state(), JobState::Error);
    heard
}

/// NOTIFY-01, NOTIFY-10: each flag, by its number, asks for one kind of notification.
#[test]
fn each_flag_asks_for_its_own_notification() {
    for (bits, notification) in [
        (0x0001, "JobTransferred"),
        (0x0002, "JobError"),
        (0x0008, "JobModification"),
        (0x0010, "FileTransferred"),
        (0x0020, "FileRangesTransferred"),
    ] {
        let flags = NotifyFlags::from_bits(bits).unwrap();
        assert_eq!(told_of_everything(flags), BTreeSet::from([notification]), "{bits:#06x}");
    }
    assert_eq!(told_of_everything(NotifyFlags::empty()), BTreeSet::new());
    let everything = NotifyFlags::from_bits(0x003B).unwrap();
    assert_eq!(told_of_everything(everything).len(), 5);
}

/// NOTIFY-02: defined flags in every combination are kept; one undefined flag is E_NOTIMPL.
#[test]
fn undefined_flags_are_refused() {
    let mut job = empty_job(JobType::Download);
    for bits in 0..0x40 {
        let flags = NotifyFlags::from_bits(bits).unwrap();
        call(&mut job, Call::SetNotifyFlags(flags), start());
        assert_eq!(job.notify_flags(), flags);
    }
    for bits in [0x40, 0x41, 0x80, 0x8000_0000, u32::MAX] {
        let flags = NotifyFlags::from_bits_retain(bits);
        let error = refused(&mut job, Call::SetNotifyFlags(flags), start());
        assert_eq!(error.code(), HResult::E_NOTIMPL, "{bits:#x}");
    }
}

/// NOTIFY-02
#[test]
fn final_states_take_no_flags() {
    for state in [Acknowledged, Cancelled] {
        let mut job = download_in(state);
        for bits in [0x1, 0x40] {
            let flags = NotifyFlags::from_bits_retain(bits);
            let error = refused(&mut job, Call::SetNotifyFlags(flags), start());
            assert_eq!(error.code(), HResult::BG_E_INVALID_STATE, "{bits:#x} in {state}");
        }
    }
}

/// NOTIFY-03, INV-19: with BG_NOTIFY_DISABLE neither callback nor command line begins, whatever the
/// other flags say.
#[test]
fn disable_outweighs_every_flag() {
    for bits in 0..0x40 {
        let flags = NotifyFlags::from_bits(bits | 0x0004).unwrap();
        assert_eq!(told_of_everything(flags), BTreeSet::new(), "{flags:?}");
    }
    let mut job = heard_download(1, RESULTS | NotifyFlags::DISABLE, Suspended);
    bring_to(&mut job, JobState::Error, start());
    ignored(&mut job, Event::NotificationStarted(JobError), start());
}

/// NOTIFY-04: JobTransferred is due when all files are transferred, not before.
#[test]
fn job_transferred_follows_the_last_file() {
    let mut job = heard_download(2, RESULTS, Suspended);
    bring_to(&mut job, Transferring, start());
    file_arrives(&mut job);
    assert_eq!(due(&job), []);
    event(&mut job, Event::SizeKnown(100), start());
    event(&mut job, Event::Progressed(99), start());
    assert_eq!(due(&job), []);
    event(&mut job, Event::Progressed(1), start());
    assert_eq!(due(&job), []);
    event(&mut job, Event::FileTransferred, start());
    assert_eq!(due(&job), [JobTransferred]);
}

/// NOTIFY-04: for an upload-reply when the reply is on the client too. NOTIFY-07: FileTransferred is
/// for the reply, and never for what is uploaded.
#[test]
fn uploads_tell_of_no_file_and_upload_replies_of_the_reply() {
    let mut upload = job_with(JobType::Upload, 1, RESULTS_AND_FILES, Callback3);
    bring_to(&mut upload, Transferring, start());
    file_arrives(&mut upload);
    assert_eq!(due(&upload), [JobTransferred]);

    let mut job = job_with(JobType::UploadReply, 1, RESULTS_AND_FILES, Callback3);
    bring_to(&mut job, Transferring, start());
    file_arrives(&mut job);
    assert_eq!(due(&job), []);
    event(&mut job, Event::ReplyStarted(10), start());
    event(&mut job, Event::Progressed(9), start());
    assert_eq!(due(&job), []);
    event(&mut job, Event::Progressed(1), start());
    event(&mut job, Event::FileTransferred, start());
    assert_eq!(job.state(), Transferred);
    hears(&mut job, FileTransferred(FIRST), start());
    hears(&mut job, JobTransferred, start());
    assert_eq!(due(&job), []);
}

/// A way in which a job of one file fails, tried on a SUSPENDED one.
type Way = (&'static str, HResult, fn(&mut JobStateMachine));

const WAYS_INTO_ERROR: &[Way] = &[
    ("fatal failure", HResult::BG_E_HTTP_ERROR_404, |job| {
        bring_to(job, JobState::Error, start());
    }),
    ("fatal failure of a transfer", HResult::BG_E_HTTP_ERROR_401, |job| {
        bring_to(job, Transferring, start());
        event(job, failed(401), start());
    }),
    ("no retries", HResult::BG_E_HTTP_ERROR_503, |job| {
        call(job, Call::SetNoProgressTimeout(0), start());
        bring_to(job, Connecting, start());
        event(job, failed(503), start());
    }),
    ("no retries without network", HResult::BG_E_NETWORK_DISCONNECTED, |job| {
        call(job, Call::SetNoProgressTimeout(0), start());
        bring_to(job, Queued, start());
        event(job, ComputerEvent::NetworkLost, start());
    }),
    ("no-progress timeout", HResult::BG_E_HTTP_ERROR_503, |job| {
        call(job, Call::SetNoProgressTimeout(60), start());
        bring_to(job, TransientError, start());
        run_deadlines(job, at(60));
    }),
    ("maximum download time", HResult::BG_E_MAXDOWNLOAD_TIMEOUT, |job| {
        call(job, Call::SetMaximumDownloadTime(60), start());
        bring_to(job, Transferring, start());
        run_deadlines(job, at(60));
    }),
    ("failed validation", HResult::BG_E_VALIDATION_FAILED, |job| {
        call(job, Call::SetNotifyFlags(NotifyFlags::JOB_ERROR), start());
        bring_to(job, Transferred, start());
        call(job, Call::SetValidationState(FIRST, false), start());
    }),
    ("logoff with a helper token", HResult::BG_E_TOKEN_REQUIRED, |job| {
        call(job, Call::SetHelperToken, start());
        call(job, Call::SetHelperTokenFlags(HelperTokenFlags::NETWORK), start());
        event(job, Event::OwnerLoggedOff, start());
    }),
    ("invalid proxy", HResult::BG_E_INVALID_PROXY_INFO, |job| {
        let settings = ProxySettings::overriding("ftp=ftp://one:two:three", None);
        call(job, Call::SetProxySettings(settings.into()), start());
        bring_to(job, Queued, start());
        event(job, Event::Picked, start());
    }),
];

/// NOTIFY-05: JobError is due when the job becomes ERROR, in whichever way, and the error object is
/// readable while the client is told.
#[test]
fn every_way_into_error_calls_job_error() {
    for (way, code, fail) in WAYS_INTO_ERROR {
        let mut job = heard_download(1, RESULTS, Suspended);
        fail(&mut job);
        assert_eq!(job.state(), JobState::Error, "{way}");
        assert_eq!(due(&job), [JobError], "{way}");
        begins(&mut job, JobError, start());
        assert_eq!(get_error(&job), *code, "{way}");
        returns(&mut job, JobError, HResult::S_OK, start());
        assert_eq!(due(&job), [], "{way}");
    }
}

/// NOTIFY-05, ERR-34, INV-16: TRANSIENT_ERROR never calls JobError, also not if it lasts; the
/// no-progress timeout that makes it ERROR does.
#[test]
fn a_transient_error_is_not_told() {
    let timeout = 86_400;
    for cause in [failed(503), Event::Computer(ComputerEvent::NetworkLost), Event::VolumeLocked] {
        let mut job = heard_download(1, RESULTS_AND_FILES, Suspended);
        call(&mut job, Call::SetNoProgressTimeout(timeout), start());
        bring_to(&mut job, Connecting, start());
        event(&mut job, cause.clone(), start());
        for hours in 0..24 {
            let now = start() + TimeDelta::hours(hours);
            run_deadlines(&mut job, now);
            if job.state() == Queued {
                event(&mut job, Event::Picked, now);
                event(&mut job, cause.clone(), now);
            }
            assert_eq!(job.state(), TransientError);
            assert_eq!(due(&job), [], "{cause:?} for {hours} hours");
        }
        run_deadlines(&mut job, at(i64::from(timeout)) + TimeDelta::hours(1));
        if job.state() == Queued {
            event(&mut job, Event::Picked, at(i64::from(timeout) + 3_600));
            event(&mut job, cause.clone(), at(i64::from(timeout) + 3_600));
        }
        assert_eq!((job.state(), due(&job)), (JobState::Error, vec![JobError]), "{cause:?}");
    }
}

/// ERR-19: to poll is to see ERROR; to be told takes an interface and the flag.
#[test]
fn job_error_needs_interface_and_flag() {
    for (interface, flags, told) in [
        (Some(Callback), NotifyFlags::JOB_ERROR, vec![JobError]),
        (Some(Callback), NotifyFlags::JOB_TRANSFERRED, vec![]),
        (None, NotifyFlags::JOB_ERROR, vec![]),
        (None, NotifyFlags::empty(), vec![]),
    ] {
        let mut job = new_job(options(JobType::Download));
        call(&mut job, Call::SetNotifyFlags(flags), start());
        call(&mut job, Call::SetNotifyInterface(interface), start());
        bring_to(&mut job, JobState::Error, start());
        assert_eq!(due(&job), told, "{interface:?} {flags:?}");
    }
}

/// NOTIFY-07: FileTransferred is due when a file finished, an empty one too.
#[test]
fn each_finished_file_of_a_download_is_told() {
    let mut job = heard_download(2, NotifyFlags::FILE_TRANSFERRED, Suspended);
    bring_to(&mut job, Transferring, start());
    event(&mut job, Event::SizeKnown(100), start());
    event(&mut job, Event::Progressed(99), start());
    assert_eq!(due(&job), []);
    event(&mut job, Event::Progressed(1), start());
    assert_eq!(due(&job), []);
    event(&mut job, Event::FileTransferred, start());
    hears(&mut job, FileTransferred(FIRST), start());
    assert_eq!(due(&job), []);
    event(&mut job, Event::SizeKnown(0), start());
    event(&mut job, Event::FileTransferred, start());
    hears(&mut job, FileTransferred(SECOND), start());
    assert_eq!(due(&job), []);
}

/// NOTIFY-19: of files hears an object with `IBackgroundCopyCallback2`, of ranges one with
/// `IBackgroundCopyCallback3`; what an object cannot hear does not hold up the rest.
#[test]
fn an_object_hears_what_its_interface_has() {
    let ranges = FileRangesTransferred(FIRST);
    for (interface, told) in [
        (Callback, vec![JobTransferred]),
        (Callback2, vec![FileTransferred(FIRST)]),
        (Callback3, vec![FileTransferred(FIRST), ranges]),
    ] {
        let flags = RESULTS_AND_FILES | NotifyFlags::FILE_RANGES_TRANSFERRED;
        let mut job = job_with(JobType::Download, 1, flags, interface);
        call(&mut job, Call::SetProperty(JobProperty::OnDemandMode(true)), start());
        call(&mut job, Call::RequestFileRanges(FIRST, [range(0, 100)].into()), start());
        bring_to(&mut job, Transferring, start());
        file_arrives(&mut job);
        assert_eq!(due(&job), told, "{interface:?}");
    }
}

/// NOTIFY-07: files on a share are told of like others.
#[test]
fn files_of_a_share_are_told() {
    let mut job = heard_download(0, RESULTS_AND_FILES, Suspended);
    let share = FileInfo::new(r"\\server\share\b.bin", r"C:\data\b.bin");
    call(&mut job, Call::add_file(share), start());
    bring_to(&mut job, Transferring, start());
    file_arrives(&mut job);
    assert_eq!(due(&job), [FileTransferred(FIRST)]);
}
