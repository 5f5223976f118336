//! What counts as a modification of a job, and how often the client is told.

mod client;
mod common;

use std::sync::Arc;

use bits_emulator::{
    AuthScheme, AuthTarget, Call, CallbackInterface, CostFlags, Credentials, Deadline, Event,
    FileAccess, FileAclFlags, FileIndex, HResult, HelperTokenFlags, HttpSecurityFlags, Input,
    JobOptions, JobPriority, JobProperty, JobState, JobStateMachine, JobType, Notification,
    NotifyFlags, PeerCachingFlags, ProxySettings, Recipient, Token,
};
use chrono::{DateTime, TimeDelta, Utc};
use client::*;
use common::*;
use uuid::Uuid;

use Notification::{JobError, JobModification, JobTransferred};

const ADMINISTRATOR: Token = Token::administrator(500);

/// A download of one file in that state whose client hears of modifications only, and heard of all
/// so far.
#[track_caller]
fn heard_job(state: JobState) -> JobStateMachine {
    let mut job = new_job(options(JobType::Download));
    register_for(&mut job, NotifyFlags::JOB_MODIFICATION);
    bring_to(&mut job, state, start());
    hear(&mut job, start());
    job
}

fn register_for(job: &mut JobStateMachine, flags: NotifyFlags) {
    call(job, Call::SetNotifyFlags(flags), start());
    call(job, Call::SetNotifyInterface(Some(CallbackInterface::Callback)), start());
}

/// An administrator's download, to which every setter applies.
fn new_administrators_job() -> JobStateMachine {
    let options = JobOptions { owner: ADMINISTRATOR, ..JobOptions::default() };
    let mut job = JobStateMachine::new(options, start());
    call(&mut job, Call::add_file(file(0)), start());
    register_for(&mut job, NotifyFlags::JOB_MODIFICATION);
    hear(&mut job, start());
    job
}

fn begin(job: &mut JobStateMachine, now: DateTime<Utc>) {
    event(job, Event::NotificationStarted(JobModification), now);
}

fn end(job: &mut JobStateMachine, now: DateTime<Utc>) {
    event(job, Event::NotificationReturned(JobModification, HResult::S_OK), now);
}

/// The client hears what is due.
#[track_caller]
fn hear(job: &mut JobStateMachine, now: DateTime<Utc>) {
    assert_eq!(due(job), [JobModification]);
    begin(job, now);
    end(job, now);
}

/// Something changes.
fn change(job: &mut JobStateMachine, now: DateTime<Utc>) {
    call(job, Call::SetDescription(Some("changed".into())), now);
}

fn set_interval(job: &mut JobStateMachine, milliseconds: u32, now: DateTime<Utc>) {
    let property = JobProperty::MinimumNotificationInterval(milliseconds);
    call(job, Call::SetProperty(property), now);
}

/// So many milliseconds after the start.
fn ms(milliseconds: i64) -> DateTime<Utc> {
    start() + TimeDelta::milliseconds(milliseconds)
}

/// The modification is due at that instant, and not a tick earlier.
#[track_caller]
fn due_at(job: &mut JobStateMachine, instant: DateTime<Utc>) {
    assert_eq!(due(job), []);
    run_deadlines(job, instant - tick());
    assert_eq!(due(job), [], "a tick early");
    assert_eq!(job.deadline(Deadline::ModificationInterval), Some(instant));
    run_deadlines(job, instant);
    assert_eq!(due(job), [JobModification]);
}

/// NOTIFY-06: a property changed, whichever it is.
#[test]
fn every_setter_is_a_modification() {
    let (target, scheme) = (AuthTarget::Server, AuthScheme::Basic);
    let proxy = Arc::new(ProxySettings::overriding("proxy.example.com:8080", None));
    let setters = [
        Call::SetDisplayName(Some("update".into())),
        Call::SetDescription(Some("monthly".into())),
        Call::SetPriority(JobPriority::Low),
        Call::SetNotifyFlags(NotifyFlags::all().difference(NotifyFlags::DISABLE)),
        Call::SetNotifyInterface(Some(CallbackInterface::Callback3)),
        Call::set_notify_cmd_line(r"C:\app\done.exe", None),
        Call::SetMinimumRetryDelay(60),
        Call::SetNoProgressTimeout(60),
        Call::SetMaximumDownloadTime(60),
        Call::SetProxySettings(proxy),
        Call::SetCredentials(Arc::new(Credentials::new(target, scheme, "alice", "secret"))),
        Call::TakeOwnership(FileAccess::Granted),
        Call::SetFileAclFlags(FileAclFlags::empty()),
        Call::SetPeerCachingFlags(PeerCachingFlags::empty()),
        Call::SetProperty(JobProperty::CostFlags(CostFlags::TRANSFER_STANDARD)),
        Call::SetProperty(JobProperty::NotificationClsid(Uuid::from_u128(7))),
        Call::SetProperty(JobProperty::MinimumNotificationInterval(100)),
        Call::SetProperty(JobProperty::OnDemandMode(true)),
        Call::SetCustomHeaders(Some("X-Channel: beta\r\n".into())),
        Call::SetSecurityFlags(HttpSecurityFlags::IGNORE_CERT_DATE_INVALID),
        Call::SetHttpMethod("POST".into()),
        Call::SetHelperTokenFlags(HelperTokenFlags::NETWORK),
        Call::SetHelperToken,
        Call::SetRemoteName(FileIndex(0), "https://example.org/0.bin".into()),
        Call::ReplaceRemotePrefix {
            old: "https://example.com/".into(),
            new: "https://example.net/".into(),
        },
    ];
    for setter in setters {
        let mut job = new_administrators_job();
        call(&mut job, setter.clone(), at(10));
        assert_eq!(due(&job), [JobModification], "{setter:?}");
    }
}

/// NOTIFY-06: files were added, bytes were transferred, the state changed, by a call, by the world
/// or by a clock; the last change, to a final state, is told too.
#[test]
fn files_bytes_and_states_are_modifications() {
    for (state, input, next) in [
        (Suspended, Input::Call(Call::add_file(file(1))), Suspended),
        (Suspended, Input::Call(Call::add_file_set([file(1), file(2)])), Suspended),
        (JobState::Error, Input::Call(Call::add_file(file(1))), JobState::Error),
        (Transferring, Input::Event(Event::Progressed(1)), Transferring),
        (Suspended, Input::Call(Call::Resume), Queued),
        (JobState::Error, Input::Call(Call::Resume), Queued),
        (Queued, Input::Event(Event::Picked), Connecting),
        (Connecting, Input::Event(Event::Connected), Transferring),
        (Transferring, Input::Event(Event::SliceOver), Queued),
        (Transferring, Input::Event(failed(503)), TransientError),
        (Queued, Input::Event(Event::NetworkLost), TransientError),
        (TransientError, Input::Event(Event::NetworkRestored), Queued),
        (TransientError, Input::Deadline(Deadline::RetryDelay), Queued),
        (Transferring, Input::Call(Call::Suspend), Suspended),
        (Transferring, Input::Event(Event::OwnerLoggedOff), Queued),
        (Transferring, Input::Event(Event::ServiceRestarted), Queued),
        (Transferred, Input::Call(complete()), Acknowledged),
        (Queued, Input::Call(cancel()), Cancelled),
    ] {
        let mut job = heard_job(state);
        let now = at(600);
        assert!(!job.apply(input.clone(), now).unwrap().was_ignored(), "{input:?}");
        assert_eq!(job.state(), next, "{input:?}");
        if input == Input::Event(Event::ServiceRestarted) {
            let interface = Some(CallbackInterface::Callback);
            call(&mut job, Call::SetNotifyInterface(interface), now);
        }
        hear(&mut job, now);
        assert_eq!(due(&job), []);
    }
}

/// NOTIFY-06: the inactivity timeout changes the state too.
#[test]
fn the_end_by_inactivity_is_a_modification() {
    let mut job = heard_job(Suspended);
    run_deadlines(&mut job, start() + TimeDelta::days(90));
    assert_eq!(job.state(), Cancelled);
    hear(&mut job, start() + TimeDelta::days(90));
}

/// NOTIFY-06: what changes nothing is no modification.
#[test]
fn nothing_changed_nothing_told() {
    for (state, input) in [
        (Suspended, Input::Call(Call::SetDisplayName(None))),
        (Suspended, Input::Call(Call::SetNotifyFlags(NotifyFlags::from_bits_retain(0x40)))),
        (Suspended, Input::Event(Event::Picked)),
        (Suspended, Input::Event(Event::NetworkLost)),
        (Suspended, Input::Event(Event::OwnerLoggedOff)),
        (Queued, Input::Event(Event::NetworkRestored)),
        (Transferring, Input::Event(Event::SizeKnown(100))),
        (Suspended, Input::Event(Event::ClockChanged(TimeDelta::hours(1)))),
        (Suspended, Input::Event(Event::Progressed(1))),
        (Acknowledged, Input::Call(Call::Resume)),
        (Cancelled, Input::Call(Call::SetDescription(Some("late".into())))),
    ] {
        let mut job = heard_job(state);
        let _ = job.apply(input.clone(), at(10));
        assert_eq!(due(&job), [], "{input:?} in {state}");
    }
}

/// NOTIFY-06, INV-23: the very change to ERROR is told as JobError only.
#[test]
fn a_change_to_error_is_no_modification() {
    for (state, end) in [
        (Connecting, failed(404)),
        (Transferring, failed(404)),
        (Connecting, Event::Redirected(302, r"\\server\share\a".into())),
        (Transferring, Event::Redirected(302, r"\\server\share\a".into())),
    ] {
        let mut job = heard_job(state);
        event(&mut job, end.clone(), at(10));
        assert_eq!((job.state(), due(&job)), (JobState::Error, vec![]), "{end:?}");
    }
    let mut job = heard_job(Transferring);
    call(&mut job, Call::SetMaximumDownloadTime(60), at(10));
    hear(&mut job, at(10));
    run_deadlines(&mut job, at(60));
    assert_eq!((job.state(), due(&job)), (JobState::Error, vec![]));
}

/// NOTIFY-06, INV-23: also when a transient error turns into ERROR.
#[test]
fn the_end_of_retries_is_no_modification() {
    for error in [failed_with(HResult::BG_E_DESTINATION_LOCKED), Event::NetworkLost] {
        let mut job = heard_job(Connecting);
        event(&mut job, error, at(10));
        hear(&mut job, at(10));
        run_deadlines(&mut job, at(1_209_610));
        assert_eq!((job.state(), due(&job)), (JobState::Error, vec![]));
    }
    for error in [failed(503), Event::NetworkLost] {
        let mut job = heard_job(Connecting);
        call(&mut job, Call::SetNoProgressTimeout(0), at(10));
        hear(&mut job, at(10));
        event(&mut job, error, at(20));
        assert_eq!((job.state(), due(&job)), (JobState::Error, vec![]));
    }
}

/// NOTIFY-06, INV-23: the very change to TRANSFERRED is told as JobTransferred only. The last bytes
/// are a modification; an empty file has none.
#[test]
fn a_change_to_transferred_is_no_modification() {
    let mut job = heard_job(Transferring);
    event(&mut job, Event::SizeKnown(0), at(10));
    event(&mut job, Event::FileTransferred, at(10));
    assert_eq!((job.state(), due(&job)), (Transferred, vec![]));

    let mut job = heard_job(Transferring);
    event(&mut job, Event::SizeKnown(1), at(10));
    event(&mut job, Event::FileTransferred, at(10));
    assert_eq!((job.state(), due(&job)), (Transferred, vec![JobModification]));
}

/// NOTIFY-12: by default at least 500 ms lie between the beginnings of two modifications.
#[test]
fn modifications_come_half_a_second_apart() {
    let mut job = heard_job(Suspended);
    change(&mut job, ms(1));
    due_at(&mut job, ms(500));
    hear(&mut job, ms(700));
    change(&mut job, ms(800));
    due_at(&mut job, ms(1_200));
}

/// NOTIFY-12: a change at the very end of the interval, or later, is told at once; a tick earlier it
/// waits for the tick.
#[test]
fn a_change_after_the_interval_is_told_at_once() {
    for (instant, at_once) in
        [(ms(500) - tick(), false), (ms(500), true), (ms(501), true), (at(100), true)]
    {
        let mut job = heard_job(Suspended);
        change(&mut job, instant);
        if at_once {
            assert_eq!(due(&job), [JobModification], "{instant}");
        } else {
            due_at(&mut job, ms(500));
        }
    }
}

/// NOTIFY-12: the interval is a property of the job, in milliseconds.
#[test]
fn the_interval_is_the_one_set() {
    for milliseconds in [1, 499, 500, 501, 60_000, u32::MAX] {
        let mut job = heard_job(Suspended);
        set_interval(&mut job, milliseconds, at(10));
        hear(&mut job, at(20));
        change(&mut job, at(20));
        due_at(&mut job, at(20) + TimeDelta::milliseconds(i64::from(milliseconds)));
    }
    let mut job = heard_job(Suspended);
    set_interval(&mut job, 0, at(10));
    for _ in 0..3 {
        hear(&mut job, at(20));
        change(&mut job, at(20));
    }
    assert_eq!(due(&job), [JobModification]);
}

/// NOTIFY-12: the interval can be changed at any time, and has taken effect when a modification was
/// told.
#[test]
fn a_new_interval_takes_effect_with_the_next_modification() {
    for state in [Suspended, Queued, Connecting, Transferring, TransientError, Transferred] {
        let mut job = heard_job(state);
        set_interval(&mut job, 2_000, ms(100));
        run_deadlines(&mut job, ms(2_000));
        hear(&mut job, ms(2_000));
        change(&mut job, ms(2_100));
        due_at(&mut job, ms(4_000));
    }
}

/// NOTIFY-12, NOTIFY-11: however much changes within an interval, one call tells it; then nothing
/// waits any more.
#[test]
fn changes_within_an_interval_are_one_modification() {
    let mut job = heard_job(Transferring);
    for millisecond in 1..500 {
        event(&mut job, Event::Progressed(1), ms(millisecond));
        assert_eq!(due(&job), []);
    }
    due_at(&mut job, ms(500));
    hear(&mut job, ms(500));
    assert_eq!(job.deadline(Deadline::ModificationInterval), None);
    run_deadlines(&mut job, ms(10_000));
    assert_eq!(due(&job), []);
}

/// NOTIFY-11: under load modifications are dropped, results are not: nothing is begun for a day.
#[test]
fn results_outlast_any_load() {
    for (state, told) in [(Transferred, JobTransferred), (JobState::Error, JobError)] {
        let mut job = new_job(options(JobType::Download));
        register_for(&mut job, NotifyFlags::default() | NotifyFlags::JOB_MODIFICATION);
        bring_to(&mut job, state, start());
        for hour in 1..24 {
            change(&mut job, at(hour * 3_600));
            assert_eq!(due(&job), [told, JobModification]);
        }
        event(&mut job, Event::NotificationStarted(told), at(86_400));
        event(&mut job, Event::NotificationReturned(told, HResult::S_OK), at(86_400));
        hear(&mut job, at(86_400));
        assert_eq!(due(&job), []);
    }
}

/// NOTIFY-11: a modification that fails is not repeated.
#[test]
fn a_modification_that_fails_is_dropped() {
    let mut job = heard_job(Suspended);
    change(&mut job, at(10));
    begin(&mut job, at(10));
    let failure = HResult::E_ACCESSDENIED;
    event(&mut job, Event::NotificationReturned(JobModification, failure), at(10));
    assert_eq!(job.deadline(Deadline::NotificationRepeat), None);
    run_deadlines(&mut job, at(86_400));
    assert_eq!(due(&job), []);
}

/// NOTIFY-32: the client changes the job inside JobModification; another JobModification begins
/// during the first, no earlier than an interval after it (NOTIFY-12).
#[test]
fn a_modification_during_a_modification() {
    let mut job = heard_job(Suspended);
    change(&mut job, at(10));
    begin(&mut job, at(10));
    change(&mut job, at(10));
    due_at(&mut job, at(10) + TimeDelta::milliseconds(500));
    begin(&mut job, at(11));
    end(&mut job, at(11));
    end(&mut job, at(11));
    assert_eq!(due(&job), []);
    change(&mut job, at(12));
    assert_eq!(due(&job), [JobModification]);
}

/// NOTIFY-06: a change during the call is told after it, at the latest.
#[test]
fn a_change_during_the_call_is_not_lost() {
    let mut job = heard_job(Suspended);
    change(&mut job, at(10));
    begin(&mut job, at(10));
    change(&mut job, at(20));
    end(&mut job, at(30));
    run_deadlines(&mut job, at(30));
    assert_eq!(due(&job), [JobModification]);
}

/// NOTIFY-03: what changed while the flag was clear, or DISABLE set, is not told afterwards; what
/// changes then is.
#[test]
fn only_changes_that_are_asked_for_are_told() {
    let wanted = NotifyFlags::JOB_MODIFICATION;
    for unwanted in [NotifyFlags::default(), wanted | NotifyFlags::DISABLE] {
        let mut job = heard_job(Suspended);
        change(&mut job, at(10));
        call(&mut job, Call::SetNotifyFlags(unwanted), at(10));
        assert_eq!(due(&job), []);
        change(&mut job, at(20));
        run_deadlines(&mut job, at(30));
        assert_eq!(due(&job), []);
        call(&mut job, Call::SetNotifyFlags(wanted), at(40));
        assert_eq!(due(&job), []);
        change(&mut job, at(50));
        hear(&mut job, at(50));
    }
}

/// NOTIFY-17, NOTIFY-18: the client ends during the call; a new one, or an object of the class
/// (NOTIFY-23), hears of the next change.
#[test]
fn a_new_object_hears_of_the_next_change() {
    for end in [Event::ClientExited, Event::ServiceRestarted] {
        let mut job = heard_job(Suspended);
        change(&mut job, at(10));
        begin(&mut job, at(10));
        event(&mut job, end, at(10));
        change(&mut job, at(20));
        assert_eq!(due(&job), []);
        let mut with_class = job.clone();
        let interface = Some(CallbackInterface::Callback);
        call(&mut job, Call::SetNotifyInterface(interface), at(30));
        hear(&mut job, at(30));

        let clsid = Uuid::from_u128(7);
        let property = JobProperty::NotificationClsid(clsid);
        call(&mut with_class, Call::SetProperty(property), at(30));
        let recipients: Vec<_> = with_class.due_notifications().map(|due| due.recipient).collect();
        assert_eq!(recipients, [Recipient::ComClass(clsid)]);
    }
}
