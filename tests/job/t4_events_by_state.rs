//! T4, cell by cell: what the world does to a job in each state, and with which error.

use crate::common::*;
use bits_emulator::accounts::{Sid, Token};
use bits_emulator::machine::{
    Call, ComputerEvent, Effect, Event, FileIndex, Input, JobOptions, JobStateMachine,
};
use bits_emulator::policy::Block;
use bits_emulator::readings::{Readings, RestartTransient, ResumeOffline};
use bits_emulator::settings::{HelperTokenFlags, JobProperty};
use bits_emulator::{ErrorContext, HResult, JobState, JobType};
use chrono::TimeDelta;

/// A cell is the next state, then the code of the new error object if there is one. `=` says that
/// neither changes.
const EVENTS: &str = "
    event               | SUSPENDED | QUEUED                                    | CONNECTING                                | TRANSFERRING                              | TRANSIENT_ERROR                        | ERROR | TRANSFERRED                  | ACKNOWLEDGED | CANCELLED
    picked              | =         | CONNECTING                                | =                                         | =                                         | =                                      | =     | =                            | =            | =
    connected           | =         | =                                         | TRANSFERRING                              | =                                         | =                                      | =     | =                            | =            | =
    all transferred     | =         | =                                         | =                                         | TRANSFERRED                               | =                                      | =     | =                            | =            | =
    slice over          | =         | =                                         | QUEUED                                    | QUEUED                                    | =                                      | =     | =                            | =            | =
    connection failed   | =         | =                                         | TRANSIENT_ERROR BG_E_CONNECT_FAILURE      | TRANSIENT_ERROR BG_E_CONNECT_FAILURE      | =                                      | =     | =                            | =            | =
    recoverable failure | =         | =                                         | TRANSIENT_ERROR BG_E_HTTP_ERROR_500       | TRANSIENT_ERROR BG_E_HTTP_ERROR_500       | =                                      | =     | =                            | =            | =
    fatal failure       | =         | =                                         | ERROR BG_E_HTTP_ERROR_401                 | ERROR BG_E_HTTP_ERROR_401                 | =                                      | =     | =                            | =            | =
    volume locked       | =         | =                                         | TRANSIENT_ERROR BG_E_DESTINATION_LOCKED   | TRANSIENT_ERROR BG_E_DESTINATION_LOCKED   | =                                      | =     | =                            | =            | =
    volume unlocked     | =         | =                                         | =                                         | =                                         | =                                      | =     | =                            | =            | =
    network lost        | =         | TRANSIENT_ERROR BG_E_NETWORK_DISCONNECTED | TRANSIENT_ERROR BG_E_NETWORK_DISCONNECTED | TRANSIENT_ERROR BG_E_NETWORK_DISCONNECTED | =                                      | =     | =                            | =            | =
    network back        | =         | =                                         | =                                         | =                                         | QUEUED                                 | =     | =                            | =            | =
    owner logs off      | =         | =                                         | QUEUED                                    | QUEUED                                    | =                                      | =     | =                            | =            | =
    owner logs on       | =         | =                                         | =                                         | =                                         | =                                      | =     | =                            | =            | =
    bandwidth limit 0   | =         | TRANSIENT_ERROR BG_E_BLOCKED_BY_POLICY    | TRANSIENT_ERROR BG_E_BLOCKED_BY_POLICY    | TRANSIENT_ERROR BG_E_BLOCKED_BY_POLICY    | TRANSIENT_ERROR BG_E_BLOCKED_BY_POLICY | =     | =                            | =            | =
    bandwidth limit off | =         | =                                         | =                                         | =                                         | =                                      | =     | =                            | =            | =
    validation false    | =         | =                                         | =                                         | =                                         | =                                      | =     | ERROR BG_E_VALIDATION_FAILED | =            | =
    service restarts    | =         | =                                         | QUEUED                                    | QUEUED                                    | =                                      | =     | =                            | =            | =
    clock is moved      | =         | =                                         | =                                         | =                                         | =                                      | =     | =                            | =            | =
";

/// TIME-07: every error, also of these causes, puts the job in ERROR.
const WITHOUT_RETRIES: &str = "
    event               | QUEUED                          | CONNECTING                      | TRANSFERRING
    connection failed   | =                               | ERROR BG_E_CONNECT_FAILURE      | ERROR BG_E_CONNECT_FAILURE
    recoverable failure | =                               | ERROR BG_E_HTTP_ERROR_500       | ERROR BG_E_HTTP_ERROR_500
    fatal failure       | =                               | ERROR BG_E_HTTP_ERROR_401       | ERROR BG_E_HTTP_ERROR_401
    volume locked       | =                               | ERROR BG_E_DESTINATION_LOCKED   | ERROR BG_E_DESTINATION_LOCKED
    network lost        | ERROR BG_E_NETWORK_DISCONNECTED | ERROR BG_E_NETWORK_DISCONNECTED | ERROR BG_E_NETWORK_DISCONNECTED
    bandwidth limit 0   | ERROR BG_E_BLOCKED_BY_POLICY    | ERROR BG_E_BLOCKED_BY_POLICY    | ERROR BG_E_BLOCKED_BY_POLICY
";

/// NET-12: `owner logs off` of a job that uses a helper token.
const WITH_HELPER_TOKEN: &str = "
    event               | SUSPENDED                 | QUEUED                    | CONNECTING                | TRANSFERRING              | TRANSIENT_ERROR           | ERROR | TRANSFERRED | ACKNOWLEDGED | CANCELLED
    owner logs off      | ERROR BG_E_TOKEN_REQUIRED | ERROR BG_E_TOKEN_REQUIRED | ERROR BG_E_TOKEN_REQUIRED | ERROR BG_E_TOKEN_REQUIRED | ERROR BG_E_TOKEN_REQUIRED | =     | =           | =            | =
";

/// DONE-20: one of two files is transferred, in any state after that.
const VALIDATION: &str = "
    event               | SUSPENDED                    | QUEUED                       | CONNECTING                   | TRANSFERRING                 | TRANSIENT_ERROR              | ERROR                        | TRANSFERRED                  | ACKNOWLEDGED | CANCELLED
    validation false    | ERROR BG_E_VALIDATION_FAILED | ERROR BG_E_VALIDATION_FAILED | ERROR BG_E_VALIDATION_FAILED | ERROR BG_E_VALIDATION_FAILED | ERROR BG_E_VALIDATION_FAILED | ERROR BG_E_VALIDATION_FAILED | ERROR BG_E_VALIDATION_FAILED | =            | =
";

fn input_of(name: &str) -> Input {
    Input::Event(match name {
        "validation false" => return Input::Call(invalid(0)),
        "picked" => Event::Picked,
        "connected" => Event::Connected,
        "all transferred" => Event::FileTransferred,
        "slice over" => Event::SliceOver,
        "connection failed" => failed_with(HResult::BG_E_CONNECT_FAILURE),
        "recoverable failure" => failed(500),
        "fatal failure" => failed(401),
        "volume locked" => Event::VolumeLocked,
        "volume unlocked" => Event::VolumeUnlocked,
        "network lost" => Event::Computer(ComputerEvent::NetworkLost),
        "network back" => Event::Computer(ComputerEvent::NetworkRestored),
        "owner logs off" => Event::OwnerLoggedOff,
        "owner logs on" => Event::OwnerLoggedOn,
        "bandwidth limit 0" => Event::Computer(ComputerEvent::Blocked(Block::BandwidthPolicy)),
        "bandwidth limit off" => Event::Computer(ComputerEvent::Unblocked(Block::BandwidthPolicy)),
        "service restarts" => Event::Computer(ComputerEvent::ServiceRestarted),
        "clock is moved" => Event::Computer(ComputerEvent::ClockChanged(TimeDelta::hours(5))),
        other => panic!("no event for {other}"),
    })
}

fn check(table: &str, job_in: impl Fn(JobState) -> JobStateMachine) {
    let table = rows(table);
    let (head, body) = table.split_first().unwrap();
    let mut wrong = Vec::new();
    for (name, cells) in body {
        for (state, cell) in columns(&head.1).into_iter().zip(cells) {
            let mut job = job_in(state);
            assert_eq!(job.state(), state);
            let mut words = cell.split(' ').filter(|word| *word != "=");
            let next = words.next().map_or(state, |next| next.parse().unwrap());
            let code = words.next().map(|code| code.parse().unwrap());
            let code = code.unwrap_or_else(|| get_error(&job));
            let code = if next == Transferred { get_error(&job) } else { code };
            let result = job.apply(input_of(name), start());
            let still = result.is_ok_and(|outcome| outcome.entered.is_empty()) || result.is_err();
            let found = (job.state(), get_error(&job));
            if found != (next, code) || still != (cell == "=") {
                wrong.push(format!("{name} in {state}: want {next} {code}, found {found:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// T4, LIFE-18 to LIFE-24, ERR-14, ERR-15, NET-04, NET-05, NET-07, NET-10, SCHED-05, SCHED-07,
/// SCHED-15, LIFE-29, LIFE-30, DONE-20, TIME-05
#[test]
fn events_follow_the_table_for_a_download() {
    check(EVENTS, download_in);
}

/// T4
#[test]
fn events_follow_the_table_for_uploads() {
    // The same but for validation, which is of downloads.
    let rows = EVENTS.lines().filter(|line| !line.contains("validation"));
    let table = rows.collect::<Vec<_>>().join("\n");
    check(&table, |state| job_in(JobType::Upload, state));
    // LIFE-20, UPLOAD-14: an upload-reply is TRANSFERRED when its reply is there too.
    let rows = table.lines().filter(|line| !line.contains("all transferred"));
    let table = rows.collect::<Vec<_>>().join("\n");
    check(&table, |state| job_in(JobType::UploadReply, state));
    check(&table, reply_begun);
}

/// T4, TIME-07, INV-26
#[test]
fn events_follow_the_table_for_a_job_that_never_retries() {
    check(WITHOUT_RETRIES, |state| {
        let mut job = download_in(Suspended);
        call(&mut job, Call::SetNoProgressTimeout(0), start());
        bring_to(&mut job, state, start());
        job
    });
}

fn with_token(job: &mut JobStateMachine) {
    call(job, Call::SetHelperTokenFlags(HelperTokenFlags::NETWORK), start());
    call(job, Call::SetHelperToken, start());
}

/// T4, NET-12, INV-34
#[test]
fn the_logoff_follows_the_table_for_a_job_with_a_helper_token() {
    for job_type in JobType::ALL {
        check(WITH_HELPER_TOKEN, |state| {
            let mut job = job_in(*job_type, Suspended);
            with_token(&mut job);
            bring_to(&mut job, state, start());
            job
        });
    }
}

/// NET-12
#[test]
fn the_logoff_takes_the_helper_token_and_fails_the_job_that_needs_it() {
    let mut job = download_in(Transferring);
    with_token(&mut job);
    let outcome = event_outcome(&mut job, Event::OwnerLoggedOff, start());
    assert!(outcome.effects.contains(Effect::StopTransfer));
    assert_eq!(job.helper_token_sid(), None);
    assert_eq!(job.helper_token_flags(), HelperTokenFlags::NETWORK);
    assert_eq!(job.error().unwrap().context(), ErrorContext::GeneralQueueManager);
    // The owner logs on, sets the token again and resumes.
    event(&mut job, Event::OwnerLoggedOn, start());
    assert_eq!(job.state(), JobState::Error);
    call(&mut job, Call::SetHelperToken, start());
    call(&mut job, Call::Resume, start());
    event(&mut job, Event::Picked, start());

    // Flags that are all clear, a token without flags, flags without a token: not affected.
    for calls in [
        vec![Call::SetHelperToken],
        vec![Call::SetHelperTokenFlags(HelperTokenFlags::NETWORK)],
        vec![
            Call::SetHelperToken,
            Call::SetHelperTokenFlags(HelperTokenFlags::LOCAL_FILE),
            Call::ClearHelperToken,
        ],
    ] {
        let mut job = download_in(Transferring);
        calls.into_iter().for_each(|value| call(&mut job, value, start()));
        event(&mut job, Event::OwnerLoggedOff, start());
        assert_eq!(job.state(), Queued, "NET-10");
    }
}

/// NET-12
#[test]
fn a_transferred_job_with_added_files_is_incomplete() {
    let mut job = download_in(Transferred);
    with_token(&mut job);
    call(&mut job, Call::add_file(file(1)), start());
    event(&mut job, Event::OwnerLoggedOff, start());
    assert_eq!((job.state(), get_error(&job)), (JobState::Error, HResult::BG_E_TOKEN_REQUIRED));
}

/// NET-02
#[test]
fn system_accounts_never_log_off() {
    let options = JobOptions { owner: Token::service(Sid::LocalSystem), ..JobOptions::default() };
    let mut job = job_at(options, Transferring);
    ignored(&mut job, Event::OwnerLoggedOff, start());
}

/// NET-10, NET-11, NET-01, SCHED-10, INV-33
#[test]
fn a_job_waits_in_queued_until_its_owner_logs_on() {
    let mut job = download_in(Transferring);
    let outcome = event_outcome(&mut job, Event::OwnerLoggedOff, start());
    assert!(outcome.effects.contains(Effect::StopTransfer));
    ignored(&mut job, Event::Picked, at(1));
    assert!(!job.is_eligible());
    event(&mut job, Event::OwnerLoggedOn, at(2));
    assert!(job.is_eligible());
    event(&mut job, Event::Picked, at(2));
}

/// T4, DONE-20, DONE-16, PROGRESS-07
#[test]
fn a_file_declared_invalid_follows_the_table() {
    check(VALIDATION, |state| {
        let mut job = download_in(Suspended);
        call(&mut job, Call::add_file(file(1)), start());
        bring_to(&mut job, Transferring, start());
        event(&mut job, Event::SizeKnown(100), start());
        event(&mut job, Event::FileTransferred, start());
        leave_transferring(&mut job, state, start());
        job
    });
}

/// LIFE-26
#[test]
fn an_on_demand_job_whose_ranges_are_done_is_suspended() {
    let mut job = download_in(Suspended);
    call(&mut job, Call::SetProperty(JobProperty::OnDemandMode(true)), start());
    call(&mut job, Call::RequestFileRanges(FileIndex(0), [range(0, 40)].into()), start());
    bring_to(&mut job, Transferring, start());
    event(&mut job, Event::SizeKnown(100), start());
    event(&mut job, Event::Progressed(40), start());
    assert_eq!(job.state(), Suspended);
    call(&mut job, Call::RequestFileRanges(FileIndex(0), [range(40, 60)].into()), start());
    bring_to(&mut job, Transferring, start());
    event(&mut job, Event::Progressed(60), start());
    event(&mut job, Event::FileTransferred, start());
    assert_eq!(job.state(), Transferred, "the whole file is there");
}

/// LIFE-26
#[test]
fn on_demand_mode_without_requests_suspends_a_transfer() {
    let mut job = download_in(Transferring);
    call(&mut job, Call::SetProperty(JobProperty::OnDemandMode(true)), start());
    assert_eq!((job.state(), job.current()), (Suspended, None));
    ignored(&mut job, Event::Connected, start());
    ignored(&mut download_in(Transferring), Event::Connected, start());
}

/// NET-08
#[test]
fn a_job_resumed_without_network_fails_or_waits_as_the_reading_says() {
    for from in [Suspended, JobState::Error, TransientError] {
        for (resume_offline, entered) in [
            (ResumeOffline::Fails, vec![Queued, TransientError]),
            (ResumeOffline::Waits, vec![Queued]),
        ] {
            let readings = Readings { resume_offline, ..Readings::documented() };
            let mut job = job_at(options_with(JobType::Download, readings), from);
            event(&mut job, ComputerEvent::NetworkLost, start());
            let outcome = call_outcome(&mut job, Call::Resume, start());
            assert_eq!(outcome.entered.iter().collect::<Vec<_>>(), entered);
            assert!(!job.is_eligible(), "NET-01");
            if resume_offline == ResumeOffline::Fails {
                assert_eq!(get_error(&job), HResult::BG_E_NETWORK_DISCONNECTED);
            }
            event(&mut job, ComputerEvent::NetworkRestored, start());
            assert!(job.is_eligible(), "NET-05");
        }
    }
}

/// NET-04, NET-05
#[test]
fn a_lost_network_keeps_the_code_of_a_transient_error_and_its_return_ends_it() {
    let mut job = download_in(TransientError);
    event(&mut job, ComputerEvent::NetworkLost, start());
    assert_eq!(get_error(&job), HResult::BG_E_HTTP_ERROR_503);
    event(&mut job, ComputerEvent::NetworkRestored, at(1));
    assert_eq!(job.state(), Queued, "NET-06: before the retry delay is over");
}

/// NET-07, TIME-10
#[test]
fn a_job_waits_for_its_locked_volume() {
    let mut job = download_in(Transferring);
    event(&mut job, Event::VolumeLocked, start());
    assert_eq!(run_deadlines(&mut job, at(100_000)), []);
    event(&mut job, Event::VolumeUnlocked, at(100_000));
    assert_eq!(job.state(), Queued);
}

/// LIFE-30, NET-13: helper tokens do not persist.
#[test]
fn after_a_restart_a_transient_error_stays_or_is_queued_as_the_reading_says() {
    for (restart_transient, state) in
        [(RestartTransient::Stays, TransientError), (RestartTransient::Requeues, Queued)]
    {
        let readings = Readings { restart_transient, ..Readings::documented() };
        let mut job = job_at(options_with(JobType::Download, readings), TransientError);
        with_token(&mut job);
        event(&mut job, ComputerEvent::ServiceRestarted, at(1));
        assert_eq!(job.state(), state);
        assert_eq!(job.helper_token_sid(), None);
        assert_eq!(job.helper_token_flags(), HelperTokenFlags::NETWORK);
    }
}

/// LIFE-04: nothing but the client's exit, a restart or a moved clock concerns a final job.
#[test]
fn an_event_that_is_ignored_leaves_the_job_as_it_was() {
    for state in [Acknowledged, Cancelled] {
        for input in Input::examples() {
            let Input::Event(event) = input else { continue };
            let mut job = download_in(state);
            if job.clone().handle(event.clone(), at(1)).was_ignored() {
                ignored(&mut job, event, at(1));
            }
            assert_eq!(job.state(), state);
        }
    }
}

/// NET-12
#[test]
fn an_attempt_without_the_lost_token_fails() {
    for gone in [Event::OwnerLoggedOff, Event::Computer(ComputerEvent::ServiceRestarted)] {
        let mut job = download_in(Queued);
        with_token(&mut job);
        event(&mut job, gone, start());
        let _ = job.handle(Event::OwnerLoggedOn, start());
        let _ = job.call(Call::Resume, start());
        let picked = job.handle(Event::Picked, start());
        assert_eq!(picked.entered.iter().collect::<Vec<_>>(), [Connecting, JobState::Error]);
        assert_eq!(get_error(&job), HResult::BG_E_TOKEN_REQUIRED);

        // The client sets the token again, or clears the flags, and resumes.
        for cure in [Call::SetHelperToken, Call::SetHelperTokenFlags(HelperTokenFlags::empty())] {
            let mut job = job.clone();
            call(&mut job, cure, start());
            call(&mut job, Call::Resume, start());
            event(&mut job, Event::Picked, start());
            assert_eq!(job.state(), Connecting);
        }
    }
}
