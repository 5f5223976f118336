//! What the tests of bandwidth share: a server that gives 8,000 kilobits a second, jobs, and policies.
#![allow(dead_code, reason = "no test uses every helper")]

use std::cell::Cell;

use bits_emulator::chrono::{DateTime, Utc};
use bits_emulator::policy::{
    BandwidthLimit, BandwidthPolicies, Hours, MaxInternetBandwidth, Policies,
};
use bits_emulator::server::ResourceState;
use bits_emulator::{Emulator, Error, Job, JobPriority, JobType, Session, User};

/// In bytes.
pub(crate) const KILOBIT: u64 = 125;
pub(crate) const URL: &str = "https://example.com/app.exe";
pub(crate) const SIZE: u64 = 20_000_000;

pub(crate) struct Setup {
    pub(crate) emulator: Emulator,
    pub(crate) session: Session,
    pub(crate) start: DateTime<Utc>,
    jobs: Cell<u32>,
}

impl Setup {
    pub(crate) fn new(bandwidth: BandwidthPolicies) -> Self {
        let emulator = Emulator::new();
        emulator.set_policies(Policies { bandwidth, ..Policies::default() });
        let server = emulator.server("https://example.com");
        server.file("/app.exe", SIZE).with_state(|file| slow(file, 8_000 * KILOBIT));
        server.file("/slow.exe", SIZE).with_state(|file| slow(file, 10));
        let session = emulator.connect(User::new("alice"));
        let start = emulator.now();
        server.file("/large.exe", 4_u64 << 30).with_state(|file| slow(file, 8_000 * KILOBIT));
        Self { emulator, session, start, jobs: Cell::new(0) }
    }

    /// Restarts the service, and finds the job again (LIFE-32).
    pub(crate) fn restart(&self, job: &Job) -> Result<Job, Error> {
        self.emulator.restart();
        self.session.reconnect()?;
        self.session.job(job.id())
    }

    /// A download that takes 20 seconds.
    pub(crate) fn download(&self, priority: JobPriority) -> Result<Job, Error> {
        self.download_of(URL, priority)
    }

    /// A download of 10 bytes a second.
    pub(crate) fn slow_download(&self) -> Result<Job, Error> {
        self.download_of("https://example.com/slow.exe", JobPriority::Normal)
    }

    /// A download of 4 GiB.
    pub(crate) fn large_download(&self, priority: JobPriority) -> Result<Job, Error> {
        self.download_of("https://example.com/large.exe", priority)
    }

    fn download_of(&self, url: &str, priority: JobPriority) -> Result<Job, Error> {
        self.jobs.set(self.jobs.get() + 1);
        let job = self.session.create_job("update", JobType::Download)?;
        job.add_file(url, format!(r"C:\app\{}.exe", self.jobs.get()))?;
        job.set_priority(priority)?;
        Ok(job)
    }
}

fn slow(file: &mut ResourceState, bytes_per_second: u64) {
    file.rate(bytes_per_second);
}

pub(crate) const fn kilobits(rate: u32) -> BandwidthLimit {
    BandwidthLimit::Kilobits(rate)
}

pub(crate) const fn forbidden() -> BandwidthLimit {
    kilobits(0)
}

pub(crate) fn daily(
    hours: Hours,
    limit: BandwidthLimit,
    otherwise: BandwidthLimit,
) -> BandwidthPolicies {
    let max_internet_bandwidth = Some(MaxInternetBandwidth { hours, limit, otherwise });
    BandwidthPolicies { max_internet_bandwidth, ..BandwidthPolicies::default() }
}

/// Nothing from midnight to 6 o'clock.
pub(crate) fn nightly() -> BandwidthPolicies {
    daily(Hours::between(0, 6), forbidden(), BandwidthLimit::Unlimited)
}
