//! The methods of the BITS interfaces.

use crate::vocabulary::codes::hresult::HResult;
use crate::vocabulary::text::displayed_by_name;

/// Declares the methods, interface by interface: what each does, and its COM name if that is spelt otherwise.
macro_rules! methods {
    ($($interface:ident { $($(#[$($meta:tt)*])* $name:ident $(= $com:literal)?,)+ })+) => {
        /// A method of a BITS interface. A name that several interfaces have stands once, as that
        /// of the first.
        ///
        /// ```
        /// use bits_emulator::Method;
        ///
        /// assert_eq!(Method::SetFileAclFlags.to_string(), "SetFileACLFlags");
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Method {
            $($(
                $(#[$($meta)*])*
                #[doc = concat!("\n\n`", stringify!($interface), "::", stringify!($name), "`.")]
                $name,
            )+)+
        }

        impl Method {
            /// Every method.
            pub const ALL: &'static [Self] = &[$($(Self::$name),+),+];

            /// The COM name, as the documentation spells it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $($(Self::$name => com_name(&[$($com,)? stringify!($name)]),)+)+
                }
            }

            /// The interface that has the method.
            #[must_use]
            pub const fn interface(self) -> &'static str {
                match self {
                    $($(Self::$name => stringify!($interface),)+)+
                }
            }
        }

        #[cfg(feature = "scenario")]
        $crate::vocabulary::text::documented::documented! {
            Method { $($($(#[$($meta)*])* $name,)+)+ }
        }
    };
}

/// The first of the spellings of a method.
const fn com_name(spellings: &[&'static str]) -> &'static str {
    match spellings {
        [name, ..] => name,
        [] => "",
    }
}

methods! {
    // By which a client connects to the service.
    COM {
        /// Connects to the service and yields its manager, `IBackgroundCopyManager` (CREATE-20).
        CoCreateInstance,
    }
    IBackgroundCopyManager {
        /// Creates a job in SUSPENDED, owned by the account of the caller (CREATE-01, LIFE-03).
        CreateJob,
        /// Yields the job with an id, if the caller may have it (CREATE-11, SEC-02).
        GetJob,
        /// Lists the jobs in the queue: those of the caller, or for an administrator those of all users (CREATE-13).
        EnumJobs,
    }
    IBackgroundCopyJob {
        /// Adds several files to the job, or none of them if one is refused (FILES-08, FILES-10).
        AddFileSet,
        /// Adds a file to the job: a remote name and a local one (FILES-01).
        AddFile,
        /// Stops the job until it is resumed (LIFE-12).
        Suspend,
        /// Makes the job eligible for transfer; after an error it tries again at once (LIFE-07, LIFE-10).
        Resume,
        /// Ends the job and takes its files away, the transferred ones too (LIFE-16, DONE-16).
        Cancel,
        /// Ends the job and makes the transferred files available under their names (LIFE-17).
        Complete,
        /// Lists the files of the job, in the order in which they were added (CREATE-14).
        EnumFiles,
        /// Yields the type of the job: download, upload or upload-reply (CREATE-03).
        GetType,
        /// Yields how many bytes and files of the job are transferred (PROGRESS-01).
        GetProgress,
        /// Yields when the job was created, modified, and last transferred completely (PROGRESS-12).
        GetTimes,
        /// Yields the state of the job (LIFE-01).
        GetState,
        /// Yields the SID of the account that owns the job (SEC-01).
        GetOwner,
        /// Yields the name that people see (PROP-03).
        GetDisplayName,
        /// Yields the description of the job (PROP-04).
        GetDescription,
        /// Yields the priority of the job (SCHED-01).
        GetPriority,
        /// Yields of which events the client is notified (NOTIFY-01).
        GetNotifyFlags,
        /// Yields the registered callback object (NOTIFY-17).
        GetNotifyInterface,
        /// Yields how long the job waits before it tries again, in seconds (TIME-03).
        GetMinimumRetryDelay,
        /// Yields for how long the job tries again without progress, in seconds (TIME-06).
        GetNoProgressTimeout,
        /// Yields how often an attempt of the job failed (ERR-22).
        GetErrorCount,
        /// Yields which proxies the job uses (PROP-07).
        GetProxySettings,
        /// Yields the error object of the job while there is one: code, context, file (ERR-03, ERR-04).
        GetError,
        /// Sets the name that people see, of at most 256 characters (PROP-03).
        SetDisplayName,
        /// Sets the description, of at most 1,024 characters (PROP-04).
        SetDescription,
        /// Sets the priority, by which jobs get their turn (SCHED-01, PROP-02).
        SetPriority,
        /// Chooses of which events the client is notified (NOTIFY-01, NOTIFY-02).
        SetNotifyFlags,
        /// Registers the callback object of the client, or removes it (NOTIFY-17).
        SetNotifyInterface,
        /// Sets how long the job waits before it tries again, in seconds; less than 5 becomes 5 (TIME-02).
        SetMinimumRetryDelay,
        /// Sets for how long the job tries again without progress, in seconds; 0 means that nothing is retried (TIME-07).
        SetNoProgressTimeout,
        /// Chooses the proxies of the job, which are looked at only when one is used (PROP-13).
        SetProxySettings,
        /// Makes the caller, an administrator, the owner of the job (SEC-06, SEC-07).
        TakeOwnership,
    }
    IBackgroundCopyJob2 {
        /// Names the program that is started when no callback hears of the end of the job, or removes it (NOTIFY-24).
        SetNotifyCmdLine,
        /// Yields the program that is started, and its parameters (NOTIFY-29).
        GetNotifyCmdLine,
        /// Yields how much of the reply to an upload-reply is transferred (PROGRESS-09).
        GetReplyProgress,
        /// Yields a copy of the reply of an upload-reply, of at most 1 MB (UPLOAD-11, UPLOAD-12).
        GetReplyData,
        /// Names the file for the reply of an upload-reply, or leaves the name to BITS (UPLOAD-09).
        SetReplyFileName,
        /// Yields the name of the file for the reply (UPLOAD-10).
        GetReplyFileName,
        /// Stores a name and a password for a server or a proxy (PROP-14).
        SetCredentials,
        /// Forgets the name and password for a target and scheme (PROP-16).
        RemoveCredentials,
    }
    IBackgroundCopyJob3 {
        /// Replaces the beginning of all remote names of the job that have it (FILES-27).
        ReplaceRemotePrefix,
        /// Adds a file of which only some ranges are downloaded (FILES-17).
        AddFileWithRanges,
        /// Sets which owner and ACL data is kept for files that are fetched from a share (FILES-32).
        SetFileAclFlags = "SetFileACLFlags",
        /// Yields which owner and ACL data is kept (FILES-32).
        GetFileAclFlags = "GetFileACLFlags",
    }
    IBackgroundCopyJob4 {
        /// Says whether content comes from peers, and goes to them (PROP-40).
        SetPeerCachingFlags,
        /// Yields whether content comes from peers (PROP-40).
        GetPeerCachingFlags,
        /// Yields the integrity level of the token of the owner (SEC-14).
        GetOwnerIntegrityLevel,
        /// Yields whether the token of the owner is elevated (SEC-14).
        GetOwnerElevationState,
        /// Limits how long the job may be transferred, in seconds (TIME-15).
        SetMaximumDownloadTime,
        /// Yields that limit, in seconds (TIME-15).
        GetMaximumDownloadTime,
    }
    IBackgroundCopyJob5 {
        /// Sets one of the generic properties of the job (PROP-30).
        SetProperty,
        /// Yields one of the generic properties of a job or a file (PROP-30).
        GetProperty,
    }
    IBackgroundCopyJobHttpOptions {
        /// Chooses the certificate that the job presents to servers, by its hash (PROP-21).
        SetClientCertificateById = "SetClientCertificateByID",
        /// Chooses the certificate that the job presents to servers, by its subject (PROP-21).
        SetClientCertificateByName,
        /// Presents no certificate any more (PROP-22).
        RemoveClientCertificate,
        /// Yields the certificate that was chosen (PROP-22).
        GetClientCertificate,
        /// Sets headers that each request carries, or removes them (PROP-24).
        SetCustomHeaders,
        /// Yields the headers that each request carries, unless they are write-only (PROP-24, PROP-25).
        GetCustomHeaders,
    }
    IBackgroundCopyJobHttpOptions3 {
        /// Makes the custom headers write-only, for ever (PROP-25).
        MakeCustomHeadersWriteOnly,
    }
    IBackgroundCopyJobHttpOptions {
        /// Sets what HTTPS checks ignore, and what becomes of redirects (PROP-20).
        SetSecurityFlags,
        /// Yields what HTTPS checks ignore, and the redirect policy (PROP-20).
        GetSecurityFlags,
    }
    IBackgroundCopyJobHttpOptions2 {
        /// Sets another HTTP method than GET or BITS_POST (PROP-39).
        SetHttpMethod,
        /// Yields the HTTP method of the requests (PROP-39).
        GetHttpMethod,
    }
    IBackgroundCopyJobHttpOptions3 {
        /// Sets the client's own check of server certificates, or removes it (PROP-26).
        SetServerCertificateValidationInterface,
    }
    IBitsTokenOptions {
        /// Says for which accesses the helper token is used instead of the owner's (SEC-12).
        SetHelperTokenFlags,
        /// Yields for which accesses the helper token is used (SEC-12).
        GetHelperTokenFlags,
        /// Gives the job the token of the caller as helper token (SEC-12).
        SetHelperToken,
        /// Takes the helper token away; its flags stay (SEC-12).
        ClearHelperToken,
        /// Yields the account of the helper token (SEC-12).
        GetHelperTokenSid,
    }
    IBackgroundCopyFile {
        /// Yields the URL of the file (FILES-24).
        GetRemoteName,
        /// Yields the name that the file has on the disk once the job is completed (DONE-01).
        GetLocalName,
    }
    IBackgroundCopyFile2 {
        /// Yields the ranges of the file that are downloaded (FILES-23).
        GetFileRanges,
    }
    IBackgroundCopyFile3 {
        /// Yields the name under which the file stands before the job is completed (DONE-18).
        GetTemporaryName,
        /// Yields what the client said of the content of the file (DONE-22).
        GetValidationState,
    }
    IBackgroundCopyFile2 {
        /// Changes the URL of the file (FILES-24).
        SetRemoteName,
    }
    IBackgroundCopyFile3 {
        /// Says whether the content of a transferred file is right; one that is not sends the job to ERROR (DONE-19, DONE-20).
        SetValidationState,
    }
    IBackgroundCopyFile6 {
        /// Asks for parts of a file of an on-demand job (PROP-38).
        RequestFileRanges,
        /// Says from where a file of an on-demand job is read on, which is fetched first (PROP-38).
        UpdateDownloadPosition,
        /// Yields the parts of the file that are there (PROGRESS-18).
        GetFilledFileRanges,
    }
    IBackgroundCopyFile3 {
        /// Tells whether a part of the file came from a peer (PROGRESS-16).
        IsDownloadedFromPeer,
    }
    IBackgroundCopyFile4 {
        /// Yields how much of the file came from the server and from peers (PROGRESS-16).
        GetPeerDownloadStats,
    }
    // By which a caller gets hold of an interface of a job; there the rights are checked.
    IUnknown {
        /// Yields another interface of the same object; there the rights are checked (SEC-11).
        QueryInterface,
    }
    IBackgroundCopyError {
        /// Yields the file that an error concerns, if its context is one of files (ERR-11).
        GetFile,
        /// Yields the text of the code of an error, in a language (ERR-13).
        GetErrorDescription,
        /// Yields the text of the context of an error, in a language (ERR-13).
        GetErrorContextDescription,
        /// Yields the protocol of the transfer that failed (ERR-12).
        GetProtocol,
    }
    // By which BITS calls objects of a client.
    IBackgroundCopyCallback {
        /// BITS tells the client that everything is transferred (NOTIFY-04).
        JobTransferred,
        /// BITS tells the client that the job entered ERROR (NOTIFY-05).
        JobError,
        /// BITS tells the client that a property, the state or the progress changed (NOTIFY-06).
        JobModification,
    }
    IBackgroundCopyCallback2 {
        /// BITS tells the client that one file is transferred (NOTIFY-07).
        FileTransferred,
    }
    IBackgroundCopyCallback3 {
        /// BITS tells the client that ranges it asked for are there (NOTIFY-10).
        FileRangesTransferred,
    }
    IBackgroundCopyServerCertificateValidationCallback {
        /// BITS asks the client what it thinks of the certificate of a server (PROP-27).
        ValidateServerCertificate,
    }
}

impl Method {
    /// Whether BITS calls it, at an object of a client.
    pub(crate) const fn is_of_client(self) -> bool {
        matches!(
            self,
            Self::JobTransferred
                | Self::JobError
                | Self::JobModification
                | Self::FileTransferred
                | Self::FileRangesTransferred
                | Self::ValidateServerCertificate
        )
    }

    /// Whether calls of it come by where hooks act. The error object is a copy, which its reader asks,
    /// `QueryInterface` is part of `GetJob`, and the elevation is read with the integrity level.
    pub(crate) const fn is_called(self) -> bool {
        !matches!(
            self,
            Self::GetErrorContextDescription
                | Self::GetProtocol
                | Self::GetOwnerElevationState
                | Self::QueryInterface
        )
    }

    /// The success codes by which its calls tell more than that they succeeded.
    pub(crate) const fn success_codes(self) -> &'static [HResult] {
        match self {
            Self::Complete => &[
                HResult::S_OK,
                HResult::BG_S_PARTIAL_COMPLETE,
                HResult::BG_S_UNABLE_TO_DELETE_FILES,
            ],
            Self::Cancel => &[HResult::S_OK, HResult::BG_S_UNABLE_TO_DELETE_FILES],
            Self::ReplaceRemotePrefix | Self::RemoveCredentials | Self::RemoveClientCertificate => {
                &[HResult::S_OK, HResult::S_FALSE]
            }
            _ => &[],
        }
    }
}

displayed_by_name!(Method);
