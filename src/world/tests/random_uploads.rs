//! The upload of a random world: where its file goes, what the server does to it, and what stands there.

use proptest::collection::vec;
use proptest::prelude::*;

use super::random_files::{CODES, LARGEST, SOURCE, content};
use super::*;

/// The local file of the upload. Its volume is never locked.
const SENT: &str = r"E:\report";
/// Where the upload may go: to a server, to a drive, to a share of the disk, and to the file from which the
/// first download may come.
const DESTINATIONS: [&str; 4] =
    ["https://example.com/in/report", r"D:\in\report", r"\\nas\in\report", SOURCE];

/// An upload as it begins.
#[derive(Debug, Clone)]
pub(super) struct RandomUpload {
    pub(super) destination: &'static str,
    content: Vec<u8>,
    rate: u64,
    faults: Vec<Fault>,
}

fn fault() -> impl Strategy<Value = Fault> {
    let what = prop_oneof![
        prop::sample::select(vec![403_u16, 404, 503]).prop_map(Fault::http),
        prop::sample::select(CODES.to_vec()).prop_map(code),
        (0..LARGEST).prop_map(Fault::rolled_back),
        Just(Fault::session_lost()),
        Just(Fault::silence()),
        Just(Fault::none()),
    ];
    let packets = vec![PacketKind::CreateSession, PacketKind::Fragment, PacketKind::CloseSession];
    let packet = prop::sample::select(packets);
    (what, 0..6, 0..LARGEST, packet, 1_u64..4).prop_map(|(fault, phase, bytes, packet, times)| {
        let fault = match phase {
            0 => fault.before_connection(),
            1 => fault.at_end(),
            2 => fault.at_packet(packet),
            3 | 4 => fault.after(bytes),
            _ => fault,
        };
        fault.times(times)
    })
}

pub(super) fn upload() -> impl Strategy<Value = RandomUpload> {
    let destination = prop::sample::select(DESTINATIONS.to_vec());
    (destination, content(), 1_u64..12, vec(fault(), 0..5)).prop_map(
        |(destination, content, rate, faults)| RandomUpload { destination, content, rate, faults },
    )
}

/// The upload in its world.
pub(super) struct Upload {
    pub(super) job: JobStateMachine,
    pub(super) events: Vec<Event>,
    pub(super) attempted: Option<DateTime<Utc>>,
    pub(super) destination: &'static str,
    /// Each content that its file ever had.
    pub(super) versions: Vec<Vec<u8>>,
}

impl Upload {
    pub(super) fn new(upload: RandomUpload, world: &mut World) -> Self {
        let RandomUpload { destination, content, rate, faults } = upload;
        world.disk_mut().create_dir(r"\\nas\in").write(SENT, &*content);
        let resource = world.server("https://example.com").resource("/in/report");
        resource.rate(rate).uploads().allow_overwrites(true);
        faults.into_iter().for_each(|fault| _ = resource.fails(fault));
        let options = JobOptions {
            id: JobId(uuid::Uuid::from_u128(7)),
            job_type: JobType::Upload,
            ..JobOptions::default()
        };
        let mut job = JobStateMachine::new(options, DateTime::UNIX_EPOCH);
        let file = FileInfo::new(destination, SENT);
        job.call(Call::add_file(file), DateTime::UNIX_EPOCH).unwrap();
        let versions = vec![content];
        Self { job, events: Vec::new(), attempted: None, destination, versions }
    }

    /// Gives the file another content of the same size.
    pub(super) fn invert(&mut self, world: &mut World) {
        let before = world.disk().read(SENT).unwrap_or_default();
        let content: Vec<_> = before.iter().map(|byte| !byte).collect();
        world.disk_mut().write(SENT, &*content);
        self.versions.push(content);
    }

    /// What stands at the destination is a whole file, and is there if the job has sent it. `others` are what
    /// else may stand there.
    pub(super) fn check(&self, world: &mut World, others: &[Vec<u8>]) {
        let bytes = |content: &Content| content.bytes().map(<[u8]>::to_vec);
        let there = match self.destination.strip_prefix("https://example.com") {
            Some(path) => {
                let resource = world.server("https://example.com").resource(path);
                let received = resource.uploads().received().and_then(bytes);
                assert_eq!(received, resource.stored().and_then(bytes));
                received
            }
            None => world.disk().read(self.destination),
        };
        let Some(there) = there else {
            return assert_ne!(self.job.state(), JobState::Transferred, "{}", self.destination);
        };
        let known = self.versions.iter().chain(others).any(|version| *version == there);
        assert!(known, "{there:?} at {} is none of {:?}", self.destination, self.versions);
    }
}
