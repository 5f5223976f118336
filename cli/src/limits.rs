//! What an exploration may cost: the time that it may take, the memory that the command may use; and how often it says
//! how far it has come.

use std::time::{Duration, Instant};

use bits_emulator::explore::open_scenarios::Extent;
use clap::Args;
use sysinfo::{MemoryRefreshKind, Pid, ProcessRefreshKind, ProcessesToUpdate, System};

use crate::output::complain;

/// How many runs are continued between two looks at the memory, which take longer than a clock's.
const RUNS_BETWEEN_LOOKS: u32 = 64;
const MIB: u64 = 1 << 20;

#[derive(Args)]
pub(crate) struct LimitOptions {
    /// Explore each file for at most that time, and print how far the exploration came.
    #[arg(long)]
    seconds: Option<u64>,
    /// Explore while the command uses less memory than that, and print how far the exploration came; by default half
    /// of the memory of the machine, or of the container.
    #[arg(long, value_name = "MIB")]
    memory: Option<u64>,
    /// Say on standard error how far the exploration has come, each time so many seconds have passed.
    #[arg(long, value_name = "SECONDS", default_value_t = 5)]
    progress: u64,
}

/// A limit that ended an exploration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reached {
    Time,
    Memory,
}

impl Reached {
    /// Its name in JSON.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Memory => "memory",
        }
    }

    /// When the exploration ended.
    pub(crate) const fn when(self) -> &'static str {
        match self {
            Self::Time => "when the time was over",
            Self::Memory => "when the memory was used up",
        }
    }
}

/// The limits of one exploration that has begun.
pub(crate) struct Limits {
    begun: Instant,
    time: Option<Duration>,
    memory: Memory,
    told: Instant,
    progress: Duration,
    reached: Option<Reached>,
}

impl Limits {
    pub(crate) fn begin(options: &LimitOptions) -> Self {
        let begun = now();
        Self {
            begun,
            time: options.seconds.map(Duration::from_secs),
            memory: Memory::new(options.memory.map(|number| number.saturating_mul(MIB))),
            told: begun,
            progress: Duration::from_secs(options.progress),
            reached: None,
        }
    }

    /// Returns whether the exploration may go on; says how far it has come, if that is due.
    pub(crate) fn go_on(&mut self, extent: Extent) -> bool {
        if self.told.elapsed() >= self.progress {
            self.told = now();
            complain(format_args!("{extent}"));
        }
        if self.time.is_some_and(|time| self.begun.elapsed() >= time) {
            self.reached = Some(Reached::Time);
        } else if self.memory.is_used_up() {
            self.reached = Some(Reached::Memory);
        }
        self.reached.is_none()
    }

    /// Returns the limit that ended the exploration, if one did.
    pub(crate) const fn reached(&self) -> Option<Reached> {
        self.reached
    }
}

#[expect(clippy::disallowed_methods, reason = "it is how long a person waits that is limited")]
fn now() -> Instant {
    Instant::now()
}

/// The memory that this process uses, and the most that it may. Where the system does not tell, there is no limit.
struct Memory {
    system: System,
    process: Option<Pid>,
    most: u64,
    runs: u32,
}

impl Memory {
    fn new(asked: Option<u64>) -> Self {
        let mut system = System::new();
        let most = asked.unwrap_or_else(|| half_of_all(&mut system));
        Self { system, process: sysinfo::get_current_pid().ok(), most, runs: 0 }
    }

    fn is_used_up(&mut self) -> bool {
        let is_time = self.runs.is_multiple_of(RUNS_BETWEEN_LOOKS);
        self.runs = self.runs.wrapping_add(1);
        is_time && self.used().is_some_and(|used| used >= self.most)
    }

    fn used(&mut self) -> Option<u64> {
        let process = self.process?;
        let memory = ProcessRefreshKind::nothing().with_memory();
        let own = [process];
        let only = ProcessesToUpdate::Some(&own);
        self.system.refresh_processes_specifics(only, false, memory);
        Some(self.system.process(process)?.memory())
    }
}

/// Returns half of the memory of the machine, or of the container if that has less.
fn half_of_all(system: &mut System) -> u64 {
    system.refresh_memory_specifics(MemoryRefreshKind::nothing().with_ram());
    let container = system.cgroup_limits().map_or(u64::MAX, |limits| limits.total_memory);
    match system.total_memory().min(container) {
        0 => u64::MAX,
        all => all / 2,
    }
}
