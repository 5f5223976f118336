//! Which remote and local names files can have, and in which order a job checks what it is given.

use crate::common::*;
use bits_emulator::machine::{Call, Directory, FileIndex, JobOptions, JobStateMachine};
use bits_emulator::policy::JobLimits;
use bits_emulator::rules::RuleId;
use bits_emulator::{Error, FileInfo, HResult, JobType};

const INVALID: HResult = HResult::E_INVALIDARG;

/// FILES-03: HTTP, HTTPS or a share.
const REMOTE: &[&str] = &[
    "http://example.com/a.exe",
    "https://example.com/a.exe",
    "HTTPS://EXAMPLE.COM/a.exe",
    "http://example.com",
    "http://example.com:8080/folder/a.exe",
    "http://127.0.0.1/a.exe",
    "http://[::1]:8080/a.exe",
    "http://example.com/a%20b?name=value&other=1",
    // FILES-04: a Unicode name in IDN form.
    "http://xn--grn-joa.example/a.exe",
];

const SHARES: &[&str] = &[
    r"\\server\share\a.exe",
    r"\\server\share\folder\größe 1.exe",
    r"D:\folder\a.exe",
    "file://server/share/a.exe",
    "file:///D:/folder/a.exe",
];

const NO_REMOTE: &[&str] = &[
    // FILES-02: a protocol that is not supported, or none.
    "",
    "ftp://example.com/a.exe",
    "gopher://example.com/a.exe",
    "example.com/a.exe",
    "/a.exe",
    "a.exe",
    r"folder\a.exe",
    // FILES-03: no wildcards and control characters; of ASCII legal URL characters only, nothing is escaped.
    "http://example.com/*.exe",
    r"\\server\share\*.exe",
    r"\\server\share\a?.exe",
    r"D:\folder\*",
    "http://example.com/a b",
    "http://example.com/a<b",
    "http://example.com/a>b",
    "http://example.com/a\"b",
    "http://example.com/a{b",
    "http://example.com/a}b",
    "http://example.com/a|b",
    "http://example.com/a\\b",
    "http://example.com/a^b",
    "http://example.com/a`b",
    "http://example.com/a\r\n",
    "http://",
    "http:///a.exe",
    // FILES-04: no pipes and devices, and server names with Unicode only in IDN form.
    r"\\server\pipe\a",
    r"\\.\pipe\a",
    r"\\.\COM1",
    r"\\.\PhysicalDrive0",
    "http://grün.example/a.exe",
    r"\\grün\share\a.exe",
];

const LOCAL: &[&str] =
    &[r"C:\a.exe", r"z:\folder\deeper\a.exe", r"C:\größe 𝄞\a b.exe", r"\\server\share\a.exe"];

const NO_LOCAL: &[&str] = &[
    // FILES-02: relative.
    "",
    "a.exe",
    r"folder\a.exe",
    r"..\a.exe",
    r"\folder\a.exe",
    "C:a.exe",
    "http://example.com/a.exe",
    // FILES-05: no wildcards, no prefix `\\?`, no stream.
    r"C:\*.exe",
    r"C:\a?.exe",
    r"C:\*\a.exe",
    r"\\?\C:\a.exe",
    r"\\?\UNC\server\share\a.exe",
    r"C:\a.exe:stream",
    r"C:\a.exe:stream:$DATA",
];

fn code_of(result: Result<bits_emulator::machine::Outcome, Error>) -> HResult {
    result.map_or_else(|error| error.code(), |outcome| outcome.success.code())
}

/// The ways in which a download gets a file; the second file of a set, so that the first shows that
/// nothing is added if the second is wrong.
fn ways(file: &FileInfo) -> [Call; 3] {
    [
        Call::add_file(file.clone()),
        Call::add_file_set([crate::common::file(7), file.clone()]),
        Call::add_file_with_ranges(file.clone(), [range(0, 5)]),
    ]
}

fn accepted(job_type: JobType, file: &FileInfo) -> HResult {
    code_of(empty_job(job_type).call(Call::add_file(file.clone()), start()))
}

/// FILES-02, FILES-03, FILES-04
#[test]
fn remote_names_are_urls_or_files_on_shares() {
    for name in REMOTE.iter().chain(SHARES).copied() {
        let file = FileInfo::new(name, r"C:\a.exe");
        for job_type in [JobType::Download, JobType::Upload] {
            assert_eq!(accepted(job_type, &file), HResult::S_OK, "{name:?} of {job_type}");
        }
        let mut job = download_in(Suspended);
        call(&mut job, Call::SetRemoteName(FileIndex(0), name.into()), start());
    }
}

/// FILES-02: whichever method is given the name; also of one already there (FILES-24).
#[test]
fn other_remote_names_are_refused() {
    for name in NO_REMOTE.iter().copied() {
        let file = FileInfo::new(name, r"C:\a.exe");
        for way in ways(&file) {
            let mut job = download_in(Suspended);
            assert_eq!(refused(&mut job, way, start()).code(), INVALID, "{name:?}");
        }
        for job_type in [JobType::Upload, JobType::UploadReply] {
            assert_eq!(accepted(job_type, &file), INVALID, "{name:?} of {job_type}");
        }
        let mut job = download_in(Suspended);
        let set = Call::SetRemoteName(FileIndex(0), name.into());
        assert_eq!(refused(&mut job, set, start()).code(), INVALID, "{name:?}");
    }
}

/// FILES-02, FILES-05
#[test]
fn local_names_are_full_paths() {
    for name in LOCAL.iter().copied() {
        let file = FileInfo::new("https://example.com/a", name);
        for job_type in JobType::ALL {
            assert_eq!(accepted(*job_type, &file), HResult::S_OK, "{name:?} of {job_type}");
        }
    }
    for name in NO_LOCAL.iter().copied() {
        let file = FileInfo::new("https://example.com/a", name);
        for way in ways(&file) {
            let mut job = download_in(Suspended);
            assert_eq!(refused(&mut job, way, start()).code(), INVALID, "{name:?}");
        }
        for job_type in JobType::ALL {
            assert_eq!(accepted(*job_type, &file), INVALID, "{name:?} of {job_type}");
        }
    }
}

/// FILES-04, UPLOAD-25: not for upload-replies, and not for files with ranges.
#[test]
fn shares_serve_downloads_and_uploads_without_ranges() {
    for name in SHARES.iter().copied() {
        let file = FileInfo::new(name, r"C:\a.exe");
        for (job_type, code) in [
            (JobType::Download, HResult::S_OK),
            (JobType::Upload, HResult::S_OK),
            (JobType::UploadReply, INVALID),
        ] {
            assert_eq!(accepted(job_type, &file), code, "{name:?} of {job_type}");
        }
        let with_ranges = Call::add_file_with_ranges(file, [range(0, 5)]);
        let mut job = empty_job(JobType::Download);
        assert_eq!(refused(&mut job, with_ranges, start()).code(), INVALID, "{name:?}");
    }
}

/// FILES-04 holds for the name that a file has, however it got it (FILES-24, FILES-27).
#[test]
fn a_file_with_ranges_cannot_be_moved_to_a_share() {
    let mut job = empty_job(JobType::Download);
    call(&mut job, Call::add_file_with_ranges(file(0), [range(0, 5)]), start());
    let set = Call::SetRemoteName(FileIndex(0), r"\\server\share\a.bin".into());
    assert_eq!(refused(&mut job, set, start()).code(), INVALID);
    let (old, new) = ("https://example.com".into(), "file://server/share".into());
    let replace = Call::ReplaceRemotePrefix { old, new };
    assert_eq!(refused(&mut job, replace, start()).code(), INVALID);
}

/// FILES-05, FILES-06: a directory that is not there makes the name invalid; one that the caller may
/// not write to is denied. Uploads do not write (FILES-06).
#[test]
fn a_download_needs_a_directory_that_it_may_write_to() {
    for (directory, code) in [
        (Directory::Writable, HResult::S_OK),
        (Directory::Missing, INVALID),
        (Directory::Denied, HResult::E_ACCESSDENIED),
    ] {
        let ways = [
            Call::AddFile(file(0), directory),
            Call::AddFileSet([file(0), file(1)].into(), directory),
            Call::AddFileWithRanges(file(0), [range(0, 5)].into(), directory),
        ];
        for way in ways {
            let mut job = empty_job(JobType::Download);
            let before = job.clone();
            assert_eq!(code_of(job.call(way, start())), code, "{directory:?}");
            assert_eq!(job == before, code != HResult::S_OK, "FILES-10");
        }
    }
    for job_type in [JobType::Upload, JobType::UploadReply] {
        let denied = Call::AddFile(file(0), Directory::Denied);
        assert_eq!(code_of(empty_job(job_type).call(denied, start())), HResult::S_OK);
    }
}

/// A job that may hold that number of files.
fn limited(job_type: JobType, files_per_job: u32) -> JobStateMachine {
    let limits = JobLimits { files_per_job, ranges_per_file: 1 };
    JobStateMachine::new(JobOptions { job_type, limits, ..JobOptions::default() }, start())
}

fn in_final_state(mut job: JobStateMachine) -> JobStateMachine {
    call(&mut job, cancel(), start());
    job
}

/// FILES-11: state, then type and one-file limit, names, access, policy limits. Of calls that are wrong
/// in several ways, each next one has one flaw less.
#[test]
fn what_is_checked_first_is_refused_first() {
    let bad = FileInfo::new("https://example.com/a", "relative.bin");
    let (denied, writable) = (Directory::Denied, Directory::Writable);
    let too_many = HResult::BG_E_TOO_MANY_FILES_IN_JOB;

    // A download that may hold no file at all.
    let none = || limited(JobType::Download, 0);
    for (job, file, directory, code) in [
        (in_final_state(none()), &bad, denied, HResult::BG_E_INVALID_STATE),
        (none(), &bad, denied, INVALID),
        (none(), &file(1), denied, HResult::E_ACCESSDENIED),
        (none(), &file(1), writable, too_many),
        (limited(JobType::Download, 1), &file(1), writable, HResult::S_OK),
    ] {
        for call in [
            Call::AddFile(file.clone(), directory),
            Call::AddFileSet([file.clone()].into(), directory),
        ] {
            assert_eq!(code_of(job.clone().call(call, start())), code, "{file:?}");
        }
    }

    // An upload that has its file, and may have none by the policy.
    for job_type in [JobType::Upload, JobType::UploadReply] {
        let full = || new_job(JobOptions { job_type, ..JobOptions::default() });
        for (job, file, code) in [
            (in_final_state(full()), &bad, HResult::BG_E_INVALID_STATE),
            (full(), &bad, HResult::BG_E_TOO_MANY_FILES),
            (limited(job_type, 0), &bad, INVALID),
            (limited(job_type, 0), &file(1), too_many),
            (limited(job_type, 1), &file(1), HResult::S_OK),
        ] {
            let call = Call::AddFile(file.clone(), denied);
            assert_eq!(code_of(job.clone().call(call, start())), code, "{job_type}: {file:?}");
        }
    }
}

/// FILES-11 for ranges, of which the policy here allows one.
#[test]
fn ranges_are_checked_in_the_same_order() {
    let bad = FileInfo::new("https://example.com/a", "relative.bin");
    let good = file(1);
    let two = [range(0, 5), range(10, 5)];
    let denied =
        |file: &FileInfo| Call::AddFileWithRanges(file.clone(), two.into(), Directory::Denied);
    let download = || limited(JobType::Download, 9);
    let upload = || limited(JobType::Upload, 9);
    for (mut job, call, code) in [
        (in_final_state(upload()), denied(&bad), HResult::BG_E_INVALID_STATE),
        (upload(), denied(&bad), HResult::E_NOTIMPL),
        (download(), denied(&bad), INVALID),
        (download(), denied(&good), HResult::E_ACCESSDENIED),
        (
            download(),
            Call::add_file_with_ranges(good.clone(), two),
            HResult::BG_E_TOO_MANY_RANGES_IN_FILE,
        ),
        (download(), Call::add_file_with_ranges(good.clone(), [range(0, 5)]), HResult::S_OK),
    ] {
        assert_eq!(code_of(job.call(call, start())), code);
    }
}

/// FILES-13: each of them is transferred on its own.
#[test]
fn the_same_names_may_come_twice() {
    let mut job = empty_job(JobType::Download);
    call(&mut job, Call::add_file(file(0)), start());
    call(&mut job, Call::add_file(file(0)), start());
    call(&mut job, Call::add_file_set([file(0), file(0)]), start());
    assert_eq!(job.file_count(), 4);

    bring_to(&mut job, Transferring, start());
    for transferred in 0..4 {
        assert_eq!(job.progress().files_transferred, transferred);
        event(&mut job, bits_emulator::machine::Event::SizeKnown(100), start());
        event(&mut job, bits_emulator::machine::Event::FileTransferred, start());
    }
    assert_eq!(job.state(), Transferred);
    assert_eq!(job.renames().count(), 4, "the later one wins");
}

/// FILES-28: names come back in full, and nothing changes the local one.
#[test]
fn names_are_returned_in_full() {
    for name in REMOTE.iter().chain(SHARES).copied() {
        for local in LOCAL.iter().copied() {
            let info = FileInfo::new(name, local);
            let mut job = empty_job(JobType::Download);
            call(&mut job, Call::add_file(info.clone()), start());
            assert_eq!(job.file(FileIndex(0)), Some(&info));

            let set = Call::SetRemoteName(FileIndex(0), "https://example.org/b".into());
            call(&mut job, set, start());
            let (old, new) = ("https://example.org".into(), "https://example.net".into());
            call(&mut job, Call::ReplaceRemotePrefix { old, new }, start());
            let info = FileInfo::new("https://example.net/b", local);
            assert_eq!(job.file(FileIndex(0)), Some(&info));
        }
    }
    let job = download_in(Suspended);
    assert_eq!(job.file(FileIndex(1)), None, "there is no such file");
}

/// The refusal names the rule that the name breaks.
#[test]
fn refusals_of_names_cite_their_rule() {
    for (file, directory, rule) in [
        (FileInfo::new("ftp://example.com/a", r"C:\a"), Directory::Writable, "FILES-03"),
        (FileInfo::new("https://example.com/a", "a"), Directory::Writable, "FILES-05"),
        (file(0), Directory::Missing, "FILES-05"),
        (file(0), Directory::Denied, "FILES-06"),
    ] {
        let mut job = empty_job(JobType::Download);
        let refusal = refused(&mut job, Call::AddFile(file, directory), start());
        assert_eq!(Some(refusal.rule()), RuleId::parse(rule), "{refusal}");
    }
}
