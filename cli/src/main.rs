//! The `bits` command: runs scenarios of the Background Intelligent Transfer Service.
#![forbid(unsafe_code)]
#![warn(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod json;
mod rules;
mod run;

use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// An emulator of the Windows Background Intelligent Transfer Service.
#[derive(Parser)]
#[command(name = "bits", version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run scenarios: print what happens step by step, then whether every expectation held.
    ///
    /// Exit code 0 if all held, 1 if a line did not hold, 2 if a file could not be read or parsed.
    Run(run::Options),
    /// Show the documented rules, and which of them are emulated.
    ///
    /// Exit code 0; 2 if there is no such rule or area.
    Rules(rules::Options),
}

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Run(options) => run::run(&options),
        Command::Rules(options) => rules::run(&options),
    }
}

/// Writes a message to standard error. Where that fails, as on a full device, the exit code alone remains.
fn complain(message: impl Display) {
    let _ = writeln!(io::stderr(), "{message}");
}
