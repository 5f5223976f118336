//! The panics of programs: they are kept for the report, and not printed for each run. What ends the process is told
//! before.

use std::cell::RefCell;
use std::io::Write;
use std::panic::PanicHookInfo;
use std::sync::{Arc, Once};

use super::execution::Execution;

/// What the runtime panics with when a panic leaves a destructor that runs because of another one. It ends the
/// process.
const IN_A_DESTRUCTOR: &str = "panic in a destructor during cleanup";

/// A program that runs.
struct Running {
    execution: Arc<Execution>,
    /// Its last panic: where and why.
    last: String,
}

thread_local! {
    /// The program that runs on this thread, if one does.
    static RUNNING: RefCell<Option<Running>> = const { RefCell::new(None) };
}

/// Runs a program whose panics are not printed, but kept for the report.
pub(super) fn keep_panics<T>(execution: &Arc<Execution>, run: impl FnOnce() -> T) -> T {
    RUNNING.set(Some(Running { execution: Arc::clone(execution), last: String::new() }));
    let done = run();
    RUNNING.set(None);
    done
}

/// Has panics of programs kept from now on, in the whole process.
pub(super) fn silence_programs() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !is_kept(panic) {
                before(panic);
            }
        }));
    });
}

/// Whether the panic is that of a program.
fn is_kept(panic: &PanicHookInfo<'_>) -> bool {
    let mut doomed = None;
    let is_kept = RUNNING.try_with(|running| {
        let mut running = running.borrow_mut();
        let running = running.as_mut()?;
        if panic.payload().downcast_ref::<&str>() == Some(&IN_A_DESTRUCTOR) {
            let decisions = running.execution.decisions_by_now();
            doomed = Some(last_words(&running.last, &decisions));
        } else {
            running.last = panic.to_string();
        }
        Some(())
    });
    if let Some(words) = doomed {
        // What a test prints is captured, and lost if the process ends.
        let _ = writeln!(std::io::stderr(), "{words}");
    }
    matches!(is_kept, Ok(Some(())))
}

/// What is told of a program whose destructor ends the process.
fn last_words(panic: &str, decisions: &str) -> String {
    format!(
        "a destructor of the program panics while the program is unwound, which ends the process: {panic}\n\
         The decisions of the run: \"{decisions}\". Make it in a debugger: .replay(\"{decisions}\"), or \
         BITS_EXPLORE_REPLAY={decisions}. After a kill every call fails, and a destructor has to bear it"
    )
}
