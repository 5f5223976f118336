//! The program of a job fails, and what happens meanwhile.

use crate::client::*;
use crate::common::*;
use bits_emulator::machine::{Call, CallbackInterface, ComputerEvent, Deadline, Event, Recipient};
use bits_emulator::{HResult, JobState, Notification};
use chrono::TimeDelta;

use Notification::{JobError, JobTransferred};
use Recipient::{Callback, CommandLine};
/// NOTIFY-27, TIME-26: a program that exits with another code than 0 runs again after the job's
/// minimum retry delay, as often as needed; with 0 it is done.
#[test]
fn a_failed_program_runs_again_after_the_retry_delay() {
    for (delay, seconds) in [(None, 600), (Some(5), 5), (Some(60), 60)] {
        for (state, told) in [(Transferred, JobTransferred), (JobState::Error, JobError)] {
            let mut job = job_with_line(state, false);
            if let Some(delay) = delay {
                call(&mut job, Call::SetMinimumRetryDelay(delay), start());
            }
            let mut now = start();
            for exit_code in [1, u32::MAX] {
                runs(&mut job, told, exit_code, now);
                now += TimeDelta::seconds(seconds);
                repeats_at(&mut job, now, (told, CommandLine));
            }
            runs(&mut job, told, 0, now);
            nothing_more_is_due(&mut job);
        }
    }
}

/// NOTIFY-27, NOTIFY-20: callback and program both fail. The program runs again after the delay, the
/// callback is not called again.
#[test]
fn both_fail() {
    let mut job = job_with_line(Transferred, true);
    fails(&mut job, JobTransferred, start());
    runs(&mut job, JobTransferred, 1, at(20));
    repeats_at(&mut job, at(620), (JobTransferred, CommandLine));
}

/// NOTIFY-27, NOTIFY-21: a program that completed, cancelled or resumed the job does not run again,
/// whatever it exits with.
#[test]
fn a_program_that_dealt_with_the_job_is_done() {
    for (state, told, inside, left_in) in [
        (Transferred, JobTransferred, complete(), Acknowledged),
        (Transferred, JobTransferred, cancel(), Cancelled),
        (JobState::Error, JobError, complete(), Acknowledged),
        (JobState::Error, JobError, cancel(), Cancelled),
        (JobState::Error, JobError, Call::Resume, Queued),
    ] {
        let mut during = job_with_line(state, false);
        begins(&mut during, told, start());
        call(&mut during, inside.clone(), start());
        let _ = during.handle(Event::ProgramExited(1), start());

        let mut afterwards = job_with_line(state, false);
        runs(&mut afterwards, told, 1, start());
        call(&mut afterwards, inside.clone(), start());
        for mut job in [during, afterwards] {
            assert_eq!(job.state(), left_in);
            assert_eq!(job.deadline(Deadline::NotificationRepeat), None, "{inside:?}");
            nothing_more_is_due(&mut job);
        }
    }
}

/// NOTIFY-22: a second failure is told from the beginning, to the callback first.
#[test]
fn the_next_failure_begins_with_the_callback() {
    for ends_late in [false, true] {
        let mut job = job_with_line(JobState::Error, true);
        fails(&mut job, JobError, start());
        begins(&mut job, JobError, start());
        if ends_late {
            bring_to(&mut job, JobState::Error, start());
            assert_eq!(due_by(&job), [], "the program still runs");
            event(&mut job, Event::ProgramExited(1), start());
        } else {
            event(&mut job, Event::ProgramExited(1), start());
            bring_to(&mut job, JobState::Error, start());
        }
        assert_eq!(due_by(&job), [(JobError, Callback)]);
    }
}

/// NOTIFY-20, TIME-26: the command line is removed while it is its turn. The callback that failed is
/// called again, after the retry delay.
#[test]
fn a_removed_command_line_gives_the_turn_back() {
    let mut before_it_ran = job_with_line(Transferred, true);
    fails(&mut before_it_ran, JobTransferred, start());
    call(&mut before_it_ran, remove_line(), start());

    let mut after_it_failed = job_with_line(Transferred, true);
    fails(&mut after_it_failed, JobTransferred, start());
    runs(&mut after_it_failed, JobTransferred, 1, start());
    call(&mut after_it_failed, remove_line(), start());

    for mut job in [before_it_ran, after_it_failed] {
        run_deadlines(&mut job, at(600) - tick());
        assert_eq!(due_by(&job), []);
        run_deadlines(&mut job, at(600));
        assert_eq!(due_by(&job), [(JobTransferred, Callback)]);
    }
}

/// TIME-26, NOTIFY-27: to take the callback away does not shorten the delay of the program.
#[test]
fn null_does_not_shorten_the_delay() {
    let mut job = job_with_line(Transferred, true);
    fails(&mut job, JobTransferred, start());
    runs(&mut job, JobTransferred, 1, start());
    call(&mut job, Call::SetNotifyInterface(None), at(10));
    repeats_at(&mut job, at(600), (JobTransferred, CommandLine));
}

/// NOTIFY-27, NET-13: program and delay outlive the end of the client, and a restart, which reads the
/// wall clock anew. A program that ran then runs again.
#[test]
fn the_program_outlives_client_and_service() {
    let mut job = job_with_line(Transferred, false);
    runs(&mut job, JobTransferred, 1, start());
    event(&mut job, Event::ClientExited, at(100));
    event(&mut job, ComputerEvent::ServiceRestarted, at(200));
    assert_eq!(job.notify_cmd_line(), (PROGRAM, ""));
    event(&mut job, ComputerEvent::ClockChanged(TimeDelta::seconds(300)), at(200));
    assert_eq!(job.deadline(Deadline::NotificationRepeat), Some(at(600)));
    event(&mut job, ComputerEvent::ServiceRestarted, at(250));
    repeats_at(&mut job, at(300), (JobTransferred, CommandLine));

    begins(&mut job, JobTransferred, at(300));
    event(&mut job, Event::ClientExited, at(310));
    assert_eq!(due_by(&job), [], "the end of the client is not the end of the program");
    event(&mut job, ComputerEvent::ServiceRestarted, at(320));
    assert_eq!(due_by(&job), [(JobTransferred, CommandLine)]);
}

/// NOTIFY-14, INV-18: a client registers while the program runs, or after it was content: the program
/// may well be that client. It is told at once, or when the program ends.
#[test]
fn a_client_registers_after_the_program() {
    for exit_code in [0, 1] {
        let mut job = job_with_line(Transferred, false);
        begins(&mut job, JobTransferred, start());
        register(&mut job, Some(CallbackInterface::Callback2));
        event(&mut job, Event::ProgramExited(exit_code), start());
        run_deadlines(&mut job, at(600));
        assert_eq!(due_by(&job), [(JobTransferred, Callback)], "exit code {exit_code}");
        answers(&mut job, JobTransferred, HResult::S_OK, at(600));
        nothing_more_is_due(&mut job);
    }
    let mut job = job_with_line(Transferred, false);
    runs(&mut job, JobTransferred, 0, start());
    register(&mut job, Some(CallbackInterface::Callback2));
    assert_eq!(due_by(&job), [(JobTransferred, Callback)]);
}

/// NOTIFY-14: a client registers while the failed program waits for its next run.
#[test]
fn a_client_registers_while_the_program_waits() {
    let mut job = job_with_line(JobState::Error, false);
    runs(&mut job, JobError, 1, start());
    register(&mut job, Some(CallbackInterface::Callback2));
    assert_eq!(due_by(&job), [(JobError, Callback)]);
    answers(&mut job, JobError, HResult::S_OK, start());
    nothing_more_is_due(&mut job);
}

/// NOTIFY-27, TIME-26: a client registers while the program runs, or after it, and ends before it is
/// told. The program's own answer still counts.
#[test]
fn the_program_keeps_its_answer() {
    for ends_first in [false, true] {
        let mut failed = job_with_line(Transferred, false);
        begins(&mut failed, JobTransferred, start());
        register(&mut failed, Some(CallbackInterface::Callback2));
        if ends_first {
            event(&mut failed, Event::ClientExited, start());
        }
        event(&mut failed, Event::ProgramExited(1), start());
        event(&mut failed, Event::ClientExited, start());
        repeats_at(&mut failed, at(600), (JobTransferred, CommandLine));
    }
    let mut content = job_with_line(Transferred, false);
    runs(&mut content, JobTransferred, 0, start());
    register(&mut content, Some(CallbackInterface::Callback2));
    event(&mut content, Event::ClientExited, start());
    nothing_more_is_due(&mut content);
}
