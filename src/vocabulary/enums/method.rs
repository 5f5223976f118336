//! The methods of the job interfaces.

use std::fmt;

/// Declares the methods by their COM names.
macro_rules! methods {
    ($($(#[$meta:meta])* $name:ident = $com:literal,)+) => {
        /// A method of the BITS job interfaces, named as the documentation names it.
        ///
        /// ```
        /// use bits_emulator::Method;
        ///
        /// assert_eq!(Method::SetFileAclFlags.to_string(), "SetFileACLFlags");
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
        pub enum Method {
            $( #[doc = concat!("`", $com, "`.")] $(#[$meta])* $name, )+
        }

        impl Method {
            /// Every method, in the order of the interfaces.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The name in the documentation.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $com,)+
                }
            }
        }
    };
}

methods! {
    CreateJob = "CreateJob",
    GetJob = "GetJob",
    EnumJobs = "EnumJobs",
    AddFileSet = "AddFileSet",
    AddFile = "AddFile",
    Suspend = "Suspend",
    Resume = "Resume",
    Cancel = "Cancel",
    Complete = "Complete",
    EnumFiles = "EnumFiles",
    GetType = "GetType",
    GetProgress = "GetProgress",
    GetTimes = "GetTimes",
    GetState = "GetState",
    GetOwner = "GetOwner",
    GetDisplayName = "GetDisplayName",
    GetDescription = "GetDescription",
    GetPriority = "GetPriority",
    GetNotifyFlags = "GetNotifyFlags",
    GetNotifyInterface = "GetNotifyInterface",
    GetMinimumRetryDelay = "GetMinimumRetryDelay",
    GetNoProgressTimeout = "GetNoProgressTimeout",
    GetErrorCount = "GetErrorCount",
    GetProxySettings = "GetProxySettings",
    GetError = "GetError",
    SetDisplayName = "SetDisplayName",
    SetDescription = "SetDescription",
    SetPriority = "SetPriority",
    SetNotifyFlags = "SetNotifyFlags",
    SetNotifyInterface = "SetNotifyInterface",
    SetMinimumRetryDelay = "SetMinimumRetryDelay",
    SetNoProgressTimeout = "SetNoProgressTimeout",
    SetProxySettings = "SetProxySettings",
    TakeOwnership = "TakeOwnership",
    SetNotifyCmdLine = "SetNotifyCmdLine",
    GetNotifyCmdLine = "GetNotifyCmdLine",
    GetReplyProgress = "GetReplyProgress",
    GetReplyData = "GetReplyData",
    SetReplyFileName = "SetReplyFileName",
    GetReplyFileName = "GetReplyFileName",
    SetCredentials = "SetCredentials",
    RemoveCredentials = "RemoveCredentials",
    ReplaceRemotePrefix = "ReplaceRemotePrefix",
    AddFileWithRanges = "AddFileWithRanges",
    SetFileAclFlags = "SetFileACLFlags",
    GetFileAclFlags = "GetFileACLFlags",
    SetPeerCachingFlags = "SetPeerCachingFlags",
    GetPeerCachingFlags = "GetPeerCachingFlags",
    GetOwnerIntegrityLevel = "GetOwnerIntegrityLevel",
    GetOwnerElevationState = "GetOwnerElevationState",
    SetMaximumDownloadTime = "SetMaximumDownloadTime",
    GetMaximumDownloadTime = "GetMaximumDownloadTime",
    SetProperty = "SetProperty",
    GetProperty = "GetProperty",
    SetClientCertificateById = "SetClientCertificateByID",
    SetClientCertificateByName = "SetClientCertificateByName",
    RemoveClientCertificate = "RemoveClientCertificate",
    GetClientCertificate = "GetClientCertificate",
    SetCustomHeaders = "SetCustomHeaders",
    GetCustomHeaders = "GetCustomHeaders",
    MakeCustomHeadersWriteOnly = "MakeCustomHeadersWriteOnly",
    SetSecurityFlags = "SetSecurityFlags",
    GetSecurityFlags = "GetSecurityFlags",
    SetHttpMethod = "SetHttpMethod",
    GetHttpMethod = "GetHttpMethod",
    SetServerCertificateValidationInterface = "SetServerCertificateValidationInterface",
    SetHelperTokenFlags = "SetHelperTokenFlags",
    GetHelperTokenFlags = "GetHelperTokenFlags",
    SetHelperToken = "SetHelperToken",
    ClearHelperToken = "ClearHelperToken",
    GetHelperTokenSid = "GetHelperTokenSid",
    /// Of the file interface.
    GetRemoteName = "GetRemoteName",
    /// Of the file interface.
    GetLocalName = "GetLocalName",
    /// Of the file interface.
    GetFileRanges = "GetFileRanges",
    /// Of the file interface.
    GetTemporaryName = "GetTemporaryName",
    /// Of the file interface.
    GetValidationState = "GetValidationState",
    /// Of the file interface.
    SetRemoteName = "SetRemoteName",
    /// Of the file interface.
    SetValidationState = "SetValidationState",
    /// Of the file interface.
    RequestFileRanges = "RequestFileRanges",
    /// Of the file interface.
    UpdateDownloadPosition = "UpdateDownloadPosition",
    /// Of the file interface.
    GetFilledFileRanges = "GetFilledFileRanges",
    /// Of the file interface.
    IsDownloadedFromPeer = "IsDownloadedFromPeer",
    /// Of the file interface.
    GetPeerDownloadStats = "GetPeerDownloadStats",
    /// By which a caller gets hold of an interface of a job; there the rights are checked.
    QueryInterface = "QueryInterface",
    /// Of the error interface.
    GetFile = "GetFile",
    /// Of the error interface, and of the manager for any code.
    GetErrorDescription = "GetErrorDescription",
    /// Of the error interface.
    GetErrorContextDescription = "GetErrorContextDescription",
    /// Of the error interface.
    GetProtocol = "GetProtocol",
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
