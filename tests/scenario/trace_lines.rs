//! The lines of a trace as lines of a scenario.

use bits_emulator::scenario::Scenario;
use bits_emulator::scenario::ast::{CalledBy, Statement, StepAction};
use bits_emulator::trace::TraceEvent;
use bits_emulator::{Completion, Emulator, Fault, JobPriority, JobType, User};

/// A call, an event or a deadline of a trace, printed, is read as the same step.
#[test]
fn each_line_of_a_trace_is_read_as_the_same_step() {
    let emulator = Emulator::new();
    emulator
        .server("https://example.com")
        .file("/app.exe", 3 << 20)
        .fails(Fault::http(503).times(2));
    let session = emulator.connect(User::new("alice"));
    let job = session.create_job("the \"update\"", JobType::Download).unwrap();
    job.add_file("https://example.com/app.exe", r"C:\Program Files\app.exe").unwrap();
    job.set_priority(JobPriority::High).unwrap();
    job.set_description("monthly, #1").unwrap();
    job.resume().unwrap();
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(job.complete().unwrap(), Completion::All);
    emulator.disconnect_network();
    emulator.restart();

    let trace = emulator.trace();
    let mut read = 0;
    for step in trace.steps() {
        let what = match &step.what {
            TraceEvent::Call(call) => StepAction::Call(CalledBy::Owner, call.clone()),
            TraceEvent::Event(event) => StepAction::Event(event.clone()),
            TraceEvent::Deadline(deadline) => StepAction::Deadline(*deadline),
            TraceEvent::Computer(event) => StepAction::Event((*event).into()),
            _ => continue,
        };
        let id: String = job.id().to_string().chars().skip(1).take(8).collect();
        let text = format!("by hand\njob {id}, DOWNLOAD, by alice\n{step}\n");
        let scenario: Scenario = text.parse().unwrap_or_else(|error| panic!("{text}\n{error}"));
        let last = scenario.lines().last().map(|line| &line.statement);
        let Some(Statement::Step(line)) = last else { panic!("{text}") };
        assert_eq!((&line.what, line.at), (&what, Some(step.at)), "{text}");
        read += 1;
    }
    assert!(read > 12, "{trace}");
    // Steps that a scenario does not have are comments.
    assert!(trace.to_string().starts_with("at 2024-01-01 00:00:00  alice logs on"), "{trace}");
}
