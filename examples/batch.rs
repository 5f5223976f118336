//! A downloader of many files. It makes jobs of ten files each, looks at all of them in one loop, and
//! keeps what can be had: a file that fails takes none of its neighbours along.
//!
//! Run it: `cargo run --example batch`

use std::collections::BTreeMap;
use std::time::Duration;

use bits_emulator::{Emulator, Error, Fault, FileInfo, HResult, Job, JobState, JobType, Session};

/// How many files a job has, and how many jobs there are at once (CREATE-19).
const FILES_IN_JOB: usize = 10;
const JOBS_AT_ONCE: usize = 5;

/// What became of a batch. Files are named by their URLs.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Report {
    pub(crate) done: Vec<String>,
    pub(crate) failed: BTreeMap<String, HResult>,
}

/// A batch under way.
struct Batch<'a> {
    session: &'a Session,
    /// What is in no job: new files, and those of jobs that ended early.
    waiting: Vec<FileInfo>,
    jobs: Vec<Job>,
    report: Report,
}

/// Downloads all files that can be had.
pub(crate) fn fetch_all(
    session: &Session,
    files: &[FileInfo],
    wait: &mut dyn FnMut(Duration),
) -> Report {
    let waiting = files.iter().rev().cloned().collect();
    let mut batch = Batch { session, waiting, jobs: Vec::new(), report: Report::default() };
    loop {
        batch.begin_jobs();
        if batch.jobs.is_empty() {
            batch.report.done.sort();
            return batch.report;
        }
        wait(Duration::from_secs(10));
        for job in std::mem::take(&mut batch.jobs) {
            match batch.look(&job) {
                Ok(true) => {}
                // It goes on, or a call failed and the next round looks again.
                Ok(false) | Err(_) => batch.jobs.push(job),
            }
        }
    }
}

impl Batch<'_> {
    fn begin_jobs(&mut self) {
        while self.jobs.len() < JOBS_AT_ONCE && !self.waiting.is_empty() {
            let rest = self.waiting.len().saturating_sub(FILES_IN_JOB);
            let files: Vec<FileInfo> = self.waiting.drain(rest..).rev().collect();
            match self.begin(&files) {
                Ok(job) => self.jobs.push(job),
                // The user has too many jobs: these files wait for ours to end.
                Err(_) if !self.jobs.is_empty() => {
                    self.waiting.extend(files.into_iter().rev());
                    return;
                }
                Err(error) => {
                    let failed = files.iter().map(|file| file.remote_name.to_string());
                    self.report.failed.extend(failed.map(|url| (url, error.code())));
                }
            }
        }
    }

    fn begin(&self, files: &[FileInfo]) -> Result<Job, Error> {
        let job = self.session.create_job("batch", JobType::Download)?;
        let begun = job.add_file_set(files).and_then(|()| job.resume());
        if let Err(error) = begun {
            let _ = job.cancel();
            return Err(error);
        }
        Ok(job)
    }

    /// Whether the job is done with.
    fn look(&mut self, job: &Job) -> Result<bool, Error> {
        let failure = match job.state()? {
            JobState::Transferred => None,
            JobState::Error => Some(job.error()?),
            // The answer to our Complete was lost: progress still says what was kept (LIFE-27).
            JobState::Acknowledged => return self.sort(job, None).map(|()| true),
            JobState::Cancelled => {
                for file in job.files()? {
                    let code = HResult::BG_E_NOT_FOUND;
                    self.report.failed.insert(file.remote_name()?, code);
                }
                return Ok(true);
            }
            _ => return Ok(false),
        };
        let failed = match failure {
            None => None,
            Some(error) => match job.error_file(&error) {
                Ok(file) => Some((file.remote_name()?, error.code())),
                // It concerns no file: each of them would fail.
                Err(_) => {
                    for file in job.files()? {
                        self.report.failed.insert(file.remote_name()?, error.code());
                    }
                    let _ = job.cancel()?;
                    return Ok(true);
                }
            },
        };
        // DONE-04: of a failed job, Complete keeps the files that arrived.
        let _ = job.complete()?;
        self.sort(job, failed)?;
        Ok(true)
    }

    /// What of an ended job is done, failed, or is to be tried in another job. A call that fails on the
    /// way leaves the report as it was: the next round sorts again.
    fn sort(&mut self, job: &Job, failed: Option<(String, HResult)>) -> Result<(), Error> {
        let (mut done, mut again) = (Vec::new(), Vec::new());
        for file in job.files()? {
            let url = file.remote_name()?;
            if file.progress()?.completed {
                done.push(url);
            } else if failed.as_ref().is_none_or(|(culprit, _)| *culprit != url) {
                again.push(FileInfo::new(url, file.local_name()?));
            }
        }
        self.report.done.extend(done);
        self.report.failed.extend(failed);
        self.waiting.extend(again);
        Ok(())
    }
}

fn main() {
    let emulator = Emulator::new();
    let server = emulator.server("https://example.com");
    let files: Vec<FileInfo> = (0..60)
        .map(|number| {
            server.file(&format!("/{number}.dat"), number * 100_000);
            let url = format!("https://example.com/{number}.dat");
            FileInfo::new(url, format!(r"C:\data\{number}.dat"))
        })
        .collect();
    server.resource("/7.dat").fails(Fault::http(404).always());
    let session = emulator.connect("alice");
    let report = fetch_all(&session, &files, &mut |time| {
        emulator.advance(time);
    });
    println!("{} files, failed: {:?}", report.done.len(), report.failed);
}
