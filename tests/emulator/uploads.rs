//! Uploads and their replies.

use std::time::Duration;

use bits_emulator::accounts::Sid;
use bits_emulator::disk::DiskState;
use bits_emulator::machine::Event;
use bits_emulator::server::{Acl, PacketKind, Resource};
use bits_emulator::trace::TraceEvent;
use bits_emulator::{
    Completion, Emulator, Error, ErrorContext, Fault, HResult, Job, JobPriority, JobState, JobType,
    User,
};
use chrono::DateTime;

const URL: &str = "https://example.com/in/report.txt";
const PATH: &str = r"C:\data\report.txt";
const REPLY: &str = r"C:\data\reply.txt";

fn upload(job_type: JobType, prepare: impl FnOnce(&Resource)) -> Result<(Emulator, Job), Error> {
    let emulator = Emulator::new();
    let place = emulator.server("https://example.com").resource("/in/report.txt");
    place.with_state(|resource| {
        resource.uploads();
    });
    prepare(&place);
    emulator.disk().write(PATH, "all is well");
    let job = emulator.connect(User::new("alice")).create_job("report", job_type)?;
    job.add_file(URL, PATH)?;
    Ok((emulator, job))
}

fn received(emulator: &Emulator) -> Option<Vec<u8>> {
    emulator.server("https://example.com").resource("/in/report.txt").with_state(|place| {
        place.uploads().received().and_then(|content| content.bytes().map(<[u8]>::to_vec))
    })
}

/// UPLOAD-01, UPLOAD-04, DONE-03
#[test]
fn a_file_is_uploaded() -> Result<(), Error> {
    let (emulator, job) = upload(JobType::Upload, |_| ())?;
    job.resume()?;
    let early = job.complete().unwrap_err();
    assert_eq!(early.code(), HResult::BG_E_INVALID_STATE);
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(job.state()?, JobState::Transferred);
    assert_eq!(received(&emulator).as_deref(), Some(&b"all is well"[..]));
    assert_eq!(job.complete()?, Completion::All);
    Ok(())
}

/// UPLOAD-05, UPLOAD-09 to UPLOAD-13: the reply, as data and as a file.
#[test]
fn a_reply_is_fetched() -> Result<(), Error> {
    let (emulator, job) = upload(JobType::UploadReply, |place| {
        place.with_state(|resource| {
            resource.uploads().reply("thank you");
        });
    })?;
    job.set_reply_file_name(REPLY)?;
    assert_eq!(job.reply_file_name()?.as_deref(), Some(REPLY));
    assert_eq!(job.reply_progress()?.bytes_total, None);
    job.resume()?;
    assert_eq!(job.reply_data().unwrap_err().code(), HResult::BG_E_INVALID_STATE);
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(job.reply_progress()?.bytes_total, Some(9));
    let reply = job.reply_data()?.and_then(|reply| reply.bytes().map(<[u8]>::to_vec));
    assert_eq!(reply.as_deref(), Some(&b"thank you"[..]));
    assert!(!emulator.disk().exists(REPLY));
    assert_eq!(job.complete()?, Completion::All);
    assert_eq!(emulator.disk().read(REPLY).as_deref(), Some(&b"thank you"[..]));
    let reply = job.reply_data()?.and_then(|reply| reply.bytes().map(<[u8]>::to_vec));
    assert_eq!(reply.as_deref(), Some(&b"thank you"[..]));
    Ok(())
}

/// UPLOAD-11, UPLOAD-12
#[test]
fn reply_data_has_its_limits() -> Result<(), Error> {
    for (size, expected) in [(0, Ok(None)), (1 << 20, Ok(Some(1 << 20))), ((1 << 20) + 1, Err(()))]
    {
        let (emulator, job) = upload(JobType::UploadReply, |place| {
            place.with_state(|resource| {
                resource.uploads().reply(size);
            });
        })?;
        job.resume()?;
        assert!(emulator.run_until_idle().is_at_rest());
        let data = job.reply_data();
        if let Err(error) = &data {
            assert_eq!(error.code(), HResult::BG_E_TOO_LARGE);
        }
        let size = data.map(|reply| reply.map(|reply| reply.size()));
        assert_eq!(size.map_err(|_| ()), expected);
    }
    Ok(())
}

/// FILES-07, UPLOAD-10, UPLOAD-11, PROGRESS-09: what uploads have not.
#[test]
fn an_upload_has_one_file_and_no_reply() -> Result<(), Error> {
    let (_, job) = upload(JobType::Upload, |_| ())?;
    let second = job.add_file(URL, r"C:\data\other.txt").unwrap_err();
    assert_eq!(second.code(), HResult::BG_E_TOO_MANY_FILES);
    let codes = [
        job.reply_file_name().unwrap_err(),
        job.reply_progress().unwrap_err(),
        job.reply_data().unwrap_err(),
        job.set_reply_file_name(REPLY).unwrap_err(),
        job.replace_remote_prefix("https://a/", "https://b/").unwrap_err(),
    ]
    .map(|error| error.code());
    assert_eq!(codes, [HResult::E_NOTIMPL; 5]);
    Ok(())
}

/// UPLOAD-08: the local file must not change meanwhile.
#[test]
fn a_file_that_changes_fails_its_upload() -> Result<(), Error> {
    let (emulator, job) = upload(JobType::Upload, |place| {
        place.with_state(|resource| {
            resource.rate(1);
        });
    })?;
    job.resume()?;
    emulator.advance(Duration::from_secs(5));
    emulator.disk().write(PATH, "it is not");
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(job.state()?, JobState::Error);
    assert_eq!(job.error()?.code(), HResult::BG_E_LOCAL_FILE_CHANGED);
    assert_eq!(job.error()?.context(), ErrorContext::LocalFile);
    Ok(())
}

/// DONE-17: a cancelled upload is cancelled at the server too.
#[test]
fn a_cancelled_upload_is_told_to_the_server() -> Result<(), Error> {
    let (emulator, job) = upload(JobType::Upload, |place| {
        place.with_state(|resource| {
            resource.rate(1);
        });
    })?;
    let acknowledged = |emulator: &Emulator| {
        let server = emulator.server("https://example.com");
        server.resource("/in/report.txt").with_state(|place| place.uploads().acknowledged(job.id()))
    };
    job.resume()?;
    emulator.advance(Duration::from_secs(5));
    assert_eq!(job.progress()?.bytes_transferred, 5);
    assert_eq!(acknowledged(&emulator), Some(5));
    let _ = job.cancel()?;
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(acknowledged(&emulator), None);
    Ok(())
}

/// UPLOAD-25: an upload to a drive, or to a share that is on the disk, writes there; FILES-30: with its
/// time stamp. What is there is replaced.
#[test]
fn an_upload_to_a_drive_or_share_writes_to_the_disk() -> Result<(), Error> {
    for (remote, before) in [
        (r"D:\in\report.txt", None),
        (r"D:\in\report.txt", Some("an older and longer one")),
        ("file:///D:/in/report.txt", None),
        (r"\\server\share\report.txt", None),
        // Files in another folder make the share, too.
        (r"\\other\share\in\report.txt", None),
    ] {
        let emulator = Emulator::new();
        let stamp = DateTime::UNIX_EPOCH;
        emulator.disk().with_state(|disk| {
            disk.create_dir(r"\\server\share").write(r"\\other\share\out\a.txt", "a");
            disk.write(PATH, "all is well").stamp(PATH, stamp);
            if let Some(before) = before {
                disk.write(remote, before);
            }
        });
        let job = emulator.connect(User::new("alice")).create_job("report", JobType::Upload)?;
        job.add_file(remote, PATH)?;
        job.resume()?;
        let _ = emulator.run_until_idle();
        assert_eq!(job.state()?, JobState::Transferred, "{remote}");
        let disk = emulator.disk();
        let path = remote.strip_prefix("file:///").unwrap_or(remote);
        assert_eq!(disk.read(path).as_deref(), Some(&b"all is well"[..]));
        disk.with_state(|disk| assert_eq!(disk.modified(path), Some(stamp)));
        assert_eq!(job.complete()?, Completion::All);
    }
    Ok(())
}

/// UPLOAD-25, FILES-03: an upload to a file of the disk and downloads from it do not disturb each other. What
/// is there is replaced at the end of the upload.
#[test]
fn jobs_at_one_file_of_the_disk_go_on_side_by_side() -> Result<(), Error> {
    const MIB: u64 = 1 << 20;
    for (before, downloaded) in [(Some(4 * MIB), JobState::Transferred), (None, JobState::Error)] {
        let emulator = Emulator::new();
        let (disk, remote) = (emulator.disk(), r"D:\in\report.txt");
        disk.write(PATH, 10 * MIB);
        if let Some(size) = before {
            disk.write(remote, size).stamp(remote, DateTime::UNIX_EPOCH);
        }
        let session = emulator.connect(User::new("alice"));
        let start = |job_type, local: &str| {
            let job = session.create_job("report", job_type)?;
            job.add_file(remote, local)?;
            job.set_priority(JobPriority::Foreground)?;
            job.resume()?;
            emulator.advance(Duration::from_secs(1));
            Ok::<_, Error>(job)
        };
        let first = start(JobType::Download, r"C:\first.txt")?;
        let upload = start(JobType::Upload, PATH)?;
        let second = start(JobType::Download, r"C:\second.txt")?;
        emulator.advance(Duration::from_secs(4));
        assert_eq!((first.state()?, second.state()?), (downloaded, downloaded));
        assert_eq!(upload.progress()?.bytes_transferred, 6 * MIB);
        let _ = emulator.run_until_idle();
        assert_eq!((upload.state()?, disk.size(remote)), (JobState::Transferred, Some(10 * MIB)));
        let restarts = [Event::FileChanged, Event::SessionLost].map(TraceEvent::Event);
        assert!(!emulator.trace().steps().iter().any(|step| restarts.contains(&step.what)));
    }
    Ok(())
}

/// UPLOAD-25: what keeps an upload from a disk is an error of the remote file.
#[test]
fn a_disk_may_refuse_an_upload() -> Result<(), Error> {
    type Prepare = fn(&mut DiskState);
    let cases: [(&str, Prepare, HResult); 6] = [
        (r"D:\in\a", |disk| _ = disk.remove_dir(r"D:\in"), HResult::ERROR_PATH_NOT_FOUND),
        (r"D:\in\a", |disk| _ = disk.deny(r"D:\in"), HResult::ERROR_ACCESS_DENIED),
        (
            r"D:\in\a",
            |disk| _ = disk.set_acl(r"D:\in", Acl::only([Sid::LocalSystem])),
            HResult::ERROR_ACCESS_DENIED,
        ),
        (r"D:\in\a", |disk| _ = disk.set_free("D:", 10), HResult::ERROR_DISK_FULL),
        (r"D:\in\a", |disk| _ = disk.lock_file(r"D:\in\a"), HResult::ERROR_SHARING_VIOLATION),
        (r"\\server\share\a", |_| (), HResult::ERROR_BAD_NETPATH),
    ];
    for (remote, prepare, code) in cases {
        let emulator = Emulator::new();
        emulator.disk().write(PATH, "all is well").with_state(prepare);
        let job = emulator.connect(User::new("alice")).create_job("report", JobType::Upload)?;
        job.add_file(remote, PATH)?;
        job.resume()?;
        emulator.advance(Duration::from_secs(60));
        let error = job.error()?;
        assert_eq!((error.code(), error.context()), (code, ErrorContext::RemoteFile), "{remote}");
        assert!(!emulator.disk().exists(remote));
    }
    Ok(())
}

/// UPLOAD-25: what happens to the disk while the bytes are sent keeps the file from it, too, until it is
/// undone and the client resumes the job.
#[test]
fn a_disk_may_refuse_an_upload_at_its_end() -> Result<(), Error> {
    type Change = fn(&mut DiskState);
    let cases: [(Change, Change, HResult); 3] = [
        (
            |disk| _ = disk.lock_volume("D:"),
            |disk| _ = disk.unlock_volume("D:"),
            HResult::BG_E_DESTINATION_LOCKED,
        ),
        (
            |disk| _ = disk.remove_dir(r"D:\in"),
            |disk| _ = disk.create_dir(r"D:\in"),
            HResult::ERROR_PATH_NOT_FOUND,
        ),
        (
            |disk| _ = disk.lock_file(r"D:\in\a"),
            |disk| _ = disk.unlock_file(r"D:\in\a"),
            HResult::ERROR_SHARING_VIOLATION,
        ),
    ];
    for (prevent, mend, code) in cases {
        let emulator = Emulator::new();
        let disk = emulator.disk();
        disk.write(PATH, 10 << 20);
        let job = emulator.connect(User::new("alice")).create_job("report", JobType::Upload)?;
        job.add_file(r"D:\in\a", PATH)?;
        job.set_priority(JobPriority::Foreground)?;
        job.resume()?;
        emulator.advance(Duration::from_secs(3));
        assert_eq!(job.state()?, JobState::Transferring);
        disk.with_state(prevent);
        emulator.advance(Duration::from_secs(60));
        let error = job.error()?;
        assert_eq!((error.code(), error.context()), (code, ErrorContext::RemoteFile));
        assert!(!disk.exists(r"D:\in\a"), "{code}");
        disk.with_state(mend);
        job.resume()?;
        let _ = emulator.run_until_idle();
        assert_eq!(job.state()?, JobState::Transferred, "{code}");
        assert_eq!(disk.size(r"D:\in\a"), Some(10 << 20));
    }
    Ok(())
}

/// PROGRESS-03: the size is known once there is a session, whatever comes of the first fragment.
#[test]
fn the_size_of_an_upload_is_known_from_its_session_on() -> Result<(), Error> {
    for (packet, known) in [(PacketKind::CreateSession, None), (PacketKind::Fragment, Some(11))] {
        let (emulator, job) = upload(JobType::Upload, |place| {
            place.fails(Fault::http(503).at_packet(packet));
        })?;
        assert_eq!(job.progress()?.bytes_total, None);
        job.resume()?;
        emulator.advance(Duration::from_secs(60));
        assert_eq!(job.state()?, JobState::TransientError);
        assert_eq!(job.progress()?.bytes_total, known, "{packet:?}");
        let _ = emulator.run_until_idle();
        assert_eq!(job.state()?, JobState::Transferred);
    }
    Ok(())
}
