//! What a test does to an emulator besides letting time pass: users, network, policies, restarts,
//! and faults of calls.

use std::sync::Arc;

use chrono::TimeDelta;
use uuid::Uuid;

use super::callback::Callback;
use super::emulator::Emulator;
use super::objects::ClientObject;
use super::user::User;
use crate::emulator::engine::advance::NextStep;
use crate::emulator::engine::hooks::Hook;
use crate::emulator::engine::saved::SavedEmulator;
use crate::machine::{Block, ComputerEvent, Event};
use crate::service::{Chooser, Policies};
use crate::vocabulary::{CertificateLookup, CostFlags, JobId};
use crate::world::{Link, World};

/// Users and computer.
impl Emulator {
    /// A user begins a further interactive session (NET-03).
    pub fn log_on(&self, user: &User) {
        let mut engine = self.lock();
        let sid = engine.sid_of(&user.account);
        engine.log_on(sid);
    }

    /// A user ends a session; with the last one the user's jobs stop (NET-10, NET-12). Processes
    /// live on; [`Session::kill`](crate::emulator::Session::kill) ends one.
    pub fn log_off(&self, user: &User) {
        let mut engine = self.lock();
        let sid = engine.sid_of(&user.account);
        engine.log_off(sid);
    }

    /// The service restarts (NET-13, LIFE-30). Processes live on, and that what they hold of sessions,
    /// jobs and files can be used again is our reading; their callbacks are to be registered again.
    pub fn restart(&self) {
        self.lock().inject_to_all(ComputerEvent::ServiceRestarted);
    }

    /// The computer restarts: every process ends, every user is logged off, and the service restarts
    /// (LIFE-29, NET-13).
    pub fn reboot(&self) {
        let mut engine = self.lock();
        engine.end_all_processes();
        engine.log_off_all_users();
        engine.inject_to_all(ComputerEvent::ServiceRestarted);
    }

    /// The system clock is moved by so much, backwards if it is negative (TIME-05).
    pub fn change_clock(&self, by: TimeDelta) {
        self.lock().inject_to_all(ComputerEvent::ClockChanged(by));
    }
}

/// Network, power and policies.
impl Emulator {
    /// The last network connection is lost (NET-04).
    pub fn disconnect_network(&self) {
        self.lock().inject_to_all(ComputerEvent::NetworkLost);
    }

    /// A network connection is established (NET-05).
    pub fn connect_network(&self) {
        self.lock().inject_to_all(ComputerEvent::NetworkRestored);
    }

    /// Sets whether the computer that shares its connection with this one has a connection itself. While
    /// it has none there is a network all the same: HTTP servers are not reached, and attempts fail with a
    /// transient error; shares are reached (NET-09). The code, `ERROR_WINHTTP_CANNOT_CONNECT`, is our
    /// interpretation.
    pub fn set_sharing_host(&self, connected: bool) {
        self.lock().world.set_sharing_host(connected);
    }

    /// What the network costs from now on (NET-14).
    pub fn set_network_cost(&self, cost: CostFlags) {
        self.lock().inject_to_all(ComputerEvent::NetworkCost(cost));
    }

    /// A policy or the power state forbids transfers (SCHED-15, NET-17).
    pub fn block(&self, block: Block) {
        self.lock().inject_to_all(ComputerEvent::Blocked(block));
    }

    /// It no longer does.
    pub fn unblock(&self, block: Block) {
        self.lock().inject_to_all(ComputerEvent::Unblocked(block));
    }

    /// What the certificate store answers from now on to those who choose a client certificate; by
    /// default it has any (PROP-21).
    pub fn set_certificate_lookup(&self, lookup: CertificateLookup) {
        self.lock().certificate_lookup = lookup;
    }

    /// The policies of the computer from now on. Limits of bandwidth hold at once for all jobs
    /// (SCHED-13, SCHED-15).
    ///
    /// ```
    /// use std::time::Duration;
    /// use bits_emulator::{Emulator, HResult, JobState, JobType, User};
    /// use bits_emulator::policy::{
    ///     BandwidthLimit, BandwidthPolicies, Hours, MaxInternetBandwidth, Policies,
    /// };
    ///
    /// let emulator = Emulator::new();
    /// emulator.server("https://example.com").file("/app.exe", 10 << 20);
    /// // SCHED-15: nothing is transferred in the background from 0 to 6 o'clock.
    /// let nightly = MaxInternetBandwidth {
    ///     hours: Hours::between(0, 6),
    ///     limit: BandwidthLimit::Kilobits(0),
    ///     otherwise: BandwidthLimit::Unlimited,
    /// };
    /// let bandwidth =
    ///     BandwidthPolicies { max_internet_bandwidth: Some(nightly), ..Default::default() };
    /// emulator.set_policies(Policies { bandwidth, ..Policies::default() });
    ///
    /// // An emulator begins at midnight.
    /// let session = emulator.connect(User::new("alice"));
    /// let job = session.create_job("update", JobType::Download)?;
    /// job.add_file("https://example.com/app.exe", r"C:\app\app.exe")?;
    /// job.resume()?;
    /// assert_eq!(job.state()?, JobState::TransientError);
    /// assert_eq!(job.error()?.code(), HResult::BG_E_BLOCKED_BY_POLICY);
    ///
    /// emulator.advance(Duration::from_secs(6 * 3_600));
    /// assert_eq!(job.state()?, JobState::Transferring);
    /// # Ok::<(), bits_emulator::Error>(())
    /// ```
    pub fn set_policies(&self, policies: Policies) {
        self.lock().set_policies(policies);
    }

    /// The link to the network from now on: how fast it is, and how busy with other applications
    /// (SCHED-12).
    pub fn set_link(&self, link: Link) {
        self.lock().set_link(link);
    }

    /// Who decides which of several things that could happen now comes first. Without this it is
    /// always the same one ([`FirstInFirstOut`](crate::service::FirstInFirstOut)). The chooser must not call an
    /// emulator.
    pub fn set_chooser(&self, chooser: impl Chooser<NextStep> + Clone + Send + 'static) {
        // Dropping the former chooser may call the emulator, so the lock has to be free by then.
        let _former = std::mem::replace(&mut self.lock().state.chooser, Box::new(chooser));
    }

    /// Everything else that a [`World`] can be set to, its proxy for instance. The closure must not
    /// call an emulator.
    pub fn with_world<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        self.observe(|engine| change(&mut engine.world))
    }
}

/// What happens to calls, notifications and jobs.
impl Emulator {
    /// Makes calls of clients fail.
    pub fn hook(&self, hook: Hook) {
        self.lock().hooks.add(hook);
    }

    /// Forgets the hooks that were not met yet.
    pub fn clear_hooks(&self) {
        self.lock().hooks.clear();
    }

    /// What the programs of command lines do: given the job, the program and its parameters, the exit
    /// code (NOTIFY-27). Without this they end with 0 and do nothing.
    pub fn on_program(&self, program: impl Fn(JobId, &str, &str) -> u32 + Send + Sync + 'static) {
        let mut engine = self.lock();
        let program = engine.add_object(ClientObject::Program(Arc::new(program)));
        engine.register_program(program);
    }

    /// What the objects of a COM class do, by which jobs may be told beyond the life of a process
    /// (NOTIFY-23, [`JobProperty::NotificationClsid`](crate::settings::JobProperty::NotificationClsid)); `None`
    /// takes the class away. Restarts do not end it.
    pub fn set_class(&self, class: Uuid, object: Option<Arc<dyn Callback>>) {
        let mut engine = self.lock();
        let object = object.map(|object| engine.add_object(ClientObject::Callback(object)));
        engine.register_class(class, object);
    }

    /// Lets anything happen to one job, at any time; false if it meant nothing to the job as it was.
    pub fn inject(&self, job: impl Into<JobId>, event: Event) -> bool {
        self.lock().inject(job.into(), event)
    }
}

/// Beyond the life of an emulator.
impl Emulator {
    /// What would be left if the power failed now. Servers and disk are no part of it: a test takes them
    /// along by [`with_world`](Self::with_world), or has its disk in a real directory. Nor are sessions,
    /// policies, readings and whatever else a test sets up anew.
    #[must_use]
    pub fn save(&self) -> SavedEmulator {
        self.lock().save()
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
        self.lock().boot(saved);
    }
}
