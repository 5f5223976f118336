//! What is printed when the last handle of an emulator is dropped.

use super::unmet::Unmet;
use crate::emulator::handles::emulator::Emulator;
use crate::emulator::handles::shared::expectation_failure;

/// What is printed to standard error when the last handle of an emulator is dropped. Test harnesses show it for
/// tests that fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum DropReport {
    /// Nothing.
    Nothing,
    /// In a thread that panics, the [`FailureReport`](crate::trace::FailureReport).
    Panics,
    /// By default: the same; also if the thread does not panic and the last call of a client was refused, as
    /// when a test returns its error by `?`; and otherwise the faults and hooks that were never met.
    #[default]
    Everything,
}

/// What is told at the end of a test.
impl Emulator {
    /// Sets what is printed when the last handle is dropped. A [fork](Self::fork) prints nothing.
    ///
    /// In a thread that panics the handle that [`new`](Self::new) returned is enough: callbacks may hold
    /// handles, which would keep the last one from being dropped.
    ///
    /// ```
    /// use bits_emulator::Emulator;
    /// use bits_emulator::trace::DropReport;
    ///
    /// let emulator = Emulator::new();
    /// emulator.server("https://example.com").file("/app.exe", 1_000).fails(503);
    /// emulator.set_drop_report(DropReport::Nothing); // not even that nobody met the fault
    /// ```
    pub fn set_drop_report(&self, report: DropReport) {
        self.lock().state.drop_report = report;
    }

    /// Returns the faults and hooks that were never met, and those that are
    /// [expected](crate::Fault::expect_met) to be met and were not as often as they say.
    ///
    /// ```
    /// use bits_emulator::{Emulator, Fault};
    ///
    /// let emulator = Emulator::new();
    /// emulator.server("https://example.com").file("/app.exe", 1_000).fails(Fault::http(503).times(2));
    /// assert_eq!(
    ///     emulator.unmet()[0].to_string(),
    ///     "fault BG_E_HTTP_ERROR_503 (0x801901F7) of https://example.com/app.exe was never met"
    /// );
    /// ```
    #[must_use]
    pub fn unmet(&self) -> Vec<Unmet> {
        self.lock().state.unmet()
    }

    /// Expects that all faults and hooks were met that say so ([`Fault::expect_met`](crate::Fault::expect_met),
    /// [`Hook::expect_met`](crate::Hook::expect_met)), as the drop of the last handle does.
    ///
    /// # Panics
    ///
    /// If one was not.
    #[track_caller]
    #[allow(clippy::panic, reason = "a test that fails panics")]
    pub fn expect_all_met(&self) {
        if let Some(failure) = expectation_failure(&self.unmet()) {
            panic!("{failure}");
        }
    }
}
