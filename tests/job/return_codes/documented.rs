//! What each method is documented to return.

use std::collections::BTreeSet;

use bits_emulator::HResult;

/// A line is a method, the codes that its page lists, and those that follow from rules: the code of
/// a state or type that refuses the call, and readings of pages that list no code.
const METHODS: &str = "
    Manager::CreateJob              | S_OK E_INVALIDARG BG_E_TOO_MANY_JOBS_PER_MACHINE BG_E_TOO_MANY_JOBS_PER_USER | E_NOTIMPL E_ACCESSDENIED
    Manager::GetErrorDescription    | S_OK ERROR_RESOURCE_LANG_NOT_FOUND | E_INVALIDARG
    Job::AddFileSet                 | S_OK BG_E_TOO_MANY_FILES BG_E_TOO_MANY_FILES_IN_JOB E_INVALIDARG E_ACCESSDENIED | BG_E_INVALID_STATE
    Job::AddFile                    | S_OK BG_E_TOO_MANY_FILES BG_E_TOO_MANY_FILES_IN_JOB E_INVALIDARG E_ACCESSDENIED | BG_E_INVALID_STATE
    Job::EnumFiles                  | S_OK |
    Job::Suspend                    | S_OK BG_E_INVALID_STATE |
    Job::Resume                     | S_OK BG_E_EMPTY BG_E_INVALID_STATE |
    Job::Cancel                     | S_OK BG_S_UNABLE_TO_DELETE_FILES BG_E_INVALID_STATE |
    Job::Complete                   | S_OK BG_S_PARTIAL_COMPLETE BG_S_UNABLE_TO_DELETE_FILES BG_E_INVALID_STATE ERROR_SHARING_VIOLATION |
    Job::GetId                      | S_OK |
    Job::GetType                    | S_OK E_INVALIDARG |
    Job::GetProgress                | S_OK E_INVALIDARG |
    Job::GetTimes                   | S_OK E_INVALIDARG |
    Job::GetState                   | S_OK E_INVALIDARG |
    Job::GetError                   | S_OK BG_E_ERROR_INFORMATION_UNAVAILABLE |
    Job::GetOwner                   | S_OK E_INVALIDARG |
    Job::SetDisplayName             | S_OK E_INVALIDARG BG_E_STRING_TOO_LONG BG_E_INVALID_STATE |
    Job::GetDisplayName             | S_OK E_INVALIDARG |
    Job::SetDescription             | S_OK E_INVALIDARG BG_E_STRING_TOO_LONG BG_E_INVALID_STATE |
    Job::GetDescription             | S_OK E_INVALIDARG |
    Job::SetPriority                | S_OK E_NOTIMPL BG_E_INVALID_STATE | BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD
    Job::GetPriority                | S_OK E_INVALIDARG |
    Job::SetNotifyFlags             | S_OK E_NOTIMPL BG_E_INVALID_STATE |
    Job::GetNotifyFlags             | S_OK E_INVALIDARG |
    Job::SetNotifyInterface         | S_OK BG_E_INVALID_STATE |
    Job::GetNotifyInterface         | S_OK E_INVALIDARG |
    Job::SetMinimumRetryDelay       | S_OK BG_E_INVALID_STATE |
    Job::GetMinimumRetryDelay       | S_OK |
    Job::SetNoProgressTimeout       | S_OK BG_E_INVALID_STATE |
    Job::GetNoProgressTimeout       | S_OK E_INVALIDARG |
    Job::GetErrorCount              | S_OK |
    Job::SetProxySettings           | S_OK E_NOTIMPL BG_E_PROXY_LIST_TOO_LARGE BG_E_PROXY_BYPASS_LIST_TOO_LARGE E_INVALIDARG BG_E_INVALID_STATE |
    Job::GetProxySettings           | S_OK E_INVALIDARG |
    Job::TakeOwnership              | S_OK BG_E_NEW_OWNER_NO_FILE_ACCESS BG_E_NEW_OWNER_DIFF_MAPPING E_ACCESSDENIED BG_E_INVALID_STATE |
    Job2::SetNotifyCmdLine          | S_OK BG_E_STRING_TOO_LONG BG_E_INVALID_STATE | E_INVALIDARG
    Job2::GetNotifyCmdLine          | S_OK |
    Job2::GetReplyProgress          | S_OK E_INVALIDARG E_NOTIMPL |
    Job2::GetReplyData              | S_OK BG_E_TOO_LARGE BG_E_INVALID_STATE E_NOTIMPL |
    Job2::SetReplyFileName          | S_OK E_ACCESSDENIED E_INVALIDARG BG_E_INVALID_STATE | E_NOTIMPL
    Job2::GetReplyFileName          | S_OK E_NOTIMPL |
    Job2::SetCredentials            | S_OK BG_E_INVALID_AUTH_TARGET BG_E_INVALID_AUTH_SCHEME BG_E_USERNAME_TOO_LARGE BG_E_PASSWORD_TOO_LARGE E_INVALIDARG | E_ACCESSDENIED BG_E_INVALID_STATE
    Job2::RemoveCredentials         | S_OK S_FALSE | BG_E_INVALID_STATE
    Job3::ReplaceRemotePrefix       | S_OK S_FALSE E_INVALIDARG E_NOTIMPL BG_E_INVALID_STATE |
    Job3::AddFileWithRanges         | S_OK E_INVALIDARG E_ACCESSDENIED BG_E_INVALID_RANGE BG_E_OVERLAPPING_RANGES BG_E_TOO_MANY_RANGES_IN_FILE E_NOTIMPL BG_E_INVALID_STATE | BG_E_TOO_MANY_FILES_IN_JOB
    Job3::SetFileACLFlags           | S_OK E_INVALIDARG BG_E_INVALID_STATE |
    Job3::GetFileACLFlags           | S_OK |
    Job4::SetPeerCachingFlags       | S_OK E_NOTIMPL | BG_E_INVALID_STATE
    Job4::GetPeerCachingFlags       | S_OK |
    Job4::GetOwnerIntegrityLevel    | S_OK |
    Job4::GetOwnerElevationState    | S_OK |
    Job4::SetMaximumDownloadTime    | S_OK | BG_E_INVALID_STATE
    Job4::GetMaximumDownloadTime    | S_OK |
    Job5::SetProperty               | S_OK | BG_E_UNKNOWN_PROPERTY_ID BG_E_PROPERTY_SUPPORTED_FOR_DOWNLOAD_JOBS_ONLY BG_E_READ_ONLY_PROPERTY_AFTER_ADDFILE BG_E_READ_ONLY_PROPERTY_AFTER_RESUME BG_E_MAX_DOWNLOAD_SIZE_INVALID_VALUE BG_E_USE_STORED_CREDENTIALS_NOT_SUPPORTED BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD BG_E_INVALID_STATE
    Job5::GetProperty               | S_OK | BG_E_UNKNOWN_PROPERTY_ID
    HttpOptions::SetClientCertificateByID   | S_OK E_ACCESSDENIED E_NOTIMPL ERROR_FILE_NOT_FOUND CRYPT_E_NOT_FOUND RPC_X_NULL_REF_POINTER RPC_X_BAD_STUB_DATA BG_E_STRING_TOO_LONG BG_E_INVALID_STATE |
    HttpOptions::SetClientCertificateByName | S_OK E_ACCESSDENIED E_NOTIMPL ERROR_FILE_NOT_FOUND CRYPT_E_NOT_FOUND RPC_X_NULL_REF_POINTER BG_E_STRING_TOO_LONG BG_E_INVALID_STATE |
    HttpOptions::RemoveClientCertificate    | S_OK S_FALSE BG_E_INVALID_STATE |
    HttpOptions::GetClientCertificate       | S_OK RPC_X_BAD_STUB_DATA RPC_X_NULL_REF_POINTER |
    HttpOptions::SetCustomHeaders           | S_OK BG_E_STRING_TOO_LONG BG_E_INVALID_STATE | E_ACCESSDENIED
    HttpOptions::GetCustomHeaders           | S_OK S_FALSE E_ACCESSDENIED RPC_X_NULL_REF_POINTER |
    HttpOptions::SetSecurityFlags           | S_OK E_NOTIMPL | BG_E_INVALID_STATE
    HttpOptions::GetSecurityFlags           | S_OK |
    HttpOptions2::SetHttpMethod             | S_OK | BG_E_READ_ONLY_PROPERTY_AFTER_RESUME BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD BG_E_INVALID_STATE
    HttpOptions2::GetHttpMethod             | S_OK |
    HttpOptions3::SetServerCertificateValidationInterface | S_OK E_NOINTERFACE BG_E_READ_ONLY_WHEN_JOB_ACTIVE | BG_E_INVALID_STATE
    HttpOptions3::MakeCustomHeadersWriteOnly              | S_OK |
    TokenOptions::SetHelperTokenFlags       | S_OK | BG_E_INVALID_STATE
    TokenOptions::GetHelperTokenFlags       | S_OK |
    TokenOptions::SetHelperToken            | S_OK CO_E_FAILEDTOIMPERSONATE E_ACCESSDENIED | BG_E_INVALID_STATE
    TokenOptions::ClearHelperToken          | S_OK | BG_E_INVALID_STATE
    TokenOptions::GetHelperTokenSid         | S_OK |
    File::GetRemoteName             | S_OK |
    File::GetLocalName              | S_OK |
    File::GetProgress               | S_OK |
    File2::GetFileRanges            | S_OK S_FALSE |
    File2::SetRemoteName            | S_OK E_INVALIDARG E_NOTIMPL BG_E_INVALID_STATE |
    File3::GetTemporaryName         | S_OK |
    File3::SetValidationState       | S_OK E_PENDING BG_E_RECORD_DELETED | BG_E_INVALID_STATE E_NOTIMPL
    File3::GetValidationState       | S_OK |
    File3::IsDownloadedFromPeer     | S_OK |
    File4::GetPeerDownloadStats     | S_OK |
    File5::SetProperty              | S_OK |
    File5::GetProperty              | S_OK | BG_E_UNKNOWN_PROPERTY_ID
    File6::UpdateDownloadPosition   | S_OK BG_E_RANDOM_ACCESS_NOT_SUPPORTED |
    File6::RequestFileRanges        | S_OK BG_E_INVALID_RANGE BG_E_RANDOM_ACCESS_NOT_SUPPORTED |
    File6::GetFilledFileRanges      | S_OK E_OUTOFMEMORY BG_E_RANDOM_ACCESS_NOT_SUPPORTED |
    Error::GetError                 | S_OK |
    Error::GetFile                  | S_OK BG_E_FILE_NOT_AVAILABLE |
    Error::GetErrorDescription      | S_OK E_OUTOFMEMORY E_INVALIDARG ERROR_RESOURCE_LANG_NOT_FOUND |
    Error::GetErrorContextDescription | S_OK E_OUTOFMEMORY E_INVALIDARG ERROR_RESOURCE_LANG_NOT_FOUND |
    Error::GetProtocol              | S_OK BG_E_PROTOCOL_NOT_AVAILABLE |
";

/// Codes that no call can return here: the methods, the code, and why.
pub(crate) const CANNOT_ARISE: &[(&str, HResult, &str)] = &[
    (
        "Job::GetType Job::GetProgress Job::GetTimes Job::GetState Job::GetOwner \
         Job::GetDisplayName Job::GetDescription Job::GetPriority Job::GetNotifyFlags \
         Job::GetNotifyInterface Job::GetNoProgressTimeout Job::GetProxySettings \
         Job2::GetReplyProgress",
        HResult::E_INVALIDARG,
        "a getter returns its value, so that there is no null pointer to refuse (PROGRESS-11)",
    ),
    (
        "HttpOptions::GetClientCertificate HttpOptions::GetCustomHeaders",
        HResult::RPC_X_NULL_REF_POINTER,
        "a getter returns its value, so that there is no null pointer to refuse",
    ),
    (
        "Manager::CreateJob",
        HResult::BG_E_TOO_MANY_JOBS_PER_MACHINE,
        "one job does not know how many others there are",
    ),
    (
        "Manager::CreateJob",
        HResult::BG_E_TOO_MANY_JOBS_PER_USER,
        "one job does not know how many others there are",
    ),
    (
        "TokenOptions::SetHelperToken",
        HResult::CO_E_FAILEDTOIMPERSONATE,
        "a call carries its caller's token, so that there is always one to take over",
    ),
    (
        "File6::GetFilledFileRanges Error::GetErrorDescription Error::GetErrorContextDescription",
        HResult::E_OUTOFMEMORY,
        "a program that runs out of memory ends, instead of going on with a code",
    ),
    (
        "File3::IsDownloadedFromPeer File4::GetPeerDownloadStats",
        HResult::S_OK,
        "there are no peers: the handle of the file says so, whatever its job",
    ),
    ("File5::SetProperty", HResult::S_OK, "the only property of a file cannot be set"),
];

/// The methods with their codes.
pub(crate) fn documented() -> BTreeSet<(String, HResult)> {
    let mut codes = BTreeSet::new();
    for (method, cells) in crate::common::rows(METHODS) {
        assert_eq!(cells.len(), 2, "{method}");
        for code in cells.iter().flat_map(|cell| cell.split_whitespace()) {
            let known = code.parse().unwrap_or_else(|error| panic!("{method}: {error}"));
            let is_new = codes.insert((method.clone(), known));
            assert!(is_new, "{method} lists {code} twice");
        }
    }
    codes
}
