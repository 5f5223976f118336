//! Every answer to an open question has a scenario that tells it from the other answers.

use std::path::PathBuf;

use bits_emulator::readings::Readings;
use bits_emulator::scenario::Scenario;

#[test]
fn every_answer_has_a_scenario_that_holds_under_it_alone() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("scenarios/readings");
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let texts: Vec<_> = entries.map(|path| std::fs::read_to_string(path).unwrap()).collect();
    for switch in Readings::SWITCHES {
        let line = |answer| format!("\nreading {}: {answer}\n", switch.name);
        for answer in switch.answers {
            let text = texts.iter().find(|text| text.contains(&line(answer)));
            let text = text.unwrap_or_else(|| panic!("no scenario has{}", line(answer)));
            for other in switch.answers {
                let scenario: Scenario = text.replace(&line(answer), &line(other)).parse().unwrap();
                let failure = scenario.run().failure;
                assert_eq!(failure.is_none(), other == answer, "{}: {failure:?}", line(other));
            }
        }
    }
}
