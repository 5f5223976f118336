//! An emulator of the Windows Background Intelligent Transfer Service (BITS): its jobs, their
//! states, their errors and their clocks, on any platform, for the tests of programs that download
//! through it.
//!
//! **Not emulated**: real transfers, COM and remote use, peer caching, the configuration of real upload servers.
//! The [rules](rules::Rule) say of each documented behaviour whether it is emulated, and on what it rests.
#![doc = include_str!("tutorial.md")]
//! # The code under test
//!
//! Handles are `Clone + Send + Sync` and have the methods of the BITS interfaces in Rust spelling. Time passes
//! only where it is let pass, so three shapes of code work unchanged:
//!
//! - A loop that polls and sleeps sleeps by [`Session::sleep`]; or [`Emulator::set_clock`] lets time pass at each
//!   call. A loop that polls while the clock stands panics and says so ([`Emulator::set_poll_limit`]).
//! - An event that a callback sets is waited for by [`Session::wait`]. A client that really waits, for a channel
//!   perhaps, is served by [`Emulator::run_in_background`]. A closure `|job: Job, notification| ...` is a callback.
//! - Async code runs on [`Session::block_on`], which lets time pass whenever all tasks wait; it awaits what its
//!   callback sends, and [`Session::timer`] in place of the timers of a runtime: the example `async_client`.
//!
//! What happens between two calls is ordered by a [`Hook`]: it fails the call, loses its reply, lets time pass, kills
//! the client, restarts the service, or runs a closure. [`Session::kill`] is a crash after which the jobs are
//! still there; the next session finds them by [`Session::job`]. A panic in a callback fails the test
//! ([`Emulator::contain_panics`]).
//!
//! # A test that fails
//!
//! [`Job::expect_state`] and its like, and [`Emulator::run_until`], say why a job is where it is, what comes next and what
//! happened last. A test that fails in its own words, by `assert_eq!`, `unwrap` or `?`, is followed by a short
//! report ([`trace::DropReport`]). The same without a failure: [`Emulator::explain`], [`Emulator::report`],
//! [`Emulator::trace`]. Faults and hooks that nothing met are told; with [`Fault::expect_met`] the test fails.
//!
//! # Further
//!
//! | to | see |
//! |---|---|
//! | write a test as a text | the module `scenario` (feature `scenario`) |
//! | write a property test | the module `explore::strategies` (feature `proptest`) |
//! | look up what a word means, or draw states and runs | the module `reference` (feature `scenario`) |
//! | explore a program under every fault and order within a bound | [`explore`] |
//! | use one job without input or output, sans-IO | [`machine::JobStateMachine`], with its driving contract |
//! | use many jobs and what they share | [`service`] |
//! | hold the event log of a real machine against the model | [`replay`], and `bits replay` |
//! | learn the rules, such as `ERR-05`, and what is open in them | [`rules`], [`readings`]; traces name them behind each step |
//!
//! # Features
//!
//! `scenario` adds the module `scenario`: a language for servers, users, jobs and expectations, its
//! runner, and the traces of any emulator as scenarios.
//!
//! `serde` adds `Serialize` and `Deserialize` to the values of BITS and to what happens to jobs. What the
//! Windows headers name is written by its name without prefix, such as `TRANSIENT_ERROR`, codes by their
//! whole name, or in hexadecimal if they have none; numbers of the headers are read too.
//!
//! `proptest` adds the module `explore::strategies`, and what `scenario` adds: strategies for worlds, for what goes wrong
//! in them, and for traces of a job, and the test of a downloader with them.

#![forbid(unsafe_code)]
#![warn(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod emulator;
mod expectation;
pub mod explore;
pub mod machine;
#[cfg(test)]
mod property_tests;
#[cfg(feature = "scenario")]
pub mod reference;
pub mod replay;
#[cfg(feature = "scenario")]
pub mod scenario;
pub mod service;
mod vocabulary;
mod world;

/// The crate whose instants and spans stand in the interface.
pub use chrono;
/// The crate whose ids stand in the interface.
pub use uuid;

pub use emulator::{
    Callback, Cancellation, CertificateCallback, Clock, Completion, Emulator, File, Hook, Job,
    Jobs, SavedEmulator, Session, User,
};
pub use vocabulary::{
    Error, ErrorContext, FileInfo, FileProgress, FileRange, HResult, JobError, JobId, JobPriority,
    JobProgress, JobState, JobTimes, JobType, Method, Notification, NotifyFlags,
};
pub use world::Fault;

/// Servers and what a test lets them do: resources, content, access lists, the proxy, upload
/// endpoints, and the requests that were seen.
pub mod server {
    pub use crate::emulator::{Resource, Server};
    pub use crate::vocabulary::{Protocol, RemoteName};
    pub use crate::world::{
        Ack, Acl, ApplicationPost, AuthChallenge, CertificateProblem, Content, HeadAnswer, Packet,
        PacketExchange, PacketKind, Proxy, Request, ResourceState, ServerNotification, ServerState,
        SessionId, UploadEndpoint,
    };
}

/// The disk of the emulated computer, and the files that are open on it.
pub mod disk {
    pub use crate::emulator::Disk;
    pub use crate::world::{DiskState, OpenFile};
}

/// Async clients on virtual time: what [`Session::spawn`] and [`Session::timer`] return.
pub mod tasks {
    pub use crate::emulator::{JoinHandle, Timer};
}

/// Which calls a [`Hook`] acts at.
pub mod hooks {
    pub use crate::emulator::Calls;
}

/// The execution trace, explanations of jobs, reports on tests that fail, and the event log.
pub mod trace {
    pub use crate::emulator::{
        Actor, Delivery, DropReport, Explanation, FailureReport, JobReport, JobStep, LogEvent,
        LogEventKind, NextStep, Process, RunningClock, Trace, TraceEvent, TraceStep, Unanswered,
        Unmet, Unreached, UrlTransfer,
    };
}

/// How time passes: reports of waits, and emulators that run in the background.
pub mod time {
    pub use crate::emulator::{Background, BusyJob, RunReport};
}

/// Policies of the computer: limits of jobs, bandwidth schedules, costs, blocks and the network link.
pub mod policy {
    pub use crate::machine::conditions::Block;
    pub use crate::machine::limits::{CostDefaults, JobLimits};
    pub use crate::service::bandwidth::policies::{
        BandwidthPolicies, Days, Hours, MaintenanceLimits, MaxInternetBandwidth, WeekSchedule,
        WorkLimits,
    };
    pub use crate::service::policies::Policies;
    pub use crate::vocabulary::{BandwidthLimit, CostFlags, LevelLimits};
    pub use crate::world::Link;
}

/// Values that clients set on jobs: flags, generic properties, credentials, certificates and proxies.
pub mod settings {
    pub use crate::vocabulary::{
        AuthScheme, AuthTarget, CertStoreLocation, CertificateId, CertificateLookup,
        ClientCertificate, Credentials, FileAclFlags, FilePropertyId, HelperTokenFlags,
        HttpSecurityFlags, JobProperty, JobPropertyId, PeerCachingFlags, ProxySettings, ProxyUsage,
        RedirectPolicy,
    };
}

/// Conversions by which methods take what is at hand: the handle or the id of a job, and closures as
/// callbacks.
pub mod convert {
    pub use crate::emulator::{IntoCallback, IntoHResult, JobRef};
}

/// Readings: one switch for each question that the documents leave open and a client would notice,
/// with its possible answers.
///
/// [`Readings::documented`](readings::Readings::documented) takes the pages by the letter: use it to find out what
/// an application must not rely on, such as an error object that outlives its last application (ERR-07).
/// [`Readings::observed`](readings::Readings::observed) differs in four of the switches. A recording of a real machine shows
/// one of them (`dynamic content HEAD`). For the other answer to `client exit`, `failed connection` and `refused redirect`
/// something besides the text of the pages speaks, but no one has reported what a real machine does there: try both.
pub mod readings {
    pub use crate::vocabulary::{
        CallerLogon, ClientExit, ConnectionContext, DefaultCost, DynamicHead, ErrorLifetime,
        FinalError, FirstFailure, HeldClock, IllegalCharacters, InactivityClock, LongRetryDelay,
        PeriodEnd, Readings, RedirectCode, RestartTransient, ResumeOffline, ResumeTransferred,
        ServiceRestart, SuspendStopped, Switch, TimeoutCode,
    };
}

/// The catalogue of documented rules.
pub mod rules {
    pub use crate::vocabulary::{Basis, Rule, RuleId, RuleStatus};
}

/// Result codes and values of the Windows headers: what is known about each, and parse errors.
pub mod codes {
    pub use crate::vocabulary::{
        BG_LENGTH_TO_EOF, BG_SIZE_UNKNOWN, CodeInfo, CodeKind, FailureClass, ParseHResultError,
        UnknownValue,
    };
}

/// Accounts and their tokens: who owns a job or a file, and who calls.
pub mod accounts {
    pub use crate::vocabulary::{IntegrityLevel, Sid, Token};
}

/// The examples of the README run with the others.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
