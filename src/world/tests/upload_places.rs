//! Places to which files are uploaded: their hosts, their applications, whom they let in.

use super::upload_packets::{UNKNOWN, closed, created, fragment, lost, reset, sent};
use super::*;
use crate::machine::Directory;
use crate::vocabulary::{AuthScheme, AuthTarget, Credentials};

const NODE: &str = "https://node1.example.com";

/// A file on the node, under a name that stands for it.
fn hosted(fallback: Option<Duration>) -> Bench {
    let mut bench = Bench::upload(JobType::Upload, 10);
    bench.server().host_id(NODE).host_id_fallback(fallback);
    bench.world.server(NODE).resource("/app.exe").fails(reset().after(4)).uploads();
    bench
}

/// UPLOAD-18: the client goes on with the host that the server named.
#[test]
fn a_session_stays_at_its_host() {
    let mut bench = hosted(Some(Duration::from_secs(86_400)));
    bench.server().host_id(NODE);
    bench.resource().fails(reset().after(4));
    bench.resume_until(JobState::TransientError);
    // Who answers to the original name does not matter any more.
    bench.world.remove_server("https://example.com");
    bench.world.server(NODE).resource("/app.exe").clear_faults();
    bench.run_until(JobState::Transferred);
    bench.settle();
    let host = Some(NODE.into());
    let created = (Packet::CreateSession, Some(Ack::Created { host }));
    assert_eq!(bench.packets_of(NODE), [created, sent(0, 4), sent(4, 10), closed()]);
    let requests: Vec<_> =
        bench.world.server(NODE).requests().map(|request| request.url.to_string()).collect();
    assert_eq!(requests, [format!("{NODE}/app.exe")]);
}

/// UPLOAD-18, UPLOAD-06: without its host the client turns to the original name, after a time, and
/// begins anew with another server.
#[test]
fn a_client_gives_its_host_up() {
    let mut bench = hosted(Some(Duration::from_secs(7_200)));
    bench.resource().fails(reset().after(4));
    bench.resume_until(JobState::TransientError);
    bench.world.remove_server(NODE);
    bench.server().host_id(None);
    bench.advance(TimeDelta::hours(2));
    assert_eq!((bench.transferred(), bench.packets().len()), (4, 0));
    bench.run_until(JobState::Transferred);
    bench.settle();
    let since = bench.now - DateTime::UNIX_EPOCH - TimeDelta::seconds(600);
    assert!(since >= TimeDelta::hours(2) && since <= TimeDelta::hours(2) + TimeDelta::seconds(601));
    assert!(bench.events.contains(&Event::SessionLost));
    let unknown = (fragment(4, 0), Some(UNKNOWN));
    assert_eq!(bench.packets(), [unknown, created(), sent(0, 10), closed()]);
}

/// UPLOAD-18: a host that comes back in time is used, and without a timeout it is never given up, so
/// that the job fails first.
#[test]
fn a_client_may_never_give_its_host_up() {
    let mut bench = hosted(None);
    bench.resource().fails(reset().after(4));
    bench.resume_until(JobState::TransientError);
    bench.world.remove_server(NODE);
    bench.server().host_id(None);
    bench.call(Call::SetMinimumRetryDelay(86_400));
    bench.run_until(JobState::Error);
    assert_eq!(bench.packets(), []);
    assert!(bench.now - DateTime::UNIX_EPOCH >= TimeDelta::days(14));
}

/// UPLOAD-26: what the application gets, by reference and by value.
#[test]
fn an_application_is_told_in_one_of_two_ways() {
    for by in [ServerNotification::ByReference, ServerNotification::ByValue] {
        let mut bench = Bench::upload(JobType::UploadReply, "question");
        bench.uploads().notification(by).reply("answer");
        bench.resume_until(JobState::Transferred);
        let session = bench.server().exchanges().last().unwrap().session.clone().unwrap();
        let post = bench.uploads().posted().next().unwrap().clone();
        assert_eq!((post.by, &post.content, &*post.url), (by, &"question".into(), URL));
        let file = |folder: &str, name: &str| {
            let path = format!(r"C:\inetpub\BITS-Sessions\{folder}\{session}\{name}");
            (by == ServerNotification::ByReference).then_some(path)
        };
        assert_eq!(post.request_file, file("Requests", "app.exe"));
        assert_eq!(post.response_file, file("Replies", "response"));
        assert_eq!(bench.resource().stored(), None);
    }
}

/// UPLOAD-19: what an application copies to the remote name replaces nothing either.
#[test]
fn a_copy_at_the_remote_name_replaces_no_file() {
    for copies in [false, true] {
        let mut bench = Bench::upload(JobType::Upload, "new");
        bench.resource().content("old");
        let uploads = bench.uploads().notification(ServerNotification::ByValue);
        if copies {
            uploads.copy_to_destination();
        }
        bench.resume_until(if copies { JobState::TransientError } else { JobState::Transferred });
        assert_eq!(bench.resource().stored(), Some(&"old".into()));
    }
}

/// UPLOAD-05: the reply of a remote name without a path is on the same server.
#[test]
fn the_reply_is_on_the_server_of_the_upload() {
    let mut bench = Bench::new(JobType::UploadReply);
    bench.add_upload("https://example.com", "question");
    bench.server().resource("/").uploads().reply("answer");
    bench.resume_until(JobState::Transferred);
    assert_eq!(bench.job.reply_data(), Ok(6));
    let asked = bench.server().requests().last().unwrap();
    assert!(asked.url.starts_with("https://example.com/BITS-Sessions/Replies/"), "{}", asked.url);
}

/// UPLOAD-26: a reply that stands somewhere else, and stays there.
#[test]
fn a_reply_may_stand_elsewhere() {
    let mut bench = Bench::upload(JobType::UploadReply, "question");
    bench.world.server("https://example.org").resource("/thanks").content("the same to all");
    bench.uploads().static_reply("https://example.org/thanks");
    bench.resume_until(JobState::Transferred);
    assert_eq!(bench.job.reply_data(), Ok(15));
    bench.complete().unwrap();
    let name = bench.world.assign_reply_name(&bench.job).unwrap();
    assert_eq!(bench.world.disk().read(&name).unwrap(), b"the same to all");
    let kept = bench.world.server("https://example.org").resource("/thanks");
    assert!(kept.stored().is_some());
}

/// UPLOAD-15: the application may take its time, up to five minutes.
#[test]
fn an_application_may_take_its_time() {
    let mut bench = Bench::upload(JobType::Upload, 10);
    bench.uploads().application_takes(Duration::from_secs(299));
    bench.call(Call::Resume);
    bench.advance(TimeDelta::seconds(298));
    assert_eq!((bench.uploads().posts(), bench.job.state()), (1, JobState::Transferring));
    assert_eq!(bench.packets().last(), Some(&lost(9, 10)), "not yet");
    bench.advance(TimeDelta::seconds(2));
    assert_eq!(bench.job.state(), JobState::Transferred);
    assert!(bench.packets().contains(&sent(9, 10)));

    let mut bench = Bench::upload(JobType::Upload, 10);
    bench.uploads().application_takes(Duration::from_secs(5 * 60));
    bench.resume_until(JobState::TransientError);
    bench.expect_error(HResult::ERROR_WINHTTP_TIMEOUT, ErrorContext::RemoteApplication);
    bench.uploads().application_takes(Duration::ZERO);
    bench.run_until(JobState::Transferred);
    assert_eq!(bench.uploads().posts(), 2);
}

/// UPLOAD-30: the user needs change permission, not only write.
#[test]
fn writing_is_not_enough() {
    let mut bench = Bench::upload(JobType::Upload, 10);
    bench.uploads().write_only();
    bench.resume_until(JobState::Error);
    bench.expect_error(HResult::E_ACCESSDENIED, ErrorContext::RemoteFile);
    let refused = Some(Ack::Refused(HResult::E_ACCESSDENIED));
    assert_eq!(bench.packets(), [(Packet::CreateSession, refused)]);
}

/// HTTP-15: a server that admits everyone asks for no credentials.
#[test]
fn a_server_that_never_asks_may_deny_access() {
    let credentials = || Credentials::new(AuthTarget::Server, AuthScheme::Basic, "bob", "secret");
    for (job_type, code) in [
        (JobType::Download, HResult::BG_E_HTTP_ERROR_401),
        (JobType::Upload, HResult::E_ACCESSDENIED),
    ] {
        let mut bench = match job_type {
            JobType::Download => Bench::download(10),
            _ => Bench::upload(job_type, 10),
        };
        bench.call(Call::SetCredentials(credentials().into()));
        bench.resource().allow_anonymous(false);
        let server = bench.server();
        server
            .challenge(AuthChallenge::new(AuthScheme::Basic, "bob", "secret"))
            .allow_anonymous(true);
        bench.resume_until(JobState::Error);
        bench.expect_error(code, ErrorContext::RemoteFile);
        bench.server().allow_anonymous(false);
        bench.resume_until(JobState::Transferred);
    }
}

/// UPLOAD-25: what a test declared as a server takes the upload, also where the disk has such a share.
#[test]
fn a_declared_share_is_not_on_the_disk() {
    const SHARE: &str = r"\\server\share\in\a";
    for declared in [false, true] {
        let mut bench = Bench::new(JobType::Upload);
        bench.world.disk_mut().write(r"\\server\share\in\b", "there is such a share");
        if declared {
            bench.world.server(r"\\server").resource(r"share\in\a").uploads();
        }
        bench.add_upload(SHARE, "all is well");
        bench.resume_until(JobState::Transferred);
        assert_eq!(bench.world.disk().exists(SHARE), !declared);
    }
}

/// UPLOAD-10: a name that the client gives counts also after one was made.
#[test]
fn a_reply_has_the_name_given_last() {
    const GIVEN: &str = r"C:\app\given.txt";
    let mut bench = Bench::upload(JobType::UploadReply, "question");
    bench.uploads().reply("answer");
    let made = bench.world.assign_reply_name(&bench.job).unwrap();
    bench.call(Call::SetReplyFileName(Some(GIVEN.into()), Directory::Writable));
    bench.resume_until(JobState::Transferred);
    bench.complete().unwrap();
    let disk = bench.world.disk();
    assert_eq!(disk.read(GIVEN).unwrap(), b"answer");
    assert!(!disk.exists(&made));
}

/// UPLOAD-10: two replies in one folder have two names.
#[test]
fn two_replies_have_two_names() {
    let mut bench = Bench::upload(JobType::UploadReply, "question");
    bench.uploads().reply("answer");
    let other = JobOptions {
        id: JobId(uuid::Uuid::from_u128(7)),
        job_type: JobType::UploadReply,
        ..JobOptions::default()
    };
    let mut other = JobStateMachine::new(other, bench.now);
    let file = FileInfo::new(URL, r"C:\app\other.txt");
    other.call(Call::add_file(file), bench.now).unwrap();
    let theirs = bench.world.assign_reply_name(&other).unwrap();
    bench.resume_until(JobState::Transferred);
    bench.complete().unwrap();
    let ours = bench.world.assign_reply_name(&bench.job).unwrap();
    assert_ne!(ours, theirs);
    assert_eq!(bench.world.disk().read(&ours).unwrap(), b"answer");
    assert_eq!(Some(theirs), bench.world.assign_reply_name(&other));
}
