use std::time::Duration;
use bits_emulator::explore::{self, Budget, Life, Program};
use bits_emulator::{Error, JobState, JobType};

const URL: &str = "https://example.com/app.exe";
const PATH: &str = r"C:\app\app.exe";

fn updater(life: &Life) -> Result<(), Error> {
    let session = life.session();
    let known = life.store().get("job").and_then(|id| id.parse().ok());
    let job = match known.map(|id| session.job(id)) {
        Some(Ok(job)) => job,
        _ => {
            let job = session.create_job("update", JobType::Download)?;
            job.add_file(URL, PATH)?;
            life.store().set("job", job.id().to_string());
            job
        }
    };
    if job.state()? == JobState::Suspended {
        job.resume()?;
    }
    while job.state()? != JobState::Transferred {
        session.sleep(Duration::from_secs(60));
    }
    job.complete().map(drop)
}

fn explored() -> Program {
    explore::program(updater)
        .world(|emulator| _ = emulator.server("https://example.com").file("/app.exe", 10 << 20))
        .wants(URL, PATH)
        .budget(Budget::default().network(1).http([503]).kill(1))
}

// A test calls `explored().check()`, which panics with the counterexample. This is it:
let found = explored().explore().counterexample.expect("a bug");
let shown = r"broken promise: no job is left behind
what happened: the program ended and left 1 of its jobs in the queue

2024-01-01 00:00:00  the program starts
2024-01-01 00:00:00    finds no job in its store
2024-01-01 00:00:00  * before CreateJob, the process is killed once the call is carried out
2024-01-01 00:00:00    CreateJob
2024-01-01 00:00:00  the process is gone
2024-01-01 00:00:00  the program starts again, life 2
2024-01-01 00:00:00    finds no job in its store
2024-01-01 00:00:00    CreateJob
2024-01-01 00:00:00    AddFile
";
assert!(found.to_string().starts_with(shown), "{found}");
assert_eq!(found.decisions(), "0:k");

// The same run again, while the bug is looked for and after it is mended.
assert!(explored().replay("0:k").counterexample.is_some());
