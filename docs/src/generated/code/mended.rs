# use std::time::Duration;
# use bits_emulator::explore::{self, Budget, Life};
# use bits_emulator::{Error, JobState, JobType};
# const URL: &str = "https://example.com/app.exe";
# const PATH: &str = r"C:\app\app.exe";
fn updater(life: &Life) -> Result<(), Error> {
    let session = life.session();
    let known = life.store().get("job").and_then(|id| id.parse().ok());
    for job in session.jobs()? {
        if job.display_name()? == "update" && Some(job.id()) != known {
            let _ = job.cancel()?;
        }
    }
    // … as before
#     let job = match known.map(|id| session.job(id)) {
#         Some(Ok(job)) => job,
#         _ => {
#             let job = session.create_job("update", JobType::Download)?;
#             job.add_file(URL, PATH)?;
#             life.store().set("job", job.id().to_string());
#             job
#         }
#     };
#     if job.state()? == JobState::Suspended {
#         job.resume()?;
#     }
#     while job.state()? != JobState::Transferred {
#         session.sleep(Duration::from_secs(60));
#     }
#     job.complete().map(drop)
}
# let explored = || {
#     explore::program(updater)
#         .world(|emulator| _ = emulator.server("https://example.com").file("/app.exe", 10 << 20))
#         .wants(URL, PATH)
#         .budget(Budget::default().network(1).http([503]).kill(1))
# };

assert!(explored().replay("0:k").counterexample.is_none());
let verdict = explored().check();
assert!(verdict.is_exhausted(), "{verdict}");
