//! Stores: what programs keep beyond the end of their processes, and locks there.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::actor::LockName;
use super::driver::ProgramDriver;
use super::execution::{Execution, Progress};
use super::record::Told;
use super::situation::digest;
use crate::emulator::Emulator;

type Values = BTreeMap<String, String>;

/// What a program keeps beyond the end of its process: names and their values, as a file or the registry
/// would. It is unchanged from a kill to the next life.
///
/// It is the program's own, and that of all its [processes](crate::explore::Program::processes); or
/// [shared by a user](crate::explore::Life::user_store). Of [several
/// programs](crate::explore#several-programs) another one may go on before each use of a store.
#[derive(Clone)]
pub struct Store {
    number: u8,
    values: Arc<Mutex<Values>>,
    emulator: Emulator,
    driver: Arc<ProgramDriver>,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("values", &self.values).finish_non_exhaustive()
    }
}

impl Store {
    pub(super) fn new(number: u8, emulator: &Emulator, driver: &Arc<ProgramDriver>) -> Self {
        let (emulator, driver) = (emulator.clone(), Arc::clone(driver));
        Self { number, values: Arc::default(), emulator, driver }
    }

    fn execution(&self) -> &Arc<Execution> {
        &self.driver.execution
    }

    fn enter(&self) {
        self.execution().expect_own_thread("the store");
        self.driver.before_store(&self.emulator);
    }

    fn with<T>(&self, act: impl FnOnce(&mut Values) -> T) -> T {
        act(&mut self.values.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the store, unless the program is killed.
    fn change<T: Default>(&self, act: impl FnOnce(&mut Values) -> T) -> T {
        self.enter();
        let execution = self.execution();
        if execution.is_stopped() {
            return T::default();
        }
        let done = self.with(act);
        let digest = self.with(|values| digest(values));
        execution.set_store(self.number, digest);
        if execution.are_several() {
            // What others do to the store does not tell how far this one has come.
            execution.observe(&"stored");
        }
        done
    }

    fn record_change(&self, name: &str) {
        if !self.execution().is_stopped() {
            let value = || self.with(|values| values.get(name).cloned());
            self.execution().record(|| Told::Stored(name.to_owned(), value()));
        }
    }

    /// Returns the value of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<String> {
        self.enter();
        let value = self.with(|values| values.get(name).cloned());
        self.execution().observe(&(name, &value));
        self.execution().record(|| Told::Recalled(name.to_owned(), value.clone()));
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
        self.execution().observe(&(name, is_changed));
        if is_changed {
            self.record_change(name);
        }
        is_changed
    }

    /// Waits until the lock of that name is free, and takes it. It is given up when the guard is dropped, and
    /// when the process ends or is killed, as a named mutex or a file that is opened for one process alone. Locks
    /// are not values: a lock may have the name of one.
    ///
    /// Programs of which each waits for the lock of another one do not end, nor does one that takes a lock that it
    /// holds: the exploration says so. A callback must not wait for a lock, for all others wait for its return.
    ///
    /// ```
    /// use bits_emulator::explore::{self, Life};
    ///
    /// fn counts(life: &Life) -> Result<(), String> {
    ///     let _lock = life.store().lock("count");
    ///     let count = life.store().get("count").map_or(0, |count| count.parse().unwrap_or(0));
    ///     life.store().set("count", (count + 1).to_string());
    ///     Ok(())
    /// }
    ///
    /// let verdict = explore::program(counts).processes(2).check();
    /// assert!(verdict.is_exhausted());
    /// ```
    #[must_use = "the lock is given up when the guard is dropped"]
    pub fn lock(&self, name: &str) -> StoreLock {
        self.enter();
        let execution = Arc::clone(self.execution());
        let lock = (self.number, name.to_owned());
        let mut owner = None;
        while owner.is_none() && !execution.is_stopped() {
            owner = execution.progress().take_lock(&lock);
            if owner.is_none() {
                self.driver.wait_for_lock(&self.emulator, &lock);
            }
        }
        if owner.is_some() {
            execution.observe(&("lock", name));
            execution.record(|| Told::Locks(name.to_owned()));
        }
        StoreLock { lock, owner, execution }
    }
}

/// A lock that a program holds, by [`Store::lock`].
#[derive(Debug)]
#[must_use = "the lock is given up when the guard is dropped"]
pub struct StoreLock {
    lock: LockName,
    /// The program and its life.
    owner: Option<(u8, u32)>,
    execution: Arc<Execution>,
}

impl Drop for StoreLock {
    fn drop(&mut self) {
        let Self { lock, owner, execution } = self;
        let mut progress = execution.progress();
        // After a kill another one may hold it already.
        if owner.is_some() && progress.locks.get(lock) == owner.as_ref() {
            progress.locks.remove(lock);
            drop(progress);
            execution.record(|| Told::Unlocks(lock.1.clone()));
        }
    }
}

impl Progress {
    /// Takes a lock for the program that acts, if it is free.
    fn take_lock(&mut self, lock: &LockName) -> Option<(u8, u32)> {
        if self.locks.contains_key(lock) {
            return None;
        }
        let owner = (self.actor.number, self.actor.life);
        self.locks.insert(lock.clone(), owner);
        Some(owner)
    }

    /// The process of a program ends.
    pub(super) fn release_locks_of(&mut self, program: u8) {
        self.locks.retain(|_, (owner, _)| *owner != program);
    }
}
