//! The poller of few lines whose numbers of runs are known from elsewhere: it polls every four seconds.

use std::time::Duration;

use bits_emulator::explore::{self, Budget, Life, Monitors, Program};
use bits_emulator::{Error, HResult, Job, JobState, JobType};

use super::{Failed, NAME, PATH, POLL, URL, add_and_resume, one_file};

fn find(life: &Life) -> Result<Option<Job>, Error> {
    let mut found = None;
    for job in life.session().jobs()? {
        if job.display_name()? != NAME {
            continue;
        }
        if job.files()?.is_empty() {
            job.cancel()?;
        } else {
            found = Some(job);
        }
    }
    Ok(found)
}

/// Polls its job to the end; a call that fails gives the job up.
fn polls(life: &Life, job: &Job) -> Result<Result<(), Failed>, Error> {
    loop {
        match job.state()? {
            JobState::Suspended => job.resume()?,
            JobState::Error => {
                let code = job.error()?.code();
                job.cancel()?;
                return Ok(Err(format!("failed: {code}")));
            }
            JobState::Transferred => return job.complete().map(|_| Ok(())),
            JobState::Acknowledged | JobState::Cancelled => return Ok(Err("gone".to_owned())),
            _ => {}
        }
        life.session().sleep(POLL);
    }
}

pub(crate) fn poller(life: &Life) -> Result<(), Failed> {
    let mut current = None;
    let mut attempt = || {
        let job = match find(life)? {
            Some(job) => current.insert(job),
            None => {
                let job = current.insert(life.session().create_job(NAME, JobType::Download)?);
                add_and_resume(job)?;
                job
            }
        };
        polls(life, job)
    };
    let ended = attempt();
    ended.unwrap_or_else(|error| {
        if let Some(job) = &current {
            let _ = (0..3).any(|_| job.cancel().is_ok());
        }
        Err(format!("failed: {error}"))
    })
}

/// The poller with its faults: any of them as often as the bound allows.
pub(crate) fn plain_poller() -> Program {
    let often = u32::MAX;
    let mut budget = Budget::default()
        .network(often)
        .operator_cancel(often)
        .operator_suspend(often)
        .service_restart(often)
        .log_off_survived(often)
        .disk_full(often)
        .kill(often)
        .call_fails(HResult::RPC_S_SERVER_UNAVAILABLE, often);
    for status in [503, 404] {
        budget = budget.allow(explore::Incident::Http(status), often);
    }
    explore::program(poller)
        .world(one_file)
        .wants(URL, PATH)
        .budget(budget)
        .monitors(Monitors::default())
        .within(Duration::from_secs(20 * 86_400))
}
