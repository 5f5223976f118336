//! The `bits` command: runs and explores scenarios of the Background Intelligent Transfer Service, and merges what explorations
//! found.
#![forbid(unsafe_code)]
#![warn(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod check;
mod explored;
mod generated;
mod json;
mod merge;
mod output;
mod rules;
mod run;
mod source;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

const EXAMPLES: &str = "\
Examples:
  bits run scenarios/name-not-resolved.bits   print the life of a job, and whether it is as expected
  bits run --quiet scenarios/disk-full-and-mended.bits scenarios/reply-failed.bits
  bits check scenarios/check/removed-while-its-client-lives.bits
                                              explore what is left open, and print what is possible
  bits rules ERR-05                           show a rule
  bits rules transient retry                  list the rules that hold both words
  bits merge part-0.jsonl part-1.jsonl        put the parts of explorations together
  bits completions bash > bits.bash           write what completes commands in a shell
  bits man run > bits-run.1                   write the manual page of a command

The language of the scenarios: the documentation of `bits_emulator::scenario`, which `cargo doc --open`
shows in a checkout and which stands in src/scenario/mod.rs.";

/// An emulator of the Windows Background Intelligent Transfer Service.
#[derive(Parser)]
#[command(name = "bits", version, arg_required_else_help = true, after_help = EXAMPLES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run scenarios: print what happens step by step, then whether every expectation held.
    ///
    /// Exit code 0 if everything expected of every file held; 1 if something did not, or if nothing was
    /// checked, because a file expects nothing and does not say `no expectations`; 2 if a file could not
    /// be read or is no scenario, if the output could not be written, or for wrong arguments. Of several
    /// files all are run, and the worst decides. A reader that closes the pipe changes nothing of that.
    Run(run::Options),
    /// Explore scenarios in which something is left open: print what is possible, and whether the questions hold.
    ///
    /// Exit code 0 if every question holds and every line held wherever it was reached; 1 if one does not, was
    /// put to no state, or is not answered because the time was over, or if nothing was asked, because a file
    /// asks and expects nothing and does not say `no expectations`; 2 if a file could not be read or is no
    /// scenario, if the output could not be written, or for wrong arguments. Of several files all are explored,
    /// and the worst decides. Of a part (`--shard`), what is not found in it is no failure.
    Check(check::Options),
    /// Put the results of explorations together: the parts that several processes made of each.
    ///
    /// Exit code 1 if there is a counterexample; otherwise 2 if a file cannot be read, a part is missing or
    /// there twice, or the parts are not of one exploration; 0 if every promise was kept.
    Merge(merge::Options),
    /// Show the documented rules, and which of them are emulated.
    ///
    /// Exit code 0; 2 if no rule is chosen.
    Rules(rules::Options),
    /// Print the script that completes commands in a shell.
    Completions(generated::Completions),
    /// Print a manual page, in the format of `man`.
    Man(generated::Manual),
}

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Run(options) => run::run(&options),
        Command::Check(options) => check::run(&options),
        Command::Merge(options) => merge::run(&options),
        Command::Rules(options) => rules::run(&options),
        Command::Completions(options) => generated::completions(&options, Arguments::command()),
        Command::Man(options) => generated::manual(&options, Arguments::command()),
    }
}
