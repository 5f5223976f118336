//! Examples of each statement, for the message about a line that is none.

use crate::machine::Input;
use crate::scenario::ast::{CalledBy, StepAction};

/// Examples of each statement but the calls, events and deadlines that
/// [`Input::examples`] has.
const STATEMENTS: &[&str] = &[
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
    "resume -> S_OK",
    "complete -> BG_S_PARTIAL_COMPLETE",
    "by administrator bob: take ownership",
    "take ownership",
    "still by alice: complete",
    "cost flags UNRESTRICTED, BELOW_CAP",
    "advance 10 m",
    "advance until ERROR",
    "expect TRANSFERRED",
    "bandwidth limits change",
    "last 3 steps again 10 times, every 10 m",
];

/// Every example.
pub(super) fn all() -> Vec<String> {
    let steps = Input::examples().into_iter().filter_map(|input| match input {
        Input::Call(call) => Some(StepAction::Call(CalledBy::Owner, call)),
        Input::CallBy(..) => None,
        Input::Event(event) => Some(StepAction::Event(event)),
        Input::Deadline(deadline) => Some(StepAction::Deadline(deadline)),
    });
    let steps = steps.map(|step| step.to_string());
    STATEMENTS.iter().map(|text| (*text).to_owned()).chain(steps).collect()
}
