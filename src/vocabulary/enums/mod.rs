//! The numbered enumerations of the Windows headers.

pub(super) mod enumeration;
pub(super) mod error_context;
pub(super) mod failure_class;
pub(super) mod job_type;
pub(super) mod method;
pub(crate) mod named;
pub(super) mod notification;
pub(super) mod priority;
pub(super) mod state;
