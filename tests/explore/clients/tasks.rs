//! Bugs of async downloaders.

use std::sync::Arc;
use std::time::Duration;

use bits_emulator::explore::Life;
use bits_emulator::{Error, Job, JobType, Notification};
use tokio::sync::{Notify, oneshot};

use super::{Failed, Followed, NAME, PATH, URL, again_and_again, end, fail, succeed};

/// How long a downloader waits for a callback before it looks itself.
const PATIENCE: Duration = Duration::from_secs(600);

/// Adds the file in one task and resumes the job in another, without a wait of the one for the other: mostly
/// the task that was spawned first runs first.
pub(crate) fn trusts_the_order_of_tasks(life: &Life) -> Result<(), Failed> {
    begins_in_tasks(life, false)
}

/// The task that resumes the job waits for the one that adds the file.
pub(crate) fn orders_its_tasks(life: &Life) -> Result<(), Failed> {
    begins_in_tasks(life, true)
}

fn begins_in_tasks(life: &Life, is_ordered: bool) -> Result<(), Failed> {
    attempts(life, async || {
        let session = life.session();
        let job = session.create_job(NAME, JobType::Download)?;
        let told = told_of(&job)?;
        let (sender, added) = oneshot::channel();
        let adding = job.clone();
        let adds = session.spawn(async move {
            let done = adding.add_file(URL, PATH).map(drop);
            let _ = sender.send(());
            done
        });
        let resuming = job.clone();
        let resumes = session.spawn(async move {
            if is_ordered {
                let _ = added.await;
            }
            resuming.resume()
        });
        if let (_, Err(error)) | (Err(error), _) = tokio::join!(adds, resumes) {
            return fail(&job, error);
        }
        follow(life, &job, &told, Some(PATIENCE)).await
    })
}

/// Waits for its callback, and for nothing else: a service that restarted knows of none.
pub(crate) fn awaits_a_lost_callback(life: &Life) -> Result<(), Failed> {
    awaits(life, None)
}

/// Awaits its callback, and looks itself now and then.
pub(crate) fn awaits_and_looks(life: &Life) -> Result<(), Failed> {
    awaits(life, Some(PATIENCE))
}

fn awaits(life: &Life, patience: Option<Duration>) -> Result<(), Failed> {
    attempts(life, async || {
        let job = life.session().create_job(NAME, JobType::Download)?;
        let told = told_of(&job)?;
        job.add_file(URL, PATH)?;
        job.resume()?;
        follow(life, &job, &told, patience).await
    })
}

/// Attempts until one comes to an end, each without what was left behind before.
fn attempts(life: &Life, attempt: impl AsyncFn() -> Followed) -> Result<(), Failed> {
    again_and_again(life, || {
        let session = life.session();
        for job in session.jobs()? {
            if job.display_name()? == NAME {
                let _ = job.cancel()?;
            }
        }
        if life.store().get("done").is_some() || life.file_exists(PATH) {
            return Ok(succeed(life));
        }
        session.block_on(attempt())
    })
}

/// An event that a callback sets, and the client keeps.
fn told_of(job: &Job) -> Result<Arc<Notify>, Error> {
    let told = Arc::new(Notify::new());
    let tells = Arc::clone(&told);
    job.set_notify_interface(move |_: Job, _: Notification| tells.notify_one())?;
    Ok(told)
}

async fn follow(life: &Life, job: &Job, told: &Notify, patience: Option<Duration>) -> Followed {
    loop {
        if let Some(ended) = end(life, job)? {
            return Ok(ended);
        }
        match patience {
            None => told.notified().await,
            Some(patience) => tokio::select! {
                biased;
                () = told.notified() => {}
                () = life.session().timer(patience) => {}
            },
        }
    }
}
