//! Methods of the interfaces, and the notifications among them.

use chrono::DateTime;

use super::{documented, with_rules_of_rows};
use crate::machine::{Input, JobOptions, JobStateMachine, Transition, Trigger, transitions_on};
use crate::reference::entry::{Entry, WordKind};
use crate::reference::interfaces::DocumentedMethod;
use crate::reference::mentions::distinct;
use crate::vocabulary::text::documented::Documented;
use crate::vocabulary::{FileIndex, HResult, JobState, Method, Notification, rule};

/// The entry of a documented method by that name.
pub(crate) fn documented_entry(documented: DocumentedMethod, name: &str) -> Entry {
    let mut entry = match documented.method() {
        Some(method) => entry(method),
        None => unnamed(documented, name),
    };
    entry.emulation = Some(documented.emulation());
    entry.facts.extend(documented.source());
    entry
}

/// A method that calls, hooks and traces have no name for.
fn unnamed(method: DocumentedMethod, name: &str) -> Entry {
    let mut entry = documented(WordKind::Method, name, method.meaning(), &[]);
    let full = method.full_name();
    entry.other_names = Vec::from_iter((full != name).then_some(full));
    entry.rules.extend(method.rule());
    entry.why_no_rule = entry
        .rules
        .is_empty()
        .then_some("No rule speaks of it: it is no part of what applications do with jobs today.");
    entry
}

pub(crate) fn entry(method: Method) -> Entry {
    let name = method.name();
    let mut entry = documented(WordKind::Method, name, method.doc(), &[name]);
    entry.other_names = vec![format!("{}::{name}", method.interface())];
    entry.transitions = rows(method);
    with_rules_of_rows(&mut entry);
    if name.starts_with("Get") && entry.transitions.is_empty() {
        entry.facts.push("It only reads, and every state allows it (LIFE-27).".to_owned());
        entry.rules.push(rule!("LIFE-27"));
    }
    let codes: Vec<String> = method.success_codes().iter().map(HResult::to_string).collect();
    if !codes.is_empty() {
        entry.facts.push(format!("It succeeds with {}.", codes.join(" or ")));
    }
    entry.advice = method.advice().map(str::to_owned);
    entry
}

/// The rows of the triggers that calls of the method are.
fn rows(method: Method) -> Vec<Transition> {
    let job = JobStateMachine::new(JobOptions::default(), DateTime::UNIX_EPOCH);
    let calls = Input::examples().into_iter().filter_map(|input| match input {
        Input::Call(call) if call.method() == method => Some(job.trigger_of(&call)),
        Input::Call(_) | Input::CallBy(..) | Input::Event(_) | Input::Deadline(_) => None,
    });
    let named = Trigger::ALL.iter().copied().filter(|trigger| trigger.name() == method.name());
    let triggers = distinct(calls.chain(named));
    let all = triggers.into_iter().flat_map(|trigger| transitions_on(trigger).iter().copied());
    all.filter(|row| !row.when.is_reading()).collect()
}

/// One of each kind of notification, interface by interface.
pub(crate) const NOTIFICATIONS: [Notification; 5] = [
    Notification::JobTransferred,
    Notification::JobError,
    Notification::JobModification,
    Notification::FileTransferred(FileIndex(0)),
    Notification::FileRangesTransferred(FileIndex(0)),
];

pub(crate) fn notification(notification: Notification) -> Entry {
    let (method, flag) = (notification.method(), notification.flag());
    let name = method.name();
    let flag = flag.iter_names().map(|(flag, _)| flag).next().unwrap_or_default();
    let mut entry = documented(WordKind::Notification, name, method.doc(), &[name]);
    entry.other_names = vec![format!("{}::{name}", method.interface())];
    entry.facts = vec![
        format!("The client asks for it with the flag {flag} (SetNotifyFlags)."),
        match notification.is_heard(HResult::E_FAIL) {
            true => "BITS does not repeat it, whatever the callback returns.".to_owned(),
            false => "BITS repeats it until the callback returns success (NOTIFY-20).".to_owned(),
        },
    ];
    let documented = DocumentedMethod::all().find(|documented| documented.method() == Some(method));
    entry.emulation = documented.map(DocumentedMethod::emulation);
    entry.facts.extend(documented.and_then(DocumentedMethod::source));
    let state = match notification {
        Notification::JobTransferred => Some(JobState::Transferred),
        Notification::JobError => Some(JobState::Error),
        Notification::FileTransferred(_)
        | Notification::FileRangesTransferred(_)
        | Notification::JobModification => None,
    };
    entry.causes = state.map(|state| format!("The job entered {state}.")).into_iter().collect();
    entry.advice = method.advice().map(str::to_owned);
    entry
}
