//! The usual causes of result codes, as far as the table T3 of the catalogue does not name them.

use super::hresult::HResult;

/// Makes the rows of the table: codes, and what usually causes them.
macro_rules! rows {
    ($($($code:ident)|+: $($cause:literal),+;)+) => {
        const ROWS: &[(&[HResult], &[&str])] = &[$((&[$(HResult::$code),+], &[$($cause),+]),)+];
    };
}

rows! {
    S_FALSE: "Nothing was set that could be removed, nothing has the prefix, or a list ends.";
    BG_S_PARTIAL_COMPLETE:
        "Complete was called before every file was transferred, such as in ERROR, to keep those that are whole.";
    BG_S_UNABLE_TO_DELETE_FILES:
        "Another process, often a virus scanner, holds a temporary file open at Cancel or Complete.";
    E_NOTIMPL: "A value that the enumeration does not define.", "A method that is not for jobs of this type.";
    E_POINTER | RPC_X_NULL_REF_POINTER: "A null pointer where one must be given.";
    E_ACCESSDENIED:
        "A call on a job of another user, without being an administrator.",
        "A call without elevation on a job that an elevated process created or took over.",
        "The account of the owner may not read or write a local file, or a file on a share.";
    E_INVALIDARG:
        "A null, empty or malformed name; a local path that is relative, or whose folder does not exist.",
        "A URL longer than 2,200 characters, or with characters that have to be escaped.";
    RPC_S_SERVER_UNAVAILABLE | RPC_E_DISCONNECTED:
        "The BITS service stopped or restarted since the interface was obtained.";
    ERROR_SERVICE_DISABLED: "The start type of the BITS service is Disabled.";
    ERROR_NOT_LOGGED_ON:
        "The caller is a service account, a scheduled task or a remote shell (WinRM, SSH) without an interactive logon.";
    ERROR_FILE_NOT_FOUND | ERROR_PATH_NOT_FOUND: "A file on a share does not exist under that name.";
    ERROR_SHARING_VIOLATION:
        "A virus scanner or another process holds the temporary file or the local file open.";
    ERROR_DISK_FULL | ERROR_HANDLE_DISK_FULL: "The volume of the local file has no room left.";
    ERROR_WINHTTP_NAME_NOT_RESOLVED | BG_E_NAME_RESOLUTION_FAILURE:
        "A misspelt host name, a DNS server that does not answer, or a VPN that is not connected.",
        "A proxy that alone can resolve the name, while the job does not use it.";
    ERROR_WINHTTP_CANNOT_CONNECT | BG_E_CONNECT_FAILURE:
        "No server listens at that address and port, or a firewall rejects the connection.",
        "A proxy is needed, and the account of the owner has none configured.";
    ERROR_WINHTTP_CONNECTION_ERROR | ERROR_INTERNET_CONNECTION_RESET | BG_E_CONNECTION_CLOSED:
        "The server, a proxy or a firewall closed the connection during the transfer.";
    ERROR_WINHTTP_TIMEOUT | BG_E_TIMEOUT: "The server took the request and sent nothing for minutes.";
    ERROR_WINHTTP_SECURE_FAILURE: "The certificate of the server is not trusted by the computer, for one of several reasons.";
    ERROR_WINHTTP_SECURE_CERT_DATE_INVALID: "The certificate of the server has expired, or the clock of the computer is wrong.";
    ERROR_WINHTTP_SECURE_CERT_CN_INVALID: "The certificate is for another host name than that of the URL.";
    ERROR_WINHTTP_SECURE_INVALID_CA:
        "The certificate was issued by an authority that the computer does not know, such as a proxy that inspects TLS.";
    ERROR_WINHTTP_SECURE_CHANNEL_ERROR: "Server and computer have no version of TLS or cipher in common.";
    BG_E_HTTP_ERROR_401: "The server asks for credentials, and the job has none for it, or wrong ones.";
    BG_E_HTTP_ERROR_403:
        "The server forbids the file to the account, address or client certificate; or it forbids HEAD.",
        "A signed URL has expired.";
    BG_E_HTTP_ERROR_404: "The file is not on the server, or not under that name.";
    BG_E_HTTP_ERROR_405: "The server does not allow HEAD, with which each download of a file begins.";
    BG_E_HTTP_ERROR_407: "The proxy asks for credentials, and the job has none for the target PROXY.";
    BG_E_HTTP_ERROR_416: "A range lies beyond the end of the remote file, which may have become shorter.";
    BG_E_HTTP_ERROR_429: "The server limits how often it is asked.";
    BG_E_HTTP_ERROR_500: "The application on the server failed.";
    BG_E_HTTP_ERROR_502 | BG_E_HTTP_ERROR_504: "A gateway before the server got no answer, or no valid one, from it.";
    BG_E_HTTP_ERROR_503: "The server is overloaded, or out of service for maintenance.";
    BG_E_NOT_FOUND:
        "The job was completed or cancelled, by the client, an administrator or after 90 days without activity.",
        "A job id from another computer, or one that was stored wrongly.";
    BG_E_INVALID_STATE:
        "A call on a job that was completed or cancelled before.",
        "Complete on an upload that is not TRANSFERRED.";
    BG_E_EMPTY: "Resume before the first AddFile.";
    BG_E_ERROR_INFORMATION_UNAVAILABLE:
        "GetError on a job that never failed, that reached TRANSFERRING since, or whose application has exited.";
    BG_E_FILE_NOT_AVAILABLE: "GetFile on an error that concerns no file: its context is not one of a file.";
    BG_E_TOO_MANY_JOBS_PER_USER | BG_E_TOO_MANY_JOBS_PER_MACHINE:
        "Jobs are created again and again, and neither completed nor cancelled: they stay for 90 days.";
    BG_E_TOO_MANY_FILES_IN_JOB: "More than 200 files, or what the policy MaxFilesPerJob allows.";
    BG_E_STRING_TOO_LONG: "A description of more than 1,024 characters, or a command line that is too long.";
    BG_E_OVERLAPPING_RANGES: "Two ranges of one AddFileWithRanges that have bytes in common.";
    BG_E_INSUFFICIENT_RANGE_SUPPORT: "A proxy or virus scanner removes the header Content-Range.";
    BG_E_NO_PROGRESS: "The job failed again and again, and not a byte arrived during the no-progress timeout.";
    BG_E_READ_ONLY_WHEN_JOB_ACTIVE: "The certificate callback is set while the job is under way.";
    BG_E_READ_ONLY_PROPERTY_AFTER_ADDFILE: "The property is set after the first AddFile.";
    BG_E_READ_ONLY_PROPERTY_AFTER_RESUME: "The property is set after the first Resume.";
    BG_E_UNKNOWN_PROPERTY_ID: "A number that is no property, or one of a later version of BITS.";
    BG_E_REMOTE_FILE_CHANGED: "A file is replaced on the server under its name while clients fetch it.";
}

impl HResult {
    /// The usual causes of the code, where they are known besides T3.
    pub(crate) fn causes(self) -> &'static [&'static str] {
        ROWS.iter().find(|(codes, _)| codes.contains(&self)).map_or(&[], |(_, causes)| causes)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_code_has_its_causes_in_one_row_and_each_cause_is_a_sentence() {
        let mut known = BTreeSet::new();
        for (codes, causes) in ROWS {
            for code in *codes {
                assert!(known.insert(*code), "{code} stands in two rows");
                assert_eq!(code.causes(), *causes);
            }
            assert!(causes.iter().all(|cause| cause.ends_with('.')), "{causes:?}");
        }
        assert!(HResult::new(0x8007_FFFF).causes().is_empty());
    }
}
