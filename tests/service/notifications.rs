//! At most four callbacks of a user at once, and which come first.

use crate::support::*;
use bits_emulator::accounts::Token;
use bits_emulator::machine::{Call, CallbackInterface, ComputerEvent, Event, Recipient};
use bits_emulator::policy::Policies;
use bits_emulator::service::{Service, ServiceStep};
use bits_emulator::settings::JobProperty;
use bits_emulator::{HResult, JobId, JobPriority, Notification, NotifyFlags};
use chrono::TimeDelta;

use Notification::{JobModification, JobTransferred};

/// A TRANSFERRED job whose client waits to hear of it.
#[track_caller]
fn transferred(service: &mut Service, by: &Token) -> JobId {
    let id = running(service, by, JobPriority::Foreground);
    transfer(service, id);
    listen(service, by, id, NotifyFlags::JOB_TRANSFERRED);
    id
}

/// What is offered, by job.
fn offered(service: &Service) -> Vec<JobId> {
    let notify = |step| match step {
        ServiceStep::Notify(id, _) => Some(id),
        _ => None,
    };
    service.possible_steps().filter_map(notify).collect()
}

#[track_caller]
fn begin(service: &mut Service, id: JobId, notification: Notification) {
    let step = service.possible_steps().find(|step| match step {
        ServiceStep::Notify(job, due) => *job == id && due.notification == notification,
        _ => false,
    });
    let stepped = take(service, step.expect("it is offered"));
    assert!(!stepped.outcome.was_ignored());
}

#[track_caller]
fn returns(service: &mut Service, id: JobId, notification: Notification) {
    let _ = service.handle(id, Event::NotificationReturned(notification, HResult::S_OK)).unwrap();
}

/// NOTIFY-15, INV-22: over all jobs of the user; other users have places of their own.
#[test]
fn the_fifth_waits_for_a_place() {
    let mut service = service();
    let ids = [0; 6].map(|_| transferred(&mut service, &ALICE));
    let of_bob = transferred(&mut service, &BOB);
    for (begun, id) in ids[..4].iter().enumerate() {
        assert_eq!(service.callbacks_in_flight(ALICE.user) as usize, begun);
        begin(&mut service, *id, JobTransferred);
    }
    assert_eq!(offered(&service), [of_bob]);
    let due = job(&service, ids[4]).due_notifications().next().expect("it is due");
    assert_eq!(due.user, ALICE.user);
    let before = service.clone();
    assert!(service.perform(ServiceStep::Notify(ids[4], due)).is_none());
    let ignored = service.handle(ids[4], Event::NotificationStarted(JobTransferred)).unwrap();
    assert!(ignored.outcome.was_ignored());
    assert_eq!(service, before);
    begin(&mut service, of_bob, JobTransferred);

    returns(&mut service, ids[2], JobTransferred);
    assert_eq!(offered(&service), [ids[4], ids[5]]);
    begin(&mut service, ids[4], JobTransferred);
    assert_eq!(offered(&service), []);
    assert_eq!(service.callbacks_in_flight(ALICE.user), 4);
    // TIME-20: nothing else is left to do.
    assert_eq!(service.next_instant(), Some(at(90 * 86_400)));
    assert_eq!(service.next_instant_of_interest(), None);
}

/// NOTIFY-15: what frees a place. NOTIFY-18, NET-13: the end of the client, or of the service, too.
#[test]
fn a_place_is_free_when_its_call_is_over() {
    type End = fn(&mut Service, JobId);
    let ends: [(&str, End, u32); 7] = [
        ("returned", |service, id| returns(service, id, JobTransferred), 0),
        (
            "failed",
            |service, id| {
                let failed = Event::NotificationReturned(JobTransferred, HResult::E_ACCESSDENIED);
                let _ = service.handle(id, failed);
            },
            0,
        ),
        ("client exited", |service, id| happens(service, id, Event::ClientExited), 0),
        ("restart", |service, _| drop(service.handle_computer(ComputerEvent::ServiceRestarted)), 0),
        (
            "restart, told to the job alone",
            |service, id| drop(service.handle(id, ComputerEvent::ServiceRestarted.into())),
            0,
        ),
        // NOTIFY-31: it still runs.
        ("complete", |service, id| call(service, &ALICE, id, complete()), 1),
        ("logoff", |service, _| drop(service.log_off(ALICE.user)), 1),
    ];
    for (name, end, left) in ends {
        let mut service = service();
        let id = transferred(&mut service, &ALICE);
        begin(&mut service, id, JobTransferred);
        end(&mut service, id);
        assert_eq!(service.callbacks_in_flight(ALICE.user), left, "{name}");
        returns(&mut service, id, JobTransferred);
        assert_eq!(service.callbacks_in_flight(ALICE.user), 0, "{name}: never less than none");
    }
}

/// NOTIFY-18, NOTIFY-23: the process of the client is not that of the COM class.
#[test]
fn a_class_goes_on_when_the_client_exits() {
    let mut service = service();
    let id = running(&mut service, &ALICE, JobPriority::Foreground);
    transfer(&mut service, id);
    let class = uuid::Uuid::from_u128(7);
    call(&mut service, &ALICE, id, Call::SetProperty(JobProperty::NotificationClsid(class)));
    begin(&mut service, id, JobTransferred);
    let _ = service.handle(id, Event::ClientExited);
    assert_eq!(service.callbacks_in_flight(ALICE.user), 1);
    returns(&mut service, id, JobTransferred);
    assert_eq!(service.callbacks_in_flight(ALICE.user), 0);
}

/// NOTIFY-15: programs are no callbacks and need no place.
#[test]
fn programs_start_beside_them() {
    let mut service = service();
    let busy = [0; 4].map(|_| transferred(&mut service, &ALICE));
    busy.into_iter().for_each(|id| begin(&mut service, id, JobTransferred));
    let waits = transferred(&mut service, &ALICE);
    let program = running(&mut service, &ALICE, JobPriority::Foreground);
    transfer(&mut service, program);
    call(&mut service, &ALICE, program, Call::set_notify_cmd_line(r"C:\done.exe", None));
    let due = job(&service, program).due_notifications().next().unwrap();
    assert_eq!(due.recipient, Recipient::CommandLine);
    assert_eq!(steps(&service), [ServiceStep::Notify(program, due)]);
    begin(&mut service, program, JobTransferred);
    assert_eq!(service.callbacks_in_flight(ALICE.user), 4);
    assert_eq!(offered(&service), []);
    happens(&mut service, program, Event::ProgramExited(0));
    assert_eq!(service.callbacks_in_flight(ALICE.user), 4);
    returns(&mut service, busy[0], JobTransferred);
    assert_eq!(offered(&service), [waits]);
}

/// NOTIFY-15, NOTIFY-30: the places are those of whoever registered, not of the owner.
#[test]
fn the_places_are_those_of_whoever_registered() {
    let mut service = service();
    let ids = [0; 5].map(|_| transferred(&mut service, &BOB));
    for id in ids {
        let interface = Call::SetNotifyInterface(Some(CallbackInterface::Callback));
        call(&mut service, &CAROL, id, interface);
        begin_if_offered(&mut service, id);
    }
    assert_eq!(service.callbacks_in_flight(CAROL.user), 4);
    assert_eq!(service.callbacks_in_flight(BOB.user), 0);
}

fn begin_if_offered(service: &mut Service, id: JobId) {
    if offered(service).contains(&id) {
        begin(service, id, JobTransferred);
    }
}

/// NOTIFY-13, NOTIFY-11: results go before modifications of older jobs; of equals, the first that
/// became due.
#[test]
fn results_come_first_and_then_the_order_of_time() {
    let mut service = service();
    let modified = [0; 3].map(|_| {
        let id = suspended(&mut service, &ALICE, JobPriority::Normal);
        listen(&mut service, &ALICE, id, NotifyFlags::JOB_MODIFICATION);
        id
    });
    let late = transferred(&mut service, &ALICE);
    assert_eq!(offered(&service), [late, modified[0], modified[1], modified[2]]);
    // A client that modifies its job again and again gets no better place.
    call(&mut service, &ALICE, modified[2], Call::SetMinimumRetryDelay(60));
    assert_eq!(offered(&service), [late, modified[0], modified[1], modified[2]]);

    begin(&mut service, modified[0], JobModification);
    returns(&mut service, modified[0], JobModification);
    call(&mut service, &ALICE, modified[0], Call::SetMinimumRetryDelay(60));
    assert_eq!(offered(&service), [late, modified[1], modified[2]], "NOTIFY-12");
    run_to_interval(&mut service);
    assert_eq!(offered(&service), [late, modified[1], modified[2], modified[0]]);
}

fn run_to_interval(service: &mut Service) {
    service.set_now(start() + TimeDelta::milliseconds(500));
    let deadline = steps(service)[0];
    assert!(matches!(deadline, ServiceStep::Deadline(..)));
    take(service, deadline);
}

/// NOTIFY-03, NOTIFY-17, NOTIFY-21: what is not wanted any more is not offered.
#[test]
fn what_is_not_wanted_is_not_offered() {
    for change in [
        Call::SetNotifyFlags(NotifyFlags::DISABLE),
        Call::SetNotifyFlags(NotifyFlags::JOB_ERROR),
        Call::SetNotifyInterface(None),
        Call::Resume,
        complete(),
        cancel(),
    ] {
        let mut service = service();
        let id = transferred(&mut service, &ALICE);
        assert_eq!(offered(&service), [id]);
        if change == Call::Resume {
            // Files were added: the job is QUEUED again (LIFE-11).
            call(&mut service, &ALICE, id, Call::add_file(file(1)));
        }
        call(&mut service, &ALICE, id, change.clone());
        assert_eq!(offered(&service), [], "{change:?}");
    }
}

/// NOTIFY-15: another number from now on.
#[test]
fn the_number_of_places_may_change() {
    let mut service = service();
    let ids = [0; 6].map(|_| transferred(&mut service, &ALICE));
    settle(&mut service);
    let with = |number| Policies { notifications_per_user: number, ..Policies::default() };
    service.set_policies(with(5));
    assert_eq!(offered(&service), [ids[4], ids[5]]);
    service.set_policies(with(2));
    assert_eq!(offered(&service), []);
    returns(&mut service, ids[0], JobTransferred);
    returns(&mut service, ids[1], JobTransferred);
    assert_eq!(offered(&service), []);
    returns(&mut service, ids[2], JobTransferred);
    assert_eq!(offered(&service), [ids[4], ids[5]]);
}
