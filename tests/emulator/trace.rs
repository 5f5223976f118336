//! The trace: everything that happens is in it, and with its values the run can be repeated by hand.

use std::sync::Arc;
use std::time::Duration;

use bits_emulator::machine::{Call, ComputerEvent, Deadline, Deletion, Event, Recipient};
use bits_emulator::policy::{
    BandwidthLimit, BandwidthPolicies, Block, CostFlags, Hours, MaxInternetBandwidth, Policies,
};
use bits_emulator::service::{ErrorChange, Service, ServiceStep, StepResult};
use bits_emulator::trace::{Actor, Trace, TraceEvent, TraceStep};
use bits_emulator::{
    Callback, Emulator, Error, Fault, HResult, Hook, Job, JobState, JobType, Method, Notification,
    Session, User,
};
use chrono::TimeDelta;

use crate::support::URL;

struct Finisher;

impl Callback for Finisher {
    fn job_transferred(&self, job: &Job) -> HResult {
        job.complete().map_or_else(|error| error.code(), |_| HResult::S_OK)
    }
}

fn download(session: &Session, name: &str) -> Job {
    let job = session.create_job(name, JobType::Download).unwrap();
    job.add_file(URL, format!(r"C:\{name}.exe")).unwrap();
    job
}

/// Two users, faults, callbacks, and everything that a test does to a computer.
fn eventful() -> Emulator {
    let emulator = Emulator::new();
    emulator
        .server("https://example.com")
        .file("/app.exe", 10 << 20)
        .fails(Fault::http(503).times(2));
    let alice = emulator.connect(User::new("alice"));
    let bob = emulator.connect(User::new("bob"));
    let first = download(&alice, "first");
    first.set_notify_interface(Finisher).unwrap();
    first.set_minimum_retry_delay(Duration::from_secs(60)).unwrap();
    let second = download(&bob, "second");
    second.set_notify_cmd_line(Some(r"C:\done.exe"), None).unwrap();
    first.resume().unwrap();
    second.resume().unwrap();
    emulator.advance(Duration::from_secs(30));
    emulator.disconnect_network();
    emulator.connect_network();
    emulator.set_network_cost(CostFlags::ROAMING);
    emulator.set_network_cost(CostFlags::UNRESTRICTED);
    emulator.block(Block::BandwidthPolicy);
    emulator.unblock(Block::BandwidthPolicy);
    emulator.log_off("bob");
    emulator.log_on("bob");
    emulator.change_clock(TimeDelta::hours(1));
    emulator.set_policies(Policies { jobs_per_user: 1, ..Policies::default() });
    emulator.restart();
    alice.reconnect().unwrap();
    bob.reconnect().unwrap();
    let first = alice.job(first.id()).unwrap();
    first.set_notify_interface(Finisher).unwrap();
    assert!(bob.create_job("third", JobType::Download).is_err());
    assert!(emulator.run_until_idle().is_at_rest());
    bob.kill();
    emulator
}

fn last(emulator: &Emulator) -> TraceStep {
    emulator.trace().steps().last().unwrap().clone()
}

fn same(service: &Service, step: &TraceStep, stepped: &[StepResult]) {
    for job in step.jobs() {
        let did = stepped.iter().find(|did| did.job == job.job).unwrap();
        assert_eq!((job.before, job.after), (did.before, did.after), "{step:?}");
        assert_eq!(job.result, Ok(did.outcome), "{step:?}");
        assert_eq!(job.error_object, did.error_object, "{step:?}");
        assert_eq!(service.job(job.job).unwrap().state(), job.after);
    }
    let meant = stepped.iter().filter(|did| !did.outcome.was_ignored()).count();
    assert!(step.jobs().len() >= meant, "{step:?}");
}

/// Does by hand what the trace says, and looks whether the same happens.
fn repeat(trace: &Trace) {
    let mut service = Service::new(*trace.readings(), *trace.policies(), trace.start());
    let mut accounts = std::collections::BTreeMap::new();
    for step in trace.steps() {
        service.set_now(step.at);
        let by = match &step.actor {
            Actor::Client(process) => Some(process.token),
            Actor::Program | Actor::Service | Actor::World | Actor::Test => None,
            other => panic!("there is no way to repeat what {other:?} does"),
        };
        if let Actor::Client(process) = &step.actor {
            accounts.insert(Arc::clone(&process.account), process.token.user);
        }
        let one = || step.jobs().first().unwrap().job;
        let stepped = match &step.what {
            TraceEvent::JobCreated { name, job_type } => {
                let name = Some(Arc::clone(name));
                let id = service.create_job(&by.unwrap(), name, *job_type).unwrap();
                assert_eq!(id, one());
                continue;
            }
            TraceEvent::CreateRefused { name, job_type, error } => {
                let refused = service.create_job(&by.unwrap(), name.clone(), *job_type);
                assert_eq!(refused.as_ref().err(), Some(error));
                continue;
            }
            TraceEvent::Call(call) => match service.call(&by.unwrap(), one(), call.clone()) {
                Ok(stepped) => vec![stepped],
                Err(error) => {
                    assert_eq!(step.error(), Some(&error));
                    continue;
                }
            },
            TraceEvent::Event(event) => vec![service.handle(one(), event.clone()).unwrap()],
            TraceEvent::Deadline(deadline) => {
                let taken = service.perform(ServiceStep::Deadline(one(), *deadline)).unwrap();
                taken.into_iter().collect()
            }
            TraceEvent::Computer(event) => service.handle_computer(*event),
            TraceEvent::ServiceStopped | TraceEvent::ServiceStarted => {
                service.handle_computer(ComputerEvent::ServiceRestarted)
            }
            // Accounts are numbered in the order in which they first appear.
            TraceEvent::LoggedOn(name) => {
                let next = 1001 + u32::try_from(accounts.len()).unwrap();
                let sid = bits_emulator::accounts::Sid::User(next);
                service.log_on(*accounts.entry(Arc::clone(name)).or_insert(sid))
            }
            TraceEvent::LoggedOff(name) => service.log_off(accounts[name]),
            TraceEvent::Policies(policies) => service.set_policies(*policies),
            TraceEvent::BandwidthLimits(limits) => {
                let taken = service.perform(ServiceStep::BandwidthLimits).unwrap();
                assert_eq!(service.bandwidth_limits(), limits);
                taken.into_iter().collect()
            }
            TraceEvent::ProcessEnded => {
                let lost = step.jobs().iter();
                lost.map(|job| service.handle(job.job, Event::ClientExited).unwrap()).collect()
            }
            TraceEvent::Connected
            | TraceEvent::OpenRefused { .. }
            | TraceEvent::CallLost { .. }
            | TraceEvent::Link(_)
            | TraceEvent::Booted => continue,
            other => panic!("there is no way to repeat {other:?}"),
        };
        same(&service, step, &stepped);
    }
}

#[test]
fn a_run_can_be_repeated_by_hand() {
    let trace = eventful().trace();
    assert!(trace.steps().len() > 40, "{}", trace.steps().len());
    repeat(&trace);
}

/// SCHED-15: what a limit does to all jobs is one step.
#[test]
fn a_limit_of_bandwidth_can_be_repeated_by_hand() {
    let emulator = Emulator::new();
    let nightly = MaxInternetBandwidth {
        hours: Hours::between(0, 6),
        limit: BandwidthLimit::Kilobits(0),
        otherwise: BandwidthLimit::Kilobits(100),
    };
    let bandwidth =
        BandwidthPolicies { max_internet_bandwidth: Some(nightly), ..BandwidthPolicies::default() };
    emulator.set_policies(Policies { bandwidth, ..Policies::default() });
    emulator.server("https://example.com").file("/app.exe", 1_000);
    let session = emulator.connect(User::new("alice"));
    for name in ["first", "second"] {
        download(&session, name).resume().unwrap();
    }
    assert!(emulator.run_until_idle().is_at_rest());
    let trace = emulator.trace();
    let limits =
        trace.steps().iter().find(|step| matches!(step.what, TraceEvent::BandwidthLimits(_)));
    let limits = limits.expect("the night ends");
    assert_eq!((limits.actor.clone(), limits.jobs().len()), (Actor::Service, 2));
    repeat(&trace);
}

#[test]
fn the_same_run_has_the_same_trace() {
    assert_eq!(eventful().trace(), eventful().trace());
}

#[test]
fn an_attempt_that_fails_is_told_with_state_rules_and_error() {
    let emulator = Emulator::new();
    emulator.server("https://example.com").file("/app.exe", 1_000).fails(503);
    let job = download(&emulator.connect(User::new("alice")), "app");
    job.resume().unwrap();
    emulator.advance(Duration::from_secs(10));
    let trace = emulator.trace().of_job(job.id());
    let failed = trace.steps().last().unwrap();
    assert!(matches!(failed.what, TraceEvent::Event(Event::Failed(_))));
    assert_eq!(failed.actor, Actor::World);
    assert_eq!(failed.code(), None);
    let did = failed.job(job.id()).unwrap();
    assert_eq!((did.before, did.after), (JobState::Connecting, JobState::TransientError));
    assert!(did.entered(JobState::TransientError) && !did.was_ignored());
    // ERR-03
    assert!(did.rules().any(|rule| rule.to_string() == "ERR-03"));
    let Some(ErrorChange::Appeared(error, Some(file))) = &did.error_object else { panic!() };
    assert_eq!(error.code(), HResult::BG_E_HTTP_ERROR_503);
    assert_eq!(&**file, r"C:\app.exe");

    emulator.advance(Duration::from_secs(600));
    let steps = emulator.trace().of_job(job.id());
    let retried =
        steps.steps().iter().find(|step| step.what == TraceEvent::Deadline(Deadline::RetryDelay));
    assert_eq!(retried.unwrap().actor, Actor::Service);
    // ERR-05
    let gone = steps.steps().iter().flat_map(TraceStep::jobs);
    assert_eq!(gone.filter(|did| did.error_object == Some(ErrorChange::Gone)).count(), 1);
}

#[test]
fn who_is_told_what_stands_in_the_step_that_begins_it() {
    let trace = eventful().trace();
    let told: Vec<_> = trace
        .steps()
        .iter()
        .flat_map(TraceStep::jobs)
        .filter_map(|did| did.told.as_ref())
        .map(|told| (told.notification, told.recipient, &*told.account))
        .collect();
    assert_eq!(
        told,
        [
            (Notification::JobTransferred, Recipient::Callback, "alice"),
            (Notification::JobTransferred, Recipient::CommandLine, "bob"),
        ]
    );
    // NOTIFY-31: what the callback did stands before what it returned.
    let steps = trace.steps();
    let returned = |step: &TraceStep| {
        matches!(
            (&step.what, &step.actor),
            (TraceEvent::Event(Event::NotificationReturned(..)), Actor::Client(process))
                if &*process.account == "alice"
        )
    };
    let place = steps.iter().position(returned).unwrap();
    let completed = &steps[place - 1];
    assert!(matches!(completed.what, TraceEvent::Call(Call::Complete(_))));
    assert!(steps.iter().any(|step| step.actor == Actor::Program));
}

#[test]
fn calls_that_fail_are_in_it_wherever_they_fail() {
    let emulator = Emulator::new();
    let session = emulator.connect(User::new("alice"));
    let long = "x".repeat(257);
    assert!(session.create_job(&long, JobType::Download).is_err());
    let step = last(&emulator);
    assert!(
        matches!(&step.what, TraceEvent::CreateRefused { name, .. } if name.as_deref() == Some(&*long))
    );
    assert_eq!(step.code(), Some(HResult::E_INVALIDARG));

    let job = session.create_job("update", JobType::Download).unwrap();
    assert_eq!(last(&emulator).code(), Some(HResult::S_OK));
    assert!(job.resume().is_err());
    assert_eq!(last(&emulator).code(), Some(HResult::BG_E_EMPTY));
    let suspended = JobState::Suspended;
    assert_eq!(
        last(&emulator).job(job.id()).map(|did| (did.before, did.after)),
        Some((suspended, suspended))
    );

    emulator.connect(User::new("bob")).job(job.id()).unwrap_err();
    let step = last(&emulator);
    assert!(matches!(step.what, TraceEvent::OpenRefused { method: Method::GetJob, .. }));
    assert_eq!(step.code(), Some(HResult::E_ACCESSDENIED));

    let broken = HResult::RPC_S_SERVER_UNAVAILABLE;
    emulator.hook(Hook::drop_reply(Method::Cancel, broken));
    assert!(job.cancel().is_err());
    let trace = emulator.trace();
    let [.., cancelled, lost] = trace.steps() else { panic!() };
    assert_eq!(cancelled.what, TraceEvent::Call(Call::Cancel(Deletion::Done)));
    assert_eq!(cancelled.code(), Some(HResult::S_OK));
    assert_eq!(lost.code(), Some(broken));
    assert!(
        matches!(lost.what, TraceEvent::CallLost { method: Method::Cancel, job: Some(id), .. } if id == job.id())
    );

    session.kill();
    assert!(job.state().is_err());
    let step = last(&emulator);
    assert_eq!(step.error(), Some(&Error::Disconnected { method: Method::GetState }));
    assert!(matches!(&step.actor, Actor::Client(process) if &*process.account == "alice"));
}

#[test]
fn what_clients_only_read_is_not_in_it() {
    let emulator = Emulator::new();
    let session = emulator.connect(User::new("alice"));
    let job = session.create_job("update", JobType::Download).unwrap();
    let before = emulator.trace();
    let _ = (job.state().unwrap(), job.progress().unwrap(), session.jobs().unwrap());
    assert_eq!(emulator.trace(), before);
}

#[test]
fn what_happens_to_all_is_one_step_that_concerns_those_to_whom_it_means_something() {
    let emulator = Emulator::new();
    let alice = emulator.connect(User::new("alice"));
    let bob = emulator.connect(User::new("bob"));
    let jobs = [download(&alice, "first"), download(&bob, "second"), download(&bob, "third")];
    jobs.iter().for_each(|job| job.resume().unwrap());
    jobs[2].cancel().unwrap();
    emulator.disconnect_network();
    let step = last(&emulator);
    assert_eq!(
        (&step.what, &step.actor),
        (&TraceEvent::Computer(ComputerEvent::NetworkLost), &Actor::Test)
    );
    let concerned: Vec<_> = step.jobs().iter().map(|did| (did.job, did.after)).collect();
    let waits = JobState::TransientError;
    assert_eq!(concerned, [(jobs[0].id(), waits), (jobs[1].id(), waits)]);
    // Of one job alone only what happened to it is left.
    let of_second = emulator.trace().of_job(jobs[1].id());
    assert_eq!(of_second.steps().last().unwrap().jobs().len(), 1);
}

#[test]
fn the_latest_steps_are_kept_and_the_others_counted() {
    let emulator = Emulator::new();
    let session = emulator.connect(User::new("alice"));
    let job = session.create_job("update", JobType::Download).unwrap();
    for delay in 1..=10 {
        job.set_minimum_retry_delay(Duration::from_secs(delay)).unwrap();
    }
    let all = emulator.trace();
    assert_eq!((all.steps().len(), all.dropped()), (13, 0));
    emulator.set_trace_capacity(5);
    let kept = emulator.trace();
    assert_eq!(kept.steps(), &all.steps()[8..]);
    assert_eq!(kept.dropped(), 8);
    assert_eq!(all.last(5), kept);
    job.suspend().unwrap();
    assert_eq!(last(&emulator).number, 14);
    assert_eq!(emulator.trace().dropped(), 9);

    emulator.set_trace_capacity(0);
    job.suspend().unwrap();
    assert!(emulator.trace().steps().is_empty());
    assert_eq!(emulator.trace().dropped(), 15);
}

#[test]
fn a_step_that_concerns_many_jobs_counts_once_for_each() {
    let emulator = Emulator::new();
    let session = emulator.connect(User::new("alice"));
    for name in ["first", "second", "third"] {
        download(&session, name).resume().unwrap();
    }
    emulator.set_trace_capacity(4);
    emulator.disconnect_network();
    let trace = emulator.trace();
    assert_eq!(trace.steps().iter().map(|step| step.jobs().len()).collect::<Vec<_>>(), [1, 3]);
}
