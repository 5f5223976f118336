//! What is left open: which lines belong together, and what is wrong with them.

use bits_emulator::scenario::Scenario;
use bits_emulator::scenario::ast::{OpenTimes, Statement};

const BEGINNING: &str = "job update, DOWNLOAD, by alice\n";

fn last(text: &str) -> Statement {
    let scenario: Scenario = format!("{BEGINNING}{text}").parse().unwrap();
    scenario.lines().last().unwrap().statement.clone()
}

#[test]
fn open_steps_print_as_they_were_written() {
    for text in [
        "maybe network lost",
        "maybe network lost\n  advance 10 m\n  network restored",
        "at any time service restarts",
        "maybe at any time alice logs off\n  advance 1 m\n  alice logs on",
        "at most 2 times at any time service restarts",
        "any of\n  cancel\n  suspend\n    expect SUSPENDED\n  maybe network lost\n    advance 1 m",
        "maybe any of\n  cancel\n  suspend",
        "a client polls every 10 m\n  in TRANSFERRED: complete\n    alice exits\n  in ERROR: cancel",
        "update: a client polls every 1 d\n  in TRANSFERRED: complete -> S_OK",
        "never ERROR, no error object",
        "never in the end ERROR",
        "always told JobError never",
        "always in the end TRANSFERRED",
        "update: eventually ACKNOWLEDGED",
        "possible in the queue",
        "possible in the end purged",
        "time ends after 100 d",
    ] {
        assert_eq!(last(text).to_string(), text);
    }
    assert!(
        matches!(last("at most twice resume"), Statement::Open(open) if open.times == OpenTimes::AtMost(2))
    );
}

/// Only below an open line does indentation mean something.
#[test]
fn lines_that_are_indented_further_belong_to_the_open_line_above() {
    let text = "server example.com\n   /a 1 MiB\n maybe network lost\n  advance 60 s\n any of\n    cancel\n     expect CANCELLED\n    resume\n suspend\n  expect SUSPENDED\n";
    let scenario: Scenario = format!("{BEGINNING}{text}").parse().unwrap();
    let lines = scenario.lines().iter().map(|line| &line.statement);
    let branches = lines.clone().filter_map(|line| match line {
        Statement::Open(open) => Some(open.branches.iter().map(Vec::len).collect::<Vec<_>>()),
        _ => None,
    });
    assert_eq!(branches.collect::<Vec<_>>(), [vec![2], vec![2, 1]]);
    assert_eq!(lines.count(), 7);
}

#[test]
fn messages_say_what_cannot_be_left_open_and_what_to_write() {
    for (text, place, mend) in [
        ("any of", "2:1", "write each of the lines of which one happens below it"),
        ("any of\n  cancel", "2:1", "or `maybe` before the line"),
        ("any of\ncancel\nresume", "2:1", "below it, and indent it"),
        ("maybe", "2:6", "the line ends too early"),
        ("maybe maybe cancel", "2:7", "`maybe` or `at most 2 times` stands first"),
        ("at any time maybe cancel", "2:13", "`maybe` or `at most 2 times` stands first"),
        ("maybe cancell", "2:7", "`cancel`"),
        ("maybe expect ERROR", "2:1", "write what happens, and below it"),
        ("at most 0 times cancel", "2:1", "at least 1"),
        ("at most 2 cancel", "2:11", "`times`"),
        ("at any time advance 5 m", "2:1", "how long it lasts below it"),
        ("at any time suspend\n  at any time resume", "3:3", "one below the other"),
        ("maybe job b, DOWNLOAD, by bob", "2:7", "write it further up"),
        ("maybe cancel\n  never ERROR", "3:3", "write it further up"),
        ("in ERROR: cancel", "2:1", "`a client polls every 10 m` above"),
        ("a client polls every 10 m", "2:1", "`in TRANSFERRED: complete` below it"),
        ("a client polls every 10 min", "2:25", "a unit of time: d, h, m"),
        ("a client polls every 0 s\n  in ERROR: cancel", "2:1", "`every 1 s`"),
        ("a client polls every 1 s\n  cancel", "3:3", "`in TRANSFERRED: complete`"),
        ("never", "2:6", "the line ends too early"),
        ("never TRANSFERED", "2:7", "`TRANSFERRED`?"),
        ("other: never ERROR", "2:1", "or name `update`"),
        ("time ends after 0 s", "2:1", "`time ends after 100 d`"),
        ("time ends after 1 d\ntime ends after 2 d", "3:1", "keep one of the lines"),
        ("no expectations\nnever ERROR", "2:1", "remove this line"),
    ] {
        let error = format!("{BEGINNING}{text}\n").parse::<Scenario>().unwrap_err();
        let message = error.render("a.bits");
        assert!(message.contains(&format!("a.bits:{place}")), "{text}: {message}");
        assert!(message.contains(mend), "{text}: {message}");
    }
    let by_hand = "by hand\njob update, DOWNLOAD, by alice\nmaybe resume\n".parse::<Scenario>();
    assert!(by_hand.unwrap_err().to_string().contains("remove `by hand`"));
}

#[test]
fn blocks_stand_within_each_other_only_so_deep() {
    let nested = |depth: usize| {
        let lines = (0..depth).map(|level| format!("{}maybe network lost\n", " ".repeat(level)));
        format!("{BEGINNING}{}", lines.collect::<String>()).parse::<Scenario>()
    };
    assert!(nested(9).is_ok());
    let message = nested(3000).unwrap_err().to_string();
    assert!(message.contains("more than 8 blocks"), "{message}");
}

#[test]
fn a_run_refuses_what_is_left_open_and_names_the_line() {
    for text in ["maybe network lost", "never ERROR", "time ends after 1 d"] {
        let text = format!("{BEGINNING}resume -> BG_E_EMPTY\n{text}\n");
        let scenario: Scenario = text.parse().unwrap();
        let problem = scenario.run().failure.unwrap();
        assert_eq!(problem.line(&text), 3);
        assert!(problem.help.contains("`bits check`"), "{problem:?}");
    }
}
