//! Late callbacks: they come after what the program does meanwhile, in their order, and at last.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bits_emulator::explore::{self, Life, Monitors};
use bits_emulator::{Error, Job, JobState, JobType, Notification, NotifyFlags, Session};

use crate::clients::callbacks::{FILES, closes_its_window, waits_for_a_lost_callback};
use crate::clients::{PATH, POLL, URL, one_file};

/// A callback that comes after Complete is told as one that is late, and found in no other way.
#[test]
fn a_callback_comes_after_complete() {
    let explored = || explore::program(closes_its_window).world(one_file).wants(URL, PATH);
    let found = explored().bound(0, 1).explore().counterexample.expect("the window is closed");
    let (_, late) = found.decisions().split_once(':').expect("one decision");
    assert_eq!(late, "l2", "{found}");
    let text = found.to_string();
    for line in [
        "* before the callback JobTransferred, it is late: 2 calls or changes come first\n",
        "    Complete: TRANSFERRED -> ACKNOWLEDGED",
        "    is called: JobTransferred\n",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    assert!(explored().replay(found.decisions()).counterexample.is_some());
}

/// Completes its job by polls, and polls on for a while. It returns what it was told, and when.
fn tells_what_it_is_told(life: &Life) -> Result<(), String> {
    let told = fetches_two_files(life.session()).map_err(|error| error.to_string())?;
    Err(told.join(", "))
}

fn fetches_two_files(session: &Session) -> Result<Vec<String>, Error> {
    let job = session.create_job("update", JobType::Download)?;
    let told = Arc::new(Mutex::new(Vec::new()));
    let tells = Arc::clone(&told);
    job.set_notify_flags(NotifyFlags::FILE_TRANSFERRED | NotifyFlags::JOB_TRANSFERRED)?;
    job.set_notify_interface(move |_: Job, notification: Notification| {
        tells.lock().unwrap().push(match notification {
            Notification::FileTransferred(file) => file.to_string(),
            other => other.to_string(),
        });
    })?;
    for (url, path) in FILES {
        job.add_file(url, path)?;
    }
    job.resume()?;
    while job.state()? != JobState::Transferred {
        session.sleep(POLL);
    }
    let _ = job.complete()?;
    told.lock().unwrap().push("Complete".to_owned());
    // A callback that has not begun by then never comes.
    for _ in 0..6 {
        let _ = job.state()?;
    }
    let told = std::mem::take(&mut *told.lock().unwrap());
    Ok(told)
}

/// The callbacks of a job come in their order, however late the first of them is, before Complete and after it.
#[test]
fn late_callbacks_keep_their_order() {
    let verdict = explore::program(tells_what_it_is_told)
        .world(|emulator| {
            let server = emulator.server("https://example.com");
            server.file("/app.exe", 10 << 20);
            server.file("/app.dll", 10 << 20);
        })
        .bound(0, 2)
        .monitors(Monitors::default())
        .explore();
    assert!(verdict.is_exhausted() && verdict.counterexample.is_none(), "{verdict}");
    let outcomes: Vec<&str> = verdict.reached.outcomes.keys().map(String::as_str).collect();
    for late in [
        "Complete, file 1",
        "file 1, Complete, file 2",
        "file 1, file 2, Complete, JobTransferred",
        "file 1, file 2, JobTransferred, Complete",
    ] {
        assert!(outcomes.contains(&late), "{late} is not in {outcomes:?}");
    }
    for told in outcomes {
        let told: Vec<&str> = told.split(", ").filter(|told| *told != "Complete").collect();
        assert!(["file 1", "file 2", "JobTransferred"].starts_with(&told), "{told:?}");
    }
}

/// A program that only waits for its callback is called at last: nothing holds it back for ever.
#[test]
fn late_callbacks_come_at_last() {
    let program = explore::program(waits_for_a_lost_callback).world(one_file).wants(URL, PATH);
    let verdict = program.bound(0, 2).within(Duration::from_secs(86_400)).check();
    assert!(verdict.is_exhausted(), "{verdict}");
}
