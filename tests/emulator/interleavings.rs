//! What a client must expect between any two of its calls: the job moves on, or the client crashes.

use std::time::Duration;

use bits_emulator::hooks::Calls;
use bits_emulator::{Error, HResult, Hook, JobState, JobType, Method, Session};

use crate::support::{PATH, URL, resumed_download, world};

/// ERR-05: a client reads the state, and then the error. In between the retry delay ends and the transfer
/// begins, so that the error object is gone.
#[test]
fn an_error_may_be_gone_when_it_is_read_after_the_state() -> Result<(), Error> {
    let (emulator, session) = world();
    emulator.server("https://example.com").resource("/app.exe").fails(503);
    let job = resumed_download(&session)?;
    emulator.advance(Duration::from_secs(1));
    emulator.hook(Hook::pass_time(Method::GetError, Duration::from_secs(600)));
    assert_eq!(job.state()?, JobState::TransientError);
    assert_eq!(job.error().unwrap_err().code(), HResult::BG_E_ERROR_INFORMATION_UNAVAILABLE);
    assert_eq!(job.state()?, JobState::Transferring);
    Ok(())
}

/// A small client: it adopts the job of its name or creates it, and brings it to its end.
fn update(session: &Session) -> Result<(), Error> {
    let is_own = |name: String| name == "update";
    let job = match session.jobs()?.find(|job| job.display_name().is_ok_and(is_own)) {
        Some(job) => job,
        None => session.create_job("update", JobType::Download)?,
    };
    if job.files()?.is_empty() {
        job.add_file(URL, PATH)?;
    }
    loop {
        match job.state()? {
            JobState::Suspended => job.resume()?,
            JobState::Transferred => return job.complete().map(|_| ()),
            _ => session.sleep(Duration::from_secs(4)),
        }
    }
}

/// LIFE-29: a client is killed before its first call, or its second, or any other. Its next life
/// ends with the file on the disk and no job in the queue.
#[test]
fn a_client_may_crash_between_any_two_calls() -> Result<(), Error> {
    for calls in 0.. {
        let (emulator, session) = world();
        emulator.hook(Hook::kill(Calls::Any).after(calls));
        let first_life = update(&session);
        let was_killed = emulator.unmet().is_empty();
        emulator.clear_hooks();
        let session = emulator.connect("alice");
        if was_killed {
            assert_eq!(first_life.unwrap_err().code(), HResult::RPC_E_DISCONNECTED);
            update(&session)?;
        }
        assert!(emulator.disk().exists(PATH), "killed after {calls} calls");
        assert_eq!(session.jobs()?.total(), 0, "killed after {calls} calls");
        if !was_killed {
            assert_eq!(calls, 11, "from EnumJobs to Complete");
            break;
        }
    }
    Ok(())
}
