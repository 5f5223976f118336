//! The packets of uploads, as servers see them.

use super::*;
use crate::vocabulary::{AuthScheme, AuthTarget, Credentials, FileRange};

/// A packet and its answer.
pub(super) type Said = (Packet, Option<Ack>);

impl Bench {
    /// What reached a server, without the times.
    pub(super) fn packets_of(&mut self, origin: &str) -> Vec<Said> {
        let exchanges = self.world.server(origin).exchanges();
        exchanges.map(|exchange| (exchange.packet, exchange.ack.clone())).collect()
    }

    pub(super) fn packets(&mut self) -> Vec<Said> {
        self.packets_of("https://example.com")
    }

    /// Lets everything of this instant happen.
    pub(super) fn settle(&mut self) {
        self.advance(TimeDelta::zero());
    }
}

pub(super) fn created() -> Said {
    (Packet::CreateSession, Some(Ack::Created { host: None }))
}

pub(super) const fn fragment(first: u64, length: u64) -> Packet {
    Packet::Fragment(FileRange::new(first, length))
}

pub(super) fn sent(first: u64, end: u64) -> Said {
    (fragment(first, end - first), Some(Ack::Received { next: end, reply_url: None }))
}

pub(super) fn lost(first: u64, end: u64) -> Said {
    (fragment(first, end - first), None)
}

pub(super) fn closed() -> Said {
    (Packet::CloseSession, Some(Ack::Done))
}

pub(super) const UNKNOWN: Ack = Ack::Refused(HResult::BG_E_SESSION_NOT_FOUND);

pub(super) fn reset() -> Fault {
    code(HResult::ERROR_INTERNET_CONNECTION_RESET)
}

/// UPLOAD-02: each packet has its Ack, and nothing is sent before it. LIFE-20: the job is TRANSFERRED
/// with the last byte, whenever its session is closed.
#[test]
fn an_upload_is_a_session_of_packets() {
    let mut bench = Bench::upload(JobType::Upload, 10 * MIB);
    bench.server().latency(Duration::from_secs(2));
    bench.resume_until(JobState::Transferred);
    assert_eq!(bench.now - DateTime::UNIX_EPOCH, TimeDelta::seconds(12));
    assert_eq!(bench.packets(), [created(), sent(0, 10 * MIB)]);
    bench.complete().unwrap();
    bench.advance(TimeDelta::seconds(2));
    assert_eq!(bench.packets(), [created(), sent(0, 10 * MIB), closed()]);
    let times: Vec<_> = bench
        .server()
        .exchanges()
        .map(|exchange| [exchange.sent, exchange.answered].map(|at| at.timestamp()))
        .collect();
    assert_eq!(times, [[0, 2], [2, 12], [12, 14]]);
    assert_eq!(bench.world.next_event(), None);
}

/// UPLOAD-02: a server that asks for credentials is pinged first.
#[test]
fn a_server_that_asks_is_pinged() {
    let mut bench = Bench::upload(JobType::Upload, 10);
    bench.server().challenge(AuthChallenge::new(AuthScheme::Basic, "bob", "secret"));
    bench.server().fails(Fault::http(503).at_packet(PacketKind::Ping));
    let credentials = Credentials::new(AuthTarget::Server, AuthScheme::Basic, "bob", "secret");
    bench.call(Call::SetCredentials(credentials.into()));
    bench.resume_until(JobState::TransientError);
    bench.run_until(JobState::Transferred);
    bench.settle();
    let ping = |ack| (Packet::Ping, Some(ack));
    let busy = Ack::Refused(HResult::BG_E_HTTP_ERROR_503);
    let packets = bench.packets();
    assert_eq!(packets[0], ping(busy));
    assert_eq!(packets[packets.len() - 4..], [ping(Ack::Done), created(), sent(0, 10), closed()]);
}

/// UPLOAD-03, UPLOAD-06: after a reset, no byte is sent twice.
#[test]
fn an_upload_goes_on_where_the_ack_said() {
    let mut bench = Bench::upload(JobType::Upload, 10);
    bench.resource().fails(reset().after(4)).fails(reset().after(7));
    bench.resume_until(JobState::Transferred);
    bench.settle();
    assert_eq!(bench.packets(), [created(), sent(0, 4), sent(4, 7), sent(7, 10), closed()]);
}

/// UPLOAD-03: bytes whose Ack was lost are sent again, and ignored.
#[test]
fn bytes_without_an_ack_are_sent_again() {
    let mut bench = Bench::upload(JobType::Upload, "0123456789");
    bench.resource().fails(reset().after(6).losing_acks_of(2));
    bench.resume_until(JobState::TransientError);
    assert_eq!(bench.transferred(), 4);
    let id = bench.job.id();
    assert_eq!(bench.uploads().acknowledged(id), Some(6));
    bench.run_until(JobState::Transferred);
    bench.settle();
    let packets = [created(), sent(0, 4), lost(4, 6), sent(4, 10), closed()];
    assert_eq!(bench.packets(), packets);
    assert_eq!(bench.uploads().received(), Some(&Content::from("0123456789")));
}

/// UPLOAD-03: a server that lost bytes answers 416, and gets them again. PROGRESS-07: the job does not
/// go back.
#[test]
fn a_gap_is_filled() {
    for suspended in [false, true] {
        let mut bench = Bench::upload(JobType::Upload, "0123456789");
        bench.resource().rate(1);
        bench.call(Call::Resume);
        bench.advance(TimeDelta::seconds(6));
        if suspended {
            bench.call(Call::Suspend);
        }
        let now = bench.now;
        bench.world.with_server("https://example.com", now, |server| {
            server.resource("/app.exe").uploads().roll_back(2);
        });
        if suspended {
            bench.call(Call::Resume);
        }
        bench.advance(TimeDelta::seconds(1));
        assert_eq!(bench.transferred(), 6);
        bench.run_until(JobState::Transferred);
        assert_eq!(bench.now - DateTime::UNIX_EPOCH, TimeDelta::seconds(6 + 8));
        bench.settle();
        let gap = (fragment(6, 4), Some(Ack::Gap { next: 2 }));
        assert_eq!(bench.packets(), [created(), sent(0, 6), gap, sent(2, 10), closed()]);
        assert_eq!(bench.uploads().received(), Some(&Content::from("0123456789")));
    }
}

/// UPLOAD-06: a session that is gone shows at the next fragment.
#[test]
fn a_lost_session_is_begun_anew() {
    let mut bench = Bench::upload(JobType::Upload, 10);
    bench.resource().rate(1);
    bench.call(Call::Resume);
    bench.advance(TimeDelta::seconds(6));
    let now = bench.now;
    bench.world.with_server("https://example.com", now, |server| {
        server.resource("/app.exe").uploads().forget_sessions();
    });
    bench.run_until(JobState::Transferred);
    assert_eq!(bench.now - now, TimeDelta::seconds(10));
    bench.settle();
    let unknown = (fragment(6, 0), Some(UNKNOWN));
    let again = [created(), sent(0, 10), closed()];
    assert_eq!(bench.packets()[..3], [created(), sent(0, 6), unknown]);
    assert_eq!(bench.packets()[3..], again);
}

/// A Create-Session whose Ack is lost leaves a session behind, until the server cleans up (UPLOAD-17).
#[test]
fn a_session_that_no_client_knows_is_cleaned_up() {
    let mut bench = Bench::upload(JobType::Upload, 10);
    bench.resource().fails(reset().at_packet(PacketKind::CreateSession).losing_ack());
    bench.resume_until(JobState::Transferred);
    bench.settle();
    assert_eq!(bench.packets()[0], (Packet::CreateSession, None));
    assert_eq!(bench.uploads().sessions().count(), 1);
    let mut is_there_at = |time: TimeDelta| {
        let now = DateTime::UNIX_EPOCH + time;
        bench.world.with_server("https://example.com", now, |server| {
            server.resource("/app.exe").uploads().sessions().count() == 1
        })
    };
    assert!(is_there_at(TimeDelta::days(14) - TimeDelta::seconds(1)));
    assert!(!is_there_at(TimeDelta::days(14)));
}

/// UPLOAD-17: the clean-up comes every 12 hours, and each byte puts it off.
#[test]
fn progress_keeps_a_session() {
    let mut bench = Bench::upload(JobType::Upload, 10);
    bench.server().session_timeout(Duration::from_secs(86_400));
    bench.resource().fails(reset().after(4));
    bench.advance(TimeDelta::hours(1));
    bench.resume_until(JobState::TransientError);
    bench.call(Call::Suspend);
    // Its time is over at 1:00 of the next day, and the clean-up is at 12:00.
    bench.advance(TimeDelta::hours(34));
    bench.resource().fails(reset().after(8));
    bench.resume_until(JobState::TransientError);
    bench.call(Call::Suspend);
    bench.advance(TimeDelta::hours(24));
    bench.resume_until(JobState::Transferred);
    assert!(!bench.events.contains(&Event::SessionLost));
    assert_eq!(bench.packets(), [created(), sent(0, 4), sent(4, 8), sent(8, 10)]);
}

/// UPLOAD-05: the last Ack says where the reply is, and the session is closed behind it. UPLOAD-04: the
/// application has the file before.
#[test]
fn a_reply_is_fetched_before_its_session_is_closed() {
    let mut bench = Bench::upload(JobType::UploadReply, "question");
    bench.uploads().reply("answer").reply_fails(Fault::http(503));
    bench.resume_until(JobState::TransientError);
    assert_eq!(bench.uploads().posts(), 1);
    assert_eq!(bench.uploads().sessions().count(), 1);
    let packets = bench.packets();
    let Some((_, Some(Ack::Received { next: 8, reply_url: Some(url) }))) = packets.last() else {
        panic!("{packets:?}");
    };
    let session = bench.uploads().sessions().next().unwrap().0.clone();
    assert_eq!(**url, format!("https://example.com/BITS-Sessions/Replies/{session}/response"));
    bench.run_until(JobState::Transferred);
    bench.settle();
    assert_eq!(bench.packets().last(), Some(&closed()));
    assert_eq!(bench.uploads().sessions().count(), 0);
    assert_eq!(bench.server().requests().last().unwrap().method.as_ref(), "GET");
    assert_eq!(&bench.server().requests().last().unwrap().url, url);
}

/// UPLOAD-21: Close-Session is repeated after 5xx, and not after anything else. The job does not care.
#[test]
fn a_session_is_closed_until_the_server_says_so() {
    let close = |ack: Ack| (Packet::CloseSession, Some(ack));
    let refused = |status| close(Ack::Refused(HResult::from_http_status(status)));
    let cases: [(Fault, &[Said]); 5] = [
        (Fault::http(500), &[refused(500), refused(500), closed()]),
        (Fault::http(599), &[refused(599), refused(599), closed()]),
        (Fault::http(404), &[refused(404)]),
        (code(HResult::BG_E_SESSION_NOT_FOUND), &[close(UNKNOWN)]),
        (
            Fault::http(500).losing_ack(),
            &[(Packet::CloseSession, None), (Packet::CloseSession, None), close(UNKNOWN)],
        ),
    ];
    for (fault, answers) in cases {
        let mut bench = Bench::upload(JobType::Upload, 10);
        bench.resource().fails(fault.at_packet(PacketKind::CloseSession).times(2));
        bench.resume_until(JobState::Transferred);
        bench.complete().unwrap();
        bench.advance(TimeDelta::days(2));
        assert_eq!(bench.packets()[2..], *answers);
        assert_eq!(bench.world.next_event(), None);
    }
}

/// UPLOAD-21: it is not asked for ever; then the server cleans up (UPLOAD-17).
#[test]
fn a_session_is_not_closed_for_ever() {
    let mut bench = Bench::upload(JobType::Upload, 10);
    bench.resource().fails(Fault::http(500).at_packet(PacketKind::CloseSession).always());
    bench.resume_until(JobState::Transferred);
    bench.advance(TimeDelta::days(3));
    assert_eq!(bench.packets().len(), 2 + 24 * 6 + 1);
    assert_eq!(bench.world.next_event(), None);
}

/// UPLOAD-21: nor is it forgotten because it is inspected too early when the job no longer exists.
#[test]
fn a_look_too_early_does_not_keep_a_session_from_being_closed() {
    let mut bench = Bench::upload(JobType::Upload, 10);
    bench.server().latency(Duration::from_secs(5));
    bench.resume_until(JobState::Transferred);
    bench.complete().unwrap();
    let id = bench.job.id();
    bench.world.poll_orphan(id, bench.now);
    assert_eq!(bench.packets().len(), 2);
    let (at, _) = bench.world.next_event().unwrap();
    bench.world.poll_orphan(id, at);
    assert_eq!(bench.packets()[2..], [closed()]);
    assert_eq!(bench.world.next_event(), None);
}

/// DONE-17, UPLOAD-21: and so is Cancel-Session.
#[test]
fn a_session_is_cancelled_until_the_server_says_so() {
    let cancel = |ack: Ack| (Packet::CancelSession, Some(ack));
    let refused = |status| cancel(Ack::Refused(HResult::from_http_status(status)));
    let cases: [(Fault, &[Said]); 5] = [
        (Fault::http(500), &[refused(500), refused(500), cancel(Ack::Done)]),
        (Fault::http(404), &[refused(404)]),
        (code(HResult::BG_E_SESSION_NOT_FOUND), &[cancel(UNKNOWN)]),
        (Fault::silence(), &[(Packet::CancelSession, None), (Packet::CancelSession, None)]),
        (
            reset().losing_ack(),
            &[(Packet::CancelSession, None), (Packet::CancelSession, None), cancel(UNKNOWN)],
        ),
    ];
    for (fault, answers) in cases {
        let mut bench = Bench::upload(JobType::Upload, 10);
        bench.resource().rate(1);
        bench.call(Call::Resume);
        bench.advance(TimeDelta::seconds(4));
        bench.resource().fails(fault.at_packet(PacketKind::CancelSession).times(2));
        bench.cancel();
        bench.advance(TimeDelta::seconds(1_201));
        assert!(!bench.job.is_cancelling_upload());
        assert_eq!(bench.packets()[2..2 + answers.len()], *answers);
        assert_eq!(bench.uploads().received(), None);
    }
}

/// UPLOAD-22: Cancel-Session after the last fragment does not undo the upload, and gives up the reply.
#[test]
fn a_cancelled_session_loses_its_reply_only() {
    let mut bench = Bench::upload(JobType::UploadReply, "question");
    bench.uploads().reply("answer").copy_to_destination();
    bench.uploads().reply_fails(Fault::http(503).always());
    bench.resume_until(JobState::TransientError);
    bench.cancel();
    bench.settle();
    assert_eq!(bench.packets().last(), Some(&(Packet::CancelSession, Some(Ack::Done))));
    assert_eq!(bench.uploads().sessions().count(), 0);
    assert_eq!(bench.resource().stored(), Some(&Content::from("question")));
}

/// UPLOAD-08: the session of a file that changed is cancelled.
#[test]
fn the_session_of_a_changed_file_is_cancelled() {
    let mut bench = Bench::upload(JobType::Upload, 10);
    bench.resource().rate(1);
    bench.call(Call::Resume);
    bench.advance(TimeDelta::seconds(4));
    bench.world.disk_mut().write(LOCAL, 10);
    bench.run_until(JobState::Error);
    assert_eq!(bench.packets().last(), Some(&(Packet::CancelSession, Some(Ack::Done))));
}
