//! The fixed phrases of the language, for the printer and the parser alike.

use chrono::Weekday;

use crate::machine::{Call, ComputerEvent, Event};
use crate::vocabulary::{CallbackInterface, IntegrityLevel, JobPriority};
use crate::world::CertificateProblem;

/// Calls that a phrase says completely.
pub(super) static CALLS: &[(&str, Call)] = &[
    ("suspend", Call::Suspend),
    ("resume", Call::Resume),
    ("set helper token", Call::SetHelperToken),
    ("clear helper token", Call::ClearHelperToken),
    ("callback removed", Call::SetNotifyInterface(None)),
    ("command line removed", Call::SetNotifyCmdLine { program: None, parameters: None }),
    ("custom headers removed", Call::SetCustomHeaders(None)),
    ("custom headers write-only", Call::MakeCustomHeadersWriteOnly),
    ("remove client certificate", Call::RemoveClientCertificate),
];

/// Events that a phrase says completely.
pub(super) static EVENTS: &[(&str, Event)] = &[
    ("picked", Event::Picked),
    ("connected", Event::Connected),
    ("file transferred", Event::FileTransferred),
    ("file changed", Event::FileChanged),
    ("session lost", Event::SessionLost),
    ("slice over", Event::SliceOver),
    ("network lost", Event::Computer(ComputerEvent::NetworkLost)),
    ("network restored", Event::Computer(ComputerEvent::NetworkRestored)),
    ("volume unlocked", Event::VolumeUnlocked),
    ("owner logs off", Event::OwnerLoggedOff),
    ("owner logs on", Event::OwnerLoggedOn),
    ("client exits", Event::ClientExited),
    ("service restarts", Event::Computer(ComputerEvent::ServiceRestarted)),
    ("upload cancelled", Event::UploadCancelled),
];

/// What is wrong with the certificate of a server.
pub(super) static CERTIFICATE_PROBLEMS: &[(&str, CertificateProblem)] = &[
    ("of another name", CertificateProblem::WrongName),
    ("expired", CertificateProblem::Expired),
    ("of an unknown issuer", CertificateProblem::UnknownIssuer),
    ("for another use", CertificateProblem::WrongUsage),
    ("revoked", CertificateProblem::Revoked),
];

/// Whose credentials may be asked for without naming them.
pub(super) const LOGGED_ON_USER: &str = "the logged-on user";
/// What begins the refusal of a list.
pub(super) const REFUSED: &str = "refused";
/// What follows the name of something that is taken away.
pub(super) const REMOVED: &str = "removed";

/// What follows the name of a deadline that acts.
pub(super) const ELAPSED: &str = "elapsed";

/// What an interval of a bandwidth policy means that begins or ends.
pub(super) const LIMITS_CHANGE: &str = "bandwidth limits change";
/// A rate without bounds.
pub(super) const UNLIMITED: &str = "unlimited";
/// The levels of background jobs.
pub(super) const LEVELS: &[JobPriority] =
    &[JobPriority::High, JobPriority::Normal, JobPriority::Low];
/// What stands for Monday to Friday.
pub(super) const WORKING_DAYS: &str = "working days";
pub(super) const NO_DAY: &str = "no day";
pub(super) const DAYS: &[(&str, Weekday)] = &[
    ("Monday", Weekday::Mon),
    ("Tuesday", Weekday::Tue),
    ("Wednesday", Weekday::Wed),
    ("Thursday", Weekday::Thu),
    ("Friday", Weekday::Fri),
    ("Saturday", Weekday::Sat),
    ("Sunday", Weekday::Sun),
];

// What stands before the name of an account.
pub(super) const STILL: &str = "still";
pub(super) const OWNER: &str = "owner";
pub(super) const CLIENT: &str = "client";
pub(super) const RESTRICTED: &str = "restricted";
pub(super) const ELEVATED: &str = "elevated";
pub(super) const UNELEVATED: &str = "unelevated";
pub(super) const ADMINISTRATOR: &str = "administrator";
pub(super) const INTEGRITY_LEVELS: &[(&str, IntegrityLevel)] = &[
    ("low-integrity", IntegrityLevel::Low),
    ("medium-integrity", IntegrityLevel::Medium),
    ("high-integrity", IntegrityLevel::High),
    ("system-integrity", IntegrityLevel::System),
];

/// The number in the name of a callback interface.
pub(super) const fn callback_level(interface: CallbackInterface) -> u8 {
    match interface {
        CallbackInterface::Callback => 1,
        CallbackInterface::Callback2 => 2,
        CallbackInterface::Callback3 => 3,
    }
}

/// An example of each statement, for the message about a line that is none.
pub(super) const STATEMENTS: &[&str] = &[
    "start 2024-01-01 00:00:00",
    "by hand",
    "reading error object: strict",
    "seed 7",
    "choices 0 2 1",
    "policy inactivity timeout 90 d",
    "policy jobs per user 60",
    "policy bandwidth 20 kbit/s from 08:00 to 17:00, else unlimited",
    "policy work limits LOW 0 kbit/s from 08:00 to 17:00 on working days",
    "policy maintenance limits 128 kbit/s on Saturday and Sunday",
    "policy bandwidth removed",
    "link 10 MiB/s, busy 4 MiB/s",
    "link unlimited",
    "server example.com",
    "server example.com removed",
    "/app.exe 10 MiB, answers 503 twice",
    "/app.exe removed",
    "proxy server asks for BASIC from alice with secret",
    r"local file C:\report.zip, 4 MiB",
    r"local file C:\report.zip opened",
    r"folder C:\app missing",
    "disk C: full",
    "certificate store has no such certificate",
    "callback returns E_ACCESSDENIED twice, then S_OK always",
    "certificate callback returns E_ACCESSDENIED once",
    "program exits with 1 twice, then 0 always",
    "job update, DOWNLOAD, by alice",
    "job update as second, DOWNLOAD, by bob",
    "update: resume",
    "update: expect TRANSFERRED",
    "update: advance until ERROR",
    "alice logs off",
    "alice logs on",
    "alice exits",
    r"add https://example.com/app.exe as C:\app\app.exe",
    "resume -> S_OK",
    "suspend",
    "cancel",
    "complete -> BG_S_PARTIAL_COMPLETE",
    "by administrator bob: take ownership",
    "take ownership",
    "still by alice: complete",
    "display name update",
    "description \"the monthly update\"",
    "priority FOREGROUND",
    "notify JOB_TRANSFERRED, JOB_ERROR",
    "callback level 2",
    "callback removed",
    r#"command line C:\app\done.exe with "C:\app\done.exe --job 7""#,
    "command line removed",
    "minimum retry delay 60 s",
    "no-progress timeout 1 h",
    "maximum download time 2 h",
    "proxy OVERRIDE, list proxy.example.com:8080, bypass <local>",
    "credentials SERVER BASIC, user alice, password secret",
    "remove credentials SERVER BASIC",
    "client certificate CURRENT_USER MY, subject alice",
    "remove client certificate",
    "custom headers \"X-Channel: beta\"",
    "custom headers removed",
    "custom headers write-only",
    "security flags ENABLE_CRL_CHECK, ALLOW_REPORT",
    "HTTP method POST",
    "certificate callback set",
    "cost policy STANDARD",
    "cost flags UNRESTRICTED, BELOW_CAP",
    "notification class {0406B477-7AA9-4A72-8937-E9C61298384A}",
    "dynamic content on",
    "high performance on",
    "maximum download size 10 MiB",
    "stored credentials PROXY",
    "notification interval 500 ms",
    "on-demand mode on",
    "request ranges of file 1 0:100 200:eof",
    "download position of file 1 4 KiB",
    "remote name of file 1 becomes https://example.org/app.exe",
    "remote prefix https://example.com/ becomes https://example.org/",
    "file 1 is not valid",
    r"reply file C:\reply.xml",
    "file ACL flags OWNER, DACL",
    "peer caching flags DISABLE_BRANCH_CACHE",
    "helper token flags LOCAL_FILE, NETWORK",
    "set helper token",
    "clear helper token",
    "network lost",
    "network restored",
    "network cost USAGE_BASED",
    "owner logs off",
    "owner logs on",
    "client exits",
    "service restarts",
    "volume unlocked",
    "blocked by bandwidth policy",
    "unblocked by bandwidth policy",
    "clock changes by 1 h",
    "advance 10 m",
    "advance until ERROR",
    "expect TRANSFERRED",
    "picked",
    "connected",
    "size known 10 MiB",
    "headers received \"ETag: 1\"",
    "progressed 1 MiB",
    "file transferred",
    "file changed",
    "session lost",
    "reply started 2 KiB",
    "failed ERROR_WINHTTP_TIMEOUT",
    "redirect 302 to https://example.org/app.exe",
    "certificate received from example.com:443, hash 00FF",
    "certificate checked S_OK",
    "slice over",
    "upload cancelled",
    "JobTransferred begins",
    "JobTransferred returns S_OK",
    "FileTransferred of file 1 begins",
    "program exited with 1",
    "retry delay elapsed",
    "bandwidth limits change",
    "last 3 steps again 10 times, every 10 m",
];
