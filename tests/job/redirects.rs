//! Redirects: which of them a job follows, and what becomes of the remote name.

use crate::common::*;
use bits_emulator::machine::{
    Call, ComputerEvent, Event, FileIndex, JobStateMachine, Success, TransferItem,
};
use bits_emulator::readings::{Readings, RedirectCode};
use bits_emulator::server::RemoteName;
use bits_emulator::settings::{HttpSecurityFlags, JobProperty, RedirectPolicy};
use bits_emulator::{ErrorContext, FileInfo, HResult, JobState, JobType};

const STATUSES: [u16; 5] = [300, 301, 302, 303, 307];

/// What a redirect does under each policy, and under which remote name the job goes on. "allowed"
/// is the flag ALLOW_HTTPS_TO_HTTP.
const REDIRECTS: &str = "
                         | ALLOW_SILENT | ALLOW_REPORT | DISALLOW
http to http             | follows, old | follows, new | fails, new
http to https            | follows, old | follows, new | fails, new
https to https           | follows, old | follows, new | fails, new
https to http            | fails, old   | fails, new   | fails, new
https to http, allowed   | follows, old | follows, new | fails, new
http to share            | fails, old   | fails, new   | fails, new
https to share           | fails, old   | fails, new   | fails, new
https to share, allowed  | fails, old   | fails, new   | fails, new";

fn url(scheme: &str, name: &str) -> String {
    match scheme {
        "share" => format!(r"\\server\share\{name}"),
        scheme => format!("{scheme}://example.com/{name}"),
    }
}

fn under(policy: RedirectPolicy) -> HttpSecurityFlags {
    HttpSecurityFlags::empty().with_redirect_policy(policy)
}

/// A download of that remote name in that state, with those security flags.
#[track_caller]
fn download_of(remote: &str, flags: HttpSecurityFlags, state: JobState) -> JobStateMachine {
    download_with(Readings::documented(), remote, flags, state)
}

#[track_caller]
fn download_with(
    readings: Readings,
    remote: &str,
    flags: HttpSecurityFlags,
    state: JobState,
) -> JobStateMachine {
    let options = options_with(JobType::Download, readings);
    let mut job = JobStateMachine::new(options, start());
    call(&mut job, Call::add_file(FileInfo::new(remote, r"C:\data\a.bin")), start());
    call(&mut job, Call::SetSecurityFlags(flags), start());
    bring_to(&mut job, state, start());
    job
}

fn redirect(status: u16, to: &str) -> Event {
    Event::Redirected(status, to.into())
}

fn remote_name(job: &JobStateMachine) -> &str {
    &job.file(FileIndex(0)).unwrap().remote_name
}

/// How the job took a redirect, as the table has it.
fn seen(job: &JobStateMachine, before: JobState, (old, new): (&str, &str)) -> String {
    let state = match job.state() {
        state if state == before => "follows",
        JobState::Error => "fails",
        other => other.name(),
    };
    let name = match remote_name(job) {
        name if name == old => "old",
        name if name == new => "new",
        other => other,
    };
    format!("{state}, {name}")
}

/// HTTP-12, HTTP-13, HTTP-14, FILES-29: every policy, change of scheme, status and active state.
#[test]
fn policy_and_schemes_decide() {
    let table = rows(REDIRECTS);
    let (head, rows) = table.split_first().unwrap();
    for (name, cells) in rows {
        let (schemes, allowed) = match name.split_once(", ") {
            Some((schemes, _)) => (schemes, HttpSecurityFlags::ALLOW_HTTPS_TO_HTTP),
            None => (name.as_str(), HttpSecurityFlags::empty()),
        };
        let (from, to) = schemes.split_once(" to ").unwrap();
        let (old, new) = (url(from, "old"), url(to, "new"));
        for (policy, cell) in head.1.iter().zip(cells) {
            let flags = under(policy.parse().unwrap()) | allowed;
            for status in STATUSES {
                for state in [Connecting, Transferring] {
                    let mut job = download_of(&old, flags, state);
                    event(&mut job, redirect(status, &new), start());
                    let case = format!("{name}, {policy}, {status}, {state}");
                    assert_eq!(seen(&job, state, (&old, &new)), *cell, "{case}");
                    assert_eq!(job.error().is_err(), cell.starts_with("follows"), "{case}");
                }
            }
        }
    }
}

/// HTTP-13: the code is HRESULT_FROM_WIN32 of the status; another reading gives the code of HTTP-07.
#[test]
fn a_refused_redirect_has_the_code_of_its_status() {
    for (reading, base) in [(RedirectCode::Win32, 0x8007_0000), (RedirectCode::Http, 0x8019_0000)] {
        for status in STATUSES {
            let readings = Readings { redirect_code: reading, ..Readings::documented() };
            let flags = under(RedirectPolicy::Disallow);
            let mut job = download_with(readings, "http://example.com/old", flags, Connecting);
            let refused = redirect(status, "http://example.com/new");
            let outcome = event_outcome(&mut job, refused, start());
            assert!(outcome.rules.iter().any(|rule| rule.to_string() == "HTTP-13"));
            let error = job.error().unwrap();
            assert_eq!(error.code(), HResult::new(base + u32::from(status)), "{reading}");
            assert_eq!(error.context(), ErrorContext::RemoteFile);
            assert_eq!(error.file(), Ok(FileIndex(0)));
        }
    }
}

/// HTTP-14: giving up HTTPS fails under the same code as a redirect that is disallowed.
#[test]
fn giving_up_https_has_the_same_code() {
    for policy in [RedirectPolicy::AllowSilent, RedirectPolicy::AllowReport] {
        for (to, status) in [("http://example.com/a", 301), (r"\\server\share\a", 302)] {
            let mut job = download_of("https://example.com/a", under(policy), Transferring);
            event(&mut job, redirect(status, to), start());
            assert_eq!(job.state(), JobState::Error);
            assert_eq!(get_error(&job), HResult::from_win32(u32::from(status)), "{policy} {to}");
        }
    }
}

/// HTTP-12: a redirect that is followed is neither progress nor a restart.
#[test]
fn following_changes_no_progress() {
    for policy in [RedirectPolicy::AllowSilent, RedirectPolicy::AllowReport] {
        let mut job = download_of("https://example.com/a", under(policy), Transferring);
        event(&mut job, Event::SizeKnown(100), start());
        event(&mut job, Event::Progressed(40), start());
        event(&mut job, Event::SliceOver, start());
        event(&mut job, Event::Picked, start());
        let outcome = event_outcome(&mut job, redirect(302, "https://example.org/a"), start());
        assert!(outcome.entered.is_empty() && outcome.effects.is_empty(), "{outcome:?}");
        let progress = job.file_progress(FileIndex(0)).unwrap();
        assert_eq!((progress.bytes_total, progress.bytes_transferred), (Some(100), 40));
    }
}

/// HTTP-13: of a chain of redirects the final URL is stored.
#[test]
fn the_end_of_a_chain_is_reported() {
    let flags = under(RedirectPolicy::AllowReport);
    let mut job = download_of("http://example.com/1", flags, Connecting);
    for number in 2..5 {
        let next = format!("http://example.com/{number}");
        event(&mut job, redirect(307, &next), start());
        assert_eq!(remote_name(&job), next);
    }
}

/// HTTP-12: also within a chain of silent redirects HTTPS is not given up.
#[test]
fn each_hop_of_a_chain_is_judged() {
    let chain = ["https://example.com/2", "http://example.com/3"];
    for (flags, state) in [
        (HttpSecurityFlags::empty(), JobState::Error),
        (HttpSecurityFlags::ALLOW_HTTPS_TO_HTTP, Connecting),
    ] {
        let mut job = download_of("http://example.com/1", flags, Connecting);
        for url in chain {
            event(&mut job, redirect(302, url), start());
        }
        assert_eq!(job.state(), state);
        assert_eq!(remote_name(&job), "http://example.com/1");
    }
}

/// HTTP-12: a new attempt begins at the remote name again, so that the last hop of the attempt
/// before does not count.
#[test]
fn a_new_attempt_begins_a_new_chain() {
    let flags = HttpSecurityFlags::empty();
    let mut job = download_of("http://example.com/1", flags, Connecting);
    assert_eq!(job.location().map(RemoteName::as_str), Some("http://example.com/1"));
    event(&mut job, redirect(302, "https://example.com/2"), start());
    assert_eq!(job.location().map(RemoteName::as_str), Some("https://example.com/2"));
    event(&mut job, Event::SliceOver, start());
    event(&mut job, Event::Picked, start());
    assert_eq!(job.location().map(RemoteName::as_str), Some("http://example.com/1"));
    event(&mut job, redirect(302, "http://example.com/3"), start());
    assert_eq!(job.state(), Connecting);
}

/// HTTP-12: so does the next file of the attempt, also of an on-demand job, of which the first file is
/// not whole.
#[test]
fn the_next_file_begins_a_new_chain() {
    for on_demand in [false, true] {
        let mut job = empty_job(JobType::Download);
        call(&mut job, Call::SetProperty(JobProperty::OnDemandMode(on_demand)), start());
        for number in 0..2 {
            let remote = format!("http://example.com/{number}");
            let info = FileInfo::new(remote, format!(r"C:\data\{number}"));
            call(&mut job, Call::add_file(info), start());
            if on_demand {
                let ranges = [range(0, 10)].into();
                call(&mut job, Call::RequestFileRanges(FileIndex(number), ranges), start());
            }
        }
        bring_to(&mut job, Transferring, start());
        event(&mut job, Event::SizeKnown(100), start());
        event(&mut job, redirect(302, "https://example.com/secure"), start());
        event(&mut job, Event::FileTransferred, start());
        assert_eq!(job.current(), Some(TransferItem::File(FileIndex(1))));
        assert_eq!(
            job.location().map(RemoteName::as_str),
            Some("http://example.com/1"),
            "on demand: {on_demand}"
        );
    }
}

/// HTTP-12: the policies are for downloads; the reply of an upload is none.
#[test]
fn uploads_know_no_redirect() {
    for job_type in [JobType::Upload, JobType::UploadReply] {
        for state in [Connecting, Transferring] {
            let mut job = job_in(job_type, state);
            ignored(&mut job, redirect(302, "https://example.com/new"), start());
        }
    }
    let mut reply = reply_begun(Transferring);
    ignored(&mut reply, redirect(302, "https://example.com/new"), start());
}

/// HTTP-12: only an attempt under way can be redirected, and by these statuses only.
#[test]
fn what_is_no_redirect_is_ignored() {
    let new = "https://example.com/new";
    for state in JobState::ALL.iter().copied().filter(|state| !state.is_active()) {
        ignored(&mut download_in(state), redirect(302, new), start());
    }
    for status in [200, 304, 305, 404] {
        ignored(&mut download_in(Connecting), redirect(status, new), start());
    }
}

/// HTTP-13: the other files of the job keep their names.
#[test]
fn only_the_present_file_is_renamed() {
    for (policy, state) in
        [(RedirectPolicy::AllowReport, Transferring), (RedirectPolicy::Disallow, JobState::Error)]
    {
        let mut job = empty_job(JobType::Download);
        for number in 0..3 {
            call(&mut job, Call::add_file(file(number)), start());
        }
        call(&mut job, Call::SetSecurityFlags(under(policy)), start());
        bring_to(&mut job, Transferring, start());
        event(&mut job, Event::FileTransferred, start());
        event(&mut job, redirect(301, "https://example.org/new"), start());
        assert_eq!(job.state(), state);
        let names = (0..3).map(|number| job.file(FileIndex(number)).unwrap().remote_name.clone());
        let expected = [file(0).remote_name, "https://example.org/new".into(), file(2).remote_name];
        assert_eq!(names.collect::<Vec<_>>(), expected);
    }
}

/// FILES-29: the prefix of the name that was given no longer matches, that of the stored one does.
#[test]
fn the_prefix_may_not_match_after_a_redirect() {
    for (policy, state) in
        [(RedirectPolicy::AllowReport, Transferring), (RedirectPolicy::Disallow, JobState::Error)]
    {
        let mut job = download_of("https://example.com/a", under(policy), Transferring);
        event(&mut job, redirect(303, "https://mirror.example.org/a"), start());
        assert_eq!(job.state(), state);
        let mut replace = |old: &str| {
            let (old, new) = (old.into(), "https://third.example.net/".into());
            call_outcome(&mut job, Call::ReplaceRemotePrefix { old, new }, start()).success
        };
        assert_eq!(replace("https://example.com/"), Success::NothingFound);
        assert_eq!(replace("https://mirror.example.org/"), Success::Ok);
        assert_eq!(remote_name(&job), "https://third.example.net/a");
    }
}

/// HTTP-13: the stored name outlives the service, and the next attempt goes there.
#[test]
fn a_reported_name_persists() {
    for policy in [RedirectPolicy::AllowReport, RedirectPolicy::Disallow] {
        let mut job = download_of("https://example.com/a", under(policy), Connecting);
        event(&mut job, redirect(302, "https://example.org/a"), start());
        event(&mut job, ComputerEvent::ServiceRestarted, start());
        assert_eq!(remote_name(&job), "https://example.org/a");
        call(&mut job, Call::Resume, start());
        event(&mut job, Event::Picked, start());
        assert_eq!(remote_name(&job), "https://example.org/a");
    }
}
