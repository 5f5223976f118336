//! The exercises of the guide, their answers, and a wrong answer to each.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use bits_emulator::reference::{Exercise, WrongAnswer};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/exercises")
}

#[test]
fn every_exercise_of_the_folder_is_in_the_library_with_task_and_hint() {
    let files = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let files: BTreeSet<String> = files.filter(|name| name.ends_with(".bits")).collect();
    let exercises = Exercise::all();
    let known: BTreeSet<String> =
        exercises.iter().map(|exercise| exercise.file.to_owned()).collect();
    assert_eq!(known, files, "src/reference/exercises.rs lists the exercises");
    for Exercise { number, task, hint, .. } in exercises {
        assert!(
            number.contains('.') && !task.is_empty() && !hint.is_empty(),
            "{number}: {task} {hint}"
        );
    }
}

#[test]
fn each_answer_is_right_and_each_wrong_one_is_told() {
    for exercise in Exercise::all() {
        let file = exercise.file;
        let answer = |of: &str| fs::read_to_string(folder().join(of).join(file)).unwrap();
        assert_eq!(exercise.judge(&answer("answers")), Ok(()), "{file}");
        let wrong = exercise.judge(&answer("wrong"));
        assert!(
            matches!(wrong, Err(WrongAnswer::DoesNotHold(_) | WrongAnswer::NoScenario(_))),
            "{file}: {wrong:?}"
        );
        assert_eq!(exercise.judge(&exercise.text), Err(WrongAnswer::Open), "{file}");
        assert_eq!(exercise.judge("no expectations\n"), Err(WrongAnswer::Changed), "{file}");
    }
}
