//! Progress: the line that a long exploration prints now and then.

use std::fmt;
use std::io::Write;
use std::time::Duration;

/// How long an exploration takes before it prints anything, and how long it then prints nothing.
const INTERVAL: Duration = Duration::from_secs(5);

/// Prints how far an exploration has come, from time to time.
#[derive(Debug)]
pub(super) struct Progress {
    next: Duration,
}

impl Progress {
    pub(super) const fn new() -> Self {
        Self { next: INTERVAL }
    }

    /// Prints a line on standard error if it is time for one.
    pub(super) fn report<'exploration>(
        &mut self,
        elapsed: Duration,
        line: impl FnOnce() -> Line<'exploration>,
    ) {
        if self.is_due(elapsed) {
            // Tests capture what `eprintln!` prints. A closed standard error is no reason to fail.
            let _ = writeln!(std::io::stderr(), "{}", line());
        }
    }

    fn is_due(&mut self, elapsed: Duration) -> bool {
        let is_due = elapsed >= self.next;
        if is_due {
            self.next = elapsed.saturating_add(INTERVAL);
        }
        is_due
    }
}

/// How far an exploration has come.
#[derive(Debug)]
pub(super) struct Line<'exploration> {
    pub(super) name: &'exploration str,
    pub(super) elapsed: Duration,
    pub(super) runs: u64,
    /// Where it is.
    pub(super) at: String,
    pub(super) waiting: usize,
    pub(super) futures: usize,
}

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, elapsed, runs, at, waiting, futures } = self;
        let rate = u128::from(*runs).saturating_mul(1_000) / elapsed.as_millis().max(1);
        let seconds = elapsed.as_secs();
        write!(f, "{name}: {runs} runs in {seconds} s, {rate} a second, {at}; ")?;
        write!(f, "{waiting} runs wait, {futures} futures kept")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nothing is printed for a short exploration, and little for a long one.
    #[test]
    fn lines_are_rare() {
        let mut progress = Progress::new();
        let mut due = |seconds| progress.is_due(Duration::from_secs(seconds));
        let printed: Vec<u64> = (0..=30).filter(|second| due(*second)).collect();
        assert_eq!(printed, [5, 10, 15, 20, 25, 30]);
        // A batch that took long is followed by one line, not by those that it missed.
        assert!(due(100) && !due(101) && !due(104) && due(105));
    }

    #[test]
    fn a_line_says_how_fast_it_goes() {
        let line = Line {
            name: "tests/updater.rs:7",
            elapsed: Duration::from_millis(5_250),
            runs: 10_500,
            at: "1 fault and 1 deviation".to_owned(),
            waiting: 12,
            futures: 345,
        };
        let text = "tests/updater.rs:7: 10500 runs in 5 s, 2000 a second, 1 fault and 1 deviation; \
                    12 runs wait, 345 futures kept";
        assert_eq!(line.to_string(), text);
    }
}
