//! Examples of each statement, for the message about a line that is none.

use std::sync::LazyLock;

use crate::machine::Input;
use crate::scenario::ast::{CalledBy, StepAction};

/// Examples of each statement but the calls, events and deadlines that
/// [`Input::examples`] has.
const STATEMENTS: &[&str] = &[
    "start 2024-01-01 00:00:00",
    "by hand",
    "no expectations",
    "reading error object: strict",
    "seed 7",
    "choices 0 2 1",
    "policy inactivity timeout 90 d",
    "policy maximum download time 90 d",
    "policy time slice 10 s",
    "policy files per job 200",
    "policy ranges per file 500",
    "policy jobs per user 60",
    "policy jobs per computer 300",
    "policy notifications per user 4",
    "policy default cost of LOW policy STANDARD",
    "policy default cost of LOW flags UNRESTRICTED, BELOW_CAP",
    "policy default cost of LOW removed",
    "policy bandwidth 20 kbit/s from 08:00 to 17:00, else unlimited",
    "policy work limits LOW 0 kbit/s from 08:00 to 17:00 on working days",
    "policy maintenance limits 128 kbit/s on Saturday and Sunday",
    "policy bandwidth removed",
    "policy work limits removed",
    "policy maintenance limits removed",
    "policy bandwidth removed and policy time slice 10 s",
    "link 10 MiB/s, busy 4 MiB/s",
    "link unlimited",
    "server example.com",
    "server example.com, latency 5 s, rate 1 MiB/s",
    "server example.com, without ranges, without sizes, HTTP/1.0",
    "server example.com, HEAD answers 403",
    "server example.com, certificate expired",
    "server example.com, asks for BASIC from alice with secret",
    "server example.com, answers 503 twice",
    "server example.com removed",
    "/app.exe 10 MiB, answers 503 twice",
    "/app.exe 10 MiB, HEAD answers without size",
    r#"/app.exe 10 MiB, header "ETag: 1""#,
    "/report.zip, takes uploads, overwrites, largest upload 1 GiB",
    "/report.zip, takes uploads, executes, application answers 503 once",
    "/report.zip, takes uploads, reply 10 KiB, reply answers 503 once",
    "/app.exe removed",
    "proxy server asks for BASIC from alice with secret",
    "proxy server asks for nothing",
    "proxy server strips ranges",
    r"local file C:\report.zip, 4 MiB",
    r"local file C:\report.zip opened",
    r"local file C:\report.zip closed",
    r"local file C:\report.zip undeletable",
    r"local file C:\report.zip deletable",
    r"local file C:\report.zip removed",
    r"folder C:\app missing",
    r"folder C:\app denied",
    r"folder C:\app writable",
    "disk C: full",
    "disk C: 10 MiB free",
    "disk C: locked",
    "disk C: unlocked",
    "certificate store has no such certificate",
    "certificate store missing",
    "certificate store denied",
    "certificate store has everything",
    "unavailable service returns RPC_S_SERVER_UNAVAILABLE",
    "connecting fails with E_ACCESSDENIED once",
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
    "service stops",
    "service starts",
    "resume -> S_OK",
    "resume => QUEUED",
    "at 2024-01-01 00:10:00 resume",
    "complete -> BG_S_PARTIAL_COMPLETE",
    "by administrator bob: take ownership",
    "take ownership",
    "still by alice: complete",
    "cost flags UNRESTRICTED, BELOW_CAP",
    "GetState returns TRANSFERRED",
    "GetError refused with BG_E_ERROR_INFORMATION_UNAVAILABLE",
    "CreateJob lost with RPC_S_SERVER_UNAVAILABLE",
    "client starts",
    "client is killed",
    "client reports success",
    "client reports \"no such file\"",
    "client panics \"no such file\"",
    "client is late",
    "client waits 60 s",
    "client stores job as 7",
    "client removes job",
    "client finds job as 7",
    "client finds no job",
    "advance 10 m",
    "advance to 2024-01-01 00:10:00",
    "advance until ERROR",
    "advance until 5 MiB",
    "expect TRANSFERRED",
    "maybe network lost",
    "any of",
    "at any time service restarts",
    "at most 2 times at any time service restarts",
    "maybe at any time alice logs off",
    "a client polls every 10 m",
    "in TRANSFERRED: complete",
    "never ERROR, no error object",
    "always told JobError never",
    "eventually TRANSFERRED",
    "possible in the end ERROR",
    "time ends after 100 d",
    "bandwidth limits change",
    "last 3 steps again 10 times, every 10 m",
    "last 1 step again 10 times, every 10 m",
];

/// The user whose name begins some of the examples.
pub(super) const USER: &str = "alice";

/// Returns every example.
pub(crate) fn all() -> &'static [String] {
    static ALL: LazyLock<Vec<String>> = LazyLock::new(|| {
        let steps = Input::examples().into_iter().filter_map(|input| match input {
            Input::Call(call) => Some(StepAction::Call(CalledBy::Owner, call)),
            Input::CallBy(..) => None,
            Input::Event(event) => Some(StepAction::Event(event)),
            Input::Deadline(deadline) => Some(StepAction::Deadline(deadline)),
        });
        let steps = steps.map(|step| step.to_string());
        STATEMENTS.iter().map(|text| (*text).to_owned()).chain(steps).collect()
    });
    &ALL
}

/// Returns the examples whose first word is that one.
pub(super) fn beginning_with(word: &str) -> impl Iterator<Item = &'static str> {
    let all = all().iter().map(String::as_str);
    all.filter(move |example| example.split(' ').next() == Some(word))
}
