//! An emulator of the Windows Background Intelligent Transfer Service.
#![forbid(unsafe_code)]
#![warn(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod machine;
#[cfg(feature = "scenario")]
pub mod scenario;
mod vocabulary;

pub use machine::*;
pub use vocabulary::*;
