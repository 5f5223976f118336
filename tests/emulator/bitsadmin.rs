//! Jobs in the layout of bitsadmin.

use std::time::Duration;

use bits_emulator::settings::FileAclFlags;
use bits_emulator::{Emulator, HResult, JobId, JobType, User};

use crate::support::{resumed_download, world};

#[test]
fn a_queue_is_listed_as_bitsadmin_lists_it() {
    let emulator = Emulator::new();
    emulator.server("https://example.com").file("/app.exe", 1_000).fails(503);
    let alice = emulator.connect(User::new("alice"));
    let first = alice.create_job("first", JobType::Download).unwrap();
    first.add_file("https://example.com/app.exe", r"C:\app.exe").unwrap();
    first.set_description("the monthly update").unwrap();
    first.set_notify_cmd_line(Some(r"C:\done.exe"), Some("done.exe /q")).unwrap();
    first.set_custom_headers(Some("X-Channel: beta\r\n")).unwrap();
    first.resume().unwrap();
    let reply =
        emulator.connect(User::local_system()).create_job("report", JobType::UploadReply).unwrap();
    let over = alice.create_job("over", JobType::Download).unwrap();
    emulator.advance(Duration::from_secs(90));
    over.cancel().unwrap();
    insta::assert_snapshot!(emulator.bitsadmin_list());

    let info = emulator.bitsadmin_info(&reply).unwrap();
    assert!(emulator.bitsadmin_list().contains(&info), "{info}");
    // A job that left the queue is no longer listed, and still told of.
    assert!(emulator.bitsadmin_info(&over).unwrap().contains("STATE: CANCELLED"));
    let never = emulator.bitsadmin_info(JobId::default()).unwrap_err();
    assert_eq!(never.code(), HResult::BG_E_NOT_FOUND);
}

/// PROGRESS-01: a list tells of the bytes that a client would be told of.
#[test]
fn what_has_arrived_is_listed() {
    let (emulator, session) = world();
    let job = resumed_download(&session).unwrap();
    for info in [true, false] {
        emulator.advance(Duration::from_secs(3));
        let shown =
            if info { emulator.bitsadmin_info(&job).unwrap() } else { emulator.bitsadmin_list() };
        let bytes = job.progress().unwrap().bytes_transferred;
        assert!(bytes > 0 && shown.contains(&format!("BYTES: {bytes} / ")), "{shown}");
    }
}

/// TOOL-01: the files of a TRANSFERRED job are WORKING until Complete, and owners have the name of the
/// computer where it is set.
#[test]
fn files_are_working_until_complete() {
    let emulator = Emulator::new();
    emulator.set_host_name("HNS");
    emulator.server("https://example.com").file("/app.exe", 186_331);
    let session = emulator.connect(User::new("alice"));
    let job = session.create_job("update", JobType::Download).unwrap();
    job.add_file("https://example.com/app.exe", r"C:\app.exe").unwrap();
    job.resume().unwrap();
    assert!(emulator.run_until_idle().is_at_rest());
    let list = emulator.bitsadmin_list();
    assert!(list.contains("        186331 / 186331 WORKING https://"), "{list}");
    assert!(list.contains(r"OWNER: HNS\alice"), "{list}");
    let _ = job.complete().unwrap();
    let info = emulator.bitsadmin_info(&job).unwrap();
    assert!(info.contains("        186331 / 186331 COMPLETED https://"), "{info}");

    let service = emulator.connect(User::local_service());
    let job = service.create_job("service", JobType::Download).unwrap();
    let info = emulator.bitsadmin_info(&job).unwrap();
    assert!(info.contains(r"OWNER: NT AUTHORITY\LOCAL SERVICE"), "{info}");
}

/// FILES-32: the flags are shown by their initials.
#[test]
fn acl_flags_are_shown_by_their_initials() {
    let emulator = Emulator::new();
    let job = emulator.connect(User::new("alice")).create_job("update", JobType::Download).unwrap();
    for (flags, shown) in
        [(FileAclFlags::OWNER | FileAclFlags::DACL, "OD"), (FileAclFlags::all(), "OGDS")]
    {
        job.set_file_acl_flags(flags).unwrap();
        let info = emulator.bitsadmin_info(&job).unwrap();
        assert!(info.contains(&format!(" ACL FLAGS: {shown}\n")), "{info}");
    }
}
