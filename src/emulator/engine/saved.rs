//! What outlasts an emulator, and another that goes on from it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Engine;
use super::accounts::Accounts;
use crate::emulator::handles::emulator::Emulator;
use crate::emulator::trace::{Actor, TraceEvent};
use crate::service::Snapshot;

/// What BITS and Windows keep on a computer beyond its restart: the jobs, and who the accounts are whose
/// they are. With the feature `serde` it is serialisable.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(deny_unknown_fields)
)]
pub struct SavedEmulator {
    service: Snapshot,
    /// As they were first written.
    accounts: BTreeMap<Arc<str>, u32>,
}

impl SavedEmulator {
    /// The jobs.
    #[must_use]
    pub const fn service(&self) -> &Snapshot {
        &self.service
    }
}

/// Beyond the life of an emulator.
impl Emulator {
    /// What would be left if the power failed now. Servers and disk are no part of it: a test takes them
    /// along by [`with_world`](Self::with_world), or has its disk in a real directory. Nor are sessions,
    /// policies, readings and whatever else a test sets up anew.
    #[must_use]
    pub fn save(&self) -> SavedEmulator {
        let mut engine = self.lock();
        engine.catch_up_all();
        SavedEmulator { service: engine.service.snapshot(), accounts: engine.accounts.save() }
    }

    /// This computer starts, not before it was saved, with those jobs and accounts in place of its own
    /// (LIFE-29, NET-13). As after a [`reboot`](Self::reboot), no process runs and nobody is logged on;
    /// everything else is as it was set up here.
    ///
    /// ```
    /// use std::time::Duration;
    /// use bits_emulator::{Emulator, JobType, User};
    ///
    /// let emulator = Emulator::new();
    /// emulator.server("https://example.com").file("/app.exe", 10 << 20);
    /// let job = emulator.connect(User::new("alice")).create_job("update", JobType::Download)?;
    /// job.add_file("https://example.com/app.exe", r"C:\app\app.exe")?;
    /// job.resume()?;
    /// emulator.advance(Duration::from_secs(3));
    ///
    /// let (saved, world) = (emulator.save(), emulator.with_world(|world| world.clone()));
    /// drop(emulator);
    ///
    /// let emulator = Emulator::new();
    /// emulator.with_world(|here| *here = world);
    /// emulator.boot(&saved);
    /// let job = emulator.connect(User::new("alice")).job(job.id())?;
    /// assert!(job.progress()?.bytes_transferred > 0);
    /// emulator.run_until_idle();
    /// job.complete()?;
    /// # Ok::<(), bits_emulator::Error>(())
    /// ```
    pub fn boot(&self, saved: &SavedEmulator) {
        let mut engine = self.lock();
        engine.end_all_processes();
        engine.log_everybody_off();
        engine.boot(saved);
    }
}

impl Engine {
    fn boot(&mut self, saved: &SavedEmulator) {
        self.forget_clients();
        self.registered.clear();
        self.accounts = Accounts::with(&saved.accounts);
        self.tokens.clear();
        saved.service.jobs().for_each(|job| self.recorder.know(job.id(), job.display_name()));
        self.service.set_now(saved.service.saved());
        let stepped = self.service.restore(&saved.service);
        self.happened_to_all(Actor::Test, TraceEvent::Booted, stepped);
    }
}
