//! Model checking of application logic: every interleaving and fault within a bound, on the application's
//! own code.

mod choice;
mod driver;
mod execution;
mod life;
mod monitors;
mod program;
mod report;
mod run;
mod search;
mod situation;
mod world;

pub use choice::{Budget, Incident};
pub use execution::Strategy;
pub use life::{Life, Store};
pub use monitors::{Ending, Monitor, Monitors};
pub use program::{Program, program};
pub use report::{Counterexample, Verdict};
