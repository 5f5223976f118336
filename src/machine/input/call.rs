//! What a client asks of a job.

use std::sync::Arc;

use crate::vocabulary::{
    AuthScheme, AuthTarget, CallbackInterface, CertificateLookup, ClientCertificate, Credentials,
    FileAclFlags, FileIndex, FileInfo, FileRange, HResult, HelperTokenFlags, HttpSecurityFlags,
    JobPriority, JobProperty, Method, NotifyFlags, PeerCachingFlags, ProxySettings, RemoteName,
};

/// Something a client asks of a job. Getters, which change nothing, are methods of
/// [`JobStateMachine`](crate::machine::JobStateMachine) instead.
///
/// Where disk or certificate store have a say, the call carries their answer: they are asked before,
/// not after. A null pointer of the interfaces is `None`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Call {
    /// Adds a file (FILES-01).
    AddFile(FileInfo, Directory),
    /// Adds several files, or none of them (FILES-08, FILES-10).
    AddFileSet(Arc<[FileInfo]>, Directory),
    /// Adds a file of which only some ranges are downloaded (FILES-17).
    AddFileWithRanges(FileInfo, Arc<[FileRange]>, Directory),
    /// Stops the job until it is resumed (LIFE-12).
    Suspend,
    /// Makes the job eligible for transfer (LIFE-07, LIFE-10).
    Resume,
    /// Ends the job and takes its files away, the transferred ones too (LIFE-16, DONE-16). Says
    /// what the disk did.
    Cancel(Deletion),
    /// Ends the job and keeps what is transferred (LIFE-17). Says what the disk did.
    Complete(Commit),
    /// Sets the name that people see, of at most 256 characters (PROP-03).
    SetDisplayName(Option<Arc<str>>),
    /// Sets the description, of at most 1,024 characters (PROP-04).
    SetDescription(Option<Arc<str>>),
    /// Sets the priority, which a custom HTTP method fixes (PROP-39).
    SetPriority(JobPriority),
    /// Chooses the notifications (NOTIFY-01, NOTIFY-02).
    SetNotifyFlags(NotifyFlags),
    /// Registers the client's callback object, or removes it (NOTIFY-17).
    SetNotifyInterface(Option<CallbackInterface>),
    /// Names the program to start, or removes it (NOTIFY-24).
    SetNotifyCmdLine {
        /// Its full path, of at most 260 characters.
        program: Option<Arc<str>>,
        /// Its parameters, of at most 4,000 characters.
        parameters: Option<Arc<str>>,
    },
    /// Sets the minimum retry delay, in seconds; less than 5 becomes 5 (TIME-02).
    SetMinimumRetryDelay(u32),
    /// Sets the no-progress timeout, in seconds; 0 means that nothing is retried (TIME-07).
    SetNoProgressTimeout(u32),
    /// Sets the maximum download time, in seconds (TIME-15).
    SetMaximumDownloadTime(u32),
    /// Sets the proxies, looked at only when one is used (PROP-13).
    SetProxySettings(Arc<ProxySettings>),
    /// Makes the caller, an administrator, the owner (SEC-06, SEC-07).
    TakeOwnership(FileAccess),
    /// Names the reply file of an upload-reply, or leaves the name to BITS (UPLOAD-09).
    SetReplyFileName(Option<Arc<str>>, Directory),
    /// Stores a name and a password for a server or a proxy (PROP-14).
    SetCredentials(Arc<Credentials>),
    /// Forgets those for that target and scheme (PROP-16).
    RemoveCredentials(AuthTarget, AuthScheme),
    /// Replaces the beginning of remote names (FILES-27).
    ReplaceRemotePrefix {
        /// What remote names begin with now.
        old: Arc<str>,
        /// What they shall begin with.
        new: Arc<str>,
    },
    /// Sets which owner and ACL data is kept for files on a share (FILES-32).
    SetFileAclFlags(FileAclFlags),
    /// Says whether content comes from peers, which the emulator has none of (PROP-40).
    SetPeerCachingFlags(PeerCachingFlags),
    /// Sets one of the generic properties (PROP-30).
    SetProperty(JobProperty),
    /// Chooses the certificate that the job presents (PROP-21).
    SetClientCertificate(Arc<ClientCertificate>, CertificateLookup),
    /// Forgets it (PROP-22).
    RemoveClientCertificate,
    /// Sets headers that each request carries, or removes them (PROP-24).
    SetCustomHeaders(Option<Arc<str>>),
    /// Makes the custom headers write-only (PROP-25).
    MakeCustomHeadersWriteOnly,
    /// Sets what HTTPS checks ignore, and the redirect policy (PROP-20).
    SetSecurityFlags(HttpSecurityFlags),
    /// Sets another HTTP method than GET or BITS_POST (PROP-39).
    SetHttpMethod(Arc<str>),
    /// Sets the client's check of server certificates, or removes it (PROP-26).
    SetServerCertificateValidationInterface(ValidationInterface),
    /// Says for what the helper token is used; none clears the use (SEC-12).
    SetHelperTokenFlags(HelperTokenFlags),
    /// Gives the job the caller's token (SEC-12).
    SetHelperToken,
    /// Takes the token away; the flags stay (SEC-12).
    ClearHelperToken,
    /// Changes the URL of one file of a download (FILES-24).
    SetRemoteName(FileIndex, RemoteName),
    /// Says whether the content of a transferred file is right (DONE-19, DONE-20).
    SetValidationState(FileIndex, bool),
    /// Asks for parts of a file of an on-demand job (PROP-38).
    RequestFileRanges(FileIndex, Arc<[FileRange]>),
    /// Says where of a file of an on-demand job the client reads on: what is asked for from there is
    /// fetched first (PROP-38).
    UpdateDownloadPosition(FileIndex, u64),
}

impl Call {
    /// `AddFile`, into a directory that the caller may write to.
    #[must_use]
    pub const fn add_file(file: FileInfo) -> Self {
        Self::AddFile(file, Directory::Writable)
    }

    /// `AddFileSet`, into directories that the caller may write to.
    #[must_use]
    pub fn add_file_set(files: impl Into<Arc<[FileInfo]>>) -> Self {
        Self::AddFileSet(files.into(), Directory::Writable)
    }

    /// `AddFileWithRanges`, into a directory that the caller may write to.
    #[must_use]
    pub fn add_file_with_ranges(file: FileInfo, ranges: impl Into<Arc<[FileRange]>>) -> Self {
        Self::AddFileWithRanges(file, ranges.into(), Directory::Writable)
    }

    /// `SetNotifyCmdLine` with a program; its parameters, if any, repeat the program first.
    #[must_use]
    pub fn set_notify_cmd_line(program: &str, parameters: Option<&str>) -> Self {
        Self::SetNotifyCmdLine {
            program: Some(program.into()),
            parameters: parameters.map(Arc::from),
        }
    }

    /// The method of the BITS interfaces that the call is.
    #[must_use]
    pub fn method(&self) -> Method {
        use crate::vocabulary::CertificateId::Subject;
        // All but one have the name of their method.
        macro_rules! method_of {
            ($($name:ident)+) => {
                match self {
                    Self::SetClientCertificate(certificate, _) => match certificate.id {
                        Some(Subject(_)) => Method::SetClientCertificateByName,
                        Some(_) | None => Method::SetClientCertificateById,
                    },
                    $(Self::$name { .. } => Method::$name,)+
                }
            };
        }
        method_of! {
            AddFile AddFileSet AddFileWithRanges Suspend
            Resume Cancel Complete SetDisplayName SetDescription SetPriority SetNotifyFlags
            SetNotifyInterface SetNotifyCmdLine SetMinimumRetryDelay SetNoProgressTimeout
            SetMaximumDownloadTime SetProxySettings TakeOwnership SetReplyFileName
            SetCredentials RemoveCredentials ReplaceRemotePrefix SetFileAclFlags
            SetPeerCachingFlags SetProperty RemoveClientCertificate SetCustomHeaders
            MakeCustomHeadersWriteOnly SetSecurityFlags SetHttpMethod
            SetServerCertificateValidationInterface SetHelperTokenFlags SetHelperToken
            ClearHelperToken SetRemoteName SetValidationState RequestFileRanges
            UpdateDownloadPosition
        }
    }
}

/// What the disk says of the directories of local names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Directory {
    /// They exist, and the caller may write there.
    #[default]
    Writable,
    /// One does not exist: `E_INVALIDARG` (FILES-05).
    Missing,
    /// The caller may not write to one: `E_ACCESSDENIED` (FILES-06), save where an upload only reads.
    Denied,
}

/// What the disk says of a new owner's rights to the local files (SEC-06).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum FileAccess {
    /// The new owner may write to them.
    #[default]
    Granted,
    /// The new owner may not: `BG_E_NEW_OWNER_NO_FILE_ACCESS`.
    Denied,
    /// Their drive letters mean other drives to the new owner: `BG_E_NEW_OWNER_DIFF_MAPPING`.
    OtherMapping,
}

/// What a client gives as its check of server certificates (PROP-26).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum ValidationInterface {
    /// Null: no further check.
    Null,
    /// An object with the right interface.
    Callback,
    /// An object without it: `E_NOINTERFACE`.
    Wrong,
}

/// Whether the disk deleted the temporary files that a call gives up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Deletion {
    /// All are gone.
    #[default]
    Done,
    /// Some could not be deleted: the call yields `BG_S_UNABLE_TO_DELETE_FILES` (DONE-06).
    Incomplete,
}

/// What the disk did of a `Complete`: renamed the temporary files in the order of
/// [`JobStateMachine::renames`](crate::machine::JobStateMachine::renames), then deleted the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Commit {
    /// The first rename that failed, if one did; nothing is deleted then (DONE-07).
    pub failed_rename: Option<FailedRename>,
    /// Whether the temporary files of unfinished files are deleted.
    pub deletion: Deletion,
}

/// A rename that the disk refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct FailedRename {
    /// How many renames of this call succeeded before it.
    pub after: u32,
    /// The code of the disk.
    pub code: HResult,
}
