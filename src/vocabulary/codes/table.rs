//! The table of result codes: the only place where their names and numbers are written down.

use super::code_info::{CodeInfo, CodeKind};
use super::hresult::HResult;
use crate::vocabulary::enums::error_context::ErrorContext;
use crate::vocabulary::enums::failure_class::FailureClass;

/// The rows become one constant per name, and the table.
macro_rules! codes {
    ($(
        $name:ident $(| $alias:ident)* = $value:literal:
            $kind:ident $class:ident $($context:ident)?, $source:literal,
            $meaning:literal;
    )+) => {
        impl HResult {
            $(
                #[doc = concat!("`", stringify!($value), "`: ", $meaning)]
                pub const $name: Self = Self::new($value);
                $(
                    #[doc = concat!("Another name of [`HResult::", stringify!($name), "`].")]
                    pub const $alias: Self = Self::$name;
                )*
            )+
        }

        /// Every code, sorted by number.
        pub(super) static TABLE: &[CodeInfo] = &[$(
            CodeInfo {
                code: HResult::$name,
                name: stringify!($name),
                aliases: &[$(stringify!($alias)),*],
                kind: CodeKind::$kind,
                class: FailureClass::$class,
                context: only(&[$(ErrorContext::$context)?]),
                source: $source,
                meaning: $meaning,
            },
        )+];
    };
}

/// The context of a row, if it names one.
const fn only(contexts: &[ErrorContext]) -> Option<ErrorContext> {
    match contexts {
        [context] => Some(*context),
        _ => None,
    }
}

// One row: names = number: kind, class, usual context; source; meaning. Rows are sorted by number.
codes! {
    // Success.
    S_OK = 0x00000000: Success Fatal, "winerror.h",
        "The call succeeded.";
    S_FALSE = 0x00000001: Success Fatal, "winerror.h CREATE-15",
        "The call succeeded, but there was nothing to do or less to return than asked for.";
    BITS_S_TRANSFER_STOPPED = 0x00040008: Success Fatal, "recordings",
        "Event log: a transfer stopped before the whole file was there, as by a cancel.";
    BG_S_ERROR_CONTEXT_NONE = 0x00200006: Success Fatal, "bitsmsg.h",
        "Message text of the context NONE: no error has occurred.";
    BG_S_PARTIAL_COMPLETE = 0x00200017: Success Fatal, "bits-return-values.md DONE-04",
        "Only the files that were finished are kept; the others were dropped.";
    BG_S_UNABLE_TO_DELETE_FILES = 0x0020001A: Success Fatal, "bits-return-values.md DONE-06",
        "The job has ended, but some of its temporary files could not be deleted.";
    BG_S_PROXY_CHANGED = 0x0020002A: Success Fatal, "bitsmsg.h",
        "The proxy settings have changed.";
    BG_S_OVERRIDDEN_BY_POLICY = 0x00200055: Success Fatal, "bits-return-values.md HTTP-17",
        "The setting is stored, but a group policy overrides it.";

    // COM.
    E_PENDING = 0x8000000A: Call Fatal, "nf-bits3_0-ibackgroundcopyfile3-setvalidationstate.md",
        "The file has not been downloaded yet, so its content cannot be judged.";
    E_NOTIMPL = 0x80004001: Call Fatal, "nf-bits-ibackgroundcopyjob-setpriority.md PROP-02",
        "The value is not defined, or the method does not serve this type of job.";
    E_NOINTERFACE = 0x80004002: Call Fatal, "nf-bits10_3-ibackgroundcopyjobhttpoptions3-setservercertificatevalidationinterface.md",
        "The object does not have the interface that was asked for.";
    E_POINTER = 0x80004003: Call Fatal, "winerror.h ERR-33",
        "A pointer is null where one must be given.";
    E_ABORT = 0x80004004: Call Fatal, "winerror.h ERR-33",
        "The operation was given up.";
    E_FAIL = 0x80004005: Call Fatal, "winerror.h ERR-33",
        "The call failed, and nothing is said of why.";
    E_UNEXPECTED = 0x8000FFFF: Call Fatal, "winerror.h ERR-33",
        "The call failed in a way that was not foreseen.";
    RPC_E_SERVERFAULT = 0x80010105: Call Fatal, "winerror.h ERR-33",
        "The object that was called broke off with an exception.";
    RPC_E_DISCONNECTED = 0x80010108: Call Fatal, "winerror.h ERR-33",
        "The service behind the object has gone away.";
    CO_E_FAILEDTOIMPERSONATE = 0x80010123: Call Fatal, "nf-bits4_0-ibitstokenoptions-sethelpertoken.md SEC-12",
        "The caller's token cannot be taken over, because it may not be impersonated.";
    BITS_E_TRANSFER_STOPPED = 0x80040009: Text Fatal, "recordings",
        "Event log: a transfer stopped and was started again at once.";
    REGDB_E_CLASSNOTREG = 0x80040154: Call Fatal, "determining-the-version-of-bits-on-a-computer.md",
        "The installed BITS does not offer the class of that version.";
    EVENT_E_INTERNALERROR = 0x80040206: Call Fatal, "winerror.h ERR-33",
        "The event system, which the service needs, failed within itself.";

    // Win32 codes, wrapped.
    ERROR_FILE_NOT_FOUND = 0x80070002: CallAndJob Fatal RemoteFile, "nf-bits2_0-ibackgroundcopyfile2-setremotename.md PROP-21",
        "The remote file, or the certificate store, does not exist.";
    ERROR_PATH_NOT_FOUND = 0x80070003: CallAndJob Fatal RemoteFile, "nf-bits2_0-ibackgroundcopyfile2-setremotename.md",
        "A folder of the remote or local path does not exist.";
    E_ACCESSDENIED | ERROR_ACCESS_DENIED = 0x80070005: CallAndJob Fatal, "best-practices-when-using-bits.md SEC-02",
        "The caller, or the owner of the job, lacks the right to do this.";
    E_OUTOFMEMORY | ERROR_OUTOFMEMORY = 0x8007000E: Call Fatal, "nf-bits-ibackgroundcopyerror-geterrordescription.md ERR-13",
        "There is not enough memory.";
    ERROR_WRITE_PROTECT = 0x80070013: Job Fatal LocalFile, "winerror.h ERR-32",
        "The destination medium is write-protected.";
    ERROR_NOT_READY = 0x80070015: Job Transient LocalFile, "winerror.h ERR-32",
        "The destination drive is not ready.";
    ERROR_SHARING_VIOLATION = 0x80070020: CallAndJob Transient LocalFile, "nf-bits3_0-ibackgroundcopyfile3-gettemporaryname.md ERR-32",
        "Another process holds the local file open.";
    ERROR_HANDLE_DISK_FULL = 0x80070027: Job Fatal LocalFile, "winerror.h ERR-32",
        "The destination disk is full.";
    ERROR_NOT_SUPPORTED = 0x80070032: CallAndJob Fatal, "winerror.h ERR-32",
        "The network, the file system or the server does not support the request.";
    ERROR_BAD_NETPATH = 0x80070035: Job Transient RemoteFile, "winerror.h ERR-32",
        "The file server was not found on the network.";
    ERROR_NETNAME_DELETED = 0x80070040: Job Transient RemoteFile, "winerror.h ERR-32",
        "The file server dropped the connection.";
    ERROR_BAD_NET_NAME = 0x80070043: Job Fatal RemoteFile, "winerror.h ERR-32",
        "The file server has no share of that name.";
    ERROR_FILE_EXISTS = 0x80070050: Call Fatal, "winerror.h ERR-33",
        "A file of the final name exists and cannot be replaced.";
    E_INVALIDARG | ERROR_INVALID_PARAMETER = 0x80070057: CallAndJob Transient, "nf-bits-ibackgroundcopyjob-setdisplayname.md cc734599",
        "An argument is missing or wrong; in a job, the user's proxy settings are.";
    ERROR_DISK_FULL = 0x80070070: Job Fatal LocalFile, "winerror.h ERR-32",
        "The destination disk has no room for the file.";
    ERROR_SEM_TIMEOUT = 0x80070079: Job Transient RemoteFile, "winerror.h ERR-32",
        "The file server did not answer in time.";
    ERROR_INVALID_NAME = 0x8007007B: Call Fatal, "winerror.h ERR-33",
        "The file name is not well formed.";
    ERROR_ALREADY_EXISTS = 0x800700B7: Call Fatal, "winerror.h ERR-33",
        "The final name is taken.";
    ERROR_FILENAME_EXCED_RANGE = 0x800700CE: Call Fatal, "winerror.h ERR-33",
        "The path is too long.";
    ERROR_CAN_NOT_COMPLETE = 0x800703EB: Job Transient GeneralTransport, "cc734599",
        "The network interface could not be determined, as without a default gateway.";
    ERROR_SERVICE_DISABLED = 0x80070422: Call Fatal, "cc734722",
        "The BITS service is disabled.";
    ERROR_SERVICE_DOES_NOT_EXIST = 0x80070424: Call Fatal, "cc734722",
        "The BITS service is not installed.";
    ERROR_SERVICE_DEPENDENCY_FAIL = 0x8007042C: Call Fatal, "cc734722",
        "A service that BITS needs did not start.";
    ERROR_SERVICE_DEPENDENCY_DELETED = 0x80070433: Call Fatal, "cc734722",
        "A service that BITS needs is not installed.";
    ERROR_CONNECTION_REFUSED = 0x800704C9: Job Transient GeneralTransport, "winerror.h ERR-32",
        "The server refused the connection.";
    ERROR_NETWORK_UNREACHABLE = 0x800704CF: Job Transient GeneralTransport, "winerror.h ERR-32",
        "No route leads to the network of the server.";
    ERROR_HOST_UNREACHABLE = 0x800704D0: Job Transient GeneralTransport, "winerror.h ERR-32",
        "No route leads to the server.";
    ERROR_CONNECTION_ABORTED = 0x800704D4: Job Transient GeneralTransport, "winerror.h ERR-32",
        "The local side gave up the connection.";
    ERROR_NOT_LOGGED_ON = 0x800704DD: CallAndJob Transient GeneralQueueManager, "using-windows-powershell-to-create-bits-transfer-jobs.md cc734599 ERR-32",
        "The caller, or the owner of the job, is not logged on interactively.";
    ERROR_NO_SUCH_LOGON_SESSION = 0x80070520: Job Transient GeneralQueueManager, "winerror.h ERR-32",
        "The logon session of the owner has ended.";
    ERROR_LOGON_FAILURE = 0x8007052E: Job Fatal RemoteFile, "winerror.h ERR-32",
        "The file server declined the user name or the password.";
    RPC_S_SERVER_UNAVAILABLE = 0x800706BA: Call Fatal, "winerror.h ERR-33",
        "The service is not running.";
    RPC_X_NULL_REF_POINTER = 0x800706F4: Call Fatal, "nf-bits2_5-ibackgroundcopyjobhttpoptions-setclientcertificatebyid.md PROP-21",
        "A null pointer was stopped on its way to the service.";
    RPC_X_BAD_STUB_DATA = 0x800706F7: Call Fatal, "nf-bits2_5-ibackgroundcopyjobhttpoptions-getclientcertificate.md PROP-22",
        "The job has no readable client certificate, or the hash of one has the wrong size.";
    ERROR_RESOURCE_LANG_NOT_FOUND = 0x80070717: Call Fatal, "nf-bits-ibackgroundcopyerror-geterrordescription.md ERR-13",
        "There is no text in the language asked for.";
    ERROR_NOT_A_REPARSE_POINT = 0x80071126: CallAndJob Fatal LocalFile, "winerror.h ERR-32",
        "The file or folder is not the link that it was taken for.";

    // WinHTTP and WinINet codes, wrapped.
    ERROR_WINHTTP_TIMEOUT = 0x80072EE2: Job Transient GeneralTransport, "error-messages.md ERR-32",
        "The server did not answer in time.";
    ERROR_WINHTTP_INTERNAL_ERROR = 0x80072EE4: Job Transient GeneralTransport, "error-messages.md ERR-32",
        "WinHTTP failed within itself.";
    ERROR_WINHTTP_INVALID_URL = 0x80072EE5: Job Fatal RemoteFile, "error-messages.md ERR-32",
        "The URL is not valid.";
    ERROR_WINHTTP_UNRECOGNIZED_SCHEME = 0x80072EE6: Job Fatal RemoteFile, "error-messages.md ERR-32",
        "The URL is neither http nor https.";
    ERROR_WINHTTP_NAME_NOT_RESOLVED = 0x80072EE7: Job Transient RemoteFile, "bitsadmin-examples.md",
        "The name of the server or proxy has no known address.";
    ERROR_WINHTTP_SHUTDOWN = 0x80072EEC: Job Transient GeneralTransport, "error-messages.md ERR-32",
        "WinHTTP is being shut down.";
    ERROR_WINHTTP_LOGIN_FAILURE = 0x80072EEF: Job Fatal RemoteFile, "error-messages.md ERR-32",
        "The server did not accept the login.";
    ERROR_WINHTTP_OPERATION_CANCELLED = 0x80072EF1: Job Transient GeneralTransport, "error-messages.md ERR-32",
        "The request was closed before it was done.";
    ERROR_WINHTTP_CANNOT_CONNECT = 0x80072EFD: Job Transient GeneralTransport, "error-messages.md T3",
        "No connection to the server could be made.";
    ERROR_WINHTTP_CONNECTION_ERROR | ERROR_INTERNET_CONNECTION_ABORTED = 0x80072EFE: Job Transient GeneralTransport, "error-messages.md T3",
        "The connection broke off, or both sides share no TLS version.";
    ERROR_INTERNET_CONNECTION_RESET = 0x80072EFF: Job Transient GeneralTransport, "wininet-errors.md T3",
        "The server reset the connection.";
    ERROR_WINHTTP_RESEND_REQUEST = 0x80072F00: Job Transient GeneralTransport, "error-messages.md ERR-32",
        "The request must be sent once more.";
    ERROR_WINHTTP_SECURE_CERT_DATE_INVALID = 0x80072F05: Job Fatal RemoteFile, "error-messages.md ERR-32",
        "The server's certificate has expired or is not valid yet.";
    ERROR_WINHTTP_SECURE_CERT_CN_INVALID = 0x80072F06: Job Fatal RemoteFile, "error-messages.md ERR-32",
        "The server's certificate is for another host name.";
    ERROR_WINHTTP_CLIENT_AUTH_CERT_NEEDED = 0x80072F0C: Job Fatal RemoteFile, "authentication.md T3",
        "The server asks for a client certificate, and the job has none.";
    ERROR_WINHTTP_SECURE_INVALID_CA = 0x80072F0D: Job Fatal RemoteFile, "error-messages.md ERR-32",
        "The issuer of the server's certificate is not trusted.";
    ERROR_WINHTTP_SECURE_CERT_REV_FAILED = 0x80072F19: Job Fatal RemoteFile, "nf-bits2_5-ibackgroundcopyjobhttpoptions-setsecurityflags.md HTTP-16",
        "It could not be checked whether the server's certificate is revoked.";
    ERROR_WINHTTP_HEADER_NOT_FOUND = 0x80072F76: Job Fatal RemoteFile, "error-messages.md ERR-32",
        "The reply lacks a header that is needed.";
    ERROR_WINHTTP_INVALID_SERVER_RESPONSE = 0x80072F78: Job Transient RemoteFile, "cc734599",
        "The reply of the server cannot be parsed.";
    ERROR_WINHTTP_REDIRECT_FAILED = 0x80072F7C: Job Fatal RemoteFile, "error-messages.md ERR-32",
        "The redirects are too many or lead to another scheme.";
    ERROR_WINHTTP_SECURE_CHANNEL_ERROR = 0x80072F7D: Job Transient GeneralTransport, "error-messages.md ERR-32",
        "The secure channel to the server failed.";
    ERROR_WINHTTP_SECURE_INVALID_CERT = 0x80072F89: Job Fatal RemoteFile, "error-messages.md ERR-32",
        "The server's certificate is not valid.";
    ERROR_WINHTTP_SECURE_CERT_REVOKED = 0x80072F8A: Job Fatal RemoteFile, "nf-bits2_5-ibackgroundcopyjobhttpoptions-setsecurityflags.md HTTP-16",
        "The server's certificate is revoked.";
    ERROR_WINHTTP_SECURE_FAILURE = 0x80072F8F: Job Fatal RemoteFile, "error-messages.md ERR-32",
        "The server's certificate has one or more faults.";
    ERROR_WINHTTP_AUTO_PROXY_SERVICE_ERROR = 0x80072F92: Job Transient GeneralTransport, "error-messages.md ERR-32",
        "The automatic search for a proxy failed.";
    ERROR_WINHTTP_SECURE_CERT_WRONG_USAGE = 0x80072F93: Job Fatal RemoteFile, "error-messages.md ERR-32",
        "The server's certificate is not meant for this use.";
    ERROR_WINHTTP_AUTODETECTION_FAILED = 0x80072F94: Job Transient GeneralTransport, "error-messages.md ERR-32",
        "No script for the automatic choice of a proxy was found.";
    ERROR_WINHTTP_CLIENT_CERT_NO_ACCESS_PRIVATE_KEY = 0x80072F9A: Job Fatal GeneralTransport, "nf-bits4_0-ibitstokenoptions-sethelpertokenflags.md T3",
        "The private key of the client certificate cannot be read.";

    // COM, continued.
    CO_E_SERVER_EXEC_FAILURE = 0x80080005: Call Fatal, "winerror.h ERR-33",
        "The service could not be started.";
    CRYPT_E_NOT_FOUND = 0x80092004: Call Fatal, "nf-bits2_5-ibackgroundcopyjobhttpoptions-setclientcertificatebyname.md PROP-21",
        "No certificate of the store has that hash or name.";

    // HTTP statuses.
    BG_E_HTTP_ERROR_100 = 0x80190064: Job Transient RemoteFile, "bitsmsg.h ERR-30",
        "HTTP 100: the server wants the rest of the request.";
    BG_E_HTTP_ERROR_101 = 0x80190065: Job Transient RemoteFile, "bitsmsg.h ERR-30",
        "HTTP 101: the server switches to another protocol.";
    BG_E_HTTP_ERROR_200 = 0x801900C8: Job Transient RemoteFile, "bitsmsg.h ERR-30",
        "HTTP 200: the request succeeded.";
    BG_E_HTTP_ERROR_201 = 0x801900C9: Job Transient RemoteFile, "bitsmsg.h ERR-30",
        "HTTP 201: the server created a resource.";
    BG_E_HTTP_ERROR_202 = 0x801900CA: Job Transient RemoteFile, "bitsmsg.h ERR-30",
        "HTTP 202: the server took the request and will work on it later.";
    BG_E_HTTP_ERROR_203 = 0x801900CB: Job Transient RemoteFile, "bitsmsg.h ERR-30",
        "HTTP 203: the reply comes from a copy, not from the origin.";
    BG_E_HTTP_ERROR_204 = 0x801900CC: Job Transient RemoteFile, "bitsmsg.h ERR-30",
        "HTTP 204: the reply has no content.";
    BG_E_HTTP_ERROR_205 = 0x801900CD: Job Transient RemoteFile, "bitsmsg.h ERR-30",
        "HTTP 205: the client should start its view afresh.";
    BG_E_HTTP_ERROR_206 = 0x801900CE: Job Transient RemoteFile, "bitsmsg.h ERR-30",
        "HTTP 206: the reply holds a part of the content.";
    BG_E_HTTP_ERROR_300 = 0x8019012C: Job Fatal RemoteFile, "bitsmsg.h ERR-30",
        "HTTP 300: there are several versions to choose from.";
    BG_E_HTTP_ERROR_301 = 0x8019012D: Job Fatal RemoteFile, "bitsmsg.h ERR-30",
        "HTTP 301: the resource has moved for good.";
    BG_E_HTTP_ERROR_302 = 0x8019012E: Job Fatal RemoteFile, "bitsmsg.h ERR-30",
        "HTTP 302: the resource is elsewhere for now.";
    BG_E_HTTP_ERROR_303 = 0x8019012F: Job Fatal RemoteFile, "bitsmsg.h ERR-30",
        "HTTP 303: the reply is to be fetched from another URL.";
    BG_E_HTTP_ERROR_304 = 0x80190130: Job Fatal RemoteFile, "bitsmsg.h ERR-30",
        "HTTP 304: the resource has not changed.";
    BG_E_HTTP_ERROR_305 = 0x80190131: Job Fatal RemoteFile, "bitsmsg.h ERR-30",
        "HTTP 305: the resource can be had only through a proxy.";
    BG_E_HTTP_ERROR_307 = 0x80190133: Job Fatal RemoteFile, "bitsmsg.h ERR-30",
        "HTTP 307: the same request belongs to another URL for now.";
    BG_E_HTTP_ERROR_400 = 0x80190190: Job Fatal RemoteFile, "bits-return-values.md ERR-30",
        "HTTP 400: the request is malformed; the remote name may be wrong.";
    BG_E_HTTP_ERROR_401 = 0x80190191: Job Fatal RemoteFile, "nf-bits1_5-ibackgroundcopyjob2-setcredentials.md ERR-31",
        "HTTP 401: the server asks for a user name and password.";
    BG_E_HTTP_ERROR_402 = 0x80190192: Job Fatal RemoteFile, "bitsmsg.h ERR-30",
        "HTTP 402: the server asks for payment.";
    BG_E_HTTP_ERROR_403 = 0x80190193: Job Fatal RemoteFile, "nf-bits2_5-ibackgroundcopyjobhttpoptions-setclientcertificatebyname.md ERR-29",
        "HTTP 403: the server denies access, or does not trust the client certificate.";
    BG_E_HTTP_ERROR_404 = 0x80190194: Job Fatal RemoteFile, "bits-return-values.md ERR-30",
        "HTTP 404: there is no such resource; for an upload it may be disabled or too large.";
    BG_E_HTTP_ERROR_405 = 0x80190195: Job Fatal RemoteFile, "bitsmsg.h ERR-30",
        "HTTP 405: the resource does not allow the method.";
    BG_E_HTTP_ERROR_406 = 0x80190196: Job Fatal RemoteFile, "bitsmsg.h ERR-30",
        "HTTP 406: the server has no version that the client accepts.";
    BG_E_HTTP_ERROR_407 = 0x80190197: Job Fatal RemoteFile, "nf-bits1_5-ibackgroundcopyjob2-setcredentials.md ERR-31",
        "HTTP 407: the proxy asks for a user name and password.";
    BG_E_HTTP_ERROR_408 = 0x80190198: Job Transient RemoteFile, "bitsmsg.h ERR-30",
        "HTTP 408: the server waited too long for the request.";
    BG_E_HTTP_ERROR_409 = 0x80190199: Job Transient RemoteFile, "bitsmsg.h ERR-30",
        "HTTP 409: the request clashes with the state of the resource.";
    BG_E_HTTP_ERROR_410 = 0x8019019A: Job Fatal RemoteFile, "bitsmsg.h ERR-30",
        "HTTP 410: the resource is gone for good.";
    BG_E_HTTP_ERROR_411 = 0x8019019B: Job Fatal RemoteFile, "bitsmsg.h ERR-30",
        "HTTP 411: the request must state its length.";
    BG_E_HTTP_ERROR_412 = 0x8019019C: Job Fatal RemoteFile, "bitsmsg.h ERR-30",
        "HTTP 412: a condition of the request does not hold.";
    BG_E_HTTP_ERROR_413 = 0x8019019D: Job Fatal RemoteFile, "bitsmsg.h ERR-30",
        "HTTP 413: the request is too large.";
    BG_E_HTTP_ERROR_414 = 0x8019019E: Job Fatal RemoteFile, "bits-return-values.md ERR-30",
        "HTTP 414: the URL is too long.";
    BG_E_HTTP_ERROR_415 = 0x8019019F: Job Fatal RemoteFile, "bitsmsg.h ERR-30",
        "HTTP 415: the server does not take this type of content.";
    BG_E_HTTP_ERROR_416 = 0x801901A0: Job Fatal RemoteFile, "ack-for-fragment.md ERR-30",
        "HTTP 416: the range lies outside the file, or an upload leaves a gap.";
    BG_E_HTTP_ERROR_417 = 0x801901A1: Job Fatal RemoteFile, "bitsmsg.h ERR-30",
        "HTTP 417: the server cannot do what the request expects of it.";
    BG_E_HTTP_ERROR_428 = 0x801901AC: Job Fatal RemoteFile, "rfc6585 ERR-30",
        "HTTP 428: the server demands a condition in the request.";
    BG_E_HTTP_ERROR_429 = 0x801901AD: Job Fatal RemoteFile, "rfc6585 ERR-30",
        "HTTP 429: the client sent too many requests.";
    BG_E_HTTP_ERROR_431 = 0x801901AF: Job Fatal RemoteFile, "rfc6585 ERR-30",
        "HTTP 431: the headers of the request are too large.";
    BG_E_HTTP_ERROR_449 = 0x801901C1: Job Fatal RemoteFile, "bitsmsg.h ERR-30",
        "HTTP 449: the request must be repeated with more information.";
    BG_E_HTTP_ERROR_500 = 0x801901F4: Job Transient RemoteFile, "bitsmsg.h ERR-30",
        "HTTP 500: the server failed in an unforeseen way.";
    BG_E_HTTP_ERROR_501 = 0x801901F5: Job Fatal RemoteFile, "bits-return-values.md ERR-30",
        "HTTP 501: the server does not know the request; uploads may be disabled.";
    BG_E_HTTP_ERROR_502 = 0x801901F6: Job Transient RemoteFile, "bitsmsg.h ERR-30",
        "HTTP 502: a gateway got a bad reply from the server behind it.";
    BG_E_HTTP_ERROR_503 = 0x801901F7: Job Transient RemoteFile, "bits-return-values.md ERR-30",
        "HTTP 503: the server is overloaded or out of service for now.";
    BG_E_HTTP_ERROR_504 = 0x801901F8: Job Transient RemoteFile, "bits-return-values.md ERR-30",
        "HTTP 504: a gateway got no reply in time from the server behind it.";
    BG_E_HTTP_ERROR_505 = 0x801901F9: Job Fatal RemoteFile, "bits-return-values.md ERR-30",
        "HTTP 505: the server does not support this version of HTTP.";

    // Entries of the event log.
    BITS_MC_JOB_CANCELLED = 0x80194000: Text Fatal, "bitsmsg.h",
        "Event log: a job was cancelled.";
    BITS_MC_FILE_DELETION_FAILED = 0x80194001: Text Fatal, "bitsmsg.h",
        "Event log: temporary files could not be deleted.";
    BITS_MC_FILE_DELETION_FAILED_MORE = 0x80194002: Text Fatal, "bitsmsg.h",
        "Event log: more temporary files could not be deleted than the entry lists.";
    BITS_MC_JOB_PROPERTY_CHANGE = 0x80194003: Text Fatal, "bitsmsg.h",
        "Event log: a property of a job was changed.";
    BITS_MC_JOB_TAKE_OWNERSHIP = 0x80194004: Text Fatal, "bitsmsg.h",
        "Event log: a job has a new owner.";
    BITS_MC_JOB_SCAVENGED = 0x80194005: Text Fatal, "bitsmsg.h",
        "Event log: a job was removed because it had been inactive for too long.";
    BITS_MC_JOB_NOTIFICATION_FAILURE = 0x80194006: Text Fatal, "bitsmsg.h",
        "Event log: the client of a job could not be notified.";
    BITS_MC_STATE_FILE_CORRUPT = 0x80194007: Text Fatal, "bitsmsg.h",
        "Event log: the stored queue of jobs is damaged.";
    BITS_MC_FAILED_TO_START = 0x80194008: Text Fatal, "bitsmsg.h",
        "Event log: the service did not start.";
    BITS_MC_FATAL_IGD_ERROR = 0x80194009: Text Fatal, "bitsmsg.h",
        "Event log: the internet gateway device reported a fatal error.";
    BITS_MC_PEERCACHING_PORT = 0x8019400A: Text Fatal, "bitsmsg.h",
        "Event log: the port for peer caching causes trouble.";
    BITS_MC_WSD_PORT = 0x8019400B: Text Fatal, "bitsmsg.h",
        "Event log: the port for finding peers causes trouble.";

    // BITS.
    BG_E_NOT_FOUND = 0x80200001: Call Fatal, "bits-return-values.md CREATE-11",
        "The queue holds no such job.";
    BG_E_INVALID_STATE = 0x80200002: Call Fatal, "bits-return-values.md T1",
        "The state of the job does not allow the call.";
    BG_E_EMPTY = 0x80200003: Call Fatal, "bits-return-values.md LIFE-08",
        "The job has no files, so it cannot be resumed.";
    BG_E_FILE_NOT_AVAILABLE = 0x80200004: Call Fatal, "bits-return-values.md ERR-11",
        "The error does not concern a file.";
    BG_E_PROTOCOL_NOT_AVAILABLE = 0x80200005: Call Fatal, "bits-return-values.md ERR-12",
        "The error does not concern the transfer protocol.";
    BG_E_ERROR_CONTEXT_UNKNOWN = 0x80200007: Text Fatal, "bitsmsg.h",
        "Message text of the context UNKNOWN.";
    BG_E_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER = 0x80200008: Text Fatal, "bitsmsg.h",
        "Message text of the context GENERAL_QUEUE_MANAGER.";
    BG_E_ERROR_CONTEXT_LOCAL_FILE = 0x80200009: Text Fatal, "bitsmsg.h",
        "Message text of the context LOCAL_FILE.";
    BG_E_ERROR_CONTEXT_REMOTE_FILE = 0x8020000A: Text Fatal, "bitsmsg.h",
        "Message text of the context REMOTE_FILE.";
    BG_E_ERROR_CONTEXT_GENERAL_TRANSPORT = 0x8020000B: Text Fatal, "bitsmsg.h",
        "Message text of the context GENERAL_TRANSPORT.";
    BG_E_ERROR_CONTEXT_QUEUE_MANAGER_NOTIFICATION = 0x8020000C: Text Fatal, "bitsmsg.h",
        "Message text of the context QUEUE_MANAGER_NOTIFICATION.";
    BG_E_DESTINATION_LOCKED = 0x8020000D: Job Transient LocalFile, "bits-return-values.md NET-07",
        "The destination volume is locked, as during a disk check.";
    BG_E_VOLUME_CHANGED = 0x8020000E: Job Fatal LocalFile, "bits-return-values.md T3",
        "Another volume is where the destination volume was.";
    BG_E_ERROR_INFORMATION_UNAVAILABLE = 0x8020000F: Call Fatal, "bits-return-values.md ERR-04",
        "The job has no error to tell about.";
    BG_E_NETWORK_DISCONNECTED = 0x80200010: Job Transient GeneralTransport, "bits-return-values.md NET-04",
        "The computer has no network connection.";
    BG_E_MISSING_FILE_SIZE = 0x80200011: Job Fatal RemoteFile, "bits-return-values.md HTTP-02",
        "The server does not state the size of the file.";
    BG_E_INSUFFICIENT_HTTP_SUPPORT = 0x80200012: Job Fatal RemoteFile, "bits-return-values.md HTTP-01",
        "The server does not support HTTP/1.1.";
    BG_E_INSUFFICIENT_RANGE_SUPPORT = 0x80200013: Job Fatal RemoteFile, "bits-return-values.md HTTP-03",
        "The server, or a proxy before it, does not deliver byte ranges.";
    BG_E_REMOTE_NOT_SUPPORTED = 0x80200014: Call Fatal, "bits-return-values.md CREATE-18",
        "BITS cannot be used from another computer.";
    BG_E_NEW_OWNER_DIFF_MAPPING = 0x80200015: Call Fatal, "bits-return-values.md SEC-06",
        "The drive of a local file means another place to the new owner.";
    BG_E_NEW_OWNER_NO_FILE_ACCESS = 0x80200016: Call Fatal, "bits-return-values.md SEC-06",
        "The new owner cannot reach the temporary files of the job.";
    BG_E_PROXY_LIST_TOO_LARGE = 0x80200018: Call Fatal, "bits-return-values.md PROP-12",
        "The list of proxies is too long.";
    BG_E_PROXY_BYPASS_LIST_TOO_LARGE = 0x80200019: Call Fatal, "bits-return-values.md PROP-12",
        "The list of hosts that need no proxy is too long.";
    BG_E_INVALID_SERVER_RESPONSE = 0x8020001B: Job Fatal RemoteFile, "nf-bits2_0-ibackgroundcopyjob3-addfilewithranges.md",
        "The server merged ranges or otherwise broke the protocol.";
    BG_E_TOO_MANY_FILES = 0x8020001C: Call Fatal, "bits-return-values.md FILES-07",
        "An upload job holds one file only.";
    BG_E_LOCAL_FILE_CHANGED | BG_E_FILE_CHANGED = 0x8020001D: Job Fatal LocalFile, "bits-return-values.md UPLOAD-08",
        "The local file was changed after its upload had begun.";
    BG_E_ERROR_CONTEXT_REMOTE_APPLICATION = 0x8020001E: Text Fatal, "bitsmsg.h",
        "Message text of the context REMOTE_APPLICATION.";
    BG_E_SESSION_NOT_FOUND = 0x8020001F: Job Transient RemoteFile, "ack-for-fragment.md T3",
        "The server does not know the upload session; a new one is begun.";
    BG_E_TOO_LARGE = 0x80200020: CallAndJob Fatal RemoteFile, "bits-return-values.md UPLOAD-12",
        "The reply is too large to be returned, or the upload too large for the server.";
    BG_E_STRING_TOO_LONG = 0x80200021: Call Fatal, "bits-return-values.md PROP-04",
        "A text is longer than its limit.";
    BG_E_CLIENT_SERVER_PROTOCOL_MISMATCH = 0x80200022: Job Fatal RemoteFile, "bits-return-values.md T3",
        "Client and server share no version of the upload protocol.";
    BG_E_SERVER_EXECUTE_ENABLE | BG_E_SERVER_EXECUTE_ENABLED = 0x80200023: Job Fatal RemoteFile, "setting-permissions-on-virtual-directories.md",
        "The upload directory of the server allows scripts or programs to run.";
    BG_E_NO_PROGRESS = 0x80200024: Job Fatal GeneralQueueManager, "bitsmsg.h ERR-09",
        "The job has made no progress for too long.";
    BG_E_USERNAME_TOO_LARGE = 0x80200025: Call Fatal, "bits-return-values.md PROP-17",
        "The user name is too long.";
    BG_E_PASSWORD_TOO_LARGE = 0x80200026: Call Fatal, "bits-return-values.md PROP-17",
        "The password is too long.";
    BG_E_INVALID_AUTH_TARGET = 0x80200027: Call Fatal, "bits-return-values.md PROP-15",
        "The credentials are neither for the server nor for the proxy.";
    BG_E_INVALID_AUTH_SCHEME = 0x80200028: Call Fatal, "bits-return-values.md PROP-15",
        "The authentication scheme is not known.";
    BG_E_FILE_NOT_FOUND = 0x80200029: Call Fatal, "bitsmsg.h",
        "A file was not found.";
    BG_E_INVALID_RANGE = 0x8020002B: CallAndJob Fatal RemoteFile, "nf-bits2_0-ibackgroundcopyjob3-addfilewithranges.md FILES-18",
        "A byte range is not valid or lies outside the remote file.";
    BG_E_OVERLAPPING_RANGES = 0x8020002C: Call Fatal, "bits-return-values.md FILES-20",
        "Two byte ranges of a file overlap.";
    BG_E_CONNECT_FAILURE = 0x8020002D: Job Transient GeneralTransport, "bitsmsg.h ERR-32",
        "The connection to the server could not be made.";
    BG_E_CONNECTION_CLOSED = 0x8020002E: Job Transient GeneralTransport, "bitsmsg.h ERR-32",
        "The connection was closed too early.";
    BG_E_KEEP_ALIVE_FAILURE = 0x8020002F: Job Transient GeneralTransport, "bitsmsg.h ERR-32",
        "A connection meant to stay open was lost.";
    BG_E_MESSAGE_LENGTH_LIMIT_EXCEEDED = 0x80200030: Job Fatal RemoteFile, "bitsmsg.h ERR-32",
        "A message of the server is longer than its limit.";
    BG_E_NAME_RESOLUTION_FAILURE = 0x80200031: Job Transient RemoteFile, "bitsmsg.h ERR-32",
        "The name of the server has no known address.";
    BG_E_PENDING = 0x80200032: Text Fatal, "bitsmsg.h",
        "Internal: the operation is not finished yet.";
    BG_E_PIPELINE_FAILURE = 0x80200033: Job Transient GeneralTransport, "bitsmsg.h ERR-32",
        "A chain of requests on one connection broke.";
    BG_E_PROTOCOL_ERROR = 0x80200034: Job Fatal RemoteFile, "bitsmsg.h ERR-32",
        "The exchange with the server failed at the level of the protocol.";
    BG_E_PROXY_NAME_RESOLUTION_FAILURE = 0x80200035: Job Transient GeneralTransport, "bitsmsg.h ERR-32",
        "The name of the proxy has no known address.";
    BG_E_RECEIVE_FAILURE = 0x80200036: Job Transient GeneralTransport, "bitsmsg.h ERR-32",
        "Receiving from the server failed.";
    BG_E_REQUEST_CANCELED = 0x80200037: Text Fatal, "bitsmsg.h",
        "Internal: the request was withdrawn.";
    BG_E_SECURE_CHANNEL_FAILURE = 0x80200038: Job Fatal GeneralTransport, "bitsmsg.h ERR-32",
        "The secure channel to the server could not be set up.";
    BG_E_SEND_FAILURE = 0x80200039: Job Transient GeneralTransport, "bitsmsg.h ERR-32",
        "Sending to the server failed.";
    BG_E_SERVER_PROTOCOL_VIOLATION = 0x8020003A: Job Fatal RemoteFile, "bitsmsg.h ERR-32",
        "The server does not keep to the rules of HTTP.";
    BG_E_TIMEOUT = 0x8020003B: Job Transient GeneralTransport, "bitsmsg.h ERR-32",
        "The transfer waited too long for an answer.";
    BG_E_TRUST_FAILURE = 0x8020003C: Job Fatal RemoteFile, "bitsmsg.h ERR-32",
        "The server's certificate is not trusted.";
    BG_E_UNKNOWN_ERROR = 0x8020003D: Job Fatal GeneralTransport, "bitsmsg.h ERR-32",
        "The transport failed for a reason without a name.";
    BG_E_BLOCKED_BY_POLICY = 0x8020003E: Job Transient GeneralQueueManager, "group-policies.md",
        "The bandwidth policy forbids background transfers at this time.";
    BG_E_INVALID_PROXY_INFO = 0x8020003F: Job Fatal GeneralTransport, "nf-bits-ibackgroundcopyjob-setproxysettings.md PROP-13",
        "The proxy settings of the job are not valid.";
    BG_E_INVALID_CREDENTIALS = 0x80200040: CallAndJob Fatal RemoteFile, "bits-return-values.md PROP-14",
        "The form of the credentials is not valid.";
    BG_E_INVALID_HASH_ALGORITHM = 0x80200041: Text Fatal, "bitsmsg.h",
        "Internal to peer caching: the hash algorithm is not valid.";
    BG_E_RECORD_DELETED = 0x80200042: Call Fatal, "bits-return-values.md DONE-19",
        "The cache no longer has the record of the file.";
    BG_E_COMMIT_IN_PROGRESS = 0x80200043: Call Fatal, "bitsmsg.h",
        "The job is being completed already.";
    BG_E_DISCOVERY_IN_PROGRESS = 0x80200044: Call Fatal, "bitsmsg.h",
        "Peers are being searched for already.";
    BG_E_UPNP_ERROR = 0x80200045: Text Fatal, "bits-return-values.md",
        "Internal: the gateway device could not be asked about its traffic.";
    BG_E_TEST_OPTION_BLOCKED_DOWNLOAD = 0x80200046: Text Fatal, "bitsmsg.h",
        "Internal: a test option blocks the download.";
    BG_E_PEERCACHING_DISABLED = 0x80200047: Call Fatal, "bits-return-values.md",
        "Peer caching is turned off.";
    BG_E_BUSYCACHERECORD = 0x80200048: Call Fatal, "bits-return-values.md",
        "The record of the cache is in use.";
    BG_E_TOO_MANY_JOBS_PER_USER = 0x80200049: Call Fatal, "bits-return-values.md CREATE-08",
        "The user already has as many jobs as the policy allows.";
    BG_E_TOO_MANY_JOBS_PER_MACHINE = 0x80200050: Call Fatal, "bits-return-values.md CREATE-08",
        "The computer already has as many jobs as the policy allows.";
    BG_E_TOO_MANY_FILES_IN_JOB = 0x80200051: Call Fatal, "bits-return-values.md FILES-09",
        "The job would hold more files than the policy allows.";
    BG_E_TOO_MANY_RANGES_IN_FILE = 0x80200052: Call Fatal, "bits-return-values.md FILES-19",
        "The file would have more ranges than the policy allows.";
    BG_E_VALIDATION_FAILED = 0x80200053: Job Fatal RemoteFile, "nf-bits3_0-ibackgroundcopyfile3-setvalidationstate.md",
        "The client declared the content of the file invalid.";
    BG_E_MAXDOWNLOAD_TIMEOUT = 0x80200054: Job Fatal GeneralQueueManager, "nf-bits3_0-ibackgroundcopyjob4-setmaximumdownloadtime.md",
        "The download took longer than the job allows.";
    BG_E_TOKEN_REQUIRED = 0x80200056: Job Fatal GeneralQueueManager, "helper-tokens-for-bits-transfer-jobs.md NET-12",
        "The helper token that the job needs is lost.";
    BG_E_UNKNOWN_PROPERTY_ID = 0x80200057: Call Fatal, "bitsmsg.h PROP-30",
        "There is no property with that number.";
    BG_E_READ_ONLY_PROPERTY = 0x80200058: Call Fatal, "bitsmsg.h PROP-30",
        "The property can be read but not set.";
    BG_E_BLOCKED_BY_COST_TRANSFER_POLICY = 0x80200059: Job Transient GeneralQueueManager, "life-cycle-of-a-bits-job.md NET-15",
        "The network costs more than the job may use.";
    BG_E_PROPERTY_SUPPORTED_FOR_DOWNLOAD_JOBS_ONLY = 0x80200060: Call Fatal, "bitsmsg.h PROP-34",
        "Only download jobs have the property.";
    BG_E_READ_ONLY_PROPERTY_AFTER_ADDFILE = 0x80200061: Call Fatal, "bitsmsg.h PROP-34",
        "The property is fixed once the job has a file.";
    BG_E_READ_ONLY_PROPERTY_AFTER_RESUME = 0x80200062: Call Fatal, "bitsmsg.h PROP-34",
        "The property is fixed once the job was resumed.";
    BG_E_MAX_DOWNLOAD_SIZE_INVALID_VALUE = 0x80200063: Call Fatal, "bitsmsg.h PROP-34",
        "The maximum download size is not valid.";
    BG_E_MAX_DOWNLOAD_SIZE_LIMIT_REACHED = 0x80200064: Job Fatal RemoteFile, "bitsmsg.h T3",
        "The download is larger than the job allows.";
    BG_E_STANDBY_MODE = 0x80200065: Job Transient GeneralQueueManager, "bitsmsg.h T3",
        "The computer is in modern standby.";
    BG_E_USE_STORED_CREDENTIALS_NOT_SUPPORTED = 0x80200066: Call Fatal, "bitsmsg.h PROP-34",
        "Stored credentials serve the proxy only.";
    BG_E_BLOCKED_BY_BATTERY_POLICY = 0x80200067: Job Transient GeneralQueueManager, "bitsmsg.h T3",
        "The power policy forbids transfers on battery.";
    BG_E_BLOCKED_BY_BATTERY_SAVER = 0x80200068: Job Transient GeneralQueueManager, "life-cycle-of-a-bits-job.md T3",
        "The battery saver is on.";
    BG_E_WATCHDOG_TIMEOUT = 0x80200069: Job Transient GeneralQueueManager, "bitsmsg.h ERR-32",
        "The service gave up a transfer that hung.";
    BG_E_APP_PACKAGE_NOT_FOUND = 0x8020006A: Job Fatal GeneralQueueManager, "bitsmsg.h ERR-32",
        "The packaged application that owns the job is no longer installed.";
    BG_E_APP_PACKAGE_SCENARIO_NOT_SUPPORTED = 0x8020006B: Call Fatal, "bitsmsg.h",
        "Packaged applications cannot do this.";
    BG_E_DATABASE_CORRUPT = 0x8020006C: Text Fatal, "bitsmsg.h",
        "Internal: the stored queue of jobs is damaged.";
    BG_E_RANDOM_ACCESS_NOT_SUPPORTED = 0x8020006D: Call Fatal, "nf-bits10_1-ibackgroundcopyfile6-requestfileranges.md PROP-38",
        "The job, or its server, cannot fetch ranges on demand.";
    BG_E_BLOCKED_BY_BACKGROUND_ACCESS_POLICY = 0x8020006E: Job Transient GeneralQueueManager, "bitsmsg.h ERR-32",
        "A policy forbids activity in the background.";
    BG_E_BLOCKED_BY_GAME_MODE = 0x8020006F: Job Transient GeneralQueueManager, "life-cycle-of-a-bits-job.md T3",
        "The game mode is on.";
    BG_E_BLOCKED_BY_SYSTEM_POLICY = 0x80200070: Job Transient GeneralQueueManager, "bitsmsg.h ERR-32",
        "A policy of the system forbids the transfer.";
    BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD = 0x80200071: Call Fatal, "bitsmsg.h PROP-39",
        "A job with an HTTP method of its own cannot do this.";
    BG_E_UNSUPPORTED_JOB_CONFIGURATION = 0x80200072: Call Fatal, "bitsmsg.h",
        "The settings of the job exclude each other.";
    BG_E_REMOTE_FILE_CHANGED = 0x80200073: Job Fatal RemoteFile, "bitsmsg.h HTTP-09",
        "The remote file changed, and this job cannot restart it silently.";
    BG_E_SERVER_CERT_VALIDATION_INTERFACE_REQUIRED = 0x80200074: Job Fatal ServerCertificateCallback, "nf-bits10_3-ibackgroundcopyjobhttpoptions3-setservercertificatevalidationinterface.md PROP-28",
        "The client's check of the server certificate cannot be called.";
    BG_E_READ_ONLY_WHEN_JOB_ACTIVE = 0x80200075: Call Fatal, "nf-bits10_3-ibackgroundcopyjobhttpoptions3-setservercertificatevalidationinterface.md PROP-26",
        "The setting can be changed only while the job is paused.";
    BG_E_ERROR_CONTEXT_SERVER_CERTIFICATE_CALLBACK = 0x80200076: Text Fatal, "bitsmsg.h",
        "Message text of the context SERVER_CERTIFICATE_CALLBACK.";

    // Of another service.
    WU_E_DM_FAILTOCONNECTTOBITS = 0x80246008: Text Fatal, "windows-update-error-reference.md",
        "Windows Update could not reach BITS.";

    // The queue manager of BITS 1.0, long superseded.
    QM_E_INVALID_STATE = 0x81001001: Text Fatal, "queue-manager.md",
        "The old queue manager refused a call in this state.";
    QM_E_SERVICE_UNAVAILABLE = 0x81001002: Text Fatal, "queue-manager.md",
        "The old queue manager was not available.";
    QM_E_DOWNLOADER_UNAVAILABLE = 0x81001003: Text Fatal, "queue-manager.md",
        "The old queue manager had no downloader.";
    QM_E_ITEM_NOT_FOUND = 0x81001004: Text Fatal, "queue-manager.md",
        "The old queue manager had no such item.";
}
