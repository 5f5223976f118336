//! The program that a job starts when it is transferred or failed.

use std::sync::Arc;

use crate::client::*;
use crate::common::*;
use bits_emulator::accounts::{Sid, Token};
use bits_emulator::machine::{
    Call, CallbackInterface, ComputerEvent, Event, FileAccess, Recipient,
};
use bits_emulator::settings::JobProperty;
use bits_emulator::{HResult, JobState, JobType, Notification, NotifyFlags};

use Notification::{FileTransferred, JobError, JobModification, JobTransferred};
use Recipient::{ComClass, CommandLine};

fn text(length: usize) -> Option<Arc<str>> {
    Some(format!(r"{PROGRAM} {}", "x".repeat(length - PROGRAM.len() - 1)).into())
}

/// NOTIFY-24: a program of at most 260 characters, parameters of at most 4,000.
#[test]
fn lengths_of_a_command_line() {
    let line = |program, parameters| Call::SetNotifyCmdLine { program, parameters };
    let mut job = job_of(ALICE, Suspended);
    for accepted in [line(text(260), None), line(text(260), text(4_000)), line(text(20), text(261))]
    {
        call(&mut job, accepted, start());
    }
    for too_long in [
        line(text(261), None),
        line(text(261), text(4_000)),
        line(text(260), text(4_001)),
        line(text(20), text(4_001)),
    ] {
        let error = refused(&mut job, too_long, start());
        assert_eq!(error.code(), HResult::BG_E_STRING_TOO_LONG);
    }
}

/// NOTIFY-24, PROP-05: lengths count UTF-16 units, of which some characters take two.
#[test]
fn lengths_count_utf_16_units() {
    let parameters = |count: usize| Some("\u{1F4E6}".repeat(count).into());
    let line = |parameters| Call::SetNotifyCmdLine { program: text(20), parameters };
    let mut job = job_of(ALICE, Suspended);
    call(&mut job, line(parameters(2_000)), start());
    let error = refused(&mut job, line(parameters(2_001)), start());
    assert_eq!(error.code(), HResult::BG_E_STRING_TOO_LONG);
}

/// NOTIFY-24, NOTIFY-29: both null remove the command line; parameters alone are refused. The texts
/// are kept as they are: nothing is searched for, no variable is expanded.
#[test]
fn a_command_line_is_kept_as_given() {
    let mut job = job_of(ALICE, Suspended);
    assert_eq!(job.notify_cmd_line(), ("", ""));
    for (program, parameters) in [
        (PROGRAM, Some(r"C:\app\done.exe --job 7")),
        (r"%SystemRoot%\done.exe", Some(r"%SystemRoot%\done.exe %TEMP%")),
        ("done.exe", None),
    ] {
        call(&mut job, Call::set_notify_cmd_line(program, parameters), start());
        assert_eq!(job.notify_cmd_line(), (program, parameters.unwrap_or_default()));
    }
    let alone = Call::SetNotifyCmdLine { program: None, parameters: Some("done.exe".into()) };
    assert_eq!(refused(&mut job, alone, start()).code(), HResult::E_INVALIDARG);
    call(&mut job, remove_line(), start());
    assert_eq!(job.notify_cmd_line(), ("", ""));
    bring_to(&mut job, JobState::Error, start());
    assert_eq!(due_by(&job), []);
}

/// NOTIFY-25: the program runs for the two results, each by its flag, also if it is set after the
/// event.
#[test]
fn the_two_results_start_the_program() {
    for (state, told) in [(Transferred, JobTransferred), (JobState::Error, JobError)] {
        let mut before = job_of(ALICE, Suspended);
        set_line(&mut before);
        bring_to(&mut before, state, start());
        for mut job in [before, job_with_line(state, false)] {
            runs(&mut job, told, 0, start());
            nothing_more_is_due(&mut job);
        }
    }
    for (state, flags) in [
        (Transferred, NotifyFlags::JOB_ERROR),
        (JobState::Error, NotifyFlags::JOB_TRANSFERRED),
        (Transferred, NotifyFlags::all()),
    ] {
        let mut job = job_with_line(state, false);
        call(&mut job, Call::SetNotifyFlags(flags), start());
        assert_eq!(due_by(&job), [], "{state} {flags:?}");
    }
}

/// NOTIFY-25, INV-21: the other flags mean nothing to the program, and what they ask for holds
/// nothing up.
#[test]
fn no_other_event_starts_the_program() {
    let others = NotifyFlags::JOB_MODIFICATION
        | NotifyFlags::FILE_TRANSFERRED
        | NotifyFlags::FILE_RANGES_TRANSFERRED;
    for (flags, told) in [
        (others, vec![]),
        (others | NotifyFlags::JOB_TRANSFERRED, vec![(JobTransferred, CommandLine)]),
    ] {
        let mut job = job_of(ALICE, Suspended);
        set_line(&mut job);
        call(&mut job, Call::SetNotifyFlags(flags), start());
        call(&mut job, Call::SetProperty(JobProperty::OnDemandMode(true)), start());
        call(&mut job, Call::RequestFileRanges(FIRST, [range(0, 100)].into()), start());
        bring_to(&mut job, Transferring, start());
        event(&mut job, Event::SizeKnown(100), start());
        event(&mut job, Event::Progressed(50), start());
        assert_eq!(due_by(&job), []);
        event(&mut job, Event::FileTransferred, start());
        assert_eq!((job.state(), due_by(&job)), (Transferred, told));
    }
}

/// NOTIFY-26, NOTIFY-20: after S_OK of the callback no program runs; after anything else it runs at
/// once, and the callback is not called again.
#[test]
fn the_program_runs_if_the_callback_fails() {
    for (state, told) in [(Transferred, JobTransferred), (JobState::Error, JobError)] {
        for (code, failed) in [(HResult::S_OK, false), (HResult::S_FALSE, true), (FAILURE, true)] {
            let mut job = job_with_line(state, true);
            assert_eq!(due_by(&job), [(told, Recipient::Callback)]);
            answers(&mut job, told, code, start());
            if failed {
                runs(&mut job, told, 0, start());
            }
            nothing_more_is_due(&mut job);
        }
    }
}

/// NOTIFY-05, ERR-07: a program is handed no error, and brings none back that the last application took.
#[test]
fn a_program_brings_no_error_object_back() {
    let mut job = job_with_line(JobState::Error, false);
    event(&mut job, Event::ClientExited, start());
    let gone = HResult::BG_E_ERROR_INFORMATION_UNAVAILABLE;
    assert_eq!(get_error(&job), gone);
    runs(&mut job, JobError, 0, start());
    assert_eq!(get_error(&job), gone);
}

/// NOTIFY-26, INV-21: also not if the command line is set after the callback heard, or the callback
/// became invalid since.
#[test]
fn no_program_runs_for_what_the_callback_heard() {
    for lost in [Event::ClientExited, Event::Computer(ComputerEvent::ServiceRestarted)] {
        let mut job = job_of(ALICE, Transferred);
        register(&mut job, Some(CallbackInterface::Callback2));
        answers(&mut job, JobTransferred, HResult::S_OK, start());
        set_line(&mut job);
        assert_eq!(due_by(&job), []);
        event(&mut job, lost, start());
        nothing_more_is_due(&mut job);
    }
}

/// NOTIFY-26: the program runs if the interface is invalid: removed, or gone with its client before
/// the call, during it, or with a restart.
#[test]
fn the_program_runs_if_the_interface_is_invalid() {
    let mut removed = job_with_line(Transferred, true);
    call(&mut removed, Call::SetNotifyInterface(None), start());
    runs(&mut removed, JobTransferred, 0, start());
    for end in [Event::ClientExited, Event::Computer(ComputerEvent::ServiceRestarted)] {
        for under_way in [false, true] {
            let mut job = job_with_line(Transferred, true);
            if under_way {
                begins(&mut job, JobTransferred, start());
            }
            event(&mut job, end.clone(), start());
            runs(&mut job, JobTransferred, 0, start());
            nothing_more_is_due(&mut job);
        }
    }
}

/// NOTIFY-25, NOTIFY-26: a FileTransferred that the callback does not hear is no cause for the
/// program; of the result the callback is told first.
#[test]
fn a_file_that_is_not_heard_starts_no_program() {
    for state in [Transferring, Transferred, JobState::Error] {
        let mut job = heard_download(2, RESULTS_AND_FILES, Transferring);
        set_line(&mut job);
        event(&mut job, Event::SizeKnown(100), start());
        event(&mut job, Event::FileTransferred, start());
        leave_transferring(&mut job, state, start());
        fails(&mut job, FileTransferred(FIRST), start());
        assert_eq!(due(&job), [], "{state}");
        run_deadlines(&mut job, at(600));
        hears(&mut job, FileTransferred(FIRST), at(600));
        match state {
            Transferred => {
                hears(&mut job, FileTransferred(SECOND), at(600));
                assert_eq!(due_by(&job), [(JobTransferred, Recipient::Callback)]);
            }
            JobState::Error => assert_eq!(due_by(&job), [(JobError, Recipient::Callback)]),
            _ => assert_eq!(due(&job), []),
        }
    }
}

/// NOTIFY-26: a file that the callback did not hear of waits for its repeat; when the client ends,
/// nobody is left to hear of files, and the program runs for the result.
#[test]
fn the_program_does_not_wait_for_files_that_nobody_hears_of() {
    for under_way in [false, true] {
        let mut job = job_of(ALICE, Suspended);
        let flags = NotifyFlags::default() | NotifyFlags::FILE_TRANSFERRED;
        call(&mut job, Call::SetNotifyFlags(flags), start());
        set_line(&mut job);
        register(&mut job, Some(CallbackInterface::Callback2));
        bring_to(&mut job, Transferred, start());
        if under_way {
            begins(&mut job, FileTransferred(FIRST), start());
        } else {
            fails(&mut job, FileTransferred(FIRST), start());
            assert_eq!(due_by(&job), [], "a file is not for the program");
        }
        event(&mut job, Event::ClientExited, start());
        runs(&mut job, JobTransferred, 0, start());
    }
}

/// NOTIFY-23, NOTIFY-26: first the callback, then the class, then the program.
#[test]
fn the_program_runs_if_the_class_fails() {
    for callback in [false, true] {
        let mut job = job_with_line(JobState::Error, callback);
        call(&mut job, Call::SetProperty(JobProperty::NotificationClsid(CLASS)), start());
        if callback {
            event(&mut job, Event::ClientExited, start());
        }
        assert_eq!(due_by(&job), [(JobError, ComClass(CLASS))]);
        let mut heard = job.clone();
        answers(&mut heard, JobError, HResult::S_OK, start());
        nothing_more_is_due(&mut heard);
        fails(&mut job, JobError, start());
        runs(&mut job, JobError, 0, start());
        nothing_more_is_due(&mut job);
    }
}

/// NOTIFY-03, NOTIFY-21: DISABLE stops the program before it runs and before it runs again.
#[test]
fn disable_stops_the_program() {
    let muted = NotifyFlags::default() | NotifyFlags::DISABLE;
    for exit_code in [None, Some(1)] {
        let mut job = job_with_line(Transferred, false);
        if let Some(exit_code) = exit_code {
            runs(&mut job, JobTransferred, exit_code, start());
        }
        call(&mut job, Call::SetNotifyFlags(muted), start());
        nothing_more_is_due(&mut job);
    }
}

/// NOTIFY-28: the program runs as the user who set it.
#[test]
fn the_program_runs_as_who_set_it() {
    let mut job = job_of(ALICE, Transferred);
    let system = Token::service(Sid::LocalSystem);
    for by in [ALICE, ADMINISTRATOR, system] {
        job.call_by(&by, Call::set_notify_cmd_line(PROGRAM, None), start()).unwrap();
        let users: Vec<Sid> = job.due_notifications().map(|due| due.user).collect();
        assert_eq!(users, [by.user]);
    }
}

/// NOTIFY-28, INV-21: for a job of a service account no program runs, whoever set it: what the
/// callback does not hear is repeated to the callback instead.
#[test]
fn no_program_runs_for_a_service() {
    for account in [Sid::LocalSystem, Sid::LocalService, Sid::NetworkService] {
        let mut job = job_of(Token::service(account), JobState::Error);
        set_line(&mut job);
        nothing_more_is_due(&mut job);
        register(&mut job, Some(CallbackInterface::Callback2));
        fails(&mut job, JobError, start());
        assert_eq!(due_by(&job), []);
        run_deadlines(&mut job, at(86_400));
        assert_eq!(due_by(&job), [(JobError, Recipient::Callback)]);
    }
}

/// SEC-07, NOTIFY-30: a new owner gets no command line: not one that is due, that runs, or that is
/// to run again. One that the new owner sets runs as the new owner.
#[test]
fn a_new_owner_has_no_command_line() {
    let take = || Call::TakeOwnership(FileAccess::Granted);
    for phase in ["due", "running", "failed"] {
        let mut job = job_with_line(Transferred, false);
        match phase {
            "running" => begins(&mut job, JobTransferred, start()),
            "failed" => runs(&mut job, JobTransferred, 1, start()),
            _ => {}
        }
        job.call_by(&ADMINISTRATOR, take(), start()).unwrap();
        assert_eq!(job.notify_cmd_line(), ("", ""));
        if phase == "running" {
            event(&mut job, Event::ProgramExited(1), start());
        }
        nothing_more_is_due(&mut job);
        set_line(&mut job);
        run_deadlines(&mut job, at(86_400));
        let due: Vec<_> = job.due_notifications().map(|due| (due.recipient, due.user)).collect();
        assert_eq!(due, [(CommandLine, ADMINISTRATOR.user)], "{phase}");
    }
    let mut job = job_with_line(Transferred, false);
    job.call_by(&Token::service(Sid::LocalSystem), take(), start()).unwrap();
    set_line(&mut job);
    assert_eq!(due_by(&job), [], "NOTIFY-28: it is a service's job now");
}

/// NOTIFY-25: uploads start it as downloads do.
#[test]
fn every_type_of_job_starts_the_program() {
    for job_type in [JobType::Download, JobType::Upload, JobType::UploadReply] {
        let mut job = job_in(job_type, Transferred);
        set_line(&mut job);
        runs(&mut job, JobTransferred, 0, start());
    }
}

/// NOTIFY-13, NOTIFY-25: the program and a modification told to the callback do not wait for each
/// other.
#[test]
fn a_running_program_holds_no_modification_up() {
    let mut job = job_with_line(JobState::Error, true);
    fails(&mut job, JobError, start());
    begins(&mut job, JobError, start());
    let flags = NotifyFlags::default() | NotifyFlags::JOB_MODIFICATION;
    call(&mut job, Call::SetNotifyFlags(flags), start());
    call(&mut job, Call::SetDescription(Some("mended".into())), start());
    assert_eq!(due_by(&job), [(JobModification, Recipient::Callback)]);
}
