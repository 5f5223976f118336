//! Strategies for worlds: servers, files, sizes, flaws, room on the disk and accounts.

use std::fmt;
use std::time::Duration;

use proptest::collection::SizeRange;
use proptest::prelude::*;

use crate::emulator::{DropReport, Emulator, User};
use crate::explore::world::{VOLUME, fault_of};
use crate::explore::{Incident, Life, Program, program};

/// How many servers a world has at most.
const SERVERS: u8 = 3;

/// A world in which a downloader is tested.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct World {
    /// The files that the downloader is to fetch.
    pub files: Vec<WorldFile>,
    /// How many bytes are free on the disk.
    pub free: u64,
    /// Who runs the downloader.
    pub user: User,
}

/// A file of a [`World`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WorldFile {
    /// The origin of its server.
    pub server: String,
    /// Its path there.
    pub path: String,
    /// Its size in bytes.
    pub size: u64,
    /// Where the downloader is to put it.
    pub local: String,
    /// How the first requests for it fail, one each: HTTP statuses and broken connections.
    pub flaws: Vec<Incident>,
}

impl WorldFile {
    /// Returns the remote name.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}{}", self.server, self.path)
    }
}

impl World {
    /// Returns a downloader in this world, as a program to [test](Program::test): it is to fetch these files. It is
    /// run without deviations unless its [bound](Program::bound) is set.
    pub fn program<E: fmt::Display>(
        &self,
        downloader: impl Fn(&Life, &[WorldFile]) -> Result<(), E> + Send + Sync + 'static,
    ) -> Program {
        let files = self.files.clone();
        let program = program(move |life| downloader(life, &files)).user(self.user.clone());
        let mut program = program.bound(0, 0).world(|emulator| {
            self.set_up(emulator);
            // The test did not ask for this flaw, so that it is no mistake if the flaw is never met.
            emulator.set_drop_report(DropReport::Nothing);
        });
        program.flaws = self.flaws();
        self.files.iter().fold(program, |program, file| program.wants(file.url(), &*file.local))
    }

    /// Sets an emulator up as this world: its servers and the room on its disk.
    pub fn set_up(&self, emulator: &Emulator) {
        for file in &self.files {
            let resource = emulator.server(&file.server).file(&file.path, file.size);
            for fault in file.flaws.iter().filter_map(|flaw| fault_of(*flaw)) {
                let _ = resource.fails(fault);
            }
        }
        let _ = emulator.disk().set_free(VOLUME, self.free);
    }

    /// Returns what is wrong with the world from the beginning.
    fn flaws(&self) -> Vec<Incident> {
        let of_files = self.files.iter().flat_map(|file| &file.flaws).copied();
        let is_too_small = self.free < size_of(&self.files);
        of_files.chain(is_too_small.then_some(Incident::DiskFull(Duration::MAX))).collect()
    }
}

fn size_of(files: &[WorldFile]) -> u64 {
    files.iter().fold(0, |sum, file| sum.saturating_add(file.size))
}

/// Generates worlds with that number of files, in which nothing is wrong: what goes wrong is left to
/// [`incidents`](super::incidents).
pub fn worlds(files: impl Into<SizeRange>) -> impl Strategy<Value = World> {
    any_worlds(files.into(), Just(Vec::new()).boxed(), Just(Room::Enough).boxed())
}

/// Generates worlds with that number of files, in which requests for them fail, for a while or for good, and files
/// may not fit on the disk. They shrink to fewer flaws and smaller files.
pub fn flawed_worlds(files: impl Into<SizeRange>) -> impl Strategy<Value = World> {
    let passing = prop_oneof![
        Just(Incident::Http(503)),
        Just(Incident::ConnectionBroken),
        prop::sample::select(vec![500, 502, 504]).prop_map(Incident::Http),
    ];
    let lasting = prop::sample::select(vec![404, 403, 401, 400, 410, 501]);
    let flaw = prop_oneof![3 => passing, 1 => lasting.prop_map(Incident::Http)];
    let flaws = prop::collection::vec(flaw, 0..=2).boxed();
    let room = prop_oneof![
        7 => Just(Room::Enough),
        1 => any::<prop::sample::Index>().prop_map(Room::TooLittle),
    ];
    any_worlds(files.into(), flaws, room.boxed())
}

/// How much room there is for the files.
#[derive(Debug, Clone, Copy)]
enum Room {
    Enough,
    /// A part of what is needed.
    TooLittle(prop::sample::Index),
}

fn any_worlds(
    files: SizeRange,
    flaws: BoxedStrategy<Vec<Incident>>,
    room: BoxedStrategy<Room>,
) -> impl Strategy<Value = World> {
    let file = (0..SERVERS, sizes(), flaws);
    let files = prop::collection::vec(file, files).prop_map(|files| {
        let files = files.into_iter().enumerate();
        let file = |(number, (server, size, flaws))| WorldFile {
            server: format!("https://server-{server}.example"),
            path: format!("/{number}.bin"),
            size,
            local: format!(r"C:\files\{number}.bin"),
            flaws,
        };
        files.map(file).collect::<Vec<_>>()
    });
    (files, room, users()).prop_map(|(files, room, user)| {
        let needed = size_of(&files);
        let free = match room {
            Room::TooLittle(index) if needed > 0 => {
                let most = usize::try_from(needed).unwrap_or(usize::MAX);
                u64::try_from(index.index(most)).unwrap_or(0)
            }
            Room::TooLittle(_) | Room::Enough => needed.saturating_mul(2).saturating_add(1 << 30),
        };
        World { files, free, user }
    })
}

/// Bytes of all magnitudes.
fn sizes() -> impl Strategy<Value = u64> {
    prop_oneof![
        4 => 1..=1_u64 << 16,
        4 => 1..=10_u64 << 20,
        1 => Just(0),
        1 => 1..=4_u64 << 30,
    ]
}

fn users() -> impl Strategy<Value = User> {
    let user = User::new("user");
    let administrator = user.clone().administrator();
    let before_consent = administrator.clone().not_elevated();
    prop_oneof![6 => Just(user), 1 => Just(administrator), 1 => Just(before_consent)]
}
