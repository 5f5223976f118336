//! Emulators of one canonical state have the same future, by whatever ways they came there.

mod ways;

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hasher};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bits_emulator::chrono::TimeDelta;
use bits_emulator::hooks::Calls;
use bits_emulator::policy::{
    BandwidthLimit, BandwidthPolicies, Hours, Link, MaxInternetBandwidth, Policies,
};
use bits_emulator::server::PacketKind;
use bits_emulator::{
    Callback, Emulator, Fault, File, HResult, Hook, Job, JobError, JobType, Method, NotifyFlags,
    Session, User,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::cases;
use ways::{Action, Step, step};

/// A share of the computer's own disk, from which something is downloaded.
const SHARE: &str = r"\\disk\share";
const ORIGIN: &str = "https://example.com";
/// What has content or takes uploads there.
const PATHS: [&str; 3] = ["/a", "/b", "/in/up"];
const MIB: u64 = 1 << 20;
const CASES: u32 = 100;
/// How many steps in a row the two emulators may be in different states. After one more the second is replaced
/// by a fork of the first.
const LONGEST_PARTING: usize = 4;

/// What a client was told.
type Told = Arc<Mutex<Vec<String>>>;

struct Listener(Told);

impl Listener {
    fn note(&self, what: String) -> HResult {
        self.0.lock().unwrap().push(what);
        HResult::S_OK
    }
}

impl Callback for Listener {
    fn job_transferred(&self, job: &Job) -> HResult {
        self.note(format!("{:?} transferred", job.id()))
    }

    fn job_error(&self, job: &Job, error: &JobError) -> HResult {
        self.note(format!("{:?}: {error:?}", job.id()))
    }

    fn job_modification(&self, job: &Job) -> HResult {
        self.note(format!("{:?}: {:?} {:?}", job.id(), job.state(), job.progress()))
    }

    fn file_transferred(&self, job: &Job, file: &File) -> HResult {
        self.note(format!("{:?}: {:?}", job.id(), file.progress()))
    }
}

/// Two downloads of one user and an upload with a reply of another.
struct Bench {
    emulator: Emulator,
    sessions: [Session; 2],
    jobs: Vec<Job>,
    told: Told,
}

impl Bench {
    fn new() -> Self {
        let emulator = Emulator::new();
        let server = emulator.server(ORIGIN);
        server.with_state(|server| _ = server.latency(Duration::from_millis(300)));
        server.file("/a", 3 * MIB);
        server.file("/b", "0123456789".repeat(200_000));
        server.resource("/in/up").uploads(|uploads| {
            uploads.reply("thank you").application_takes(Duration::from_secs(1));
        });
        emulator.disk().write(r"C:\up.txt", 2 * MIB).write(&format!(r"{SHARE}\x"), MIB);
        let sessions = ["alice", "bob"].map(|user| emulator.connect(User::new(user)));
        let told = Told::default();
        let download = |path: &str, local: &str| {
            let job = sessions[0].create_job("download", JobType::Download).unwrap();
            job.add_file(format!("{ORIGIN}{path}"), local).unwrap();
            job
        };
        let [one, two] = [download("/a", r"C:\one\a"), download("/b", r"C:\two\b")];
        two.add_file(format!(r"{SHARE}\x"), r"C:\two\x").unwrap();
        let upload = sessions[1].create_job("upload", JobType::UploadReply).unwrap();
        upload.add_file(format!("{ORIGIN}/in/up"), r"C:\up.txt").unwrap();
        Self { emulator, sessions, jobs: vec![one, two, upload], told }
    }

    /// A copy. What its clients are told is put to the same list, which is emptied after each action.
    fn fork(&self) -> Self {
        let emulator = self.emulator.fork();
        Self {
            sessions: self.sessions.each_ref().map(|session| session.counterpart(&emulator)),
            jobs: self.jobs.iter().map(|job| job.counterpart(&emulator)).collect(),
            told: Arc::clone(&self.told),
            emulator,
        }
    }

    fn hash(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.emulator.hash_state(&mut hasher);
        hasher.finish()
    }

    /// Does it, and returns what a client or a test saw of it: of the trace too.
    fn act(&self, action: Action) -> Vec<String> {
        let before = self.emulator.trace().steps().len();
        let mut seen = vec![self.answer(action)];
        let trace = self.emulator.trace();
        for step in &trace.steps()[before..] {
            seen.push(format!("{} {:?} {:?} {:?}", step.at, step.actor, step.what, step.jobs()));
        }
        seen.append(&mut self.told.lock().unwrap());
        seen
    }

    fn answer(&self, action: Action) -> String {
        let Self { emulator, sessions, jobs, .. } = self;
        let resource = |file: usize| emulator.server(ORIGIN).resource(PATHS[file]);
        let disk = emulator.disk();
        match action {
            Action::Suspend(job) => return format!("{:?}", jobs[job].suspend()),
            Action::Resume(job) => return format!("{:?}", jobs[job].resume()),
            Action::Cancel(job) => return format!("{:?}", jobs[job].cancel()),
            Action::Complete(job) => return format!("{:?}", jobs[job].complete()),
            Action::Priority(job, it) => return format!("{:?}", jobs[job].set_priority(it)),
            Action::RetryDelay(job, seconds) => {
                let delay = Duration::from_secs(seconds);
                return format!("{:?}", jobs[job].set_minimum_retry_delay(delay));
            }
            Action::Description(job, it) => return format!("{:?}", jobs[job].set_description(it)),
            Action::Listen(job, listens) => {
                let flags = NotifyFlags::JOB_TRANSFERRED
                    | NotifyFlags::JOB_ERROR
                    | NotifyFlags::JOB_MODIFICATION;
                let flags = jobs[job].set_notify_flags(flags);
                let told = Arc::clone(&self.told);
                let callback = listens.then(|| Arc::new(Listener(told)) as Arc<dyn Callback>);
                return format!("{flags:?} {:?}", jobs[job].set_notify_interface(callback));
            }
            Action::Read(job) => return look(&jobs[job]),
            Action::Names(job) => {
                let files = jobs[job].files().unwrap_or_default();
                let names: Vec<_> = files.iter().map(File::temporary_name).collect();
                return format!("{names:?} {:?}", jobs[job].reply_file_name());
            }
            Action::Advance(milliseconds) => {
                emulator.advance(Duration::from_millis(milliseconds));
            }
            Action::Fault(file, fault) => _ = resource(file).fails(faults()[fault].clone()),
            Action::ClearFaults(file) => resource(file).with_state(|it| _ = it.clear_faults()),
            Action::Content(file, size) => {
                resource(file).with_state(|it| _ = it.content(size * MIB));
            }
            Action::Network(true) => emulator.connect_network(),
            Action::Network(false) => emulator.disconnect_network(),
            Action::LoggedOn(true) => emulator.log_on(User::new("alice")),
            Action::LoggedOn(false) => emulator.log_off(User::new("alice")),
            Action::VolumeLocked(true) => _ = disk.lock_volume("C:"),
            Action::VolumeLocked(false) => _ = disk.unlock_volume("C:"),
            Action::FileLocked(true) => _ = disk.lock_file(r"C:\one\a"),
            Action::FileLocked(false) => _ = disk.unlock_file(r"C:\one\a"),
            Action::Free(mib) => _ = disk.set_free("C:", mib * MIB),
            Action::Upload(mib) => _ = disk.write(r"C:\up.txt", mib * MIB),
            Action::Source(mib) => _ = disk.write(&format!(r"{SHARE}\x"), mib * MIB),
            Action::Link(0) => emulator.set_link(Link::UNLIMITED),
            Action::Link(rate) => emulator.set_link(Link::new(rate)),
            Action::Limit(limited) => emulator.set_policies(policies(limited)),
            Action::WallClock(minutes) => emulator.change_clock(TimeDelta::minutes(minutes)),
            Action::Hook => emulator.hook(Hook::fail(Calls::To(Method::Resume), HResult::E_FAIL)),
            Action::ClearHooks => emulator.clear_hooks(),
            Action::Restart => emulator.restart(),
            Action::Stopped(true) => emulator.stop(),
            Action::Stopped(false) => emulator.start(),
            Action::Reconnect => {
                return format!("{:?}", sessions.each_ref().map(Session::reconnect));
            }
        }
        String::new()
    }

    /// What all can see now.
    fn look(&self) -> Vec<String> {
        let mut seen: Vec<_> = self.jobs.iter().map(look).collect();
        seen.push(format!("{:?}", self.emulator.now()));
        self.emulator.disk().with_state(|disk| {
            for folder in ["C:", r"C:\one", r"C:\two"] {
                for name in disk.list(folder) {
                    let path = format!(r"{folder}\{name}");
                    let content = disk.content(&path);
                    let bytes = content.as_ref().map(|content| (content.size(), content.bytes()));
                    seen.push(format!("{path} {bytes:?} {:?}", disk.modified(&path)));
                }
            }
        });
        self.emulator.server(ORIGIN).resource("/in/up").uploads(|uploads| {
            seen.push(format!("{:?}", uploads.received()));
        });
        seen
    }
}

fn look(job: &Job) -> String {
    let (state, error) = (job.state(), job.error());
    let counts = (job.progress(), job.error_count(), job.times());
    format!("{state:?} {error:?} {counts:?} {:?}", job.reply_progress())
}

fn faults() -> [Fault; 7] {
    [
        Fault::http(503),
        Fault::http(404).at_get(),
        Fault::http(500).after(MIB),
        Fault::http(500).after_percent(50).losing_acks_of(1_000),
        Fault::session_lost(),
        Fault::silence(),
        Fault::http(503).at_packet(PacketKind::CreateSession),
    ]
}

fn policies(limited: bool) -> Policies {
    let limit = MaxInternetBandwidth {
        hours: Hours::between(0, 1),
        limit: BandwidthLimit::Kilobits(800),
        otherwise: BandwidthLimit::Unlimited,
    };
    let max_internet_bandwidth = limited.then_some(limit);
    let bandwidth = BandwidthPolicies { max_internet_bandwidth, ..BandwidthPolicies::default() };
    Policies { bandwidth, ..Policies::default() }
}

/// Does the step. Whether what was done by both was seen to be the same.
fn take(step: &Step, one: &Bench, other: &Bench) -> Result<(), TestCaseError> {
    match *step {
        Step::Both(action) => {
            prop_assert_eq!(one.act(action), other.act(action), "{:?}", action);
        }
        Step::OnlyOne(action) => _ = one.act(action),
        Step::InOrders(first, second) => {
            for (bench, actions) in [(one, [first, second]), (other, [second, first])] {
                actions.into_iter().for_each(|action| _ = bench.act(action));
            }
        }
        Step::WithALook(first, second) => {
            let look = [Action::Advance(first), Action::Read(0), Action::Advance(second)];
            look.into_iter().for_each(|action| _ = one.act(action));
            other.act(Action::Advance(first + second));
        }
        Step::ThereAndBack(there, back) => {
            [there, back].into_iter().for_each(|action| _ = one.act(action));
        }
    }
    Ok(())
}

/// Whenever two emulators have the same canonical state, all that happens to both afterwards is the same and
/// leads to the same states; and they come to the same state by each kind of different ways.
#[test]
fn equal_states_have_equal_futures() {
    let converged = Mutex::new(BTreeMap::<&str, (u32, u32)>::new());
    let config = cases::config(CASES);
    let (cases, way) = (config.cases, vec(step(), 1..80));
    let result = TestRunner::new(config).run(&way, |way| {
        let (one, mut other) = (Bench::new(), Bench::new());
        let (mut are_equal, mut parted) = (true, 0);
        for step in way {
            let were_equal = are_equal;
            let same = take(&step, &one, &other);
            are_equal = one.hash() == other.hash();
            if were_equal && let Step::Both(_) = step {
                same?;
                prop_assert!(are_equal, "after {:?}", step);
            }
            if are_equal {
                parted = 0;
                prop_assert_eq!(one.look(), other.look(), "after {:?}", step);
            }
            if were_equal {
                let mut converged = converged.lock().unwrap();
                let (tried, equal) = converged.entry(step.kind()).or_default();
                (*tried, *equal) = (*tried + 1, *equal + u32::from(are_equal));
            }
            parted += usize::from(!are_equal);
            if parted > LONGEST_PARTING {
                (other, are_equal, parted) = (one.fork(), true, 0);
                prop_assert_eq!(one.hash(), other.hash());
            }
        }
        Ok(())
    });
    let converged = converged.into_inner().unwrap();
    println!("kinds of ways, with how many were tried and how many met again: {converged:#?}");
    result.unwrap();
    if cases >= CASES {
        assert_eq!(converged.len(), 13);
        for (kind, (_, equal)) in converged {
            assert!(kind == "time" || equal > 0, "{kind} never leads to the same state");
        }
    }
}
