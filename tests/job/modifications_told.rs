//! How often the client is told of modifications, and which of them.

use crate::client::*;
use crate::common::*;
use crate::modifying::*;
use bits_emulator::machine::{Call, CallbackInterface, ComputerEvent, Deadline, Event, Recipient};
use bits_emulator::settings::JobProperty;
use bits_emulator::{HResult, JobState, JobType, NotifyFlags};
use chrono::TimeDelta;
use uuid::Uuid;

use bits_emulator::Notification::{JobError, JobModification, JobTransferred};

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
    for end in [Event::ClientExited, Event::Computer(ComputerEvent::ServiceRestarted)] {
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
