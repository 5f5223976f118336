//! One machine and the world, driven by a small loop.

mod disk;
mod downloads;
mod driving_contract;
mod ending;
mod hostile;
mod random_files;
mod random_uploads;
mod random_worlds;
mod requirements;
mod upload_faults;
mod upload_packets;
mod upload_places;
mod uploads;

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::*;
use crate::machine::{
    Call, Commit, Deletion, Effect, Event, Failure, JobOptions, JobStateMachine, Outcome,
};
use crate::vocabulary::{
    Error, ErrorContext, FileIndex, FileInfo, HResult, JobId, JobPriority, JobProperty, JobState,
    JobType, Sid,
};

const URL: &str = "https://example.com/app.exe";
const LOCAL: &str = r"C:\app\app.exe";
const MIB: u64 = 1 << 20;

/// A job and its world; the job is picked whenever it may be.
struct Bench {
    world: World,
    job: JobStateMachine,
    now: DateTime<Utc>,
    events: Vec<Event>,
}

impl Bench {
    fn new(job_type: JobType) -> Self {
        let now = DateTime::UNIX_EPOCH;
        let options = JobOptions { job_type, ..JobOptions::default() };
        let job = JobStateMachine::new(options, now);
        Self { world: World::new(), job, now, events: Vec::new() }
    }

    /// A download of one file from wherever.
    fn download_from(remote: &str) -> Self {
        let mut bench = Self::new(JobType::Download);
        bench.call(Call::add_file(FileInfo::new(remote, LOCAL)));
        bench
    }

    /// A download of one file, with the content of its resource.
    fn download(content: impl Into<Content>) -> Self {
        let mut bench = Self::download_from(URL);
        bench.resource().content(content);
        bench
    }

    /// An upload of one file to a resource that takes it.
    fn upload(job_type: JobType, content: impl Into<Content>) -> Self {
        let mut bench = Self::new(job_type);
        bench.resource().uploads();
        bench.add_upload(URL, content);
        bench
    }

    fn add_upload(&mut self, remote: &str, content: impl Into<Content>) {
        self.world.disk_mut().write(LOCAL, content);
        self.call(Call::add_file(FileInfo::new(remote, LOCAL)));
    }

    fn server(&mut self) -> &mut ServerState {
        self.world.server("https://example.com")
    }

    fn resource(&mut self) -> &mut ResourceState {
        self.server().resource("/app.exe")
    }

    fn uploads(&mut self) -> &mut UploadEndpoint {
        self.resource().uploads()
    }

    fn try_call(&mut self, call: Call) -> Result<Outcome, Error> {
        let outcome = self.job.call(call, self.now);
        if let Ok(outcome) = &outcome {
            self.carry_out(outcome);
        }
        outcome
    }

    /// A call that may be refused.
    fn may_call(&mut self, call: Call) {
        let _ = self.try_call(call);
    }

    #[track_caller]
    fn call(&mut self, call: Call) -> Outcome {
        self.try_call(call).unwrap()
    }

    fn handle(&mut self, event: Event) {
        self.events.push(event.clone());
        let outcome = self.job.handle(event, self.now);
        self.carry_out(&outcome);
    }

    fn carry_out(&mut self, outcome: &Outcome) {
        let id = self.job.id();
        for effect in outcome.effects.iter() {
            match effect {
                Effect::StartTransfer => self.world.start_attempt(&self.job, self.now),
                Effect::DeleteTemporaryFiles => {
                    let _ = self.world.delete_temporary_files(&self.job);
                }
                Effect::CancelUpload { .. } => self.world.cancel_upload(&self.job, self.now),
                Effect::LeaveQueue => self.world.remove_job(id, self.now),
                // The client likes every certificate, at once.
                Effect::CheckCertificate => {
                    let accepted = Event::CertificateChecked(HResult::S_OK);
                    let _ = self.job.handle(accepted, self.now);
                }
                Effect::StopTransfer => {}
            }
        }
        self.world.reconcile(&self.job, self.now);
    }

    fn pick(&mut self) {
        if self.job.is_eligible() {
            self.handle(Event::Picked);
        }
    }

    /// One instant of the world or of the job's clocks, whichever comes first; false if none comes.
    fn step(&mut self, until: DateTime<Utc>) -> bool {
        self.pick();
        let world = self.world.next_event();
        let clock = self.job.next_deadline().map(|(at, _)| at);
        let next = world.map(|(at, _)| at).into_iter().chain(clock).min();
        let Some(at) = next.filter(|at| *at <= until) else { return false };
        self.now = self.now.max(at);
        match world {
            Some((at, _)) if at <= self.now => {
                for event in self.world.poll(&self.job, self.now) {
                    self.handle(event);
                }
            }
            _ => {
                let outcome = self.job.handle_deadline(self.now);
                self.carry_out(&outcome);
            }
        }
        true
    }

    #[track_caller]
    fn run_until(&mut self, state: JobState) {
        for _ in 0..1_000 {
            if self.job.state() == state {
                return;
            }
            assert!(self.step(DateTime::<Utc>::MAX_UTC), "nothing happens after {:?}", self.events);
        }
        panic!("the job never becomes {state}; it is {}", self.job.state());
    }

    /// Lets time pass and tells what arrived.
    fn advance(&mut self, by: TimeDelta) {
        let until = self.now + by;
        for _ in 0..1_000 {
            if !self.step(until) {
                break;
            }
        }
        self.now = until;
        if let Some(event) = self.world.poll_progress(&self.job, self.now) {
            self.handle(event);
        }
    }

    #[track_caller]
    fn resume_until(&mut self, state: JobState) {
        self.call(Call::Resume);
        self.run_until(state);
    }

    #[track_caller]
    fn expect_error(&self, code: HResult, context: ErrorContext) {
        let error = self.job.error().unwrap();
        assert_eq!((error.code(), error.context()), (code, context));
    }

    fn complete(&mut self) -> Result<Outcome, Error> {
        let commit = self.world.commit_files(&self.job, self.job.owner());
        self.try_call(Call::Complete(commit))
    }

    fn cancel(&mut self) -> Outcome {
        let deletion = self.world.delete_temporary_files(&self.job);
        self.call(Call::Cancel(deletion))
    }

    fn temporary(&self) -> String {
        self.job.temporary_name(FileIndex(0)).unwrap()
    }

    fn transferred(&self) -> u64 {
        self.job.file_progress(FileIndex(0)).unwrap().bytes_transferred
    }
}

fn code(code: HResult) -> Fault {
    Fault::code(code)
}
