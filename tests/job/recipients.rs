//! Who is told: objects that are registered, replaced, or become invalid with their client or a
//! restart, and the class that stands in for them.

use crate::client::*;
use crate::common::*;
use bits_emulator::accounts::{Sid, Token};
use bits_emulator::machine::{
    Call, CallbackInterface, ComputerEvent, Event, FileAccess, Recipient,
};
use bits_emulator::{HResult, JobState, Notification};
use uuid::Uuid;

use CallbackInterface::{Callback, Callback2, Callback3};
use Notification::{FileTransferred, JobError, JobTransferred};
/// NOTIFY-18, NOTIFY-14: the client, or the service, ends before the call, during it, or while a
/// repeat waits. Whatever the lost call would have returned, a new client is told at once.
#[test]
fn nothing_is_lost_with_the_client() {
    for end in [Event::ClientExited, Event::Computer(ComputerEvent::ServiceRestarted)] {
        for told in [FileTransferred(FIRST), JobTransferred, JobError] {
            for phase in ["due", "under way", "repeat"] {
                let flags = match told {
                    FileTransferred(_) => RESULTS_AND_FILES,
                    _ => RESULTS,
                };
                let state = if told == JobError { JobState::Error } else { Transferred };
                let mut job = heard_download(1, flags, Suspended);
                bring_to(&mut job, state, start());
                match phase {
                    "under way" => begins(&mut job, told, start()),
                    "repeat" => fails(&mut job, told, start()),
                    _ => {}
                }
                event(&mut job, end.clone(), start());
                assert_eq!(due(&job), [], "{told} {phase}");
                ignored(&mut job, Event::NotificationReturned(told, HResult::S_OK), start());
                register(&mut job, Some(Callback3));
                assert_eq!(due(&job), [told], "{told} {phase}, {end:?}");
            }
        }
    }
}

/// NOTIFY-08: the client ends while it is told of the first file; more finish before a new one
/// registers.
#[test]
fn a_new_client_hears_of_all_files() {
    let mut job = heard_download(2, RESULTS_AND_FILES, Transferring);
    event(&mut job, Event::SizeKnown(100), start());
    event(&mut job, Event::FileTransferred, start());
    begins(&mut job, FileTransferred(FIRST), start());
    event(&mut job, Event::ClientExited, start());
    transfer_all(&mut job, start());
    assert_eq!(due(&job), []);
    register(&mut job, Some(Callback2));
    for told in [FileTransferred(FIRST), FileTransferred(SECOND), JobTransferred] {
        assert_eq!(due(&job), [told]);
        hears(&mut job, told, start());
    }
    assert_eq!(due(&job), []);
}

/// NOTIFY-16, NOTIFY-18: the object ended with its client, or with a restart, after it had heard. A
/// new one is told again, also if null was set between.
#[test]
fn a_new_object_after_an_invalid_one_is_told_again() {
    for end in [Event::ClientExited, Event::Computer(ComputerEvent::ServiceRestarted)] {
        for null_between in [false, true] {
            let mut job = heard_download(1, RESULTS, Transferred);
            hears(&mut job, JobTransferred, start());
            event(&mut job, end.clone(), start());
            assert_eq!(job.notify_interface(), None);
            assert_eq!(due(&job), [], "nobody is there");
            if null_between {
                register(&mut job, None);
            }
            register(&mut job, Some(Callback));
            assert_eq!(due(&job), [JobTransferred], "{end:?}, null between: {null_between}");
            hears(&mut job, JobTransferred, start());
            register(&mut job, Some(Callback));
            nothing_more_is_due(&mut job);
        }
    }
}

/// NOTIFY-23: the registered object is preferred while it is usable, then one of the class; the last
/// class set wins, and nil clears it.
#[test]
fn the_class_stands_in_for_the_object() {
    let mut job = heard_download(1, RESULTS, JobState::Error);
    set_class(&mut job, Uuid::from_u128(1));
    set_class(&mut job, CLASS);
    assert_eq!(due_by(&job), [(JobError, Recipient::Callback)]);
    for lost in [Call::SetNotifyInterface(None), Call::SetNotifyInterface(Some(Callback))] {
        let mut job = job.clone();
        let exits = lost != Call::SetNotifyInterface(None);
        call(&mut job, lost, start());
        if exits {
            event(&mut job, Event::ClientExited, start());
        }
        assert_eq!(due_by(&job), [(JobError, Recipient::ComClass(CLASS))]);
        hears(&mut job, JobError, start());
        nothing_more_is_due(&mut job);
    }
    register(&mut job, None);
    set_class(&mut job, Uuid::nil());
    assert_eq!(due(&job), []);
}

/// NOTIFY-23, NOTIFY-20: a usable object that does not hear is called again itself; the class has its
/// turn when the object is gone, also while the repeat waits.
#[test]
fn the_class_does_not_stand_in_for_a_usable_object() {
    let mut job = heard_download(1, RESULTS, JobState::Error);
    set_class(&mut job, CLASS);
    fails(&mut job, JobError, start());
    let mut exits = job.clone();
    repeats_at(&mut job, at(600), (JobError, Recipient::Callback));
    event(&mut exits, Event::ClientExited, at(10));
    run_deadlines(&mut exits, at(600));
    assert_eq!(due_by(&exits), [(JobError, Recipient::ComClass(CLASS))]);
}

/// NOTIFY-23, NET-13: the class outlives a restart, which the object does not; a call to either that
/// the restart cut off is made again to the class.
#[test]
fn the_class_is_persisted() {
    for has_object in [true, false] {
        let mut job = download(1, RESULTS, Transferred);
        register(&mut job, has_object.then_some(Callback));
        set_class(&mut job, CLASS);
        begins(&mut job, JobTransferred, start());
        event(&mut job, ComputerEvent::ServiceRestarted, start());
        assert_eq!(due_by(&job), [(JobTransferred, Recipient::ComClass(CLASS))]);
        hears(&mut job, JobTransferred, start());
        nothing_more_is_due(&mut job);
    }
}

/// NOTIFY-23, NOTIFY-20: an object of the class that does not hear is repeated like any other, also
/// across a restart.
#[test]
fn the_class_is_told_until_it_hears() {
    for restart in [false, true] {
        let mut job = download(1, RESULTS, JobState::Error);
        set_class(&mut job, CLASS);
        fails(&mut job, JobError, start());
        if restart {
            event(&mut job, ComputerEvent::ServiceRestarted, at(100));
        }
        repeats_at(&mut job, at(600), (JobError, Recipient::ComClass(CLASS)));
    }
}

/// TIME-26: to take away an object that nobody called does not shorten the delay of the class.
#[test]
fn null_does_not_shorten_the_delay_of_the_class() {
    let mut job = download(1, RESULTS, JobState::Error);
    set_class(&mut job, CLASS);
    fails(&mut job, JobError, start());
    register(&mut job, None);
    repeats_at(&mut job, at(600), (JobError, Recipient::ComClass(CLASS)));
}

/// NOTIFY-30, SEC-07: after a take-over the callback still runs as the user who set it.
#[test]
fn a_new_owner_keeps_the_callback_of_the_old_one() {
    let mut job = heard_download(1, RESULTS, JobState::Error);
    let administrator = Token::administrator(500);
    let take = Call::TakeOwnership(FileAccess::Granted);
    job.call_by(&administrator, take, start()).unwrap();
    assert_eq!(job.owner(), administrator.user);
    let due: Vec<_> = job.due_notifications().map(|due| (due.recipient, due.user)).collect();
    assert_eq!(due, [(Recipient::Callback, Token::default().user)]);
}

/// NOTIFY-17: null removes the object; the last caller wins, and only that one is told.
#[test]
fn the_last_object_registered_is_told() {
    let (owner, administrator) = (Token::default(), Token::administrator(500));
    let mut job = download(1, RESULTS, Suspended);
    let mut set = |by: &Token, interface| {
        job.call_by(by, Call::SetNotifyInterface(interface), start()).unwrap();
        job.notify_interface()
    };
    assert_eq!(set(&owner, Some(Callback3)), Some(Callback3));
    assert_eq!(set(&administrator, Some(Callback2)), Some(Callback2));
    let mut removed = job.clone();
    bring_to(&mut job, JobState::Error, start());
    let users: Vec<Sid> = job.due_notifications().map(|due| due.user).collect();
    assert_eq!(users, [administrator.user]);

    register(&mut removed, None);
    assert_eq!(removed.notify_interface(), None);
    bring_to(&mut removed, JobState::Error, start());
    assert_eq!(due(&removed), []);
}

/// NOTIFY-16: no object that replaces a valid one is told what that one heard.
#[test]
fn a_replacement_is_not_told_again() {
    let mut job = heard_download(1, RESULTS, Transferred);
    hears(&mut job, JobTransferred, start());
    register(&mut job, Some(Callback2));
    nothing_more_is_due(&mut job);
}

/// NOTIFY-17: an object is replaced while it is called. There is one call at a time; what the old
/// one did not hear, the new one is told after the delay.
#[test]
fn a_replacement_during_a_call_waits_for_it() {
    let mut job = heard_download(1, RESULTS, Transferred);
    begins(&mut job, JobTransferred, start());
    register(&mut job, Some(Callback2));
    assert_eq!(due(&job), []);
    let mut heard = job.clone();
    event(&mut job, Event::NotificationReturned(JobTransferred, FAILURE), start());
    repeats_at(&mut job, at(600), (JobTransferred, Recipient::Callback));
    event(&mut heard, Event::NotificationReturned(JobTransferred, HResult::S_OK), start());
    nothing_more_is_due(&mut heard);
}
