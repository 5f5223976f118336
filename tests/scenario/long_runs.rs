//! Runs of many steps.

use bits_emulator::scenario::Scenario;

/// TIME-01, TIME-06: each retry stands at its instant, the last as exactly as the first.
#[test]
fn two_weeks_of_retries_every_minute_keep_their_instants() {
    let scenario: Scenario = r"
        server example.com
          /app.exe 10 MiB, answers 503 always
        job update, DOWNLOAD, by alice
        add https://example.com/app.exe as C:\app\app.exe
        minimum retry delay 60 s
        resume
        advance until ERROR
        expect time 2024-01-15 00:00:00, error count 20161
    "
    .parse()
    .unwrap();
    let report = scenario.run();
    assert_eq!(report.failure, None);
}
