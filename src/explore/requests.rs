//! Records of requests: the files that each asks for, and what a program reported of it.

use std::collections::BTreeSet;
use std::fmt;

use crate::emulator::Emulator;
use crate::machine::JobStateMachine;
use crate::vocabulary::{FileIndex, HResult};

/// What a program reports of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RequestOutcome {
    /// Every file is there.
    Success,
    /// The files are not fetched, for that reason.
    Failure(HResult),
    /// The files are fetched in another way, without BITS.
    Fallback,
}

impl fmt::Display for RequestOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Success => f.write_str("success"),
            Self::Failure(code) => write!(f, "failure with {code}"),
            Self::Fallback => f.write_str("a fallback"),
        }
    }
}

/// A request as monitors judge it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct RequestRecord {
    /// The place of the program that made it among [several](crate::explore#several-programs), from 0 on.
    pub program: usize,
    /// The files that it asked for: remote and local names.
    pub files: Vec<(String, String)>,
    /// What was reported, in that order.
    pub outcomes: Vec<RequestOutcome>,
    /// The first file that was not on the disk, whole and right, when success was reported.
    pub missing: Option<String>,
    /// The codes of the errors for which jobs with one of its files were in ERROR before it was reported.
    pub job_errors: BTreeSet<HResult>,
    /// The codes of calls that failed before it was reported.
    pub call_errors: BTreeSet<HResult>,
    /// Whether the process was killed before it was reported.
    pub was_killed: bool,
}

impl RequestRecord {
    pub(super) const fn is_open(&self) -> bool {
        self.outcomes.is_empty() && !self.was_killed
    }

    pub(super) fn has_file_of(&self, job: &JobStateMachine) -> bool {
        let files = (0..job.file_count()).filter_map(|file| job.file(FileIndex(file)));
        let mut names = files.map(|file| &*file.local_name);
        names.any(|name| self.files.iter().any(|(_, local)| local == name))
    }
}

/// Returns the first of these files that is not on the disk as its server has it.
pub(super) fn missing_file<'files>(
    emulator: &Emulator,
    files: &'files [(String, String)],
) -> Option<&'files str> {
    let is_there = |(remote, local): &(String, String)| {
        let there = emulator.disk().content(local);
        there.is_some() && there == emulator.observe(|engine| engine.world.content_at(remote))
    };
    files.iter().find(|file| !is_there(file)).map(|(_, local)| &**local)
}

/// The process of a program was killed: what it has not reported it never will.
pub(super) fn close_requests(requests: &mut [RequestRecord], program: u8) {
    let open = requests.iter_mut().filter(|request| request.is_open());
    let own = open.filter(|request| request.program == usize::from(program));
    own.for_each(|request| request.was_killed = true);
}
