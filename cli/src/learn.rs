//! `bits learn`: the exercises of the guide, one after the other.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use std::{fs, thread};

use bits_emulator::reference::{self, Exercise, WordKind, WrongAnswer};
use bits_emulator::scenario::Scenario;
use clap::Args;

use crate::output::{BAD, GOOD, complain, print};
use crate::standing;

/// How often it looks for a change of the edited file.
const GLANCE: Duration = Duration::from_millis(300);

#[derive(Args)]
pub(crate) struct Options {
    /// The folder for the exercises, which is made if it is missing. Its files tell which exercises are solved.
    #[arg(value_name = "FOLDER", default_value = "bits-exercises")]
    folder: PathBuf,
    /// Print also the hint of the exercise, and what is so instead of a wrong answer.
    #[arg(long)]
    hint: bool,
    /// List all exercises, and which are solved.
    #[arg(long, conflicts_with_all = ["hint", "watch"])]
    list: bool,
    /// Go on judging whenever the file is saved, until all are solved.
    #[arg(long)]
    watch: bool,
}

/// How an exercise stands in the folder of the learner.
enum Standing {
    /// Its file is not there.
    New,
    Solved,
    Wrong(String, WrongAnswer),
}

pub(crate) fn run(options: &Options) -> ExitCode {
    match learn(options) {
        Ok(code) => code,
        Err(message) => {
            complain(format_args!("{BAD}error{BAD:#}: {message}"));
            ExitCode::from(2)
        }
    }
}

fn learn(options: &Options) -> Result<ExitCode, String> {
    let exercises = Exercise::all();
    if options.list {
        return list(&options.folder, &exercises);
    }
    fs::create_dir_all(&options.folder)
        .map_err(|error| format!("cannot make {}: {error}", options.folder.display()))?;
    let mut solved = 0;
    let mut solved_last = None;
    for exercise in &exercises {
        let path = options.folder.join(exercise.file);
        let mut standing = stand(&path, exercise)?;
        while !matches!(standing, Standing::Solved) {
            // If the next exercise is new, the learner has just solved the one before it.
            let just_solved = solved_last.take().filter(|_| matches!(standing, Standing::New));
            let right = just_solved.map(|path: PathBuf| {
                let path = path.display();
                format!(
                    "{GOOD}Right{GOOD:#}. `bits run --why {path}` shows the rules behind it.\n\n"
                )
            });
            let text = right.unwrap_or_default()
                + &task(exercise, &path, &standing, solved, exercises.len(), options.hint);
            if matches!(standing, Standing::New) {
                fs::write(&path, &exercise.text)
                    .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
            }
            if !print(&text) {
                return Ok(ExitCode::from(2));
            }
            if !options.watch {
                return Ok(match standing {
                    Standing::Wrong(_, answer) if answer != WrongAnswer::Open => ExitCode::from(1),
                    _ => ExitCode::SUCCESS,
                });
            }
            let judged = match &standing {
                Standing::Wrong(text, _) => text,
                Standing::New | Standing::Solved => &exercise.text,
            };
            wait_for_change(&path, judged);
            standing = stand(&path, exercise)?;
        }
        solved += 1;
        solved_last = Some(path);
    }
    print(&format!("{GOOD}All {solved} exercises are solved.{GOOD:#}\n"));
    Ok(ExitCode::SUCCESS)
}

fn stand(path: &Path, exercise: &Exercise) -> Result<Standing, String> {
    if !path.exists() {
        return Ok(Standing::New);
    }
    let text = fs::read_to_string(path)
        .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    Ok(match exercise.judge(&text) {
        Ok(()) => Standing::Solved,
        Err(answer) => Standing::Wrong(text, answer),
    })
}

/// What is to be done, and what is wrong with what was done.
fn task(
    exercise: &Exercise,
    path: &Path,
    standing: &Standing,
    solved: usize,
    all: usize,
    hint: bool,
) -> String {
    let Exercise { number, task, .. } = exercise;
    let mut text = format!("Exercise {number} ({solved} of {all} are solved): {task}\n");
    if let Standing::Wrong(answer, wrong) = standing {
        text += &why(answer, wrong, &path.display().to_string(), hint);
        if matches!(wrong, WrongAnswer::DoesNotHold(_)) {
            text += &rules(exercise);
        }
    }
    if hint {
        text += &format!("Hint: {}\n", exercise.hint);
    }
    // Writing into a text cannot fail.
    let _ = writeln!(
        text,
        "Edit {} and run `bits learn` again; `--hint` helps, and shows what is so instead.",
        path.display()
    );
    text
}

/// Why an answer is not right: the line that does not hold; with the hint, what was so instead, and where the jobs are.
fn why(answer: &str, wrong: &WrongAnswer, name: &str, hint: bool) -> String {
    let problem = match wrong {
        WrongAnswer::NoScenario(error) => return format!("{}\n", error.render_styled(name)),
        WrongAnswer::DoesNotHold(problem) => problem,
        other => return format!("{BAD}Not yet{BAD:#}: {other}.\n"),
    };
    let number = problem.line(answer);
    let line = answer.lines().nth(number.saturating_sub(1)).unwrap_or_default().trim();
    if !hint {
        return format!("{BAD}Not so{BAD:#}, {name}:{number}: `{line}`\n\n");
    }
    let mut text = format!("{}\n\n", problem.render_styled(name, answer));
    // A wait in vain ends when nothing more can happen, which is beside the point.
    if line.starts_with("advance until") {
        return text;
    }
    let jobs =
        answer.parse::<Scenario>().map(|scenario| scenario.outlook().jobs).unwrap_or_default();
    let mut standings = Vec::new();
    // Writing into memory cannot fail.
    let _ = standing::write(&jobs, false, &mut standings);
    text += &String::from_utf8_lossy(&standings);
    text + "\n"
}

/// What the rules say that the exercise is about; of a table, its subject.
fn rules(exercise: &Exercise) -> String {
    let entries = exercise.rules.iter().filter_map(|id| reference::explain(&id.to_string()).ok());
    let said = entries.flatten().filter(|entry| entry.kind == WordKind::Rule).map(|rule| {
        format!("  {}: {}\n", rule.name, rule.meaning.lines().next().unwrap_or_default())
    });
    format!("The rules behind it:\n{}\n", said.collect::<String>())
}

/// Waits until the file holds another text than the one that was judged.
#[expect(clippy::disallowed_methods, reason = "a person edits the file in real time")]
fn wait_for_change(path: &Path, judged: &str) {
    while fs::read_to_string(path).map_or(true, |text| text == judged) {
        thread::sleep(GLANCE);
    }
}

fn list(folder: &Path, exercises: &[Exercise]) -> Result<ExitCode, String> {
    let mut text = String::new();
    for exercise in exercises {
        let mark = match stand(&folder.join(exercise.file), exercise)? {
            Standing::Solved => "solved",
            Standing::New => "new",
            Standing::Wrong(..) => "open",
        };
        text += &format!("{:<5} {mark:<7} {}\n", exercise.number, exercise.task);
    }
    print(&text);
    Ok(ExitCode::SUCCESS)
}
