//! Advice on result codes: what can be done in BITS about each.

use super::code_info::CodeKind;
use super::hresult::HResult;
use crate::vocabulary::enums::failure_class::FailureClass;

/// What can be done about some codes, and where that is documented.
pub(super) struct Row {
    pub(super) codes: &'static [HResult],
    /// A public page or header, and the rules that it rests on, separated by spaces.
    pub(super) source: &'static str,
    pub(super) advice: &'static str,
    /// The same of a job that is in ERROR, where nothing goes on by itself any more.
    pub(super) in_error: &'static str,
}

/// Makes the rows of the table: codes, source and advice; behind an arrow what happens then by itself, unless the job
/// is in ERROR.
macro_rules! rows {
    ($($($code:ident)|+, $source:literal, $advice:literal $(=> $then:literal)?;)+) => {
        /// Every advice that is about certain codes.
        pub(super) static ROWS: &[Row] = &[$(
            Row {
                codes: &[$(HResult::$code),+],
                source: $source,
                advice: concat!($advice $(, "; ", $then, ".")?),
                in_error: concat!($advice $(, ", then Resume.", rows!(@none $then))?),
            },
        )+];
    };
    (@none $then:literal) => { "" };
}

rows! {
    BG_S_PARTIAL_COMPLETE, "nf-bits-ibackgroundcopyjob-complete.md DONE-04 PROGRESS-06",
        "Keep a pointer to each file before the call: after it, BG_FILE_PROGRESS.Completed is false for the missing ones. Fetch those with a new job.";
    BG_S_UNABLE_TO_DELETE_FILES, "bits-return-values.md DONE-06",
        "The job is over: delete its temporary files yourself when they are no longer in use. After Complete, look which files are there: it returns this code for a partial completion too.";
    E_ACCESSDENIED, "best-practices-when-using-bits.md SEC-02 SEC-04",
        "Call as the owner or as an elevated administrator; for a file, grant the owner of the job the right.";
    ERROR_SERVICE_DISABLED | ERROR_SERVICE_DOES_NOT_EXIST | ERROR_SERVICE_DEPENDENCY_FAIL
        | ERROR_SERVICE_DEPENDENCY_DELETED | REGDB_E_CLASSNOTREG | CO_E_SERVER_EXEC_FAILURE
        | EVENT_E_INTERNALERROR | WU_E_DM_FAILTOCONNECTTOBITS,
        "connecting-to-the-bits-service.md cc734722",
        "Enable the BITS service and those that it depends on, then connect again.";
    RPC_S_SERVER_UNAVAILABLE | RPC_E_DISCONNECTED, "Start-BitsTransfer.md LIFE-31 LIFE-32",
        "The service ended and its jobs are kept: connect anew, find the job by its id, set the callback again.";
    ERROR_NOT_LOGGED_ON | ERROR_NO_SUCH_LOGON_SESSION,
        "using-windows-powershell-to-create-bits-transfer-jobs.md NET-21",
        "The account of the caller must be logged on interactively; RunAs, winrs and SSH do not count. Log it on, or call as a service account.";
    ERROR_FILE_NOT_FOUND | ERROR_PATH_NOT_FOUND | BG_E_HTTP_ERROR_404 | BG_E_HTTP_ERROR_410,
        "nf-bits2_0-ibackgroundcopyfile2-setremotename.md FILES-24",
        "Correct the remote name with SetRemoteName, or put the file on the server, then Resume. For an upload, the directory must allow BITS uploads of that size.";
    ERROR_WRITE_PROTECT | ERROR_NOT_READY | ERROR_HANDLE_DISK_FULL | ERROR_DISK_FULL, "handling-errors.md ERR-32",
        "Make room on the disk of the local file, or make it writable, then Resume.";
    ERROR_SHARING_VIOLATION, "nf-bits3_0-ibackgroundcopyfile3-gettemporaryname.md ERR-32 DONE-07",
        "Close the file in the other process. A Complete that was refused with it has to be called again; after a transfer that failed with it, BITS tries again by itself.";
    ERROR_NOT_A_REPARSE_POINT | BG_E_VOLUME_CHANGED, "ns-bits-bg_file_info.md",
        "Create a new job with a local name on a fixed volume.";
    ERROR_BAD_NETPATH | ERROR_BAD_NET_NAME | ERROR_NETNAME_DELETED | ERROR_SEM_TIMEOUT | ERROR_LOGON_FAILURE,
        "users-and-network-connections.md SEC-01",
        "Check the share, and whether the owner of the job, as whom it is opened, has access to it; then Resume.";
    E_INVALIDARG, "nf-bits-ibackgroundcopyjob-setproxysettings.md PROP-12",
        "Correct the argument and call again. If a job failed with it, correct the proxy settings, then Resume.";
    ERROR_WINHTTP_NAME_NOT_RESOLVED | BG_E_NAME_RESOLUTION_FAILURE | BG_E_PROXY_NAME_RESOLUTION_FAILURE,
        "bitsadmin-examples.md PROP-12",
        "Check the name of the server in the remote name, and that of the proxy" => "BITS tries again by itself";
    ERROR_WINHTTP_CANNOT_CONNECT | ERROR_WINHTTP_CONNECTION_ERROR | ERROR_INTERNET_CONNECTION_RESET
        | ERROR_WINHTTP_TIMEOUT | ERROR_CONNECTION_REFUSED | BG_E_CONNECT_FAILURE | BG_E_CONNECTION_CLOSED
        | BG_E_TIMEOUT | ERROR_WINHTTP_SECURE_CHANNEL_ERROR, "handling-errors.md TIME-01",
        "Check the server, the firewall, the proxy and the TLS versions of both sides" => "BITS tries again by itself";
    ERROR_WINHTTP_SECURE_CERT_DATE_INVALID | ERROR_WINHTTP_SECURE_CERT_CN_INVALID
        | ERROR_WINHTTP_SECURE_INVALID_CA | ERROR_WINHTTP_SECURE_CERT_WRONG_USAGE
        | ERROR_WINHTTP_SECURE_INVALID_CERT | ERROR_WINHTTP_SECURE_FAILURE | BG_E_TRUST_FAILURE
        | BG_E_SECURE_CHANNEL_FAILURE, "nf-bits2_5-ibackgroundcopyjobhttpoptions-setsecurityflags.md PROP-20",
        "Mend the certificate of the server or trust its issuer, then Resume. SetSecurityFlags can ignore a wrong name, date, issuer or usage.";
    ERROR_WINHTTP_SECURE_CERT_REV_FAILED | ERROR_WINHTTP_SECURE_CERT_REVOKED,
        "nf-bits2_5-ibackgroundcopyjobhttpoptions-setsecurityflags.md HTTP-16",
        "Let the server get a new certificate, or make its revocation list reachable; without BG_SSL_ENABLE_CRL_CHECK it is not asked for.";
    ERROR_WINHTTP_CLIENT_AUTH_CERT_NEEDED | ERROR_WINHTTP_CLIENT_CERT_NO_ACCESS_PRIVATE_KEY,
        "authentication.md PROP-21",
        "Set a client certificate (SetClientCertificateByID or ByName) whose private key the owner can read, then Resume.";
    ERROR_WINHTTP_REDIRECT_FAILED, "nf-bits2_5-ibackgroundcopyjobhttpoptions-setsecurityflags.md HTTP-12",
        "A redirect from HTTPS to HTTP needs the flag BG_HTTP_REDIRECT_POLICY_ALLOW_HTTPS_TO_HTTP (SetSecurityFlags); otherwise set the final URL with SetRemoteName. Then Resume.";
    BG_E_HTTP_ERROR_400 | BG_E_HTTP_ERROR_414, "bits-return-values.md ERR-30",
        "Correct or shorten the remote name with SetRemoteName, then Resume. BITS escapes nothing in it.";
    BG_E_HTTP_ERROR_401, "nf-bits1_5-ibackgroundcopyjob2-setcredentials.md ERR-31",
        "Set credentials for the target SERVER with a scheme that the server offers (SetCredentials), then Resume.";
    BG_E_HTTP_ERROR_407, "nf-bits1_5-ibackgroundcopyjob2-setcredentials.md ERR-31",
        "Set credentials for the target PROXY (SetCredentials), or the property to use stored ones, then Resume.";
    BG_E_HTTP_ERROR_403, "nf-bits2_5-ibackgroundcopyjobhttpoptions-setclientcertificatebyname.md ERR-29",
        "Give the owner's account or client certificate the right at the server, also for HEAD, then Resume.";
    BG_E_HTTP_ERROR_405, "http-requirements-for-bits-downloads.md HTTP-01",
        "Let the server allow HEAD and GET for the file. A new job with dynamic content needs no HEAD.";
    BG_E_HTTP_ERROR_409, "ack-for-create-session.md UPLOAD-19",
        "For an upload: the destination exists; let the server allow overwrites, or choose another remote name.";
    BG_E_HTTP_ERROR_416, "ack-for-fragment.md FILES-22",
        "Ask only for ranges within the remote file; create a new job with other ranges.";
    BG_E_HTTP_ERROR_429, "rfc6585 ERR-28",
        "The server allows no more requests for now, and BITS does not wait by itself: call Resume later, as the header Retry-After says.";
    BG_E_HTTP_ERROR_501, "bits-return-values.md ERR-30",
        "For a download, a proxy before the server does not know the request: bypass it (SetProxySettings). For an upload, let the server enable BITS uploads. Then Resume.";
    BG_E_HTTP_ERROR_500 | BG_E_HTTP_ERROR_502 | BG_E_HTTP_ERROR_503 | BG_E_HTTP_ERROR_504,
        "bits-return-values.md TIME-01 TIME-12",
        "Mend the server or the gateway before it, or wait" => "BITS tries again by itself; Resume tries at once, and begins the no-progress period anew";
    BG_E_NOT_FOUND, "bits-return-values.md CREATE-11 LIFE-05",
        "The job was completed, cancelled or removed, or never existed: create a new one.";
    BG_E_INVALID_STATE, "life-cycle-of-a-bits-job.md T1",
        "Ask for the state (GetState) and call when it allows that; a job that is over allows no change.";
    BG_E_EMPTY, "bits-return-values.md LIFE-08",
        "Add a file (AddFile), then Resume.";
    BG_E_DESTINATION_LOCKED, "ne-bits-bg_job_state.md NET-07",
        "Let the check of the disk end" => "the job then goes on by itself";
    BG_E_ERROR_INFORMATION_UNAVAILABLE, "nf-bits-ibackgroundcopyjob-geterror.md ERR-04 ERR-05",
        "There is an error object from the entry into ERROR or TRANSIENT_ERROR until the job is TRANSFERRING again, or its application exits. Read it then, or in JobError.";
    BG_E_NETWORK_DISCONNECTED, "users-and-network-connections.md NET-05",
        "Connect the computer to a network" => "the job then goes on by itself";
    BG_E_MISSING_FILE_SIZE, "http-requirements-for-bits-downloads.md HTTP-02",
        "Let the server answer with Content-Length, or create a new job with dynamic content.";
    BG_E_INSUFFICIENT_HTTP_SUPPORT, "http-requirements-for-bits-downloads.md HTTP-01",
        "Serve the file over HTTP/1.1, also at a proxy before the server, then Resume.";
    BG_E_INSUFFICIENT_RANGE_SUPPORT, "http-requirements-for-bits-downloads.md HTTP-03 SCHED-18",
        "Look for a proxy that strips Content-Range. Otherwise FOREGROUND priority serves files up to 2 GB, or create a new job with dynamic content.";
    BG_E_INVALID_SERVER_RESPONSE, "nf-bits2_0-ibackgroundcopyjob3-addfilewithranges.md HTTP-05",
        "Let the server deliver each range by itself and the length that it promised, then Resume.";
    BG_E_NEW_OWNER_DIFF_MAPPING | BG_E_NEW_OWNER_NO_FILE_ACCESS, "nf-bits-ibackgroundcopyjob-takeownership.md SEC-06",
        "Give the new owner access to the local files under the same names, then call TakeOwnership again.";
    BG_E_TOO_LARGE, "upload-limits.md UPLOAD-16",
        "For an upload, raise BITSMaximumUploadSize at the server, then Resume. A reply above 1 MB is read from its file, after Complete.";
    BG_E_LOCAL_FILE_CHANGED, "bits-return-values.md UPLOAD-08",
        "Leave the file alone during its upload: Cancel, and create a new job.";
    BG_E_SERVER_EXECUTE_ENABLE, "setting-permissions-on-virtual-directories.md",
        "Remove the right to run scripts and programs from the upload directory of the server, then Resume.";
    BG_E_NO_PROGRESS, "nf-bits-ibackgroundcopyjob-setnoprogresstimeout.md TIME-13",
        "See to the failure behind it, then Resume; SetNoProgressTimeout lets retries go on longer.";
    BG_E_INVALID_RANGE | BG_E_OVERLAPPING_RANGES, "nf-bits2_0-ibackgroundcopyjob3-addfilewithranges.md FILES-18 FILES-20",
        "Give ranges that lie within the file and do not overlap; a job with wrong ones is cancelled and created anew.";
    BG_E_BLOCKED_BY_POLICY, "group-policies.md SCHED-15",
        "Wait for the hours in which the bandwidth policy allows transfers, or raise the priority to FOREGROUND.";
    BG_E_INVALID_PROXY_INFO, "nf-bits-ibackgroundcopyjob-setproxysettings.md PROP-13",
        "Correct the list or bypass list of SetProxySettings, then Resume.";
    BG_E_INVALID_CREDENTIALS, "bits-return-values.md PROP-14",
        "Give a user name and a password with a scheme other than NTLM and NEGOTIATE.";
    BG_E_TOO_MANY_JOBS_PER_USER | BG_E_TOO_MANY_JOBS_PER_MACHINE | BG_E_TOO_MANY_FILES_IN_JOB
        | BG_E_TOO_MANY_RANGES_IN_FILE, "group-policies.md CREATE-08",
        "Complete or cancel what is no longer needed, or raise the group policy; administrators and service accounts have no limit.";
    BG_E_TOO_MANY_FILES, "bits-return-values.md FILES-07",
        "Create a job for each file to be uploaded.";
    BG_E_VALIDATION_FAILED, "nf-bits3_0-ibackgroundcopyfile3-setvalidationstate.md DONE-20",
        "Resume fetches the file again, from the origin server.";
    BG_E_MAXDOWNLOAD_TIMEOUT, "nf-bits3_0-ibackgroundcopyjob4-setmaximumdownloadtime.md TIME-15",
        "Resume starts the limit anew; SetMaximumDownloadTime raises it.";
    BG_E_TOKEN_REQUIRED, "helper-tokens-for-bits-transfer-jobs.md NET-12",
        "Set the helper token again, or clear its flags, then Resume.";
    BG_E_BLOCKED_BY_COST_TRANSFER_POLICY, "how-to-block-a-bits-job-from-downloading-over-an-expensive-connection.md NET-14",
        "Wait for a network that costs less, or set the property BITS_JOB_PROPERTY_ID_COST_FLAGS so that this one is allowed.";
    BG_E_STANDBY_MODE | BG_E_BLOCKED_BY_BATTERY_POLICY | BG_E_BLOCKED_BY_BATTERY_SAVER,
        "life-cycle-of-a-bits-job.md NET-17",
        "Plug the computer in, or end standby or battery saver" => "the job then goes on by itself";
    BG_E_BLOCKED_BY_GAME_MODE, "life-cycle-of-a-bits-job.md NET-17",
        "End the game mode" => "the job then goes on by itself. No call of the client changes it";
    BG_E_BLOCKED_BY_BACKGROUND_ACCESS_POLICY | BG_E_BLOCKED_BY_SYSTEM_POLICY,
        "life-cycle-of-a-bits-job.md NET-17 NET-22",
        "Let the policy allow transfers" => "the job then goes on by itself. No call of the client changes it";
    BG_E_MAX_DOWNLOAD_SIZE_LIMIT_REACHED, "ne-bits5_0-bits_job_property_id.md PROP-36",
        "Create a new job with a larger limit: the property BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE is set before the first Resume.";
    BG_E_READ_ONLY_PROPERTY_AFTER_ADDFILE | BG_E_READ_ONLY_PROPERTY_AFTER_RESUME, "ne-bits5_0-bits_job_property_id.md PROP-34",
        "The property can no longer be set: create a new job, and set it before its first file or Resume.";
    BG_E_REMOTE_FILE_CHANGED, "file-transfer-consistency.md HTTP-09",
        "Replace files on the server only under new names. Resume fetches the new version.";
    BG_E_SERVER_CERT_VALIDATION_INTERFACE_REQUIRED,
        "nf-bits10_3-ibackgroundcopyjobhttpoptions3-setservercertificatevalidationinterface.md PROP-28",
        "Set the certificate callback again after each start of client or service, then Resume.";
    BG_E_READ_ONLY_WHEN_JOB_ACTIVE,
        "nf-bits10_3-ibackgroundcopyjobhttpoptions3-setservercertificatevalidationinterface.md PROP-26",
        "Suspend, make the call, then Resume.";
    ERROR_RESOURCE_LANG_NOT_FOUND, "nf-bits-ibackgroundcopyerror-geterrordescription.md ERR-13",
        "Ask for English (0x0409).";
}

/// What holds for every job in ERROR.
const MEND_AND_RESUME: &str = "BITS does not try again by itself: mend the cause, then Resume; or Complete keeps the whole \
    files, and Cancel none.";

impl HResult {
    /// Returns what can be done in BITS about the code, in a sentence or two. Every code has an advice: one
    /// that is about the code, or what holds for all of its kind.
    ///
    /// ```
    /// use bits_emulator::HResult;
    ///
    /// let advice = HResult::BG_E_INSUFFICIENT_RANGE_SUPPORT.advice();
    /// assert!(advice.contains("FOREGROUND priority serves files up to 2 GB"));
    /// assert!(HResult::from_http_status(418).advice().contains("then Resume"));
    /// ```
    #[must_use]
    pub fn advice(self) -> &'static str {
        self.advice_row().map_or_else(|| self.general_advice(), |row| row.advice)
    }

    /// Returns what can be done about a job that is in ERROR with the code: [`advice`](Self::advice) without what
    /// happens by itself in TRANSIENT_ERROR.
    pub(crate) fn advice_in_error(self) -> &'static str {
        match self.advice_row() {
            Some(row) => row.in_error,
            None if self.failure_class() == FailureClass::Transient => MEND_AND_RESUME,
            None => self.general_advice(),
        }
    }

    /// Returns where the advice about the code is documented (a public page or RFC), and the rules that it
    /// rests on, separated by spaces; `None` for what holds for all codes of a kind.
    #[must_use]
    pub fn advice_source(self) -> Option<&'static str> {
        self.advice_row().map(|row| row.source)
    }

    fn advice_row(self) -> Option<&'static Row> {
        ROWS.iter().find(|row| row.codes.contains(&self))
    }

    /// What holds for all codes of a kind (ERR-14, ERR-15, HTTP-12 to HTTP-14).
    const fn general_advice(self) -> &'static str {
        let kind = match self.info() {
            Some(info) => info.kind,
            None if self.is_success() => CodeKind::Success,
            None => CodeKind::Job,
        };
        match (kind, self.failure_class()) {
            (CodeKind::Success, _) => "There is nothing to mend.",
            (CodeKind::Text, _) => "No call and no job of BITS fails with it.",
            (CodeKind::Call, _) => "The refused call changed nothing: correct it and call again.",
            (CodeKind::Job | CodeKind::CallAndJob, _) if self.is_refused_redirect() => {
                "A redirect from HTTPS to HTTP needs the flag BG_HTTP_REDIRECT_POLICY_ALLOW_HTTPS_TO_HTTP, any redirect a policy other than DISALLOW (SetSecurityFlags). Set that, or the final URL with SetRemoteName, then Resume."
            }
            (CodeKind::Job | CodeKind::CallAndJob, FailureClass::Transient) => {
                "BITS tries again by itself after the retry delay; Resume tries at once, and begins the no-progress period anew."
            }
            (CodeKind::Job | CodeKind::CallAndJob, FailureClass::Fatal) => MEND_AND_RESUME,
        }
    }
}
