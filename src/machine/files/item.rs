//! What an attempt transfers: a file of the job, or its reply.

use crate::vocabulary::FileIndex;

/// What is transferred next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum TransferItem {
    /// A file of the job.
    File(FileIndex),
    /// The reply of an upload-reply.
    Reply,
}
