//! `bits diagram` and `bits timeline`: pictures.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use bits_emulator::reference::{Diagram, Timeline};
use bits_emulator::scenario::Report;
use clap::{Args, ValueEnum};

use crate::output::{complain, finish, open};
use crate::source::{self, Source};

#[derive(Args)]
pub(crate) struct Options {
    /// The format of the picture.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Show the path of this scenario through the states; `-` is standard input.
    #[arg(long, value_name = "SCENARIO")]
    path: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// A picture with fixed places, readable on light and dark pages.
    Svg,
    /// A state diagram of Mermaid.
    Mermaid,
    /// A graph for Graphviz.
    Dot,
    /// Lines of text.
    Text,
}

#[derive(Args)]
pub(crate) struct TimelineOptions {
    /// The scenario file; `-` is standard input.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The format of the picture.
    #[arg(long, value_enum, default_value_t = TimelineFormat::Text)]
    format: TimelineFormat,
}

#[derive(Clone, Copy, ValueEnum)]
enum TimelineFormat {
    /// A picture, readable on light and dark pages.
    Svg,
    /// Lines of text.
    Text,
}

pub(crate) fn diagram(options: &Options) -> ExitCode {
    let (diagram, code) = match &options.path {
        None => (Diagram::of_table(), ExitCode::SUCCESS),
        Some(path) => match run(path) {
            Ok((report, code)) => (Diagram::of_path(&report.trace), code),
            Err(code) => return code,
        },
    };
    print(
        &match options.format {
            Format::Svg => diagram.to_svg(),
            Format::Mermaid => diagram.to_mermaid(),
            Format::Dot => diagram.to_dot(),
            Format::Text => diagram.to_string(),
        },
        code,
    )
}

pub(crate) fn timeline(options: &TimelineOptions) -> ExitCode {
    let (report, code) = match run(&options.file) {
        Ok(run) => run,
        Err(code) => return code,
    };
    let timeline = Timeline::of(&report.trace);
    print(
        &match options.format {
            TimelineFormat::Svg => timeline.to_svg(),
            TimelineFormat::Text => timeline.to_string(),
        },
        code,
    )
}

/// Runs a scenario. If a line does not hold, this is reported, and what happened up to it is shown.
fn run(path: &Path) -> Result<(Report, ExitCode), ExitCode> {
    let name = source::name(path);
    let Source { text, scenario } = source::scenario(path).map_err(|unusable| {
        complain(unusable.message(&name));
        ExitCode::from(2)
    })?;
    let report = scenario.run();
    let code = match &report.failure {
        None => ExitCode::SUCCESS,
        Some(problem) => {
            complain(problem.render_styled(&name, &text));
            ExitCode::from(1)
        }
    };
    Ok((report, code))
}

fn print(picture: &str, code: ExitCode) -> ExitCode {
    let mut out = open();
    let written = out.write_all(picture.as_bytes());
    finish(written, out, code)
}
