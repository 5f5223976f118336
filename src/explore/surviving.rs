//! Writing a client that survives: the rules that the bugs of BITS clients teach, with code that keeps them.
//!
//! Each rule was broken by clients in the field, and is kept by the corrected clients of the [table of
//! bugs](crate::explore::bugs). Together they are one downloader, which the last section explores.
//!
//! # One function says what every state means
//!
//! - **Name all states.** A loop that goes on while the job is QUEUED or TRANSFERRING ends at CONNECTING, which
//!   hardly any poll ever sees, and at TRANSIENT_ERROR, out of which BITS comes by itself. A `match` without `_` is
//!   complete or does not compile.
//! - **CANCELLED and ACKNOWLEDGED are ends.** An operator may cancel the job, and another process of the user may
//!   complete it. A loop that waits for TRANSFERRED or ERROR waits for ever.
//! - **QUEUED is no failure.** A job is queued again when its user logs off, its turn is over or its retry begins.
//! - **Complete at TRANSFERRED only.** All bytes of an empty file are there from the beginning, and those of an upload
//!   before its reply. The bytes say nothing of the state.
//! - **Look at what Complete returns.** It may fail, and the files are not there then; and it succeeds with
//!   `BG_S_PARTIAL_COMPLETE` where only some are ([`Completion::Partial`](crate::Completion::Partial)).
//! - **Read the error once.** Between `GetState` and `GetError` a retry may begin, and the error object is gone: that is
//!   no panic, but no error any more. What is read once is decided on and reported.
//! - **Leave a 5xx to BITS.** In TRANSIENT_ERROR there is nothing to do. Only ERROR is a reason to fall back.
//!
//! ```
//! use bits_emulator::{Completion, Error, Job, JobState};
//!
//! /// What became of a job; `None` while it is at work.
//! fn end(job: &Job) -> Result<Option<Result<(), String>>, Error> {
//!     Ok(Some(match job.state()? {
//!         JobState::Transferred => match job.complete()? {
//!             Completion::All | Completion::FilesLeft => Ok(()),
//!             Completion::Partial => Err("files are missing".to_owned()),
//!         },
//!         JobState::Error => {
//!             // The object may be gone by now: then the code of the refusal has to do.
//!             let code = job.error().map_or_else(|error| error.code(), |error| error.code());
//!             job.cancel()?;
//!             Err(code.to_string())
//!         }
//!         // Killed before Resume, or an operator's Suspend.
//!         JobState::Suspended => {
//!             job.resume()?;
//!             return Ok(None);
//!         }
//!         JobState::Cancelled => Err("another one cancelled it".to_owned()),
//!         JobState::Acknowledged => Ok(()),
//!         JobState::Queued
//!         | JobState::Connecting
//!         | JobState::Transferring
//!         | JobState::TransientError => return Ok(None),
//!     }))
//! }
//! # let emulator = bits_emulator::Emulator::new();
//! # let job = emulator.connect("alice").create_job("update", bits_emulator::JobType::Download)?;
//! # let _ = job.cancel()?;
//! # assert_eq!(end(&job)?, Some(Err("another one cancelled it".to_owned())));
//! # Ok::<(), bits_emulator::Error>(())
//! ```
//!
//! # What the user wants is asked in every round
//!
//! A wish to cancel that is looked at only while bytes arrive is not heard in TRANSIENT_ERROR, for hours or days. Ask
//! first, whatever the state. And **retry a number of times**: a client that resumes a job in ERROR whenever it finds one
//! goes on for ever with a file that the server does not have.
//!
//! ```
//! # use std::time::Duration;
//! # use bits_emulator::{Error, Job, JobState, Session};
//! const RESUMES: u32 = 3;
//!
//! fn follow(session: &Session, job: &Job, is_wanted: impl Fn() -> bool) -> Result<bool, Error> {
//!     let mut resumed = 0;
//!     loop {
//!         if !is_wanted() {
//!             job.cancel()?;
//!             return Ok(false);
//!         }
//!         match job.state()? {
//!             JobState::Error if resumed < RESUMES => {
//!                 resumed += 1;
//!                 job.resume()?;
//!             }
//!             // … and the other states, as above
//! #           JobState::Error => return job.cancel().map(|_| false),
//! #           JobState::Transferred => return job.complete().map(|_| true),
//!             _ => session.sleep(Duration::from_secs(4)),
//!         }
//!     }
//! }
//! # let emulator = bits_emulator::Emulator::new();
//! # emulator.server("https://example.com");
//! # let session = emulator.connect("alice");
//! # let job = session.create_job("update", bits_emulator::JobType::Download)?;
//! # job.add_file("https://example.com/none.exe", r"C:\none.exe")?;
//! # job.resume()?;
//! # assert!(!follow(&session, &job, || true)?);
//! # Ok::<(), bits_emulator::Error>(())
//! ```
//!
//! # A job is found again, or given up
//!
//! A process ends between any two calls: killed, or with the log off of its user. Its jobs stay, and the next life finds
//! them, after the logon.
//!
//! - **The id is stored at once**, after CreateJob and before anything else: stored after Resume, it is lost with a crash
//!   in between, and no client finds the job.
//! - **A crash right after CreateJob** leaves a job without a stored id. Only its name says whose it is: it is cancelled.
//! - **The name is one that no other program has**, and the files of an adopted job are compared: another
//!   program's "update" is another program's.
//! - **If AddFile or Resume fails, the new job is cancelled.** Otherwise it stays SUSPENDED, with none to end it, for 90
//!   days.
//! - **The file on the disk, or a note in the store, says that the work is done**: the process may end after Complete and
//!   before it can say so.
//! - **Two processes of one user** see the same jobs. Where both may finish one, a refused Complete is no failure: its
//!   state says whether the other one was first.
//!
//! # Callbacks are hints
//!
//! - **They get lost**: a service that restarts knows of none. A client that waits looks itself now and then
//!   ([`Session::wait`](crate::Session::wait) has a limit), and registers anew with each new connection.
//! - **They come twice, and late**: after Complete too, when what they write to may be closed. They wake the
//!   code that looks at the job, and count nothing.
//! - **A failure in a callback is returned**, so that BITS calls again. One that is swallowed leaves the job TRANSFERRED.
//! - **JOB_ERROR belongs to the flags** of each client that is told of success.
//! - **Do not wait in a callback**: BITS waits for it.
//!
//! ```
//! use std::time::Duration;
//! use bits_emulator::{Emulator, Job, JobState, JobType, Notification};
//!
//! # let emulator = Emulator::new();
//! # emulator.server("https://example.com").file("/app.exe", 10 << 20);
//! let session = emulator.connect("alice");
//! let job = session.create_job("update", JobType::Download)?;
//! job.add_file("https://example.com/app.exe", r"C:\app\app.exe")?;
//! // It only has to end the wait.
//! job.set_notify_interface(|_: Job, _: Notification| ())?;
//! job.resume()?;
//! while job.state()? != JobState::Transferred {
//!     // … the other states, as above
//!     let _ = session.wait(Duration::from_secs(600));
//! }
//! let _ = job.complete()?;
//! # Ok::<(), bits_emulator::Error>(())
//! ```
//!
//! # What fails is begun anew, as a whole
//!
//! Each call may fail: the service restarts, and every handle is dead. There is one answer to all of that, in one
//! place: wait, connect anew, and begin the attempt again, which finds its job again or begins another. A number
//! of attempts, and waits in between that outlast an outage. Reports come last: success only after Complete,
//! once, with the code of the job if it failed.
//!
//! ```
//! use std::time::Duration;
//! use bits_emulator::explore::{self, Budget, Life};
//! use bits_emulator::{Error, HResult, Job, JobState, JobType};
//! # use bits_emulator::Completion;
//!
//! const NAME: &str = r"Example app, C:\app, update";
//! const URL: &str = "https://example.com/app.exe";
//! const PATH: &str = r"C:\app\app.exe";
//!
//! fn updater(life: &Life) -> Result<(), String> {
//!     let mut last = String::new();
//!     for _ in 0..10 {
//!         match attempt(life) {
//!             Ok(ended) => return ended,
//!             Err(error) => last = error.to_string(),
//!         }
//!         life.session().sleep(Duration::from_secs(120));
//!         let _ = life.session().reconnect();
//!     }
//!     Err(last)
//! }
//!
//! fn attempt(life: &Life) -> Result<Result<(), String>, Error> {
//!     let job = match find(life)? {
//!         Some(job) => job,
//!         None if life.file_exists(PATH) => return Ok(Ok(())),
//!         None => begin(life)?,
//!     };
//!     loop {
//!         if let Some(ended) = end(&job)? {
//!             return Ok(ended);
//!         }
//!         life.session().sleep(Duration::from_secs(4));
//!     }
//! }
//!
//! /// The job of this program; others of its name are those of lives that ended early.
//! fn find(life: &Life) -> Result<Option<Job>, Error> {
//!     let known = life.store().get("job");
//!     let mut found = None;
//!     for job in life.session().jobs()? {
//!         if job.display_name()? != NAME {
//!             continue;
//!         }
//!         let is_ours = known.as_deref() == Some(&*job.id().to_string());
//!         if is_ours && job.files()?.len() == 1 && job.state()? != JobState::Error {
//!             found = Some(job);
//!         } else {
//!             job.cancel()?;
//!         }
//!     }
//!     Ok(found)
//! }
//!
//! fn begin(life: &Life) -> Result<Job, Error> {
//!     let job = life.session().create_job(NAME, JobType::Download)?;
//!     life.store().set("job", job.id().to_string());
//!     let begun = job.add_file(URL, PATH).and_then(|_| job.resume());
//!     begun.inspect_err(|_| _ = job.cancel())?;
//!     Ok(job)
//! }
//! # fn end(job: &Job) -> Result<Option<Result<(), String>>, Error> {
//! #     Ok(Some(match job.state()? {
//! #         JobState::Transferred => match job.complete()? {
//! #             Completion::All | Completion::FilesLeft => Ok(()),
//! #             Completion::Partial => Err("files are missing".to_owned()),
//! #         },
//! #         JobState::Error => {
//! #             let code = job.error().map_or_else(|error| error.code(), |error| error.code());
//! #             job.cancel()?;
//! #             Err(code.to_string())
//! #         }
//! #         JobState::Suspended => {
//! #             job.resume()?;
//! #             return Ok(None);
//! #         }
//! #         JobState::Cancelled => Err("another one cancelled it".to_owned()),
//! #         JobState::Acknowledged => Ok(()),
//! #         JobState::Queued
//! #         | JobState::Connecting
//! #         | JobState::Transferring
//! #         | JobState::TransientError => return Ok(None),
//! #     }))
//! # }
//!
//! let budget = Budget::default()
//!     .network(1)
//!     .http([503, 404])
//!     .operator_cancel(1)
//!     .service_restart(1)
//!     .log_off(1)
//!     .disk_full(1)
//!     .kill(1)
//!     .call_fails(HResult::RPC_S_SERVER_UNAVAILABLE, 1);
//! let verdict = explore::program(updater)
//!     .world(|emulator| _ = emulator.server("https://example.com").file("/app.exe", 10 << 20))
//!     .wants(URL, PATH)
//!     .budget(budget)
//!     .check();
//! assert!(verdict.is_exhausted(), "{verdict}");
//! ```
//!
//! That it [passes](crate::explore#what-passed-means) says what one incident and one deviation can do to it. Wider
//! bounds take longer, and find more: a client that survives one crash may still leave a job behind after two.
