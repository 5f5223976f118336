//! What counts as a modification of a job.

use std::sync::Arc;

use crate::client::*;
use crate::common::*;
use crate::modifying::*;
use bits_emulator::machine::{
    Call, CallbackInterface, ComputerEvent, Deadline, Event, FileAccess, FileIndex, Input,
};
use bits_emulator::policy::CostFlags;
use bits_emulator::settings::{
    AuthScheme, AuthTarget, Credentials, FileAclFlags, HelperTokenFlags, HttpSecurityFlags,
    JobProperty, PeerCachingFlags, ProxySettings,
};
use bits_emulator::{JobPriority, JobState, NotifyFlags};
use chrono::TimeDelta;
use uuid::Uuid;

use bits_emulator::Notification::JobModification;

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
        (Queued, Input::Event(Event::Computer(ComputerEvent::NetworkLost)), TransientError),
        (TransientError, Input::Event(Event::Computer(ComputerEvent::NetworkRestored)), Queued),
        (TransientError, Input::Deadline(Deadline::RetryDelay), Queued),
        (Transferring, Input::Call(Call::Suspend), Suspended),
        (Transferring, Input::Event(Event::OwnerLoggedOff), Queued),
        (Transferring, Input::Event(Event::Computer(ComputerEvent::ServiceRestarted)), Queued),
        (Transferred, Input::Call(complete()), Acknowledged),
        (Queued, Input::Call(cancel()), Cancelled),
    ] {
        let mut job = heard_job(state);
        let now = at(600);
        assert!(!job.apply(input.clone(), now).unwrap().was_ignored(), "{input:?}");
        assert_eq!(job.state(), next, "{input:?}");
        if input == Input::Event(Event::Computer(ComputerEvent::ServiceRestarted)) {
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
        (Suspended, Input::Event(Event::Computer(ComputerEvent::NetworkLost))),
        (Suspended, Input::Event(Event::OwnerLoggedOff)),
        (Queued, Input::Event(Event::Computer(ComputerEvent::NetworkRestored))),
        (Transferring, Input::Event(Event::SizeKnown(100))),
        (
            Suspended,
            Input::Event(Event::Computer(ComputerEvent::ClockChanged(TimeDelta::hours(1)))),
        ),
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
    for error in [Event::VolumeLocked, Event::Computer(ComputerEvent::NetworkLost)] {
        let mut job = heard_job(Connecting);
        event(&mut job, error, at(10));
        hear(&mut job, at(10));
        run_deadlines(&mut job, at(1_209_610));
        assert_eq!((job.state(), due(&job)), (JobState::Error, vec![]));
    }
    for error in [failed(503), Event::Computer(ComputerEvent::NetworkLost)] {
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
