//! A counterexample as a scenario: it runs without the program, does what the explored run did, and shows the
//! broken promise.

use bits_emulator::scenario::{Scenario, Transcript, TranscriptStep};

use crate::found::{Case, adoption, callbacks, completion, errors, loops};

/// Each scenario is made of the same steps as the run, to the last one, with the same effects on the same jobs;
/// it fails only at what was promised.
#[test]
fn a_scenario_does_what_the_run_did() {
    for case in [loops(), completion(), errors(), adoption(), callbacks()].concat() {
        let Case { name, .. } = case;
        let explored = case.program(case.wrong, case.budget.clone());
        let found = explored.explore().counterexample.expect("a bug");
        let text = found.scenario();
        if let Ok(dir) = std::env::var("DUMP") {
            std::fs::write(format!("{dir}/{name}.bits"), &text).unwrap();
        }
        let scenario: Scenario = match text.parse() {
            Ok(scenario) => scenario,
            Err(problems) => { eprintln!("{name}: {problems}"); continue; }
        };
        let report = scenario.run();
        let explored = Transcript::of(found.trace().expect("it is kept"));
        let steps = |transcript: &Transcript| transcript.steps().cloned().collect::<Vec<_>>();
        let failure = report.failure.as_ref().map(|problem| (problem.cause.as_str(), problem.line(&text), text.lines().count()));
        eprintln!("{name}: same {} failure {failure:?}", steps(&report.trace) == steps(&explored));
    }
}
