//! Error contexts: the part of the service in which an error arose.

use super::enumeration::enumeration;

enumeration! {
    /// The part of the service in which a job's error arose (ERR-16).
    ///
    /// ```
    /// use bits_emulator::ErrorContext;
    ///
    /// assert_eq!(ErrorContext::RemoteFile.value(), 5);
    /// assert_eq!(ErrorContext::RemoteFile.name(), "BG_ERROR_CONTEXT_REMOTE_FILE");
    /// ```
    ///
    /// Windows has added members with new versions, so a match on it needs a wildcard.
    #[non_exhaustive]
    ErrorContext is "BG_ERROR_CONTEXT", prefix "BG_ERROR_CONTEXT_" {
        /// No error; an error object never has this context (ERR-17).
        None "BG_ERROR_CONTEXT_NONE" = 0,
        /// The place is not known.
        Unknown "BG_ERROR_CONTEXT_UNKNOWN" = 1,
        /// The queue manager itself: policies, timers, tokens.
        GeneralQueueManager "BG_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER" = 2,
        /// While notifying the client.
        QueueManagerNotification "BG_ERROR_CONTEXT_QUEUE_MANAGER_NOTIFICATION" = 3,
        /// The local file or its volume.
        LocalFile "BG_ERROR_CONTEXT_LOCAL_FILE" = 4,
        /// The remote file.
        RemoteFile "BG_ERROR_CONTEXT_REMOTE_FILE" = 5,
        /// The transport, not tied to one remote file.
        GeneralTransport "BG_ERROR_CONTEXT_GENERAL_TRANSPORT" = 6,
        /// The server application behind an upload.
        RemoteApplication "BG_ERROR_CONTEXT_REMOTE_APPLICATION" = 7,
        /// The client's own check of the server certificate.
        ServerCertificateCallback "BG_ERROR_CONTEXT_SERVER_CERTIFICATE_CALLBACK" = 8,
    }
}

impl ErrorContext {
    /// Whether an error of this context concerns one file, so that `GetFile` yields it (ERR-11).
    #[must_use]
    pub const fn concerns_file(self) -> bool {
        self.concerns().0
    }

    /// Whether an error of this context is tied to the transfer protocol, so that `GetProtocol`
    /// yields it. ERR-12 leaves the contexts open; these three are interpretations.
    #[must_use]
    pub const fn concerns_protocol(self) -> bool {
        self.concerns().1
    }

    /// Whether it concerns one file, and whether the transfer protocol.
    const fn concerns(self) -> (bool, bool) {
        match self {
            Self::RemoteFile => (true, true),
            Self::LocalFile => (true, false),
            Self::GeneralTransport | Self::RemoteApplication => (false, true),
            Self::None
            | Self::Unknown
            | Self::GeneralQueueManager
            | Self::QueueManagerNotification
            | Self::ServerCertificateCallback => (false, false),
        }
    }

    /// What the context means, in a sentence.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::None => "No error has occurred.",
            Self::Unknown => "It is not known where the error arose.",
            Self::GeneralQueueManager => "The error arose in the queue manager.",
            Self::QueueManagerNotification => "The error arose while the client was notified.",
            Self::LocalFile => "The error arose while the local file was processed.",
            Self::RemoteFile => "The error arose while the remote file was processed.",
            Self::GeneralTransport => "The error arose in the transport, not at one remote file.",
            Self::RemoteApplication => "The server application failed to process the upload.",
            Self::ServerCertificateCallback => {
                "The client's own check declined the server's certificate."
            }
        }
    }
}
