//! What is printed when the last handle of an emulator is dropped.

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
