//! Properties of a job: their values, their checks, and the calls that set them.

pub(super) mod calls;
pub(super) mod http;
pub(super) mod http_options;
pub(super) mod plain;
pub(super) mod properties;
pub(super) mod values;
