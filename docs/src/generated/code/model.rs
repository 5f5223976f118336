use bits_emulator::explore::model;
use bits_emulator::explore::model::jobs::{JobsModel, ObservedJob};
use bits_emulator::machine::{Call, Event, Failure, JobOptions};
use bits_emulator::readings::{ClientExit, Readings};
use bits_emulator::{FileInfo, JobState};

let question = |readings| {
    let client = |_: &[ObservedJob<'_>]| vec![(0, Call::Resume), (0, Call::Suspend)];
    let file = FileInfo::new("https://example.com/app.exe", r"C:\app\app.exe");
    let model = JobsModel::beside(client)
        .events([Event::Failed(Failure::http(503)), Event::Failed(Failure::http(404))])
        .events([Event::ClientExited])
        .job(
            JobOptions { readings, ..JobOptions::default() },
            [Call::add_file(file), Call::SetNoProgressTimeout(1200)],
        )
        .unwrap();
    let explored = model::check(&model)
        .always("an error can be read", |state| {
            let job = state.jobs()[0].machine();
            job.state() != JobState::Error || job.error().is_ok()
        })
        .run();
    (explored.is_exhausted(), explored.violation().map(|found| found.to_string()))
};

// It can, by four steps and no fewer:
let (_, found) = question(Readings::documented());
assert_eq!(found.unwrap(), "\
broken promise: an error can be read
  1. Call(0, Resume)
  2. Event(0, Picked)
  3. Event(0, Failed(Failure { code: BG_E_HTTP_ERROR_404 (0x80190194), class: Fatal, context: None }))
  4. EventOfAll(ClientExited)
");

// Not so if the error object outlives its client: all states were visited, and it holds in each.
let kept = Readings { client_exit: ClientExit::Keep, ..Readings::documented() };
assert_eq!(question(kept), (true, None));
