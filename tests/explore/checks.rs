//! Scenarios in which something is left open: all that is possible is found, and nothing else.

use std::collections::BTreeSet;

use bits_emulator::explore::open_scenarios::{self, Finding, Outcomes, ShortestRun};
use bits_emulator::scenario::Scenario;
use proptest::prelude::*;

use crate::cases;

const BEGINNING: &str = r"
server example.com, rate 100 KiB/s
  /a 1 MiB, answers 503 once
  /b 500 KiB
job update, DOWNLOAD, by alice
add https://example.com/a as C:\a
minimum retry delay 60 s
no-progress timeout 5 m
";

fn scenario(text: &str) -> Scenario {
    format!("{BEGINNING}{text}").parse().unwrap_or_else(|error| panic!("{error}"))
}

fn checked(text: &str) -> Outcomes {
    let outcomes = open_scenarios::check_scenario(&scenario(text)).run();
    assert!(outcomes.is_exhausted());
    outcomes
}

/// How the outcomes end, each in a line.
fn ends(outcomes: &Outcomes) -> BTreeSet<String> {
    outcomes.outcomes().iter().map(ToString::to_string).collect()
}

/// What was found of the only question.
#[track_caller]
fn finding(text: &str) -> Finding {
    let outcomes = checked(text);
    let [only] = outcomes.answers() else { panic!("{outcomes}") };
    only.finding()
}

#[test]
fn what_may_happen_does_or_does_not() {
    let outcomes = checked("resume\nmaybe cancel\n");
    assert_eq!(
        ends(&outcomes),
        BTreeSet::from([
            "TRANSFERRED, no error object, files 1 of 1".to_owned(),
            "CANCELLED, no error object, files 0 of 1".to_owned(),
        ]),
    );
    let steps: Vec<_> =
        outcomes.outcomes().iter().map(|outcome| outcome.run().open_steps()).collect();
    assert_eq!(steps, [0, 1]);
}

#[test]
fn what_is_expected_in_a_branch_holds_in_that_branch() {
    let open = "resume\nany of\n  cancel\n    expect CANCELLED\n  suspend\n    expect SUSPENDED\n";
    assert_eq!(checked(open).outcomes().len(), 2);
    let broken = checked(&open.replace("expect SUSPENDED", "expect CANCELLED"));
    let failed = broken.outcomes().iter().find_map(|outcome| outcome.failure()).unwrap();
    assert_eq!(failed.cause, "expected CANCELLED, was SUSPENDED");
    assert!(!broken.hold());
}

/// An open step may be refused, unless its line has a code; what is written down says how it came out.
#[test]
fn an_open_step_need_not_succeed() {
    let outcomes = checked("cancel\nmaybe resume\nalways in the end CANCELLED\n");
    assert!(outcomes.hold(), "{outcomes}");
    let strict = checked("cancel\nmaybe resume -> S_OK\n");
    assert_eq!(strict.outcomes().iter().filter(|outcome| outcome.failure().is_some()).count(), 1);
    let lines = checked("cancel\nany of\n  resume\n  suspend\n");
    assert!(lines.outcomes()[0].run().scenario().contains("-> BG_E_INVALID_STATE"), "{lines}");
}

/// Before what is due at once, at each change, midway between two, and at the end of the wait.
#[test]
fn any_time_is_each_change_and_midway_between_two() {
    for (time, expected) in [
        ("00:00:00", Finding::Holds),
        ("00:00:30", Finding::Holds),
        ("00:00:45", Finding::Fails),
        ("00:01:00", Finding::Holds),
        ("00:01:05", Finding::Holds),
    ] {
        let question = format!("possible SUSPENDED, time 2024-01-01 {time}");
        let text = format!("resume\n{question}\nat any time suspend\nadvance 80 s\n");
        assert_eq!(finding(&text), expected, "{time}");
    }
    // Before the first request, so that it is the first that is answered.
    let text = "resume\nat any time server example.com, answers 404 once\nadvance 5 s\npossible error count 1, error 404\n";
    assert_eq!(finding(text), Finding::Holds);
    let never = "resume\nnever SUSPENDED\nmaybe at any time suspend\nadvance 5 s\nalways in the end SUSPENDED\n";
    let outcomes = checked(never);
    assert!(outcomes.answers().iter().all(|answer| answer.finding() == Finding::Fails));
    replay(&outcomes);
}

/// What happens at any time happens until the next wait is over, and goes on while time passes in the text.
#[test]
fn what_happens_at_any_time_may_last() {
    let text = "resume\nadvance 30 s\nat any time network lost\n  advance 2 m\n  network restored\nadvance until TRANSFERRED\n\
                always in the end TRANSFERRED\nnever ERROR\nexpect TRANSFERRED\n";
    let outcomes = checked(text);
    assert!(outcomes.hold(), "{outcomes}");
    replay(&outcomes);
}

#[test]
fn questions_are_asked_of_every_state_of_every_run() {
    for (question, expected) in [
        ("never ERROR", Finding::Fails),
        ("never ERROR, no error object", Finding::Holds),
        ("never in the end TRANSIENT_ERROR", Finding::Holds),
        ("never TRANSIENT_ERROR", Finding::Fails),
        ("always in the queue", Finding::Holds),
        ("always in the end TRANSFERRED", Finding::Fails),
        ("eventually TRANSIENT_ERROR", Finding::Holds),
        ("eventually TRANSFERRED", Finding::Fails),
        ("possible error BG_E_HTTP_ERROR_503 in REMOTE_FILE", Finding::Holds),
        ("possible progress 512 KiB of 1 MiB", Finding::Fails),
        ("possible in the end ERROR, error ERROR_WINHTTP_NAME_NOT_RESOLVED", Finding::Holds),
        ("possible in the end TRANSIENT_ERROR", Finding::Fails),
    ] {
        let text = format!("resume\n{question}\nadvance 30 s\nmaybe server example.com removed\n");
        assert_eq!(finding(&text), expected, "{question}");
    }
}

#[test]
fn a_question_that_was_put_to_no_state_is_vacuous() {
    let text = "resume\nadvance until TRANSFERRED\nadvance until ERROR\nnever CANCELLED\n";
    let outcomes = checked(text);
    assert_eq!(outcomes.answers()[0].finding(), Finding::Vacuous);
    assert_eq!(outcomes.answers()[0].states(), 0);
    assert!(!outcomes.hold());
}

#[test]
fn a_client_polls_and_does_what_its_rows_say() {
    let polls =
        "resume\na client polls every 10 m\n  in TRANSFERRED: complete\n    expect ACKNOWLEDGED\n";
    let outcomes =
        checked(&format!("{polls}eventually ACKNOWLEDGED\nnever time 2024-01-01 00:10:01\n"));
    assert!(outcomes.hold(), "{outcomes}");
    let [only] = outcomes.outcomes() else { panic!("{outcomes}") };
    let written = "advance to 2024-01-01 00:10:00\nGetState returns TRANSFERRED\ncomplete\n";
    assert!(only.run().scenario().contains(written), "{}", only.run().scenario());
    // Nobody wakes up for a job in ERROR, and one that tries the same in vain does so once.
    // The client stands for a program that is started again: an exit does not end it. What it did is told as its own.
    let exits =
        checked(&format!("{polls}at any time alice exits\nadvance 5 m\neventually ACKNOWLEDGED\n"));
    assert_eq!(exits.answers()[0].finding(), Finding::Holds, "{exits}");
    let taken = exits.outcomes()[0].run().taken();
    assert!(taken[0].ends_with(" alice exits"), "{taken:?}");
    assert!(
        taken[1].starts_with(ShortestRun::BY_CLIENT) && taken[1].ends_with("complete"),
        "{taken:?}"
    );
    let vain = "resume\na client polls every 10 m\n  in ERROR: complete -> S_OK\n  in TRANSFERRED: add https://example.com/b as C:\\b\n";
    assert_eq!(checked(&format!("{vain}maybe server example.com removed\n")).outcomes().len(), 2);
}

/// A client that resumes its job after each error does so for ever: the run ends when it comes round.
#[test]
fn a_client_that_goes_round_in_circles_ends_the_run() {
    let text = "server example.com removed\nresume\na client polls every 1 h\n  in ERROR: resume\n\
                eventually TRANSFERRED\nalways in the end ERROR\n";
    let outcomes = checked(text);
    let findings: Vec<_> = outcomes.answers().iter().map(|answer| answer.finding()).collect();
    assert_eq!(findings, [Finding::Fails, Finding::Holds], "{outcomes}");
    assert!(outcomes.outcomes()[0].run().scenario().lines().count() < 30, "{outcomes}");
    replay(&outcomes);
    let waits = checked(&format!("{text}advance until TRANSFERRED\n"));
    assert!(waits.outcomes()[0].failure().unwrap().cause.contains("again and again"), "{waits}");
}

#[test]
fn time_ends_where_all_rests_or_where_it_is_said() {
    assert_eq!(finding("resume\npossible purged\n"), Finding::Fails);
    assert_eq!(finding("resume\npossible purged\ntime ends after 91 d\n"), Finding::Holds);
    assert_eq!(finding("resume\npossible TRANSFERRED\ntime ends after 30 s\n"), Finding::Fails);
}

/// With faults, every line of a closed scenario happens, and only questions are asked.
#[test]
fn faults_are_opened_in_a_closed_scenario() {
    let text =
        "resume\nadvance until TRANSFERRED\ncomplete -> S_OK\nnever ERROR, no error object\n";
    let closed = scenario(text);
    assert_eq!(open_scenarios::check_scenario(&closed).run().outcomes().len(), 1);
    let faults = open_scenarios::check_scenario(&closed).faults(1).run();
    let ends = ends(&faults);
    for end in [
        "CANCELLED",
        "ACKNOWLEDGED, no error object, files 1 of 1",
        "ACKNOWLEDGED, no error object, files 0 of 1",
    ] {
        assert!(ends.iter().any(|known| known.starts_with(end)), "{end}: {faults}");
    }
    replay(&faults);
}

#[test]
fn parts_together_have_the_outcomes_of_the_whole() {
    let text = "resume\nat most 2 times at any time any of\n  network lost\n    advance 2 m\n    network restored\n  suspend\n  cancel\nadvance 3 m\npossible CANCELLED\n";
    let scenario = scenario(text);
    let whole = ends(&open_scenarios::check_scenario(&scenario).run());
    let parts: Vec<_> =
        (0..3).map(|part| open_scenarios::check_scenario(&scenario).shard(part, 3).run()).collect();
    assert_eq!(parts.iter().flat_map(ends).collect::<BTreeSet<_>>(), whole);
    // Not each part has them all: the work is shared out.
    let runs = |outcomes: &Outcomes| outcomes.extent().runs;
    let all = runs(&open_scenarios::check_scenario(&scenario).run());
    assert!(parts.iter().all(|part| runs(part) < all), "{all}");
}

#[test]
fn an_exploration_that_is_ended_leaves_questions_open() {
    let scenario = scenario("resume\nmaybe cancel\nnever ERROR\n");
    let outcomes =
        open_scenarios::check_scenario(&scenario).while_going(|extent| extent.runs == 0).run();
    assert!(!outcomes.is_exhausted() && !outcomes.hold());
    assert_eq!(outcomes.answers()[0].finding(), Finding::Unknown);
}

/// Every outcome is a scenario that runs to it, and so is every answer.
fn replay(outcomes: &Outcomes) {
    for outcome in outcomes.outcomes() {
        let text = outcome.run().scenario();
        let report =
            text.parse::<Scenario>().unwrap_or_else(|error| panic!("{error}\n{text}")).run();
        let cause = report.failure.map(|problem| problem.cause);
        assert_eq!(cause, outcome.failure().map(|problem| problem.cause.clone()), "{text}");
    }
    for answer in outcomes.answers() {
        let Some(text) = answer.run().map(ShortestRun::scenario) else { continue };
        let report =
            text.parse::<Scenario>().unwrap_or_else(|error| panic!("{error}\n{text}")).run();
        let shows = answer.question().contains("never") || answer.question().contains("possible");
        assert_eq!(report.failure.is_none(), shows, "{}\n{text}", answer.question());
    }
}

/// A piece of a random scenario: its lines, and those of each closed variant.
type Piece = (String, Vec<String>);

fn piece() -> impl Strategy<Value = Piece> {
    let step = prop::sample::select(vec![
        "suspend",
        "resume",
        "cancel",
        "network lost",
        "network restored",
        "service restarts",
        "alice logs off",
        "alice logs on",
        "alice exits",
        "disk C: full",
        "add https://example.com/b as C:\\b",
        "complete",
    ]);
    let advance =
        prop::sample::select(vec!["advance 1 s", "advance 30 s", "advance 70 s", "advance 6 m"]);
    let below = advance.clone().prop_map(|time| format!("    {time}\n"));
    let branch =
        (step, prop::option::of(below)).prop_map(|(step, below)| (step, below.unwrap_or_default()));
    prop_oneof![
        2 => advance.prop_map(|time| (format!("{time}\n"), vec![format!("{time}\n")])),
        2 => branch.clone().prop_map(|(step, below)| {
            (format!("maybe {step}\n{below}"), vec![String::new(), format!("{step}\n{below}")])
        }),
        2 => prop::collection::vec(branch.clone(), 2..4).prop_map(|branches| {
            let lines: String = branches.iter().map(|(step, below)| format!("  {step}\n{below}")).collect();
            let closed = branches.iter().map(|(step, below)| format!("{step}\n{below}"));
            (format!("any of\n{lines}"), closed.collect())
        }),
        1 => branch.prop_map(|(step, below)| {
            let once = format!("{step}\n{below}");
            let closed = vec![String::new(), once.clone(), format!("{once}{once}")];
            (format!("at most 2 times {step}\n{below}"), closed)
        }),
    ]
}

/// A closed scenario that says of each step how it comes out, found out by running it.
fn as_it_comes_out(text: &str) -> String {
    let mut lines: Vec<String> = format!("{BEGINNING}{text}").lines().map(str::to_owned).collect();
    loop {
        let text = lines.join("\n");
        let scenario: Scenario = text.parse().unwrap_or_else(|error| panic!("{error}"));
        let report = scenario.run();
        // Nothing is expected yet.
        let Some(problem) =
            report.failure.filter(|problem| !problem.cause.starts_with("nothing was checked"))
        else {
            return text;
        };
        let line = &mut lines[problem.line(&text) - 1];
        let (_, code) = problem.cause.split_once("expected S_OK, was ").unwrap_or_default();
        let state = problem.cause.strip_prefix("nothing happened: ");
        let state = state.and_then(|cause| cause.split(' ').next());
        match state {
            Some(state) => *line += &format!(" => {state}"),
            None if !code.is_empty() => *line += &format!(" -> {code}"),
            None => panic!("{problem:?}\n{text}"),
        }
    }
}

fn holds(text: &str) -> bool {
    text.parse::<Scenario>().unwrap_or_else(|error| panic!("{error}")).run().failure.is_none()
}

proptest! {
    #![proptest_config(cases::config(16))]

    /// What is left open has the outcomes of all scenarios in which it is not, each run by itself.
    #[test]
    fn what_is_possible_is_what_closed_scenarios_come_to(pieces in prop::collection::vec(piece(), 1..4)) {
        let open: String = pieces.iter().map(|(open, _)| open.as_str()).collect();
        let outcomes = open_scenarios::check_scenario(&scenario(&format!("resume\n{open}"))).run();
        let mut closed = vec!["resume\n".to_owned()];
        for (_, variants) in &pieces {
            let longer = closed.iter().flat_map(|text| variants.iter().map(move |more| format!("{text}{more}")));
            closed = longer.collect();
        }
        let mut reached = BTreeSet::new();
        for text in closed {
            let text = as_it_comes_out(&text);
            let ends = outcomes.outcomes().iter().enumerate();
            // All rests within a day.
            let mut fits = ends.filter(|(_, outcome)| {
                holds(&format!("{text}\nadvance 1 d\n{}\n", outcome.end().join("\n")))
            });
            let first = fits.next();
            prop_assert!(first.is_some() && fits.next().is_none(), "{}\n{}", outcomes, text);
            reached.extend(first.map(|(index, _)| index));
        }
        prop_assert_eq!(reached.len(), outcomes.outcomes().len(), "{}\n{}", outcomes, open);
        replay(&outcomes);
    }
}

/// Those that show the statements of the language.
#[test]
fn the_scenarios_of_what_is_left_open_hold() {
    for (text, outcomes) in [
        (include_str!("../../scenarios/language/what-is-left-open.bits"), 1),
        (include_str!("../../scenarios/language/what-is-left-open-among-several.bits"), 3),
    ] {
        let explored = open_scenarios::check_scenario(&text.parse().unwrap()).run();
        assert!(explored.hold() && !explored.answers().is_empty(), "{explored}");
        assert_eq!(explored.outcomes().len(), outcomes, "{explored}");
        replay(&explored);
    }
}

/// Each question of the scenarios that stand in a folder of their own, as it is answered in the file.
#[test]
fn the_scenarios_of_the_folder_answer_their_questions() {
    for (text, outcomes) in [
        (include_str!("../../scenarios/check/error-without-an-error-object.bits"), 2),
        (include_str!("../../scenarios/check/removed-while-its-client-lives.bits"), 3),
        (include_str!("../../scenarios/check/complete-keeps-what-is-whole.bits"), 4),
        (include_str!("../../scenarios/check/foreground-behind-background.bits"), 1),
        (include_str!("../../scenarios/check/upload-reply-after-a-crash.bits"), 1),
    ] {
        assert!(text.starts_with("# ") && text.lines().next().unwrap().ends_with('?'), "{text}");
        let scenario: Scenario = text.parse().unwrap();
        let explored = open_scenarios::check_scenario(&scenario).run();
        assert!(explored.hold() && !explored.answers().is_empty(), "{explored}");
        assert_eq!(explored.outcomes().len(), outcomes, "{explored}");
        replay(&explored);
    }
}
