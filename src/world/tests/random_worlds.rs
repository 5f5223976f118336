//! Random worlds: servers, faults, disks and links of all kinds, and what holds in each of them.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::machine::ComputerEvent;
use crate::property_tests;

/// The largest file of these worlds.
const LARGEST: u64 = 60;
/// No world needs more steps to come to rest after all is mended.
const MOST_STEPS: usize = 2_000;
/// Where the files come from.
const ORIGINS: [&str; 2] = ["https://example.com", "https://mirror.example.com"];
/// Codes of connections, and of holds whose cause may or may not be in force.
const CODES: [HResult; 6] = [
    HResult::ERROR_INTERNET_CONNECTION_RESET,
    HResult::ERROR_WINHTTP_CANNOT_CONNECT,
    HResult::BG_E_NETWORK_DISCONNECTED,
    HResult::BG_E_DESTINATION_LOCKED,
    HResult::BG_E_BLOCKED_BY_GAME_MODE,
    HResult::BG_E_INVALID_SERVER_RESPONSE,
];

/// A file of a random world, as its server has it.
#[derive(Debug, Clone)]
struct RandomFile {
    origin: &'static str,
    content: Vec<u8>,
    rate: u64,
    latency: u64,
    head: Option<HeadAnswer>,
    redirects: bool,
    ranges: bool,
    /// With the content to which each changes the file.
    faults: Vec<(Fault, Option<Vec<u8>>)>,
}

/// What a client does, or what changes around the job.
#[derive(Debug, Clone)]
enum Change {
    Suspend,
    Resume,
    Network(bool),
    Locked(bool),
    Free(u64),
    Link(u64),
    Head(usize, HeadAnswer),
    Content(usize, Vec<u8>),
    /// Another content of the same size.
    Inverted(usize),
}

fn content() -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..usize::try_from(LARGEST).unwrap_or_default())
}

fn head() -> impl Strategy<Value = HeadAnswer> {
    prop_oneof![
        4 => Just(HeadAnswer::AsGet),
        1 => prop::sample::select(vec![403_u16, 405, 503]).prop_map(HeadAnswer::Status),
        1 => Just(HeadAnswer::WithoutLength),
        1 => (0..LARGEST).prop_map(HeadAnswer::Length),
    ]
}

fn fault() -> impl Strategy<Value = (Fault, Option<Vec<u8>>)> {
    let what = prop_oneof![
        prop::sample::select(vec![403_u16, 404, 429, 503])
            .prop_map(|status| (Fault::http(status), None)),
        prop::sample::select(CODES.to_vec()).prop_map(|failure| (code(failure), None)),
        content().prop_map(|content| (Fault::changes_to(&*content), Some(content))),
        Just((Fault::silence(), None)),
        Just((Fault::none(), None)),
    ];
    (what, 0..8, 0..LARGEST, 1_u64..4).prop_map(|((fault, content), phase, bytes, times)| {
        let fault = match phase {
            0 => fault.before_connection(),
            1 => fault.at_head(),
            2 => fault.at_get(),
            3 => fault.at_end(),
            4 | 5 => fault.after(bytes),
            _ => fault,
        };
        (fault.times(times), content)
    })
}

fn file() -> impl Strategy<Value = RandomFile> {
    let origin = prop::sample::select(ORIGINS.to_vec());
    let server = (origin, 1_u64..12, 0_u64..5, prop::option::of(head()));
    (server, content(), any::<(bool, bool)>(), vec(fault(), 0..5)).prop_map(
        |((origin, rate, latency, head), content, (redirects, whole), faults)| RandomFile {
            origin,
            content,
            rate,
            latency,
            head,
            redirects,
            ranges: !whole,
            faults,
        },
    )
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        1 => Just(Change::Suspend),
        4 => Just(Change::Resume),
        1 => any::<bool>().prop_map(Change::Network),
        1 => any::<bool>().prop_map(Change::Locked),
        1 => (0..LARGEST * 2).prop_map(Change::Free),
        1 => (1_u64..50).prop_map(Change::Link),
        1 => (0_usize..3, head()).prop_map(|(file, answer)| Change::Head(file, answer)),
        1 => (0_usize..3, content()).prop_map(|(file, content)| Change::Content(file, content)),
        2 => (0_usize..3).prop_map(Change::Inverted),
    ]
}

/// A job in a random world.
struct RandomWorld {
    bench: Bench,
    files: Vec<RandomFile>,
    /// Each content that each file ever had.
    versions: Vec<Vec<Vec<u8>>>,
    /// When the job last began an attempt, if neither a call nor a change came since.
    attempted: Option<DateTime<Utc>>,
}

impl RandomWorld {
    fn new(files: Vec<RandomFile>, dynamic: bool) -> Self {
        let mut bench = Bench::new(JobType::Download);
        if dynamic {
            bench.call(Call::SetProperty(JobProperty::DynamicContent(true)));
        }
        if dynamic || files.iter().any(|file| !file.ranges) {
            bench.call(Call::SetPriority(JobPriority::Foreground));
        }
        for (number, file) in files.iter().enumerate() {
            let path = format!("/{number}");
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
            let info = FileInfo::new(url, format!(r"C:\app\{number}"));
            bench.call(Call::add_file(info));
        }
        let versions = files.iter().map(versions_of).collect();
        Self { bench, files, versions, attempted: None }
    }

    fn resource(&mut self, number: usize) -> Option<&mut ResourceState> {
        let origin = self.files.get(number)?.origin;
        Some(self.bench.world.server(origin).resource(&format!("/{number}")))
    }

    fn change(&mut self, change: Change) {
        self.attempted = None;
        match change {
            Change::Suspend => self.bench.may_call(Call::Suspend),
            Change::Resume => self.bench.may_call(Call::Resume),
            Change::Network(connected) => {
                self.bench.world.set_network(connected);
                self.bench.handle(Event::Computer(match connected {
                    true => ComputerEvent::NetworkRestored,
                    false => ComputerEvent::NetworkLost,
                }));
            }
            Change::Locked(true) => _ = self.bench.world.disk_mut().lock_volume("C:"),
            Change::Locked(false) => _ = self.bench.world.disk_mut().unlock_volume("C:"),
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
        }
    }

    /// Gives a file another content.
    fn replace(&mut self, number: usize, content: impl FnOnce(&[u8]) -> Vec<u8>) {
        let Some(resource) = self.resource(number) else { return };
        let before = resource.stored().and_then(|content| content.bytes()).unwrap_or_default();
        let content = content(before);
        resource.content(&*content);
        self.versions[number].push(content);
    }

    /// One instant, and what must hold of it. False if nothing happens until then.
    fn step(&mut self, until: DateTime<Utc>) -> bool {
        let picks =
            |bench: &Bench| bench.events.iter().filter(|event| **event == Event::Picked).count();
        let (before, at) = (picks(&self.bench), self.bench.now);
        let goes_on = self.bench.step(until);
        if picks(&self.bench) > before {
            // INV-59
            let latest = self.bench.events.last_chunk::<20>();
            assert_ne!(self.attempted, Some(at), "two attempts: {latest:?}");
            self.attempted = Some(at);
        }
        self.check_disk();
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
            let resource = self.resource(number).unwrap();
            resource.clear_faults().head(HeadAnswer::AsGet).lacks_ranges = false;
        }
        self.change(Change::Network(true));
        self.change(Change::Locked(false));
        self.change(Change::Free(u64::MAX));
        for _ in 0..MOST_STEPS {
            if self.bench.job.state() == JobState::Transferred {
                return;
            }
            if matches!(self.bench.job.state(), JobState::Suspended | JobState::Error) {
                self.change(Change::Resume);
            }
            self.advance(TimeDelta::seconds(600));
        }
        panic!("{} for ever: {:?}", self.bench.job.state(), self.bench.events.last_chunk::<20>());
    }
}

/// The contents that a file has, and that faults give it.
fn versions_of(file: &RandomFile) -> Vec<Vec<u8>> {
    let changed = file.faults.iter().filter_map(|(_, content)| content.clone());
    std::iter::once(file.content.clone()).chain(changed).collect()
}

proptest! {
    #![proptest_config(property_tests::config())]

    /// INV-59: no two attempts at one instant, unless a client called or a cause changed. The disk holds
    /// what was sent, at each instant, and in the end all of it.
    #[test]
    fn what_a_random_world_sends_arrives(
        files in vec(file(), 1..4),
        dynamic in any::<bool>(),
        changes in vec((change(), prop_oneof![4 => 0_i64..6, 1 => 0_i64..1_500]), 0..16),
    ) {
        let mut world = RandomWorld::new(files, dynamic);
        world.change(Change::Resume);
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
