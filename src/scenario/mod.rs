//! The scenario language: servers and a disk, users and their jobs, what happens and what must be so.
//!
//! A scenario is a text of statements, one a line; to run it is to run an
//! [`Emulator`](crate::Emulator). Servers answer, bytes flow, the scheduler gives turns and clocks act
//! by themselves while time advances; the calls of clients, and what users, network and service do, are
//! written down. The run ends at the first line that does not hold, with a message under it.
//!
//! ```
//! use bits_emulator::scenario::Scenario;
//!
//! let scenario: Scenario = r"
//! ## A server that is down, then comes back.
//! server example.com
//!   /app.exe 10 MiB, answers 503 twice
//! job update, DOWNLOAD, by alice
//! add https://example.com/app.exe as C:\app\app.exe
//! minimum retry delay 60 s
//! resume
//! advance until TRANSIENT_ERROR
//! expect error BG_E_HTTP_ERROR_503 in REMOTE_FILE of C:\app\app.exe
//! advance 60 s
//! expect TRANSIENT_ERROR, error count 2
//! advance until TRANSFERRED
//! expect no error object   # ERR-05
//! complete -> S_OK => ACKNOWLEDGED
//! ".parse()?;
//!
//! let report = scenario.run();
//! assert_eq!(report.failure, None);
//!
//! // The trace is a scenario too: every step by hand.
//! let again: Scenario = report.trace.to_string().parse()?;
//! assert_eq!(again.run().trace, report.trace);
//! # Ok::<(), bits_emulator::scenario::ParseError>(())
//! ```
//!
//! If there are several jobs, a line names the one that it is about:
//!
//! ```text
//! server example.com
//!   /a 10 MiB
//!   /b 10 MiB
//! job update, DOWNLOAD, by alice
//! add https://example.com/a as C:\\a
//! resume
//! job news, DOWNLOAD, by bob
//! add https://example.com/b as C:\\b
//! priority HIGH
//! resume
//! advance 3 s
//! expect running news
//! update: expect QUEUED
//! alice logs off
//! news: advance until TRANSFERRED
//! ```
//!
//! # The language
//!
//! One statement a line; indentation is free but below [open lines](#what-is-left-open). `#` at the start of a line or after a space begins a
//! comment. Names are written bare, or in `"quotes"` (a quote inside is doubled) if they hold spaces,
//! commas or `#`; `null` without quotes is a null pointer. Durations: `14 d`, `1 h 30 m`, `10 s`,
//! `250 ms`, `5 us`. Sizes: `512 B`, `2 KiB`, `10 MiB`, `1 GiB`, `1 TiB`. Instants:
//! `2024-01-01 00:10:00.5`, in UTC. Codes: `BG_E_EMPTY`, `0x80200003`, or a three-digit HTTP status.
//! Flags: their short names with commas between them, hexadecimal numbers such as `0x40`, or `none`.
//! Files: `file 1` is the first that was added. A text has at most 64 MiB, a line at most 1 MiB.
//!
//! ## At the beginning
//!
//! | statement | meaning |
//! |---|---|
//! | `start INSTANT` | when the scenario begins; otherwise 2024-01-01 00:00:00 |
//! | `reading SWITCH: ANSWER` | answers an open question ([`Readings::SWITCHES`](crate::readings::Readings::SWITCHES)): `reading error object: strict` |
//! | `seed 7`, `choices 0 2 1` | which of several things that could happen at once comes first: any, or the one of that number, choice after choice ([`Seeded`](crate::service::Seeded), [`Scripted`](crate::service::Scripted)); by default the first |
//! | `by hand` | nothing acts by itself: every step is written down, as in a trace |
//! | `no expectations` | the scenario is only to be shown. Without this line one that expects nothing fails: it has no `expect`, no `-> CODE`, no `=> STATE` and no `advance until` |
//!
//! All other statements may stand anywhere, and hold from there on.
//!
//! ## The computer
//!
//! | statement | meaning |
//! |---|---|
//! | `policy jobs per user 60`, `policy jobs per computer 300` | policies of the computer; what limits a job holds for jobs that are created later |
//! | `policy files per job 200`, `policy ranges per file 500` | |
//! | `policy inactivity timeout DURATION`, `policy maximum download time DURATION` | |
//! | `policy default cost of LOW flags BELOW_CAP`, … `policy STANDARD`, … `removed` | the cost flags of jobs of that priority that set none themselves, for jobs that are created later |
//! | `policy time slice DURATION`, `policy notifications per user 4` | how long a background job runs while others wait; how many callbacks of a user are under way at once |
//! | `policy bandwidth 20 kbit/s from 08:00 to 17:00, else unlimited` | what background jobs may use: by UTC, at the full hours, and forbidden by `0 kbit/s`. Without hours the limit always holds; without `else` other times are unlimited |
//! | `policy work limits HIGH 64 kbit/s, LOW 0 kbit/s from 08:00 to 17:00 on working days, else 512 kbit/s` | the same by priority and by day; a priority that is not named is unlimited. Also `on Saturday and Sunday`, `on no day`; without days every day |
//! | `policy maintenance limits 128 kbit/s from 22:00 to 06:00` | what wins over both while it lasts |
//! | `policy bandwidth removed`, `policy work limits removed`, `policy maintenance limits removed` | |
//! | `link 10 MiB/s, busy 4 MiB/s`, `link unlimited` | the computer's link to the network, which all transfers share, and what other applications use of it; by default unlimited |
//! | `local file PATH, SIZE`, `local file PATH removed` | another process writes or deletes a file |
//! | `local file PATH opened` or `closed` | by another process, so that it can be neither written nor renamed |
//! | `local file PATH undeletable` or `deletable` | or each file in a folder |
//! | `folder PATH missing`, `denied` or `writable` | with all that is in it |
//! | `disk C: SIZE free`, `disk C: full` | how much more fits |
//! | `disk C: locked`, `disk C: unlocked` | jobs wait for a locked volume |
//! | `unavailable service returns CODE` | what calls return that do not reach the service: `RPC_S_SERVER_UNAVAILABLE`, unless a line says otherwise |
//! | `connecting fails with CODE TIMES` | clients do not get a connection to the service; the last such line holds, and `never` ends it |
//! | `certificate store missing`, `denied`, `has no such certificate` or `has everything` | what it answers when a client certificate is chosen |
//!
//! Policies that are to change at the same moment stand in one line: `policy bandwidth removed and policy
//! time slice 10 s`.
//!
//! Users: `alice logs on` begins a session, `alice logs off` ends one, and `alice exits` ends all her
//! processes, with their callbacks. A user who is named for the first time otherwise has one
//! session; one who `logs off` before is as by RunAs, without a logon.
//!
//! ## Servers
//!
//! | statement | meaning |
//! |---|---|
//! | `server HOST` | a server that exists; any other name is not resolved. A bare name answers over HTTP and HTTPS alike, each for itself; `http://HOST:PORT` and `\\\\HOST` name one alone |
//! | … `, latency DURATION, rate SIZE/s` | how long it takes to answer (0 s), how fast bytes flow (1 MiB/s) |
//! | … `, without ranges, without sizes, HTTP/1.0` | it sends no parts of files, sends no sizes, speaks HTTP/1.0; jobs that need more fail |
//! | … `, HEAD answers 403`, or `10 MiB`, `without size`, `as GET` | how it answers the HEAD with which each download of a file begins |
//! | … `, certificate 00FF…` | the hash of the certificate that it shows over HTTPS to a client with a check of its own, of zeros if nothing is said; or what is wrong with it: `expired`, `revoked`, `of another name`, `of an unknown issuer`, `for another use` |
//! | … `, asks for BASIC from USER with PASSWORD` | credentials without which it answers 401; or `from the logged-on user` |
//! | … `, answers SCRIPT` | what it answers before it looks at the path |
//! | `server HOST removed` | it exists no more |
//! | `/path SIZE, answers SCRIPT` | a resource of the server above; any other path is not found (404). Without a size it takes uploads and cannot be downloaded |
//! | … `, header "ETag: 1"` | a line of the response's headers; `latency`, `rate`, `without` and `HEAD answers` as above |
//! | … `, takes uploads`, `, overwrites`, `, largest upload SIZE`, `, executes` | how it takes uploads |
//! | … `, application answers SCRIPT` | what the application behind an upload answers, once the file is there |
//! | … `, reply SIZE, reply answers SCRIPT` | the reply to an upload-reply, and what its transfer meets |
//! | `/path removed` | the server above has it no more |
//! | `proxy server asks for …`, `asks for nothing`, `strips ranges` | the proxy between the computer and all servers |
//!
//! A server or path that is named again later is from then on as the new line says; with a size it is
//! another file, which transfers under way notice.
//!
//! A script is `ANSWER TIMES, then ANSWER TIMES …`, one answer an attempt; after the last, attempts
//! succeed. Answers: `well`; `CODE`, instead of an answer; `CODE after SIZE`, once that many bytes of
//! the file are there; `CODE at HEAD` and `CODE at GET`, instead of an answer to that request only (a code
//! alone is met at the first of them); `CODE at the end`, once all are sent, of which the last do not count;
//! `silence`, no answer for five minutes; `redirect STATUS to URL`, which a job that follows asks at
//! once; `file changed after SIZE`, another file under the same name; `session lost`, a server that
//! does not know the upload, or is another one. A code may be followed by `in CONTEXT` and
//! `as transient` or `as fatal`. Times: `never`, `once`, `twice`, `5 times`, `always`.
//!
//! ## The clients' programs
//!
//! | statement | meaning |
//! |---|---|
//! | `callback returns CODE TIMES after DURATION, then …` | what callbacks return to FileTransferred, JobTransferred and JobError, and after how long; by default S_OK at once |
//! | `program exits with 1 TIMES after DURATION, then …` | how the programs of command lines end |
//! | `certificate callback returns CODE …` | what the checks of server certificates return |
//!
//! Without a number of times an answer is given always. With the name of a job, `update: callback
//! returns …`, it is that of this job alone. Clients are notified as soon as a notification is due, the
//! more urgent ones first.
//!
//! ## Jobs and their clients
//!
//! `job NAME, DOWNLOAD, by OWNER` creates a job; also `UPLOAD` and `UPLOAD_REPLY`, a GUID in
//! braces by which a recording knows it, and the code that `CreateJob` returns. A call may be followed
//! by `-> CODE`, which it must return (S_OK if there is none), and any step by `=> STATE`, in which the
//! job must be then.
//!
//! A line about a job may begin with the job's name and a colon: `update: resume`,
//! `update: expect TRANSFERRED`, `update: advance until ERROR`. While there is one job it need not.
//! Of several, lines without a name are about the job that was just created, until a line names another
//! or time passes; a line that could be about several is an error. A second job of the same name
//! gets another name for the lines: `job update as second, DOWNLOAD, by alice`.
//!
//! Calls are the owner's, unless another caller is named: `by administrator bob: take ownership`,
//! or `update: by administrator bob: take ownership`. An account is `bob`, an ordinary process;
//! `administrator bob`, an elevated one; or with `elevated`, `unelevated`, `low-integrity`
//! (`medium-`, `high-`, `system-`) or `restricted` before that. LocalSystem, LocalService and
//! NetworkService are services, which are always logged on. The owner holds each job in a process
//! of its own; any other user who is named obtains the job anew for each call, unless the line
//! says that they still hold it: `still by alice: complete`.
//!
//! | statement | call |
//! |---|---|
//! | `add URL as PATH`, … `, ranges 0:100 200:eof`, `add files URL as PATH, URL as PATH` | adds files |
//! | `resume`, `suspend`, `cancel`, `complete`, `take ownership` | |
//! | `display name NAME`, `description TEXT`, `priority HIGH` | |
//! | `minimum retry delay DURATION`, `no-progress timeout DURATION`, `maximum download time DURATION` | |
//! | `notify JOB_TRANSFERRED, JOB_ERROR`, `callback level 2`, `callback removed` | the level is the number of the callback interface |
//! | `command line PROGRAM with PARAMETERS`, `command line removed` | |
//! | `proxy OVERRIDE, list LIST, bypass LIST` | |
//! | `credentials SERVER BASIC, user NAME, password TEXT`, `remove credentials SERVER BASIC` | without user and password, those of the logged-on user |
//! | `custom headers "A: 1", "B: 2"`, `custom headers removed`, `custom headers write-only` | each ends by CR LF, unless `with LF` or `without line end` follows it |
//! | `client certificate CURRENT_USER MY, hash 00FF…` or `, subject NAME`, `remove client certificate` | |
//! | `security flags ENABLE_CRL_CHECK, ALLOW_REPORT`, `HTTP method POST` | redirect policies stand among the flags |
//! | `certificate callback set`, … `removed`, … `without interface` | the client's check of server certificates |
//! | `cost policy STANDARD`, `cost flags UNRESTRICTED, BELOW_CAP` | a property, as are those of the next three lines |
//! | `notification class {GUID}`, `notification interval 500 ms` | |
//! | `dynamic content on`, `high performance on`, `on-demand mode off` | |
//! | `maximum download size SIZE`, `stored credentials PROXY` | |
//! | `remote name of file 1 becomes URL`, `remote prefix TEXT becomes TEXT` | |
//! | `file 1 is valid`, `file 1 is not valid` | |
//! | `request ranges of file 1 0:100`, `download position of file 1 SIZE` | |
//! | `reply file PATH`, `reply file generated`, `file ACL flags OWNER, DACL`, `peer caching flags none` | |
//! | `helper token flags NETWORK`, `set helper token`, `clear helper token` | |
//!
//! ## What a client reads and keeps
//!
//! Some lines change no job. They say what the program of a client learns and keeps, and stand where a scenario is
//! to show how a client comes to a decision; a [counterexample](crate::explore::Counterexample::scenario) is made
//! of them and of steps. Calls are written by their names in the Windows headers there.
//!
//! | statement | meaning |
//! |---|---|
//! | `GetState returns TRANSFERRED`, `GetError returns error CODE in CONTEXT`, `GetProgress returns progress SIZE of SIZE` | a call that only reads, and what it must return now, in the words of an expectation: also `GetErrorCount returns error count 2`, `EnumJobs returns jobs of alice first second`, `GetPriority returns priority HIGH` |
//! | `GetError refused with CODE` | it must be refused now; also `GetReplyProgress` and `GetJob` |
//! | `Resume lost with CODE` | the client gets that code: the call did not reach the service, or its reply was lost after it was carried out, as the line above says. It changes and checks nothing |
//! | `client stores NAME as VALUE`, `client removes NAME` | what outlives its process, such as a file of its own |
//! | `client finds NAME as VALUE`, `client finds no NAME` | what must be stored now |
//! | `client starts`; `client is killed`, `client reports success`, `client reports "WHY"`, `client panics "WHY"` | by hand: its process begins; and how it ends. What the end means to its jobs is a line of its own, `client exits` |
//! | `client waits DURATION`, `client is late` | by hand: it sleeps, or waits for a callback, that long at most; or what stands below happens before it goes on |
//!
//! ## Other events
//!
//! The service: `service stops`, `service starts`, `service restarts`. Clients connect anew by themselves
//! at their next call; `still by alice: resume -> RPC_S_SERVER_UNAVAILABLE` calls through what she held
//! before, which is dead by then.
//!
//! To all jobs: `network lost`, `network restored`, `network cost USAGE_BASED`,
//! `clock changes by DURATION` (with a `-` backwards), `blocked by` and `unblocked by` one of
//! `bandwidth policy`, `battery saver`, `battery policy`, `game mode`, `standby` and
//! `background access policy`.
//!
//! To one job: `owner logs off`, `owner logs on`, `client exits` (all its applications, those that
//! created it, took it over or registered a callback), `slice over`, `failed CODE`,
//! `redirect STATUS to URL`, `file changed` (the remote one of a download, the local one of an upload),
//! `session lost`, `volume locked`, `volume unlocked`, `upload cancelled`. An event that the state does
//! not allow must say so with `=> STATE`.
//!
//! ## Time
//!
//! | statement | meaning |
//! |---|---|
//! | `advance DURATION`, `advance to INSTANT` | lets happen everything that is due by then, including at that instant |
//! | `advance until STATE` | until the job *enters* the state. It may be in one already that it leaves and enters by itself, such as TRANSIENT_ERROR; in a state that only a client ends the line does not hold, and takes no time |
//! | `advance until SIZE` | until that many bytes of the job are transferred; no time passes if they are |
//!
//! Time ends in the year 30828, where that of Windows does.
//!
//! ## Expectations
//!
//! `expect` and one or more of these, with commas between them:
//!
//! | expectation | meaning |
//! |---|---|
//! | a state; `in the queue`, `not in the queue`; `purged`, `not purged` | |
//! | `error CODE in CONTEXT of PATH` (context and path as needed), `no error object`, `error count 2` | what `GetError` and `GetErrorCount` return |
//! | `progress SIZE of SIZE`, `reply SIZE of SIZE` (or `of unknown`), `file PATH SIZE of SIZE`, `files 1 of 2` | |
//! | `completed PATH`, `not completed PATH` | the file is available to the user |
//! | `time INSTANT`, `created INSTANT`, `modified INSTANT`, `transfer completed INSTANT`, `transfer never completed` | to the second if there is no fraction |
//! | `retry delay at INSTANT` and the other clocks by their names, `no deadline` | when a clock acts |
//! | a setting, spelled like the call that sets it: `priority HIGH`, `callback removed`, `file 1 is valid` | what the getter yields |
//! | `remote name of file 1 is URL`, `response headers of file 1 "ETag: 1"`, `filled ranges of file 1 0:100` | or `none` for the last two; `response headers of file 1 have "ETag: 1"`, these among others |
//! | `request headers "A: 1"` or `none` | what each request carries, though no client may read it |
//! | `owner NAME`, `owner is elevated`, `owner is not elevated` | |
//! | `told JobError`, … `by callback`, … `by class {GUID}`, … `by command line as alice`, … `twice`, `told nothing` | how often the client was notified up to now; without a number, at least once; also `never` |
//! | `due JobError by command line`, `nothing due` | what a dispatcher may begin now |
//! | `running first second`, `activated first second first` | which jobs are CONNECTING or TRANSFERRING; in which order jobs were picked up to now; or `none` |
//! | `3 jobs in the queue`, `jobs of alice first second`, `all jobs for administrator bob …` | the queue, and what `EnumJobs` yields; the last may be `refused with CODE` |
//! | `fetched PATH` | some job has made the file available to its user |
//! | `no call refused with CODE` | up to now, neither a call nor a read |
//! | `client ended`, `client succeeded` | by hand: the client's program came to its end and reported something, or success |
//! | `on disk PATH`, `on disk PATH SIZE`, `not on disk PATH`, `folder PATH empty` | |
//! | `server HOST asked 3 times`, `server HOST asked for HEAD 3 times` | how many requests reached it, of its latest thousand; or those of one method |
//!
//! ## What is left open
//!
//! A scenario may leave open what happens. Then it has many runs: `bits check` and
//! [`explore::open_scenarios`](crate::explore::open_scenarios) explore them all, and `bits run` refuses it.
//!
//! | statement | meaning |
//! |---|---|
//! | `maybe STATEMENT` | it happens here, or does not |
//! | `at most 3 times STATEMENT` | it happens here so often, less often or not at all |
//! | `any of`, and below it lines that are indented | one of these happens |
//! | `at any time STATEMENT` | it happens once before the next `advance` is over, or before all rests if none follows: at the beginning, at each noticeable change, midway between two, and at the end. `maybe at any time …` and `at most 3 times at any time …` need not happen |
//! | `maybe any of`, `at any time any of`, `at most 3 times at any time any of` | the same of one of the lines below |
//! | `a client polls every 10 m`, and rows such as `in TRANSFERRED: complete` below it, indented | a client that looks at its job after each such wait, and does in that state what the row says. It is the owner, unless the row names another caller |
//! | `time ends after DURATION` | when each run ends, counted from its start; otherwise after the last line, once all rests but the removal of idle jobs, or clients do the same again and again |
//!
//! Only here does indentation mean something: lines that are indented further than an open line belong to it, and happen
//! behind it. `expect` and `-> CODE` among them hold in that branch.
//!
//! An open step need not succeed: without `-> CODE` its call may be refused. The lines below it, and all that are not
//! open, are held to their codes. No line need mean anything to its job. Noticeable are the state of a job, its error, how many of its
//! files are there, its notifications that are due, and whether service and network are there.
//!
//! ## Questions
//!
//! They are asked of everything that is possible, from their line on: after each line, and whenever all has happened that is due at
//! an instant. A state that a job enters and leaves at the same instant is seen only by a line that waits for it.
//!
//! | statement | holds if |
//! |---|---|
//! | `never EXPECTATIONS` | they are all so at once in no state |
//! | `always EXPECTATIONS` | they are all so in every state |
//! | `eventually EXPECTATIONS` | in every run there is a state in which they all are so, before it ends |
//! | `possible EXPECTATIONS` | in some run there is such a state |
//! | `never in the end …`, `always in the end …`, `possible in the end …` | the same of the last states of runs only |
//!
//! ```
//! use bits_emulator::explore::open_scenarios::{self, Finding};
//! use bits_emulator::scenario::Scenario;
//!
//! let scenario: Scenario = r"
//! server example.com
//!   /app.exe 10 MiB
//! job update, DOWNLOAD, by alice
//! never ERROR, no error object
//! eventually ACKNOWLEDGED
//! add https://example.com/app.exe as C:\app\app.exe
//! resume
//! a client polls every 10 m
//!   in TRANSFERRED: complete -> S_OK
//!     expect on disk C:\app\app.exe
//! at most twice at any time any of
//!   service restarts
//!   network lost
//!     advance 60 s
//!     network restored
//! advance 20 s
//! maybe by administrator bob: suspend
//! ".parse()?;
//! assert!(scenario.run().failure.is_some_and(|problem| problem.help.contains("`bits check`")));
//!
//! let outcomes = open_scenarios::check_scenario(&scenario).run();
//! let findings: Vec<_> = outcomes.answers().iter().map(|answer| answer.finding()).collect();
//! assert_eq!(findings, [Finding::Holds, Finding::Fails]);
//! # Ok::<(), bits_emulator::scenario::ParseError>(())
//! ```
//!
//! Of a job that is never resumed, all of this holds:
//!
//! ```
//! # use bits_emulator::explore::open_scenarios;
//! # let scenario: bits_emulator::scenario::Scenario = r"
//! # server example.com
//! time ends after 100 d
//! job update, DOWNLOAD, by alice
//! always error count 0
//! possible purged
//! never in the end SUSPENDED
//! always in the end not in the queue
//! possible in the end not purged
//! eventually CANCELLED
//! at most 3 times advance 1 d
//! maybe any of
//!   cancel
//!   description later
//! maybe at any time service restarts
//! # ".parse()?;
//! # let outcomes = open_scenarios::check_scenario(&scenario).run();
//! # assert!(outcomes.hold(), "{outcomes}");
//! # Ok::<(), bits_emulator::scenario::ParseError>(())
//! ```
//!
//! ## By hand
//!
//! A printed trace is a scenario `by hand`. There are no servers and no disk: what the disk answers is
//! written behind the calls (`add … , directory missing` or `directory denied`; `cancel, files left`,
//! `complete, files left`; `complete, rename 2 fails with CODE`; `take ownership, files denied` or `other
//! drives`), and what the certificate store answers, too (`no such store`, `no such certificate`, `store
//! denied`). Steps begin with `at INSTANT`, and the events of the world are written out: `picked`,
//! `connected`, `headers received "ETag: 1"`, `size known SIZE`, `progressed SIZE`, `file transferred`,
//! `reply started SIZE`, `certificate received from HOST:PORT, hash 00FF`, `certificate checked CODE`. So
//! are those of the dispatcher: `JobTransferred begins`, `FileTransferred of file 1 returns CODE`,
//! `program exited with 1`; and those of a client's processes: `callback lost` and `certificate callback
//! lost` (the application that registered it ended, another lives). Clocks act where a line says so
//! (`retry delay elapsed`), as do the intervals of bandwidth policies (`bandwidth limits change`), and
//! `last 3 steps again 5 times, every 10 m` repeats the steps above, and what a client reads and does among them.

pub mod ast;
mod blocks;
mod check;
mod examples;
mod parse;
mod problem;
mod run;
mod suggest;
mod syntax;
mod transcript;

use std::fmt;
use std::str::FromStr;

use ast::Line;
pub(crate) use problem::Diagnosis;
pub use problem::{ParseError, Problem};
pub use run::Report;
pub(crate) use run::Run;
pub(crate) use run::explored;
pub(crate) use transcript::{ClientLine, ClientTold, caller};
pub use transcript::{Transcript, TranscriptStep};

/// A scenario that can be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scenario {
    lines: Vec<Line>,
}

impl Scenario {
    /// The most bytes of a text.
    pub const BYTES_MAX: usize = 64 << 20;
    /// The most bytes of a statement, without indentation and comment.
    pub const LINE_BYTES_MAX: usize = 1 << 20;

    /// The lines, in order.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// Runs the scenario up to its end, or to the first line that does not hold. Running it again
    /// gives the same report.
    #[must_use]
    pub fn run(&self) -> Report {
        run::run(&self.lines)
    }
}

impl FromStr for Scenario {
    type Err = ParseError;

    /// Reads a scenario.
    ///
    /// # Errors
    ///
    /// All problems of the text, each with its place, its cause and a remedy.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let lines = parse::lines(text).map_err(|problems| ParseError::new(text, problems))?;
        let problems = check::check(&lines);
        if problems.is_empty() { Ok(Self { lines }) } else { Err(ParseError::new(text, problems)) }
    }
}

impl fmt::Display for Scenario {
    /// The statements, one a line, without comments.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines.iter().try_for_each(|line| writeln!(f, "{}", line.statement))
    }
}
