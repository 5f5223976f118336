//! The flag sets of the Windows headers.

pub(super) mod cost;
pub(super) mod file_acl;
pub(super) mod notify_flags;
pub(super) mod peer_caching;
pub(super) mod security_flags;
pub(super) mod token_flags;
