//! The methods of the BITS interfaces.

use crate::vocabulary::codes::hresult::HResult;
use crate::vocabulary::text::displayed_by_name;

/// Declares the methods, interface by interface, each with its COM name if that is spelt otherwise.
macro_rules! methods {
    ($($interface:ident: $($name:ident $(= $com:literal)?),+;)+) => {
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
                #[doc = concat!("`", stringify!($interface), "::", stringify!($name), "`.")]
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
    COM: CoCreateInstance;
    IBackgroundCopyManager: CreateJob, GetJob, EnumJobs;
    IBackgroundCopyJob:
        AddFileSet, AddFile, Suspend, Resume, Cancel, Complete, EnumFiles, GetType, GetProgress,
        GetTimes, GetState, GetOwner, GetDisplayName, GetDescription, GetPriority, GetNotifyFlags,
        GetNotifyInterface, GetMinimumRetryDelay, GetNoProgressTimeout, GetErrorCount,
        GetProxySettings, GetError, SetDisplayName, SetDescription, SetPriority, SetNotifyFlags,
        SetNotifyInterface, SetMinimumRetryDelay, SetNoProgressTimeout, SetProxySettings,
        TakeOwnership;
    IBackgroundCopyJob2:
        SetNotifyCmdLine, GetNotifyCmdLine, GetReplyProgress, GetReplyData, SetReplyFileName,
        GetReplyFileName, SetCredentials, RemoveCredentials;
    IBackgroundCopyJob3:
        ReplaceRemotePrefix, AddFileWithRanges, SetFileAclFlags = "SetFileACLFlags",
        GetFileAclFlags = "GetFileACLFlags";
    IBackgroundCopyJob4:
        SetPeerCachingFlags, GetPeerCachingFlags, GetOwnerIntegrityLevel, GetOwnerElevationState,
        SetMaximumDownloadTime, GetMaximumDownloadTime;
    IBackgroundCopyJob5: SetProperty, GetProperty;
    IBackgroundCopyJobHttpOptions:
        SetClientCertificateById = "SetClientCertificateByID", SetClientCertificateByName,
        RemoveClientCertificate, GetClientCertificate, SetCustomHeaders, GetCustomHeaders;
    IBackgroundCopyJobHttpOptions3: MakeCustomHeadersWriteOnly;
    IBackgroundCopyJobHttpOptions: SetSecurityFlags, GetSecurityFlags;
    IBackgroundCopyJobHttpOptions2: SetHttpMethod, GetHttpMethod;
    IBackgroundCopyJobHttpOptions3: SetServerCertificateValidationInterface;
    IBitsTokenOptions:
        SetHelperTokenFlags, GetHelperTokenFlags, SetHelperToken, ClearHelperToken,
        GetHelperTokenSid;
    IBackgroundCopyFile: GetRemoteName, GetLocalName;
    IBackgroundCopyFile2: GetFileRanges;
    IBackgroundCopyFile3: GetTemporaryName, GetValidationState;
    IBackgroundCopyFile2: SetRemoteName;
    IBackgroundCopyFile3: SetValidationState;
    IBackgroundCopyFile6: RequestFileRanges, UpdateDownloadPosition, GetFilledFileRanges;
    IBackgroundCopyFile3: IsDownloadedFromPeer;
    IBackgroundCopyFile4: GetPeerDownloadStats;
    // By which a caller gets hold of an interface of a job; there the rights are checked.
    IUnknown: QueryInterface;
    IBackgroundCopyError: GetFile, GetErrorDescription, GetErrorContextDescription, GetProtocol;
    // By which BITS calls objects of a client.
    IBackgroundCopyCallback: JobTransferred, JobError, JobModification;
    IBackgroundCopyCallback2: FileTransferred;
    IBackgroundCopyCallback3: FileRangesTransferred;
    IBackgroundCopyServerCertificateValidationCallback: ValidateServerCertificate;
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
