//! Four processes share an exploration, and leave their results as lines of JSON.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use bits_emulator::explore::Monitor;
use bits_emulator::explore::Monitors;
use serde_json::Value;

use crate::children::{self, Child};
use crate::clients::survivor::survivor;

/// Says to a process of this test whether it prunes.
const CHILD: &str = "BITS_TEST_OF_PARTS";
const THIS: &str = "parts::four_processes_make_each_run_once";

/// Explores in this process the part that the environment names, and prints each leaf.
fn explore_here(prunes: bool) {
    let leaf = Monitor::new("each leaf is printed", |ending| {
        println!("leaf: {:?} {:?}", ending.result, ending.emulator.trace().to_string());
        Ok(())
    });
    let program = survivor().bound(1, 0).monitors(Monitors::standard().with(leaf.judges_the_end()));
    let program = if prunes { program.bound(1, 1) } else { program.without_pruning() };
    assert!(program.named("the survivor").check().is_exhausted());
}

/// What a process printed and wrote.
struct Part {
    leaves: Vec<String>,
    result: Value,
}

fn file(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if path.exists() {
        std::fs::remove_file(&path).unwrap();
    }
    path
}

fn part(shard: &str, prunes: bool) -> Part {
    let results = file(&format!("part-{}-{prunes}.jsonl", shard.replace('/', "-of-")));
    let variables = [
        (CHILD, &*prunes.to_string()),
        ("BITS_EXPLORE_SHARD", shard),
        ("BITS_EXPLORE_RESULTS", results.to_str().unwrap()),
    ];
    let Child { has_passed, out, err } = children::run(THIS, &variables, &["--nocapture"]);
    assert!(has_passed, "{out}\n{err}");
    let leaves = out.lines().filter_map(|line| line.split_once("leaf: "));
    let text = std::fs::read_to_string(results).unwrap();
    assert_eq!(text.lines().count(), 1, "{text}");
    Part {
        leaves: leaves.map(|(_, leaf)| leaf.to_owned()).collect(),
        result: serde_json::from_str(&text).unwrap(),
    }
}

/// The words of an object in a list of the results, without how often it was there.
fn without_times(part: &Part, list: &str) -> BTreeSet<String> {
    let items = part.result[list].as_array().unwrap().iter().cloned();
    let words = items.map(|mut item| {
        item.as_object_mut().unwrap().remove("times");
        item.to_string()
    });
    words.collect()
}

/// Without pruning each leaf is made once; with it the same is reached.
#[test]
fn four_processes_make_each_run_once() {
    if let Ok(prunes) = std::env::var(CHILD) {
        return explore_here(prunes == "true");
    }
    for prunes in [false, true] {
        let whole = part("0/1", prunes);
        let parts: Vec<Part> = (0..4).map(|index| part(&format!("{index}/4"), prunes)).collect();
        for (index, part) in (0..).zip(&parts) {
            assert_eq!((&part.result["shard"], &part.result["of"]), (&index.into(), &4.into()));
            assert_eq!(part.result["program"], "the survivor");
            assert_eq!(part.result["bound"], whole.result["bound"]);
            assert!(part.result["runs"].as_u64().unwrap() > 10, "each has its share");
        }
        for list in ["outcomes", "calls", "transitions"] {
            let all: BTreeSet<_> =
                parts.iter().flat_map(|part| without_times(part, list)).collect();
            assert_eq!(all, without_times(&whole, list), "{list}");
        }
        if !prunes {
            let runs = parts.iter().map(|part| part.result["runs"].as_u64().unwrap());
            assert_eq!(Some(runs.sum::<u64>()), whole.result["runs"].as_u64());
            // Each process makes the run in which nothing goes wrong, to find the others.
            let mut made: Vec<_> = parts.iter().flat_map(|part| &part.leaves[1..]).collect();
            let mut expected: Vec<_> = whole.leaves[1..].iter().collect();
            made.sort();
            expected.sort();
            assert_eq!(made, expected);
        }
    }
}

/// A counterexample stands in the results, and is replayed from there.
#[test]
fn a_result_holds_the_counterexample() {
    let program = || {
        survivor().monitors(
            Monitors::default()
                .with(Monitor::new("it \"succeeds\"", |ending| ending.result.clone())),
        )
    };
    let verdict = program().bound(1, 0).explore();
    let result: Value = serde_json::from_str(&verdict.to_json_line()).unwrap();
    let found = &result["counterexample"];
    assert_eq!(found["promise"], "it \"succeeds\"");
    assert_eq!((found["faults"].as_u64(), found["deviations"].as_u64()), (Some(1), Some(0)));
    let again = program().replay(found["decisions"].as_str().unwrap()).counterexample.unwrap();
    assert_eq!(found["text"], again.to_string());
    assert!(result["program"].as_str().unwrap().contains("parts.rs:"), "{result}");
}
