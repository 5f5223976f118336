//! What a client has to think of when it calls a method, or is called.

use super::method::Method;

impl Method {
    /// What a client should do about the method, where there is more to say than what it does.
    pub(crate) const fn advice(self) -> Option<&'static str> {
        Some(match self {
            Self::CoCreateInstance => {
                "Expect it to fail: the service may be disabled. Connect anew after RPC_S_SERVER_UNAVAILABLE."
            }
            Self::CreateJob => {
                "Store the id of the job at once, before anything else, so that the next start of the program finds it."
            }
            Self::GetJob => {
                "BG_E_NOT_FOUND means that the job is over, by whichever client: look whether its files are there."
            }
            Self::EnumJobs => {
                "Use it to find jobs whose id was lost, by their display name, and end those that no program needs."
            }
            Self::AddFile | Self::AddFileSet | Self::AddFileWithRanges => {
                "Give a full local path in a folder that exists. In TRANSFERRED a further file needs another Resume."
            }
            Self::Resume => {
                "Call it after AddFile. In ERROR mend the cause first. In TRANSIENT_ERROR it saves the wait, but not in a hold, \
                 and begins the no-progress period anew (TIME-12): a job that is resumed by a clock is never ERROR."
            }
            Self::Suspend => {
                "In ERROR and TRANSFERRED it changes nothing under the documented reading: do not count on it."
            }
            Self::Cancel => {
                "Treat BG_S_UNABLE_TO_DELETE_FILES as a success, and BG_E_INVALID_STATE as one too: the job is over."
            }
            Self::Complete => {
                "Call it in TRANSFERRED. Tell S_OK from BG_S_PARTIAL_COMPLETE, after which files are missing for good. \
                 Keep a pointer to each file before the call: after it, Completed of its GetProgress is false for \
                 those that are missing. After a failure the job is in the state in which it was: mend the disk and \
                 call it again."
            }
            Self::GetState => {
                "Poll no faster than the answer matters. The state may be another by the next call, so expect \
                 BG_E_INVALID_STATE from it."
            }
            Self::GetError => {
                "Call it in ERROR and TRANSIENT_ERROR only, and keep what it yields: the object is gone once the job is \
                 TRANSFERRING, or its application has exited."
            }
            Self::GetProgress => {
                "BytesTotal is BG_SIZE_UNKNOWN until the size of every file is known: show no percentage until then."
            }
            Self::GetErrorCount => "It is never reset: compare it with what it was before.",
            Self::SetNotifyInterface => {
                "Register it again after each start of the program and of the service: it is not kept."
            }
            Self::SetNotifyCmdLine => {
                "Repeat the name of the program as the first of its parameters, and let it find the job by its id."
            }
            Self::SetNoProgressTimeout => {
                "0 makes every failure fatal. A retry delay that is longer than the timeout leaves no second attempt."
            }
            Self::SetMinimumRetryDelay => {
                "Choose it for the user who waits: minutes, at least 5 s. Keep 600 s for updates in the background. It \
                 also changes a wait that is under way (TIME-14)."
            }
            Self::SetPriority => {
                "FOREGROUND competes with the user and is not spared by game mode; use it only while a user waits."
            }
            Self::SetNotifyFlags => {
                "The value replaces the former one: name all flags that are wanted."
            }
            Self::SetValidationState => {
                "Call it in FileTransferred or JobTransferred, before Complete."
            }
            Self::SetHelperToken => "Set it again after each logoff and restart: it is not kept.",
            Self::SetServerCertificateValidationInterface => {
                "Set it while the job is suspended, and again after each start of program or service."
            }
            Self::TakeOwnership => "The transfer uses the rights of the new owner from then on.",
            Self::JobTransferred => {
                "Call Complete here, or let another thread do it, and return S_OK; any other code is a reason for BITS \
                 to call again."
            }
            Self::JobError => {
                "Read GetError here, mend or cancel, and return S_OK. It is not called for TRANSIENT_ERROR."
            }
            Self::JobModification => {
                "Return quickly, and ask GetState for what is so now: several changes may be told as one."
            }
            Self::FileTransferred => {
                "Check the content here if it is to be checked (SetValidationState)."
            }
            Self::FileRangesTransferred => "Ask GetFilledFileRanges for what is there now.",
            _ => return None,
        })
    }
}
