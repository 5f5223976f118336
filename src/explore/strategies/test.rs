//! A program as a case of a property test.

use proptest::test_runner::TestCaseError;

use crate::explore::Program;

impl Program {
    /// Runs the program within its bound, and returns an error with the counterexample and its scenario if a promise
    /// is broken: for the cases of a property test, see [`strategies`](crate::explore::strategies).
    ///
    /// # Errors
    ///
    /// If a promise is broken.
    ///
    /// # Panics
    ///
    /// As [`explore`](Self::explore).
    #[track_caller]
    pub fn test(self) -> Result<(), TestCaseError> {
        match self.explore().counterexample {
            Some(found) => {
                let scenario = found.scenario();
                let told = found.told();
                Err(TestCaseError::fail(format!("{told}\nAs a scenario:\n\n{scenario}")))
            }
            None => Ok(()),
        }
    }
}
