//! The scenario language: servers and a disk, users and their jobs, what happens and what must be so.
//!
//! A scenario is a text of statements, one a line; to run it is to run an
//! [`Emulator`](crate::Emulator). Servers answer, bytes flow, the scheduler gives turns and clocks act
//! by themselves while time advances; the calls of clients, and what users, network and service do, are
//! written down. The run ends at the first line that does not hold, with a message under it.
//!
//! ```
//! use bits_emulator::scenario::Scenario;
//!
//! let scenario: Scenario = r"
//! ## A server that is down, then comes back.
//! server example.com
//!   /app.exe 10 MiB, answers 503 twice
//! job update, DOWNLOAD, by alice
//! add https://example.com/app.exe as C:\app\app.exe
//! minimum retry delay 60 s
//! resume
//! advance until TRANSIENT_ERROR
//! expect error BG_E_HTTP_ERROR_503 in REMOTE_FILE of C:\app\app.exe
//! advance 60 s
//! expect TRANSIENT_ERROR, error count 2
//! advance until TRANSFERRED
//! expect no error object   # ERR-05
//! complete -> S_OK => ACKNOWLEDGED
//! ".parse()?;
//!
//! let report = scenario.run();
//! assert_eq!(report.failure, None);
//!
//! // The trace is a scenario too: every step by hand.
//! let again: Scenario = report.trace.to_string().parse()?;
//! assert_eq!(again.run().trace, report.trace);
//! # Ok::<(), bits_emulator::scenario::ParseError>(())
//! ```
//!
//! If there are several jobs, a line names the one that it is about:
//!
//! ```text
//! server example.com
//!   /a 10 MiB
//!   /b 10 MiB
//! job update, DOWNLOAD, by alice
//! add https://example.com/a as C:\\a
//! resume
//! job news, DOWNLOAD, by bob
//! add https://example.com/b as C:\\b
//! priority HIGH
//! resume
//! advance 3 s
//! expect running news
//! update: expect QUEUED
//! alice logs off
//! news: advance until TRANSFERRED
//! ```
//!
#![doc = include_str!("language.md")]

pub mod ast;
mod blocks;
mod check;
mod complete;
pub(crate) mod examples;
mod parse;
mod playback;
mod problem;
mod run;
mod rust_test;
mod standing;
mod suggest;
mod syntax;
mod transcript;

use std::fmt;
use std::str::FromStr;

use crate::emulator::Explanation;
use ast::{Advance, Line};
pub(crate) use parse::without_comment;
pub use playback::Playback;
pub(crate) use problem::Diagnosis;
pub use problem::{ParseError, Problem};
pub(crate) use run::Run;
pub(crate) use run::explored;
pub use run::{Outlook, Report};
pub use standing::{DiskFile, JobStanding, PlaybackStanding, PossibleStep, StandingFile, StepKind};
pub(crate) use suggest::is_statement;
pub(crate) use transcript::{ClientLine, ClientTold, caller};
pub use transcript::{Transcript, TranscriptStep};

/// A scenario that can be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scenario {
    lines: Vec<Line>,
}

impl Scenario {
    /// The most bytes of a text.
    pub const BYTES_MAX: usize = 64 << 20;
    /// The most bytes of a statement, without indentation and comment.
    pub const LINE_BYTES_MAX: usize = 1 << 20;

    /// The lines, in order.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// Whether it leaves open what happens, or asks about all runs that are possible: then it is not run, but explored
    /// ([`open_scenarios`](crate::explore::open_scenarios)).
    ///
    /// ```
    /// use bits_emulator::scenario::Scenario;
    ///
    /// let scenario: Scenario = "job update, DOWNLOAD, by alice\nnever ERROR\nmaybe cancel\n".parse()?;
    /// assert!(scenario.is_open());
    /// assert!(scenario.run().failure.is_some());
    /// # Ok::<(), bits_emulator::scenario::ParseError>(())
    /// ```
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.lines.iter().any(|line| line.statement.is_open())
    }

    /// Runs the scenario up to its end, or to the first line that does not hold. Running it again
    /// gives the same report.
    #[must_use]
    pub fn run(&self) -> Report {
        run::run(&self.lines)
    }

    /// Runs the scenario up to a time, after everything that is due by then, and explains why each job is where it
    /// is: a time after the beginning, or an instant. Beyond the last line time passes without its clients.
    ///
    /// ```
    /// use bits_emulator::machine::Wait;
    /// use bits_emulator::scenario::Scenario;
    ///
    /// let scenario: Scenario = r"
    /// job update, DOWNLOAD, by alice
    /// add https://example.com/app.exe as C:\app.exe
    /// resume
    /// advance until ERROR
    /// ".parse()?;
    /// let jobs = scenario.explain_at("5 m".parse().unwrap()).unwrap();
    /// assert_eq!(jobs[0].waits_for, Wait::RetryDelay);
    /// # Ok::<(), bits_emulator::scenario::ParseError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The first line by then that does not hold, or that it is no time, or one before the beginning.
    pub fn explain_at(&self, at: Advance) -> Result<Vec<Explanation>, Problem> {
        run::explain_at(&self.lines, at)
    }

    /// Runs the scenario up to its end, or to the first line that does not hold, and tells where things stand then.
    #[must_use]
    pub fn outlook(&self) -> Outlook {
        run::outlook(&self.lines)
    }

    /// Returns how a line may go on that is being written: where its last word begins, and what that may become.
    /// Nothing is known of names, numbers and paths.
    ///
    /// ```
    /// use bits_emulator::scenario::Scenario;
    ///
    /// assert_eq!(Scenario::completions("minimum r"), (8, vec!["retry delay"]));
    /// ```
    #[must_use]
    pub fn completions(line: &str) -> (usize, Vec<&'static str>) {
        complete::completions(line)
    }
}

impl FromStr for Scenario {
    type Err = ParseError;

    /// Reads a scenario.
    ///
    /// # Errors
    ///
    /// All problems of the text, each with its place, its cause and a remedy.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let lines = parse::lines(text).map_err(|problems| ParseError::new(text, problems))?;
        let problems = check::check(&lines);
        if problems.is_empty() { Ok(Self { lines }) } else { Err(ParseError::new(text, problems)) }
    }
}

impl FromStr for Advance {
    type Err = Problem;

    /// Reads what stands behind `advance`, such as `10 m` or `to 2024-01-01 00:10:00`; the `to` may be left out.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse::advance(text)
    }
}

impl fmt::Display for Scenario {
    /// The statements, one a line, without comments.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines.iter().try_for_each(|line| writeln!(f, "{}", line.statement))
    }
}
