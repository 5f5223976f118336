//! `bits completions` and `bits man`: files for shells and for `man`, generated from the arguments.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Args, Command};
use clap_complete::Shell;
use clap_mangen::Man;

use crate::output::{complain, finish, open};

#[derive(Args)]
pub(crate) struct Completions {
    /// The shell.
    shell: Shell,
}

#[derive(Args)]
pub(crate) struct Manual {
    /// The command whose page is printed, such as `run`; without one that of `bits`.
    #[arg(value_name = "COMMAND")]
    command: Option<String>,
}

pub(crate) fn completions(options: &Completions, mut command: Command) -> ExitCode {
    // Into memory first: the generator panics where writing fails.
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut command, "bits", &mut script);
    print(&script)
}

pub(crate) fn manual(options: &Manual, mut command: Command) -> ExitCode {
    command.build();
    let page = match &options.command {
        None => Some(command.clone()),
        Some(name) => command.find_subcommand(name).cloned(),
    };
    let Some(page) = page else {
        let names = command.get_subcommands().map(Command::get_name);
        let names: Vec<_> = names.filter(|name| *name != "help").collect();
        complain(format_args!("error: there is no such command; there are {}", names.join(", ")));
        return ExitCode::from(2);
    };
    let mut text = Vec::new();
    match Man::new(page).render(&mut text) {
        Ok(()) => print(&text),
        Err(error) => {
            complain(format_args!("error: {error}"));
            ExitCode::from(2)
        }
    }
}

fn print(bytes: &[u8]) -> ExitCode {
    let mut out = open();
    let written: io::Result<()> = out.write_all(bytes);
    finish(written, out, ExitCode::SUCCESS)
}
