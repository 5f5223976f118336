//! The types of jobs: downloads, uploads and upload-replies.

use super::enumeration::enumeration;

enumeration! {
    /// The type of a job, fixed when it is created (CREATE-03, UPLOAD-01).
    ///
    /// ```
    /// use bits_emulator::JobType;
    ///
    /// assert_eq!(JobType::UploadReply.name(), "BG_JOB_TYPE_UPLOAD_REPLY");
    /// assert!(JobType::UploadReply.is_upload());
    /// ```
    ///
    /// Exhaustive on purpose: the Windows headers define these members and no others.
    JobType is "BG_JOB_TYPE", prefix "BG_JOB_TYPE_" {
        /// From the server to the client.
        Download "BG_JOB_TYPE_DOWNLOAD" = 0,
        /// From the client to the server; BITS 1.5 and later.
        Upload "BG_JOB_TYPE_UPLOAD" = 1,
        /// An upload that the server application answers with a file; BITS 1.5 and later.
        UploadReply "BG_JOB_TYPE_UPLOAD_REPLY" = 2,
    }
}

impl JobType {
    /// Whether the job sends a file: an upload, with or without a reply.
    #[must_use]
    pub const fn is_upload(self) -> bool {
        match self {
            Self::Upload | Self::UploadReply => true,
            Self::Download => false,
        }
    }
}
