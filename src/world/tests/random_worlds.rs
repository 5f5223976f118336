//! Random worlds: servers, faults, disks and links of all kinds, and what holds in each of them.

use proptest::collection::vec;
use proptest::prelude::*;

use super::random_files::{
    DISK, LARGEST, ORIGINS, RandomFile, SOURCE, content, file, head, versions_of,
};
use super::random_uploads::{RandomUpload, Upload, upload};
use super::*;
use crate::machine::ComputerEvent;
use crate::property_tests;

/// No world needs more steps to come to rest after all is mended.
const MOST_STEPS: usize = 2_000;
/// The volumes to which the jobs write.
const VOLUMES: [&str; 2] = ["C:", DISK];

/// What a client does, or what changes around the job.
#[derive(Debug, Clone)]
enum Change {
    Suspend,
    Resume,
    /// The same of the upload.
    SuspendUpload,
    ResumeUpload,
    Network(bool),
    Locked(&'static str, bool),
    Free(u64),
    Link(u64),
    Head(usize, HeadAnswer),
    Content(usize, Vec<u8>),
    /// Another content of the same size.
    Inverted(usize),
    /// Another content of the file to upload, of the same size: a job does not go on with another size
    /// (UPLOAD-08).
    Sent,
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        1 => Just(Change::Suspend),
        4 => Just(Change::Resume),
        1 => Just(Change::SuspendUpload),
        2 => Just(Change::ResumeUpload),
        1 => any::<bool>().prop_map(Change::Network),
        2 => (prop::sample::select(VOLUMES.to_vec()), any::<bool>())
            .prop_map(|(volume, locked)| Change::Locked(volume, locked)),
        1 => (0..LARGEST * 2).prop_map(Change::Free),
        1 => (1_u64..50).prop_map(Change::Link),
        1 => (0_usize..3, head()).prop_map(|(file, answer)| Change::Head(file, answer)),
        1 => (0_usize..3, content()).prop_map(|(file, content)| Change::Content(file, content)),
        2 => (0_usize..3).prop_map(Change::Inverted),
        2 => Just(Change::Sent),
    ]
}

/// A download and an upload in a random world.
struct RandomWorld {
    /// With the download.
    bench: Bench,
    upload: Upload,
    files: Vec<RandomFile>,
    /// Each content that each file ever had.
    versions: Vec<Vec<Vec<u8>>>,
    /// When the download last began an attempt, if neither a call nor a change came since.
    attempted: Option<DateTime<Utc>>,
}

impl RandomWorld {
    fn new(files: Vec<RandomFile>, upload: RandomUpload, dynamic: bool) -> Self {
        let mut bench = Bench::new(JobType::Download);
        if dynamic {
            bench.call(Call::SetProperty(JobProperty::DynamicContent(true)));
        }
        if dynamic || files.iter().any(|file| !file.ranges) {
            bench.call(Call::SetPriority(JobPriority::Foreground));
        }
        for (number, file) in files.iter().enumerate() {
            let path = format!("/{number}");
            let local = format!(r"C:\app\{number}");
            if file.origin == DISK {
                bench.world.server(DISK).rate(file.rate);
                bench.world.disk_mut().write(&format!("{DISK}{path}"), &*file.content);
                bench.call(Call::add_file(FileInfo::new(format!("{DISK}{path}"), local)));
                continue;
            }
            let resource = bench.world.server(file.origin).resource(&path);
            resource.content(&*file.content).rate(file.rate);
            resource.latency(Duration::from_secs(file.latency));
            if let Some(answer) = file.head {
                resource.head(answer);
            }
            if !file.ranges {
                resource.without_ranges();
            }
            file.faults.iter().for_each(|(fault, _)| _ = resource.fails(fault.clone()));
            let mut url = format!("{}{path}", file.origin);
            if file.redirects {
                let from = format!("/from{number}");
                bench.server().resource(&from).redirect(302, &url);
                url = format!("{}{from}", ORIGINS[0]);
            }
            bench.call(Call::add_file(FileInfo::new(url, local)));
        }
        let versions = files.iter().map(versions_of).collect();
        let upload = Upload::new(upload, &mut bench.world);
        let mut world = Self { bench, upload, files, versions, attempted: None };
        world.note_upload();
        world
    }

    /// What is uploaded may come down again as the first file.
    fn note_upload(&mut self) {
        if self.upload.destination == SOURCE && self.files[0].origin == DISK {
            self.versions[0].extend(self.upload.versions.last().cloned());
        }
    }

    fn resource(&mut self, number: usize) -> Option<&mut ResourceState> {
        let origin = self.files.get(number)?.origin;
        (origin != DISK).then(|| self.bench.world.server(origin).resource(&format!("/{number}")))
    }

    /// Lets the bench have the upload while it does something.
    fn with_upload<T>(&mut self, act: impl FnOnce(&mut Self) -> T) -> T {
        self.swap_jobs();
        let result = act(self);
        self.swap_jobs();
        result
    }

    fn swap_jobs(&mut self) {
        std::mem::swap(&mut self.bench.job, &mut self.upload.job);
        std::mem::swap(&mut self.bench.events, &mut self.upload.events);
        std::mem::swap(&mut self.attempted, &mut self.upload.attempted);
    }

    fn change(&mut self, change: Change) {
        (self.attempted, self.upload.attempted) = (None, None);
        match change {
            Change::Suspend => self.bench.may_call(Call::Suspend),
            Change::Resume => self.bench.may_call(Call::Resume),
            Change::SuspendUpload => self.with_upload(|it| it.bench.may_call(Call::Suspend)),
            Change::ResumeUpload => self.with_upload(|it| it.bench.may_call(Call::Resume)),
            Change::Network(connected) => {
                self.bench.world.set_network(connected);
                let event = Event::Computer(match connected {
                    true => ComputerEvent::NetworkRestored,
                    false => ComputerEvent::NetworkLost,
                });
                self.bench.handle(event.clone());
                self.with_upload(|it| it.bench.handle(event));
            }
            Change::Locked(volume, true) => _ = self.bench.world.disk_mut().lock_volume(volume),
            Change::Locked(volume, false) => _ = self.bench.world.disk_mut().unlock_volume(volume),
            Change::Free(bytes) => _ = self.bench.world.disk_mut().set_free("C:", bytes),
            Change::Link(rate) => self.bench.world.set_link(Link::new(rate), self.bench.now),
            Change::Head(number, answer) => {
                if let Some(resource) = self.resource(number) {
                    resource.head(answer);
                }
            }
            Change::Content(number, content) => self.replace(number, |_| content),
            Change::Inverted(number) => {
                self.replace(number, |before| before.iter().map(|byte| !byte).collect());
            }
            Change::Sent => {
                self.upload.invert(&mut self.bench.world);
                self.note_upload();
            }
        }
    }

    /// Gives a file another content.
    fn replace(&mut self, number: usize, content: impl FnOnce(&[u8]) -> Vec<u8>) {
        let content = if let Some(resource) = self.resource(number) {
            let before = resource.stored().and_then(|content| content.bytes());
            let content = content(before.unwrap_or_default());
            resource.content(&*content);
            content
        } else if number < self.files.len() {
            let path = format!("{DISK}/{number}");
            let content = content(&self.bench.world.disk().read(&path).unwrap_or_default());
            self.bench.world.disk_mut().write(&path, &*content);
            content
        } else {
            return;
        };
        self.versions[number].push(content);
    }

    /// One instant, and what must hold of it. False if nothing happens until then.
    fn step(&mut self, until: DateTime<Utc>) -> bool {
        let pick = |bench: &mut Bench| {
            bench.pick();
            true
        };
        self.count_attempts(pick);
        self.with_upload(|it| it.count_attempts(pick));
        let step = |bench: &mut Bench| bench.step(until);
        let goes_on = if self.upload_is_next() {
            self.with_upload(|it| it.count_attempts(step))
        } else {
            self.count_attempts(step)
        };
        self.check_disk();
        let others = if self.upload.destination == SOURCE { &*self.versions[0] } else { &[] };
        self.upload.check(&mut self.bench.world, others);
        goes_on
    }

    /// Whether the next instant is one of the upload.
    fn upload_is_next(&self) -> bool {
        let clock = |job: &JobStateMachine| job.next_deadline().map(|(at, _)| at);
        let (download, upload) = (clock(&self.bench.job), clock(&self.upload.job));
        let first = download.into_iter().chain(upload).min();
        match self.bench.world.next_event() {
            Some((at, job)) if first.is_none_or(|first| at <= first.max(self.bench.now)) => {
                job == self.upload.job.id()
            }
            _ => first.is_some() && download != first,
        }
    }

    fn count_attempts(&mut self, act: impl FnOnce(&mut Bench) -> bool) -> bool {
        let picks =
            |bench: &Bench| bench.events.iter().filter(|event| **event == Event::Picked).count();
        let (before, at) = (picks(&self.bench), self.bench.now);
        let goes_on = act(&mut self.bench);
        if picks(&self.bench) > before {
            // INV-59
            let latest = self.bench.events.last_chunk::<20>();
            assert_ne!(self.attempted, Some(at), "two attempts: {latest:?}");
            self.attempted = Some(at);
        }
        goes_on
    }

    fn advance(&mut self, by: TimeDelta) {
        let until = self.bench.now + by;
        for _ in 0..MOST_STEPS {
            if !self.step(until) {
                self.bench.now = until;
                return;
            }
        }
        panic!("no end of events: {:?}", self.bench.events.last_chunk::<20>());
    }

    /// What stands on the disk are the first bytes of what the server sent, of one version only, and as
    /// many as the job says.
    fn check_disk(&self) {
        for (number, versions) in self.versions.iter().enumerate() {
            let file = FileIndex(u32::try_from(number).unwrap_or_default());
            let there = self.bench.job.file_progress(file).unwrap().bytes_transferred;
            let name = self.bench.job.temporary_name(file).unwrap();
            let Some(content) = self.bench.world.disk().read(&name) else {
                assert_eq!(there, 0);
                continue;
            };
            assert_eq!(content.len() as u64, there);
            assert!(versions.iter().any(|version| version.starts_with(&content)));
        }
    }

    /// Mends everything, and lets the job come to its end.
    fn mend(&mut self) {
        for number in 0..self.files.len() {
            if let Some(resource) = self.resource(number) {
                resource.clear_faults().head(HeadAnswer::AsGet).lacks_ranges = false;
            }
        }
        self.bench.world.server(ORIGINS[0]).resource("/in/report").clear_faults();
        self.change(Change::Network(true));
        VOLUMES.into_iter().for_each(|volume| self.change(Change::Locked(volume, false)));
        self.change(Change::Free(u64::MAX));
        for _ in 0..MOST_STEPS {
            let states = [self.bench.job.state(), self.upload.job.state()];
            if states == [JobState::Transferred; 2] {
                return;
            }
            for (state, resume) in states.into_iter().zip([Change::Resume, Change::ResumeUpload]) {
                if matches!(state, JobState::Suspended | JobState::Error) {
                    self.change(resume);
                }
            }
            self.advance(TimeDelta::seconds(600));
        }
        let events = [&self.bench.events, &self.upload.events].map(|all| all.last_chunk::<20>());
        panic!("{} and {} for ever: {events:?}", self.bench.job.state(), self.upload.job.state());
    }
}

proptest! {
    #![proptest_config(property_tests::config())]

    /// INV-59: no two attempts at one instant, unless a client called or a cause changed. The disk holds
    /// what was sent, at each instant, and in the end all of it.
    #[test]
    fn what_a_random_world_sends_arrives(
        files in vec(file(), 1..4),
        upload in upload(),
        dynamic in any::<bool>(),
        changes in vec((change(), prop_oneof![4 => 0_i64..6, 1 => 0_i64..1_500]), 0..16),
    ) {
        let mut world = RandomWorld::new(files, upload, dynamic);
        world.change(Change::Resume);
        world.change(Change::ResumeUpload);
        for (change, wait) in changes {
            world.advance(TimeDelta::seconds(wait));
            if world.bench.job.state() == JobState::Transferred {
                break;
            }
            world.change(change);
        }
        world.mend();
        world.bench.complete().unwrap();
        for (number, versions) in world.versions.iter().enumerate() {
            let arrived = world.bench.world.disk().read(&format!(r"C:\app\{number}")).unwrap();
            prop_assert!(versions.contains(&arrived), "{arrived:?} is none of {versions:?}");
        }
    }
}
