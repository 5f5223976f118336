//! What a test sets around the jobs: users, network, policies, restarts, programs and classes.

use std::sync::Arc;

use chrono::TimeDelta;
use uuid::Uuid;

use super::callback::ClientObject;
use super::callback::IntoCallback;
use super::emulator::Emulator;
use super::job_ref::JobRef;
use super::user::User;
use crate::emulator::engine::advance::NextStep;
use crate::emulator::engine::saved::SavedEmulator;
use crate::machine::{Block, ComputerEvent, Event};
use crate::service::{Chooser, Policies};
use crate::vocabulary::{CertificateLookup, CostFlags, HResult, JobId};
use crate::world::Link;

/// Users and computer.
impl Emulator {
    /// Logs a user on to a further interactive session (NET-03).
    pub fn log_on(&self, user: impl Into<User>) {
        let (user, mut engine) = (user.into(), self.lock());
        let sid = engine.accounts.sid_of(&user.account);
        engine.log_on(sid);
    }

    /// Logs a user off from a session; with the last one the user's jobs stop (NET-10, NET-12). Processes
    /// live on; [`Session::kill`](crate::emulator::Session::kill) ends one.
    pub fn log_off(&self, user: impl Into<User>) {
        let (user, mut engine) = (user.into(), self.lock());
        let sid = engine.accounts.sid_of(&user.account);
        engine.log_off(sid);
    }

    /// Restarts the service, or starts it (NET-13, LIFE-30). Processes live on, but the sessions, jobs and
    /// files that they hold are dead: they have to [connect anew](crate::Session::reconnect), find their
    /// jobs by id and register their callbacks again (LIFE-32, NOTIFY-18). What a test asks of the emulator
    /// goes by the id of a job and works with a dead handle.
    pub fn restart(&self) {
        self.lock().inject_to_all(ComputerEvent::ServiceRestarted);
    }

    /// Stops the service: no job runs and calls fail until it is [started](Self::start) (LIFE-31). Nor does
    /// a process that connects start it.
    ///
    /// ```
    /// use bits_emulator::{Emulator, HResult, JobState, JobType, User};
    ///
    /// let emulator = Emulator::new();
    /// emulator.server("https://example.com").file("/app.exe", 10 << 20);
    /// let session = emulator.connect(User::new("alice"));
    /// let job = session.create_job("update", JobType::Download)?;
    /// job.add_file("https://example.com/app.exe", r"C:\app\app.exe")?;
    /// job.resume()?;
    ///
    /// emulator.stop();
    /// assert!(emulator.run_until_idle().is_at_rest());
    /// assert_eq!(session.jobs().unwrap_err().code(), HResult::RPC_S_SERVER_UNAVAILABLE);
    ///
    /// emulator.start();
    /// session.reconnect()?;
    /// assert!(emulator.run_until_idle().is_at_rest());
    /// assert_eq!(session.job(job.id())?.state()?, JobState::Transferred);
    /// # Ok::<(), bits_emulator::Error>(())
    /// ```
    pub fn stop(&self) {
        self.lock().stop_service();
    }

    /// Starts a [stopped](Self::stop) service.
    pub fn start(&self) {
        self.lock().start_service();
    }

    /// Sets the code of calls that do not reach the service: `RPC_S_SERVER_UNAVAILABLE` by default, or
    /// `RPC_E_DISCONNECTED` where the host process lives on (LIFE-32).
    ///
    /// # Panics
    ///
    /// If it is a code of success.
    #[track_caller]
    pub fn set_unavailable_code(&self, code: HResult) {
        assert!(code.is_failure(), "{code} is not the code of a failure");
        self.lock().host.dead_code = code;
    }

    /// Restarts the computer: every process ends, every user is logged off, and the service restarts
    /// (LIFE-29, NET-13).
    pub fn reboot(&self) {
        let mut engine = self.lock();
        engine.end_all_processes();
        engine.log_off_all_users();
        engine.inject_to_all(ComputerEvent::ServiceRestarted);
    }

    /// Sets the name of the computer, with which listings name accounts: `HOST\user` (TOOL-01).
    ///
    /// ```
    /// use bits_emulator::{Emulator, JobType, User};
    ///
    /// let emulator = Emulator::new();
    /// emulator.set_host_name("HNS");
    /// let job = emulator.connect(User::new("alice")).create_job("update", JobType::Download)?;
    /// assert!(emulator.bitsadmin_info(&job)?.contains(r"OWNER: HNS\alice"));
    /// # Ok::<(), bits_emulator::Error>(())
    /// ```
    pub fn set_host_name(&self, host: impl Into<Arc<str>>) {
        self.lock().accounts.host = Some(host.into());
    }

    /// Moves the system clock, backwards if the span is negative (TIME-05).
    pub fn change_clock(&self, by: TimeDelta) {
        self.lock().inject_to_all(ComputerEvent::ClockChanged(by));
    }
}

/// Network, power and policies.
impl Emulator {
    /// Removes the last network connection (NET-04).
    pub fn disconnect_network(&self) {
        self.lock().inject_to_all(ComputerEvent::NetworkLost);
    }

    /// Establishes a network connection (NET-05).
    pub fn connect_network(&self) {
        self.lock().inject_to_all(ComputerEvent::NetworkRestored);
    }

    /// Sets whether the computer that shares its connection with this one has a connection itself. While
    /// it has none there is a network all the same: HTTP servers are not reached, and attempts fail with a
    /// transient error; shares are reached (NET-09). The code, `ERROR_WINHTTP_CANNOT_CONNECT`, is an
    /// interpretation.
    pub fn set_sharing_host(&self, connected: bool) {
        self.lock().world.set_sharing_host(connected);
    }

    /// Sets what the network costs (NET-14).
    pub fn set_network_cost(&self, cost: CostFlags) {
        self.lock().inject_to_all(ComputerEvent::NetworkCost(cost));
    }

    /// Puts a policy or power state in force that forbids transfers (SCHED-15, NET-17).
    pub fn block(&self, block: Block) {
        self.lock().inject_to_all(ComputerEvent::Blocked(block));
    }

    /// Ends a policy or power state that forbids transfers.
    pub fn unblock(&self, block: Block) {
        self.lock().inject_to_all(ComputerEvent::Unblocked(block));
    }

    /// Sets whether the certificate store has the client certificates that clients choose; by default it
    /// has any (PROP-21).
    pub fn set_certificate_lookup(&self, lookup: CertificateLookup) {
        self.lock().certificate_lookup = lookup;
    }

    /// Sets the policies of the computer. Limits of bandwidth hold at once for all jobs
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

    /// Sets the link to the network: how fast it is, and how busy with other applications (SCHED-12).
    pub fn set_link(&self, link: Link) {
        self.lock().set_link(link);
    }

    /// Sets the chooser, which decides which of several steps that are possible now comes first. By
    /// default it is [`FirstInFirstOut`](crate::service::FirstInFirstOut). The chooser must not call an
    /// emulator.
    pub fn set_chooser(&self, chooser: impl Chooser<NextStep> + Clone + Send + 'static) {
        // Dropping the former chooser may call the emulator, so the lock has to be free by then.
        let _former = std::mem::replace(&mut self.lock().state.chooser, Box::new(chooser));
    }
}

/// What happens to calls, notifications and jobs.
impl Emulator {
    /// Sets what the programs of command lines do: given the job, the program and its parameters, the
    /// closure returns the exit code (NOTIFY-27). By default they do nothing and exit with 0.
    pub fn on_program(&self, program: impl Fn(JobId, &str, &str) -> u32 + Send + Sync + 'static) {
        let mut engine = self.lock();
        let program = engine.add_object(ClientObject::Program(Arc::new(program)));
        engine.register_program(program);
    }

    /// Sets the object of a COM class, by which jobs notify beyond the life of a process
    /// ([`NotificationClsid`](crate::settings::JobProperty::NotificationClsid), NOTIFY-23); `None` takes the
    /// class away. The class outlives restarts.
    pub fn set_class(&self, class: Uuid, object: impl IntoCallback) {
        let (object, mut engine) = (object.into_callback(), self.lock());
        let object = object.map(|object| engine.add_object(ClientObject::Callback(object)));
        engine.register_class(class, object);
    }

    /// Lets an event happen to one job. False if it meant nothing in the state of the job.
    ///
    /// # Panics
    ///
    /// If the job is one of [another emulator](crate::emulator::JobRef).
    #[track_caller]
    pub fn inject<'job>(&self, job: impl Into<JobRef<'job>>, event: Event) -> bool {
        let job = self.expect_id_of(job);
        self.lock().inject(job, event)
    }
}

/// Saved emulators.
impl Emulator {
    /// Returns what would be left if the power failed now. The disk is no part of it: a test takes it along
    /// by [`Disk::with_state`](crate::disk::Disk::with_state), or has it in a real directory. Nor are
    /// servers, sessions, policies, readings, the [name of the computer](Self::set_host_name) and other
    /// settings of the test.
    #[must_use]
    pub fn save(&self) -> SavedEmulator {
        self.lock().save()
    }

    /// Starts this computer with the saved jobs and accounts in place of its own, at the time of saving or
    /// later (LIFE-29, NET-13). As after a [`reboot`](Self::reboot), no process runs and no user is logged on;
    /// everything else is as it was set up here.
    ///
    /// ```
    /// use std::time::Duration;
    /// use bits_emulator::{Emulator, JobType, User};
    ///
    /// let computer = || {
    ///     let emulator = Emulator::new();
    ///     emulator.server("https://example.com").file("/app.exe", 10 << 20);
    ///     emulator
    /// };
    /// let emulator = computer();
    /// let job = emulator.connect(User::new("alice")).create_job("update", JobType::Download)?;
    /// job.add_file("https://example.com/app.exe", r"C:\app\app.exe")?;
    /// job.resume()?;
    /// emulator.advance(Duration::from_secs(3));
    ///
    /// let (saved, disk) = (emulator.save(), emulator.disk().with_state(|disk| disk.clone()));
    /// drop(emulator);
    ///
    /// let emulator = computer();
    /// emulator.disk().with_state(|there| *there = disk);
    /// emulator.boot(&saved);
    /// let job = emulator.connect(User::new("alice")).job(job.id())?;
    /// assert!(job.progress()?.bytes_transferred > 0);
    /// assert!(emulator.run_until_idle().is_at_rest());
    /// job.complete()?;
    /// # Ok::<(), bits_emulator::Error>(())
    /// ```
    pub fn boot(&self, saved: &SavedEmulator) {
        let mut engine = self.lock();
        engine.boot(saved);
        // No handle names them yet, and they are dropped like others once they are over.
        for job in saved.service().jobs() {
            engine.reference(job.id());
        }
    }
}
