//! A background thread that lets virtual time follow real time, for clients that really wait.

use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use super::emulator::Emulator;
use super::refusals::{self, Forbidden};
use crate::emulator::time::real_clock::RealTime;

/// How often virtual time is brought up to date.
const TICK: Duration = Duration::from_millis(1);

/// An emulator that runs in the background, as long as this lives.
///
/// When it is dropped, the thread ends. If client code panicked on it, the panic goes on in the thread that
/// drops this.
#[derive(Debug)]
#[must_use = "the emulator runs in the background until this is dropped"]
pub struct Background {
    /// Dropped to end the thread.
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Emulator {
    /// Lets virtual time pass in a background thread, at this many times the speed of real time, until the
    /// guard is dropped. For clients that really wait: for a channel, a condition variable or an event that
    /// their callback sets. Callbacks run on the background thread.
    ///
    /// Where a client can wait by [`Session::wait`](crate::Session::wait) or
    /// [`Session::sleep`](crate::Session::sleep), that is better: it takes no real time, and every run is
    /// the same.
    ///
    /// ```
    /// use std::sync::mpsc::channel;
    /// use std::sync::{Arc, Mutex};
    /// use std::time::Duration;
    /// use bits_emulator::{Callback, Emulator, HResult, Job, JobType, User};
    ///
    /// struct Sends(Mutex<std::sync::mpsc::Sender<()>>);
    ///
    /// impl Callback for Sends {
    ///     fn job_transferred(&self, _: &Job) -> HResult {
    ///         self.0.lock().unwrap().send(()).unwrap();
    ///         HResult::S_OK
    ///     }
    /// }
    ///
    /// let emulator = Emulator::new();
    /// emulator.server("https://example.com").file("/app.exe", 10 << 20);
    /// let job = emulator.connect(User::new("alice")).create_job("update", JobType::Download)?;
    /// job.add_file("https://example.com/app.exe", r"C:\app\app.exe")?;
    /// let (sender, receiver) = channel();
    /// job.set_notify_interface(Sends(Mutex::new(sender)))?;
    /// job.resume()?;
    ///
    /// let _background = emulator.run_in_background(1_000);
    /// receiver.recv_timeout(Duration::from_secs(60)).expect("the download takes ten virtual seconds");
    /// # Ok::<(), bits_emulator::Error>(())
    /// ```
    ///
    /// # Panics
    ///
    /// If the platform has no threads.
    pub fn run_in_background(&self, speed: u32) -> Background {
        refusals::ask(Forbidden::RealTime("run_in_background"));
        let source = Arc::clone(&self.lock().state.real_time.source);
        let emulator = self.clone();
        let (stop, stopped) = channel();
        let thread = std::thread::spawn(move || {
            let mut real_time = RealTime::follow(Arc::clone(&source), source());
            while stopped.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                let passed = real_time.passed(source());
                emulator.advance(passed.saturating_mul(speed));
            }
        });
        Background { stop: Some(stop), thread: Some(thread) }
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        drop(self.stop.take());
        let Some(thread) = self.thread.take() else { return };
        // A callback that drops this runs on the thread itself, which ends when the callback has.
        if thread.thread().id() == std::thread::current().id() {
            return;
        }
        if let Err(panic) = thread.join()
            && !std::thread::panicking()
        {
            std::panic::resume_unwind(panic);
        }
    }
}
