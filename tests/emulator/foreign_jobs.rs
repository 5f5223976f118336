//! An emulator does not take the handle of a job of another for its own: both may have the same id.

use std::panic::{AssertUnwindSafe, catch_unwind};

use bits_emulator::machine::Event;
use bits_emulator::{Clock, Emulator, Error, HResult, Job, JobState, JobType};

fn job(emulator: &Emulator) -> Result<Job, Error> {
    emulator.connect("alice").create_job("update", JobType::Download)
}

/// The handles of another emulator and of a fork, whose jobs have the ids of the emulator's own.
fn foreign() -> Result<(Emulator, Job, [Job; 2]), Error> {
    let (emulator, other) = (Emulator::new(), Emulator::new());
    let own = job(&emulator)?;
    let foreign = [job(&other)?, own.counterpart(&emulator.fork())];
    assert!(foreign.iter().all(|job| job.id() == own.id()));
    Ok((emulator, own, foreign))
}

#[test]
fn a_foreign_handle_is_an_error() -> Result<(), Error> {
    let (emulator, own, foreign) = foreign()?;
    for job in &foreign {
        let errors = [
            emulator.explain(job).unwrap_err(),
            emulator.bitsadmin_info(job).unwrap_err(),
            emulator.run_until(job, JobState::Suspended).unwrap_err().explanation().unwrap_err(),
        ];
        for error in errors {
            assert_eq!(error.code(), HResult::BG_E_NOT_FOUND);
            assert!(error.to_string().contains("of another emulator"), "{error}");
        }
    }
    assert!(emulator.explain(&own).is_ok() && emulator.explain(own.id()).is_ok());
    assert!(emulator.bitsadmin_info(&own).is_ok() && emulator.bitsadmin_info(own.id()).is_ok());
    Ok(())
}

#[test]
fn methods_without_a_result_panic() -> Result<(), Error> {
    let (emulator, own, foreign) = foreign()?;
    type Asks<'a> = Box<dyn Fn(&Job) + 'a>;
    let asks: [Asks<'_>; 3] = [
        Box::new(|job| {
            emulator.inject(job, Event::Picked);
        }),
        Box::new(|job| {
            let _ = emulator.step_forward(job);
        }),
        Box::new(|job| emulator.set_clock_of(job, Clock::UntilRest)),
    ];
    for ask in &asks {
        ask(&own);
        for job in &foreign {
            let panic = catch_unwind(AssertUnwindSafe(|| ask(job))).unwrap_err();
            let text = panic.downcast_ref::<String>().unwrap();
            assert!(text.contains("of another emulator"), "{text}");
        }
    }
    Ok(())
}
