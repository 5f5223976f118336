//! The half of a job that moves: state, error, progress, clocks and what the client is told.

use super::certificates::check::CertificateCheck;
use super::conditions::{Conditions, Hold};
use super::error_object::ErrorRecord;
use super::files::file_state::{FileState, FileStates};
use super::notifications::delivery_state::{Deliveries, Paced};
use super::settings::values::HelperToken;
use super::time::clocks::Clocks;
use super::time::moment::Moment;
use crate::vocabulary::text::stored::stored;
use crate::vocabulary::{FileIndex, JobState, Notification, RemoteName};

stored! {
    #[derive(Debug, Clone, PartialEq, Eq, Hash)]
    pub(crate) struct LiveState {
        pub(crate) state: JobState,
        pub(crate) error: ErrorRecord = default,
        pub(crate) error_count: u32 = default,
        /// Why the job is in TRANSIENT_ERROR, if it waits for the end of a cause (TIME-10).
        pub(crate) held_by: Option<Hold> = default,
        /// The present attempt began in TRANSIENT_ERROR (ERR-24).
        pub(crate) retrying: bool = default,
        /// What may be set only before the first `Resume` is fixed (PROP-34).
        pub(crate) was_resumed: bool = default,
        pub(crate) files: FileStates,
        /// The reply of an upload-reply. Its size is unknown until its transfer begins (PROGRESS-09), and
        /// never again after that (PROGRESS-10), so that it tells a failed upload from a failed reply
        /// (ERR-18). `Complete` makes it available (UPLOAD-13).
        pub(crate) reply: FileState = default,
        pub(crate) upload: UploadSession = default,
        /// Which file the server redirected in the present attempt, and where to (HTTP-12).
        pub(crate) redirected_to: Option<(FileIndex, RemoteName)> = skip,
        pub(crate) helper_token: HelperToken = default,
        pub(crate) certificates: CertificateCheck = default,
        pub(crate) deliveries: Deliveries = default,
        pub(crate) conditions: Conditions = default,
        pub(crate) clocks: Clocks,
        /// The last modification by the wall clock (PROGRESS-14).
        pub(crate) modification: Moment,
        /// The last entry into TRANSFERRED by the wall clock (PROGRESS-15).
        pub(crate) transfer_completion: Option<Moment> = default,
    }
}

stored! {
    /// What the client knows of its upload at the server.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub(crate) struct UploadSession {
        /// The server may hold a session that a cancelled job must cancel (DONE-17).
        pub(crate) open: bool = default,
        /// The server application answered 403 (ERR-29).
        pub(crate) refused: bool = default,
    }
}

impl LiveState {
    /// The lane of modifications or of ranges, and when its last notification began; `None`: the
    /// notification is of the first lane.
    pub(crate) fn paced_mut(
        &mut self,
        notification: Notification,
    ) -> Option<(&mut Paced, &mut Option<Moment>)> {
        let Self { deliveries, clocks, .. } = self;
        match notification {
            Notification::JobModification => {
                Some((&mut deliveries.modification, &mut clocks.modification))
            }
            Notification::FileRangesTransferred(_) => {
                Some((&mut deliveries.ranges, &mut clocks.ranges))
            }
            Notification::FileTransferred(_)
            | Notification::JobTransferred
            | Notification::JobError => None,
        }
    }

    /// That of a new job.
    pub(crate) fn new(clocks: Clocks, now: Moment) -> Self {
        Self {
            state: JobState::Suspended,
            error: ErrorRecord::default(),
            error_count: 0,
            held_by: None,
            retrying: false,
            was_resumed: false,
            files: FileStates::default(),
            reply: FileState::default(),
            upload: UploadSession::default(),
            redirected_to: None,
            helper_token: HelperToken::None,
            certificates: CertificateCheck::default(),
            deliveries: Deliveries::default(),
            conditions: Conditions::default(),
            modification: clocks.wall(now),
            clocks,
            transfer_completion: None,
        }
    }
}
