#[test]
fn what_is_copied() {
    let text = r#"
# What is copied: a test.
# Ünïcode above.
server example.com
  /app.exe 10 MiB, answers 503 once
job update, DOWNLOAD, by alice
add https://example.com/app.exe as C:\app.exe
resume
advance until TRANSFERRED
expect progress 10 MiB of 10 MiB
"#;
    let scenario: bits_emulator::scenario::Scenario = text.parse().unwrap();
    let report = scenario.run();
    assert!(report.failure.is_none(), "{:#?}\n{}", report.failure, report.trace);
}
