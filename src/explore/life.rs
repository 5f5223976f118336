//! The life of a program: what one run of it is given, between its start and its end or its kill.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};

use super::execution::Execution;
use super::program_request::ProgramRequest;
use super::record::Told;
use super::situation::digest;
use crate::emulator::{Emulator, Session};

/// One life of a program: the session of its process, and the store that outlives it. A program that is
/// killed begins its next life with what its store held.
#[derive(Debug)]
pub struct Life {
    pub(super) emulator: Emulator,
    pub(super) session: Session,
    pub(super) store: Store,
    pub(super) execution: Arc<Execution>,
    pub(super) number: u32,
}

impl Life {
    /// Returns the session of the program's process.
    #[must_use]
    pub const fn session(&self) -> &Session {
        &self.session
    }

    /// Returns the store of the program.
    #[must_use]
    pub const fn store(&self) -> &Store {
        &self.store
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

/// What a program keeps beyond the end of its process: names and their values, as a file or the registry
/// would. It is unchanged from a kill to the next life.
#[derive(Debug, Clone)]
pub struct Store {
    values: Arc<Mutex<BTreeMap<String, String>>>,
    execution: Arc<Execution>,
}

impl Store {
    pub(super) fn new(execution: Arc<Execution>) -> Self {
        Self { values: Arc::default(), execution }
    }

    fn with<T>(&self, act: impl FnOnce(&mut BTreeMap<String, String>) -> T) -> T {
        self.execution.expect_own_thread("the store");
        act(&mut self.values.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the store, unless the program is killed.
    fn change<T: Default>(&self, act: impl FnOnce(&mut BTreeMap<String, String>) -> T) -> T {
        self.execution.expect_own_thread("the store");
        if self.execution.is_stopped() {
            return T::default();
        }
        let done = self.with(act);
        let digest = self.with(|values| digest(values));
        self.execution.set_store(digest);
        done
    }

    fn record_change(&self, name: &str) {
        if !self.execution.is_stopped() {
            let value = || self.with(|values| values.get(name).cloned());
            self.execution.record(|| Told::Stored(name.to_owned(), value()));
        }
    }

    /// Returns the value of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<String> {
        let value = self.with(|values| values.get(name).cloned());
        self.execution.observe(&(name, &value));
        self.execution.record(|| Told::Recalled(name.to_owned(), value.clone()));
        value
    }

    /// Sets the value of a name.
    pub fn set(&self, name: &str, value: impl Into<String>) {
        let value = value.into();
        self.change(|values| _ = values.insert(name.to_owned(), value));
        self.record_change(name);
    }

    /// Removes a name.
    pub fn remove(&self, name: &str) {
        self.change(|values| _ = values.remove(name));
        self.record_change(name);
    }

    /// Sets the value of a name if it is still the expected one, and returns whether it was.
    #[must_use = "the value is unchanged if it was another"]
    pub fn compare_and_set(&self, name: &str, expected: Option<&str>, value: &str) -> bool {
        let is_changed = self.change(|values| {
            let is_expected = values.get(name).map(String::as_str) == expected;
            if is_expected {
                values.insert(name.to_owned(), value.to_owned());
            }
            is_expected
        });
        self.execution.observe(&(name, is_changed));
        if is_changed {
            self.record_change(name);
        }
        is_changed
    }
}
