//! The scenario language: a world, a job, what happens to it and what must be so.
//!
//! A scenario is a text of lines, made to be read aloud. Servers answer, bytes flow and clocks act
//! by themselves while time advances; what a client calls, and what users, network and service do,
//! is written down. A line that does not hold ends the run, with a message under it.
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
//! # The language
//!
//! One statement a line; indentation is free. `#` at the start of a line or after a space begins a
//! comment. Names stand bare, or in `"quotes"` (a quote inside is doubled) if they hold spaces,
//! commas or `#`. Durations: `14 d`, `1 h 30 m`, `10 s`, `250 ms`, `5 us`. Sizes: `512 B`, `2 KiB`,
//! `10 MiB`, `1 GiB`, `1 TiB`. Instants: `2024-01-01 00:10:00.5`, in UTC. Codes: `BG_E_EMPTY`,
//! `0x80200003`, or a three-digit HTTP status.
//!
//! ## Before the job
//!
//! | statement | meaning |
//! |---|---|
//! | `start INSTANT` | when the scenario begins; otherwise 2024-01-01 00:00:00 |
//! | `reading SWITCH: ANSWER` | answers an open question ([`Readings::SWITCHES`](crate::Readings::SWITCHES)): `reading error object: strict` |
//! | `policy inactivity timeout DURATION` | a policy of the computer; also `policy maximum download time` |
//! | `by hand` | nothing acts by itself: every step is written down, as in a trace |
//!
//! ## The world
//!
//! | statement | meaning |
//! |---|---|
//! | `server HOST` | a server that exists; any other name is not resolved |
//! | … `, latency DURATION, rate SIZE/s` | how long it takes to answer (0 s), how fast bytes flow (1 MiB/s) |
//! | … `, answers SCRIPT` | what it answers before it looks at the path |
//! | `/path SIZE, answers SCRIPT` | a resource of the server above; any other path is not found (404). Without a size it cannot be downloaded |
//! | … `, application answers SCRIPT` | what the application behind an upload answers, once the file is there |
//! | … `, reply SIZE, reply answers SCRIPT` | the reply to an upload-reply, and what its transfer meets |
//! | `local file PATH, SIZE` | a file to upload |
//!
//! A script is `ANSWER TIMES, then ANSWER TIMES …`, one answer an attempt; after the last, all goes
//! well. Answers: `well`; `CODE`, before any connection; `CODE after SIZE`, once so many bytes of
//! the file are there; `redirect STATUS refused to URL`. A code may be followed by `in CONTEXT` and
//! `as transient` or `as fatal`. Times: `once`, `twice`, `5 times`, `always`.
//!
//! ## The job and its client
//!
//! `job NAME, DOWNLOAD, by OWNER` creates the job; also `UPLOAD` and `UPLOAD_REPLY`, and a GUID in
//! braces at the end. LocalSystem, LocalService and NetworkService are owners that are always
//! logged on. A call may be followed by `-> CODE`, which it must return (S_OK if there is none), and
//! any step by `=> STATE`, in which the job must be then.
//!
//! | statement | call |
//! |---|---|
//! | `add URL as PATH`, … `, ranges 0:100 200:eof`, `add files URL as PATH, URL as PATH` | adds files |
//! | `resume`, `suspend`, `cancel`, `complete` | |
//! | `cancel, files left`, `complete, files left` | the disk could not delete all temporary files |
//! | `complete, rename 2 fails with CODE` | the disk refused the second rename of this call |
//! | `priority HIGH`, `minimum retry delay DURATION`, `no-progress timeout DURATION`, `maximum download time DURATION` | |
//! | `reply file PATH`, `reply file generated`, `file ACL flags 15`, `on-demand mode on` | |
//! | `helper token flags 3`, `set helper token`, `clear helper token` | |
//! | `call SetDisplayName` | a setter whose value the machine does not look at ([`Setter`](crate::Setter)) |
//!
//! ## What happens besides
//!
//! `network lost`, `network restored`, `owner logs off`, `owner logs on`, `client exits`,
//! `service restarts`, `clock changes by DURATION` (with a `-` backwards), `volume unlocked`,
//! `blocked by` and `unblocked by` one of `bandwidth policy`, `cost policy`, `battery saver`,
//! `battery policy`, `game mode` and `standby`, `slice over`, `failed CODE`,
//! `redirect STATUS refused to URL`, `validation failed of file 1`, `ranges transferred`,
//! `upload cancelled`. Something that the state does not allow must say so with `=> STATE`.
//!
//! ## Time
//!
//! | statement | meaning |
//! |---|---|
//! | `advance DURATION`, `advance to INSTANT` | all happens that happens by itself until then, at that instant too |
//! | `advance until STATE` | until the job *enters* the state; it may be in it already |
//! | `advance until SIZE` | until so many bytes of the job are transferred |
//!
//! ## What must be so
//!
//! `expect` and one or more of these, with commas between them: a state; `error CODE in CONTEXT of
//! PATH` (context and path as needed); `no error object`; `error count 2`; `progress SIZE of SIZE`
//! and `reply SIZE of SIZE` (or `of unknown`); `file PATH SIZE of SIZE`; `files 1 of 2`;
//! `completed PATH`, `not completed PATH`; `time INSTANT` and `created`, `modified`,
//! `transfer completed INSTANT` (to the second if there is no fraction), `transfer never completed`;
//! `retry delay at INSTANT` and the other clocks by their names, `no deadline`; `purged`, `not
//! purged`; `in the queue`, `not in the queue`.
//!
//! ## By hand
//!
//! A printed trace is a scenario `by hand`. Its steps begin with `at INSTANT`, the world's part is
//! written out (`picked`, `connected`, `size known SIZE`, `progressed SIZE`, `file transferred`,
//! `reply started SIZE`), clocks act where they are told to (`retry delay elapsed`), and
//! `last 3 steps again 5 times, every 10 m` repeats what stands above.

mod ast;
mod check;
mod expect;
mod flow;
mod parse;
mod phrases;
mod print;
mod problem;
mod record;
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
