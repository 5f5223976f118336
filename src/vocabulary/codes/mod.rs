//! The result codes of calls and of failed jobs.

mod advice;
#[cfg(feature = "scenario")]
mod causes;
mod code_info;
pub(super) mod hresult;
mod lookup;
#[cfg(test)]
pub(super) mod numbers_tests;
mod parse;
mod table;
#[cfg(test)]
mod tests;

pub use code_info::{CodeInfo, CodeKind};
pub use hresult::HResult;
pub use parse::ParseHResultError;
