//! What is simulated are the interesting instants of a transfer, not its bytes: a long download takes no
//! more steps than a short one.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bits_emulator::server::Content;
use bits_emulator::service::Chooser;
use bits_emulator::trace::NextStep;
use bits_emulator::{Completion, Emulator, Error, Fault, HResult, JobState, JobType, User};

const GIB: u64 = 1 << 30;

/// Takes what comes first, and counts.
#[derive(Clone, Default)]
struct Counting(Arc<AtomicUsize>);

impl Chooser<NextStep> for Counting {
    fn choose(&mut self, first: NextStep, _: &mut dyn Iterator<Item = NextStep>) -> NextStep {
        self.0.fetch_add(1, Ordering::Relaxed);
        first
    }
}

/// A download of that size, at 1 MiB a second, with a connection that breaks after so many bytes.
fn steps_of(size: u64, breaks: &[u64]) -> Result<usize, Error> {
    let (emulator, steps) = (Emulator::new(), Counting::default());
    emulator.set_chooser(steps.clone());
    let file = emulator.server("https://example.com").file("/image.iso", Content::sized(size));
    for bytes in breaks {
        file.fails(Fault::code(HResult::ERROR_INTERNET_CONNECTION_RESET).after(*bytes));
    }
    let job = emulator.connect(User::new("alice")).create_job("image", JobType::Download)?;
    job.add_file("https://example.com/image.iso", r"C:\image.iso")?;
    job.resume()?;
    let begin = emulator.now();
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(job.state()?, JobState::Transferred);
    assert_eq!(job.progress()?.bytes_transferred, size);
    let seconds = Duration::from_secs(size >> 20);
    assert!((emulator.now() - begin).to_std().is_ok_and(|took| took >= seconds), "time passed");
    assert_eq!(job.complete()?, Completion::All);
    Ok(steps.0.load(Ordering::Relaxed))
}

#[test]
fn a_download_of_4_gib_takes_as_few_steps_as_a_short_one() -> Result<(), Error> {
    let steps = steps_of(4 * GIB, &[])?;
    assert!((1..=50).contains(&steps), "{steps} steps");
    assert_eq!(steps, steps_of(1 << 20, &[])?);
    Ok(())
}

#[test]
fn so_it_does_with_a_connection_that_breaks() -> Result<(), Error> {
    let steps = steps_of(4 * GIB, &[GIB, 2 * GIB, 3 * GIB])?;
    assert!((1..=50).contains(&steps), "{steps} steps");
    Ok(())
}
