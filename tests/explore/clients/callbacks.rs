//! Bugs of downloaders that are called back.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bits_emulator::explore::Life;
use bits_emulator::{Error, HResult, Job, JobState, JobType, Notification, NotifyFlags};

use super::{
    Failed, Followed, NAME, add_and_resume, again_and_again, carefully, end, fail, follow, succeed,
};

/// How long a downloader waits for a callback before it looks itself.
const PATIENCE: Duration = Duration::from_secs(600);
const HOUR: Duration = Duration::from_secs(3_600);

/// An event that a callback sets.
#[derive(Clone, Default)]
struct Told(Arc<AtomicBool>);

impl Told {
    fn by(&self, job: &Job) -> Result<(), Error> {
        let told = self.clone();
        job.set_notify_interface(move |_: Job, _: Notification| {
            told.0.store(true, Ordering::SeqCst)
        })
    }

    fn is_set(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// Waits for its callback, and for nothing else: a service that restarted knows of none.
pub(crate) fn waits_for_a_lost_callback(life: &Life) -> Result<(), Failed> {
    carefully(life, |life, job| {
        let told = Told::default();
        told.by(job)?;
        if let Some(ended) = end(life, job)? {
            return Ok(ended);
        }
        while !told.is_set() {
            let _ = life.session().wait(HOUR);
        }
        end(life, job)?.map_or_else(|| fail(job, "it is at work again"), Ok)
    })
}

/// Waits for its callback, and looks itself now and then. The call that fails after a restart begins the
/// attempt anew, and registers again.
pub(crate) fn waits_and_looks(life: &Life) -> Result<(), Failed> {
    carefully(life, |life, job| {
        Told::default().by(job)?;
        loop {
            if let Some(ended) = end(life, job)? {
                return Ok(ended);
            }
            let _ = life.session().wait(PATIENCE);
        }
    })
}

/// Is told of success only, and waits for ever for a job that failed.
pub(crate) fn is_not_told_of_errors(life: &Life) -> Result<(), Failed> {
    carefully(life, |life, job| {
        job.set_notify_flags(NotifyFlags::JOB_TRANSFERRED)?;
        Told::default().by(job)?;
        while !matches!(job.state()?, JobState::Transferred | JobState::Cancelled) {
            let _ = life.session().wait(PATIENCE);
            if job.state()? == JobState::Suspended {
                job.resume()?;
            }
        }
        end(life, job)?.map_or_else(|| fail(job, "it is at work again"), Ok)
    })
}

/// What a callback came to.
type Answer = Arc<Mutex<Option<Result<(), Failed>>>>;

fn completes_when_told(job: &Job, answer: &Answer, is_final: bool) -> Result<(), Error> {
    let answer = Arc::clone(answer);
    job.set_notify_interface(move |job: Job, told| {
        let ended = match told {
            Notification::JobTransferred => job.complete().map(|_| Ok(())),
            _ => job.cancel().map(|_| Err("the job failed".to_owned())),
        };
        match ended {
            Ok(ended) => *answer.lock().unwrap() = Some(ended),
            Err(error) if is_final => *answer.lock().unwrap() = Some(Err(error.to_string())),
            Err(error) => return error.code(),
        }
        HResult::S_OK
    })
}

fn wait_for_an_answer(life: &Life, job: &Job, is_final: bool) -> Followed {
    let answer = Answer::default();
    completes_when_told(job, &answer, is_final)?;
    loop {
        let answered = answer.lock().unwrap().take();
        if let Some(answered) = answered {
            return Ok(answered.and_then(|()| succeed(life)));
        }
        match job.state()? {
            JobState::Suspended => job.resume()?,
            JobState::Cancelled => return Ok(Err("another one cancelled it".to_owned())),
            JobState::Acknowledged => return Ok(succeed(life)),
            _ => {}
        }
        let _ = life.session().wait(PATIENCE);
    }
}

/// Completes in the callback, and forgets the job if that fails: it is TRANSFERRED for ever.
pub(crate) fn forgets_what_its_callback_failed_at(life: &Life) -> Result<(), Failed> {
    carefully(life, |life, job| wait_for_an_answer(life, job, true))
}

/// Completes in the callback, and returns the failure if there is one, so that BITS calls again.
pub(crate) fn is_called_again(life: &Life) -> Result<(), Failed> {
    carefully(life, |life, job| wait_for_an_answer(life, job, false))
}

pub(crate) const FILES: [(&str, &str); 2] = [
    ("https://example.com/app.exe", r"C:\app\app.exe"),
    ("https://example.com/app.dll", r"C:\app\app.dll"),
];

/// Counts the callbacks of its files, and completes when all are there: BITS may tell one twice.
pub(crate) fn counts_callbacks(life: &Life) -> Result<(), Failed> {
    fetches_two_files(life, |life, job, told| {
        while told.load(Ordering::SeqCst) < FILES.len() {
            if matches!(job.state()?, JobState::Error | JobState::Cancelled) {
                return fail(job, "the job failed");
            }
            let _ = life.session().wait(PATIENCE);
        }
        match job.complete() {
            Ok(_) => Ok(succeed(life)),
            Err(error) => fail(job, error),
        }
    })
}

/// Takes a callback for a hint, and completes when the job is TRANSFERRED.
pub(crate) fn takes_callbacks_for_hints(life: &Life) -> Result<(), Failed> {
    fetches_two_files(life, |life, job, _| {
        loop {
            if let Some(ended) = end(life, job)? {
                return Ok(ended);
            }
            let _ = life.session().wait(PATIENCE);
        }
    })
}

fn fetches_two_files(
    life: &Life,
    follow: impl Fn(&Life, &Job, &AtomicUsize) -> Followed,
) -> Result<(), Failed> {
    again_and_again(life, || {
        if FILES.iter().all(|(_, path)| life.file_exists(path)) {
            return Ok(succeed(life));
        }
        for job in life.session().jobs()? {
            job.cancel()?;
        }
        let told = Arc::new(AtomicUsize::new(0));
        let job = life.session().create_job(NAME, JobType::Download)?;
        begin_two_files(&job, &told).inspect_err(|_| _ = job.cancel())?;
        follow(life, &job, &told)
    })
}

fn begin_two_files(job: &Job, told: &Arc<AtomicUsize>) -> Result<(), Error> {
    let told = Arc::clone(told);
    job.set_notify_flags(NotifyFlags::FILE_TRANSFERRED | NotifyFlags::JOB_ERROR)?;
    job.set_notify_interface(move |_: Job, notification: Notification| {
        if let Notification::FileTransferred(_) = notification {
            told.fetch_add(1, Ordering::SeqCst);
        }
    })?;
    let [_, (url, path)] = FILES;
    job.add_file(url, path)?;
    add_and_resume(job)
}

/// What a callback shows its progress in; none once it is closed.
type Window = Option<Vec<Notification>>;

/// Closes its window when the job is complete, and takes for granted that no callback comes after that.
pub(crate) fn closes_its_window(life: &Life) -> Result<(), Failed> {
    shows_what_it_is_told(life, |window, told| {
        window.as_mut().expect("the window is open").push(told);
    })
}

/// Closes its window when the job is complete; a callback that comes late shows nothing.
pub(crate) fn looks_whether_its_window_is_open(life: &Life) -> Result<(), Failed> {
    shows_what_it_is_told(life, |window, told| {
        window.iter_mut().for_each(|window| window.push(told));
    })
}

fn shows_what_it_is_told(life: &Life, show: fn(&mut Window, Notification)) -> Result<(), Failed> {
    carefully(life, |life, job| {
        let window = Arc::new(Mutex::new(Some(Vec::new())));
        let shown = Arc::clone(&window);
        job.set_notify_interface(move |_: Job, told: Notification| {
            show(&mut shown.lock().unwrap(), told);
        })?;
        let ended = follow(life, job)?;
        window.lock().unwrap().take();
        // The user is told how many downloads are left.
        let _ = life.session().jobs()?.count();
        Ok(ended)
    })
}
