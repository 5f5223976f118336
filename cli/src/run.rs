//! `bits run`: scenarios from files.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use bits_emulator::scenario::{Report, Scenario};
use clap::Args;

use crate::{complain, json};

#[derive(Args)]
pub(crate) struct Options {
    /// The scenario files.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Print only what did not hold, and a line for each file.
    #[arg(short, long, conflicts_with = "json")]
    quiet: bool,
    /// Print JSON: an object for each step, then one for each file.
    #[arg(long)]
    json: bool,
}

/// How a file came out, the worst last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    Held,
    DidNotHold,
    Unreadable,
}

impl From<Verdict> for ExitCode {
    fn from(verdict: Verdict) -> Self {
        Self::from(match verdict {
            Verdict::Held => 0,
            Verdict::DidNotHold => 1,
            Verdict::Unreadable => 2,
        })
    }
}

pub(crate) fn run(options: &Options) -> ExitCode {
    let mut out = io::BufWriter::new(io::stdout().lock());
    let mut worst = Verdict::Held;
    for file in &options.files {
        match run_file(file, options, &mut out) {
            Ok(verdict) => worst = worst.max(verdict),
            // The reader has closed the pipe, as in `bits run FILE | head`: that is no failure of
            // the scenario.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return worst.into(),
            Err(error) => {
                complain(format_args!("error: cannot write the output: {error}"));
                return Verdict::Unreadable.into();
            }
        }
    }
    match out.flush() {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            complain(format_args!("error: cannot write the output: {error}"));
            Verdict::Unreadable.into()
        }
        _ => worst.into(),
    }
}

fn run_file(path: &Path, options: &Options, out: &mut impl Write) -> io::Result<Verdict> {
    let name = path.display().to_string();
    let text = match read(path) {
        Ok(text) => text,
        Err(error) => {
            out.flush()?;
            complain(format_args!("error: cannot read {name}: {error}"));
            return Ok(Verdict::Unreadable);
        }
    };
    let scenario: Scenario = match text.parse() {
        Ok(scenario) => scenario,
        Err(error) => {
            let error: bits_emulator::scenario::ParseError = error;
            out.flush()?;
            complain(error.render(&name));
            return Ok(Verdict::Unreadable);
        }
    };
    let report = scenario.run();
    if options.json {
        json::write(&name, &text, &report, out)?;
    } else {
        write_text(&name, &text, &report, options.quiet, out)?;
    }
    Ok(if report.failure.is_none() { Verdict::Held } else { Verdict::DidNotHold })
}

/// Reads a file, and no more of it than a scenario may have.
fn read(path: &Path) -> io::Result<String> {
    let most = Scenario::BYTES_MAX;
    let mut bytes = Vec::new();
    File::open(path)?.take(most as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > most {
        return Err(io::Error::other(format!("a scenario has at most {most} bytes")));
    }
    String::from_utf8(bytes).map_err(io::Error::other)
}

fn write_text(
    name: &str,
    text: &str,
    report: &Report,
    quiet: bool,
    out: &mut impl Write,
) -> io::Result<()> {
    if !quiet {
        writeln!(out, "# {name}")?;
        write!(out, "{}", report.trace)?;
    }
    match &report.failure {
        None => writeln!(out, "# {name}: every expectation held ({})", report.held),
        Some(problem) => {
            writeln!(out, "# {name}: line {} did not hold", problem.line(text))?;
            out.flush()?;
            complain(problem.render(name, text));
            Ok(())
        }
    }
}
