//! Hooks: calls that fail with a code that the test injects.

use bits_emulator::hooks::Calls;
use bits_emulator::machine::Event;
use bits_emulator::{Completion, Error, HResult, Hook, JobState, JobType, Method};

use crate::support::world;

const BROKEN: HResult = HResult::RPC_S_SERVER_UNAVAILABLE;

fn code<T>(result: Result<T, Error>) -> HResult {
    result.map_or_else(|error| error.code(), |_| HResult::S_OK)
}

/// ERR-01, ERR-02: a call that fails does nothing, to the error object neither.
#[test]
fn a_call_fails_and_does_nothing() -> Result<(), Error> {
    let (emulator, session) = world();
    let job = session.create_job("update", JobType::Download)?;
    job.add_file("https://example.com/app.exe", r"C:\app.exe")?;
    emulator.hook(Hook::fail(Method::Resume, BROKEN));
    let error = job.resume().unwrap_err();
    assert_eq!(error, Error::Injected { method: Method::Resume, code: BROKEN });
    assert_eq!(job.state()?, JobState::Suspended);
    assert_eq!(code(job.error()), HResult::BG_E_ERROR_INFORMATION_UNAVAILABLE);
    job.resume()
}

/// The n-th call of a method, and hooks beside each other.
#[test]
fn hooks_count_the_calls_of_their_method() -> Result<(), Error> {
    let (emulator, session) = world();
    let job = session.create_job("update", JobType::Download)?;
    emulator.hook(Hook::fail(Method::GetState, BROKEN).after(1));
    emulator.hook(Hook::fail(Method::GetState, HResult::E_ACCESSDENIED).after(3).times(2));
    job.progress()?;
    let codes: Vec<HResult> = (0..6).map(|_| code(job.state())).collect();
    let ok = HResult::S_OK;
    assert_eq!(codes, [ok, BROKEN, ok, HResult::E_ACCESSDENIED, HResult::E_ACCESSDENIED, ok]);
    Ok(())
}

/// A service that is stopped, and started again.
#[test]
fn every_call_fails_while_the_service_is_away() -> Result<(), Error> {
    let (emulator, session) = world();
    let job = session.create_job("update", JobType::Download)?;
    emulator.hook(Hook::fail(Calls::Any, BROKEN).always());
    let codes = [
        code(job.state()),
        code(job.resume()),
        code(session.jobs()),
        code(session.job(job.id())),
        code(session.create_job("x", JobType::Download)),
    ];
    assert_eq!(codes, [BROKEN; 5]);
    emulator.clear_hooks();
    assert_eq!(job.state()?, JobState::Suspended);
    assert_eq!(session.jobs()?.total(), 1);
    Ok(())
}

/// The answer is lost and the call was carried out: an application that repeats it must cope.
#[test]
fn a_lost_answer_leaves_the_client_in_doubt() -> Result<(), Error> {
    let (emulator, session) = world();
    emulator.hook(Hook::drop_reply(Method::CreateJob, BROKEN));
    assert_eq!(code(session.create_job("update", JobType::Download)), BROKEN);
    let job = session.jobs()?.next().expect("the job was created");
    job.add_file("https://example.com/app.exe", r"C:\app.exe")?;
    job.resume()?;
    assert!(emulator.run_until_idle().is_at_rest());
    emulator.hook(Hook::drop_reply(Method::Complete, BROKEN));
    assert_eq!(code(job.complete()), BROKEN);
    assert!(emulator.disk().exists(r"C:\app.exe"));
    assert_eq!(code(job.complete()), HResult::BG_E_INVALID_STATE);
    assert_eq!(job.state()?, JobState::Acknowledged);
    Ok(())
}

/// A hook that acts at no call leaves them alone.
#[test]
fn a_hook_may_act_never() -> Result<(), Error> {
    let (emulator, session) = world();
    emulator.hook(Hook::fail(Calls::Any, BROKEN).times(0));
    session.create_job("update", JobType::Download).map(|_| ())
}

/// Any event at any time: here the last byte, without a server.
#[test]
fn events_can_be_injected() -> Result<(), Error> {
    let (emulator, session) = world();
    let job = session.create_job("update", JobType::Download)?;
    job.add_file("https://nowhere.example.com/app.exe", r"C:\app.exe")?;
    assert!(!emulator.inject(job.id(), Event::Connected));
    job.resume()?;
    for event in [Event::Picked, Event::Connected, Event::SizeKnown(5), Event::FileTransferred] {
        assert!(emulator.inject(job.id(), event));
    }
    assert_eq!(job.state()?, JobState::Transferred);
    assert!(matches!(job.complete(), Ok(Completion::All) | Err(Error::RenameFailed { .. })));
    Ok(())
}
