//! Monitors: what is promised of every run of a program, each as a sentence and a check.

use std::fmt;
use std::sync::Arc;

use super::choice::Incident;
use super::counterexample::Expected;
use crate::emulator::Emulator;
use crate::server::Content;
use crate::vocabulary::{HResult, Method, Sid};

/// How a run of a program ended, as monitors judge it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Ending<'run> {
    /// The emulator as the run left it.
    pub emulator: &'run Emulator,
    /// What the last life returned: the text of its error if it failed.
    pub result: Result<(), String>,
    /// The files that the program was to fetch: remote and local names.
    pub wanted: &'run [(String, String)],
    /// What went wrong in the run.
    pub incidents: &'run [Incident],
    /// The calls that were refused with `BG_E_INVALID_STATE`.
    pub refused: &'run [(Method, HResult)],
    /// How many jobs of the user are left in the queue.
    pub jobs_left: usize,
}

impl Ending<'_> {
    /// Returns the first wanted file that is not on the disk as the server has it.
    #[must_use]
    pub fn missing_file(&self) -> Option<&str> {
        let is_there = |(remote, local): &(String, String)| {
            let there = self.emulator.disk().content(local);
            there.is_some() && there == served(self.emulator, remote)
        };
        self.wanted.iter().find(|file| !is_there(file)).map(|(_, local)| &**local)
    }
}

/// The content that the server of a URL has there.
fn served(emulator: &Emulator, remote: &str) -> Option<Content> {
    emulator.observe(|engine| engine.world.content_at(remote))
}

/// Says what happened instead of what was promised.
type Check = Arc<dyn Fn(&Ending<'_>) -> Result<(), String> + Send + Sync>;

/// A promise of a program, checked at the end of each run: the error says what happened instead.
#[derive(Clone)]
pub struct Monitor {
    pub(super) promise: &'static str,
    pub(super) check: Check,
    /// What a scenario expects where the promise is broken.
    pub(super) expected: fn(&Ending<'_>) -> Expected,
    /// Whether what it looks at is part of the fingerprint of a future.
    pub(super) judges_the_end: bool,
}

impl fmt::Debug for Monitor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Monitor").field(&self.promise).finish()
    }
}

impl Monitor {
    /// Creates a monitor from the sentence of what is promised, and the check that it is kept.
    ///
    /// With a monitor of one's own nothing is pruned, for it may look at what was, such as the trace, where
    /// two runs differ that have the same future. [`judges_the_end`](Self::judges_the_end) allows it.
    pub fn new(
        promise: &'static str,
        check: impl Fn(&Ending<'_>) -> Result<(), String> + Send + Sync + 'static,
    ) -> Self {
        let expected = |_: &Ending<'_>| Expected::Unsaid;
        Self { promise, check: Arc::new(check), expected, judges_the_end: false }
    }

    /// Says that the check looks only at how a run ended: its result, its incidents, the disk, and the jobs
    /// as they are then. Runs with the same future are judged alike by it, and explored once.
    #[must_use]
    pub fn judges_the_end(self) -> Self {
        Self { judges_the_end: true, ..self }
    }

    fn expects(self, expected: fn(&Ending<'_>) -> Expected) -> Self {
        Self { expected, ..self }
    }

    /// Success is reported only if every wanted file is on the disk, whole and right.
    #[must_use]
    pub fn truthful_success() -> Self {
        Self::new("success is reported only if every wanted file is there", |ending| {
            match ending.missing_file().filter(|_| ending.result.is_ok()) {
                Some(file) => Err(format!("the program reported success, and {file} is not there")),
                None => Ok(()),
            }
        })
        .judges_the_end()
        .expects(|ending| {
            ending.missing_file().map_or(Expected::Unsaid, |file| Expected::File(file.to_owned()))
        })
    }

    /// When the program has ended, no job of its user is left in the queue; after a kill one further life,
    /// in which nothing goes wrong, may clean up.
    #[must_use]
    pub fn no_orphans() -> Self {
        Self::new("no job is left behind", |ending| match ending.jobs_left {
            0 => Ok(()),
            left => Err(format!("the program ended and left {left} of its jobs in the queue")),
        })
        .judges_the_end()
        .expects(|_| Expected::NoJobs)
    }

    /// No call is refused with `BG_E_INVALID_STATE`, unless another one ended or changed the job, or a
    /// reply was lost.
    #[must_use]
    pub fn legal_calls() -> Self {
        Self::new("no call is made that the state of the job forbids", |ending| {
            let excuses = |incident: &Incident| {
                matches!(
                    incident,
                    Incident::OperatorCancel
                        | Incident::OperatorSuspend
                        | Incident::OperatorResume
                        | Incident::ReplyLost(_)
                        | Incident::Kill
                )
            };
            match ending.refused.first() {
                Some((method, code)) if !ending.incidents.iter().any(excuses) => {
                    Err(format!("{method} was refused with {code}"))
                }
                _ => Ok(()),
            }
        })
        .judges_the_end()
        .expects(|_| Expected::LegalCalls)
    }

    /// Trouble that passes by itself leads to success: BITS comes through it, and so does the program.
    #[must_use]
    pub fn no_needless_failure() -> Self {
        Self::new("trouble that passes by itself leads to success", |ending| {
            let passed = ending.incidents.iter().all(|incident| incident.is_transient());
            match &ending.result {
                Err(error) if passed => Err(format!("the program failed with: {error}")),
                _ => Ok(()),
            }
        })
        .judges_the_end()
        .expects(|_| Expected::Success)
    }
}

/// The monitors of an exploration. That a program ends, and does not panic, is always checked.
#[derive(Debug, Clone, Default)]
pub struct Monitors(pub(super) Vec<Monitor>);

impl Monitors {
    /// Returns the monitors that any downloader should pass: truthful success, no orphans, legal calls, and
    /// no needless failure.
    #[must_use]
    pub fn standard() -> Self {
        Self(vec![
            Monitor::truthful_success(),
            Monitor::no_orphans(),
            Monitor::legal_calls(),
            Monitor::no_needless_failure(),
        ])
    }

    /// Adds a monitor.
    #[must_use]
    pub fn with(mut self, monitor: Monitor) -> Self {
        self.0.push(monitor);
        self
    }
}

/// How many jobs of an account are in the queue.
pub(super) fn jobs_left(emulator: &Emulator, owner: Sid) -> usize {
    emulator.observe(|engine| {
        let jobs = engine.service.every_job();
        jobs.filter(|job| job.owner() == owner && !job.state().is_final()).count()
    })
}
