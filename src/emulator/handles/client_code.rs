//! Client code: how callbacks, programs and certificate checks run, and what becomes of their panics.

use std::any::Any;
use std::hash::Hash;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use siphasher::sip128::{Hasher128, SipHasher13};

use super::callback::{Callback, ClientObject};
use super::driver::{CallbackFate, DrivenCallback, Unwound};
use super::emulator::Emulator;
use super::file::File;
use super::job::Job;
use crate::emulator::engine::ProcessId;
use crate::emulator::engine::client_calls::{ClientCall, ClientCode, ClientReply, Lateness};
use crate::machine::DueNotification;
use crate::vocabulary::canonical::Canonical;
use crate::vocabulary::{FileRange, HResult, JobError, JobId, Notification};

/// The exit code of a program that panicked.
const PANICKED: u32 = 101;

/// What a panic was raised with.
type Panic = Box<dyn Any + Send>;

/// Panics of client code.
impl Emulator {
    /// Sets whether a panic of a callback, a certificate check or a program is contained, as COM contains
    /// it: BITS sees `RPC_E_SERVERFAULT`, of a program the exit code 101, and the test goes on. By default
    /// it goes through the call that let time pass, so that an assertion in client code fails the test.
    ///
    /// ```
    /// use bits_emulator::{Emulator, HResult, JobState, JobType, Method, User};
    ///
    /// let emulator = Emulator::new();
    /// emulator.contain_panics(true);
    /// emulator.on_program(|_, program, _| panic!("{program} crashes"));
    /// emulator.server("https://example.com").file("/app.exe", 1_000);
    /// let job = emulator.connect(User::new("alice")).create_job("update", JobType::Download)?;
    /// job.add_file("https://example.com/app.exe", r"C:\app\app.exe")?;
    /// job.set_notify_cmd_line(Some(r"C:\bin\done.exe"), None)?;
    /// job.resume()?;
    /// let _ = emulator.run_until_idle();
    /// assert_eq!(job.state()?, JobState::Transferred);
    /// # Ok::<(), bits_emulator::Error>(())
    /// ```
    pub fn contain_panics(&self, contained: bool) {
        self.lock().state.contains_panics = contained;
    }

    /// Runs a callback, a program or a certificate check, unless its reply is no longer awaited. It may
    /// call the emulator.
    pub(super) fn run_client_code(
        &self,
        ticket: u64,
        call: ClientCall,
        object: Option<ClientObject>,
    ) {
        if !self.lock().is_awaited(ticket) {
            return;
        }
        let client = call.code.process();
        let ordered = match self.drive_callback(&call) {
            CallbackFate::Comes(ordered) => ordered,
            CallbackFate::IsHeld(steps) => return self.lock().hold_client_call(ticket, steps),
        };
        let mut met = {
            let mut engine = self.lock();
            if !engine.is_awaited(ticket) {
                return;
            }
            engine.meet_hooks_of(&call)
        };
        met.reply = ordered.or(met.reply);
        if !met.before.is_empty() {
            self.act(&met.before, client);
            if !self.lock().is_awaited(ticket) {
                return;
            }
        }
        let driver = self.driver().zip(client);
        let failed = ClientReply::Returned;
        let replied = match met.failure() {
            Some(code) => Ok(failed(code)),
            None => {
                if let Some((driver, process)) = &driver {
                    driver.begin_callback(*process);
                }
                let replied = self.call_client(call, object, met.unreadable_error());
                match (driver, replied) {
                    (Some((driver, _)), Ok(reply)) => {
                        _ = driver.end_callback(None);
                        Ok(reply)
                    }
                    (Some((driver, _)), Err((fault, panic))) => driver
                        .end_callback(Some(panic))
                        .map_or(Ok(fault), |panic| Err((fault, panic))),
                    (None, replied) => replied,
                }
            }
        };
        let replied = replied.map(|reply| met.lost_reply().map_or(reply, failed));
        if !met.after.is_empty() {
            self.act(&met.after, client);
        }
        let panic = {
            let mut engine = self.lock();
            let contains = engine.state.contains_panics;
            let (reply, panic) = match replied {
                Ok(reply) => (reply, None),
                Err((fault, panic)) => (fault, Some(panic)),
            };
            engine.finish_client_call(ticket, reply);
            panic.filter(|panic| !contains || panic.is::<Unwound>())
        };
        if let Some(panic) = panic {
            resume_unwind(panic);
        }
    }

    /// Asks the driver what becomes of a call to a client, if there is one.
    fn drive_callback(&self, call: &ClientCall) -> CallbackFate {
        let (Some(driver), Some(process), Some(method)) =
            (self.driver(), call.code.process(), call.code.method())
        else {
            return CallbackFate::Comes(None);
        };
        let mut told = SipHasher13::new();
        call.job.hash(&mut told);
        call.code.hash_canonical(&mut told);
        let told = told.finish128().as_u128();
        let is_late = call.lateness == Lateness::Late;
        driver.before_callback(self, process, DrivenCallback { method, told, is_late })
    }

    /// Calls an object of a client. With a panic comes what BITS sees of it.
    fn call_client(
        &self,
        call: ClientCall,
        object: Option<ClientObject>,
        unreadable: Option<JobError>,
    ) -> Result<ClientReply, (ClientReply, Panic)> {
        match (call.code, object) {
            (
                ClientCode::Callback { process, due, error, ranges, .. },
                Some(ClientObject::Callback(object)),
            ) => {
                let job = self.job_called(process, call.job);
                let error = unreadable.or(error);
                returned(|| notify(&*object, &job, due, error, &ranges))
            }
            (
                ClientCode::CertificateCheck { process, server, hash, .. },
                Some(ClientObject::CertificateCallback(object)),
            ) => {
                let job = self.job_called(process, call.job);
                returned(|| object.validate_server_certificate(&job, &server, &hash))
            }
            (ClientCode::Program { program, parameters, .. }, Some(ClientObject::Program(run))) => {
                let run = || run(call.job, &program, &parameters);
                contain_panic(run)
                    .map(ClientReply::Exited)
                    .map_err(|panic| (ClientReply::Exited(PANICKED), panic))
            }
            // By default command lines do nothing. Objects are kept until they were called.
            (ClientCode::Program { .. }, _) => Ok(ClientReply::Exited(0)),
            (ClientCode::Callback { .. } | ClientCode::CertificateCheck { .. }, _) => {
                Ok(ClientReply::Returned(HResult::RPC_S_SERVER_UNAVAILABLE))
            }
        }
    }

    /// The handle of a job with which an object in that process is called.
    fn job_called(&self, process: ProcessId, job: JobId) -> Job {
        let mut engine = self.lock();
        let (connection, reference) = (engine.host.called(process), engine.reference(job));
        drop(engine);
        Job::new(self.clone(), connection, job, reference)
    }
}

fn notify(
    object: &dyn Callback,
    job: &Job,
    due: DueNotification,
    error: Option<JobError>,
    ranges: &[FileRange],
) -> HResult {
    let file = |index| File::new(job.clone(), index);
    match due.notification {
        Notification::JobTransferred => object.job_transferred(job),
        Notification::JobError => {
            error.map_or(HResult::S_OK, |error| object.job_error(job, &error))
        }
        Notification::JobModification => object.job_modification(job),
        Notification::FileTransferred(index) => object.file_transferred(job, &file(index)),
        Notification::FileRangesTransferred(index) => {
            object.file_ranges_transferred(job, &file(index), ranges)
        }
    }
}

/// What an object returned; one that panicked has failed.
fn returned(call: impl FnOnce() -> HResult) -> Result<ClientReply, (ClientReply, Panic)> {
    let fault = ClientReply::Returned(HResult::RPC_E_SERVERFAULT);
    contain_panic(call).map(ClientReply::Returned).map_err(|panic| (fault, panic))
}

fn contain_panic<T>(call: impl FnOnce() -> T) -> Result<T, Panic> {
    catch_unwind(AssertUnwindSafe(call))
}
