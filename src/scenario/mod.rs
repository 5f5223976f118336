//! The scenario language: a world, a job, what happens to it and what must be so.
//!
//! A scenario is a text of lines, made to be read aloud. Servers answer, bytes flow and clocks act
//! by themselves while time [advances](Advance); what a client calls and what users, network and
//! service do is written down. A code behind `->` is what a call must return (S_OK if none is
//! given), a state behind `=>` is what the job must be in then, and `expect` states the rest.
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

mod ast;
mod check;
mod expect;
mod parse;
mod phrases;
mod print;
mod problem;
mod run;
mod trace;
mod words;
mod world;

use std::fmt;
use std::str::FromStr;

pub use ast::{
    Advance, Answer, Expectation, Job, Line, Policy, Resource, Script, Server, Statement, Step,
    Times,
};
pub use problem::{ParseError, Problem};
pub use run::Report;
pub use trace::{ErrorChange, Trace, TraceStep};

/// A scenario that can be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scenario {
    lines: Vec<Line>,
}

impl Scenario {
    /// The lines, in order.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// Runs the scenario up to its end, or to the first line that does not hold. Running it again
    /// gives the same report.
    #[must_use]
    pub fn run(&self) -> Report {
        run::run(&self.lines)
    }
}

impl FromStr for Scenario {
    type Err = ParseError;

    /// Reads a scenario.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the text, each with its place, its cause and its mend.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let lines = parse::lines(text).map_err(|problems| ParseError::new(text, problems))?;
        let problems = check::check(&lines);
        if problems.is_empty() { Ok(Self { lines }) } else { Err(ParseError::new(text, problems)) }
    }
}

impl fmt::Display for Scenario {
    /// The statements, one a line, without comments.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines.iter().try_for_each(|line| writeln!(f, "{}", line.statement))
    }
}
