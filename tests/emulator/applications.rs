//! The applications of a job, and with whose exit its error object goes (ERR-07).

use std::sync::{Arc, Mutex};

use bits_emulator::readings::{ClientExit, Readings};
use bits_emulator::{
    Callback, CertificateCallback, Emulator, Error, HResult, Job, JobError, JobId, JobState,
    JobType, Session, User,
};

use crate::support::{PATH, URL, download, resumed_download};

const NOT_FOUND: HResult = HResult::BG_E_HTTP_ERROR_404;
const NONE: HResult = HResult::BG_E_ERROR_INFORMATION_UNAVAILABLE;

/// An emulator whose server has no files, for each answer to whether an exit drops the error object.
fn emulators() -> [(Emulator, ClientExit); 2] {
    [ClientExit::Drop, ClientExit::Keep].map(|client_exit| {
        let readings = Readings { client_exit, ..Readings::documented() };
        let emulator = Emulator::with_readings(readings);
        emulator.server("https://example.com");
        (emulator, client_exit)
    })
}

/// What is there after the last application exited.
fn left(reading: ClientExit) -> HResult {
    if reading == ClientExit::Keep { NOT_FOUND } else { NONE }
}

fn alice(emulator: &Emulator) -> Session {
    emulator.connect(User::new("alice"))
}

fn fail(emulator: &Emulator) {
    assert!(emulator.run_until_idle().is_at_rest());
}

/// What `GetError` yields to a process that looks and goes.
fn looked_up(emulator: &Emulator, id: JobId) -> Result<HResult, Error> {
    let tool = emulator.connect(User::new("root").administrator());
    let code = code(&tool.job(id)?);
    tool.kill();
    Ok(code)
}

fn code(job: &Job) -> HResult {
    job.error().map_or_else(|refusal| refusal.code(), |error| error.code())
}

/// What was told, and what `GetError` yielded in the call.
#[derive(Default)]
struct Told(Mutex<Vec<(HResult, HResult)>>);

impl Callback for Told {
    fn job_error(&self, job: &Job, error: &JobError) -> HResult {
        self.0.lock().unwrap().push((error.code(), code(job)));
        HResult::S_OK
    }
}

struct Trusting;

impl CertificateCallback for Trusting {
    fn validate_server_certificate(&self, _: &Job, _: &str, _: &[u8]) -> HResult {
        HResult::S_OK
    }
}

/// A way in which a process becomes an application of a job that another created.
type Entry = fn(&Job) -> Result<(), Error>;

const ENTRIES: [Entry; 4] = [
    |job| job.set_notify_interface(Told::default()),
    |job| {
        job.set_notify_interface(Told::default())?;
        job.set_notify_interface(None)
    },
    |job| job.set_server_certificate_validation_interface(Trusting),
    Job::take_ownership,
];

/// ERR-07: the exit of a helper takes nothing from the creator, and the last application that exits takes
/// the error object along, whichever it is.
#[test]
fn the_error_object_goes_with_the_last_application() -> Result<(), Error> {
    for enter in ENTRIES {
        for creator_first in [false, true] {
            for (emulator, reading) in emulators() {
                let creator = alice(&emulator);
                let job = download(&creator)?;
                let id = job.id();
                let helper = emulator.connect(User::new("bob").administrator());
                enter(&helper.job(id)?)?;
                job.resume()?;
                fail(&emulator);
                let (first, last) =
                    if creator_first { (creator, helper) } else { (helper, creator) };
                first.kill();
                assert_eq!(looked_up(&emulator, id)?, NOT_FOUND);
                last.kill();
                assert_eq!(looked_up(&emulator, id)?, left(reading));
            }
        }
    }
    Ok(())
}

/// ERR-07: a helper that registers a callback and exits takes nothing from the creator, which reads the
/// error through its own handle.
#[test]
fn a_helper_that_exits_leaves_the_error_object_to_the_creator() -> Result<(), Error> {
    for (emulator, _) in emulators() {
        let creator = alice(&emulator);
        let job = resumed_download(&creator)?;
        let helper = alice(&emulator);
        let told = Arc::new(Told::default());
        helper.job(job.id())?.set_notify_interface(told.clone())?;
        fail(&emulator);
        assert_eq!(*told.0.lock().unwrap(), [(NOT_FOUND, NOT_FOUND)]);
        helper.kill();
        assert_eq!(code(&job), NOT_FOUND);
        // NOTIFY-18
        assert!(job.notify_interface()?.is_none());
    }
    Ok(())
}

/// ERR-07: three tools, as three commands of bitsadmin, create a job, add its file and resume it; two more
/// read its error, one after the other.
#[test]
fn tools_that_come_and_go_read_the_error() -> Result<(), Error> {
    for (emulator, _) in emulators() {
        let tool = alice(&emulator);
        let id = tool.create_job("update", JobType::Download)?.id();
        tool.kill();
        let steps: [Entry; 2] = [|job| job.add_file(URL, PATH), Job::resume];
        for step in steps {
            let tool = alice(&emulator);
            step(&tool.job(id)?)?;
            tool.kill();
        }
        fail(&emulator);
        assert_eq!(looked_up(&emulator, id)?, NOT_FOUND);
        assert_eq!(looked_up(&emulator, id)?, NOT_FOUND);
    }
    Ok(())
}

/// ERR-07: who only looks at a job, lists it or changes it is no application: its exit takes nothing, and
/// its life keeps nothing.
#[test]
fn a_tool_neither_takes_the_error_object_nor_keeps_it() -> Result<(), Error> {
    type Look = fn(&Session, JobId) -> Result<Job, Error>;
    let looks: [Look; 3] = [
        |session, id| session.job(id),
        |session, _| Ok(session.jobs()?.next().unwrap()),
        |session, id| {
            let job = session.job(id)?;
            job.set_display_name("renamed")?;
            Ok(job)
        },
    ];
    for look in looks {
        for (emulator, reading) in emulators() {
            let creator = alice(&emulator);
            let id = resumed_download(&creator)?.id();
            fail(&emulator);
            let (goes, stays) = (alice(&emulator), alice(&emulator));
            assert_eq!(code(&look(&goes, id)?), NOT_FOUND);
            let job = look(&stays, id)?;
            goes.kill();
            assert_eq!(code(&job), NOT_FOUND);
            creator.kill();
            assert_eq!(code(&job), left(reading));
        }
    }
    Ok(())
}

/// ERR-07: a job without applications when its error arose loses it with one that entered later.
#[test]
fn an_application_that_enters_later_takes_the_error_object_along() -> Result<(), Error> {
    for (emulator, reading) in emulators() {
        let creator = alice(&emulator);
        let id = resumed_download(&creator)?.id();
        creator.kill();
        fail(&emulator);
        let monitor = alice(&emulator);
        let (job, adopter) = (monitor.job(id)?, alice(&emulator));
        assert_eq!(code(&job), NOT_FOUND);
        adopter.job(id)?.set_notify_interface(Told::default())?;
        assert_eq!(code(&job), NOT_FOUND);
        adopter.kill();
        assert_eq!(code(&job), left(reading));
    }
    Ok(())
}

/// NOTIFY-05, NOTIFY-14, INV-09: who adopts a job in ERROR is told why, and `GetError` has it again from
/// then on.
#[test]
fn job_error_brings_the_error_object_back() -> Result<(), Error> {
    for (emulator, reading) in emulators() {
        let creator = alice(&emulator);
        let id = resumed_download(&creator)?.id();
        fail(&emulator);
        creator.kill();
        let adopter = alice(&emulator);
        let job = adopter.job(id)?;
        assert_eq!(code(&job), left(reading));
        let told = Arc::new(Told::default());
        job.set_notify_interface(told.clone())?;
        assert!(emulator.run_until_idle().is_at_rest());
        assert_eq!(*told.0.lock().unwrap(), [(NOT_FOUND, NOT_FOUND)]);
        assert_eq!((job.state()?, code(&job)), (JobState::Error, NOT_FOUND));
    }
    Ok(())
}

/// ERR-07: a reboot ends every process, a logoff none.
#[test]
fn a_reboot_drops_the_error_object_and_a_logoff_does_not() -> Result<(), Error> {
    for (emulator, reading) in emulators() {
        let job = resumed_download(&alice(&emulator))?;
        fail(&emulator);
        emulator.log_off("alice");
        assert_eq!(code(&job), NOT_FOUND);
        emulator.reboot();
        assert_eq!(looked_up(&emulator, job.id())?, left(reading));
    }
    Ok(())
}

/// ERR-07: what a process holds is dead with it, the error that it read included, under both answers.
#[test]
fn what_a_killed_process_held_is_dead() -> Result<(), Error> {
    for (emulator, _) in emulators() {
        let session = alice(&emulator);
        let job = resumed_download(&session)?;
        fail(&emulator);
        let error = job.error()?;
        let file = job.error_file(&error)?;
        session.kill();
        let dead = HResult::RPC_E_DISCONNECTED;
        assert_eq!(code(&job), dead);
        assert_eq!(job.error_file(&error).unwrap_err().code(), dead);
        assert_eq!(file.remote_name().unwrap_err().code(), dead);
    }
    Ok(())
}
