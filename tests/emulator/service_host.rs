//! The host of the service: stops, starts and restarts, what they do to interfaces, and connecting.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use bits_emulator::hooks::Calls;
use bits_emulator::readings::{Readings, ServiceRestart};
use bits_emulator::trace::TraceEvent;
use bits_emulator::{
    Callback, Emulator, Error, HResult, Hook, Job, JobState, JobType, Method, Session, User,
};

use crate::support::resumed_download;

const DEAD: HResult = HResult::RPC_S_SERVER_UNAVAILABLE;

fn world(service_restart: ServiceRestart) -> (Emulator, Session) {
    let readings = Readings { service_restart, ..Readings::documented() };
    let emulator = Emulator::with_readings(readings);
    emulator.server("https://example.com").file("/app.exe", 10 << 20);
    let session = emulator.connect(User::new("alice"));
    (emulator, session)
}

fn code<T>(result: Result<T, Error>) -> HResult {
    result.map_or_else(|error| error.code(), |_| HResult::S_OK)
}

type Change = fn(&Emulator);

/// The ways in which a service ends and runs again.
const ENDS: [Change; 3] = [
    Emulator::restart,
    |emulator| {
        emulator.stop();
        emulator.start();
    },
    |emulator| {
        emulator.stop();
        emulator.restart();
    },
];

/// LIFE-32: every interface from before is dead, and those of a client that connects anew are not.
#[test]
fn interfaces_from_before_the_service_ended_are_dead() -> Result<(), Error> {
    for end in ENDS {
        let (emulator, session) = world(ServiceRestart::KillsInterfaces);
        let finished = resumed_download(&session)?;
        assert!(emulator.run_until_idle().is_at_rest());
        let _ = finished.complete()?;
        let failed = session.create_job("failed", JobType::Download)?;
        failed.add_file("https://example.com/missing", r"C:\missing")?;
        failed.resume()?;
        assert!(emulator.run_until_idle().is_at_rest());
        let error = failed.error()?;
        let file = failed.files()?.remove(0);
        let mut listed = session.jobs()?;

        end(&emulator);
        let codes = |job: &Job| [code(job.state()), code(job.error()), code(job.resume())];
        for _ in 0..2 {
            assert_eq!(codes(&failed), [DEAD; 3]);
            assert_eq!(codes(&failed.clone()), [DEAD; 3]);
            assert_eq!(code(failed.error_file(&error)), DEAD);
            assert_eq!(code(file.remote_name()), DEAD);
            // LIFE-27 ends with the service, too.
            assert_eq!(code(finished.state()), DEAD);
            assert_eq!(
                code(session.job(failed.id())),
                if session.jobs().is_ok() { HResult::S_OK } else { DEAD }
            );
            session.reconnect()?;
        }
        assert_eq!(code(listed.next().unwrap().state()), DEAD);
        let found = session.job(failed.id())?;
        assert_eq!(found.state()?, JobState::Error);
        assert_eq!(found.error_file(&error)?.remote_name()?, "https://example.com/missing");
        assert_eq!(code(session.job(finished.id())), HResult::BG_E_NOT_FOUND);
    }
    Ok(())
}

/// LIFE-32, the other answer: they reach the service again. Callbacks are lost all the same (NOTIFY-18).
#[test]
fn interfaces_that_are_kept_reach_the_service_again() -> Result<(), Error> {
    for end in ENDS {
        let (emulator, session) = world(ServiceRestart::KeepsInterfaces);
        let job = resumed_download(&session)?;
        let counter = Arc::new(Counter::default());
        job.set_notify_interface(counter.clone())?;
        end(&emulator);
        assert_eq!(job.state()?, JobState::Queued);
        assert!(job.notify_interface()?.is_none());
        assert!(session.jobs().is_ok());
        assert!(emulator.run_until_idle().is_at_rest());
        assert_eq!(job.state()?, JobState::Transferred);
        assert_eq!(counter.0.load(Ordering::Relaxed), 0);
    }
    Ok(())
}

#[derive(Default)]
struct Counter(AtomicU32);

impl Callback for Counter {
    fn job_transferred(&self, job: &Job) -> HResult {
        self.0.fetch_add(1, Ordering::Relaxed);
        assert_eq!(job.state().unwrap(), JobState::Transferred);
        HResult::S_OK
    }
}

/// LIFE-31: jobs of a stopped service hear nothing of the network, of costs and of logons, and are told when it
/// starts how things are by then.
#[test]
fn a_stopped_service_hears_nothing_of_the_computer() -> Result<(), Error> {
    let (emulator, session) = world(ServiceRestart::KeepsInterfaces);
    let job = resumed_download(&session)?;
    emulator.advance(Duration::from_secs(4));
    emulator.stop();
    let steps = emulator.trace().steps().len();
    emulator.disconnect_network();
    emulator.connect_network();
    emulator.log_off("alice");
    let trace = emulator.trace();
    assert!(trace.steps()[steps..].iter().all(|step| step.jobs().is_empty()), "{trace}");
    emulator.start();
    assert_eq!(job.state()?, JobState::Queued);
    emulator.advance(Duration::from_secs(60));
    assert_eq!(job.state()?, JobState::Queued, "its owner is not logged on");
    emulator.log_on("alice");
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(job.state()?, JobState::Transferred);
    Ok(())
}

/// LIFE-31: a stopped service runs no job and answers no call, under both answers, and jobs go on afterwards
/// where they were.
#[test]
fn a_stopped_service_runs_no_job_and_answers_no_call() -> Result<(), Error> {
    for reading in [ServiceRestart::KillsInterfaces, ServiceRestart::KeepsInterfaces] {
        let (emulator, session) = world(reading);
        let job = resumed_download(&session)?;
        emulator.advance(Duration::from_secs(4));
        let before = job.progress()?.bytes_transferred;
        assert!(before > 0);

        emulator.stop();
        emulator.stop();
        emulator.advance(Duration::from_secs(3_600));
        assert!(emulator.run_until_idle().is_at_rest());
        assert!(!emulator.step_forward(&job));
        assert_eq!(code(job.state()), DEAD);
        assert_eq!(code(session.create_job("another", JobType::Download)), DEAD);
        assert_eq!(code(session.reconnect()), DEAD);
        assert_eq!(code(emulator.try_connect(User::new("bob"))), DEAD);

        emulator.start();
        emulator.start();
        session.reconnect()?;
        let job = session.job(job.id())?;
        assert_eq!((job.state()?, job.progress()?.bytes_transferred), (JobState::Queued, before));
        assert!(emulator.run_until_idle().is_at_rest());
        assert_eq!(job.state()?, JobState::Transferred);
    }
    Ok(())
}

/// What a test asks of the emulator goes by the id of the job, and works with a dead handle.
#[test]
fn a_test_asks_through_dead_handles() -> Result<(), Error> {
    let (emulator, session) = world(ServiceRestart::KillsInterfaces);
    let job = resumed_download(&session)?;
    emulator.stop();
    job.expect_state(JobState::Queued);
    let explanation = emulator.explain(&job)?;
    assert!(!explanation.is_service_running);
    assert!(explanation.to_string().contains("The service is stopped"), "{explanation}");
    emulator.start();
    assert!(emulator.explain(&job)?.is_service_running);
    while emulator.step_forward(&job) {}
    job.expect_state(JobState::Transferred);
    job.expect_refusal(job.state(), DEAD);
    assert!(!emulator.trace().of_job(job.id()).steps().is_empty());
    let report = emulator.report(&job).unwrap().to_string();
    assert!(report.contains("service starts"), "{report}");
    Ok(())
}

/// The code is the test's choice.
#[test]
fn calls_that_do_not_reach_the_service_have_the_code_of_the_test() -> Result<(), Error> {
    let (emulator, session) = world(ServiceRestart::KillsInterfaces);
    let job = resumed_download(&session)?;
    emulator.set_unavailable_code(HResult::RPC_E_DISCONNECTED);
    emulator.restart();
    assert_eq!(code(job.state()), HResult::RPC_E_DISCONNECTED);
    Ok(())
}

/// LIFE-32: a callback that registered after the restart gets living interfaces; a reboot starts a service
/// that was stopped.
#[test]
fn callbacks_are_called_with_living_interfaces() -> Result<(), Error> {
    let (emulator, session) = world(ServiceRestart::KillsInterfaces);
    let id = resumed_download(&session)?.id();
    emulator.restart();
    session.reconnect()?;
    let counter = Arc::new(Counter::default());
    session.job(id)?.set_notify_interface(counter.clone())?;
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(counter.0.load(Ordering::Relaxed), 1);

    emulator.stop();
    emulator.reboot();
    assert_eq!(code(session.reconnect()), HResult::RPC_E_DISCONNECTED);
    let session = emulator.connect(User::new("alice"));
    assert_eq!(session.job(id)?.state()?, JobState::Transferred);
    Ok(())
}

/// A fork stops and starts for itself.
#[test]
fn a_fork_has_a_service_of_its_own() -> Result<(), Error> {
    let (emulator, session) = world(ServiceRestart::KillsInterfaces);
    let job = resumed_download(&session)?;
    let fork = emulator.fork();
    fork.restart();
    assert_eq!(code(job.counterpart(&fork).state()), DEAD);
    assert_eq!(code(job.state()), HResult::S_OK);
    session.counterpart(&fork).reconnect()?;
    assert_eq!(code(session.counterpart(&fork).job(job.id())), HResult::S_OK);
    Ok(())
}

/// CREATE-20: connecting fails with whichever code the test wants, a first time and anew.
#[test]
fn connecting_fails_with_the_code_of_the_test() -> Result<(), Error> {
    let codes = [
        HResult::ERROR_SERVICE_DISABLED,
        HResult::new(0x8007_0433),
        HResult::REGDB_E_CLASSNOTREG,
        HResult::CO_E_SERVER_EXEC_FAILURE,
    ];
    for wanted in codes {
        let (emulator, session) = world(ServiceRestart::KillsInterfaces);
        emulator.hook(Hook::fail(Method::CoCreateInstance, wanted).times(2));
        assert_eq!(code(emulator.try_connect(User::new("bob"))), wanted);
        assert_eq!(code(session.reconnect()), wanted);
        assert!(emulator.try_connect(User::new("bob")).is_ok());
        // Connecting is no call: a hook for any method does not make it fail.
        emulator.hook(Hook::fail(Calls::Any, HResult::E_FAIL));
        assert!(emulator.try_connect(User::new("bob")).is_ok());
        assert_eq!(code(session.jobs()), HResult::E_FAIL);
    }
    Ok(())
}

/// CREATE-20: the convenience of tests says which code it was.
#[test]
#[should_panic(expected = "ERROR_SERVICE_DISABLED (0x80070422)")]
fn the_convenience_panics_where_connecting_fails() {
    let emulator = Emulator::new();
    emulator.hook(Hook::fail(Method::CoCreateInstance, HResult::ERROR_SERVICE_DISABLED));
    let _ = emulator.connect(User::new("alice"));
}

/// CREATE-20: whoever cannot connect is in the trace all the same.
#[test]
fn a_connection_that_fails_is_in_the_trace() {
    let (emulator, session) = world(ServiceRestart::KillsInterfaces);
    let lost = |code| {
        let trace = emulator.trace();
        let last = trace.steps().last().map(|step| step.what.clone());
        let Some(TraceEvent::CallLost { method, job: None, error }) = last else {
            panic!("{last:?}");
        };
        assert_eq!((method, error.code()), (Method::CoCreateInstance, code));
    };
    emulator.hook(Hook::fail(Method::CoCreateInstance, HResult::E_FAIL));
    assert_eq!(code(session.reconnect()), HResult::E_FAIL);
    lost(HResult::E_FAIL);
    emulator.stop();
    let refused = code(session.reconnect());
    assert_ne!(refused, HResult::S_OK);
    lost(refused);
}
