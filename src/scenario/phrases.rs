//! The fixed phrases of the language, for the printer and the parser alike.

use crate::machine::{Call, Event, Setter};

/// Calls that a phrase says completely.
pub(super) static CALLS: &[(&str, Call)] = &[
    ("suspend", Call::Suspend),
    ("resume", Call::Resume),
    ("set helper token", Call::SetHelperToken),
    ("clear helper token", Call::ClearHelperToken),
    ("on-demand mode on", Call::SetOnDemandMode(true)),
    ("on-demand mode off", Call::SetOnDemandMode(false)),
    ("reply file generated", Call::SetReplyFileName(None)),
    ("call SetServerCertificateValidationInterface", Call::SetServerCertificateValidationInterface),
];

/// The phrase of setters whose value the machine does not look at: `call` and the method.
pub(super) const SETTER: &str = "call";

/// The setter with that method name.
pub(super) fn setter(method: &str) -> Option<Setter> {
    Setter::ALL.iter().copied().find(|setter| setter.method().name() == method)
}

/// Events that a phrase says completely.
pub(super) static EVENTS: &[(&str, Event)] = &[
    ("picked", Event::Picked),
    ("connected", Event::Connected),
    ("file transferred", Event::FileTransferred),
    ("slice over", Event::SliceOver),
    ("ranges transferred", Event::RangesTransferred),
    ("network lost", Event::NetworkLost),
    ("network restored", Event::NetworkRestored),
    ("volume unlocked", Event::VolumeUnlocked),
    ("owner logs off", Event::OwnerLoggedOff),
    ("owner logs on", Event::OwnerLoggedOn),
    ("client exits", Event::ClientExited),
    ("service restarts", Event::ServiceRestarted),
    ("upload cancelled", Event::UploadCancelled),
];

/// What follows the name of a deadline that acts.
pub(super) const ELAPSED: &str = "elapsed";

/// An example of each statement, for the message about a line that is none.
pub(super) const STATEMENTS: &[&str] = &[
    "start 2024-01-01 00:00:00",
    "by hand",
    "reading error object: strict",
    "policy inactivity timeout 90 d",
    "server example.com",
    "/app.exe 10 MiB, answers 503 twice",
    r"local file C:\report.zip, 4 MiB",
    "job update, DOWNLOAD, by alice",
    r"add https://example.com/app.exe as C:\app\app.exe",
    "resume -> S_OK",
    "suspend",
    "cancel",
    "complete -> BG_S_PARTIAL_COMPLETE",
    "priority FOREGROUND",
    "minimum retry delay 60 s",
    "no-progress timeout 1 h",
    "maximum download time 2 h",
    "call SetDisplayName",
    "helper token flags 3",
    "set helper token",
    "clear helper token",
    "on-demand mode on",
    r"reply file C:\reply.xml",
    "file ACL flags 15",
    "network lost",
    "network restored",
    "owner logs off",
    "owner logs on",
    "client exits",
    "service restarts",
    "volume unlocked",
    "blocked by bandwidth policy",
    "unblocked by bandwidth policy",
    "clock changes by 1 h",
    "validation failed of file 1",
    "advance 10 m",
    "advance until ERROR",
    "expect TRANSFERRED",
    "picked",
    "connected",
    "size known 10 MiB",
    "progressed 1 MiB",
    "file transferred",
    "reply started 2 KiB",
    "failed ERROR_WINHTTP_TIMEOUT",
    "redirect 302 refused to https://example.org/app.exe",
    "slice over",
    "ranges transferred",
    "upload cancelled",
    "retry delay elapsed",
    "last 3 steps again 10 times, every 10 m",
];
