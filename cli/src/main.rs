//! The `bits` command: runs and explores scenarios of the Background Intelligent Transfer Service, and merges what explorations
//! found.
#![forbid(unsafe_code)]
#![warn(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod check;
mod checked;
mod diagram;
mod explain;
mod explored;
mod generated;
mod json;
mod lab;
mod learn;
mod limits;
mod merge;
mod output;
mod prompt;
mod replay;
mod rules;
mod run;
mod serve;
mod source;
mod standing;
mod step;
mod words;

use std::process::ExitCode;

use bits_emulator::reference::WordKind;
use clap::{CommandFactory, Parser, Subcommand};

const EXAMPLES: &str = "\
Examples:
  bits run scenarios/name-not-resolved.bits   print the life of a job, and whether it is as expected
  bits run --quiet scenarios/disk-full-and-mended.bits scenarios/reply-failed.bits
  bits check scenarios/check/removed-while-its-client-lives.bits
                                              explore what is left open, and print what is possible
  bits learn                                  solve the exercises of the guide, in a folder of their own
  bits lab                                    open the lab in a browser: look at runs, and press what could happen
  bits step new.bits                          write a scenario line by line, each of which happens at once
  bits explain TRANSIENT_ERROR                say what a word means, why it happens and what to do
  bits explain 0x80200013                     the same for a code, by any of its numbers
  bits explain scenarios/name-not-resolved.bits --at 30m
  bits states                                 list the states of a job
  bits codes transient proxy                  list the codes that both words are about
  bits methods not emulated                   list the methods of BITS of which nothing is emulated
  bits readings                               list the open questions and their answers
  bits diagram                                list the states, and what leads from one to the other
  bits diagram --format svg --path scenarios/resume-after-error.bits > states.svg
  bits timeline scenarios/name-not-resolved.bits
  bits replay tests/recordings/windows10-one-download.jsonl
                                              explain what happened to the jobs of a real machine
  bits rules ERR-05                           show a rule
  bits rules transient retry                  list the rules that hold both words
  bits merge part-0.jsonl part-1.jsonl        put the parts of explorations together
  bits completions bash > bits.bash           write what completes commands in a shell
  bits man run > bits-run.1                   write the manual page of a command

The language of the scenarios: `bits explain` and the first words of a statement; or the documentation of
`bits_emulator::scenario`, which `cargo doc --open` shows in a checkout.";

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
    /// Solve the exercises of the guide, one after the other: scenarios with holes.
    ///
    /// Writes the first unsolved exercise into the folder; once its holes are filled in and everything holds, the next
    /// one. Exit code 0; 1 if the present answer is wrong; 2 if the folder cannot be used.
    Learn(learn::Options),
    /// Serve the lab: a page that runs scenarios, shows each step and its reasons, and takes the next at a press.
    ///
    /// Prints the address, which only this computer reaches, and serves until it is ended; or writes the site into a folder,
    /// for any static host. Exit code 2 if the port is taken or the folder cannot be written.
    Lab(lab::Options),
    /// Write a scenario line by line; each line happens at once.
    ///
    /// At a terminal lines are completed by Tab; otherwise they are read from standard input. Exit code 0; 2 if the file
    /// is no scenario, or does not hold.
    Step(step::Options),
    /// Explain a word of BITS or of the scenario language, or why a job is where it is.
    ///
    /// A word of several kinds is explained as each. Exit code 0; 2 if there is no such word, for which the nearest are
    /// named. With `--at` exit code 1 if a line of the scenario by then does not hold; 2 if it is no scenario.
    Explain(explain::Options),
    /// List the states of a job.
    ///
    /// Exit code 0; 2 if no entry contains the words.
    States(words::Options),
    /// List the result codes: number, name, where it is received, and meaning.
    ///
    /// `call`: a refused call returns it; `transient` and `fatal`: a job fails with it. Exit code 0; 2 if no entry
    /// contains the words.
    Codes(words::Options),
    /// List the documented methods of every interface of BITS, and what of each is emulated.
    ///
    /// Exit code 0; 2 if none has the words.
    Methods(words::Options),
    /// List the readings: the questions that the documents leave open, with their answers.
    ///
    /// Exit code 0; 2 if no entry contains the words.
    Readings(words::Options),
    /// Draw the states of a job and what leads from one to the other, or the path of a run through them.
    ///
    /// Exit code 0; with `--path` 1 if a line of the scenario does not hold, 2 if it is no scenario.
    Diagram(diagram::Options),
    /// Draw the run of a scenario over time: the states of each job, with errors and notifications.
    ///
    /// Exit code 0; 1 if a line of the scenario does not hold, 2 if it is no scenario.
    Timeline(diagram::TimelineOptions),
    /// Put the results of explorations together: the parts that several processes made of each.
    ///
    /// Exit code 1 if there is a counterexample; otherwise 2 if a file cannot be read, a part is missing or
    /// there twice, or the parts are not of one exploration; 0 if every promise was kept.
    Merge(merge::Options),
    /// Hold the event log of a real machine against the model: explain what happened to its jobs.
    ///
    /// Reads the channel Microsoft-Windows-Bits-Client/Operational: a file .evtx, XML as Event Viewer and `wevtutil`
    /// export it, or JSON lines. Exit code 0 if every job is explained, 1 if one is not, 2 if the file cannot be
    /// read or is no such log, or for wrong arguments.
    Replay(replay::Options),
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
        Command::Learn(options) => learn::run(&options),
        Command::Lab(options) => lab::run(&options),
        Command::Step(options) => step::run(&options),
        Command::Explain(options) => explain::run(&options),
        Command::States(options) => words::run(&options, WordKind::State),
        Command::Codes(options) => words::run(&options, WordKind::Code),
        Command::Methods(options) => words::run(&options, WordKind::Method),
        Command::Readings(options) => words::run(&options, WordKind::Reading),
        Command::Diagram(options) => diagram::diagram(&options),
        Command::Timeline(options) => diagram::timeline(&options),
        Command::Merge(options) => merge::run(&options),
        Command::Replay(options) => replay::run(&options),
        Command::Rules(options) => rules::run(&options),
        Command::Completions(options) => generated::completions(&options, Arguments::command()),
        Command::Man(options) => generated::manual(&options, Arguments::command()),
    }
}
