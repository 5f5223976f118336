//! The life of a program: what one run of it is given, between its start and its end or its kill.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::execution::Execution;
use super::program_request::ProgramRequest;
use super::record::Told;
use super::store::Store;
use crate::emulator::{Emulator, Session};

/// One life of a program: the session of its process, and the store that outlives it. A program that is
/// killed begins its next life with what its store held.
#[derive(Debug)]
pub struct Life {
    pub(super) emulator: Emulator,
    pub(super) session: Session,
    pub(super) store: Store,
    pub(super) user_store: Store,
    pub(super) execution: Arc<Execution>,
    pub(super) number: u32,
    pub(super) place: usize,
}

impl Life {
    /// Returns the session of the program's process.
    #[must_use]
    pub const fn session(&self) -> &Session {
        &self.session
    }

    /// Returns the store of the program. All [processes](super::Program::processes) of it have the same.
    #[must_use]
    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// Returns the store that [all programs](crate::explore#several-programs) of the same user share. A name in it
    /// is another one than in the store of the program.
    #[must_use]
    pub const fn user_store(&self) -> &Store {
        &self.user_store
    }

    /// Returns the place of the program among [several](crate::explore#several-programs), from 0 on. A program of
    /// which there are several processes does not know which one it is, if it does not look here.
    #[must_use]
    pub const fn place(&self) -> usize {
        self.place
    }

    /// Returns how many lives came before this one.
    #[must_use]
    pub const fn number(&self) -> u32 {
        self.number
    }

    /// Begins a request of these files, remote and local names: the program reports one outcome of it before
    /// it ends. A program with one task may report by what it returns instead, with
    /// [`Program::wants`](super::Program::wants).
    ///
    /// ```
    /// use bits_emulator::explore::{self, Life};
    /// use bits_emulator::{Error, JobType};
    ///
    /// const FILE: (&str, &str) = ("https://example.com/app.exe", r"C:\app\app.exe");
    ///
    /// fn updater(life: &Life) -> Result<(), Error> {
    ///     let request = life.request([FILE]);
    ///     let job = life.session().create_job("update", JobType::Download)?;
    ///     job.cancel()?;
    ///     request.success();
    ///     Ok(())
    /// }
    ///
    /// let found = explore::program(updater).explore().counterexample.expect("it lies");
    /// assert_eq!(found.promise(), "success is reported only if every wanted file is there");
    /// ```
    pub fn request<R, L>(&self, files: impl IntoIterator<Item = (R, L)>) -> ProgramRequest
    where
        R: Into<String>,
        L: Into<String>,
    {
        let files = files.into_iter().map(|(remote, local)| (remote.into(), local.into()));
        ProgramRequest::new(&self.emulator, &self.execution, files.collect())
    }

    /// Returns the present time, by the steady clock of the service.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.execution.expect_own_thread("its life");
        let now = self.emulator.now();
        self.execution.observe(&now);
        now
    }

    /// Returns whether a file is on the disk.
    #[must_use]
    pub fn file_exists(&self, path: &str) -> bool {
        self.execution.expect_own_thread("its life");
        let exists = self.emulator.disk().exists(path);
        self.execution.observe(&(path, exists));
        self.execution.record(|| Told::Looked(path.to_owned(), exists));
        exists
    }
}
