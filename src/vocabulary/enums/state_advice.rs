//! What brings a job into each state, and what a client does there.

use super::state::JobState;

impl JobState {
    /// The usual causes of the state.
    pub(crate) const fn causes(self) -> &'static [&'static str] {
        match self {
            Self::Suspended => &[
                "The job was just created, and its client has not called Resume yet.",
                "Its client called Suspend.",
                "An on-demand job has all ranges that were asked for.",
            ],
            Self::Queued => &[
                "Its client called Resume, or the retry delay is over, and another job has its turn.",
                "Its owner is not logged on; then it waits here for as long as that lasts.",
                "Its time slice is over, or a job of a higher priority took its place.",
            ],
            Self::Connecting => &[
                "The job was picked, and the server has not answered yet.",
                "A server that accepts connections and sends nothing keeps it here: for 5 minutes in the emulator; for \
                 how long in BITS is not documented.",
            ],
            Self::Transferring => &["The server answered, and bytes flow."],
            Self::TransientError => &[
                "The name of the server is not resolved, or nothing answers there.",
                "The server answered with a status that may pass, such as 500, 502, 503 or 504.",
                "The computer has no network, or one that costs more than the job allows.",
                "A policy, battery saver, standby or game mode forbids transfers for now.",
            ],
            Self::Error => &[
                "The server answered with a status that does not go away by itself, such as 401, 403 or 404.",
                "The job tried again for as long as its no-progress timeout, 14 days by default, without a byte.",
                "The no-progress timeout is 0, so that the first failure is the last.",
                "The disk is full, or the owner may not write there.",
            ],
            Self::Transferred => &[
                "Everything is there, under temporary names, and its client has not called Complete yet.",
            ],
            Self::Acknowledged => &["Its client called Complete."],
            Self::Cancelled => &[
                "Its client, or an administrator, called Cancel.",
                "Nothing happened to it for 90 days: the service gave it up.",
            ],
        }
    }

    /// What a client does about a job in the state.
    pub(crate) const fn advice(self) -> &'static str {
        match self {
            Self::Suspended => {
                "Call Resume, after AddFile if the job has no file yet. A job that no client resumes stays until the \
                 inactivity timeout cancels it."
            }
            Self::Queued => {
                "Wait: for a notification, or by asking GetState now and then. If it lasts, look whether the owner is \
                 logged on, and which job is under way; SetPriority brings a job forward."
            }
            Self::Connecting | Self::Transferring => {
                "Wait: for a notification, or by asking GetState and GetProgress now and then. Suspend stops it."
            }
            Self::TransientError => {
                "Do nothing at once: BITS tries again by itself, until the no-progress timeout, 14 days by default, makes \
                 it ERROR (TIME-06). Do not cancel the job for its state alone; a client whose user cannot wait gives \
                 up after a time of its own, by Cancel and then another way. Show GetError to the user if it lasts. \
                 Resume tries at once, but not in a hold (TIME-10), and begins those 14 days anew (TIME-12)."
            }
            Self::Error => {
                "Read GetError now: BITS does not try again. Mend the cause and call Resume; or Complete, which keeps \
                 the files that are whole; or Cancel. A client that does nothing leaves the job for 90 days."
            }
            Self::Transferred => {
                "Call Complete: before that no file appears under its name, and the job is cancelled after 90 days. \
                 Look at the code: BG_S_PARTIAL_COMPLETE is a success too."
            }
            Self::Acknowledged | Self::Cancelled => {
                "Let the job go, and forget its id: every call that would change it fails with BG_E_INVALID_STATE."
            }
        }
    }
}
