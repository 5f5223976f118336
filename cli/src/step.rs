//! `bits step`: a scenario that is written line by line, each of which happens at once.

use std::io::{self, BufRead, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{fs, mem};

use bits_emulator::scenario::ast::Statement;
use bits_emulator::scenario::{ParseError, Report, Scenario};
use clap::Args;

use crate::output::{BAD, complain, print};
use crate::prompt::Prompt;
use crate::source::Unusable;
use crate::{source, standing};

/// The line that is added to a file that expects nothing, so that it can be run.
const NO_EXPECTATIONS: &str = "no expectations\n";

const HELP: &str = "\
A line of the scenario language happens at once, such as
  server example.com
  /app.exe 10 MiB, answers 503 twice
  job update, DOWNLOAD, by alice
  add https://example.com/app.exe as C:\\app.exe
  resume
  advance 10 s
Tab completes it; `bits explain WORD` says what a word means. Besides:
  next         lets time pass until the next thing happens by itself
  why          says why each job is where it is, and what will happen to it
  undo         takes the last line back
  list         prints the lines
  save [FILE]  writes them to the file, by default that of the command
  help, quit";

#[derive(Args)]
pub(crate) struct Options {
    /// The scenario file to begin with. Lines are added to it by `save`; it need not exist yet.
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// The lines so far, and what came of them.
struct Stepper {
    file: PathBuf,
    lines: Vec<String>,
    /// How many lines the file had.
    begun_with: usize,
    steps: usize,
}

/// What a line of input was.
enum Answer {
    Text(String),
    Wrong(String),
    Quit,
}

pub(crate) fn run(options: &Options) -> ExitCode {
    let mut stepper = match Stepper::begin(&options.file) {
        Ok(stepper) => stepper,
        Err(message) => {
            complain(message);
            return ExitCode::from(2);
        }
    };
    let read = match io::stdin().is_terminal() {
        true => stepper.read_terminal(),
        false => stepper.read_lines(io::stdin().lock()),
    };
    match read {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(format_args!("{BAD}error{BAD:#}: {error}"));
            ExitCode::from(2)
        }
    }
}

impl Stepper {
    fn begin(file: &Path) -> Result<Self, String> {
        let text = match file.exists() {
            true => source::read(file)
                .map_err(|why| Unusable::NotRead(why).message(&source::name(file)))?,
            false => String::new(),
        };
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let begun_with = lines.len();
        let mut stepper = Self { file: file.to_owned(), lines, begun_with, steps: 0 };
        let (report, text) =
            stepper.report().map_err(|error| error.render_styled(&source::name(file)))?;
        if let Some(problem) = &report.failure {
            return Err(problem.render_styled(&source::name(file), &text));
        }
        stepper.steps = report.trace.steps().count();
        Ok(stepper)
    }

    fn read_terminal(&mut self) -> Result<(), String> {
        let mut prompt = Prompt::new().map_err(|error| error.to_string())?;
        if !print("`help` says what can be written; end with `quit`.\n") {
            return Ok(());
        }
        loop {
            let line = prompt.read(&self.standing()).map_err(|error| error.to_string())?;
            let Some(pasted) = line else { return Ok(()) };
            // Several lines that are pasted come as one.
            for line in pasted.lines() {
                if !self.answer(line)? {
                    return Ok(());
                }
            }
        }
    }

    fn read_lines(&mut self, input: impl BufRead) -> Result<(), String> {
        for line in input.lines() {
            if !self.answer(&line.map_err(|error| error.to_string())?)? {
                break;
            }
        }
        Ok(())
    }

    /// Does what a line asks for, and prints what came of it. Returns whether to go on.
    fn answer(&mut self, line: &str) -> Result<bool, String> {
        match self.obey(line.trim()) {
            Answer::Quit => return Ok(false),
            Answer::Wrong(message) => complain(message),
            Answer::Text(text) => return Ok(print(&text)),
        }
        Ok(true)
    }

    fn obey(&mut self, line: &str) -> Answer {
        match line.split_once(' ').unwrap_or((line, "")) {
            ("", _) => Answer::Text(String::new()),
            ("quit" | "exit", "") => Answer::Quit,
            ("help", "") => Answer::Text(format!("{HELP}\n")),
            ("undo", "") => self.undo(),
            ("why", "") => Answer::Text(self.why()),
            ("next", "") => self.next(),
            ("list", "") => {
                Answer::Text(self.lines.iter().map(|line| format!("{line}\n")).collect())
            }
            ("save", file) => self.save(file.trim()),
            _ => self.add(line),
        }
    }

    /// Adds a line, unless it is wrong or does not hold.
    fn add(&mut self, line: &str) -> Answer {
        // What belongs to a server stands below it.
        let indentation = if line.starts_with('/') { "  " } else { "" };
        self.lines.push(format!("{indentation}{line}"));
        let wrong = match self.report() {
            Ok((Report { failure: None, trace, .. }, _)) => {
                let before = mem::replace(&mut self.steps, trace.steps().count());
                let new: String =
                    trace.steps().skip(before).map(|step| format!("{step}\n")).collect();
                return Answer::Text(new);
            }
            Ok((Report { failure: Some(problem), .. }, text)) => {
                problem.render_styled("step", &text)
            }
            Err(error) => error.render_styled("step"),
        };
        self.lines.pop();
        Answer::Wrong(wrong)
    }

    fn undo(&mut self) -> Answer {
        if self.lines.len() == self.begun_with {
            return Answer::Wrong(format!("{BAD}error{BAD:#}: there is no line to take back"));
        }
        let line = self.lines.pop().unwrap_or_default();
        self.steps = self.report().map_or(0, |(report, _)| report.trace.steps().count());
        Answer::Text(format!("taken back: {}\n", line.trim()))
    }

    fn next(&mut self) -> Answer {
        match self.scenario().map(|(scenario, _)| scenario.outlook().next) {
            Ok(Some(at)) => self.add(&format!("advance to {}", at.format("%F %T%.f"))),
            _ => Answer::Wrong(format!(
                "{BAD}error{BAD:#}: nothing happens by itself any more: a client has to call, or the world to change"
            )),
        }
    }

    fn why(&self) -> String {
        let jobs = self.scenario().map(|(scenario, _)| scenario.outlook().jobs).unwrap_or_default();
        let mut text = Vec::new();
        // Writing into memory cannot fail.
        let _ = standing::write(&jobs, false, &mut text);
        String::from_utf8_lossy(&text).into_owned()
    }

    fn save(&self, file: &str) -> Answer {
        let file = if file.is_empty() { self.file.as_path() } else { Path::new(file) };
        let (_, text) = match self.scenario() {
            Ok(scenario) => scenario,
            Err(error) => return Answer::Wrong(error.render_styled("step")),
        };
        match fs::write(file, text) {
            Ok(()) => Answer::Text(format!("saved to {}\n", file.display())),
            Err(error) => Answer::Wrong(format!(
                "{BAD}error{BAD:#}: cannot write {}: {error}",
                file.display()
            )),
        }
    }

    fn report(&self) -> Result<(Report, String), ParseError> {
        self.scenario().map(|(scenario, text)| (scenario.run(), text))
    }

    /// The lines as a scenario that may expect nothing, and its text.
    fn scenario(&self) -> Result<(Scenario, String), ParseError> {
        let text: String = self.lines.iter().map(|line| format!("{line}\n")).collect();
        let scenario: Scenario = text.parse()?;
        let says = |statement: &Statement| *statement == Statement::NoExpectations;
        if scenario.lines().iter().any(|line| says(&line.statement)) {
            return Ok((scenario, text));
        }
        let silent = format!("{NO_EXPECTATIONS}{text}");
        // The line is refused where something is expected.
        Ok(match silent.parse() {
            Ok(scenario) => (scenario, silent),
            Err(_) => (scenario, text),
        })
    }

    /// The time and the state of each job, before the cursor.
    fn standing(&self) -> String {
        let Ok((scenario, _)) = self.scenario() else { return String::new() };
        let outlook = scenario.outlook();
        let states: Vec<String> = match outlook.jobs.as_slice() {
            [job] => vec![job.state.to_string()],
            jobs => jobs.iter().map(|job| format!("{} {}", job.name, job.state)).collect(),
        };
        let gap = if states.is_empty() { "" } else { "  " };
        format!("{}{gap}{}> ", outlook.now.format("%F %T%.f"), states.join(", "))
    }
}
