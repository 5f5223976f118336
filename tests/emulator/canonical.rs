//! The canonical state of an emulator: what changes it, what does not, and that runs repeat it.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hasher};
use std::time::Duration;

use bits_emulator::chrono::{DateTime, TimeDelta};
use bits_emulator::hooks::Calls;
use bits_emulator::policy::{Block, CostFlags, Link, Policies};
use bits_emulator::server::{Acl, AuthChallenge};
use bits_emulator::settings::{AuthScheme, AuthTarget, CertificateLookup, Credentials};
use bits_emulator::uuid::Uuid;
use bits_emulator::{
    Callback, Clock, Emulator, Error, Fault, HResult, Hook, Job, JobPriority, JobState, JobType,
    Method, NotifyFlags, Session, User,
};

const ORIGIN: &str = "https://example.com";

fn hash(emulator: &Emulator) -> u64 {
    let mut hasher = DefaultHasher::new();
    emulator.hash_state(&mut hasher);
    hasher.finish()
}

struct Silent;

impl Callback for Silent {}

/// A download that is TRANSFERRING, and one that waits for its turn.
struct Scene {
    emulator: Emulator,
    session: Session,
    job: Job,
}

impl Scene {
    fn new() -> Result<Self, Error> {
        let emulator = Emulator::new();
        let server = emulator.server(ORIGIN);
        server.file("/app.exe", 10 << 20);
        server.resource("/in/report.txt").uploads(|_| ());
        emulator.disk().write(r"C:\report.txt", "all is well");
        let session = emulator.connect(User::new("alice"));
        let download = |local: &str| {
            let job = session.create_job("update", JobType::Download)?;
            job.add_file(format!("{ORIGIN}/app.exe"), local)?;
            job.resume().map(|()| job)
        };
        let job = download(r"C:\app\app.exe")?;
        download(r"C:\app\other.exe")?;
        emulator.advance(Duration::from_secs(3));
        assert_eq!(job.state()?, JobState::Transferring);
        Ok(Self { emulator, session, job })
    }
}

type Change = (&'static str, fn(&Scene));

/// Changes of which each alone matters to what will happen.
const CHANGES: &[Change] = &[
    ("time", |it| _ = it.emulator.advance(Duration::from_nanos(100))),
    ("wall clock", |it| it.emulator.change_clock(TimeDelta::minutes(1))),
    ("network", |it| it.emulator.disconnect_network()),
    ("cost", |it| it.emulator.set_network_cost(CostFlags::ROAMING)),
    ("block", |it| it.emulator.block(Block::BandwidthPolicy)),
    ("sharing host", |it| it.emulator.set_sharing_host(false)),
    ("link", |it| it.emulator.set_link(Link::new(1_000))),
    ("load", |it| it.emulator.set_link(Link::UNLIMITED.busy(1))),
    ("a user leaves", |it| it.emulator.log_off(User::new("alice"))),
    ("another session", |it| it.emulator.log_on(User::new("alice"))),
    ("another user", |it| it.emulator.log_on(User::new("bob"))),
    ("a process", |it| _ = it.emulator.run_as(User::new("alice"))),
    ("a process ends", |it| it.session.kill()),
    ("service stops", |it| it.emulator.stop()),
    ("service restarts", |it| it.emulator.restart()),
    ("code of a dead interface", |it| it.emulator.set_unavailable_code(HResult::E_FAIL)),
    ("policy", |it| it.emulator.set_policies(Policies { jobs_per_user: 2, ..Policies::default() })),
    ("certificate store", |it| it.emulator.set_certificate_lookup(CertificateLookup::NoStore)),
    ("clock", |it| it.emulator.set_clock(Clock::UntilRest)),
    ("clock of a job", |it| it.emulator.set_clock_of(&it.job, Clock::EachPoll(2))),
    ("program", |it| it.emulator.on_program(|_, _, _| 0)),
    ("class", |it| it.emulator.set_class(Uuid::from_u128(1), Silent)),
    ("hook", |it| it.emulator.hook(Hook::fail(Calls::Any, HResult::E_FAIL))),
    ("other hook", |it| it.emulator.hook(Hook::kill(Method::Resume))),
    ("server", |it| _ = it.emulator.server("https://example.org")),
    ("no server", |it| it.emulator.remove_server(ORIGIN)),
    ("fault of a server", |it| server(it, |server| _ = server.fails(503))),
    ("challenge", |it| {
        let challenge = AuthChallenge::new(AuthScheme::Basic, "alice", "secret");
        server(it, |server| _ = server.challenge(challenge));
    }),
    ("latency", |it| server(it, |server| _ = server.latency(Duration::from_secs(1)))),
    ("rate", |it| server(it, |server| _ = server.rate(1))),
    ("ranges", |it| server(it, |server| _ = server.without_ranges())),
    ("fault", |it| _ = file(it).fails(Fault::http(503))),
    ("two faults", |it| _ = file(it).fails(Fault::http(503).times(2))),
    ("other fault", |it| _ = file(it).fails(Fault::http(503).after(1))),
    ("content", |it| file(it).with_state(|file| _ = file.content(10_u64 << 20))),
    ("bytes", |it| file(it).with_state(|file| _ = file.content("other bytes"))),
    ("stamp", |it| file(it).with_state(|file| _ = file.modified(DateTime::UNIX_EPOCH))),
    ("redirect", |it| file(it).with_state(|file| _ = file.redirect(302, "https://example.org"))),
    ("uploads", |it| {
        let uploads = it.emulator.server(ORIGIN).resource("/in/report.txt");
        uploads.uploads(|uploads| _ = uploads.maximum_size(1));
    }),
    ("application", |it| {
        let uploads = it.emulator.server(ORIGIN).resource("/in/report.txt");
        uploads.uploads(|uploads| _ = uploads.application_fails(403));
    }),
    ("proxy", |it| it.emulator.with_proxy(|proxy| _ = proxy.become_only_way())),
    ("file", |it| _ = it.emulator.disk().write(r"C:\other.txt", 1)),
    ("bytes of a file", |it| _ = it.emulator.disk().write(r"C:\report.txt", "all is lost")),
    ("stamp of a file", |it| {
        it.emulator.disk().stamp(r"C:\report.txt", DateTime::UNIX_EPOCH);
    }),
    ("no file", |it| _ = it.emulator.disk().delete(r"C:\report.txt")),
    ("space", |it| _ = it.emulator.disk().set_free("C:", 1 << 40)),
    ("locked file", |it| _ = it.emulator.disk().lock_file(r"C:\app\app.exe")),
    ("locked volume", |it| _ = it.emulator.disk().lock_volume("D:")),
    ("folder", |it| _ = it.emulator.disk().deny(r"C:\app")),
    ("no folder", |it| _ = it.emulator.disk().remove_dir(r"C:\app")),
    ("undeletable", |it| _ = it.emulator.disk().make_undeletable(r"C:\app")),
    ("rights", |it| _ = it.emulator.disk().set_acl(r"C:\app", Acl::only([]))),
    ("owner", |it| {
        let owner = it.emulator.sid(User::new("alice"));
        it.emulator.disk().set_owner(r"C:\report.txt", owner);
    }),
    ("drive", |it| {
        let user = it.emulator.sid(User::new("alice"));
        it.emulator.disk().map_drive("Z:", user, r"\\server\share");
    }),
    ("job", |it| _ = it.session.create_job("another", JobType::Upload)),
    ("job of another name", |it| _ = it.session.create_job("a third", JobType::Upload)),
    ("suspend", |it| it.job.suspend().unwrap()),
    ("priority", |it| it.job.set_priority(JobPriority::Low).unwrap()),
    ("description", |it| it.job.set_description("new").unwrap()),
    ("retry delay", |it| it.job.set_minimum_retry_delay(Duration::from_secs(60)).unwrap()),
    ("credentials", |it| it.job.set_credentials(credentials("secret")).unwrap()),
    ("other credentials", |it| it.job.set_credentials(credentials("secrets")).unwrap()),
    ("callback", |it| it.job.set_notify_interface(Silent).unwrap()),
    ("flags", |it| it.job.set_notify_flags(NotifyFlags::JOB_MODIFICATION).unwrap()),
    ("command line", |it| it.job.set_notify_cmd_line(Some(r"C:\told.exe"), None).unwrap()),
    ("cancel", |it| _ = it.job.cancel().unwrap()),
];

fn server(it: &Scene, change: impl FnOnce(&mut bits_emulator::server::ServerState)) {
    it.emulator.server(ORIGIN).with_state(change);
}

fn file(it: &Scene) -> bits_emulator::server::Resource {
    it.emulator.server(ORIGIN).resource("/app.exe")
}

fn credentials(password: &str) -> Credentials {
    Credentials::new(AuthTarget::Server, AuthScheme::Basic, "alice", password)
}

/// Each change alone makes another state, and no two make the same.
#[test]
fn whatever_matters_changes_the_state() -> Result<(), Error> {
    let scene = Scene::new()?;
    let before = hash(&scene.emulator);
    let mut states = BTreeSet::from([before]);
    for (what, change) in CHANGES {
        let emulator = scene.emulator.fork();
        assert_eq!(hash(&emulator), before, "a fork has the same state");
        let session = scene.session.counterpart(&emulator);
        let job = scene.job.counterpart(&emulator);
        let copy = Scene { emulator, session, job };
        change(&copy);
        assert!(states.insert(hash(&copy.emulator)), "{what} makes no other state");
    }
    assert_eq!(hash(&scene.emulator), before);
    Ok(())
}

/// A file that a client has open is one that cannot be renamed, until it is closed.
#[test]
fn open_files_are_a_part_of_the_state() -> Result<(), Error> {
    let Scene { emulator, .. } = Scene::new()?;
    let before = hash(&emulator);
    let open = emulator.disk().open(r"C:\report.txt");
    let while_open = hash(&emulator);
    assert_ne!(while_open, before);
    drop(open);
    assert_eq!(hash(&emulator), before);
    Ok(())
}

/// Looks, refused calls, calls that fail by a hook, and what tests see of the past change nothing.
#[test]
fn looks_and_refusals_change_nothing() -> Result<(), Error> {
    let Scene { emulator, session, job } = Scene::new()?;
    let before = hash(&emulator);
    let looks: [(&str, &dyn Fn()); 12] = [
        ("state", &|| _ = job.state()),
        ("progress", &|| _ = job.progress()),
        ("error", &|| _ = job.error()),
        ("times", &|| _ = job.times()),
        ("files", &|| _ = job.files().map(|files| files[0].temporary_name())),
        ("jobs", &|| _ = session.jobs()),
        ("job", &|| _ = session.job(job.id())),
        ("refusal", &|| assert!(job.add_file("nowhere", "nothing").is_err())),
        ("disk", &|| _ = emulator.disk().list(r"C:\app")),
        ("requests", &|| _ = emulator.server(ORIGIN).requests()),
        ("trace", &|| _ = (emulator.trace(), emulator.event_log())),
        ("capacity", &|| emulator.set_trace_capacity(1)),
    ];
    for (what, look) in looks {
        look();
        assert_eq!(hash(&emulator), before, "{what}");
    }
    emulator.hook(Hook::fail(Method::Suspend, HResult::E_FAIL));
    assert_ne!(hash(&emulator), before);
    assert!(job.suspend().is_err());
    assert_eq!(hash(&emulator), before, "the hook is spent");
    Ok(())
}

/// The same calls at the same instants lead through the same states.
#[test]
fn each_run_goes_through_the_same_states() -> Result<(), Error> {
    let run = || -> Result<Vec<u64>, Error> {
        let Scene { emulator, session, job } = Scene::new()?;
        let mut states = vec![hash(&emulator)];
        let upload = session.create_job("report", JobType::Upload)?;
        upload.add_file(format!("{ORIGIN}/in/report.txt"), r"C:\report.txt")?;
        upload.set_notify_interface(Silent)?;
        upload.resume()?;
        for _ in 0..20 {
            states.push(hash(&emulator));
            emulator.advance(Duration::from_secs(1));
        }
        assert_eq!(job.state()?, JobState::Transferred);
        emulator.restart();
        states.push(hash(&emulator));
        Ok(states)
    };
    let states = run()?;
    assert_eq!(states, run()?);
    assert_eq!(states.iter().collect::<BTreeSet<_>>().len(), states.len());
    Ok(())
}

type Ways = (&'static str, fn(&Scene), fn(&Scene));

/// Ways that end at one instant with jobs, servers and a disk that look the same, but go on in other ways.
const HIDDEN: &[Ways] = &[
    (
        "who was told of last",
        |it| in_order(it, [0, 1], |job| job.set_description("new").unwrap()),
        |it| in_order(it, [1, 0], |job| job.set_description("new").unwrap()),
    ),
    (
        "who waits first",
        |it| in_order(it, [0, 1], |job| job.resume().unwrap()),
        |it| in_order(it, [1, 0], |job| job.resume().unwrap()),
    ),
    (
        "whose request was sent first",
        |it| {
            in_order(it, [0, 1], |job| job.resume().unwrap());
            it.emulator.advance(Duration::from_millis(1));
        },
        |it| {
            in_order(it, [1, 0], |job| job.resume().unwrap());
            it.emulator.advance(Duration::from_millis(1));
        },
    ),
    ("parts of a byte", |it| flow_at(it, 250), |it| flow_at(it, 500)),
    ("a file that is uploaded, written again", upload_a_part, |it| {
        upload_a_part(it);
        it.emulator.disk().write(r"C:\report.txt", "all is well");
    }),
    (
        "who is an application of a job",
        |it| {
            let _other = it.emulator.connect(User::new("alice"));
            register(it, &it.session);
        },
        |it| register(it, &it.emulator.connect(User::new("alice"))),
    ),
];

/// The two foreground jobs of the scene, in that order.
fn in_order(it: &Scene, order: [usize; 2], change: impl Fn(&Job)) {
    let mut jobs = it.session.jobs().unwrap().next_jobs(4);
    let jobs = jobs.split_off(2);
    order.into_iter().for_each(|job| change(&jobs[job]));
}

/// A second at a byte a second for a while and then at three.
fn flow_at(it: &Scene, milliseconds: u64) {
    it.emulator.set_link(Link::new(1));
    it.emulator.advance(Duration::from_millis(milliseconds));
    it.emulator.set_link(Link::new(3));
    it.emulator.advance(Duration::from_millis(1_000 - milliseconds));
}

fn upload_a_part(it: &Scene) {
    it.emulator.server(ORIGIN).with_state(|server| _ = server.rate(1));
    let upload = it.session.create_job("report", JobType::Upload).unwrap();
    upload.set_priority(JobPriority::Foreground).unwrap();
    upload.add_file(format!("{ORIGIN}/in/report.txt"), r"C:\report.txt").unwrap();
    upload.resume().unwrap();
    it.emulator.advance(Duration::from_secs(6));
    assert!((1..11).contains(&upload.progress().unwrap().bytes_transferred));
}

/// That process registers a callback and takes it back.
fn register(it: &Scene, by: &Session) {
    let job = by.job(it.job.id()).unwrap();
    job.set_notify_interface(Silent).unwrap();
    job.set_notify_interface(None).unwrap();
}

/// What decides the future counts, though nothing shows it now.
#[test]
fn what_does_not_show_is_a_part_of_the_state() -> Result<(), Error> {
    let scene = Scene::new()?;
    scene.emulator.server(ORIGIN).with_state(|it| _ = it.latency(Duration::from_secs(1)));
    for name in ["one", "two"] {
        let job = scene.session.create_job(name, JobType::Download)?;
        job.add_file(format!("{ORIGIN}/app.exe"), format!(r"C:\{name}"))?;
        job.set_priority(JobPriority::Foreground)?;
        job.set_notify_flags(NotifyFlags::JOB_MODIFICATION)?;
        job.set_notify_interface(Silent)?;
    }
    scene.emulator.advance(Duration::from_secs(1));
    for (what, one, other) in HIDDEN {
        let states = [one, other, one].map(|way| {
            let emulator = scene.emulator.fork();
            let session = scene.session.counterpart(&emulator);
            let job = scene.job.counterpart(&emulator);
            way(&Scene { emulator: emulator.clone(), session, job });
            hash(&emulator)
        });
        assert_ne!(states[0], states[1], "{what}");
        assert_eq!(states[0], states[2], "{what}");
    }
    Ok(())
}

/// SCHED-14: schedules go by the wall clock of the last start.
#[test]
fn the_clock_of_the_last_start_is_a_part_of_the_state() {
    let [one, other] = [true, false].map(|before| {
        let emulator = Emulator::new();
        let change = || emulator.change_clock(TimeDelta::hours(2));
        if before {
            change();
        }
        emulator.restart();
        if !before {
            change();
        }
        hash(&emulator)
    });
    assert_ne!(one, other);
}
