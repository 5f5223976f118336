//! Uploads and their replies: from the first byte to the file that the client keeps.

use crate::common::*;
use bits_emulator::machine::{
    Call, ComputerEvent, Directory, Effect, Event, Failure, FileIndex, JobOptions, JobStateMachine,
    TransferItem,
};
use bits_emulator::{ErrorContext, FileInfo, HResult, JobState, JobType};

const UPLOAD: FileIndex = FileIndex(0);
const MB: u64 = 1024 * 1024;

/// How much of the upload and of its reply is there.
fn bytes(job: &JobStateMachine) -> (u64, u64) {
    let upload = job.file_progress(UPLOAD).unwrap().bytes_transferred;
    (upload, job.reply_progress().unwrap().bytes_transferred)
}

fn reply_total(job: &JobStateMachine) -> Option<u64> {
    job.reply_progress().unwrap().bytes_total
}

/// An upload-reply of 100 bytes in TRANSFERRING whose reply of that size has just begun.
#[track_caller]
fn reply_of(size: u64) -> JobStateMachine {
    let mut job = job_in(JobType::UploadReply, Transferring);
    event(&mut job, Event::SizeKnown(100), start());
    event(&mut job, Event::ReplyStarted(size), start());
    job
}

/// An upload-reply in TRANSFERRED with a reply of that size.
#[track_caller]
fn replied(size: u64) -> JobStateMachine {
    let mut job = reply_of(size);
    event(&mut job, Event::FileTransferred, start());
    assert_eq!(job.state(), Transferred);
    job
}

/// UPLOAD-01, LIFE-20: an upload is over when the server has the file.
#[test]
fn an_upload_sends_one_file() {
    let mut job = job_in(JobType::Upload, Transferring);
    event(&mut job, Event::SizeKnown(100), start());
    event(&mut job, Event::Progressed(99), start());
    assert_eq!(job.state(), Transferring);
    assert!(!job.file_progress(UPLOAD).unwrap().completed);
    event(&mut job, Event::Progressed(1), start());
    assert_eq!(job.state(), Transferring);
    event(&mut job, Event::FileTransferred, start());
    assert_eq!(job.state(), Transferred);
    assert!(job.file_progress(UPLOAD).unwrap().completed);
    ignored(&mut job_in(JobType::Upload, Transferring), Event::ReplyStarted(5), start());
}

/// UPLOAD-01, UPLOAD-05, UPLOAD-14: an upload-reply receives a reply too, and is TRANSFERRED when
/// both are done. The last acknowledgement of the server begins the reply.
#[test]
fn an_upload_reply_waits_for_its_reply() {
    let mut job = job_in(JobType::UploadReply, Transferring);
    event(&mut job, Event::SizeKnown(100), start());
    event(&mut job, Event::Progressed(100), start());
    assert_eq!((job.state(), job.current()), (Transferring, Some(TransferItem::File(UPLOAD))));
    event(&mut job, Event::ReplyStarted(10), start());
    assert_eq!((job.state(), job.current()), (Transferring, Some(TransferItem::Reply)));
    assert!(job.file_progress(UPLOAD).unwrap().completed);
    event(&mut job, Event::Progressed(9), start());
    assert_eq!((job.state(), bytes(&job)), (Transferring, (100, 9)));
    event(&mut job, Event::Progressed(1), start());
    event(&mut job, Event::FileTransferred, start());
    assert_eq!((job.state(), bytes(&job)), (Transferred, (100, 10)));
    // PROGRESS-01: the progress of the job is that of the upload.
    let progress = job.progress();
    assert_eq!((progress.bytes_total, progress.bytes_transferred), (Some(100), 100));
    assert_eq!((progress.files_total, progress.files_transferred), (1, 1));
}

/// UPLOAD-05, NET-20: the reply is downloaded as an ordinary file: it goes on at the byte reached,
/// and restarts if it changed, without touching the upload.
#[test]
fn the_reply_is_an_ordinary_download() {
    let mut job = reply_of(10);
    event(&mut job, Event::Progressed(4), start());
    event(&mut job, failed(503), start());
    bring_to(&mut job, Transferring, at(1));
    assert_eq!((job.current(), bytes(&job)), (Some(TransferItem::Reply), (100, 4)));
    ignored(&mut job, Event::SessionLost, at(1));
    event(&mut job, Event::FileChanged, at(1));
    assert_eq!((job.state(), bytes(&job)), (Transferring, (100, 0)));
    event(&mut job, Event::FileTransferred, at(1));
    assert_eq!((job.state(), bytes(&job)), (Transferred, (100, 10)));
}

/// UPLOAD-07: if the last acknowledgement is lost the file is sent to the application again.
#[test]
fn a_lost_acknowledgement_sends_the_file_again() {
    let mut job = job_in(JobType::UploadReply, Transferring);
    event(&mut job, Event::FileTransferred, start());
    event(&mut job, failed_with(HResult::ERROR_WINHTTP_CONNECTION_ERROR), start());
    assert!(job.posts_again());
    assert_eq!(run_deadlines(&mut job, at(600)), [Queued]);
    let picked = event_outcome(&mut job, Event::Picked, at(600));
    assert!(picked.effects.contains(Effect::StartTransfer));
    assert_eq!(job.current(), Some(TransferItem::File(UPLOAD)));
    event(&mut job, Event::Connected, at(600));
    event(&mut job, Event::ReplyStarted(0), at(600));
    event(&mut job, Event::FileTransferred, at(600));
    assert_eq!(job.state(), Transferred);
}

fn name_reply(name: Option<&str>, directory: Directory) -> Call {
    Call::SetReplyFileName(name.map(Into::into), directory)
}

/// UPLOAD-09: what the reply file may be called.
#[test]
fn the_reply_file_has_a_full_path() {
    let (long, longest) = (format!(r"C:\{}", "a".repeat(258)), format!(r"C:\{}", "a".repeat(257)));
    let invalid = Some(HResult::E_INVALIDARG);
    let cases = [
        (Some(r"C:\reply\a.bin"), Directory::Writable, None),
        (Some(&*longest), Directory::Writable, None),
        (Some(&*long), Directory::Writable, invalid),
        (Some("a.bin"), Directory::Writable, invalid),
        (Some(r"reply\a.bin"), Directory::Writable, invalid),
        (Some(r"C:\reply\*.bin"), Directory::Writable, invalid),
        (Some(r"\\?\C:\reply\a.bin"), Directory::Writable, invalid),
        (Some(r"C:\reply\a.bin:stream"), Directory::Writable, invalid),
        (Some(r"C:\reply\a.bin"), Directory::Missing, invalid),
        (Some(r"C:\reply\a.bin"), Directory::Denied, Some(HResult::E_ACCESSDENIED)),
        (Some(""), Directory::Writable, None),
        (None, Directory::Writable, None),
    ];
    for (name, directory, code) in cases {
        let mut job = job_in(JobType::UploadReply, Suspended);
        let before = job.reply_file_name();
        let result = job.call(name_reply(name, directory), start());
        assert_eq!(result.err().map(|error| error.code()), code, "{name:?} {directory:?}");
        let set = name.filter(|name| code.is_none() && !name.is_empty());
        let expected = set.map_or(before, |name| Ok(Some(name.to_owned())));
        assert_eq!(job.reply_file_name(), expected, "{name:?} {directory:?}");
    }
}

/// UPLOAD-09: once the reply is being transferred the name is fixed, in every state that follows.
#[test]
fn the_name_is_fixed_once_the_reply_begins() {
    let name = || name_reply(Some(r"C:\reply.bin"), Directory::Writable);
    let before = [Suspended, Queued, Connecting, Transferring, TransientError, JobState::Error];
    for state in before {
        call(&mut job_in(JobType::UploadReply, state), name(), start());
        let error = refused(&mut reply_begun(state), name(), start());
        assert_eq!(error.code(), HResult::BG_E_INVALID_STATE, "{state}");
    }
    for state in [Transferred, Acknowledged, Cancelled] {
        let error = refused(&mut reply_begun(state), name(), start());
        assert_eq!(error.code(), HResult::BG_E_INVALID_STATE, "{state}");
    }
}

/// UPLOAD-10: without a name BITS makes one beside the upload file, once there is one. A name set
/// later replaces it, null or nothing brings it back.
#[test]
fn bits_names_the_reply_beside_the_upload() {
    let mut job = empty_job(JobType::UploadReply);
    assert_eq!(job.reply_file_name(), Ok(None));
    let info = FileInfo::new("https://example.com/up", r"C:\data\deep\report.bin");
    call(&mut job, Call::add_file(info), start());
    bring_to(&mut job, Queued, start());
    let made = job.reply_file_name().unwrap().unwrap();
    let name = made.strip_prefix(r"C:\data\deep\").expect("beside the upload file");
    assert!(!name.is_empty() && name != "report.bin" && !name.contains('\\'), "{made}");
    event(&mut job, ComputerEvent::ServiceRestarted, start());
    assert_eq!(job.reply_file_name(), Ok(Some(made.clone())), "it stays the same");

    for back in [None, Some("")] {
        let set = Some(r"D:\reply.bin");
        call(&mut job, name_reply(set, Directory::Writable), start());
        assert_eq!(job.reply_file_name(), Ok(set.map(Into::into)));
        call(&mut job, name_reply(back, Directory::Writable), start());
        assert_eq!(job.reply_file_name(), Ok(Some(made.clone())));
    }
}

/// UPLOAD-10, UPLOAD-11, PROGRESS-09: other types have no reply.
#[test]
fn other_jobs_have_no_reply() {
    for job_type in [JobType::Download, JobType::Upload] {
        for state in JobState::ALL.iter().copied() {
            let mut job = job_in(job_type, state);
            let code = HResult::E_NOTIMPL;
            assert_eq!(job.reply_file_name().unwrap_err().code(), code, "{job_type} {state}");
            assert_eq!(job.reply_data().unwrap_err().code(), code, "{job_type} {state}");
            assert_eq!(job.reply_progress().unwrap_err().code(), code, "{job_type} {state}");
            if !state.is_final() {
                let name = name_reply(Some(r"C:\reply.bin"), Directory::Writable);
                assert_eq!(refused(&mut job, name, start()).code(), code);
            }
        }
    }
}

/// UPLOAD-11: the data can be read in TRANSFERRED and, through a pointer kept, in ACKNOWLEDGED.
#[test]
fn reply_data_is_read_when_the_job_is_transferred() {
    for state in JobState::ALL.iter().copied() {
        let data = reply_begun(state).reply_data().map_err(|error| error.code());
        let expected = match state {
            Transferred | Acknowledged => Ok(10),
            _ => Err(HResult::BG_E_INVALID_STATE),
        };
        assert_eq!(data, expected, "{state}");
    }
    assert_eq!(replied(0).reply_data(), Ok(0), "no reply");
}

/// UPLOAD-12: only a reply of up to 1 MB is returned in memory; the refusal names the size.
#[test]
fn reply_data_has_a_largest_size() {
    for (size, fits) in [(MB, true), (MB + 1, false), (5_000_000_000, false)] {
        let mut job = replied(size);
        for _ in 0..2 {
            match job.reply_data() {
                Ok(length) => assert!(fits && length == size),
                Err(error) => {
                    assert!(!fits, "{size}");
                    assert_eq!(error.code(), HResult::BG_E_TOO_LARGE);
                    assert!(error.to_string().contains(&size.to_string()), "{error}");
                }
            }
            if job.state() == Transferred {
                call(&mut job, complete(), start());
            }
        }
    }
}

/// UPLOAD-13, DONE-11: `Complete` makes the reply file available, an empty one if the application
/// sent nothing; of an upload it only acknowledges.
#[test]
fn complete_makes_the_reply_available() {
    for size in [0, 10] {
        let mut job = replied(size);
        assert_eq!(job.renames().collect::<Vec<_>>(), [TransferItem::Reply], "not before Complete");
        let outcome = call_outcome(&mut job, complete(), start());
        assert_eq!((job.state(), outcome.success.code()), (Acknowledged, HResult::S_OK));
        assert_eq!(job.renames().count(), 0);
    }
    assert_eq!(reply_of(10).renames().count(), 0, "not while it is transferred");
    let mut upload = job_in(JobType::Upload, Transferred);
    assert_eq!(upload.renames().count(), 0);
    event(&mut upload, ComputerEvent::NetworkLost, start());
    let outcome = call_outcome(&mut upload, complete(), start());
    assert!(!outcome.effects.iter().any(|effect| matches!(effect, Effect::CancelUpload { .. })));
}

/// DONE-13, UPLOAD-22: what the server has wholly it keeps when the job is cancelled; an unfinished
/// upload, or the reply of a finished one, is cancelled there.
#[test]
fn cancel_does_not_undo_an_upload() {
    let cancels = |job: &mut JobStateMachine| {
        let before = job.file_progress(UPLOAD);
        let outcome = call_outcome(job, cancel(), start());
        assert_eq!(job.file_progress(UPLOAD), before);
        outcome.effects.iter().any(|effect| matches!(effect, Effect::CancelUpload { .. }))
    };
    let mut done = job_in(JobType::Upload, Transferred);
    assert!(!cancels(&mut done), "the upload is complete");
    assert!(done.file_progress(UPLOAD).unwrap().completed);
    assert!(!cancels(&mut replied(10)), "upload and reply are complete");

    let mut replying = reply_of(10);
    assert!(cancels(&mut replying), "the reply is cancelled");
    assert!(replying.file_progress(UPLOAD).unwrap().completed);
    assert_eq!(replying.reply_data().unwrap_err().code(), HResult::BG_E_INVALID_STATE);

    for job_type in [JobType::Upload, JobType::UploadReply] {
        assert!(cancels(&mut job_in(job_type, Transferring)), "unfinished");
        assert!(!cancels(&mut job_in(job_type, Queued)), "the server never heard of it");
    }
}

/// UPLOAD-15, ERR-18: the phase in which an upload-reply failed shows in the size of the reply.
#[test]
fn the_size_of_the_reply_tells_the_phase() {
    for (mut job, known) in
        [(job_in(JobType::UploadReply, Transferring), false), (reply_of(10), true)]
    {
        event(&mut job, failed(404), start());
        assert_eq!(job.error().unwrap().context(), ErrorContext::RemoteFile);
        assert_eq!(reply_total(&job).is_some(), known);
    }
}

/// UPLOAD-15: an application that does not answer is notified again after the retry delay.
#[test]
fn a_silent_application_is_notified_again() {
    for job_type in [JobType::Upload, JobType::UploadReply] {
        let mut job = job_in(job_type, Transferring);
        event(&mut job, Event::Failed(Failure::application_silent()), start());
        assert_eq!(job.state(), TransientError);
        assert_eq!(job.error().unwrap().context(), ErrorContext::RemoteApplication);
        assert!(job.posts_again());
        assert!(run_deadlines(&mut job, at(599)).is_empty());
        assert_eq!(run_deadlines(&mut job, at(600)), [Queued]);
    }
}

/// UPLOAD-23: the client takes over the code and the context of a server's error packet, also of a
/// code that would mean something else on this computer.
#[test]
fn a_server_error_has_the_code_and_context_of_the_server() {
    let codes = [
        HResult::BG_E_TOO_LARGE,
        HResult::E_ACCESSDENIED,
        HResult::BG_E_HTTP_ERROR_503,
        HResult::BG_E_NETWORK_DISCONNECTED,
        HResult::BG_E_DESTINATION_LOCKED,
        HResult::new(0x8013_1234),
    ];
    for code in codes {
        for context in [ErrorContext::RemoteFile, ErrorContext::RemoteApplication] {
            let mut job = job_in(JobType::Upload, Transferring);
            let failure = Failure::new(code).unwrap().in_context(context);
            event(&mut job, Event::Failed(failure), start());
            let error = job.error().unwrap();
            assert_eq!((error.code(), error.context()), (code, context));
            if job.state() == TransientError {
                assert_eq!(run_deadlines(&mut job, at(600)), [Queued], "no hold: {code}");
            }
        }
    }
}

/// PROGRESS-09: the size of the reply is unknown until its transfer begins.
/// PROGRESS-10, INV-54: and known for good after that, whatever happens.
#[test]
fn the_size_of_the_reply_stays_known() {
    for state in JobState::ALL.iter().copied() {
        if !matches!(state, Transferred | Acknowledged) {
            assert_eq!(reply_total(&job_in(JobType::UploadReply, state)), None, "{state}");
        }
        let mut job = reply_begun(state);
        assert_eq!(reply_total(&job), Some(10), "{state}");
        for happening in [
            Event::FileChanged,
            Event::SessionLost,
            failed(503),
            Event::Computer(ComputerEvent::NetworkLost),
            Event::Computer(ComputerEvent::NetworkRestored),
            Event::OwnerLoggedOff,
            Event::Computer(ComputerEvent::ServiceRestarted),
            Event::ClientExited,
        ] {
            let _ = job.handle(happening, start());
            let _ = job.call(Call::Resume, start());
            assert_eq!(reply_total(&job), Some(10), "{state}");
        }
    }
}

/// UPLOAD-05: the reply begins once, while the upload runs.
#[test]
fn the_reply_begins_once() {
    ignored(&mut reply_of(10), Event::ReplyStarted(20), start());
    for state in JobState::ALL.iter().copied().filter(|state| *state != Transferring) {
        ignored(&mut job_in(JobType::UploadReply, state), Event::ReplyStarted(20), start());
    }
    let mut job = JobStateMachine::new(
        JobOptions { job_type: JobType::UploadReply, ..JobOptions::default() },
        start(),
    );
    ignored(&mut job, Event::ReplyStarted(20), start());
}
