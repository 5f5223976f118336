//! Endings: how a run of a program ended, and what it left behind, as monitors judge it.

use std::collections::BTreeSet;

use super::choice::Incident;
use super::legality::IllegalCall;
use super::requests::{RequestRecord, missing_file};
use crate::emulator::Emulator;
use crate::vocabulary::text::names::{folder_of, is_temporary_name};
use crate::vocabulary::{FileIndex, Sid};

/// How a run of a program ended, as monitors judge it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Ending<'run> {
    /// The emulator as the run left it.
    pub emulator: &'run Emulator,
    /// What the last life of the program returned: the text of its error if it failed.
    pub result: Result<(), String>,
    /// What the last life of each of [several programs](crate::explore#several-programs) returned: first of the
    /// processes of the explored one, then of those beside it.
    pub results: &'run [Result<(), String>],
    /// How many of these are of the explored program.
    pub(super) processes: usize,
    /// The files that the program was to fetch: remote and local names.
    pub wanted: &'run [(String, String)],
    /// The requests of all lives.
    pub requests: &'run [RequestRecord],
    /// What went wrong in the run.
    pub incidents: &'run [Incident],
    /// What the program should not have done.
    pub illegal_calls: &'run [IllegalCall],
    /// How many jobs of the users of all programs were left in the queue at the end of the program, and after each further life
    /// that was made, in which nothing went wrong.
    pub jobs_left: &'run [usize],
    /// The temporary files that were left beside the files of the program, and are of no job in the queue.
    pub temporary_files: &'run [String],
}

impl Ending<'_> {
    /// Returns the first wanted file that is not on the disk as the server has it.
    #[must_use]
    pub fn missing_file(&self) -> Option<&str> {
        missing_file(self.emulator, self.wanted)
    }
}

/// How many jobs of these accounts are in the queue.
pub(super) fn jobs_left(emulator: &Emulator, owners: &[Sid]) -> usize {
    emulator.observe(|engine| {
        let jobs = engine.service.every_job();
        jobs.filter(|job| owners.contains(&job.owner()) && !job.state().is_final()).count()
    })
}

/// The temporary files in the folders of these files that are of no job in the queue.
pub(super) fn temporary_files<'files>(
    emulator: &Emulator,
    files: impl Iterator<Item = &'files (String, String)>,
) -> Vec<String> {
    let folders: BTreeSet<&str> = files.map(|(_, local)| folder_of(local)).collect();
    let all = folders.iter().flat_map(|folder| {
        let names = emulator.disk().with_state(|disk| disk.list(folder)).into_iter();
        names.filter(|name| is_temporary_name(name)).map(move |name| format!("{folder}{name}"))
    });
    let mut left: Vec<String> = all.collect();
    if !left.is_empty() {
        emulator.observe(|engine| {
            for job in engine.service.every_job().filter(|job| !job.state().is_final()) {
                let names =
                    (0..job.file_count()).filter_map(|file| job.temporary_name(FileIndex(file)));
                names.for_each(|name| left.retain(|known| !known.eq_ignore_ascii_case(&name)));
            }
        });
    }
    left
}
