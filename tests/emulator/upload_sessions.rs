//! What servers see of uploads: packets, sessions, applications.

use std::time::Duration;

use bits_emulator::chrono::TimeDelta;
use bits_emulator::server::{
    Ack, Content, Packet, PacketExchange, PacketKind, Resource, ServerNotification,
};
use bits_emulator::{
    Emulator, Error, ErrorContext, Fault, FileRange, HResult, Job, JobState, JobType, Session, User,
};

const ORIGIN: &str = "https://example.com";
const URL: &str = "https://example.com/in/report.txt";
const PATH: &str = r"C:\data\report.txt";

struct Bench {
    emulator: Emulator,
    session: Session,
    place: Resource,
}

fn bench(content: impl Into<Content>) -> Bench {
    let emulator = Emulator::new();
    let place = emulator.server(ORIGIN).resource("/in/report.txt");
    place.uploads(|_| ());
    emulator.disk().write(PATH, content);
    let session = emulator.connect(User::new("alice"));
    Bench { emulator, session, place }
}

impl Bench {
    fn upload(&self, job_type: JobType) -> Result<Job, Error> {
        let job = self.session.create_job("report", job_type)?;
        job.add_file(URL, PATH)?;
        job.resume()?;
        Ok(job)
    }

    fn exchanges(&self) -> Vec<PacketExchange> {
        self.emulator.server(ORIGIN).exchanges()
    }

    fn packets(&self) -> Vec<(Packet, Option<Ack>)> {
        let exchanges = self.exchanges().into_iter();
        exchanges.map(|exchange| (exchange.packet, exchange.ack)).collect()
    }
}

fn sent(first: u64, end: u64) -> (Packet, Option<Ack>) {
    let range = FileRange::new(first, end - first);
    (Packet::Fragment(range), Some(Ack::Received { next: end, reply_url: None }))
}

fn created() -> (Packet, Option<Ack>) {
    (Packet::CreateSession, Some(Ack::Created { host: None }))
}

fn closed() -> (Packet, Option<Ack>) {
    (Packet::CloseSession, Some(Ack::Done))
}

fn reset() -> Fault {
    Fault::code(HResult::ERROR_INTERNET_CONNECTION_RESET)
}

/// UPLOAD-02, UPLOAD-03: however large the file, a server is asked a few times, and sent no byte twice.
#[test]
fn no_byte_is_sent_twice() -> Result<(), Error> {
    let size = 4 << 30;
    let bench = bench(size);
    bench.place.fails(reset().after_percent(25)).fails(reset().after_percent(75));
    let job = bench.upload(JobType::Upload)?;
    assert!(bench.emulator.run_until_idle().is_at_rest());
    assert_eq!(job.state()?, JobState::Transferred);
    let sent: u64 = bench
        .exchanges()
        .iter()
        .filter_map(|exchange| match exchange.packet {
            Packet::Fragment(range) => Some(range.length),
            _ => None,
        })
        .sum();
    assert_eq!(sent, size);
    assert_eq!(bench.exchanges().len(), 5);
    Ok(())
}

/// A client that looks, and a test that looks at the server, change nothing.
#[test]
fn looking_changes_nothing() -> Result<(), Error> {
    let run = |looks: bool| -> Result<Vec<PacketExchange>, Error> {
        let bench = bench(100);
        bench.place.with_state(|resource| {
            resource.rate(7);
            resource.uploads().application_fails(503);
        });
        bench.place.fails(reset().after(40).losing_acks_of(3)).fails(reset().at_end());
        let job = bench.upload(JobType::UploadReply)?;
        for _ in 0..4_000 {
            bench.emulator.advance(Duration::from_secs(1));
            if looks {
                let told = job.progress()?.bytes_transferred;
                let there = bench.place.uploads(|place| place.acknowledged(job.id()));
                assert!(there.is_none_or(|there| there >= told));
            }
        }
        assert_eq!(job.state()?, JobState::Transferred);
        Ok(bench.exchanges())
    };
    assert_eq!(run(false)?, run(true)?);
    Ok(())
}

/// UPLOAD-06: an upload notices at once that its server forgot it.
#[test]
fn a_forgotten_session_is_noticed() -> Result<(), Error> {
    let bench = bench(100);
    bench.place.with_state(|resource| {
        resource.rate(1);
    });
    let job = bench.upload(JobType::Upload)?;
    bench.emulator.advance(Duration::from_secs(30));
    bench.place.uploads(|place| {
        assert_eq!(place.acknowledged(job.id()), Some(30));
        place.forget_sessions();
    });
    bench.emulator.advance(Duration::from_secs(10));
    assert_eq!(job.progress()?.bytes_transferred, 10);
    assert!(bench.emulator.run_until_idle().is_at_rest());
    assert_eq!(bench.place.uploads(|place| place.received().cloned()), Some(100.into()));
    let now = bench.emulator.now();
    assert_eq!((now - bench.exchanges()[0].sent), TimeDelta::seconds(130));
    Ok(())
}

/// UPLOAD-21: the session is closed behind a job that its client has completed and let go.
#[test]
fn a_session_is_closed_behind_its_job() -> Result<(), Error> {
    let bench = bench(10);
    bench.place.fails(Fault::http(500).at_packet(PacketKind::CloseSession).times(2));
    let job = bench.upload(JobType::Upload)?;
    while job.state()? != JobState::Transferred {
        bench.emulator.advance(Duration::from_millis(1));
    }
    let _ = job.complete()?;
    drop(job);
    assert_eq!(bench.place.uploads(|place| place.sessions().count()), 1);
    assert!(bench.emulator.run_until_idle().is_at_rest());
    let refused = (Packet::CloseSession, Some(Ack::Refused(HResult::BG_E_HTTP_ERROR_500)));
    assert_eq!(bench.packets(), [created(), sent(0, 10), refused.clone(), refused, closed()]);
    assert_eq!(bench.place.uploads(|place| place.sessions().count()), 0);
    Ok(())
}

/// UPLOAD-17: the clean-up removes what nobody goes on with, 14 days later.
#[test]
fn a_server_cleans_up() -> Result<(), Error> {
    let bench = bench(10);
    bench.place.fails(reset().after(4));
    let job = bench.upload(JobType::Upload)?;
    bench.emulator.advance(Duration::from_secs(1));
    job.suspend()?;
    let there = |days: u64| {
        bench.emulator.advance(Duration::from_secs(days * 86_400));
        bench.place.uploads(|place| place.acknowledged(job.id()))
    };
    assert_eq!(there(13), Some(4));
    assert_eq!(there(2), None);
    job.resume()?;
    assert!(bench.emulator.run_until_idle().is_at_rest());
    assert_eq!(bench.packets().last(), Some(&closed()));
    assert!(bench.packets().contains(&sent(0, 10)));
    Ok(())
}

/// UPLOAD-18: a server farm.
#[test]
fn a_farm_answers_from_one_node_until_it_is_gone() -> Result<(), Error> {
    let bench = bench(10);
    let (first, second) = ("https://node1.example.com", "https://node2.example.com");
    let nodes = [first, second].map(|origin| bench.emulator.server(origin));
    for node in &nodes {
        node.resource("/in/report.txt").uploads(|_| ());
    }
    let farm = bench.emulator.server(ORIGIN);
    farm.with_state(|server| {
        _ = server.host_id(first).host_id_fallback(Some(Duration::from_secs(3_600)))
    });
    nodes[0].resource("/in/report.txt").with_state(|resource| _ = resource.rate(1));
    let job = bench.upload(JobType::Upload)?;
    bench.emulator.advance(Duration::from_secs(4));
    nodes[0].resource("/in/report.txt").fails(reset().before_connection().always());
    job.suspend()?;
    farm.with_state(|server| _ = server.host_id(second));
    job.resume()?;
    bench.emulator.advance(Duration::from_secs(3_500));
    assert_eq!((job.progress()?.bytes_transferred, nodes[1].exchanges().len()), (4, 0));
    assert!(bench.emulator.run_until_idle().is_at_rest());
    assert_eq!(job.state()?, JobState::Transferred);
    let received = |node: &bits_emulator::server::Server| {
        node.resource("/in/report.txt").uploads(|place| place.received().cloned())
    };
    assert_eq!(nodes.each_ref().map(received), [None, Some(10.into())]);
    Ok(())
}

/// UPLOAD-07, UPLOAD-26: the application may get a file twice, and a test sees what it got.
#[test]
fn an_application_may_get_a_file_twice() -> Result<(), Error> {
    let bench = bench("all is well");
    bench.place.fails(reset().at_end()).uploads(|place| {
        place.notification(ServerNotification::ByValue).reply("thank you");
    });
    let job = bench.upload(JobType::UploadReply)?;
    assert!(bench.emulator.run_until_idle().is_at_rest());
    assert_eq!(job.state()?, JobState::Transferred);
    let posted = bench.place.uploads(|place| place.posted().cloned().collect::<Vec<_>>());
    let contents: Vec<_> = posted.iter().map(|post| post.content.clone()).collect();
    assert_eq!(contents, [Content::from("all is well"), Content::from("all is well")]);
    assert!(posted.iter().all(|post| post.job == job.id() && post.request_file.is_none()));
    assert_eq!(posted[0].session, posted[1].session);
    Ok(())
}

/// UPLOAD-15, ERR-18: upload, application and reply fail in their own ways.
#[test]
fn each_phase_fails_in_its_own_way() -> Result<(), Error> {
    type Prepare = fn(&Resource);
    let phases: [(Prepare, ErrorContext, bool); 4] = [
        (|place| _ = place.fails(404), ErrorContext::RemoteFile, false),
        (
            |place| {
                place.uploads(|place| _ = place.application_fails(400));
            },
            ErrorContext::RemoteApplication,
            false,
        ),
        (
            |place| {
                place.uploads(|place| _ = place.application_takes(Duration::from_secs(6 * 60)));
            },
            ErrorContext::RemoteApplication,
            false,
        ),
        (
            |place| {
                place.uploads(|place| _ = place.reply_fails(404));
            },
            ErrorContext::RemoteFile,
            true,
        ),
    ];
    for (prepare, context, replied) in phases {
        let bench = bench("question");
        prepare(&bench.place);
        let job = bench.upload(JobType::UploadReply)?;
        bench.emulator.advance(Duration::from_secs(301));
        assert!(job.state()?.is_error());
        assert_eq!(job.error()?.context(), context);
        assert_eq!(job.reply_progress()?.bytes_total.is_some(), replied);
    }
    Ok(())
}

/// UPLOAD-10: replies in one folder, of several jobs and beside other files, have names of their own.
#[test]
fn replies_have_names_of_their_own() -> Result<(), Error> {
    let bench = bench("question");
    bench.place.uploads(|place| {
        place.reply("answer");
    });
    bench.emulator.disk().write(r"C:\data\BIT0000.tmp", "somebody else's");
    let jobs = [bench.upload(JobType::UploadReply)?, bench.upload(JobType::UploadReply)?];
    let early = jobs[1].reply_file_name()?;
    assert!(bench.emulator.run_until_idle().is_at_rest());
    let mut names = Vec::new();
    for job in &jobs {
        let _ = job.complete()?;
        names.push(job.reply_file_name()?.unwrap());
    }
    assert_eq!(early.as_ref(), Some(&names[1]));
    assert_ne!(names[0], names[1]);
    for name in &names {
        assert_eq!(bench.emulator.disk().read(name).as_deref(), Some(&b"answer"[..]));
    }
    let other = bench.emulator.disk().read(r"C:\data\BIT0000.tmp");
    assert_eq!(other.as_deref(), Some(&b"somebody else's"[..]));
    for job in &jobs {
        let reply = job.reply_data()?.and_then(|reply| reply.bytes().map(<[u8]>::to_vec));
        assert_eq!(reply.as_deref(), Some(&b"answer"[..]));
    }
    Ok(())
}
