//! The numbered enumerations of the Windows headers.

pub(super) mod enumeration;
pub(super) mod error_context;
pub(super) mod failure_class;
pub(super) mod job_type;
pub(super) mod method;
#[cfg(feature = "scenario")]
pub(super) mod method_advice;
pub(crate) mod named;
pub(super) mod notification;
pub(super) mod priority;
pub(super) mod state;
#[cfg(feature = "scenario")]
pub(super) mod state_advice;
