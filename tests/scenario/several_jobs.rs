//! Scenarios with several jobs, users and clients, and what happens to servers and disk in their midst.

use std::time::Duration;

use bits_emulator::policy::{CostDefaults, CostFlags, Policies};
use bits_emulator::scenario::{Scenario, Transcript};
use bits_emulator::{Callback, Emulator, Fault, HResult, Job, JobPriority, JobType, User};

/// The scenario holds, and what it prints does the same by hand.
#[track_caller]
pub(crate) fn holds(text: &str) -> Transcript {
    let scenario: Scenario = text.parse().unwrap_or_else(|error| panic!("{error}\n{text}"));
    let report = scenario.run();
    if let Some(problem) = report.failure {
        panic!("{}", problem.render("scenario", text));
    }
    replays(&report.trace);
    report.trace
}

#[track_caller]
pub(crate) fn replays(transcript: &Transcript) {
    let text = transcript.to_string();
    let again = text.parse::<Scenario>().unwrap_or_else(|error| panic!("{error}\n{text}")).run();
    assert_eq!(again.failure, None, "{text}");
    assert_eq!(again.trace, *transcript, "{text}");
}

/// Two jobs of two users, of which the first is to run first.
const TWO: &str = "server example.com\n/a 4 MiB\n/b 4 MiB\n\
                   job first, DOWNLOAD, by alice\nadd https://example.com/a as C:\\a\nresume\n\
                   job second, DOWNLOAD, by bob\nadd https://example.com/b as C:\\b\nresume\n";

#[test]
fn jobs_are_named_and_take_turns() {
    let transcript = holds(&format!(
        "{TWO}second: advance until TRANSFERRED\n\
         expect time 2024-01-01 00:00:08, activated first second, running none\n\
         first: complete\nsecond: complete\nexpect 0 jobs in the queue\n"
    ));
    let text = transcript.to_string();
    assert!(text.contains("first: picked => CONNECTING"), "{text}");
    assert!(text.contains("second: complete -> S_OK => ACKNOWLEDGED"), "{text}");
}

// INV-58: the same choices, the same run; other choices, another.
#[test]
fn choices_decide_who_comes_first() {
    let jobs = "job first, DOWNLOAD, by alice\npriority FOREGROUND\n\
                add https://a.example/ as C:\\a\nresume\n\
                job second, DOWNLOAD, by alice\npriority FOREGROUND\n\
                add https://a.example/ as C:\\b\nresume\nadvance 0 s\n";
    holds(&format!("choices 1\n{jobs}expect activated second first\n"));
    holds(&format!("{jobs}expect activated first second\n"));
    let of_seed = |seed: u64| holds(&format!("no expectations\nseed {seed}\n{jobs}")).to_string();
    assert_eq!(of_seed(7), of_seed(7));
    assert!((0..8).any(|seed| of_seed(seed) != of_seed(7)));
}

// NOTIFY-15 in small: the clients of two jobs answer each for itself.
#[test]
fn the_programs_of_each_job_answer_for_themselves() {
    holds(
        "server example.com\ncallback returns S_OK\n\
         job first, DOWNLOAD, by alice\nadd https://example.com/a as C:\\a\n\
         callback level 1\nminimum retry delay 60 s\nresume\n\
         job second, DOWNLOAD, by bob\nadd https://example.com/b as C:\\b\n\
         callback level 1\nminimum retry delay 60 s\nresume\n\
         second: callback returns E_ACCESSDENIED twice after 1 s, then S_OK\n\
         advance 1 h\n\
         first: expect told JobError by callback as alice once\n\
         second: expect told JobError by callback as bob 3 times\n",
    );
}

// NOTIFY-18, ERR-07: what ends with a process ends for all its jobs; others notice nothing.
#[test]
fn the_end_of_a_users_processes_is_felt_by_the_users_jobs() {
    holds(
        "server example.com\n\
         job first, DOWNLOAD, by alice\nadd https://example.com/a as C:\\a\nresume\n\
         job second, DOWNLOAD, by alice\nadd https://example.com/b as C:\\b\nresume\n\
         job third, DOWNLOAD, by bob\nadd https://example.com/c as C:\\c\nresume\n\
         advance 1 s\n\
         first: expect error BG_E_HTTP_ERROR_404\n\
         alice exits\n\
         first: expect ERROR, no error object\nsecond: expect no error object\n\
         third: expect error BG_E_HTTP_ERROR_404\n\
         third: client exits\n\
         third: expect no error object\n\
         first: resume\n",
    );
}

// NET-04, NET-20: what stops transfers comes after what has arrived by then.
#[test]
fn what_has_arrived_counts_when_the_network_goes() {
    let transcript = holds(&format!(
        "{TWO}advance 3 s\nnetwork lost\n\
         first: expect TRANSIENT_ERROR, progress 3 MiB of 4 MiB\nsecond: expect TRANSIENT_ERROR\n\
         job third, DOWNLOAD, by carol\nadd https://example.com/a as C:\\c\n\
         resume => TRANSIENT_ERROR\n\
         network restored\n\
         third: expect QUEUED\n\
         first: advance until TRANSFERRED\nexpect time 2024-01-01 00:00:04\n"
    ));
    let text = transcript.to_string();
    assert!(text.contains("# second: QUEUED -> TRANSIENT_ERROR  NET-04"), "{text}");
}

// HTTP-08, ERR-31, FILES-07: the world changes under running jobs.
#[test]
fn servers_change_in_the_midst() {
    holds(
        "server example.com\n/a 8 MiB\n\
         job update, DOWNLOAD, by alice\nadd https://example.com/a as C:\\a\n\
         minimum retry delay 60 s\nresume\nadvance 3 s\n\
         server example.com, rate 2 MiB/s\n/a 6 MiB\n\
         advance until TRANSFERRED\nexpect progress 6 MiB of 6 MiB, error count 0\n\
         cancel\n\
         job again, DOWNLOAD, by alice\nadd https://example.com/a as C:\\a\n\
         minimum retry delay 60 s\nresume\n\
         server example.com removed\n\
         again: advance until TRANSIENT_ERROR\n\
         again: expect error ERROR_WINHTTP_NAME_NOT_RESOLVED\n\
         server example.com\n/a removed\n\
         again: advance until ERROR\nagain: expect error BG_E_HTTP_ERROR_404\n\
         server example.com, asks for BASIC from alice with secret\n/a 1 MiB\n\
         again: resume\nagain: advance until ERROR\nagain: expect error BG_E_HTTP_ERROR_401\n\
         again: credentials SERVER BASIC, user alice, password secret\n\
         again: resume\nagain: advance until TRANSFERRED\n\
         proxy server asks for NTLM from the logged-on user\n\
         job behind, DOWNLOAD, by bob\nadd https://example.com/a as C:\\b\nresume\n\
         behind: advance until ERROR\nbehind: expect error BG_E_HTTP_ERROR_407\n\
         behind: credentials PROXY NTLM\nbehind: credentials SERVER BASIC, user alice, password secret\n\
         behind: resume\nbehind: advance until TRANSFERRED\n",
    );
}

// NET-07: jobs wait for a locked volume. DONE-06: what cannot be deleted is left.
#[test]
fn the_disk_changes_in_the_midst() {
    holds(&format!(
        "{TWO}advance 1 s\ndisk C: locked\n\
         first: advance until TRANSIENT_ERROR\n\
         first: expect error BG_E_DESTINATION_LOCKED\n\
         advance 1 m\n\
         disk C: unlocked\n\
         first: advance until TRANSFERRED\n\
         second: advance until TRANSFERRED\n\
         local file C:\\ undeletable\n\
         first: cancel -> BG_S_UNABLE_TO_DELETE_FILES\n\
         second: complete\n\
         expect not on disk C:\\a, on disk C:\\b 4 MiB, server example.com asked for GET 3 times\n"
    ));
}

// SCHED-07, CREATE-08: policies hold from their line on.
#[test]
fn policies_change_in_the_midst() {
    let transcript = holds(&format!(
        "policy time slice 2 s\n{TWO}advance 3 s\nexpect running second\n\
         first: expect progress 2 MiB of 4 MiB\n\
         policy jobs per user 1\n\
         job third, DOWNLOAD, by bob -> BG_E_TOO_MANY_JOBS_PER_USER\n"
    ));
    let text = transcript.to_string();
    assert!(text.contains("policy time slice 2 s\n"), "{text}");
    assert!(
        text.contains("00:03  policy jobs per user 1\njob third, DOWNLOAD, by bob -> "),
        "{text}"
    );
}

struct Completes;

impl Callback for Completes {
    fn job_transferred(&self, job: &Job) -> HResult {
        job.complete().map_or_else(|error| error.code(), |_| HResult::S_OK)
    }
}

/// What an emulator did, with handles, is a scenario to paste: jobs of one name get another.
#[test]
fn the_trace_of_an_emulator_is_a_scenario() {
    let policies = Policies { jobs_per_user: 2, ..Policies::default() };
    let emulator =
        Emulator::with_policies(bits_emulator::readings::Readings::documented(), policies);
    emulator.server("https://example.com").file("/a", 4 << 20).fails(Fault::http(503).times(2));
    let alice = emulator.connect(User::new("alice"));
    emulator.log_on("alice");
    let job = |session: &bits_emulator::Session| {
        let job = session.create_job("update", JobType::Download).unwrap();
        job.add_file("https://example.com/a", format!(r"C:\{}", job.id())).unwrap();
        job.set_notify_interface(Completes).unwrap();
        job.resume().unwrap();
        job
    };
    let first = job(&alice);
    emulator.advance(Duration::from_secs(2));
    let carol = emulator.connect(User::new("carol").administrator());
    let second = job(&carol);
    assert!(emulator.connect(User::new("bob")).job(first.id()).is_err());
    carol.job(first.id()).unwrap().take_ownership().unwrap();
    emulator.set_policies(Policies::default());
    emulator.log_off("alice");
    emulator.disconnect_network();
    emulator.connect_network();
    assert!(emulator.run_until_idle().is_at_rest());
    carol.kill();
    let transcript = Transcript::of(&emulator.trace());
    let text = transcript.to_string();
    assert!(text.contains("job update, DOWNLOAD, by alice\n"), "{text}");
    assert!(
        text.contains("job update as \"update 2\", DOWNLOAD, by administrator carol\n"),
        "{text}"
    );
    assert!(text.contains("update: by administrator carol: take ownership"), "{text}");
    // SEC-11: what was obtained earlier stays usable.
    assert!(text.contains("update: still by alice: complete -> S_OK"), "{text}");
    assert!(text.contains("policy jobs per user 2\n"), "{text}");
    assert!(second.id() != first.id());
    replays(&transcript);
}

/// As with any other line, a user who is named for the first time has a session.
#[test]
fn a_user_who_exits_before_anything_else_has_a_session() {
    holds(
        "alice exits\n\
         server example.com\n\
         /a 1 KiB\n\
         job update, DOWNLOAD, by alice\n\
         add https://example.com/a as C:\\a\n\
         resume\n\
         alice logs on\n\
         alice logs off\n\
         advance until TRANSFERRED\n",
    );
}

/// NET-21, LIFE-31: a caller without a logon, a stopped service and dead interfaces in an emulator's trace.
#[test]
fn the_trace_of_a_caller_without_a_logon_and_of_a_stopped_service_is_a_scenario() {
    let emulator = Emulator::new();
    emulator.server("https://example.com").file("/a", 4 << 20);
    let session = emulator.run_as(User::new("svc"));
    let job = session.create_job("update", JobType::Download).unwrap();
    assert!(job.add_file("https://example.com/a", r"C:\a").is_err());
    emulator.log_on("svc");
    job.add_file("https://example.com/a", r"C:\a").unwrap();
    job.resume().unwrap();
    emulator.advance(Duration::from_secs(2));
    emulator.stop();
    assert!(job.suspend().is_err());
    emulator.advance(Duration::from_secs(60));
    emulator.start();
    assert!(job.suspend().is_err());
    assert!(emulator.run_until_idle().is_at_rest());
    session.reconnect().unwrap();
    let _ = session.job(job.id()).unwrap().complete().unwrap();
    let transcript = Transcript::of(&emulator.trace());
    let text = transcript.to_string();
    for line in ["svc logs off", "ERROR_NOT_LOGGED_ON", "service stops", "service starts"] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    replays(&transcript);
}

/// PROP-41: the default cost of each priority is a policy of its own.
#[test]
fn the_trace_of_two_cost_defaults_is_a_scenario() {
    let mut cost_defaults = CostDefaults::default();
    cost_defaults.set(JobPriority::Low, Some(CostFlags::TRANSFER_STANDARD));
    cost_defaults.set(JobPriority::High, Some(CostFlags::TRANSFER_ALWAYS));
    let policies = Policies { cost_defaults, ..Policies::default() };
    let emulator = Emulator::new();
    emulator.connect(User::new("alice")).create_job("update", JobType::Download).unwrap();
    emulator.set_policies(policies);
    replays(&Transcript::of(&emulator.trace()));

    let one = "policy default cost of LOW policy STANDARD and policy default cost of";
    assert!(format!("{one} HIGH policy STANDARD\n").parse::<Scenario>().is_ok());
    let twice = format!("{one} LOW policy ALWAYS\n").parse::<Scenario>().unwrap_err();
    assert!(twice.render("scenario").contains("already set"), "{twice}");
}
