//! Uploads, their sessions, the application behind the server, and replies.

use super::*;

/// UPLOAD-01, UPLOAD-04
#[test]
fn a_plain_upload_is_stored() {
    let mut bench = Bench::upload(JobType::Upload, "report");
    bench.resume_until(JobState::Transferred);
    assert_eq!(bench.uploads().received(), Some(&Content::from("report")));
    assert_eq!(bench.resource().stored(), Some(&Content::from("report")));
    bench.complete().unwrap();
    assert_eq!(&*bench.server().requests().last().unwrap().method, "BITS_POST");
    // The local file is untouched.
    assert_eq!(bench.world.disk().list(r"C:\app"), ["app.exe"]);
}

/// UPLOAD-03, UPLOAD-06
#[test]
fn an_upload_goes_on_at_the_acknowledged_byte() {
    let mut bench = Bench::upload(JobType::Upload, 10 * MIB);
    let reset = code(HResult::ERROR_INTERNET_CONNECTION_RESET);
    bench.resource().fails(reset.after(4 * MIB));
    bench.resume_until(JobState::TransientError);
    let id = bench.job.id();
    assert_eq!(bench.uploads().acknowledged(id), Some(4 * MIB));
    bench.run_until(JobState::Transferred);
    assert_eq!(bench.now - DateTime::UNIX_EPOCH, TimeDelta::seconds(4 + 600 + 6));
    bench.advance(TimeDelta::zero());
    assert_eq!(bench.uploads().acknowledged(id), None);
}

/// UPLOAD-06, UPLOAD-17: without its session, the upload starts from the beginning.
#[test]
fn an_upload_without_its_session_starts_again() {
    let interrupted = || {
        let mut bench = Bench::upload(JobType::Upload, 10 * MIB);
        let reset = code(HResult::ERROR_INTERNET_CONNECTION_RESET);
        bench.resource().fails(reset.after(4 * MIB));
        bench.resume_until(JobState::TransientError);
        bench
    };
    let mut bench = interrupted();
    bench.uploads().forget_sessions();
    bench.run_until(JobState::Transferred);
    assert!(bench.events.contains(&Event::SessionLost));
    assert_eq!(bench.now - DateTime::UNIX_EPOCH, TimeDelta::seconds(4 + 600 + 10));

    let mut bench = interrupted();
    bench.call(Call::Suspend);
    bench.advance(TimeDelta::days(15));
    bench.resume_until(JobState::Transferred);
    assert!(bench.events.contains(&Event::SessionLost));
}

#[test]
fn a_session_may_be_lost_on_the_way() {
    let mut bench = Bench::upload(JobType::Upload, 10 * MIB);
    bench.resource().fails(Fault::session_lost().after(6 * MIB));
    bench.resume_until(JobState::Transferred);
    assert!(bench.events.contains(&Event::SessionLost));
    assert_eq!(bench.job.error_count(), 0);
    assert_eq!(bench.uploads().received(), Some(&Content::sized(10 * MIB)));
}

/// FILES-33
#[test]
fn the_local_file_must_be_there() {
    let mut bench = Bench::upload(JobType::Upload, "report");
    bench.world.disk_mut().delete(LOCAL);
    bench.resume_until(JobState::Error);
    bench.expect_error(HResult::ERROR_FILE_NOT_FOUND, ErrorContext::LocalFile);
    bench.world.disk_mut().write(LOCAL, "report");
    bench.resume_until(JobState::Transferred);
}

/// UPLOAD-08: on the way, or between two attempts.
#[test]
fn the_local_file_must_not_change() {
    for reset in [false, true] {
        let mut bench = Bench::upload(JobType::Upload, 10 * MIB);
        if reset {
            let fault = code(HResult::ERROR_INTERNET_CONNECTION_RESET);
            bench.resource().fails(fault.after(6 * MIB));
        }
        bench.call(Call::Resume);
        bench.advance(TimeDelta::seconds(5));
        bench.world.disk_mut().write(LOCAL, 10 * MIB);
        bench.run_until(JobState::Error);
        bench.expect_error(HResult::BG_E_LOCAL_FILE_CHANGED, ErrorContext::LocalFile);
        bench.resume_until(JobState::Transferred);
        assert!(bench.events.contains(&Event::SessionLost));
    }
}

/// UPLOAD-08: another content of the same size is another file, also if the one before had a time stamp.
#[test]
fn a_stamped_file_must_not_change_either() {
    let mut bench = Bench::upload(JobType::Upload, 10 * MIB);
    bench.world.disk_mut().stamp(LOCAL, DateTime::UNIX_EPOCH);
    bench.call(Call::Resume);
    bench.advance(TimeDelta::seconds(5));
    bench.world.disk_mut().write(LOCAL, 10 * MIB);
    assert_eq!(bench.world.disk().modified(LOCAL), None);
    bench.run_until(JobState::Error);
    bench.expect_error(HResult::BG_E_LOCAL_FILE_CHANGED, ErrorContext::LocalFile);
}

/// UPLOAD-28
#[test]
fn a_server_need_not_take_uploads() {
    let mut bench = Bench::upload(JobType::Upload, "report");
    bench.server().remove_resource("/app.exe");
    bench.resume_until(JobState::Error);
    bench.expect_error(HResult::BG_E_HTTP_ERROR_404, ErrorContext::RemoteFile);
    bench.resource().content("something else");
    bench.resume_until(JobState::Error);
    bench.expect_error(HResult::BG_E_HTTP_ERROR_403, ErrorContext::RemoteFile);
    // UPLOAD-19, UPLOAD-20
    bench.uploads();
    bench.resume_until(JobState::TransientError);
    bench.expect_error(HResult::BG_E_HTTP_ERROR_409, ErrorContext::RemoteFile);
    bench.uploads().allow_overwrites(true);
    bench.run_until(JobState::Transferred);
    assert_eq!(bench.resource().stored(), Some(&Content::from("report")));
}

/// UPLOAD-16
#[test]
fn a_server_may_not_take_everything() {
    let mut bench = Bench::upload(JobType::Upload, 10 * MIB);
    bench.uploads().maximum_size(MIB);
    bench.resume_until(JobState::Error);
    bench.expect_error(HResult::BG_E_TOO_LARGE, ErrorContext::RemoteFile);
    // UPLOAD-30
    bench.uploads().maximum_size(10 * MIB).allow_execution(true);
    bench.resume_until(JobState::Error);
    bench.expect_error(HResult::BG_E_SERVER_EXECUTE_ENABLED, ErrorContext::RemoteFile);
}

/// UPLOAD-23: code and context of an error packet are taken over.
#[test]
fn an_error_packet_is_taken_over() {
    let mut bench = Bench::upload(JobType::Upload, "report");
    let failure = Failure::new(HResult::E_ACCESSDENIED).unwrap();
    bench.resource().fails(failure.in_context(ErrorContext::RemoteApplication));
    bench.resume_until(JobState::Error);
    bench.expect_error(HResult::E_ACCESSDENIED, ErrorContext::RemoteApplication);
}

/// HTTP-12: an upload cannot follow.
#[test]
fn an_upload_cannot_be_redirected() {
    let mut bench = Bench::upload(JobType::Upload, "report");
    bench.resource().redirect(302, "https://example.com/elsewhere");
    bench.resume_until(JobState::Error);
    bench.expect_error(HResult::BG_E_HTTP_ERROR_302, ErrorContext::RemoteFile);
}

/// UPLOAD-05, UPLOAD-14
#[test]
fn a_reply_is_there_after_complete() {
    let mut bench = Bench::upload(JobType::UploadReply, "question");
    bench.uploads().reply("answer");
    bench.call(Call::SetReplyFileName(Some(r"C:\app\reply".into()), Default::default()));
    bench.resume_until(JobState::Transferred);
    assert_eq!((bench.uploads().posts(), bench.resource().stored()), (1, None));
    // UPLOAD-13
    assert!(!bench.world.disk().exists(r"C:\app\reply"));
    bench.complete().unwrap();
    assert_eq!(bench.world.disk().list(r"C:\app"), ["app.exe", "reply"]);
    assert_eq!(bench.world.disk().read(r"C:\app\reply").unwrap(), b"answer");
}

/// UPLOAD-13, UPLOAD-10: no reply is an empty file, under a name that BITS makes.
#[test]
fn no_reply_is_an_empty_file() {
    let mut bench = Bench::upload(JobType::UploadReply, "question");
    bench.resume_until(JobState::Transferred);
    bench.complete().unwrap();
    let name = bench.job.reply_file_name().unwrap().unwrap();
    assert_eq!(bench.world.disk().read(&name).unwrap(), b"");
    assert_eq!(bench.world.disk().list(r"C:\app").len(), 2);
}

/// UPLOAD-15, ERR-28: the application fails, and gets the file again.
#[test]
fn an_application_fails_and_is_asked_again() {
    let mut bench = Bench::upload(JobType::UploadReply, "question");
    bench
        .uploads()
        .reply("answer")
        .application_fails(Fault::http(500).times(2))
        .application_fails(200);
    bench.resume_until(JobState::TransientError);
    bench.expect_error(HResult::BG_E_HTTP_ERROR_500, ErrorContext::RemoteApplication);
    assert_eq!(bench.job.reply_progress().unwrap().bytes_total, None);
    bench.run_until(JobState::Transferred);
    assert_eq!(bench.uploads().posts(), 3);
}

/// ERR-29: after 403 the file is not posted again.
#[test]
fn an_application_that_refuses_is_not_asked_again() {
    let mut bench = Bench::upload(JobType::Upload, "report");
    bench.uploads().application_fails(Fault::http(403));
    for _ in 0..2 {
        bench.resume_until(JobState::Error);
        bench.expect_error(HResult::BG_E_HTTP_ERROR_403, ErrorContext::RemoteApplication);
    }
    assert_eq!(bench.uploads().posts(), 1);
}

/// UPLOAD-15: five minutes, then it is asked again.
#[test]
fn an_application_may_be_silent() {
    let mut bench = Bench::upload(JobType::Upload, "");
    bench.uploads().application_fails(Fault::silence());
    bench.resume_until(JobState::TransientError);
    assert_eq!(bench.now - DateTime::UNIX_EPOCH, TimeDelta::minutes(5));
    bench.expect_error(HResult::ERROR_WINHTTP_TIMEOUT, ErrorContext::RemoteApplication);
    bench.run_until(JobState::Transferred);
    assert_eq!(bench.uploads().posts(), 2);
}

/// UPLOAD-07: the acknowledgement is lost, and the application gets the file twice.
#[test]
fn a_lost_acknowledgement_posts_the_file_twice() {
    let mut bench = Bench::upload(JobType::Upload, 10 * MIB);
    bench.uploads().reply("");
    let reset = code(HResult::ERROR_INTERNET_CONNECTION_RESET);
    bench.resource().fails(reset.at_end());
    bench.resume_until(JobState::TransientError);
    assert!(bench.transferred() < 10 * MIB);
    bench.run_until(JobState::Transferred);
    assert_eq!(bench.uploads().posts(), 2);
    assert_eq!(bench.now - DateTime::UNIX_EPOCH, TimeDelta::seconds(10 + 600));
}

#[test]
fn a_reply_may_fail_and_go_on() {
    let mut bench = Bench::upload(JobType::UploadReply, "question");
    let reset = code(HResult::ERROR_INTERNET_CONNECTION_RESET);
    bench.uploads().reply("a long answer").reply_fails(reset.after(6));
    bench.resume_until(JobState::TransientError);
    assert_eq!(bench.job.reply_progress().unwrap().bytes_transferred, 6);
    bench.run_until(JobState::Transferred);
    assert_eq!(bench.uploads().posts(), 1);
    bench.complete().unwrap();
    let name = bench.job.reply_file_name().unwrap().unwrap();
    assert_eq!(bench.world.disk().read(&name).unwrap(), b"a long answer");
}

/// UPLOAD-17: a reply that is not fetched in time is lost.
#[test]
fn a_late_reply_is_lost() {
    let mut bench = Bench::upload(JobType::UploadReply, "question");
    bench.uploads().reply("answer").reply_fails(Fault::http(503));
    bench.server().session_timeout(Duration::from_secs(300)).clean_up_interval(Duration::ZERO);
    bench.resume_until(JobState::TransientError);
    bench.run_until(JobState::Error);
    bench.expect_error(HResult::BG_E_HTTP_ERROR_404, ErrorContext::RemoteFile);
}

/// UPLOAD-25: to a share. FILES-30: with the time stamp, which HTTP does not carry.
#[test]
fn an_upload_may_go_to_a_share() {
    let stamp = DateTime::UNIX_EPOCH + TimeDelta::days(1);
    let mut bench = Bench::upload(JobType::Upload, "report");
    bench.world.disk_mut().stamp(LOCAL, stamp);
    bench.resume_until(JobState::Transferred);
    assert_eq!(bench.resource().modified, None);

    let mut bench = Bench::new(JobType::Upload);
    bench.world.server(r"\\server").resource(r"share\report").uploads();
    bench.world.disk_mut().write(LOCAL, "report").stamp(LOCAL, stamp);
    bench.call(Call::add_file(FileInfo::new(r"\\server\share\report", LOCAL)));
    bench.resume_until(JobState::Transferred);
    let stored = bench.world.server(r"\\server").resource(r"share\report");
    assert_eq!(stored.stored(), Some(&Content::from("report")));
    assert_eq!(stored.modified, Some(stamp));
}

/// PROGRESS-03: the size of an upload becomes known once, whatever befalls it later.
#[test]
fn the_size_of_an_upload_is_told_once() {
    let mut bench = Bench::upload(JobType::Upload, 10 * MIB);
    bench.resource().fails(code(HResult::ERROR_INTERNET_CONNECTION_RESET).after(4 * MIB));
    bench.resume_until(JobState::Transferred);
    let told = |event: &&Event| matches!(event, Event::SizeKnown(_));
    assert_eq!(bench.events.iter().filter(told).count(), 1, "{:?}", bench.events);
}

/// UPLOAD-25: a file that cannot be written is not taken for stored when the job tries again.
#[test]
fn an_upload_that_the_disk_did_not_take_is_written_later() {
    let root = std::env::temp_dir().join(format!("bits-emulator-upload-{}", std::process::id()));
    let mut bench = Bench::new(JobType::Upload);
    *bench.world.env.disk = DiskState::in_directory(&root);
    bench.add_upload(r"D:\in\report", "report");
    std::fs::write(root.join("D"), "a file where a folder is needed").unwrap();
    bench.resume_until(JobState::Error);
    assert_eq!(bench.job.error().unwrap().context(), ErrorContext::RemoteFile);
    std::fs::remove_file(root.join("D")).unwrap();
    bench.resume_until(JobState::Transferred);
    assert_eq!(bench.world.disk().read(r"D:\in\report").as_deref(), Some(&b"report"[..]));
    std::fs::remove_dir_all(root).unwrap();
}

/// DONE-12, DONE-17, UPLOAD-21: the server is asked until it confirms.
#[test]
fn a_cancelled_upload_is_cancelled_at_the_server() {
    let mut bench = Bench::upload(JobType::Upload, 10 * MIB);
    bench.call(Call::Resume);
    bench.advance(TimeDelta::seconds(3));
    let id = bench.job.id();
    assert_eq!(bench.uploads().acknowledged(id), Some(3 * MIB));
    bench.resource().fails(Fault::http(500));
    bench.cancel();
    assert!(bench.job.is_cancelling_upload());
    let start = bench.now;
    bench.advance(TimeDelta::seconds(1));
    assert!(bench.job.is_cancelling_upload());
    bench.advance(TimeDelta::seconds(600));
    assert!(!bench.job.is_cancelling_upload());
    assert!(bench.events.contains(&Event::UploadCancelled));
    assert_eq!(bench.uploads().acknowledged(id), None);
    assert!(bench.now - start < TimeDelta::hours(1));
}

/// DONE-17: without a network it is asked for a day at most.
#[test]
fn a_server_that_cannot_be_reached_is_asked_for_a_day() {
    let mut bench = Bench::upload(JobType::Upload, 10 * MIB);
    bench.call(Call::Resume);
    bench.advance(TimeDelta::seconds(3));
    bench.world.set_network(false);
    bench.cancel();
    bench.advance(TimeDelta::hours(23));
    assert!(bench.job.is_cancelling_upload());
    bench.advance(TimeDelta::hours(2));
    assert!(!bench.job.is_cancelling_upload());
    assert_eq!(bench.world.next_event(), None);
}

/// DONE-13, UPLOAD-22: what the server has wholly stays, and only the reply is given up.
#[test]
fn cancelling_after_the_upload_gives_up_the_reply_only() {
    let mut bench = Bench::upload(JobType::UploadReply, "question");
    bench.uploads().reply("answer").reply_fails(Fault::http(503).always());
    bench.resume_until(JobState::TransientError);
    bench.cancel();
    bench.advance(TimeDelta::seconds(1));
    assert_eq!(bench.uploads().received(), Some(&Content::from("question")));
    assert_eq!(bench.world.disk().list(r"C:\app"), ["app.exe"]);
}
