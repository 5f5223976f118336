//! Faults and hooks that nothing met.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;

use bits_emulator::hooks::Calls;
use bits_emulator::server::{Content, PacketKind};
use bits_emulator::{
    Emulator, Fault, HResult, Hook, Job, JobState, JobType, Method, Session, User,
};

use crate::support::{URL, world};

const BROKEN: HResult = HResult::RPC_S_SERVER_UNAVAILABLE;

fn download(emulator: &Emulator, session: &Session) -> Job {
    let job = session.create_job("app", JobType::Download).unwrap();
    job.add_file(URL, r"C:\app.exe").unwrap();
    job.resume().unwrap();
    let _ = emulator.run_until_idle();
    job
}

fn add(emulator: &Emulator, fault: Fault) {
    emulator.server("https://example.com").resource("/app.exe").fails(fault);
}

fn unmet(emulator: &Emulator) -> Vec<String> {
    emulator.unmet().iter().map(ToString::to_string).collect()
}

/// Whether the drop of the last handles fails, and with what.
fn failure(dropped: impl FnOnce()) -> Option<String> {
    let caught = catch_unwind(AssertUnwindSafe(dropped)).err()?;
    Some(*caught.downcast::<String>().unwrap())
}

/// The path that was asked for is named, one in another case of letters perhaps.
#[test]
fn what_was_asked_for_instead_of_a_faulty_resource_is_told() {
    let (emulator, session) = world();
    let server = emulator.server("https://example.com");
    server.file("/App.exe", 1_000).fails(503);
    let fault =
        "fault BG_E_HTTP_ERROR_503 (0x801901F7) of https://example.com/App.exe was never met";
    assert_eq!(unmet(&emulator), [fault]);
    download(&emulator, &session);
    let instead = format!("{fault}: no request came to it, but to https://example.com/app.exe");
    assert_eq!(unmet(&emulator), [instead]);
    // A fault that was not reached by the requests that came is none of a wrong path.
    server.resource("/App.exe").with_state(|resource| _ = resource.clear_faults());
    server.resource("/app.exe").fails(Fault::http(503).after(5_000));
    let after =
        "fault BG_E_HTTP_ERROR_503 (0x801901F7) after 5000 bytes of https://example.com/app.exe";
    assert_eq!(unmet(&emulator), [format!("{after} was never met")]);
}

#[test]
fn faults_and_hooks_that_were_never_met_are_named() {
    let (emulator, session) = world();
    let server = emulator.server("https://example.com");
    server.with_state(|server| _ = server.fails(Fault::http(500).at_packet(PacketKind::Fragment)));
    server.resource("/other").fails(Fault::redirect(302, "https://example.com/app.exe").always());
    server.resource("/in").uploads(|uploads| {
        uploads.application_fails(Fault::silence()).reply_fails(Fault::http(404).at_head());
    });
    add(&emulator, Fault::none().times(3));
    add(&emulator, Fault::changes_to(Content::sized(1)).after_percent(40).times(0));
    let job = download(&emulator, &session);
    emulator.hook(Hook::fail(Calls::Any, BROKEN).by(User::new("bob")).always());
    emulator.hook(Hook::kill(Method::Complete).on(&job).after(2));
    assert_eq!(
        unmet(&emulator),
        [
            "fault BG_E_HTTP_ERROR_500 (0x801901F4) at the packet Fragment of https://example.com was \
             never met",
            "fault silence of the application of https://example.com/in was never met",
            "fault BG_E_HTTP_ERROR_404 (0x80190194) at HEAD of the reply of https://example.com/in was \
             never met",
            "fault redirect 302 to https://example.com/app.exe of https://example.com/other was never met: \
             no request came to it, but to https://example.com/app.exe",
            "hook on any call by bob: fail with RPC_S_SERVER_UNAVAILABLE (0x800706BA) was never met",
            "hook on Complete on job app, behind 2 more: kill the client before it was never met",
        ]
    );
}

#[test]
fn what_was_met_once_is_met_unless_more_is_expected() {
    let (emulator, session) = world();
    add(&emulator, Fault::http(404).times(2));
    emulator.hook(Hook::fail(Method::Suspend, BROKEN).times(2));
    let job = download(&emulator, &session);
    assert!(job.suspend().is_err());
    assert_eq!(unmet(&emulator), [""; 0]);
    assert_eq!(failure(|| drop((emulator, session, job))), None);

    let (emulator, session) = world();
    add(&emulator, Fault::http(404).times(2).expect_met());
    emulator.hook(Hook::fail(Method::Suspend, BROKEN).times(3).expect_met());
    let job = download(&emulator, &session);
    assert!(job.suspend().is_err());
    let said = "expected to be met: fault BG_E_HTTP_ERROR_404 (0x80190194) of \
                https://example.com/app.exe was met 1 of 2 times; hook on Suspend: fail with \
                RPC_S_SERVER_UNAVAILABLE (0x800706BA) was met 1 of 3 times";
    assert_eq!(failure(|| emulator.expect_all_met()).as_deref(), Some(said));
    assert_eq!(failure(|| drop((emulator, session, job))).as_deref(), Some(said));
}

#[test]
fn what_happens_always_is_expected_once() {
    let (emulator, session) = world();
    add(&emulator, Fault::http(404).always().expect_met());
    emulator.hook(Hook::fail(Method::Suspend, BROKEN).always().expect_met());
    assert_eq!(emulator.unmet().len(), 2);
    let job = download(&emulator, &session);
    assert_eq!(emulator.unmet().len(), 1);
    assert!(job.suspend().is_err());
    emulator.expect_all_met();
    assert_eq!(failure(|| drop((emulator, session, job))), None);
}

#[test]
fn what_was_met_as_often_as_it_says_is_forgotten() {
    let (emulator, session) = world();
    add(&emulator, Fault::http(404).expect_met());
    add(&emulator, Fault::http(404).times(0).expect_met());
    add(&emulator, Fault::none().expect_met());
    emulator.hook(Hook::run(Method::Resume, || ()).expect_met());
    let job = download(&emulator, &session);
    job.expect_state(JobState::Error);
    assert_eq!(unmet(&emulator), ["fault none of https://example.com/app.exe was never met"]);
    job.resume().unwrap();
    let _ = emulator.run_until_idle();
    job.expect_state(JobState::Transferred);
    emulator.expect_all_met();
    assert_eq!(emulator.unmet(), []);
}

#[test]
fn what_a_test_takes_away_is_not_expected() {
    let taken: [fn(&Emulator); 4] = [
        |emulator| {
            let server = emulator.server("https://example.com");
            server.resource("/app.exe").with_state(|resource| _ = resource.clear_faults());
        },
        |emulator| {
            let server = emulator.server("https://example.com");
            server.with_state(|server| _ = server.remove_resource("/app.exe"));
        },
        |emulator| {
            let server = emulator.server("https://example.com");
            server.with_state(|server| *server = Default::default());
        },
        |emulator| emulator.remove_server("https://example.com"),
    ];
    for take in taken {
        let (emulator, _) = world();
        add(&emulator, Fault::http(503).expect_met());
        emulator.hook(Hook::fail(Method::Suspend, BROKEN).expect_met());
        assert_eq!(emulator.unmet().len(), 2);
        take(&emulator);
        emulator.clear_hooks();
        assert_eq!(emulator.unmet(), []);
        assert_eq!(failure(|| drop(emulator)), None);
    }
}

#[test]
fn a_fork_expects_nothing() {
    let (emulator, session) = world();
    add(&emulator, Fault::http(404).expect_met());
    let fork = emulator.fork();
    assert_eq!(fork.unmet().len(), 1);
    assert_eq!(failure(|| drop(fork.fork())), None);
    assert_eq!(failure(|| drop(fork)), None);
    let job = download(&emulator, &session);
    assert_eq!(failure(|| drop((emulator, session, job))), None);
}

/// Only the drop of the last handle tells whether something is still to come.
#[test]
fn a_handle_that_is_left_may_still_meet_it() {
    let (emulator, session) = world();
    add(&emulator, Fault::http(404).expect_met());
    let other = emulator.clone();
    assert_eq!(failure(|| drop(emulator)), None);
    let job = download(&other, &session);
    job.expect_state(JobState::Error);
}

/// A panic that is under way is not replaced by another, which would end the process.
#[test]
fn a_test_that_panics_fails_for_its_own_reason() {
    let failed = failure(|| {
        let (emulator, _) = world();
        add(&emulator, Fault::http(404).expect_met());
        panic!("{}", "its own reason".to_owned());
    });
    assert_eq!(failed.as_deref(), Some("its own reason"));
}

#[test]
fn a_test_that_passes_is_warned() {
    let this = std::env::current_exe().expect("the program of the tests is known");
    let run = Command::new(this)
        .args(["--exact", "unmet::passes_without_its_fault", "--ignored", "--nocapture"])
        .output()
        .expect("it can be run");
    assert!(run.status.success());
    let text = String::from_utf8_lossy(&run.stderr).into_owned();
    let expected = "warning: fault BG_E_HTTP_ERROR_503 (0x801901F7) of https://example.com/app.exe was \
                    never met\n";
    assert_eq!(text.matches("warning: ").count(), 1, "{text}");
    assert!(text.contains(expected), "{text}");
}

#[test]
#[ignore = "is to be run alone"]
fn passes_without_its_fault() {
    let (emulator, _) = world();
    add(&emulator, Fault::http(503));
    drop(emulator.fork());
}

/// A closure that holds a handle keeps the emulator from being dropped; it is asked before.
#[test]
fn a_hook_whose_closure_holds_a_handle_is_looked_for_by_name() {
    let (emulator, session) = world();
    let held = session.clone();
    emulator.hook(Hook::run(Method::Complete, move || held.kill()).expect_met());
    let said = failure(|| emulator.expect_all_met()).expect("it was not met");
    assert_eq!(said, "expected to be met: hook on Complete: run a closure before it was never met");
    emulator.clear_hooks();
    emulator.expect_all_met();
}
