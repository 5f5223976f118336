//! Remote names that a client changes: when, to what, and how long the change lasts.

use std::sync::Arc;

use crate::common::*;
use bits_emulator::machine::{Call, ComputerEvent, Event, FileIndex, JobStateMachine, Success};
use bits_emulator::settings::{
    AuthScheme, AuthTarget, Credentials, HelperTokenFlags, HttpSecurityFlags,
};
use bits_emulator::{FileInfo, HResult, JobPriority, JobState, JobType};

const FIRST: FileIndex = FileIndex(0);
const NEW: &str = "https://mirror.example.org/a.bin";

fn set_name(name: &str) -> Call {
    Call::SetRemoteName(FIRST, name.into())
}

fn replace(old: &str, new: &str) -> Call {
    Call::ReplaceRemotePrefix { old: old.into(), new: new.into() }
}

fn remote_name(job: &JobStateMachine) -> &str {
    &job.file(FIRST).unwrap().remote_name
}

fn names(job: &JobStateMachine) -> Vec<Arc<str>> {
    let files = (0..job.file_count()).map(|number| job.file(FileIndex(number)).unwrap());
    files.map(|file| file.remote_name.clone().into()).collect()
}

/// A SUSPENDED download of these remote names.
#[track_caller]
fn download_of(remote_names: &[&str]) -> JobStateMachine {
    let mut job = empty_job(JobType::Download);
    for (number, name) in remote_names.iter().enumerate() {
        let info = FileInfo::new(*name, format!(r"C:\data\{number}"));
        call(&mut job, Call::add_file(info), start());
    }
    job
}

/// A legal URL of that number of characters.
fn url_of(length: usize) -> String {
    let mut url = "https://example.com".to_owned();
    while url.len() < length {
        url.push('/');
        let rest = (length - url.len()).min(200);
        url.push_str(&"a".repeat(rest));
    }
    url
}

fn not_final() -> impl Iterator<Item = JobState> {
    JobState::ALL.iter().copied().filter(|state| !state.is_final())
}

/// FILES-24, FILES-27, LIFE-28: in every state that is not final, without changing it.
#[test]
fn names_change_in_every_state_but_the_final_ones() {
    for change in [set_name(NEW), replace("https://example.com/0.bin", NEW)] {
        for state in not_final() {
            let mut job = download_in(state);
            let outcome = call_outcome(&mut job, change.clone(), start());
            assert_eq!((job.state(), outcome.success), (state, Success::Ok));
            assert!(outcome.effects.is_empty(), "{change:?} in {state}: {outcome:?}");
            assert_eq!(remote_name(&job), NEW);
        }
        for state in [Acknowledged, Cancelled] {
            let error = refused(&mut download_in(state), change.clone(), start());
            assert_eq!(error.code(), HResult::BG_E_INVALID_STATE);
        }
    }
}

/// FILES-24, FILES-27: only downloads have names to change.
#[test]
fn uploads_keep_their_names() {
    for change in [set_name(NEW), replace("https://example.com/", "https://example.org/")] {
        for job_type in [JobType::Upload, JobType::UploadReply] {
            for state in not_final() {
                let error = refused(&mut job_in(job_type, state), change.clone(), start());
                assert_eq!(error.code(), HResult::E_NOTIMPL, "{change:?} {job_type} {state}");
            }
        }
    }
}

/// FILES-24: what is no remote name, or longer than 2,200 characters, is refused.
#[test]
fn an_invalid_name_is_refused() {
    for valid in [NEW, "HTTP://example.com/a", r"\\server\share\a", &url_of(2_200)] {
        let mut job = download_in(Suspended);
        call(&mut job, set_name(valid), start());
        assert_eq!(remote_name(&job), valid);
    }
    let invalid =
        ["", "a.bin", "ftp://example.com/a", "https://", "https://example.com/*", &url_of(2_201)];
    for name in invalid {
        for state in [Suspended, Transferring] {
            let error = refused(&mut download_in(state), set_name(name), start());
            assert_eq!(error.code(), HResult::E_INVALIDARG, "{name}");
        }
    }
}

/// FILES-25: a name that no `Resume` followed is gone after a restart of the service. `Resume`
/// persists it, and persists only what was set before.
#[test]
fn resume_persists_a_changed_name() {
    let old = file(0).remote_name;
    for state in not_final() {
        for resumed in [false, true] {
            let mut job = download_in(state);
            call(&mut job, set_name("https://example.org/between"), start());
            call(&mut job, set_name(NEW), start());
            assert_eq!(remote_name(&job), NEW, "GetRemoteName shows it at once");
            if resumed {
                call(&mut job, Call::Resume, start());
            }
            event(&mut job, ComputerEvent::ServiceRestarted, start());
            let expected = if resumed { NEW } else { &*old };
            assert_eq!(remote_name(&job), expected, "{state}, resumed: {resumed}");

            // A later change begins anew from what is persisted.
            call(&mut job, set_name("https://example.net/later"), start());
            event(&mut job, ComputerEvent::ServiceRestarted, start());
            assert_eq!(remote_name(&job), expected, "{state}, resumed: {resumed}");
        }
    }
}

/// FILES-25, LIFE-29: the documented sequence: suspend, change, resume.
#[test]
fn a_remote_name_is_changed_by_suspend_change_and_resume() {
    let mut job = download_in(Transferring);
    call(&mut job, Call::Suspend, start());
    call(&mut job, set_name(NEW), start());
    call(&mut job, Call::Resume, start());
    event(&mut job, ComputerEvent::ServiceRestarted, start());
    event(&mut job, Event::Picked, start());
    assert_eq!((job.state(), remote_name(&job)), (Connecting, NEW));
}

/// FILES-27: only names need a `Resume`; a replaced prefix persists at once.
#[test]
fn a_replaced_prefix_persists_without_resume() {
    let mut job = download_in(Suspended);
    call(&mut job, replace("https://example.com/0.bin", NEW), start());
    event(&mut job, ComputerEvent::ServiceRestarted, start());
    assert_eq!(remote_name(&job), NEW);
}

/// FILES-27: old and new prefix, and what becomes of three remote names; `=` where a name stays.
const PREFIXES: &str = "
                                            | http://a.com/x  | http://a.com/y/z | https://a.com/x
http://a.com/      to http://b.org/         | http://b.org/x  | http://b.org/y/z | =
http://a.com/y     to http://a.com/         | =               | http://a.com//z  | =
http               to https                 | https://a.com/x | https://a.com/y/z| httpss://a.com/x
http://a.com/x     to https://a.com/x       | https://a.com/x | =                | =
HTTP://A.COM/      to http://b.org/         | =               | =                | =
http://A.com/      to http://b.org/         | =               | =                | =
a.com/             to b.org/                | =               | =                | =
/x                 to /z                    | =               | =                | =
http://a.com/x/    to http://b.org/         | =               | =                | =
http://a.com/      to \\\\s\\t\\            | \\\\s\\t\\x     | \\\\s\\t\\y/z    | =";

/// FILES-27
#[test]
fn a_prefix_is_replaced_wherever_a_name_begins_with_it() {
    let table = rows(PREFIXES);
    let (head, rows) = table.split_first().unwrap();
    let old_names: Vec<_> = head.1.iter().map(String::as_str).collect();
    for (name, cells) in rows {
        let (old, new) = name.split_once(" to ").unwrap();
        let mut job = download_of(&old_names);
        let change = replace(old.trim(), new.trim());
        let named =
            |(cell, old): (&String, &&str)| if cell == "=" { (*old).into() } else { cell.clone() };
        let expected: Vec<_> = cells.iter().zip(&old_names).map(named).collect();
        if expected.iter().any(|name| name.starts_with("httpss")) {
            // One result is invalid: nothing is changed.
            let error = refused(&mut job, change, start());
            assert_eq!(error.code(), HResult::E_INVALIDARG, "{name}");
            continue;
        }
        let outcome = call_outcome(&mut job, change, start());
        let found = cells.iter().any(|cell| cell != "=");
        assert_eq!(outcome.success.code() == HResult::S_OK, found, "{name}");
        assert_eq!(outcome.success.code() == HResult::S_FALSE, !found, "{name}");
        let names: Vec<_> = names(&job).iter().map(|name| name.to_string()).collect();
        assert_eq!(names, expected, "{name}");
    }
}

/// FILES-27: an empty prefix, an invalid or a too long result; an invalid prefix that matches
/// nothing makes no result.
#[test]
fn a_prefix_with_an_invalid_result_is_refused() {
    let long = url_of(2_000);
    let longer = format!("https://example.com/{}/", "a".repeat(250));
    let cases = [
        ("", "https://b.org/", false),
        ("https://example.com/", "", false),
        ("", "", false),
        ("https://example.com/", "ftp://b.org/", false),
        ("https://example.com/", "no server ", false),
        ("https://example.com/", &longer, false),
        ("https://nowhere.com/", "ftp://b.org/", true),
    ];
    for (old, new, accepted) in cases {
        let mut job = download_of(&["https://example.com/a", &long]);
        if accepted {
            let outcome = call_outcome(&mut job, replace(old, new), start());
            assert_eq!(outcome.success, Success::NothingFound);
        } else {
            let error = refused(&mut job, replace(old, new), start());
            assert_eq!(error.code(), HResult::E_INVALIDARG, "{old} {new}");
        }
    }
    let nothing = call_outcome(&mut empty_job(JobType::Download), replace("a", "b"), start());
    assert_eq!(nothing.success, Success::NothingFound);
}

/// FILES-28: the local name stays, whatever the remote one becomes.
#[test]
fn the_local_name_stays() {
    let mut job = download_in(Transferring);
    call(&mut job, set_name(NEW), start());
    call(&mut job, replace("https://mirror.example.org/", "https://example.net/"), start());
    event(&mut job, ComputerEvent::ServiceRestarted, start());
    call(&mut job, Call::Resume, start());
    assert_eq!(job.file(FIRST).unwrap().local_name, file(0).local_name);
}

/// FILES-28: a file that the job does not have has no name to change.
#[test]
fn the_file_must_exist() {
    let call = Call::SetRemoteName(FileIndex(1), NEW.into());
    assert_eq!(refused(&mut download_in(Suspended), call, start()).code(), HResult::E_INVALIDARG);
}

/// LIFE-25: an ERROR job is reconfigured, stays in ERROR, and is resumed with the new settings.
#[test]
fn a_failed_job_is_mended_and_resumed() {
    let basic = Credentials::new(AuthTarget::Server, AuthScheme::Basic, "user", "secret");
    let mends = [
        set_name(NEW),
        replace("https://example.com/0.bin", NEW),
        Call::SetCredentials(Arc::new(basic.clone())),
        Call::SetPriority(JobPriority::High),
        Call::SetHelperTokenFlags(HelperTokenFlags::NETWORK),
        Call::SetHelperToken,
        Call::SetNoProgressTimeout(60),
        Call::SetMinimumRetryDelay(60),
        Call::SetCustomHeaders(Some("A: b\r\n".into())),
        Call::SetSecurityFlags(HttpSecurityFlags::IGNORE_UNKNOWN_CA),
    ];
    let mut all = download_in(JobState::Error);
    for mend in mends {
        for job in [&mut download_in(JobState::Error), &mut all] {
            let error = *job.error().unwrap();
            call(job, mend.clone(), start());
            assert_eq!((job.state(), job.error().copied()), (JobState::Error, Ok(error)));
            let mut job = job.clone();
            call(&mut job, Call::Resume, start());
            event(&mut job, Event::Picked, start());
            event(&mut job, Event::Connected, start());
            transfer_all(&mut job, start());
        }
    }
    call(&mut all, Call::Resume, start());
    event(&mut all, Event::Picked, start());
    assert_eq!((remote_name(&all), all.priority()), (NEW, JobPriority::High));
    assert_eq!(all.credentials(AuthTarget::Server, AuthScheme::Basic), Some(&basic));
    assert!(all.helper_token_sid().is_some());
    assert_eq!((all.no_progress_timeout(), all.minimum_retry_delay()), (60, 60));
    assert_eq!(all.request_headers().as_deref(), Some("A: b\r\n"));
}
